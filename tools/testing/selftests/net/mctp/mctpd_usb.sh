#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A USB device under mctpd: it is found when it is plugged in, and goes when it is unplugged.
#
#   the initial namespace, where USB devices appear         namespace $far
#   mctpd, EID 8, mctpusb0           == dummy_hcd ==        $device: a device of mctpd_devices
#
# shellcheck source=mctpd_lib.sh
. "$(dirname "$0")/mctpd_lib.sh"
INSIDE=mctpd_usb
gadget=/sys/kernel/config/usb_gadget/mctpd
far=mctpd_usb_far

clean_up() {
	ip netns delete $far 2>/dev/null
	[ -d $gadget ] || return 0
	echo >$gadget/UDC
	rm -f $gadget/configs/c.1/mctp.usb0
	rmdir $gadget/configs/c.1 $gadget/functions/mctp.usb0 $gadget
} 2>/dev/null

plug() {
	echo dummy_udc.0 >$gadget/UDC
}

unplug() {
	echo >$gadget/UDC
}

# A packet of USB is a link without addresses; the device answers from whatever EID it was given.
found='^eid [0-9]* net 1 dev mctpusb[0-9]* address none types 0,1,5 uuid 40000000-.* available'

# cycles N: each time it is found, and is gone.
cycles() {
	local i=0
	while [ $i -lt "$1" ]; do
		plug && comes "$found" && unplug && until_true count_is 0 || return 1
		i=$((i + 1))
	done
}

no_link() {
	! $MCTP link show | grep 'mctpusb[0-9]'
}

modprobe dummy_hcd 2>/dev/null && modprobe libcomposite 2>/dev/null || {
	echo "1..0 # SKIP no USB gadgets or no dummy_hcd here"
	exit 4
}
[ -d /sys/kernel/config/usb_gadget ] || mount -t configfs none /sys/kernel/config
clean_up
inside_netns $INSIDE

mkdir -p $gadget/configs/c.1
result "a gadget with the function is made" mkdir $gadget/functions/mctp.usb0
device=$(cat $gadget/functions/mctp.usb0/ifname)
ln -s $gadget/functions/mctp.usb0 $gadget/configs/c.1/
ip netns add $far
ip link set "$device" netns $far
ip netns exec $far ip link set "$device" up
start_bus
start_devices "$device"
tell "gpu types=0,1,5 uuid=40000000000000000000000000000001"
start_mctpd <<END
[bus-owner]
discovery_interval_ms = 300

[[interface]]
match = "mctpusb*"
eid = 8
up = true
END
result "without a device there is no endpoint" count_is 0
result "it is plugged in" plug
result "and found, with its types and UUID" comes "$found"
result "mctpd has set the link up, with an EID" sh -c "$MCTP addr show | grep '^eid 8 net 1 dev mctpusb'"
result "it is unplugged" unplug
result "and no endpoint is left" until_true count_is 0
result "no link either" until_true no_link
result "that goes three times more" cycles 3
result "mctpd is alive and well" stop_mctpd
clean_up
finish_mctpd
