// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: rtnetlink, with what it says of a refusal.
 *
 * Each request has a socket of its own, which is of the namespace that the
 * caller is in then.
 */
#include <net/if.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

/* Of <linux/if_link.h> and ours; the system's headers may be older */
#define MCTP_NET_ATTR		1
#define MCTP_BINDING_ATTR	2
#define VMCTP_PEER_ATTR		1
#define VMCTP_ADDR_LEN_ATTR	2

#define NL_DATAGRAM		65536

char nl_sentence[256];

static uint32_t nl_seq = 1;

int nl_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int one = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return fd;
}

void nl_start(struct nl_req *r, uint16_t type, uint16_t flags,
	      const void *header, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->n.nlmsg_type = type;
	r->n.nlmsg_flags = NLM_F_REQUEST | flags;
	r->n.nlmsg_len = NLMSG_LENGTH(len);
	memcpy(NLMSG_DATA(&r->n), header, len);
}

struct rtattr *nl_put(struct nl_req *r, uint16_t type, const void *data,
		      size_t len)
{
	struct rtattr *a;

	r->n.nlmsg_len = NLMSG_ALIGN(r->n.nlmsg_len);
	a = (void *)(r->bytes + r->n.nlmsg_len);
	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->n.nlmsg_len += RTA_ALIGN(a->rta_len);
	return a;
}

struct rtattr *nl_nest(struct nl_req *r, uint16_t type)
{
	return nl_put(r, type | NLA_F_NESTED, NULL, 0);
}

void nl_nest_end(struct nl_req *r, struct rtattr *nest)
{
	nest->rta_len = r->bytes + r->n.nlmsg_len - (char *)nest;
}

