#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Bridges that say that they have EIDs for what is behind them, which no bridge can have.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_claims

start_near
cat >"$tmp/mctpd.conf" <<END
[bus-owner]
dynamic_eid_range = [8, 99]
discovery_interval_ms = 0
[[static]]
eid = 50
address = 0x50
[[static]]
eid = 51
address = 0x51
pool_start = 120
pool_size = 30
END
run_mctpd
tell "all addr=0x20 eid=9 pool=245 start=10" "kept addr=0x50" "own addr=0x51 eid=51 pool=30 start=120"
result "a bridge that says that it has all EIDs there are" says "eid 9 net 1 new" setup 0x20
result "gets as many as any" comes "^eid 9 .* pool 85 to 99 "
result "and is told so by force" until_true grep -qx 'all 08 01 0f 55' "$tmp/heard"
result "so one that is kept for another is left for that" says "eid 50 net 1 new" setup 0x50
result "one that has what the configuration says" says "eid 51 net 1 new" setup 0x51
result "keeps it, whatever its size" comes "^eid 51 .* pool 120 to 149 "
$MCTP endpoint remove 50
tell "kept gone" "few addr=0x21 eid=10 pool=3 start=49"
result "a bridge that says that it has one that is kept for another" says "eid 10 net 1 new" setup 0x21
result "gets others" comes "^eid 10 .* pool 82 to 84 "
tell "past addr=0x22 eid=11 pool=10 start=250"
result "a bridge that says that it has EIDs beyond the last" says "eid 11 net 1 new" setup 0x22
result "gets others, too" comes "^eid 11 .* pool 72 to 81 "
tell "first addr=0x23 eid=12 pool=10 start=1"
result "as does one that says that it has the reserved ones" says "eid 12 net 1 new" setup 0x23
result "which it has then" comes "^eid 12 .* pool 62 to 71 "
tell "big pool=200 start=52" "deaf addr=0x24 eid=13 pool=5 start=100 claims=big"
result "a bridge that does not let itself be told" says "eid 13 net 1 new" setup 0x24
result "has no EIDs" hasnt "^eid 13 .* pool "
result "and the log says why" grep -q "the bridge with EID 13 cannot have 200 EIDs from 52 on" \
	"$tmp/log"
result "no route leads to them" sh -c "! $MCTP route | grep 'min 52 max 251'"

call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic array:byte:0x21 byte:10 byte:200 byte:40 >"$tmp/why"
result "a bridge is given more than any by who may do so" comes "^eid 10 .* pool 200 to 239 "
$MCTP endpoint remove 10
result "who has left" says "eid 10 net 1 new" setup 0x21
result "has those still when it is back" comes "^eid 10 .* pool 200 to 239 "
$MCTP endpoint remove 51
tell "own pool=245 start=10"
result "one that has others than the configuration says" says "eid 51 net 1 new" setup 0x51
result "gets those" comes "^eid 51 .* pool 120 to 149 "
tell "wide pool=40 start=160" "stiff addr=0x25 eid=14 pool=5 start=155 claims=wide"
call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic array:byte:0x25 byte:14 byte:0 byte:40 >"$tmp/why"
result "as many as were to be had, but its own, may be elsewhere" comes "^eid 14 .* pool 160 to 199 "
$MCTP addr add 54 dev lo
tell "ours addr=0x26 eid=15 pool=3 start=53"
result "a bridge that says that it has an EID of ours" says "eid 15 net 1 new" setup 0x26
result "gets others" comes "^eid 15 .* pool 59 to 61 "
tell "much addr=0x27 eid=16 pool=100 start=150"
result "who only looks at a bridge with too many" says "eid 16 net 1 new" setup 0x27 learn
result "tells it of no others" not grep -q '^much 08 01' "$tmp/heard"
result "and it has none" hasnt "^eid 16 .* pool "
stop_mctpd
run_mctpd
result "and keeps that when mctpd starts anew" comes "^eid 10 .* pool 200 to 239 " "^eid 51 .* pool 120 to 149 "
result "mctpd ends" stop_mctpd
finish_mctpd
