// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: which way leads to an EID.
 *
 * A route is for a range of EIDs. Each network has a slot for each EID, which
 * holds the best route to it: a local one before all others, then that of the
 * narrowest range, then the newest. The choice is made when routes change, so
 * that a look-up is one load for each gateway on the way.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "mctp_priv.h"

static bool mctp_route_beats(const struct mctp_route *a,
			     const struct mctp_route *b)
{
	bool a_local = a->type == RTN_LOCAL;
	bool b_local = b->type == RTN_LOCAL;
	int a_width = a->max - a->min;
	int b_width = b->max - b->min;

	if (a_local != b_local)
		return a_local;
	if (a_width != b_width)
		return a_width < b_width;
	return a->seq > b->seq;
}

static void mctp_route_choose(struct mctp_network *network, unsigned int eid)
{
	struct mctp_route *route, *best = NULL;

	list_for_each_entry(route, &network->routes, list)
		if (eid >= route->min && eid <= route->max &&
		    (!best || mctp_route_beats(route, best)))
			best = route;
	rcu_assign_pointer(network->slot[eid], best);
}

static struct mctp_route *mctp_route_find(const struct mctp_network *network,
					  const struct mctp_dev *mdev,
					  u8 gateway, u8 type, u8 min, u8 max)
{
	struct mctp_route *route;

	list_for_each_entry(route, &network->routes, list)
		if (route->min == min && route->max == max &&
		    route->type == type && route->mdev == mdev &&
		    route->gateway == gateway)
			return route;
	return NULL;
}

/* @route is in no slot and no list. A gateway route may be the last that holds
 * its network.
 */
static void mctp_route_free(struct mctp_route *route)
{
	if (!route->mdev)
		mctp_network_put(route->network);
	kfree_rcu(route, rcu);
}

static int mctp_route_check(const struct mctp_dev *mdev, u8 gateway, u8 min,
			    u8 max, u32 mtu, struct netlink_ext_ack *extack)
{
	if (min > max || !mctp_eid_is_unicast(min) ||
	    !mctp_eid_is_unicast(max)) {
		NL_SET_ERR_MSG(extack, "The range of a route must be within the EIDs 8 to 254");
		return -EINVAL;
	}
	if (!mdev && !mctp_eid_is_unicast(gateway)) {
		NL_SET_ERR_MSG(extack, "The EID of a gateway must be 8 to 254");
		return -EINVAL;
	}
	if (mtu && mtu < MCTP_MTU_MIN) {
		NL_SET_ERR_MSG(extack,
			       "The MTU of a route must be at least 68, or 0 for the device's");
		return -EINVAL;
	}
	return 0;
}

/**
 * mctp_route_add() - a new way to a range of EIDs
 * @network: network of the EIDs; referenced by the caller or by @mdev
 * @mdev: device of a direct or local route, in @network; NULL for a gateway
 * @gateway: EID of the next bridge, or 0 with @mdev
 * @type: RTN_UNICAST or RTN_LOCAL
 * @min: first EID, from 8 on
 * @max: last EID, up to 254
 * @mtu: greatest packet with its header, at least 68, or 0 for the device's
 * @extack: for the reason of a refusal
 *
 * Two routes are twins if all but the MTU is alike. That the gateway can be
 * reached is looked at by mctp_route_lookup() only, as it can change.
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL, -EEXIST if the route has a twin, -ENOMEM.
 */
int mctp_route_add(struct mctp_network *network, struct mctp_dev *mdev,
		   u8 gateway, u8 type, u8 min, u8 max, u32 mtu,
		   struct netlink_ext_ack *extack)
{
	struct mctp_route *route;
	unsigned int eid;
	int err;

	ASSERT_RTNL();
	err = mctp_route_check(mdev, gateway, min, max, mtu, extack);
	if (err)
		return err;
	if (mctp_route_find(network, mdev, gateway, type, min, max)) {
		NL_SET_ERR_MSG(extack,
			       "The same route exists already; delete it first to change its MTU");
		return -EEXIST;
	}

	route = kzalloc(sizeof(*route), GFP_KERNEL_ACCOUNT);
	if (!route) {
		NL_SET_ERR_MSG(extack, "No memory for a route");
		return -ENOMEM;
	}
	if (!mdev)
		mctp_network_hold(network);
	route->network = network;
	route->seq = ++network->route_seq;
	route->mdev = mdev;
	route->gateway = gateway;
	route->min = min;
	route->max = max;
	route->type = type;
	route->mtu = mtu;
	/* at the end: the list is in the order of age, which dumps rely on */
	list_add_tail(&route->list, &network->routes);

	for (eid = min; eid <= max; eid++) {
		struct mctp_route *old = rtnl_dereference(network->slot[eid]);

		if (!old || mctp_route_beats(route, old))
			rcu_assign_pointer(network->slot[eid], route);
	}
	return 0;
}

