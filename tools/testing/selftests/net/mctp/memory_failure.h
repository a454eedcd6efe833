/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory runs out in every place where it can: each call of the family is made
 * again and again, and each time another one of its allocations is made to fail
 * (the kernel's Documentation/fault-injection: fail-nth). Each time the call
 * succeeds or says ENOMEM or ENOBUFS, a message that is lost is counted, and
 * what has failed works once there is memory again. Nothing leaks: that is seen
 * by whoever runs this, with kmemleak, and by the modules being unloaded.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for all calls of a program (default: a quarter of a second
 *                    each)
 *
 * A call with more allocations than its time allows has some of them failed: one in
 * so many, or where that is but a few, some by chance.
 *
 * Whoever includes this has said how many CALLS he makes, what PREPAREs for them
 * and what FINISHes.
 */
#ifndef MCTP_TEST_MEMORY_FAILURE_H
#define MCTP_TEST_MEMORY_FAILURE_H

#include "mctp_test.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGE	"/sys/kernel/debug/fail_page_alloc/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define PROC		"/proc/thread-self/net/mctp/"
#ifndef MS
#define MS		250
#endif
#ifndef ROUNDS
#define ROUNDS		2	/* what is made once is made by the first */
#endif
#ifndef LEAST
#define LEAST		4	/* that have failed, however slow the machine */
#endif
#define FEW		20
#define MANY		1000000

#define LOCAL		8
#define PEER		20	/* by bus0; 30 by bus1 */
#define BIG		20000

FIXTURE(memory) {
	int		fail;		/* FAIL_NTH */
	int		bus, bus1;
	int		ns, other_ns;
	int		sock, listener;
	int		nl;
	bool		acked;
	struct nl_req	req;
	struct pty	pty;
	int		tag;
	uint64_t	chance;
	bool		family;		/* it is there all the time */
	struct stats	stats;
	int		tried, failed;	/* allocations */
	uint8_t		data[BIG];
};

#define SELF FIXTURE_DATA(memory) *self

struct op {
	const char *name;
	/* what the call needs: 0, or an error of the test's own */
	int (*before)(SELF);
	/* the call: 0 or more, or a negative errno */
	int (*call)(SELF);
	/* all is as that result says? Undoes it. */
	bool (*after)(SELF, int rc);
	/* an error of the kernel's own code, for want of memory as well */
	int other;
};

static int PREPARE(SELF);
static int FINISH(SELF);

FIXTURE_SETUP(memory)
{
	if (access(FAIL_NTH, F_OK) || access(FAILSLAB, F_OK) ||
	    access(FAIL_PAGE, F_OK))
		SKIP(return, "the kernel cannot make allocations fail");

	self->chance = chance_new();
	ASSERT_EQ(0, file_write(FAILSLAB "ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "min-order", "0"));
	/* a line in the log, and no trace */
	ASSERT_EQ(0, file_write(FAILSLAB "verbose", "1"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "verbose", "1"));
	self->fail = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail);

	self->sock = -1;
	self->listener = -1;
	ASSERT_EQ(0, PREPARE(self));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, FINISH(self));
}

/* Two buses and a pair with addresses, in a namespace beside another */
static inline int family_ready(SELF)
{
	int err = ns_new();

	self->other_ns = ns_fd();
	err = err ?: ns_new();
	self->ns = ns_fd();
	self->bus = err ?: tun_bus("bus0", PEER, PEER + 9);
	self->bus1 = self->bus < 0 ? self->bus : tun_bus("bus1", 30, 39);
	if (self->bus1 < 0)
		return self->bus1;
	pattern(self->data, sizeof(self->data), 1);
	self->family = true;
	return addr_add("bus0", LOCAL) ?: route_add("bus0", 25, 25, MTU_MIN) ?:
	       vmctp_bus() ?: neigh_add("near", PEER, "\x20", 1);
}

static inline int fail_from(SELF, int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", nth);

	return pwrite(self->fail, text, n, 0) == n ? 0 : -errno;
}

/* How many were left to go until the one that is to fail; 0: it has failed */
static inline int fail_left(SELF)
{
	char text[16] = "";
	int left;

	if (pread(self->fail, text, sizeof(text) - 1, 0) < 0)
		return -errno;
	left = atoi(text);
	return fail_from(self, 0) ?: left;
}

/* The call, and one of its allocations fails; or none does, and *left is more
 * than 0
 */
static inline int call(SELF, const struct op *op, int nth, int *left)
{
	int rc = fail_from(self, nth);

	if (rc)
		return rc;
	rc = op->call(self);
	*left = fail_left(self);
	return rc;
}

static inline int stats_before(SELF)
{
	return self->family ? stats_read(&self->stats) : 0;
}

static inline bool error_is_due(const struct op *op, int rc)
{
	return rc >= 0 || rc == -ENOMEM || rc == -ENOBUFS || rc == op->other;
}

/* The one to fail after @nth, where so many are allowed */
static inline int next(SELF, int nth, int total, int allowed)
{
	if (allowed < FEW && allowed < total)
		return 1 + chance_below(&self->chance, total);
	return nth - (allowed < total ? total / allowed + 1 : 1);
}

static inline void fail_each(struct __test_metadata *_metadata, SELF,
			     const struct op *op)
{
	unsigned long seconds = setting("MCTP_SECONDS", 0);
	long ms = seconds ? seconds * 1000 / CALLS : MS, began = 0;
	int tried = 0, failed = 0, errors = 0, lost = 0;
	int total, nth, allowed, left = 0, rc;

	/* the last of them counts */
	for (nth = 0; nth < ROUNDS; nth++) {
		began = now_ms();
		ASSERT_EQ(0, stats_before(self));
		ASSERT_EQ(0, op->before(self));
		rc = call(self, op, MANY, &left);
		ASSERT_LE(0, rc);
		ASSERT_LT(0, left);
		ASSERT_TRUE(op->after(self, rc));
	}
	total = MANY - left;
	ASSERT_LT(0, total);

	allowed = ms / (now_ms() - began + 1);
	began = now_ms();
	for (nth = total; nth > 0; nth = next(self, nth, total, allowed)) {
		if (now_ms() > began + ms && failed >= LEAST)
			break;
		tried++;
		ASSERT_EQ(0, stats_before(self));
		ASSERT_EQ(0, op->before(self));
		rc = call(self, op, nth, &left);
		EXPECT_LE(0, left);
		failed += !left;
		errors += rc < 0;
		EXPECT_TRUE(error_is_due(op, rc))
			TH_LOG("%s: allocation %d of %d: error %d", op->name, nth,
			       total, -rc);
		/* the loss of a message is not an error of the call */
		lost += rc >= 0 && stats_lost(&self->stats) > 0;
		EXPECT_TRUE(op->after(self, rc))
			TH_LOG("%s: allocation %d of %d, result %d: %s",
			       op->name, nth, total, rc,
			       stats_drops(&self->stats, ""));
		EXPECT_EQ(0, self->family ? tags_held() : 0);
	}
	printf("# %s: %d allocations, %d tried, %d failed in turn: %d calls had an error, %d lost a message and counted it\n",
	       op->name, total, tried, failed, errors, lost);
	EXPECT_LT(0, failed);
	self->tried += tried;
	self->failed += failed;
}

#define EACH(call, ...)							\
	static const struct op call ## _op = { #call, __VA_ARGS__ };

static inline int nothing(SELF)
{
	return 0;
}

static inline void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The calls of a group, one after the other */
#define ALL(group, ...)							\
	TEST_F_TIMEOUT(memory, group, 7 * 86400)			\
	{								\
		static const struct op * const ops[] = { __VA_ARGS__ };	\
		size_t i;						\
									\
		for (i = 0; i < ARRAY_SIZE(ops); i++)			\
			fail_each(_metadata, self, ops[i]);		\
		/* some are made now and then alone */			\
		EXPECT_LT(self->tried / 4, self->failed);		\
	}

#endif /* MCTP_TEST_MEMORY_FAILURE_H */
