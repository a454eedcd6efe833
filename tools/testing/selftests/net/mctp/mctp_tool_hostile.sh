#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The mctp command where it is treated badly: outputs that are full, closed or not read to their end, signals in the
# middle, devices that leave while it speaks to them, words that are far too long.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_hostile

# in_time COMMAND...: it ends by itself, within 20 seconds.
in_time() {
	timeout -s KILL 20 "$@"
}

# full WORD...: the output cannot be written: status 1, with a sentence about that, and soon.
full() {
	in_time "$MCTP" "$@" >/dev/full 2>"$tmp/full"
	[ $? = 1 ] && grep -qx 'mctp: cannot write the output: No space left on device\.' "$tmp/full" && return
	cat "$tmp/full"
	return 1
}

# all_full: each verb that prints, in text and in JSON; what changes may be nothing, and then JSON has nothing to print.
all_full() {
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		full $words && { [ "$words" = "stat --watch -i 0.01" ] || full -j $words; } || {
			echo "that was: $words"
			return 1
		}
	done <<-END
		link show
		address show
		route show
		neighbour show
		stat show
		stat -z
		stat --watch -i 0.01
		socket show
		tag show
		reassembly show
		ping 9 -c 1000000 -i 0.01 -W 0.05
		probe 9
		send 9 1 data 01
		bench 9 1 size 1 -c 2
		version
	END
}

# closed N WORD...: without the standard stream N.
closed() {
	local n=$1
	shift
	case $n in
	0) in_time "$MCTP" "$@" <&- ;;
	1) in_time "$MCTP" "$@" >&- ;;
	2) in_time "$MCTP" "$@" 2>&- ;;
	all) in_time "$MCTP" "$@" <&- >&- 2>&- ;;
	esac
}

closed_output() {
	closed 1 "$@" 2>"$tmp/closed"
	[ $? = 1 ] && grep -qx 'mctp: cannot write the output: Bad file descriptor\.' "$tmp/closed" && return
	cat "$tmp/closed"
	return 1
}

# first_line WORD...: who reads but one line of it gets that, and the command ends.
first_line() {
	[ "$(in_time "$MCTP" "$@" | head -n 1 | wc -l)" = 1 ]
}

# ignored_pipe WORD...: as first_line, where SIGPIPE is ignored.
ignored_pipe() {
	(trap '' PIPE && in_time "$MCTP" "$@" 2>"$tmp/pipe" || echo $? >"$tmp/pipe.status") | head -n 1 >/dev/null
	[ "$(cat "$tmp/pipe.status")" = 1 ] && grep -qx 'mctp: cannot write the output: Broken pipe\.' "$tmp/pipe" && return
	cat "$tmp/pipe" "$tmp/pipe.status"
	return 1
}

# catches PID: the process has gone so far that it waits for SIGTERM.
catches() {
	[ $((0x$(sed -n 's/^SigCgt:[^0-9a-f]*//p' "/proc/$1/status") & 0x4000)) != 0 ]
}

# told STATUS WORD...: in the middle of what it does SIGTERM comes; it ends so.
told() {
	local status=$1 pid
	shift
	$MCTP "$@" >"$tmp/told" 2>&1 &
	pid=$!
	until_true catches $pid
	kill -TERM $pid
	wait $pid
	[ $? = "$status" ] && return
	cat "$tmp/told"
	return 1
}

# has_waited PID: the process has waited for something again and again.
has_waited() {
	[ "$(sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$1/status")" -gt 50 ]
}

# measured SIGNAL FILE WORD...: bench, in the middle of what it does, ends well by that. FILE gets what it prints.
measured() {
	local signal=$1 file=$2 pid
	shift 2
	$MCTP "$@" bench 9 1 size 1,2 -t 60 >"$file" &
	pid=$!
	until_true has_waited $pid
	kill "-$signal" $pid
	wait $pid
}

# leaves WORD...: the device dev leaves meanwhile: it ends with status 1 and a sentence.
leaves() {
	local pid
	$MCTP link add dev type vmctp peer far >/dev/null && $MCTP link set dev up && $MCTP link set far up &&
		$MCTP addr add 210 dev dev && $MCTP route add 211 via dev || return 1
	$MCTP "$@" >"$tmp/leaves" 2>&1 &
	pid=$!
	until_true catches $pid
	$MCTP link delete dev
	wait $pid
	[ $? = 1 ] && grep -q '^mctp: ' "$tmp/leaves" && return
	cat "$tmp/leaves"
	return 1
}

# long N: a word of so many letters.
long() {
	head -c "$1" /dev/zero | tr '\0' a
}

does "an EID of ours" addr add 9 dev lo
result "lo is up" ip link set lo up
"$here/mctp_tool_device" good >"$tmp/device" &
device=$!
until_true grep -q ready "$tmp/device"
$MCTP echo 1 format quiet &
echo=$!
until_true sh -c "$MCTP socket | grep -q 0x01"