int nl_send(int fd, struct nl_req *r)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	nl_sentence[0] = '\0';
	r->n.nlmsg_seq = nl_seq++;
	if (sendto(fd, r, r->n.nlmsg_len, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

static void nl_take_sentence(const struct nlmsghdr *n, size_t skip)
{
	const struct rtattr *a;
	int left;

	if (!(n->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	a = (const void *)((const char *)n + skip);
	left = n->nlmsg_len - skip;
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == NLMSGERR_ATTR_MSG)
			snprintf(nl_sentence, sizeof(nl_sentence), "%s",
				 (const char *)RTA_DATA(a));
}

/* An answer: its error. Attributes come after the header of the request that
 * it repeats, or after all of the request.
 */
static int nl_take_error(const struct nlmsghdr *n)
{
	const struct nlmsgerr *e = NLMSG_DATA(n);
	size_t skip = NLMSG_LENGTH(sizeof(*e));

	if (!(n->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	nl_take_sentence(n, skip);
	return e->error;
}

/* The end of a dump: its error */
static int nl_take_done(const struct nlmsghdr *n)
{
	const int *err = NLMSG_DATA(n);

	if (n->nlmsg_len < NLMSG_LENGTH(sizeof(*err)))
		return 0;
	nl_take_sentence(n, NLMSG_LENGTH(sizeof(*err)));
	return *err < 0 ? *err : 0;
}

static ssize_t nl_recv(int fd, void *buf)
{
	ssize_t n;

	if (!sock_polls(fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	n = recv(fd, buf, NL_DATAGRAM, 0);
	return n < 0 ? -errno : n;
}

int nl_do(struct nl_req *r)
{
	static char answer[NL_DATAGRAM];
	const struct nlmsghdr *n = (const void *)answer;
	int fd = nl_socket();
	ssize_t len;
	int err;

	if (fd < 0)
		return fd;
	r->n.nlmsg_flags |= NLM_F_ACK;
	err = nl_send(fd, r);
	if (err)
		goto out;
	len = nl_recv(fd, answer);
	if (len < 0) {
		err = len;
		goto out;
	}
	err = -EBADMSG;
	if (NLMSG_OK(n, (size_t)len) && n->nlmsg_type == NLMSG_ERROR)
		err = nl_take_error(n);
out:
	close(fd);
	return err;
}

/* One datagram of a dump: 0 to go on, 1 at its end, or the error in it */
static int nl_dump_part(const struct nlmsghdr *n, ssize_t len, nl_each each,
			void *data)
{
	for (; NLMSG_OK(n, (size_t)len); n = NLMSG_NEXT(n, len)) {
		if (n->nlmsg_flags & NLM_F_DUMP_INTR)
			return -EINTR;
		if (n->nlmsg_type == NLMSG_ERROR)
			return nl_take_error(n) ?: -EBADMSG;
		if (n->nlmsg_type == NLMSG_DONE)
			return nl_take_done(n) ?: 1;
		each(n, data);
	}
	return 0;
}

int nl_dump(struct nl_req *r, bool strict, nl_each each, void *data)
{
	static char answer[NL_DATAGRAM];
	int fd = nl_socket();
	const struct nlmsghdr *n = (const void *)answer;
	int datagrams = 0;
	int one = strict;
	ssize_t len;
	int err;

	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	r->n.nlmsg_flags |= NLM_F_DUMP;
	err = nl_send(fd, r);
	while (!err) {
		len = nl_recv(fd, answer);
		if (len < 0) {
			err = len;
			break;
		}
		datagrams += n->nlmsg_type != NLMSG_DONE;
		err = nl_dump_part(n, len, each, data);
	}
	close(fd);
	return err < 0 ? err : datagrams;
}

static const struct rtattr *nl_search(const struct rtattr *a, int left,
				      uint16_t type)
{
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

const struct rtattr *nl_attr(const struct nlmsghdr *n, size_t header,
			     uint16_t type)
{
	size_t skip = NLMSG_ALIGN(NLMSG_LENGTH(header));

	return nl_search((const void *)((const char *)n + skip),
			 n->nlmsg_len - skip, type);
}

const struct rtattr *nl_attr_in(const struct rtattr *nest, uint16_t type)
{
	if (!nest)
		return NULL;
	return nl_search(RTA_DATA(nest), RTA_PAYLOAD(nest), type);
}

uint32_t nl_u32(const struct rtattr *a)
{
	uint32_t value = 0;

	if (a && RTA_PAYLOAD(a) == sizeof(value))
		memcpy(&value, RTA_DATA(a), sizeof(value));
	return value;
}

uint8_t nl_u8(const struct rtattr *a)
{
	return a && RTA_PAYLOAD(a) == 1 ? *(uint8_t *)RTA_DATA(a) : 0;
}

static int addr_change(uint16_t type, uint16_t flags, const char *dev,
		       uint8_t eid)
{
	struct ifaddrmsg header = {
		.ifa_family = AF_MCTP,
		.ifa_index = if_nametoindex(dev),
	};
	struct nl_req r;

	nl_start(&r, type, flags, &header, sizeof(header));
	nl_put(&r, IFA_LOCAL, &eid, sizeof(eid));
	return nl_do(&r);
}

int addr_add(const char *dev, uint8_t eid)
{
	return addr_change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, dev, eid);
}

int addr_del(const char *dev, uint8_t eid)
{
	return addr_change(RTM_DELADDR, 0, dev, eid);
}

static void route_start(struct nl_req *r, uint16_t type, uint8_t min,
			uint8_t max)
{
	struct rtmsg header = {
		.rtm_family = AF_MCTP,
		.rtm_type = RTN_UNICAST,
		.rtm_dst_len = max - min,
	};
	uint16_t flags = type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_EXCL : 0;

	nl_start(r, type, flags, &header, sizeof(header));
	nl_put(r, RTA_DST, &min, sizeof(min));
}

static int route_end(struct nl_req *r, uint32_t mtu)
{
	struct rtattr *nest;

	if (mtu) {
		nest = nl_nest(r, RTA_METRICS);
		nl_put(r, RTAX_MTU, &mtu, sizeof(mtu));
		nl_nest_end(r, nest);
	}
	return nl_do(r);
}

static int route_change(uint16_t type, const char *dev, uint8_t min,
			uint8_t max, uint32_t mtu)
{
	uint32_t oif = if_nametoindex(dev);
	struct nl_req r;

	route_start(&r, type, min, max);
	nl_put(&r, RTA_OIF, &oif, sizeof(oif));
	return route_end(&r, mtu);
}

static int route_gw_change(uint16_t type, unsigned int net, uint8_t gw,
			   uint8_t min, uint8_t max, uint32_t mtu)
{
	struct { unsigned int net; uint8_t eid; } to;
	struct nl_req r;

	memset(&to, 0, sizeof(to));
	to.net = net;
	to.eid = gw;
	route_start(&r, type, min, max);
	nl_put(&r, RTA_GATEWAY, &to, sizeof(to));
	return route_end(&r, mtu);
}

int route_add(const char *dev, uint8_t min, uint8_t max, uint32_t mtu)
{
	return route_change(RTM_NEWROUTE, dev, min, max, mtu);
}

int route_del(const char *dev, uint8_t min, uint8_t max)
{
	return route_change(RTM_DELROUTE, dev, min, max, 0);
}

int route_gw_add(unsigned int net, uint8_t gw, uint8_t min, uint8_t max,
		 uint32_t mtu)
{
	return route_gw_change(RTM_NEWROUTE, net, gw, min, max, mtu);
}

int route_gw_del(unsigned int net, uint8_t gw, uint8_t min, uint8_t max)
{
	return route_gw_change(RTM_DELROUTE, net, gw, min, max, 0);
}

static void neigh_start(struct nl_req *r, uint16_t type, uint16_t flags,
			const char *dev, uint8_t eid)
{
	struct ndmsg header = {
		.ndm_family = AF_MCTP,
		.ndm_ifindex = if_nametoindex(dev),
	};

	nl_start(r, type, flags, &header, sizeof(header));
	nl_put(r, NDA_DST, &eid, sizeof(eid));
}

int neigh_add(const char *dev, uint8_t eid, const void *lladdr, size_t len)
{
	struct nl_req r;

	neigh_start(&r, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, dev, eid);
	nl_put(&r, NDA_LLADDR, lladdr, len);
	return nl_do(&r);
}

int neigh_del(const char *dev, uint8_t eid)
{
	struct nl_req r;

	neigh_start(&r, RTM_DELNEIGH, 0, dev, eid);
	return nl_do(&r);
}

static void link_start(struct nl_req *r, uint16_t type, const char *dev,
		       uint32_t flags, uint32_t change)
{
	struct ifinfomsg header = {
		.ifi_index = if_nametoindex(dev),
		.ifi_flags = flags,
		.ifi_change = change,
	};

	nl_start(r, type, 0, &header, sizeof(header));
}

static int link_set_u32(const char *dev, uint16_t type, uint32_t value)
{
	struct nl_req r;

	link_start(&r, RTM_SETLINK, dev, 0, 0);
	nl_put(&r, type, &value, sizeof(value));
	return nl_do(&r);
}

int link_up(const char *dev)
{
	struct nl_req r;

	link_start(&r, RTM_SETLINK, dev, IFF_UP, IFF_UP);
	return nl_do(&r);
}

int link_down(const char *dev)
{
	struct nl_req r;

	link_start(&r, RTM_SETLINK, dev, 0, IFF_UP);
	return nl_do(&r);
}

int link_mtu(const char *dev, uint32_t mtu)
{
	return link_set_u32(dev, IFLA_MTU, mtu);
}

int link_move(const char *dev, int ns)
{
	return link_set_u32(dev, IFLA_NET_NS_FD, ns);
}

int link_net(const char *dev, uint32_t net)
{
	struct rtattr *spec, *mctp;
	struct nl_req r;

	link_start(&r, RTM_SETLINK, dev, 0, 0);
	spec = nl_nest(&r, IFLA_AF_SPEC);
	mctp = nl_nest(&r, AF_MCTP);
	nl_put(&r, MCTP_NET_ATTR, &net, sizeof(net));
	nl_nest_end(&r, mctp);
	nl_nest_end(&r, spec);
	return nl_do(&r);
}

int link_del(const char *dev)
{
	struct nl_req r;

	link_start(&r, RTM_DELLINK, dev, 0, 0);
	return nl_do(&r);
}

struct link_search {
	const char	*name;
	size_t		len;		/* of the name that must agree */
	struct link_info info;
	bool		found;
};

static void link_read(const struct nlmsghdr *n, struct link_info *info)
{
	const struct ifinfomsg *header = NLMSG_DATA(n);
	const struct rtattr *a, *mctp;

	memset(info, 0, sizeof(*info));
	info->ifindex = header->ifi_index;
	info->type = header->ifi_type;
	info->flags = header->ifi_flags;
	info->binding = -1;
	a = nl_attr(n, sizeof(*header), IFLA_IFNAME);
	if (a)
		snprintf(info->name, sizeof(info->name), "%s",
			 (const char *)RTA_DATA(a));
	info->mtu = nl_u32(nl_attr(n, sizeof(*header), IFLA_MTU));
	info->txqlen = nl_u32(nl_attr(n, sizeof(*header), IFLA_TXQLEN));
	a = nl_attr(n, sizeof(*header), IFLA_ADDRESS);
	if (a && RTA_PAYLOAD(a) <= sizeof(info->addr)) {
		info->addr_len = RTA_PAYLOAD(a);
		memcpy(info->addr, RTA_DATA(a), RTA_PAYLOAD(a));
	}
	a = nl_attr(n, sizeof(*header), IFLA_STATS64);
	if (a)
		memcpy(&info->stats, RTA_DATA(a), RTA_PAYLOAD(a) <
		       sizeof(info->stats) ? RTA_PAYLOAD(a) :
					     sizeof(info->stats));
	mctp = nl_attr_in(nl_attr(n, sizeof(*header), IFLA_AF_SPEC), AF_MCTP);
	info->has_mctp = mctp;
	info->net = nl_u32(nl_attr_in(mctp, MCTP_NET_ATTR));
	a = nl_attr_in(mctp, MCTP_BINDING_ATTR);
	if (a)
		info->binding = nl_u8(a);
}

static void link_look(const struct nlmsghdr *n, void *data)
{
	struct link_search *s = data;
	struct link_info info;

	link_read(n, &info);
	if (s->found || strncmp(info.name, s->name, s->len))
		return;
	s->info = info;
	s->found = true;
}

static int link_search(struct link_search *s)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_req r;
	int err;

	nl_start(&r, RTM_GETLINK, 0, &header, sizeof(header));
	err = nl_dump(&r, false, link_look, s);
	if (err < 0)
		return err;
	return s->found ? 0 : -ENODEV;
}

int link_get(const char *dev, struct link_info *info)
{
	struct link_search s = { .name = dev, .len = strlen(dev) + 1 };
	int err = link_search(&s);

	if (!err)
		*info = s.info;
	return err;
}

const char *link_find(const char *begin)
{
	static struct link_search s;

	s = (struct link_search){ .name = begin, .len = strlen(begin) };
	return link_search(&s) ? "" : s.info.name;
}

static void vmctp_put_end(struct nl_req *r, const char *name, int lladdr,
			  uint32_t mtu)
{
	uint8_t addr = lladdr;

	if (name)
		nl_put(r, IFLA_IFNAME, name, strlen(name) + 1);
	if (lladdr >= 0)
		nl_put(r, IFLA_ADDRESS, &addr, sizeof(addr));
	if (mtu)
		nl_put(r, IFLA_MTU, &mtu, sizeof(mtu));
}

static void vmctp_put_peer(struct nl_req *r, const struct vmctp_pair *pair)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct rtattr *nest = nl_put(r, VMCTP_PEER_ATTR | NLA_F_NESTED, &header,
				     sizeof(header));
	uint32_t ns = pair->peer_ns;

	vmctp_put_end(r, pair->peer, pair->peer_lladdr, pair->mtu);
	if (pair->peer_ns >= 0)
		nl_put(r, IFLA_NET_NS_FD, &ns, sizeof(ns));
	nl_nest_end(r, nest);
}

int vmctp_add(const struct vmctp_pair *pair)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	uint8_t addr_len = pair->addr_len;
	struct rtattr *info, *data;
	struct nl_req r;

	nl_start(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header,
		 sizeof(header));
	vmctp_put_end(&r, pair->name, pair->lladdr, pair->mtu);
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "vmctp", strlen("vmctp"));
	data = nl_nest(&r, IFLA_INFO_DATA);
	if (pair->addr_len >= 0)
		nl_put(&r, VMCTP_ADDR_LEN_ATTR, &addr_len, sizeof(addr_len));
	if (pair->peer || pair->peer_lladdr >= 0 || pair->peer_ns >= 0)
		vmctp_put_peer(&r, pair);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_do(&r);
}

int vmctp_bus(void)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	pair.addr_len = 1;
	return vmctp_add(&pair) ?: link_up("near") ?: link_up("far");
}
