#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd where it is treated badly: without standard streams, told to end in the middle, links that leave while devices
# are set up, more devices than EIDs, devices that change their EID by themselves, many calls at once.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_hostile

# heard_more N PATTERN: more than N lines of what devices heard match.
heard_more() {
	[ "$(heard "$2")" -gt "$1" ]
}

# in_seconds N COMMAND...: it succeeds, and takes no longer.
in_seconds() {
	local limit=$1 began
	shift
	began=$(now_ms)
	"$@" || return 1
	echo "it took $(($(now_ms) - began)) ms"
	[ $(($(now_ms) - began)) -lt $((limit * 1000)) ]
}

# leaves_meanwhile: the link leaves while a slow device is set up: the call has an answer, and soon.
leaves_meanwhile() {
	local before
	before=$(heard '^slow 02')
	setup 0x30 >"$tmp/meanwhile" 2>&1 &
	until_true heard_more "$before" '^slow 02'
	$MCTP link delete near
	! wait $! && grep -q '^mctp: cannot set up the endpoint: ' "$tmp/meanwhile"
}

# at_once N ADDRESS: so many ask for the same to be set up, and each has the same answer but for who was first.
at_once() {
	local n=$1 i=0
	: >"$tmp/answers"
	while [ $i -lt "$n" ]; do
		setup "$2" >>"$tmp/answers" 2>&1 &
		pids="$pids $!"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086 # process ids
	wait $pids
	sort "$tmp/answers" | uniq -c | tr -s ' ' >"$tmp/counted"
	cat "$tmp/counted"
	[ "$(wc -l <"$tmp/counted")" = 2 ] && grep -q '^ 1 eid [0-9]* net 1 new$' "$tmp/counted"
}
pids=

start_near
cat >"$tmp/mctpd.conf" <<END
[bus-owner]
dynamic_eid_range = [20, 23]
discovery_interval_ms = 0
END

$MCTPD -v -c "$tmp/mctpd.conf" <&- >&- 2>&- &
mctpd=$!
result "without standard streams it runs" until_true mctp_endpoints
tell "a addr=0x20" "kept addr=0x21 eid=60" "slow addr=0x30 late=700"
result "and sets up a device" says "eid 20 net 1 new" setup 0x20
result "and ends when it is told" stop_mctpd

mkfifo "$tmp/reader"
head -n 1 <"$tmp/reader" >"$tmp/first" &
reader=$!
$MCTPD -v -c "$tmp/mctpd.conf" 2>"$tmp/reader" &
mctpd=$!
until_true mctp_endpoints
wait $reader
result "whoever reads what it says may leave" says "eid 60 net 1 new" setup 0x21
# one that is known from before is given up where the machine stood still for a second
setup 0x20 >/dev/null
result "it runs on" comes "^eid 20 " "^eid 60 "
tell "kept eid=61"
result "a device that had its EID before has changed that by itself" $MCTP endpoint recover 60
result "and is shown with that" comes "^eid 61 net 1 dev near address 0x21 .* available"
result "the old one is gone" hasnt "^eid 60 "
result "and its route" sh -c "! $MCTP route | grep 'min 60 '"
result "and ends well" stop_mctpd

run_mctpd
comes "^eid 20 " "^eid 61 " >/dev/null
tell "a eid=77"
result "a device that it gave an EID has changed that by itself" $MCTP endpoint recover 20
result "it is told its EID again" until_true heard_more 1 '^a 01 00 14$'
result "and is there" comes "^eid 20 net 1 dev near address 0x20 .* available"
tell "kept eid=62"
result "so has one that was taken over" $MCTP endpoint recover 61
result "it is told its EID again, too" comes "^eid 61 net 1 dev near address 0x21 .* available"

announces() {
	tell "p ask 81 0d"
	sleep 0.3
	grep -qx 'p answer 01 0d 00' "$tmp/heard"
}

tell "kept flood 100 80 0d" "p addr=0x31" "p ask 81 0d"
until_true heard_more 0 '^nobody 00 02$'
result "while a hundred seem to announce themselves a device is set up" in_seconds 6 setup 0x21
result "one more is told to come again" until_true grep -qx 'p answer 01 0d 04' "$tmp/heard"
result "does so" until_true announces
result "and has its turn" comes "address 0x31 .* available"
result "ten who ask at once" at_once 10 0x30
tell "q addr=0x32" "r addr=0x33"
result "an EID is left" setup 0x31
result "and one more" setup 0x32
result "the next finds none" fails_with "mctp: cannot set up the endpoint: No EID is left to be given." setup 0x33
result "and one that leaves makes room, after a rest" $MCTP endpoint remove 20
result "as it has" setup 0x33

tell "slow eid=0"
$MCTP endpoint list >"$tmp/list"
$MCTP endpoint remove "$(sed -n 's/^eid \([0-9]*\) .*address 0x30 .*/\1/p' "$tmp/list")"
result "a link that leaves while a device on it is set up" leaves_meanwhile
result "takes all with it" until_true count_is 0
result "mctpd is alive and well" stop_mctpd

pair near
$MCTP addr add 8 dev near
start_mctpd <<END
[bus-owner]
discovery_interval_ms = 0
[[interface]]
match = "near"
addresses = [$(seq -s , 32 95)]
END
result "told to end while it waits for sixty addresses, it does" stop_mctpd
finish_mctpd
