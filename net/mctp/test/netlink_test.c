// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and neighbours by netlink: what is refused with which words, and
 * what is taken. netlink_route_test.c, netlink_link_test.c and
 * netlink_dump_test.c have the rest.
 */
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include "netlink_test.h"
#include "suites.h"

/* A device that had a state once and cannot carry MCTP any more */
static void netlink_lose_state(struct mctp_fake_dev *fake)
{
	rtnl_lock();
	fake->ndev->type = ARPHRD_ETHER;
	call_netdevice_notifiers(NETDEV_POST_TYPE_CHANGE, fake->ndev);
	rtnl_unlock();
	fake->mdev = NULL;
}

struct mctp_fake_dev *netlink_dev(struct kunit *test, enum netlink_dev which)
{
	static const u8 addr_len[NETLINK_DEVS] = {
		[NETLINK_BUS] = 1, [NETLINK_WIDE] = MAX_ADDR_LEN,
	};
	struct netlink_ctx *ctx = test->priv;

	if (!ctx->dev[which]) {
		ctx->dev[which] = mctp_fake_dev(test, ctx->net, 68,
						addr_len[which]);
		if (which == NETLINK_ETHER)
			netlink_lose_state(ctx->dev[which]);
	}
	return ctx->dev[which];
}

int netlink_test_init(struct kunit *test)
{
	struct netlink_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct mctp_fake_dev *bus;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->net = mctp_fake_network(test);
	ctx->client = mctp_client_open(test);
	bus = netlink_dev(test, NETLINK_BUS);
	mctp_fake_eid(test, bus, NETLINK_EID);
	mctp_fake_neigh(test, bus, NETLINK_NEIGH, NETLINK_HW);
	mctp_fake_route(test, bus, NETLINK_FIRST, NETLINK_LAST, 0);
	mctp_fake_gateway(test, bus, NETLINK_NEIGH, NETLINK_VIA, NETLINK_VIA,
			  0);
	ctx->network = mctp_fake_net_of(bus);
	mctp_network_hold(ctx->network);
	return 0;
}

static unsigned int netlink_gateways(const struct mctp_network *network)
{
	const struct mctp_route *route;
	unsigned int n = 0;

	list_for_each_entry(route, &network->routes, list)
		n += !route->mdev;
	return n;
}

void netlink_test_exit(struct kunit *test)
{
	struct netlink_ctx *ctx = test->priv;
	unsigned int i, devs = 0;

	if (!ctx || !ctx->network)
		return;
	rtnl_lock();
	for (i = 0; i < NETLINK_DEVS; i++)
		devs += ctx->dev[i] && ctx->dev[i]->mdev &&
			mctp_fake_net_of(ctx->dev[i]) == ctx->network;
	/* mctp_fake_gateway() has one beside the route's, this test another */
	KUNIT_EXPECT_EQ(test, refcount_read(&ctx->network->refs),
			devs + netlink_gateways(ctx->network) + 2);
	mctp_route_flush_network(ctx->network);
	rtnl_unlock();
	mctp_network_put(ctx->network);
}

int netlink_ifindex(struct kunit *test, enum netlink_dev which)
{
	switch (which) {
	case NETLINK_ZERO:
		return 0;
	case NETLINK_NEGATIVE:
		return -1;
	case NETLINK_ABSENT:
		return INT_MAX;
	default:
		return netlink_dev(test, which)->ndev->ifindex;
	}
}

void netlink_put(struct kunit *test, const struct netlink_attr *attr,
		 size_t max)
{
	struct netlink_ctx *ctx = test->priv;

	for (; max && attr->put; max--, attr++) {
		const void *data = attr->bytes;
		int ifindex;

		if (attr->dev) {
			ifindex = netlink_ifindex(test, attr->dev);
			data = &ifindex;
		}
		mctp_client_put(test, ctx->client, attr->type, data, attr->len);
	}
}

/* What a request could have changed */
struct netlink_state {
	unsigned long	eids[NETLINK_DEVS][BITS_TO_LONGS(MCTP_EIDS)];
	unsigned long	neighs[NETLINK_DEVS][BITS_TO_LONGS(MCTP_EIDS)];
	u64		routes;
	u64		newest;
	unsigned int	refs;
};

