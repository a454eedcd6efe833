// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of the kernel's tables. The kernel answers at once, so these wait for it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

#include <linux/mctp.h>

static struct nlmsghdr *addr_message(struct mctpd *d, uint16_t type, uint16_t flags, int index,
				     uint8_t eid)
{
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = AF_MCTP;
	ifa->ifa_index = index;
	mnl_attr_put_u8(nlh, IFA_LOCAL, eid);
	return nlh;
}

/**
 * kernel_add_addr - give a link of ours an EID
 *
 * Return: 0 or a negative errno.
 */
int kernel_add_addr(struct mctpd *d, int index, uint8_t eid)
{
	return nl_talk(&d->kernel.nl,
		       addr_message(d, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, eid), NULL);
}

/**
 * kernel_del_addr - take an EID of ours from a link
 *
 * Return: 0 or a negative errno.
 */
int kernel_del_addr(struct mctpd *d, int index, uint8_t eid)
{
	return nl_talk(&d->kernel.nl, addr_message(d, RTM_DELADDR, 0, index, eid), NULL);
}

static struct nlmsghdr *route_message(struct mctpd *d, uint16_t type, uint8_t first, uint8_t size)
{
	uint16_t flags = type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_EXCL : 0;
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, type, flags);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));

	rtm->rtm_family = AF_MCTP;
	rtm->rtm_dst_len = size - 1;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u8(nlh, RTA_DST, first);
	return nlh;
}

/* A route that is there already is as good as one that was added. */
static int add_route(struct mctpd *d, struct nlmsghdr *nlh)
{
	int err = nl_talk(&d->kernel.nl, nlh, NULL);

	return err == -EEXIST ? 0 : err;
}

/**
 * kernel_add_route - reach EIDs by a link
 *
 * Return: 0 or a negative errno.
 */
int kernel_add_route(struct mctpd *d, int index, uint8_t first, uint8_t size, uint32_t mtu)
{
	struct nlmsghdr *nlh = route_message(d, RTM_NEWROUTE, first, size);
	struct nlattr *metrics;

	mnl_attr_put_u32(nlh, RTA_OIF, index);
	if (mtu) {
		metrics = mnl_attr_nest_start(nlh, RTA_METRICS);
		mnl_attr_put_u32(nlh, RTAX_MTU, mtu);
		mnl_attr_nest_end(nlh, metrics);
	}
	return add_route(d, nlh);
}

/**
 * kernel_del_route - no longer reach EIDs by a link
 *
 * Return: 0 or a negative errno.
 */
int kernel_del_route(struct mctpd *d, int index, uint8_t first, uint8_t size)
{
	struct nlmsghdr *nlh = route_message(d, RTM_DELROUTE, first, size);

	mnl_attr_put_u32(nlh, RTA_OIF, index);
	return nl_talk(&d->kernel.nl, nlh, NULL);
}

static struct nlmsghdr *gateway_message(struct mctpd *d, uint16_t type, uint32_t net, uint8_t gw,
					uint8_t first, uint8_t size)
{
	struct nlmsghdr *nlh = route_message(d, type, first, size);
	struct mctp_fq_addr gateway;

	memset(&gateway, 0, sizeof(gateway));
	gateway.net = net;
	gateway.eid = gw;
	mnl_attr_put(nlh, RTA_GATEWAY, sizeof(gateway), &gateway);
	return nlh;
}

/**
 * kernel_add_gateway - reach EIDs by a bridge
 *
 * Return: 0 or a negative errno.
 */
int kernel_add_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size)
{
	return add_route(d, gateway_message(d, RTM_NEWROUTE, net, gw, first, size));
}

/**
 * kernel_del_gateway - no longer reach EIDs by a bridge
 *
 * Return: 0 or a negative errno.
 */
int kernel_del_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size)
{
	return nl_talk(&d->kernel.nl, gateway_message(d, RTM_DELROUTE, net, gw, first, size), NULL);
}

static struct nlmsghdr *neigh_message(struct mctpd *d, uint16_t type, int index, uint8_t eid)
{
	uint16_t flags = type == RTM_NEWNEIGH ? NLM_F_CREATE | NLM_F_EXCL : 0;
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, type, flags);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));

	ndm->ndm_family = AF_MCTP;
	ndm->ndm_ifindex = index;
	mnl_attr_put_u8(nlh, NDA_DST, eid);
	return nlh;
}

/**
 * kernel_add_neigh - say at which physical address an EID is; replaces what was said before
 *
 * Return: 0 or a negative errno.
 */
int kernel_add_neigh(struct mctpd *d, int index, uint8_t eid, const struct config_addr *addr)
{
	struct nlmsghdr *nlh;

	if (!addr->len)
		return 0;
	kernel_del_neigh(d, index, eid);
	nlh = neigh_message(d, RTM_NEWNEIGH, index, eid);
	mnl_attr_put(nlh, NDA_LLADDR, addr->len, addr->bytes);
	return nl_talk(&d->kernel.nl, nlh, NULL);
}

/**
 * kernel_del_neigh - forget at which physical address an EID is
 *
 * Return: 0 or a negative errno.
 */
int kernel_del_neigh(struct mctpd *d, int index, uint8_t eid)
{
	return nl_talk(&d->kernel.nl, neigh_message(d, RTM_DELNEIGH, index, eid), NULL);
}

