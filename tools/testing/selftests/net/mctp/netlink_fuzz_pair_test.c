// SPDX-License-Identifier: GPL-2.0
/*
 * Pairs are made by requests that are changed by chance: both ends come, or none.
 * See netlink_fuzz.h.
 */
#include "netlink_fuzz.h"

#define PAIRS		12	/* requests, however slow the machine */

static int links(void)
{
	struct if_nameindex *all = if_nameindex();
	int n = 0;

	while (all && all[n].if_index)
		n++;
	if_freenameindex(all);
	return n;
}

/* The device that came last; a request that was changed may name it otherwise */
static const char *newest_link(char name[IFNAMSIZ])
{
	struct if_nameindex *all = if_nameindex();
	unsigned int newest = 0;
	int n;

	for (n = 0; all && all[n].if_index; n++)
		if (all[n].if_index > newest)
			newest = all[n].if_index;
	if_freenameindex(all);
	return if_indextoname(newest, name) ?: "";
}

/* A request that is good, and then up to three bytes of it that are not */
static void make_pair(SELF)
{
	static const char * const peers[] = { "p1", "p0", "near", "", "p/1" };
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_req *r = &self->req;
	struct rtattr *info, *data, *peer;
	uint8_t addr_len = OF(3);
	uint32_t mtu = 60 + OF(20);
	const char *name = ONE(2) ? peers[OF(ARRAY_SIZE(peers))] : peers[0];
	int n;

	nl_start(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header,
		 sizeof(header));
	nl_put(r, IFLA_IFNAME, "p0", sizeof("p0"));
	if (ONE(3))
		nl_put(r, IFLA_MTU, &mtu, sizeof(mtu));
	info = nl_nest(r, IFLA_LINKINFO);
	nl_put(r, IFLA_INFO_KIND, "vmctp", strlen("vmctp"));
	data = nl_nest(r, IFLA_INFO_DATA);
	if (!ONE(3))
		nl_put(r, 2, &addr_len, sizeof(addr_len));
	if (!ONE(3)) {
		peer = nl_nest(r, 1);
		memset((char *)r + r->n.nlmsg_len, 0, sizeof(header));
		r->n.nlmsg_len += sizeof(header);
		nl_put(r, IFLA_IFNAME, name, strlen(name) + 1);
		nl_nest_end(r, peer);
	}
	nl_nest_end(r, data);
	nl_nest_end(r, info);
	for (n = ONE(2) ? OF(4) : 0; n > 0; n--)
		((uint8_t *)info)[OF((char *)r + r->n.nlmsg_len -
				     (char *)info)] = OF(256);
}

TEST_F_TIMEOUT(netlink, a_pair_comes_whole_or_not_at_all, 7 * 86400)
{
	long end = end_of_test();
	unsigned long n, made = 0;
	int before = links();
	char name[IFNAMSIZ];
	struct link_info info;

	for (n = 0; n < PAIRS || now_ms() < end; n++) {
		int err;

		make_pair(self);
		err = nl_do(&self->req);
		if (links() != before + (err ? 0 : 2)) {
			TH_LOG("error %d, %d devices more", -err,
			       links() - before);
			show(self);
			ASSERT_TRUE(false);
		}
		if (err)
			continue;
		ASSERT_EQ(0, link_get(newest_link(name), &info));
		EXPECT_TRUE(info.has_mctp);
		ASSERT_EQ(0, link_del(name));
		ASSERT_EQ(before, links());
		made++;
	}
	TH_LOG("%lu requests of a pair, %lu made", n, made);
	EXPECT_LT(0, made);
	EXPECT_GT(n, made);
}

TEST_HARNESS_MAIN
