// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly: what partial messages may hold, how long, and with what they end.
 */
#include <linux/delay.h>
#include <linux/rtnetlink.h>
#include <linux/timer.h>
#include "reassembly_test.h"
#include "suites.h"

#define REASM_PACKET	64

/* A start packet of the message under another key of the same source */
static void bound_rx_start(struct kunit *test, u8 dest, u8 src, u8 tag)
{
	struct reasm_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->dev, dest, src, REASM_SOM | REASM_TO | tag,
		     ctx->msg, REASM_PACKET);
}

/* What ends the partial messages of a source that are there still */
static void bound_rx_end(struct kunit *test, u8 dest, u8 src, u8 tag)
{
	struct reasm_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->dev, dest, src,
		     REASM_EOM | REASM_SEQ(1) | REASM_TO | tag,
		     ctx->msg + REASM_PACKET, REASM_PACKET);
}

static void bound_expect_message(struct kunit *test, u8 src, u8 tag)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_expect_message_of(test, ctx->sock, src, REASM_TO | tag, ctx->msg,
				2 * REASM_PACKET);
}

/* Tags of the partial messages, that with the longest wait first */
struct bound_list {
	unsigned int		count;
	struct mctp_reasm_info	info[8];
};

static void bound_list(struct kunit *test, struct bound_list *list)
{
	struct reasm_ctx *ctx = test->priv;

	loff_t pos = 0;
	void *v;

	list->count = 0;
	for (v = mctp_reasm_seq_start(ctx->pn, 0); v;
	     v = mctp_reasm_seq_next(ctx->pn, v, &pos)) {
		if (list->count < ARRAY_SIZE(list->info))
			mctp_reasm_seq_info(v, &list->info[list->count]);
		list->count++;
	}
	mctp_reasm_seq_stop(ctx->pn);
}

static void bound_expect_tags(struct kunit *test, const char *tags)
{
	struct bound_list list;
	unsigned int i;

	bound_list(test, &list);
	KUNIT_ASSERT_EQ(test, list.count, (unsigned int)strlen(tags));
	for (i = 0; i < list.count; i++)
		KUNIT_EXPECT_EQ(test, list.info[i].tag,
				REASM_TO | (tags[i] - '0'));
}

/* Does it come about that no more than @count are open? */
static bool bound_wait(struct reasm_ctx *ctx, unsigned int count)
{
	unsigned long end = jiffies + 10 * HZ;

	while (READ_ONCE(ctx->pn->reasm_count) > count) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(5000, 7000);
	}
	return true;
}

/* --- time --- */

static void message_without_progress_times_out(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_TIMEOUT, 1 },
		{ MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	ctx->pn->sysctl_reasm_timeout_ms = 10;
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	KUNIT_ASSERT_TRUE(test, bound_wait(ctx, 0));
	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
}

static void shorter_timeout_holds_from_the_next_message_on(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 0);
	bound_expect_message(test, REASM_PEER, 0);
	KUNIT_EXPECT_TRUE(test, timer_pending(&ctx->pn->reasm_timer));

	ctx->pn->sysctl_reasm_timeout_ms = 10;
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	KUNIT_EXPECT_TRUE(test, bound_wait(ctx, 0));
}

static void each_message_times_out_in_its_turn(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	ctx->pn->sysctl_reasm_timeout_ms = 40;
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	msleep(20);
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 1);
	KUNIT_ASSERT_TRUE(test, bound_wait(ctx, 0));
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_TIMEOUT,
			       2);

	/* and the timer is armed anew for the next */
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 2);
	KUNIT_ASSERT_TRUE(test, bound_wait(ctx, 0));
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_TIMEOUT,
			       3);
}

static void message_does_not_time_out_before_its_time(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	msleep(100);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 1);
	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	reasm_expect_message(test, 2 * REASM_PACKET);
}

/* One packet more within the time; was the message open after the time of its
 * first? Returns false if the machine was too slow for an answer.
 */
