// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of dumps by chance, and changed: each has an end, and shows what it asks
 * for. See netlink_fuzz.h.
 */
#include "netlink_fuzz.h"

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

TEST_HARNESS_MAIN
