// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: buffers of messages, which of them are kept for the next, and that
 * such a one is as good as new. What is kept is a CPU's, so tests that look for
 * it stay on one.
 */
#include <kunit/test.h>
#include <linux/uio.h>
#include "../mctp_priv.h"
#include "suites.h"

#define BUFFER_LEN	65
/* of the third size, whether the first is of 512 bytes or of 1,024 */
#define BUFFER_LONG_LEN	1500

static struct sk_buff *buffer_get(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = mctp_buffer_get(len, GFP_ATOMIC);

	KUNIT_EXPECT_NOT_NULL(test, skb);
	return skb;
}

/* Is the buffer that was given back the one that comes next? */
static bool buffer_is_kept(struct kunit *test, struct sk_buff *skb,
			   const void *head)
{
	struct sk_buff *next;
	bool kept;

	mctp_buffer_put(skb);
	next = buffer_get(test, BUFFER_LEN);
	kept = next && next == skb && next->head == head;
	kfree_skb(next);
	return kept;
}

/* Take what the CPU keeps, so that a test begins with nothing */
static void buffer_drain_of(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb[MCTP_BUFFER_SPARES];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(skb); i++)
		skb[i] = buffer_get(test, len);
	for (i = 0; i < ARRAY_SIZE(skb); i++)
		kfree_skb(skb[i]);
}

static void buffer_drain(struct kunit *test)
{
	buffer_drain_of(test, BUFFER_LEN);
}

static void buffer_that_somebody_else_has_is_not_kept(struct kunit *test)
{
	struct sk_buff *skb, *clone, *next;

	get_cpu();
	buffer_drain(test);
	skb = buffer_get(test, BUFFER_LEN);
	if (skb) {
		skb_get(skb);
		KUNIT_EXPECT_FALSE(test, buffer_is_kept(test, skb, skb->head));
		clone = skb_clone(skb, GFP_ATOMIC);
		KUNIT_EXPECT_NOT_NULL(test, clone);
		mctp_buffer_put(skb);
		next = buffer_get(test, BUFFER_LEN);
		if (clone && next)
			KUNIT_EXPECT_PTR_NE(test, next->head, clone->head);
		kfree_skb(next);
		kfree_skb(clone);
	}
	put_cpu();
}

static void buffer_with_pages_is_not_kept(struct kunit *test)
{
	struct sk_buff *skb, *next;

	get_cpu();
	buffer_drain(test);
	skb = buffer_get(test, MCTP_MSG_MAX);
	if (skb) {
		KUNIT_EXPECT_TRUE(test, skb_is_nonlinear(skb));
		mctp_buffer_put(skb);
		next = buffer_get(test, BUFFER_LEN);
		if (next)
			KUNIT_EXPECT_FALSE(test, skb_is_nonlinear(next));
		kfree_skb(next);
	}
	put_cpu();
}

static void buffer_of_another_size_is_not_kept(struct kunit *test)
{
	static const unsigned int sizes[] = { 0, 1, 4096, 16384 };
	unsigned int i;

	get_cpu();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct sk_buff *skb = alloc_skb(sizes[i], GFP_ATOMIC);
		struct sk_buff *next;

		buffer_drain(test);
		if (!skb)
			continue;
		mctp_buffer_put(skb);
		next = buffer_get(test, BUFFER_LEN);
		if (next)
			KUNIT_EXPECT_GE(test, skb_end_offset(next),
					32 + BUFFER_LEN);
		if (next && sizes[i] > BUFFER_LEN)
			KUNIT_EXPECT_LT(test, skb_end_offset(next), sizes[i]);
		kfree_skb(next);
	}
	put_cpu();
}

static void buffer_that_was_read_is_the_next(struct kunit *test)
{
	struct sk_buff *skb;

	get_cpu();
	buffer_drain(test);
	skb = buffer_get(test, BUFFER_LEN);
	if (skb)
		KUNIT_EXPECT_TRUE(test, buffer_is_kept(test, skb, skb->head));
	put_cpu();
}

/* How many of the buffers that are put are the next to come, the last one first?
 * They are told by a mark that nobody clears.
 */
static unsigned int buffers_kept(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb[MCTP_BUFFER_SPARES + 3], *next[ARRAY_SIZE(skb)];
	unsigned int i, j, kept = 0;

	buffer_drain_of(test, len);
	for (i = 0; i < ARRAY_SIZE(skb); i++) {
		skb[i] = buffer_get(test, len);
		if (!skb[i])
			return 0;
		memset(skb[i]->data, 0xa0 + i, len);
	}
	for (i = 0; i < ARRAY_SIZE(skb); i++)
		mctp_buffer_put(skb[i]);
	/* kept are those that were put first: the rest was freed */
	for (j = 0; j < MCTP_BUFFER_SPARES; j++) {
		next[j] = buffer_get(test, len);
		i = MCTP_BUFFER_SPARES - 1 - j;
		if (next[j] && next[j]->data[len - 1] == 0xa0 + i)
			kept++;
	}
	for (j = 0; j < MCTP_BUFFER_SPARES; j++)
		kfree_skb(next[j]);
	return kept;
}

static void as_many_small_buffers_are_kept_as_are_sent_together(struct kunit *test)
{
	unsigned int kept;

	get_cpu();
	kept = buffers_kept(test, BUFFER_LEN);
	put_cpu();
	KUNIT_EXPECT_EQ(test, kept, MCTP_BUFFER_SPARES);
}

