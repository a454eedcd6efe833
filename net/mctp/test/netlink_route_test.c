// SPDX-License-Identifier: GPL-2.0
/*
 * Routes by netlink: what is refused with which words, and what is taken.
 */
#include "netlink_test.h"
#include "suites.h"

#define ROUTE_TYPE	"The type of a route must be RTN_UNICAST; local ones come and go with addresses"
#define ROUTE_NONE	"A route needs its first EID, as RTA_DST"
#define ROUTE_RANGE	"The range of a route must be within the EIDs 8 to 254"
#define ROUTE_ONE_WAY	"A route needs a device (RTA_OIF) or a gateway (RTA_GATEWAY), and not both"
#define ROUTE_GW_LENGTH	"RTA_GATEWAY must be a struct mctp_fq_addr"
#define ROUTE_GW_RANGE	"The EID of a gateway must be 8 to 254"
#define ROUTE_GW_NET	"There is no such route: its network does not exist"
#define ROUTE_MTU	"The MTU of a route must be at least 68, or 0 for the device's"
#define ROUTE_EXISTS	"The same route exists already; delete it first to change its MTU"
#define ROUTE_ABSENT	"There is no route of just this range by that device or gateway"
#define ROUTE_NO_DEV	"There is no device of this index"
#define ROUTE_NO_MCTP	"The device cannot carry MCTP"

/* A network that no device is in, nor a route; and that of the test */
#define ROUTE_NET_NONE	0x7fffffff
#define ROUTE_NET_TEST	0xffffffff

/**
 * struct netlink_route - a request about a route
 * @name: what is special about it
 * @type: RTM_NEWROUTE or RTM_DELROUTE
 * @first: first EID, as RTA_DST
 * @len: rtm_dst_len
 * @attr: attributes behind that, %ROUTE_NET_TEST for the network
 * @answer: what it is answered
 */
struct netlink_route {
	const char		*name;
	u16			type;
	u8			first;
	u8			len;
	struct netlink_attr	attr[3];
	struct netlink_answer	answer;
};

#define ROUTE_BY(dev)	{ NETLINK_INDEX(RTA_OIF, dev) }
#define ROUTE_VIA(net, eid) { NETLINK_FQ(RTA_GATEWAY, net, eid) }

