// SPDX-License-Identifier: GPL-2.0
/*
 * The responder: what we answer as endpoint, bus owner and bridge. Every answer is given at once,
 * from what is known; nothing here waits.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "mctpd.h"

#include <linux/mctp.h>

/* Entries of a routing table in one answer: few enough for the least transmission unit. */
#define ROUTES_PER_ANSWER 5

/* Gateways behind each other, as the kernel follows them. */
#define GATEWAYS_MAX 8

/* Routes that the bus owner above may have us make: more than there are EIDs. */
#define TOLD_MAX 256

/* Bytes of a packet's header, and of the payload that each device takes (DSP0236, baseline). */
#define HEADER_LEN    4
#define BASELINE_UNIT 64

/* An answer to Query Hop holds for all message types. */
#define ALL_TYPES 0xff

/* Requests that are taken before anything else gets its turn. */
#define BURST 32

/**
 * struct asked - a request that came in
 * @d: the daemon
 * @link: the link that it came by
 * @from: the address that it came from, for the answer
 * @msg: the request
 * @b: the answer
 * @replace: EID of ours to take away after the answer was sent, 0 for none
 * @old_owner: EID that the bus owner had, to forget what it told after the answer was sent, 0 for none
 * @other_pool: the network has other EIDs to give; what has old ones is to leave after the answer was sent
 * @local: a program of this system asks, by no link
 */
struct asked {
	struct mctpd *d;
	struct link *link;
	struct sockaddr_mctp_ext from;
	struct codec_message msg;
	struct codec_buffer b;
	uint8_t replace;
	uint8_t old_owner;
	bool other_pool;
	bool local;
};

static void answer(struct asked *a, uint8_t completion)
{
	codec_response(&a->b, &a->msg, completion);
}

static struct config_addr sender(const struct asked *a)
{
	struct config_addr addr = { .len = a->from.smctp_halen };

	memcpy(addr.bytes, a->from.smctp_haddr, addr.len);
	return addr;
}

/* Are there links below which we give out EIDs that we get from above? */
static bool is_bridge(const struct link *upstream)
{
	const struct link *link;

	if (upstream->role != ROLE_ENDPOINT)
		return false;
	for (link = upstream->d->links; link; link = link->next) {
		if (link->network == upstream->network && link->role == ROLE_BUS_OWNER)
			return upstream->d->config.bridge_pool_size;
	}
	return false;
}

/* The bus owner of a link has another EID now, or is another: it tells anew what is elsewhere. */
static void forget_told(struct link *link, uint8_t owner)
{
	struct kernel_route *routes;
	size_t n, i;

	link->told_too_much = false;
	memset(link->left_out, 0, sizeof(link->left_out));
	if (kernel_routes_by(link->d, link->network->id, owner, &routes, &n))
		return;
	for (i = 0; i < n; i++)
		kernel_del_gateway(link->d, link->network->id, owner, routes[i].first,
				   routes[i].last - routes[i].first + 1);
	free(routes);
}

/* The way back to the bus owner: it shall be reached by its EID from now on. */
static void reach_owner(struct asked *a)
{
	uint8_t owner = a->from.smctp_base.smctp_addr.s_addr;
	struct link *link = a->link;
	struct config_addr addr = sender(a);
	bool is_new = link->bus_owner != owner;
	int err;

	if (owner < EID_FIRST || owner > EID_LAST)
		return;
	if (link->bus_owner && is_new) {
		kernel_del_route(a->d, link->index, link->bus_owner, 1);
		kernel_del_neigh(a->d, link->index, link->bus_owner);
		a->old_owner = link->bus_owner;
	}
	link->bus_owner = owner;
	link->owner_addr = addr;
	err = kernel_add_neigh(a->d, link->index, owner, &addr);
	if (!err)
		err = kernel_add_route(a->d, link->index, owner, 1, 0);
	if (err)
		log_error("the bus owner, EID %u, cannot be reached by %s: %s.", owner, link->name,
			  strerror(-err));
	if (is_new)
		bridge_tell_all(link->network);
}

