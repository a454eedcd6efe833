// SPDX-License-Identifier: GPL-2.0
/*
 * Each refusal by netlink, provoked for each reason that the documentation has
 * for it, with the sentence that the kernel says. See mctp_rows.h.
 */
#include <net/if.h>
#include <linux/if_tun.h>
#include <linux/neighbour.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_rows.h"

#define NONE	(-1)	/* an attribute that is left out */
#define OURS	8
#define PEER	20
#define LLADDR	0x1d

/* Of <linux/if_link.h> and ours; the system's headers may be older */
#define NET_ATTR		1
#define BINDING_ATTR		2
#define VMCTP_ADDR_LEN_ATTR	2

/* Two requests that must be refused alike, with the same words */
#define BOTH(a, b) ({							\
	int _first = (a), _second;					\
	char _words[sizeof(nl_sentence)];				\
									\
	memcpy(_words, nl_sentence, sizeof(_words));			\
	_second = (b);							\
	strcmp(_words, nl_sentence) ? -EPROTO :				\
				      rows_same(_first, _second);	\
})

/* What must be there before: devices live as long as the row does */

static int with_bus(void)
{
	int fd = tun_new("bus");

	return fd < 0 ? fd : link_up("bus");
}

/* And "other", which cannot carry MCTP: of the type ARPHRD_PPP */
static int with_other(void)
{
	int fd = tun_new("other");

	if (fd < 0)
		return fd;
	if (ioctl(fd, TUNSETLINK, 512))
		return -errno;
	return with_bus();
}

/* "near", which has link addresses */
static int with_lladdrs(void)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	pair.addr_len = 1;
	return vmctp_add(&pair) ?: with_other();
}

/* Requests */

static int addr_request(uint16_t type, int ifindex, int local, int address)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_MCTP, .ifa_index = ifindex };
	uint8_t l = local, a = address;
	struct nl_req r;

	nl_start(&r, type, 0, &ifa, sizeof(ifa));
	if (local != NONE)
		nl_put(&r, IFA_LOCAL, &l, sizeof(l));
	if (address != NONE)
		nl_put(&r, IFA_ADDRESS, &a, sizeof(a));
	return nl_do(&r);
}

/* Add and delete, so that nothing is left where both are taken */
static int addr_both(int ifindex, int local, int address)
{
	return BOTH(addr_request(RTM_NEWADDR, ifindex, local, address),
		    addr_request(RTM_DELADDR, ifindex, local, address));
}

static int addr_on(const char *dev)
{
	return addr_both(if_nametoindex(dev), OURS, NONE);
}

struct route {
	int		type;
	int		min;
	int		len;
	int		oif;
	int		gateway;
	int		gateway_len;
	int		mtu;
};

static struct route route_by(const char *dev)
{
	struct route route = {
		.type = RTN_UNICAST,
		.min = PEER,
		.oif = if_nametoindex(dev),
		.gateway = NONE,
		.mtu = NONE,
	};

	return route;
}

static struct route route_behind(int eid)
{
	struct route route = route_by("bus");

	route.oif = NONE;
	route.gateway = eid;
	route.gateway_len = 8;	/* of a struct mctp_fq_addr */
	return route;
}

static int route_request(uint16_t type, struct route route)
{
	struct rtmsg rt = {
		.rtm_family = AF_MCTP,
		.rtm_type = route.type,
		.rtm_dst_len = route.len,
	};
	uint8_t dst = route.min, gateway[16] = { 1, 0, 0, 0, route.gateway };
	uint32_t oif = route.oif, mtu = route.mtu;
	struct rtattr *nest;
	struct nl_req r;

	nl_start(&r, type, 0, &rt, sizeof(rt));
	if (route.min != NONE)
		nl_put(&r, RTA_DST, &dst, sizeof(dst));
	if (route.oif != NONE)
		nl_put(&r, RTA_OIF, &oif, sizeof(oif));
	if (route.gateway != NONE)
		nl_put(&r, RTA_GATEWAY, gateway, route.gateway_len);
	if (route.mtu != NONE) {
		nest = nl_nest(&r, RTA_METRICS);
		nl_put(&r, RTAX_MTU, &mtu, sizeof(mtu));
		nl_nest_end(&r, nest);
	}
	return nl_do(&r);
}

