// SPDX-License-Identifier: GPL-2.0
/*
 * A device that is slower than the program: what waits for it is charged to the
 * socket, and where its send buffer is full the program waits, or is told so.
 *
 * The device is a serial line. A TUN device is no use here, as it takes packets
 * off their socket when it queues them.
 */
#include <net/if.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include "mctp_test.h"

#define TYPE	0x7e
#define LOCAL	8	/* ours, on the line */
#define PEER	20
#define SIZE	1000	/* of a message */

FIXTURE(full) {
	struct pty pty;
	char name[IFNAMSIZ];
	int fd;				/* its buffer is full */
	struct stats before;
	struct sockaddr_mctp to;	/* an answer: it needs no tag */
	uint8_t data[SIZE];
};

#define SELF FIXTURE_DATA(full) *self

/* As much as the buffer takes; how many messages, or an error */
static int fill(SELF, int fd)
{
	int n = 0;

	while (n < 10000 && sendto(fd, self->data, SIZE, MSG_DONTWAIT,
				   (void *)&self->to, sizeof(self->to)) == SIZE)
		n++;
	return errno == EAGAIN ? n : -errno;
}

static int sock_small(void)
{
	int fd = sock_new(), size = 1;

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				  sizeof(size)))
		return -errno;
	return fd;
}

FIXTURE_SETUP(full)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, pty_attach(&self->pty, self->name));
	ASSERT_EQ(0, link_up(self->name));
	ASSERT_EQ(0, addr_add(self->name, LOCAL));
	ASSERT_EQ(0, route_add(self->name, PEER, PEER + 9, 0));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, 1);
	self->fd = sock_small();
	ASSERT_LE(0, self->fd);
	ASSERT_LT(0, fill(self, self->fd));
}

FIXTURE_TEARDOWN(full)
{
}

static ssize_t send_now(SELF, int flags)
{
	ssize_t n = sendto(self->fd, self->data, SIZE, flags,
			   (void *)&self->to, sizeof(self->to));

	return n < 0 ? -errno : n;
}

static void on_signal(int signal)
{
}

/* A send by a child: its status is the error, or 100 if the message is sent */
static pid_t send_apart(SELF, int sa_flags)
{
	struct sigaction act = {
		.sa_handler = on_signal,
		.sa_flags = sa_flags,
	};
	pid_t pid = fork();
	ssize_t n;

	if (pid)
		return pid;
	sigaction(SIGUSR1, &act, NULL);
	n = send_now(self, 0);
	_exit(n == SIZE ? 100 : -n);
}

#define SENT	100

TEST_F(full, a_send_without_waiting_is_eagain)
{
	EXPECT_EQ(-EAGAIN, send_now(self, MSG_DONTWAIT));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, send_now(self, 0));
	EXPECT_FALSE(sock_polls(self->fd, POLLOUT, 0));
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SIZE, send_now(self, 0));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(full, write_of_a_connected_socket_is_eagain_too)
{
	struct sockaddr_mctp peer = addr_of(1, PEER, TYPE, 0);

	ASSERT_EQ(0, connect_to(self->fd, &peer));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-1, write(self->fd, self->data, SIZE));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, tags_held());
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SIZE, write(self->fd, self->data, SIZE));
	EXPECT_EQ(1, tags_held());
}

TEST_F(full, a_send_sleeps_and_wakes_up_when_there_is_room)
{
	pid_t pid = send_apart(self, 0);

	ASSERT_EQ(0, child_sleeps(pid));
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SENT, child_wait(pid));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(full, a_send_that_sleeps_holds_no_tag_yet)
{
	pid_t pid;

	self->to.smctp_tag = OWNER;
	pid = send_apart(self, 0);
	ASSERT_EQ(0, child_sleeps(pid));
	EXPECT_EQ(0, tags_held());
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SENT, child_wait(pid));
	EXPECT_EQ(1, tags_held());
}

TEST_F(full, so_sndtimeo_bounds_a_send)
{
	struct timeval tv = { .tv_usec = 200000 };
	long start = now_ms();

	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
				sizeof(tv)));
	EXPECT_EQ(-EAGAIN, send_now(self, 0));
	EXPECT_LE(150, now_ms() - start);
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SIZE, send_now(self, 0));
}

TEST_F(full, a_signal_ends_a_sleeping_send)
{
	pid_t pid = send_apart(self, 0);
	long sent = stats_rise(&self->before, "tx_messages");

	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, kill(pid, SIGUSR1));
	EXPECT_EQ(EINTR, child_wait(pid));
	EXPECT_EQ(sent, stats_rise(&self->before, "tx_messages"));
}

