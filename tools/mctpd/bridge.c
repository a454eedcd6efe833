// SPDX-License-Identifier: GPL-2.0
/*
 * Bridges: the EIDs that they get for what is behind them, and what they are told of the network.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

/* Entries in one Routing Information Update: few enough for the least transmission unit. */
#define TOLD_AT_ONCE 5

/* Entries for one bridge: two for each EID, and what is above, which are 257 at most. */
#define NEWS_MAX 768

static bool is_gateway(const struct network *network, uint8_t eid)
{
	const struct link *link = network_upstream(network);

	return network->endpoints[eid] || (link && link->bus_owner == eid);
}

/*
 * Of bridges that left while mctpd was not there: routes to as few EIDs or fewer may win. One to more does not, and
 * may be somebody's way to all that mctpd does not know.
 */
static void drop_stale_gateways(struct network *network, int first, int last)
{
	struct kernel_route *routes, *r;
	size_t n;

	if (kernel_routes(network->d, &routes, &n))
		return;
	for (r = routes; r < routes + n; r++) {
		if (!r->gw || r->gw_net != network->id || r->first > last || r->last < first ||
		    r->last - r->first > last - first || is_gateway(network, r->gw))
			continue;
		log_info("the route to EIDs %u to %u by EID %u, which is not known, makes way for EIDs %d to %d.",
			 r->first, r->last, r->gw, first, last);
		kernel_del_gateway(network->d, network->id, r->gw, r->first,
				   r->last - r->first + 1);
	}
	free(routes);
}

static int add_gateway(struct endpoint *ep, uint8_t first, uint8_t size)
{
	drop_stale_gateways(ep->network, first, first + size - 1);
	return kernel_add_gateway(ep->network->d, ep->network->id, ep->eid, first, size);
}

