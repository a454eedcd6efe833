// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: which of several is taken, and where gateways lead.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/rtnetlink.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

/**
 * struct route_ctx - what each test starts with
 * @net: network of both devices, the test's own
 * @network: the same, referenced
 * @one: a device
 * @two: another
 */
struct route_ctx {
	unsigned int		net;
	struct mctp_network	*network;
	struct mctp_fake_dev	*one;
	struct mctp_fake_dev	*two;
};

static int route_test_init(struct kunit *test)
{
	struct route_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->net = mctp_fake_network(test);
	ctx->one = mctp_fake_dev(test, ctx->net, 100, 0);
	ctx->two = mctp_fake_dev(test, ctx->net, 200, 0);
	ctx->network = mctp_network_get(mctp_pernet(&init_net), ctx->net,
					GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ctx->network));
	test->priv = ctx;
	return 0;
}

static void route_test_exit(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	if (!ctx || IS_ERR_OR_NULL(ctx->network))
		return;
	rtnl_lock();
	mctp_route_flush_network(ctx->network);
	rtnl_unlock();
	mctp_network_put(ctx->network);
}

/* A direct route, or one by @gateway if @fake is NULL; gives its error */
static int route_add(struct kunit *test, struct mctp_fake_dev *fake, u8 gateway,
		     u8 min, u8 max, u32 mtu)
{
	struct route_ctx *ctx = test->priv;
	int err;

	rtnl_lock();
	err = mctp_route_add(ctx->network, fake ? fake->mdev : NULL, gateway,
			     RTN_UNICAST, min, max, mtu, NULL);
	rtnl_unlock();
	return err;
}

static int route_del(struct kunit *test, struct mctp_fake_dev *fake, u8 gateway,
		     u8 min, u8 max)
{
	struct route_ctx *ctx = test->priv;
	int err;

	rtnl_lock();
	err = mctp_route_del(ctx->network, fake ? fake->mdev : NULL, gateway,
			     RTN_UNICAST, min, max, NULL);
	rtnl_unlock();
	return err;
}

static int route_del_eid(struct mctp_fake_dev *fake, u8 eid)
{
	int err;

	rtnl_lock();
	err = mctp_dev_del_eid(fake->mdev, eid, NULL);
	rtnl_unlock();
	return err;
}

static int route_lookup(struct kunit *test, u8 eid, struct mctp_way *way)
{
	struct route_ctx *ctx = test->priv;
	int err;

	memset(way, 0, sizeof(*way));
	rcu_read_lock();
	err = mctp_route_lookup(ctx->network, eid, way);
	rcu_read_unlock();
	return err;
}

/* The device that a message to @eid goes out by, or an error of the look-up */
static struct mctp_dev *route_dev(struct kunit *test, u8 eid)
{
	struct mctp_way way;
	int err = route_lookup(test, eid, &way);

	return err ? ERR_PTR(err) : way.mdev;
}

static int route_err(struct kunit *test, u8 eid)
{
	struct mctp_way way;

	return route_lookup(test, eid, &way);
}

/* --- refusals */

struct route_range {
	const char	*name;
	u8		min;
	u8		max;
	int		err;
};

static const struct route_range route_ranges[] = {
	{ "the null EID", 0, 0, -EINVAL },
	{ "the last reserved one", 7, 7, -EINVAL },
	{ "from a reserved one", 7, 20, -EINVAL },
	{ "to the broadcast one", 20, 255, -EINVAL },
	{ "the broadcast one", 255, 255, -EINVAL },
	{ "the end before the start", 21, 20, -EINVAL },
	{ "the first one", 8, 8, 0 },
	{ "the last one", 254, 254, 0 },
	{ "all", 8, 254, 0 },
};

static void route_range_name(const struct route_range *range, char *desc)
{
	strscpy(desc, range->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(route_range, route_ranges, route_range_name);

static void range_must_be_of_usable_eids(struct kunit *test)
{
	const struct route_range *r = test->param_value;
	struct route_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, r->min, r->max, 0),
			r->err);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 100, r->min, r->max, 0),
			r->err);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, r->min, r->max),
			r->err);
}

static void range_is_reached_at_its_edges_and_not_beyond(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 19), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, route_err(test, 31), -EHOSTUNREACH);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 20), ctx->one->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 30), ctx->one->mdev);
}

