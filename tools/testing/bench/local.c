// SPDX-License-Identifier: GPL-2.0
/*
 * Between two sockets of one process: round trips and one way, by MCTP with an
 * EID on lo, and by its peers. All of them name the address of each message
 * and ask for that of each that comes, as MCTP's programs do; "pair" are two
 * joined AF_UNIX sockets, which have no addresses.
 */
#include <netinet/in.h>
#include <sys/un.h>

#include "bench.h"

#define SIZE_MAX_	65535

static __thread char buf[SIZE_MAX_];

static void send_msg(int fd, const void *to, socklen_t len, size_t size)
{
	if (sendto(fd, buf, size, 0, len ? to : NULL, len) != (ssize_t)size)
		die("send of %zu bytes: %m", size);
}

static void recv_msg(int fd, void *from, socklen_t *len, size_t size)
{
	if (recvfrom(fd, buf, sizeof(buf), 0, from, len) != (ssize_t)size)
		die("receive of %zu bytes: %m", size);
}

void pair_round_trip(void *ctx)
{
	struct pair *p = ctx;
	struct sockaddr_storage from;
	struct sockaddr_mctp *mctp = (void *)&from;
	socklen_t len = sizeof(from);

	send_msg(p->a, &p->to_b, p->len_b, p->size);
	if (!p->len_b) {
		recv_msg(p->b, NULL, NULL, p->size);
		send_msg(p->b, NULL, 0, p->size);
		recv_msg(p->a, NULL, NULL, p->size);
		return;
	}
	recv_msg(p->b, &from, &len, p->size);
	if (from.ss_family == AF_MCTP)
		mctp->smctp_tag &= ~MCTP_TAG_OWNER;
	send_msg(p->b, &from, len, p->size);
	len = sizeof(from);
	recv_msg(p->a, &from, &len, p->size);
}

void pair_one_way(void *ctx)
{
	struct pair *p = ctx;
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	send_msg(p->a, &p->to_b, p->len_b, p->size);
	if (p->len_b)
		recv_msg(p->b, &from, &len, p->size);
	else
		recv_msg(p->b, NULL, NULL, p->size);
}

void pair_to(struct pair *p, uint8_t eid, unsigned int net)
{
	struct sockaddr_mctp *to = (void *)&p->to_b;

	*to = addr_of(net, eid, BENCH_TYPE, MCTP_TAG_OWNER);
	p->len_b = sizeof(*to);
}

void pair_mctp(struct pair *p, size_t size)
{
	memset(p, 0, sizeof(*p));
	p->size = size;
	must(addr_add("lo", BENCH_EID), "an EID on lo");
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	pair_to(p, BENCH_EID, 1);
}

void pair_prealloc(struct pair *p)
{
	struct sockaddr_mctp *to = (void *)&p->to_b;

	/* the form with a network is not in every kernel's own MCTP */
	to->smctp_tag = must(to->smctp_network == 1 ?
			     tag_alloc(p->a, to->smctp_addr.s_addr) :
			     tag_alloc2(p->a, to->smctp_network,
					to->smctp_addr.s_addr), "a tag");
}

void pair_unix(struct pair *p, size_t size)
{
	struct sockaddr_un *to = (void *)&p->to_b;

	memset(p, 0, sizeof(*p));
	p->size = size;
	p->a = must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
	p->b = must(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
	to->sun_family = AF_UNIX;
	must(bind(p->a, (void *)to, sizeof(sa_family_t)), "bind");
	must(bind(p->b, (void *)to, sizeof(sa_family_t)), "bind");
	p->len_b = sizeof(p->to_b);
	must(getsockname(p->b, (void *)to, &p->len_b), "getsockname");
}

void pair_udp(struct pair *p, size_t size)
{
	struct sockaddr_in *to = (void *)&p->to_b;

	memset(p, 0, sizeof(*p));
	p->size = size;
	p->a = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	p->b = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	to->sin_family = AF_INET;
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(p->b, (void *)to, sizeof(*to)), "bind");
	p->len_b = sizeof(*to);
	must(getsockname(p->b, (void *)to, &p->len_b), "getsockname");
}

static void pair_joined(struct pair *p, size_t size)
{
	int fd[2];

	memset(p, 0, sizeof(*p));
	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), "socketpair");
	p->a = fd[0];
	p->b = fd[1];
	p->size = size;
}

static void pair_mctp_prealloc(struct pair *p, size_t size)
{
	pair_mctp(p, size);
	pair_prealloc(p);
}

/* A measure: @op on a pair that @make has made */
#define MEASURE(measure, make, op)				\
static void measure(const char *name, long size)		\
{								\
	struct pair p;						\
								\
	make(&p, size);						\
	count_op(name, op, &p);					\
}

MEASURE(round_trip_mctp, pair_mctp, pair_round_trip)
MEASURE(round_trip_unix, pair_unix, pair_round_trip)
MEASURE(round_trip_pair, pair_joined, pair_round_trip)
MEASURE(round_trip_udp, pair_udp, pair_round_trip)
MEASURE(one_way_mctp, pair_mctp_prealloc, pair_one_way)
MEASURE(one_way_unix, pair_unix, pair_one_way)
MEASURE(one_way_pair, pair_joined, pair_one_way)
MEASURE(one_way_udp, pair_udp, pair_one_way)

#define ROUND_TRIP_SIZES	ARGS(16, 64, 256, 1024, 4096, 16384)
#define ONE_WAY_SIZES		ARGS(64, 4096, 32768, 60000)

const struct measure local_measures[] = {
	{ "roundtrip-mctp", round_trip_mctp, ROUND_TRIP_SIZES },
	{ "roundtrip-unix", round_trip_unix, ROUND_TRIP_SIZES },
	{ "roundtrip-pair", round_trip_pair, ROUND_TRIP_SIZES },
	{ "roundtrip-udp", round_trip_udp, ROUND_TRIP_SIZES },
	{ "oneway-mctp", one_way_mctp, ONE_WAY_SIZES },
	{ "oneway-unix", one_way_unix, ONE_WAY_SIZES },
	{ "oneway-pair", one_way_pair, ONE_WAY_SIZES },
	{ "oneway-udp", one_way_udp, ONE_WAY_SIZES },
	{ },
};