static void netlink_keep_state(struct kunit *test, struct netlink_state *state)
{
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;
	unsigned int i, eid;

	memset(state, 0, sizeof(*state));
	rtnl_lock();
	for (i = 0; i < NETLINK_DEVS; i++) {
		struct mctp_neigh_table *table;
		struct mctp_dev *mdev;

		mdev = ctx->dev[i] ? ctx->dev[i]->mdev : NULL;
		if (!mdev)
			continue;
		table = rtnl_dereference(mdev->neighs);
		bitmap_copy(state->eids[i], mdev->eids, MCTP_EIDS);
		for (eid = 0; table && eid < MCTP_EIDS; eid++)
			if (rcu_access_pointer(table->slot[eid]))
				__set_bit(eid, state->neighs[i]);
	}
	list_for_each_entry(route, &ctx->network->routes, list)
		state->routes++;
	state->newest = ctx->network->route_seq;
	state->refs = refcount_read(&ctx->network->refs);
	rtnl_unlock();
}

void netlink_expect(struct kunit *test, const struct netlink_answer *answer)
{
	struct netlink_ctx *ctx = test->priv;
	struct mctp_client *client = ctx->client;
	struct netlink_state before, after;

	netlink_keep_state(test, &before);
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, client), answer->err);
	netlink_keep_state(test, &after);

	KUNIT_EXPECT_EQ(test, !memcmp(&before, &after, sizeof(before)),
			!!answer->err);
	KUNIT_EXPECT_EQ(test, client->bad_attr, answer->bad);
	if (!answer->err)
		KUNIT_EXPECT_STREQ(test, client->sentence, "");
	else if (*answer->says)
		KUNIT_EXPECT_STREQ(test, client->sentence, answer->says);
	else
		KUNIT_EXPECT_NE(test, *client->sentence, 0);
}

/* --- what all have in common --- */

#define NETLINK_SHORT	"The header of the request is too short"
#define NETLINK_NO_DEV	"There is no device of this index"
#define NETLINK_NO_MCTP	"The device cannot carry MCTP"

/* A request whose header alone counts: cut, or with bytes behind it */
struct netlink_header {
	const char	*name;
	u16		type;
	size_t		len;
};

static const struct netlink_header netlink_headers[] = {
	{ "new address", RTM_NEWADDR, sizeof(struct ifaddrmsg) },
	{ "del address", RTM_DELADDR, sizeof(struct ifaddrmsg) },
	{ "new neighbour", RTM_NEWNEIGH, sizeof(struct ndmsg) },
	{ "del neighbour", RTM_DELNEIGH, sizeof(struct ndmsg) },
	{ "new route", RTM_NEWROUTE, sizeof(struct rtmsg) },
	{ "del route", RTM_DELROUTE, sizeof(struct rtmsg) },
};

