// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: who gets which, whose response it is, and how it ends.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/timer.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

#define TAG_LOCAL	8
#define TAG_PEER	20

/**
 * struct tag_ctx - what each test starts with
 * @pn: init_net's
 * @network: a network without devices, referenced once
 * @sock: a socket
 * @msk: the same
 */
struct tag_ctx {
	struct mctp_pernet	*pn;
	struct mctp_network	*network;
	struct socket		*sock;
	struct mctp_sock	*msk;
};

static int tag_test_init(struct kunit *test)
{
	struct tag_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx);
	ctx->pn = mctp_pernet(&init_net);
	ctx->sock = mctp_fake_socket(test);
	ctx->msk = mctp_sk(ctx->sock->sk);
	ctx->network = mctp_network_get(ctx->pn, mctp_fake_network(test),
					GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ctx->network));
	test->priv = ctx;
	return 0;
}

static void tag_test_exit(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;

	if (ctx && !IS_ERR_OR_NULL(ctx->network))
		mctp_network_put(ctx->network);
}

/* Valid beyond the RCU section, as nobody but the test ends it */
static struct mctp_tag *tag_acquire(struct mctp_sock *msk,
				    struct mctp_network *network, u8 local,
				    u8 peer, bool prealloc)
{
	struct mctp_tag *tag;
	int value;

	rcu_read_lock();
	value = mctp_tag_acquire(msk, network, local, peer, prealloc, &tag);
	if (value >= 0)
		mctp_tag_put(tag);
	rcu_read_unlock();
	return value < 0 ? ERR_PTR(value) : tag;
}

/* A tag that must be had */
static struct mctp_tag *tag_take(struct kunit *test, u8 local, u8 peer,
				 bool prealloc)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	tag = tag_acquire(ctx->msk, ctx->network, local, peer, prealloc);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(tag), "tag for (%u, %u): %ld",
			       local, peer, PTR_ERR(tag));
	return tag;
}

/* The error of an attempt, 0 if it gave a tag, which is kept */
static int tag_try(struct kunit *test, u8 local, u8 peer)
{
	struct tag_ctx *ctx = test->priv;

	return PTR_ERR_OR_ZERO(tag_acquire(ctx->msk, ctx->network, local, peer,
					   false));
}

/* Take tags until there are no more; the values got, as a bit mask */
static unsigned int tag_take_all(struct kunit *test,
				 struct mctp_network *network, u8 local, u8 peer)
{
	struct tag_ctx *ctx = test->priv;
	unsigned int got = 0, i;

	for (i = 0; i <= MCTP_TAGS; i++) {
		struct mctp_tag *tag;

		tag = tag_acquire(ctx->msk, network, local, peer, false);
		if (IS_ERR(tag)) {
			KUNIT_EXPECT_EQ(test, PTR_ERR(tag), -EBUSY);
			return got;
		}
		KUNIT_EXPECT_LT(test, tag->value, MCTP_TAGS);
		KUNIT_EXPECT_FALSE(test, got & BIT(tag->value));
		got |= BIT(tag->value);
	}
	KUNIT_FAIL(test, "a ninth tag for (%u, %u)", local, peer);
	return got;
}

/* How often values are counted as used, over the whole network */
static unsigned int tag_uses(const struct mctp_network *network)
{
	unsigned int i, v, sum = 0;

	for (i = 0; i < MCTP_EIDS; i++)
		for (v = 0; v < MCTP_TAGS; v++)
			sum += network->tag_peers[i][v] +
			       network->tag_locals[i][v];
	return sum;
}

/* References to the network beside that of the test */
static unsigned int tag_network_refs(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;

	return refcount_read(&ctx->network->refs) - 1;
}

/* Let the socket's automatic tags be past their time, and the timer see it */
static void tag_expire_first(struct kunit *test, unsigned int n)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	spin_lock_bh(&ctx->pn->tag_lock);
	list_for_each_entry(tag, &ctx->msk->tags, list) {
		if (!n--)
			break;
		tag->expires = jiffies - 1;
	}
	spin_unlock_bh(&ctx->pn->tag_lock);
	mod_timer(&ctx->msk->tag_timer, jiffies);
}

