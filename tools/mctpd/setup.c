// SPDX-License-Identifier: GPL-2.0
/*
 * Setting up the endpoint at a physical address: ask for its EID, keep or give one, find out what
 * it is. By tasks; one at a time for each address.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

/* While all free EIDs rest: how long to wait, and how often. */
#define REST_US   (POOL_REST_US / 10)
#define EID_TRIES 12

/**
 * setup_static_of - the EID that the configuration keeps for a device
 * @link: its link
 * @addr: its physical address
 * @uuid: its UUID, NULL if it is not known
 *
 * Return: the section, or NULL.
 */
const struct config_static *setup_static_of(struct link *link, const struct config_addr *addr,
					    const uint8_t *uuid)
{
	const struct config *config = &link->d->config;
	size_t i;

	for (i = 0; i < config->n_statics; i++) {
		const struct config_static *s = &config->statics[i];

		if (*s->match && fnmatch(s->match, link->name, 0))
			continue;
		if (s->have_addr && !addr_equal(&s->addr, addr))
			continue;
		if (s->have_uuid && (!uuid || memcmp(s->uuid, uuid, 16)))
			continue;
		return s;
	}
	return NULL;
}

static bool needs_uuid(const struct link *link)
{
	const struct config *config = &link->d->config;
	size_t i;

	for (i = 0; i < config->n_statics; i++) {
		if (config->statics[i].have_uuid)
			return true;
	}
	return false;
}

/**
 * struct work - setting up one endpoint
 * @link: its link
 * @to: its physical address
 * @how: what was asked for
 * @fixed: what the configuration keeps for it, or NULL
 * @has: the EID that it says it has
 * @bridge: it says that it is a bridge
 * @changes: those of the network when it began
 */
struct work {
	struct link *link;
	struct target to;
	struct setup how;
	const struct config_static *fixed;
	uint8_t has;
	bool bridge;
	unsigned int changes;
};

static void look_up_static(struct work *w)
{
	uint8_t uuid[16];
	bool have = needs_uuid(w->link) && !request_get_uuid(&w->to, uuid);

	w->fixed = setup_static_of(w->link, &w->to.addr, have ? uuid : NULL);
	if (!w->fixed)
		return;
	if (pool_is_taken(&w->link->network->pool, w->fixed->eid)) {
		log_warning("%s does not get EID %u, which is kept for it: another has it.",
			    target_text(&w->to), w->fixed->eid);
		w->fixed = NULL;
		return;
	}
	if (w->how.mode != SETUP_STATIC) {
		w->how.pool_start = w->fixed->pool_start;
		w->how.pool_size = w->fixed->pool_size;
	}
}

/* The link has left, or its EIDs are no longer ours to give. */
static bool is_over(const struct work *w)
{
	return w->link->gone || w->link->role != ROLE_BUS_OWNER;
}

/* Meanwhile a bus owner above has given us other EIDs, and this one is none of them; or it is our own now. */
static bool is_stale(const struct work *w, uint8_t eid)
{
	const struct network *network = w->link->network;

	return w->changes != network->changes &&
	       (!network_may_give(network, eid, 1) || network_is_local(network, eid));
}

/* Can the endpoint have this EID, and nobody else has it? */
static bool is_acceptable(const struct work *w, uint8_t eid)
{
	const struct pool *pool = &w->link->network->pool;

	if (eid < EID_FIRST || eid > EID_LAST || network_is_local(w->link->network, eid) ||
	    pool_is_taken(pool, eid))
		return false;
	return !pool->eids[eid].reserved || (w->fixed && w->fixed->eid == eid);
}

/* The EID that it shall have: taken from the pool, or a negative errno. */
static int choose_eid(struct work *w)
{
	struct network *network = w->link->network;
	int eid = 0, try;

	if (w->how.mode == SETUP_STATIC)
		eid = w->how.eid;
	else if (w->fixed)
		eid = w->fixed->eid;
	if (eid)
		return pool_take_eid(&network->pool, eid) ?: eid;
	if (w->how.preferred && !pool_take_fresh(&network->pool, w->how.preferred))
		return w->how.preferred;
	for (try = 0; try < EID_TRIES; try++) {
		eid = pool_take(&network->pool, now_us());
		if (eid != -EAGAIN)
			return eid;
		task_sleep(REST_US);
		if (is_over(w))
			return -ENODEV;
	}
	return -ENOSPC;
}

