// SPDX-License-Identifier: GPL-2.0
/*
 * Networks: one space of EIDs each. One exists while a link is in it.
 */
#include <stdlib.h>

#include "mctpd.h"

/**
 * network_find - find a network by its number
 */
struct network *network_find(struct mctpd *d, uint32_t id)
{
	struct network *network;

	for (network = d->networks; network; network = network->next) {
		if (network->id == id)
			return network;
	}
	return NULL;
}

/* EIDs that the configuration keeps for a device, with what is behind it. */
static void reserve_statics(struct network *network)
{
	const struct config *config = &network->d->config;
	size_t i;
	int eid;

	for (i = 0; i < config->n_statics; i++) {
		const struct config_static *s = &config->statics[i];

		pool_reserve(&network->pool, s->eid);
		for (eid = s->pool_start; eid && eid < s->pool_start + s->pool_size; eid++)
			pool_reserve(&network->pool, eid);
	}
}

/**
 * network_upstream - the link by which a bus owner above us gives us EIDs
 *
 * Return: the link, or NULL where we are the bus owner of the whole network.
 */
struct link *network_upstream(const struct network *network)
{
	struct link *link;

	for (link = network->d->links; link; link = link->next) {
		if (link->network == network && link->role == ROLE_ENDPOINT)
			return link;
	}
	return NULL;
}

/**
 * network_set_range - find out which EIDs we may give out
 *
 * They are those of the configuration, or, below another bus owner, those that it has given us.
 */
void network_set_range(struct network *network)
{
	const struct config *config = &network->d->config;

	if (!network_upstream(network))
		pool_set_range(&network->pool, config->eid_first, config->eid_last);
	else if (network->pool_size)
		pool_set_range(&network->pool, network->pool_first,
			       network->pool_first + network->pool_size - 1);
	else
		pool_set_range(&network->pool, 1, 0);
}

static struct network *network_new(struct mctpd *d, uint32_t id)
{
	struct network *network = calloc(1, sizeof(*network));

	if (!network)
		return NULL;
	network->d = d;
	network->id = id;
	network->next = d->networks;
	d->networks = network;
	reserve_statics(network);
	return network;
}

/**
 * network_join - a link comes into a network; the network exists from then on
 *
 * Return: the network, held for the link, or NULL without memory.
 */
struct network *network_join(struct mctpd *d, uint32_t id)
{
	struct network *network = network_find(d, id);

	if (!network)
		network = network_new(d, id);
	if (!network)
		return NULL;
	network->users++;
	if (!network->links++)
		dbus_network_added(network);
	return network;
}

/**
 * network_leave - a link leaves; network_put() is still to come
 */
void network_leave(struct network *network)
{
	struct network **at = &network->d->networks;

	if (--network->links) {
		network_set_range(network);
		return;
	}
	dbus_network_removed(network);
	while (*at != network)
		at = &(*at)->next;
	*at = network->next;
}

/**
 * network_get - hold a network
 */
void network_get(struct network *network)
{
	network->users++;
}

/**
 * network_put - no longer hold a network
 */
void network_put(struct network *network)
{
	int eid;

	if (--network->users)
		return;
	for (eid = 0; eid < 256; eid++)
		free(network->channels[eid]);
	free(network);
}

/**
 * network_return - give EIDs back; they rest from now on
 * @first: the first
 * @size: how many
 */
void network_return(struct network *network, uint8_t first, uint8_t size)
{
	int i;

	for (i = 0; i < size; i++)
		pool_return(&network->pool, first + i, now_us());
	/* What something here may get again is not reached by another way meanwhile: that could win then. */
	if (!network_may_give(network, first, size))
		responder_reach(network, first, size);
}

/**
 * network_is_local - is this an EID of ours?
 */
bool network_is_local(const struct network *network, uint8_t eid)
{
	const struct loopback *lo = &network->d->loopback;
	struct link *link;
	unsigned int i;

	if (lo->net == network->id && lo->has[eid])
		return true;
	for (link = network->d->links; link; link = link->next) {
		for (i = 0; link->network == network && i < link->n_eids; i++) {
			if (link->eids[i] == eid)
				return true;
		}
	}
	return false;
}

/**
 * network_may_give - are these EIDs that something on a link of ours can have?
 * @first: the first
 * @size: how many
 *
 * Below another bus owner they are of those that this has given us, as soon as it has, or of the configuration; others
 * would not be reached from above.
 */
bool network_may_give(const struct network *network, uint8_t first, uint8_t size)
{
	const struct pool_eid *e;
	int eid;

	if (!network->pool_size || !network_upstream(network))
		return true;
	for (eid = first; eid < first + size && eid <= EID_LAST; eid++) {
		e = &network->pool.eids[eid];
		if (!e->dynamic && !e->reserved)
			return false;
	}
	return true;
}

/* Its EID is ours: nothing that is sent there would reach it. It gets another where it can be asked now. */
static void give_up(struct endpoint *ep)
{
	endpoint_get(ep);
	endpoint_remove(ep, "that EID is ours now");
	if (!ep->bridge && ep->link->up)
		discover_addr(ep->link, &ep->addr, 0);
	endpoint_put(ep);
}

/**
 * network_sync_local - our own EIDs may be others now
 */
void network_sync_local(struct network *network)
{
	bool changed = false;
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = network->endpoints[eid];
		bool local = network_is_local(network, eid);

		changed |= local != network->pool.eids[eid].local;
		/* whoever is about to have it begins again */
		network->changes += local && !network->pool.eids[eid].local;
		pool_set_local(&network->pool, eid, local);
		if (ep && local)
			give_up(ep);
		else if (ep && ep->local_eid != link_local_eid(ep->link)) {
			ep->local_eid = link_local_eid(ep->link);
			dbus_endpoint_changed(ep, "LocalEID");
		}
	}
	if (changed)
		dbus_network_eids_changed(network);
}