static bool tag_wait_for(const struct mctp_sock *msk, unsigned int nr_tags)
{
	unsigned int i;

	for (i = 0; i < 250; i++) {
		if (READ_ONCE(msk->nr_tags) == nr_tags)
			return true;
		msleep(20);
	}
	return false;
}

static const struct mctp_tag *tag_lookup(struct kunit *test, u8 local, u8 peer,
					 u8 value)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	rcu_read_lock();
	tag = mctp_tag_lookup(ctx->network, local, peer, value, NULL);
	if (tag)
		mctp_tag_put(tag);
	rcu_read_unlock();
	return tag;
}

static const struct mctp_tag *tag_find_prealloc(struct kunit *test,
						struct mctp_sock *msk, u8 peer,
						u8 value, bool exact)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	rcu_read_lock();
	tag = mctp_tag_find_prealloc(msk, ctx->network, peer, value, exact);
	if (tag)
		mctp_tag_put(tag);
	rcu_read_unlock();
	return tag;
}

/* --- which values are free */

static void ninth_tag_of_a_pair_is_busy(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, TAG_LOCAL,
					   TAG_PEER), 0xff);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, TAG_PEER), -EBUSY);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, MCTP_TAGS);
}

static void ended_tag_makes_room_for_one_more(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	u8 value = tag->value;

	tag_take_all(test, ctx->network, TAG_LOCAL, TAG_PEER);
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(tag));
	KUNIT_EXPECT_EQ(test, tag_take(test, TAG_LOCAL, TAG_PEER, false)->value,
			value);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, TAG_PEER), -EBUSY);
}

static void ninth_tag_of_a_pair_is_busy_for_another_socket_too(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_sock *other = mctp_sk(mctp_fake_socket(test)->sk);
	struct mctp_tag *tag;

	tag_take_all(test, ctx->network, TAG_LOCAL, TAG_PEER);
	tag = tag_acquire(other, ctx->network, TAG_LOCAL, TAG_PEER, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(tag), -EBUSY);
	KUNIT_EXPECT_EQ(test, other->nr_tags, 0);
}

static void peers_have_eight_tags_each(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned int peer;

	for (peer = MCTP_EID_MIN; peer <= MCTP_EID_MAX; peer += 41)
		KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network,
						   TAG_LOCAL, peer), 0xff);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, MCTP_EID_MIN), -EBUSY);
}

static void local_eids_have_eight_tags_each(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;

	/* the first two use all values with this peer, and for the third the
	 * counts say nothing: each value is looked for
	 */
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 8, TAG_PEER),
			0xff);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 0, TAG_PEER),
			0xff);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 9, 21), 0xff);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 9, TAG_PEER),
			0xff);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 32);
}

static void networks_have_eight_tags_each(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_network *other;
	unsigned int got;

	tag_take_all(test, ctx->network, TAG_LOCAL, TAG_PEER);
	other = mctp_network_get(ctx->pn, mctp_fake_network(test), GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	got = tag_take_all(test, other, TAG_LOCAL, TAG_PEER);
	mctp_network_put(other);
	KUNIT_EXPECT_EQ(test, got, 0xff);
}

static void tag_for_any_peer_takes_its_value_from_each_peer(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *any;
	unsigned int rest;

	any = tag_take(test, TAG_LOCAL, MCTP_ADDR_ANY, false);
	rest = 0xff & ~BIT(any->value);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, TAG_LOCAL, 20),
			rest);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, TAG_LOCAL, 254),
			rest);
	/* and from no other local EID */
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 9, 20), 0xff);
}