/* Give the EID; the endpoint may answer with another one, or keep what it has. */
static int give_eid(struct work *w, uint8_t eid, struct codec_set_eid *got)
{
	struct network *network = w->link->network;
	struct answer raw;
	struct codec_buffer b;
	int err;

	codec_request(&b, CODEC_SET_EID);
	codec_put_u8(&b, CODEC_SET);
	codec_put_u8(&b, eid);
	err = request_done(&w->to, &b, &raw);
	if (!err)
		err = codec_read_set_eid(&raw.msg, got);
	if (!err && is_over(w))
		err = -ENODEV;
	if (!err && is_stale(w, eid))
		err = -ESTALE;
	if (err) {
		network_return(network, eid, 1);
		return err;
	}
	if (got->eid == eid)
		return 0;
	network_return(network, eid, 1);
	log_warning("%s wants to have EID %u, not %u.", target_text(&w->to), got->eid, eid);
	if (!is_acceptable(w, got->eid))
		return -EADDRINUSE;
	return pool_take_eid(&network->pool, got->eid);
}

/*
 * The device of an endpoint that is known says that it has the EID @has. Without one it was reset,
 * and gets its EID again, and a bridge its pool; unless it is another device by its UUID.
 *
 * Return: 0 when all is as it was, -ESTALE for another device, or why it does not answer.
 */
static int restore(struct work *w, struct endpoint *ep)
{
	struct codec_set_eid got;
	struct answer raw;
	struct codec_buffer b;
	uint8_t uuid[16];
	int err;

	if (w->has == ep->eid)
		return 0;
	if (w->has && !ep->assigned)
		return -ESTALE;
	if (ep->have_uuid && (request_get_uuid(&w->to, uuid) || memcmp(uuid, ep->uuid, 16)))
		return -ESTALE;
	codec_request(&b, CODEC_SET_EID);
	codec_put_u8(&b, CODEC_SET);
	codec_put_u8(&b, ep->eid);
	err = request_done(&w->to, &b, &raw);
	if (!err)
		err = codec_read_set_eid(&raw.msg, &got);
	if (err)
		return err;
	if (got.eid != ep->eid)
		return -ESTALE;
	log_info("%s: EID %u is given again, after a reset of its device.", ep->link->name,
		 ep->eid);
	ep->assigned = true;
	if (!ep->gone && ep->pool_size && got.pool == CODEC_POOL_NEEDED)
		err = bridge_allocate(ep, ep->pool_size, NULL);
	if (!ep->gone)
		endpoint_refresh(ep);
	return err;
}

static struct endpoint *make(struct work *w, uint8_t eid, bool assigned)
{
	struct endpoint *ep = endpoint_new(w->link, eid, &w->to.addr);

	if (!ep) {
		network_return(w->link->network, eid, 1);
		return NULL;
	}
	ep->assigned = assigned;
	ep->is_bridge = w->bridge;
	return ep;
}

/* Does the bridge get a pool of us? One that has a pool keeps it, unless a certain one is wanted. */
static bool is_to_allocate(struct work *w, const struct codec_set_eid *got)
{
	if (!got)
		return false;
	w->how.force = got->pool == CODEC_POOL_HELD && w->how.mode == SETUP_STATIC &&
		       w->how.pool_size;
	return w->how.force || (got->pool == CODEC_POOL_NEEDED && got->pool_size);
}

