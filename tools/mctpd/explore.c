// SPDX-License-Identifier: GPL-2.0
/*
 * What is behind a bridge: its routing table, and those of the bridges behind it, say which EIDs to ask.
 *
 * An entry for one EID is asked with all retries. Of an entry for a range only the bridge that has it
 * knows which EIDs are in use: its own table is read, and only what no table tells of is asked one by
 * one, once each. That a range is its own is not for the bridge to say, but for the table that told of
 * the range: there its physical address is that of the bridge by which it is reached (DSP0236, Get
 * Routing Table Entries).
 */
#include <errno.h>
#include <string.h>

#include "mctpd.h"

/* A routing table has no more answers than this, and all that are read of one
 * bridge no more than that.
 */
#define TABLE_ANSWERS_MAX 64
#define ALL_ANSWERS_MAX   128

/* EIDs behind one bridge that are asked at the same time. */
#define ASKED_AT_ONCE 8

/**
 * struct place - where a table says that something is
 * @by: whose table, 0 for none
 * @port: port of that bridge
 * @binding: physical binding there
 * @media: medium
 * @addr: physical address
 */
struct place {
	uint8_t by;
	uint8_t port;
	uint8_t binding;
	uint8_t media;
	struct config_addr addr;
};

/**
 * struct exploration - what is known so far of the EIDs behind a bridge
 * @bridge: the bridge, held
 * @answers: how many answers with routing tables were read
 * @listed: there is an endpoint or a bridge of this EID
 * @at: where that is, by who told first
 * @range: how many EIDs the range has that begins with this one
 * @range_at: where that is, by who told first
 * @contested: two tables of bridges behind the first do not agree where
 * @asked: it was asked, as an endpoint
 * @read: it was asked for its routing table
 * @readers: how many tasks read tables beside the first
 * @over: who waits for the last of them
 */
struct exploration {
	struct endpoint *bridge;
	int answers;
	bool listed[256];
	struct place at[256];
	uint8_t range[256];
	struct place range_at[256];
	bool contested[256];
	bool asked[256];
	bool read[256];
	unsigned int readers;
	struct wait_list over;
};

/**
 * struct round - EIDs that several tasks ask
 * @bridge: the bridge that they are behind, held
 * @once: without retries
 * @eids: the EIDs
 * @n: how many
 * @next: the first that nobody has asked yet
 * @tasks: how many tasks ask
 * @over: who waits for the last of them
 */
struct round {
	struct endpoint *bridge;
	bool once;
	uint8_t eids[256];
	unsigned int n;
	unsigned int next;
	unsigned int tasks;
	struct wait_list over;
};

static int learn(struct endpoint *bridge, uint8_t eid, bool once, struct endpoint **found,
		 bool *is_new)
{
	struct target to = { .link = bridge->link, .eid = eid, .once = once };
	struct codec_get_eid answer;
	struct endpoint *ep;
	int err;

	*is_new = false;
	ep = bridge->network->endpoints[eid];
	if (!ep) {
		err = request_get_eid(&to, &answer);
		if (err)
			return err;
		if (answer.eid != eid || network_is_local(bridge->network, eid))
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

/**
 * explore_eid - find out whether there is an endpoint behind a bridge; by a
 * task
 * @bridge: the bridge, held by the caller
 * @eid: the EID
 * @found: gets the endpoint, held for the caller
 * @is_new: gets whether it was not known before
 *
 * Return: 0 or a negative errno.
 */
int explore_eid(struct endpoint *bridge, uint8_t eid, struct endpoint **found, bool *is_new)
{
	return learn(bridge, eid, false, found, is_new);
}

static void ask_in_turn(struct round *round)
{
	struct endpoint *ep;
	bool is_new;

	while (round->next < round->n && !round->bridge->gone) {
		if (!learn(round->bridge, round->eids[round->next++], round->once, &ep, &is_new))
			endpoint_put(ep);
	}
}

static void ask_beside(void *data)
{
	struct round *round = data;

	ask_in_turn(round);
	if (!--round->tasks)
		task_wake_all(&round->over);
}

static bool is_known(const struct network *network, uint8_t eid)
{
	return network->endpoints[eid] || network_is_local(network, eid);
}

/* Ask those that are wanted, so far as they are in the pool and were not asked yet. */
static void ask(struct exploration *x, const bool wanted[256], bool once)
{
	struct round round = { .bridge = x->bridge, .once = once };
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		if (!wanted[eid] || x->asked[eid] || is_known(x->bridge->network, eid) ||
		    endpoint_pool_owner(x->bridge->network, eid) != x->bridge)
			continue;
		x->asked[eid] = true;
		round.eids[round.n++] = eid;
	}
	while (round.tasks + 1 < ASKED_AT_ONCE && round.tasks + 1 < round.n) {
		if (task_start(ask_beside, &round))
			break;
		round.tasks++;
	}
	ask_in_turn(&round);
	while (round.tasks)
		task_wait_on(&round.over);
}

static struct place place_of(uint8_t by, const struct codec_route *route)
{
	struct place place = {
		.by = by,
		.port = route->kind & CODEC_ROUTE_PORT,
		.binding = route->binding,
		.media = route->media,
		.addr.len = route->addr_len,
	};

	memcpy(place.addr.bytes, route->addr, route->addr_len);
	return place;
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->by == b->by && a->port == b->port && a->binding == b->binding &&
	       a->media == b->media && addr_equal(&a->addr, &b->addr);
}

/* What the first bridge's own table tells, which is read before all others, is beyond dispute. */
static void note_range_at(struct exploration *x, uint8_t first, const struct place *place)
{
	struct place *at = &x->range_at[first];

	if (!at->by)
		*at = *place;
	else if (at->by != x->bridge->eid && !same_place(at, place))
		x->contested[first] = true;
}

/* The range of a bridge with its pool begins with the bridge. */
static void note_route(struct exploration *x, uint8_t by, const struct codec_route *route)
{
	const struct place place = place_of(by, route);
	uint8_t first = route->first, size = route->size;
	uint8_t kind = route->kind & CODEC_ROUTE_KIND;

	if ((size == 1 && kind != CODEC_ROUTE_RANGE) ||
	    (size && kind == CODEC_ROUTE_BRIDGE_RANGE)) {
		if (!x->at[first].by)
			x->at[first] = place;
		x->listed[first++] = true;
		size--;
	}
	if (size)
		note_range_at(x, first, &place);
	if (size > x->range[first])
		x->range[first] = size;
}

/* Return: 0, or why the table of the bridge @of, or of one behind it, cannot be read. */
static int read_table(struct exploration *x, struct endpoint *of)
{
	struct target to = endpoint_target(of);
	struct codec_route routes[CODEC_ROUTES_MAX];
	uint8_t handle = 0, next;
	struct answer raw;
	struct codec_buffer b;
	int n, i, answers, err;

	x->read[of->eid] = true;
	for (answers = 0; answers < TABLE_ANSWERS_MAX; answers++) {
		if (x->answers == ALL_ANSWERS_MAX)
			return -EMSGSIZE;
		x->answers++;
		codec_request(&b, CODEC_GET_ROUTING);
		codec_put_u8(&b, handle);
		err = request_done(&to, &b, &raw);
		if (err)
			return err;
		n = codec_read_routes(&raw.msg, &next, routes);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			note_route(x, of->eid, &routes[i]);
		if (next == CODEC_LAST_HANDLE || next == handle)
			return 0;
		if (of->gone || x->bridge->gone)
			return -ENODEV;
		handle = next;
	}
	return -EMSGSIZE;
}

/* A bridge behind the bridge whose table was not read yet */
static struct endpoint *next_behind(const struct exploration *x)
{
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = x->bridge->network->endpoints[eid];

		if (ep && ep->bridge == x->bridge && ep->is_bridge && !x->read[eid])
			return ep;
	}
	return NULL;
}

