// SPDX-License-Identifier: GPL-2.0
/*
 * Many messages a call, and calls that complete later: sendmmsg(), recvmmsg(),
 * io_uring.
 */
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

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

TEST_F(batch, sendmmsg_and_recvmmsg_move_eight_messages_in_order)
{
	struct sockaddr_mctp from[8];
	struct iovec iov[8];
	struct mmsghdr msgs[8];
	int receiver = sock_bound(1, EID, TYPE);
	char data[8], got[8];
	int i;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < 8; i++) {
		data[i] = 'a' + i;
		iov[i] = (struct iovec){ .iov_base = &data[i], .iov_len = 1 };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &self->to;
		msgs[i].msg_hdr.msg_namelen = sizeof(self->to);
	}
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

/* The least of io_uring: one entry at a time */
struct ring {
	int			fd;
	struct io_uring_params	p;
	char			*sq, *cq;
	struct io_uring_sqe	*sqes;
};

static int ring_new(struct ring *r)
{
	size_t sq, cq;

	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 4, &r->p);
	if (r->fd < 0)
		return -errno;
	sq = r->p.sq_off.array + r->p.sq_entries * sizeof(uint32_t);
	cq = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->sq = mmap(NULL, sq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, cq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * sizeof(*r->sqes),
		       PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		       IORING_OFF_SQES);
	return r->sq == MAP_FAILED || r->cq == MAP_FAILED ||
	       r->sqes == MAP_FAILED ? -ENOMEM : 0;
}

static uint32_t *ring_word(char *base, uint32_t off)
{
	return (uint32_t *)(base + off);
}

static int ring_submit(struct ring *r, int op, int fd, struct msghdr *msg)
{
	uint32_t *tail = ring_word(r->sq, r->p.sq_off.tail);
	uint32_t mask = *ring_word(r->sq, r->p.sq_off.ring_mask);
	uint32_t i = *tail & mask;

	memset(&r->sqes[i], 0, sizeof(r->sqes[i]));
	r->sqes[i].opcode = op;
	r->sqes[i].fd = fd;
	r->sqes[i].addr = (uintptr_t)msg;
	r->sqes[i].len = 1;
	ring_word(r->sq, r->p.sq_off.array)[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, r->fd, 1, 0, 0, NULL, 0) == 1 ?
	       0 : -errno;
}

static int ring_result(struct ring *r)
{
	struct io_uring_cqe *cqes = (void *)(r->cq + r->p.cq_off.cqes);
	uint32_t *head = ring_word(r->cq, r->p.cq_off.head);
	uint32_t mask = *ring_word(r->cq, r->p.cq_off.ring_mask);
	int res;

	if (syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -errno;
	res = cqes[*head & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
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
	ASSERT_EQ(0, ring_submit(&sender, IORING_OP_SENDMSG, sock_new(),
				 &send));
	EXPECT_EQ(4, ring_result(&sender));
	ASSERT_EQ(4, ring_result(&waiter));
	EXPECT_EQ(0, memcmp(in, "ring", 4));
	EXPECT_EQ(EID, from.smctp_addr.s_addr);
	EXPECT_EQ(TYPE, from.smctp_type);
}

TEST_HARNESS_MAIN