/**
 * mctp_route_del() - a way to a range of EIDs is no more
 * @network: network of the EIDs; referenced by the caller or by @mdev
 * @mdev: device of a direct or local route, NULL for a gateway route
 * @gateway: EID of the next bridge, or 0 with @mdev
 * @type: RTN_UNICAST or RTN_LOCAL
 * @min: first EID
 * @max: last EID
 * @extack: for the reason of a refusal
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL, -ENOENT if there is no such route.
 */
int mctp_route_del(struct mctp_network *network, struct mctp_dev *mdev,
		   u8 gateway, u8 type, u8 min, u8 max,
		   struct netlink_ext_ack *extack)
{
	struct mctp_route *route;
	unsigned int eid;
	int err;

	ASSERT_RTNL();
	err = mctp_route_check(mdev, gateway, min, max, 0, extack);
	if (err)
		return err;
	route = mctp_route_find(network, mdev, gateway, type, min, max);
	if (!route) {
		NL_SET_ERR_MSG(extack,
			       "There is no route of just this range by that device or gateway");
		return -ENOENT;
	}

	list_del(&route->list);
	for (eid = min; eid <= max; eid++)
		if (rtnl_dereference(network->slot[eid]) == route)
			mctp_route_choose(network, eid);
	mctp_route_free(route);
	return 0;
}

/* All routes by @mdev, or all gateway routes if it is NULL */
static void mctp_route_flush(struct mctp_network *network,
			     const struct mctp_dev *mdev)
{
	struct mctp_route *route, *tmp;
	unsigned int eid;
	LIST_HEAD(gone);

	ASSERT_RTNL();
	list_for_each_entry_safe(route, tmp, &network->routes, list)
		if (route->mdev == mdev)
			list_move(&route->list, &gone);
	if (list_empty(&gone))
		return;

	for (eid = 0; eid < MCTP_EIDS; eid++) {
		route = rtnl_dereference(network->slot[eid]);
		if (route && route->mdev == mdev)
			mctp_route_choose(network, eid);
	}
	/* @network may go with the last of them */
	list_for_each_entry_safe(route, tmp, &gone, list)
		mctp_route_free(route);
}

/**
 * mctp_route_flush_dev() - a device leaves its network: its routes go
 * @mdev: the device
 *
 * Context: process context, RTNL held.
 */
void mctp_route_flush_dev(struct mctp_dev *mdev)
{
	mctp_route_flush(rtnl_dereference(mdev->network), mdev);
}

/**
 * mctp_route_flush_network() - a network ends: its gateway routes go
 * @network: the network, valid by RCU or a reference, without devices
 *
 * Context: process context, RTNL held.
 */
void mctp_route_flush_network(struct mctp_network *network)
{
	mctp_route_flush(network, NULL);
}

/**
 * mctp_route_is_local() - is an EID ours in a network?
 * @network: the network
 * @eid: the EID
 *
 * Context: RCU read side.
 * Return: true if a device of @network has @eid.
 */
bool mctp_route_is_local(const struct mctp_network *network, u8 eid)
{
	const struct mctp_route *route = rcu_dereference(network->slot[eid]);

	return route && route->type == RTN_LOCAL;
}

/**
 * mctp_route_lookup() - the way to an endpoint
 * @network: its network
 * @eid: the endpoint
 * @way: filled on success, all but the link address
 *
 * Context: RCU read side.
 * Return: 0, or -EHOSTUNREACH if there is no route, or its gateways are more
 * than 8, in a loop, or us; -ENETDOWN if the device is down; -EMSGSIZE if the
 * way has an MTU below 68.
 */
int mctp_route_lookup(struct mctp_network *network, u8 eid,
		      struct mctp_way *way)
{
	const struct mctp_route *route;
	unsigned int depth = 0;
	u32 mtu = U32_MAX;

	for (;;) {
		route = rcu_dereference(network->slot[eid]);
		if (!route)
			return -EHOSTUNREACH;
		if (route->mtu)
			mtu = min(mtu, route->mtu);
		if (route->mdev)
			break;
		if (depth++ == MCTP_ROUTE_DEPTH_MAX)
			return -EHOSTUNREACH;
		eid = route->gateway;
	}

	way->local = route->type == RTN_LOCAL;
	if (way->local && depth)
		return -EHOSTUNREACH;
	if (!(READ_ONCE(route->mdev->dev->flags) & IFF_UP))
		return -ENETDOWN;

	way->mdev = route->mdev;
	way->network = network;
	way->mtu = min_t(u32, mtu, READ_ONCE(route->mdev->dev->mtu));
	way->next_hop = eid;
	way->have_lladdr = false;
	if (way->mtu < MCTP_MTU_MIN && !way->local)
		return -EMSGSIZE;
	return 0;
}
