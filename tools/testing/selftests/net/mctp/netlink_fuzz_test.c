// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of every kind that the family takes, by chance, and changed; of links
 * what is nested wrongly, too. A reader of its own says for each whether it must be
 * taken and what there is after it; the dumps must show just that. See
 * netlink_fuzz.h.
 */
#include "netlink_fuzz.h"

#define AT_MOST		50000	/* where chance has not had each kind taken by then */
#define NET_ATTR	1	/* IFLA_MCTP_NET */

/* What to send */

static void make_addr(SELF, struct parts *p)
{
	struct ifaddrmsg header = {
		.ifa_family = AF_MCTP, .ifa_index = some_index(self),
	};
	uint8_t eid = some_eid(self);

	p->hlen = sizeof(header);
	memcpy(p->header, &header, sizeof(header));
	if (!ONE(3))
		put_u8(p, IFA_LOCAL, eid);
	if (ONE(3))
		put_u8(p, IFA_ADDRESS, ONE(6) ? some_eid(self) : eid);
}

static size_t nested(uint8_t *to, uint16_t type, uint32_t value)
{
	struct rtattr a = { .rta_type = type, .rta_len = RTA_LENGTH(4) };

	memcpy(to, &a, sizeof(a));
	memcpy(to + sizeof(a), &value, sizeof(value));
	return RTA_LENGTH(4);
}

static void make_route(SELF, struct parts *p)
{
	static const uint32_t mtus[] = { 0, 67, 68, 100, 1500, -1 };
	struct rtmsg header = {
		.rtm_family = AF_MCTP,
		.rtm_dst_len = ONE(12) ? OF(256) : OF(3),
		.rtm_type = ONE(20) ? OF(12) : RTN_UNICAST,
	};
	struct {
		uint32_t	net;
		uint8_t		eid, pad[3];
	} gw = { .net = OF(4), .eid = some_eid(self) };
	int ifindex = ONE(3) ? 0 : some_index(self);
	uint8_t metrics[16], first = some_eid(self);

	/* most that are to go are there */
	if (p->type == RTM_DELROUTE && self->nr_routes && !ONE(3)) {
		struct route *r = &self->route[OF(self->nr_routes)];

		header.rtm_dst_len = r->max - r->min;
		first = r->min;
		ifindex = r->ifindex;
		gw.net = r->net;
		gw.eid = r->gateway;
	}
	p->hlen = sizeof(header);
	memcpy(p->header, &header, sizeof(header));
	put_u8(p, RTA_DST, first);
	if (ifindex)
		put_u32(p, RTA_OIF, ifindex);
	else
		put(p, RTA_GATEWAY, &gw, sizeof(gw));
	if (ONE(3))
		put(p, RTA_METRICS, metrics,
		    nested(metrics, RTAX_MTU, mtus[OF(ARRAY_SIZE(mtus))]));
}

static void make_neigh(SELF, struct parts *p)
{
	struct ndmsg header = {
		.ndm_family = AF_MCTP, .ndm_ifindex = some_index(self),
	};
	uint8_t lladdr[8] = { OF(256), OF(256) };

	p->hlen = sizeof(header);
	memcpy(p->header, &header, sizeof(header));
	put_u8(p, NDA_DST, some_eid(self));
	put(p, NDA_LLADDR, lladdr, ONE(6) ? OF(8) : 1);
}

/* Only what is in our own nest is changed: the rest is of every link */
static void make_link(SELF, struct parts *p)
{
	struct ifinfomsg header = { .ifi_index = some_index(self) };
	uint8_t spec[80] = "";
	struct rtattr mctp = {
		.rta_type = AF_MCTP | (ONE(2) ? NLA_F_NESTED : 0),
		.rta_len = RTA_LENGTH(0),
	};

	p->hlen = sizeof(header);
	memcpy(p->header, &header, sizeof(header));
	do {
		mctp.rta_len += nested(spec + mctp.rta_len, ONE(8) ? OF(5) :
				       NET_ATTR, ONE(8) ? OF(5) : 1 + OF(3));
	} while (ONE(6));
	if (ONE(8))
		mctp.rta_len -= OF(6);
	memcpy(spec, &mctp, sizeof(mctp));
	put(p, IFLA_AF_SPEC | NLA_F_NESTED, spec, RTA_ALIGN(mctp.rta_len));
}

