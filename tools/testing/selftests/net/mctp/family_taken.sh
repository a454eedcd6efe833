#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two modules cannot own one socket family: where another has it, as a kernel with MCTP built in does, ours
# does not load, and the log says why.

# Modules that use others stand before them there.
ours=$(sed -n 's/^\(usb_f_mctp\|mctp_usb\|mctp_usb_lib\|mctp_i2c\|mctp_serial\|vmctp\) .*/\1/p' /proc/modules)
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

loaded() {
	grep -q "^$1 " /proc/modules
}

not() {
	! "$@"
}

unload() {
	local module
	for module in $ours mctp; do
		rmmod "$module" || return 1
	done
}

squatter=$(find "/lib/modules/$(uname -r)" -name 'mctp_squatter.ko' 2>/dev/null)
mctp=$(find "/lib/modules/$(uname -r)" -name 'mctp.ko' 2>/dev/null)
if [ -z "$squatter" ]; then
	echo "1..0 # SKIP there is no mctp_squatter.ko"
	exit 4
fi

echo "TAP version 13"
echo "1..7"
result "our modules unload" unload
result "another module takes the family" insmod "$squatter"
# Not modprobe: it takes EEXIST to mean that the module is loaded already.
result "mctp does not load" not insmod "$mctp" 2>/tmp/family_taken
# Newer kernels keep EEXIST for a module that is loaded already, and make EBUSY of ours.
result "the reason is EEXIST or EBUSY" grep -qE "File exists|Device or resource busy" /tmp/family_taken
result "the log has a sentence that says what to do" sh -c 'dmesg | grep -q "AF_MCTP is taken: .*unload it"'
result "nothing of it stays loaded" not loaded mctp
rmmod mctp_squatter
result "when the family is free again it loads" modprobe -a mctp $ours
exit $failed
