// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, routes, neighbours and links by rtnetlink: each request, and each
 * refusal with its sentence. Sysctls, too.
 */
#include <net/if.h>
#include <linux/neighbour.h>

#include "mctp_test.h"

#define LLADDR	0x1d

/* Of <linux/if_link.h> */
#define NET_ATTR	1
#define BINDING_ATTR	2

/* An error, and why */
#define EXPECT_REFUSED(err, call) do {					\
	EXPECT_EQ(err, call);						\
	EXPECT_STRNE("", nl_sentence);					\
} while (0)

FIXTURE(netlink) {
	int bus;	/* of the TUN device "bus", up, without routes */
	int ifindex;
};

FIXTURE_SETUP(netlink)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_new("bus");
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, link_up("bus"));
	self->ifindex = if_nametoindex("bus");
	ASSERT_LT(0, self->ifindex);
}

FIXTURE_TEARDOWN(netlink)
{
}

/* With one that deletes, the second of these would mean all */
static uint16_t flags_of(uint16_t type)
{
	bool make = type == RTM_NEWADDR || type == RTM_NEWROUTE;

	return make ? NLM_F_CREATE | NLM_F_EXCL : 0;
}

/* Addresses */

static int addr_request(uint16_t type, int ifindex, const void *local,
			size_t local_len, const void *address,
			size_t address_len)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_MCTP, .ifa_index = ifindex };
	struct nl_req r;

	nl_start(&r, type, flags_of(type), &ifa, sizeof(ifa));
	if (local)
		nl_put(&r, IFA_LOCAL, local, local_len);
	if (address)
		nl_put(&r, IFA_ADDRESS, address, address_len);
	return nl_do(&r);
}

TEST_F(netlink, an_address_comes_and_goes_with_its_local_route)
{
	static struct nl_table t;

	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_LE(0, nl_table(&t, RTM_GETADDR, AF_MCTP, 0));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ(self->ifindex, t.e[0].ifindex);
	EXPECT_EQ(8, t.e[0].eid);
	EXPECT_EQ(8, t.e[0].eid2);
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_MCTP, 0));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ(RTN_LOCAL, t.e[0].type);
	EXPECT_EQ(8, t.e[0].eid);
	EXPECT_EQ(8, t.e[0].eid2);
	EXPECT_EQ(self->ifindex, t.e[0].ifindex);

	ASSERT_EQ(0, addr_del("bus", 8));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
}

TEST_F(netlink, an_address_is_named_by_either_attribute)
{
	uint8_t eid = 8, other = 9;

	EXPECT_EQ(0, addr_request(RTM_NEWADDR, self->ifindex, &eid, 1, NULL,
				  0));
	EXPECT_EQ(0, addr_request(RTM_DELADDR, self->ifindex, NULL, 0, &eid,
				  1));
	EXPECT_EQ(0, addr_request(RTM_NEWADDR, self->ifindex, NULL, 0, &eid,
				  1));
	EXPECT_EQ(0, addr_request(RTM_DELADDR, self->ifindex, &eid, 1, &eid,
				  1));
	EXPECT_REFUSED(-EINVAL, addr_request(RTM_NEWADDR, self->ifindex, &eid,
					     1, &other, 1));
	EXPECT_REFUSED(-EINVAL, addr_request(RTM_NEWADDR, self->ifindex, NULL,
					     0, NULL, 0));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
}

TEST_F(netlink, addresses_outside_8_to_254_are_einval)
{
	static const uint8_t bad[] = { 0, 1, 7, 255 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_REFUSED(-EINVAL, addr_add("bus", bad[i]));
		EXPECT_REFUSED(-EINVAL, addr_del("bus", bad[i]));
	}
	EXPECT_EQ(0, addr_add("bus", 254));
	EXPECT_EQ(0, addr_add("bus", 8));
	EXPECT_EQ(2, nl_count(RTM_GETADDR));
}

TEST_F(netlink, an_address_twice_is_eexist_and_none_is_enoent)
{
	EXPECT_REFUSED(-ENOENT, addr_del("bus", 8));
	ASSERT_EQ(0, addr_add("bus", 8));
	EXPECT_REFUSED(-EEXIST, addr_add("bus", 8));
	EXPECT_REFUSED(-ENOENT, addr_del("lo", 8));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	ASSERT_EQ(0, addr_del("bus", 8));
	EXPECT_REFUSED(-ENOENT, addr_del("bus", 8));
}