/* Find out the rest, with the endpoint in the tables. */
static int finish(struct work *w, struct endpoint *ep, const struct codec_set_eid *got)
{
	int err = 0;

	endpoint_get(ep);
	endpoint_query(ep);
	if (!ep->gone && is_to_allocate(w, got))
		err = bridge_allocate(ep, got->pool_size, &w->how);
	else if (!ep->gone && (w->bridge || (got && got->pool == CODEC_POOL_HELD)))
		err = bridge_adopt_pool(ep, w->how.mode == SETUP_LEARN);
	/* It has its EID, but nobody would look for its pool again. */
	if (err == -ESTALE)
		endpoint_remove(ep, "the bus owner above gives other EIDs all the time");
	if (err)
		log_warning("%s gets no EIDs for what is behind it: %s.", target_text(&w->to),
			    strerror(-err));
	endpoint_show(ep);
	explore_bridge(ep);
	err = ep->gone ? -ENODEV : 0;
	endpoint_put(ep);
	return err;
}

static int assign(struct work *w, struct endpoint **ep)
{
	struct codec_set_eid got;
	int eid, err;

	eid = choose_eid(w);
	if (eid < 0)
		return eid;
	err = give_eid(w, eid, &got);
	if (err)
		return err;
	w->bridge |= got.pool != CODEC_POOL_NONE;
	*ep = make(w, got.eid, true);
	if (!*ep)
		return -EIO;
	return finish(w, *ep, &got);
}

static int keep(struct work *w, struct endpoint **ep)
{
	int err = pool_take_eid(&w->link->network->pool, w->has);

	if (err)
		return err;
	*ep = make(w, w->has, false);
	if (!*ep)
		return -EIO;
	return finish(w, *ep, NULL);
}

static bool wants_other(const struct work *w)
{
	switch (w->how.mode) {
	case SETUP_LEARN:
		return false;
	case SETUP_ANY:
		return (w->fixed && w->fixed->eid != w->has) ||
		       !network_may_give(w->link->network, w->has, 1);
	case SETUP_STATIC:
		return w->how.eid != w->has || w->how.pool_size;
	default:
		return true;
	}
}

/* Are other EIDs than it has asked for, for what is behind it? */
static bool wants_other_pool(const struct setup *how, const struct endpoint *ep)
{
	if (!ep->pool_size)
		return ep->is_bridge && how->pool_size;
	return (how->pool_start && how->pool_start != ep->pool_start) ||
	       (how->pool_size && how->pool_size != ep->pool_size);
}

/* Has somebody else than @ep this EID? What is behind it is its own. */
static bool has_other(const struct work *w, const struct endpoint *ep, uint8_t eid)
{
	const struct pool_eid *e = &w->link->network->pool.eids[eid];

	if (ep && (eid == ep->eid || (eid >= ep->pool_start && eid < ep->pool_start + ep->pool_size)))
		return false;
	return e->taken || e->local;
}

/* Is what was asked for to be had? If not, @ep, which is known at this address, stays as it is. */
static int check_wanted(const struct work *w, const struct endpoint *ep)
{
	const struct setup *how = &w->how;
	int i;

	if (how->mode != SETUP_STATIC)
		return 0;
	if (has_other(w, ep, how->eid))
		return -EEXIST;
	for (i = 0; how->pool_start && i < how->pool_size; i++) {
		if (has_other(w, ep, how->pool_start + i))
			return -ENOTUNIQ;
	}
	return 0;
}

/* Return: 0 when @ep is as it was; -ESTALE when it is gone, and the way is free for another. */
static int set_up_known(struct work *w, struct endpoint *ep)
{
	int err = -ESTALE;

	if (w->how.mode == SETUP_STATIC && w->how.eid != ep->eid) {
		endpoint_remove(ep, "it shall have another EID");
		return err;
	}
	if (w->how.mode == SETUP_STATIC && wants_other_pool(&w->how, ep)) {
		endpoint_remove(ep, "what is behind it shall have other EIDs");
		return err;
	}
	endpoint_get(ep);
	err = restore(w, ep);
	if (err == -ESTALE)
		endpoint_remove(ep, "another device is in its place");
	if (ep->gone && !err)
		err = -ENODEV;
	if (!err)
		endpoint_set_degraded(ep, false);
	endpoint_put(ep);
	return err;
}

