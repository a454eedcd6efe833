#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The examples of mctp(8), in their order, in a network namespace of their own: each must print what the page shows,
# and no more. man_blocks.sh has them, as calls of run. ptyjoin stands for the serial line, a vmctp pair for the bus.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
if [ "${INSIDE:-}" != mctp_tool_man ]; then
	ip netns add mctp_tool_man || exit 1
	INSIDE=mctp_tool_man exec ip netns exec mctp_tool_man sh "$0"
fi
tmp=$(mktemp -d) || exit 1
echo "TAP version 13"
echo "1..$(grep -c '^run ' "$here/man_blocks.sh")"

ptyjoin >"$tmp/line" &
joiner=$!
until_true grep -q . "$tmp/line"
read -r tty _ <"$tmp/line"
mctp link add mctpi2c6 type vmctp peer mctpi2c7 peer-netns mctp_tool_man lladdr 0x10 peer-lladdr 0x1d
mctp link set mctpi2c7 up

# run COMMAND <OUTPUT: in this shell, as the next ones need its variables and its jobs.
run() {
	local wanted
	wanted=$(cat)
	eval "$(echo "$1" | sed "s#/dev/ttyS1#$tty#")" >"$tmp/why" 2>&1 </dev/null
	[ "$(cat "$tmp/why")" = "$wanted" ]
	verdict "$(echo "$1" | head -n 1)" $?
}

# shellcheck disable=SC1091 # made from the man page
. "$here/man_blocks.sh"
kill "$joiner"
ip netns delete device
finish
