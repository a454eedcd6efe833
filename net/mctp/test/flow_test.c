// SPDX-License-Identifier: GPL-2.0
/*
 * Flows: what a device is told of the requests that go out by it.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/rtnetlink.h>
#include <linux/timer.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

#define FLOW_LOCAL	8
#define FLOW_PEER	20

/**
 * struct flow_ctx - what each test starts with
 * @pn: init_net's
 * @network: a network, referenced
 * @sock: a socket
 * @msk: the same
 */
struct flow_ctx {
	struct mctp_pernet	*pn;
	struct mctp_network	*network;
	struct socket		*sock;
	struct mctp_sock	*msk;
};

static int flow_test_init(struct kunit *test)
{
	struct flow_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->pn = mctp_pernet(&init_net);
	ctx->sock = mctp_fake_socket(test);
	ctx->msk = mctp_sk(ctx->sock->sk);
	ctx->network = mctp_network_get(ctx->pn, mctp_fake_network(test),
					GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ctx->network));
	test->priv = ctx;
	return 0;
}

static void flow_test_exit(struct kunit *test)
{
	struct flow_ctx *ctx = test->priv;

	if (ctx && !IS_ERR_OR_NULL(ctx->network))
		mctp_network_put(ctx->network);
}

static struct mctp_tag *flow_tag(struct kunit *test, u8 local, u8 peer,
				 bool prealloc)
{
	struct flow_ctx *ctx = test->priv;
	struct mctp_tag *tag;
	int value;

	/* valid beyond the section: nobody but the test ends it */
	rcu_read_lock();
	value = mctp_tag_acquire(ctx->msk, ctx->network, local, peer, prealloc,
				 &tag);
	if (value >= 0)
		mctp_tag_put(tag);
	rcu_read_unlock();
	KUNIT_ASSERT_GE(test, value, 0);
	return tag;
}

/* The socket's only automatic tag is past its time, and its timer has run */
static void flow_expire(struct kunit *test)
{
	struct flow_ctx *ctx = test->priv;
	struct mctp_tag *tag;
	unsigned int i;

	spin_lock_bh(&ctx->pn->tag_lock);
	list_for_each_entry(tag, &ctx->msk->tags, list)
		tag->expires = jiffies - 1;
	spin_unlock_bh(&ctx->pn->tag_lock);
	mod_timer(&ctx->msk->tag_timer, jiffies);
	for (i = 0; i < 250 && READ_ONCE(ctx->msk->nr_tags); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	/* the device is told after the lock is let go: wait for the handler */
	timer_delete_sync(&ctx->msk->tag_timer);
}

static struct mctp_fake_dev *flow_dev(struct kunit *test)
{
	struct flow_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, ctx->network->id, 68, 0);
	mctp_fake_eid(test, dev, FLOW_LOCAL);
	return dev;
}

static void flow_begin(struct mctp_tag *tag, struct mctp_fake_dev *fake)
{
	rcu_read_lock();
	mctp_tag_sent(tag, fake->mdev);
	rcu_read_unlock();
}

static void flow_expect_end(struct kunit *test, struct mctp_fake_dev *fake,
			    u8 local, u8 peer, u8 value, bool prealloc)
{
	struct flow_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, fake->flows_ended, 1);
	KUNIT_EXPECT_EQ(test, fake->last_flow.net, ctx->network->id);
	KUNIT_EXPECT_EQ(test, fake->last_flow.local, local);
	KUNIT_EXPECT_EQ(test, fake->last_flow.peer, peer);
	KUNIT_EXPECT_EQ(test, fake->last_flow.tag, value);
	KUNIT_EXPECT_EQ(test, fake->last_flow.prealloc, prealloc);
}

static void flow_is_not_ended_for_a_tag_never_sent(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);

	mctp_tag_release(flow_tag(test, FLOW_LOCAL, FLOW_PEER, false));
	mctp_tag_answered(flow_tag(test, FLOW_LOCAL, FLOW_PEER, false));
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
}

static void flow_is_not_begun_for_a_tag_that_has_ended(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);

	refcount_inc(&tag->refs);
	mctp_tag_release(tag);
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, tag->ifindex, 0);
	mctp_tag_put(tag);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
}

static void device_without_operations_holds_no_flow(struct kunit *test)
{
	static const struct mctp_netdev_ops empty;
	struct mctp_fake_dev *fake = flow_dev(test);
	const struct mctp_netdev_ops *ops = fake->mdev->ops;
	struct mctp_tag *tag = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);

	fake->mdev->ops = NULL;
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, tag->ifindex, 0);
	fake->mdev->ops = &empty;
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, tag->ifindex, 0);
	fake->mdev->ops = ops;
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, tag->ifindex, fake->ndev->ifindex);
}