static const struct netlink_route netlink_routes[] = {
	/* ranges */
	{ "7", RTM_NEWROUTE, 7, 0, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "8", RTM_NEWROUTE, 8, 0, ROUTE_BY(NETLINK_BUS) },
	{ "254", RTM_NEWROUTE, 254, 0, ROUTE_BY(NETLINK_BUS) },
	{ "255", RTM_NEWROUTE, 255, 0, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "0", RTM_NEWROUTE, 0, 0, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "8 to 254", RTM_NEWROUTE, 8, 246, ROUTE_BY(NETLINK_BUS) },
	{ "8 to 255", RTM_NEWROUTE, 8, 247, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "8 and 255 more", RTM_NEWROUTE, 8, 255, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "254 and 255 more", RTM_NEWROUTE, 254, 255, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "254 and 10 more", RTM_NEWROUTE, 254, 10, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "0 to 254", RTM_NEWROUTE, 0, 254, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "0 to 255", RTM_NEWROUTE, 0, 255, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "7", RTM_DELROUTE, 7, 0, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },
	{ "8 to 255", RTM_DELROUTE, 8, 247, ROUTE_BY(NETLINK_BUS),
	  { -EINVAL, ROUTE_RANGE, RTA_DST } },

	/* device or gateway */
	{ "no way", RTM_NEWROUTE, 8, 0, { }, { -EINVAL, ROUTE_ONE_WAY } },
	{ "no way", RTM_DELROUTE, NETLINK_VIA, 0, { },
	  { -EINVAL, ROUTE_ONE_WAY } },
	{ "two ways", RTM_NEWROUTE, 8, 0,
	  { NETLINK_INDEX(RTA_OIF, NETLINK_BUS),
	    NETLINK_FQ(RTA_GATEWAY, ROUTE_NET_TEST, NETLINK_NEIGH) },
	  { -EINVAL, ROUTE_ONE_WAY } },
	{ "two ways", RTM_DELROUTE, NETLINK_VIA, 0,
	  { NETLINK_FQ(RTA_GATEWAY, ROUTE_NET_TEST, NETLINK_NEIGH),
	    NETLINK_INDEX(RTA_OIF, NETLINK_BUS) },
	  { -EINVAL, ROUTE_ONE_WAY } },
	{ "by index 0", RTM_NEWROUTE, 8, 0, ROUTE_BY(NETLINK_ZERO),
	  { -ENODEV, ROUTE_NO_DEV } },
	{ "by index -1", RTM_NEWROUTE, 8, 0, ROUTE_BY(NETLINK_NEGATIVE),
	  { -ENODEV, ROUTE_NO_DEV } },
	{ "by an index of none", RTM_NEWROUTE, 8, 0, ROUTE_BY(NETLINK_ABSENT),
	  { -ENODEV, ROUTE_NO_DEV } },
	{ "by an index of none", RTM_DELROUTE, NETLINK_VIA, 0,
	  ROUTE_BY(NETLINK_ABSENT), { -ENODEV, ROUTE_NO_DEV } },
	{ "by a device that cannot carry MCTP", RTM_NEWROUTE, 8, 0,
	  ROUTE_BY(NETLINK_ETHER), { -EOPNOTSUPP, ROUTE_NO_MCTP } },
	{ "by a device that cannot carry MCTP", RTM_DELROUTE, 8, 0,
	  ROUTE_BY(NETLINK_ETHER), { -EOPNOTSUPP, ROUTE_NO_MCTP } },
	{ "by a device without link addresses", RTM_NEWROUTE, 8, 0,
	  ROUTE_BY(NETLINK_PLAIN) },

	/* the gateway's EID */
	{ "gateway 0", RTM_NEWROUTE, 9, 0, ROUTE_VIA(ROUTE_NET_TEST, 0),
	  { -EINVAL, ROUTE_GW_RANGE, RTA_GATEWAY } },
	{ "gateway 7", RTM_NEWROUTE, 9, 0, ROUTE_VIA(ROUTE_NET_TEST, 7),
	  { -EINVAL, ROUTE_GW_RANGE, RTA_GATEWAY } },
	{ "gateway 8", RTM_NEWROUTE, 9, 0, ROUTE_VIA(ROUTE_NET_TEST, 8) },
	{ "gateway 254", RTM_NEWROUTE, 9, 0, ROUTE_VIA(ROUTE_NET_TEST, 254) },
	{ "gateway 255", RTM_NEWROUTE, 9, 0, ROUTE_VIA(ROUTE_NET_TEST, 255),
	  { -EINVAL, ROUTE_GW_RANGE, RTA_GATEWAY } },
	{ "gateway 7", RTM_DELROUTE, NETLINK_VIA, 0, ROUTE_VIA(ROUTE_NET_TEST, 7),
	  { -EINVAL, ROUTE_GW_RANGE, RTA_GATEWAY } },
	{ "gateway 255", RTM_DELROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_TEST, 255),
	  { -EINVAL, ROUTE_GW_RANGE, RTA_GATEWAY } },
	{ "range of 8 to 255 by a gateway", RTM_NEWROUTE, 8, 247,
	  ROUTE_VIA(ROUTE_NET_TEST, 8), { -EINVAL, ROUTE_RANGE, RTA_DST } },

	/* lengths: struct mctp_fq_addr has 8 bytes, and 5 before its padding */
	{ "gateway of 0 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 0, 8) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "gateway of 1 byte", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 1, 8) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "gateway of 5 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 5, 0, 0, 0, 0, 8) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "gateway of 7 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 7, 0, 0, 0, 0, 8) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "gateway of 9 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 9, 0, 0, 0, 0, 8) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "gateway of 4 bytes", RTM_DELROUTE, NETLINK_VIA, 0,
	  { NETLINK_BYTES(RTA_GATEWAY, 4, 0, 0, 0, 0) },
	  { -EINVAL, ROUTE_GW_LENGTH, RTA_GATEWAY } },
	{ "device of 0 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_OIF, 0, 1) }, { -EINVAL, "", RTA_OIF } },
	{ "device of 1 byte", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_OIF, 1, 1) }, { -EINVAL, "", RTA_OIF } },
	{ "device of 2 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_OIF, 2, 1) }, { -EINVAL, "", RTA_OIF } },
	{ "device of 5 bytes", RTM_NEWROUTE, 9, 0,
	  { NETLINK_BYTES(RTA_OIF, 5, 1) }, { -EINVAL, "", RTA_OIF } },
	{ "source", RTM_NEWROUTE, 9, 0,
	  { NETLINK_INDEX(RTA_OIF, NETLINK_BUS), NETLINK_U8(RTA_SRC, 9) },
	  { -EINVAL, "", RTA_SRC } },
	{ "table", RTM_NEWROUTE, 9, 0,
	  { NETLINK_INDEX(RTA_OIF, NETLINK_BUS), NETLINK_U32(RTA_TABLE, 254) },
	  { -EINVAL, "", RTA_TABLE } },

	/* what is there, and what is not */
	{ "twin", RTM_NEWROUTE, NETLINK_FIRST, NETLINK_LAST - NETLINK_FIRST,
	  ROUTE_BY(NETLINK_BUS), { -EEXIST, ROUTE_EXISTS } },
	{ "twin by a gateway", RTM_NEWROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_TEST, NETLINK_NEIGH),
	  { -EEXIST, ROUTE_EXISTS } },
	{ "same range by another device", RTM_NEWROUTE, NETLINK_FIRST,
	  NETLINK_LAST - NETLINK_FIRST, ROUTE_BY(NETLINK_PLAIN) },
	{ "same range by a gateway", RTM_NEWROUTE, NETLINK_FIRST,
	  NETLINK_LAST - NETLINK_FIRST, ROUTE_VIA(ROUTE_NET_TEST, 8) },
	{ "same range by another gateway", RTM_NEWROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_TEST, 8) },
	{ "one that is there", RTM_DELROUTE, NETLINK_FIRST,
	  NETLINK_LAST - NETLINK_FIRST, ROUTE_BY(NETLINK_BUS) },
	{ "one that is there, by a gateway", RTM_DELROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_TEST, NETLINK_NEIGH) },
	{ "absent", RTM_DELROUTE, 9, 0, ROUTE_BY(NETLINK_BUS),
	  { -ENOENT, ROUTE_ABSENT } },
	{ "a part", RTM_DELROUTE, NETLINK_FIRST, NETLINK_LAST - NETLINK_FIRST - 1,
	  ROUTE_BY(NETLINK_BUS), { -ENOENT, ROUTE_ABSENT } },
	{ "more", RTM_DELROUTE, NETLINK_FIRST, NETLINK_LAST - NETLINK_FIRST + 1,
	  ROUTE_BY(NETLINK_BUS), { -ENOENT, ROUTE_ABSENT } },
	{ "by another device", RTM_DELROUTE, NETLINK_FIRST,
	  NETLINK_LAST - NETLINK_FIRST, ROUTE_BY(NETLINK_PLAIN),
	  { -ENOENT, ROUTE_ABSENT } },
	{ "by another gateway", RTM_DELROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_TEST, 8), { -ENOENT, ROUTE_ABSENT } },
	{ "that of an address", RTM_DELROUTE, NETLINK_EID, 0,
	  ROUTE_BY(NETLINK_BUS), { -ENOENT, ROUTE_ABSENT } },
	{ "in a network of none", RTM_DELROUTE, NETLINK_VIA, 0,
	  ROUTE_VIA(ROUTE_NET_NONE, NETLINK_NEIGH),
	  { -ENOENT, ROUTE_GW_NET, RTA_GATEWAY } },
};

