#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp neighbour: each verb with good and bad words, in text and in JSON. A vmctp pair with addresses of a byte
# stands for I2C buses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_neigh

does "two buses" link add mctpi2c6 type vmctp peer mctpi2c7 lladdr 0x10 peer-lladdr 0x11
does "the second is in another network" link set mctpi2c7 network 2
prints "no neighbour is no line" "" neighbour
json "no neighbour is an empty array" "[]" neighbour
does "a neighbour" neigh add 9 dev mctpi2c6 lladdr 0x1d
prints "is shown" "eid 9 net 1 dev mctpi2c6 lladdr 0x1d" neigh
json "is shown in JSON" "[
{\"eid\":9,\"net\":1,\"dev\":\"mctpi2c6\",\"lladdr\":\"0x1d\"}
]" neigh
does "an address of one digit" neigh add 0x0a dev mctpi2c6 lladdr 0x5
does "an address in hexadecimal by its letter" neigh add 11 dev mctpi2c6 lladdr 1E
does "an address of one decimal digit" neigh add 12 dev mctpi2c6 lladdr 7
does "a neighbour on the other bus" neigh add 9 dev mctpi2c7 lladdr 0xff
prints "those of one bus" "eid 9 net 1 dev mctpi2c6 lladdr 0x1d
eid 10 net 1 dev mctpi2c6 lladdr 0x05
eid 11 net 1 dev mctpi2c6 lladdr 0x1e
eid 12 net 1 dev mctpi2c6 lladdr 0x07" neigh show dev mctpi2c6
prints "those of the other" "eid 9 net 2 dev mctpi2c7 lladdr 0xff" neigh show mctpi2c7
json "those of the other, in JSON" "[
{\"eid\":9,\"net\":2,\"dev\":\"mctpi2c7\",\"lladdr\":\"0xff\"}
]" neigh show dev mctpi2c7
refuses "those of a device that does not exist" "there is no device nosuch. Those that exist: mctp link" \
	neigh show dev nosuch
misuse "those of two devices" '"mctpi2c7" is not understood here.' neigh show mctpi2c6 mctpi2c7

refuses "a neighbour that exists, in the kernel's words" \
	"cannot add the neighbour 9 on mctpi2c6: The EID has a neighbour \
entry on this device already; delete that first (File exists)." neigh add 9 dev mctpi2c6 lladdr 0x1e
refuses "a neighbour that does not exist" \
	"cannot delete the neighbour 99 on mctpi2c6: The EID has no neighbour entry on \
this device (No such file or directory)." neigh delete 99 dev mctpi2c6
does "a pair without addresses" link add plain type vmctp
refuses "a device without addresses" "plain has no hardware addresses, so no neighbours: a route is enough." \
	neigh add 9 dev plain lladdr 0x1d
refuses "an address of two bytes" "hardware addresses on mctpi2c6 have 1 byte(s), not 2: see mctp link" \
	neigh add 13 dev mctpi2c6 lladdr 1d:2e
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" \
	neigh add 13 dev nosuch lladdr 0x1d
misuse "no EID" "the EID is missing." neigh add
misuse "no device" 'the device is missing: add "dev DEV".' neigh add 13 lladdr 0x1d
misuse "no address" 'the hardware address is missing: add "lladdr ADDRESS".' neigh add 13 dev mctpi2c6
misuse "a reserved EID" "EID 7 cannot be used: endpoints have 8 to 254." neigh add 7 dev mctpi2c6 lladdr 0x1d
misuse "an address that may be decimal" '"29" may be decimal or hexadecimal: write the address with 0x.' \
	neigh add 13 dev mctpi2c6 lladdr 29
misuse "an address of nine bits" '"0x11d" is not a hardware address: write 0x1d, or 1d:2e.' \
	neigh add 13 dev mctpi2c6 lladdr 0x11d
misuse "an address that ends with a colon" '"1d:" is not a hardware address: write 0x1d, or 1d:2e.' \
	neigh add 13 dev mctpi2c6 lladdr 1d:
misuse "an address of 33 bytes" "the hardware address \
00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00 is too long: \
it has 32 bytes at most." neigh add 13 dev mctpi2c6 lladdr \
	00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00
misuse "a device whose name is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	neigh add 13 dev sixteencharacter lladdr 0x1d
misuse "an address to delete" "an endpoint has one address on a device: leave lladdr out." \
	neigh delete 9 dev mctpi2c6 lladdr 0x1d
misuse "a word too much" '"up" is not understood here.' neigh delete 9 dev mctpi2c6 up

does "a neighbour is deleted" neigh delete 9 dev mctpi2c6
does "another" neigh del 0xa dev mctpi2c6
prints "the others stay" "eid 11 net 1 dev mctpi2c6 lladdr 0x1e
eid 12 net 1 dev mctpi2c6 lladdr 0x07
eid 9 net 2 dev mctpi2c7 lladdr 0xff" neigh
does "replace where there is one" neigh replace 11 dev mctpi2c6 lladdr 0x2e
does "replace where there is none" neigh replace 13 dev mctpi2c6 lladdr 0x2f
prints "both have the new address" "eid 11 net 1 dev mctpi2c6 lladdr 0x2e
eid 12 net 1 dev mctpi2c6 lladdr 0x07
eid 13 net 1 dev mctpi2c6 lladdr 0x2f" neigh show dev mctpi2c6
misuse "replace needs an address" 'the hardware address is missing: add "lladdr ADDRESS".' neigh replace 11 dev mctpi2c6
refuses "replace by an address of two bytes" "hardware addresses on mctpi2c6 have 1 byte(s), not 2: see mctp link" \
	neigh replace 11 dev mctpi2c6 lladdr 1d:2e
does "flush of a bus" neigh flush dev mctpi2c6
prints "leaves the other" "eid 9 net 2 dev mctpi2c7 lladdr 0xff" neigh
does "a neighbour again" neigh add 11 dev mctpi2c6 lladdr 0x2e
does "flush of all" neigh flush
prints "leaves none" "" neigh
does "a last neighbour" neigh add 11 dev mctpi2c6 lladdr 0x2e
does "a bus is deleted" link delete mctpi2c7
prints "its neighbours go with it" "" neigh
finish
