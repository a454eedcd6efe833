// SPDX-License-Identifier: GPL-2.0
/*
 * What rtnetlink tells without being asked, and what goes with a device that
 * leaves, moves or changes.
 */
#include <net/if.h>
#include <linux/if_tun.h>

#include "mctp_test.h"

#define LLADDR	0x1d

/* Of <linux/if_link.h> */
#define NET_ATTR	1

/* An error, and why */
#define EXPECT_REFUSED(err, call) do {					\
	EXPECT_EQ(err, call);						\
	EXPECT_STRNE("", nl_sentence);					\
} while (0)

FIXTURE(netlink_notify) {
	int bus;	/* of the TUN device "bus", up, without routes */
	int ifindex;
};

FIXTURE_SETUP(netlink_notify)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_new("bus");
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, link_up("bus"));
	self->ifindex = if_nametoindex("bus");
	ASSERT_LT(0, self->ifindex);
}

FIXTURE_TEARDOWN(netlink_notify)
{
}

static int listener(int group)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int fd = nl_socket();

	if (fd >= 0 && bind(fd, (void *)&addr, sizeof(addr)))
		return -errno;
	if (fd >= 0 && setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
				  &group, sizeof(group)))
		return -errno;
	return fd;
}

/* The next notification; its type or an error */
static int heard(int fd, struct nl_entry *e)
{
	static char buf[8192];
	struct nlmsghdr *n = (void *)buf;
	ssize_t len;

	if (!sock_polls(fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0)
		return -errno;
	if (!NLMSG_OK(n, (size_t)len))
		return -EBADMSG;
	nl_take_entry(n, e);
	return n->nlmsg_type;
}

TEST_F(netlink_notify, each_change_of_an_address_is_told_to_the_group)
{
	int fd = listener(RTNLGRP_MCTP_IFADDR);
	struct nl_entry e;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(RTM_NEWADDR, heard(fd, &e));
	EXPECT_EQ(self->ifindex, e.ifindex);
	EXPECT_EQ(8, e.eid);
	EXPECT_EQ(8, e.eid2);
	ASSERT_EQ(0, addr_add("lo", 9));
	ASSERT_EQ(RTM_NEWADDR, heard(fd, &e));
	EXPECT_EQ(9, e.eid);
	ASSERT_EQ(0, addr_del("bus", 8));
	ASSERT_EQ(RTM_DELADDR, heard(fd, &e));
	EXPECT_EQ(self->ifindex, e.ifindex);
	EXPECT_EQ(8, e.eid);
	/* of what was refused there is nothing to tell, nor of routes */
	EXPECT_EQ(-ENOENT, addr_del("bus", 8));
	EXPECT_EQ(0, route_add("bus", 20, 20, 0));
	EXPECT_FALSE(sock_polls(fd, POLLIN, 0));
}

TEST_F(netlink_notify, addresses_that_go_with_something_else_are_told_too)
{
	int fd = listener(RTNLGRP_MCTP_IFADDR);
	struct nl_entry e;

	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(RTM_NEWADDR, heard(fd, &e));
	ASSERT_EQ(0, link_net("bus", 2));
	ASSERT_EQ(RTM_DELADDR, heard(fd, &e));
	EXPECT_EQ(8, e.eid);

	ASSERT_EQ(0, addr_add("bus", 9));
	ASSERT_EQ(RTM_NEWADDR, heard(fd, &e));
	close(self->bus);
	ASSERT_EQ(RTM_DELADDR, heard(fd, &e));
	EXPECT_EQ(9, e.eid);
	EXPECT_EQ(self->ifindex, e.ifindex);
}

TEST_F(netlink_notify, notifications_stay_in_their_namespace)
{
	int fd = listener(RTNLGRP_MCTP_IFADDR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", 8));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_FALSE(sock_polls(fd, POLLIN, 0));
}

static uint32_t link_heard_net(int fd, int ifindex)
{
	static char buf[16384];
	struct nlmsghdr *n = (void *)buf;
	struct ifinfomsg *ifi = NLMSG_DATA(n);
	const struct rtattr *spec;

	while (sock_polls(fd, POLLIN, WAIT_MS)) {
		if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) < 0)
			return 0;
		if (n->nlmsg_type != RTM_NEWLINK || ifi->ifi_index != ifindex)
			continue;
		spec = nl_attr(n, sizeof(*ifi), IFLA_AF_SPEC);
		return nl_u32(nl_attr_in(nl_attr_in(spec, AF_MCTP), NET_ATTR));
	}
	return 0;
}