static bool bound_renews(struct kunit *test)
{
	unsigned long time = msecs_to_jiffies(200);
	struct reasm_ctx *ctx = test->priv;
	unsigned long start, renewed;
	bool open;

	start = jiffies;
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	msleep(120);
	renewed = jiffies;
	if (time_after_eq(renewed, start + time)) {
		bound_wait(ctx, 0);
		return false;
	}
	reasm_rx(test, REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	while (time_before(jiffies, start + time + 2))
		usleep_range(1000, 3000);
	open = READ_ONCE(ctx->pn->reasm_count);
	if (!open && time_after_eq(jiffies, renewed + time))
		return false;

	KUNIT_EXPECT_TRUE(test, open);
	KUNIT_EXPECT_TRUE(test, bound_wait(ctx, 0));
	return true;
}

static void progress_renews_the_time(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int tries = 20;

	ctx->pn->sysctl_reasm_timeout_ms = 200;
	while (tries && !bound_renews(test))
		tries--;
	KUNIT_EXPECT_GT(test, tries, 0);
}

/* --- memory --- */

/* Memory that the start packet of a small message costs */
static unsigned int bound_start_price(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int price;

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 7);
	price = ctx->pn->reasm_bytes;
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 7);
	bound_expect_message(test, REASM_PEER, 7);
	KUNIT_ASSERT_GT(test, price, REASM_PACKET);
	return price;
}

static void oldest_message_goes_at_the_memory_bound(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 tag;

	ctx->pn->sysctl_reasm_max_bytes = 3 * bound_start_price(test);
	for (tag = 0; tag < 3; tag++)
		bound_rx_start(test, REASM_LOCAL, REASM_PEER, tag);
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_bytes,
			ctx->pn->sysctl_reasm_max_bytes);

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 3);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_MEMORY,
			       1);
	bound_expect_tags(test, "123");
	for (tag = 1; tag < 4; tag++) {
		bound_rx_end(test, REASM_LOCAL, REASM_PEER, tag);
		bound_expect_message(test, REASM_PEER, tag);
	}
}

static void message_with_progress_is_not_the_oldest(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int price = bound_start_price(test);
	u8 tag;

	ctx->pn->sysctl_reasm_max_bytes = 3 * price + PAGE_SIZE;
	for (tag = 0; tag < 3; tag++)
		bound_rx_start(test, REASM_LOCAL, REASM_PEER, tag);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SEQ(1) | REASM_TO | 0, ctx->msg + REASM_PACKET,
		     REASM_PACKET);
	bound_expect_tags(test, "120");
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_bytes, 3 * price + PAGE_SIZE);

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 3);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_MEMORY,
			       1);
	bound_expect_tags(test, "203");
	/* two of the small ones must go for one that needs another page */
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SEQ(1) | REASM_TO | 3, ctx->msg + REASM_PACKET,
		     REASM_PACKET);
	bound_expect_tags(test, "3");
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_MEMORY,
			       3);
	reasm_rx(test, REASM_EOM | REASM_SEQ(2), 2 * REASM_PACKET, 1);
	reasm_expect_message(test, 2 * REASM_PACKET + 1);
}

static void start_larger_than_the_memory_bound_is_dropped(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_MEMORY, 1 }, { MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	ctx->pn->sysctl_reasm_max_bytes = bound_start_price(test) - 1;
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
}

static void message_that_outgrows_the_memory_bound_is_dropped(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_MEMORY, 1 }, { MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	ctx->pn->sysctl_reasm_max_bytes = bound_start_price(test) + PAGE_SIZE -
					  1;
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 1);
	reasm_rx(test, REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	reasm_rx(test, REASM_EOM | REASM_SEQ(2), 2 * REASM_PACKET, 1);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
}

static void memory_bound_is_kept_after_each_packet(struct kunit *test)
{
	static const u16 sizes[] = { 64, 2000, 300, 1025, 1 };
	struct reasm_ctx *ctx = test->priv;
	unsigned int i, over = 0, opened = 0;

	ctx->pn->sysctl_reasm_max_bytes = 32768;
	for (i = 0; i < 600; i++) {
		bool start = i % 3 == 0;
		unsigned int m = i / 3;
		u16 size = sizes[m % ARRAY_SIZE(sizes)];

		mctp_fake_rx(test, ctx->dev, REASM_LOCAL, 10 + m / 8,
			     (start ? REASM_SOM : 0) | REASM_SEQ(i % 3) |
			     REASM_TO | m % 8, ctx->msg, size);
		opened += start;
		over += ctx->pn->reasm_bytes > 32768;
	}
	KUNIT_EXPECT_EQ(test, over, 0);
	KUNIT_EXPECT_GT(test, ctx->pn->reasm_count, 0);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_MEMORY,
			       opened - ctx->pn->reasm_count);

	/* all go as the bound does: one more start finds them too many */
	ctx->pn->sysctl_reasm_max_bytes = 0;
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_MEMORY,
			       opened + 1);
}

