#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What mctpd answers: as bus owner, as endpoint, as bridge; to good requests and to bad ones.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_responder

# says_match PATTERN COMMAND...: a line of what it prints is so.
says_match() {
	local pattern=$1
	shift
	"$@" >"$tmp/said" 2>&1 && grep -qE "$pattern" "$tmp/said" && return
	cat "$tmp/said"
	return 1
}

# A second link: beyond, with the device u at its far end, to which mctpd's own address is 0x10, too.
start_bus
pair beyond
ip link set beyond mtu 200
mkfifo "$tmp/tell_beyond"
ip netns exec "$far" "$here/mctpd_devices" far <"$tmp/tell_beyond" >/dev/null &
beyond=$!
exec 8>"$tmp/tell_beyond"
echo "u addr=0x40" >&8
pair near
ip link set near mtu 254
$MCTP addr add 8 dev near
start_devices
start_mctpd <<END
[mctp]
uuid = "01020304-0506-0708-090a-0b0c0d0e0f10"
[bus-owner]
dynamic_eid_range = [20, 60]
[bridge]
pool_size = 6
[[static]]
uuid = "a0000000-0000-0000-0000-000000000001"
eid = 100
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
result "Get UUID with data" answers "03 00" "03 03"
result "Get UUID" answers "03" "03 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"
result "Get Version of the base" answers "04 ff" "04 00 04 f1 f0 ff 00 f1 f1 ff 00 f1 f2 ff 00 f1 f3 f1 00"
result "Get Version of the control protocol" answers "04 00" "04 00 04 *"
result "Get Version of what is not spoken" answers "04 01" "04 80"
result "Get Version without type" answers "04" "04 03"
result "Get Version of two types" answers "04 00 00" "04 03"
result "Get Message Types with data" answers "05 00" "05 03"
result "Get Message Types" answers "05" "05 00 01 00"
result "Get VDM Support without any" answers "06 00" "06 05"
result "Get VDM Support without selector" answers "06" "06 03"
result "Resolve EID" answers "07 14" "07 00 14 20"
result "Resolve EID that is nobody's" answers "07 15" "07 02"
result "Resolve EID without an EID" answers "07" "07 03"
result "Resolve our own EID" answers "07 08" "07 00 08 10"
result "Allocate EIDs is not for a bus owner" answers "08 00 04 20" "08 05"
result "nor is Routing Information Update" answers "09 00" "09 05"
result "Get Routing Table without handle" answers "0a" "0a 03"
result "Get Routing Table, with the link's number as port" answers "0a 00" "0a 00 ff 01 01 14 01 00 00 01 20"
result "Get Routing Table beyond its end" answers "0a 15" "0a 02"
result "Prepare for Discovery is not for a bus owner" answers "0b" "0b 05"
result "nor is Endpoint Discovery" answers "0c" "0c 05"
result "Discovery Notify with data" answers "0d 00" "0d 03"
result "Discovery Notify" answers "0d" "0d 00"
result "Query Hop to where the way does not lead by us" answers "0f 14 00" "0f 00 00 ff 00 0b 00 0b"
result "Query Hop to ourselves" answers "0f 08 00" "0f 00 00 ff 00 0b 00 0b"
result "Query Hop to nowhere" answers "0f 15 00" "0f 02"
result "Query Hop to EID 0" answers "0f 00 00" "0f 02"
result "Query Hop to broadcast" answers "0f ff 00" "0f 02"
result "Query Hop that is too short" answers "0f 14" "0f 03"
result "Query Hop that is too long" answers "0f 14 00 00" "0f 03"
result "an endpoint on another link" says "eid 21 net 1 new" $MCTP endpoint setup beyond address 0x40
result "Resolve EID names ourselves for it" answers "07 15" "07 00 08 10"
result "Query Hop to it: by us, and no bridge behind" answers "0f 15 00" "0f 00 15 ff 00 0b 00 08"
result "the MTU of its route is lowered" call /networks/1/endpoints/21 $DBUS.Endpoint1.SetMTU uint32:84
result "Query Hop knows" answers "0f 15 00" "0f 00 15 ff 00 0b 00 01"
kill $beyond
result "the second link leaves" $MCTP link delete beyond
result "and its endpoint with it" until_true count_is 1
result "Get Network ID, which is optional" answers "0e" "0e 05"
result "Resolve UUID, too" answers "10 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 00" "10 05"
result "and Query Rate Limit" answers "11" "11 05"
result "and Query Supported Interfaces" answers "14" "14 05"
result "a command that is not there" answers "7f 01 02 03" "7f 05"
result "command 0" answers "00" "00 05"

