#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd and a bridge behind a bridge: by simulated devices, and by three of mctpd.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_nested

# nobody N: that many EIDs that nobody has were asked, each once.
nobody() {
	grep -E '^nobody .. 02$' "$tmp/heard" >"$tmp/nobody"
	[ "$(wc -l <"$tmp/nobody")" = "$1" ] && [ "$(sort -u "$tmp/nobody" | wc -l)" = "$1" ] || {
		cat "$tmp/nobody"
		return 1
	}
}

# soon MS COMMAND...: it becomes true, so soon after $began.
soon() {
	local ms=$1
	shift
	comes "$@" && took=$(($(now_ms) - began)) && echo "it took $took ms" && [ $took -lt "$ms" ]
}

remove_all() {
	mctp_endpoints | sed -n 's/^eid \([0-9]*\) .* address .*/\1/p' | xargs -n 1 $MCTP endpoint remove
}

start_near
tell "br addr=0x20 pool=20" "x behind=br" "n behind=br pool=12" "v behind=n" "w behind=n types=0,5"
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 220]
max_pool_size = 30
discovery_interval_ms = 0
END
result "a bridge with a bridge behind it" says "eid 20 net 1 new" setup 0x20
result "all that is behind both of them is found" comes "^eid 20 .* pool 201 to 220 " "^eid 201 .* behind 20 types 0 " \
	"^eid 202 .* behind 20 types 0 " "^eid 203 .* behind 20 types 0 " "^eid 204 .* behind 20 types 0,5 "
result "by the inner bridge's table" [ "$(heard '^n 0a 00')" = 1 ]
result "which is believed: who is not in it is not asked" nobody 0
tell "n silent=1"
result "what is behind an inner bridge that is silent" $MCTP endpoint recover 204
result "is degraded" comes "^eid 204 .* degraded"
tell "n silent=0"
result "and available again with it" comes "^eid 204 .* available"
result "with the outer bridge" $MCTP endpoint remove 20
result "goes what is behind both" count_is 0
result "and it returns with it" setup 0x20
result "all of it" until_true count_is 5

: >"$tmp/heard"
tell "bs addr=0x21 pool=12" "m behind=bs pool=8 table=0" "y behind=m" "z behind=m types=0,5"
result "an inner bridge without a table" setup 0x21
result "has all that is behind it found" until_true count_is 9
result "by one question to each EID of its pool" until_true nobody 6

: >"$tmp/heard"
tell "bt addr=0x22 pool=7 routes=ff08c0000001ff table=2" "i1 behind=bt pool=1 table=2" "i2 behind=bt pool=1 table=2" \
	"i3 behind=bt pool=1 table=2"
result "a bridge whose table has all EIDs, and no end, as those behind it" setup 0x22
result "is looked behind" until_true count_is 13
result "as far as its pool goes" until_true nobody 4
result "with no more than 128 questions for tables" [ "$(heard '^(bt|i[123]) 0a')" = 128 ]
tell "bu addr=0x23 pool=6" "u behind=bu uuid=a00000000000000000000000000000f1" "q behind=bu silent=1" "p behind=bu silent=1"
result "a bridge with two behind it that are silent" setup 0x23
result "and one that is not" comes " uuid a0000000-0000-0000-0000-0000000000f1 "
eid=$(mctp_endpoints | sed -n 's/^eid \([0-9]*\) .* uuid a0000000-0000-0000-0000-0000000000f1 .*/\1/p')
tell "u uuid=a00000000000000000000000000000f2"
result "which becomes another device while the silent are waited for" $MCTP endpoint recover "$eid"
result "and is found as that" comes "^eid $eid .* uuid a0000000-0000-0000-0000-0000000000f2 "

tell "bv addr=0x24 pool=8" "g behind=bv addr=0x61 pool=3 table=0" "h behind=bv addr=0x62 pool=3 claims=g" \
	"k behind=g types=0,9"
result "a bridge with two behind it, one of which says that it has the other's pool" setup 0x24
result "is not believed: what is behind the other is found" comes " types 0,9 "
tell "bw addr=0x25 pool=18" "$(seq 8 | sed 's/.*/o& behind=bw pool=1 table=3/')" "o9 behind=bw pool=1" "o behind=o9 types=0,7"
began=$(now_ms)
result "a bridge with eight behind it that do not tell their tables, and one that does" setup 0x25
result "they are not waited for one after another" soon 5000 " types 0,7 "

tell "h1 addr=0x26 pool=30 table=0" "h2 addr=0x27 pool=30 table=0" "e addr=0x28 types=0,3"
result "a bridge that has nobody behind it" setup 0x26
result "and another" setup 0x27
began=$(now_ms)
result "beside them a device of the link" setup 0x28
result "is set up while EIDs behind them are asked" soon 1500 " types 0,3 "
remove_all
result "all leave" count_is 0
result "with every route by a bridge" sh -c "routes=\$($MCTP route) && ! echo \"\$routes\" | grep ' gw '"
result "mctpd ends" stop_mctpd

run_mctpd
tell "bx addr=0x29 pool=36" "$(seq 36 | sed 's/.*/x& behind=bx/')"
result "a bridge whose table has 37 entries in one answer" call /interfaces/near \
	$DBUS.BusOwner1.AssignBridgeStatic array:byte:0x29 byte:100 byte:120 byte:36
