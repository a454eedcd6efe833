// SPDX-License-Identifier: GPL-2.0
/*
 * recvmsg(): what it tells of a message, its flags, and waiting for one.
 */
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <signal.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(recv) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(recv)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(recv)
{
}

TEST_F(recv, recv_fills_the_whole_address)
{
	struct sockaddr_mctp from, want;
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	int fd = sock_new();
	char got[4];
	uint8_t tag;

	self->to.smctp_type = TYPE | IC;
	self->to.smctp_network = MCTP_NET_ANY;
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from(receiver, got, sizeof(got), &from));
	tag = from.smctp_tag & MCTP_TAG_MASK;
	want = addr_of(1, EID, TYPE | IC, tag | OWNER);
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));

	from.smctp_tag = tag;
	ASSERT_EQ(1, send_to(receiver, &from, "a", 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	want = addr_of(1, EID, TYPE | IC, tag);
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
}

TEST_F(recv, messages_of_every_size_go_and_come_back_equal)
{
	static const size_t sizes[] = { 0, 1, 2, 63, 64, 65, 4095, 4096, 4097,
					32768, DATA_MAX };
	static uint8_t data[DATA_MAX], got[DATA_MAX + 1];
	struct sockaddr_mctp from;
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ssize_t len = sizes[i];

		pattern(data, len, i);
		ASSERT_EQ(len, send_to(fd, &self->to, data, len));
		memset(got, 0, sizeof(got));
		ASSERT_EQ(len, recv_from(receiver, got, sizeof(got), &from));
		EXPECT_TRUE(pattern_is(got, len, i));

		from.smctp_tag &= MCTP_TAG_MASK;
		pattern(data, len, ~i);
		ASSERT_EQ(len, send_to(receiver, &from, data, len));
		ASSERT_EQ(len, recv_from(fd, got, sizeof(got), NULL));
		EXPECT_TRUE(pattern_is(got, len, ~i));
	}
	EXPECT_EQ(2 * (long)ARRAY_SIZE(sizes),
		  stats_rise(&self->before, "local_messages"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(recv, peek_leaves_the_message)
{
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[8];

	ASSERT_EQ(3, send_to(fd, &self->to, "one", 3));
	ASSERT_EQ(3, send_to(fd, &self->to, "two", 3));
	EXPECT_EQ(3, recv(receiver, got, sizeof(got),
			  MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(3, recv(receiver, got, sizeof(got),
			  MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(0, memcmp(got, "one", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "one", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "two", 3));
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(recv, short_buffer_cuts_the_message_and_says_so)
{
	char got[8] = "";
	struct iovec iov = { .iov_base = got, .iov_len = 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();

	ASSERT_EQ(6, send_to(fd, &self->to, "sixsix", 6));
	EXPECT_EQ(4, recvmsg(receiver, &msg, MSG_DONTWAIT));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags & MSG_TRUNC);
	EXPECT_EQ(0, memcmp(got, "sixs\0\0\0\0", 8));

	ASSERT_EQ(6, send_to(fd, &self->to, "sixsix", 6));
	EXPECT_EQ(6, recvmsg(receiver, &msg, MSG_DONTWAIT | MSG_TRUNC));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags & MSG_TRUNC);

	/* a buffer that fits is no cut; the rest of a cut one is gone */
	ASSERT_EQ(4, send_to(fd, &self->to, "four", 4));
	EXPECT_EQ(4, recvmsg(receiver, &msg, MSG_DONTWAIT | MSG_TRUNC));
	EXPECT_EQ(0, msg.msg_flags & MSG_TRUNC);
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(recv, peek_with_trunc_tells_the_length_and_leaves_the_message)
{
	int receiver = sock_bound(1, EID, TYPE);
	char got[8];

	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	EXPECT_EQ(6, recv(receiver, got, 2, MSG_PEEK | MSG_TRUNC));
	EXPECT_EQ(6, recv(receiver, NULL, 0, MSG_PEEK | MSG_TRUNC));
	EXPECT_EQ(2, recv(receiver, got, 2, MSG_PEEK));
	EXPECT_EQ(6, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "sixsix", 6));
}

TEST_F(recv, a_message_of_no_bytes_is_one_nevertheless)
{
	static const uint8_t payload[] = { TYPE };
	int bus = tun_bus("bus", 20, 20);
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	struct sockaddr_mctp from, want = addr_of(1, 20, TYPE, TO | 2);
	char got[4];

	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus", 10));
	ASSERT_EQ(0, tun_send(bus, 10, 20, WHOLE | TO | 2, payload, 1));
	ASSERT_EQ(0, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
	ASSERT_EQ(0, send_to(sock_new(), &self->to, NULL, 0));
	ASSERT_EQ(0, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(EID, from.smctp_addr.s_addr);
	EXPECT_EQ(-1, recv(receiver, got, sizeof(got), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_DROPS(&self->before, "");
}

TEST_F(recv, a_place_for_the_address_that_is_short_is_not_overrun)
{
	struct {
		struct sockaddr_mctp	base;
		uint8_t			guard[64];
	} from;
	int receiver = sock_bound(1, EID, TYPE), i;
	char got[4];

	for (i = 0; i < 2; i++) {
		/* the length is that of what there was to tell */
		socklen_t want = i ? sizeof(struct sockaddr_mctp_ext) :
				     sizeof(struct sockaddr_mctp);
		socklen_t len = sizeof(from.base);

		ASSERT_EQ(0, sock_ext(receiver, i));
		memset(&from, 0xaa, sizeof(from));
		ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
		ASSERT_EQ(1, recvfrom(receiver, got, sizeof(got), MSG_DONTWAIT,
				      (void *)&from, &len));
		EXPECT_EQ(want, len);
		EXPECT_EQ(EID, from.base.smctp_addr.s_addr);
		EXPECT_EQ(0xaa, from.guard[0]);

		memset(&from, 0xaa, sizeof(from));
		len = sizeof(from.base.smctp_family);
		ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
		ASSERT_EQ(1, recvfrom(receiver, got, sizeof(got), MSG_DONTWAIT,
				      (void *)&from, &len));
		EXPECT_EQ(want, len);
		EXPECT_EQ(AF_MCTP, from.base.smctp_family);
		EXPECT_EQ(0xaaaa, from.base.__smctp_pad0);
	}
}

TEST_F(recv, recv_of_nothing_without_waiting_is_eagain)
{
	int fd = sock_bound(1, EID, TYPE);
	char got[4];

	EXPECT_EQ(-1, recv(fd, got, sizeof(got), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-1, recv(fd, got, sizeof(got), 0));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(recv, recv_with_unknown_flags_is_eopnotsupp)
{
	static const int flags[] = {
		MSG_OOB, MSG_DONTROUTE, MSG_CTRUNC, MSG_PROXY, MSG_EOR,
		MSG_WAITALL, MSG_FIN, MSG_SYN, MSG_CONFIRM, MSG_RST,
		MSG_ERRQUEUE, MSG_MORE, MSG_ZEROCOPY, MSG_FASTOPEN,
	};
	int receiver = sock_bound(1, EID, TYPE);
	char got[4];
	size_t i;

	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(-1, recv(receiver, got, sizeof(got), flags[i]));
		EXPECT_EQ(EOPNOTSUPP, errno);
	}
	EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
}

/* Waiting */

/* select() that does not wait. The C library's needs times of 32 bits in 32-bit
 * programs, which a kernel may be built without.
 */
static int select_now(int fd)
{
	int64_t now[2] = { };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
#ifdef SYS_pselect6_time64
	return syscall(SYS_pselect6_time64, fd + 1, &set, NULL, NULL, now,
		       NULL);
#else
	return syscall(SYS_pselect6, fd + 1, &set, NULL, NULL, now, NULL);
#endif
}

TEST_F(recv, poll_and_select_tell_of_a_message)
{
	int receiver = sock_bound(1, EID, TYPE);

	EXPECT_FALSE(sock_polls(receiver, POLLIN, 0));
	EXPECT_TRUE(sock_polls(receiver, POLLOUT, 0));
	EXPECT_EQ(0, select_now(receiver));

	ASSERT_EQ(0, send_to(sock_new(), &self->to, NULL, 0));
	EXPECT_TRUE(sock_polls(receiver, POLLIN, WAIT_MS));
	EXPECT_EQ(1, select_now(receiver));
	EXPECT_EQ(1, recv_none(receiver));
	EXPECT_FALSE(sock_polls(receiver, POLLIN, 0));
}

TEST_F(recv, epoll_edge_comes_once_a_message)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET }, got;
	int receiver = sock_bound(1, EID, TYPE);
	int ep = epoll_create1(0);
	int fd = sock_new();

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, receiver, &ev));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, WAIT_MS));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, WAIT_MS));
}

TEST_F(recv, a_sleeping_recv_and_a_sleeping_poll_wake_up)
{
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[4];
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(recv(receiver, got, sizeof(got), 0) == 3 ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(3, send_to(fd, &self->to, "abc", 3));
	EXPECT_EQ(0, child_wait(pid));

	pid = fork();
	if (!pid)
		_exit(sock_polls(receiver, POLLIN, 4 * WAIT_MS) ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(3, send_to(fd, &self->to, "abc", 3));
	EXPECT_EQ(0, child_wait(pid));
}

TEST_F(recv, a_sleeping_recv_wakes_up_when_the_last_packet_has_come)
{
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	int bus = tun_bus("bus", 20, 20);
	uint8_t payload[BTU] = { TYPE };
	char got[256];
	pid_t pid;

	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus", 10));
	pid = fork();
	if (!pid)
		_exit(recv(receiver, got, sizeof(got), 0) == 2 * BTU - 1 ? 0 :
		      1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, tun_send(bus, 10, 20, SOM | TO, payload, BTU));
	ASSERT_EQ(0, child_sleeps(pid));
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	ASSERT_EQ(0, tun_send(bus, 10, 20, EOM | SEQ(1) | TO, payload, BTU));
	EXPECT_EQ(0, child_wait(pid));
}

static void on_signal(int signal)
{
}

/* A recv that sleeps, and is sent a signal: what it returned, or its error */
static int recv_signalled(int receiver, int flags)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = flags };
	char got[4];
	ssize_t n;
	pid_t pid;

	pid = fork();
	if (!pid) {
		sigaction(SIGUSR1, &act, NULL);
		n = recv(receiver, got, sizeof(got), 0);
		_exit(n < 0 ? errno : 100 + n);
	}
	if (child_sleeps(pid) || kill(pid, SIGUSR1))
		return -EIO;
	/* one that goes on after the signal is brought to its end by data */
	if (flags & SA_RESTART) {
		struct sockaddr_mctp to = addr_of(1, EID, TYPE, OWNER);

		if (child_sleeps(pid) ||
		    send_to(sock_new(), &to, "abc", 3) != 3)
			return -EIO;
	}
	return child_wait(pid);
}

TEST_F(recv, a_signal_ends_a_sleeping_recv)
{
	EXPECT_EQ(EINTR, recv_signalled(sock_bound(1, EID, TYPE), 0));
}

TEST_F(recv, a_sleeping_recv_goes_on_after_a_signal_with_sa_restart)
{
	EXPECT_EQ(103, recv_signalled(sock_bound(1, EID, TYPE), SA_RESTART));
}

TEST_F(recv, so_rcvtimeo_bounds_a_recv)
{
	struct timeval tv = { .tv_usec = 200000 };
	int fd = sock_bound(1, EID, TYPE);
	long start = now_ms();
	char got[4];

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	EXPECT_EQ(-1, recv(fd, got, sizeof(got), 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(150, now_ms() - start);
}

TEST_HARNESS_MAIN