static void route_to_all_leads_to_no_reserved_eid(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;
	unsigned int eid;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 8, 254, 0), 0);
	for (eid = 0; eid < MCTP_EIDS; eid++)
		KUNIT_EXPECT_EQ_MSG(test, route_err(test, eid),
				    eid >= 8 && eid <= 254 ? 0 : -EHOSTUNREACH,
				    "EID %u", eid);
}

static void gateway_must_be_a_usable_eid(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 0, 20, 20, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 7, 20, 20, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 255, 20, 20, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 8, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 254, 20, 20, 0), 0);
}

static void mtu_of_a_route_must_hold_the_baseline_unit(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 67), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 68), 0);
}

static void twin_of_a_route_exists(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 40, 50, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), -EEXIST);
	/* the MTU does not tell two routes apart */
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 68),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 20, 40, 50, 0), -EEXIST);
	/* all else does */
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->two, 0, 20, 30, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 29, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 21, 30, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, NULL, 21, 40, 50, 0), 0);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 40, 50, 0), 0);
}

static void route_that_is_absent_is_not_deleted(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 30), -ENOENT);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 29), -ENOENT);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 21, 30), -ENOENT);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->two, 0, 20, 30), -ENOENT);
	KUNIT_EXPECT_EQ(test, route_del(test, NULL, 20, 20, 30), -ENOENT);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->one->mdev);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 30), 0);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 30), -ENOENT);
	KUNIT_EXPECT_EQ(test, route_err(test, 25), -EHOSTUNREACH);
}

static void local_route_is_not_deleted_as_a_unicast_one(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	mctp_fake_eid(test, ctx->one, 20);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 20), -ENOENT);
	KUNIT_EXPECT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_del(test, ctx->one, 0, 20, 20), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 20), ctx->one->mdev);
}

/* --- which is the best */

static void narrower_range_wins_whatever_its_age(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 8, 254, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 20), ctx->one->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 19), ctx->two->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 31), ctx->two->mdev);

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 25, 25, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 24), ctx->one->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 26), ctx->one->mdev);
}

static void newer_of_two_equal_ranges_wins(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 30, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);

	/* equal in width is enough */
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 25, 35, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 24), ctx->two->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->one->mdev);

	/* added anew, it is the newest */
	KUNIT_ASSERT_EQ(test, route_del(test, ctx->two, 0, 20, 30), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 30, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);
}

static void local_route_beats_all(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;
	struct mctp_way way;

	mctp_fake_eid(test, ctx->one, 20);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 20, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 21, 20, 20, 0), 0);
	KUNIT_ASSERT_EQ(test, route_lookup(test, 20, &way), 0);
	KUNIT_EXPECT_TRUE(test, way.local);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, ctx->one->mdev);
	KUNIT_EXPECT_PTR_EQ(test, way.network, ctx->network);

	KUNIT_ASSERT_EQ(test, route_del(test, NULL, 21, 20, 20), 0);
	KUNIT_ASSERT_EQ(test, route_del_eid(ctx->one, 20), 0);
	KUNIT_ASSERT_EQ(test, route_lookup(test, 20, &way), 0);
	KUNIT_EXPECT_FALSE(test, way.local);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, ctx->two->mdev);
}

static void delete_gives_back_the_one_beneath(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 8, 254, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 25, 25, 0), 0);
	mctp_fake_eid(test, ctx->two, 25);

	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);
	KUNIT_ASSERT_EQ(test, route_del_eid(ctx->two, 25), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->one->mdev);
	KUNIT_ASSERT_EQ(test, route_del(test, ctx->one, 0, 25, 25), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);
	KUNIT_ASSERT_EQ(test, route_del(test, ctx->two, 0, 20, 30), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->one->mdev);
	KUNIT_ASSERT_EQ(test, route_del(test, ctx->one, 0, 8, 254), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 25), -EHOSTUNREACH);
}

/* --- gateways */

/* A chain of @depth gateways in front of EID 100: 100 is behind 101, that is
 * behind 102 and so on; the last is at the first device.
 */
static void route_chain(struct kunit *test, unsigned int depth)
{
	struct route_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < depth; i++)
		KUNIT_ASSERT_EQ(test, route_add(test, NULL, 101 + i, 100 + i,
						100 + i, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 100 + depth,
					100 + depth, 0), 0);
}