static void netlink_route_desc(const struct netlink_route *r, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s",
		 r->type == RTM_NEWROUTE ? "new" : "del", r->name);
}

KUNIT_ARRAY_PARAM(netlink_route, netlink_routes, netlink_route_desc);

static void netlink_begin_route(struct kunit *test, u16 type, u8 rtm_type,
				u8 first, u8 len)
{
	struct netlink_ctx *ctx = test->priv;
	const struct rtmsg rtm = {
		.rtm_family = AF_MCTP,
		.rtm_dst_len = len,
		.rtm_type = rtm_type,
	};

	mctp_client_begin(test, ctx->client, type, 0, &rtm, sizeof(rtm));
	mctp_client_put(test, ctx->client, RTA_DST, &first, 1);
}

/* The request's way: by @dev, or by a gateway if that is 0 */
static void netlink_put_way(struct kunit *test, enum netlink_dev dev,
			    unsigned int net, u8 gateway)
{
	const struct netlink_attr by = NETLINK_INDEX(RTA_OIF, dev);
	const struct netlink_attr via = NETLINK_FQ(RTA_GATEWAY, net, gateway);

	netlink_put(test, dev ? &by : &via, 1);
}

static void route_request_is_answered(struct kunit *test)
{
	const struct netlink_route *r = test->param_value;
	struct netlink_attr attr[ARRAY_SIZE(r->attr)];
	struct netlink_ctx *ctx = test->priv;
	size_t i;

	memcpy(attr, r->attr, sizeof(attr));
	for (i = 0; i < ARRAY_SIZE(attr); i++)
		if (attr[i].type == RTA_GATEWAY &&
		    attr[i].fq.net == ROUTE_NET_TEST)
			attr[i].fq.net = ctx->net;
	netlink_begin_route(test, r->type, RTN_UNICAST, r->first, r->len);
	netlink_put(test, attr, ARRAY_SIZE(attr));
	netlink_expect(test, &r->answer);
}

