// SPDX-License-Identifier: GPL-2.0
/*
 * Serial lines as what they are: hundreds at once, hung up in the midst of a
 * frame, asked for their names while these change, and taken by another
 * discipline while they are busy.
 *
 * What is fed here are frames of the contract, byte for byte, and what is sent
 * are messages of one packet: serial_test.c has the rules of framing.
 */
#include <net/if.h>
#include <sys/resource.h>
#include <signal.h>

#include "mctp_test.h"

#define LOCAL		8
#define PEER		9
#define TYPE		0x01
#define LINES		200
#define LINES_SLOW	30
#define STEP		29	/* every so many are talked to */
#define N_TTY_		0
#define N_MCTP_		28

/* To 8 from 9, TO, tag 0, type 0 and a byte */
static const uint8_t frame[] = {
	0x7e, 0x01, 0x06, 0x01, 0x08, 0x09, 0xc8, 0x00, 0x55, 0xcb, 0xe6, 0x7e
};

/* The same with two bytes, and the length of its packet */
static const uint8_t longer[] = {
	0x7e, 0x01, 0x07, 0x01, 0x08, 0x09, 0xc8, 0x00, 0x55, 0x66, 0x05, 0x7c,
	0x7e
};

#define LONGER_PACKET	7
/* What a message of one byte is on the wire; its bytes need no escape */
#define SENT_LEN	12

static int discipline_set(int line, int discipline)
{
	return ioctl(line, TIOCSETD, &discipline) ? -errno : 0;
}

/* The name that the line tells */
static const char *name_of(int line)
{
	static char name[IFNAMSIZ];

	memset(name, 0, sizeof(name));
	return ioctl(line, SIOCGIFNAME, name) ? "" : name;
}

/* As `ip link set OLD name NEW` */
static int name_set(const char *old, const char *new)
{
	struct ifreq ifr = { };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int err = 0;

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", old);
	snprintf(ifr.ifr_newname, IFNAMSIZ, "%s", new);
	if (ioctl(fd, SIOCSIFNAME, &ifr))
		err = -errno;
	close(fd);
	return err;
}

static bool gone(const char *name)
{
	long end = now_ms() + WAIT_MS;

	while (if_nametoindex(name) && now_ms() < end)
		pause_ms(5);
	return !if_nametoindex(name);
}

static long long received(const char *name)
{
	struct link_info info;

	return link_get(name, &info) ? -1 : (long long)info.stats.rx_packets;
}

/* received() becomes this; the last figure */
static long long wait_received(const char *name, long long n)
{
	long end = now_ms() + WAIT_MS;
	long long is;

	while ((is = received(name)) != n && now_ms() < end)
		pause_ms(2);
	return is;
}

FIXTURE(lines) {
	struct pty pty;
	char name[IFNAMSIZ];
	struct sockaddr_mctp to;
	int fd;
	uint8_t got[65536];
};

FIXTURE_SETUP(lines)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, pty_attach(&self->pty, self->name));
	ASSERT_EQ(0, link_up(self->name));
	ASSERT_EQ(0, addr_add(self->name, LOCAL));
	ASSERT_EQ(0, route_add(self->name, PEER, PEER, 0));
	self->to = addr_of(1, PEER, TYPE, 1);
	self->fd = sock_new();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(lines)
{
}

/* Carrier */

TEST_F(lines, the_carrier_is_there_from_open_to_hang_up)
{
	const uint32_t live = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
	struct link_info info;

	ASSERT_EQ(0, link_get(self->name, &info));
	EXPECT_EQ(live, info.flags & live);
	/* down and up again: as a line that is open it has its carrier */
	ASSERT_EQ(0, link_down(self->name));
	ASSERT_EQ(0, link_get(self->name, &info));
	EXPECT_EQ(0u, info.flags & (IFF_UP | IFF_RUNNING));
	ASSERT_EQ(0, link_up(self->name));
	ASSERT_EQ(0, link_get(self->name, &info));
	EXPECT_EQ(live, info.flags & live);

	close(self->pty.master);
	EXPECT_TRUE(gone(self->name));
	EXPECT_EQ(-EHOSTUNREACH, send_to(self->fd, &self->to, "x", 1));
	/* a line that is hung up gets no device again */
	EXPECT_NE(0, discipline_set(self->pty.line, N_MCTP_));
	EXPECT_STREQ("", link_find("mctpserial"));
}