static int set_up(struct work *w, struct endpoint **ep, bool *is_new)
{
	struct codec_get_eid now;
	int err;

	err = request_get_eid(&w->to, &now);
	if (err)
		return err;
	if (is_over(w))
		return -ENODEV;
	w->has = now.eid;
	w->bridge = now.bridge;
	*is_new = false;
	*ep = endpoint_find_addr(w->link, &w->to.addr);
	err = check_wanted(w, *ep);
	if (err)
		return err;
	if (*ep) {
		err = set_up_known(w, *ep);
		if (err != -ESTALE)
			return err;
	}
	*is_new = true;
	look_up_static(w);
	if (is_over(w))
		return -ENODEV;
	if (!wants_other(w) && is_acceptable(w, w->has))
		return keep(w, ep);
	if (w->how.mode == SETUP_LEARN)
		return w->has ? -EADDRINUSE : -EADDRNOTAVAIL;
	return assign(w, ep);
}

/* May it fail because we have other EIDs meanwhile, to give or of our own? */
static bool is_overtaken(const struct work *w, int err)
{
	return (err == -ESTALE || err == -ENODEV || err == -ENOSPC) &&
	       w->changes != w->link->network->changes && !is_over(w);
}

/* Then begin again; one that does it all the time is not followed for ever. */
static int set_up_lasting(struct link *link, const struct config_addr *addr,
			  const struct setup *how, struct endpoint **ep, bool *is_new)
{
	int err, round = 0;
	struct work w;

	do {
		w = (struct work){ .link = link,
				   .to = { .link = link, .addr = *addr },
				   .how = *how,
				   .changes = link->network->changes };
		err = link->gone ? -ENODEV : set_up(&w, ep, is_new);
	} while (++round < ROUNDS_MAX && is_overtaken(&w, err));
	return is_overtaken(&w, err) ? -ESTALE : err;
}

/**
 * setup_endpoint - set up what is at a physical address; by a task
 * @link: the link, held by the caller
 * @addr: the address
 * @how: what is asked for
 * @ep: gets the endpoint, held for the caller
 * @is_new: gets whether it was not known before
 *
 * Return: 0; -ETIMEDOUT when nothing answers; -EEXIST when another has the EID that was asked for,
 * -ENOTUNIQ when one of the pool; -ESTALE when a bus owner above gives us other EIDs all the time;
 * -EADDRINUSE when the device insists on an EID that another has; -EADDRNOTAVAIL when it has none
 * and shall get none; -ENOSPC when the pool is empty; other errnos of the way to it.
 */
int setup_endpoint(struct link *link, const struct config_addr *addr, const struct setup *how,
		   struct endpoint **ep, bool *is_new)
{
	struct claim claim = { .addr = *addr };
	int err;

	link_claim(link, &claim);
	err = set_up_lasting(link, addr, how, ep, is_new);
	if (!err)
		endpoint_get(*ep);
	link_release(link, &claim);
	return err;
}

/**
 * setup_again - an endpoint may have lost its EID; by a task
 * @ep: the endpoint, not behind a bridge, held by the caller
 *
 * A device that was reset gets its EID again, and a bridge its pool. Another device in its place
 * does not: it is set up as what it is.
 *
 * Return: 0 when @ep is as it was; -ENODEV when it is gone, whatever came in its place; other
 * errnos when it does not answer.
 */
int setup_again(struct endpoint *ep)
{
	const struct setup any = { .mode = SETUP_ANY };
	struct endpoint *found;
	bool is_new;
	int err;

	err = setup_endpoint(ep->link, &ep->addr, &any, &found, &is_new);
	if (!err)
		endpoint_put(found);
	return ep->gone ? -ENODEV : err;
}

/**
 * struct adoption - an EID that the kernel has a route to from before
 */
struct adoption {
	struct link *link;
	struct config_addr addr;
	uint8_t eid;
};

/* What is behind the device may have been given a route by hand: that stays. */
static bool leads_there(struct link *link, uint8_t eid)
{
	const struct target to = { .link = link, .eid = eid };
	struct codec_get_eid answer;

	return !request_get_eid(&to, &answer) && answer.eid == eid;
}