/* A bridge has one EID on all its links. */
static void share_eid(struct link *upstream, uint8_t old, uint8_t eid)
{
	struct link *link;

	for (link = upstream->d->links; link; link = link->next) {
		if (link == upstream || link->network != upstream->network ||
		    link->role != ROLE_BUS_OWNER)
			continue;
		if (old && link_local_eid(link) == old)
			kernel_del_addr(link->d, link->index, old);
		if (!link->n_eids || link_local_eid(link) == old) {
			kernel_add_addr(link->d, link->index, eid);
			link->eids[0] = eid;
			link->n_eids = 1;
		}
	}
}

static int take_eid(struct asked *a, uint8_t eid)
{
	struct link *link = a->link;
	uint8_t old = link_local_eid(link);
	int err;

	if (old == eid)
		return 0;
	err = kernel_add_addr(a->d, link->index, eid);
	if (err && err != -EEXIST) {
		log_error("%s cannot get EID %u: %s.", link->name, eid, strerror(-err));
		return err;
	}
	/* The answer still goes out from the old one, which the requester knows. */
	a->replace = old;
	link->eids[0] = eid;
	link->n_eids = 1;
	if (is_bridge(link))
		share_eid(link, old, eid);
	log_info("EID %u of the bus owner gives %s the EID %u.",
		 a->from.smctp_base.smctp_addr.s_addr, link->name, eid);
	network_sync_local(link->network);
	return 0;
}

static void set_eid(struct asked *a)
{
	uint8_t operation, eid, status = 0;
	struct link *link = a->link;
	bool bridge = is_bridge(link);

	if (a->msg.len != 2)
		return answer(a, CODEC_INVALID_LENGTH);
	operation = a->msg.data[0] & 0x03;
	eid = a->msg.data[1];
	if (operation == CODEC_SET_DISCOVERED && link->role == ROLE_ENDPOINT) {
		link->discovered = true;
		eid = link_local_eid(link);
	} else if (operation == CODEC_SET_RESET || operation == CODEC_SET_DISCOVERED) {
		/* We have no static EID to go back to. */
		return answer(a, CODEC_INVALID_DATA);
	} else if (eid < EID_FIRST || eid > EID_LAST) {
		return answer(a, CODEC_INVALID_DATA);
	} else if (link->role != ROLE_ENDPOINT) {
		status = CODEC_EID_REJECTED;
	} else if (take_eid(a, eid)) {
		return answer(a, CODEC_ERROR);
	} else {
		reach_owner(a);
		link->discovered = true;
	}
	if (bridge)
		status |= link->network->pool_size ? CODEC_POOL_HELD : CODEC_POOL_NEEDED;
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, status);
	codec_put_u8(&a->b, link_local_eid(link));
	codec_put_u8(&a->b, bridge ? a->d->config.bridge_pool_size : 0);
}

static void get_eid(struct asked *a)
{
	struct link *link = a->link;
	uint8_t kind = CODEC_EID_DYNAMIC;

	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	if (link->role == ROLE_BUS_OWNER || is_bridge(link))
		kind |= CODEC_EID_BRIDGE;
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, link_local_eid(link));
	codec_put_u8(&a->b, kind);
	codec_put_u8(&a->b, 0);
}

static void get_uuid(struct asked *a)
{
	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	answer(a, CODEC_SUCCESS);
	codec_put(&a->b, a->d->uuid, sizeof(a->d->uuid));
}

static const struct support *find_support(const struct mctpd *d, uint8_t type)
{
	const struct support *s;

	for (s = d->supports; s; s = s->next) {
		if (!s->vdm && s->type == type)
			return s;
	}
	return NULL;
}

static void get_version(struct asked *a)
{
	static const uint32_t own[] = { 0xf1f0ff00, 0xf1f1ff00, 0xf1f2ff00, 0xf1f3f100 };
	const uint32_t *versions = own;
	size_t n = sizeof(own) / sizeof(own[0]), i;
	const struct support *s;

	if (a->msg.len != 1)
		return answer(a, CODEC_INVALID_LENGTH);
	if (a->msg.data[0] != CODEC_TYPE_CONTROL && a->msg.data[0] != CODEC_VERSION_OF_BASE) {
		s = find_support(a->d, a->msg.data[0]);
		if (!s)
			return answer(a, CODEC_TYPE_UNSUPPORTED);
		versions = s->versions;
		n = s->n_versions;
	}
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, n);
	for (i = 0; i < n; i++)
		codec_put_be32(&a->b, versions[i]);
}

