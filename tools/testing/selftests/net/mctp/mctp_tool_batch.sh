#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp batch: many commands of a file, to the first that fails or to the end.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_batch

# batch LINE...: the file that the next cases do.
batch() {
	printf '%s\n' "$@" >"$tmp/batch"
}

# fails STATUS LINES TEXT WORD...: it ends so, prints so many lines, and says this.
fails() {
	local wanted=$1 lines=$2 text=$3
	shift 3
	run "$@"
	[ "$status" = "$wanted" ] && [ "$(wc -l <"$tmp/out")" = "$lines" ] && [ "$err" = "$(line "$text")" ]
}

batch "# a comment" "" "link add va type vmctp peer vb" "  addr add 9 dev 'va'   # one of ours" 'route add "10"-12 via va'
does "a file of lines" batch "$tmp/batch"
prints "all were done" "eid 9 net 1 dev va" addr
prints "quotes hold words together" "eid min 9 max 9 net 1 dev va mtu 0 local
eid min 10 max 12 net 1 dev va mtu 0" route
batch "addr" "addr del 9 dev va" "addr"
prints "what lines print" "eid 9 net 1 dev va" -b "$tmp/batch"
batch "addr add 9 dev va" "addr"
prints "each line is JSON of its own" '[
{"eid":9,"net":1,"dev":"va"}
]' -j --batch "$tmp/batch"
result "by the schema of addresses" by_schema address <"$tmp/out"
result "the standard input" sh -c "[ \"\$(echo addr | $MCTP -b -)\" = 'eid 9 net 1 dev va' ]"
batch "addr" "addr add 9 dev va" "addr"
result "it stops at the first refusal, with status 1" fails 1 1 \
	"mctp: cannot add EID 9 on va: The device has this EID already (File exists).
mctp: that was line 2 of $tmp/batch." batch "$tmp/batch"
result "it goes on where that is wanted, with status 1" fails 1 2 \
	"mctp: cannot add EID 9 on va: The device has this EID already (File exists).
mctp: that was line 2 of $tmp/batch." batch "$tmp/batch" --force
result "-f, too" fails 1 2 "mctp: cannot add EID 9 on va: The device has this EID already (File exists).
mctp: that was line 2 of $tmp/batch." -f -b "$tmp/batch"
batch "addr add 7 dev va" "addr add 9 dev va" "addr"
result "the status is the worst of all" sh -c "$MCTP -f -b $tmp/batch; [ \$? = 2 ]"
batch "addr add 'x"
result "a quote that is open" fails 2 0 "mctp: line 1 of $tmp/batch is not understood: a quote is not closed." batch "$tmp/batch"
printf 'addr\0 add\n' >"$tmp/batch"
result "a byte that is no text" fails 2 0 "mctp: line 1 of $tmp/batch is not understood: it holds a byte that is no text." \
	batch "$tmp/batch"
result "a line without an end" fails 2 0 "mctp: line 1 of /dev/zero is longer than 262144 bytes." batch /dev/zero
printf '%0262144d\n' 0 >"$tmp/batch"
result "a line that is too long by a byte, as no other is tried" fails 2 0 "mctp: line 1 of $tmp/batch is longer than 262144 bytes." \
	-f -b "$tmp/batch"
printf '%0262143d\n' 0 >"$tmp/batch"
result "the longest line is read" sh -c "$MCTP batch $tmp/batch 2>&1 | grep -q '^mctp: no object \"0000'"
batch "$(printf 'x %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 \
	35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65)"
result "sixty-five words" fails 2 0 "mctp: line 1 of $tmp/batch is not understood: it has too many words." batch "$tmp/batch"
batch "batch $tmp/batch"
result "a batch in a batch" sh -c "$MCTP batch $tmp/batch 2>&1 | grep -qx 'mctp: a batch cannot hold another.'"
batch "link serial /dev/null"
result "a line to hold in a batch" sh -c "$MCTP batch $tmp/batch 2>&1 | grep -q '^mctp: a line is held by a process of its own'"
batch "-j addr"
result "an option in a line is none" sh -c "$MCTP batch $tmp/batch 2>&1 | grep -q '^mctp: no object \"-j\": '"
printf addr >"$tmp/batch"
prints "a last line without an end" "eid 9 net 1 dev va" batch "$tmp/batch"
: >"$tmp/batch"
does "an empty file" batch "$tmp/batch"
refuses "a file that does not exist" "cannot open /nosuch: No such file or directory." batch /nosuch
refuses "a folder" "cannot read $tmp: Is a directory." batch "$tmp"
misuse "no file" "the file is missing." batch
misuse "words behind -b" '"addr" stands behind a batch: put it into the file.' -b "$tmp/batch" addr
result "two hundred lines in one process" sh -c "for eid in \$(seq 20 219); do echo addr add \$eid dev va; done |
	$MCTP batch - && [ \$($MCTP addr | wc -l) = 201 ]"
does "flush takes all of a device" addr flush dev va
prints "none is left" "" addr
finish