static void drop_range(struct endpoint *ep, uint8_t first, uint8_t size)
{
	kernel_del_gateway(ep->network->d, ep->network->id, ep->eid, first, size);
	network_return(ep->network, first, size);
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
	ep->network->given[first] = size;
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

/* It had them when mctpd was not there: so the kernel says. */
static bool is_routed(const struct endpoint *ep, uint8_t first, uint8_t size)
{
	struct kernel_route *routes;
	bool found = false;
	size_t n, i;

	if (kernel_routes_by(ep->network->d, ep->network->id, ep->eid, &routes, &n))
		return false;
	for (i = 0; i < n; i++)
		found |= routes[i].first == first && routes[i].last - first + 1 == size;
	free(routes);
	return found;
}

static const struct config_static *static_of(const struct endpoint *ep)
{
	return setup_static_of(ep->link, &ep->addr, ep->have_uuid ? ep->uuid : NULL);
}

/*
 * May a bridge keep these EIDs, which it says it has? Not if they are none, ours, or kept for others. Nor if they are more
 * than it would get, than it shall have (@wanted, 0 for any), or than it was given before: one device could have all that
 * there are.
 */
static bool may_keep(const struct endpoint *ep, uint8_t first, uint8_t size, uint8_t wanted)
{
	const struct network *network = ep->network;
	const struct config_static *own = static_of(ep);
	int most = network->d->config.max_pool_size, eid;

	if (own && own->pool_size > most)
		most = own->pool_size;
	if (wanted > most)
		most = wanted;
	if (first < EID_FIRST || first + size - 1 > EID_LAST ||
	    (size > most && network->given[first] != size && !is_routed(ep, first, size)))
		return false;
	for (eid = first; eid < first + size; eid++) {
		const struct pool_eid *e = &network->pool.eids[eid];

		if (e->local || (e->reserved && !(own && own->pool_start && eid >= own->pool_start &&
						  eid < own->pool_start + own->pool_size)))
			return false;
	}
	return true;
}

static int refuse_range(const struct endpoint *ep, uint8_t first, uint8_t size)
{
	log_warning("%s: the bridge with EID %u cannot have %u EIDs from %u on.", ep->link->name,
		    ep->eid, size, first);
	return -EPERM;
}

static int take_range(struct endpoint *ep, uint8_t first, uint8_t size)
{
	int err = pool_take_range_at(&ep->network->pool, first, size);

	if (err)
		return err;
	err = add_gateway(ep, first, size);
	if (err)
		network_return(ep->network, first, size);
	else
		set_pool(ep, first, size);
	return err;
}

static int adopt_range(struct endpoint *ep, uint8_t first, uint8_t size, uint8_t wanted)
{
	return may_keep(ep, first, size, wanted) ? take_range(ep, first, size) :
						   refuse_range(ep, first, size);
}

/*
 * The route comes first, so that what is behind can be heard as soon as it has its EID.
 *
 * Return: 0; -ESTALE when a bus owner above has given us other EIDs meanwhile; another negative errno.
 */
static int allocate(struct endpoint *ep, uint8_t wanted, const struct setup *how)
{
	unsigned int changes = ep->network->changes;
	bool again = ep->pool_size;
	uint8_t size = again ? ep->pool_size : wanted;
	struct codec_allocate got;
	int first, err;

	first = again ? ep->pool_start : choose_range(ep, &size, how);
	if (first < 0)
		return first;
	err = add_gateway(ep, first, size);
	if (err && !again)
		network_return(ep->network, first, size);
	if (err)
		return err;
	err = tell_range(ep, how && how->force ? CODEC_ALLOCATE_FORCE : CODEC_ALLOCATE, first, size,
			 &got);
	/* Its pool has left with it. */
	if (ep->gone && again)
		return -ENODEV;
	if (!err && !again && changes != ep->network->changes &&
	    !network_may_give(ep->network, first, size)) {
		drop_range(ep, first, size);
		return -ESTALE;
	}
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
	return got.size ? adopt_range(ep, got.first, got.size, how ? how->pool_size : 0) : -EPERM;
}

/**
 * bridge_allocate - give a bridge EIDs for what is behind it; by a task
 * @ep: the bridge
 * @wanted: how many it asks for
 * @how: what was asked for, or NULL to give it again the pool that it had
 *
 * Return: 0; -ESTALE when a bus owner above gives us other EIDs all the time; another negative errno.
 */
int bridge_allocate(struct endpoint *ep, uint8_t wanted, const struct setup *how)
{
	const struct setup others = { .pool_size = how ? how->pool_size : 0, .force = true };
	int err, round;

	err = allocate(ep, wanted, how);
	for (round = 1; err == -ESTALE && round < ROUNDS_MAX; round++)
		err = allocate(ep, wanted, &others);
	return err;
}

/* The pool that the kernel's routes tell of, for bridges that do not tell. */
static int adopt_routes(struct endpoint *ep)
{
	struct kernel_route *routes;
	int err = -ENOENT;
	size_t n, i;

	if (kernel_routes_by(ep->network->d, ep->network->id, ep->eid, &routes, &n))
		return -EIO;
	for (i = 0; i < n && err; i++)
		err = adopt_range(ep, routes[i].first, routes[i].last - routes[i].first + 1, 0);
	free(routes);
	return err;
}

/**
 * bridge_read_pool - ask a bridge which EIDs it has for what is behind it; by a task
 *
 * Return: 0 or a negative errno; @got->size is 0 when it has none.
 */
int bridge_read_pool(struct endpoint *ep, struct codec_allocate *got)
{
	return tell_range(ep, CODEC_ALLOCATE_INFO, 0, 0, got);
}

/**
 * bridge_adopt_pool - take over the pool that a bridge has from before; by a task
 * @ep: the bridge
 * @learn: it keeps what it has, or has none
 *
 * One that is not ours to give is not reached from above, and one that is too large leaves nothing to others: the
 * bridge gets that of the configuration, or another.
 *
 * Return: 0, also when it has none; or a negative errno.
 */
int bridge_adopt_pool(struct endpoint *ep, bool learn)
{
	const struct config_static *own;
	struct setup other = { .force = true };
	struct codec_allocate got;
	int err;

	if (ep->pool_size)
		return 0;
	err = bridge_read_pool(ep, &got);
	if (err == -ENODEV)
		return err;
	if (err || !got.size)
		return adopt_routes(ep) == -EEXIST ? -EEXIST : 0;
	if (network_may_give(ep->network, got.first, got.size)) {
		if (may_keep(ep, got.first, got.size, 0))
			return take_range(ep, got.first, got.size);
		if (learn)
			return refuse_range(ep, got.first, got.size);
	}
	own = static_of(ep);
	if (own) {
		other.pool_start = own->pool_start;
		other.pool_size = own->pool_size;
	}
	return bridge_allocate(ep, got.size, &other);
}

static struct codec_route route_of(const struct link *link, const struct config_addr *addr,
				   uint8_t kind, uint8_t first, uint8_t size)
{
	struct codec_route route = {
		.size = size,
		.first = first,
		.kind = kind | link->port,
		.binding = link->binding,
		.addr_len = addr->len,
	};

	memcpy(route.addr, addr->bytes, addr->len);
	return route;
}

static struct codec_route route_to(const struct endpoint *ep, bool pool)
{
	const struct config_addr *addr = ep->bridge ? &ep->bridge->addr : &ep->addr;
	uint8_t kind = ep->is_bridge ? CODEC_ROUTE_BRIDGE : CODEC_ROUTE_ENDPOINT;

	if (pool)
		return route_of(ep->link, addr, CODEC_ROUTE_RANGE, ep->pool_start, ep->pool_size);
	return route_of(ep->link, addr, kind, ep->eid, 1);
}

/**
 * bridge_put_entry - append an entry of a routing table
 * @ep: an endpoint, or a bridge
 * @pool: of a bridge the EIDs of its pool, among which its own is not
 */
void bridge_put_entry(struct codec_buffer *b, const struct endpoint *ep, bool pool)
{
	const struct codec_route route = route_to(ep, pool);

	codec_put_route(b, &route);
}

/**
 * struct news - what a bridge is to be told
 * @routes: the entries
 * @n: how many
 */
struct news {
	struct codec_route routes[NEWS_MAX];
	unsigned int n;
};

static void add_news(struct news *news, struct codec_route route)
{
	if (news->n < NEWS_MAX)
		news->routes[news->n++] = route;
}

/* Beside the bridge, on links where we are bus owner */
static void add_beside(struct news *news, const struct endpoint *bridge)
{
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = bridge->network->endpoints[eid];

		if (!ep || ep == bridge || ep->bridge || !ep->path)
			continue;
		add_news(news, route_to(ep, false));
		if (ep->pool_size)
			add_news(news, route_to(ep, true));
	}
}

