// SPDX-License-Identifier: GPL-2.0
/*
 * mctp route: by which device, or by which bridge, endpoints are reached.
 */
#include <string.h>

#include "args.h"
#include "device.h"

#include <linux/mctp.h>

/**
 * struct route - a line of the table
 * @first: first EID
 * @last: last EID
 * @is_local: leads to this system itself
 * @is_gateway: leads to @gateway, not to @index
 * @index: device of a direct route
 * @gateway: EID of the bridge
 * @net: network
 * @mtu: greatest packet, 0 for the device's own
 */
struct route {
	uint8_t first;
	uint8_t last;
	bool is_local;
	bool is_gateway;
	int index;
	uint8_t gateway;
	uint32_t net;
	uint32_t mtu;
};

static bool parse_next_hop(const struct nl_attrs *attrs, const struct device_list *list,
			   struct route *route)
{
	const struct nlattr *gateway = attrs->tb[RTA_GATEWAY];
	struct mctp_fq_addr addr;
	uint32_t index;

	if (gateway && mnl_attr_get_payload_len(gateway) >= sizeof(addr)) {
		memcpy(&addr, mnl_attr_get_payload(gateway), sizeof(addr));
		route->is_gateway = true;
		route->gateway = addr.eid;
		route->net = addr.net;
		return true;
	}
	if (!nl_attr_u32(attrs, RTA_OIF, &index))
		return false;
	route->index = index;
	route->net = device_list_net(list, index);
	return true;
}

static bool parse_route(const struct nlmsghdr *nlh, const struct device_list *list,
			struct route *route)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct nl_attrs attrs, metrics;

	*route = (struct route){};
	if (nlh->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm) ||
	    rtm->rtm_family != AF_MCTP)
		return false;
	nl_attrs_parse(nlh, sizeof(*rtm), &attrs);
	if (!nl_attr_u8(&attrs, RTA_DST, &route->first) || !parse_next_hop(&attrs, list, route))
		return false;
	/* The length of a range is how many EIDs follow the first. */
	route->last = route->first + rtm->rtm_dst_len;
	route->is_local = rtm->rtm_type == RTN_LOCAL;
	nl_attrs_parse_nested(attrs.tb[RTA_METRICS], &metrics);
	nl_attr_u32(&metrics, RTAX_MTU, &route->mtu);
	return true;
}

static void print_route(struct printer *p, const struct route *route,
			const struct device_list *list)
{
	char name[IFNAMSIZ];

	print_record(p);
	print_number(p, "eid min", "eid_min", route->first);
	print_number(p, "max", "eid_max", route->last);
	print_number(p, "net", "net", route->net);
	if (route->is_gateway) {
		print_number(p, "gw", "gw", route->gateway);
	} else {
		device_list_name(list, route->index, name);
		print_string(p, "dev", "dev", name);
	}
	print_number(p, "mtu", "mtu", route->mtu);
	print_bool(p, "local", route->is_local, "local", NULL);
	print_record_end(p);
}

static int load_routes(struct mctp *m, struct nl_store *table)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETROUTE, 0);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	int err;

	rtm->rtm_family = AF_MCTP;
	err = nl_dump(&m->nl, nlh, table);
	if (err)
		return refused_by_kernel(m, err, "list the routes");
	return STATUS_FINE;
}

static int route_show(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "net", .alias = "network" } };
	struct nl_store table = {};
	const struct nlmsghdr *nlh;
	struct device_list list;
	struct route route;
	uint32_t net = 0;
	int left;

	if (ARGS_KEYWORDS(a, words) ||
	    (words[0].value && args_number(a, "the network", words[0].value, 1, UINT32_MAX, &net)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || load_routes(m, &table))
		return STATUS_REFUSED;
	if (device_list_load(m, &list)) {
		nl_store_free(&table);
		return STATUS_REFUSED;
	}
	print_begin(&m->out);
	nl_store_for_each(nlh, left, &table) {
		if (parse_route(nlh, &list, &route) && (!net || route.net == net))
			print_route(&m->out, &route, &list);
	}
	print_end(&m->out);
	device_list_free(&list);
	nl_store_free(&table);
	return STATUS_FINE;
}

