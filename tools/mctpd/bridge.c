// SPDX-License-Identifier: GPL-2.0
/*
 * Bridges: the EIDs that they get for what is behind them, and finding out what that is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

/* A routing table has no more answers than this; a bridge that says otherwise is not believed. */
#define TABLE_ANSWERS_MAX 64

/* Entries that are taken of one answer. */
#define ROUTES_MAX 32

/* Entries in one Routing Information Update: few enough for the least transmission unit. */
#define TOLD_AT_ONCE 5

static int add_gateway(struct endpoint *ep, uint8_t first, uint8_t size)
{
	return kernel_add_gateway(ep->network->d, ep->network->id, ep->eid, first, size);
}

static void return_range(struct endpoint *ep, uint8_t first, uint8_t size)
{
	int i;

	for (i = 0; i < size; i++)
		pool_return(&ep->network->pool, first + i, now_us());
}

static void drop_range(struct endpoint *ep, uint8_t first, uint8_t size)
{
	kernel_del_gateway(ep->network->d, ep->network->id, ep->eid, first, size);
	return_range(ep, first, size);
}

/**
 * bridge_drop_pool - a bridge leaves: its EIDs are free again
 */
void bridge_drop_pool(struct endpoint *ep)
{
	if (ep->pool_size)
		drop_range(ep, ep->pool_start, ep->pool_size);
	ep->pool_size = 0;
}

static void set_pool(struct endpoint *ep, uint8_t first, uint8_t size)
{
	ep->pool_start = first;
	ep->pool_size = size;
	ep->is_bridge = true;
	log_info("%s: the bridge with EID %u has EIDs %u to %u for what is behind it.",
		 ep->link->name, ep->eid, first, first + size - 1);
	dbus_endpoint_bridge_added(ep);
}

/* EIDs for the bridge: certain ones, or those that are left, if need be fewer than it wants. */
static int choose_range(struct endpoint *ep, uint8_t *size, const struct setup *how)
{
	struct pool *pool = &ep->network->pool;
	uint8_t most = ep->network->d->config.max_pool_size;
	int first;

	if (how && how->pool_size)
		*size = how->pool_size;
	else if (*size > most)
		*size = most;
	if (how && how->pool_start)
		return pool_take_range_at(pool, how->pool_start, *size) ?: how->pool_start;
	for (; *size; (*size)--) {
		first = pool_take_range(pool, *size, now_us());
		if (first > 0)
			return first;
	}
	return -ENOSPC;
}

static int tell_range(struct endpoint *ep, uint8_t operation, uint8_t first, uint8_t size,
		      struct codec_allocate *got)
{
	struct target to = endpoint_target(ep);
	struct answer raw;
	struct codec_buffer b;
	int err;

	codec_request(&b, CODEC_ALLOCATE_EIDS);
	codec_put_u8(&b, operation);
	codec_put_u8(&b, size);
	codec_put_u8(&b, first);
	err = request_done(&to, &b, &raw);
	if (!err)
		err = codec_read_allocate(&raw.msg, got);
	return !err && ep->gone ? -ENODEV : err;
}

static int adopt_range(struct endpoint *ep, uint8_t first, uint8_t size)
{
	int err = pool_take_range_at(&ep->network->pool, first, size);

	if (err)
		return err;
	err = add_gateway(ep, first, size);
	if (err)
		return_range(ep, first, size);
	else
		set_pool(ep, first, size);
	return err;
}

/**
 * bridge_allocate - give a bridge EIDs for what is behind it; by a task
 * @ep: the bridge
 * @wanted: how many it asks for
 * @how: what was asked for, or NULL to give it again the pool that it had
 *
 * The route comes first, so that what is behind can be heard as soon as it has its EID.
 *
 * Return: 0 or a negative errno.
 */