static int route_both(struct route route)
{
	return BOTH(route_request(RTM_NEWROUTE, route),
		    route_request(RTM_DELROUTE, route));
}

static int neigh_request(uint16_t type, int ifindex, int eid, int lladdr_len)
{
	struct ndmsg nd = { .ndm_family = AF_MCTP, .ndm_ifindex = ifindex };
	uint8_t dst = eid, lladdr[8] = { LLADDR };
	struct nl_req r;

	nl_start(&r, type, 0, &nd, sizeof(nd));
	if (eid != NONE)
		nl_put(&r, NDA_DST, &dst, sizeof(dst));
	if (lladdr_len != NONE)
		nl_put(&r, NDA_LLADDR, lladdr, lladdr_len);
	return nl_do(&r);
}

static int neigh_both(int ifindex, int eid)
{
	return BOTH(neigh_request(RTM_NEWNEIGH, ifindex, eid, 1),
		    neigh_request(RTM_DELNEIGH, ifindex, eid, 1));
}

static int near(void)
{
	return if_nametoindex("near");
}

/* A link's attribute of MCTP */
static int link_request(uint16_t type, uint16_t attr, uint32_t value,
			size_t len)
{
	struct ifinfomsg ifi = { .ifi_index = if_nametoindex("bus") };
	struct rtattr *spec, *mctp;
	struct nl_req r;

	nl_start(&r, type, 0, &ifi, sizeof(ifi));
	spec = nl_nest(&r, IFLA_AF_SPEC);
	mctp = nl_nest(&r, AF_MCTP);
	nl_put(&r, attr, &value, len);
	nl_nest_end(&r, mctp);
	nl_nest_end(&r, spec);
	return nl_do(&r);
}

/* A pair that is not to stay */
static int pair_request(struct vmctp_pair pair)
{
	return vmctp_add(&pair) ?: link_del(pair.name);
}

static struct vmctp_pair pair_of(int lladdr, int peer_lladdr)
{
	struct vmctp_pair pair = VMCTP_PAIR("va", "vb");

	pair.addr_len = 1;
	pair.lladdr = lladdr;
	pair.peer_lladdr = peer_lladdr;
	return pair;
}

/* The same with an attribute of any length of the end that is named */
static int pair_request_attr(uint16_t attr, const void *value, size_t len)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct rtattr *info, *data;
	uint8_t addr_len = 1;
	struct nl_req r;

	nl_start(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	nl_put(&r, IFLA_IFNAME, "va", sizeof("va"));
	nl_put(&r, attr, value, len);
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "vmctp", strlen("vmctp"));
	data = nl_nest(&r, IFLA_INFO_DATA);
	nl_put(&r, VMCTP_ADDR_LEN_ATTR, &addr_len, sizeof(addr_len));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_do(&r) ?: link_del("va");
}

/* Every request */

static int all_capability(bool bad)
{
	uint8_t lladdr = LLADDR;
	int err;

	if (bad)
		cap_drop(CAP_NET_ADMIN);
	err = addr_add("bus", OURS);
	err = rows_same(err, route_add("bus", PEER, PEER, 0));
	err = rows_same(err, neigh_add("near", PEER, &lladdr, sizeof(lladdr)));
	err = rows_same(err, link_net("bus", 2));
	return err;
}