TEST_F(netlink, an_address_of_another_length_is_einval)
{
	uint32_t eid = 8;

	EXPECT_REFUSED(-EINVAL, addr_request(RTM_NEWADDR, self->ifindex, &eid,
					     4, NULL, 0));
	EXPECT_REFUSED(-EINVAL, addr_request(RTM_NEWADDR, self->ifindex, &eid,
					     0, NULL, 0));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
}

TEST_F(netlink, an_address_needs_a_device_that_is_there_and_carries_mctp)
{
	uint8_t eid = 8;

	EXPECT_REFUSED(-ENODEV, addr_request(RTM_NEWADDR, 9999, &eid, 1, NULL,
					     0));
	EXPECT_REFUSED(-ENODEV, addr_request(RTM_NEWADDR, 0, &eid, 1, NULL,
					     0));
	EXPECT_REFUSED(-ENODEV, addr_request(RTM_DELADDR, -1, &eid, 1, NULL,
					     0));
	ASSERT_EQ(0, tun_other("ppp7"));
	EXPECT_REFUSED(-EOPNOTSUPP, addr_add("ppp7", 8));
}

TEST_F(netlink, a_request_with_a_short_header_is_einval)
{
	static const uint16_t types[] = { RTM_NEWADDR, RTM_DELADDR,
					  RTM_NEWROUTE, RTM_DELROUTE,
					  RTM_NEWNEIGH, RTM_DELNEIGH };
	struct rtgenmsg gen = { .rtgen_family = AF_MCTP };
	struct nl_req r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		nl_start(&r, types[i], 0, &gen, sizeof(gen));
		EXPECT_REFUSED(-EINVAL, nl_do(&r));
	}
}

TEST_F(netlink, lo_may_have_addresses_and_a_network)
{
	struct link_info info;

	EXPECT_EQ(0, addr_add("lo", 8));
	EXPECT_EQ(0, link_net("lo", 3));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, addr_add("lo", 8));
	ASSERT_EQ(0, link_get("lo", &info));
	EXPECT_EQ(3u, info.net);
}

/* Routes */

struct route {
	uint8_t		rtm_type;
	int		dst;		/* -1: left out */
	uint8_t		dst_len;
	int		oif;		/* likewise */
	int		gateway;	/* likewise */
	uint32_t	gateway_net;
	int		mtu;		/* likewise */
};

#define ROUTE(...) (struct route){ .rtm_type = RTN_UNICAST, .dst = 20,	\
	.oif = self->ifindex, .gateway = -1, .gateway_net = 1,		\
	.mtu = -1, ##__VA_ARGS__ }

static int route_request(uint16_t type, struct route route)
{
	struct rtmsg rt = {
		.rtm_family = AF_MCTP,
		.rtm_type = route.rtm_type,
		.rtm_dst_len = route.dst_len,
	};
	uint8_t dst = route.dst, gateway[8] = { };
	uint32_t oif = route.oif, mtu = route.mtu;
	struct rtattr *nest;
	struct nl_req r;

	nl_start(&r, type, flags_of(type), &rt, sizeof(rt));
	if (route.dst >= 0)
		nl_put(&r, RTA_DST, &dst, sizeof(dst));
	if (route.oif >= 0)
		nl_put(&r, RTA_OIF, &oif, sizeof(oif));
	if (route.gateway >= 0) {
		memcpy(gateway, &route.gateway_net, 4);
		gateway[4] = route.gateway;
		nl_put(&r, RTA_GATEWAY, gateway, sizeof(gateway));
	}
	if (route.mtu >= 0) {
		nest = nl_nest(&r, RTA_METRICS);
		nl_put(&r, RTAX_MTU, &mtu, sizeof(mtu));
		nl_nest_end(&r, nest);
	}
	return nl_do(&r);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"

TEST_F(netlink, routes_are_shown_as_they_were_made)
{
	static struct nl_table t;

	ASSERT_EQ(0, route_add("bus", 20, 29, 0));
	ASSERT_EQ(0, route_add("bus", 40, 40, 100));
	ASSERT_EQ(0, route_gw_add(1, 20, 50, 254, 0));
	ASSERT_EQ(0, route_gw_add(9, 21, 8, 8, 68));
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_MCTP, 0));
	ASSERT_EQ(4, t.n);
	EXPECT_EQ(RTN_UNICAST, t.e[0].type);
	EXPECT_EQ(20, t.e[0].eid);
	EXPECT_EQ(29, t.e[0].eid2);
	EXPECT_EQ(self->ifindex, t.e[0].ifindex);
	EXPECT_EQ(0u, t.e[0].mtu);
	EXPECT_EQ(40, t.e[1].eid);
	EXPECT_EQ(40, t.e[1].eid2);
	EXPECT_EQ(100u, t.e[1].mtu);
	EXPECT_EQ(50, t.e[2].eid);
	EXPECT_EQ(254, t.e[2].eid2);
	EXPECT_EQ(0, t.e[2].ifindex);
	EXPECT_EQ(20, t.e[2].gateway);
	EXPECT_EQ(1u, t.e[2].gateway_net);
	EXPECT_EQ(8, t.e[3].eid);
	EXPECT_EQ(21, t.e[3].gateway);
	EXPECT_EQ(9u, t.e[3].gateway_net);
	EXPECT_EQ(68u, t.e[3].mtu);
	EXPECT_EQ(0, route_del("bus", 20, 29));
	EXPECT_EQ(0, route_del("bus", 40, 40));
	EXPECT_EQ(0, route_gw_del(1, 20, 50, 254));
	EXPECT_EQ(0, route_gw_del(9, 21, 8, 8));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
}

