#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd sets up endpoints: those with and without an EID, those that refuse, lie or are silent.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_setup

# heard_times NAME N COMMAND...: the device heard each command that often.
heard_times() {
	local name=$1 n=$2 command
	shift 2
	for command; do
		[ "$(heard "^$name $command")" = "$n" ] || {
			echo "$name heard $command $(heard "^$name $command") times"
			return 1
		}
	done
}

# took_at_least MS COMMAND...
took_at_least() {
	local ms=$1 began
	shift
	began=$(now_ms)
	"$@" || return 1
	[ $(($(now_ms) - began)) -ge "$ms" ]
}

start_near
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 60]
[[static]]
eid = 50
address = 0x50
[[static]]
eid = 51
uuid = "51515151-0000-0000-0000-000000000051"
END
result "mctpd runs, and knows no endpoint" count_is 0

tell "a addr=0x20 types=0,1,5 uuid=0102030405060708090a0b0c0d0e0f10"
result "a new endpoint gets the first EID" says "eid 20 net 1 new" setup 0x20
result "it is shown with types and UUID" says \
	"eid 20 net 1 dev near address 0x20 types 0,1,5 uuid 01020304-0506-0708-090a-0b0c0d0e0f10 available" \
	$MCTP endpoint list
result "and has a route and a neighbour" sh -c "$MCTP route | grep -qx 'eid min 20 max 20 net 1 dev near mtu 0' &&
	$MCTP neigh | grep -q 'eid 20 net 1 dev near lladdr 0x20'"
result "each question was asked once" heard_times a 1 01 04 05
result "but for the UUID, which may decide about the EID" heard_times a 2 03
result "once more, it is known" says "eid 20 net 1 known" setup 0x20
result "and got no second EID" heard_times a 1 01

tell "b addr=0x21 eid=33"
result "an endpoint that has an EID keeps it" says "eid 33 net 1 new" setup 0x21
result "and is not told another" heard_times b 0 01
tell "c addr=0x22 eid=33"
result "an EID that another has is not kept" says "eid 21 net 1 new" setup 0x22
tell "d addr=0x23 eid=8"
result "nor is our own" says "eid 22 net 1 new" setup 0x23
tell "e addr=0x24 insist=40"
result "a device that takes another EID has that" says "eid 40 net 1 new" setup 0x24
tell "f addr=0x25 insist=20"
result "a device that insists on another's EID is refused" fails_with \
	"mctp: cannot set up the endpoint: The endpoint insists on an EID that it cannot have." setup 0x25
tell "g addr=0x26 refuse=1 eid=8"
result "so is one that refuses and has ours" fails_with \
	"mctp: cannot set up the endpoint: The endpoint insists on an EID that it cannot have." setup 0x26
result "a silent address is said to be silent, after all tries" took_at_least 850 fails_with \
	"mctp: cannot set up the endpoint: The endpoint does not answer." setup 0x27
result "what never answered is not shown" hasnt "0x2[567]"

tell "h addr=0x28 instance=1 double=1 late=150"
result "a wrong instance before and a double answer behind do no harm" says "eid 26 net 1 new" setup 0x28
tell "i addr=0x29 late=500"
result "a late answer is taken, by a retry with the same instance" says "eid 27 net 1 new" setup 0x29
tell "as addr=0x38 as=0x39"
result "an answer from another address than was asked is passed over" fails_with \
	"mctp: cannot set up the endpoint: The endpoint does not answer." setup 0x38
tell "as gone" "j addr=0x2a short=1"
result "an answer without data is refused" fails_with \
	"mctp: cannot set up the endpoint: The endpoint refuses, or answers what cannot be." setup 0x2a
tell "k addr=0x2b error=1"
result "an error is passed on" fails_with \
	"mctp: cannot set up the endpoint: The endpoint refuses, or answers what cannot be." setup 0x2b
tell "l addr=0x2c uuid=00000000000000000000000000000000 types=0,0x7e,0x7f vdm=1"
result "a nil UUID is none" says "eid 28 net 1 new" setup 0x2c
result "its types are shown, without a UUID" has "^eid 28 net 1 dev near address 0x2c types 0,126,127 available"
tell "all addr=0x3a types=$(seq -s , 0 127) vdm=1"
result "a device with all types there are" says "eid 29 net 1 new" setup 0x3a
result "has each of them shown" has "^eid 29 net 1 dev near address 0x3a types $(seq -s , 0 127) available"
result "and its vendors" until_true says "2" \
	sh -c "busctl --system get-property au.com.codeconstruct.MCTP1 /au/com/codeconstruct/mctp1/networks/1/endpoints/29 \
		xyz.openbmc_project.MCTP.Endpoint VendorDefinedMessageTypes | cut -d ' ' -f 2"

tell "m addr=0x50" "n addr=0x2d uuid=51515151000000000000000000000051"
result "an address of the configuration has its EID" says "eid 50 net 1 new" setup 0x50
result "a UUID of the configuration has its EID" says "eid 51 net 1 new" setup 0x2d
tell "o addr=0x2e" "p addr=0x2f"
result "to learn gives no EID" fails_with "mctp: cannot set up the endpoint: The endpoint has no EID." \
	setup 0x2e learn
result "a certain EID is given" says "eid 100 net 1 new" setup 0x2e eid 100
result "but not to two" fails_with "mctp: cannot set up the endpoint: Another endpoint has that EID." \
	setup 0x2f eid 100
result "nor is ours" fails_with "mctp: cannot set up the endpoint: Another endpoint has that EID." \
	setup 0x2f eid 8
result "another EID replaces the first" says "eid 101 net 1 new" setup 0x2e eid 101
result "the first is gone" hasnt "^eid 100 "
result "its route, too" sh -c "! $MCTP route | grep 'min 100'"

result "another's EID is not given, and the endpoint stays as it is" fails_with \
	"mctp: cannot set up the endpoint: Another endpoint has that EID." setup 0x2e eid 20
result "as it is" has "^eid 101 "
result "an endpoint is removed" $MCTP endpoint remove 101
result "and is gone" hasnt "^eid 101 "
result "there is no such endpoint any more" fails_with "mctp: there is no endpoint 101 in network 1. Those that \
are: mctp endpoint list" $MCTP endpoint remove 101
result "a wrong length of address is refused" fails_with "mctp: cannot set up the endpoint: Physical addresses \
of near have 1 bytes." $MCTP endpoint setup near
result "the link that goes takes all endpoints along" $MCTP link delete near
result "none is left" until_true count_is 0
result "mctpd ends when it is told" stop_mctpd
finish_mctpd