/* What listens to links is told when one goes */
TEST_F(lines, a_hang_up_is_notified)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK,
				  .nl_groups = RTMGRP_LINK };
	int nl = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);
	int ifindex = if_nametoindex(self->name);
	const struct nlmsghdr *n = (void *)self->got;
	bool told = false;

	ASSERT_EQ(0, bind(nl, (void *)&sa, sizeof(sa)));
	close(self->pty.master);
	while (!told && sock_polls(nl, POLLIN, WAIT_MS)) {
		ASSERT_LT(0, recv(nl, self->got, sizeof(self->got), 0));
		told = n->nlmsg_type == RTM_DELLINK &&
		       ((struct ifinfomsg *)NLMSG_DATA(n))->ifi_index ==
		       ifindex;
	}
	EXPECT_TRUE(told);
}

/* Many */

struct many {
	struct pty pty[LINES];
	char name[LINES][IFNAMSIZ];
};

TEST_F(lines, many_lines_are_attached_at_once)
{
	struct rlimit files = { .rlim_cur = 4 * LINES, .rlim_max = 4 * LINES };
	int lines = slow_kernel() ? LINES_SLOW : LINES;
	static struct many m;
	uint8_t got[SENT_LEN];
	int i;

	TH_LOG("%d lines", lines);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	for (i = 0; i < lines; i++) {
		ASSERT_EQ(0, pty_new(&m.pty[i]));
		ASSERT_EQ(0, discipline_set(m.pty[i].line, N_MCTP_));
		snprintf(m.name[i], IFNAMSIZ, "%s", name_of(m.pty[i].line));
		ASSERT_EQ(0, link_up(m.name[i]));
	}
	/* each is a line of its own, both ways */
	for (i = 0; i < lines; i += STEP) {
		ASSERT_EQ(0, route_del(i ? m.name[i - STEP] : self->name, PEER,
				       PEER));
		ASSERT_EQ(0, route_add(m.name[i], PEER, PEER, 0));
		ASSERT_EQ(0, addr_add(m.name[i], LOCAL + 2 + i / STEP));
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
		ASSERT_EQ(SENT_LEN, wire_read(m.pty[i].master, got, SENT_LEN));
		EXPECT_EQ(LOCAL + 2 + i / STEP, got[5]);
		ASSERT_EQ(0, wire_write(m.pty[i].master, frame, sizeof(frame)));
		EXPECT_EQ(1, wait_received(m.name[i], 1));
	}
	EXPECT_EQ(0, received(self->name));
	/* half of them by hang-up, the others by their process's end */
	for (i = 0; i < lines; i += 2)
		close(m.pty[i].master);
	for (i = 0; i < lines; i += 2)
		ASSERT_TRUE(gone(m.name[i]));
	for (i = 1; i < lines; i += 2)
		ASSERT_NE(0u, if_nametoindex(m.name[i]));
}

/* Halves */

