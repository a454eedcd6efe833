#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The commands of Documentation/networking/mctp-i2c.rst for which no hardware is needed, in their order, in the initial
# network namespace, where devices of I2C buses appear.
# shellcheck source=lib_console.sh
. "$(dirname "$0")/lib_console.sh"
control=/sys/kernel/debug/i2c-sim/control

clean_up() {
	ip netns pids other | xargs -r kill
	echo reset >$control
	ip netns delete other
} 2>/dev/null

command -v mctp >/dev/null || skip "there is no mctp command"
modprobe i2c-sim 2>/dev/null
[ -e $control ] || skip "there is no i2c-sim"
clean_up
run_page doc_i2c_blocks.sh
clean_up
exit $failed
