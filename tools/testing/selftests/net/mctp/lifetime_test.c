// SPDX-License-Identifier: GPL-2.0
/*
 * Things go away again and again while messages go both ways: devices, modules,
 * namespaces, addresses, routes, networks, serial lines. After each time
 * messages go again, none has come to a socket that it is not for, and in the
 * end all memory is back.
 *
 *   MCTP_SECONDS=N   for all of it, and a thousand times each at least, or ten on
 *                    a kernel that checks itself (default: as often as a short
 *                    run allows)
 */
#include <net/if.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "mctp_test.h"

#define MS		800	/* of each case in a short run */
#define CASES		8
#define LEAST		3
#define TIMES		1000
#define TIMES_SLOW	10
#define SIDES		2
#define LINES		2	/* of requests each way */
#define LEN		200	/* four packets at the least MTU */
#define ANSWER_MS	20
#define ANSWER_MS_MOST	1000
#define MAGIC		0x4d435450
#define PROC		"/proc/thread-self/net/mctp/"
/* Of what a thousand leaks of a page would be more */
#define SLACK_KB	3000

/* EIDs of the two sides: each line has its own at the other side, so that no
 * answer that comes late can be one to somebody else
 */
#define EID(side, line)	(10 + 10 * (side) + (line))
#define TYPE(side, line) (0x10 + 2 * (side) + (line))

struct message {
	uint32_t	magic, side, line, seq;
	uint8_t		fill[LEN - 16];
};

/* Who asks, or who answers, on a line */
struct talker {
	pthread_t	thread;
	bool		asks;
	int		side, line;
	int		ns;
	unsigned long	rounds, wrong;
	char		why[120];
};

static bool over;

FIXTURE(lifetime) {
	int		ns[SIDES];
	struct talker	talker[SIDES * LINES * 2];
	int		nr_talkers;
	long		began;
	int		times;
	long		kb;		/* available, after a while */
	int		tun;
	struct pty	pty[SIDES];
};

#define SELF FIXTURE_DATA(lifetime) *self

static void wrong(struct talker *t, const struct message *m,
		  const struct sockaddr_mctp *from, ssize_t n)
{
	if (t->wrong++)
		return;
	snprintf(t->why, sizeof(t->why),
		 "side %d line %d has %zd bytes of side %u line %u from %u, type %#x",
		 t->side, t->line, n, m->side, m->line, from->smctp_addr.s_addr,
		 from->smctp_type);
}

/* What has come is for this socket; false: nothing has */
static bool take(struct talker *t, int fd, struct message *m,
		 struct sockaddr_mctp *from)
{
	int side = t->asks ? t->side : !t->side;
	socklen_t len = sizeof(*from);
	ssize_t n;

	n = recvfrom(fd, m, sizeof(*m), MSG_DONTWAIT | MSG_TRUNC, (void *)from,
		     &len);
	if (n < 0)
		return false;
	if (n != sizeof(*m) || m->magic != MAGIC || (int)m->side != side ||
	    (int)m->line != t->line || from->smctp_type != TYPE(side, t->line) ||
	    (t->asks && from->smctp_addr.s_addr != EID(!side, t->line)))
		wrong(t, m, from, n);
	return true;
}

static void *ask(void *arg)
{
	struct talker *t = arg;
	struct message m = { 0 }, got;
	struct sockaddr_mctp to = addr_of(1, EID(!t->side, t->line),
					  TYPE(t->side, t->line), OWNER), from;
	int fd, seq = 0, wait = ANSWER_MS;

	ns_enter(t->ns);
	fd = sock_new();
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		m = (struct message) { MAGIC, t->side, t->line, ++seq };
		send_to(fd, &to, &m, sizeof(m));
		if (!sock_polls(fd, POLLIN, wait)) {
			/* its tag would be out for 6 s */
			close(fd);
			fd = sock_new();
			/* a machine that is slower than that has a way to answer, too */
			wait = wait < ANSWER_MS_MOST ? 2 * wait : wait;
			continue;
		}
		wait = ANSWER_MS;
		while (take(t, fd, &got, &from)) {
			if ((int)got.seq > seq)
				wrong(t, &got, &from, 0);
			__atomic_add_fetch(&t->rounds, 1, __ATOMIC_RELAXED);
		}
	}
	close(fd);
	return NULL;
}

