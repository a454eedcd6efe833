#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp link: show, set, add and delete, with good and bad words, in text and in JSON. serial is in
# mctp_tool_serial.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_link

lo="dev lo index 1 address 00:00:00:00:00:00 net 1 mtu 65536 down"
prints "lo is there" "$lo" link
prints "show is the verb when there is none" "$lo" link show
json "lo in JSON" "[
{\"dev\":\"lo\",\"index\":1,\"address\":\"00:00:00:00:00:00\",\"net\":1,\"mtu\":65536,\"up\":false,\"binding\":null}
]" link show

second_device
prints "a device that cannot carry MCTP is not shown" "$lo" link
refuses "nor when it is asked for" "$second is not an MCTP device. Those that are: mctp link" link show $second
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" link show nosuch
misuse "two devices" '"lo" is not understood here.' link show lo lo
misuse "a device whose name is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	link show sixteencharacter
misuse "a device whose name has a space" '"a b" cannot name a device: use 1 to 15 characters, no space.' link show "a b"

ip netns add mctp_tool_far
second_device -n mctp_tool_far
does "a pair with names, the other end elsewhere" link add va type vmctp peer vb peer-netns mctp_tool_far
prints "this end" "dev va index 3 address none net 1 mtu 68 down" link show va
prints "this end, with its keyword" "dev va index 3 address none net 1 mtu 68 down" link show dev va
prints "the other end" "dev vb index 3 address none net 1 mtu 68 down" -n mctp_tool_far link show vb
json "this end in JSON" "[
{\"dev\":\"va\",\"index\":3,\"address\":null,\"net\":1,\"mtu\":68,\"up\":false,\"binding\":null}
]" link show va
does "a pair of which one end is named" link add one type vmctp
result "has a peer with a name of the kernel's" sh -c "$MCTP link | grep -q '^dev vmctp[0-9]* '"
does "is deleted" link delete one
result "and the peer with it" sh -c "! $MCTP link | grep -q '^dev vmctp'"
does "a pair with addresses of a byte" link add bus type vmctp addrlen 1 peer bus2
result "has addresses" sh -c "$MCTP link show bus | grep -q ' address 0x10 ' && $MCTP link show bus2 |
	grep -q ' address 0x11 '"
does "is deleted from the other end" link delete bus2
result "and this one with it" sh -c "! $MCTP link | grep -q '^dev bus'"
does "a pair with given addresses" link add bus type vmctp peer bus2 lladdr 0x1d peer-lladdr 2e
result "has those" sh -c "$MCTP link show bus | grep -q ' address 0x1d ' && $MCTP link show bus2 |
	grep -q ' address 0x2e '"
does "goes, too" link del bus

refuses "a name that exists" "cannot add va: File exists. It exists already: delete it first, or choose another." \
	link add va type vmctp
refuses "a namespace that does not exist" "there is no network namespace nosuch. Those that exist: ip netns list" \
	link add vc type vmctp peer-netns nosuch
misuse "no name" "the device's name is missing." link add
misuse "no type" 'the type is missing: add "type vmctp".' link add vc
misuse "another type" '"veth" is not a type that can be added: only vmctp is.' link add vc type veth
misuse "both ends with one name" "both ends cannot be named vc: give the peer another name." \
	link add vc type vmctp peer vc
misuse "a name that is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	link add sixteencharacter type vmctp
misuse "a peer's name that is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	link add vc type vmctp peer sixteencharacter
misuse "addresses of two bytes" "the address length 2 is out of range: use 0 to 1." link add vc type vmctp addrlen 2
misuse "an address where there is none" "a hardware address and addrlen 0 exclude each other." \
	link add vc type vmctp addrlen 0 lladdr 0x1d
misuse "an address that is too long" "a hardware address of vmctp is one byte: write it as 0x1d." \
	link add vc type vmctp lladdr 1d:2e
misuse "a word too much" '"up" is not understood here.' link add vc type vmctp up
misuse "a word twice" "peer is given twice: once is enough." link add vc type vmctp peer vd peer ve
misuse "a word without its value" "a value is missing behind peer." link add vc type vmctp peer

does "up" link set va up
prints "is up" "dev va index 3 address none net 1 mtu 68 up" link show va
does "an MTU" link set va mtu 100
prints "is set" "dev va index 3 address none net 1 mtu 100 up" link show va
does "a network" link set va network 5
prints "is set, too" "dev va index 3 address none net 5 mtu 100 up" link show va
json "all in JSON" "[
{\"dev\":\"va\",\"index\":3,\"address\":null,\"net\":5,\"mtu\":100,\"up\":true,\"binding\":null}
]" link show va
does "several at once, hexadecimal" link set va down mtu 0x44 net 0xffffffff
prints "are set" "dev va index 3 address none net 4294967295 mtu 68 down" link show va
does "the first network again" link set va network 1
does "the greatest MTU" link set va mtu 65535
prints "is taken" "dev va index 3 address none net 1 mtu 65535 down" link show va
refuses "an MTU below the least, in the kernel's words" \
	"cannot change va: mtu less than device minimum (Invalid argument)." link set va mtu 67
refuses "an MTU above the greatest, in the kernel's words" \
	"cannot change va: mtu greater than device maximum (Invalid argument)." link set va mtu 65536
prints "the MTU stays" "dev va index 3 address none net 1 mtu 65535 down" link show va
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" link set nosuch up
refuses "a device that cannot carry MCTP" "$second is not an MCTP device. Those that are: mctp link" link set $second up
misuse "no device" "the device's name is missing." link set
misuse "nothing to set" "nothing to set: say up, down, mtu N or network N." link set va
misuse "up and down" "a device cannot be set up and down at once: choose one." link set va up down
misuse "up twice" "up is given twice: once is enough." link set va up up
misuse "a network that is none" "the network 0 is out of range: use 1 to 4294967295." link set va net 0
misuse "an MTU that is none" "the MTU 0 is out of range: use 1 to 2147483647." link set va mtu 0
misuse "an MTU of 32 bits" "the MTU 2147483648 is out of range: use 1 to 2147483647." link set va mtu 2147483648
misuse "an MTU in words" 'the MTU "big" is not a number: write it in decimal, or with 0x.' link set va mtu big
misuse "an MTU without its value" "a value is missing behind mtu." link set va mtu
misuse "a word that is none" '"sideways" is not understood here.' link set va sideways

refuses "lo cannot be deleted" "lo cannot be deleted: only what mctp link add made can." link delete lo
refuses "what is no MCTP device is not deleted" "$second is not an MCTP device. Those that are: mctp link" \
	link delete $second
refuses "what does not exist is not deleted" "there is no device nosuch. Those that exist: mctp link" link delete nosuch
misuse "nothing to delete" "the device's name is missing." link delete
misuse "two to delete" '"lo" is not understood here.' link delete va lo
does "the pair is deleted" link delete va
prints "this end has gone" "$lo" link
prints "the other, too" "$lo" -n mctp_tool_far link
ip netns delete mctp_tool_far
finish
