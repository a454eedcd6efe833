// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: the least of io_uring, one message at a time.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

int ring_new(struct ring *r)
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

int ring_submit(struct ring *r, int op, int fd, struct msghdr *msg)
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

bool ring_waits(struct ring *r)
{
	return !sock_polls(r->fd, POLLIN, 0);
}

int ring_result(struct ring *r)
{
	struct io_uring_cqe *cqes = (void *)(r->cq + r->p.cq_off.cqes);
	uint32_t *head = ring_word(r->cq, r->p.cq_off.head);
	uint32_t mask = *ring_word(r->cq, r->p.cq_off.ring_mask);
	int res;

	if (!sock_polls(r->fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	res = cqes[*head & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}