/* Is the bridge @of the only one at the place of this range? */
static bool has_range(const struct exploration *x, const struct endpoint *of, uint8_t first)
{
	const struct endpoint *other;
	int eid;

	if (!x->range[first] || x->contested[first] ||
	    !same_place(&x->range_at[first], &x->at[of->eid]))
		return false;
	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		other = x->bridge->network->endpoints[eid];
		if (other && other != of && other->bridge == x->bridge && other->is_bridge &&
		    same_place(&x->at[eid], &x->at[of->eid]))
			return false;
	}
	return true;
}

/* What the table of the bridge @of tells of its pool is all that is there. */
static void read_behind(struct exploration *x, struct endpoint *of)
{
	struct codec_allocate pool;

	if (!read_table(x, of) && !bridge_read_pool(of, &pool) &&
	    x->range[pool.first] == pool.size && has_range(x, of, pool.first))
		x->range[pool.first] = 0;
}

static void read_in_turn(struct exploration *x)
{
	struct endpoint *of;

	while (!x->bridge->gone && (of = next_behind(x))) {
		endpoint_get(of);
		read_behind(x, of);
		endpoint_put(of);
	}
}

static void read_beside(void *data)
{
	struct exploration *x = data;

	read_in_turn(x);
	if (!--x->readers)
		task_wake_all(&x->over);
}

/* Several at the same time, as some may be silent; their tables may tell of more bridges. */
static void read_all_behind(struct exploration *x)
{
	while (!x->bridge->gone && next_behind(x)) {
		while (x->readers + 1 < ASKED_AT_ONCE && !task_start(read_beside, x))
			x->readers++;
		read_in_turn(x);
		while (x->readers)
			task_wait_on(&x->over);
		ask(x, x->listed, false);
	}
}

static void ask_ranges(struct exploration *x, bool once)
{
	bool wanted[256] = { false };
	int first, eid;

	for (first = EID_FIRST; first <= EID_LAST; first++) {
		for (eid = first; eid < first + x->range[first] && eid <= EID_LAST; eid++)
			wanted[eid] = true;
	}
	ask(x, wanted, once);
}

static void explore_once(struct endpoint *bridge)
{
	struct exploration x = { .bridge = bridge };
	int err;

	err = read_table(&x, bridge);
	if (err == -EOPNOTSUPP || err == -EREMOTEIO || err == -EBADMSG) {
		/* It has no table: each EID of its pool may be there. */
		x.range[bridge->pool_start] = bridge->pool_size;
		ask_ranges(&x, false);
	} else if (!err || err == -EMSGSIZE) {
		ask(&x, x.listed, false);
		read_all_behind(&x);
		ask_ranges(&x, true);
	}
}

static void explore(void *data)
{
	struct endpoint *bridge = data;

	do {
		bridge->explore_again = false;
		explore_once(bridge);
	} while (bridge->explore_again && !bridge->gone);
	endpoint_done(bridge, &bridge->explored);
}

/**
 * explore_bridge - find out what is behind a bridge, as a task of its own
 */
void explore_bridge(struct endpoint *ep)
{
	if (!ep->pool_size)
		return;
	ep->explore_again = true;
	endpoint_start(ep, &ep->explored, explore);
}
