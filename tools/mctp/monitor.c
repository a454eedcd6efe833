// SPDX-License-Identifier: GPL-2.0
/*
 * mctp monitor: what changes, a line an event.
 *
 * The kernel tells of devices and local EIDs by itself. Of routes and neighbours it does not, so
 * their tables are read again twice a second, and whenever it tells of something else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "args.h"
#include "entry.h"
#include "peer.h"
#include "stop.h"

#include <linux/if_addr.h>

#ifndef RTNLGRP_MCTP_IFADDR
#define RTNLGRP_MCTP_IFADDR 34
#endif

#define COMPARE_US 500000

/* The kernel makes no event longer than this. */
#define EVENT_SIZE 65536

/**
 * struct monitor - what is watched
 * @m: the call
 * @stamps: the time before each event
 * @links: watch devices
 * @addresses: watch local EIDs
 * @routes: watch routes
 * @neighs: watch neighbours
 * @count: how many events, 0 for no end
 * @done: how many there were
 * @events: the socket that the kernel tells by
 * @list: the devices as they are known
 * @old_routes: the routes as they were
 * @old_neighs: the neighbours as they were
 */
struct monitor {
	struct mctp *m;
	bool stamps;
	bool links;
	bool addresses;
	bool routes;
	bool neighs;
	uint32_t count;
	uint32_t done;
	struct nl events;
	struct device_list list;
	struct entries old_routes;
	struct entries old_neighs;
};

static int parse_words(struct args *a, struct monitor *mon)
{
	enum { WHAT, STAMPS, COUNT };
	struct keyword words[] = {
		[WHAT] = { .name = "what", .bare = true },
		[STAMPS] = { .name = "-t", .alias = "timestamp", .flag = true },
		[COUNT] = { .name = "-c", .alias = "count" },
	};
	static const char *const names[] = { "link", "address", "route", "neighbour", "all" };
	size_t i, len, found = 4;

	if (ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	mon->stamps = words[STAMPS].value;
	if (words[COUNT].value &&
	    args_number(a, "the count", words[COUNT].value, 1, UINT32_MAX, &mon->count))
		return STATUS_MISUSE;
	if (words[WHAT].value) {
		len = strlen(words[WHAT].value);
		for (i = 0, found = 5; i < 5; i++) {
			if (strncmp(names[i], words[WHAT].value, len))
				continue;
			if (found < 5)
				return misuse(a, "\"%s\" could be %s or %s: write more of it.",
					      words[WHAT].value, names[found], names[i]);
			found = i;
		}
		if (found == 5)
			return misuse(a, "\"%s\" cannot be watched: use link, address, route, neighbour or all.",
				      words[WHAT].value);
	}
	mon->links = found == 0 || found == 4;
	mon->addresses = found == 1 || found == 4;
	mon->routes = found == 2 || found == 4;
	mon->neighs = found == 3 || found == 4;
	return STATUS_FINE;
}

static bool is_over(const struct monitor *mon)
{
	return stop_wanted() || (mon->count && mon->done >= mon->count) ||
	       ferror(mon->m->out.to);
}

static struct printer *begin_event(struct monitor *mon, const char *event, const char *object)
{
	struct printer *p = &mon->m->out;

	print_record(p);
	if (mon->stamps)
		print_time(p, NULL, "time");
	print_string(p, NULL, "event", event);
	print_string(p, NULL, "object", object);
	return p;
}

static void end_event(struct monitor *mon)
{
	print_record_end(&mon->m->out);
	mon->done++;
}

static bool looks_the_same(const struct device *a, const struct device *b)
{
	return !strcmp(a->name, b->name) && a->net == b->net && a->mtu == b->mtu &&
	       (a->flags & IFF_UP) == (b->flags & IFF_UP) && a->binding == b->binding &&
	       a->addr_len == b->addr_len && !memcmp(a->addr, b->addr, a->addr_len);
}

static void on_link(struct monitor *mon, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct device *known;
	struct device device;
	const char *event;

	/* Bridges tell of their ports with the same messages. */
	if (!device_parse(nlh, &device) || ifi->ifi_family != AF_UNSPEC)
		return;
	known = device_list_find(&mon->list, device.index);
	if (known && !known->is_mctp)
		known = NULL;
	if (nlh->nlmsg_type == RTM_DELLINK || !device.is_mctp) {
		event = known ? "delete" : NULL;
		if (known)
			device = *known;
		device_list_drop(&mon->list, device.index);
	} else {
		event = !known ? "add" : looks_the_same(known, &device) ? NULL : "change";
		device_list_put(&mon->list, &device);
	}
	if (!event || !mon->links || is_over(mon))
		return;
	link_print_fields(begin_event(mon, event, "link"), &device);
	end_event(mon);
}

static void on_address(struct monitor *mon, const struct nlmsghdr *nlh)
{
	struct address address;

	memset(&address, 0, sizeof(address));
	if (!mon->addresses || is_over(mon) || !address_parse(nlh, &mon->list, &address))
		return;
	address_print_fields(begin_event(mon, nlh->nlmsg_type == RTM_NEWADDR ? "add" : "delete",
					 "address"),
			     &address);
	end_event(mon);
}

static int on_event(const struct nlmsghdr *nlh, void *data)
{
	struct monitor *mon = data;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		on_link(mon, nlh);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		on_address(mon, nlh);
		break;
	}
	return MNL_CB_OK;
}