static void get_types(struct asked *a)
{
	bool seen[256] = { [CODEC_TYPE_CONTROL] = true };
	const struct support *s;
	unsigned int type, n = 0;

	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	for (s = a->d->supports; s; s = s->next) {
		if (s->vdm)
			seen[s->kind.format ? CODEC_TYPE_VDM_IANA : CODEC_TYPE_VDM_PCI] = true;
		else
			seen[s->type] = true;
	}
	for (type = 0; type < 256; type++)
		n += seen[type];
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, n);
	for (type = 0; type < 256; type++) {
		if (seen[type])
			codec_put_u8(&a->b, type);
	}
}

static void get_vdm(struct asked *a)
{
	const struct support *s, *found = NULL;
	unsigned int n = 0;

	if (a->msg.len != 1)
		return answer(a, CODEC_INVALID_LENGTH);
	for (s = a->d->supports; s; s = s->next) {
		if (s->vdm && n++ == a->msg.data[0])
			found = s;
	}
	if (!found)
		return answer(a, n ? CODEC_INVALID_DATA : CODEC_UNSUPPORTED);
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, a->msg.data[0] + 1u < n ? a->msg.data[0] + 1 : CODEC_LAST_HANDLE);
	codec_put_vdm(&a->b, &found->kind);
}

static void resolve_eid(struct asked *a)
{
	const struct endpoint *ep;

	if (a->link->role != ROLE_BUS_OWNER)
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len != 1)
		return answer(a, CODEC_INVALID_LENGTH);
	ep = a->link->network->endpoints[a->msg.data[0]];
	if (!ep && !network_is_local(a->link->network, a->msg.data[0]))
		return answer(a, CODEC_INVALID_DATA);
	answer(a, CODEC_SUCCESS);
	if (!ep || ep->link != a->link) {
		/* We are the bridge on the way there. */
		codec_put_u8(&a->b, link_local_eid(a->link));
		codec_put(&a->b, a->link->addr, a->link->addr_len);
		return;
	}
	if (ep->bridge)
		ep = ep->bridge;
	codec_put_u8(&a->b, ep->eid);
	codec_put(&a->b, ep->addr.bytes, ep->addr.len);
}

/* Not what anybody may tell us is elsewhere */
static bool is_ours(const struct link *link, int eid)
{
	const struct network *network = link->network;

	return eid == link->bus_owner || network_is_local(network, eid) ||
	       pool_is_taken(&network->pool, eid) ||
	       (eid >= network->pool_first && eid < network->pool_first + network->pool_size);
}

/**
 * struct told - what the bus owner of a link tells is elsewhere: routes by it
 * @link: the link
 * @routes: their first and last EIDs
 * @n: how many there are
 */
struct told {
	struct link *link;
	struct kernel_route routes[TOLD_MAX];
	size_t n;
};

/* What it has told before is in the kernel. */
static int read_told(struct told *told, struct link *link)
{
	struct kernel_route *routes;
	size_t n;
	int err;

	told->link = link;
	err = kernel_routes_by(link->d, link->network->id, link->bus_owner, &routes, &n);
	if (err)
		return err;
	told->n = n < TOLD_MAX ? n : TOLD_MAX;
	memcpy(told->routes, routes, told->n * sizeof(*routes));
	free(routes);
	return 0;
}

static bool is_known(const struct told *told, int first, int last)
{
	size_t i;

	for (i = 0; i < told->n; i++) {
		if (told->routes[i].first == first && told->routes[i].last == last)
			return true;
	}
	return false;
}

