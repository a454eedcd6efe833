// SPDX-License-Identifier: GPL-2.0
/*
 * A pseudo terminal of which both ends are MCTP devices: what one sends is at once
 * what the other receives. Messages pass there and back, and whoever floods the line
 * from both ends at once ends, with nothing lost.
 */
#include <net/if.h>
#include <sys/prctl.h>

#include "mctp_test.h"

#define N_MCTP		28
#define TYPE		1
#define ROOM		(16 << 20)

/* More than the line takes, 64 KiB in each direction, and the devices with it */
#define FLOODERS	4
#define FLOOD_LEN	30000

FIXTURE(pair) {
	struct pty pty;
	char name[2][IFNAMSIZ];
	struct stats before;
	uint8_t data[DATA_MAX];
	uint8_t got[DATA_MAX + 1];
};

static int attach(int fd, char *name, unsigned int net, uint8_t eid)
{
	int discipline = N_MCTP, err;

	if (ioctl(fd, TIOCSETD, &discipline) || ioctl(fd, SIOCGIFNAME, name))
		return -errno;
	err = link_net(name, net);
	if (!err)
		err = link_up(name);
	if (!err)
		err = addr_add(name, eid);
	return err;
}

/* EID 8 in network 1 is at one end, EID 9 in network 2 at the other */
FIXTURE_SETUP(pair)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, attach(self->pty.master, self->name[0], 1, 8));
	ASSERT_EQ(0, attach(self->pty.line, self->name[1], 2, 9));
	ASSERT_EQ(0, route_add(self->name[0], 9, 9, 0));
	ASSERT_EQ(0, route_add(self->name[1], 8, 8, 0));
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(pair)
{
}

static int with_room(int fd)
{
	int room = ROOM;

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
				  sizeof(room)))
		return -errno;
	return fd;
}

TEST_F_TIMEOUT(pair, messages_go_there_and_back, 240)
{
	static const uint32_t mtus[] = { 68, 255 };
	static const ssize_t sizes[] = { 0, 1, 63, 64, 4096, 60000, DATA_MAX };
	struct sockaddr_mctp to = addr_of(1, 9, TYPE, OWNER), from;
	int fd = with_room(sock_new());
	int server = with_room(sock_bound(2, 9, TYPE));
	size_t m, s;
	ssize_t n;

	ASSERT_LE(0, server);
	/* 64 KiB there and back can take longer on a debug kernel than a tag lasts
	 * that nobody keeps, and than a partial message may rest
	 */
	to.smctp_tag = tag_alloc(fd, 9);
	ASSERT_TRUE(to.smctp_tag & MCTP_TAG_PREALLOC);
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	for (m = 0; m < ARRAY_SIZE(mtus); m++) {
		ASSERT_EQ(0, link_mtu(self->name[0], mtus[m]));
		ASSERT_EQ(0, link_mtu(self->name[1], mtus[m]));
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			/* once, where a byte costs that much */
			if (slow_kernel() && sizes[s] > 4096 && mtus[m] < 255)
				continue;
			pattern(self->data, sizes[s], s);
			ASSERT_EQ(sizes[s], send_to(fd, &to, self->data,
						    sizes[s]));
			ASSERT_EQ(sizes[s],
				  recv_from(server, self->got,
					    sizeof(self->got), &from));
			ASSERT_TRUE(pattern_is(self->got, sizes[s], s));
			from.smctp_tag &= MCTP_TAG_MASK;
			ASSERT_EQ(sizes[s], send_to(server, &from, self->got,
						    sizes[s]));
			n = recv_from(fd, self->got, sizeof(self->got), NULL);
			EXPECT_DROPS(&self->before, "");
			ASSERT_EQ(sizes[s], n);
			ASSERT_TRUE(pattern_is(self->got, sizes[s], s));
		}
	}
}