int bridge_allocate(struct endpoint *ep, uint8_t wanted, const struct setup *how)
{
	bool again = ep->pool_size;
	uint8_t size = again ? ep->pool_size : wanted;
	struct codec_allocate got;
	int first, err;

	first = again ? ep->pool_start : choose_range(ep, &size, how);
	if (first < 0)
		return first;
	err = add_gateway(ep, first, size);
	if (err && !again)
		return_range(ep, first, size);
	if (err)
		return err;
	err = tell_range(ep, how && how->force ? CODEC_ALLOCATE_FORCE : CODEC_ALLOCATE, first, size,
			 &got);
	if (ep->gone)
		again = false;
	if (!err && !got.rejected && got.first == first && got.size) {
		if (!again)
			set_pool(ep, first, size);
		return 0;
	}
	if (again)
		return err ? err : -EPERM;
	drop_range(ep, first, size);
	if (err)
		return err;
	/* Another bus owner was there before, or the bridge has ideas of its own. */
	return got.size ? adopt_range(ep, got.first, got.size) : -EPERM;
}

/* The pool that the kernel's routes tell of, for bridges that do not tell. */
static int adopt_routes(struct endpoint *ep)
{
	struct kernel_route *routes;
	int err = -ENOENT;
	size_t n, i;

	if (kernel_routes(ep->network->d, &routes, &n))
		return -EIO;
	for (i = 0; i < n && err; i++) {
		if (routes[i].gw == ep->eid && routes[i].gw_net == ep->network->id)
			err = adopt_range(ep, routes[i].first,
					  routes[i].last - routes[i].first + 1);
	}
	free(routes);
	return err;
}

/**
 * bridge_adopt_pool - take over the pool that a bridge has from before; by a task
 *
 * Return: 0, also when it has none; or a negative errno.
 */
int bridge_adopt_pool(struct endpoint *ep)
{
	struct codec_allocate got;
	int err;

	if (ep->pool_size)
		return 0;
	err = tell_range(ep, CODEC_ALLOCATE_INFO, 0, 0, &got);
	if (err == -ENODEV)
		return err;
	if (err || !got.size)
		return adopt_routes(ep) == -EEXIST ? -EEXIST : 0;
	return adopt_range(ep, got.first, got.size);
}

/**
 * bridge_learn - find out whether there is an endpoint behind a bridge; by a task
 * @bridge: the bridge, held by the caller
 * @eid: the EID
 * @found: gets the endpoint, held for the caller
 * @is_new: gets whether it was not known before
 *
 * Return: 0 or a negative errno.
 */
int bridge_learn(struct endpoint *bridge, uint8_t eid, struct endpoint **found, bool *is_new)
{
	struct target to = { .link = bridge->link, .eid = eid };
	struct codec_get_eid answer;
	struct endpoint *ep;
	int err;

	*is_new = false;
	ep = bridge->network->endpoints[eid];
	if (!ep) {
		err = request_get_eid(&to, &answer);
		if (err)
			return err;
		if (answer.eid != eid)
			return -EADDRNOTAVAIL;
		if (bridge->gone)
			return -ENODEV;
		ep = bridge->network->endpoints[eid];
	}
	if (!ep) {
		ep = endpoint_new_behind(bridge, eid);
		if (!ep)
			return -ENOMEM;
		ep->is_bridge = answer.bridge;
		*is_new = true;
		endpoint_get(ep);
		endpoint_query(ep);
		endpoint_show(ep);
	} else {
		endpoint_get(ep);
	}
	if (ep->gone) {
		endpoint_put(ep);
		return -ENODEV;
	}
	*found = ep;
	return 0;
}

static void learn(struct endpoint *bridge, uint8_t eid)
{
	struct endpoint *ep;
	bool is_new;

	if (bridge->gone || bridge->network->endpoints[eid] ||
	    network_is_local(bridge->network, eid))
		return;
	if (!bridge_learn(bridge, eid, &ep, &is_new))
		endpoint_put(ep);
}

/* EIDs of an entry, so far as they are in the bridge's pool. */
static void learn_route(struct endpoint *bridge, const struct codec_route *route)
{
	int eid;

	for (eid = route->first; eid < route->first + route->size && eid <= EID_LAST; eid++) {
		if (endpoint_pool_owner(bridge->network, eid) == bridge)
			learn(bridge, eid);
	}
}