static int all_header(bool bad)
{
	static const uint16_t types[] = { RTM_NEWADDR, RTM_DELADDR,
					  RTM_NEWROUTE, RTM_DELROUTE,
					  RTM_NEWNEIGH, RTM_DELNEIGH };
	struct rtgenmsg gen = { .rtgen_family = AF_MCTP };
	struct nl_req r;
	int err = 0;
	size_t i;

	if (!bad)
		return addr_on("bus") ?: route_both(route_by("bus")) ?:
		       neigh_both(near(), PEER);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		nl_start(&r, types[i], 0, &gen, sizeof(gen));
		err = i ? BOTH(err, nl_do(&r)) : nl_do(&r);
	}
	return err;
}

/* One more attribute: @first in a request for an address, and so on */
static int all_attribute(int first, int second, int third, const void *value,
			 size_t len)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_MCTP };
	struct rtmsg rt = { .rtm_family = AF_MCTP, .rtm_type = RTN_UNICAST };
	struct ndmsg nd = { .ndm_family = AF_MCTP };
	uint32_t oif = if_nametoindex("bus");
	uint8_t eid = PEER, lladdr = LLADDR;
	struct nl_req a, r, n;

	ifa.ifa_index = oif;
	nl_start(&a, RTM_NEWADDR, 0, &ifa, sizeof(ifa));
	nl_put(&a, IFA_LOCAL, &eid, sizeof(eid));
	nl_start(&r, RTM_NEWROUTE, 0, &rt, sizeof(rt));
	nl_put(&r, RTA_DST, &eid, sizeof(eid));
	nl_put(&r, RTA_OIF, &oif, sizeof(oif));
	nd.ndm_ifindex = near();
	nl_start(&n, RTM_NEWNEIGH, 0, &nd, sizeof(nd));
	nl_put(&n, NDA_DST, &eid, sizeof(eid));
	nl_put(&n, NDA_LLADDR, &lladdr, sizeof(lladdr));
	if (value) {
		nl_put(&a, first, value, len);
		nl_put(&r, second, value, len);
		nl_put(&n, third, value, len);
	}
	return rows_same(nl_do(&a), rows_same(nl_do(&r), nl_do(&n)));
}

static int all_unknown(bool bad)
{
	uint32_t value = 0;

	return all_attribute(IFA_CACHEINFO, RTA_PRIORITY, NDA_VLAN,
			     bad ? &value : NULL, sizeof(value));
}

static int all_length(bool bad)
{
	uint32_t value = 0;

	return all_attribute(IFA_LOCAL, RTA_DST, NDA_DST, bad ? &value : NULL,
			     sizeof(value));
}

/* Addresses */

static int addr_no_eid(bool bad)
{
	return addr_both(if_nametoindex("bus"), bad ? NONE : OURS, NONE);
}

static int addr_two_eids(bool bad)
{
	return addr_both(if_nametoindex("bus"), OURS, OURS + bad);
}

static int addr_no_device(bool bad)
{
	return BOTH(addr_both(bad ? 9999 : if_nametoindex("bus"), OURS, NONE),
		    addr_both(bad ? 0 : if_nametoindex("bus"), OURS, NONE));
}

static int addr_other_device(bool bad)
{
	return addr_on(bad ? "other" : "bus");
}

static int addr_range(bool bad)
{
	return BOTH(addr_both(if_nametoindex("bus"), bad ? 7 : 8, NONE),
		    addr_both(if_nametoindex("bus"), bad ? 255 : 254, NONE));
}

static int addr_twice(bool bad)
{
	if (bad)
		addr_add("bus", OURS + 1);
	return addr_add("bus", OURS + bad);
}

static int addr_absent(bool bad)
{
	if (!bad)
		addr_add("bus", OURS);
	return addr_del("bus", OURS);
}

/* Routes */

static int route_type(bool bad)
{
	struct route route = route_by("bus");

	if (bad)
		route.type = RTN_LOCAL;
	return route_both(route);
}

static int route_no_eid(bool bad)
{
	struct route route = route_by("bus");

	if (bad)
		route.min = NONE;
	return route_both(route);
}