does "a neighbour" link add bus type vmctp addrlen 1
does "to be shown" neigh add 9 dev bus lladdr 0x11
result "no verb passes over an output that is full" all_full
result "monitor ends at the first event that it cannot print" sh -c "$MCTP monitor >/dev/full 2>$tmp/monitor & pid=\$!
	i=0; while kill -0 \$pid 2>/dev/null; do $MCTP addr add 200 dev lo; $MCTP addr del 200 dev lo; sleep 0.1
	i=\$((i + 1)); [ \$i -lt 100 ] || exit 1; done; wait \$pid; [ \$? = 1 ] && grep -q 'cannot write the output' $tmp/monitor"
result "so does recv" sh -c "timeout -s KILL 20 $MCTP recv 2 >/dev/full 2>$tmp/recv & pid=\$!
	i=0; while kill -0 \$pid 2>/dev/null; do $MCTP send 9 2 data 01 -W 0; sleep 0.1
	i=\$((i + 1)); [ \$i -lt 100 ] || exit 1; done; wait \$pid; [ \$? = 1 ] && grep -q 'cannot write the output' $tmp/recv"

for eid in $(seq 20 199); do echo "addr add $eid dev lo"; done >"$tmp/many"
does "many addresses" batch "$tmp/many"
result "an output that is closed is an error" closed_output addr
result "and nothing of it goes to a socket in its place" closed_output ping 9 -c 2 -i 0
result "so it is with JSON" closed_output -j route
result "without a standard input" closed 0 addr
result "without a place for errors" closed 2 addr
result "without anything, a change is done" closed all addr add 201 dev lo
result "as it is" sh -c "$MCTP addr | grep -qx 'eid 201 net 1 dev lo'"
result "a message from a standard input that is closed" sh -c "$MCTP send 9 1 file - <&- 2>&1 |
	grep -qx 'mctp: cannot read -: Bad file descriptor\.'"
result "a batch from one" sh -c "$MCTP batch - <&- 2>&1 |
	grep -qx 'mctp: cannot read the standard input: Bad file descriptor\.'"

result "who reads one line of many" first_line route show
result "of JSON" first_line -j route show
result "of ping" first_line ping 9 -i 0.01
result "of stat --watch" first_line stat --watch -i 0.01
result "and ignores SIGPIPE" ignored_pipe ping 9 -i 0.01
result "180 routes are JSON by their schema" sh -c "$MCTP -j route >$tmp/json"
result "as they are" by_schema route <"$tmp/json"

result "SIGTERM while ping waits" told 0 ping 9 -i 60
result "while send waits" told 1 send 9 3 data 01
result "while recv waits" told 0 recv 3
result "while monitor does" told 0 monitor
result "while stat --watch does" told 0 stat --watch -i 60
result "while bench waits for an answer" told 0 bench 9 3 size 1 -t 60
result "while bench is under way" measured TERM "$tmp/measured"
result "which says what it has measured by then, and no more" sh -c "grep -qE '^size 1 round_trips [1-9]' '$tmp/measured' &&
	[ \$(wc -l <'$tmp/measured') = 1 ]"
result "so it does on SIGINT, in JSON" measured INT "$tmp/measured" -j
result "by its schema" by_schema bench <"$tmp/measured"
result "with a result" grep -qE '"round_trips":[1-9]' "$tmp/measured"

result "a device leaves while ping asks by a route" leaves ping 211 -i 0.01 -W 0.05
result "and by its name" leaves ping 211 dev dev -i 0.01 -W 0.05
result "while bench runs by it" leaves bench 211 1 size 1 -t 60
result "while send waits" leaves send 211 1 -W 3
result "while recv listens on it" sh -c "$MCTP link add dev type vmctp peer far && $MCTP link delete dev &&
	timeout -s KILL 20 $MCTP recv 4 dev dev -W 0.1; [ \$? = 1 ]"

word=$(long 5000)
misuse "a device with a name of 5000 letters" "\"$word\" cannot name a device: use 1 to 15 characters, no space." \
	link set "$word" up
misuse "an object of as many" "no object \"$word\": use $($MCTP 2>&1 | sed -n 's/.*missing: \(.*\)\.$/\1/p')." "$word"
misuse "a verb" "\"$word\" is not a verb of address: use show, add, replace, delete, flush, or help." addr "$word"
misuse "a number" "the network \"$word\" is not a number: write it in decimal, or with 0x." route show net "$word"
refuses "a network namespace" "\"$word\" cannot name a network namespace. Those that exist: ip netns list" -n "$word" link
echo "send 9 1 data $(long 131072)" >"$tmp/line"
result "too much data" sh -c "$MCTP batch $tmp/line 2>&1 |
	grep -qx 'mctp: the data is too long: a message has 65535 bytes at most.'"
refuses "a file without an end" "/dev/zero is too long: a message has 65535 bytes at most." send 9 1 file /dev/zero
result "a batch with a line of a megabyte" sh -c "(printf 'addr '; head -c 1000000 /dev/zero | tr '\\0' a) >$tmp/line
	$MCTP batch $tmp/line 2>/dev/null; [ \$? = 2 ]"
result "names with escape sequences do not reach a terminal" sh -c "ip link add \"\$(printf 'v\\033[2J')\" type vmctp &&
	! $MCTP link | grep -q \"\$(printf '\\033')\""
result "and are JSON by the schema" sh -c "$MCTP -j link >$tmp/json"
result "as it is" by_schema link <"$tmp/json"
kill $device $echo
finish
