#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What mctpd answers: as bus owner, as endpoint, as bridge; to good requests and to bad ones.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_responder

# answers REQUEST ANSWER: the device a sends a request (without its first byte), and this comes back.
instance=0
answers() {
	local before wanted
	instance=$(((instance + 1) % 32))
	before=$(heard '^a answer')
	tell "a ask $(printf '%02x' $((0x80 | instance))) $1"
	until_true sh -c "[ \$(grep -c '^a answer' '$tmp/heard') -gt $before ]"
	wanted="a answer $(printf '%02x' $instance) $2"
	grep '^a answer' "$tmp/heard" | tail -n 1 | grep -qxE "$wanted" || {
		echo "wanted: $wanted"
		tail -n 3 "$tmp/heard"
		tail -n 5 "$tmp/log"
		return 1
	}
}

role() {
	dbus-send --system --print-reply --dest=au.com.codeconstruct.MCTP1 \
		"/au/com/codeconstruct/mctp1/interfaces/$1" org.freedesktop.DBus.Properties.Set \
		string:au.com.codeconstruct.MCTP.Interface1 string:Role "variant:string:$2"
}

start_bus
pair near
$MCTP addr add 8 dev near
start_devices
start_mctpd <<END
[mctp]
uuid = "01020304-0506-0708-090a-0b0c0d0e0f10"
[bus-owner]
dynamic_eid_range = [20, 60]
[bridge]
pool_size = 6
END
tell "a addr=0x20"
result "an endpoint" says "eid 20 net 1 new" $MCTP endpoint setup near address 0x20

result "bus owner: Set EID is rejected" answers "01 00 09" "01 00 10 08 00"
result "Set EID that is too short" answers "01 00" "01 03"
result "Set EID that is too long" answers "01 00 09 00" "01 03"
result "Set EID to a reserved EID" answers "01 00 07" "01 02"
result "Set EID to broadcast" answers "01 00 ff" "01 02"
result "reset to a static EID" answers "01 02 09" "01 02"
result "Get EID says bus owner" answers "02" "02 00 08 10 00"
result "Get EID with data" answers "02 00" "02 03"
result "Get UUID" answers "03" "03 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"
result "Get Version of the base" answers "04 ff" "04 00 04 f1 f0 ff 00 f1 f1 ff 00 f1 f2 ff 00 f1 f3 f1 00"
result "Get Version of the control protocol" answers "04 00" "04 00 04 .*"
result "Get Version of what is not spoken" answers "04 01" "04 80"
result "Get Version without type" answers "04" "04 03"
result "Get Message Types" answers "05" "05 00 01 00"
result "Get VDM Support without any" answers "06 00" "06 05"
result "Resolve EID" answers "07 14" "07 00 14 20"
result "Resolve EID that is nobody's" answers "07 15" "07 02"
result "Allocate EIDs is not for a bus owner" answers "08 00 04 20" "08 05"
result "Get Routing Table" answers "0a 00" "0a 00 ff 01 01 14 00 00 00 01 20"
result "Get Routing Table beyond its end" answers "0a 15" "0a 02"
result "Prepare for Discovery is not for a bus owner" answers "0b" "0b 05"
result "Discovery Notify" answers "0d" "0d 00"
result "a command that is not there" answers "7f 01 02 03" "7f 05"
result "command 0" answers "00" "00 05"

tell "a ask c5 02" "a ask 05 02" "a ask 85"
result "a datagram, an answer and half a header are not answered; the next request is" answers "02" "02 00 08 10 00"
result "nothing else was" [ "$(heard '^a answer 05')" -le 1 ]

result "a role that is none is refused" not role near Owner
result "the role Unknown" role near Unknown
result "takes away its endpoints" count_is 0
result "Set EID is rejected there, too" answers "01 00 09" "01 00 10 08 00"
result "Get EID says endpoint" answers "02" "02 00 08 00 00"

result "the role Endpoint" role near Endpoint
result "Set EID changes the EID" answers "01 00 09" "01 00 00 09 00"
result "it is there" until_true sh -c "$MCTP addr | grep -qx 'eid 9 net 1 dev near'"
result "the old one is not" until_true sh -c "! $MCTP addr | grep -q 'eid 8 '"
result "the bus owner can be reached by its EID" sh -c \
	"$MCTP route | grep -q 'eid min 20 max 20 net 1 dev near' && $MCTP neigh | grep -q 'eid 20 .* 0x20'"
result "Get EID tells the new one" answers "02" "02 00 09 00 00"
result "Prepare for Discovery" answers "0b" "0b 00"
result "Endpoint Discovery is answered" answers "0c" "0c 00"
result "set discovered" answers "01 03 00" "01 00 00 09 00"
before=$(heard '^a answer')
tell "a ask 9e 0c"
result "Endpoint Discovery is no longer answered; the next request is" answers "02" "02 00 09 00 00"
result "that was the only answer" [ "$(heard '^a answer')" = $((before + 1)) ]
result "Get Routing Table is not for an endpoint" answers "0a 00" "0a 05"
result "Allocate EIDs is not for an endpoint" answers "08 00 04 20" "08 05"

result "a second link, below" $MCTP link add below type vmctp peer under
result "makes a bridge" until_true dbus-send --system --print-reply --dest=au.com.codeconstruct.MCTP1 \
	/au/com/codeconstruct/mctp1/interfaces/below org.freedesktop.DBus.Peer.Ping
result "Set EID asks for a pool" answers "01 00 0a" "01 00 01 0a 06"
result "it has its EID below, too" until_true sh -c "$MCTP addr | grep -qx 'eid 10 net 1 dev below'"
result "Allocate EIDs that are none" answers "08 00 06 fe" "08 02"
result "Allocate no EIDs" answers "08 00 00 20" "08 02"
result "Allocate EIDs" answers "08 00 06 1e" "08 00 00 06 1e"
result "Allocate others is rejected" answers "08 00 06 28" "08 00 01 06 1e"
result "unless by force" answers "08 01 06 28" "08 00 00 06 28"
result "the pool can be asked for" answers "08 02 00 00" "08 00 00 06 28"
result "Set EID says that it has a pool" answers "01 00 0a" "01 00 02 0a 06"
result "Routing Information Update is taken" answers "09 01 02 46 40 00 00 01 20" "09 00"
result "the route is there" sh -c "$MCTP route | grep -qx 'eid min 70 max 71 net 1 gw 20 mtu 0'"
result "one that lies about its length is not" answers "09 02 02 46 40 00 00 01 20" "09 03"
result "nor one of EIDs that cannot be" answers "09 01 02 fe 40 00 00 01 20" "09 02"
finish_mctpd
