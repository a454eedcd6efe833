# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the tests of mctpd share, on top of lib.sh: a system bus, a bus with simulated devices, mctpd.
#
#   this namespace                                     namespace $far
#   mctpd, EID 8, near (address 0x10)  == vmctp ==     far: devices of mctpd_devices
#
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

MCTPD=${MCTPD:-mctpd}

# start_bus: a message bus that lets anybody do anything.
start_bus() {
	cat >"$tmp/bus.conf" <<-END
		<busconfig>
		  <type>system</type>
		  <listen>unix:path=$tmp/bus</listen>
		  <auth>EXTERNAL</auth>
		  <policy context="default">
		    <allow send_destination="*"/>
		    <allow receive_sender="*"/>
		    <allow own="*"/>
		    <allow user="*"/>
		  </policy>
		</busconfig>
	END
	dbus-daemon --nofork --config-file="${1:-$tmp/bus.conf}" 2>"$tmp/bus.log" &
	bus=$!
	export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$tmp/bus"
	until_true test -S "$tmp/bus"
}

# pair NAME [ADDR_LEN]: a link NAME whose far end, called far, is in a namespace of its own, $far.
pair() {
	far=${INSIDE}_far_$1
	ip netns delete "$far" 2>/dev/null
	ip netns add "$far" || return 1
	$MCTP link add "$1" type vmctp peer far peer-netns "$far" addrlen "${2:-1}" || return 1
	ip netns exec "$far" ip link set far up
	$MCTP link set "$1" up
}

# start_devices [LINK]: plays them at the far end; tell LINE... speaks to it, and what they hear is in $tmp/heard.
start_devices() {
	rm -f "$tmp/tell"
	mkfifo "$tmp/tell"
	ip netns exec "$far" "$here/mctpd_devices" "${1:-far}" <"$tmp/tell" >"$tmp/heard" &
	devices=$!
	exec 7>"$tmp/tell"
}

tell() {
	printf '%s\n' "$@" >&7
}

# start_mctpd: with the configuration of stdin.
start_mctpd() {
	cat >"$tmp/mctpd.conf"
	run_mctpd
}

run_mctpd() {
	$MCTPD -v -c "$tmp/mctpd.conf" 2>>"$tmp/log" &
	mctpd=$!
	until_true mctp_endpoints
}

stop_mctpd() {
	kill "$mctpd" && wait "$mctpd"
}

mctp_endpoints() {
	$MCTP endpoint list
}

# heard PATTERN: how many lines of what devices heard match.
heard() {
	grep -cE "$1" "$tmp/heard"
}

# has PATTERN...: each is in a line of the list of endpoints.
has() {
	local pattern list
	list=$(mctp_endpoints) || return 1
	for pattern; do
		echo "$list" | grep -qE "$pattern" || {
			echo "no line matches: $pattern"
			echo "$list"
			return 1
		}
	done
}

comes() {
	until_true has "$@" || {
		has "$@"
		tail -n 20 "$tmp/log"
		return 1
	}
}

hasnt() {
	local list
	list=$(mctp_endpoints) || return 1
	! echo "$list" | grep -qE "$1"
}

goes() {
	until_true hasnt "$1" || {
		mctp_endpoints
		tail -n 20 "$tmp/log"
		return 1
	}
}

# count N: so many endpoints are in the list.
count_is() {
	[ "$(mctp_endpoints | wc -l)" = "$1" ]
}

# ends STATUS TEXT COMMAND...: it exits with that, and prints and says just that.
ends() {
	local status=$1 text=$2 out
	shift 2
	out=$("$@" 2>&1)
	[ $? = "$status" ] && [ "$out" = "$text" ] && return 0
	echo "$* says: $out"
	tail -n 20 "$tmp/log"
	return 1
}

# says TEXT COMMAND...: it succeeds, and prints just that.
says() {
	ends 0 "$@"
}

# fails_with TEXT COMMAND...: it exits with 1, and says that.
fails_with() {
	ends 1 "$@"
}

# now_ms: since the system's start, in steps of ten.
now_ms() {
	local up
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0"
}

# finish_mctpd: the last line of a script.
finish_mctpd() {
	kill "$mctpd" "$devices" "$bus" 2>/dev/null
	exec 7>&-
	wait
	finish
}
