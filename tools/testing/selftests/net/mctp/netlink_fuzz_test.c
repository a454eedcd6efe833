// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink messages of every kind that the family takes, by chance, and changed:
 * attributes missing, doubled, too short or long, of other types and values,
 * nested wrongly, in another order; headers with other families, flags and
 * types; messages cut short or with a tail. A reader of its own, plain lists
 * throughout, says for each whether it must be taken and what there is after it;
 * the dumps must show just that. Requests of dumps are changed likewise: each has
 * an end, and shows what it asks for. Pairs are made by changed requests: both
 * ends come, or none.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long, a third each (default: 4)
 */
#include <linux/neighbour.h>
#include <net/if.h>

#include "mctp_test.h"

#define SECONDS		4
#define TESTS		3
#define ENOUGH		800	/* messages, however slow the machine */
#define PAIRS		12	/* requests of pairs, likewise */
#define AT_MOST		50000	/* where chance has not had each kind taken by then */
#define DEVICES		4
#define NET_ATTR	1	/* IFLA_MCTP_NET */
#define ATTRS		10
#define ROUTES		400

struct attr {
	uint16_t	type;
	int		more;		/* its length is off by so much */
	size_t		len;
	uint8_t		data[80];
};

/* A message before it is bytes */
struct parts {
	uint16_t	type, flags;
	size_t		hlen;
	uint8_t		header[16];
	int		nr;
	struct attr	attr[ATTRS];
};

struct device {
	int		ifindex;
	size_t		addr_len;
	uint32_t	net;
	bool		eid[256];
	int		lladdr[256];	/* of a neighbour, or -1 */
};

struct route {
	int		ifindex;	/* or by the gateway */
	uint32_t	net;
	uint8_t		gateway;
	uint8_t		min, max;
	uint32_t	mtu;
};

FIXTURE(netlink) {
	uint64_t	chance;
	struct device	device[DEVICES];
	int		nr_routes;
	struct route	route[ROUTES];
	struct nl_req	req;
	int		fd;
	unsigned long	taken[RTM_MAX], refused[RTM_MAX];
};

#define SELF FIXTURE_DATA(netlink) *self
#define OF(n)		chance_below(&self->chance, n)
#define ONE(n)		(!OF(n))

