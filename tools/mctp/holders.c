// SPDX-License-Identifier: GPL-2.0
/*
 * mctp socket, tag and reassembly: who holds what.
 */
#include "args.h"
#include "mctp.h"

static int show(struct mctp *m, struct args *a, const char *table)
{
	if (args_end(a))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	return proc_show(m, table);
}

static int socket_show(struct mctp *m, struct args *a)
{
	return show(m, a, "sockets");
}

static int tag_show(struct mctp *m, struct args *a)
{
	return show(m, a, "tags");
}

static int reassembly_show(struct mctp *m, struct args *a)
{
	return show(m, a, "reassembly");
}

static const struct verb socket_verbs[] = {
	{ "show", "", "list the sockets, what they take, and their processes", socket_show },
	{ }
};

static const struct verb tag_verbs[] = {
	{ "show", "", "list the tags in use, when they end, and their processes", tag_show },
	{ }
};

static const struct verb reassembly_verbs[] = {
	{ "show", "", "list the messages of which packets are missing", reassembly_show },
	{ }
};

const struct object socket_object = {
	.name = "socket",
	.purpose = "the sockets of all programs",
	.verbs = socket_verbs,
};

const struct object tag_object = {
	.name = "tag",
	.purpose = "the tags that requests wait with",
	.verbs = tag_verbs,
};

const struct object reassembly_object = {
	.name = "reassembly",
	.purpose = "the messages that have come in part",
	.verbs = reassembly_verbs,
};