static void netlink_header_desc(const struct netlink_header *h, char *desc)
{
	strscpy(desc, h->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(netlink_header, netlink_headers, netlink_header_desc);

static void header_that_is_short_is_refused(struct kunit *test)
{
	static const struct netlink_answer refused = { -EINVAL, NETLINK_SHORT };
	const struct netlink_header *h = test->param_value;
	const u8 hdr[32] = { AF_MCTP };
	struct netlink_ctx *ctx = test->priv;
	size_t len;

	/* rtnetlink takes one without a family for nothing, and does nothing */
	for (len = 1; len < h->len; len++) {
		mctp_client_begin(test, ctx->client, h->type, 0, hdr, len);
		netlink_expect(test, &refused);
	}
}

static void bytes_that_are_no_attribute_are_refused(struct kunit *test)
{
	static const struct netlink_answer refused = { -EINVAL, "" };
	const struct netlink_header *h = test->param_value;
	const u8 hdr[32] = { AF_MCTP };
	/* less than a header, one shorter than itself, one that ends too late */
	static const struct {
		size_t len;
		u8 bytes[8];
	} tails[] = {
		{ 4, { 0, 0, 1, 0 } },
		{ 4, { 3, 0, 1, 0 } },
		{ 8, { 9, 0, 1, 0, 0, 0, 0, 0 } },
		{ 8, { 0xff, 0xff, 1, 0, 0, 0, 0, 0 } },
	};
	struct netlink_ctx *ctx = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		mctp_client_begin(test, ctx->client, h->type, 0, hdr, h->len);
		mctp_client_put_raw(test, ctx->client, tails[i].bytes,
				    tails[i].len);
		netlink_expect(test, &refused);
	}
}

static void attribute_that_is_unknown_is_refused(struct kunit *test)
{
	const struct netlink_header *h = test->param_value;
	const u8 hdr[32] = { AF_MCTP };
	struct netlink_ctx *ctx = test->priv;
	/* 3 has no meaning in any of them; the others are beyond what is known */
	static const u16 types[] = { 3, 64, 0x3fff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct netlink_answer refused = { -EINVAL, "", types[i] };

		mctp_client_begin(test, ctx->client, h->type, 0, hdr, h->len);
		mctp_client_put(test, ctx->client, types[i], hdr, 1);
		netlink_expect(test, &refused);
	}
}

static void one_alone_cannot_be_asked_for(struct kunit *test)
{
	static const struct netlink_header gets[] = {
		{ "address", RTM_GETADDR, sizeof(struct ifaddrmsg) },
		{ "route", RTM_GETROUTE, sizeof(struct rtmsg) },
	};
	const u8 hdr[32] = { AF_MCTP };
	struct netlink_ctx *ctx = test->priv;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gets); i++) {
		mctp_client_begin(test, ctx->client, gets[i].type, 0, hdr,
				  gets[i].len);
		KUNIT_EXPECT_EQ_MSG(test, mctp_client_talk(test, ctx->client),
				    -EOPNOTSUPP, "%s", gets[i].name);
	}
}

/* A request about an EID: an address or a neighbour */
struct netlink_case {
	const char		*name;
	u16			type;
	enum netlink_dev	dev;
	struct netlink_attr	attr[3];
	struct netlink_answer	answer;
};

static void netlink_case_desc(const struct netlink_case *c, char *desc)
{
	const char *what;

	what = c->type == RTM_NEWADDR || c->type == RTM_NEWNEIGH ? "new" : "del";
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s", what, c->name);
}

/* --- addresses --- */

#define ADDR_NONE	"An address needs its EID, as IFA_LOCAL"
#define ADDR_DIFFERS	"IFA_ADDRESS must be the EID of IFA_LOCAL, or be left out"
#define ADDR_RANGE	"A local EID must be 8 to 254"
#define ADDR_EXISTS	"The device has this EID already"
#define ADDR_ABSENT	"The device does not have this EID"
#define ADDR_LOCAL(eid)	{ NETLINK_U8(IFA_LOCAL, eid) }
#define ADDR_ADDRESS(eid) { NETLINK_U8(IFA_ADDRESS, eid) }