static void gateway_that_has_no_route_is_unreachable(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 30, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 30, 30, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), 0);
	KUNIT_ASSERT_EQ(test, route_del(test, ctx->one, 0, 30, 30), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
}

static void gateway_in_a_loop_with_itself_is_unreachable(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
}

static void gateways_in_a_loop_are_unreachable(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 21, 20, 20, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 21, 21, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, route_err(test, 21), -EHOSTUNREACH);
}

static void nine_gateways_are_unreachable(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	route_chain(test, 9);
	KUNIT_EXPECT_EQ(test, route_err(test, 100), -EHOSTUNREACH);
	/* from the second on there are eight */
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 101), ctx->one->mdev);
}

static void gateway_that_is_ours_is_unreachable(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	mctp_fake_eid(test, ctx->one, 30);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 30, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, route_err(test, 30), 0);
}

static void next_hop_is_the_nearest_gateway(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;
	struct mctp_way way;

	route_chain(test, 8);
	KUNIT_ASSERT_EQ(test, route_lookup(test, 100, &way), 0);
	KUNIT_EXPECT_EQ(test, way.next_hop, 108);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, ctx->one->mdev);
	KUNIT_EXPECT_FALSE(test, way.local);
	KUNIT_EXPECT_FALSE(test, way.have_lladdr);

	KUNIT_ASSERT_EQ(test, route_lookup(test, 107, &way), 0);
	KUNIT_EXPECT_EQ(test, way.next_hop, 108);
	/* without a gateway it is the endpoint */
	KUNIT_ASSERT_EQ(test, route_lookup(test, 108, &way), 0);
	KUNIT_EXPECT_EQ(test, way.next_hop, 108);
}

static void gateway_route_is_of_its_network_only(struct kunit *test)
{
	struct mctp_fake_dev *far;
	unsigned int net = mctp_fake_network(test);

	far = mctp_fake_dev(test, net, 68, 0);
	mctp_fake_route(test, far, 30, 30, 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 30, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, route_err(test, 30), -EHOSTUNREACH);
}

/* --- MTU and device */

static unsigned int route_mtu(struct kunit *test, u8 eid)
{
	struct mctp_way way;

	KUNIT_EXPECT_EQ(test, route_lookup(test, eid, &way), 0);
	return way.mtu;
}

static void mtu_is_the_least_along_the_way(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	/* the second device's is 200 */
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 20, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 21, 21, 150), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 22, 22, 5000), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 21, 30, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 21, 31, 31, 90), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 21, 32, 32, 180), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 31, 40, 40, 170), 0);

	KUNIT_EXPECT_EQ(test, route_mtu(test, 20), 200);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 21), 150);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 22), 200);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 30), 150);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 31), 90);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 32), 150);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 40), 90);
}

static void mtu_of_a_device_counts_as_it_is_now(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 0), 0);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 20), 100);
	WRITE_ONCE(ctx->one->ndev->mtu, 68);
	KUNIT_EXPECT_EQ(test, route_mtu(test, 20), 68);
	/* less than a baseline unit: nothing can be sent */
	WRITE_ONCE(ctx->one->ndev->mtu, 67);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -EMSGSIZE);
}

static void device_that_is_down_leads_nowhere(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 20, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 30, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 8, 254, 0), 0);
	mctp_fake_dev_down(ctx->one);
	KUNIT_EXPECT_EQ(test, route_err(test, 20), -ENETDOWN);
	KUNIT_EXPECT_EQ(test, route_err(test, 30), -ENETDOWN);
	/* the other one is up */
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 21), ctx->two->mdev);
}

static void flush_of_a_device_leaves_the_routes_of_others(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 40, 40, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 25, 50, 50, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 40, 60, 60, 0), 0);

	rtnl_lock();
	mctp_route_flush_dev(ctx->one->mdev);
	rtnl_unlock();
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->two->mdev);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 50), ctx->two->mdev);
	KUNIT_EXPECT_EQ(test, route_err(test, 40), -EHOSTUNREACH);
	/* a gateway route stays and resolves again when its gateway can */
	KUNIT_EXPECT_EQ(test, route_err(test, 60), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, route_add(test, ctx->two, 0, 40, 40, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 60), ctx->two->mdev);
}

