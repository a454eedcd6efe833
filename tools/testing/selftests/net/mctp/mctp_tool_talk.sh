#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp ping, probe, send, recv, echo and bench: with endpoints that answer well, badly, and not at all. One of ours
# answers at once, without a device; a vmctp pair with addresses stands for a bus.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_talk

# device MANNER [COUNT]: an endpoint for the requests of the next cases.
device() {
	[ -z "$device" ] || {
		kill "$device"
		wait "$device" 2>/dev/null
	}
	: >"$tmp/device"
	"$here/mctp_tool_device" "$@" >"$tmp/device" &
	device=$!
	until_true grep -q ready "$tmp/device"
}
device=

# listener WORD...: a mctp in the background, that listens already. $tmp/heard gets what it prints.
listener() {
	$MCTP "$@" >"$tmp/heard" 2>"$tmp/heard.err" &
	listener=$!
	until_true sh -c "$MCTP socket | grep -q ' yes .*/$listener\$'"
}

# heard STATUS PATTERN [LINES]: the listener ends so, and printed lines of just this kind.
heard() {
	local status
	wait "$listener"
	status=$?
	cat "$tmp/heard" "$tmp/heard.err"
	[ $status = "$1" ] && [ "$(grep -cE "$2" "$tmp/heard")" = "${3:-1}" ]
}

# says STATUS PATTERN WORD...: the command ends so, and a line of what it prints is like this.
says() {
	local status=$1 pattern=$2
	shift 2
	$MCTP "$@" >"$tmp/said" 2>&1
	[ $? = "$status" ] && grep -qE "$pattern" "$tmp/said" && return
	cat "$tmp/said"
	return 1
}

# json_says SCHEMA each|whole WORD...: it succeeds, and its JSON is by the schema.
json_says() {
	local schema=$1 each=$2
	shift 2
	[ "$each" = each ] || each=
	$MCTP -j "$@" >"$tmp/said" && by_schema "$schema" $each <"$tmp/said"
}

# interrupted COMMAND...: ends by SIGINT after its first line, and still says the last.
interrupted() {
	local pid
	# what is in it now is another's, and no sign that this one listens to signals
	: >"$tmp/said"
	"$@" >"$tmp/said" 2>&1 &
	pid=$!
	until_true grep -q . "$tmp/said"
	kill -INT $pid
	wait $pid && grep -q '^summary ' "$tmp/said"
}

number_and_unit='[0-9]+\.[0-9]{3}'
does "an EID of ours" addr add 9 dev lo
result "lo is up" ip link set lo up

device good
result "ping: an answer has a time" says 0 "^reply eid 9 seq 1 time_ms $number_and_unit\$" ping 9 -c 1
result "ping: the end has the sum" says 0 "^summary sent 3 received 3 loss_percent 0.000 min_ms $number_and_unit \
mean_ms $number_and_unit max_ms $number_and_unit\$" ping 9 -c 3 -i 0
result "ping in JSON is by its schema" json_says ping each ping 9 -c 2 -i 0.01
result "ping of a named network" says 0 "^summary sent 1 received 1 " ping 9 net 1 -c 1
result "ping ends when interrupted, and says the sum" interrupted "$MCTP" ping 9 -i 60
device late
result "ping: an answer of another instance is passed over" says 0 "^summary sent 2 received 2 " ping 9 -c 2 -i 0
device slow 1
result "ping: a lost answer is told" says 0 "^timeout eid 9 seq 1\$" ping 9 -c 2 -i 0 -W 0.1
device slow 1
result "ping: a lost answer is counted" says 0 "^summary sent 4 received 3 loss_percent 25.000 " ping 9 -c 4 -i 0 -W 0.1
device slow 100
result "ping: no answer at all is status 1" says 1 "^summary sent 1 received 0 loss_percent 100.000 min_ms - " \
	ping 9 -c 1 -W 0.05
result "ping: more than eight lost requests need no more tags" says 1 "^summary sent 10 received 0 " \
	ping 9 -c 10 -i 0 -W 0.01
refuses "ping: nothing leads there" \
	"cannot send to EID 10: No route to host. No route or neighbour leads there: see mctp route and mctp neighbour." \
	ping 10 -c 1
refuses "ping: another network" \
	"cannot send to EID 9: No route to host. No route or neighbour leads there: see mctp route and mctp neighbour." \
	ping 9 net 2 -c 1
