// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities: once everything is open, only those that are still needed.
 */
#include <errno.h>

#include <sys/capability.h>

#include "mctpd.h"

/**
 * caps_drop - keep CAP_NET_ADMIN, for routes, and CAP_NET_RAW, for requests; nothing else
 *
 * Return: 0 or a negative errno.
 */
int caps_drop(void)
{
	static const cap_value_t kept[] = { CAP_NET_ADMIN, CAP_NET_RAW };
	cap_t caps = cap_init();
	int err = 0;

	if (!caps)
		return -errno;
	if (cap_set_flag(caps, CAP_PERMITTED, 2, kept, CAP_SET) ||
	    cap_set_flag(caps, CAP_EFFECTIVE, 2, kept, CAP_SET) || cap_set_proc(caps))
		err = -errno;
	cap_free(caps);
	return err;
}