TEST_F(netlink, a_route_to_a_range_outside_8_to_254_is_einval)
{
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE, ROUTE(.dst = 7)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE, ROUTE(.dst = 0)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.dst = 255)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.dst = 254,
						    .dst_len = 1)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.dst = 8,
						    .dst_len = 247)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.dst = 20,
						    .dst_len = 255)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_DELROUTE, ROUTE(.dst = 7)));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, route_request(RTM_NEWROUTE, ROUTE(.dst = 8,
						       .dst_len = 246)));
}

TEST_F(netlink, a_route_needs_a_device_or_a_gateway_and_not_both)
{
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.oif = -1)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.gateway = 30)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE,
					      ROUTE(.dst = -1)));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, route_request(RTM_NEWROUTE,
				   ROUTE(.oif = -1, .gateway = 30)));
}

TEST_F(netlink, a_route_of_another_type_is_einval)
{
	static const uint8_t types[] = { RTN_UNSPEC, RTN_LOCAL, RTN_BROADCAST,
					 RTN_BLACKHOLE, RTN_UNREACHABLE };
	size_t i;

	ASSERT_EQ(0, addr_add("bus", 20));
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_REFUSED(-EINVAL,
			       route_request(RTM_NEWROUTE,
					     ROUTE(.rtm_type = types[i])));
		/* a local one is not to be taken from its address */
		EXPECT_REFUSED(-EINVAL,
			       route_request(RTM_DELROUTE,
					     ROUTE(.rtm_type = types[i])));
	}
	EXPECT_EQ(1, nl_count(RTM_GETROUTE));
}

TEST_F(netlink, a_route_mtu_below_68_is_einval)
{
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE, ROUTE(.mtu = 1)));
	EXPECT_REFUSED(-EINVAL, route_request(RTM_NEWROUTE, ROUTE(.mtu = 67)));
	EXPECT_EQ(0, route_request(RTM_NEWROUTE, ROUTE(.mtu = 68)));
	EXPECT_EQ(0, route_request(RTM_NEWROUTE, ROUTE(.dst = 21, .mtu = 0)));
}

TEST_F(netlink, a_route_by_a_device_that_is_not_there_is_enodev)
{
	EXPECT_REFUSED(-ENODEV, route_request(RTM_NEWROUTE,
					      ROUTE(.oif = 9999)));
	EXPECT_REFUSED(-ENODEV, route_request(RTM_DELROUTE,
					      ROUTE(.oif = 9999)));
	ASSERT_EQ(0, tun_other("ppp7"));
	EXPECT_REFUSED(-EOPNOTSUPP,
		       route_request(RTM_NEWROUTE,
				     ROUTE(.oif = if_nametoindex("ppp7"))));
}