/* Return: 0, or why the bridge's table cannot be read. */
static int read_table(struct endpoint *bridge)
{
	struct target to = endpoint_target(bridge);
	struct codec_route routes[ROUTES_MAX];
	uint8_t handle = 0, next;
	struct answer raw;
	struct codec_buffer b;
	int n, i, answers, err;

	for (answers = 0; answers < TABLE_ANSWERS_MAX; answers++) {
		codec_request(&b, CODEC_GET_ROUTING);
		codec_put_u8(&b, handle);
		err = request_done(&to, &b, &raw);
		if (err)
			return err;
		n = codec_read_routes(&raw.msg, &next, routes, ROUTES_MAX);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			learn_route(bridge, &routes[i]);
		if (next == CODEC_LAST_HANDLE || next == handle || bridge->gone)
			return 0;
		handle = next;
	}
	return 0;
}

static void explore(void *data)
{
	struct endpoint *bridge = data;
	int i, err;

	err = read_table(bridge);
	/* A bridge without a table: ask each EID of its pool. */
	if (err == -EOPNOTSUPP || err == -EREMOTEIO || err == -EBADMSG) {
		for (i = 0; i < bridge->pool_size; i++)
			learn(bridge, bridge->pool_start + i);
	}
	endpoint_done(bridge, &bridge->explored);
}

/**
 * bridge_explore - find out what is behind a bridge, as a task of its own
 */
void bridge_explore(struct endpoint *ep)
{
	if (ep->pool_size)
		endpoint_start(ep, &ep->explored, explore);
}

/**
 * bridge_put_entry - append an entry of a routing table
 * @ep: an endpoint, or a bridge
 * @pool: of a bridge the EIDs of its pool, among which its own is not
 */
void bridge_put_entry(struct codec_buffer *b, const struct endpoint *ep, bool pool)
{
	const struct config_addr *addr = ep->bridge ? &ep->bridge->addr : &ep->addr;
	struct codec_route route = {
		.size = pool ? ep->pool_size : 1,
		.first = pool ? ep->pool_start : ep->eid,
		.kind = pool	      ? CODEC_ROUTE_RANGE :
			ep->is_bridge ? CODEC_ROUTE_BRIDGE :
					CODEC_ROUTE_ENDPOINT,
		.binding = ep->link->binding,
		.addr_len = addr->len,
	};

	memcpy(route.addr, addr->bytes, addr->len);
	codec_put_route(b, &route);
}

/* Return: how many entries were put; @from is the EID to begin with, and then to go on with. */
static int fill_update(struct endpoint *bridge, struct codec_buffer *b, int *from)
{
	int n = 0;

	codec_request(b, CODEC_ROUTING_UPDATE);
	codec_put_u8(b, 0);
	for (; *from <= EID_LAST && n + 1 < TOLD_AT_ONCE; (*from)++) {
		struct endpoint *ep = bridge->network->endpoints[*from];

		if (!ep || ep == bridge || ep->bridge || !ep->path)
			continue;
		bridge_put_entry(b, ep, false);
		n++;
		if (ep->pool_size) {
			bridge_put_entry(b, ep, true);
			n++;
		}
	}
	b->bytes[2] = n;
	return n;
}

static int tell_once(struct endpoint *bridge)
{
	struct target to = endpoint_target(bridge);
	int from = EID_FIRST, err;
	struct answer raw;
	struct codec_buffer b;

	while (!bridge->gone && fill_update(bridge, &b, &from)) {
		err = request_done(&to, &b, &raw);
		if (err)
			return err;
	}
	return 0;
}

static void tell(void *data)
{
	struct endpoint *bridge = data;

	do {
		bridge->tell_again = false;
	} while (!tell_once(bridge) && bridge->tell_again && !bridge->gone);
	endpoint_done(bridge, &bridge->telling);
}

/**
 * bridge_tell_all - tell the bridges of a network what is elsewhere, as tasks of their own
 */
void bridge_tell_all(struct network *network)
{
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = network->endpoints[eid];

		if (!ep || !ep->pool_size || !ep->path)
			continue;
		ep->tell_again = true;
		endpoint_start(ep, &ep->telling, tell);
	}
}