FIXTURE_SETUP(netlink)
{
	static const char * const names[DEVICES] = { "lo", "bus0", "near", "far" };
	int i, eid;

	self->chance = chance_new();
	ASSERT_EQ(0, ns_new());
	ASSERT_LE(0, tun_new("bus0"));
	ASSERT_EQ(0, vmctp_bus());
	for (i = 0; i < DEVICES; i++) {
		struct device *d = &self->device[i];

		d->ifindex = if_nametoindex(names[i]);
		d->addr_len = i == 0 ? 6 : i == 1 ? 0 : 1;
		d->net = 1;
		for (eid = 0; eid < 256; eid++)
			d->lladdr[eid] = -1;
	}
	self->fd = nl_socket();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(netlink)
{
}

static long end_of_test(void)
{
	return now_ms() + setting("MCTP_SECONDS", SECONDS) * 1000 / TESTS;
}

/* What to send */

static void put(struct parts *p, uint16_t type, const void *data, size_t len)
{
	struct attr *a = &p->attr[p->nr++];

	a->type = type;
	a->more = 0;
	a->len = len;
	memcpy(a->data, data, len);
}

static void put_u8(struct parts *p, uint16_t type, uint8_t value)
{
	put(p, type, &value, sizeof(value));
}

static void put_u32(struct parts *p, uint16_t type, uint32_t value)
{
	put(p, type, &value, sizeof(value));
}

static int some_index(SELF)
{
	return ONE(30) ? OF(20) - 2 : self->device[OF(DEVICES)].ifindex;
}

static uint8_t some_eid(SELF)
{
	return ONE(12) ? OF(256) : 8 + OF(10);
}

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

static void mutate(SELF, struct parts *p)
{
	static const uint16_t types[] = {
		RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE,
		RTM_NEWNEIGH, RTM_DELNEIGH,
	};
	struct attr *a = p->nr ? &p->attr[OF(p->nr)] : NULL, swap;
	struct attr *b = p->nr ? &p->attr[OF(p->nr)] : NULL;

	if (!a)
		return;
	switch (OF(14)) {
	case 0:				/* missing */
		*a = p->attr[--p->nr];
		break;
	case 1:				/* doubled */
		if (p->nr < ATTRS)
			p->attr[p->nr++] = *a;
		break;
	case 2:				/* doubled, with another value */
		if (p->nr < ATTRS && a->len) {
			p->attr[p->nr] = *a;
			p->attr[p->nr++].data[0] += OF(3);
		}
		break;
	case 3:				/* shorter or longer */
		a->len = OF(12);
		break;
	case 4:				/* says so only */
		a->more = (int)OF(12) - 6;
		break;
	case 5:				/* of another type */
		a->type = OF(40);
		break;
	case 6:
		a->type ^= ONE(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
		break;
	case 7:
		a->data[OF(8)] = OF(256);
		break;
	case 8:				/* in another order */
		swap = *a;
		*a = *b;
		*b = swap;
		break;
	case 9:
		p->header[1 + OF(sizeof(p->header) - 1)] = OF(256);
		break;
	case 10:			/* families that there are not */
		p->header[0] = 100 + OF(100);
		break;
	case 11:
		p->flags ^= 1 << OF(12);
		break;
	case 12:			/* the header of another */
		p->type = types[OF(ARRAY_SIZE(types))];
		break;
	case 13:
		p->hlen = OF(sizeof(p->header) + 1);
		break;
	}
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

static void to_bytes(SELF, const struct parts *p)
{
	struct nl_req *r = &self->req;
	uint8_t *at = (void *)r->bytes + NLMSG_HDRLEN;
	int i;

	memset(r, 0, sizeof(*r));
	r->n.nlmsg_type = p->type;
	r->n.nlmsg_flags = p->flags;
	memcpy(at, p->header, p->hlen);
	at += NLMSG_ALIGN(p->hlen);
	for (i = 0; i < p->nr; i++) {
		struct rtattr a = {
			.rta_type = p->attr[i].type,
			.rta_len = RTA_LENGTH(p->attr[i].len) + p->attr[i].more,
		};

		memcpy(at, &a, sizeof(a));
		memcpy(at + sizeof(a), p->attr[i].data, p->attr[i].len);
		at += RTA_ALIGN(RTA_LENGTH(p->attr[i].len));
	}
	r->n.nlmsg_len = (char *)at - r->bytes;
	/* an end that no attribute reaches, or one that cuts */
	if (p->type != RTM_SETLINK && ONE(20))
		r->n.nlmsg_len += OF(8);
	else if (p->type != RTM_SETLINK && ONE(20))
		r->n.nlmsg_len -= OF(r->n.nlmsg_len - NLMSG_HDRLEN + 1);
}

/* What must become of it */

struct read {
	const uint8_t	*data[64];
	int		len[64];
};

/* What an attribute must be long; -1: of any length */
struct known {
	int		type, len;
};

/* Each attribute is of a known type and length, and the last of a type counts;
 * false: one is not, or there is a tail
 */
static bool read_attrs(struct read *r, const uint8_t *at, int left,
		       const struct known *known)
{
	const struct known *k;
	struct rtattr a;

	memset(r, 0, sizeof(*r));
	while (left >= (int)sizeof(a)) {
		memcpy(&a, at, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > left)
			break;
		for (k = known; k->type; k++)
			if (k->type == (a.rta_type & NLA_TYPE_MASK))
				break;
		if (!k->type ||
		    (k->len >= 0 && k->len != a.rta_len - (int)sizeof(a)))
			return false;
		r->data[k->type] = at + sizeof(a);
		r->len[k->type] = a.rta_len - sizeof(a);
		at += RTA_ALIGN(a.rta_len);
		left -= RTA_ALIGN(a.rta_len);
	}
	return left <= 0;
}

static bool read_u32(const struct read *r, int type, uint32_t *value)
{
	if (!r->data[type])
		return false;
	memcpy(value, r->data[type], sizeof(*value));
	return true;
}

static struct device *find_device(SELF, int ifindex)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		if (self->device[i].ifindex == ifindex)
			return &self->device[i];
	return NULL;
}

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

static struct route *find_route(SELF, const struct route *like)
{
	int i;

	for (i = 0; i < self->nr_routes; i++) {
		struct route *r = &self->route[i];

		if (r->ifindex == like->ifindex && r->min == like->min &&
		    r->max == like->max && r->gateway == like->gateway &&
		    r->net == like->net)
			return r;
	}
	return NULL;
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

static const struct known in_route[] = {
	{ RTA_DST, 1 }, { RTA_OIF, 4 }, { RTA_GATEWAY, -1 }, { RTA_METRICS, -1 },
	{ },
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

static void show(SELF)
{
	unsigned int i;

	printf("# the message:");
	for (i = 0; i < self->req.n.nlmsg_len; i++)
		printf(" %02x", (uint8_t)self->req.bytes[i]);
	printf("\n");
}

/* What there is is what was taken */

static bool has_route(SELF, const struct nl_entry *e)
{
	struct device *d = e->ifindex ? find_device(self, e->ifindex) : NULL;
	struct route way = {
		.ifindex = e->ifindex, .gateway = e->gateway,
		.net = d ? d->net : e->gateway_net, .min = e->eid, .max = e->eid2,
	};
	struct route *r;

	if (e->type == RTN_LOCAL)
		return d && e->eid == e->eid2 && d->eid[e->eid];
	r = find_route(self, &way);
	return r && r->mtu == e->mtu;
}

static bool has_entry(SELF, uint16_t type, const struct nl_entry *e)
{
	struct device *d;

	if (type == RTM_GETROUTE)
		return has_route(self, e);
	d = find_device(self, e->ifindex);
	if (type == RTM_GETADDR)
		return d && d->eid[e->eid] && e->eid2 == e->eid;
	return d && d->lladdr[e->eid] >= 0 &&
	       (d->addr_len != 1 || d->lladdr[e->eid] == e->lladdr);
}

static int expected(SELF, uint16_t type)
{
	int n = type == RTM_GETROUTE ? self->nr_routes : 0, i, eid;

	for (i = 0; i < DEVICES; i++)
		for (eid = 0; eid < 256; eid++)
			n += type == RTM_GETNEIGH ?
			     self->device[i].lladdr[eid] >= 0 :
			     self->device[i].eid[eid];
	return n;
}

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

/* Requests of dumps */

static const struct known in_nothing[] = { { } };

static const struct {
	uint16_t	type;
	int		hlen;
	const struct known *known;
} dumps[] = {
	{ RTM_GETADDR, sizeof(struct ifaddrmsg), in_nothing },
	{ RTM_GETROUTE, sizeof(struct rtmsg), in_route },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), in_nothing },
};

#define INDEX_AT	4	/* ifa_index and ndm_ifindex */

static void make_dump(SELF, struct parts *p, int kind)
{
	int index = ONE(2) ? 0 : some_index(self), n;

	memset(p, 0, sizeof(*p));
	p->flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP;
	p->hlen = dumps[kind].hlen;
	p->header[0] = AF_MCTP;
	if (dumps[kind].type != RTM_GETROUTE)
		memcpy(p->header + INDEX_AT, &index, sizeof(index));
	else if (index)
		put_u32(p, RTA_OIF, index);
	if (ONE(4))
		put_u8(p, RTA_DST, some_eid(self));
	for (n = OF(3); n > 0; n--)
		mutate(self, p);
	p->type = dumps[kind].type;
}

static int expected_by(SELF, uint16_t type, int ifindex)
{
	struct device *d = find_device(self, ifindex);
	int n = 0, i, eid;

	if (!ifindex)
		return expected(self, type);
	for (eid = 0; d && eid < 256; eid++)
		n += type == RTM_GETNEIGH ? d->lladdr[eid] >= 0 : d->eid[eid];
	for (i = 0; type == RTM_GETROUTE && i < self->nr_routes; i++)
		n += self->route[i].ifindex == ifindex;
	return n;
}

/* How many entries a dump must have, -1 for an error, or -2 where that is not
 * ours to say: it is of all families, or of a program that wants no checks
 */
static int must_show(SELF, int kind, bool strict)
{
	const struct nlmsghdr *n = &self->req.n;
	const uint8_t *header = NLMSG_DATA(n);
	int len = n->nlmsg_len - NLMSG_HDRLEN, hlen = dumps[kind].hlen;
	char name[IFNAMSIZ];
	uint32_t ifindex = 0;
	struct read r;

	if (!(n->nlmsg_flags & NLM_F_REQUEST) || len < 1)
		return 0;
	if (header[0] != AF_MCTP)
		return -2;
	if (!(n->nlmsg_flags & NLM_F_DUMP))
		return -1;
	if (!strict)
		return -2;
	if (len < hlen || !read_attrs(&r, header + hlen, len - hlen,
				      dumps[kind].known))
		return -1;
	if (n->nlmsg_type == RTM_GETROUTE)
		read_u32(&r, RTA_OIF, &ifindex);
	else
		memcpy(&ifindex, header + INDEX_AT, sizeof(ifindex));
	if (ifindex && !if_indextoname(ifindex, name))
		return -1;
	return expected_by(self, n->nlmsg_type, ifindex);
}

/* Entries that came until its end, or an error: -EPROTO for one that is not there */
static int dump_answer(SELF, int fd)
{
	static char buf[65536];
	const struct nlmsghdr *n;
	int shown = 0, err;
	struct nl_entry e;
	ssize_t len;

	for (;;) {
		if (!sock_polls(fd, POLLIN, WAIT_MS))
			return -ETIMEDOUT;
		len = recv(fd, buf, sizeof(buf), 0);
		for (n = (void *)buf; NLMSG_OK(n, (size_t)len);
		     n = NLMSG_NEXT(n, len)) {
			memcpy(&err, NLMSG_DATA(n), sizeof(err));
			if (n->nlmsg_type == NLMSG_ERROR ||
			    n->nlmsg_type == NLMSG_DONE)
				return err ?: shown;
			if (*(uint8_t *)NLMSG_DATA(n) != AF_MCTP)
				continue;
			nl_take_entry(n, &e);
			if (!has_entry(self, self->req.n.nlmsg_type, &e))
				return -EPROTO;
			shown++;
		}
	}
}

/* So that there is something to be shown */
static void fill_tables(struct __test_metadata *_metadata, SELF)
{
	static const uint8_t lladdr = 0x1d;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, addr_add("bus0", 8 + i));
		ASSERT_EQ(0, route_add("near", 20 + i, 20 + i, 0));
		ASSERT_EQ(0, neigh_add("near", 30 + i, &lladdr, 1));
		self->device[1].eid[8 + i] = true;
		self->device[2].lladdr[30 + i] = lladdr;
		self->route[self->nr_routes++] = (struct route) {
			.ifindex = self->device[2].ifindex, .net = 1,
			.min = 20 + i, .max = 20 + i,
		};
	}
}