/* Answers for as long as the test lives */
static pid_t echo(FIXTURE_DATA(pair) *self, unsigned int net, uint8_t eid)
{
	int fd = with_room(sock_bound(net, eid, TYPE));
	struct sockaddr_mctp from;
	socklen_t len;
	pid_t pid;
	ssize_t n;

	pid = fd < 0 ? -1 : fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, self->got, sizeof(self->got), 0, (void *)&from,
			     &len);
		from.smctp_tag &= MCTP_TAG_MASK;
		if (n < 0 || send_to(fd, &from, self->got, n) != n)
			_exit(1);
	}
}

/* One message, and its answer; what went wrong is the exit status */
static pid_t flood(FIXTURE_DATA(pair) *self, unsigned int net, uint8_t eid,
		   int seed)
{
	struct sockaddr_mctp to = addr_of(net, eid, TYPE, OWNER);
	pid_t pid = fork();
	int fd, tag;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = with_room(sock_new());
	/* there is no saying when the answer is through */
	tag = tag_alloc2(fd, net, eid);
	if (tag < 0)
		_exit(1);
	to.smctp_tag = tag;
	pattern(self->data, FLOOD_LEN, seed);
	if (send_to(fd, &to, self->data, FLOOD_LEN) != FLOOD_LEN)
		_exit(2);
	if (recv_from(fd, self->got, sizeof(self->got), NULL) != FLOOD_LEN)
		_exit(3);
	_exit(pattern_is(self->got, FLOOD_LEN, seed) ? 0 : 4);
}

TEST_F_TIMEOUT(pair, floods_from_both_ends_lose_nothing_and_end, 240)
{
	pid_t pid[2 * FLOODERS];
	pid_t echoes[2];
	int i;

	/* An answer takes longer here than a partial message may rest */
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, link_mtu(self->name[0], 255));
	ASSERT_EQ(0, link_mtu(self->name[1], 255));
	echoes[0] = echo(self, 1, 8);
	echoes[1] = echo(self, 2, 9);
	ASSERT_LT(0, echoes[0]);
	ASSERT_LT(0, echoes[1]);
	for (i = 0; i < 2 * FLOODERS; i++) {
		pid[i] = i % 2 ? flood(self, 2, 8, i) : flood(self, 1, 9, i);
		ASSERT_LT(0, pid[i]);
	}
	for (i = 0; i < 2 * FLOODERS; i++)
		EXPECT_EQ(0, child_wait(pid[i]));
	EXPECT_EQ(0, stats_lost(&self->before));
	kill(echoes[0], SIGKILL);
	kill(echoes[1], SIGKILL);
}

/* Either end goes while both are full */
TEST_F(pair, an_end_that_goes_takes_the_other_out_of_its_way)
{
	struct sockaddr_mctp to[2] = { addr_of(1, 9, TYPE, 1),
				       addr_of(2, 8, TYPE, 1) };
	int fd = sock_new(), discipline = 0, i;

	for (i = 0; i < 200; i++)
		sendto(fd, self->data, 4096, MSG_DONTWAIT, (void *)&to[i % 2],
		       sizeof(to[0]));
	ASSERT_EQ(0, ioctl(self->pty.line, TIOCSETD, &discipline));
	EXPECT_EQ(0, if_nametoindex(self->name[1]));
	EXPECT_NE(0, if_nametoindex(self->name[0]));
	for (i = 0; i < 200; i++)
		sendto(fd, self->data, 4096, MSG_DONTWAIT, (void *)&to[0],
		       sizeof(to[0]));
	/* The master's end hangs the other one up; a pair of terminals, and so a
	 * discipline on either, lasts until both are closed
	 */
	close(self->pty.master);
	EXPECT_EQ(-EIO, ioctl(self->pty.line, TIOCSETD, &discipline) ?
		  -errno : 0);
	close(self->pty.line);
	EXPECT_EQ(0, if_nametoindex(self->name[0]));
}

TEST_HARNESS_MAIN
