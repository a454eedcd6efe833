#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A firewall of nft, and one of tc, between us and a device: by message type, by source and by destination EID, as
# Documentation/networking/mctp-robustness.md shows it. What they let through is answered, what they do not is not.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
inside_netns mctp_firewall

far="mctp_firewall_far"

# far WORD...: at the other side.
far() {
	ip netns exec $far "$@"
}

# answered EID TYPE SIZE [SECONDS]: a request from the other side is, in that time.
answered() {
	far "$MCTP" send "$1" type "$2" size "$3" -W "${4:-5}" format quiet >/dev/null 2>&1
}

# from EID: who the other side is from now on.
from() {
	far "$MCTP" addr flush dev vb && far "$MCTP" addr add "$1" dev vb
}

# packets COMMAND N: the firewall has dropped so many.
packets() {
	eval "$1" | grep -oE '(packets|dropped) [0-9]+' | awk '{ n += $2 } END { print n, "dropped"; exit n != '"$2"' }'
}

# What is no concern of the firewall is answered, in one packet or in many.
others_pass() {
	answered 8 1 16 && answered 8 1 2000
}

# Of many packets only the first has the type: without it the others are nothing, or they came with it and are
# dropped with it.
no_type() {
	! answered 8 0x7e 16 0.3 && ! answered 8 0x7e 2000 0.3
}

no_destination() {
	! answered 11 1 16 0.3 && answered 8 1 16
}

# Neither its requests nor its answers come in.
no_source() {
	local status=0
	from 10
	! answered 8 1 16 0.3 && ! "$MCTP" send 10 type 5 size 4 -W 0.3 format quiet || status=1
	from 9
	answered 8 1 16 && "$MCTP" send 9 type 5 size 4 -W 5 format quiet && return $status
}

command -v nft >/dev/null && command -v tc >/dev/null || {
	echo "Bail out! there is no nft or no tc"
	exit 1
}
ip netns delete $far 2>/dev/null
ip netns add $far
result "two sides" "$MCTP" link add va type vmctp peer vb peer-netns $far
ip link set lo up
"$MCTP" link set va up
far "$MCTP" link set vb up
for eid in 8 11; do
	"$MCTP" addr add $eid dev va
	far "$MCTP" route add $eid via vb
done
"$MCTP" route add 9-10 via va
for type in 1 0x7e; do
	"$MCTP" echo type $type >/dev/null &
done
far "$MCTP" echo type 5 >/dev/null &
until_true sh -c "[ \$(grep -c yes /proc/net/mctp/sockets) = 2 ]"
from 9
until_true answered 8 1 16 1
result "without a firewall: type 0x7e is answered" answered 8 0x7e 2000
result "without a firewall: so is EID 11" answered 11 1 16

rules() {
	nft add table netdev mctp
	nft add chain netdev mctp packets
	nft add rule netdev mctp packets '@nh,24,8 & 0x88 == 0x88' @nh,33,7 0x7e counter drop
	nft add rule netdev mctp packets @nh,8,8 11 counter drop
	nft add rule netdev mctp packets @nh,16,8 10 counter drop
	nft add chain netdev mctp in '{ type filter hook ingress device va priority 0; policy accept; }'
	nft add rule netdev mctp in meta protocol 0x00fa jump packets
}
# 2,000 bytes and their type byte are 32 packets, which a rule sees one by one, in and out.
each_is_seen() {
	answered 8 1 2000 && packets "$1" 64
}
counts() {
	nft add table netdev mctp
	nft add chain netdev mctp seen
	nft add rule netdev mctp seen '@nh,24,8 & 0x80 == 0' counter
	nft add rule netdev mctp seen '@nh,24,8 & 0x80 == 0x80' counter
	nft add chain netdev mctp in "{ type filter hook ingress device va priority 0; policy accept; }"
	nft add rule netdev mctp in meta protocol 0x00fa jump seen
	nft add chain netdev mctp out "{ type filter hook egress device va priority 0; policy accept; }"
	nft add rule netdev mctp out meta protocol 0x00fa jump seen
}
result "nft counts" counts
result "nft sees each packet of a message, in and out" each_is_seen "nft list table netdev mctp"
nft delete table netdev mctp
result "nft takes the rules" rules
result "nft: what is not named is answered" others_pass
result "nft: a message type is not" no_type
result "nft: a destination EID is not" no_destination
result "nft: a source EID is not" no_source
result "nft has counted each packet that it dropped" packets "nft list table netdev mctp" 5
result "nft lets go" nft delete table netdev mctp
result "without it type 0x7e is answered again" answered 8 0x7e 2000

counts() {
	tc qdisc add dev va clsact
	tc filter add dev va ingress protocol 0x00fa u32 match u8 0 0 action ok
	tc filter add dev va egress protocol 0x00fa u32 match u8 0 0 action ok
}
seen() {
	tc -s actions list action gact | sed -nE 's/.*Sent [0-9]+ bytes ([0-9]+) pkts? .*/packets \1/p'
}
result "tc counts" counts
result "tc sees each packet of a message, in and out" each_is_seen seen
tc qdisc del dev va clsact

rules() {
	tc qdisc add dev va clsact
	tc filter add dev va ingress protocol 0x00fa u32 match u8 0x88 0x88 at 3 match u8 0x7e 0x7f at 4 action drop
	tc filter add dev va ingress protocol 0x00fa u32 match u8 11 0xff at 1 action drop
	tc filter add dev va ingress protocol 0x00fa u32 match u8 10 0xff at 2 action drop
}
result "tc takes the filters" rules
result "tc: what is not named is answered" others_pass
result "tc: a message type is not" no_type
result "tc: a destination EID is not" no_destination
result "tc: a source EID is not" no_source
result "tc has counted each packet that it dropped" packets "tc -s filter show dev va ingress" 5
result "tc lets go" tc qdisc del dev va clsact
result "without it type 0x7e is answered again" answered 8 0x7e 2000

ip netns delete $far
finish
