// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints: what is known of each, its routes in the kernel, how it comes and goes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

/**
 * endpoint_get - hold an endpoint
 */
void endpoint_get(struct endpoint *ep)
{
	ep->users++;
}

/**
 * endpoint_put - no longer hold an endpoint
 */
void endpoint_put(struct endpoint *ep)
{
	if (--ep->users)
		return;
	link_put(ep->link);
	network_put(ep->network);
	free(ep);
}

/**
 * endpoint_start - begin a course of work for an endpoint, unless it is under way or the endpoint is gone
 * @ep: the endpoint; held until endpoint_done()
 * @busy: what in the endpoint says that it is under way
 * @run: the work; gets the endpoint
 */
void endpoint_start(struct endpoint *ep, bool *busy, void (*run)(void *data))
{
	if (ep->gone || *busy)
		return;
	endpoint_get(ep);
	*busy = true;
	if (task_start(run, ep))
		endpoint_done(ep, busy);
}

/**
 * endpoint_done - a course of work for an endpoint has come to its end
 */
void endpoint_done(struct endpoint *ep, bool *busy)
{
	*busy = false;
	endpoint_put(ep);
}

static struct endpoint *add(struct link *link, uint8_t eid, const struct config_addr *addr,
			    struct endpoint *bridge)
{
	struct endpoint *ep = calloc(1, sizeof(*ep));

	if (!ep)
		return NULL;
	ep->users = 1;
	ep->link = link;
	link_get(link);
	ep->network = link->network;
	network_get(link->network);
	ep->eid = eid;
	if (addr)
		ep->addr = *addr;
	ep->bridge = bridge;
	ep->local_eid = link_local_eid(link);
	ep->network->endpoints[eid] = ep;
	return ep;
}

/**
 * endpoint_new - an endpoint of a link has an EID
 * @link: the link
 * @eid: the EID, taken from the pool by the caller
 * @addr: its physical address
 *
 * Return: the endpoint, with its route; NULL after an error, which has been said.
 */
struct endpoint *endpoint_new(struct link *link, uint8_t eid, const struct config_addr *addr)
{
	struct mctpd *d = link->d;
	struct endpoint *ep;
	int err;

	err = kernel_add_neigh(d, link->index, eid, addr);
	if (!err)
		err = kernel_add_route(d, link->index, eid, 1, 0);
	if (err) {
		log_error("EID %u cannot be reached by %s: %s.", eid, link->name, strerror(-err));
		kernel_del_neigh(d, link->index, eid);
		return NULL;
	}
	ep = add(link, eid, addr, NULL);
	if (!ep) {
		kernel_del_route(d, link->index, eid, 1);
		kernel_del_neigh(d, link->index, eid);
	}
	return ep;
}

/**
 * endpoint_new_behind - an endpoint behind a bridge has answered
 *
 * Return: the endpoint, or NULL without memory.
 */
struct endpoint *endpoint_new_behind(struct endpoint *bridge, uint8_t eid)
{
	return add(bridge->link, eid, NULL, bridge);
}

static void remove_behind(struct endpoint *bridge, const char *why)
{
	struct network *network = bridge->network;
	int eid;

	for (eid = 0; eid < 256; eid++) {
		if (network->endpoints[eid] && network->endpoints[eid]->bridge == bridge)
			endpoint_remove(network->endpoints[eid], why);
	}
}

/**
 * endpoint_remove - an endpoint has left, and all that is behind it
 * @ep: the endpoint; the caller's hold of it stays
 * @why: to follow "because"
 */
void endpoint_remove(struct endpoint *ep, const char *why)
{
	struct network *network = ep->network;

	if (ep->gone)
		return;
	ep->gone = true;
	remove_behind(ep, "its bridge is gone");
	live_forget(ep);
	dbus_endpoint_removed(ep);
	log_info("%s: EID %u of network %u leaves, because %s.", ep->link->name, ep->eid,
		 network->id, why);
	bridge_drop_pool(ep);
	if (!ep->bridge) {
		if (!ep->link->gone) {
			kernel_del_route(network->d, ep->link->index, ep->eid, 1);
			kernel_del_neigh(network->d, ep->link->index, ep->eid);
		}
		network_return(network, ep->eid, 1);
	}
	network->endpoints[ep->eid] = NULL;
	endpoint_put(ep);
}

/**
 * endpoint_remove_all - all endpoints of a link leave
 */
void endpoint_remove_all(struct link *link, const char *why)
{
	int eid;

	for (eid = 0; eid < 256; eid++) {
		struct endpoint *ep = link->network->endpoints[eid];

		if (ep && ep->link == link && !ep->bridge)
			endpoint_remove(ep, why);
	}
}

/**
 * endpoint_remove_foreign - a bus owner above has given us other EIDs: whoever has one of the old ones leaves
 */
void endpoint_remove_foreign(struct network *network)
{
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = network->endpoints[eid];

		if (ep && !ep->bridge &&
		    !(network_may_give(network, eid, 1) &&
		      network_may_give(network, ep->pool_start, ep->pool_size)))
			endpoint_remove(ep, "the bus owner above gives other EIDs");
	}
}

/**
 * endpoint_find_addr - find an endpoint by its physical address
 */
struct endpoint *endpoint_find_addr(struct link *link, const struct config_addr *addr)
{
	int eid;

