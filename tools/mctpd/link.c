// SPDX-License-Identifier: GPL-2.0
/*
 * Links: the network devices that speak MCTP, with our EIDs on them.
 *
 * A notification of the kernel only says that something has changed. Then the tables are read
 * anew and compared with what was known: so nothing is missed, whatever came, went, moved or
 * changed its name meanwhile, and also when notifications were lost.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mctpd.h"

#include <linux/if_arp.h>

#ifndef RTNLGRP_MCTP_IFADDR
#define RTNLGRP_MCTP_IFADDR 34
#endif

/* Changes come in crowds: a short wait takes them together. */
#define SYNC_DELAY_US 5000

/**
 * link_find - find a link by its ifindex
 */
struct link *link_find(struct mctpd *d, int index)
{
	struct link *link;

	for (link = d->links; link; link = link->next) {
		if (link->index == index)
			return link;
	}
	return NULL;
}

/**
 * link_get - hold a link
 */
void link_get(struct link *link)
{
	link->users++;
}

static void free_channels(struct link *link)
{
	struct channel *channel;

	while ((channel = link->channels)) {
		link->channels = channel->next;
		free(channel);
	}
}

/**
 * link_put - no longer hold a link
 */
void link_put(struct link *link)
{
	if (--link->users)
		return;
	free_channels(link);
	network_put(link->network);
	free(link->path);
	free(link);
}

/**
 * link_local_eid - the EID that we speak from on a link
 *
 * Return: the EID, 0 when we have none there.
 */
uint8_t link_local_eid(const struct link *link)
{
	return link->n_eids ? link->eids[0] : EID_NULL;
}

/**
 * link_is_claimed - does a task work on what is at an address?
 */
bool link_is_claimed(struct link *link, const struct config_addr *addr)
{
	struct claim *claim;

	for (claim = link->claims; claim; claim = claim->next) {
		if (addr_equal(&claim->addr, addr))
			return true;
	}
	return false;
}

/**
 * link_claim - be the only task that works on what is at an address; waits for others
 * @link: the link
 * @claim: with its address; in the list until link_release()
 */
void link_claim(struct link *link, struct claim *claim)
{
	while (link_is_claimed(link, &claim->addr))
		task_wait_on(&link->claimed);
	claim->next = link->claims;
	link->claims = claim;
}

/**
 * link_release - let others work on what is at an address
 */
void link_release(struct link *link, struct claim *claim)
{
	struct claim **at = &link->claims;

	while (*at != claim)
		at = &(*at)->next;
	*at = claim->next;
	task_wake_all(&link->claimed);
}

static void link_start(struct link *link)
{
	if (link->up && link->role == ROLE_BUS_OWNER)
		discover_link(link);
	else
		discover_stop(link);
}

/* An endpoint says that it is there, to be found by the bus owner (DSP0236, 12.15). */
static void announce(void *data)
{
	struct link *link = data;
	struct target to = { .link = link };

	if (!link->addr_len && !link->n_eids)
		request_notify(&to, CODEC_DISCOVERY_NOTIFY);
	link_put(link);
}

/* Addresses that cannot be there are not looked at: say so, or they are believed in. */
static void check_addresses(const struct link *link)
{
	const struct config_interface *section =
		config_interface_of(&link->d->config, link->name);
	size_t i;

	for (i = 0; section && link->role == ROLE_BUS_OWNER && i < section->n_addrs; i++) {
		if (section->addrs[i].len != link->addr_len)
			log_warning("%s: the address %s of the configuration is passed over: those there have %u bytes.",
				    link->name, addr_text(&section->addrs[i]), link->addr_len);
	}
}

static void link_came_up(struct link *link)
{
	log_info("%s is up.", link->name);
	check_addresses(link);
	setup_adopt_link(link);
	link_start(link);
	if (link->role != ROLE_ENDPOINT)
		return;
	link_get(link);
	if (task_start(announce, link))
		link_put(link);
}

/**
 * link_set_role - change what we are on a link
 */
void link_set_role(struct link *link, enum role role)
{
	if (link->role == role)
		return;
	if (link->role == ROLE_BUS_OWNER)
		endpoint_remove_all(link, "mctpd is no longer the bus owner there");
	link->role = role;
	link->adopt = false;
	network_set_range(link->network);
	link_start(link);
	dbus_link_role_changed(link);
}

