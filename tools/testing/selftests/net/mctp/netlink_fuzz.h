/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages by chance, and changed: attributes missing, doubled, too short
 * or long, of other types and values, in another order; headers with other
 * families, flags and types; messages cut short or with a tail. What the family is
 * to have after them is in plain lists.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long (default: 1)
 */
#ifndef MCTP_TEST_NETLINK_FUZZ_H
#define MCTP_TEST_NETLINK_FUZZ_H

#include <linux/neighbour.h>
#include <net/if.h>

#include "mctp_test.h"

#define ENOUGH		800	/* messages, however slow the machine */
#define DEVICES		4
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

static inline long end_of_test(void)
{
	return now_ms() + setting("MCTP_SECONDS", 1) * 1000;
}

/* What to send */

static inline void put(struct parts *p, uint16_t type, const void *data,
		       size_t len)
{
	struct attr *a = &p->attr[p->nr++];

	a->type = type;
	a->more = 0;
	a->len = len;
	memcpy(a->data, data, len);
}

static inline void put_u8(struct parts *p, uint16_t type, uint8_t value)
{
	put(p, type, &value, sizeof(value));
}

static inline void put_u32(struct parts *p, uint16_t type, uint32_t value)
{
	put(p, type, &value, sizeof(value));
}

static inline int some_index(SELF)
{
	return ONE(30) ? OF(20) - 2 : self->device[OF(DEVICES)].ifindex;
}

static inline uint8_t some_eid(SELF)
{
	return ONE(12) ? OF(256) : 8 + OF(10);
}

static inline void mutate(SELF, struct parts *p)
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

static inline void to_bytes(SELF, const struct parts *p)
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
static inline bool read_attrs(struct read *r, const uint8_t *at, int left,
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

static inline bool read_u32(const struct read *r, int type, uint32_t *value)
{
	if (!r->data[type])
		return false;
	memcpy(value, r->data[type], sizeof(*value));
	return true;
}

static inline struct device *find_device(SELF, int ifindex)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		if (self->device[i].ifindex == ifindex)
			return &self->device[i];
	return NULL;
}

static inline struct route *find_route(SELF, const struct route *like)
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

static const struct known in_route[] = {
	{ RTA_DST, 1 }, { RTA_OIF, 4 }, { RTA_GATEWAY, -1 }, { RTA_METRICS, -1 },
	{ },
};

static inline void show(SELF)
{
	unsigned int i;

	printf("# the message:");
	for (i = 0; i < self->req.n.nlmsg_len; i++)
		printf(" %02x", (uint8_t)self->req.bytes[i]);
	printf("\n");
}

static inline bool has_route(SELF, const struct nl_entry *e)
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

static inline bool has_entry(SELF, uint16_t type, const struct nl_entry *e)
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

static inline int expected(SELF, uint16_t type)
{
	int n = type == RTM_GETROUTE ? self->nr_routes : 0, i, eid;

	for (i = 0; i < DEVICES; i++)
		for (eid = 0; eid < 256; eid++)
			n += type == RTM_GETNEIGH ?
			     self->device[i].lladdr[eid] >= 0 :
			     self->device[i].eid[eid];
	return n;
}

#endif /* MCTP_TEST_NETLINK_FUZZ_H */
