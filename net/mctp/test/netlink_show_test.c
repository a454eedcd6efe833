// SPDX-License-Identifier: GPL-2.0
/*
 * What a message of netlink holds that shows an address, a neighbour or a
 * route. Which of them are shown is netlink_dump_test.c's.
 */
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include "netlink_test.h"
#include "suites.h"

/**
 * struct show - the message that a test is about
 * @hdrlen: length of its family's header
 * @attr: the attribute that tells it from others in a dump
 * @value: first byte of that
 * @found: how many there were
 * @message: the last of them
 */
struct show {
	size_t		hdrlen;
	u16		attr;
	u8		value;
	unsigned int	found;
	u8		message[256] __aligned(NLMSG_ALIGNTO);
};

static void show_keep(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct show *show = data;

	attr = nlmsg_find_attr(nlh, show->hdrlen, show->attr);
	if (!attr || nla_get_u8(attr) != show->value ||
	    nlh->nlmsg_len > sizeof(show->message))
		return;
	memcpy(show->message, nlh, nlh->nlmsg_len);
	show->found++;
}

/* The one message of a dump whose attribute is @value; @index, if that is not
 * NULL, is an attribute that picks a device
 */
static const struct nlmsghdr *show_find(struct kunit *test, struct show *show,
					u16 type, const void *hdr,
					const struct netlink_attr *index)
{
	struct netlink_ctx *ctx = test->priv;
	int rc;

	show->found = 0;
	mctp_client_begin(test, ctx->client, type, NLM_F_DUMP, hdr,
			  show->hdrlen);
	if (index)
		netlink_put(test, index, 1);
	mctp_client_send(test, ctx->client);
	do {
		rc = mctp_client_read(test, ctx->client, show_keep, show);
	} while (rc > 0);
	KUNIT_ASSERT_EQ(test, rc, 0);
	KUNIT_ASSERT_EQ(test, show->found, 1);
	return (const struct nlmsghdr *)show->message;
}

/* It has @len bytes of @value as the attribute @type */
static void show_expect(struct kunit *test, const struct show *show, u16 type,
			const void *value, int len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)show->message;
	const struct nlattr *attr = nlmsg_find_attr(nlh, show->hdrlen, type);

	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_EQ(test, nla_len(attr), len);
	KUNIT_EXPECT_EQ(test, memcmp(nla_data(attr), value, len), 0);
}

static void show_expect_absent(struct kunit *test, const struct show *show,
			       u16 type)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)show->message;

	KUNIT_EXPECT_NULL(test, nlmsg_find_attr(nlh, show->hdrlen, type));
}

static void address_is_shown_by_both_its_names(struct kunit *test)
{
	struct ifaddrmsg hdr = {
		.ifa_family = AF_MCTP,
		.ifa_index = netlink_ifindex(test, NETLINK_BUS),
	};
	struct show show = {
		.hdrlen = sizeof(hdr), .attr = IFA_LOCAL, .value = NETLINK_EID,
	};
	const struct nlmsghdr *nlh;
	const struct ifaddrmsg *ifm;

	nlh = show_find(test, &show, RTM_GETADDR, &hdr, NULL);
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_type, RTM_NEWADDR);
	ifm = nlmsg_data(nlh);
	KUNIT_EXPECT_EQ(test, ifm->ifa_family, AF_MCTP);
	KUNIT_EXPECT_EQ(test, ifm->ifa_index, hdr.ifa_index);
	KUNIT_EXPECT_EQ(test, ifm->ifa_prefixlen, 0);
	KUNIT_EXPECT_EQ(test, ifm->ifa_flags, IFA_F_PERMANENT);
	KUNIT_EXPECT_EQ(test, ifm->ifa_scope, RT_SCOPE_LINK);
	show_expect(test, &show, IFA_LOCAL, &show.value, 1);
	show_expect(test, &show, IFA_ADDRESS, &show.value, 1);
}