TEST_F(lines, half_a_frame_does_not_go_on_in_the_next_device)
{
	uint8_t bytes[2 * sizeof(frame)];
	struct link_info info;
	size_t cut;

	memcpy(bytes, frame, sizeof(frame));
	for (cut = 1; cut < sizeof(frame); cut++) {
		/* in one write, so that the half came when the whole one did */
		memcpy(bytes + sizeof(frame), frame, cut);
		ASSERT_EQ(0, wire_write(self->pty.master, bytes,
					sizeof(frame) + cut));
		ASSERT_EQ(1, wait_received(self->name, 1));
		ASSERT_EQ(0, discipline_set(self->pty.line, N_TTY_));
		ASSERT_EQ(0, pty_attach(&self->pty, self->name));
		ASSERT_EQ(0, link_up(self->name));

		ASSERT_EQ(0, wire_write(self->pty.master, frame + cut,
					sizeof(frame) - cut));
		ASSERT_EQ(0, wire_write(self->pty.master, longer,
					sizeof(longer)));
		EXPECT_EQ(1, wait_received(self->name, 1));
		ASSERT_EQ(0, link_get(self->name, &info));
		EXPECT_EQ((unsigned long long)LONGER_PACKET,
			  info.stats.rx_bytes);
		ASSERT_EQ(0, discipline_set(self->pty.line, N_TTY_));
		ASSERT_EQ(0, pty_attach(&self->pty, self->name));
		ASSERT_EQ(0, link_up(self->name));
	}
}

/* Send to a line that nobody reads, until it takes no more */
static int fill_line(FIXTURE_DATA(lines) *self)
{
	static uint8_t data[4096];
	int size = 1, sent = 0;

	if (setsockopt(self->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)))
		return -errno;
	while (sendto(self->fd, data, sizeof(data), MSG_DONTWAIT,
		      (void *)&self->to, sizeof(self->to)) > 0)
		if (++sent == 10000)
			return -EFBIG;
	return errno == EAGAIN && sent ? 0 : -errno;
}

TEST_F(lines, a_hang_up_in_the_midst_of_frames_leaves_nothing)
{
	struct stats before;
	int round;

	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, fill_line(self));
		ASSERT_EQ(0, wire_write(self->pty.master, frame, 4 + round));
		close(self->pty.master);
		ASSERT_TRUE(gone(self->name));
		/* all of its memory is given back to who sent it */
		EXPECT_TRUE(sock_polls(self->fd, POLLOUT, WAIT_MS));
		close(self->pty.line);

		ASSERT_EQ(0, stats_read(&before));
		ASSERT_EQ(0, pty_new(&self->pty));
		ASSERT_EQ(0, pty_attach(&self->pty, self->name));
		ASSERT_EQ(0, link_up(self->name));
		ASSERT_EQ(0, addr_add(self->name, LOCAL));
		ASSERT_EQ(0, route_add(self->name, PEER, PEER, 0));
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
		ASSERT_EQ(SENT_LEN, wire_read(self->pty.master, self->got,
					      SENT_LEN));
		EXPECT_EQ(0x7e, self->got[SENT_LEN - 1]);
		EXPECT_DROPS(&before, "");
	}
}

/* Names */

TEST_F(lines, a_line_tells_its_new_name)
{
	EXPECT_STREQ(self->name, name_of(self->pty.line));
	ASSERT_EQ(0, link_down(self->name));
	ASSERT_EQ(0, name_set(self->name, "bmc0"));
	EXPECT_STREQ("bmc0", name_of(self->pty.line));
	ASSERT_EQ(0, name_set("bmc0", "a-name-of-15-ch"));
	EXPECT_STREQ("a-name-of-15-ch", name_of(self->pty.line));
	/* one that is refused changes nothing */
	EXPECT_EQ(-EINVAL, name_set("a-name-of-15-ch", "a/b"));
	EXPECT_STREQ("a-name-of-15-ch", name_of(self->pty.line));
}

