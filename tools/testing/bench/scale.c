// SPDX-License-Identifier: GPL-2.0
/*
 * A round trip of 64 bytes on lo, with N of something else in its way: bound
 * sockets, tags that are out, routes, networks, neighbours.
 */
#include <stdio.h>

#include "bench.h"

#define SIZE		64
#define TYPES		100	/* of the other binds; not ours */
#define TYPE_OTHER	20
#define TAGS_A_PEER	8

static void count_round_trip(const char *name, struct pair *p)
{
	count_op(name, pair_round_trip, p);
}

static void with_binds(const char *name, long n)
{
	struct pair p;
	long i;

	pair_mctp(&p, SIZE);
	for (i = 0; i < n; i++)
		must(sock_bound(1, 9 + i / TYPES, TYPE_OTHER + i % TYPES),
		     "another bind");
	count_round_trip(name, &p);
}

/* The same, of the type of the request: told apart by EID alone */
static void with_binds_alike(const char *name, long n)
{
	struct pair p;
	long i;

	pair_mctp(&p, SIZE);
	for (i = 0; i < n; i++)
		must(sock_bound(1, 9 + i, BENCH_TYPE), "another bind");
	count_round_trip(name, &p);
}

/* Requests that nobody answers, eight to a peer: tags last for six seconds, and
 * the guest's clock is far behind
 */
static void with_tags(const char *name, long n)
{
	struct sockaddr_mctp to;
	int out, sink;
	struct pair p;
	char byte;
	long i;

	pair_mctp(&p, SIZE);
	out = must(sock_new(), "socket");
	sink = must(sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE_OTHER), "bind");
	for (i = 0; i < n; i++) {
		uint8_t eid = 9 + i / TAGS_A_PEER;

		if (!(i % TAGS_A_PEER))
			must(addr_add("lo", eid), "an EID on lo");
		to = addr_of(1, eid, TYPE_OTHER, MCTP_TAG_OWNER);
		must(send_to(out, &to, "", 1), "a request");
		must(recv(sink, &byte, 1, 0), "the request");
	}
	count_round_trip(name, &p);
	to = addr_of(1, 9, TYPE_OTHER, MCTP_TAG_OWNER);
	if (n && send_to(out, &to, "", 1) != -EBUSY)
		die("the tags are no longer out");
}

static void with_routes(const char *name, long n)
{
	struct pair p;
	long i;

	pair_mctp(&p, SIZE);
	for (i = 0; i < n; i++)
		must(route_add("lo", 8 + i, 8 + i, 0), "a route");
	count_round_trip(name, &p);
}

static void with_networks(const char *name, long n)
{
	char near[16], far[16];
	struct pair p;
	int i;

	pair_mctp(&p, SIZE);
	for (i = 0; i < n; i += 2) {
		struct vmctp_pair vmctp = VMCTP_PAIR(near, far);

		snprintf(near, sizeof(near), "near%d", i);
		snprintf(far, sizeof(far), "far%d", i);
		must(vmctp_add(&vmctp), "a pair of devices");
		must(link_net(near, 2 + i), "a network");
		must(link_net(far, 3 + i), "a network");
	}
	count_round_trip(name, &p);
}

/* Across a bus that has link addresses, one way: the neighbour is looked up */
static void with_neighbours(const char *name, long n)
{
	const uint8_t far = 0x11;
	struct pair p;
	long i;

	must(vmctp_bus(), "a bus");
	must(addr_add("near", 8), "an EID");
	must(link_net("far", 2), "a network");
	must(addr_add("far", 9), "an EID");
	must(route_add("near", 9, 254, 0), "a route");
	must(neigh_add("near", 9, &far, 1), "a neighbour");
	for (i = 0; i < n; i++)
		must(neigh_add("near", 10 + i, &far, 1), "a neighbour");

	memset(&p, 0, sizeof(p));
	p.size = SIZE - 1;
	p.a = must(sock_new(), "socket");
	p.b = must(sock_bound(2, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	pair_to(&p, 9, 1);
	pair_prealloc(&p);
	count_op(name, pair_one_way, &p);
}

const struct measure scale_measures[] = {
	{ "binds", with_binds, ARGS(0, 100, 1000, 10000) },
	{ "binds-alike", with_binds_alike, ARGS(0, 100, 240) },
	{ "tags", with_tags, ARGS(0, 64, 512, 1900) },
	{ "routes", with_routes, ARGS(0, 100, 247) },
	{ "networks", with_networks, ARGS(0, 100, 1000), .ours = true },
	{ "neighbours", with_neighbours, ARGS(0, 100, 245), .ours = true },
	{ },
};
