// SPDX-License-Identifier: GPL-2.0
/*
 * mctp route: by which device, or by which bridge, endpoints are reached.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "entry.h"

#include <linux/mctp.h>

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
	device_list_name(list, index, route->dev);
	return true;
}

/**
 * route_parse - read a route out of a message
 */
bool route_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct nl_attrs attrs, metrics;
	struct route *route = entry;

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

/**
 * route_print_fields - print what is shown of a route
 */
void route_print_fields(struct printer *p, const struct route *route)
{
	print_number(p, "eid min", "eid_min", route->first);
	print_number(p, "max", "eid_max", route->last);
	print_number(p, "net", "net", route->net);
	if (route->is_gateway)
		print_number(p, "gw", "gw", route->gateway);
	else
		print_string(p, "dev", "dev", route->dev);
	print_number(p, "mtu", "mtu", route->mtu);
	print_bool(p, "local", route->is_local, "local", NULL);
}

/**
 * routes_load - read the routes
 * @m: the call, connected
 * @out: gets them; to be freed by entries_free()
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int routes_load(struct mctp *m, struct entries *out)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETROUTE, 0);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	struct nl_store table = {};
	struct device_list list;
	int err, status;

	*out = (struct entries){};
	rtm->rtm_family = AF_MCTP;
	err = nl_dump(&m->nl, nlh, &table);
	if (err)
		return refused_by_kernel(m, err, "list the routes");
	status = device_list_load(m, &list);
	if (!status)
		status = entries_read(&table, &list, route_parse, sizeof(struct route), out);
	device_list_free(&list);
	nl_store_free(&table);
	return status;
}

/* What show and flush begin with. */
static int load_filtered(struct mctp *m, struct args *a, uint32_t *net, struct entries *all)
{
	struct keyword words[] = { { .name = "net", .alias = "network" } };

	*net = 0;
	if (ARGS_KEYWORDS(a, words) ||
	    (words[0].value && args_number(a, "the network", words[0].value, 1, UINT32_MAX, net)))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	return routes_load(m, all);
}