static void make(SELF, struct parts *p)
{
	int n;

	memset(p, 0, sizeof(*p));
	p->flags = NLM_F_REQUEST | NLM_F_ACK | (ONE(2) ? NLM_F_CREATE : 0);
	switch (OF(7)) {
	case 0:
	case 1:
		p->type = ONE(3) ? RTM_DELADDR : RTM_NEWADDR;
		make_addr(self, p);
		break;
	case 2:
	case 3:
		p->type = ONE(3) ? RTM_DELROUTE : RTM_NEWROUTE;
		make_route(self, p);
		break;
	case 4:
	case 5:
		p->type = ONE(3) ? RTM_DELNEIGH : RTM_NEWNEIGH;
		make_neigh(self, p);
		break;
	case 6:
		p->type = RTM_SETLINK;
		make_link(self, p);
		return;
	}
	for (n = OF(4); n > 0; n--)
		mutate(self, p);
}

/* What must become of it */

static bool eid_ok(int eid)
{
	return eid >= 8 && eid <= 254;
}

static const struct known in_metrics[] = { { RTAX_MTU, 4 }, { } };
static const struct known in_spec[] = { { AF_MCTP, -1 }, { } };
static const struct known in_mctp[] = { { NET_ATTR, 4 }, { } };

static bool take_addr(SELF, bool add, const uint8_t *header, struct read *r)
{
	const struct ifaddrmsg *ifa = (const void *)header;
	struct device *d = find_device(self, ifa->ifa_index);
	const uint8_t *local = r->data[IFA_LOCAL], *addr = r->data[IFA_ADDRESS];
	uint8_t eid;

	if ((!local && !addr) || !d)
		return false;
	eid = local ? *local : *addr;
	if ((addr && *addr != eid) || !eid_ok(eid) || d->eid[eid] == add)
		return false;
	d->eid[eid] = add;
	return true;
}

static bool take_neigh(SELF, bool add, const uint8_t *header, struct read *r)
{
	const struct ndmsg *nd = (const void *)header;
	struct device *d = find_device(self, nd->ndm_ifindex);
	const uint8_t *dst = r->data[NDA_DST];

	if (!dst || !d || !eid_ok(*dst))
		return false;
	if (add && (!r->data[NDA_LLADDR] || !d->addr_len ||
		    r->len[NDA_LLADDR] != (int)d->addr_len))
		return false;
	if ((d->lladdr[*dst] >= 0) == add)
		return false;
	d->lladdr[*dst] = !add ? -1 : *r->data[NDA_LLADDR];
	return true;
}

static bool take_route(SELF, bool add, const uint8_t *header, struct read *r)
{
	const struct rtmsg *rt = (const void *)header;
	const uint8_t *dst = r->data[RTA_DST], *gw = r->data[RTA_GATEWAY];
	struct route way = { 0 }, *twin;
	struct read metrics;
	uint32_t ifindex;

	if (!dst || rt->rtm_type != RTN_UNICAST)
		return false;
	way.min = *dst;
	if (!eid_ok(*dst) || !eid_ok(*dst + rt->rtm_dst_len))
		return false;
	way.max = *dst + rt->rtm_dst_len;
	if (r->data[RTA_METRICS]) {
		if (!read_attrs(&metrics, r->data[RTA_METRICS],
				r->len[RTA_METRICS], in_metrics))
			return false;
		read_u32(&metrics, RTAX_MTU, &way.mtu);
	}
	if (!read_u32(r, RTA_OIF, &ifindex) == !gw)
		return false;
	if (gw) {
		if (r->len[RTA_GATEWAY] != 8 || !eid_ok(gw[4]))
			return false;
		memcpy(&way.net, gw, 4);
		way.net = way.net ?: 1;
		way.gateway = gw[4];
	} else {
		struct device *d = find_device(self, ifindex);

		if (!d)
			return false;
		way.ifindex = ifindex;
		way.net = d->net;
	}
	if (add && way.mtu && way.mtu < MTU_MIN)
		return false;
	twin = find_route(self, &way);
	if (!twin == !add)
		return false;
	if (add)
		self->route[self->nr_routes++] = way;
	else
		*twin = self->route[--self->nr_routes];
	return true;
}