static void apply_config(struct link *link)
{
	const struct config_interface *section =
		config_interface_of(&link->d->config, link->name);
	int err;

	link->role = link->d->config.role;
	if (!section)
		return;
	if (section->have_role)
		link->role = section->role;
	if (section->up && !link->up) {
		err = kernel_link_up(link->d, link->index);
		if (err)
			log_error("%s cannot be brought up: %s.", link->name, strerror(-err));
	}
}

static void apply_eid(struct link *link)
{
	const struct config_interface *section =
		config_interface_of(&link->d->config, link->name);
	int err;

	if (!section || !section->eid || link->n_eids)
		return;
	err = kernel_add_addr(link->d, link->index, section->eid);
	if (err)
		log_error("%s cannot get EID %u: %s.", link->name, section->eid, strerror(-err));
}

static uint8_t free_port(const struct mctpd *d)
{
	const struct link *link;
	uint8_t port = 0;

	for (link = d->links; link && port < CODEC_ROUTE_PORT;) {
		if (link->port == port) {
			port++;
			link = d->links;
		} else {
			link = link->next;
		}
	}
	return port;
}

static void link_add(struct mctpd *d, const struct device *device)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link)
		return;
	link->d = d;
	link->users = 1;
	link->index = device->index;
	memcpy(link->name, device->name, sizeof(link->name));
	link->addr_len = device->addr_len;
	memcpy(link->addr, device->addr, device->addr_len);
	link->binding = device->binding;
	link->port = free_port(d);
	link->mtu = device->mtu;
	link->network = network_join(d, device->net);
	if (!link->network) {
		free(link);
		return;
	}
	link->next = d->links;
	d->links = link;
	apply_config(link);
	network_set_range(link->network);
	log_info("%s is in network %u, its role is %s.", link->name, device->net,
		 link->role == ROLE_BUS_OWNER ? "bus owner" :
		 link->role == ROLE_ENDPOINT  ? "endpoint" :
						"unknown");
	dbus_link_added(link);
}

static void link_remove(struct link *link, const char *why)
{
	struct link **at = &link->d->links;

	log_info("%s %s.", link->name, why);
	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	link->gone = true;
	discover_stop(link);
	endpoint_remove_all(link, "its link is gone");
	dbus_link_removed(link);
	request_link_gone(link);
	task_wake_all(&link->claimed);
	network_leave(link->network);
	link_put(link);
}

static void rename_link(struct link *link, const struct device *device)
{
	int eid;

	log_info("%s is called %s now.", link->name, device->name);
	dbus_link_removed(link);
	memcpy(link->name, device->name, sizeof(link->name));
	dbus_link_added(link);
	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct endpoint *ep = link->network->endpoints[eid];

		if (ep && ep->link == link)
			dbus_endpoint_changed(ep, "Interface");
	}
}

static void sync_device(struct mctpd *d, const struct device *device)
{
	struct link *link = link_find(d, device->index);
	bool up = device->flags & IFF_UP && device->flags & IFF_RUNNING;

	if (!device->is_mctp)
		return;
	if (device->flags & IFF_LOOPBACK) {
		d->loopback.index = device->index;
		d->loopback.net = device->net;
		return;
	}
	if (link && link->network->id != device->net) {
		link_remove(link, "moves to another network");
		link = NULL;
	}
	if (!link) {
		link_add(d, device);
		link = link_find(d, device->index);
		if (!link)
			return;
	}
	if (strcmp(link->name, device->name))
		rename_link(link, device);
	link->seen = true;
	link->mtu = device->mtu;
	link->addr_len = device->addr_len;
	memcpy(link->addr, device->addr, device->addr_len);
	if (up != link->up) {
		link->up = up;
		if (!up)
			log_info("%s is down.", link->name);
	} else {
		up = false;
	}
	/* The addresses are read yet: what begins now begins as a task, later. */
	if (up)
		link_came_up(link);
	else if (!link->up)
		discover_stop(link);
}

