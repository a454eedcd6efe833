// SPDX-License-Identifier: GPL-2.0
/*
 * Across a pseudo terminal of which both ends are MCTP devices: a request of so
 * many bytes and an answer of one. A figure is all that this causes, in both
 * directions, the program's own part included.
 *
 * The kernel's own driver stands still with both ends of one pseudo terminal. What
 * is to be compared with it goes across two, joined by two threads that copy.
 */
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
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

/* The device of a line; the kernel's own driver does not name it, and it is the
 * newest there.
 */
static void name_of(int fd, char *name)
{
	unsigned int newest = 0;
	char number[IF_NAMESIZE];
	int i;

	if (!ioctl(fd, SIOCGIFNAME, name))
		return;
	for (i = 0; i < 16; i++) {
		snprintf(number, sizeof(number), "mctpserial%d", i);
		if (if_nametoindex(number) <= newest)
			continue;
		newest = if_nametoindex(number);
		strcpy(name, number);
	}
	if (!newest)
		die("a line has no device");
}

/* An end of the line becomes a device, that is set up. */
static void attach(int fd, char *name, long mtu, unsigned int net, uint8_t eid)
{
	int discipline = N_MCTP;

	must(ioctl(fd, TIOCSETD, &discipline), "the discipline");
	name_of(fd, name);
	must(link_mtu(name, mtu), "MTU");
	must(link_net(name, net), "a network");
	must(link_up(name), "up");
	must(addr_add(name, eid), "an EID");
}

/* Near in network 1 and far in network 2 of one namespace */
static void ends_are(struct pair *p, int a, int b, long mtu)
{
	char near[IF_NAMESIZE], far[IF_NAMESIZE];

	attach(a, near, mtu, 1, NEAR_EID);
	attach(b, far, mtu, 2, FAR_EID);
	must(route_add(near, FAR_EID, FAR_EID, 0), "a route");
	must(route_add(far, NEAR_EID, NEAR_EID, 0), "a route");

	memset(p, 0, sizeof(*p));
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(2, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	pair_to(p, FAR_EID, 1);
}

static void terminal_new(int *master, int *slave)
{
	struct termios tio;
	char path[64];

	*master = must(posix_openpt(O_RDWR | O_NOCTTY), "a pseudo terminal");
	must(grantpt(*master) ?: unlockpt(*master), "a pseudo terminal");
	must(-ptsname_r(*master, path, sizeof(path)), "its name");
	*slave = must(open(path, O_RDWR | O_NOCTTY), "its other end");
	must(tcgetattr(*slave, &tio), "the mode");
	cfmakeraw(&tio);
	must(tcsetattr(*slave, TCSANOW, &tio), "the mode");
}

static void line_new(struct pair *p, long mtu)
{
	int master, slave;

	terminal_new(&master, &slave);
	ends_are(p, master, slave, mtu);
}

struct relay {
	int	from;
	int	to;
};

static void *relay(void *ctx)
{
	const struct relay *r = ctx;
	char bytes[4096], *at;
	ssize_t n, put;

	while ((n = read(r->from, bytes, sizeof(bytes))) > 0)
		for (at = bytes; n; at += put, n -= put)
			put = must(write(r->to, at, n), "the line takes no more");
	return NULL;
}

static void joined_new(struct pair *p, long mtu)
{
	static struct relay way[2];
	pthread_t thread;
	int slaves[2], i;

	/* the kernel's own makes its devices there, whoever asks */
	must(setns(must(open("/proc/1/ns/net", O_RDONLY), "the first namespace"),
		   CLONE_NEWNET), "the first namespace");
	for (i = 0; i < 2; i++) {
		terminal_new(&way[i].from, &slaves[i]);
		way[!i].to = way[i].from;
	}
	for (i = 0; i < 2; i++)
		if (pthread_create(&thread, NULL, relay, &way[i]))
			die("no thread");
	ends_are(p, slaves[0], slaves[1], mtu);
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

#define MEASURE(measure, line, takes, mtu)			\
static void measure(const char *name, long size)		\
{								\
	struct pair p;						\
								\
	line(&p, mtu);						\
	p.size = size;						\
	takes(name, round_trip, &p);				\
}

MEASURE(mtu_68, line_new, count_op, 68)
MEASURE(mtu_255, line_new, count_op, 255)
MEASURE(rate_68, line_new, rate_op, 68)
MEASURE(rate_255, line_new, rate_op, 255)
MEASURE(joined_68, joined_new, rate_op, 68)

const struct measure serial_measures[] = {
	{ "serial-68", mtu_68, sizes, 4, true },
	{ "serial-255", mtu_255, sizes, 4, true },
	{ "rate-serial-68", rate_68, sizes, 4, true },
	{ "rate-serial-255", rate_255, sizes, 4, true },
	{ "rate-joined-68", joined_68, sizes, 4, false },
	{ },
};
