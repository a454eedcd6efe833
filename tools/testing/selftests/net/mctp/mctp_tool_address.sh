#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp address: each verb with good and bad words, in text and in JSON.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_addr

prints "no address is no line" "" address
json "no address is an empty array" "[]" address
does "an EID for lo" address add 8 dev lo
prints "it is shown" "eid 8 net 1 dev lo" address
json "it is shown in JSON" "[
{\"eid\":8,\"net\":1,\"dev\":\"lo\"}
]" address

does "a device in another network" link add va type vmctp peer vb
does "is moved there" link set va network 7
does "an EID for it, hexadecimal" address add 0x09 dev va
does "the greatest EID" address add 254 dev va
does "the same EID on another device" address add 8 dev vb
prints "all are shown" "eid 8 net 1 dev lo
eid 9 net 7 dev va
eid 254 net 7 dev va
eid 8 net 1 dev vb" address show
prints "those of one device" "eid 9 net 7 dev va
eid 254 net 7 dev va" address show va
prints "those of one device, with its keyword" "eid 8 net 1 dev vb" address show dev vb
json "those of one device, in JSON" "[
{\"eid\":9,\"net\":7,\"dev\":\"va\"},
{\"eid\":254,\"net\":7,\"dev\":\"va\"}
]" address show dev va
refuses "those of a device that does not exist" "there is no device nosuch. Those that exist: mctp link" \
	address show nosuch
misuse "those of two devices" '"vb" is not understood here.' address show va vb
misuse "a device named twice" "dev is given twice: once is enough." address show dev va dev vb
misuse "a device whose name is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	address show dev sixteencharacter

refuses "an EID that the device has, in the kernel's words" \
	"cannot add EID 8 on lo: The device has this EID already (File exists)." address add 8 dev lo
refuses "an EID that the device does not have, in the kernel's words" \
	"cannot delete EID 99 on lo: The device does not have this EID (No such file or directory)." address delete 99 dev lo
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" address add 9 dev nosuch
misuse "no EID" "the EID is missing." address add
misuse "no device" 'the device is missing: add "dev DEV".' address add 9
misuse "a device without a name" "a value is missing behind dev." address add 9 dev
misuse "a device whose name is empty" "a value is missing behind dev." address add 9 dev ""
misuse "a device whose name has a slash" '"a/b" cannot name a device: use 1 to 15 characters, no space.' \
	address add 9 dev a/b
misuse "the null EID" "EID 0 cannot be used: endpoints have 8 to 254." address add 0 dev lo
misuse "a reserved EID" "EID 7 cannot be used: endpoints have 8 to 254." address add 7 dev lo
misuse "the broadcast EID" "EID 255 cannot be used: endpoints have 8 to 254." address add 255 dev lo
misuse "an EID of nine bits" "EID 0x108 cannot be used: endpoints have 8 to 254." address add 0x108 dev lo
misuse "a word for an EID" '"nine" is not an EID: write a number from 8 to 254.' address add nine dev lo
misuse "a range for an EID" '"9-10" is not an EID: write a number from 8 to 254.' address add 9-10 dev lo
misuse "a word too much" '"up" is not understood here.' address add 9 dev lo up
misuse "delete has the same rules" 'the device is missing: add "dev DEV".' address delete 9
prints "nothing of this has changed an address" "eid 8 net 1 dev lo
eid 9 net 7 dev va
eid 254 net 7 dev va
eid 8 net 1 dev vb" address

does "an EID is deleted" address delete 8 dev lo
does "another, hexadecimal" address delete 0xfe dev va
prints "the others stay" "eid 9 net 7 dev va
eid 8 net 1 dev vb" address
does "replace adds what is missing" address replace 20 dev va
does "replace is content with what is there" address replace 20 dev va
prints "it is there once" "eid 9 net 7 dev va
eid 20 net 7 dev va
eid 8 net 1 dev vb" address
refuses "replace on a device that does not exist" "there is no device nosuch. Those that exist: mctp link" \
	address replace 20 dev nosuch
does "flush of a device" address flush va
prints "leaves those of others" "eid 8 net 1 dev vb" address
does "flush of a device that has none" address flush dev va
refuses "flush of a device that does not exist" "there is no device nosuch. Those that exist: mctp link" \
	address flush nosuch
does "flush of all" address flush
prints "leaves none" "" address
does "an EID for the device's end" address add 9 dev va
does "a device is deleted" link delete va
prints "its EIDs and its peer's go with it" "" address
finish
