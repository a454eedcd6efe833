// SPDX-License-Identifier: GPL-2.0
/*
 * Links by netlink: the attributes that MCTP has in IFLA_AF_SPEC.
 */
#include "netlink_test.h"
#include "suites.h"

#define LINK_NET_ZERO	"A device cannot be in network 0; networks begin at 1"
#define LINK_BINDING	"The physical binding is what the driver says and cannot be set"
#define LINK_NO_MCTP	"The device cannot carry MCTP"

static void netlink_begin_link(struct kunit *test, u16 type,
			       enum netlink_dev dev)
{
	struct netlink_ctx *ctx = test->priv;
	const struct ifinfomsg ifi = {
		.ifi_index = netlink_ifindex(test, dev),
	};

	mctp_client_begin(test, ctx->client, type, 0, &ifi, sizeof(ifi));
}

/* The attributes of MCTP that a request sets; @max 0: none, but its nest */
static void netlink_put_spec(struct kunit *test,
			     const struct netlink_attr *attr, size_t max)
{
	struct netlink_ctx *ctx = test->priv;
	struct nlattr *spec, *family;

	spec = mctp_client_nest(test, ctx->client, IFLA_AF_SPEC);
	family = mctp_client_nest(test, ctx->client, AF_MCTP);
	netlink_put(test, attr, max);
	mctp_client_nest_end(ctx->client, family);
	mctp_client_nest_end(ctx->client, spec);
}

static int netlink_set_net(struct kunit *test, enum netlink_dev dev, u32 net)
{
	const struct netlink_attr attr = NETLINK_U32(IFLA_MCTP_NET, net);
	struct netlink_ctx *ctx = test->priv;

	netlink_begin_link(test, RTM_SETLINK, dev);
	netlink_put_spec(test, &attr, 1);
	return mctp_client_talk(test, ctx->client);
}

/* --- refusals --- */

struct netlink_link {
	const char		*name;
	enum netlink_dev	dev;
	struct netlink_attr	attr[2];
	struct netlink_answer	answer;
};

static const struct netlink_link netlink_links[] = {
	{ "network 0", NETLINK_BUS, { NETLINK_U32(IFLA_MCTP_NET, 0) },
	  { -EINVAL, LINK_NET_ZERO, IFLA_MCTP_NET } },
	{ "network of 0 bytes", NETLINK_BUS,
	  { NETLINK_BYTES(IFLA_MCTP_NET, 0, 1) },
	  { -EINVAL, "", IFLA_MCTP_NET } },
	{ "network of 1 byte", NETLINK_BUS,
	  { NETLINK_BYTES(IFLA_MCTP_NET, 1, 1) },
	  { -EINVAL, "", IFLA_MCTP_NET } },
	{ "network of 2 bytes", NETLINK_BUS,
	  { NETLINK_BYTES(IFLA_MCTP_NET, 2, 1) },
	  { -EINVAL, "", IFLA_MCTP_NET } },
	{ "network of 5 bytes", NETLINK_BUS,
	  { NETLINK_BYTES(IFLA_MCTP_NET, 5, 1) },
	  { -EINVAL, "", IFLA_MCTP_NET } },
	{ "binding", NETLINK_BUS,
	  { NETLINK_U8(IFLA_MCTP_PHYS_BINDING, MCTP_PHYS_BINDING_SERIAL) },
	  { -EINVAL, LINK_BINDING, IFLA_MCTP_PHYS_BINDING } },
	{ "binding that it has", NETLINK_BUS,
	  { NETLINK_U8(IFLA_MCTP_PHYS_BINDING, MCTP_PHYS_BINDING_VENDOR) },
	  { -EINVAL, LINK_BINDING, IFLA_MCTP_PHYS_BINDING } },
	{ "binding with a network", NETLINK_BUS,
	  { NETLINK_U32(IFLA_MCTP_NET, 77),
	    NETLINK_U8(IFLA_MCTP_PHYS_BINDING, MCTP_PHYS_BINDING_SERIAL) },
	  { -EINVAL, LINK_BINDING, IFLA_MCTP_PHYS_BINDING } },
	{ "binding of 4 bytes", NETLINK_BUS,
	  { NETLINK_U32(IFLA_MCTP_PHYS_BINDING, 5) },
	  { -EINVAL, "", IFLA_MCTP_PHYS_BINDING } },
	{ "attribute that is unknown", NETLINK_BUS,
	  { NETLINK_U32(IFLA_MCTP_PHYS_BINDING + 1, 5) },
	  { -EINVAL, "", IFLA_MCTP_PHYS_BINDING + 1 } },
	{ "attribute of type 0", NETLINK_BUS, { NETLINK_U32(0, 5) },
	  { -EINVAL, "" } },
	{ "device that cannot carry MCTP", NETLINK_ETHER,
	  { NETLINK_U32(IFLA_MCTP_NET, 77) }, { -EOPNOTSUPP, LINK_NO_MCTP } },
	{ "device that cannot carry MCTP, and nothing to set", NETLINK_ETHER,
	  { }, { -EOPNOTSUPP, LINK_NO_MCTP } },
};

