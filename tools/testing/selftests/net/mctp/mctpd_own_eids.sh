#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd where EIDs of ours come and go by hand: many on a link, one on the loopback device, one that an endpoint has.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_own_eids

local_eids() {
	says "variant array of bytes [ $1 ]" property /networks/1 $DBUS.Network1 LocalEIDs
}

start_near
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [8, 25]
discovery_interval_ms = 0
END
tell "a addr=0x20" "b addr=0x21" "c addr=0x22" "d addr=0x23"
for eid in 9 10 11 12 13 14 15 16 17; do
	$MCTP addr add $eid dev near
done
$MCTP addr add 18 dev lo
result "all EIDs of a link are ours, and those of the loopback device" \
	until_true local_eids "08 09 0a 0b 0c 0d 0e 0f 10 11 12"
result "an endpoint gets none of them" says "eid 19 net 1 new" setup 0x20
tell "b eid=17" "c eid=18"
result "nor does one keep it" says "eid 20 net 1 new" setup 0x21
result "also not that of the loopback device" says "eid 21 net 1 new" setup 0x22
$MCTP addr delete 18 dev lo
result "which is free when that has it no more" until_true local_eids "08 09 0a 0b 0c 0d 0e 0f 10 11"
$MCTP addr add 20 dev near
result "an EID that an endpoint has becomes ours: it gets another" comes "^eid (18|22) net 1 dev near address 0x21 "
result "and has that no longer" hasnt "^eid 20 "
result "by no route" sh -c "! $MCTP route | grep 'min 20 .* mtu 0$'"
result "but ours" sh -c "$MCTP route | grep 'min 20 max 20 net 1 dev near mtu 0 local'"
tell "d late=800"
setup 0x23 >"$tmp/late" 2>&1 &
until_true grep -q '^d 01 00 ' "$tmp/heard"
eid=$((0x$(sed -n 's/^d 01 00 //p' "$tmp/heard" | head -n 1)))
$MCTP addr add $eid dev lo
result "an EID becomes ours while an endpoint is given it: that gets another" comes "^eid .* dev near address 0x23 .* available"
result "and not that one" hasnt "^eid $eid "
result "mctpd ends" stop_mctpd
finish_mctpd
