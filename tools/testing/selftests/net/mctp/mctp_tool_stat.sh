#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp stat, socket, tag and reassembly: the kernel's tables, and what of them is new.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_stat
XDG_RUNTIME_DIR=$tmp
export XDG_RUNTIME_DIR

# like PATTERN COMMAND...: a line of what it prints is like this.
like() {
	local pattern=$1
	shift
	"$@" >"$tmp/said" 2>&1
	grep -qE "$pattern" "$tmp/said" && return
	cat "$tmp/said"
	return 1
}

# lines N COMMAND...: it prints so many.
lines() {
	local n=$1
	shift
	"$@" >"$tmp/said" 2>&1
	[ "$(wc -l <"$tmp/said")" = "$n" ] && return
	cat "$tmp/said"
	return 1
}

# json_of SCHEMA [each] -- WORD...
json_of() {
	local schema=$1 each=
	[ "$2" = -- ] || each=$2
	while [ "$1" != -- ]; do shift; done
	shift
	$MCTP -j "$@" >"$tmp/said" && by_schema "$schema" $each <"$tmp/said"
}

does "an EID of ours" addr add 9 dev lo
result "lo is up" ip link set lo up
result "stat: a counter a line, each of the kernel's" sh -c "$MCTP stat | sed 1d | sed 's/ .*//' >$tmp/a &&
	sed 1d /proc/net/mctp/stat | sed 's/ .*//' | cmp - $tmp/a"
result "a first message that is lost" sh -c "! $MCTP send 9 1 -W 0.01"
result "stat -z: the first time has no rate" like '^drop_no_bind +1 +1 +-$' "$MCTP" stat -z
result "stat -z: nothing new, no line but the head" lines 1 "$MCTP" stat -z
json "stat -z: nothing new in JSON" "[]" stat -z
result "a message that is lost" sh -c "! $MCTP send 9 1 -W 0.01"
result "stat -z: what is new" like '^drop_no_bind +2 +1 +[0-9.]+$' "$MCTP" stat -z
result "and new only once" lines 1 "$MCTP" stat -z
result "another is lost" sh -c "! $MCTP send 9 1 -W 0.01"
result "stat -z in JSON is by its schema" json_of stat -- stat -z
result "a history that is garbage is none" sh -c "for file in $tmp/mctp-stat.*; do echo garbage >\$file; done &&
	$MCTP stat -z | grep -q '^drop_no_bind *3 *3 *-'"
result "a history that is a link is not followed" sh -c "rm $tmp/mctp-stat.* && : >$tmp/precious &&
	ln -s $tmp/precious $tmp/mctp-stat.0.\$(stat -Lc %i /proc/self/ns/net) && $MCTP stat -z >/dev/null &&
	[ ! -s $tmp/precious ]"
result "a history that cannot be written" sh -c "XDG_RUNTIME_DIR=/nosuch $MCTP stat -z 2>&1 |
	grep -q '^mctp: cannot write /nosuch/mctp-stat.0.[0-9]*: No such file or directory.\$'"
result "stat --watch: what is new" like '^drop_no_bind +[0-9]+ +[1-9][0-9]* +[0-9.]+$' sh -c "$MCTP stat --watch -i 0.5 -c 1 &
	while kill -0 \$! 2>/dev/null; do $MCTP send 9 1 -W 0.01 2>/dev/null; done"
result "stat --watch in JSON is by its schema" sh -c "$MCTP -j stat --watch -i 0.5 -c 1 >$tmp/w &
	while kill -0 \$! 2>/dev/null; do $MCTP send 9 1 -W 0.01 2>/dev/null; done; [ -s $tmp/w ]"
result "it was" by_schema stat_watch each <"$tmp/w"
misuse "-z and --watch" "-z and --watch exclude each other: choose one." stat show -z --watch
misuse "-i alone" "-i and -c are for --watch: add it." stat show -i 1
misuse "too short an interval" "the interval 0.001 is out of range: use 0.010 to 86400 seconds." stat show --watch -i 0.001

result "socket: none but a head" like '^inode .* process$' "$MCTP" socket
$MCTP recv 0x7e -W 60 >/dev/null 2>&1 &
receiver=$!
until_true sh -c "$MCTP socket | grep -q 0x7e"
result "socket: what is bound, and by whom" like "^[0-9]+ +0 +yes +0x7e +any +0 .* mctp[^/]*/$receiver\$" "$MCTP" socket
result "socket in JSON is by its schema" json_of socket -- socket
result "socket in JSON has numbers and null" like '"type":"0x7e","local":"any","net":0,"peer":null,' "$MCTP" -j socket
kill $receiver
misuse "socket: a word too much" '"now" is not understood here.' socket show now

result "tag: none but a head" like '^net .* process$' "$MCTP" tag
$MCTP send 9 5 -W 3 >/dev/null 2>&1 &
sender=$!
until_true sh -c "$MCTP tag | grep -q auto"
result "tag: whose it is, and for how long" like "^1 +9 +9 +[0-7] +auto +[0-9]+ +[0-9]+ +mctp[^/]*/$sender\$" "$MCTP" tag
result "tag in JSON is by its schema" json_of tag -- tag
$MCTP ping 9 -c 1 -W 2 >/dev/null 2>&1 &
until_true sh -c "$MCTP tag | grep -q prealloc"
result "tag: one that lasts has no end" like '"kind":"prealloc","expires_ms":null' "$MCTP" -j tag
wait

result "reassembly: none but a head" lines 1 "$MCTP" reassembly
json "reassembly: none in JSON" "[]" reassembly
misuse "reassembly: a word too much" '"now" is not understood here.' reassembly show now
result "any user may look, without processes of others" sh -c "su nobody -s /bin/sh -c '$MCTP socket' | grep -q '^inode'"
mkdir "$tmp/empty"
result "a kernel without the tables: a sentence" like \
	"^mctp: the MCTP stack of this kernel has no /proc/net/mctp/stat: that takes the newest mctp.ko.\$" \
	unshare -m sh -c "mount --bind $tmp/empty /proc/\$\$/net;
	exec $MCTP stat"
finish