misuse "ping: no EID" "the EID is missing." ping
misuse "ping: a reserved EID" "EID 7 cannot be used: endpoints have 8 to 254." ping 7
misuse "ping: no count" "the count 0 is out of range: use 1 to 4294967295." ping 9 -c 0
misuse "ping: no time" 'the interval "soon" is not a time: write seconds, as 2 or 0.25.' ping 9 -i soon
misuse "ping: four decimals" 'the interval "0.0001" is not a time: write seconds, as 2 or 0.25.' ping 9 -i 0.0001
misuse "ping: too long a wait" "the wait 7 is out of range: use 0.001 to 6 seconds." ping 9 -W 7
misuse "ping: an address without a device" 'a hardware address is one of a device'"'"'s: add "dev DEV".' ping 9 lladdr 0x11
misuse "ping: EID 0 without a device" "EID 0 cannot be used: endpoints have 8 to 254." ping 0
misuse "ping: a network and a device" "the network is that of lo: leave net out." ping 9 net 1 dev lo

device good
prints "probe: all that an endpoint tells" "eid 9 from 9 bridge dynamic medium 0x2a \
uuid f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff versions 1.0,1.3.1
type 0x00 control versions 1.0,1.3.1
type 0x01 pldm versions 1.0.12a
type 0x7d - versions -
vendor pci 0x1af4 set 0x0002
vendor iana 0x0000019f set 0x8001" probe 9
result "probe in JSON is by its schema" json_says probe whole probe 9
json "probe in JSON" '[
{"eid":9,"from":9,"role":"bridge","assignment":"dynamic","medium":"0x2a",'\
'"uuid":"f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff","versions":["1.0","1.3.1"],'\
'"types":[{"type":"0x00","name":"control","versions":["1.0","1.3.1"]},{"type":"0x01","name":"pldm",'\
'"versions":["1.0.12a"]},{"type":"0x7d","name":null,"versions":[]}],'\
'"vendors":[{"format":"pci","id":"0x1af4","set":"0x0002"},{"format":"iana","id":"0x0000019f","set":"0x8001"}]}
]' probe 9
device plain
prints "probe: an endpoint that tells little" \
	"eid 9 from 9 endpoint static medium 0x00 uuid - versions -" probe 9
device slow 2
result "probe: a request is tried three times" says 0 "^eid 9 " probe 9 -W 0.05
device slow 100
refuses "probe: no answer" "EID 9 does not answer: it was asked 3 times, and each time had 50 ms." probe 9 -W 0.05
device refuses
refuses "probe: an error" "EID 9 will not tell its EID: it answers 0x04, not ready." probe 9
device short
refuses "probe: too few bytes" "EID 9 gives an answer that is too short." probe 9
device liar
result "probe: more types than there are" says 0 "^eid 9 .* versions -\$" probe 9
device endless
result "probe: vendors without end come to one" sh -c "[ \$($MCTP probe 9 | grep -c ^vendor) = 255 ]"
misuse "probe: a word too much" '"now" is not understood here.' probe 9 now

misuse "send: no type" 'the message type is missing: add "type TYPE".' send 9
misuse "send: a type of eight bits" "the type 0x80 is out of range: use 0 to 0x7f." send 9 0x80
misuse "send: no type of this name" '"frob" is not a message type: write 0 to 0x7f, or a name as pldm.' send 9 frob
misuse "send: half a byte" '"012" is not data: write two hexadecimal digits a byte, as 0a1b.' send 9 1 data 012
misuse "send: no data" "a value is missing behind data." send 9 1 data
misuse "send: too long" "the size 65536 is out of range: use 0 to 65535." send 9 1 size 65536
misuse "send: two messages" "the message is given twice: use one of data, size and file." send 9 1 size 1 data 00
misuse "send: a tag of four bits" "the tag 8 is out of range: use 0 to 7." send 9 1 tag 8
misuse "send: the answer to a response" "a response has no answer: leave wait or tag out." send 9 1 tag 1 -W 1
misuse "send: a format that does not exist" '"xml" is not a format: use hex, quiet, raw or pcap.' send 9 1 format xml
misuse "send: raw in JSON" "raw and JSON exclude each other: choose one." -j send 9 1 format raw
refuses "send: a file that does not exist" "cannot open /nosuch: No such file or directory." send 9 1 file /nosuch
refuses "send: no answer" "EID 9 does not answer within 0.050 s. Was it lost? See: mctp stat" send 9 2 -W 0.05

listener recv 1 -c 1 -W 30
does "send: without waiting" send 9 1 data 01:02 -W 0
result "recv: what was sent" heard 0 "^eid 9 net 1 (dev lo lladdr [0-9a-fx:none]+|- -) type 0x01 tag [0-7] request len 2 data 0102\$"
listener recv type pldm eid 9 net 1 -c 2 -W 30
does "send: an empty message, with the IC bit" send 9 pldm integrity -W 0
does "send: a size" send 9 pldm size 3 -W 0
result "recv: an empty message has no data" heard 0 " type 0x01 integrity tag [0-7] request len 0 data -\$| len 3 data 00070e\$" 2
listener -j recv pldm -c 1 -W 30
does "send: for JSON" send 9 pldm size 300 -W 0
result "recv prints JSON" heard 0 '"len":300,"data":"00070e'
result "recv in JSON is by its schema" by_schema message each <"$tmp/heard"
listener recv 1 format raw -c 1 -W 30
result "send: from the standard input" sh -c "printf abc | $MCTP send 9 1 file - -W 0"
result "recv raw: the bytes alone" heard 0 '^abc$'
listener recv 1 format pcap -c 1 -W 30
does "send: for a capture" send 9 1 data aabbcc -W 0
result "recv pcap ends" wait "$listener"
result "recv pcap: a capture of LINKTYPE_MCTP" sh -c "od -An -tx1 $tmp/heard | tr -d ' \n' |
	grep -qE '^d4c3b2a10200040000000000000000000400010023010000.{16}0800000008000000010009c.01aabbcc\$'"