/* Message, packet size, and how many times its length it may cost */
struct bound_cost {
	size_t		len;
	size_t		packet;
	unsigned int	times;
};

static const struct bound_cost bound_costs[] = {
	{ 65000, 64, 2 }, { 65000, 250, 2 }, { 65000, 1024, 2 },
	{ 65000, 1025, 4 }, { 65000, 4000, 4 },
};

static void bound_cost_desc(const struct bound_cost *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu in packets of %zu", c->len,
		 c->packet);
}

KUNIT_ARRAY_PARAM(bound_cost, bound_costs, bound_cost_desc);

static void memory_is_charged_in_full_and_not_many_times(struct kunit *test)
{
	const struct bound_cost *c = test->param_value;
	struct reasm_ctx *ctx = test->priv;
	struct sock *sk = ctx->sock->sk;
	unsigned int seq, bytes;
	struct sk_buff *skb;
	size_t off;

	for (off = 0, seq = 0; c->len - off > c->packet; off += c->packet, seq++)
		reasm_rx(test, (off ? 0 : REASM_SOM) | REASM_SEQ(seq), off,
			 c->packet);
	bytes = ctx->pn->reasm_bytes;
	KUNIT_EXPECT_GE(test, bytes, (unsigned int)off);
	KUNIT_EXPECT_LE(test, bytes, (unsigned int)off * c->times + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bytes, (unsigned int)sk_rmem_alloc_get(sk));

	reasm_rx(test, REASM_EOM | REASM_SEQ(seq), off, c->len - off);
	skb = skb_peek(&sk->sk_receive_queue);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_GE(test, skb->truesize, (unsigned int)c->len);
	KUNIT_EXPECT_EQ(test, skb->truesize,
			(unsigned int)sk_rmem_alloc_get(sk));
	reasm_expect_message(test, c->len);
}

/* --- partial messages of one source --- */

#define BOUND_LOCAL2	11
#define BOUND_LOCAL3	12

/* The n-th key of a source: eight tags to each of five destinations */
static u8 bound_dest(unsigned int n)
{
	static const u8 dests[] = { REASM_LOCAL, MCTP_ADDR_NULL, MCTP_ADDR_ANY,
				    BOUND_LOCAL2, BOUND_LOCAL3 };

	return dests[n / 8];
}

static void source_has_thirty_two_partial_messages_at_most(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_SOURCE, 3 }, { MCTP_CNT_DROP_NO_START, 3 },
	};
	unsigned int n;

	mctp_fake_eid(test, ctx->dev, BOUND_LOCAL2);
	mctp_fake_eid(test, ctx->dev, BOUND_LOCAL3);
	for (n = 0; n < 32; n++)
		bound_rx_start(test, bound_dest(n), REASM_PEER, n % 8);
	mctp_fake_expect_no_drops(test, &ctx->before);

	for (; n < 35; n++)
		bound_rx_start(test, bound_dest(n), REASM_PEER, n % 8);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 32);
	/* another source is not in their way */
	bound_rx_start(test, REASM_LOCAL, REASM_PEER + 1, 0);
	bound_rx_end(test, REASM_LOCAL, REASM_PEER + 1, 0);
	bound_expect_message(test, REASM_PEER + 1, 0);

	for (n = 0; n < 35; n++) {
		bound_rx_end(test, bound_dest(n), REASM_PEER, n % 8);
		/* the three that waited longest have made room */
		if (n >= 3)
			bound_expect_message(test, REASM_PEER, n % 8);
	}
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
}

static void message_that_ends_makes_room_for_its_source(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int n;

	mctp_fake_eid(test, ctx->dev, BOUND_LOCAL2);
	mctp_fake_eid(test, ctx->dev, BOUND_LOCAL3);
	for (n = 0; n < 32; n++)
		bound_rx_start(test, bound_dest(n), REASM_PEER, n % 8);
	bound_rx_end(test, bound_dest(5), REASM_PEER, 5);
	bound_expect_message(test, REASM_PEER, 5);
	bound_rx_start(test, bound_dest(32), REASM_PEER, 0);
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 32);

	mctp_fake_socket_release(test, ctx->sock);
	ctx->msk = NULL;
}

