#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd and bridges: their EIDs, what is behind them, how it all comes and goes; and mctpd that is started again.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_bridge

route_is() {
	$MCTP route | grep -qx "$1" || {
		$MCTP route
		return 1
	}
}

# signals WORD: the bus told of a property that changed to that.
signals() {
	grep -q "$1" "$tmp/signals"
}

start_near
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 60]
discovery_interval_ms = 0
[[interface]]
match = "near"
addresses = [0x30]
END
tell "br addr=0x20 pool=3 uuid=b0000000000000000000000000000001" "x behind=br types=0,1 uuid=a0000000000000000000000000000001" \
	"y behind=br types=0,5"
result "a bridge gets an EID from the start of the range" says "eid 20 net 1 new" setup 0x20
result "and a pool from its end" has "^eid 20 .* pool 58 to 60 available"
result "which has a route by the bridge" route_is "eid min 58 max 60 net 1 gw 20 mtu 0"
result "both that are behind it are found" comes \
	"^eid 58 net 1 dev near behind 20 types 0,1 uuid a0000000-0000-0000-0000-000000000001 available" \
	"^eid 59 net 1 dev near behind 20 types 0,5 available"
result "by its routing table: what is not there is not asked" [ "$(heard "^[xy] 02")" = 2 ]
result "in JSON" sh -c "$MCTP -j endpoint list >'$tmp/json' &&
	grep -q '\"eid\":58,.*\"bridge\":20,.*\"types\":\[0,1\],' '$tmp/json'"
result "by its schema" by_schema endpoint <"$tmp/json"
$MCTP -j endpoint setup near address 0x20 >"$tmp/json"
result "setup in JSON, too" [ "$(cat "$tmp/json")" = "[$newline{\"eid\":20,\"net\":1,\"new\":false}$newline]" ]
result "is by its schema" by_schema endpoint_setup <"$tmp/json"

tell "bs addr=0x21 pool=2 table=0" "z behind=bs"
result "a bridge without a routing table gets a pool" says "eid 21 net 1 new" setup 0x21
result "and is looked behind by asking each EID" comes "^eid 56 net 1 dev near behind 21 types 0 available"
result "the first bridge is told of the second, and of its pool" until_true grep -qE \
	'^br 09 02 01 15 80 .. 00 01 21 02 38 c0 .. 00 01 21$' "$tmp/heard"
tell "br ask 81 0a 00" "bs ask 82 0a 39"
result "our own routing table has each pool as one entry" until_true grep -qE \
	'^br answer 01 0a 00 ff 04 01 14 80 .. 00 01 20 01 15 80 .. 00 01 21 02 38 c0 .. 00 01 21 03 3a c0 .. 00 01 20$' \
	"$tmp/heard"
result "from the middle of a pool on, too" until_true grep -qE '^bs answer 02 0a 00 ff 01 03 3a c0 .. 00 01 20$' "$tmp/heard"
result "LearnEndpoint of one that is known" call /interfaces/near $DBUS.BusOwner1.LearnEndpoint array:byte:0x21

tell "bt addr=0x22 pool=9" "w behind=bt"
result "AssignBridgeStatic" call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic \
	array:byte:0x22 byte:100 byte:120 byte:4
result "its pool starts there, apart from its EID, and has that size" has "^eid 100 .* pool 120 to 123 "
result "what is behind it is found" comes "^eid 120 net 1 dev near behind 100 "

result "a bridge cannot be removed from behind" fails_with "mctp: cannot remove the endpoint: The endpoint \
belongs to a bridge: remove that." $MCTP endpoint remove 120
result "with the bridge goes what is behind it" $MCTP endpoint remove 100
result "all of it" hasnt "^eid 1[02]0 "
result "and its route" not route_is "eid min 120 max 123 net 1 gw 100 mtu 0"

tell "v behind=br eid=30"
$MCTP route add 30-30 via near && $MCTP neigh add 30 dev near lladdr 0x20
$MCTP route add 31 via near && $MCTP neigh add 31 dev near lladdr 0x20
heard '^br 01' >"$tmp/before"
result "mctpd ends" stop_mctpd
result "the kernel keeps its routes" route_is "eid min 58 max 60 net 1 gw 20 mtu 0"
run_mctpd
result "a new mctpd takes over the bridges and what is behind them" comes "^eid 20 .* pool 58 to 60 available" \
	"^eid 58 net 1 dev near behind 20 types 0,1 uuid" "^eid 59 net 1 dev near behind 20 " \
	"^eid 21 .* pool 56 to 57 available" "^eid 56 net 1 dev near behind 21"
