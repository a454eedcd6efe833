// SPDX-License-Identifier: GPL-2.0
/*
 * What is held, in bytes, as /proc/meminfo and the module's size tell it.
 */
#include <stdio.h>

#include "bench.h"

#define OBJECTS		4000

static long meminfo(const char *field)
{
	const char *line = file_line("/proc/meminfo", field);
	long kib;

	if (sscanf(line + strlen(field), ": %ld", &kib) != 1)
		die("/proc/meminfo has no %s", field);
	return kib * 1024;
}

/* Memory of the kernel's that is in use */
static long kernel_bytes(void)
{
	usleep(1000000);
	return meminfo("Slab") + meminfo("Percpu") + meminfo("VmallocUsed");
}

/* A bound socket: all of it, with its file and inode */
static void mctp_socket(const char *name, long n)
{
	long before = kernel_bytes();
	long i;

	for (i = 0; i < n; i++)
		must(sock_bound(1, 9 + i / 100, 20 + i % 100), "bind");
	figure(name, (double)(kernel_bytes() - before) / n);
}

/* The same of a family that adds next to nothing to struct sock */
static void netlink_socket(const char *name, long n)
{
	long before = kernel_bytes();
	long i;

	for (i = 0; i < n; i++)
		must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "socket");
	figure(name, (double)(kernel_bytes() - before) / n);
}

/* Preallocated tags of one socket, eight to a peer */
static void tags(const char *name, long n)
{
	int fd = must(sock_new(), "socket");
	long before, i;

	must(addr_add("lo", 8), "an EID on lo");
	before = kernel_bytes();
	for (i = 0; i < n; i++)
		must(tag_alloc(fd, 9 + i / 8), "a tag");
	figure(name, (double)(kernel_bytes() - before) / n);
}

/* The module with a network and @n routes, in a namespace */
static void module_idle(const char *name, long n)
{
	const char *line = file_line("/sys/module/mctp/coresize", "");
	long code = strtol(line, NULL, 10);
	long before, i;

	must(code > 0 ? 0 : -ENOENT, "the size of the module");
	before = kernel_bytes();
	must(addr_add("lo", 8), "an EID on lo");
	for (i = 0; i < n; i++)
		must(route_add("lo", 9 + i, 9 + i, 0), "a route");
	figure(name, code + kernel_bytes() - before);
}

/* The first measures of all: memory that others have given back is in no sum */
const struct measure memory_measures[] = {
	{ "memory-module", module_idle, ARGS(20), .ours = true },
	{ "memory-tag", tags, ARGS(1900), .ours = true },
	{ "memory-socket", mctp_socket, ARGS(OBJECTS) },
	{ "memory-netlink", netlink_socket, ARGS(OBJECTS) },
	{ },
};
