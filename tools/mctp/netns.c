// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces by name, as ip-netns(8) keeps them, or by path.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mctp.h"

#define NETNS_DIRECTORY "/run/netns"

/**
 * netns_open - open a network namespace
 * @name: its name, or a path (anything with a slash, as /proc/PID/ns/net)
 *
 * Return: a file descriptor; -1, with a sentence on stderr.
 */
int netns_open(const char *name)
{
	bool is_path = strchr(name, '/');
	char path[PATH_MAX];
	int fd, len;

	len = snprintf(path, sizeof(path), "%s%s", is_path ? "" : NETNS_DIRECTORY "/", name);
	if (!*name || len >= (int)sizeof(path)) {
		refused("\"%s\" cannot name a network namespace. Those that exist: ip netns list",
			name);
		return -1;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT && !is_path)
		refused("there is no network namespace %s. Those that exist: ip netns list", name);
	else
		refused("cannot open the network namespace %s: %s.", path, strerror(errno));
	return -1;
}

/**
 * netns_enter - make this process work in another network namespace
 * @name: as for netns_open()
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int netns_enter(const char *name)
{
	int fd = netns_open(name);
	int err;

	if (fd < 0)
		return STATUS_REFUSED;
	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (err == EINVAL)
		return refused("%s is not a network namespace. Those that exist: ip netns list",
			       name);
	if (err)
		return refused("cannot enter the network namespace %s: %s.%s", name, strerror(err),
			       err == EPERM ? " Run it as root, or with sudo." : "");
	return STATUS_FINE;
}