TEST_F(netlink, a_gateway_outside_8_to_254_is_einval)
{
	static const int bad[] = { 0, 7, 255 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_REFUSED(-EINVAL,
			       route_request(RTM_NEWROUTE,
					     ROUTE(.oif = -1,
						   .gateway = bad[i])));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
}

TEST_F(netlink, a_gateway_of_another_length_is_einval)
{
	struct rtmsg rt = { .rtm_family = AF_MCTP, .rtm_type = RTN_UNICAST };
	static const uint8_t lens[] = { 0, 1, 4, 5, 7, 9, 12 };
	uint8_t dst = 20, gateway[12] = { 1, 0, 0, 0, 30 };
	struct nl_req r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		nl_start(&r, RTM_NEWROUTE, NLM_F_CREATE, &rt, sizeof(rt));
		nl_put(&r, RTA_DST, &dst, sizeof(dst));
		nl_put(&r, RTA_GATEWAY, gateway, lens[i]);
		EXPECT_REFUSED(-EINVAL, nl_do(&r));
	}
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
}

TEST_F(netlink, a_gateway_without_a_network_is_in_the_default_one)
{
	static struct nl_table t;

	ASSERT_EQ(0, sysctl_set("default_net", 6));
	ASSERT_EQ(0, route_request(RTM_NEWROUTE,
				   ROUTE(.oif = -1, .gateway = 30,
					 .gateway_net = MCTP_NET_ANY)));
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_MCTP, 0));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ(6u, t.e[0].gateway_net);
}

TEST_F(netlink, a_twin_of_a_route_is_eexist_and_no_route_is_enoent)
{
	EXPECT_REFUSED(-ENOENT, route_del("bus", 20, 29));
	ASSERT_EQ(0, route_add("bus", 20, 29, 0));
	EXPECT_REFUSED(-EEXIST, route_add("bus", 20, 29, 0));
	EXPECT_REFUSED(-EEXIST, route_add("bus", 20, 29, 100));
	/* no twin: another range, another device, a gateway */
	EXPECT_EQ(0, route_add("bus", 20, 28, 0));
	EXPECT_EQ(0, route_add("lo", 20, 29, 0));
	EXPECT_EQ(0, route_gw_add(1, 40, 20, 29, 0));
	EXPECT_REFUSED(-EEXIST, route_gw_add(1, 40, 20, 29, 0));
	EXPECT_EQ(0, route_gw_add(1, 41, 20, 29, 0));
	EXPECT_REFUSED(-ENOENT, route_del("bus", 20, 27));
	EXPECT_REFUSED(-ENOENT, route_del("bus", 21, 29));
	EXPECT_REFUSED(-ENOENT, route_gw_del(1, 42, 20, 29));
	EXPECT_REFUSED(-ENOENT, route_gw_del(77, 40, 20, 29));
	EXPECT_EQ(5, nl_count(RTM_GETROUTE));
}

#pragma GCC diagnostic pop

TEST_F(netlink, the_narrowest_route_wins_then_the_newest)
{
	int buses[3] = { self->bus, tun_new("bus1"), tun_new("bus2") };

	/* no router solicitations among what is polled for */
	file_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	ASSERT_EQ(0, link_up("bus1"));
	ASSERT_EQ(0, link_up("bus2"));
	while (tun_none(buses[0]) || tun_none(buses[1]) || tun_none(buses[2]))
		;
	ASSERT_EQ(0, route_add("bus", 20, 30, 0));
	EXPECT_EQ(0, tun_way(buses, 3, 25));
	ASSERT_EQ(0, route_add("bus1", 24, 26, 0));
	EXPECT_EQ(1, tun_way(buses, 3, 25));
	EXPECT_EQ(0, tun_way(buses, 3, 27));
	ASSERT_EQ(0, route_add("bus2", 15, 40, 0));
	EXPECT_EQ(1, tun_way(buses, 3, 25));
	EXPECT_EQ(0, tun_way(buses, 3, 30));
	EXPECT_EQ(2, tun_way(buses, 3, 40));
	/* of the same width */
	ASSERT_EQ(0, route_add("bus2", 25, 27, 0));
	EXPECT_EQ(2, tun_way(buses, 3, 25));
	EXPECT_EQ(1, tun_way(buses, 3, 24));
	/* the next best is there when the best goes */
	ASSERT_EQ(0, route_del("bus2", 25, 27));
	EXPECT_EQ(1, tun_way(buses, 3, 25));
	ASSERT_EQ(0, route_del("bus1", 24, 26));
	EXPECT_EQ(0, tun_way(buses, 3, 25));
	close(buses[0]);
	EXPECT_EQ(1, tun_way(buses + 1, 2, 25));
	ASSERT_EQ(0, route_del("bus2", 15, 40));
	EXPECT_EQ(-EHOSTUNREACH, tun_way(buses + 1, 2, 25));
}