static void *answer(void *arg)
{
	struct talker *t = arg;
	struct sockaddr_mctp from;
	struct message m;
	int fd;

	ns_enter(t->ns);
	fd = sock_bound(1, MCTP_ADDR_ANY, TYPE(!t->side, t->line));
	if (fd < 0)
		t->wrong++;
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		sock_polls(fd, POLLIN, ANSWER_MS);
		while (take(t, fd, &m, &from)) {
			from.smctp_tag &= MCTP_TAG_MASK;
			send_to(fd, &from, &m, sizeof(m));
		}
	}
	close(fd);
	return NULL;
}

static int start(SELF, int side, bool asks)
{
	int line;

	for (line = 0; line < LINES; line++) {
		struct talker *t = &self->talker[self->nr_talkers++];

		*t = (struct talker) {
			.asks = asks, .side = side, .line = line,
			.ns = self->ns[side],
		};
		if (pthread_create(&t->thread, NULL, asks ? ask : answer, t))
			return -EAGAIN;
	}
	return 0;
}

static int start_both(SELF)
{
	return start(self, 0, false) ?: start(self, 1, false) ?:
	       start(self, 0, true) ?: start(self, 1, true);
}

/* Each that asks has an answer anew; @work is done meanwhile */
static bool flows(SELF, int (*work)(SELF))
{
	unsigned long rounds[ARRAY_SIZE(self->talker)];
	long end = now_ms() + WAIT_MS;
	bool all;
	int i;

	for (i = 0; i < self->nr_talkers; i++)
		rounds[i] = __atomic_load_n(&self->talker[i].rounds,
					    __ATOMIC_RELAXED);
	do {
		if (work)
			work(self);
		else
			pause_ms(1);
		all = true;
		for (i = 0; i < self->nr_talkers; i++)
			all &= !self->talker[i].asks || rounds[i] !=
			       __atomic_load_n(&self->talker[i].rounds,
					       __ATOMIC_RELAXED);
	} while (!all && now_ms() < end);
	return all;
}

static long available_kb(void)
{
	return atol(file_line("/proc/meminfo", "MemAvailable:") +
		    strlen("MemAvailable:"));
}

/* Once more? */
static bool more(SELF)
{
	unsigned long seconds = setting("MCTP_SECONDS", 0);
	long ms = seconds ? seconds * 1000 / CASES : MS;
	int least = !seconds ? LEAST : slow_kernel() ? TIMES_SLOW : TIMES;

	if (!self->began)
		self->began = now_ms();
	if (self->times == least / 2)
		self->kb = available_kb();
	if (self->times >= least && now_ms() - self->began > ms)
		return false;
	return ++self->times;
}

static int side_new(SELF, int side)
{
	int err = ns_new();

	self->ns[side] = err ?: ns_fd();
	return self->ns[side] < 0 ? self->ns[side] : 0;
}

/* Addresses and routes of a side's device, which is up then */
static int side_up(SELF, int side, const char *dev)
{
	int line, err = ns_enter(self->ns[side]);

	for (line = 0; line < LINES && !err; line++)
		err = addr_add(dev, EID(side, line)) ?:
		      route_add(dev, EID(!side, line), EID(!side, line), 0);
	return err ?: link_up(dev);
}

static int pair_up(SELF)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	pair.peer_ns = self->ns[1];
	return ns_enter(self->ns[0]) ?: vmctp_add(&pair) ?:
	       side_up(self, 1, "far") ?: side_up(self, 0, "near");
}

FIXTURE_SETUP(lifetime)
{
	over = false;
	ASSERT_EQ(0, side_new(self, 1));
	ASSERT_EQ(0, side_new(self, 0));
	self->tun = -1;
}

FIXTURE_TEARDOWN(lifetime)
{
}