static void source_is_bounded_in_each_network_by_itself(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;
	struct socket *sock;
	unsigned int n, net;

	mctp_fake_eid(test, ctx->dev, BOUND_LOCAL2);
	for (n = 0; n < 32; n++)
		bound_rx_start(test, bound_dest(n), REASM_PEER, n % 8);

	net = mctp_fake_network(test);
	dev = mctp_fake_dev(test, net, 1500, 0);
	mctp_fake_eid(test, dev, REASM_LOCAL);
	sock = mctp_fake_socket(test);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(sock, net, MCTP_ADDR_ANY, REASM_TYPE));
	mctp_fake_rx(test, dev, REASM_LOCAL, REASM_PEER, REASM_SOM | REASM_TO,
		     ctx->msg, REASM_PACKET);
	mctp_fake_rx(test, dev, REASM_LOCAL, REASM_PEER,
		     REASM_EOM | REASM_SEQ(1) | REASM_TO,
		     ctx->msg + REASM_PACKET, REASM_PACKET);
	reasm_expect_message_of(test, sock, REASM_PEER, REASM_TO, ctx->msg,
				2 * REASM_PACKET);
	mctp_fake_expect_no_drops(test, &ctx->before);

	mctp_fake_socket_release(test, ctx->sock);
	ctx->msk = NULL;
}

/* --- the socket's receive buffer --- */

static void start_for_a_full_socket_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct sock *sk = ctx->sock->sk;

	WRITE_ONCE(sk->sk_rcvbuf, 1);
	reasm_rx(test, REASM_SOM | REASM_EOM, 0, 10);
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_RCVBUF, 1);
	KUNIT_EXPECT_EQ(test, sk_drops_read(sk), 1);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);

	/* so is a message of one packet */
	reasm_rx(test, REASM_SOM | REASM_EOM, 0, 10);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_RCVBUF, 2);
	KUNIT_EXPECT_EQ(test, sk_drops_read(sk), 2);
	reasm_expect_message(test, 10);
}

static void message_is_dropped_as_its_socket_fills(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_RCVBUF, 1 }, { MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;
	struct sock *sk = ctx->sock->sk;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER + 1, REASM_TO, 0,
			 ctx->msg, 10, 10);
	WRITE_ONCE(sk->sk_rcvbuf, 1);
	reasm_rx(test, REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	KUNIT_EXPECT_EQ(test, sk_drops_read(sk), 1);
	reasm_rx(test, REASM_EOM | REASM_SEQ(2), 2 * REASM_PACKET, 1);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	reasm_expect_message_of(test, ctx->sock, REASM_PEER + 1, REASM_TO,
				ctx->msg, 10);
}

static void message_alone_may_be_larger_than_the_receive_buffer(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	WRITE_ONCE(ctx->sock->sk->sk_rcvbuf, 1);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, 4096, REASM_PACKET);
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message(test, 4096);
}

/* Room for so many partial messages of one packet, and not for one more */
static void bound_rcvbuf(struct kunit *test, unsigned int count)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int one;

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	one = sk_rmem_alloc_get(ctx->sock->sk);
	WRITE_ONCE(ctx->sock->sk->sk_rcvbuf, count * one);
}

static void partial_messages_make_room_for_a_start(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int tag;

	bound_rcvbuf(test, 4);
	for (tag = 1; tag < 4; tag++)
		bound_rx_start(test, REASM_LOCAL, REASM_PEER, tag);
	mctp_fake_expect_no_drops(test, &ctx->before);
	bound_rx_start(test, REASM_LOCAL, REASM_PEER + 1, 4);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_RCVBUF, 1);
	KUNIT_EXPECT_EQ(test, sk_drops_read(ctx->sock->sk), 1);
	bound_expect_tags(test, "1234");
	bound_rx_end(test, REASM_LOCAL, REASM_PEER + 1, 4);
	bound_expect_message(test, REASM_PEER + 1, 4);

	mctp_fake_socket_release(test, ctx->sock);
	ctx->msk = NULL;
}