/* Neighbours */

TEST_F(netlink, a_neighbour_is_shown_as_it_was_made_and_goes)
{
	uint8_t lladdr = LLADDR;
	static struct nl_table t;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, neigh_add("near", 20, &lladdr, 1));
	ASSERT_LE(0, nl_table(&t, RTM_GETNEIGH, AF_MCTP, 0));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ((int)if_nametoindex("near"), t.e[0].ifindex);
	EXPECT_EQ(20, t.e[0].eid);
	EXPECT_EQ(LLADDR, t.e[0].lladdr);
	ASSERT_EQ(0, neigh_del("near", 20));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
}

TEST_F(netlink, neighbour_refusals)
{
	struct ndmsg nd = { .ndm_family = AF_MCTP };
	uint8_t lladdr[32] = { LLADDR }, eid = 20;
	struct nl_req r;

	ASSERT_EQ(0, vmctp_bus());
	nd.ndm_ifindex = if_nametoindex("near");
	EXPECT_REFUSED(-EINVAL, neigh_add("near", 20, lladdr, 2));
	EXPECT_REFUSED(-EINVAL, neigh_add("near", 20, lladdr, 0));
	EXPECT_REFUSED(-EINVAL, neigh_add("near", 20, lladdr, 32));
	EXPECT_REFUSED(-EINVAL, neigh_add("near", 7, lladdr, 1));
	EXPECT_REFUSED(-EINVAL, neigh_add("near", 255, lladdr, 1));
	EXPECT_REFUSED(-EINVAL, neigh_add("bus", 20, lladdr, 1));
	EXPECT_REFUSED(-EINVAL, neigh_add("bus", 20, lladdr, 0));
	EXPECT_REFUSED(-ENODEV, neigh_add("nothing0", 20, lladdr, 1));
	nl_start(&r, RTM_NEWNEIGH, NLM_F_CREATE, &nd, sizeof(nd));
	nl_put(&r, NDA_DST, &eid, sizeof(eid));
	EXPECT_REFUSED(-EINVAL, nl_do(&r));
	nl_start(&r, RTM_NEWNEIGH, NLM_F_CREATE, &nd, sizeof(nd));
	nl_put(&r, NDA_LLADDR, lladdr, 1);
	EXPECT_REFUSED(-EINVAL, nl_do(&r));
	EXPECT_REFUSED(-ENOENT, neigh_del("near", 20));
	EXPECT_REFUSED(-EINVAL, neigh_del("near", 0));
	EXPECT_REFUSED(-ENODEV, neigh_del("nothing0", 20));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));

	ASSERT_EQ(0, neigh_add("near", 20, lladdr, 1));
	EXPECT_REFUSED(-EEXIST, neigh_add("near", 20, lladdr, 1));
	lladdr[0]++;
	EXPECT_REFUSED(-EEXIST, neigh_add("near", 20, lladdr, 1));
	EXPECT_REFUSED(-ENOENT, neigh_del("far", 20));
	EXPECT_EQ(1, nl_count(RTM_GETNEIGH));
}

/* Links */

TEST_F(netlink, a_link_tells_its_network_and_its_binding)
{
	struct link_info info;

	ASSERT_EQ(0, link_get("bus", &info));
	EXPECT_TRUE(info.has_mctp);
	EXPECT_EQ(1u, info.net);
	EXPECT_EQ(MCTP_ADDR_NULL, info.binding);
	ASSERT_EQ(0, link_net("bus", 5));
	ASSERT_EQ(0, link_get("bus", &info));
	EXPECT_EQ(5u, info.net);
	ASSERT_EQ(0, link_net("bus", 0xfffffffe));
	ASSERT_EQ(0, link_get("bus", &info));
	EXPECT_EQ(0xfffffffe, info.net);
	ASSERT_EQ(0, tun_other("ppp7"));
	ASSERT_EQ(0, link_get("ppp7", &info));
	EXPECT_FALSE(info.has_mctp);
}

TEST_F(netlink, a_new_device_is_in_the_default_network)
{
	struct link_info info;

	ASSERT_EQ(0, sysctl_set("default_net", 12));
	ASSERT_LE(0, tun_new("bus3"));
	ASSERT_EQ(0, link_get("bus3", &info));
	EXPECT_EQ(12u, info.net);
	ASSERT_EQ(0, link_get("bus", &info));
	EXPECT_EQ(1u, info.net);
}