result "a program of this system asks our EID" says_match "^eid 8 from 8 bridge dynamic .* uuid 01020304-" $MCTP probe 8
result "but cannot change it" says_match "type 0x00 tag . response len 3 data 000105\$" $MCTP send 8 control data 80010009
result "it is what it was" answers "02" "02 00 08 10 00"
before=$(heard '^a answer')
tell "a ask c5 02" "a ask 05 02" "a ask 85"
result "a datagram, an answer and half a header are not answered; the next request is" answers "02" "02 00 08 10 00"
result "nothing else was" [ "$(heard '^a answer')" = $((before + 1)) ]

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
result "Get UUID of an endpoint" answers "03" "03 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"
result "Get Version of an endpoint" answers "04 00" "04 00 04 *"
result "Get Message Types of an endpoint" answers "05" "05 00 01 00"
result "Get VDM Support of an endpoint" answers "06 00" "06 05"
result "Prepare for Discovery with data" answers "0b 00" "0b 03"
result "Prepare for Discovery" answers "0b" "0b 00"
result "Endpoint Discovery with data" answers "0c 00" "0c 03"
result "Endpoint Discovery is answered" answers "0c" "0c 00"
result "set discovered" answers "01 03 00" "01 00 00 09 00"
before=$(heard '^a answer')
tell "a ask 9e 0c"
result "Endpoint Discovery is no longer answered; the next request is" answers "02" "02 00 09 00 00"
result "that was the only answer" [ "$(heard '^a answer')" = $((before + 1)) ]
result "Resolve EID is not for an endpoint" answers "07 14" "07 05"
result "Routing Information Update is not for an endpoint" answers "09 00" "09 05"
result "Get Routing Table is not for an endpoint" answers "0a 00" "0a 05"
result "Discovery Notify is not for an endpoint" answers "0d" "0d 05"
result "Query Hop is not for an endpoint" answers "0f 09 00" "0f 05"
result "a command that no endpoint has" answers "f0" "f0 05"
result "Allocate EIDs is not for an endpoint" answers "08 00 04 20" "08 05"

result "a second link, below" $MCTP link add below type vmctp peer under peer-netns "$far"
result "makes a bridge" until_true call /interfaces/below org.freedesktop.DBus.Peer.Ping
result "Set EID asks for a pool" answers "01 00 0a" "01 00 01 0a 06"
result "it has its EID below, too" until_true sh -c "$MCTP addr | grep -qx 'eid 10 net 1 dev below'"
result "Get EID says bridge" answers "02" "02 00 0a 10 00"
result "Allocate EIDs that is too short" answers "08 00 06" "08 03"
result "Allocate EIDs of an operation that is none" answers "08 03 06 1e" "08 02"
result "Allocate EIDs that are none" answers "08 00 06 fe" "08 02"
result "Allocate no EIDs" answers "08 00 00 20" "08 02"
result "Allocate EIDs" answers "08 00 06 1e" "08 00 00 06 1e"
result "Allocate others is rejected" answers "08 00 06 28" "08 00 01 06 1e"
result "unless by force" answers "08 01 06 28" "08 00 00 06 28"
result "the pool can be asked for" answers "08 02 00 00" "08 00 00 06 28"
result "Set EID says that it has a pool" answers "01 00 0a" "01 00 02 0a 06"
result "Routing Information Update is taken" answers "09 01 02 46 40 00 00 01 20" "09 00"
result "the route is there" sh -c "$MCTP route | grep -qx 'eid min 70 max 71 net 1 gw 20 mtu 0'"
result "of a range with our own EID the rest is taken" answers "09 01 05 08 40 00 00 01 20" "09 00"
result "on both sides of it" sh -c "$MCTP route | grep -qx 'eid min 8 max 9 net 1 gw 20 mtu 0' &&
	$MCTP route | grep -qx 'eid min 11 max 12 net 1 gw 20 mtu 0'"
result "of one with our pool, too" answers "09 01 10 1e 40 00 00 01 20" "09 00"
result "before it" sh -c "$MCTP route | grep -qx 'eid min 30 max 39 net 1 gw 20 mtu 0'"
tell "b addr=0x21 eid=33" "b ask 81 09 01 01 50 40 00 00 01 21"
result "what another than the bus owner tells is not taken" until_true grep -qx 'b answer 01 09 05' "$tmp/heard"
result "one that lies about its length is not" answers "09 02 02 46 40 00 00 01 20" "09 03"
result "nor one of EIDs that cannot be" answers "09 01 02 fe 40 00 00 01 20" "09 02"
result "nor one without a count" answers "09" "09 03"
result "Get UUID of a bridge" answers "03" "03 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"
result "Get Version of a bridge" answers "04 ff" "04 00 04 *"
result "Get Message Types of a bridge" answers "05" "05 00 01 00"
result "Get VDM Support of a bridge" answers "06 00" "06 05"
result "Resolve EID is for the bus owner" answers "07 14" "07 05"
result "Get Routing Table of a bridge" answers "0a 00" "0a 00 ff 00"
result "Prepare for Discovery of a bridge" answers "0b" "0b 00"
result "Endpoint Discovery of a bridge" answers "0c" "0c 00"
result "Discovery Notify is for the bus owner" answers "0d" "0d 05"
ip link set below mtu 100
$MCTP route add 45 via below
$MCTP route add 46-47 gw 45
result "Query Hop to below" until_true answers "0f 2d 00" "0f 00 2d ff 00 0b 00 02"
result "Query Hop to behind a bridge below" answers "0f 2e 00" "0f 00 2d ff 00 0b 00 02"
result "Query Hop to what is above" answers "0f 46 00" "0f 00 00 ff 00 0b 00 0b"

