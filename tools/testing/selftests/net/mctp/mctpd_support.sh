#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Message types that programs on this system register with mctpd: peers are told, until the program leaves the bus.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_support

# register METHOD ARGUMENT...: as dbus-send has them.
register() {
	local method=$1
	shift
	call "" "${DBUS}1.Register$method" "$@"
}

# program NAME METHOD ARGUMENT...: a program that registers and stays on the bus.
program() {
	local name=$1
	shift
	"$here/mctpd_hold" "$tmp/$name" "$tmp/bus" >/dev/null 2>&1 &
	echo $! >"$tmp/$name.pid"
	until_true test -S "$tmp/$name"
	BUS_LINE="--bus=unix:path=$tmp/$name" register "$@"
}

# leaves NAME: a program leaves the bus.
leaves() {
	kill "$(cat "$tmp/$1.pid")"
}

# refused SENTENCE METHOD ARGUMENT...: it is refused with an error of D-Bus that says that.
refused() {
	local sentence=$1
	shift
	ends 1 "Error org.freedesktop.DBus.Error.$sentence" register "$@"
}

start_near
start_mctpd </dev/null
tell "a addr=0x20 eid=20"
result "a peer" says "eid 20 net 1 new" $MCTP endpoint setup near address 0x20
result "at first no type but the control protocol" answers "05" "05 00 01 00"
result "and no vendor" answers "06 00" "06 05"

result "a program registers type 5 with two versions" program spdm TypeSupport byte:5 \
	array:uint32:0xf1f0f100,0xf1f1f000
result "the type is told" answers "05" "05 00 02 00 05"
result "with its versions" answers "04 05" "04 00 02 f1 f0 f1 00 f1 f1 f0 00"
result "another type has none" answers "04 01" "04 80"
result "a second program, another type" program pldm TypeSupport byte:1 array:uint32:0xf1f0ff00
result "types are in their order" answers "05" "05 00 03 00 01 05"
result "each has its versions" answers "04 01" "04 00 01 f1 f0 ff 00"
result "a type is registered once" refused "FileExists: Another program has registered that" \
	TypeSupport byte:5 array:uint32:0xf1f0ff00

result "a program registers a PCI vendor's messages" program pci VDMTypeSupport byte:0 variant:uint16:0x1af4 uint16:1
result "their type is told" answers "05" "05 00 04 00 01 05 7e"
result "and the vendor" answers "06 00" "06 00 ff 00 1a f4 00 01"
result "another, an IANA enterprise's" program iana VDMTypeSupport byte:1 variant:uint32:0xa015 uint16:0x0203
result "that type, too" answers "05" "05 00 05 00 01 05 7e 7f"
result "the first vendor leads to the second" answers "06 00" "06 00 01 00 1a f4 00 01"
result "which is the last" answers "06 01" "06 00 ff 01 00 00 a0 15 02 03"
result "beyond it is none" answers "06 02" "06 02"
result "the same vendor with other commands" program more VDMTypeSupport byte:0 variant:uint16:0x1af4 uint16:2
result "is one more" answers "06 02" "06 00 ff 00 1a f4 00 02"
result "the same commands are registered once" refused "FileExists: Another program has registered that" \
	VDMTypeSupport byte:0 variant:uint16:0x1af4 uint16:1

for type in 0 0x7e 0x7f 0x80 0xff; do
	register TypeSupport byte:$type array:uint32:0xf1f0ff00 >>"$tmp/odd"
done
result "control, vendors and what is no type are refused" [ "$(grep -cx \
	'Error org.freedesktop.DBus.Error.InvalidArgs: That type cannot be registered' "$tmp/odd")" = 5 ]
result "a type without a version" refused "InvalidArgs: 1 to 32 versions are needed" TypeSupport byte:6 array:uint32:
result "a type with 33 versions" refused "InvalidArgs: 1 to 32 versions are needed" TypeSupport byte:6 \
	"array:uint32:$(seq -s , 33)"
result "a format that is none" refused "InvalidArgs: The format is 0 (PCI) or 1 (IANA)" VDMTypeSupport byte:2 \
	variant:uint16:1 uint16:1
result "a PCI vendor of four bytes" refused "InvalidArgs: The vendor is a variant of q" VDMTypeSupport byte:0 \
	variant:uint32:1 uint16:1
result "an IANA vendor of two" refused "InvalidArgs: The vendor is a variant of u" VDMTypeSupport byte:1 \
	variant:uint16:1 uint16:1
result "other arguments" not register TypeSupport string:pldm
result "what was refused is not told" answers "05" "05 00 05 00 01 05 7e 7f"

result "a program leaves the bus" leaves spdm
result "its type goes with it" until_true answers "05" "05 00 04 00 01 7e 7f"
result "and its versions" answers "04 05" "04 80"
result "another may have it now" program spdm2 TypeSupport byte:5 array:uint32:0xf1f2f000
result "with versions of its own" answers "04 05" "04 00 01 f1 f2 f0 00"
result "the first vendor leaves" leaves pci
result "the others move up" until_true answers "06 00" "06 00 01 01 00 00 a0 15 02 03"
result "the type stays for the third" answers "05" "05 00 05 00 01 05 7e 7f"
result "who calls and leaves at once" register TypeSupport byte:6 array:uint32:0xf1f0ff00
result "leaves nothing" until_true answers "05" "05 00 05 00 01 05 7e 7f"
for name in pldm spdm2 iana more; do
	leaves $name
done
result "at last nothing is left" until_true answers "05" "05 00 01 00"
result "of vendors, too" answers "06 00" "06 05"
result "each answer came within 100 ms" in_time
finish_mctpd