result "a route by hand to what answers behind a bridge stays" route_is "eid min 30 max 30 net 1 dev near mtu 0"
result "one to nobody goes" until_true not route_is "eid min 31 max 31 net 1 dev near mtu 0"
result "with its neighbour" until_true sh -c "! $MCTP neigh | grep -q 'eid 31 '"
result "it ends" stop_mctpd
ip netns exec "$far" ip link set far down
until_true sh -c "ip link show near | grep -q NO-CARRIER"
run_mctpd
result "one that starts while the link has no carrier says so" until_true grep -q 'is asked when the link is up' "$tmp/log"
result "and takes over nothing yet" count_is 0
ip netns exec "$far" ip link set far up
result "and all of it when it has" comes "^eid 20 .* pool 58 to 60 available" "^eid 58 net 1 dev near behind 20 " \
	"^eid 59 net 1 dev near behind 20 " "^eid 21 .* pool 56 to 57 available" "^eid 56 net 1 dev near behind 21"
result "no endpoint was asked to change its EID" [ "$(heard '^br 01')" = "$(cat "$tmp/before")" ]

dbus-monitor --system "type='signal',path_namespace='/au/com/codeconstruct/mctp1'" >"$tmp/signals" 2>/dev/null &
until_true signals NameAcquired
tell "y silent=1"
result "what is behind a bridge can be recovered" $MCTP endpoint recover 59
result "it is degraded while it is silent" comes "^eid 59 .* degraded"
result "the bus is told" until_true signals Degraded
tell "y silent=0"
result "and available when it answers again" comes "^eid 59 .* available"
result "the bus is told that, too" until_true signals Available

tell "br eid=0 start=0 pool=3" "x eid=0" "y eid=0"
result "a bridge that was reset is recovered" $MCTP endpoint recover 20
result "it gets its EID again" until_true sh -c "[ \$(grep -c '^br 01 00 14' '$tmp/heard') = 2 ]"
result "and its pool, with all behind it" until_true sh -c "[ \$(grep -c '^br 08 00 03 3a' '$tmp/heard') = 2 ]"
result "no EID has changed" comes "^eid 20 .* pool 58 to 60 available" "^eid 58 .* available" "^eid 59 .* available"

tell "br silent=1"
result "a bridge that has gone silent" $MCTP endpoint recover 20
result "leaves after 5 seconds, with all that is behind it" goes "^eid (20|58|59) "
tell "br silent=0 eid=0 start=0 pool=3 uuid=b0000000000000000000000000000002" "x eid=0" "y eid=0"
result "and returns with all of it" setup 0x20
result "under EIDs that were not used yet" comes "^eid 2[2-9] .* pool [45]. to [45]. available" \
	"behind 2[2-9] types 0,1 uuid a0000000" "behind 2[2-9] types 0,5"
tell "br uuid=b0000000000000000000000000000003"
eid=$(mctp_endpoints | sed -n 's/^eid \([0-9]*\) .*address 0x20 .*/\1/p')
result "a bridge that has become another device is found out" $MCTP endpoint recover "$eid"
result "and is shown as that" comes "address 0x20 .* uuid b0000000-0000-0000-0000-000000000003 pool"
tell "q addr=0x30" "q ask 81 0d"
result "a device that announces itself is set up" comes "address 0x30 types 0 available"
result "and is answered" until_true grep -qx 'q answer 01 0d 00' "$tmp/heard"

$MCTP route add 121 gw 110
$MCTP route add 122-124 gw 110
$MCTP route add 122 gw "$eid"
$MCTP route add 90-254 gw 110
tell "g1 addr=0x50 pool=3" "g2 addr=0x51 pool=3" "g3 addr=0x52 pool=3"
call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic array:byte:0x50 byte:100 byte:120 byte:3 >/dev/null
result "a bridge with a pool" has "^eid 100 .* pool 120 to 122 "
result "routes to that by a bridge that is not there are gone" not sh -c "$MCTP route | grep 'min 12[0-9] .*gw 110 '"
result "and the log says so" grep -q 'route to EIDs 122 to 124 by EID 110' "$tmp/log"
result "one to more EIDs than those is not" route_is "eid min 90 max 254 net 1 gw 110 mtu 0"
result "one by a bridge that is there is not" route_is "eid min 122 max 122 net 1 gw $eid mtu 0"
: >"$tmp/heard"
tell "g1 eid=0 start=0 late=600"
$MCTP endpoint recover 100
result "is reset, and given its pool again" until_true grep -q '^g1 08 00 03 78' "$tmp/heard"
result "it is removed before it answers" $MCTP endpoint remove 100
result "another gets that pool" call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic \
	array:byte:0x51 byte:101 byte:120 byte:3
sleep 1
result "and keeps it when the answer comes" fails_with "Error org.freedesktop.DBus.Error.Failed: Another endpoint has \
an EID of that pool" call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic array:byte:0x52 byte:102 byte:120 byte:3
finish_mctpd