/* Return: 0; -EMSGSIZE when there are too many; why the kernel refuses. */
static int add_told(struct told *told, int first, int last)
{
	struct link *link = told->link;
	int err;

	if (is_known(told, first, last))
		return 0;
	if (told->n == TOLD_MAX) {
		if (!link->told_too_much)
			log_warning("the bus owner of %s tells of more routes than the %u that are taken.",
				    link->name, TOLD_MAX);
		link->told_too_much = true;
		return -EMSGSIZE;
	}
	err = kernel_add_gateway(link->d, link->network->id, link->bus_owner, first,
				 last - first + 1);
	if (err) {
		log_error("EIDs %d to %d cannot be reached by the bus owner of %s: %s.", first,
			  last, link->name, strerror(-err));
		return err;
	}
	told->routes[told->n++] = (struct kernel_route){ .first = first, .last = last };
	return 0;
}

/* Return: 0, or why a part is not reached; the rest is. */
static int reach_by_owner(struct told *told, int first, int last)
{
	bool *left_out = told->link->left_out;
	int end, err = 0;

	for (; first <= last; first = end + 1) {
		for (end = first; end <= last && !is_ours(told->link, end); end++)
			left_out[end] = false;
		if (end <= last)
			left_out[end] = true;
		if (end > first)
			err = add_told(told, first, end - 1) ?: err;
	}
	return err;
}

static void forget_range(struct told *told, size_t i)
{
	const struct kernel_route *r = &told->routes[i];
	struct link *link = told->link;

	kernel_del_gateway(link->d, link->network->id, link->bus_owner, r->first,
			   r->last - r->first + 1);
	told->routes[i] = told->routes[--told->n];
}

/* What we had is reached by the bus owner where it has told so. */
static void reach_left_out(struct told *told)
{
	const bool *left_out = told->link->left_out;
	int first, last;

	for (first = EID_FIRST; first <= EID_LAST; first = last + 1) {
		for (last = first; last <= EID_LAST && left_out[last]; last++)
			;
		reach_by_owner(told, first, last - 1);
	}
}

/* The pool that the bus owner gives us is another: nothing of it is reached by the bus owner any more. */
static void spare_pool(struct link *link)
{
	const struct network *network = link->network;
	int pool = network->pool_first, end = pool + network->pool_size, first, last;
	struct told told;
	size_t i;

	if (!link->bus_owner || read_told(&told, link))
		return;
	for (i = told.n; i--;) {
		first = told.routes[i].first;
		last = told.routes[i].last;
		if (first >= end || last < pool)
			continue;
		forget_range(&told, i);
		reach_by_owner(&told, first, last);
	}
	reach_left_out(&told);
}

/**
 * responder_reach - nothing here has these EIDs any more: those that the bus owner told of are reached by it
 * @first: the first
 * @size: how many
 */
void responder_reach(struct network *network, uint8_t first, uint8_t size)
{
	struct link *link = network_upstream(network);
	struct told told;

	if (link && link->bus_owner && memchr(link->left_out + first, true, size) &&
	    !read_told(&told, link))
		reach_left_out(&told);
}

static void allocate_eids(struct asked *a)
{
	struct network *network = a->link->network;
	uint8_t operation, size, first;

	if (!is_bridge(a->link))
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len != 3)
		return answer(a, CODEC_INVALID_LENGTH);
	operation = a->msg.data[0] & 0x03;
	size = a->msg.data[1];
	first = a->msg.data[2];
	if (operation > CODEC_ALLOCATE_INFO)
		return answer(a, CODEC_INVALID_DATA);
	if (operation != CODEC_ALLOCATE_INFO) {
		if (!size || first < EID_FIRST || first + size - 1 > EID_LAST)
			return answer(a, CODEC_INVALID_DATA);
		if (network->pool_size && operation == CODEC_ALLOCATE &&
		    (network->pool_first != first || network->pool_size != size)) {
			answer(a, CODEC_SUCCESS);
			codec_put_u8(&a->b, CODEC_ALLOCATE_REFUSED);
			codec_put_u8(&a->b, network->pool_size);
			codec_put_u8(&a->b, network->pool_first);
			return;
		}
		if (network->pool_first != first || network->pool_size != size)
			network->changes++;
		network->pool_first = first;
		network->pool_size = size;
		network_set_range(network);
		a->other_pool = true;
		log_info("the bus owner of %s gives the EIDs %u to %u for what is behind us.",
			 a->link->name, first, first + size - 1);
		for (struct link *link = a->d->links; link; link = link->next) {
			if (link->network == network && link->role == ROLE_BUS_OWNER && link->up)
				discover_link(link);
		}
	}
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, 0);
	codec_put_u8(&a->b, network->pool_size);
	codec_put_u8(&a->b, network->pool_first);
}