static void type_of_a_route_is_unicast_and_no_other(struct kunit *test)
{
	static const struct netlink_answer refused = { -EINVAL, ROUTE_TYPE };
	static const u16 types[] = { RTM_NEWROUTE, RTM_DELROUTE };
	unsigned int rtm_type;
	size_t i;

	/* for the EID that has a local route: that is not deleted so */
	for (rtm_type = 0; rtm_type < 256; rtm_type++) {
		if (rtm_type == RTN_UNICAST)
			continue;
		for (i = 0; i < ARRAY_SIZE(types); i++) {
			netlink_begin_route(test, types[i], rtm_type,
					    NETLINK_EID, 0);
			netlink_put_way(test, NETLINK_BUS, 0, 0);
			netlink_expect(test, &refused);
		}
	}
}

/* --- the first EID --- */

struct netlink_dst {
	const char		*name;
	struct netlink_attr	dst;
	struct netlink_answer	answer;
};

static const struct netlink_dst netlink_dsts[] = {
	{ "none", { }, { -EINVAL, ROUTE_NONE } },
	{ "0 bytes", NETLINK_BYTES(RTA_DST, 0, 9), { -EINVAL, "", RTA_DST } },
	{ "1 byte", NETLINK_BYTES(RTA_DST, 1, 9) },
	{ "2 bytes", NETLINK_BYTES(RTA_DST, 2, 9), { -EINVAL, "", RTA_DST } },
	{ "4 bytes", NETLINK_BYTES(RTA_DST, 4, 9), { -EINVAL, "", RTA_DST } },
	{ "5 bytes", NETLINK_BYTES(RTA_DST, 5, 9), { -EINVAL, "", RTA_DST } },
};