static const struct netlink_case netlink_addrs[] = {
	{ "7", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(7),
	  { -EINVAL, ADDR_RANGE } },
	{ "8", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(8) },
	{ "254", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(254) },
	{ "255", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(255),
	  { -EINVAL, ADDR_RANGE } },
	{ "0", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(0),
	  { -EINVAL, ADDR_RANGE } },
	{ "7", RTM_DELADDR, NETLINK_BUS, ADDR_LOCAL(7),
	  { -EINVAL, ADDR_RANGE } },
	{ "255", RTM_DELADDR, NETLINK_BUS, ADDR_LOCAL(255),
	  { -EINVAL, ADDR_RANGE } },
	{ "0", RTM_DELADDR, NETLINK_BUS, ADDR_LOCAL(0),
	  { -EINVAL, ADDR_RANGE } },

	{ "no EID", RTM_NEWADDR, NETLINK_BUS, { }, { -EINVAL, ADDR_NONE } },
	{ "no EID", RTM_DELADDR, NETLINK_BUS, { }, { -EINVAL, ADDR_NONE } },
	{ "as IFA_ADDRESS", RTM_NEWADDR, NETLINK_BUS, ADDR_ADDRESS(8) },
	{ "as IFA_ADDRESS", RTM_DELADDR, NETLINK_BUS,
	  ADDR_ADDRESS(NETLINK_EID) },
	{ "as both", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_LOCAL, 8), NETLINK_U8(IFA_ADDRESS, 8) } },
	{ "as both, the other way round", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_ADDRESS, 8), NETLINK_U8(IFA_LOCAL, 8) } },
	{ "as both, and they differ", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_LOCAL, 8), NETLINK_U8(IFA_ADDRESS, 9) },
	  { -EINVAL, ADDR_DIFFERS, IFA_ADDRESS } },
	{ "as both, and they differ the other way round", RTM_NEWADDR,
	  NETLINK_BUS,
	  { NETLINK_U8(IFA_ADDRESS, 8), NETLINK_U8(IFA_LOCAL, 9) },
	  { -EINVAL, ADDR_DIFFERS, IFA_ADDRESS } },
	{ "as both, and they differ", RTM_DELADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_LOCAL, NETLINK_EID), NETLINK_U8(IFA_ADDRESS, 9) },
	  { -EINVAL, ADDR_DIFFERS, IFA_ADDRESS } },

	{ "IFA_LOCAL of 0 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_LOCAL, 0, 8) }, { -EINVAL, "", IFA_LOCAL } },
	{ "IFA_LOCAL of 2 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_LOCAL, 2, 8) }, { -EINVAL, "", IFA_LOCAL } },
	{ "IFA_LOCAL of 4 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_LOCAL, 4, 8) }, { -EINVAL, "", IFA_LOCAL } },
	{ "IFA_LOCAL of 5 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_LOCAL, 5, 8) }, { -EINVAL, "", IFA_LOCAL } },
	{ "IFA_ADDRESS of 0 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_ADDRESS, 0, 8) }, { -EINVAL, "", IFA_ADDRESS } },
	{ "IFA_ADDRESS of 2 bytes", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_ADDRESS, 2, 8) }, { -EINVAL, "", IFA_ADDRESS } },
	{ "IFA_ADDRESS of 4 bytes", RTM_DELADDR, NETLINK_BUS,
	  { NETLINK_BYTES(IFA_ADDRESS, 4, NETLINK_EID) },
	  { -EINVAL, "", IFA_ADDRESS } },
	{ "with IFA_LABEL", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_LOCAL, 8), NETLINK_U8(IFA_LABEL, 0) },
	  { -EINVAL, "", IFA_LABEL } },
	{ "with an attribute of type 0", RTM_NEWADDR, NETLINK_BUS,
	  { NETLINK_U8(IFA_LOCAL, 8), NETLINK_U8(0, 8) }, { -EINVAL, "" } },

	{ "by index 0", RTM_NEWADDR, NETLINK_ZERO, ADDR_LOCAL(8),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by index -1", RTM_NEWADDR, NETLINK_NEGATIVE, ADDR_LOCAL(8),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by an index of none", RTM_NEWADDR, NETLINK_ABSENT, ADDR_LOCAL(8),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by index 0", RTM_DELADDR, NETLINK_ZERO, ADDR_LOCAL(NETLINK_EID),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "on a device that cannot carry MCTP", RTM_NEWADDR, NETLINK_ETHER,
	  ADDR_LOCAL(8), { -EOPNOTSUPP, NETLINK_NO_MCTP } },
	{ "on a device that cannot carry MCTP", RTM_DELADDR, NETLINK_ETHER,
	  ADDR_LOCAL(8), { -EOPNOTSUPP, NETLINK_NO_MCTP } },

	{ "twice", RTM_NEWADDR, NETLINK_BUS, ADDR_LOCAL(NETLINK_EID),
	  { -EEXIST, ADDR_EXISTS } },
	{ "of another device", RTM_NEWADDR, NETLINK_PLAIN,
	  ADDR_LOCAL(NETLINK_EID) },
	{ "absent", RTM_DELADDR, NETLINK_BUS, ADDR_LOCAL(8),
	  { -ENOENT, ADDR_ABSENT } },
	{ "of another device", RTM_DELADDR, NETLINK_PLAIN,
	  ADDR_LOCAL(NETLINK_EID), { -ENOENT, ADDR_ABSENT } },
	{ "one that is there", RTM_DELADDR, NETLINK_BUS,
	  ADDR_LOCAL(NETLINK_EID) },
};