static void tags_of_peers_take_their_values_from_any_peer(struct kunit *test)
{
	struct mctp_tag *tag[MCTP_TAGS];
	unsigned int i;

	/* eight peers, each with another value */
	for (i = 0; i < MCTP_TAGS; i++) {
		unsigned int skip;

		for (skip = 0; skip < i; skip++)
			mctp_tag_release(tag_take(test, TAG_LOCAL, 20 + i,
						  false));
		tag[i] = tag_take(test, TAG_LOCAL, 20 + i, false);
		KUNIT_ASSERT_EQ(test, tag[i]->value, i);
	}
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, MCTP_ADDR_ANY), -EBUSY);
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(tag[5]));
	KUNIT_EXPECT_EQ(test, tag_take(test, TAG_LOCAL, MCTP_ADDR_ANY,
				       false)->value, 5);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, MCTP_ADDR_ANY), -EBUSY);
}

static void tag_for_any_local_takes_its_value_from_each_local(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *any;
	unsigned int rest;

	any = tag_take(test, MCTP_ADDR_ANY, TAG_PEER, true);
	rest = 0xff & ~BIT(any->value);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 8, TAG_PEER),
			rest);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 0, TAG_PEER),
			rest);
	/* and from no other peer */
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 8, 21), 0xff);
}

static void tags_of_locals_take_their_values_from_any_local(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *four[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(four); i++)
		four[i] = tag_take(test, 8 + i, TAG_PEER, false);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, MCTP_ADDR_ANY,
					   TAG_PEER),
			0xff & ~(BIT(four[0]->value) | BIT(four[1]->value) |
				 BIT(four[2]->value) | BIT(four[3]->value)));
	KUNIT_EXPECT_EQ(test, tag_try(test, MCTP_ADDR_ANY, TAG_PEER), -EBUSY);
	KUNIT_EXPECT_EQ(test, tag_try(test, MCTP_ADDR_ANY, 21), 0);
}

static void wildcards_of_either_side_overlap(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, TAG_LOCAL,
					   MCTP_ADDR_ANY), 0xff);
	/* (8, any) and (any, 20) share (8, 20) */
	KUNIT_EXPECT_EQ(test, tag_try(test, MCTP_ADDR_ANY, TAG_PEER), -EBUSY);
	KUNIT_EXPECT_EQ(test, tag_try(test, MCTP_ADDR_ANY, MCTP_ADDR_ANY),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, TAG_PEER), -EBUSY);
	/* (9, any) shares nothing with (8, any) */
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 9,
					   MCTP_ADDR_ANY), 0xff);
}

static void tag_for_any_pair_takes_what_nobody_uses(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned int used = 0;

	used |= BIT(tag_take(test, 8, 20, false)->value);
	used |= BIT(tag_take(test, 9, 20, false)->value);
	used |= BIT(tag_take(test, 10, MCTP_ADDR_ANY, false)->value);
	used |= BIT(tag_take(test, MCTP_ADDR_ANY, 254, true)->value);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, MCTP_ADDR_ANY,
					   MCTP_ADDR_ANY), 0xff & ~used);
	/* a pair that nobody spoke of can have what is left, and only that */
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 77, 78), used);
}

static void tag_for_any_pair_takes_its_value_from_all(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned int rest;

	rest = 0xff & ~BIT(tag_take(test, MCTP_ADDR_ANY, MCTP_ADDR_ANY,
				    true)->value);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 8, 20), rest);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, 9,
					   MCTP_ADDR_ANY), rest);
	KUNIT_EXPECT_EQ(test, tag_take_all(test, ctx->network, MCTP_ADDR_ANY,
					   21), 0);
}

static void null_peer_is_any_peer(struct kunit *test)
{
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, MCTP_ADDR_NULL, false);

	KUNIT_EXPECT_EQ(test, tag->peer, MCTP_ADDR_ANY);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, TAG_LOCAL, 33, tag->value),
			    (const struct mctp_tag *)tag);
}

static void values_are_taken_in_turn(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 2 * MCTP_TAGS; i++) {
		struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER,
						false);

		KUNIT_EXPECT_EQ(test, tag->value, i % MCTP_TAGS);
		mctp_tag_release(tag);
	}
}

