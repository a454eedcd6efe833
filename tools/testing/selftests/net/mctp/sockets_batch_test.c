// SPDX-License-Identifier: GPL-2.0
/*
 * Many messages a call, and calls that complete later: sendmmsg(), recvmmsg(),
 * io_uring.
 */
#include <net/if.h>
#include <time.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(batch) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(batch)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(batch)
{
}

/* Messages of a byte each, to @to; or places for them, from anyone */
static void messages(struct mmsghdr *msgs, struct iovec *iov, char *data, int n,
		     struct sockaddr_mctp *to)
{
	int i;

	memset(msgs, 0, n * sizeof(*msgs));
	for (i = 0; i < n; i++) {
		data[i] = 'a' + i;
		iov[i] = (struct iovec){ .iov_base = &data[i], .iov_len = 1 };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = to;
		msgs[i].msg_hdr.msg_namelen = to ? sizeof(*to) : 0;
	}
}

TEST_F(batch, sendmmsg_and_recvmmsg_move_eight_messages_in_order)
{
	struct sockaddr_mctp from[8];
	struct iovec iov[8];
	struct mmsghdr msgs[8];
	int receiver = sock_bound(1, EID, TYPE);
	char data[8], got[8];
	int i;

	messages(msgs, iov, data, 8, &self->to);
	ASSERT_EQ(8, sendmmsg(sock_new(), msgs, 8, 0));
	for (i = 0; i < 8; i++) {
		iov[i].iov_base = &got[i];
		msgs[i].msg_hdr.msg_name = &from[i];
	}
	ASSERT_EQ(8, recvmmsg(receiver, msgs, 8, MSG_DONTWAIT, NULL));
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(1u, msgs[i].msg_len);
		EXPECT_EQ('a' + i, got[i]);
		EXPECT_EQ(EID, from[i].smctp_addr.s_addr);
	}
}

TEST_F(batch, sendmmsg_stops_at_the_first_that_cannot_be_sent)
{
	struct iovec iov[10];
	struct mmsghdr msgs[10];
	char data[10];
	int receiver = sock_bound(1, EID, TYPE), fd = sock_new(), i;

	messages(msgs, iov, data, 10, &self->to);
	EXPECT_EQ(8, sendmmsg(fd, msgs, 10, 0));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1u, msgs[i].msg_len);
	EXPECT_EQ(-1, sendmmsg(fd, msgs + 8, 2, 0));
	EXPECT_EQ(EBUSY, errno);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(2, recv_none(receiver));
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(batch, recvmmsg_takes_what_is_there_and_waits_for_no_more)
{
	struct iovec iov[8];
	struct mmsghdr msgs[8];
	char data[8];
	int receiver = sock_bound(1, EID, TYPE), fd = sock_new();
	struct timespec bound = { .tv_sec = 1 };

	messages(msgs, iov, data, 8, &self->to);
	ASSERT_EQ(3, sendmmsg(fd, msgs, 3, 0));
	messages(msgs, iov, data, 8, NULL);
	EXPECT_EQ(3, recvmmsg(receiver, msgs, 8, MSG_WAITFORONE, NULL));
	EXPECT_EQ('c', data[2]);
	EXPECT_EQ(-1, recvmmsg(receiver, msgs, 8, MSG_DONTWAIT, &bound));
	EXPECT_EQ(EAGAIN, errno);
	messages(msgs, iov, data, 8, &self->to);
	ASSERT_EQ(2, sendmmsg(fd, msgs, 2, 0));
	messages(msgs, iov, data, 8, NULL);
	EXPECT_EQ(2, recvmmsg(receiver, msgs, 2, 0, NULL));
}

TEST_F(batch, sendmmsg_of_a_connected_socket_needs_no_addresses)
{
	struct sockaddr_mctp peer = addr_of(1, EID, TYPE, 0);
	struct iovec iov[4];
	struct mmsghdr msgs[4];
	char data[4], got[4];
	int receiver = sock_bound(1, EID, TYPE), fd = sock_new(), i;

	messages(msgs, iov, data, 4, NULL);
	EXPECT_EQ(-1, sendmmsg(fd, msgs, 4, 0));
	EXPECT_EQ(EDESTADDRREQ, errno);
	ASSERT_EQ(0, connect_to(fd, &peer));
	EXPECT_EQ(4, sendmmsg(fd, msgs, 4, 0));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
		EXPECT_EQ('a' + i, got[0]);
	}
}

