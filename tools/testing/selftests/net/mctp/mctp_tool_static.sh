#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The programs of `make tools STATIC=1`: they run where there is no library, and the command does what the
# other one does with what it takes from libraries: netlink's messages and attributes, names of devices, a
# process that stays. The rest is the same code.
here=$(dirname "$0")
number=0
failed=0

# result NAME COMMAND...
result() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		failed=1
	fi
}

# alone PROGRAM STATUS TEXT WORD...: in a root that holds nothing but the program.
alone() {
	local program=$1 status=$2 text=$3 got
	shift 3
	chroot "$root" "/$program" "$@" >"$root.out" 2>&1
	got=$?
	cat "$root.out"
	[ $got = "$status" ] && grep -q "$text" "$root.out"
}

# passes SCRIPT: all its cases, for the static command; those of D-Bus, which it does not speak, are left out.
passes() {
	MCTP=mctp-static INSIDE='' sh "$here/$1" >"$root.out" 2>&1 &&
		[ "$(grep -c '^ok ' "$root.out")" = "$(sed -n 's/^1\.\.//p' "$root.out")" ] && return
	sed -n '/^ok /d; s/^/# /p' "$root.out"
	return 1
}

root=$(mktemp -d) || exit 1
for program in mctp-static requester-static responder-static; do
	cp "$(command -v $program)" "$root/" || {
		echo "1..0 # SKIP there is no $program"
		exit 4
	}
done
echo "TAP version 13"
echo "1..$(grep -c '^result ' "$0")"
result "mctp runs without any library" alone mctp-static 0 '^dev lo index 1 ' link
result "so does requester" alone requester-static 2 '^usage: '
result "so does responder" alone responder-static 2 '^usage: ' 0 0 0 0
result "its verbose form shows the messages" alone mctp-static 0 '^length .* type 18 ' -v link
result "words" passes mctp_tool.sh
result "neighbours" passes mctp_tool_neigh.sh
result "serial lines" passes mctp_tool_serial.sh
rm -rf "$root" "$root.out"
exit $failed
