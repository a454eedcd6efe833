#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctp route: each verb with good and bad words, in text and in JSON.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_tool_route

prints "no route is no line" "" route
json "no route is an empty array" "[]" route
ip netns add mctp_tool_far
does "a pair of devices, the other end elsewhere" link add va type vmctp peer vb peer-netns mctp_tool_far
does "a range by a device" route add 9-20 via va
does "a range by a bridge" route add 30-40 gw 9
prints "both are shown" "eid min 9 max 20 net 1 dev va mtu 0
eid min 30 max 40 net 1 gw 9 mtu 0" route
json "both are shown in JSON" "[
{\"eid_min\":9,\"eid_max\":20,\"net\":1,\"dev\":\"va\",\"mtu\":0,\"local\":false},
{\"eid_min\":30,\"eid_max\":40,\"net\":1,\"gw\":9,\"mtu\":0,\"local\":false}
]" route
does "an EID of this system" address add 8 dev va
prints "is a local route" "eid min 9 max 20 net 1 dev va mtu 0
eid min 30 max 40 net 1 gw 9 mtu 0
eid min 8 max 8 net 1 dev va mtu 0 local" route show
json "and is local in JSON" "[
{\"eid_min\":9,\"eid_max\":20,\"net\":1,\"dev\":\"va\",\"mtu\":0,\"local\":false},
{\"eid_min\":30,\"eid_max\":40,\"net\":1,\"gw\":9,\"mtu\":0,\"local\":false},
{\"eid_min\":8,\"eid_max\":8,\"net\":1,\"dev\":\"va\",\"mtu\":0,\"local\":true}
]" route show

does "another network" link add vc type vmctp peer vd peer-netns mctp_tool_far
does "is number 0x10" link set vc network 0x10
does "one EID by a device, hexadecimal" route add 0xfe dev vc mtu 0x44
does "one EID by a bridge in a network, with an MTU" route add 50 gw 0xfe net 16 mtu 255
prints "the routes of a network" "eid min 254 max 254 net 16 dev vc mtu 68
eid min 50 max 50 net 16 gw 254 mtu 255" route show net 16
prints "the network may be hexadecimal" "eid min 254 max 254 net 16 dev vc mtu 68
eid min 50 max 50 net 16 gw 254 mtu 255" route show network 0x10
json "the routes of a network, in JSON" "[
{\"eid_min\":254,\"eid_max\":254,\"net\":16,\"dev\":\"vc\",\"mtu\":68,\"local\":false},
{\"eid_min\":50,\"eid_max\":50,\"net\":16,\"gw\":254,\"mtu\":255,\"local\":false}
]" route show net 16
prints "the routes of the first network only" "eid min 9 max 20 net 1 dev va mtu 0
eid min 30 max 40 net 1 gw 9 mtu 0
eid min 8 max 8 net 1 dev va mtu 0 local" route show net 1
prints "a network without routes" "" route show net 2
json "a network without routes, in JSON" "[]" route show net 2
misuse "a network that is none" "the network 0 is out of range: use 1 to 4294967295." route show net 0
misuse "a network without its number" "a value is missing behind net." route show net
misuse "a word too much" '"va" is not understood here.' route show va

refuses "a route that exists, in the kernel's words" \
	"cannot add the route to 9-20 by va: The same route exists already; \
delete it first to change its MTU (File exists)." route add 9-20 via va
refuses "a bridge's route that exists" "cannot add the route to 30-40 by EID 9: The same route exists already; \
delete it first to change its MTU (File exists)." route add 30-40 gw 9
refuses "a route that does not exist" "cannot delete the route to 9-19 by va: There is no route of just this range by \
that device or gateway (No such file or directory)." route delete 9-19 via va
refuses "a network that does not exist" "cannot delete the route to 9 by EID 10: There is no such route: its \
network does not exist (No such file or directory)." route delete 9 gw 10 net 99
refuses "an MTU below the least" \
	"cannot add the route to 60 by va: The MTU of a route must be at least 68, or 0 for \
the device's (Invalid argument)." route add 60 via va mtu 67
refuses "a device that does not exist" "there is no device nosuch. Those that exist: mctp link" route add 60 via nosuch
misuse "no range" "the EID or range is missing." route add
misuse "no way" 'a route needs one way: say either "via DEV" or "gw EID".' route add 60
misuse "two ways" 'a route needs one way: say either "via DEV" or "gw EID".' route add 60 via va gw 9
misuse "a network and a device" "the network is that of va: leave net out." route add 60 via va net 1
misuse "a range that ends before it begins" "the range 20-9 ends before it begins: write the lower EID first." \
	route add 20-9 via va
misuse "a range that begins too low" "EIDs 7-20 cannot be used: endpoints have 8 to 254." route add 7-20 via va
misuse "a range that ends too high" "EIDs 60-255 cannot be used: endpoints have 8 to 254." route add 60-255 via va
misuse "an EID that is too high" "EID 300 cannot be used: endpoints have 8 to 254." route add 300 via va
misuse "a range without an end" '"60-" is neither an EID nor a range: write 9, or 9-20.' route add 60- via va
misuse "a range of three" '"60-61-62" is neither an EID nor a range: write 9, or 9-20.' route add 60-61-62 via va
misuse "a bridge with an EID that is none" "EID 255 cannot be used: endpoints have 8 to 254." route add 60 gw 255
misuse "a bridge with a name" '"va" is not an EID: write a number from 8 to 254.' route add 60 gw va
misuse "a network of 33 bits" "the network 4294967296 is out of range: use 1 to 4294967295." \
	route add 60 gw 9 net 4294967296
misuse "an MTU that is negative" 'the MTU "-1" is not a number: write it in decimal, or with 0x.' \
	route add 60 via va mtu -1
misuse "an MTU of 32 bits" "the MTU 2147483648 is out of range: use 0 to 2147483647." route add 60 via va mtu 2147483648
misuse "a device whose name is too long" '"sixteencharacter" cannot name a device: use 1 to 15 characters, no space.' \
	route add 60 via sixteencharacter
misuse "an MTU twice" "mtu is given twice: once is enough." route add 60 via va mtu 68 mtu 69
misuse "a word too much behind a route" '"up" is not understood here.' route add 60 via va up
misuse "delete has the same rules" 'a route needs one way: say either "via DEV" or "gw EID".' route delete 9-20

does "a bridge's route is deleted" route delete 30-40 gw 9
does "a bridge's route in a network is deleted" route delete 50 gw 254 net 0x10
does "a device's route is deleted" route del 9-20 via va
prints "the others stay" "eid min 8 max 8 net 1 dev va mtu 0 local
eid min 254 max 254 net 16 dev vc mtu 68" route
does "a pair for another way" link add vd type vmctp
does "two ways to the same EIDs" route add 70-75 via va
does "the second" route add 70-75 gw 8
does "replace by a device" route replace 70-75 via vd mtu 68
result "and in place of both" sh -c "[ \"\$($MCTP route | grep ' 70 ')\" = 'eid min 70 max 75 net 1 dev vd mtu 68' ]"
does "replace by the same way with another MTU" route replace 70-75 via vd
result "has that" sh -c "[ \"\$($MCTP route | grep ' 70 ')\" = 'eid min 70 max 75 net 1 dev vd mtu 0' ]"
does "replace by the same" route replace 70-75 via vd
does "replace where there is none" route replace 80 gw 8
does "replace by a bridge" route replace 70-75 gw 8
result "has that, too" sh -c "[ \"\$($MCTP route | grep ' 70 ')\" = 'eid min 70 max 75 net 1 gw 8 mtu 0' ]"
does "replace in another network" route replace 70-75 gw 254 net 16
result "leaves the first" sh -c "[ \"\$($MCTP route | grep -c ' 70 ')\" = 2 ]"
misuse "replace has the same rules" 'a route needs one way: say either "via DEV" or "gw EID".' route replace 70
does "flush of a network" route flush net 16
prints "leaves the local routes and other networks" "eid min 8 max 8 net 1 dev va mtu 0 local
eid min 80 max 80 net 1 gw 8 mtu 0
eid min 70 max 75 net 1 gw 8 mtu 0" route
does "flush of all" route flush
prints "leaves the local routes" "eid min 8 max 8 net 1 dev va mtu 0 local" route
misuse "flush of a device" '"va" is not understood here.' route flush va
does "the pair goes" link delete vd
does "a route that stays" route add 254 via vc mtu 68
does "a local EID is deleted" address delete 8 dev va
prints "and its route with it" "eid min 254 max 254 net 16 dev vc mtu 68" route
does "a device is deleted" link delete vc
prints "and its route with it, too" "" route
ip netns delete mctp_tool_far
finish
