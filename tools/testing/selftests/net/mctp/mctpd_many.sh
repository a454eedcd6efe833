#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd with 200 addresses on one link, 20 of them dead: the dead do not hold up the others, nor answers to peers.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_many

# Every tenth address is dead.
devices() {
	local i=32
	while [ $i -lt 232 ]; do
		[ $((i % 10)) = 0 ] || echo "d$i addr=$i"
		i=$((i + 1))
	done
}

all_there() {
	[ "$(mctp_endpoints | wc -l)" -ge 180 ]
}

# within MS COMMAND...: it becomes true, so soon after $began.
within() {
	local ms=$1 took
	shift
	until_true "$@" || until_true "$@" || {
		mctp_endpoints | wc -l
		return 1
	}
	took=$(($(now_ms) - began))
	echo "# took $took ms" >&3
	[ $took -lt "$ms" ]
}

# quick COMMAND...: asked eleven times, most answers to the device a take less than 100 ms.
quick() {
	local i=0 n=0
	while [ $i -lt 11 ]; do
		answers "$@" || return 1
		[ "$took" -ge 100 ] || n=$((n + 1))
		i=$((i + 1))
	done
	[ $n -gt 5 ]
}

exec 3>&1
start_near
devices >"$tmp/devices"
cat "$tmp/devices" >&7
echo "dead addr=240 silent=1" >&7
echo "lively addr=241" >&7
echo "a addr=242" >&7
began=$(now_ms)
start_mctpd <<END
[bus-owner]
discovery_interval_ms = 0
[[interface]]
match = "near"
addresses = [$(seq -s , 32 231)]
END
result "an endpoint is set up while the dead are waited for" $MCTP endpoint setup near address 0xf1
result "a peer is answered meanwhile" quick 02 "02 00 08 10 00"
result "180 endpoints of 200 addresses are there within 40 s" within 40000 all_there
result "no more than those" until_true count_is 181
result "each has an EID of its own" sh -c "[ \"\$($MCTP endpoint list | cut -d' ' -f2 | sort -u | wc -l)\" = 181 ]"
finish_mctpd