static uint8_t take_routes(struct link *link, const struct codec_route *routes, int n)
{
	struct told told;
	int i, err = 0;

	for (i = 0; i < n; i++) {
		if (!routes[i].size || routes[i].first < EID_FIRST ||
		    routes[i].first + routes[i].size - 1 > EID_LAST)
			return CODEC_INVALID_DATA;
	}
	if (!link->bus_owner)
		return CODEC_SUCCESS;
	if (read_told(&told, link))
		return CODEC_ERROR;
	for (i = 0; i < n; i++)
		err = reach_by_owner(&told, routes[i].first,
				     routes[i].first + routes[i].size - 1) ?: err;
	return err ? CODEC_ERROR : CODEC_SUCCESS;
}

/* The bus owner tells what is elsewhere: it is reached by the bus owner, and bridges below us by us. */
static void routing_update(struct asked *a)
{
	struct codec_message table = a->msg;
	struct link *link = a->link;
	struct codec_route routes[CODEC_ROUTES_MAX];
	uint8_t bytes[CODEC_SIZE], next;
	int n;

	if (!is_bridge(link) || a->from.smctp_base.smctp_addr.s_addr != link->bus_owner)
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len < 1 || a->msg.len >= sizeof(bytes))
		return answer(a, CODEC_INVALID_LENGTH);
	/* Its data is a table without a handle in front. */
	bytes[0] = 0;
	memcpy(bytes + 1, a->msg.data, a->msg.len);
	table.data = bytes;
	table.len++;
	n = codec_read_routes(&table, &next, routes);
	if (n < 0)
		return answer(a, CODEC_INVALID_LENGTH);
	answer(a, take_routes(link, routes, n));
	bridge_tell_all(link->network);
}

/**
 * struct entry - what an entry of the routing table is about
 * @ep: an endpoint, NULL for no entry
 * @pool: not the bridge itself, but the EIDs for what is behind it
 */
struct entry {
	const struct endpoint *ep;
	bool pool;
};

/* The entry that begins with an EID: the pool of a bridge is one, whatever is behind it. */
static struct entry entry_at(struct network *network, uint8_t eid)
{
	const struct endpoint *bridge = endpoint_pool_owner(network, eid);

	if (!bridge)
		return (struct entry){ .ep = network->endpoints[eid] };
	if (bridge->pool_start != eid)
		return (struct entry){ 0 };
	return (struct entry){ .ep = bridge, .pool = true };
}

static void get_routing(struct asked *a)
{
	struct entry list[ROUTES_PER_ANSWER], entry;
	int eid, next = CODEC_LAST_HANDLE;
	uint8_t n = 0, i;

	if (a->link->role != ROLE_BUS_OWNER && !is_bridge(a->link))
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len != 1)
		return answer(a, CODEC_INVALID_LENGTH);
	/* The handle is the EID to go on with. */
	for (eid = a->msg.data[0]; eid <= EID_LAST; eid++) {
		entry = entry_at(a->link->network, eid);
		if (!entry.ep)
			continue;
		if (n == ROUTES_PER_ANSWER) {
			next = eid;
			break;
		}
		list[n++] = entry;
	}
	if (!n && a->msg.data[0])
		return answer(a, CODEC_INVALID_DATA);
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, next);
	codec_put_u8(&a->b, n);
	for (i = 0; i < n; i++)
		bridge_put_entry(&a->b, list[i].ep, list[i].pool);
}

static void prepare_discovery(struct asked *a)
{
	if (a->link->role != ROLE_ENDPOINT)
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	a->link->discovered = false;
	answer(a, CODEC_SUCCESS);
}

/* Who has been found before is silent. */
static void discovery(struct asked *a)
{
	if (a->link->role != ROLE_ENDPOINT)
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	if (!a->link->discovered)
		answer(a, CODEC_SUCCESS);
}