/* Return: 0 or a negative errno. */
static int take_events(struct monitor *mon)
{
	char *buffer = malloc(EVENT_SIZE);
	ssize_t len;
	int err = 0;

	if (!buffer)
		return -ENOMEM;
	len = mnl_socket_recvfrom(mon->events.sk, buffer, EVENT_SIZE);
	if (len < 0)
		err = errno == EINTR ? 0 : -errno;
	else if (nl_well_formed(buffer, len))
		mnl_cb_run2(buffer, len, 0, 0, on_event, mon, NULL, 0);
	free(buffer);
	if (err != -ENOBUFS)
		return err;
	fputs("mctp: events were lost: the kernel had more of them than room.\n", stderr);
	device_list_free(&mon->list);
	return device_list_load(mon->m, &mon->list) ? -ENOBUFS : 0;
}

static bool holds(const struct entries *all, const void *entry, size_t size)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (!memcmp((const char *)all->bytes + i * size, entry, size))
			return true;
	}
	return false;
}

static void print_entry(struct monitor *mon, const char *event, const void *entry, bool is_route)
{
	struct printer *p = begin_event(mon, event, is_route ? "route" : "neighbour");

	if (is_route)
		route_print_fields(p, entry);
	else
		neigh_print_fields(p, entry);
	end_event(mon);
}

/* What is in @these and not in @those. */
static void print_missing(struct monitor *mon, const char *event, const struct entries *these,
			  const struct entries *those, bool is_route)
{
	size_t size = is_route ? sizeof(struct route) : sizeof(struct neigh), i;
	const char *entry = these->bytes;

	for (i = 0; i < these->n && !is_over(mon); i++, entry += size) {
		if (!holds(those, entry, size))
			print_entry(mon, event, entry, is_route);
	}
}

static void replace(struct monitor *mon, struct entries *old, struct entries *new, bool is_route)
{
	print_missing(mon, "delete", old, new, is_route);
	print_missing(mon, "add", new, old, is_route);
	entries_free(old);
	*old = *new;
}

/* Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr. */
static int compare_tables(struct monitor *mon)
{
	struct entries new;

	if (mon->routes) {
		if (routes_load(mon->m, &new))
			return STATUS_REFUSED;
		replace(mon, &mon->old_routes, &new, true);
	}
	if (mon->neighs) {
		if (neighs_load(mon->m, 0, &new))
			return STATUS_REFUSED;
		replace(mon, &mon->old_neighs, &new, false);
	}
	return STATUS_FINE;
}

static int watch(struct monitor *mon)
{
	bool compare = mon->routes || mon->neighs;
	int fd = mnl_socket_get_fd(mon->events.sk);
	int ready;

	while (!is_over(mon)) {
		ready = peer_wait(fd, compare ? peer_now_us() + COMPARE_US : 0);
		if (ready == -EINTR)
			continue;
		if (ready > 0)
			ready = take_events(mon);
		if (ready < 0)
			return refused("cannot watch: %s.", strerror(-ready));
		if (compare && !is_over(mon) && compare_tables(mon))
			return STATUS_REFUSED;
	}
	return STATUS_FINE;
}

/* Membership first, then the state: what comes between is told, never missed. */
static int begin(struct monitor *mon)
{
	int groups[] = { RTNLGRP_LINK, RTNLGRP_MCTP_IFADDR };
	size_t i;
	int err;

	if (mctp_connect(mon->m))
		return STATUS_REFUSED;
	err = nl_open(&mon->events, false);
	for (i = 0; !err && i < 2; i++) {
		if (mnl_socket_setsockopt(mon->events.sk, NETLINK_ADD_MEMBERSHIP, &groups[i],
					  sizeof(groups[i])))
			err = -errno;
	}
	if (err)
		return refused("cannot watch: %s.", strerror(-err));
	if (device_list_load(mon->m, &mon->list) ||
	    (mon->routes && routes_load(mon->m, &mon->old_routes)) ||
	    (mon->neighs && neighs_load(mon->m, 0, &mon->old_neighs)))
		return STATUS_REFUSED;
	return STATUS_FINE;
}

static int monitor_run(struct mctp *m, struct args *a)
{
	struct monitor mon = { .m = m };
	int status;

	if (parse_words(a, &mon))
		return STATUS_MISUSE;
	status = begin(&mon);
	if (!status) {
		stop_catch();
		print_begin_stream(&m->out);
		status = watch(&mon);
		print_end(&m->out);
	}
	nl_close(&mon.events);
	device_list_free(&mon.list);
	entries_free(&mon.old_routes);
	entries_free(&mon.old_neighs);
	return status;
}

const struct object monitor_object = {
	.name = "monitor",
	.purpose = "print what changes until interrupted, a line an event",
	.synopsis = "[link|address|route|neighbour|all] [-t] [-c COUNT]",
	.run = monitor_run,
};