KUNIT_ARRAY_PARAM(netlink_addr, netlink_addrs, netlink_case_desc);

static void netlink_begin_addr(struct kunit *test, u16 type,
			       enum netlink_dev dev)
{
	struct netlink_ctx *ctx = test->priv;
	const struct ifaddrmsg ifm = {
		.ifa_family = AF_MCTP,
		.ifa_index = netlink_ifindex(test, dev),
	};

	mctp_client_begin(test, ctx->client, type, 0, &ifm, sizeof(ifm));
}

static void address_request_is_answered(struct kunit *test)
{
	const struct netlink_case *c = test->param_value;

	netlink_begin_addr(test, c->type, c->dev);
	netlink_put(test, c->attr, ARRAY_SIZE(c->attr));
	netlink_expect(test, &c->answer);
}

static void address_goes_to_its_device_and_brings_a_route(struct kunit *test)
{
	static const struct netlink_attr eid = NETLINK_U8(IFA_LOCAL, 9);
	struct mctp_fake_dev *plain = netlink_dev(test, NETLINK_PLAIN);
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	static const struct netlink_answer taken;
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;

	netlink_begin_addr(test, RTM_NEWADDR, NETLINK_PLAIN);
	netlink_put(test, &eid, 1);
	netlink_expect(test, &taken);
	KUNIT_EXPECT_TRUE(test, test_bit(9, plain->mdev->eids));
	KUNIT_EXPECT_FALSE(test, test_bit(9, bus->mdev->eids));
	route = rcu_dereference_protected(ctx->network->slot[9], true);
	KUNIT_ASSERT_NOT_NULL(test, route);
	KUNIT_EXPECT_EQ(test, route->type, RTN_LOCAL);
	KUNIT_EXPECT_PTR_EQ(test, route->mdev, plain->mdev);

	netlink_begin_addr(test, RTM_DELADDR, NETLINK_PLAIN);
	netlink_put(test, &eid, 1);
	netlink_expect(test, &taken);
	KUNIT_EXPECT_FALSE(test, test_bit(9, plain->mdev->eids));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(ctx->network->slot[9]));
}

static void netlink_expect_addr_note(struct kunit *test,
				     struct mctp_client *listener, u16 type,
				     const struct mctp_fake_dev *dev, u8 eid,
				     u32 seq)
{
	const struct nlmsghdr *nlh = mctp_client_notified(test, listener);
	const struct ifaddrmsg *ifm;
	const struct nlattr *attr;

	KUNIT_ASSERT_NOT_NULL(test, nlh);
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_type, type);
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_seq, seq);
	ifm = nlmsg_data(nlh);
	KUNIT_EXPECT_EQ(test, ifm->ifa_family, AF_MCTP);
	KUNIT_EXPECT_EQ(test, (int)ifm->ifa_index, dev->ndev->ifindex);
	attr = nlmsg_find_attr(nlh, sizeof(*ifm), IFA_LOCAL);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_EXPECT_EQ(test, nla_get_u8(attr), eid);
	attr = nlmsg_find_attr(nlh, sizeof(*ifm), IFA_ADDRESS);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_EXPECT_EQ(test, nla_get_u8(attr), eid);
}