static void value_just_ended_is_taken_last(struct kunit *test)
{
	struct mctp_tag *tag[MCTP_TAGS];
	unsigned int i;

	for (i = 0; i < MCTP_TAGS - 1; i++)
		tag[i] = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	KUNIT_ASSERT_EQ(test, tag[3]->value, 3);
	mctp_tag_release(tag[3]);
	/* 7 has rested longer than 3 */
	KUNIT_EXPECT_EQ(test, tag_take(test, TAG_LOCAL, TAG_PEER, false)->value,
			7);
	KUNIT_EXPECT_EQ(test, tag_take(test, TAG_LOCAL, TAG_PEER, false)->value,
			3);
}

static void value_that_has_rested_longest_is_lent_next(struct kunit *test)
{
	static const u8 ended[] = { 5, 2, 7, 0 };
	struct mctp_tag *tag[MCTP_TAGS];
	unsigned int i;

	for (i = 0; i < MCTP_TAGS; i++)
		tag[i] = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	for (i = 0; i < ARRAY_SIZE(ended); i++) {
		KUNIT_ASSERT_EQ(test, tag[ended[i]]->value, ended[i]);
		mctp_tag_release(tag[ended[i]]);
	}
	for (i = 0; i < ARRAY_SIZE(ended); i++)
		KUNIT_EXPECT_EQ(test, tag_take(test, TAG_LOCAL, TAG_PEER,
					       false)->value, ended[i]);
	KUNIT_EXPECT_EQ(test, tag_try(test, TAG_LOCAL, TAG_PEER), -EBUSY);
}

static void socket_has_a_greatest_number_of_tags(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_sock *other = mctp_sk(mctp_fake_socket(test)->sk);
	struct mctp_tag *tag, *last = NULL;
	unsigned int i;

	for (i = 0; i < MCTP_SOCK_TAGS_MAX; i++) {
		/* eight a pair; 1976 a local EID */
		u8 peer = MCTP_EID_MIN + i / MCTP_TAGS % 247;
		u8 local = MCTP_EID_MIN + i / (MCTP_TAGS * 247);

		last = tag_take(test, local, peer, true);
	}
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, MCTP_SOCK_TAGS_MAX);
	KUNIT_EXPECT_EQ(test, tag_try(test, 100, 100), -EBUSY);

	/* it is the socket's bound, not that of the pair */
	tag = tag_acquire(other, ctx->network, 100, 100, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(tag), 0);
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(last));
	KUNIT_EXPECT_EQ(test, tag_try(test, 100, 100), 0);
	KUNIT_EXPECT_EQ(test, tag_try(test, 100, 100), -EBUSY);
}

static void network_on_its_way_out_lends_no_tag(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_network *network = ctx->network;
	int value;

	rcu_read_lock();
	mctp_network_put(network);
	ctx->network = NULL;
	value = mctp_tag_acquire(ctx->msk, network, TAG_LOCAL, TAG_PEER, false,
				 NULL);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, value, -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

/* --- whose response it is */

static void response_that_nobody_waits_for_has_no_tag(struct kunit *test)
{
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	u8 v = tag->value;

	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL, TAG_PEER, v + 1));
	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL, TAG_PEER + 1, v));
	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL + 1, TAG_PEER, v));
	KUNIT_EXPECT_NULL(test, tag_lookup(test, 0, TAG_PEER, v));
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, TAG_LOCAL, TAG_PEER, v),
			    (const struct mctp_tag *)tag);
}