static void finish(struct __test_metadata *_metadata, SELF, const char *what)
{
	unsigned long rounds = 0;
	int i;

	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (i = 0; i < self->nr_talkers; i++) {
		struct talker *t = &self->talker[i];

		pthread_join(t->thread, NULL);
		rounds += t->rounds;
		EXPECT_EQ(0, t->wrong)
			TH_LOG("%s", t->why);
	}
	for (i = 0; i < SIDES; i++) {
		ASSERT_EQ(0, ns_enter(self->ns[i]));
		EXPECT_EQ(1, file_wait(PROC "sockets", "", 1));
		EXPECT_EQ(1, file_wait(PROC "tags", "", 1));
		EXPECT_EQ(1, file_wait(PROC "reassembly", "", 1));
	}
	TH_LOG("%s: %d times under %lu round trips in %ld ms; %ld KB less memory than half way",
	       what, self->times, rounds, now_ms() - self->began,
	       self->kb - available_kb());
	/* a kernel that checks itself keeps what has been freed for a while */
	if (!slow_kernel())
		EXPECT_GT(SLACK_KB, self->kb - available_kb());
}

#define LIFETIME(name) \
	TEST_F_TIMEOUT(lifetime, name, 7 * 86400)

LIFETIME(a_pair_is_removed_and_made)
{
	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		ASSERT_TRUE(flows(self, NULL));
		ASSERT_EQ(0, ns_enter(self->ns[self->times % 2]));
		ASSERT_EQ(0, link_del(self->times % 2 ? "far" : "near"));
		ASSERT_EQ(0, pair_up(self));
	}
	ASSERT_TRUE(flows(self, NULL));
	finish(_metadata, self, "removal of a pair");
}

LIFETIME(the_driver_of_a_pair_is_unloaded_and_loaded)
{
	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		ASSERT_TRUE(flows(self, NULL));
		ASSERT_EQ(0, syscall(SYS_delete_module, "vmctp", O_NONBLOCK));
		ASSERT_EQ(0, system("modprobe vmctp"));
		ASSERT_EQ(0, pair_up(self));
	}
	ASSERT_TRUE(flows(self, NULL));
	finish(_metadata, self, "unloading of vmctp");
}

LIFETIME(addresses_and_routes_go_and_come)
{
	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		int line = self->times % LINES;

		ASSERT_TRUE(flows(self, NULL));
		ASSERT_EQ(0, ns_enter(self->ns[0]));
		ASSERT_EQ(0, addr_del("near", EID(0, line)));
		ASSERT_EQ(0, route_del("near", EID(1, line), EID(1, line)));
		pause_ms(self->times % 3);
		ASSERT_EQ(0, route_add("near", EID(1, line), EID(1, line), 0));
		ASSERT_EQ(0, addr_add("near", EID(0, line)));
	}
	ASSERT_TRUE(flows(self, NULL));
	finish(_metadata, self, "change of addresses and routes");
}

LIFETIME(a_link_changes_its_network_and_comes_back)
{
	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		ASSERT_TRUE(flows(self, NULL));
		ASSERT_EQ(0, ns_enter(self->ns[0]));
		ASSERT_EQ(0, link_net("near", 2));
		ASSERT_EQ(0, link_net("near", 1));
		ASSERT_EQ(0, side_up(self, 0, "near"));
	}
	ASSERT_TRUE(flows(self, NULL));
	finish(_metadata, self, "change of network");
}

/* A TUN device; this program is what is behind it, and sends back what comes */

static int tun_echo(SELF)
{
	uint8_t packet[256], eid;
	ssize_t n;

	sock_polls(self->tun, POLLIN, 1);
	while ((n = tun_take(self->tun, packet, sizeof(packet))) > HDR_LEN) {
		eid = packet[1];
		packet[1] = packet[2];
		packet[2] = eid;
		packet[3] &= ~TO;
		tun_raw(self->tun, packet, n);
	}
	return 0;
}

static int tun_up(SELF)
{
	int err = ns_enter(self->ns[0]);

	self->tun = err ?: tun_new("bus0");
	if (self->tun < 0)
		return self->tun;
	return side_up(self, 0, "bus0");
}

LIFETIME(a_tun_device_is_closed_and_opened)
{
	ASSERT_EQ(0, tun_up(self));
	ASSERT_EQ(0, start(self, 0, true));
	while (more(self)) {
		ASSERT_TRUE(flows(self, tun_echo));
		close(self->tun);
		ASSERT_EQ(0, tun_up(self));
	}
	ASSERT_TRUE(flows(self, tun_echo));
	close(self->tun);
	finish(_metadata, self, "removal of a TUN device");
}

/* The other side is a namespace that ends with its last socket */

static int guest_fd[LINES];

