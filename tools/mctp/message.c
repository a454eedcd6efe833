// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals: sentences on stderr that say what was not done, why, and what to do about it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mctp.h"

/**
 * refused - say why something could not be done
 *
 * Return: STATUS_REFUSED, so that a caller can return it.
 */
int refused(const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("mctp: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return STATUS_REFUSED;
}

/*
 * What usually helps, for the errors that an administrator meets; the kernel's own sentence comes
 * before it.
 */
static const char *advice(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return "This needs CAP_NET_ADMIN: run it as root, or with sudo.";
	case EEXIST:
		return "It exists already: delete it first, or choose another.";
	case ENOENT:
	case ESRCH:
		return "There is no such entry: the object's show verb lists those that exist.";
	case ENODEV:
		return "There is no such device: mctp link shows those that exist.";
	case EOPNOTSUPP:
	case EAFNOSUPPORT:
		return "The MCTP stack of this kernel does not offer it: that takes the newest mctp.ko.";
	case EINVAL:
	case ERANGE:
		return "The kernel finds a value wrong: compare it with what the device has.";
	case EAGAIN:
		return "The table did not stand still while it was read: try again.";
	default:
		return NULL;
	}
}

/**
 * refused_by_kernel - say what the kernel answered to a request
 * @m: the call; the kernel's own sentence, if there was one, is in its netlink part
 * @error: negative errno
 * @format: what was attempted, to follow "cannot"
 *
 * Return: STATUS_REFUSED.
 */
int refused_by_kernel(struct mctp *m, int error, const char *format, ...)
{
	const char *help = advice(-error);
	va_list ap;

	fflush(stdout);
	fputs("mctp: cannot ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	if (m->nl.sentence[0])
		fprintf(stderr, ": %s (%s).", m->nl.sentence, strerror(-error));
	else
		fprintf(stderr, ": %s.", strerror(-error));
	if (help && !m->nl.sentence[0])
		fprintf(stderr, " %s", help);
	fputc('\n', stderr);
	return STATUS_REFUSED;
}
