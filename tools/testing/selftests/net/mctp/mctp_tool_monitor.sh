#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp monitor: a line for each thing that changes, in text and in JSON.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_monitor

# watches WORD...: a monitor that is known to see what happens from here on.
watches() {
	: >"$tmp/seen"
	$MCTP "$@" >"$tmp/seen" 2>"$tmp/seen.err" &
	monitor=$!
	until_true sh -c "$MCTP addr add 200 dev lo; $MCTP addr del 200 dev lo; sleep 0.1; grep -q . $tmp/seen"
}

# sees LINE: it comes.
sees() {
	until_true grep -qxF -e "$1" "$tmp/seen" && return
	cat "$tmp/seen" "$tmp/seen.err"
	return 1
}

# over STATUS
over() {
	wait "$monitor"
	[ $? = "$1" ] && return
	cat "$tmp/seen" "$tmp/seen.err"
	return 1
}

watches monitor
does "a pair" link add bus type vmctp peer bus2 lladdr 0x10 peer-lladdr 0x11
index=$(cat /sys/class/net/bus/ifindex)
result "a device comes" sees "add link dev bus index $index address 0x10 net 1 mtu 68 down"
does "a device goes up" link set bus up
result "a device changes" sees "change link dev bus index $index address 0x10 net 1 mtu 68 up"
does "a network" link set bus net 4
result "its network, too" sees "change link dev bus index $index address 0x10 net 4 mtu 68 up"
does "an EID" addr add 9 dev bus
result "an address comes" sees "add address eid 9 net 4 dev bus"
result "and its route" sees "add route eid min 9 max 9 net 4 dev bus mtu 0 local"
does "a route" route add 10-12 via bus
result "a route comes" sees "add route eid min 10 max 12 net 4 dev bus mtu 0"
does "a neighbour" neigh add 10 dev bus lladdr 0x11
result "a neighbour comes" sees "add neighbour eid 10 net 4 dev bus lladdr 0x11"
does "another instead" neigh replace 10 dev bus lladdr 0x12
result "the old one goes" sees "delete neighbour eid 10 net 4 dev bus lladdr 0x11"
result "the new one comes" sees "add neighbour eid 10 net 4 dev bus lladdr 0x12"
does "the EID goes" addr del 9 dev bus
result "an address goes" sees "delete address eid 9 net 4 dev bus"
does "the device goes" link del bus
result "a device goes" sees "delete link dev bus index $index address 0x10 net 4 mtu 68 down"
result "its routes go" sees "delete route eid min 10 max 12 net 4 dev bus mtu 0"
result "its neighbours go" sees "delete neighbour eid 10 net 4 dev bus lladdr 0x12"
result "no event comes twice" sh -c "[ \"\$(grep -c '^add link dev bus ' $tmp/seen)\" = 1 ]"
kill -INT "$monitor"
result "it ends by SIGINT, with status 0" over 0

watches monitor address
does "a device that is not asked for" link add va type vmctp
does "an EID that is" addr add 9 dev va
result "monitor address sees it" sees "add address eid 9 net 1 dev va"
kill "$monitor"
result "it ends by SIGTERM, with status 0" over 0
result "and saw addresses alone" sh -c "! grep -qv ' address ' $tmp/seen"

watches -j monitor -t
does "one for JSON" link set va up
does "another" addr add 10 dev va
does "a third" route add 30 via va
until_true grep -q '"eid_min":30' "$tmp/seen"
kill "$monitor"
result "it ends" over 0
result "each line is JSON by its schema" by_schema monitor each <"$tmp/seen"
result "with the time" sh -c "! grep -qv '^{\"time\":\"20' $tmp/seen"
result "-c ends it by itself" sh -c "$MCTP monitor addr -c 2 >$tmp/seen & pid=\$!
	while kill -0 \$pid 2>/dev/null; do $MCTP addr add 200 dev lo; $MCTP addr del 200 dev lo; sleep 0.1; done
	[ \$(wc -l <$tmp/seen) = 2 ]"
result "any user may watch" sh -c "su nobody -s /bin/sh -c 'timeout 1 $MCTP monitor'; case \$? in 0 | 143) ;; *) false ;; esac"
misuse "what cannot be watched" '"frob" cannot be watched: use link, address, route, neighbour or all.' monitor frob
misuse "what is not clear" '"a" could be address or all: write more of it.' monitor a
misuse "two things" '"route" is not understood here.' monitor link route
misuse "no number" 'the count "x" is not a number: write it in decimal, or with 0x.' monitor -c x
finish
