# SPDX-License-Identifier: GPL-2.0
# Finds a kernel's complaints in its log: prints each with what follows it; exits 1 if there is one.
# A trace that fault injection asked for is none.
#
# While modules load without memory (memory_failure_modules_test) the kernel has traces and warnings of its own. There, one
# that neither calls nor names anything of ours is printed, counted, and no fault; nor is one that says itself that there
# was no memory. (A slab without memory for its tables says EINVAL, -22. A driver without memory for its module's folder
# "drivers" leaves a link in the root of sysfs, which the next one finds.) What KASAN, lockdep and others find is a fault there as well.

function finds_fault(line)
{
	return line ~ /BUG:|BUG |KASAN:|UBSAN:|KCSAN:|Oops|Kernel panic|general protection fault|invalid opcode|double fault/ ||
		line ~ /INFO: (task|possible|suspicious|inconsistent|trying|rcu)|possible circular|possible recursive|suspicious RCU/ ||
		line ~ /inconsistent lock state|possible irq lock inversion|held lock freed|lock held when returning|bad unlock balance/ ||
		line ~ /scheduling while atomic|sleeping function called|soft lockup|hard LOCKUP|hung_task|blocked for more than/ ||
		line ~ /refcount_t:|ODEBUG:|list_(add|del) corruption|unreferenced object|new suspected memory leaks|ref_tracker:/ ||
		line ~ /unregister_netdevice: waiting|detected stall|self-detected|DEBUG_LOCKS_WARN_ON|disagrees about version/
}

function warns(line)
{
	return line ~ /WARNING: (CPU: [0-9]+ PID: |[^ ]+:[0-9]+ at )/
}

function judge()
{
	if (held == "")
		return
	if (ours && !want) {
		printf "%s", held
		found = 1
	} else {
		printf "the kernel's own:\n%s", held
		own++
	}
	held = ""
	lines = ours = want = 0
}

function hold(line)
{
	held = held line "\n"
	lines++
	if (line ~ /mctp/ && line !~ /^(Modules linked in|CPU|Hardware name|Tainted):|^ *\? /)
		ours = 1
	if (lines < 4 && line ~ / -12\)?$|error:? -12|: (vmalloc error|page allocation failure)|^kmem_cache_create.* -22$|duplicate filename '\/\/(i2c|usb):/)
		want = 1
}

/selftest: / {
	judge()
	modules = /selftest: memory_failure_modules/
	before = ""
}

/FAULT_INJECTION: forcing a failure/ { forced = NR }

finds_fault($0) || (/WARNING:/ && !(modules && warns($0))) || (/Unknown symbol/ && !(modules && /\(err -12\)$/)) ||
(/Call Trace:/ && !modules && !(forced && NR - forced < 12)) {
	printf "%s", held
	held = ""
	found = 1
	shown = 60
}

shown > 0 {
	print
	shown--
	next
}

modules && /Unknown symbol/ {
	print "the kernel's own:", $0
	own++
}

modules && held == "" && (warns($0) || /cut here|^CPU: [0-9]+ .*PID: |Call Trace:/) {
	if (!warns($0) && !/cut here/ && before != "")
		hold(before)
	hold($0)
	next
}

held != "" {
	hold($0)
	if (/<\/TASK>|end trace/ || lines > 100)
		judge()
	next
}

modules { before = $0 }

END {
	judge()
	if (own)
		printf "# %d complaints of the kernel's own, of memory that it did not have\n", own
	exit found
}