	for (eid = 0; eid < 256; eid++) {
		struct endpoint *ep = link->network->endpoints[eid];

		if (ep && ep->link == link && !ep->bridge && addr_equal(&ep->addr, addr))
			return ep;
	}
	return NULL;
}

/**
 * endpoint_pool_owner - find the bridge that an EID was given to, for what is behind it
 */
struct endpoint *endpoint_pool_owner(struct network *network, uint8_t eid)
{
	int i;

	for (i = 0; i < 256; i++) {
		struct endpoint *ep = network->endpoints[i];

		if (ep && ep->pool_size && eid >= ep->pool_start &&
		    eid - ep->pool_start < ep->pool_size)
			return ep;
	}
	return NULL;
}

/**
 * endpoint_target - an endpoint as one to ask, by its EID
 */
struct target endpoint_target(struct endpoint *ep)
{
	return (struct target){ .link = ep->link, .eid = ep->eid };
}

static void query_types(struct endpoint *ep)
{
	struct target to = endpoint_target(ep);
	struct answer raw;
	struct codec_buffer b;
	int n;

	codec_request(&b, CODEC_GET_TYPES);
	if (request_done(&to, &b, &raw))
		return;
	n = codec_read_types(&raw.msg, ep->types, TYPES_MAX);
	if (n < 0)
		log_warning("%s says of its message types what cannot be.", target_text(&to));
	ep->n_types = n < 0 ? 0 : n;
}

static void query_vdms(struct endpoint *ep)
{
	struct target to = endpoint_target(ep);
	uint8_t selector = 0, next;
	struct answer raw;
	struct codec_buffer b;

	ep->n_vdms = 0;
	while (!ep->gone && ep->n_vdms < VDMS_MAX) {
		codec_request(&b, CODEC_GET_VDM);
		codec_put_u8(&b, selector);
		if (request_done(&to, &b, &raw) ||
		    codec_read_vdm(&raw.msg, &next, &ep->vdms[ep->n_vdms]))
			return;
		ep->n_vdms++;
		if (next == CODEC_LAST_HANDLE || next <= selector)
			return;
		selector = next;
	}
}

static void query_version(struct endpoint *ep)
{
	struct target to = endpoint_target(ep);
	struct answer raw;
	struct codec_buffer b;

	codec_request(&b, CODEC_GET_VERSION);
	codec_put_u8(&b, CODEC_TYPE_CONTROL);
	if (request_done(&to, &b, &raw))
		return;
	if (raw.msg.len < 5 || (raw.msg.data[1] & 0x0f) != 1)
		log_warning("%s speaks no control protocol 1.x.", target_text(&to));
}

static bool speaks_vdm(const struct endpoint *ep)
{
	size_t i;

	for (i = 0; i < ep->n_types; i++) {
		if (ep->types[i] == CODEC_TYPE_VDM_PCI || ep->types[i] == CODEC_TYPE_VDM_IANA)
			return true;
	}
	return false;
}

static void query_kinds(struct endpoint *ep)
{
	if (!ep->gone)
		query_types(ep);
	if (!ep->gone && speaks_vdm(ep))
		query_vdms(ep);
	else
		ep->n_vdms = 0;
}

/**
 * endpoint_query - ask an endpoint what it is, by a task; what it does not tell stays unknown
 */
void endpoint_query(struct endpoint *ep)
{
	struct target to = endpoint_target(ep);

	ep->have_uuid = !request_get_uuid(&to, ep->uuid);
	if (!ep->gone)
		query_version(ep);
	query_kinds(ep);
}

/**
 * endpoint_refresh - an endpoint was away, and may speak other types now: ask again, by a task
 */
void endpoint_refresh(struct endpoint *ep)
{
	size_t n_types = ep->n_types, n_vdms = ep->n_vdms;
	struct codec_vdm vdms[VDMS_MAX];
	uint8_t types[TYPES_MAX];

	memcpy(types, ep->types, sizeof(types));
	memcpy(vdms, ep->vdms, sizeof(vdms));
	query_kinds(ep);
	if (ep->n_types != n_types || ep->n_vdms != n_vdms ||
	    memcmp(ep->types, types, n_types) || memcmp(ep->vdms, vdms, n_vdms * sizeof(*vdms)))
		dbus_endpoint_types_changed(ep);
}

/**
 * endpoint_show - an endpoint is ready: show it on D-Bus, and watch that it lives
 */
void endpoint_show(struct endpoint *ep)
{
	char uuid[UUID_TEXT_SIZE] = "unknown";

	if (ep->gone || ep->path)
		return;
	if (ep->have_uuid)
		uuid_format(ep->uuid, uuid);
	log_info("%s: EID %u of network %u is there, at %s%s, UUID %s.", ep->link->name, ep->eid,
		 ep->network->id, ep->bridge ? "a bridge" : "address ",
		 ep->bridge ? "" : addr_text(&ep->addr), uuid);
	dbus_endpoint_added(ep);
	live_watch(ep);
	if (!ep->bridge)
		bridge_tell_all(ep->network);
}

/**
 * endpoint_set_degraded - an endpoint no longer answers, or answers again
 */
void endpoint_set_degraded(struct endpoint *ep, bool degraded)
{
	if (ep->degraded == degraded)
		return;
	ep->degraded = degraded;
	log_info("%s: EID %u of network %u %s.", ep->link->name, ep->eid, ep->network->id,
		 degraded ? "does not answer" : "answers again");
	dbus_endpoint_changed(ep, "Connectivity");
}