/* The words behind add and delete. The device is named in @device, NULL for a gateway route. */
static int parse_words(struct args *a, struct route *route, const char **device)
{
	enum { VIA, GW, NET, MTU };
	struct keyword words[] = {
		[VIA] = { .name = "via", .alias = "dev" },
		[GW] = { .name = "gw" },
		[NET] = { .name = "net", .alias = "network" },
		[MTU] = { .name = "mtu" },
	};
	const char *range;

	*route = (struct route){};
	if (args_take(a, "the EID or range", &range) ||
	    args_eid_range(a, range, &route->first, &route->last) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	*device = words[VIA].value;
	route->is_gateway = words[GW].value;
	if (!!*device == route->is_gateway)
		return misuse(a, "a route needs one way: say either \"via DEV\" or \"gw EID\".");
	if (*device && args_ifname(a, *device))
		return STATUS_MISUSE;
	if (*device && words[NET].value)
		return misuse(a, "the network is that of %s: leave net out.", *device);
	if (route->is_gateway && args_eid(a, words[GW].value, &route->gateway))
		return STATUS_MISUSE;
	if (words[NET].value &&
	    args_number(a, "the network", words[NET].value, 1, UINT32_MAX, &route->net))
		return STATUS_MISUSE;
	if (words[MTU].value &&
	    args_number(a, "the MTU", words[MTU].value, 0, INT32_MAX, &route->mtu))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

static struct nlmsghdr *route_request(struct mctp *m, uint16_t type, uint16_t flags,
				      const struct route *route)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, type, flags);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	struct mctp_fq_addr gateway;
	struct nlattr *metrics;

	rtm->rtm_family = AF_MCTP;
	rtm->rtm_dst_len = route->last - route->first;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u8(nlh, RTA_DST, route->first);
	if (route->is_gateway) {
		memset(&gateway, 0, sizeof(gateway));
		gateway.net = route->net;
		gateway.eid = route->gateway;
		mnl_attr_put(nlh, RTA_GATEWAY, sizeof(gateway), &gateway);
	} else {
		mnl_attr_put_u32(nlh, RTA_OIF, route->index);
	}
	if (route->mtu) {
		metrics = mnl_attr_nest_start(nlh, RTA_METRICS);
		mnl_attr_put_u32(nlh, RTAX_MTU, route->mtu);
		mnl_attr_nest_end(nlh, metrics);
	}
	return nlh;
}

static int change_route(struct mctp *m, struct args *a, uint16_t type, uint16_t flags,
			const char *what)
{
	const char *device_name;
	struct device device;
	struct route route;
	int err;

	if (parse_words(a, &route, &device_name))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	if (device_name) {
		if (device_get(m, device_name, &device))
			return STATUS_REFUSED;
		route.index = device.index;
	}
	err = nl_talk(&m->nl, route_request(m, type, flags, &route), NULL);
	if (!err)
		return STATUS_FINE;
	if (route.is_gateway)
		return refused_by_kernel(m, err, "%s the route to %u-%u by EID %u", what,
					 route.first, route.last, route.gateway);
	return refused_by_kernel(m, err, "%s the route to %u-%u by %s", what, route.first,
				 route.last, device.name);
}

static int route_add(struct mctp *m, struct args *a)
{
	return change_route(m, a, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "add");
}

static int route_delete(struct mctp *m, struct args *a)
{
	return change_route(m, a, RTM_DELROUTE, 0, "delete");
}

static const struct verb verbs[] = {
	{ "show", "[net N]", "list the routes, or those of one network", route_show },
	{ "add", "EID[-EID] via DEV [mtu N] | EID[-EID] gw EID [net N] [mtu N]",
	  "reach EIDs by a device, or by a bridge", route_add },
	{ "delete", "EID[-EID] via DEV | EID[-EID] gw EID [net N]", "remove a route",
	  route_delete },
	{ }
};

const struct object route_object = {
	.name = "route",
	.purpose = "by which device, or by which bridge, endpoints are reached",
	.verbs = verbs,
};
