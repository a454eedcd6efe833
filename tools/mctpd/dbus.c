// SPDX-License-Identifier: GPL-2.0
/*
 * D-Bus: the daemon's name, its links and its networks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

#define INTERFACE_LINK    "au.com.codeconstruct.MCTP.Interface1"
#define INTERFACE_OWNER   "au.com.codeconstruct.MCTP.BusOwner1"
#define INTERFACE_NETWORK "au.com.codeconstruct.MCTP.Network1"

/**
 * struct call - a method call that is answered later
 * @m: the call, held
 * @link: the link that it is about, held
 * @network: the network that it is about, held; NULL if it is about a link
 * @addr: physical address
 * @how: how to set up what is there
 * @bridge: the caller is told of the pool, too
 * @eid: the EID to learn
 */
struct call {
	sd_bus_message *m;
	struct link *link;
	struct network *network;
	struct config_addr addr;
	struct setup how;
	bool bridge;
	uint8_t eid;
};

static void call_free(struct call *call)
{
	sd_bus_message_unref(call->m);
	if (call->link)
		link_put(call->link);
	if (call->network)
		network_put(call->network);
	free(call);
}

static int call_start(struct call *call, void (*run)(void *data))
{
	int err = task_start(run, call);

	if (err)
		call_free(call);
	return err ? err : 1;
}

static void refuse(struct call *call, int err)
{
	switch (err) {
	case -ETIMEDOUT:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_TIMEOUT,
					   "The endpoint does not answer");
		break;
	case -EEXIST:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "Another endpoint has that EID");
		break;
	case -ENOTUNIQ:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "Another endpoint has an EID of that pool");
		break;
	case -EADDRINUSE:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "The endpoint insists on an EID that it cannot have");
		break;
	case -EADDRNOTAVAIL:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "The endpoint has no EID");
		break;
	case -ENXIO:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "No bridge has that EID for what is behind it");
		break;
	case -ENOSPC:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "No EID is left to be given");
		break;
	case -ESTALE:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "The bus owner gives us other EIDs all the time");
		break;
	case -EOPNOTSUPP:
	case -EREMOTEIO:
	case -EBADMSG:
		sd_bus_reply_method_errorf(call->m, SD_BUS_ERROR_FAILED,
					   "The endpoint refuses, or answers what cannot be");
		break;
	default:
		sd_bus_reply_method_errnof(call->m, err, "The endpoint cannot be set up: %s",
					   strerror(-err));
	}
}

/* Somebody else may still find out what it is. */
static bool is_shown(struct endpoint *ep)
{
	while (!ep->path && !ep->gone)
		task_sleep(20000);
	return !ep->gone;
}

static void tell_endpoint(const struct call *call, const struct endpoint *ep, bool is_new)
{
	if (call->bridge)
		sd_bus_reply_method_return(call->m, "yyisb", ep->eid,
					   ep->pool_size ? ep->pool_start : EID_NULL,
					   ep->network->id, ep->path, is_new);
	else
		sd_bus_reply_method_return(call->m, "yisb", ep->eid, ep->network->id, ep->path,
					   is_new);
}

static void run_setup(void *data)
{
	struct call *call = data;
	struct endpoint *ep;
	bool is_new;
	int err;

	err = setup_endpoint(call->link, &call->addr, &call->how, &ep, &is_new);
	if (err) {
		refuse(call, err);
	} else {
		if (is_shown(ep))
			tell_endpoint(call, ep, is_new);
		else
			refuse(call, -ENODEV);
		endpoint_put(ep);
	}
	call_free(call);
}

static int read_addr(sd_bus_message *m, struct link *link, struct config_addr *addr,
		     sd_bus_error *error)
{
	const void *bytes;
	size_t len;
	int err;

	err = sd_bus_message_read_array(m, 'y', &bytes, &len);
	if (err < 0)
		return err;
	if (len != link->addr_len || len > sizeof(addr->bytes))
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "Physical addresses of %s have %u bytes", link->name,
					 link->addr_len);
	addr->len = len;
	if (len)
		memcpy(addr->bytes, bytes, len);
	return 0;
}

/* Can there be such an EID, and such a pool beside it? */
static int check_static(const struct setup *how, sd_bus_error *error)
{
	uint8_t first = how->pool_start, size = how->pool_size;

	if (how->eid < EID_FIRST || how->eid > EID_LAST)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "An EID is a number from 8 to 254");
	if (first && (first < EID_FIRST || first > EID_LAST || first + size - 1 > EID_LAST))
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "The pool must be within 8 to 254");
	if (first && !size)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "A pool that starts somewhere has a size");
	if (first && how->eid >= first && how->eid < first + size)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "The bridge's own EID cannot be in its pool");
	return 0;
}