static int guest_echo(SELF)
{
	struct sockaddr_mctp from;
	struct message m;
	int line;

	for (line = 0; line < LINES; line++) {
		struct talker t = { .side = 1, .line = line };

		sock_polls(guest_fd[line], POLLIN, 1);
		while (take(&t, guest_fd[line], &m, &from)) {
			from.smctp_tag &= MCTP_TAG_MASK;
			send_to(guest_fd[line], &from, &m, sizeof(m));
		}
		if (t.wrong)
			return -EPROTO;
	}
	return 0;
}

static int guest_up(SELF)
{
	int line, err;

	close(self->ns[1]);
	err = side_new(self, 1) ?: pair_up(self) ?: ns_enter(self->ns[1]);
	for (line = 0; line < LINES && !err; line++) {
		guest_fd[line] = sock_bound(1, MCTP_ADDR_ANY, TYPE(0, line));
		err = guest_fd[line] < 0 ? guest_fd[line] : 0;
	}
	return err ?: ns_enter(self->ns[0]);
}

static void guest_down(SELF)
{
	int line;

	for (line = 0; line < LINES; line++)
		close(guest_fd[line]);
	close(self->ns[1]);
	self->ns[1] = dup(self->ns[0]);
}

static bool link_is_gone(const char *dev)
{
	long end = now_ms() + WAIT_MS;

	while (if_nametoindex(dev) && now_ms() < end)
		pause_ms(1);
	return !if_nametoindex(dev);
}

LIFETIME(a_namespace_ends)
{
	ASSERT_EQ(0, guest_up(self));
	ASSERT_EQ(0, start(self, 0, true));
	while (more(self)) {
		ASSERT_TRUE(flows(self, guest_echo));
		guest_down(self);
		ASSERT_TRUE(link_is_gone("near"));
		ASSERT_EQ(0, guest_up(self));
	}
	ASSERT_TRUE(flows(self, guest_echo));
	guest_down(self);
	finish(_metadata, self, "end of a namespace");
}

/* Serial lines, one a side; this program is the cable between them */

static int line_echo(SELF)
{
	struct pollfd pfd[SIDES] = {
		{ .fd = self->pty[0].master, .events = POLLIN },
		{ .fd = self->pty[1].master, .events = POLLIN },
	};
	char buf[4096];
	ssize_t n;
	int i;

	poll(pfd, SIDES, 1);
	for (i = 0; i < SIDES; i++) {
		n = read(self->pty[i].master, buf, sizeof(buf));
		if (n > 0)
			wire_write(self->pty[!i].master, buf, n);
	}
	return 0;
}

static int line_up(SELF, int side)
{
	char name[IFNAMSIZ];
	int err = ns_enter(self->ns[side]);

	return err ?: pty_new(&self->pty[side]) ?:
	       pty_attach(&self->pty[side], name) ?: side_up(self, side, name);
}

static void line_down(SELF, int side)
{
	close(self->pty[side].master);
	close(self->pty[side].line);
}

LIFETIME(a_serial_line_is_hung_up)
{
	ASSERT_EQ(0, line_up(self, 0));
	ASSERT_EQ(0, line_up(self, 1));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		int side = self->times % SIDES;

		ASSERT_TRUE(flows(self, line_echo));
		line_down(self, side);
		ASSERT_EQ(0, line_up(self, side));
	}
	ASSERT_TRUE(flows(self, line_echo));
	line_down(self, 0);
	line_down(self, 1);
	finish(_metadata, self, "hang-up");
}

LIFETIME(the_driver_of_lines_is_unloaded_and_loaded)
{
	ASSERT_EQ(0, line_up(self, 0));
	ASSERT_EQ(0, line_up(self, 1));
	ASSERT_EQ(0, start_both(self));
	while (more(self)) {
		ASSERT_TRUE(flows(self, line_echo));
		line_down(self, 0);
		line_down(self, 1);
		ASSERT_EQ(0, syscall(SYS_delete_module, "mctp_serial",
				     O_NONBLOCK));
		/* the first line loads it */
		ASSERT_EQ(0, line_up(self, 0));
		ASSERT_EQ(0, line_up(self, 1));
	}
	ASSERT_TRUE(flows(self, line_echo));
	line_down(self, 0);
	line_down(self, 1);
	finish(_metadata, self, "unloading of mctp-serial");
}

TEST_HARNESS_MAIN
