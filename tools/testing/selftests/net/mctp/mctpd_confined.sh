#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd with the capabilities of its systemd unit and no others: they are enough; and none of them is too many.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_confined

# only CAPABILITY...: the words in front of a program that leave it no others, as systemd does.
only() {
	local set=-all
	for cap; do
		set=$set,+$(echo "${cap#CAP_}" | tr A-Z a-z)
	done
	echo "setpriv --bounding-set=$set --inh-caps=-all --no-new-privs"
}

# without CAPABILITY: only those of the unit but that.
without() {
	local cap rest=
	for cap in $capabilities; do
		[ "$cap" = "$1" ] || rest="$rest $cap"
	done
	only $rest
}

# start_without CAPABILITY
start_without() {
	stop_mctpd
	: >"$tmp/log"
	MCTPD="$(without "$1") $program"
	run_mctpd
}

# logs TEXT: mctpd said that.
logs() {
	grep -F "$1" "$tmp/log" || {
		cat "$tmp/log"
		return 1
	}
}

program=$MCTPD
capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' /etc/mctpd.service)
start_bus
pair near
$MCTP link set near down
start_devices
MCTPD="$(only $capabilities) $program"
start_mctpd <<END
[bus-owner]
dynamic_eid_range = [20, 60]
discovery_interval_ms = 0
[[interface]]
match = "near"
eid = 8
up = true
END
tell "a addr=0x20" "br addr=0x21 pool=2" "x behind=br" "b addr=0x22" "c addr=0x23"
result "the unit names three capabilities" [ "$capabilities" = "CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE" ]
result "mctpd can have no others" grep -q '^CapBnd:[[:space:]]*0000000000003400$' "/proc/$mctpd/status"
result "it brings the link up, with its EID" until_true sh -c "$MCTP link | grep -q '^dev near .* up' &&
	$MCTP addr | grep -qx 'eid 8 net 1 dev near'"
result "an endpoint is set up" says "eid 20 net 1 new" $MCTP endpoint setup near address 0x20
result "its MTU is set" call /networks/1/endpoints/20 $DBUS.Endpoint1.SetMTU uint32:68
result "a bridge is set up" says "eid 21 net 1 new" $MCTP endpoint setup near address 0x21
result "and what is behind it is found" comes "^eid 59 net 1 dev near behind 21 "
result "peers are answered" answers "02" "02 00 08 10 00"
result "an endpoint is recovered" $MCTP endpoint recover 20
result "and removed" $MCTP endpoint remove 20
result "a bus owner may give us another EID" role near Endpoint
result "which is taken" answers "01 00 09" "01 00 00 09 00"
result "with its route" until_true sh -c "$MCTP addr | grep -qx 'eid 9 net 1 dev near'"
result "nothing was refused to mctpd" not grep -iE 'permi|cannot' "$tmp/log"

result "without CAP_NET_RAW it starts" start_without CAP_NET_RAW
result "but cannot ask" fails_with "mctp: cannot set up the endpoint: The endpoint cannot be set up: Permission denied." \
	$MCTP endpoint setup near address 0x22
result "without CAP_NET_ADMIN it starts" start_without CAP_NET_ADMIN
result "but cannot set up what it has asked" not $MCTP endpoint setup near address 0x23
result "as it sets no route" logs "cannot be reached by near: Operation not permitted."
stop_mctpd
result "without CAP_NET_BIND_SERVICE it cannot answer, and says so" fails_with \
	"mctpd: control messages cannot be taken: Permission denied." $(without CAP_NET_BIND_SERVICE) $program -c "$tmp/mctpd.conf"
finish_mctpd
