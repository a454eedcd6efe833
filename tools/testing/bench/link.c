// SPDX-License-Identifier: GPL-2.0
/*
 * Across pairs of vmctp devices. A figure is instructions a packet: what a
 * message costs across the pair less what the same message costs on lo, where
 * it is neither cut nor joined; or what one more hop costs.
 */
#include <stdio.h>

#include "bench.h"

static const long mtus[] = { 68, 254, 1500, 65535 };

static unsigned int packets(size_t size, long mtu)
{
	return (size + 1 + mtu - HDR_LEN - 1) / (mtu - HDR_LEN);
}

/* near in network 1 and far in network 2 of one namespace */
static void across(struct pair *p, size_t size, long mtu)
{
	struct vmctp_pair vmctp = VMCTP_PAIR("near", "far");

	vmctp.mtu = mtu;
	must(vmctp_add(&vmctp), "a pair of devices");
	must(link_mtu("far", mtu), "MTU");
	must(link_net("far", 2), "a network");
	must(link_up("near"), "up");
	must(link_up("far"), "up");
	must(addr_add("near", 9), "an EID");
	must(addr_add("far", 10), "an EID");
	must(route_add("near", 10, 10, 0), "a route");

	memset(p, 0, sizeof(*p));
	p->size = size;
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(2, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	pair_to(p, 10, 1);
	pair_prealloc(p);
}

/* @arg: MTU */
static void link_size(const char *name, long mtu, size_t size)
{
	struct pair local, p;
	double lo;

	pair_mctp(&local, size);
	pair_prealloc(&local);
	lo = count_mean(pair_one_way, &local);
	close(local.a);
	close(local.b);

	across(&p, size, mtu);
	figure(name, (count_mean(pair_one_way, &p) - lo) / packets(size, mtu));
}

static void link_4k(const char *name, long mtu)
{
	link_size(name, mtu, 4096);
}

static void link_60k(const char *name, long mtu)
{
	link_size(name, mtu, 60000);
}

/* Pair i is in network i + 1 at its near end, and in i + 2 at its far end, with the
 * next one's near end.
 */
void pair_chain(struct pair *p, size_t size, int first, int hops)
{
	char near[16], far[16];
	int i;

	for (i = first; i < first + hops; i++) {
		struct vmctp_pair vmctp = VMCTP_PAIR(near, far);

		snprintf(near, sizeof(near), "near%d", i);
		snprintf(far, sizeof(far), "far%d", i);
		must(vmctp_add(&vmctp), "a pair of devices");
		must(link_net(near, i + 1), "a network");
		must(link_net(far, i + 2), "a network");
		must(link_up(near), "up");
		must(link_up(far), "up");
		must(addr_add(near, 9 + i), "an EID");
		must(route_add(near, 100, 100, 0), "a route");
	}
	must(addr_add(far, 100), "an EID");

	memset(p, 0, sizeof(*p));
	p->size = size;
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(first + hops + 1, 100, BENCH_TYPE), "bind");
	pair_to(p, 100, first + 1);
	pair_prealloc(p);
}

static void *chain_count(const char *name, int hops, double *mean)
{
	struct pair p;
	int pipes[2];
	pid_t pid;

	/* a namespace for each, as names and networks are the same */
	must(pipe(pipes), "pipe");
	pid = fork();
	if (!pid) {
		must(ns_new(), "a network namespace");
		pair_chain(&p, 63, 0, hops);
		*mean = count_mean(pair_one_way, &p);
		fflush(stdout);
		_exit(write(pipes[1], mean, sizeof(*mean)) != sizeof(*mean));
	}
	close(pipes[1]);
	if (pid < 0 || read(pipes[0], mean, sizeof(*mean)) != sizeof(*mean))
		die("%s: no figure", name);
	close(pipes[0]);
	waitpid(pid, NULL, 0);
	usleep(300000);
	return NULL;
}

/* A packet with 64 bytes of payload, through @bridges of them */
static void forward(const char *name, long bridges)
{
	double with, without;

	chain_count(name, 1, &without);
	chain_count(name, 1 + bridges, &with);
	figure(name, (with - without) / bridges);
}

const struct measure link_measures[] = {
	{ "link-4096", link_4k, mtus, 4, true },
	{ "link-60000", link_60k, mtus, 4, true },
	{ "forward", forward, ARGS(1, 4), .ours = true },
	{ },
};