TEST_F(netlink, link_refusals)
{
	struct ifinfomsg ifi = { .ifi_index = self->ifindex };
	struct rtattr *spec, *mctp;
	struct link_info info;
	uint8_t binding = 5;
	struct nl_req r;

	EXPECT_REFUSED(-EINVAL, link_net("bus", 0));
	nl_start(&r, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	spec = nl_nest(&r, IFLA_AF_SPEC);
	mctp = nl_nest(&r, AF_MCTP);
	nl_put(&r, BINDING_ATTR, &binding, sizeof(binding));
	nl_nest_end(&r, mctp);
	nl_nest_end(&r, spec);
	EXPECT_REFUSED(-EINVAL, nl_do(&r));

	nl_start(&r, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	spec = nl_nest(&r, IFLA_AF_SPEC);
	mctp = nl_nest(&r, AF_MCTP);
	nl_put(&r, NET_ATTR, &binding, sizeof(binding));	/* 1 byte */
	nl_nest_end(&r, mctp);
	nl_nest_end(&r, spec);
	EXPECT_REFUSED(-EINVAL, nl_do(&r));

	ASSERT_EQ(0, tun_other("ppp7"));
	EXPECT_REFUSED(-EOPNOTSUPP, link_net("ppp7", 2));
	ASSERT_EQ(0, link_get("bus", &info));
	EXPECT_EQ(1u, info.net);
}

TEST_F(netlink, another_network_takes_all_of_the_old_one)
{
	uint8_t lladdr = LLADDR;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, addr_add("near", 8));
	ASSERT_EQ(0, route_add("near", 20, 30, 0));
	ASSERT_EQ(0, neigh_add("near", 20, &lladdr, 1));
	ASSERT_EQ(0, addr_add("bus", 9));
	/* the same network again changes nothing */
	ASSERT_EQ(0, link_net("near", 1));
	EXPECT_EQ(2, nl_count(RTM_GETADDR));
	ASSERT_EQ(0, link_net("near", 2));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_EQ(1, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
}

TEST_F(netlink, changes_need_cap_net_admin_dumps_do_not)
{
	uint8_t lladdr = LLADDR;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, cap_drop(CAP_NET_ADMIN));
	EXPECT_EQ(-EPERM, addr_add("bus", 9));
	EXPECT_EQ(-EPERM, addr_del("bus", 8));
	EXPECT_EQ(-EPERM, route_add("bus", 20, 20, 0));
	EXPECT_EQ(-EPERM, route_del("bus", 20, 20));
	EXPECT_EQ(-EPERM, route_gw_add(1, 8, 20, 20, 0));
	EXPECT_EQ(-EPERM, neigh_add("near", 20, &lladdr, 1));
	EXPECT_EQ(-EPERM, neigh_del("near", 20));
	EXPECT_EQ(-EPERM, link_net("bus", 2));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_EQ(1, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
}

TEST_F(netlink, sysctls_have_their_bounds)
{
	EXPECT_EQ(-EINVAL, sysctl_set("default_net", 0));
	EXPECT_EQ(0, sysctl_set("default_net", 1));
	EXPECT_EQ(-EINVAL, sysctl_set("reasm_strict_size", 2));
	EXPECT_EQ(-EINVAL, sysctl_set("reasm_strict_size", -1));
	EXPECT_EQ(-EINVAL, sysctl_set("reasm_timeout_ms", 0));
	EXPECT_EQ(-EINVAL, sysctl_set("reasm_timeout_ms", -1));
	EXPECT_EQ(-EINVAL, sysctl_set("reasm_max_bytes", 0));
	EXPECT_STREQ("1", file_line("/proc/sys/net/mctp/reasm_strict_size",
				    ""));
	EXPECT_STREQ("1000", file_line("/proc/sys/net/mctp/reasm_timeout_ms",
				       ""));
	EXPECT_STREQ("4194304", file_line("/proc/sys/net/mctp/reasm_max_bytes",
					  ""));
}

TEST_F(netlink, sysctls_are_of_their_namespace)
{
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 77));
	ASSERT_EQ(0, ns_new());
	EXPECT_STREQ("1000", file_line("/proc/sys/net/mctp/reasm_timeout_ms",
				       ""));
}

TEST_HARNESS_MAIN
