# SPDX-License-Identifier: GPL-2.0
# Finds a kernel's complaints in its log: prints each with what follows it; exits 1 if there is one.
# A trace that fault injection asked for is none, nor are those by which the kernel says what it had no memory for as a
# module came. (One without memory for its folder "drivers" leaves a link in the root of sysfs, and the next the same.)

/FAULT_INJECTION: forcing a failure/ { forced = NR }

/selftest: / { modules = /selftest: memory_failure_modules/ }

modules && /failed with error -12$|get directory: .* -12$|: (vmalloc error|page allocation failure)|duplicate filename '\/\/(i2c|usb):/ {
	forced = NR
}

/WARNING:|BUG:|BUG |KASAN:|UBSAN:|KCSAN:|Oops|Kernel panic|general protection fault|invalid opcode|double fault/ ||
/INFO: (task|possible|suspicious|inconsistent|trying|rcu)|possible circular|possible recursive|suspicious RCU/ ||
/inconsistent lock state|possible irq lock inversion|held lock freed|lock held when returning|bad unlock balance/ ||
/scheduling while atomic|sleeping function called|soft lockup|hard LOCKUP|hung_task|blocked for more than/ ||
/refcount_t:|ODEBUG:|list_(add|del) corruption|unreferenced object|new suspected memory leaks|ref_tracker:/ ||
/unregister_netdevice: waiting|detected stall|self-detected|DEBUG_LOCKS_WARN_ON|Unknown symbol|disagrees about version/ ||
(/Call Trace:/ && !(forced && NR - forced < 12)) {
	found = 1
	shown = 60
}

shown > 0 {
	print
	shown--
}

END { exit found }