static void netlink_dst_desc(const struct netlink_dst *d, char *desc)
{
	strscpy(desc, d->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(netlink_dst, netlink_dsts, netlink_dst_desc);

static void first_eid_is_one_byte(struct kunit *test)
{
	const struct netlink_dst *d = test->param_value;
	struct netlink_ctx *ctx = test->priv;
	const struct rtmsg rtm = {
		.rtm_family = AF_MCTP,
		.rtm_type = RTN_UNICAST,
	};

	mctp_client_begin(test, ctx->client, RTM_NEWROUTE, 0, &rtm,
			  sizeof(rtm));
	netlink_put(test, &d->dst, 1);
	netlink_put_way(test, NETLINK_BUS, 0, 0);
	netlink_expect(test, &d->answer);
}

/* --- the MTU --- */

/**
 * struct netlink_mtu - what is within RTA_METRICS
 * @name: what is special about it
 * @raw: the nest's bytes, where @raw_len is not 0: not an attribute
 * @raw_len: how many
 * @metric: else what is in it
 * @answer: what it is answered
 * @mtu: that of the route, if it is taken
 */
struct netlink_mtu {
	const char		*name;
	u8			raw[8];
	size_t			raw_len;
	struct netlink_attr	metric[2];
	struct netlink_answer	answer;
	u32			mtu;
};

static const struct netlink_mtu netlink_mtus[] = {
	{ "none", .metric = { } },
	{ "0", .metric = { NETLINK_U32(RTAX_MTU, 0) } },
	{ "1", .metric = { NETLINK_U32(RTAX_MTU, 1) },
	  .answer = { -EINVAL, ROUTE_MTU } },
	{ "67", .metric = { NETLINK_U32(RTAX_MTU, 67) },
	  .answer = { -EINVAL, ROUTE_MTU } },
	{ "68", .metric = { NETLINK_U32(RTAX_MTU, 68) }, .mtu = 68 },
	{ "all ones", .metric = { NETLINK_U32(RTAX_MTU, U32_MAX) },
	  .mtu = U32_MAX },
	{ "of 0 bytes", .metric = { NETLINK_BYTES(RTAX_MTU, 0, 68) },
	  .answer = { -EINVAL, "", RTAX_MTU } },
	{ "of 1 byte", .metric = { NETLINK_BYTES(RTAX_MTU, 1, 68) },
	  .answer = { -EINVAL, "", RTAX_MTU } },
	{ "of 2 bytes", .metric = { NETLINK_BYTES(RTAX_MTU, 2, 68) },
	  .answer = { -EINVAL, "", RTAX_MTU } },
	{ "of 5 bytes", .metric = { NETLINK_BYTES(RTAX_MTU, 5, 68) },
	  .answer = { -EINVAL, "", RTAX_MTU } },
	{ "with a hop limit", .metric = { NETLINK_U32(RTAX_MTU, 68),
					  NETLINK_U32(RTAX_HOPLIMIT, 1) },
	  .answer = { -EINVAL, "", RTAX_HOPLIMIT } },
	{ "with a metric that is unknown",
	  .metric = { NETLINK_U32(RTAX_MTU, 68), NETLINK_U32(64, 1) },
	  .answer = { -EINVAL, "", 64 } },
	{ "in metrics of 1 byte", .raw_len = 1, .answer = { -EINVAL, "" } },
	{ "in metrics of 3 bytes", .raw_len = 3, .answer = { -EINVAL, "" } },
	{ "in metrics that are no attribute", .raw_len = 4,
	  .answer = { -EINVAL, "" } },
	{ "that ends behind its metrics", .raw = { 12, 0, RTAX_MTU },
	  .raw_len = 8, .answer = { -EINVAL, "" } },
};

static void netlink_mtu_desc(const struct netlink_mtu *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(netlink_mtu, netlink_mtus, netlink_mtu_desc);

static void netlink_put_metrics(struct kunit *test, const struct netlink_mtu *m)
{
	struct netlink_ctx *ctx = test->priv;
	struct nlattr *nest;

	if (m->raw_len) {
		mctp_client_put(test, ctx->client, RTA_METRICS, m->raw,
				m->raw_len);
		return;
	}
	nest = mctp_client_nest(test, ctx->client, RTA_METRICS);
	netlink_put(test, m->metric, ARRAY_SIZE(m->metric));
	mctp_client_nest_end(ctx->client, nest);
}

static void mtu_is_that_of_the_metrics(struct kunit *test)
{
	const struct netlink_mtu *m = test->param_value;
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 9, 0);
	netlink_put_metrics(test, m);
	netlink_put_way(test, NETLINK_BUS, 0, 0);
	netlink_expect(test, &m->answer);
	route = rcu_dereference_protected(ctx->network->slot[9], true);
	KUNIT_ASSERT_EQ(test, !!route, !m->answer.err);
	if (route)
		KUNIT_EXPECT_EQ(test, route->mtu, m->mtu);
}

/* Programs for other families have long left it out */
static void metrics_need_no_flag_of_a_nest(struct kunit *test)
{
	const struct netlink_attr mtu = NETLINK_U32(RTAX_MTU, 68);
	static const struct netlink_answer taken;
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;
	struct nlattr *nest;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 9, 0);
	nest = mctp_client_nest(test, ctx->client, RTA_METRICS);
	netlink_put(test, &mtu, 1);
	mctp_client_nest_end(ctx->client, nest);
	nest->nla_type &= ~NLA_F_NESTED;
	netlink_put_way(test, NETLINK_BUS, 0, 0);
	netlink_expect(test, &taken);
	route = rcu_dereference_protected(ctx->network->slot[9], true);
	KUNIT_ASSERT_NOT_NULL(test, route);
	KUNIT_EXPECT_EQ(test, route->mtu, 68);
}

static void mtu_does_not_tell_routes_apart(struct kunit *test)
{
	static const struct netlink_answer exists = { -EEXIST, ROUTE_EXISTS };
	static const struct netlink_mtu mtu = {
		.metric = { NETLINK_U32(RTAX_MTU, 100) },
	};
	static const struct netlink_answer taken;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, NETLINK_FIRST,
			    NETLINK_LAST - NETLINK_FIRST);
	netlink_put_metrics(test, &mtu);
	netlink_put_way(test, NETLINK_BUS, 0, 0);
	netlink_expect(test, &exists);

	netlink_begin_route(test, RTM_DELROUTE, RTN_UNICAST, NETLINK_FIRST,
			    NETLINK_LAST - NETLINK_FIRST);
	netlink_put_metrics(test, &mtu);
	netlink_put_way(test, NETLINK_BUS, 0, 0);
	netlink_expect(test, &taken);
}

