// SPDX-License-Identifier: GPL-2.0
/*
 * mctp stat: what went through the stack, and why what did not was lost.
 */
#include "args.h"
#include "mctp.h"

static int stat_show(struct mctp *m, struct args *a)
{
	if (args_end(a))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	return proc_show(m, "stat");
}

static const struct verb verbs[] = {
	{ "show", "", "print every counter", stat_show },
	{ }
};

const struct object stat_object = {
	.name = "stat",
	.purpose = "counters: what went through, and what was lost by reason",
	.verbs = verbs,
};
