#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mctpd under its D-Bus policy: everybody may look, only root may change. And its configuration, when it is wrong.
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
inside_netns mctpd_policy

as_nobody() {
	su nobody -s /bin/sh -c "DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SYSTEM_BUS_ADDRESS $*"
}

refuses_nobody() {
	! as_nobody "$@" >"$tmp/refusal" 2>&1 && grep -q 'cannot .*: .*' "$tmp/refusal"
}

# wrong LINE SENTENCE: a configuration of these lines is refused with that sentence.
wrong() {
	printf '%b' "$1" >"$tmp/wrong.conf"
	fails_with "mctpd: $tmp/wrong.conf:$2" $MCTPD -t -c "$tmp/wrong.conf"
}

cat >"$tmp/strict.conf" <<-END
	<busconfig>
	  <type>system</type>
	  <listen>unix:path=$tmp/bus</listen>
	  <auth>EXTERNAL</auth>
	  <policy context="default">
	    <allow user="*"/>
	    <deny own="*"/>
	    <deny send_type="method_call"/>
	    <allow send_type="signal"/>
	    <allow send_type="method_return"/>
	    <allow send_type="error"/>
	    <allow receive_type="*"/>
	    <allow send_destination="org.freedesktop.DBus"/>
	  </policy>
	  <include>/etc/mctpd-dbus.conf</include>
	</busconfig>
END
chmod 755 "$tmp"
start_near "$tmp/strict.conf"
start_mctpd </dev/null
tell "a addr=0x20"
result "root sets up an endpoint" says "eid 9 net 1 new" $MCTP endpoint setup near address 0x20
result "nobody in particular sees it" as_nobody "$MCTP endpoint list | grep -q '^eid 9 '"
result "but sets up none" refuses_nobody "$MCTP endpoint setup near address 0x21"
result "and removes none" refuses_nobody "$MCTP endpoint remove 9"
result "it is there still" has "^eid 9 "
result "mctpd keeps two capabilities and no other" grep -q '^CapEff:[[:space:]]*0000000000003000$' "/proc/$mctpd/status"
result "a second mctpd is refused" not $MCTPD -c "$tmp/mctpd.conf"

result "a version that cannot be written is an error" not sh -c "$MCTPD -V >/dev/full"
result "so is a help" not sh -c "$MCTPD -h >&-"
result "a word that it does not know is named" sh -c "$MCTPD frob 2>&1 | grep -qxF 'mctpd: \"frob\" is not understood.'"
result "a good configuration is good" $MCTPD -t -c "$tmp/mctpd.conf"
result "a key that does not exist is named with its line" wrong '[mctp]\n\nfrob = 1\n' '3: there is no key "frob" in [mctp].'
result "a value out of range" wrong '[bus-owner]\nmax_pool_size = 0\n' \
	"2: max_pool_size must be a number from 1 to 246."
result "mctpd does not start by a wrong one" not $MCTPD -c "$tmp/wrong.conf"
finish_mctpd