/* --- what a route comes to be --- */

static void route_is_what_was_asked_for(struct kunit *test)
{
	struct mctp_fake_dev *plain = netlink_dev(test, NETLINK_PLAIN);
	static const struct netlink_answer taken;
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 100, 20);
	netlink_put_way(test, NETLINK_PLAIN, 0, 0);
	netlink_expect(test, &taken);
	route = rcu_dereference_protected(ctx->network->slot[120], true);
	KUNIT_ASSERT_NOT_NULL(test, route);
	KUNIT_EXPECT_PTR_EQ(test, route->mdev, plain->mdev);
	KUNIT_EXPECT_EQ(test, route->type, RTN_UNICAST);
	KUNIT_EXPECT_EQ(test, route->min, 100);
	KUNIT_EXPECT_EQ(test, route->max, 120);
	KUNIT_EXPECT_EQ(test, route->gateway, 0);

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 110, 0);
	netlink_put_way(test, 0, ctx->net, 200);
	netlink_expect(test, &taken);
	route = rcu_dereference_protected(ctx->network->slot[110], true);
	KUNIT_ASSERT_NOT_NULL(test, route);
	KUNIT_EXPECT_NULL(test, route->mdev);
	KUNIT_EXPECT_EQ(test, route->gateway, 200);
	KUNIT_EXPECT_EQ(test, route->min, 110);
	KUNIT_EXPECT_EQ(test, route->max, 110);
}