static void partial_messages_make_room_for_a_whole_one(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int tag;

	for (tag = 0; tag < 3; tag++)
		bound_rx_start(test, REASM_LOCAL, REASM_PEER, tag);
	/* progress, so that another one has waited longest */
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SEQ(1) | REASM_TO, ctx->msg + REASM_PACKET,
		     REASM_PACKET);
	WRITE_ONCE(ctx->sock->sk->sk_rcvbuf,
		   sk_rmem_alloc_get(ctx->sock->sk));
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER + 1, REASM_TO, 0,
			 ctx->msg, 10, 10);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_RCVBUF, 1);
	bound_expect_tags(test, "20");
	reasm_expect_message_of(test, ctx->sock, REASM_PEER + 1, REASM_TO,
				ctx->msg, 10);

	mctp_fake_socket_release(test, ctx->sock);
	ctx->msk = NULL;
}

static void partial_messages_of_others_make_no_room(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);
	u8 other[] = { REASM_TYPE - 1, 1, 2, 3 };

	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(sock, ctx->net, MCTP_ADDR_ANY,
				       REASM_TYPE - 1));
	WRITE_ONCE(sock->sk->sk_rcvbuf, 1);
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SOM | REASM_EOM | REASM_TO | 1, other,
		     sizeof(other));
	mctp_fake_expect_no_drops(test, &ctx->before);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SOM | REASM_EOM | REASM_TO | 1, other,
		     sizeof(other));
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_RCVBUF, 1);
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 0);
	bound_expect_message(test, REASM_PEER, 0);
}

static void message_of_small_packets_is_bounded_in_memory(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_MEMORY, 1 }, { MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;
	unsigned int seq = 1, off = 10;

	WRITE_ONCE(ctx->pn->sysctl_reasm_strict_size, 0);
	WRITE_ONCE(ctx->sock->sk->sk_rcvbuf, INT_MAX);
	/* one that is linked, and not copied: then all that follow are */
	reasm_rx(test, REASM_SOM, 0, off);
	reasm_rx(test, REASM_SEQ(seq++), off, 1400);
	for (off += 1400; ctx->pn->reasm_count && off < 4096; off++) {
		KUNIT_ASSERT_LE(test, ctx->pn->reasm_bytes,
				4UL * MCTP_MSG_MAX);
		reasm_rx(test, REASM_SEQ(seq++), off, 1);
	}
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	reasm_rx(test, REASM_EOM | REASM_SEQ(seq), off, 1);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
}

/* --- ends that are not the last packet --- */

static void close_of_the_socket_ends_its_messages_alone(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REASM_GONE, 2 }, { MCTP_CNT_DROP_NO_START, 2 },
	};
	struct reasm_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);
	u8 other[2 * REASM_PACKET];

	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(sock, ctx->net, MCTP_ADDR_ANY,
				       REASM_TYPE - 1));
	mctp_fake_pattern(other, sizeof(other), 100);
	other[0] = REASM_TYPE - 1;

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SOM | REASM_TO | 1, other, REASM_PACKET);
	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 2);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_partials, 2);

	mctp_fake_socket_release(test, ctx->sock);
	ctx->msk = NULL;
	bound_expect_tags(test, "1");
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 0);
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 2);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_EOM | REASM_SEQ(1) | REASM_TO | 1,
		     other + REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	reasm_expect_message_of(test, sock, REASM_PEER, REASM_TO | 1, other,
				sizeof(other));
}

static void device_that_leaves_ends_messages_begun_by_it(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 1500, 0);

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	mctp_fake_rx(test, dev, REASM_LOCAL, REASM_PEER,
		     REASM_SOM | REASM_TO | 1, ctx->msg, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 2);

	mctp_fake_dev_remove(test, dev);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_GONE, 1);
	bound_expect_tags(test, "0");
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 0);
	bound_expect_message(test, REASM_PEER, 0);
}

static void device_that_changes_network_ends_messages_begun_by_it(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	int err;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	rtnl_lock();
	err = mctp_dev_set_net(ctx->dev->mdev, mctp_fake_network(test), NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REASM_GONE, 1);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
}

static void packets_of_another_device_are_none_of_the_message(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 1500, 0);

	bound_rx_start(test, REASM_LOCAL, REASM_PEER, 0);
	mctp_fake_rx(test, dev, REASM_LOCAL, REASM_PEER,
		     REASM_SEQ(1) | REASM_TO, ctx->msg, REASM_PACKET);
	mctp_fake_rx(test, dev, REASM_LOCAL, REASM_PEER,
		     REASM_EOM | REASM_SEQ(1) | REASM_TO, ctx->msg,
		     REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_START, 2);
	bound_rx_end(test, REASM_LOCAL, REASM_PEER, 0);
	bound_expect_message(test, REASM_PEER, 0);
}

