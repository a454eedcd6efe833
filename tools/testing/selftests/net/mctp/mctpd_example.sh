#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The second example of README.md: three devices and a bridge with two more behind it.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_example

start_bus
far=${INSIDE}_far
ip netns delete "$far" 2>/dev/null
ip netns add "$far"
$MCTP link add bus0 type vmctp peer far peer-netns "$far" addrlen 1
ip netns exec "$far" ip link set far up
start_devices
tell "ssd1 addr=0x1d types=0,4 uuid=10000000000000000000000000000001" \
	"ssd2 addr=0x1e types=0,4 uuid=10000000000000000000000000000002" \
	"nic addr=0x1f types=0,1,2,5 uuid=20000000000000000000000000000001" \
	"switch addr=0x20 types=0,1 pool=2 uuid=30000000000000000000000000000001" \
	"gpu1 behind=switch types=0,1,5 uuid=40000000000000000000000000000001" \
	"gpu2 behind=switch types=0,1,5 uuid=40000000000000000000000000000002"
start_mctpd <<END
[[interface]]
match = "bus0"
eid = 8
up = true
addresses = [0x1d, 0x1e, 0x1f, 0x20]
END
result "all six are found" until_true count_is 6
echo "# mctp endpoint list"
$MCTP endpoint list | sed 's/^/# /'
result "with types and UUIDs, as README.md shows" says \
	"eid 9 net 1 dev bus0 address 0x1d types 0,4 uuid 10000000-0000-0000-0000-000000000001 available
eid 10 net 1 dev bus0 address 0x1e types 0,4 uuid 10000000-0000-0000-0000-000000000002 available
eid 11 net 1 dev bus0 address 0x1f types 0,1,2,5 uuid 20000000-0000-0000-0000-000000000001 available
eid 12 net 1 dev bus0 address 0x20 types 0,1 uuid 30000000-0000-0000-0000-000000000001 pool 253 to 254 available
eid 253 net 1 dev bus0 behind 12 types 0,1,5 uuid 40000000-0000-0000-0000-000000000001 available
eid 254 net 1 dev bus0 behind 12 types 0,1,5 uuid 40000000-0000-0000-0000-000000000002 available" \
	$MCTP endpoint list
finish_mctpd