static int route_show(struct mctp *m, struct args *a)
{
	const struct route *route;
	struct entries all;
	uint32_t net;
	int status;

	status = load_filtered(m, a, &net, &all);
	if (status)
		return status;
	print_begin(&m->out);
	for (route = all.bytes; route < (struct route *)all.bytes + all.n; route++) {
		if (net && route->net != net)
			continue;
		print_record(&m->out);
		route_print_fields(&m->out, route);
		print_record_end(&m->out);
	}
	print_end(&m->out);
	entries_free(&all);
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

static int route_refused(struct mctp *m, int err, const struct route *route, const char *what)
{
	char eids[sizeof("255-255")];

	if (route->first == route->last)
		snprintf(eids, sizeof(eids), "%u", route->first);
	else
		snprintf(eids, sizeof(eids), "%u-%u", route->first, route->last);
	if (route->is_gateway)
		return refused_by_kernel(m, err, "%s the route to %s by EID %u", what, eids,
					 route->gateway);
	return refused_by_kernel(m, err, "%s the route to %s by %s", what, eids, route->dev);
}

/* The words behind a verb, and the device that they name. */
static int get_route(struct mctp *m, struct args *a, struct route *route)
{
	const char *device_name;
	struct device device;

	if (parse_words(a, route, &device_name))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	if (!device_name)
		return STATUS_FINE;
	if (device_get(m, device_name, &device))
		return STATUS_REFUSED;
	route->index = device.index;
	route->net = device.net;
	memcpy(route->dev, device.name, IFNAMSIZ);
	return STATUS_FINE;
}

static int change_route(struct mctp *m, struct args *a, uint16_t type, uint16_t flags,
			const char *what)
{
	struct route route;
	int status, err;

	status = get_route(m, a, &route);
	if (status)
		return status;
	err = nl_talk(&m->nl, route_request(m, type, flags, &route), NULL);
	return err ? route_refused(m, err, &route, what) : STATUS_FINE;
}

static int route_add(struct mctp *m, struct args *a)
{
	return change_route(m, a, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "add");
}

static int route_delete(struct mctp *m, struct args *a)
{
	return change_route(m, a, RTM_DELROUTE, 0, "delete");
}

/* One that is gone meanwhile is fine. */
static int delete_one(struct mctp *m, const struct route *route)
{
	struct route way = *route;
	int err;

	way.mtu = 0; /* no part of what names a route */
	err = nl_talk(&m->nl, route_request(m, RTM_DELROUTE, 0, &way), NULL);
	if (!err || err == -ENOENT || err == -ENODEV)
		return STATUS_FINE;
	return route_refused(m, err, route, "delete");
}

static bool same_hop(const struct route *a, const struct route *b)
{
	return a->is_gateway == b->is_gateway && a->index == b->index && a->gateway == b->gateway;
}

static bool same_way(const struct route *a, const struct route *b)
{
	return same_hop(a, b) && a->mtu == b->mtu;
}

static bool same_eids(const struct route *a, const struct route *b)
{
	return a->first == b->first && a->last == b->last && a->net == b->net &&
	       a->is_local == b->is_local;
}

/* The network that is meant where none is named. */
static uint32_t default_net(void)
{
	FILE *file = fopen("/proc/sys/net/mctp/default_net", "re");
	unsigned int net = 1;

	if (!file)
		return net;
	if (fscanf(file, "%u", &net) != 1)
		net = 1;
	fclose(file);
	return net;
}

/*
 * The new way first, then those that it is instead of, so that there is always one. The same way
 * with another MTU is refused beside the old one, which then has to go first.
 */
static int replace(struct mctp *m, const struct route *route, const struct entries *all)
{
	const struct route *old, *end = (struct route *)all->bytes + all->n;
	bool there = false;
	int err;

	for (old = all->bytes; old < end; old++) {
		if (!same_eids(old, route))
			continue;
		if (same_way(old, route))
			there = true;
		else if (same_hop(old, route) && delete_one(m, old))
			return STATUS_REFUSED;
	}
	err = there ? 0 : nl_talk(&m->nl, route_request(m, RTM_NEWROUTE,
							NLM_F_CREATE | NLM_F_EXCL, route), NULL);
	if (err)
		return route_refused(m, err, route, "add");
	for (old = all->bytes; old < end; old++) {
		/* what had the same hop has gone already, and the new one has it now */
		if (same_eids(old, route) && !same_hop(old, route) && delete_one(m, old))
			return STATUS_REFUSED;
	}
	return STATUS_FINE;
}

static int route_replace(struct mctp *m, struct args *a)
{
	struct route route;
	struct entries all;
	int status;

	status = get_route(m, a, &route);
	if (status)
		return status;
	if (!route.net)
		route.net = default_net();
	if (routes_load(m, &all))
		return STATUS_REFUSED;
	status = replace(m, &route, &all);
	entries_free(&all);
	return status;
}

static int route_flush(struct mctp *m, struct args *a)
{
	const struct route *route;
	struct entries all;
	uint32_t net;
	int status;

	status = load_filtered(m, a, &net, &all);
	if (status)
		return status;
	for (route = all.bytes; !status && route < (struct route *)all.bytes + all.n; route++) {
		if (!route->is_local && (!net || route->net == net))
			status = delete_one(m, route);
	}
	entries_free(&all);
	return status;
}

static const struct verb verbs[] = {
	{ "show", "[net N]", "list the routes, or those of one network", route_show },
	{ "add", "EID[-EID] via DEV [mtu N] | EID[-EID] gw EID [net N] [mtu N]",
	  "reach EIDs by a device, or by a bridge", route_add },
	{ "replace", "EID[-EID] via DEV [mtu N] | EID[-EID] gw EID [net N] [mtu N]",
	  "the same, instead of the ways to these EIDs that there were", route_replace },
	{ "delete", "EID[-EID] via DEV | EID[-EID] gw EID [net N]", "remove a route",
	  route_delete },
	{ "flush", "[net N]", "remove all routes but the local ones, or those of one network",
	  route_flush },
	{ }
};

const struct object route_object = {
	.name = "route",
	.purpose = "by which device, or by which bridge, endpoints are reached",
	.verbs = verbs,
};