static void response_from_another_network_has_no_tag(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	struct mctp_tag *found;
	struct mctp_network *other;

	other = mctp_network_get(ctx->pn, mctp_fake_network(test), GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	rcu_read_lock();
	found = mctp_tag_lookup(other, TAG_LOCAL, TAG_PEER, tag->value, NULL);
	rcu_read_unlock();
	mctp_network_put(other);
	KUNIT_EXPECT_NULL(test, found);
}

/* As by a program that ends while its answer comes in */
static void response_keeps_the_socket_that_is_closed_meanwhile(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	struct mctp_sock *msk = NULL;

	rcu_read_lock();
	tag = mctp_tag_lookup(ctx->network, TAG_LOCAL, TAG_PEER, tag->value,
			      &msk);
	mctp_tag_close_sock(ctx->msk);
	KUNIT_EXPECT_PTR_EQ(test, msk, ctx->msk);
	KUNIT_EXPECT_NOT_NULL(test, tag);
	if (tag) {
		KUNIT_EXPECT_NULL(test, tag->msk);
		KUNIT_EXPECT_FALSE(test, mctp_tag_answered(tag));
		mctp_tag_put(tag);
	}
	rcu_read_unlock();
}

/* One tag of each of the four kinds, and for which of four responses it is */
struct tag_overlap {
	const char	*name;
	u8		local;
	u8		peer;
	bool		same;
	bool		other_peer;
	bool		other_local;
	bool		other_both;
};

static const struct tag_overlap tag_overlaps[] = {
	{ "exact", TAG_LOCAL, TAG_PEER, true, false, false, false },
	{ "any peer", TAG_LOCAL, MCTP_ADDR_ANY, true, true, false, false },
	{ "any local", MCTP_ADDR_ANY, TAG_PEER, true, false, true, false },
	{ "any pair", MCTP_ADDR_ANY, MCTP_ADDR_ANY, true, true, true, true },
};

static void tag_overlap_name(const struct tag_overlap *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tag_overlap, tag_overlaps, tag_overlap_name);

static void response_finds_a_tag_through_its_wildcards(struct kunit *test)
{
	const struct tag_overlap *o = test->param_value;
	u8 v = tag_take(test, o->local, o->peer, false)->value;

	KUNIT_EXPECT_EQ(test, !!tag_lookup(test, TAG_LOCAL, TAG_PEER, v),
			o->same);
	KUNIT_EXPECT_EQ(test, !!tag_lookup(test, TAG_LOCAL, 21, v),
			o->other_peer);
	KUNIT_EXPECT_EQ(test, !!tag_lookup(test, 9, TAG_PEER, v),
			o->other_local);
	KUNIT_EXPECT_EQ(test, !!tag_lookup(test, 9, 21, v), o->other_both);
	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL, TAG_PEER, 7 - v));
}

static void each_response_finds_its_own_of_many_tags(struct kunit *test)
{
	struct mctp_tag *any = tag_take(test, 8, MCTP_ADDR_ANY, false);
	struct mctp_tag *one = tag_take(test, 8, 20, false);
	struct mctp_tag *two = tag_take(test, 9, 20, false);
	struct mctp_tag *pre = tag_take(test, MCTP_ADDR_ANY, 20, true);

	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, 8, 20, any->value),
			    (const struct mctp_tag *)any);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, 8, 20, one->value),
			    (const struct mctp_tag *)one);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, 9, 20, two->value),
			    (const struct mctp_tag *)two);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, 9, 20, pre->value),
			    (const struct mctp_tag *)pre);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, 8, 20, pre->value),
			    (const struct mctp_tag *)pre);
}

/* --- how it ends */

static void automatic_tag_is_answered_once(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	u8 v = tag->value;

	refcount_inc(&tag->refs);
	KUNIT_EXPECT_TRUE(test, mctp_tag_answered(tag));
	KUNIT_EXPECT_FALSE(test, mctp_tag_answered(tag));
	mctp_tag_put(tag);
	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL, TAG_PEER, v));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

static void tag_is_released_once(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, true);

	refcount_inc(&tag->refs);
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(tag));
	KUNIT_EXPECT_FALSE(test, mctp_tag_release(tag));
	KUNIT_EXPECT_FALSE(test, mctp_tag_answered(tag));
	mctp_tag_put(tag);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	KUNIT_EXPECT_EQ(test, tag_uses(ctx->network), 0);
}

static void automatic_tag_ends_six_seconds_after_it_was_lent(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned long before = jiffies;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);

	KUNIT_EXPECT_TRUE(test, time_in_range(tag->expires, before + 6 * HZ,
					      jiffies + 6 * HZ));
	KUNIT_EXPECT_TRUE(test, timer_pending(&ctx->msk->tag_timer));
	KUNIT_EXPECT_EQ(test, ctx->msk->tag_timer.expires, tag->expires);
}