static void neighbour_is_shown_with_its_link_address(struct kunit *test)
{
	struct ndmsg hdr = {
		.ndm_family = AF_MCTP,
		.ndm_ifindex = netlink_ifindex(test, NETLINK_BUS),
	};
	struct show show = {
		.hdrlen = sizeof(hdr), .attr = NDA_DST, .value = NETLINK_NEIGH,
	};
	static const u8 hw = NETLINK_HW;
	const struct nlmsghdr *nlh;
	const struct ndmsg *ndm;

	nlh = show_find(test, &show, RTM_GETNEIGH, &hdr, NULL);
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_type, RTM_NEWNEIGH);
	ndm = nlmsg_data(nlh);
	KUNIT_EXPECT_EQ(test, ndm->ndm_family, AF_MCTP);
	KUNIT_EXPECT_EQ(test, ndm->ndm_ifindex, hdr.ndm_ifindex);
	KUNIT_EXPECT_EQ(test, ndm->ndm_state, NUD_PERMANENT);
	KUNIT_EXPECT_EQ(test, ndm->ndm_type, RTN_UNICAST);
	show_expect(test, &show, NDA_DST, &show.value, 1);
	show_expect(test, &show, NDA_LLADDR, &hw, 1);
}

static void link_address_is_shown_to_its_last_byte(struct kunit *test)
{
	struct mctp_fake_dev *wide = netlink_dev(test, NETLINK_WIDE);
	struct ndmsg hdr = {
		.ndm_family = AF_MCTP,
		.ndm_ifindex = netlink_ifindex(test, NETLINK_WIDE),
	};
	struct show show = {
		.hdrlen = sizeof(hdr), .attr = NDA_DST, .value = 8,
	};
	u8 lladdr[MAX_ADDR_LEN];
	int err;

	mctp_fake_pattern(lladdr, sizeof(lladdr), 0x80);
	rtnl_lock();
	err = mctp_neigh_add(wide->mdev, 8, lladdr, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	show_find(test, &show, RTM_GETNEIGH, &hdr, NULL);
	show_expect(test, &show, NDA_LLADDR, lladdr, sizeof(lladdr));
}

/* --- routes --- */

static const struct rtmsg *show_route(struct kunit *test, struct show *show,
				      u8 first,
				      const struct netlink_attr *index)
{
	static const struct rtmsg hdr = { .rtm_family = AF_MCTP };
	const struct nlmsghdr *nlh;

	*show = (struct show){
		.hdrlen = sizeof(hdr), .attr = RTA_DST, .value = first,
	};
	nlh = show_find(test, show, RTM_GETROUTE, &hdr, index);
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_type, RTM_NEWROUTE);
	return nlmsg_data(nlh);
}

static const struct netlink_attr show_by_bus = NETLINK_INDEX(RTA_OIF,
							     NETLINK_BUS);

static void route_is_shown_with_its_range_and_device(struct kunit *test)
{
	int ifindex = netlink_ifindex(test, NETLINK_BUS);
	static const u8 first = NETLINK_FIRST;
	const struct rtmsg *rtm;
	struct show show;

	rtm = show_route(test, &show, first, &show_by_bus);
	KUNIT_EXPECT_EQ(test, rtm->rtm_family, AF_MCTP);
	KUNIT_EXPECT_EQ(test, rtm->rtm_dst_len, NETLINK_LAST - NETLINK_FIRST);
	KUNIT_EXPECT_EQ(test, rtm->rtm_type, RTN_UNICAST);
	KUNIT_EXPECT_EQ(test, rtm->rtm_table, RT_TABLE_MAIN);
	KUNIT_EXPECT_EQ(test, rtm->rtm_protocol, RTPROT_STATIC);
	KUNIT_EXPECT_EQ(test, rtm->rtm_scope, RT_SCOPE_LINK);
	show_expect(test, &show, RTA_DST, &first, 1);
	show_expect(test, &show, RTA_OIF, &ifindex, sizeof(ifindex));
	show_expect_absent(test, &show, RTA_GATEWAY);
	show_expect_absent(test, &show, RTA_METRICS);
}