static bool netlink_network_exists(unsigned int id)
{
	bool exists;

	rcu_read_lock();
	exists = mctp_network_find(mctp_pernet(&init_net), id);
	rcu_read_unlock();
	return exists;
}

static void network_of_a_gateway_lives_as_long_as_its_route(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct netlink_ctx *ctx = test->priv;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 9, 0);
	netlink_put_way(test, 0, id, 100);
	KUNIT_ASSERT_EQ(test, mctp_client_talk(test, ctx->client), 0);
	KUNIT_EXPECT_TRUE(test, netlink_network_exists(id));

	/* what is refused adds nothing to that */
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, ctx->client), -EEXIST);
	netlink_begin_route(test, RTM_DELROUTE, RTN_UNICAST, 8, 0);
	netlink_put_way(test, 0, id, 100);
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, ctx->client), -ENOENT);

	netlink_begin_route(test, RTM_DELROUTE, RTN_UNICAST, 9, 0);
	netlink_put_way(test, 0, id, 100);
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, ctx->client), 0);
	KUNIT_EXPECT_FALSE(test, netlink_network_exists(id));
}

static void refused_route_makes_no_network(struct kunit *test)
{
	static const struct netlink_mtu mtu = {
		.metric = { NETLINK_U32(RTAX_MTU, 67) },
	};
	unsigned int id = mctp_fake_network(test);
	struct netlink_ctx *ctx = test->priv;

	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 9, 0);
	netlink_put_metrics(test, &mtu);
	netlink_put_way(test, 0, id, 100);
	KUNIT_EXPECT_EQ(test, mctp_client_talk(test, ctx->client), -EINVAL);
	KUNIT_EXPECT_FALSE(test, netlink_network_exists(id));
}

static void network_zero_of_a_gateway_is_the_default_one(struct kunit *test)
{
	struct mctp_pernet *pn = mctp_pernet(&init_net);
	unsigned int before = pn->sysctl_default_net;
	static const struct netlink_answer taken;
	struct netlink_ctx *ctx = test->priv;
	const struct mctp_route *route;

	WRITE_ONCE(pn->sysctl_default_net, ctx->net);
	netlink_begin_route(test, RTM_NEWROUTE, RTN_UNICAST, 9, 0);
	netlink_put_way(test, 0, MCTP_NET_ANY, 100);
	netlink_expect(test, &taken);
	WRITE_ONCE(pn->sysctl_default_net, before);

	route = rcu_dereference_protected(ctx->network->slot[9], true);
	KUNIT_ASSERT_NOT_NULL(test, route);
	KUNIT_EXPECT_EQ(test, route->gateway, 100);
}

static struct kunit_case mctp_netlink_route_cases[] = {
	KUNIT_CASE_PARAM(route_request_is_answered, netlink_route_gen_params),
	KUNIT_CASE(type_of_a_route_is_unicast_and_no_other),
	KUNIT_CASE_PARAM(first_eid_is_one_byte, netlink_dst_gen_params),
	KUNIT_CASE_PARAM(mtu_is_that_of_the_metrics, netlink_mtu_gen_params),
	KUNIT_CASE(metrics_need_no_flag_of_a_nest),
	KUNIT_CASE(mtu_does_not_tell_routes_apart),
	KUNIT_CASE(route_is_what_was_asked_for),
	KUNIT_CASE(network_of_a_gateway_lives_as_long_as_its_route),
	KUNIT_CASE(refused_route_makes_no_network),
	KUNIT_CASE(network_zero_of_a_gateway_is_the_default_one),
	{}
};

struct kunit_suite mctp_netlink_route_suite = {
	.name = "mctp_netlink_route",
	.init = netlink_test_init,
	.exit = netlink_test_exit,
	.test_cases = mctp_netlink_route_cases,
};