static void netlink_link_desc(const struct netlink_link *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(netlink_link, netlink_links, netlink_link_desc);

static void link_request_is_refused(struct kunit *test)
{
	static const u16 types[] = { RTM_SETLINK, RTM_NEWLINK };
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	const struct netlink_link *l = test->param_value;
	struct netlink_ctx *ctx = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		netlink_begin_link(test, types[i], l->dev);
		netlink_put_spec(test, l->attr, ARRAY_SIZE(l->attr));
		netlink_expect(test, &l->answer);
		KUNIT_EXPECT_PTR_EQ(test, mctp_fake_net_of(bus), ctx->network);
	}
}

/* --- what is taken --- */

static const u32 netlink_nets[] = { 1, 2, INT_MAX, U32_MAX };

static void netlink_net_desc(const u32 *net, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *net);
}

KUNIT_ARRAY_PARAM(netlink_net, netlink_nets, netlink_net_desc);

static void link_moves_to_any_network_but_zero(struct kunit *test)
{
	struct mctp_fake_dev *plain = netlink_dev(test, NETLINK_PLAIN);
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	const u32 *net = test->param_value;
	struct netlink_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, netlink_set_net(test, NETLINK_BUS, *net), 0);
	KUNIT_EXPECT_EQ(test, mctp_fake_net_of(bus)->id, *net);
	/* what it had was of the network that it left */
	KUNIT_EXPECT_TRUE(test, bitmap_empty(bus->mdev->eids, MCTP_EIDS));
	/* the others stay */
	KUNIT_EXPECT_PTR_EQ(test, mctp_fake_net_of(plain), ctx->network);
}

static void link_that_is_there_already_keeps_all(struct kunit *test)
{
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	struct netlink_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, netlink_set_net(test, NETLINK_BUS, ctx->net), 0);
	KUNIT_EXPECT_TRUE(test, test_bit(NETLINK_EID, bus->mdev->eids));
	KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(bus->mdev->neighs));
}

static void link_request_of_nothing_is_taken(struct kunit *test)
{
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	struct netlink_ctx *ctx = test->priv;

	netlink_begin_link(test, RTM_SETLINK, NETLINK_BUS);
	netlink_put_spec(test, NULL, 0);
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, ctx->client), 0);
	KUNIT_EXPECT_PTR_EQ(test, mctp_fake_net_of(bus), ctx->network);
	KUNIT_EXPECT_TRUE(test, test_bit(NETLINK_EID, bus->mdev->eids));
}

/* --- what is shown --- */

/* MCTP's attributes of a link, or NULL if it shows none */
static const struct nlattr *netlink_spec_of(const struct nlmsghdr *nlh)
{
	const struct nlattr *spec;

	spec = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg), IFLA_AF_SPEC);
	return spec ? nla_find_nested(spec, AF_MCTP) : NULL;
}