static void automatic_tag_ends_with_its_time(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned long expired = mctp_fake_counter(MCTP_CNT_TAG_EXPIRED);
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	u8 v = tag->value;

	refcount_inc(&tag->refs);
	tag_expire_first(test, 1);
	KUNIT_EXPECT_TRUE(test, tag_wait_for(ctx->msk, 0));
	KUNIT_EXPECT_EQ(test, mctp_fake_counter(MCTP_CNT_TAG_EXPIRED) - expired,
			1);
	KUNIT_EXPECT_NULL(test, tag_lookup(test, TAG_LOCAL, TAG_PEER, v));
	KUNIT_EXPECT_FALSE(test, mctp_tag_answered(tag));
	mctp_tag_put(tag);
}

static void later_tags_outlive_those_that_expire(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	unsigned long expired = mctp_fake_counter(MCTP_CNT_TAG_EXPIRED);
	struct mctp_tag *last;
	unsigned int i;

	for (i = 0; i < 3; i++)
		last = tag_take(test, TAG_LOCAL, TAG_PEER + i, false);
	tag_expire_first(test, 2);
	KUNIT_EXPECT_TRUE(test, tag_wait_for(ctx->msk, 1));
	KUNIT_EXPECT_EQ(test, mctp_fake_counter(MCTP_CNT_TAG_EXPIRED) - expired,
			2);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, TAG_LOCAL, TAG_PEER + 2,
					     last->value),
			    (const struct mctp_tag *)last);

	/* and the timer waits for the next, once its handler has returned */
	spin_lock_bh(&ctx->pn->tag_lock);
	KUNIT_EXPECT_TRUE(test, timer_pending(&ctx->msk->tag_timer));
	KUNIT_EXPECT_EQ(test, ctx->msk->tag_timer.expires, last->expires);
	spin_unlock_bh(&ctx->pn->tag_lock);
}

static void preallocated_tag_is_not_ended_by_answers(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, MCTP_ADDR_ANY, TAG_PEER, true);

	KUNIT_EXPECT_TRUE(test, mctp_tag_answered(tag));
	KUNIT_EXPECT_TRUE(test, mctp_tag_answered(tag));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 1);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, TAG_LOCAL, TAG_PEER,
					     tag->value),
			    (const struct mctp_tag *)tag);
}

static void preallocated_tag_is_not_ended_by_time(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, MCTP_ADDR_ANY, TAG_PEER, true);

	KUNIT_EXPECT_FALSE(test, timer_pending(&ctx->msk->tag_timer));
	spin_lock_bh(&ctx->pn->tag_lock);
	tag->expires = jiffies - 1;
	spin_unlock_bh(&ctx->pn->tag_lock);

	/* an automatic one that ends shows that the timer has run */
	tag_take(test, TAG_LOCAL, TAG_PEER + 1, false);
	tag_expire_first(test, 1);
	KUNIT_EXPECT_TRUE(test, tag_wait_for(ctx->msk, 1));
	KUNIT_EXPECT_FALSE(test, tag->dead);
	KUNIT_EXPECT_PTR_EQ(test, tag_lookup(test, TAG_LOCAL, TAG_PEER,
					     tag->value),
			    (const struct mctp_tag *)tag);
}

