// SPDX-License-Identifier: GPL-2.0
/*
 * Across a pseudo terminal of which both ends are MCTP devices: a request of so
 * many bytes and an answer of one. A figure is all that this causes, in both
 * directions, the program's own part included.
 */
#include <stdlib.h>
#include <termios.h>

#include "bench.h"

#ifndef N_MCTP
#define N_MCTP		28
#endif

#define NEAR_EID	9
#define FAR_EID		10

static const long sizes[] = { 16, 256, 4096, 60000 };

static char buf[DATA_MAX];

/* An end of the line becomes a device, that is set up. */
static void attach(int fd, char *name, long mtu, unsigned int net, uint8_t eid)
{
	int discipline = N_MCTP;

	must(ioctl(fd, TIOCSETD, &discipline), "the discipline");
	must(ioctl(fd, SIOCGIFNAME, name), "the name of the device");
	must(link_mtu(name, mtu), "MTU");
	must(link_net(name, net), "a network");
	must(link_up(name), "up");
	must(addr_add(name, eid), "an EID");
}

/* Near in network 1 and far in network 2 of one namespace */
static void line_new(struct pair *p, long mtu)
{
	char near[16], far[16], path[64];
	struct termios tio;
	int master, slave;

	master = must(posix_openpt(O_RDWR | O_NOCTTY), "a pseudo terminal");
	must(grantpt(master) ?: unlockpt(master), "a pseudo terminal");
	must(-ptsname_r(master, path, sizeof(path)), "its name");
	slave = must(open(path, O_RDWR | O_NOCTTY), "its other end");
	must(tcgetattr(slave, &tio), "the mode");
	cfmakeraw(&tio);
	must(tcsetattr(slave, TCSANOW, &tio), "the mode");

	attach(master, near, mtu, 1, NEAR_EID);
	attach(slave, far, mtu, 2, FAR_EID);
	must(route_add(near, FAR_EID, FAR_EID, 0), "a route");
	must(route_add(far, NEAR_EID, NEAR_EID, 0), "a route");

	memset(p, 0, sizeof(*p));
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(2, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	pair_to(p, FAR_EID, 1);
}

static void receive(int fd, struct sockaddr_mctp *from, size_t size)
{
	socklen_t len = sizeof(*from);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (void *)from, &len);

	if (n != (ssize_t)size)
		die("received %zd bytes, not %zu", n, size);
}

static void round_trip(void *ctx)
{
	struct pair *p = ctx;
	struct sockaddr_mctp from;

	must(sendto(p->a, buf, p->size, 0, (void *)&p->to_b, p->len_b), "send");
	receive(p->b, &from, p->size);
	from.smctp_tag &= ~MCTP_TAG_OWNER;
	must(sendto(p->b, buf, 1, 0, (void *)&from, sizeof(from)), "answer");
	receive(p->a, &from, 1);
}

#define MEASURE(measure, mtu)					\
static void measure(const char *name, long size)		\
{								\
	struct pair p;						\
								\
	line_new(&p, mtu);					\
	p.size = size;						\
	count_op(name, round_trip, &p);				\
}

MEASURE(mtu_68, 68)
MEASURE(mtu_255, 255)

const struct measure serial_measures[] = {
	{ "serial-68", mtu_68, sizes, 4, true },
	{ "serial-255", mtu_255, sizes, 4, true },
	{ },
};