static int route_range(bool bad)
{
	struct route low = route_by("bus"), high = low;

	low.min = bad ? 7 : 8;
	high.min = 250;
	high.len = bad ? 5 : 4;
	return BOTH(route_both(low), route_both(high));
}

static int route_no_way(bool bad)
{
	struct route none = route_by("bus"), two = none;

	if (bad) {
		none.oif = NONE;
		two = route_behind(PEER + 1);
		two.oif = if_nametoindex("bus");
	}
	return BOTH(route_both(none), route_both(two));
}

static int route_no_device(bool bad)
{
	struct route route = route_by("bus");

	if (bad)
		route.oif = 9999;
	return route_both(route);
}

static int route_other_device(bool bad)
{
	return route_both(route_by(bad ? "other" : "bus"));
}

static int route_gateway_length(bool bad)
{
	struct route route = route_behind(PEER + 1), longer = route;

	route.gateway_len -= bad;
	longer.gateway_len += bad;
	return BOTH(route_both(route), route_both(longer));
}

static int route_gateway_eid(bool bad)
{
	return BOTH(route_both(route_behind(bad ? 7 : 8)),
		    route_both(route_behind(bad ? 255 : 254)));
}

static int route_mtu(bool bad)
{
	struct route route = route_by("bus");

	route.mtu = bad ? 67 : 68;
	return route_request(RTM_NEWROUTE, route);
}

static int route_twin(bool bad)
{
	struct route route = route_by("bus");

	route.min += bad;
	if (bad)
		route_request(RTM_NEWROUTE, route);
	/* another MTU makes no other route */
	route.mtu = 100;
	return route_request(RTM_NEWROUTE, route);
}

static int route_absent(bool bad)
{
	struct route route = route_by("bus");

	route_request(RTM_NEWROUTE, route);
	route.len += bad;
	return route_request(RTM_DELROUTE, route);
}

static int route_absent_network(bool bad)
{
	if (!bad)
		route_gw_add(77, PEER + 1, PEER, PEER, 0);
	return route_gw_del(77, PEER + 1, PEER, PEER);
}

/* Neighbours */

static int neigh_no_eid(bool bad)
{
	return neigh_both(near(), bad ? NONE : PEER);
}

static int neigh_no_device(bool bad)
{
	return neigh_both(bad ? 9999 : near(), PEER);
}

static int neigh_other_device(bool bad)
{
	return neigh_both(bad ? (int)if_nametoindex("other") : near(), PEER);
}

static int neigh_no_lladdr(bool bad)
{
	return neigh_request(RTM_NEWNEIGH, near(), PEER, bad ? NONE : 1);
}

static int neigh_length(bool bad)
{
	int err = neigh_request(RTM_NEWNEIGH, near(), PEER, 1 + bad);

	return bad ? BOTH(err, neigh_request(RTM_NEWNEIGH, near(), PEER, 0)) :
		     err;
}

static int neigh_range(bool bad)
{
	return BOTH(neigh_both(near(), bad ? 7 : 8),
		    neigh_both(near(), bad ? 255 : 254));
}

static int neigh_no_addresses(bool bad)
{
	int ifindex = bad ? (int)if_nametoindex("bus") : near();

	return neigh_request(RTM_NEWNEIGH, ifindex, PEER, 1);
}

static int neigh_twice(bool bad)
{
	if (bad)
		neigh_request(RTM_NEWNEIGH, near(), PEER + 1, 1);
	return neigh_request(RTM_NEWNEIGH, near(), PEER + bad, 1);
}

static int neigh_absent(bool bad)
{
	if (!bad)
		neigh_request(RTM_NEWNEIGH, near(), PEER, 1);
	return neigh_request(RTM_DELNEIGH, near(), PEER, NONE);
}

/* Links */

static int link_net_0(bool bad)
{
	return BOTH(link_request(RTM_SETLINK, NET_ATTR, !bad, 4),
		    link_request(RTM_NEWLINK, NET_ATTR, !bad, 4));
}

