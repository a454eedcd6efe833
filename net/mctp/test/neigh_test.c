// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours: the link address of an endpoint, per device.
 */
#include <kunit/test.h>
#include <linux/rtnetlink.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

/**
 * struct neigh_ctx - what each test starts with
 * @net: network of all devices
 * @one: a device with link addresses of one byte
 * @two: another
 */
struct neigh_ctx {
	unsigned int		net;
	struct mctp_fake_dev	*one;
	struct mctp_fake_dev	*two;
};

static int neigh_test_init(struct kunit *test)
{
	struct neigh_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->net = mctp_fake_network(test);
	ctx->one = mctp_fake_dev(test, ctx->net, 68, 1);
	ctx->two = mctp_fake_dev(test, ctx->net, 68, 1);
	test->priv = ctx;
	return 0;
}

static int neigh_add(struct mctp_fake_dev *fake, u8 eid, u8 hw)
{
	int err;

	rtnl_lock();
	err = mctp_neigh_add(fake->mdev, eid, &hw, NULL);
	rtnl_unlock();
	return err;
}

static int neigh_del(struct mctp_fake_dev *fake, u8 eid)
{
	int err;

	rtnl_lock();
	err = mctp_neigh_del(fake->mdev, eid, NULL);
	rtnl_unlock();
	return err;
}

/* The link address of @eid, or an error */
static int neigh_resolve(struct mctp_fake_dev *fake, u8 eid)
{
	struct mctp_way way = { .mdev = fake->mdev, .next_hop = eid };
	int err;

	rcu_read_lock();
	err = mctp_neigh_resolve(&way);
	rcu_read_unlock();
	if (err)
		return way.have_lladdr ? -ERANGE : err;
	return way.have_lladdr ? way.lladdr[0] : -ENODATA;
}

struct neigh_eid {
	const char	*name;
	u8		eid;
	bool		usable;
};

static const struct neigh_eid neigh_eids[] = {
	{ "the null EID", 0, false },
	{ "the last reserved one", 7, false },
	{ "the broadcast one", 255, false },
	{ "the first one", 8, true },
	{ "the last one", 254, true },
};

static void neigh_eid_name(const struct neigh_eid *eid, char *desc)
{
	strscpy(desc, eid->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(neigh_eid, neigh_eids, neigh_eid_name);

static void neighbour_must_have_a_usable_eid(struct kunit *test)
{
	const struct neigh_eid *param = test->param_value;
	struct neigh_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, neigh_add(ctx->one, param->eid, 0x31),
			param->usable ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, param->eid),
			param->usable ? 0x31 : -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, neigh_del(ctx->one, param->eid),
			param->usable ? 0 : -EINVAL);
}

static void neighbour_of_a_device_without_addresses_is_refused(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;
	struct mctp_fake_dev *plain = mctp_fake_dev(test, ctx->net, 68, 0);

	KUNIT_EXPECT_EQ(test, neigh_add(plain, 20, 0x31), -EINVAL);
	KUNIT_EXPECT_EQ(test, neigh_del(plain, 20), -ENOENT);
}

static void device_without_addresses_needs_no_neighbour(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;
	struct mctp_fake_dev *plain = mctp_fake_dev(test, ctx->net, 68, 0);

	/* resolved, and yet no address given */
	KUNIT_EXPECT_EQ(test, neigh_resolve(plain, 20), -ENODATA);
}

static void neighbour_that_is_there_exists(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	KUNIT_EXPECT_EQ(test, neigh_add(ctx->one, 20, 0x31), -EEXIST);
	KUNIT_EXPECT_EQ(test, neigh_add(ctx->one, 20, 0x32), -EEXIST);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 20), 0x31);
}

static void neighbour_that_is_absent_is_not_deleted(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, neigh_del(ctx->one, 20), -ENOENT);
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	KUNIT_EXPECT_EQ(test, neigh_del(ctx->one, 21), -ENOENT);
	KUNIT_EXPECT_EQ(test, neigh_del(ctx->two, 20), -ENOENT);
	KUNIT_EXPECT_EQ(test, neigh_del(ctx->one, 20), 0);
	KUNIT_EXPECT_EQ(test, neigh_del(ctx->one, 20), -ENOENT);
}

static void endpoint_without_a_neighbour_is_unreachable(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 20), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 21), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, neigh_del(ctx->one, 20), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 20), -EHOSTUNREACH);
}

static void devices_have_neighbours_of_their_own(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->two, 20), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->two, 20, 0x32), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 20), 0x31);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->two, 20), 0x32);
}

static void endpoints_can_share_a_link_address(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;

	/* as those behind one bridge do */
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 21, 0x31), 0);
	KUNIT_ASSERT_EQ(test, neigh_del(ctx->one, 20), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 21), 0x31);
}

static void address_that_a_way_has_already_is_kept(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;
	struct mctp_way way = {
		.mdev = ctx->one->mdev,
		.next_hop = 20,
		.have_lladdr = true,
		.lladdr = { 0x44 },
	};
	int err;

	rcu_read_lock();
	err = mctp_neigh_resolve(&way);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, way.lladdr[0], 0x44);

	KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, 20, 0x31), 0);
	rcu_read_lock();
	err = mctp_neigh_resolve(&way);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, way.lladdr[0], 0x44);
}

static void flush_forgets_all_neighbours_of_one_device(struct kunit *test)
{
	struct neigh_ctx *ctx = test->priv;
	unsigned int eid;

	for (eid = MCTP_EID_MIN; eid <= MCTP_EID_MAX; eid++)
		KUNIT_ASSERT_EQ(test, neigh_add(ctx->one, eid, eid), 0);
	KUNIT_ASSERT_EQ(test, neigh_add(ctx->two, 20, 0x32), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 200), 200);

	rtnl_lock();
	mctp_neigh_flush_dev(ctx->one->mdev);
	/* a second time there is nothing to do */
	mctp_neigh_flush_dev(ctx->one->mdev);
	rtnl_unlock();
	for (eid = MCTP_EID_MIN; eid <= MCTP_EID_MAX; eid++)
		KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, eid),
				-EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->two, 20), 0x32);
	KUNIT_EXPECT_EQ(test, neigh_add(ctx->one, 20, 0x33), 0);
	KUNIT_EXPECT_EQ(test, neigh_resolve(ctx->one, 20), 0x33);
}

static struct kunit_case mctp_neigh_cases[] = {
	KUNIT_CASE_PARAM(neighbour_must_have_a_usable_eid, neigh_eid_gen_params),
	KUNIT_CASE(neighbour_of_a_device_without_addresses_is_refused),
	KUNIT_CASE(device_without_addresses_needs_no_neighbour),
	KUNIT_CASE(neighbour_that_is_there_exists),
	KUNIT_CASE(neighbour_that_is_absent_is_not_deleted),
	KUNIT_CASE(endpoint_without_a_neighbour_is_unreachable),
	KUNIT_CASE(devices_have_neighbours_of_their_own),
	KUNIT_CASE(endpoints_can_share_a_link_address),
	KUNIT_CASE(address_that_a_way_has_already_is_kept),
	KUNIT_CASE(flush_forgets_all_neighbours_of_one_device),
	{}
};

struct kunit_suite mctp_neigh_suite = {
	.name = "mctp_neigh",
	.init = neigh_test_init,
	.test_cases = mctp_neigh_cases,
};