/* The device's tables were of the network that it leaves */
static bool take_link(SELF, const uint8_t *header, struct read *r)
{
	const struct ifinfomsg *ifi = (const void *)header;
	struct device *d = find_device(self, ifi->ifi_index);
	struct read spec, mctp;
	uint32_t net;
	int i;

	if (!d || !read_attrs(&spec, r->data[IFLA_AF_SPEC], r->len[IFLA_AF_SPEC],
			      in_spec) || !spec.data[AF_MCTP] ||
	    !read_attrs(&mctp, spec.data[AF_MCTP], spec.len[AF_MCTP], in_mctp))
		return false;
	if (!read_u32(&mctp, NET_ATTR, &net))
		return true;
	if (!net)
		return false;
	if (net == d->net)
		return true;
	d->net = net;
	for (i = 0; i < 256; i++) {
		d->eid[i] = false;
		d->lladdr[i] = -1;
	}
	for (i = 0; i < self->nr_routes; i++)
		if (self->route[i].ifindex == d->ifindex)
			self->route[i--] = self->route[--self->nr_routes];
	return true;
}

static const struct known in_addr[] = {
	{ IFA_LOCAL, 1 }, { IFA_ADDRESS, 1 }, { },
};

static const struct known in_neigh[] = {
	{ NDA_DST, 1 }, { NDA_LLADDR, -1 }, { },
};

static const struct known in_link[] = { { IFLA_AF_SPEC, -1 }, { } };

static const struct {
	uint16_t	add, del;
	int		hlen;
	const struct known *known;
	bool (*take)(SELF, bool add, const uint8_t *header, struct read *r);
} verbs[] = {
	{ RTM_NEWADDR, RTM_DELADDR, sizeof(struct ifaddrmsg), in_addr, take_addr },
	{ RTM_NEWROUTE, RTM_DELROUTE, sizeof(struct rtmsg), in_route, take_route },
	{ RTM_NEWNEIGH, RTM_DELNEIGH, sizeof(struct ndmsg), in_neigh, take_neigh },
};

static bool must_take(SELF)
{
	const struct nlmsghdr *n = &self->req.n;
	const uint8_t *header = NLMSG_DATA(n);
	int len = n->nlmsg_len - NLMSG_HDRLEN;
	struct read r;
	size_t i;

	/* what is no request, or has no family, is passed over by netlink */
	if (!(n->nlmsg_flags & NLM_F_REQUEST) || len < 1)
		return true;
	if (n->nlmsg_type == RTM_SETLINK) {
		/* "any" is as good as any */
		return read_attrs(&r, header + sizeof(struct ifinfomsg),
				  len - sizeof(struct ifinfomsg),
				  in_link) &&
		       take_link(self, header, &r);
	}
	if (header[0] != AF_MCTP)
		return false;
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		bool add = n->nlmsg_type == verbs[i].add;

		if (!add && n->nlmsg_type != verbs[i].del)
			continue;
		/* many at once are not offered, and so refused */
		if (!add && n->nlmsg_flags & 0x200 /* NLM_F_BULK */)
			return false;
		if (len < verbs[i].hlen ||
		    !read_attrs(&r, header + NLMSG_ALIGN(verbs[i].hlen),
				len - NLMSG_ALIGN(verbs[i].hlen), verbs[i].known))
			return false;
		return verbs[i].take(self, add, header, &r);
	}
	return false;
}