/* A device that finds its name taken where it moves to gets another there */
TEST_F(lines, a_line_tells_the_name_it_got_by_a_move)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	int ours = ns_fd(), theirs;
	char name[IFNAMSIZ];
	struct pty other;
	struct nl_req r;
	uint32_t ns;

	ASSERT_EQ(0, ns_new());
	theirs = ns_fd();
	ASSERT_EQ(0, pty_new(&other));
	ASSERT_EQ(0, pty_attach(&other, name));
	ASSERT_STREQ(self->name, name);

	ASSERT_EQ(0, ns_enter(ours));
	header.ifi_index = if_nametoindex(self->name);
	nl_start(&r, RTM_SETLINK, 0, &header, sizeof(header));
	ns = theirs;
	nl_put(&r, IFLA_NET_NS_FD, &ns, sizeof(ns));
	nl_put(&r, IFLA_IFNAME, "moved%d", sizeof("moved%d"));
	ASSERT_EQ(0, nl_do(&r));
	ASSERT_EQ(0, ns_enter(theirs));
	EXPECT_STRNE("", link_find("moved"));
	EXPECT_STREQ(link_find("moved"), name_of(self->pty.line));
	EXPECT_STREQ(name, name_of(other.line));
}

/* The kernel moves it to the first namespace, and names it if it must */
TEST_F(lines, a_line_tells_the_name_it_got_by_its_namespaces_end)
{
	int first = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
	long end = now_ms() + WAIT_MS;
	char name[IFNAMSIZ];
	struct pty other;

	ASSERT_LE(0, first);
	ASSERT_EQ(0, ns_enter(first));
	ASSERT_EQ(0, pty_new(&other));
	ASSERT_EQ(0, discipline_set(other.line, N_MCTP_));
	ASSERT_STREQ(self->name, name_of(other.line));
	/* the last one that was in it */
	close(self->fd);
	do {
		snprintf(name, sizeof(name), "%s", name_of(self->pty.line));
		pause_ms(5);
	} while (!strcmp(name, self->name) && now_ms() < end);
	EXPECT_STRNE(self->name, name);
	EXPECT_NE(0u, if_nametoindex(name));
}

/* A child that does this until it is killed, or until it fails */
static pid_t forever(int (*do_it)(FIXTURE_DATA(lines) *self),
		     FIXTURE_DATA(lines) *self)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (!do_it(self))
		;
	_exit(1);
}

static int set_again(FIXTURE_DATA(lines) *self)
{
	return discipline_set(self->pty.line, N_MCTP_);
}

static int ask(FIXTURE_DATA(lines) *self)
{
	return strcmp(self->name, name_of(self->pty.line));
}

static int configure(FIXTURE_DATA(lines) *self)
{
	(void)self;
	return link_down("lo") ?: link_up("lo");
}

/* The discipline that it has already, over and over: nothing is to change, but
 * each time the line has none for a moment, in which no wake-up comes through.
 * Whoever asks for a name is not to stretch that to as long as others configure.
 */
TEST_F(lines, a_busy_line_goes_on_while_its_discipline_is_set_again)
{
	enum { MESSAGES = 40, SIZE = 4096 };
	/* 65 packets, of 64 bytes each with the type byte, but the last of 1 */
	size_t want = MESSAGES * (64 * (6 + MTU_MIN) + 6 + HDR_LEN + 1), n;
	static uint8_t data[SIZE];
	pid_t busy[3], sender;
	size_t i;

	busy[0] = forever(set_again, self);
	busy[1] = forever(ask, self);
	busy[2] = forever(configure, self);
	sender = fork();
	if (!sender) {
		for (i = 0; i < MESSAGES; i++)
			if (send_to(self->fd, &self->to, data, SIZE) != SIZE)
				_exit(1);
		_exit(0);
	}
	while (want) {
		n = want < 4096 ? want : 4096;
		ASSERT_EQ((ssize_t)n, wire_read(self->pty.master, self->got,
						n));
		want -= n;
	}
	EXPECT_EQ(0, child_wait(sender));
	for (i = 0; i < ARRAY_SIZE(busy); i++) {
		/* all the time */
		EXPECT_EQ(0, waitpid(busy[i], NULL, WNOHANG));
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
}

TEST_HARNESS_MAIN