static void flow_ends_with_the_answer_once(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag;

	/* not the first value, so that 0 would be seen */
	mctp_tag_release(flow_tag(test, FLOW_LOCAL, FLOW_PEER, false));
	tag = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	refcount_inc(&tag->refs);
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
	mctp_tag_answered(tag);
	mctp_tag_answered(tag);
	mctp_tag_release(tag);
	flow_expect_end(test, fake, FLOW_LOCAL, FLOW_PEER, 1, false);
	mctp_tag_put(tag);
}

static void flow_ends_with_the_time_once(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, FLOW_LOCAL, MCTP_ADDR_ANY, false);

	flow_begin(tag, fake);
	flow_expire(test);
	flow_expect_end(test, fake, FLOW_LOCAL, MCTP_ADDR_ANY, 0, false);
}

static void flow_of_a_preallocated_tag_ends_as_it_is_dropped(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true);

	flow_begin(tag, fake);
	mctp_tag_answered(tag);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
	mctp_tag_release(tag);
	flow_expect_end(test, fake, MCTP_ADDR_ANY, FLOW_PEER, 0, true);
}

static void flow_ends_with_the_socket(struct kunit *test)
{
	struct flow_ctx *ctx = test->priv;
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);

	flow_begin(tag, fake);
	mctp_fake_socket_release(test, ctx->sock);
	flow_expect_end(test, fake, FLOW_LOCAL, FLOW_PEER, 0, false);
}

static void tag_sent_twice_by_a_device_is_one_flow(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true);

	flow_begin(tag, fake);
	flow_begin(tag, fake);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
	mctp_tag_release(tag);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 1);
}

static void tag_sent_by_another_device_ends_the_first_flow(struct kunit *test)
{
	struct mctp_fake_dev *one = flow_dev(test);
	struct mctp_fake_dev *two = flow_dev(test);
	struct mctp_tag *tag = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true);

	flow_begin(tag, one);
	flow_begin(tag, two);
	flow_expect_end(test, one, MCTP_ADDR_ANY, FLOW_PEER, 0, true);
	KUNIT_EXPECT_EQ(test, two->flows_ended, 0);
	mctp_tag_release(tag);
	KUNIT_EXPECT_EQ(test, one->flows_ended, 1);
	flow_expect_end(test, two, MCTP_ADDR_ANY, FLOW_PEER, 0, true);
}

static void device_that_is_removed_is_not_told_of_flows(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_tag *one = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	struct mctp_tag *two = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true);

	flow_begin(one, fake);
	flow_begin(two, fake);
	mctp_fake_dev_remove(test, fake);
	KUNIT_EXPECT_EQ(test, one->ifindex, 0);
	KUNIT_EXPECT_EQ(test, two->ifindex, 0);
	/* the tags live on, as an answer may come another way */
	KUNIT_EXPECT_TRUE(test, mctp_tag_answered(one));
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(two));
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 0);
}

static void device_that_changes_network_is_told_of_flows_once(struct kunit *test)
{
	struct mctp_fake_dev *fake = flow_dev(test);
	struct mctp_fake_dev *stays = flow_dev(test);
	struct mctp_tag *one = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	struct mctp_tag *two = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true);
	struct mctp_tag *three = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	int err;

	flow_begin(one, fake);
	flow_begin(two, fake);
	flow_begin(three, stays);
	rtnl_lock();
	err = mctp_dev_set_net(fake->mdev, mctp_fake_network(test), NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 2);
	KUNIT_EXPECT_EQ(test, stays->flows_ended, 0);

	KUNIT_EXPECT_TRUE(test, mctp_tag_release(one));
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(two));
	KUNIT_EXPECT_TRUE(test, mctp_tag_release(three));
	KUNIT_EXPECT_EQ(test, fake->flows_ended, 2);
	KUNIT_EXPECT_EQ(test, stays->flows_ended, 1);
}

static bool flow_find(struct net_device *dev, u8 dest, u8 src, u8 flags,
		      struct mctp_flow *flow)
{
	struct mctp_hdr hdr = {
		.ver = MCTP_VER,
		.dest = dest,
		.src = src,
		.flags_seq_tag = flags | MCTP_HDR_SOM | MCTP_HDR_EOM,
	};

	memset(flow, 0xaa, sizeof(*flow));
	return mctp_find_flow(dev, &hdr, flow);
}

static void packet_without_an_owned_tag_has_no_flow(struct kunit *test)
{
	struct net_device *dev = flow_dev(test)->ndev;
	struct mctp_tag *tag = flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	struct mctp_fake_dev *elsewhere;
	u8 to = MCTP_HDR_TO | tag->value;
	struct mctp_flow flow;

	elsewhere = mctp_fake_dev(test, mctp_fake_network(test), 68, 0);
	/* a response */
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL,
					   tag->value, &flow));
	/* another value, peer, local EID, or network */
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL,
					   to + 1, &flow));
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER + 1, FLOW_LOCAL,
					   to, &flow));
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL + 1,
					   to, &flow));
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_LOCAL, FLOW_PEER, to,
					   &flow));
	KUNIT_EXPECT_FALSE(test, flow_find(elsewhere->ndev, FLOW_PEER,
					   FLOW_LOCAL, to, &flow));
	KUNIT_EXPECT_TRUE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL, to,
					  &flow));
	/* and one that has ended */
	mctp_tag_release(tag);
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL, to,
					   &flow));
}