static void discovery_notify(struct asked *a)
{
	struct config_addr addr = sender(a);

	if (a->link->role != ROLE_BUS_OWNER)
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len)
		return answer(a, CODEC_INVALID_LENGTH);
	answer(a, discover_announced(a->link, &addr) ? CODEC_NOT_READY : CODEC_SUCCESS);
}

/* The narrowest of the kernel's routes to an EID that is not ours. */
static const struct kernel_route *route_to(const struct network *network, uint8_t eid,
					   const struct kernel_route *routes, size_t n)
{
	const struct kernel_route *best = NULL, *r;
	const struct link *link;

	for (r = routes; r < routes + n; r++) {
		link = r->index ? link_find(network->d, r->index) : NULL;
		if (r->local || eid < r->first || eid > r->last ||
		    (link ? link->network != network : r->gw_net != network->id))
			continue;
		if (!best || r->last - r->first < best->last - best->first)
			best = r;
	}
	return best;
}

/**
 * struct hop - how an EID is reached from the link of a request
 * @next: the next bridge, or the EID itself where none is left; 0 where we are not on the way
 * @mtu: bytes of a packet on the way out
 */
struct hop {
	uint8_t next;
	uint32_t mtu;
};

static bool find_hop(const struct link *from, uint8_t eid, struct hop *hop)
{
	const struct link *out = NULL;
	const struct kernel_route *r;
	struct kernel_route *routes;
	uint32_t mtu = UINT32_MAX;
	size_t n, i;

	*hop = (struct hop){ .mtu = from->mtu };
	if (network_is_local(from->network, eid))
		return true;
	if (kernel_routes(from->d, &routes, &n))
		return false;
	for (i = 0; i < GATEWAYS_MAX && !out; i++) {
		r = route_to(from->network, eid, routes, n);
		if (!r)
			break;
		if (r->mtu && r->mtu < mtu)
			mtu = r->mtu;
		if (r->index)
			out = link_find(from->d, r->index);
		else
			eid = r->gw;
	}
	free(routes);
	if (!out)
		return false;
	hop->mtu = out->mtu < mtu ? out->mtu : mtu;
	if (out != from)
		hop->next = eid;
	return true;
}

/* Transmission units are told in steps of 16 bytes, from the baseline on. */
static uint16_t unit_of(uint32_t mtu)
{
	return (mtu - HEADER_LEN - BASELINE_UNIT) / 16;
}

static void query_hop(struct asked *a)
{
	struct hop hop;

	if (a->link->role != ROLE_BUS_OWNER && !is_bridge(a->link))
		return answer(a, CODEC_UNSUPPORTED);
	if (a->msg.len != 2)
		return answer(a, CODEC_INVALID_LENGTH);
	if (!find_hop(a->link, a->msg.data[0], &hop))
		return answer(a, CODEC_INVALID_DATA);
	answer(a, CODEC_SUCCESS);
	codec_put_u8(&a->b, hop.next);
	codec_put_u8(&a->b, ALL_TYPES);
	codec_put_be16(&a->b, unit_of(a->link->mtu));
	codec_put_be16(&a->b, unit_of(hop.mtu));
}

static void (*const commands[])(struct asked *a) = {
	[CODEC_SET_EID] = set_eid,
	[CODEC_GET_EID] = get_eid,
	[CODEC_GET_UUID] = get_uuid,
	[CODEC_GET_VERSION] = get_version,
	[CODEC_GET_TYPES] = get_types,
	[CODEC_GET_VDM] = get_vdm,
	[CODEC_RESOLVE_EID] = resolve_eid,
	[CODEC_ALLOCATE_EIDS] = allocate_eids,
	[CODEC_ROUTING_UPDATE] = routing_update,
	[CODEC_GET_ROUTING] = get_routing,
	[CODEC_PREPARE_DISCOVERY] = prepare_discovery,
	[CODEC_DISCOVERY] = discovery,
	[CODEC_DISCOVERY_NOTIFY] = discovery_notify,
	[CODEC_QUERY_HOP] = query_hop,
};

