// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: what rtnetlink dumps and tells, as tables.
 */
#include <linux/neighbour.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

void nl_take_entry(const struct nlmsghdr *n, struct nl_entry *e)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(n);
	const struct rtmsg *rt = NLMSG_DATA(n);
	const struct ndmsg *nd = NLMSG_DATA(n);
	const struct rtattr *a;

	memset(e, 0, sizeof(*e));
	e->lladdr = -1;
	switch (n->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		e->ifindex = ifa->ifa_index;
		e->eid = nl_u8(nl_attr(n, sizeof(*ifa), IFA_LOCAL));
		e->eid2 = nl_u8(nl_attr(n, sizeof(*ifa), IFA_ADDRESS));
		break;
	case RTM_NEWROUTE:
		e->type = rt->rtm_type;
		e->ifindex = nl_u32(nl_attr(n, sizeof(*rt), RTA_OIF));
		e->eid = nl_u8(nl_attr(n, sizeof(*rt), RTA_DST));
		e->eid2 = e->eid + rt->rtm_dst_len;
		a = nl_attr(n, sizeof(*rt), RTA_GATEWAY);
		if (a && RTA_PAYLOAD(a) == 8) {
			memcpy(&e->gateway_net, RTA_DATA(a), 4);
			e->gateway = ((uint8_t *)RTA_DATA(a))[4];
		}
		a = nl_attr(n, sizeof(*rt), RTA_METRICS);
		e->mtu = nl_u32(nl_attr_in(a, RTAX_MTU));
		break;
	case RTM_NEWNEIGH:
		e->ifindex = nd->ndm_ifindex;
		e->eid = nl_u8(nl_attr(n, sizeof(*nd), NDA_DST));
		a = nl_attr(n, sizeof(*nd), NDA_LLADDR);
		if (a && RTA_PAYLOAD(a) == 1)
			e->lladdr = nl_u8(a);
		break;
	}
}

void nl_take_mctp(const struct nlmsghdr *n, void *data)
{
	const struct rtgenmsg *gen = NLMSG_DATA(n);
	struct nl_table *t = data;

	if (gen->rtgen_family != AF_MCTP ||
	    t->n == NL_TABLE_MAX)
		return;
	nl_take_entry(n, &t->e[t->n++]);
}

int nl_table(struct nl_table *t, uint16_t type, uint8_t family, int ifindex)
{
	struct ifaddrmsg ifa = { .ifa_family = family, .ifa_index = ifindex };
	struct ndmsg nd = { .ndm_family = family, .ndm_ifindex = ifindex };
	struct rtmsg rt = { .rtm_family = family };
	struct nl_req r;

	t->n = 0;
	if (type == RTM_GETADDR)
		nl_start(&r, type, 0, &ifa, sizeof(ifa));
	else if (type == RTM_GETNEIGH)
		nl_start(&r, type, 0, &nd, sizeof(nd));
	else
		nl_start(&r, type, 0, &rt, sizeof(rt));
	if (type == RTM_GETROUTE && ifindex)
		nl_put(&r, RTA_OIF, &ifindex, sizeof(ifindex));
	return nl_dump(&r, true, nl_take_mctp, t);
}

int nl_count(uint16_t type)
{
	static struct nl_table t;
	int err = nl_table(&t, type, AF_MCTP, 0);

	return err < 0 ? err : t.n;
}