static void drop_stale(const struct adoption *a)
{
	struct link *link = a->link;

	if (leads_there(link, a->eid) || link->gone || link->network->endpoints[a->eid])
		return;
	kernel_del_route(link->d, link->index, a->eid, 1);
	kernel_del_neigh(link->d, link->index, a->eid);
}

static void log_not_adopted(const struct link *link, uint8_t eid, int err)
{
	log_warning("%s: EID %u, known from before, is not taken over: %s.", link->name, eid,
		    strerror(-err));
}

static void adopt(void *data)
{
	const struct setup how = { .mode = SETUP_LEARN };
	struct adoption *a = data;
	struct endpoint *ep;
	bool is_new;
	int err;

	err = setup_endpoint(a->link, &a->addr, &how, &ep, &is_new);
	if (!err) {
		if (ep->eid != a->eid)
			drop_stale(a);
		ep->assigned = true;
		endpoint_put(ep);
	} else {
		log_not_adopted(a->link, a->eid, err);
	}
	link_put(a->link);
	free(a);
}

static int start_adoption(struct link *link, uint8_t eid)
{
	struct adoption *a = calloc(1, sizeof(*a));
	int err = 0;

	if (!a)
		return -ENOMEM;
	a->link = link;
	a->eid = eid;
	link_get(link);
	if (link->addr_len)
		err = kernel_neigh(link->d, link->index, eid, &a->addr);
	if (!err)
		err = task_start(adopt, a);
	if (err) {
		link_put(link);
		free(a);
	}
	return err;
}

/* A link that is not up, or not yet known to be, has its turn when it is. */
static void adopt_eid(struct link *link, uint8_t eid)
{
	int err;

	if (!link->up) {
		link->adopt = true;
		log_info("%s: EID %u is known from before; it is asked when the link is up.",
			 link->name, eid);
		return;
	}
	err = start_adoption(link, eid);
	if (err)
		log_not_adopted(link, eid, err);
}

/* Not where a bus owner is above: what is there is not ours to give EIDs to. */
static void adopt_by(struct link *link, const struct kernel_route *routes, size_t n)
{
	const struct kernel_route *r;

	if (link->role != ROLE_BUS_OWNER)
		return;
	link->adopt = false;
	for (r = routes; r < routes + n; r++) {
		if (r->index == link->index && !r->local && r->first == r->last &&
		    !link->network->endpoints[r->first])
			adopt_eid(link, r->first);
	}
}

/**
 * setup_adopt_link - take over what the kernel knew of a link that has come up, if that is still to be done
 */
void setup_adopt_link(struct link *link)
{
	struct kernel_route *routes;
	size_t n;
	int err;

	if (!link->adopt || link->role != ROLE_BUS_OWNER)
		return;
	err = kernel_routes(link->d, &routes, &n);
	if (err) {
		log_warning("%s: what the kernel knows from before cannot be read: %s.",
			    link->name, strerror(-err));
		return;
	}
	adopt_by(link, routes, n);
	free(routes);
}

/* Nobody new gets an EID that the kernel has a route to, if there is another. */
static void touch_route(struct mctpd *d, const struct kernel_route *route)
{
	struct link *link = route->index ? link_find(d, route->index) : NULL;
	struct network *network = link ? link->network : network_find(d, route->gw_net);
	int eid;

	for (eid = route->first; network && eid <= route->last; eid++)
		pool_touch(&network->pool, eid, now_us());
}

/**
 * setup_adopt - take over what the kernel knows from before mctpd was started
 *
 * No endpoint is asked to change its EID.
 */
void setup_adopt(struct mctpd *d)
{
	struct kernel_route *routes;
	struct link *link;
	size_t n, i;
	int err;

	for (link = d->links; link; link = link->next)
		link->adopt = link->role == ROLE_BUS_OWNER;
	err = kernel_routes(d, &routes, &n);
	if (err) {
		log_warning("what the kernel knows from before cannot be read: %s.", strerror(-err));
		return;
	}
	for (i = 0; i < n; i++)
		touch_route(d, &routes[i]);
	for (link = d->links; link; link = link->next)
		adopt_by(link, routes, n);
	free(routes);
}