result "has all of them found" until_true count_is 37
result "it leaves" $MCTP endpoint remove 100

# C says that T's pool is its own, and B's table, which is read before A's, that C is where that is.
tell "ba addr=0x2a pool=20" "A behind=ba addr=0x61 pool=6 late=100" "T behind=A addr=0x63 pool=2 table=0" \
	"t behind=T types=0,13" "B behind=ba addr=0x62 pool=3 routes=0297c000000164" "C behind=B addr=0x64 pool=2 claims=T"
result "a bridge with a pool that two behind it say is in different places" call /interfaces/near \
	$DBUS.BusOwner1.AssignBridgeStatic array:byte:0x2a byte:140 byte:148 byte:20
result "has it asked: who is there is found" comes "^eid 151 .* types 0,13 "
result "though one says that it is all that is there" [ "$(heard '^C 08 02')" -ge 1 ]
result "it leaves, too" $MCTP endpoint remove 140
result "mctpd ends again" stop_mctpd

run_mctpd
tell "$(seq 65 76 | sed 's/.*/r& addr=& pool=10 table=0/')" "r77 addr=77 pool=10 table=0" "r behind=r77 types=0,11"
for addr in 41 42 43 44 45 46 47 48 49 4a 4b 4c; do
	setup 0x$addr
done >"$tmp/said" 2>&1
result "twelve bridges that have nobody behind them" count_is 12
until_true sh -c "[ \$(grep -cE '^nobody .. 02' '$tmp/heard') -gt 12 ]"
began=$(now_ms)
result "and a thirteenth" setup 0x4d
result "has its turn while EIDs behind all others are asked" soon 4000 " types 0,11 "
remove_all
result "mctpd ends once more" stop_mctpd
kill $devices

# Three of mctpd: the bus owner here, below it a bridge in $far, below that one in $low, and there two devices in $end.
# level NAMESPACE: a message bus and mctpd there, by the configuration of stdin.
level() {
	sed "s#path=.*<#path=$tmp/bus.$1<#" "$tmp/bus.conf" >"$tmp/bus.conf.$1"
	dbus-daemon --nofork --config-file="$tmp/bus.conf.$1" 2>>"$tmp/bus.log" &
	buses="$buses $!"
	until_true test -S "$tmp/bus.$1"
	cat >"$tmp/mctpd.conf.$1"
	ip netns exec "$1" env "DBUS_SYSTEM_BUS_ADDRESS=unix:path=$tmp/bus.$1" \
		"$MCTPD" -v -c "$tmp/mctpd.conf.$1" 2>>"$tmp/log" &
	levels="$levels $!"
}

bridge_of() {
	level "$1" <<-END
		[bridge]
		pool_size = $2
		[bus-owner]
		discovery_interval_ms = 500
		[[interface]]
		match = "far"
		role = "endpoint"
		[[interface]]
		match = "below"
		role = "bus-owner"
		addresses = [0x20, 0x21]
	END
}

# below NAMESPACE PEER-NAMESPACE ADDRLEN: a link called below, whose peer is called far.
below() {
	ip netns delete "$2" 2>/dev/null
	ip netns add "$2"
	ip netns exec "$1" "$MCTP" link add below type vmctp peer far peer-netns "$2" addrlen "$3"
	ip netns exec "$2" ip link set far up
	ip netns exec "$1" ip link set below up
}

low=${INSIDE}_low end=${INSIDE}_end buses='' levels=''
$MCTP link del near
pair near 0
below "$far" "$low" 0
below "$low" "$end" 1
far=$end
start_devices
tell "a addr=0x20" "b addr=0x21 types=0,5"
far=${INSIDE}_far_near
bridge_of "$far" 12
bridge_of "$low" 5
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [130, 160]
discovery_interval_ms = 500
[[interface]]
match = "near"
eid = 8
END
result "a bridge, its inner bridge and two devices behind both are found" comes "^eid 130 .* pool 149 to 160 " \
	"^eid 149 .* behind 130 " "^eid 15[67] .* behind 130 types 0 " "^eid 15[67] .* behind 130 types 0,5 "
result "without anybody who is not there" count_is 4
result "a message crosses both bridges" sh -c "$MCTP probe 156 && $MCTP probe 157"
result "the bridge is removed" $MCTP endpoint remove 130
result "and comes back with all that is behind it" comes "^eid 1.. .* pool " "behind 1.. types 0,5 "
result "which can be spoken to" sh -c "$MCTP probe \$($MCTP endpoint list | sed -n 's/^eid \([0-9]*\) .* types 0,5 .*/\1/p')"
result "the bridge gets other EIDs" call /interfaces/near $DBUS.BusOwner1.AssignBridgeStatic array:byte: byte:170 byte:200 byte:12
result "as does what is behind it, the inner bridge's pool too" comes "^eid 170 .* pool 200 to 211 " "^eid 200 .* behind 170 " \
	"^eid 20[78] .* behind 170 types 0 " "^eid 20[78] .* behind 170 types 0,5 "
result "and nothing has old ones" count_is 4
result "a message crosses both bridges as before" sh -c "$MCTP probe 207 && $MCTP probe 208"
# shellcheck disable=SC2086 # several
kill $levels $buses
finish_mctpd
