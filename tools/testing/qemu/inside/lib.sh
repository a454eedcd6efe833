# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the jobs in the guest share.

lib=/lib/harness
dmesg_all=/tmp/dmesg
leaks=/sys/kernel/debug/kmemleak

# stage TEXT: for the user.
stage() {
	echo "== $*"
}

# report LINE: for the host, on a line of its own that nothing else writes to.
report() {
	echo "$*" >/dev/ttyS1
}

# case_is ok|fail|skip NAME...: the result of one case, for both.
case_is() {
	report "case $*"
	[ "$1" = ok ] || echo "== $*"
}

# check NAME COMMAND...: a case that is a command.
check() {
	local name=$1
	shift
	if "$@"; then
		case_is ok "$name"
	else
		case_is fail "$name"
	fi
}

# modules_of_ours: all that the host laid into updates/, without paths.
modules_of_ours() {
	find "/lib/modules/$(uname -r)/updates" -name '*.ko' ! -path '*/test_modules/*' | sed 's#.*/##; s#\.ko$##'
}

loaded() {
	awk '{ print $1 }' /proc/modules
}

load_modules() {
	local module
	for module in $(modules_of_ours); do
		modprobe "$module" || {
			echo "$module does not load"
			return 1
		}
	done
}

# unload_modules: all of ours, in the order that their users allow. Its last users may still be on their way
# out (a namespace is taken down by a worker), so it tries for ten seconds.
unload_modules() {
	local module tries=0 left
	while :; do
		left=
		for module in $(modules_of_ours | tr - _); do
			loaded | grep -qx "$module" || continue
			rmmod "$module" 2>/tmp/rmmod || left="$left $module"
		done
		[ -n "$left" ] || break
		tries=$((tries + 1))
		[ $tries -le 50 ] || {
			echo "these do not unload:$left"
			cat /tmp/rmmod
			grep mctp /proc/modules
			return 1
		}
		sleep 0.2
	done
	nothing_left
}

# nothing_left: no trace of MCTP in the running kernel.
nothing_left() {
	local left=0
	if loaded | grep mctp; then
		left=1
	fi
	if [ -e /proc/net/mctp ] || [ -e /proc/sys/net/mctp ] || grep -q MCTP /proc/net/protocols; then
		echo "there is MCTP in /proc still"
		left=1
	fi
	if grep -iE 'mctp' /proc/slabinfo /proc/tty/ldiscs /proc/net/ptype 2>/dev/null; then
		left=1
	fi
	return $left
}

# take_dmesg: moves the kernel's log since the last time to /tmp/dmesg.new, and adds it to what came before.
take_dmesg() {
	dmesg -c >/tmp/dmesg.new
	cat /tmp/dmesg.new >>$dmesg_all
}

# no_splat: nothing in /tmp/dmesg.new is a kernel's complaint about itself. If something is, its first lines go into the
# report, as the reason of the failure that comes next.
no_splat() {
	local status=0
	awk -f $lib/splat.awk /tmp/dmesg.new >/tmp/splat || status=1
	cat /tmp/splat
	[ $status = 0 ] || head -n 24 /tmp/splat | sed 's/^/case why /' >/dev/ttyS1
	return $status
}

# no_leak: kmemleak finds nothing. It takes a second scan and objects of some seconds of age to be sure.
no_leak() {
	for _ in 1 2; do
		sleep 6
		echo scan >$leaks || return 1
	done
	awk -f $lib/leaks.awk $leaks >/tmp/leaks
	cat /tmp/leaks
	[ ! -s /tmp/leaks ]
}

# soon COMMAND...: within half a minute.
soon() {
	local tries=0
	until "$@" >/tmp/soon 2>&1; do
		tries=$((tries + 1))
		[ $tries -le 300 ] || {
			cat /tmp/soon
			return 1
		}
		sleep 0.1
	done
}

# answers EID: it does within a minute.
answers() {
	local tries=0
	until timeout 1 requester "$1" 1 >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || return 1
	done
}

# capture INTERFACE: by tcpdump, into /tmp/pcap.INTERFACE; what it says is in /tmp/tcpdump.INTERFACE, its process is
# $capturing.
capture() {
	local tries=0
	: >"/tmp/tcpdump.$1"
	tcpdump -Z root -i "$1" -U -w "/tmp/pcap.$1" 2>"/tmp/tcpdump.$1" &
	capturing=$!
	until grep -q "listening on $1" "/tmp/tcpdump.$1" || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

# end_of_processes WORD: whatever has WORD in its environment.
end_of_processes() {
	local pids tries=0
	while [ $tries -lt 50 ]; do
		pids=$(grep -ls "$1" $(find /proc -maxdepth 2 -name environ 2>/dev/null) | sed 's#[^0-9]##g')
		[ -n "$pids" ] || return 0
		kill -9 $pids 2>/dev/null
		sleep 0.1
		tries=$((tries + 1))
	done
}

# forget_the_boot: what the kernel logged or leaked before we began is none of ours.
forget_the_boot() {
	take_dmesg
	if [ -e $leaks ]; then
		echo clear >$leaks
	fi
}

# take_down: cases that every run of tests ends with, and the word that it has come to its end.
# With "again" the modules are loaded once more in between.
take_down() {
	stage "taking everything down"
	[ -z "$(ls /run/netns)" ] || ip -all netns delete
	check "modules unload after traffic and leave nothing" unload_modules
	if [ "${1:-}" = again ]; then
		check "a second load works" load_modules
		check "a second unload works" unload_modules
	fi
	take_dmesg
	check "no splat in the kernel's log at the end" no_splat
	if [ -e $leaks ]; then
		stage "kmemleak"
		check "no memory leak" no_leak
	fi
	report "end"
}