static void flush_of_a_network_takes_gateway_routes_only(struct kunit *test)
{
	struct route_ctx *ctx = test->priv;
	unsigned int refs;

	KUNIT_ASSERT_EQ(test, route_add(test, ctx->one, 0, 20, 30, 0), 0);
	refs = refcount_read(&ctx->network->refs);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 25, 25, 0), 0);
	KUNIT_ASSERT_EQ(test, route_add(test, NULL, 20, 50, 60, 0), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&ctx->network->refs), refs + 2);

	rtnl_lock();
	mctp_route_flush_network(ctx->network);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, refcount_read(&ctx->network->refs), refs);
	KUNIT_EXPECT_EQ(test, route_err(test, 55), -EHOSTUNREACH);
	KUNIT_EXPECT_PTR_EQ(test, route_dev(test, 25), ctx->one->mdev);
}

/* --- the table against a model that does all the slow way */

#define ROUTE_MODEL_MAX		64
#define ROUTE_MODEL_STEPS	600

struct route_model {
	bool			used;
	bool			local;
	u8			gateway;
	u8			min;
	u8			max;
	unsigned int		seq;
	struct mctp_fake_dev	*fake;
};

/* Is @a the better of two that both match? */
static bool route_model_beats(const struct route_model *a,
			      const struct route_model *b)
{
	if (a->local && !b->local)
		return true;
	if (!a->local && b->local)
		return false;
	if (a->max - a->min != b->max - b->min)
		return a->max - a->min < b->max - b->min;
	return a->seq > b->seq;
}

static const struct route_model *
route_model_best(const struct route_model *model, unsigned int eid)
{
	const struct route_model *best = NULL;
	unsigned int i;

	for (i = 0; i < ROUTE_MODEL_MAX; i++) {
		const struct route_model *m = &model[i];

		if (m->used && eid >= m->min && eid <= m->max &&
		    (!best || route_model_beats(m, best)))
			best = m;
	}
	return best;
}

/* How many EIDs the network takes to another route than the model */
static unsigned int route_model_differences(struct kunit *test,
					    const struct route_model *model)
{
	struct route_ctx *ctx = test->priv;
	unsigned int eid, differ = 0;

	rcu_read_lock();
	for (eid = 0; eid < MCTP_EIDS; eid++) {
		const struct mctp_route *got;
		const struct route_model *want;
		bool local;

		got = rcu_dereference(ctx->network->slot[eid]);
		want = route_model_best(model, eid);
		if (!got != !want) {
			differ++;
			continue;
		}
		if (!got)
			continue;
		local = got->type == RTN_LOCAL;
		if (got->min != want->min || got->max != want->max ||
		    got->gateway != want->gateway ||
		    local != want->local ||
		    got->mdev != (want->fake ? want->fake->mdev : NULL))
			differ++;
	}
	rcu_read_unlock();
	return differ;
}

static bool route_model_has_twin(const struct route_model *model,
				 const struct route_model *m)
{
	unsigned int i;

	for (i = 0; i < ROUTE_MODEL_MAX; i++)
		if (model[i].used && model[i].local == m->local &&
		    model[i].gateway == m->gateway && model[i].min == m->min &&
		    model[i].max == m->max && model[i].fake == m->fake)
			return true;
	return false;
}

static u32 route_random(struct rnd_state *rnd, u32 below)
{
	return prandom_u32_state(rnd) % below;
}

/* Let @m be some route; ranges are often the same, so that twins occur */
static void route_model_draw(struct kunit *test, struct rnd_state *rnd,
			     struct route_model *m)
{
	struct route_ctx *ctx = test->priv;
	unsigned int width = route_random(rnd, 2) ? 0 : route_random(rnd, 40);

	memset(m, 0, sizeof(*m));
	m->min = 8 + route_random(rnd, 30);
	if (!route_random(rnd, 8)) {
		m->min = 8;
		width = 246;
	}
	m->max = m->min + width;
	switch (route_random(rnd, 4)) {
	case 0:
		m->gateway = 100 + route_random(rnd, 3);
		break;
	case 1:
		m->fake = ctx->one;
		break;
	case 2:
		m->fake = ctx->two;
		break;
	case 3:
		m->fake = route_random(rnd, 2) ? ctx->one : ctx->two;
		m->local = true;
		m->max = m->min;
		break;
	}
}