static int link_binding(bool bad)
{
	uint16_t attr = bad ? BINDING_ATTR : NET_ATTR;
	size_t len = bad ? 1 : 4;

	return BOTH(link_request(RTM_SETLINK, attr, 5, len),
		    link_request(RTM_NEWLINK, attr, 5, len));
}

static int link_other_device(bool bad)
{
	return link_net(bad ? "other" : "bus", 2);
}

/* a network of a pair that is just being made, or of one that is there */
static int link_new(bool bad)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct rtattr *nest, *mctp;
	uint32_t net = 5;
	struct nl_req r;
	int err;

	nl_start(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	nl_put(&r, IFLA_IFNAME, "va", sizeof("va"));
	nest = nl_nest(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "vmctp", strlen("vmctp"));
	nl_nest_end(&r, nest);
	if (bad) {
		nest = nl_nest(&r, IFLA_AF_SPEC);
		mctp = nl_nest(&r, AF_MCTP);
		nl_put(&r, NET_ATTR, &net, sizeof(net));
		nl_nest_end(&r, mctp);
		nl_nest_end(&r, nest);
	}
	err = nl_do(&r);
	if (err)
		return err;
	err = link_net("va", net);
	return link_del("va") ?: err;
}

/* Dumps */

static void ignore(const struct nlmsghdr *n, void *data)
{
}

static int dump(uint16_t type, int ifindex, int attr)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_MCTP, .ifa_index = ifindex };
	struct ndmsg nd = { .ndm_family = AF_MCTP, .ndm_ifindex = ifindex };
	struct rtmsg rt = { .rtm_family = AF_MCTP };
	struct nl_req r;
	int rc;

	if (type == RTM_GETADDR)
		nl_start(&r, type, 0, &ifa, sizeof(ifa));
	else if (type == RTM_GETNEIGH)
		nl_start(&r, type, 0, &nd, sizeof(nd));
	else
		nl_start(&r, type, 0, &rt, sizeof(rt));
	if (type == RTM_GETROUTE)
		nl_put(&r, RTA_OIF, &ifindex, sizeof(ifindex));
	if (attr)
		nl_put(&r, attr, &ifindex, sizeof(ifindex));
	rc = nl_dump(&r, true, ignore, NULL);
	return rc < 0 ? rc : 0;
}

static int dump_no_device(bool bad)
{
	int ifindex = bad ? 9999 : near();

	return BOTH(dump(RTM_GETADDR, ifindex, 0),
		    BOTH(dump(RTM_GETROUTE, ifindex, 0),
			 dump(RTM_GETNEIGH, ifindex, 0)));
}

static int dump_unknown(bool bad)
{
	return rows_same(dump(RTM_GETADDR, near(), bad ? IFA_LOCAL : 0),
			 rows_same(dump(RTM_GETROUTE, near(),
					bad ? RTA_PRIORITY : 0),
				   dump(RTM_GETNEIGH, near(),
					bad ? NDA_IFINDEX : 0)));
}

/* Virtual pairs */

static int pair_length(bool bad)
{
	static const uint8_t addr[2] = { 0x30, 0x31 };

	return pair_request_attr(IFLA_ADDRESS, addr, 1 + bad);
}

static int pair_broadcast_address(bool bad)
{
	return BOTH(pair_request(pair_of(bad ? 0xff : 0xfe, 0x30)),
		    pair_request(pair_of(0x30, bad ? 0xff : 0xfe)));
}

static int pair_broadcast(bool bad)
{
	uint8_t addr = 0xff;

	return pair_request_attr(bad ? IFLA_BROADCAST : IFLA_ADDRESS,
				 bad ? &addr : &(uint8_t){ 0x30 }, 1);
}

static int pair_no_addresses(bool bad)
{
	struct vmctp_pair pair = pair_of(0x30, NONE);

	pair.addr_len = !bad;
	return pair_request(pair);
}

