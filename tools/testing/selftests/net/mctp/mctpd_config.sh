#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd.conf(5): what each key does on a link. What is no configuration is in the unit tests.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_config

role_is() {
	[ "$(property "/interfaces/$1" $DBUS.Interface1 Role)" = "variant $2" ]
}

# one_after_the_other: each silent address had all its tries before the next was asked.
one_after_the_other() {
	grep -E '^s[123] 02' "$tmp/heard" | cut -d' ' -f1 | uniq >"$tmp/order"
	cat "$tmp/order"
	[ "$(wc -l <"$tmp/order")" = 3 ]
}

start_near
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 60]
max_pool_size = 2
endpoint_poll_ms = 300
discovery_interval_ms = 0

[[static]]
eid = 70
address = 0x40
pool_start = 80
pool_size = 3

[[static]]
eid = 71
interface = "ne*"
uuid = "71717171-0000-0000-0000-000000000071"

[[static]]
eid = 72
interface = "other"
address = 0x42
END
tell "a addr=0x20" "br addr=0x21 pool=5" "x behind=br" "fixed addr=0x40 pool=5" \
	"u addr=0x41 uuid=71717171000000000000000000000071" "o addr=0x42"
result "dynamic_eid_range: the first" says "eid 20 net 1 new" setup 0x20
result "max_pool_size: a bridge gets no more" says "eid 21 net 1 new" setup 0x21
result "though it wants more" has "^eid 21 .* pool 59 to 60 "
result "[[static]] by an address" says "eid 70 net 1 new" setup 0x40
result "with its pool, beyond max_pool_size" has "^eid 70 .* pool 80 to 82 "
result "[[static]] by a UUID, on a link of that name" says "eid 71 net 1 new" setup 0x41
result "[[static]] of another link does not count" says "eid 22 net 1 new" setup 0x42
tell "a silent=1"
result "endpoint_poll_ms: who falls silent is found out" comes "^eid 20 .* degraded"
tell "a silent=0"
result "and who answers again" comes "^eid 20 .* available"
comes "^eid 59 .* behind 21 " >/dev/null
tell "x silent=1"
result "behind a bridge, too" comes "^eid 59 .* degraded"
tell "x silent=0"
result "and again" comes "^eid 59 .* available"
tell "a silent=1"
result "who is silent for long leaves" goes "^eid 20 "
result "mctpd ends" stop_mctpd

$MCTP link del near
pair near 0
$MCTP addr add 8 dev near
kill $devices
start_devices
tell "a types=0,1"
start_mctpd <<END
[[interface]]
match = "near"
discover = false

[[static]]
eid = 30
interface = "near"
END
sleep 1
result "discover = false: the far end is not looked for" count_is 0
result "it is set up when that is asked for, with the EID of its link" says "eid 30 net 1 new" $MCTP endpoint setup near
result "mctpd ends" stop_mctpd

$MCTP link del near
pair near
kill $devices
start_devices
tell "late addr=0x20 late=900" "b addr=0x21" "s1 addr=0x31 silent=1" "s2 addr=0x32 silent=1" "s3 addr=0x33 silent=1"
start_mctpd <<END
role = "endpoint"

[mctp]
message_timeout_ms = 2500

[bus-owner]
max_requests = 1

[[static]]
eid = 40
interface = "near"

[[interface]]
match = "n?ar"
role = "bus-owner"
eid = 12
addresses = [0x20, [0x21, 0x22]]

[[interface]]
match = "*"
role = "unknown"
END
result "[[interface]] role: of that link" role_is near BusOwner
result "eid: it has it" until_true sh -c "$MCTP addr | grep -qx 'eid 12 net 1 dev near'"
result "addresses: one that cannot be there is told" until_true grep -qx "mctpd: near: the address 21:22 of the \
configuration is passed over: those there have 1 bytes\." "$tmp/log"
result "message_timeout_ms: a late answer is waited for" comes "^eid 40 net 1 dev near address 0x20 "
result "and no request was sent again" [ "$(heard '^late 02')" = 1 ]
result "an EID that is kept for a link has one device: the next gets another" says "eid 8 net 1 new" setup 0x21
result "another link, the first pattern that fits" $MCTP link add other type vmctp
result "is of another role" until_true role_is other Unknown
result "mctpd ends" stop_mctpd

start_mctpd <<END
role = "endpoint"
[bus-owner]
max_requests = 1
[[interface]]
match = "near"
role = "bus-owner"
addresses = [0x31, 0x32, 0x33]
END
result "role: of links without a section" role_is other Endpoint
until_true sh -c "[ \$(grep -cE '^s[123] 02' $tmp/heard) = 9 ]"
result "max_requests: one address at a time" one_after_the_other
result "mctpd ends" stop_mctpd

$MCTP route add 31 via near && $MCTP neigh add 31 dev near lladdr 0x21
: >"$tmp/heard"
start_mctpd <<END
[bus-owner]
discovery_interval_ms = 0
[[interface]]
match = "near"
role = "endpoint"
END
result "role: an endpoint takes over nothing that the kernel knows from before" count_is 0
result "and a bus owner that it becomes" role near BusOwner
ip link set near down
until_true grep -q 'near is down' "$tmp/log"
ip link set near up
until_true sh -c "[ \$(grep -c 'near is up' '$tmp/log') -gt 1 ]"
sleep 0.5
result "does not, either, when the link comes up later" [ "$(heard '^b ')" = 0 ]
result "mctpd ends" stop_mctpd

$MCTP link del near
$MCTP link del other
pair near
$MCTP addr add 8 dev near
kill $devices
start_devices
$MCTP link add below type vmctp peer under
tell "a addr=0x20"
start_mctpd <<END
[bridge]
pool_size = 0
[[interface]]
match = "near"
role = "endpoint"
END
result "a link below of which we are bus owner" until_true role_is below BusOwner
result "pool_size = 0: makes no bridge, which would want EIDs" answers "01 00 09" "01 00 00 09 00"
result "nor takes them" answers "08 00 06 1e" "08 05"
result "nor says that it is one" answers "02" "02 00 09 00 00"
result "mctpd ends" stop_mctpd
finish_mctpd