TEST_F(full, a_sleeping_send_goes_on_after_a_signal_with_sa_restart)
{
	pid_t pid = send_apart(self, SA_RESTART);

	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, kill(pid, SIGUSR1));
	ASSERT_EQ(0, child_sleeps(pid));
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SENT, child_wait(pid));
}

TEST_F(full, with_so_sndtimeo_a_signal_ends_a_send_in_any_case)
{
	struct timeval tv = { .tv_sec = 100 };
	pid_t pid;

	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
				sizeof(tv)));
	pid = send_apart(self, SA_RESTART);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, kill(pid, SIGUSR1));
	EXPECT_EQ(EINTR, child_wait(pid));
}

TEST_F(full, a_sleeping_poll_and_epoll_wake_up_when_there_is_room)
{
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET }, got;
	int ep = epoll_create1(0);
	pid_t pid;

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &ev));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	pid = fork();
	if (!pid)
		_exit(sock_polls(self->fd, POLLOUT, 4 * WAIT_MS) ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, WAIT_MS));
	EXPECT_EQ((uint32_t)EPOLLOUT, got.events & EPOLLOUT);
}

TEST_F(full, io_uring_sends_when_there_is_room)
{
	struct iovec iov = { .iov_base = self->data, .iov_len = SIZE };
	struct msghdr msg = {
		.msg_name = &self->to,
		.msg_namelen = sizeof(self->to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	struct ring ring;

	ASSERT_EQ(0, ring_new(&ring));
	ASSERT_EQ(0, ring_submit(&ring, IORING_OP_SENDMSG, self->fd, &msg));
	EXPECT_TRUE(ring_waits(&ring));
	ASSERT_EQ(0, wire_drain(self->pty.master, self->fd));
	EXPECT_EQ(SIZE, ring_result(&ring));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(full, a_greater_so_sndbuf_has_room_at_once)
{
	int size = 200000, small = sock_small(), n;

	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
				sizeof(size)));
	EXPECT_TRUE(sock_polls(self->fd, POLLOUT, 0));
	n = fill(self, small);
	EXPECT_LT(0, n);
	EXPECT_LT(n, fill(self, self->fd));
}

TEST_F(full, the_buffer_of_one_socket_is_not_that_of_another)
{
	struct sockaddr_mctp ours = addr_of(1, LOCAL, TYPE, OWNER);
	int other = sock_small(), third = sock_small();
	int receiver = sock_bound(1, LOCAL, TYPE);
	char got[4];

	EXPECT_TRUE(sock_polls(other, POLLOUT, 0));
	EXPECT_EQ(SIZE, send_to(other, &self->to, self->data, SIZE));
	EXPECT_FALSE(sock_polls(self->fd, POLLOUT, 0));
	/* a local message waits for no device */
	EXPECT_EQ(1, send_to(third, &ours, "x", 1));
	EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(-EAGAIN, send_now(self, MSG_DONTWAIT));
}

TEST_F(full, what_a_closed_socket_has_sent_goes_out_still)
{
	unsigned long long packets = stats_rise(&self->before, "tx_packets");
	long end = now_ms() + WAIT_MS;
	struct link_info info;
	uint8_t bytes[256];

	ASSERT_EQ(0, link_get(self->name, &info));
	ASSERT_LT(info.stats.tx_packets, packets);
	close(self->fd);
	do {
		if (read(self->pty.master, bytes, sizeof(bytes)) < 0)
			pause_ms(1);
		ASSERT_EQ(0, link_get(self->name, &info));
	} while (info.stats.tx_packets < packets && now_ms() < end);
	EXPECT_EQ(packets, info.stats.tx_packets);
	EXPECT_EQ(0ull, info.stats.tx_dropped + info.stats.tx_errors);
	EXPECT_DROPS(&self->before, "");
}

TEST_F(full, a_device_that_goes_ends_a_sleeping_send)
{
	pid_t pid = send_apart(self, 0);
	int discipline = 0, status;

	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, link_down(self->name));
	EXPECT_EQ(ENETDOWN, child_wait(pid));

	ASSERT_EQ(0, link_up(self->name));
	ASSERT_LT(0, fill(self, self->fd));
	pid = send_apart(self, 0);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(0, ioctl(self->pty.line, TIOCSETD, &discipline));
	/* it is down for a moment before it is gone */
	status = child_wait(pid);
	EXPECT_TRUE(status == ENETDOWN || status == EHOSTUNREACH);
	EXPECT_EQ(-EHOSTUNREACH, send_now(self, 0));
}

TEST_HARNESS_MAIN
