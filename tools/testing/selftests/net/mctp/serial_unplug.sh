#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A serial port is unplugged while its line is an MCTP device that is up and has frames on their way: the device
# goes, and the kernel's log has no complaint. When the port comes back it can be used again. The port is a PCI
# card's, its driver is unbound; a port without one in a slot (as a pseudo terminal) cannot go by itself.

driver=/sys/bus/pci/drivers/serial
number=0
failed=0

# result NAME COMMAND...
result() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number $name"
	else
		echo "not ok $number $name"
		failed=1
	fi
}

# the_port: "SLOT TTY" of a PCI card. Since 6.5 a controller and a port are between the two.
the_port() {
	local tty slot
	for tty in "$driver"/*/tty/ttyS* "$driver"/*/*:*/*:*/tty/ttyS*; do
		[ -e "$tty" ] || continue
		slot=${tty#"$driver"/}
		echo "${slot%%/*} ${tty##*/}"
		return
	done
}

# within COMMAND...: it comes true in 20 seconds.
within() {
	local tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.1
	done
}

not() {
	! "$@"
}

attach() {
	device=
	rm -f /tmp/unplug.name
	mctp link serial "/dev/$tty" --daemon --name-file /tmp/unplug.name >/tmp/unplug.log 2>&1 || return 1
	device=$(cat /tmp/unplug.name)
	holder=$(sed -n 's/^mctp: process \([0-9]*\) holds .*/\1/p' /tmp/unplug.log)
	[ -n "$device" ] && [ -e "/proc/${holder:?}" ] && mctp link set "$device" up && mctp addr add 8 dev "$device" &&
		mctp route add 9 via "$device"
}

exists() {
	[ -e "/sys/class/net/$1" ]
}

# Whoever sends meanwhile is told, or not, but ends.
sends() {
	requester 9 4096 >/dev/null 2>&1 &
	requester 9 4096 >/dev/null 2>&1 &
}

# bind SLOT: the number of its tty may be another now.
bind() {
	echo "$1" >"$driver/bind"
	# shellcheck disable=SC2046 # two words
	set -- $(the_port)
	tty=${2:-}
	[ -n "$tty" ]
}

unbind() {
	echo "$1" >"$driver/unbind"
}

complaints() {
	dmesg | sed '1,/unplug begins/d' | grep -E 'WARNING|BUG:|sysfs group|Call Trace|refcount'
}

# shellcheck disable=SC2046 # two words
set -- $(the_port)
slot=${1:-} tty=${2:-}
if [ -z "$slot" ]; then
	echo "1..0 # SKIP there is no serial port on a PCI card"
	exit 4
fi

echo "TAP version 13"
echo "1..10"
echo "unplug begins" >/dev/kmsg
result "a port's line becomes a device" attach
result "its alias is the tty" grep -qx "$tty" "/sys/class/net/$device/ifalias"
sends
result "the port is unplugged" unbind "$slot"
result "the device goes with it" within not exists "$device"
result "the tool that held it ends" within not test -e "/proc/$holder"
result "no route by it is left" sh -c '! mctp route | grep -q "eid min 9"'
result "the port comes back" bind "$slot"
result "it becomes a device again" attach
result "the port is unplugged once more" unbind "$slot"
within not exists "$device"
result "the log has no complaint" not complaints
bind "$slot"
exit $failed