static void address_that_changes_is_notified_once(struct kunit *test)
{
	static const struct netlink_attr eid = NETLINK_U8(IFA_LOCAL, 9);
	struct mctp_fake_dev *plain = netlink_dev(test, NETLINK_PLAIN);
	struct mctp_client *listener = mctp_client_open(test);
	static const u16 types[] = { RTM_NEWADDR, RTM_DELADDR };
	struct netlink_ctx *ctx = test->priv;
	size_t i;

	mctp_client_join(test, listener, RTNLGRP_MCTP_IFADDR);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		netlink_begin_addr(test, types[i], NETLINK_PLAIN);
		netlink_put(test, &eid, 1);
		KUNIT_ASSERT_EQ(test, mctp_client_talk(test, ctx->client), 0);
		netlink_expect_addr_note(test, listener, types[i], plain, 9,
					 ctx->client->seq);

		/* and what is refused is not */
		netlink_begin_addr(test, types[i], NETLINK_PLAIN);
		netlink_put(test, &eid, 1);
		KUNIT_ASSERT_NE(test, mctp_client_talk(test, ctx->client), 0);
		KUNIT_EXPECT_NULL(test, mctp_client_notified(test, listener));
	}
}

static void addresses_that_go_with_their_device_are_notified(struct kunit *test)
{
	struct mctp_client *listener = mctp_client_open(test);
	struct netlink_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, ctx->net, 68, 0);
	mctp_fake_eid(test, dev, 254);
	mctp_fake_eid(test, dev, 8);
	mctp_client_join(test, listener, RTNLGRP_MCTP_IFADDR);
	rtnl_lock();
	mctp_dev_set_net(dev->mdev, mctp_fake_network(test), NULL);
	rtnl_unlock();
	netlink_expect_addr_note(test, listener, RTM_DELADDR, dev, 8, 0);
	netlink_expect_addr_note(test, listener, RTM_DELADDR, dev, 254, 0);
	KUNIT_EXPECT_NULL(test, mctp_client_notified(test, listener));
}

/* --- neighbours --- */

#define NEIGH_NONE	"A neighbour needs its EID, as NDA_DST"
#define NEIGH_NO_HW	"A neighbour needs its link address, as NDA_LLADDR"
#define NEIGH_LENGTH	"The link address has not the length of the device's"
#define NEIGH_RANGE	"The EID of a neighbour must be 8 to 254"
#define NEIGH_PLAIN	"The device has no link addresses and needs no neighbours"
#define NEIGH_EXISTS	"The EID has a neighbour entry on this device already; delete that first"
#define NEIGH_ABSENT	"The EID has no neighbour entry on this device"
#define NEIGH_DST(eid)	{ NETLINK_U8(NDA_DST, eid) }
#define NEIGH_AT(eid, len)						\
	{ NETLINK_U8(NDA_DST, eid), NETLINK_BYTES(NDA_LLADDR, len, 0x32) }