static int pair_same_address(bool bad)
{
	return pair_request(pair_of(0x30, bad ? 0x30 : 0x31));
}

static int pair_peer_taken(bool bad)
{
	struct vmctp_pair pair = VMCTP_PAIR("va", bad ? "bus" : "vb");

	return pair_request(pair);
}

static int pair_addr_len(bool bad)
{
	struct vmctp_pair pair = VMCTP_PAIR("va", "vb");

	pair.addr_len = bad ? 2 : 1;
	return pair_request(pair);
}

static int pair_mtu(bool bad)
{
	struct vmctp_pair low = VMCTP_PAIR("va", "vb"), high = low;

	low.mtu = bad ? 67 : 68;
	high.mtu = bad ? 65536 : 65535;
	return rows_same(pair_request(low), pair_request(high));
}

static int pair_namespace(bool bad)
{
	struct vmctp_pair pair = VMCTP_PAIR("va", "vb");
	int theirs = ns_fd();

	if (unshare(bad ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET))
		return -errno;
	pair.peer_ns = theirs;
	return pair_request(pair);
}

#define ALL	"Every request"
#define ADDR	"RTM_NEWADDR and RTM_DELADDR"
#define ROUTE	"RTM_NEWROUTE and RTM_DELROUTE"
#define NEIGH	"RTM_NEWNEIGH and RTM_DELNEIGH"
#define LINK	"RTM_NEWLINK and RTM_SETLINK"
#define DUMP	"Dumps"
#define PAIR	"RTM_NEWLINK of the kind vmctp"