static int owner_call(sd_bus_message *m, struct link *link, enum setup_mode mode,
		      const char *more, sd_bus_error *error)
{
	struct call *call;
	struct setup how = { .mode = mode };
	struct config_addr addr;
	int err;

	err = read_addr(m, link, &addr, error);
	if (err < 0)
		return err;
	if (!strcmp(more, "y"))
		err = sd_bus_message_read(m, "y", &how.eid);
	else if (!strcmp(more, "yyy"))
		err = sd_bus_message_read(m, "yyy", &how.eid, &how.pool_start, &how.pool_size);
	if (err >= 0 && mode == SETUP_STATIC)
		err = check_static(&how, error);
	if (err < 0)
		return err;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	call->m = sd_bus_message_ref(m);
	call->link = link;
	link_get(link);
	call->addr = addr;
	call->how = how;
	call->bridge = !strcmp(more, "yyy");
	return call_start(call, run_setup);
}

static int setup_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	return owner_call(m, data, SETUP_ANY, "", error);
}

static int assign_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	return owner_call(m, data, SETUP_ASSIGN, "", error);
}

static int static_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	return owner_call(m, data, SETUP_STATIC, "y", error);
}

static int bridge_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	return owner_call(m, data, SETUP_STATIC, "yyy", error);
}

static int learn_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	return owner_call(m, data, SETUP_LEARN, "", error);
}

#define FOUND SD_BUS_RESULT("y", eid, "i", network, "s", path, "b", new)

static const sd_bus_vtable owner_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_ARGS("SetupEndpoint", SD_BUS_ARGS("ay", address), FOUND, setup_method,
				0),
	SD_BUS_METHOD_WITH_ARGS("AssignEndpoint", SD_BUS_ARGS("ay", address), FOUND, assign_method,
				0),
	SD_BUS_METHOD_WITH_ARGS("AssignEndpointStatic", SD_BUS_ARGS("ay", address, "y", eid), FOUND,
				static_method, 0),
	SD_BUS_METHOD_WITH_ARGS("AssignBridgeStatic",
				SD_BUS_ARGS("ay", address, "y", eid, "y", pool_start,
					    "y", pool_size),
				SD_BUS_RESULT("y", eid, "y", pool_start, "i", network, "s", path,
					      "b", new),
				bridge_method, 0),
	SD_BUS_METHOD_WITH_ARGS("LearnEndpoint", SD_BUS_ARGS("ay", address), FOUND, learn_method,
				0),
	SD_BUS_VTABLE_END,
};

static const char *role_name(enum role role)
{
	return role == ROLE_BUS_OWNER ? "BusOwner" : role == ROLE_ENDPOINT ? "Endpoint" : "Unknown";
}

static int get_role(sd_bus *bus, const char *path, const char *interface, const char *property,
		    sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const struct link *link = data;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s", role_name(link->role));
}

static int set_role(sd_bus *bus, const char *path, const char *interface, const char *property,
		    sd_bus_message *value, void *data, sd_bus_error *error)
{
	enum role role;
	const char *name;
	int err;

	(void)bus, (void)path, (void)interface, (void)property;
	err = sd_bus_message_read(value, "s", &name);
	if (err < 0)
		return err;
	for (role = ROLE_UNKNOWN; role <= ROLE_ENDPOINT; role++) {
		if (!strcmp(name, role_name(role))) {
			link_set_role(data, role);
			return 0;
		}
	}
	return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
				 "A role is BusOwner, Endpoint or Unknown");
}

static int get_link_network(sd_bus *bus, const char *path, const char *interface,
			    const char *property, sd_bus_message *reply, void *data,
			    sd_bus_error *error)
{
	const struct link *link = data;

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "u", link->network->id);
}