static const struct netlink_case netlink_neighs[] = {
	{ "7", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(7, 1),
	  { -EINVAL, NEIGH_RANGE } },
	{ "8", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(8, 1) },
	{ "254", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(254, 1) },
	{ "255", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(255, 1),
	  { -EINVAL, NEIGH_RANGE } },
	{ "0", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(0, 1),
	  { -EINVAL, NEIGH_RANGE } },
	{ "7", RTM_DELNEIGH, NETLINK_BUS, NEIGH_DST(7),
	  { -EINVAL, NEIGH_RANGE } },
	{ "255", RTM_DELNEIGH, NETLINK_BUS, NEIGH_DST(255),
	  { -EINVAL, NEIGH_RANGE } },
	{ "0", RTM_DELNEIGH, NETLINK_BUS, NEIGH_DST(0),
	  { -EINVAL, NEIGH_RANGE } },

	{ "no EID", RTM_NEWNEIGH, NETLINK_BUS,
	  { NETLINK_U8(NDA_LLADDR, 0x32) }, { -EINVAL, NEIGH_NONE } },
	{ "no EID", RTM_DELNEIGH, NETLINK_BUS, { }, { -EINVAL, NEIGH_NONE } },
	{ "no link address", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_DST(8),
	  { -EINVAL, NEIGH_NO_HW } },
	{ "no link address, and none needed", RTM_NEWNEIGH, NETLINK_PLAIN,
	  NEIGH_DST(8), { -EINVAL, NEIGH_NO_HW } },
	{ "link address of 0 bytes", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(8, 0),
	  { -EINVAL, NEIGH_LENGTH, NDA_LLADDR } },
	{ "link address one byte longer", RTM_NEWNEIGH, NETLINK_BUS,
	  NEIGH_AT(8, 2), { -EINVAL, NEIGH_LENGTH, NDA_LLADDR } },
	{ "link address longer than any", RTM_NEWNEIGH, NETLINK_BUS,
	  NEIGH_AT(8, MAX_ADDR_LEN + 1),
	  { -EINVAL, NEIGH_LENGTH, NDA_LLADDR } },
	{ "link address as long as can be", RTM_NEWNEIGH, NETLINK_WIDE,
	  NEIGH_AT(8, MAX_ADDR_LEN) },
	{ "link address one byte shorter than that", RTM_NEWNEIGH, NETLINK_WIDE,
	  NEIGH_AT(8, MAX_ADDR_LEN - 1),
	  { -EINVAL, NEIGH_LENGTH, NDA_LLADDR } },
	{ "link address one byte longer than that", RTM_NEWNEIGH, NETLINK_WIDE,
	  NEIGH_AT(8, MAX_ADDR_LEN + 1),
	  { -EINVAL, NEIGH_LENGTH, NDA_LLADDR } },
	{ "on a device without link addresses", RTM_NEWNEIGH, NETLINK_PLAIN,
	  NEIGH_AT(8, 1), { -EINVAL, NEIGH_PLAIN } },
	{ "of 0 bytes on a device without link addresses", RTM_NEWNEIGH,
	  NETLINK_PLAIN, NEIGH_AT(8, 0), { -EINVAL, NEIGH_PLAIN } },

	{ "EID of 0 bytes", RTM_NEWNEIGH, NETLINK_BUS,
	  { NETLINK_BYTES(NDA_DST, 0, 8), NETLINK_U8(NDA_LLADDR, 0x32) },
	  { -EINVAL, "", NDA_DST } },
	{ "EID of 2 bytes", RTM_NEWNEIGH, NETLINK_BUS,
	  { NETLINK_BYTES(NDA_DST, 2, 8), NETLINK_U8(NDA_LLADDR, 0x32) },
	  { -EINVAL, "", NDA_DST } },
	{ "EID of 4 bytes", RTM_DELNEIGH, NETLINK_BUS,
	  { NETLINK_BYTES(NDA_DST, 4, NETLINK_NEIGH) },
	  { -EINVAL, "", NDA_DST } },
	{ "EID of 5 bytes", RTM_DELNEIGH, NETLINK_BUS,
	  { NETLINK_BYTES(NDA_DST, 5, NETLINK_NEIGH) },
	  { -EINVAL, "", NDA_DST } },
	{ "with NDA_PROBES", RTM_NEWNEIGH, NETLINK_BUS,
	  { NETLINK_U8(NDA_DST, 8), NETLINK_U8(NDA_LLADDR, 0x32),
	    NETLINK_U32(NDA_PROBES, 1) }, { -EINVAL, "", NDA_PROBES } },

	{ "by index 0", RTM_NEWNEIGH, NETLINK_ZERO, NEIGH_AT(8, 1),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by index -1", RTM_NEWNEIGH, NETLINK_NEGATIVE, NEIGH_AT(8, 1),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by an index of none", RTM_NEWNEIGH, NETLINK_ABSENT, NEIGH_AT(8, 1),
	  { -ENODEV, NETLINK_NO_DEV } },
	{ "by index -1", RTM_DELNEIGH, NETLINK_NEGATIVE,
	  NEIGH_DST(NETLINK_NEIGH), { -ENODEV, NETLINK_NO_DEV } },
	{ "on a device that cannot carry MCTP", RTM_NEWNEIGH, NETLINK_ETHER,
	  NEIGH_AT(8, 1), { -EOPNOTSUPP, NETLINK_NO_MCTP } },
	{ "on a device that cannot carry MCTP", RTM_DELNEIGH, NETLINK_ETHER,
	  NEIGH_DST(8), { -EOPNOTSUPP, NETLINK_NO_MCTP } },

	{ "twice", RTM_NEWNEIGH, NETLINK_BUS, NEIGH_AT(NETLINK_NEIGH, 1),
	  { -EEXIST, NEIGH_EXISTS } },
	{ "of another device", RTM_NEWNEIGH, NETLINK_WIDE,
	  NEIGH_AT(NETLINK_NEIGH, MAX_ADDR_LEN) },
	{ "absent", RTM_DELNEIGH, NETLINK_BUS, NEIGH_DST(8),
	  { -ENOENT, NEIGH_ABSENT } },
	{ "of another device", RTM_DELNEIGH, NETLINK_WIDE,
	  NEIGH_DST(NETLINK_NEIGH), { -ENOENT, NEIGH_ABSENT } },
	{ "on a device without link addresses", RTM_DELNEIGH, NETLINK_PLAIN,
	  NEIGH_DST(NETLINK_NEIGH), { -ENOENT, NEIGH_ABSENT } },
	{ "one that is there", RTM_DELNEIGH, NETLINK_BUS,
	  NEIGH_DST(NETLINK_NEIGH) },
	{ "one that is there, with a link address", RTM_DELNEIGH, NETLINK_BUS,
	  NEIGH_AT(NETLINK_NEIGH, 2) },
};

