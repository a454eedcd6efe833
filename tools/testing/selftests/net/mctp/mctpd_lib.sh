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
DBUS=au.com.codeconstruct.MCTP

# bus_config: a message bus that lets anybody do anything.
bus_config() {
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
}

# start_bus [FILE]: a message bus, by the configuration FILE.
start_bus() {
	[ $# = 1 ] || bus_config
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
	: >"$tmp/heard"
	ip netns exec "$far" "$here/mctpd_devices" "${1:-far}" <"$tmp/tell" >>"$tmp/heard" &
	devices=$!
	exec 7>"$tmp/tell" 6<"$tmp/heard"
}

# start_near [BUS_CONFIG]: a message bus, a link called near on which EID 8 is ours, and devices at its far end.
start_near() {
	start_bus "$@" && pair near && $MCTP addr add 8 dev near && start_devices
}

# setup ADDRESS...: what is there on that link.
setup() {
	$MCTP endpoint setup near address "$@"
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
	kill "$mctpd" && wait "$mctpd" && return
	tail -n 60 "$tmp/log"
	return 1
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

# answers REQUEST ANSWER: the device a sends a request (without its first byte), and this comes back, a pattern of the
# shell; after $took ms. Requests whose answer took 100 ms (DSP0237) or more are kept for in_time.
instance=0
answers() {
	local line answer= tries=0
	instance=$(((instance + 1) % 32))
	took=30000
	while read -r line <&6; do :; done
	tell "a ask $(printf '%02x' $((0x80 | instance))) $1"
	while [ $tries -lt 1000 ]; do
		if read -r line <&6; then
			case $line in
			"a answer "*) answer=$line ;;
			"a took "*)
				took=${line#a took }
				break
				;;
			esac
		else
			tries=$((tries + 1))
			sleep 0.02
		fi
	done
	[ "$took" -lt 100 ] || echo "$1" >>"$tmp/slow"
	case $answer in
	"a answer $(printf '%02x' $instance) "$2) return 0 ;;
	esac
	echo "wanted: $2, and it was: $answer"
	tail -n 5 "$tmp/log"
	return 1
}

# in_time: each request was answered within 100 ms; one that was not, is if the device asks again.
in_time() {
	local request tries
	touch "$tmp/slow"
	mv "$tmp/slow" "$tmp/again"
	while read -r request; do
		tries=0
		answers "$request" '*'
		while [ "$took" -ge 100 ]; do
			tries=$((tries + 1))
			[ $tries -lt 5 ] || {
				echo "$request took $took ms"
				return 1
			}
			answers "$request" '*'
		done
	done <"$tmp/again"
}

# call OBJECT METHOD ARGUMENT...: of mctpd, as dbus-send has them, below the root; what it returns, in one line.
call() {
	local object=/au/com/codeconstruct/mctp1$1 method=$2 out
	shift 2
	out=$(dbus-send "${BUS_LINE:---system}" --print-reply=literal --dest=au.com.codeconstruct.MCTP1 \
		"$object" "$method" "$@" 2>&1) || {
		echo "$out"
		return 1
	}
	set -f
	# shellcheck disable=SC2086 # words, with one space between them
	echo $out
	set +f
}

# property OBJECT INTERFACE NAME: its value, in one line.
property() {
	call "$1" org.freedesktop.DBus.Properties.Get "string:$2" "string:$3"
}

# role LINK ROLE: change what mctpd is there.
role() {
	call "/interfaces/$1" org.freedesktop.DBus.Properties.Set "string:$DBUS.Interface1" string:Role "variant:string:$2"
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