static const sd_bus_vtable link_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_WRITABLE_PROPERTY("Role", "s", get_role, set_role, 0,
				 SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("NetworkId", "u", get_link_network, 0,
			SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static void add_owner(struct link *link)
{
	if (link->role == ROLE_BUS_OWNER && !link->owner_slot)
		sd_bus_add_object_vtable(link->d->bus, &link->owner_slot, link->path,
					 INTERFACE_OWNER, owner_vtable, link);
}

/**
 * dbus_link_added - show a link
 */
void dbus_link_added(struct link *link)
{
	sd_bus *bus = link->d->bus;

	if (!bus || sd_bus_path_encode(BUS_ROOT "/interfaces", link->name, &link->path) < 0)
		return;
	sd_bus_add_object_vtable(bus, &link->slot, link->path, INTERFACE_LINK, link_vtable, link);
	add_owner(link);
	sd_bus_emit_object_added(bus, link->path);
}

/**
 * dbus_link_removed - no longer show a link
 */
void dbus_link_removed(struct link *link)
{
	if (!link->path)
		return;
	sd_bus_emit_object_removed(link->d->bus, link->path);
	link->owner_slot = sd_bus_slot_unref(link->owner_slot);
	link->slot = sd_bus_slot_unref(link->slot);
	free(link->path);
	link->path = NULL;
}

/**
 * dbus_link_role_changed - show a link's new role, and what it can do by it
 */
void dbus_link_role_changed(struct link *link)
{
	sd_bus *bus = link->d->bus;

	if (!link->path)
		return;
	if (link->role == ROLE_BUS_OWNER) {
		add_owner(link);
		sd_bus_emit_interfaces_added(bus, link->path, INTERFACE_OWNER, NULL);
	} else if (link->owner_slot) {
		sd_bus_emit_interfaces_removed(bus, link->path, INTERFACE_OWNER, NULL);
		link->owner_slot = sd_bus_slot_unref(link->owner_slot);
	}
	sd_bus_emit_properties_changed(bus, link->path, INTERFACE_LINK, "Role", NULL);
}

static void run_learn(void *data)
{
	struct call *call = data;
	struct endpoint *bridge, *ep = call->network->endpoints[call->eid];
	bool is_new = false;
	int err = 0;

	bridge = endpoint_pool_owner(call->network, call->eid);
	if (ep) {
		endpoint_get(ep);
	} else if (bridge) {
		endpoint_get(bridge);
		err = explore_eid(bridge, call->eid, &ep, &is_new);
		endpoint_put(bridge);
	} else {
		err = -ENXIO;
	}
	if (err) {
		refuse(call, err);
	} else {
		if (is_shown(ep))
			sd_bus_reply_method_return(call->m, "sb", ep->path, is_new);
		else
			refuse(call, -ENODEV);
		endpoint_put(ep);
	}
	call_free(call);
}

static int learn_eid_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct call *call;
	uint8_t eid;
	int err;

	(void)error;
	err = sd_bus_message_read(m, "y", &eid);
	if (err < 0)
		return err;
	call = calloc(1, sizeof(*call));
	if (!call)
		return -ENOMEM;
	call->m = sd_bus_message_ref(m);
	call->network = data;
	network_get(call->network);
	call->eid = eid;
	return call_start(call, run_learn);
}

/**
 * dbus_local_eids - the EIDs of ours in a network
 *
 * Return: how many.
 */
size_t dbus_local_eids(const struct network *network, uint8_t eids[256])
{
	size_t n = 0;
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		if (network_is_local(network, eid))
			eids[n++] = eid;
	}
	return n;
}

static int get_local_eids(sd_bus *bus, const char *path, const char *interface,
			  const char *property, sd_bus_message *reply, void *data,
			  sd_bus_error *error)
{
	uint8_t eids[256];

	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append_array(reply, 'y', eids, dbus_local_eids(data, eids));
}

static const sd_bus_vtable network_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("LearnEndpoint", "y", "sb", learn_eid_method, 0),
	SD_BUS_PROPERTY("LocalEIDs", "ay", get_local_eids, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_VTABLE_END,
};

static void network_path(const struct network *network, char path[64])
{
	snprintf(path, 64, BUS_ROOT "/networks/%u", network->id);
}

/**
 * dbus_network_added - show a network
 */
void dbus_network_added(struct network *network)
{
	char path[64];

	if (!network->d->bus)
		return;
	network_path(network, path);
	sd_bus_add_object_vtable(network->d->bus, &network->slot, path, INTERFACE_NETWORK,
				 network_vtable, network);
	sd_bus_emit_object_added(network->d->bus, path);
}

/**
 * dbus_network_removed - no longer show a network
 */
void dbus_network_removed(struct network *network)
{
	char path[64];

	if (!network->slot)
		return;
	network_path(network, path);
	sd_bus_emit_object_removed(network->d->bus, path);
	network->slot = sd_bus_slot_unref(network->slot);
}

/**
 * dbus_network_eids_changed - our EIDs there may be others now
 */
void dbus_network_eids_changed(struct network *network)
{
	char path[64];

	if (!network->slot)
		return;
	network_path(network, path);
	sd_bus_emit_properties_changed(network->d->bus, path, INTERFACE_NETWORK, "LocalEIDs", NULL);
}

/* Without it nobody could speak to us any more: a new start finds all in the kernel's tables. */
static int on_bus_gone(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct mctpd *d = data;

	(void)m;
	(void)error;
	log_error("D-Bus has gone away.");
	return sd_event_exit(d->event, -ECONNRESET);
}

/**
 * dbus_init - open the system bus
 *
 * Return: 0 or a negative errno.
 */
int dbus_init(struct mctpd *d)
{
	int err;

	err = sd_bus_open_system(&d->bus);
	if (err < 0)
		return err;
	err = sd_bus_attach_event(d->bus, d->event, 0);
	if (err < 0)
		return err;
	err = sd_bus_match_signal(d->bus, NULL, "org.freedesktop.DBus.Local",
				  "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
				  "Disconnected", on_bus_gone, d);
	if (err < 0)
		return err;
	err = sd_bus_add_object_manager(d->bus, NULL, BUS_ROOT);
	if (err < 0)
		return err;
	return dbus_support_init(d);
}

/**
 * dbus_own_name - be found: everything that was there at first is shown
 *
 * Return: 0 or a negative errno.
 */
int dbus_own_name(struct mctpd *d)
{
	int err = sd_bus_request_name(d->bus, BUS_NAME, 0);

	return err < 0 ? err : 0;
}

/**
 * dbus_exit - leave the bus
 */
void dbus_exit(struct mctpd *d)
{
	dbus_support_exit(d);
	d->bus = sd_bus_flush_close_unref(d->bus);
}