static void close_ends_all_tags_of_a_socket_and_no_other(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);
	struct mctp_sock *msk = mctp_sk(sock->sk);
	struct mctp_tag *mine = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	struct mctp_tag *tag[3];
	unsigned int i;

	tag[0] = tag_acquire(msk, ctx->network, TAG_LOCAL, TAG_PEER, false);
	tag[1] = tag_acquire(msk, ctx->network, MCTP_ADDR_ANY, TAG_PEER, true);
	tag[2] = tag_acquire(msk, ctx->network, TAG_LOCAL, MCTP_ADDR_ANY,
			     false);
	for (i = 0; i < ARRAY_SIZE(tag); i++) {
		KUNIT_ASSERT_FALSE(test, IS_ERR(tag[i]));
		refcount_inc(&tag[i]->refs);
	}

	mctp_fake_socket_release(test, sock);
	for (i = 0; i < ARRAY_SIZE(tag); i++) {
		KUNIT_EXPECT_TRUE(test, tag[i]->dead);
		KUNIT_EXPECT_FALSE(test, mctp_tag_answered(tag[i]));
		mctp_tag_put(tag[i]);
	}
	KUNIT_EXPECT_FALSE(test, mine->dead);
	KUNIT_EXPECT_EQ(test, tag_uses(ctx->network), 2);
	KUNIT_EXPECT_EQ(test, tag_network_refs(test), 1);
}

static void counts_and_references_are_even_in_the_end(struct kunit *test)
{
	static const u8 locals[] = { 0, 8, 9, MCTP_ADDR_ANY };
	static const u8 peers[] = { 0, 8, 20, 254, MCTP_ADDR_ANY };
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag[20];
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(tag); i++) {
		struct mctp_tag *t;

		t = tag_acquire(ctx->msk, ctx->network,
				locals[i % ARRAY_SIZE(locals)],
				peers[i % ARRAY_SIZE(peers)], i & 1);
		if (!IS_ERR(t))
			tag[n++] = t;
	}
	KUNIT_EXPECT_GT(test, n, MCTP_TAGS);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, n);
	KUNIT_EXPECT_EQ(test, tag_network_refs(test), n);
	KUNIT_EXPECT_EQ(test, tag_uses(ctx->network), 2 * n);

	for (i = 0; i < n; i++)
		KUNIT_EXPECT_TRUE(test, mctp_tag_release(tag[i]));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	KUNIT_EXPECT_EQ(test, tag_network_refs(test), 0);
	KUNIT_EXPECT_EQ(test, tag_uses(ctx->network), 0);
	KUNIT_EXPECT_EQ(test, ctx->pn->nr_tags, 0);
}

static void reference_keeps_an_ended_tag_and_its_network(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);

	refcount_inc(&tag->refs);
	mctp_tag_release(tag);
	KUNIT_EXPECT_EQ(test, refcount_read(&tag->refs), 1);
	KUNIT_EXPECT_EQ(test, tag_network_refs(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, tag->network, ctx->network);
	mctp_tag_put(tag);
	KUNIT_EXPECT_EQ(test, tag_network_refs(test), 0);
}

/* --- preallocated tags are found by their owner */

static void preallocated_tag_is_found_by_its_owner_only(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_sock *other = mctp_sk(mctp_fake_socket(test)->sk);
	struct mctp_tag *tag = tag_take(test, MCTP_ADDR_ANY, TAG_PEER, true);
	u8 v = tag->value;

	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, other, TAG_PEER, v,
						  false));
	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, TAG_PEER,
						  v + 1, false));
	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, TAG_PEER + 1,
						  v, false));
	KUNIT_EXPECT_PTR_EQ(test, tag_find_prealloc(test, ctx->msk, TAG_PEER, v,
						    true),
			    (const struct mctp_tag *)tag);
}

static void preallocated_tag_for_any_is_exact_for_any_only(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag;
	u8 v;

	tag = tag_take(test, MCTP_ADDR_ANY, MCTP_ADDR_NULL, true);
	v = tag->value;
	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, TAG_PEER, v,
						  true));
	KUNIT_EXPECT_PTR_EQ(test, tag_find_prealloc(test, ctx->msk, TAG_PEER, v,
						    false),
			    (const struct mctp_tag *)tag);
	KUNIT_EXPECT_PTR_EQ(test, tag_find_prealloc(test, ctx->msk,
						    MCTP_ADDR_ANY, v, true),
			    (const struct mctp_tag *)tag);
	KUNIT_EXPECT_PTR_EQ(test, tag_find_prealloc(test, ctx->msk,
						    MCTP_ADDR_NULL, v, true),
			    (const struct mctp_tag *)tag);
}