static int route_model_apply(struct kunit *test, const struct route_model *m,
			     bool add)
{
	int err;

	if (!m->local)
		return add ? route_add(test, m->fake, m->gateway, m->min,
				       m->max, 0) :
			     route_del(test, m->fake, m->gateway, m->min,
				       m->max);
	if (!add)
		return route_del_eid(m->fake, m->min);
	rtnl_lock();
	err = mctp_dev_add_eid(m->fake->mdev, m->min, NULL);
	rtnl_unlock();
	return err;
}

static void table_is_that_of_a_model_after_any_change(struct kunit *test)
{
	struct route_model *model, draw;
	unsigned int step, i, adds = 0, dels = 0, twins = 0;
	struct rnd_state rnd;

	model = kunit_kcalloc(test, ROUTE_MODEL_MAX, sizeof(*model), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 236);

	for (step = 0; step < ROUTE_MODEL_STEPS; step++) {
		i = route_random(&rnd, ROUTE_MODEL_MAX);
		if (model[i].used) {
			KUNIT_ASSERT_EQ(test, route_model_apply(test, &model[i],
								false), 0);
			model[i].used = false;
			dels++;
		} else {
			bool twin;

			route_model_draw(test, &rnd, &draw);
			twin = route_model_has_twin(model, &draw);
			KUNIT_ASSERT_EQ(test, route_model_apply(test, &draw,
								true),
					twin ? -EEXIST : 0);
			if (twin) {
				twins++;
			} else {
				draw.used = true;
				draw.seq = step;
				model[i] = draw;
				adds++;
			}
		}
		KUNIT_ASSERT_EQ_MSG(test, route_model_differences(test, model),
				    0, "step %u", step);
	}
	/* the sequence was worth the name */
	KUNIT_EXPECT_GT(test, adds, 200);
	KUNIT_EXPECT_GT(test, dels, 200);
	KUNIT_EXPECT_GT(test, twins, 3);
}

static struct kunit_case mctp_route_cases[] = {
	KUNIT_CASE_PARAM(range_must_be_of_usable_eids, route_range_gen_params),
	KUNIT_CASE(range_is_reached_at_its_edges_and_not_beyond),
	KUNIT_CASE(route_to_all_leads_to_no_reserved_eid),
	KUNIT_CASE(gateway_must_be_a_usable_eid),
	KUNIT_CASE(mtu_of_a_route_must_hold_the_baseline_unit),
	KUNIT_CASE(twin_of_a_route_exists),
	KUNIT_CASE(route_that_is_absent_is_not_deleted),
	KUNIT_CASE(local_route_is_not_deleted_as_a_unicast_one),
	KUNIT_CASE(narrower_range_wins_whatever_its_age),
	KUNIT_CASE(newer_of_two_equal_ranges_wins),
	KUNIT_CASE(local_route_beats_all),
	KUNIT_CASE(delete_gives_back_the_one_beneath),
	KUNIT_CASE(gateway_that_has_no_route_is_unreachable),
	KUNIT_CASE(gateway_in_a_loop_with_itself_is_unreachable),
	KUNIT_CASE(gateways_in_a_loop_are_unreachable),
	KUNIT_CASE(nine_gateways_are_unreachable),
	KUNIT_CASE(gateway_that_is_ours_is_unreachable),
	KUNIT_CASE(next_hop_is_the_nearest_gateway),
	KUNIT_CASE(gateway_route_is_of_its_network_only),
	KUNIT_CASE(mtu_is_the_least_along_the_way),
	KUNIT_CASE(mtu_of_a_device_counts_as_it_is_now),
	KUNIT_CASE(device_that_is_down_leads_nowhere),
	KUNIT_CASE(flush_of_a_device_leaves_the_routes_of_others),
	KUNIT_CASE(flush_of_a_network_takes_gateway_routes_only),
	KUNIT_CASE(table_is_that_of_a_model_after_any_change),
	{}
};

struct kunit_suite mctp_route_suite = {
	.name = "mctp_route",
	.init = route_test_init,
	.exit = route_test_exit,
	.test_cases = mctp_route_cases,
};