static void netlink_expect_spec(struct kunit *test, const struct nlmsghdr *nlh,
				u32 net)
{
	const struct nlattr *spec = netlink_spec_of(nlh);
	const struct nlattr *attr;

	KUNIT_ASSERT_NOT_NULL(test, spec);
	attr = nla_find_nested(spec, IFLA_MCTP_NET);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_EQ(test, nla_len(attr), (int)sizeof(u32));
	KUNIT_EXPECT_EQ(test, nla_get_u32(attr), net);
	attr = nla_find_nested(spec, IFLA_MCTP_PHYS_BINDING);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_EQ(test, nla_len(attr), (int)sizeof(u8));
	KUNIT_EXPECT_EQ(test, nla_get_u8(attr), MCTP_PHYS_BINDING_VENDOR);
}

static void link_shows_its_network_and_binding(struct kunit *test)
{
	struct netlink_ctx *ctx = test->priv;
	const struct nlmsghdr *nlh;

	netlink_begin_link(test, RTM_GETLINK, NETLINK_BUS);
	nlh = mctp_client_get(test, ctx->client);
	KUNIT_ASSERT_FALSE(test, IS_ERR(nlh));
	netlink_expect_spec(test, nlh, ctx->net);
}

static void link_that_cannot_carry_mctp_shows_nothing(struct kunit *test)
{
	struct netlink_ctx *ctx = test->priv;
	const struct nlmsghdr *nlh;

	netlink_begin_link(test, RTM_GETLINK, NETLINK_ETHER);
	nlh = mctp_client_get(test, ctx->client);
	KUNIT_ASSERT_FALSE(test, IS_ERR(nlh));
	KUNIT_EXPECT_NULL(test, netlink_spec_of(nlh));
}

static const bool netlink_ups[] = { true, false };

static void netlink_up_desc(const bool *up, char *desc)
{
	strscpy(desc, *up ? "up" : "down", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(netlink_up, netlink_ups, netlink_up_desc);

static void link_that_moves_is_notified(struct kunit *test)
{
	struct mctp_fake_dev *plain = netlink_dev(test, NETLINK_PLAIN);
	struct mctp_client *listener = mctp_client_open(test);
	unsigned int net = mctp_fake_network(test);
	const bool *up = test->param_value;
	const struct nlmsghdr *nlh;
	const struct ifinfomsg *ifi;
	unsigned int notes = 0;

	if (!*up)
		mctp_fake_dev_down(plain);
	mctp_client_join(test, listener, RTNLGRP_LINK);
	KUNIT_ASSERT_EQ(test, netlink_set_net(test, NETLINK_PLAIN, net), 0);

	while ((nlh = mctp_client_notified(test, listener))) {
		ifi = nlmsg_data(nlh);
		if (ifi->ifi_index != plain->ndev->ifindex)
			continue;
		KUNIT_EXPECT_EQ(test, nlh->nlmsg_type, RTM_NEWLINK);
		netlink_expect_spec(test, nlh, net);
		notes++;
	}
	KUNIT_EXPECT_EQ(test, notes, 1);
}

static struct kunit_case mctp_netlink_link_cases[] = {
	KUNIT_CASE_PARAM(link_request_is_refused, netlink_link_gen_params),
	KUNIT_CASE_PARAM(link_moves_to_any_network_but_zero,
			 netlink_net_gen_params),
	KUNIT_CASE(link_that_is_there_already_keeps_all),
	KUNIT_CASE(link_request_of_nothing_is_taken),
	KUNIT_CASE(link_shows_its_network_and_binding),
	KUNIT_CASE(link_that_cannot_carry_mctp_shows_nothing),
	KUNIT_CASE_PARAM(link_that_moves_is_notified, netlink_up_gen_params),
	{}
};

struct kunit_suite mctp_netlink_link_suite = {
	.name = "mctp_netlink_link",
	.init = netlink_test_init,
	.exit = netlink_test_exit,
	.test_cases = mctp_netlink_link_cases,
};
