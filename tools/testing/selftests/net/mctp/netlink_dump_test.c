// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps by rtnetlink: filtered, of all families, cut into many messages, and
 * while the table changes.
 */
#include <net/if.h>

#include "mctp_test.h"

#define LLADDR	0x1d

/* An error, and why */
#define EXPECT_REFUSED(err, call) do {					\
	EXPECT_EQ(err, call);						\
	EXPECT_STRNE("", nl_sentence);					\
} while (0)

FIXTURE(netlink_dump) {
	int bus;	/* of the TUN device "bus", up, without routes */
	int ifindex;
};

FIXTURE_SETUP(netlink_dump)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_new("bus");
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, link_up("bus"));
	self->ifindex = if_nametoindex("bus");
	ASSERT_LT(0, self->ifindex);
}

FIXTURE_TEARDOWN(netlink_dump)
{
}

TEST_F(netlink_dump, dumps_are_filtered_by_device)
{
	static struct nl_table t;
	int lo = if_nametoindex("lo");
	uint8_t lladdr = LLADDR;

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, addr_add("bus", 9));
	ASSERT_EQ(0, addr_add("lo", 10));
	ASSERT_EQ(0, route_add("bus", 20, 20, 0));
	ASSERT_EQ(0, route_gw_add(1, 20, 21, 21, 0));
	ASSERT_EQ(0, neigh_add("near", 30, &lladdr, 1));
	ASSERT_EQ(0, neigh_add("far", 31, &lladdr, 1));

	ASSERT_LE(0, nl_table(&t, RTM_GETADDR, AF_MCTP, lo));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ(10, t.e[0].eid);
	ASSERT_LE(0, nl_table(&t, RTM_GETADDR, AF_MCTP, self->ifindex));
	EXPECT_EQ(2, t.n);
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_MCTP, self->ifindex));
	EXPECT_EQ(3, t.n);
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_MCTP, lo));
	EXPECT_EQ(1, t.n);
	ASSERT_LE(0, nl_table(&t, RTM_GETNEIGH, AF_MCTP,
			      if_nametoindex("far")));
	ASSERT_EQ(1, t.n);
	EXPECT_EQ(31, t.e[0].eid);
	EXPECT_REFUSED(-ENODEV, nl_table(&t, RTM_GETADDR, AF_MCTP, 9999));
}

TEST_F(netlink_dump, dumps_of_all_families_have_ours_once)
{
	static struct nl_table t;

	ASSERT_EQ(0, addr_add("bus", 8));
	ASSERT_EQ(0, addr_add("lo", 9));
	ASSERT_LE(0, nl_table(&t, RTM_GETADDR, AF_UNSPEC, 0));
	EXPECT_EQ(2, t.n);
	ASSERT_LE(0, nl_table(&t, RTM_GETROUTE, AF_UNSPEC, 0));
	EXPECT_EQ(2, t.n);
}

/* Each EID from 8 to 254 is in the table exactly once */
static bool each_once(const struct nl_table *t)
{
	uint8_t seen[256] = { };
	int i;

	for (i = 0; i < t->n; i++)
		if (seen[t->e[i].eid]++)
			return false;
	for (i = 8; i <= 254; i++)
		if (!seen[i])
			return false;
	return t->n == 247;
}

TEST_F(netlink_dump, dumps_cut_into_many_messages_show_each_once)
{
	uint8_t lladdr = LLADDR;
	static struct nl_table t;
	unsigned int eid;

	ASSERT_EQ(0, vmctp_bus());
	for (eid = 8; eid <= 254; eid++) {
		ASSERT_EQ(0, addr_add("lo", eid));
		ASSERT_EQ(0, neigh_add("near", eid, &lladdr, 1));
	}
	EXPECT_LE(2, nl_table(&t, RTM_GETADDR, AF_MCTP, 0));
	EXPECT_TRUE(each_once(&t));
	EXPECT_LE(2, nl_table(&t, RTM_GETROUTE, AF_MCTP, 0));
	EXPECT_TRUE(each_once(&t));
	EXPECT_LE(2, nl_table(&t, RTM_GETNEIGH, AF_MCTP, 0));
	EXPECT_TRUE(each_once(&t));

	/* over devices and networks as well */
	for (eid = 8; eid <= 254; eid++) {
		ASSERT_EQ(0, addr_del("lo", eid));
		ASSERT_EQ(0, eid & 1 ? addr_add("bus", eid) :
			     route_gw_add(2 + eid % 3, 20, eid, eid, 68));
	}
	EXPECT_LE(2, nl_table(&t, RTM_GETROUTE, AF_MCTP, 0));
	EXPECT_TRUE(each_once(&t));
}

/* One datagram of a dump that is read by hand: 1 at the end, 0, or an error */
static int dump_part(int fd, struct nl_table *t)
{
	static char buf[4096];
	struct nlmsghdr *n = (void *)buf;
	ssize_t len;

	if (!sock_polls(fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	len = recv(fd, buf, sizeof(buf), 0);
	for (; NLMSG_OK(n, (size_t)len); n = NLMSG_NEXT(n, len)) {
		if (n->nlmsg_type == NLMSG_DONE)
			return 1;
		if (n->nlmsg_type == NLMSG_ERROR)
			return -EBADMSG;
		nl_take_mctp(n, t);
	}
	return 0;
}

TEST_F(netlink_dump, a_dump_goes_on_while_the_table_changes)
{
	struct rtmsg rt = { .rtm_family = AF_MCTP };
	uint8_t seen[256] = { };
	static struct nl_table t;
	unsigned int eid;
	struct nl_req r;
	int fd, err, i;

	for (eid = 8; eid <= 254; eid++)
		ASSERT_EQ(0, route_add("bus", eid, eid, 68));
	fd = nl_socket();
	nl_start(&r, RTM_GETROUTE, NLM_F_DUMP, &rt, sizeof(rt));
	t.n = 0;
	ASSERT_EQ(0, nl_send(fd, &r));
	ASSERT_EQ(0, dump_part(fd, &t));
	ASSERT_LT(10, t.n);
	ASSERT_GT(120, t.n);
	/* of those shown, that where it stands, and of those to come */
	ASSERT_EQ(0, route_del("bus", 8, 8));
	ASSERT_EQ(0, route_del("bus", t.e[t.n - 1].eid, t.e[t.n - 1].eid));
	ASSERT_EQ(0, route_del("bus", t.e[t.n - 1].eid + 1,
			       t.e[t.n - 1].eid + 1));
	ASSERT_EQ(0, route_del("bus", 254, 254));
	ASSERT_EQ(0, route_add("bus", 10, 20, 0));
	while (!(err = dump_part(fd, &t)))
		;
	ASSERT_EQ(1, err);
	for (i = 0; i < t.n; i++)
		if (t.e[i].eid == t.e[i].eid2)
			EXPECT_EQ(0, seen[t.e[i].eid]++);
	/* the untouched ones */
	for (eid = 9; eid <= 253; eid++)
		EXPECT_LE(seen[eid], 1);
	for (eid = 130; eid <= 253; eid++)
		EXPECT_EQ(1, seen[eid]);
}

TEST_HARNESS_MAIN