static const struct row rows[] = {
	ROW(ALL, EPERM, "no CAP_NET_ADMIN in the user namespace that owns the network namespace",
	    with_lladdrs, all_capability),
	ROW(ALL, EINVAL, "an attribute that is not known",
	    with_lladdrs, all_unknown),
	ROW(ALL, EINVAL, "an attribute of another length",
	    with_lladdrs, all_length),
	REFUSAL(ALL, EINVAL, "The header of the request is too short",
		with_lladdrs, all_header),

	REFUSAL(ADDR, EINVAL, "An address needs its EID, as IFA_LOCAL",
		with_bus, addr_no_eid),
	REFUSAL(ADDR, EINVAL, "IFA_ADDRESS must be the EID of IFA_LOCAL, or be left out",
		with_bus, addr_two_eids),
	REFUSAL(ADDR, ENODEV, "There is no device of this index",
		with_bus, addr_no_device),
	REFUSAL(ADDR, EOPNOTSUPP, "The device cannot carry MCTP",
		with_other, addr_other_device),
	REFUSAL(ADDR, EINVAL, "A local EID must be 8 to 254",
		with_bus, addr_range),
	REFUSAL(ADDR, EEXIST, "The device has this EID already",
		with_bus, addr_twice),
	REFUSAL(ADDR, ENOENT, "The device does not have this EID",
		with_bus, addr_absent),

	REFUSAL(ROUTE, EINVAL, "The type of a route must be RTN_UNICAST; local ones come and go with addresses",
		with_bus, route_type),
	REFUSAL(ROUTE, EINVAL, "A route needs its first EID, as RTA_DST",
		with_bus, route_no_eid),
	REFUSAL(ROUTE, EINVAL, "The range of a route must be within the EIDs 8 to 254",
		with_bus, route_range),
	REFUSAL(ROUTE, EINVAL, "A route needs a device (RTA_OIF) or a gateway (RTA_GATEWAY), and not both",
		with_bus, route_no_way),
	REFUSAL(ROUTE, ENODEV, "There is no device of this index",
		with_bus, route_no_device),
	REFUSAL(ROUTE, EOPNOTSUPP, "The device cannot carry MCTP",
		with_other, route_other_device),
	REFUSAL(ROUTE, EINVAL, "RTA_GATEWAY must be a struct mctp_fq_addr",
		with_bus, route_gateway_length),
	REFUSAL(ROUTE, EINVAL, "The EID of a gateway must be 8 to 254",
		with_bus, route_gateway_eid),
	REFUSAL(ROUTE, EINVAL, "The MTU of a route must be at least 68, or 0 for the device's",
		with_bus, route_mtu),
	REFUSAL(ROUTE, EEXIST, "The same route exists already; delete it first to change its MTU",
		with_bus, route_twin),
	REFUSAL(ROUTE, ENOENT, "There is no route of just this range by that device or gateway",
		with_bus, route_absent),
	REFUSAL(ROUTE, ENOENT, "There is no such route: its network does not exist",
		NULL, route_absent_network),

	REFUSAL(NEIGH, EINVAL, "A neighbour needs its EID, as NDA_DST",
		with_lladdrs, neigh_no_eid),
	REFUSAL(NEIGH, ENODEV, "There is no device of this index",
		with_lladdrs, neigh_no_device),
	REFUSAL(NEIGH, EOPNOTSUPP, "The device cannot carry MCTP",
		with_lladdrs, neigh_other_device),
	REFUSAL(NEIGH, EINVAL, "A neighbour needs its link address, as NDA_LLADDR",
		with_lladdrs, neigh_no_lladdr),
	REFUSAL(NEIGH, EINVAL, "The link address has not the length of the device's",
		with_lladdrs, neigh_length),
	REFUSAL(NEIGH, EINVAL, "The EID of a neighbour must be 8 to 254",
		with_lladdrs, neigh_range),
	REFUSAL(NEIGH, EINVAL, "The device has no link addresses and needs no neighbours",
		with_lladdrs, neigh_no_addresses),
	REFUSAL(NEIGH, EEXIST, "The EID has a neighbour entry on this device already; delete that first",
		with_lladdrs, neigh_twice),
	REFUSAL(NEIGH, ENOENT, "The EID has no neighbour entry on this device",
		with_lladdrs, neigh_absent),

	REFUSAL(LINK, EINVAL, "A device cannot be in network 0; networks begin at 1",
		with_bus, link_net_0),
	REFUSAL(LINK, EINVAL, "The physical binding is what the driver says and cannot be set",
		with_bus, link_binding),
	REFUSAL(LINK, EOPNOTSUPP, "The device cannot carry MCTP",
		with_other, link_other_device),
	REFUSAL(LINK, EOPNOTSUPP, "A link can be given a network once it exists: set it then",
		NULL, link_new),

	REFUSAL(DUMP, ENODEV, "There is no device of this index",
		with_lladdrs, dump_no_device),
	ROW(DUMP, EINVAL, "an attribute that is not known",
	    with_lladdrs, dump_unknown),

	REFUSAL(PAIR, EINVAL, "An address is one byte",
		NULL, pair_length),
	REFUSAL(PAIR, EADDRNOTAVAIL, "0xff is the broadcast address",
		NULL, pair_broadcast_address),
	REFUSAL(PAIR, EINVAL, "The broadcast address is always 0xff",
		NULL, pair_broadcast),
	REFUSAL(PAIR, EINVAL, "The link has no addresses",
		NULL, pair_no_addresses),
	REFUSAL(PAIR, EADDRINUSE, "Both ends have the same address",
		NULL, pair_same_address),
	REFUSAL(PAIR, EEXIST, "The peer cannot be registered",
		with_bus, pair_peer_taken),
	ROW(PAIR, ERANGE, "IFLA_VMCTP_ADDR_LEN is neither 0 nor 1",
	    NULL, pair_addr_len),
	ROW(PAIR, EINVAL, "an MTU outside of 68 to 65,535",
	    NULL, pair_mtu),
	ROW(PAIR, EPERM, "no CAP_NET_ADMIN in the peer's network namespace",
	    NULL, pair_namespace),
};

int main(int argc, char **argv)
{
	return rows_main(rows, ARRAY_SIZE(rows), argc, argv);
}