static void packet_of_a_request_has_its_flow(struct kunit *test)
{
	struct flow_ctx *ctx = test->priv;
	struct net_device *dev = flow_dev(test)->ndev;
	struct mctp_flow flow;

	mctp_tag_release(flow_tag(test, FLOW_LOCAL, FLOW_PEER, false));
	flow_tag(test, FLOW_LOCAL, FLOW_PEER, false);
	KUNIT_EXPECT_TRUE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL,
					  MCTP_HDR_TO | 1, &flow));
	KUNIT_EXPECT_EQ(test, flow.net, ctx->network->id);
	KUNIT_EXPECT_EQ(test, flow.local, FLOW_LOCAL);
	KUNIT_EXPECT_EQ(test, flow.peer, FLOW_PEER);
	KUNIT_EXPECT_EQ(test, flow.tag, 1);
	KUNIT_EXPECT_FALSE(test, flow.prealloc);
}

static void packet_of_a_preallocated_tag_has_its_flow(struct kunit *test)
{
	struct net_device *dev = flow_dev(test)->ndev;
	struct mctp_flow flow;
	u8 v;

	v = flow_tag(test, MCTP_ADDR_ANY, FLOW_PEER, true)->value;
	KUNIT_EXPECT_TRUE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL,
					  MCTP_HDR_TO | v, &flow));
	KUNIT_EXPECT_EQ(test, flow.local, MCTP_ADDR_ANY);
	KUNIT_EXPECT_EQ(test, flow.peer, FLOW_PEER);
	KUNIT_EXPECT_TRUE(test, flow.prealloc);

	/* from an endpoint without an EID, as we are on some devices */
	KUNIT_EXPECT_TRUE(test, flow_find(dev, FLOW_PEER, MCTP_ADDR_NULL,
					  MCTP_HDR_TO | v, &flow));
	/* what is forwarded has another's tag */
	KUNIT_EXPECT_FALSE(test, flow_find(dev, FLOW_PEER, FLOW_LOCAL + 1,
					   MCTP_HDR_TO | v, &flow));
}

static void packet_to_null_or_all_has_the_flow_of_any_peer(struct kunit *test)
{
	struct net_device *dev = flow_dev(test)->ndev;
	struct mctp_flow flow;
	u8 v;

	v = flow_tag(test, FLOW_LOCAL, MCTP_ADDR_NULL, false)->value;
	KUNIT_EXPECT_TRUE(test, flow_find(dev, MCTP_ADDR_NULL, FLOW_LOCAL,
					  MCTP_HDR_TO | v, &flow));
	KUNIT_EXPECT_EQ(test, flow.peer, MCTP_ADDR_ANY);
	KUNIT_EXPECT_TRUE(test, flow_find(dev, MCTP_ADDR_ANY, FLOW_LOCAL,
					  MCTP_HDR_TO | v, &flow));
	KUNIT_EXPECT_EQ(test, flow.peer, MCTP_ADDR_ANY);
}

static struct kunit_case mctp_flow_cases[] = {
	KUNIT_CASE(flow_is_not_ended_for_a_tag_never_sent),
	KUNIT_CASE(flow_is_not_begun_for_a_tag_that_has_ended),
	KUNIT_CASE(device_without_operations_holds_no_flow),
	KUNIT_CASE(flow_ends_with_the_answer_once),
	KUNIT_CASE(flow_ends_with_the_time_once),
	KUNIT_CASE(flow_of_a_preallocated_tag_ends_as_it_is_dropped),
	KUNIT_CASE(flow_ends_with_the_socket),
	KUNIT_CASE(tag_sent_twice_by_a_device_is_one_flow),
	KUNIT_CASE(tag_sent_by_another_device_ends_the_first_flow),
	KUNIT_CASE(device_that_is_removed_is_not_told_of_flows),
	KUNIT_CASE(device_that_changes_network_is_told_of_flows_once),
	KUNIT_CASE(packet_without_an_owned_tag_has_no_flow),
	KUNIT_CASE(packet_of_a_request_has_its_flow),
	KUNIT_CASE(packet_of_a_preallocated_tag_has_its_flow),
	KUNIT_CASE(packet_to_null_or_all_has_the_flow_of_any_peer),
	{}
};

struct kunit_suite mctp_flow_suite = {
	.name = "mctp_flow",
	.init = flow_test_init,
	.exit = flow_test_exit,
	.test_cases = mctp_flow_cases,
};