/* 0: taken; 1: there was no answer, as none was asked for */
static int answer(SELF)
{
	static char buf[65536];
	const struct nlmsghdr *n = (void *)buf;
	const struct nlmsgerr *e = NLMSG_DATA(n);
	int err = 1;
	ssize_t len;

	while ((len = recv(self->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		if (n->nlmsg_type == NLMSG_ERROR)
			err = e->error;
	return err;
}

/* What there is is what was taken */

static bool tables_agree(SELF)
{
	static const uint16_t types[] = { RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH };
	static struct nl_table t;
	size_t i;
	int n;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (nl_table(&t, types[i], AF_MCTP, 0) < 0)
			return false;
		if (t.n != expected(self, types[i])) {
			printf("# dump %u: %d entries, expected %d\n", types[i],
			       t.n, expected(self, types[i]));
			return false;
		}
		for (n = 0; n < t.n; n++)
			if (!has_entry(self, types[i], &t.e[n])) {
				printf("# dump %u: what is there of EID %u was not taken\n",
				       types[i], t.e[n].eid);
				return false;
			}
	}
	return true;
}

static bool networks_agree(SELF)
{
	struct link_info info;
	char name[IFNAMSIZ];
	int i;

	for (i = 0; i < DEVICES; i++)
		if (link_get(if_indextoname(self->device[i].ifindex, name),
			     &info) || info.net != self->device[i].net)
			return false;
	return true;
}

/* So that routes have room: what there is goes */
static bool forget_some(SELF)
{
	while (self->nr_routes > ROUTES / 2) {
		struct route *r = &self->route[--self->nr_routes];
		char name[IFNAMSIZ];

		if (r->ifindex ?
		    route_del(if_indextoname(r->ifindex, name), r->min, r->max) :
		    route_gw_del(r->net, r->gateway, r->min, r->max))
			return false;
	}
	return true;
}

/* A message of each kind has been taken */
static bool each_was_taken(SELF)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!self->taken[verbs[i].add] || !self->taken[verbs[i].del])
			return false;
	return self->taken[RTM_SETLINK];
}

TEST_F_TIMEOUT(netlink, what_is_taken_is_there_and_nothing_else, 7 * 86400)
{
	long end = end_of_test();
	unsigned long n, taken = 0, refused = 0;
	struct parts p;
	size_t i;

	for (n = 0; n < ENOUGH || now_ms() < end ||
		    (n < AT_MOST && !each_was_taken(self)); n++) {
		bool must, is;
		int err;

		make(self, &p);
		to_bytes(self, &p);
		must = must_take(self);
		ASSERT_EQ(0, nl_send(self->fd, &self->req));
		err = answer(self);
		is = err == 0 || (err == 1 && must);
		if (is != must) {
			TH_LOG("error %d, and it was to be %s", -err,
			       must ? "taken" : "refused");
			show(self);
			ASSERT_EQ(must, is);
		}
		taken += must;
		refused += !must;
		if (p.type < RTM_MAX && err != 1)
			(err ? self->refused : self->taken)[p.type]++;
		if ((must || !(n % 16)) && !tables_agree(self)) {
			show(self);
			ASSERT_TRUE(false);
		}
		ASSERT_TRUE(forget_some(self));
	}
	EXPECT_TRUE(networks_agree(self));
	TH_LOG("%lu messages, %lu taken, %lu refused", n, taken, refused);
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		TH_LOG("type %u: %lu taken, %lu refused; %u: %lu, %lu",
		       verbs[i].add, self->taken[verbs[i].add],
		       self->refused[verbs[i].add], verbs[i].del,
		       self->taken[verbs[i].del], self->refused[verbs[i].del]);
		EXPECT_LT(0, self->taken[verbs[i].add]);
		EXPECT_LT(0, self->taken[verbs[i].del]);
		EXPECT_LT(0, self->refused[verbs[i].add]);
	}
	EXPECT_LT(0, self->taken[RTM_SETLINK]);
	EXPECT_LT(0, self->refused[RTM_SETLINK]);
}

TEST_HARNESS_MAIN