static void read_addr(struct mctpd *d, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct nl_attrs attrs;
	struct link *link;
	uint8_t eid;

	if (nlh->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) ||
	    ifa->ifa_family != AF_MCTP)
		return;
	nl_attrs_parse(nlh, sizeof(*ifa), &attrs);
	if (!nl_attr_u8(&attrs, IFA_LOCAL, &eid))
		return;
	if ((int)ifa->ifa_index == d->loopback.index)
		d->loopback.has[eid] = true;
	link = link_find(d, ifa->ifa_index);
	if (link && link->n_eids < LOCAL_EIDS_MAX)
		link->eids[link->n_eids++] = eid;
}

static int sync_addrs(struct mctpd *d)
{
	struct nlmsghdr *nlh = nl_message(&d->kernel.nl, RTM_GETADDR, 0);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	const struct nlmsghdr *each;
	struct nl_store store = {};
	struct network *network;
	struct link *link;
	int err, left;

	ifa->ifa_family = AF_MCTP;
	err = nl_dump(&d->kernel.nl, nlh, &store);
	if (err)
		return err;
	for (link = d->links; link; link = link->next)
		link->n_eids = 0;
	memset(d->loopback.has, 0, sizeof(d->loopback.has));
	nl_store_for_each(each, left, &store)
		read_addr(d, each);
	nl_store_free(&store);
	for (link = d->links; link; link = link->next)
		apply_eid(link);
	for (network = d->networks; network; network = network->next)
		network_sync_local(network);
	return 0;
}

/**
 * link_sync - read the kernel's links and addresses, and act on what is new
 *
 * Return: 0 or a negative errno.
 */
int link_sync(struct mctpd *d)
{
	struct device_list list;
	struct link *link, *next;
	size_t i;

	if (device_list_load(&d->kernel, &list)) {
		device_list_free(&list);
		return -EIO;
	}
	for (link = d->links; link; link = link->next)
		link->seen = false;
	for (i = 0; i < list.n; i++)
		sync_device(d, &list.devices[i]);
	device_list_free(&list);
	for (link = d->links; link; link = next) {
		next = link->next;
		if (!link->seen)
			link_remove(link, "is gone");
	}
	return sync_addrs(d);
}

static int resync(sd_event_source *source, uint64_t usec, void *data)
{
	struct mctpd *d = data;
	int err;

	(void)source;
	(void)usec;
	err = link_sync(d);
	if (err)
		log_error("the links cannot be read: %s.", strerror(-err));
	return 0;
}

static void sync_soon(struct mctpd *d)
{
	int enabled;

	if (sd_event_source_get_enabled(d->resync, &enabled) >= 0 && enabled)
		return;
	sd_event_source_set_time_relative(d->resync, SYNC_DELAY_US);
	sd_event_source_set_enabled(d->resync, SD_EVENT_ONESHOT);
}

static int on_notification(sd_event_source *source, int fd, uint32_t events, void *data)
{
	static char buffer[65536];
	struct mctpd *d = data;

	(void)source;
	(void)events;
	/* What it says does not matter, nor whether some were lost (ENOBUFS). */
	while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0 || errno == ENOBUFS)
		errno = 0;
	sync_soon(d);
	return 0;
}

static int join(struct mctpd *d, int group)
{
	return mnl_socket_setsockopt(d->monitor, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
}

/**
 * link_init - open rtnetlink, and read what there is
 *
 * Return: 0 or a negative errno.
 */
int link_init(struct mctpd *d)
{
	int err;

	err = nl_open(&d->kernel.nl, false);
	if (err)
		return err;
	d->monitor = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!d->monitor || mnl_socket_bind(d->monitor, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    join(d, RTNLGRP_LINK) < 0 || join(d, RTNLGRP_MCTP_IFADDR) < 0)
		return -errno;
	err = sd_event_add_io(d->event, &d->monitor_source, mnl_socket_get_fd(d->monitor), EPOLLIN,
			      on_notification, d);
	if (err < 0)
		return err;
	err = sd_event_add_time_relative(d->event, &d->resync, CLOCK_MONOTONIC, 0, 1000, resync, d);
	if (err < 0)
		return err;
	sd_event_source_set_enabled(d->resync, SD_EVENT_OFF);
	return link_sync(d);
}

/**
 * link_exit - forget all links; the kernel's tables stay as they are
 */
void link_exit(struct mctpd *d)
{
	sd_event_source_unref(d->resync);
	sd_event_source_unref(d->monitor_source);
	if (d->monitor)
		mnl_socket_close(d->monitor);
	nl_close(&d->kernel.nl);
}
