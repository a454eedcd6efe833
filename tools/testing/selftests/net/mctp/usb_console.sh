#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The commands of Documentation/networking/mctp-usb.rst, in their order, in the initial network namespace, where
# USB devices appear: each must print what the documentation shows, and no more. doc_usb_blocks.sh has them, as
# calls of run.
here=$(dirname "$0")
gadget=/sys/kernel/config/usb_gadget/g1
number=0
failed=0

skip() {
	echo "1..0 # SKIP $1"
	exit 4
}

clean_up() {
	ip netns delete device 2>/dev/null
	[ -d $gadget ] || return
	echo >$gadget/UDC
	rm -f $gadget/configs/c.1/mctp.usb0
	rmdir $gadget/configs/c.1 $gadget/functions/mctp.usb0 $gadget
} 2>/dev/null

# run COMMAND <OUTPUT
run() {
	local wanted got
	wanted=$(cat)
	# a kernel without file locks is no matter here
	got=$(eval "$1" 2>&1 </dev/null | grep -v '^Warning: could not flock netns')
	number=$((number + 1))
	if [ "$got" = "$wanted" ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		echo "$got" | sed 's/^/# /'
		failed=1
	fi
	# The reader of a page is slower than what runs in the background
	case $1 in
	*"&") sleep 1 ;;
	esac
}

command -v mctp >/dev/null || skip "there is no mctp command"
modprobe dummy_hcd 2>/dev/null && modprobe libcomposite 2>/dev/null || skip "no USB gadgets or no dummy_hcd here"
[ -d /sys/kernel/config/usb_gadget ] || mount -t configfs none /sys/kernel/config || skip "there is no configfs"
clean_up

echo "TAP version 13"
echo "1..$(grep -c '^run ' "$here/doc_usb_blocks.sh")"
# shellcheck disable=SC1091 # made from the documentation
. "$here/doc_usb_blocks.sh"
clean_up
exit $failed