TEST_F(netlink_notify, another_network_of_a_link_is_told_up_or_down)
{
	int fd = listener(RTNLGRP_LINK);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, link_net("bus", 4));
	EXPECT_EQ(4u, link_heard_net(fd, self->ifindex));
	close(fd);
	ASSERT_EQ(0, link_down("bus"));
	fd = listener(RTNLGRP_LINK);
	ASSERT_EQ(0, link_net("bus", 6));
	EXPECT_EQ(6u, link_heard_net(fd, self->ifindex));
}

/* What goes with a device */

TEST_F(netlink_notify, a_device_takes_all_that_refers_to_it_along)
{
	uint8_t lladdr = LLADDR;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, addr_add("near", 8));
	ASSERT_EQ(0, route_add("near", 20, 30, 0));
	ASSERT_EQ(0, neigh_add("near", 20, &lladdr, 1));
	ASSERT_EQ(0, addr_add("lo", 9));
	ASSERT_EQ(0, route_gw_add(1, 20, 40, 40, 0));
	EXPECT_EQ(2, nl_count(RTM_GETADDR));
	EXPECT_EQ(4, nl_count(RTM_GETROUTE));
	ASSERT_EQ(0, link_del("near"));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	/* a gateway route is of no device; it leads nowhere now */
	EXPECT_EQ(2, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
	/* and another device of that name begins without any of it */
	ASSERT_EQ(0, vmctp_bus());
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_EQ(2, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
}

TEST_F(netlink_notify, a_device_that_moves_away_leaves_nothing_and_takes_nothing)
{
	int ours = ns_fd(), theirs;
	uint8_t lladdr = LLADDR;
	struct link_info info;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, link_net("near", 7));
	ASSERT_EQ(0, addr_add("near", 8));
	ASSERT_EQ(0, route_add("near", 20, 30, 0));
	ASSERT_EQ(0, neigh_add("near", 20, &lladdr, 1));
	ASSERT_EQ(0, ns_new());
	theirs = ns_fd();
	ASSERT_EQ(0, ns_enter(ours));
	ASSERT_EQ(0, link_move("near", theirs));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
	ASSERT_EQ(0, ns_enter(theirs));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	EXPECT_EQ(0, nl_count(RTM_GETNEIGH));
	ASSERT_EQ(0, link_get("near", &info));
	EXPECT_EQ(1u, info.net);
	/* it is as good as new there */
	EXPECT_EQ(0, addr_add("near", 8));
	EXPECT_EQ(0, neigh_add("near", 20, &lladdr, 1));
}

TEST_F(netlink_notify, a_device_keeps_all_while_it_is_down)
{
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, route_add("bus", 20, 20, 0));
	ASSERT_EQ(0, link_down("bus"));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_EQ(2, nl_count(RTM_GETROUTE));
	ASSERT_EQ(0, link_up("bus"));
	EXPECT_EQ(0, tun_way(&self->bus, 1, 20));
}

TEST_F(netlink_notify, a_device_can_be_renamed_and_stays_what_it_is)
{
	struct ifinfomsg ifi = { .ifi_index = self->ifindex };
	struct nl_req r;

	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, link_down("bus"));
	nl_start(&r, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	nl_put(&r, IFLA_IFNAME, "coach", 6);
	ASSERT_EQ(0, nl_do(&r));
	EXPECT_EQ(-EEXIST, addr_add("coach", 8));
	EXPECT_EQ(0, addr_del("coach", 8));
}

TEST_F(netlink_notify, a_device_of_another_type_has_no_mctp_any_more)
{
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, route_add("bus", 20, 30, 0));
	ASSERT_EQ(0, link_down("bus"));
	ASSERT_EQ(0, ioctl(self->bus, TUNSETLINK, 512));
	EXPECT_EQ(0, nl_count(RTM_GETADDR));
	EXPECT_EQ(0, nl_count(RTM_GETROUTE));
	EXPECT_REFUSED(-EOPNOTSUPP, addr_add("bus", 8));
	ASSERT_EQ(0, ioctl(self->bus, TUNSETLINK, 0xfffe /* ARPHRD_NONE */));
	EXPECT_EQ(0, addr_add("bus", 8));
}

TEST_HARNESS_MAIN