/**
 * kernel_link_up - bring a link up
 *
 * Return: 0 or a negative errno.
 */
int kernel_link_up(struct mctpd *d, int index)
{
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = index;
	ifi->ifi_flags = IFF_UP;
	ifi->ifi_change = IFF_UP;
	return nl_talk(&d->kernel.nl, nlh, NULL);
}

static uint32_t read_mtu(const struct nlattr *metrics)
{
	const struct nlattr *attr;
	uint32_t mtu = 0;

	mnl_attr_for_each_nested(attr, metrics) {
		if (mnl_attr_get_type(attr) == RTAX_MTU &&
		    mnl_attr_get_payload_len(attr) >= sizeof(mtu))
			mtu = mnl_attr_get_u32(attr);
	}
	return mtu;
}

static bool read_route(const struct nlmsghdr *nlh, struct kernel_route *route)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct mctp_fq_addr gateway;
	struct nl_attrs attrs;
	uint32_t index = 0;

	if (nlh->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm) ||
	    rtm->rtm_family != AF_MCTP)
		return false;
	nl_attrs_parse(nlh, sizeof(*rtm), &attrs);
	*route = (struct kernel_route){ .local = rtm->rtm_type == RTN_LOCAL };
	if (!nl_attr_u8(&attrs, RTA_DST, &route->first))
		return false;
	route->last = route->first + rtm->rtm_dst_len;
	if (nl_attr_u32(&attrs, RTA_OIF, &index))
		route->index = index;
	if (attrs.tb[RTA_GATEWAY] &&
	    mnl_attr_get_payload_len(attrs.tb[RTA_GATEWAY]) >= sizeof(gateway)) {
		memcpy(&gateway, mnl_attr_get_payload(attrs.tb[RTA_GATEWAY]), sizeof(gateway));
		route->gw_net = gateway.net;
		route->gw = gateway.eid;
	}
	if (attrs.tb[RTA_METRICS])
		route->mtu = read_mtu(attrs.tb[RTA_METRICS]);
	return route->last >= route->first;
}

/**
 * kernel_routes - read all routes
 * @routes: gets them, to be freed
 * @n: how many
 *
 * Return: 0 or a negative errno.
 */
int kernel_routes(struct mctpd *d, struct kernel_route **routes, size_t *n)
{
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, RTM_GETROUTE, 0);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	const struct nlmsghdr *each;
	struct nl_store store = {};
	size_t room = 0;
	int err, left;

	rtm->rtm_family = AF_MCTP;
	*routes = NULL;
	*n = 0;
	err = nl_dump(&d->kernel.nl, nlh, &store);
	if (err)
		return err;
	nl_store_for_each(each, left, &store)
		room++;
	*routes = calloc(room + 1, sizeof(**routes));
	nl_store_for_each(each, left, &store) {
		if (*routes && read_route(each, &(*routes)[*n]))
			(*n)++;
	}
	nl_store_free(&store);
	return *routes ? 0 : -ENOMEM;
}

/**
 * kernel_routes_by - read the routes by a gateway
 * @net: its network
 * @gw: its EID
 * @routes: gets them, to be freed
 * @n: how many
 *
 * Return: 0 or a negative errno.
 */
int kernel_routes_by(struct mctpd *d, uint32_t net, uint8_t gw, struct kernel_route **routes,
		     size_t *n)
{
	struct kernel_route *all;
	size_t n_all, i;
	int err;

	err = kernel_routes(d, &all, &n_all);
	*routes = all;
	*n = 0;
	for (i = 0; i < n_all; i++) {
		if (all[i].gw_net == net && all[i].gw == gw)
			all[(*n)++] = all[i];
	}
	return err;
}

/**
 * kernel_neigh - look up at which physical address an EID is
 *
 * Return: 0; -ENXIO when the kernel has no such entry; another errno when it cannot be asked.
 */
int kernel_neigh(struct mctpd *d, int index, uint8_t eid, struct config_addr *addr)
{
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, RTM_GETNEIGH, 0);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	const struct nlmsghdr *each;
	struct nl_store store = {};
	struct nl_attrs attrs;
	uint8_t dst;
	int err, left;

	ndm->ndm_family = AF_MCTP;
	err = nl_dump(&d->kernel.nl, nlh, &store);
	if (err)
		return err;
	err = -ENXIO;
	nl_store_for_each(each, left, &store) {
		ndm = mnl_nlmsg_get_payload(each);
		if (each->nlmsg_type != RTM_NEWNEIGH ||
		    mnl_nlmsg_get_payload_len(each) < sizeof(*ndm) || ndm->ndm_ifindex != index)
			continue;
		nl_attrs_parse(each, sizeof(*ndm), &attrs);
		if (!nl_attr_u8(&attrs, NDA_DST, &dst) || dst != eid || !attrs.tb[NDA_LLADDR] ||
		    mnl_attr_get_payload_len(attrs.tb[NDA_LLADDR]) > sizeof(addr->bytes))
			continue;
		addr->len = mnl_attr_get_payload_len(attrs.tb[NDA_LLADDR]);
		memcpy(addr->bytes, mnl_attr_get_payload(attrs.tb[NDA_LLADDR]), addr->len);
		err = 0;
	}
	nl_store_free(&store);
	return err;
}