/* The tag of a response that is being put together ends */
static void bound_end_tag(struct kunit *test, u8 peer, u8 value, bool expire)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	rcu_read_lock();
	tag = mctp_tag_lookup(ctx->network, REASM_LOCAL, peer, value, NULL);
	if (tag && expire)
		tag->expires = jiffies;
	else if (tag)
		mctp_tag_release(tag);
	if (tag)
		mctp_tag_put(tag);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, tag);
	if (expire) {
		mod_timer(&ctx->msk->tag_timer, jiffies);
		while (READ_ONCE(ctx->msk->nr_tags))
			usleep_range(1000, 3000);
	}
}

static void bound_rx_response(struct kunit *test, u8 src, u8 value, u8 flags,
			      unsigned int packet)
{
	struct reasm_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, src,
		     flags | REASM_SEQ(packet) | value,
		     ctx->msg + packet * REASM_PACKET, REASM_PACKET);
}

static void response_is_dropped_if_its_tag_expires_meanwhile(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, REASM_PEER, false);

	bound_rx_response(test, REASM_PEER, value, REASM_SOM, 0);
	bound_end_tag(test, REASM_PEER, value, true);
	bound_rx_response(test, REASM_PEER, value, 0, 1);
	bound_rx_response(test, REASM_PEER, value, REASM_EOM, 2);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TAG_EXPIRED,
			       1);
	KUNIT_EXPECT_EQ(test,
			mctp_fake_rise(&ctx->before, MCTP_CNT_TAG_EXPIRED), 1);
}

static void response_is_dropped_if_its_tag_is_dropped_meanwhile(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, REASM_PEER, true);

	bound_rx_response(test, REASM_PEER, value, REASM_SOM, 0);
	bound_end_tag(test, REASM_PEER, value, false);
	bound_rx_response(test, REASM_PEER, value, REASM_EOM, 1);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TAG_EXPIRED,
			       1);
}

static void response_does_not_go_to_the_next_owner_of_its_tag(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, REASM_PEER, false);
	struct socket *next = mctp_fake_socket(test);
	unsigned int i;
	int ret;

	bound_rx_response(test, REASM_PEER, value, REASM_SOM, 0);
	bound_end_tag(test, REASM_PEER, value, false);
	/* eight more, so that one of them has the same value */
	for (i = 0; i < MCTP_TAGS; i++) {
		rcu_read_lock();
		ret = mctp_tag_acquire(mctp_sk(next->sk), ctx->network,
				       REASM_LOCAL, REASM_PEER, false, NULL);
		rcu_read_unlock();
		KUNIT_ASSERT_GE(test, ret, 0);
	}

	bound_rx_response(test, REASM_PEER, value, REASM_EOM, 1);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TAG_EXPIRED,
			       1);
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			mctp_fake_recv(next, NULL, ctx->buf, MCTP_MSG_MAX));
	KUNIT_EXPECT_EQ(test, mctp_sk(next->sk)->nr_tags, MCTP_TAGS);
}

static void first_whole_answer_to_a_request_to_all_is_taken(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, MCTP_ADDR_ANY, false);

	bound_rx_response(test, REASM_PEER, value, REASM_SOM, 0);
	bound_rx_response(test, REASM_PEER + 1, value, REASM_SOM, 0);
	bound_rx_response(test, REASM_PEER + 1, value, REASM_EOM, 1);
	bound_rx_response(test, REASM_PEER, value, REASM_EOM, 1);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TAG_EXPIRED,
			       1);
	reasm_expect_message_of(test, ctx->sock, REASM_PEER + 1, value,
				ctx->msg, 2 * REASM_PACKET);
}

static void preallocated_tag_takes_every_answer(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, MCTP_ADDR_ANY, true);

	bound_rx_response(test, REASM_PEER, value, REASM_SOM, 0);
	bound_rx_response(test, REASM_PEER + 1, value, REASM_SOM, 0);
	bound_rx_response(test, REASM_PEER + 1, value, REASM_EOM, 1);
	bound_rx_response(test, REASM_PEER, value, REASM_EOM, 1);
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message_of(test, ctx->sock, REASM_PEER + 1, value,
				ctx->msg, 2 * REASM_PACKET);
	reasm_expect_message_of(test, ctx->sock, REASM_PEER, value, ctx->msg,
				2 * REASM_PACKET);
}