static void automatic_tag_is_not_found_as_a_preallocated_one(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, TAG_LOCAL, TAG_PEER, false);
	struct mctp_tag *any = tag_take(test, MCTP_ADDR_ANY, 21, false);

	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, TAG_PEER,
						  tag->value, false));
	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, 21,
						  any->value, false));
}

static void dropped_tag_is_not_found(struct kunit *test)
{
	struct tag_ctx *ctx = test->priv;
	struct mctp_tag *tag = tag_take(test, MCTP_ADDR_ANY, TAG_PEER, true);
	u8 v = tag->value;

	mctp_tag_release(tag);
	KUNIT_EXPECT_NULL(test, tag_find_prealloc(test, ctx->msk, TAG_PEER, v,
						  false));
}

static struct kunit_case mctp_tag_cases[] = {
	KUNIT_CASE(ninth_tag_of_a_pair_is_busy),
	KUNIT_CASE(ended_tag_makes_room_for_one_more),
	KUNIT_CASE(ninth_tag_of_a_pair_is_busy_for_another_socket_too),
	KUNIT_CASE(peers_have_eight_tags_each),
	KUNIT_CASE(local_eids_have_eight_tags_each),
	KUNIT_CASE(networks_have_eight_tags_each),
	KUNIT_CASE(tag_for_any_peer_takes_its_value_from_each_peer),
	KUNIT_CASE(tags_of_peers_take_their_values_from_any_peer),
	KUNIT_CASE(tag_for_any_local_takes_its_value_from_each_local),
	KUNIT_CASE(tags_of_locals_take_their_values_from_any_local),
	KUNIT_CASE(wildcards_of_either_side_overlap),
	KUNIT_CASE(tag_for_any_pair_takes_what_nobody_uses),
	KUNIT_CASE(tag_for_any_pair_takes_its_value_from_all),
	KUNIT_CASE(null_peer_is_any_peer),
	KUNIT_CASE(values_are_taken_in_turn),
	KUNIT_CASE(value_just_ended_is_taken_last),
	KUNIT_CASE(value_that_has_rested_longest_is_lent_next),
	KUNIT_CASE(socket_has_a_greatest_number_of_tags),
	KUNIT_CASE(network_on_its_way_out_lends_no_tag),
	KUNIT_CASE(response_that_nobody_waits_for_has_no_tag),
	KUNIT_CASE(response_from_another_network_has_no_tag),
	KUNIT_CASE(response_keeps_the_socket_that_is_closed_meanwhile),
	KUNIT_CASE_PARAM(response_finds_a_tag_through_its_wildcards,
			 tag_overlap_gen_params),
	KUNIT_CASE(each_response_finds_its_own_of_many_tags),
	KUNIT_CASE(automatic_tag_is_answered_once),
	KUNIT_CASE(tag_is_released_once),
	KUNIT_CASE(automatic_tag_ends_six_seconds_after_it_was_lent),
	KUNIT_CASE(automatic_tag_ends_with_its_time),
	KUNIT_CASE(later_tags_outlive_those_that_expire),
	KUNIT_CASE(preallocated_tag_is_not_ended_by_answers),
	KUNIT_CASE(preallocated_tag_is_not_ended_by_time),
	KUNIT_CASE(close_ends_all_tags_of_a_socket_and_no_other),
	KUNIT_CASE(counts_and_references_are_even_in_the_end),
	KUNIT_CASE(reference_keeps_an_ended_tag_and_its_network),
	KUNIT_CASE(preallocated_tag_is_found_by_its_owner_only),
	KUNIT_CASE(preallocated_tag_for_any_is_exact_for_any_only),
	KUNIT_CASE(automatic_tag_is_not_found_as_a_preallocated_one),
	KUNIT_CASE(dropped_tag_is_not_found),
	{}
};

struct kunit_suite mctp_tag_suite = {
	.name = "mctp_tag",
	.init = tag_test_init,
	.exit = tag_test_exit,
	.test_cases = mctp_tag_cases,
};
