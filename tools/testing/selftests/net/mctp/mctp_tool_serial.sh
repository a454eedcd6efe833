#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp link serial: holds a line in the foreground or behind the caller's back, and gives it back as it was. ptyjoin
# stands for a cable.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_serial

# cable: a fresh line, with its ends $near and $far.
cable() {
	rm -f "$tmp/line"
	ptyjoin >"$tmp/line" &
	joiner=$!
	until_true grep -q . "$tmp/line"
	read -r near far <"$tmp/line"
}

mode() {
	stty -F "$near" -g
}

# hold WORD...: the foreground form, in the background of this shell.
hold() {
	: >"$tmp/out"
	$MCTP link serial "$@" >"$tmp/out" 2>"$tmp/err" &
	holder=$!
	until_true grep -q . "$tmp/out"
}

# ends STATUS: the holder ends by itself or by what was done to it, with this status.
ends() {
	local status
	until_true holder_is_over || return 1
	wait "$holder"
	status=$?
	echo "it exits with $status"
	[ $status = "$1" ]
}

# A process that has ended but was not waited for yet is a zombie.
holder_is_over() {
	! grep -q '^State:[^Z]*$' "/proc/$holder/status"
}

said() {
	cat "$tmp/out" "$tmp/err"
	[ "$(cat "$tmp/$1")" = "$2" ]
}

device_is_gone() {
	until_true sh -c "! $MCTP link | grep -q mctpserial"
}

# daemon WORD...: the other form. $holder is the process that it names.
daemon() {
	$MCTP $json link serial "$@" --daemon >"$tmp/out" 2>"$tmp/err" || return
	holder=$(sed -n 's/.*To end it: kill //p' "$tmp/err")
	[ -n "$holder" ]
}

daemon_is_over() {
	until_true sh -c "! kill -0 $holder"
}

# in_substitution: $(...) must end when the device is there, not when the line is given back.
in_substitution() {
	local name
	name=$(timeout 60 "$MCTP" link serial "$near" --daemon 2>"$tmp/err")
	holder=$(sed -n 's/.*To end it: kill //p' "$tmp/err")
	[ "$name" = mctpserial0 ] && [ -n "$holder" ]
}

# refuses_the_second WORD...: another try on a line that is held says so and does not touch the line.
refuses_the_second() {
	local before
	before=$(mode)
	# a sanitizer that looks for leaks does not bear what looks_only does
	ASAN_OPTIONS=detect_leaks=0 "$here/looks_only" "$MCTP" link serial "$near" "$@" >"$tmp/out2" 2>"$tmp/err2"
	[ $? = 1 ] && [ ! -s "$tmp/out2" ] &&
		[ "$(cat "$tmp/err2")" = "mctp: $near speaks MCTP already: another program holds it." ] &&
		[ "$(mode)" = "$before" ] && $MCTP link | grep -q '^dev mctpserial0 '
}

# cannot_tell WORD...: an output that cannot be written is an error, and the line is not held.
cannot_tell() {
	timeout 60 "$MCTP" link serial "$near" "$@" >/dev/full 2>"$tmp/err"
	[ $? = 1 ] && [ "$(cat "$tmp/err")" = \
		"mctp: cannot write the name of the device, mctpserial0: No space left on device." ] && device_is_gone
}

taken_away() {
	# Whoever takes the line gives it a mode of their own, and that stays.
	"$here/tty_discipline" "$near" 0 && stty -F "$near" sane -echo && mode >"$tmp/theirs"
}

same_mode() {
	echo "$1, was $(cat "$tmp/before")"
	[ "$(mode)" = "$1" ]
}

# An endpoint at the other end of the cable, in a namespace of its own.
responds() {
	ip netns add mctp_tool_ear || return 1
	ip netns exec mctp_tool_ear "$MCTP" link serial "$far" --daemon >/dev/null 2>&1 || return 1
	$MCTP -n mctp_tool_ear link set mctpserial0 up && $MCTP -n mctp_tool_ear addr add 9 dev mctpserial0 &&
		$MCTP -n mctp_tool_ear route add 8 via mctpserial0 || return 1
	ip netns exec mctp_tool_ear responder 2>"$tmp/responder" &
	until_true grep -q answering "$tmp/responder"
}