static void send_answer(struct asked *a)
{
	size_t size = a->local ? sizeof(a->from.smctp_base) : sizeof(a->from);

	a->from.smctp_base.smctp_tag &= ~MCTP_TAG_OWNER;
	if (sendto(a->d->responder, a->b.bytes, a->b.len, MSG_DONTWAIT,
		   (struct sockaddr *)&a->from, size) < 0)
		log_debug("an answer by %s cannot be sent: %s.", a->link->name, strerror(errno));
}

static void respond(struct asked *a)
{
	const uint8_t command = a->msg.command;
	const char *name = codec_command_name(command);

	a->b.len = 0;
	/* Programs here may ask who we are; what is about a link needs a peer on it. */
	if (a->local && (command < CODEC_GET_EID || command > CODEC_GET_VDM))
		answer(a, CODEC_UNSUPPORTED);
	else if (command < sizeof(commands) / sizeof(commands[0]) && commands[command])
		commands[command](a);
	else
		answer(a, CODEC_UNSUPPORTED);
	log_debug("%s: EID %u asks for %s.", a->link->name, a->from.smctp_base.smctp_addr.s_addr,
		  name);
	if (a->b.len && !a->msg.datagram)
		send_answer(a);
	if (a->replace)
		kernel_del_addr(a->d, a->link->index, a->replace);
	if (a->old_owner)
		forget_told(a->link, a->old_owner);
	if (a->other_pool) {
		endpoint_remove_foreign(a->link->network);
		spare_pool(a->link);
	}
}

static bool has_eid(const struct link *link, uint8_t eid)
{
	unsigned int i;

	for (i = 0; i < link->n_eids; i++) {
		if (link->eids[i] == eid)
			return true;
	}
	return false;
}

/*
 * The link that a request came by; what comes from one of our EIDs by none is asked of the link
 * that has it.
 */
static struct link *find_link(struct asked *a)
{
	const struct sockaddr_mctp *from = &a->from.smctp_base;
	struct link *link = link_find(a->d, a->from.smctp_ifindex);

	if (link)
		return link;
	for (link = a->d->links; link; link = link->next) {
		if (link->network->id == from->smctp_network &&
		    has_eid(link, from->smctp_addr.s_addr))
			break;
	}
	a->local = link;
	return link;
}

/* Return: false when there is nothing more to be read. */
static bool receive(struct mctpd *d)
{
	static uint8_t bytes[CODEC_SIZE];
	struct asked a = { .d = d };
	socklen_t addrlen = sizeof(a.from);
	ssize_t len;

	len = recvfrom(d->responder, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_TRUNC,
		       (struct sockaddr *)&a.from, &addrlen);
	if (len < 0)
		return errno == EINTR;
	if (addrlen < sizeof(a.from) || len > (ssize_t)sizeof(bytes) ||
	    a.from.smctp_halen > sizeof(((struct config_addr *)0)->bytes) ||
	    codec_parse(bytes, len, &a.msg) || !a.msg.request)
		return true;
	a.link = find_link(&a);
	if (a.link)
		respond(&a);
	return true;
}

static int on_request(sd_event_source *source, int fd, uint32_t events, void *data)
{
	int i;

	(void)source;
	(void)fd;
	(void)events;
	for (i = 0; i < BURST && receive(data); i++)
		;
	return 0;
}

/**
 * responder_init - take control messages from all links
 *
 * Return: 0 or a negative errno.
 */
int responder_init(struct mctpd *d)
{
	struct sockaddr_mctp addr = {
		.smctp_family = AF_MCTP,
		.smctp_network = MCTP_NET_ANY,
		.smctp_addr.s_addr = MCTP_ADDR_ANY,
		.smctp_type = CODEC_TYPE_CONTROL,
		.smctp_tag = MCTP_TAG_OWNER,
	};
	int on = 1;

	d->responder = socket(AF_MCTP, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->responder < 0 ||
	    setsockopt(d->responder, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)) ||
	    bind(d->responder, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	return sd_event_add_io(d->event, &d->responder_source, d->responder, EPOLLIN, on_request,
			       d);
}

/**
 * responder_exit - no longer answer
 */
void responder_exit(struct mctpd *d)
{
	sd_event_source_unref(d->responder_source);
	if (d->responder >= 0)
		close(d->responder);
}