# Below is a device that takes its time: other EIDs come while one is given.
mkfifo "$tmp/tell_under"
: >"$tmp/heard_under"
ip netns exec "$far" "$here/mctpd_devices" under <"$tmp/tell_under" >"$tmp/heard_under" &
under=$!
exec 9>"$tmp/tell_under"
echo "s late=700" >&9
ip netns exec "$far" ip link set under up
ip link set below up
result "a device below gets an EID" until_true grep -q '^s 01 00 2[89a-d]$' "$tmp/heard_under"
result "the bus owner tells what is elsewhere" answers "09 01 15 50 40 00 00 01 20" "09 00"
result "and gives us some of it" answers "08 01 06 50" "08 00 00 06 50"
result "which is not elsewhere any more" until_true sh -c "$MCTP route | grep -qx 'eid min 86 max 100 net 1 gw 20 mtu 0'"
result "it gets one of those then" comes "^eid 8[0-5] net 1 dev below .*available"
result "and has no other" count_is 1
result "it leaves" $MCTP endpoint remove "$(mctp_endpoints | cut -d' ' -f2)"
echo "s uuid=a0000000000000000000000000000001 pool=2" >&9
$MCTP endpoint setup below >"$tmp/below" 2>&1 &
result "a bridge below with an EID of its own gets a pool" until_true grep -q '^s 08 00 ' "$tmp/heard_under"
result "while the bus owner gives us others again" answers "08 01 06 5a" "08 00 00 06 5a"
result "its pool is of those" comes "^eid 100 net 1 dev below .* pool 9[0-4] to 9[1-5] "
result "it knows them" grep -qE '^s 08 01 02 5[a-e]$' "$tmp/heard_under"

# Again and again the bus owner gives us other EIDs, at last from 90 on, until there is the file $tmp/enough.
alternate() {
	local first
	while [ ! -e "$tmp/enough" ]; do
		for first in 50 46 3c 5a; do
			tell "a ask 91 08 01 06 $first"
			sleep 0.2
		done
	done
}
result "the bridge leaves" $MCTP endpoint remove 100
echo "s eid=0 start=0 pool=0 uuid=none late=500" >&9
alternate &
alternate=$!
result "who is set up while the bus owner gives us others all the time is given up at last" fails_with \
	"mctp: cannot set up the endpoint: The bus owner gives us other EIDs all the time." $MCTP endpoint setup below
touch "$tmp/enough"
wait $alternate
result "and gets an EID when that ends" $MCTP endpoint setup below
result "which is of the last" comes "^eid 9[0-5] net 1 dev below"
result "it leaves" $MCTP endpoint remove "$(mctp_endpoints | cut -d' ' -f2)"
echo "s eid=0 uuid=a0000000000000000000000000000001 pool=2" >&9
rm "$tmp/enough"
alternate &
alternate=$!
$MCTP endpoint setup below >"$tmp/below" 2>&1
touch "$tmp/enough"
wait $alternate
result "a bridge with an EID of its own that is set up meanwhile has a pool of the last, too" comes \
	"^eid 100 net 1 dev below .* pool 9[0-4] to 9[1-5] "

entries=$(printf ' 01 %02x 40 00 00 01 20' $(seq 150 182))
result "an update of 33 entries is taken" answers "09 21$entries" "09 00"
result "to the last" sh -c "$MCTP route | grep -qx 'eid min 182 max 182 net 1 gw 20 mtu 0'"

# tells SIZE: the bus owner tells of each EID one after the other, as the first of so many.
tells() {
	local eid=8 n entries
	while [ $eid -lt 253 ]; do
		n=0 entries=
		while [ $n -lt 30 ] && [ $eid -lt 253 ]; do
			entries="$entries $(printf '%02x %02x' "$1" $eid) 40 00 00 01 20"
			n=$((n + 1)) eid=$((eid + 1))
		done
		answers "09 $(printf '%02x' $n)$entries" "09 0[01]" || return 1
	done
}
by_owner() {
	[ "$($MCTP route | grep -c ' gw 20 ')" = "$1" ]
}
result "the bus owner tells of each EID" tells 1
result "and of each pair of them" tells 2
result "which is more than is taken" until_true by_owner 256
result "it is told so" until_true grep -qx 'a answer .. 09 01' "$tmp/heard"
result "the log says so, once" [ "$(grep -c 'more routes' "$tmp/log")" = 1 ]
result "what is known may be told again" answers "09 01 02 46 40 00 00 01 20" "09 00"
kill $under
result "a command that no bridge has" answers "f0" "f0 05"
result "each answer came within 100 ms" in_time
finish_mctpd