refuses "recv: nothing comes" "no message came within 0.050 s." recv 1 -W 0.05
listener recv 1 -W 30
refuses "recv: a type that is taken" "another program takes the type 0x01 already: see mctp socket" recv 1
kill -TERM "$listener"
result "recv ends by SIGTERM, with status 0" heard 0 . 0
refuses "recv: by a device that does not exist" "cannot listen on nosuch alone: No such device." recv 1 dev nosuch
misuse "recv: no type" 'the message type is missing: add "type TYPE".' recv

listener echo 1 -c 2 -W 30
result "send: a request has its answer" says 0 " type 0x01 tag [0-7] response len 3 data 010203\$" send 9 1 data 010203
result "send in JSON is by its schema" json_says message each send 9 1 size 65535
result "echo prints what it echoes" heard 0 " request len " 2
listener echo 1 format quiet
result "send raw: the bytes alone" sh -c "[ \"\$($MCTP send 9 1 data 414243 format raw)\" = ABC ]"
result "send quiet: no bytes" says 0 "response len 2\$" send 9 1 size 2 format quiet
result "send a file of the greatest size" sh -c "dd if=/dev/zero of=$tmp/file bs=65535 count=1 2>/dev/null &&
	$MCTP send 9 1 file $tmp/file format raw | cmp - $tmp/file"
result "send: a file that is too long" sh -c "dd if=/dev/zero of=$tmp/file bs=65536 count=1 2>/dev/null &&
	$MCTP send 9 1 file $tmp/file 2>&1 | grep -q 'is too long: a message has 65535 bytes at most.'"
result "bench: a line a size" says 0 "^size 0 round_trips 5 min_ms $number_and_unit mean_ms $number_and_unit \
max_ms $number_and_unit per_second [0-9]+ bytes_per_second 0\$" bench 9 1 size 0,65535 -c 5
result "bench: for a time" says 0 "^size 10 round_trips [1-9]" bench 9 1 size 10 -t 0.05
result "bench in JSON is by its schema" json_says bench whole bench 9 1 size 1,2,3 -c 2
result "bench shows no bar where there is no terminal" sh -c "[ -z \"\$($MCTP bench 9 1 size 1 -c 9 2>&1 >/dev/null)\" ]"
misuse "bench: no size" 'the size "" is not a number: write it in decimal, or with 0x.' bench 9 1 size 1,,2
misuse "bench: too large a size" "the size 65536 is out of range: use 0 to 65535." bench 9 1 size 65536
misuse "bench: seventeen sizes" "there are 16 sizes at most." bench 9 1 size 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
kill "$listener"
wait "$listener"

does "a bus" link add bus type vmctp peer bus2 peer-netns mctp_tool_talk lladdr 0x10 peer-lladdr 0x11
does "its end is up" link set bus up
does "and the other" link set bus2 up net 2
does "which has an EID" addr add 20 dev bus2
device good
result "ping by a hardware address" says 0 "^reply eid 20 seq 1 " ping 20 dev bus lladdr 0x11 -c 1
result "ping of an EID that is not known" says 0 "^reply eid 20 seq 1 " ping 0 dev bus lladdr 0x11 -c 1
result "probe by a hardware address" says 0 "^eid 9 from 20 bridge " probe 0 dev bus lladdr 0x11
refuses "an address that is too long" "hardware addresses on bus have 1 byte(s), not 2: see mctp link" \
	ping 20 dev bus lladdr 11:12 -c 1
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" ping 20 dev nosuch -c 1
listener echo 1 dev bus2 format quiet
result "an answer needs no route" says 0 "^eid 20 net 1 dev bus lladdr 0x11 type 0x01 tag [0-7] response len 1 data 2a\$" \
	send 0 1 dev bus lladdr 0x11 data 2a
kill "$listener" "$device"
result "a user without a capability is told which" sh -c "su nobody -s /bin/sh -c '$MCTP send 9 1' 2>&1 |
	grep -q '^mctp: cannot send to EID 9: Permission denied. This needs CAP_NET_RAW: '"
finish
