#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The commands of Documentation/networking/mctp-usb.rst, in their order, in the initial network namespace, where
# USB devices appear.
# shellcheck source=lib_console.sh
. "$(dirname "$0")/lib_console.sh"
gadget=/sys/kernel/config/usb_gadget/g1

clean_up() {
	ip netns delete device 2>/dev/null
	[ -d $gadget ] || return
	echo >$gadget/UDC
	rm -f $gadget/configs/c.1/mctp.usb0
	rmdir $gadget/configs/c.1 $gadget/functions/mctp.usb0 $gadget
} 2>/dev/null

command -v mctp >/dev/null || skip "there is no mctp command"
modprobe dummy_hcd 2>/dev/null && modprobe libcomposite 2>/dev/null || skip "no USB gadgets or no dummy_hcd here"
[ -d /sys/kernel/config/usb_gadget ] || mount -t configfs none /sys/kernel/config || skip "there is no configfs"
clean_up
run_page doc_usb_blocks.sh
clean_up
exit $failed