static void local_route_is_shown_as_one(struct kunit *test)
{
	int ifindex = netlink_ifindex(test, NETLINK_BUS);
	const struct rtmsg *rtm;
	struct show show;

	rtm = show_route(test, &show, NETLINK_EID, &show_by_bus);
	KUNIT_EXPECT_EQ(test, rtm->rtm_dst_len, 0);
	KUNIT_EXPECT_EQ(test, rtm->rtm_type, RTN_LOCAL);
	KUNIT_EXPECT_EQ(test, rtm->rtm_table, RT_TABLE_LOCAL);
	KUNIT_EXPECT_EQ(test, rtm->rtm_protocol, RTPROT_KERNEL);
	KUNIT_EXPECT_EQ(test, rtm->rtm_scope, RT_SCOPE_HOST);
	show_expect(test, &show, RTA_OIF, &ifindex, sizeof(ifindex));
}

static void gateway_route_is_shown_with_its_network(struct kunit *test)
{
	struct netlink_ctx *ctx = test->priv;
	struct mctp_fq_addr gateway;
	const struct rtmsg *rtm;
	struct show show;

	/* its padding is zero too */
	memset(&gateway, 0, sizeof(gateway));
	gateway.net = ctx->net;
	gateway.eid = NETLINK_NEIGH;
	rtm = show_route(test, &show, NETLINK_VIA, NULL);
	KUNIT_EXPECT_EQ(test, rtm->rtm_dst_len, 0);
	KUNIT_EXPECT_EQ(test, rtm->rtm_type, RTN_UNICAST);
	KUNIT_EXPECT_EQ(test, rtm->rtm_table, RT_TABLE_MAIN);
	KUNIT_EXPECT_EQ(test, rtm->rtm_scope, RT_SCOPE_UNIVERSE);
	show_expect(test, &show, RTA_GATEWAY, &gateway, sizeof(gateway));
	show_expect_absent(test, &show, RTA_OIF);
}

static const u32 show_mtus[] = { 68, 254, U32_MAX };

static void show_mtu_desc(const u32 *mtu, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *mtu);
}

KUNIT_ARRAY_PARAM(show_mtu, show_mtus, show_mtu_desc);

static void mtu_of_a_route_is_shown_in_its_metrics(struct kunit *test)
{
	struct mctp_fake_dev *bus = netlink_dev(test, NETLINK_BUS);
	const struct nlattr *metrics, *attr;
	const u32 *mtu = test->param_value;
	struct show show;

	mctp_fake_route(test, bus, 70, 71, *mtu);
	show_route(test, &show, 70, &show_by_bus);
	metrics = nlmsg_find_attr((struct nlmsghdr *)show.message, show.hdrlen,
				  RTA_METRICS);
	KUNIT_ASSERT_NOT_NULL(test, metrics);
	attr = nla_find_nested(metrics, RTAX_MTU);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_EQ(test, nla_len(attr), (int)sizeof(u32));
	KUNIT_EXPECT_EQ(test, nla_get_u32(attr), *mtu);
}

static struct kunit_case mctp_netlink_show_cases[] = {
	KUNIT_CASE(address_is_shown_by_both_its_names),
	KUNIT_CASE(neighbour_is_shown_with_its_link_address),
	KUNIT_CASE(link_address_is_shown_to_its_last_byte),
	KUNIT_CASE(route_is_shown_with_its_range_and_device),
	KUNIT_CASE(local_route_is_shown_as_one),
	KUNIT_CASE(gateway_route_is_shown_with_its_network),
	KUNIT_CASE_PARAM(mtu_of_a_route_is_shown_in_its_metrics,
			 show_mtu_gen_params),
	{}
};

struct kunit_suite mctp_netlink_show_suite = {
	.name = "mctp_netlink_show",
	.init = netlink_test_init,
	.exit = netlink_test_exit,
	.test_cases = mctp_netlink_show_cases,
};