TEST_F(batch, io_uring_sends_and_waits_for_a_message)
{
	struct sockaddr_mctp from = { };
	char out[] = "ring", in[8];
	struct iovec iov_out = { .iov_base = out, .iov_len = 4 };
	struct iovec iov_in = { .iov_base = in, .iov_len = sizeof(in) };
	struct msghdr send = {
		.msg_name = &self->to,
		.msg_namelen = sizeof(self->to),
		.msg_iov = &iov_out,
		.msg_iovlen = 1,
	};
	struct msghdr recv = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov_in,
		.msg_iovlen = 1,
	};
	int receiver = sock_bound(1, EID, TYPE);
	struct ring sender, waiter;

	ASSERT_EQ(0, ring_new(&sender));
	ASSERT_EQ(0, ring_new(&waiter));
	ASSERT_EQ(0, ring_submit(&waiter, IORING_OP_RECVMSG, receiver, &recv));
	EXPECT_TRUE(ring_waits(&waiter));
	ASSERT_EQ(0, ring_submit(&sender, IORING_OP_SENDMSG, sock_new(),
				 &send));
	EXPECT_EQ(4, ring_result(&sender));
	ASSERT_EQ(4, ring_result(&waiter));
	EXPECT_EQ(0, memcmp(in, "ring", 4));
	EXPECT_EQ(EID, from.smctp_addr.s_addr);
	EXPECT_EQ(TYPE, from.smctp_type);
}

TEST_F(batch, io_uring_takes_an_answer_of_a_bus_with_its_extended_address)
{
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, OWNER);
	struct sockaddr_mctp_ext from;
	char in[8];
	struct iovec iov = { .iov_base = in, .iov_len = sizeof(in) };
	struct msghdr recv = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	int bus = tun_bus("bus", 20, 20), fd = sock_new(), tag;
	struct ring ring;

	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus", 10));
	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(0, ring_new(&ring));
	tag = tun_request(bus, fd, &to);
	ASSERT_LE(0, tag);
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(0, ring_submit(&ring, IORING_OP_RECVMSG, fd, &recv));
	EXPECT_TRUE(ring_waits(&ring));
	ASSERT_EQ(0, tun_answer(bus, 10, 20, tag));
	ASSERT_EQ(1, ring_result(&ring));
	EXPECT_EQ('a', in[0]);
	EXPECT_EQ(20, from.smctp_base.smctp_addr.s_addr);
	EXPECT_EQ(tag, from.smctp_base.smctp_tag);
	EXPECT_EQ((int)if_nametoindex("bus"), from.smctp_ifindex);
}

TEST_F(batch, io_uring_tells_the_errors_that_calls_tell)
{
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr send = {
		.msg_name = &self->to,
		.msg_namelen = sizeof(self->to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	int fd = sock_new(), i;
	struct ring ring;

	ASSERT_EQ(0, ring_new(&ring));
	for (i = 0; i < 9; i++) {
		ASSERT_EQ(0, ring_submit(&ring, IORING_OP_SENDMSG, fd, &send));
		EXPECT_EQ(i < 8 ? 1 : -EBUSY, ring_result(&ring));
	}
	self->to.smctp_tag = 1 | OWNER;
	ASSERT_EQ(0, ring_submit(&ring, IORING_OP_SENDMSG, fd, &send));
	EXPECT_EQ(-EINVAL, ring_result(&ring));
	self->to.smctp_tag = OWNER;
	self->to.smctp_addr.s_addr = EID + 1;
	ASSERT_EQ(0, ring_submit(&ring, IORING_OP_SENDMSG, fd, &send));
	EXPECT_EQ(-EHOSTUNREACH, ring_result(&ring));
	/* what it was called with when the ring was made counts no more */
	ASSERT_EQ(0, cap_drop(CAP_NET_RAW));
	ASSERT_EQ(0, ring_submit(&ring, IORING_OP_SENDMSG, fd, &send));
	EXPECT_EQ(-EACCES, ring_result(&ring));
}

TEST_HARNESS_MAIN