TEST_F_TIMEOUT(netlink, a_dump_has_an_end_and_shows_what_it_asks_for, 7 * 86400)
{
	long end = end_of_test();
	unsigned long n, shown = 0, refused = 0, other = 0;
	int on = 1, checked = nl_socket();
	struct parts p;

	ASSERT_LE(0, checked);
	ASSERT_EQ(0, setsockopt(checked, SOL_NETLINK, NETLINK_GET_STRICT_CHK,
				&on, sizeof(on)));
	fill_tables(_metadata, self);
	for (n = 0; n < ENOUGH || now_ms() < end; n++) {
		int kind = OF(ARRAY_SIZE(dumps)), must, is;
		bool strict = !ONE(4);

		make_dump(self, &p, kind);
		to_bytes(self, &p);
		/* who asks for no answer has none */
		self->req.n.nlmsg_flags |= NLM_F_ACK;
		must = must_show(self, kind, strict);
		ASSERT_EQ(0, nl_send(strict ? checked : self->fd, &self->req));
		is = dump_answer(self, strict ? checked : self->fd);
		if (is == -EPROTO || is == -ETIMEDOUT ||
		    (must != -2 && must != (is < 0 ? -1 : is))) {
			TH_LOG("%d, where %d was due", is, must);
			show(self);
			ASSERT_TRUE(false);
		}
		shown += must >= 0;
		refused += must == -1;
		other += must == -2;
	}
	TH_LOG("%lu requests: %lu shown, %lu refused, %lu of all families or without checks",
	       n, shown, refused, other);
	EXPECT_LT(0, shown);
	EXPECT_LT(0, refused);
	EXPECT_LT(0, other);
}

/* Pairs */

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
