# SPDX-License-Identifier: GPL-2.0
# Finds a kernel's complaints in its log: prints each with what follows it; exits 1 if there is one.
# A trace that fault injection asked for is none.
#
# While modules load and devices move without memory (memory_failure_modules_test, memory_failure_setup_test) the kernel has
# traces and warnings of its own. There, one is printed, counted, and no fault, if nothing but the test's want of memory can
# be its cause. Either its first line is what the kernel says of that, whoever called. (A slab without memory for its tables
# says EINVAL, -22. A driver without memory for its module's folder "drivers" leaves a link in the root of sysfs, which the
# next one finds.) Or an allocation of the test's process was just made to fail, the trace is of that process, it neither
# calls nor names anything of ours, and where modules are loaded already a device moves in it. What a worker, RCU or an
# interrupt complains of is a fault in any case: no allocation of these fails. So is what KASAN, lockdep and others find, and a
# trace that has no end.

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

function just_forced()
{
	return forced && NR - forced < 12
}

function says_no_memory(text)
{
	return text ~ /^[a-z_]*kmem_cache_create[a-z_]*\([^\n]*\) failed with error -(12|22)\n/ ||
		text ~ /^sysctl could not get directory: [^\n]* -12\n|^[^\n]*: (vmalloc error: size|page allocation failure: order:)/ ||
		text ~ /^sysfs: cannot create duplicate filename '\/\/(i2c|usb):/
}

# The trace that is held; ended: it has come to its end.
function judge(ended,    sure)
{
	if (!lines)
		return
	sure = tolower(held)
	gsub(/\n( *\? |(modules linked in|cpu|hardware name|tainted):)[^\n]*/, "", sure)
	if (ended && sure !~ /kthread|process_one_work|cleanup_net|rcu_(core|do_batch)|softirq|<irq>/ &&
	    (says_no_memory(held) || (failed && held ~ /Comm: memory_failure_/ && sure !~ /mctp/ &&
	      (modules || sure ~ /__dev_change_net_namespace/)))) {
		printf "the kernel's own:\n%s", held
		own++
	} else {
		printf "%s", held
		found = 1
	}
	before = ""
	lines = 0
}

/selftest: / {
	judge(0)
	modules = /selftest: memory_failure_modules/
	poor = modules || /selftest: memory_failure_setup/
	before = ""
}

/FAULT_INJECTION: forcing a failure/ { forced = NR }

finds_fault($0) || (/WARNING:/ && !(poor && warns($0))) || (/Unknown symbol/ && !(modules && /\(err -12\)$/)) ||
(/Call Trace:/ && !poor && !just_forced()) {
	judge(0)
	if (/Call Trace:/ && !shown)
		printf "%s", said
	found = 1
	shown = 60
}

{ said = said $0 "\n" }
++kept > 4 { sub(/^[^\n]*\n/, "", said) }

shown > 0 {
	print
	shown--
	next
}

/Unknown symbol/ {
	print "the kernel's own:", $0
	own++
}

poor && /cut here/ { judge(0) }

poor && !lines && (warns($0) || /cut here|^CPU: [0-9]+ .*PID: |Call Trace:/) {
	held = /^CPU:|Call Trace:/ ? before "\n" : ""
	lines = 1
	failed = just_forced()
}

lines {
	held = held $0 "\n"
	if (/<\/TASK>|end trace/)
		judge(1)
	else if (++lines > 300)
		judge(0)
	next
}

{ before = $0 }

END {
	judge(0)
	if (own)
		printf "# %d complaints of the kernel's own, of memory that it did not have\n", own
	exit found
}