second_device
cable
mode >"$tmp/before"
json=
hold "$near"
result "the device's name is printed" said out mctpserial0
result "how to end it is said" said err "mctp: holding $near as mctpserial0 until interrupted (Ctrl-C)."
does "the device can be set up" link set mctpserial0 up
prints "it is there" "dev mctpserial0 index 3 address none net 1 mtu 68 up" link show mctpserial0
json "it is there in JSON" "[
{\"dev\":\"mctpserial0\",\"index\":3,\"address\":null,\"net\":1,\"mtu\":68,\"up\":true,\"binding\":\"serial\"}
]" link show mctpserial0
does "an EID for it" address add 8 dev mctpserial0
does "a route by it" route add 9-20 via mctpserial0
does "a route by a bridge on it" route add 30-40 gw 9
prints "the routes" "eid min 8 max 8 net 1 dev mctpserial0 mtu 0 local
eid min 9 max 20 net 1 dev mctpserial0 mtu 0
eid min 30 max 40 net 1 gw 9 mtu 0" route
refuses "it is no virtual device" "mctpserial0 cannot be deleted: only what mctp link add made can." \
	link delete mctpserial0
result "a second program is refused and changes nothing" refuses_the_second
result "also when it asks for another speed" refuses_the_second baud 1200
result "an endpoint at the other end" responds
result "gets a message" requester 9 4096
kill -TERM "$holder"
result "it ends well when it is told to" ends 0
result "the device has gone" device_is_gone
result "the line's mode is what it was" same_mode "$(cat "$tmp/before")"

hold "$near" baud 115200
result "with a speed" said out mctpserial0
result "the line has it" sh -c "stty -F '$near' | grep -q 'speed 115200 '"
kill -INT "$holder"
result "an interrupt ends it well, too" ends 0
result "the line's mode is what it was, its speed as well" same_mode "$(cat "$tmp/before")"

result "--daemon leaves it behind" daemon "$near"
result "prints the device's name" said out mctpserial0
result "and says how to end it" said err "mctp: process $holder holds $near as mctpserial0. To end it: kill $holder"
result "the device stays" sh -c "$MCTP link | grep -q '^dev mctpserial0 '"
result "a second daemon is refused and changes nothing" refuses_the_second --daemon
kill "$holder"
result "a kill ends it" daemon_is_over
result "the device has gone with it" device_is_gone
result "the line's mode is restored" same_mode "$(cat "$tmp/before")"
result "--daemon lets go of a pipe" in_substitution
kill "$holder"
result "and ends" daemon_is_over

json=-j
result "--daemon in JSON" daemon "$near"
result "prints the name and the line" said out "[
{\"dev\":\"mctpserial0\",\"tty\":\"$near\"}
]"
result "which is valid" sh -c "'$here/json_check' <'$tmp/out'"
kill "$holder"
result "it ends, too" daemon_is_over
json=

result "a name file" daemon "$near" --name-file "$tmp/name"
result "holds the device's name" sh -c "[ \"\$(cat '$tmp/name')\" = mctpserial0 ]"
result "alone" sh -c "[ \"\$(ls '$tmp' | grep -c ^name)\" = 1 ]"
kill "$holder"
result "ends with the program" daemon_is_over
result "and is removed" not test -e "$tmp/name"
refuses "a name file that cannot be written" "cannot write /nosuch/name: No such file or directory." \
	link serial "$near" --name-file /nosuch/name
result "is refused with the line given back" same_mode "$(cat "$tmp/before")"
result "an output that cannot be written" cannot_tell
result "an output that cannot be written, of a daemon" cannot_tell --daemon
result "is refused with the line given back, too" same_mode "$(cat "$tmp/before")"

hold "$near"
result "another program takes the line away" taken_away
result "that ends it with a failure" ends 1
result "and a sentence" grep -qx "mctp: $near was given another line discipline: mctpserial0 is gone." "$tmp/err"
result "the new owner's mode stays" same_mode "$(cat "$tmp/theirs")"
hold "$near"
kill "$joiner"
result "a hang-up ends it with a failure" ends 1
result "and a sentence, too" grep -qx "mctp: $near hung up: mctpserial0 is gone." "$tmp/err"
result "the device has gone after a hang-up" device_is_gone

cable
refuses "a line that does not exist" "cannot open /dev/nosuch: No such file or directory." link serial /dev/nosuch
refuses "what is no line" "/dev/null is not a serial line: name a tty, as /dev/ttyS0." link serial /dev/null
misuse "no line" "the serial line is missing: name a tty, as /dev/ttyS0." link serial
misuse "two lines" "\"$far\" is not understood here." link serial "$near" "$far"
misuse "a speed that is none" "the speed 0 is out of range: use 1 to 2147483647." link serial "$near" baud 0
misuse "a speed in words" 'the speed "fast" is not a number: write it in decimal, or with 0x.' \
	link serial "$near" baud fast
misuse "a speed without its value" "a value is missing behind baud." link serial "$near" baud
misuse "an option that is none" '"--deamon" is not understood here.' link serial "$near" --deamon
misuse "an option twice" "--daemon is given twice: once is enough." link serial "$near" --daemon --daemon
kill "$joiner"
ip netns delete mctp_tool_ear
finish