KUNIT_ARRAY_PARAM(netlink_neigh, netlink_neighs, netlink_case_desc);

static void netlink_begin_neigh(struct kunit *test, u16 type,
				enum netlink_dev dev)
{
	struct netlink_ctx *ctx = test->priv;
	const struct ndmsg ndm = {
		.ndm_family = AF_MCTP,
		.ndm_ifindex = netlink_ifindex(test, dev),
	};

	mctp_client_begin(test, ctx->client, type, 0, &ndm, sizeof(ndm));
}

static void neighbour_request_is_answered(struct kunit *test)
{
	const struct netlink_case *c = test->param_value;

	netlink_begin_neigh(test, c->type, c->dev);
	netlink_put(test, c->attr, ARRAY_SIZE(c->attr));
	netlink_expect(test, &c->answer);
}

static void neighbour_has_the_link_address_that_was_given(struct kunit *test)
{
	struct mctp_fake_dev *wide = netlink_dev(test, NETLINK_WIDE);
	static const struct netlink_answer taken;
	struct netlink_ctx *ctx = test->priv;
	struct mctp_way way = { .next_hop = 8 };
	u8 lladdr[MAX_ADDR_LEN];
	int err;

	mctp_fake_pattern(lladdr, sizeof(lladdr), 0x80);
	netlink_begin_neigh(test, RTM_NEWNEIGH, NETLINK_WIDE);
	mctp_client_put(test, ctx->client, NDA_DST, &way.next_hop, 1);
	mctp_client_put(test, ctx->client, NDA_LLADDR, lladdr, sizeof(lladdr));
	netlink_expect(test, &taken);

	way.mdev = wide->mdev;
	rcu_read_lock();
	err = mctp_neigh_resolve(&way);
	rcu_read_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, memcmp(way.lladdr, lladdr, sizeof(lladdr)), 0);
}

static struct kunit_case mctp_netlink_cases[] = {
	KUNIT_CASE_PARAM(header_that_is_short_is_refused,
			 netlink_header_gen_params),
	KUNIT_CASE_PARAM(bytes_that_are_no_attribute_are_refused,
			 netlink_header_gen_params),
	KUNIT_CASE_PARAM(attribute_that_is_unknown_is_refused,
			 netlink_header_gen_params),
	KUNIT_CASE(one_alone_cannot_be_asked_for),
	KUNIT_CASE_PARAM(address_request_is_answered, netlink_addr_gen_params),
	KUNIT_CASE(address_goes_to_its_device_and_brings_a_route),
	KUNIT_CASE(address_that_changes_is_notified_once),
	KUNIT_CASE(addresses_that_go_with_their_device_are_notified),
	KUNIT_CASE_PARAM(neighbour_request_is_answered,
			 netlink_neigh_gen_params),
	KUNIT_CASE(neighbour_has_the_link_address_that_was_given),
	{}
};

struct kunit_suite mctp_netlink_suite = {
	.name = "mctp_netlink",
	.init = netlink_test_init,
	.exit = netlink_test_exit,
	.test_cases = mctp_netlink_cases,
};