/* The bus owner above us, and what it has told us of */
static void add_above(struct news *news, struct network *network)
{
	const struct link *link = network_upstream(network);
	struct kernel_route *routes;
	size_t n, i;

	if (!link || !link->bus_owner)
		return;
	add_news(news, route_of(link, &link->owner_addr, CODEC_ROUTE_BRIDGE, link->bus_owner, 1));
	if (kernel_routes_by(network->d, network->id, link->bus_owner, &routes, &n))
		return;
	for (i = 0; i < n; i++)
		add_news(news, route_of(link, &link->owner_addr, CODEC_ROUTE_RANGE, routes[i].first,
					routes[i].last - routes[i].first + 1));
	free(routes);
}

static int tell_once(struct endpoint *bridge)
{
	struct target to = endpoint_target(bridge);
	struct news news = { .n = 0 };
	unsigned int told = 0, n, i;
	struct answer raw;
	struct codec_buffer b;
	int err = 0;

	add_above(&news, bridge->network);
	add_beside(&news, bridge);
	while (!err && told < news.n && !bridge->gone) {
		n = news.n - told < TOLD_AT_ONCE ? news.n - told : TOLD_AT_ONCE;
		codec_request(&b, CODEC_ROUTING_UPDATE);
		codec_put_u8(&b, n);
		for (i = 0; i < n; i++)
			codec_put_route(&b, &news.routes[told++]);
		err = request_done(&to, &b, &raw);
	}
	return err;
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
