#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Links that come, go, move and change their names under mctpd; it grows by none of it. CYCLES= for more of them.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
cases="$cases|by_memory"
inside_netns mctpd_hotplug
CYCLES=${CYCLES:-300}

descriptors() {
	ls "/proc/$mctpd/fd" | wc -l
}

memory_kb() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$mctpd/status"
}

# by_memory NAME COMMAND...: a case of how much memory mctpd has, if that is its own.
by_memory() {
	if grep -qE 'libasan|valgrind' "/proc/$mctpd/maps"; then
		left_out "$1" "a sanitizer keeps what was freed"
	else
		result "$@"
	fi
}

# cycles N: pairs come and go, each end found by the other.
cycles() {
	local i=0
	while [ $i -lt "$1" ]; do
		printf 'link add name plug type vmctp\nlink set dev plug up\nlink del dev plug\n'
		i=$((i + 1))
	done >"$tmp/batch"
	ip -batch "$tmp/batch"
}

links_are() {
	[ "$(call '' org.freedesktop.DBus.ObjectManager.GetManagedObjects | grep -o '/interfaces/' | wc -l)" = "$1" ]
}

shows_link() {
	[ "$(property "/interfaces/$1" $DBUS.Interface1 NetworkId)" = "variant uint32 $2" ]
}

start_bus
pair near 0
$MCTP addr add 8 dev near
start_devices
start_mctpd <<END
[bus-owner]
discovery_interval_ms = 300
END
tell "a types=0,1"
result "a device on a line is found without being looked for" comes "^eid 9 net 1 dev near address none types 0,1 "
result "the link goes down" $MCTP link set near down
result "the link changes its name while it is down" ip link set dev near name other
result "and is shown by the new name" until_true shows_link other 1
result "it comes up" $MCTP link set other up
result "its endpoint is there still" comes "^eid 9 net 1 dev other "
result "it moves to another network" $MCTP link set other network 7
result "and is shown there" until_true shows_link other 7
result "its endpoint keeps its EID there" comes "^eid 9 net 7 dev other "
result "it leaves for another namespace" ip link set dev other netns "$far"
result "and nothing is left of it" until_true links_are 0
result "no endpoint either" until_true count_is 0

cycles 50
until_true links_are 0
before=$(descriptors) memory=$(memory_kb)
result "$CYCLES pairs come and go" cycles "$CYCLES"
result "no link is left" until_true links_are 0
sleep 2
result "no descriptor is left" [ "$(descriptors)" -le "$before" ]
by_memory "memory has not grown" [ "$(memory_kb)" -le $((memory + 512)) ]
echo "# $CYCLES cycles: descriptors $before, then $(descriptors); resident $memory kB, then $(memory_kb) kB"
result "mctpd is alive and well" stop_mctpd
finish_mctpd