/* --- what /proc shows --- */

static void partial_message_is_shown_as_it_is(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_reasm_info *info;
	struct bound_list list;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	reasm_rx(test, REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	msleep(50);
	bound_list(test, &list);
	KUNIT_ASSERT_EQ(test, list.count, 1);
	info = &list.info[0];
	KUNIT_EXPECT_EQ(test, info->net, ctx->net);
	KUNIT_EXPECT_EQ(test, info->src, REASM_PEER);
	KUNIT_EXPECT_EQ(test, info->dest, REASM_LOCAL);
	KUNIT_EXPECT_EQ(test, info->tag, REASM_TO | REASM_TAG);
	KUNIT_EXPECT_EQ(test, info->ifindex, ctx->dev->ndev->ifindex);
	KUNIT_EXPECT_EQ(test, info->len, 2 * REASM_PACKET);
	KUNIT_EXPECT_EQ(test, info->packet_size, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, (unsigned long)info->bytes, ctx->pn->reasm_bytes);
	KUNIT_EXPECT_GE(test, info->idle_ms, 40);

	reasm_rx(test, REASM_EOM | REASM_SEQ(2), 2 * REASM_PACKET, 1);
	bound_list(test, &list);
	KUNIT_EXPECT_EQ(test, list.count, 0);
	reasm_expect_message(test, 2 * REASM_PACKET + 1);
}

static struct kunit_case mctp_reassembly_bound_cases[] = {
	KUNIT_CASE(message_without_progress_times_out),
	KUNIT_CASE(shorter_timeout_holds_from_the_next_message_on),
	KUNIT_CASE(each_message_times_out_in_its_turn),
	KUNIT_CASE(message_does_not_time_out_before_its_time),
	KUNIT_CASE(progress_renews_the_time),
	KUNIT_CASE(start_larger_than_the_memory_bound_is_dropped),
	KUNIT_CASE(message_that_outgrows_the_memory_bound_is_dropped),
	KUNIT_CASE(oldest_message_goes_at_the_memory_bound),
	KUNIT_CASE(message_with_progress_is_not_the_oldest),
	KUNIT_CASE(memory_bound_is_kept_after_each_packet),
	KUNIT_CASE_PARAM(memory_is_charged_in_full_and_not_many_times,
			 bound_cost_gen_params),
	KUNIT_CASE(source_has_thirty_two_partial_messages_at_most),
	KUNIT_CASE(message_that_ends_makes_room_for_its_source),
	KUNIT_CASE(source_is_bounded_in_each_network_by_itself),
	KUNIT_CASE(start_for_a_full_socket_is_dropped),
	KUNIT_CASE(message_is_dropped_as_its_socket_fills),
	KUNIT_CASE(message_alone_may_be_larger_than_the_receive_buffer),
	KUNIT_CASE(partial_messages_make_room_for_a_start),
	KUNIT_CASE(partial_messages_make_room_for_a_whole_one),
	KUNIT_CASE(partial_messages_of_others_make_no_room),
	KUNIT_CASE(message_of_small_packets_is_bounded_in_memory),
	KUNIT_CASE(close_of_the_socket_ends_its_messages_alone),
	KUNIT_CASE(device_that_leaves_ends_messages_begun_by_it),
	KUNIT_CASE(device_that_changes_network_ends_messages_begun_by_it),
	KUNIT_CASE(packets_of_another_device_are_none_of_the_message),
	KUNIT_CASE(response_is_dropped_if_its_tag_expires_meanwhile),
	KUNIT_CASE(response_is_dropped_if_its_tag_is_dropped_meanwhile),
	KUNIT_CASE(response_does_not_go_to_the_next_owner_of_its_tag),
	KUNIT_CASE(first_whole_answer_to_a_request_to_all_is_taken),
	KUNIT_CASE(preallocated_tag_takes_every_answer),
	KUNIT_CASE(partial_message_is_shown_as_it_is),
	{}
};

struct kunit_suite mctp_reassembly_bound_suite = {
	.name = "mctp_reassembly_bound",
	.init = reasm_test_init,
	.exit = reasm_test_exit,
	.test_cases = mctp_reassembly_bound_cases,
};