static void only_one_buffer_of_a_greater_size_is_kept(struct kunit *test)
{
	struct sk_buff *one, *two, *next = NULL, *last;

	get_cpu();
	buffer_drain_of(test, BUFFER_LONG_LEN);
	one = buffer_get(test, BUFFER_LONG_LEN);
	two = buffer_get(test, BUFFER_LONG_LEN);
	if (one && two) {
		mctp_buffer_put(one);
		mctp_buffer_put(two);
		next = buffer_get(test, BUFFER_LONG_LEN);
		last = buffer_get(test, BUFFER_LONG_LEN);
		kfree_skb(last);
		kfree_skb(next);
	}
	put_cpu();
	KUNIT_EXPECT_PTR_EQ(test, next, one);
}

static void kept_buffer_has_nothing_of_its_last_message(struct kunit *test)
{
	struct sk_buff *skb, *fresh;

	get_cpu();
	buffer_drain(test);
	fresh = buffer_get(test, BUFFER_LEN);
	skb = buffer_get(test, BUFFER_LEN);
	if (skb && fresh) {
		memset(skb->cb, 0xa5, sizeof(skb->cb));
		skb->mark = 1;
		skb->priority = 2;
		skb->tstamp = 3;
		skb->protocol = cpu_to_be16(ETH_P_MCTP);
		skb->pkt_type = PACKET_OTHERHOST;
		skb_pull(skb, 10);
		mctp_buffer_put(skb);
		skb = buffer_get(test, BUFFER_LEN);
	}
	if (skb && fresh) {
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(skb->cb, 0, sizeof(skb->cb)));
		KUNIT_EXPECT_EQ(test, skb->mark, 0);
		KUNIT_EXPECT_EQ(test, skb->priority, 0);
		KUNIT_EXPECT_EQ(test, skb->tstamp, 0);
		KUNIT_EXPECT_FALSE(test, skb->protocol);
		KUNIT_EXPECT_TRUE(test, skb->pkt_type == PACKET_HOST);
		KUNIT_EXPECT_EQ(test, skb->len, BUFFER_LEN);
		KUNIT_EXPECT_NULL(test, skb->sk);
		KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
		KUNIT_EXPECT_EQ(test, skb->truesize, fresh->truesize);
		KUNIT_EXPECT_EQ(test, skb_end_offset(skb),
				skb_end_offset(fresh));
		KUNIT_EXPECT_EQ(test, skb_headroom(skb), skb_headroom(fresh));
		KUNIT_EXPECT_FALSE(test, skb->head_frag);
		KUNIT_EXPECT_FALSE(test, skb_cloned(skb));
	}
	kfree_skb(skb);
	kfree_skb(fresh);
	put_cpu();
}

/* Each length at which the way to lay a message out changes */
static void buffer_is_as_long_as_its_message(struct kunit *test)
{
	static const unsigned int lens[] = {
		1, 2, 160, 161, 672, 673, 1696, 1697, 3744, 3745, 4096, 7840,
		7841, 8191, 8192, 8193, 16384, 16385, 32769, 60001, 65535, 65536,
	};
	unsigned int i, frag;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct sk_buff *skb = mctp_buffer_get(lens[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, skb->len, lens[i]);
		KUNIT_EXPECT_GE(test, skb_headlen(skb), 1);
		KUNIT_EXPECT_GE(test, skb_headroom(skb), 32);
		KUNIT_EXPECT_GE(test, skb->truesize, lens[i]);
		for (frag = 0; frag < skb_shinfo(skb)->nr_frags; frag++)
			KUNIT_EXPECT_LE(test,
					skb_frag_size(&skb_shinfo(skb)->frags[frag]),
					PAGE_SIZE << PAGE_ALLOC_COSTLY_ORDER);
		kfree_skb(skb);
	}
}

static void message_that_is_too_short_is_not_taken(struct kunit *test)
{
	struct sk_buff *skb = mctp_buffer_get(10000, GFP_KERNEL);
	struct kvec vec = { .iov_len = 9998 };
	struct iov_iter from;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	vec.iov_base = kunit_kzalloc(test, 9999, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vec.iov_base);
	memset(vec.iov_base, 0x5a, 9999);
	iov_iter_kvec(&from, ITER_SOURCE, &vec, 1, vec.iov_len);
	KUNIT_EXPECT_EQ(test, mctp_buffer_fill(skb, 1, &from), -EFAULT);

	vec.iov_len = 9999;
	iov_iter_kvec(&from, ITER_SOURCE, &vec, 1, vec.iov_len);
	KUNIT_EXPECT_EQ(test, mctp_buffer_fill(skb, 1, &from), 0);
	KUNIT_EXPECT_EQ(test, skb_linearize(skb), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(skb->data + 1, 0x5a, 9999));
	kfree_skb(skb);
}

static struct kunit_case mctp_buffer_cases[] = {
	KUNIT_CASE(buffer_that_somebody_else_has_is_not_kept),
	KUNIT_CASE(buffer_with_pages_is_not_kept),
	KUNIT_CASE(buffer_of_another_size_is_not_kept),
	KUNIT_CASE(buffer_that_was_read_is_the_next),
	KUNIT_CASE(as_many_small_buffers_are_kept_as_are_sent_together),
	KUNIT_CASE(only_one_buffer_of_a_greater_size_is_kept),
	KUNIT_CASE(kept_buffer_has_nothing_of_its_last_message),
	KUNIT_CASE(buffer_is_as_long_as_its_message),
	KUNIT_CASE(message_that_is_too_short_is_not_taken),
	{}
};

struct kunit_suite mctp_buffer_suite = {
	.name = "mctp_buffer",
	.test_cases = mctp_buffer_cases,
};
