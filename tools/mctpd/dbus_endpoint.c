// SPDX-License-Identifier: GPL-2.0
/*
 * D-Bus: endpoints.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

#define INTERFACE_COMMON  "xyz.openbmc_project.MCTP.Endpoint"
#define INTERFACE_UUID    "xyz.openbmc_project.Common.UUID"
#define INTERFACE_CONTROL "au.com.codeconstruct.MCTP.Endpoint1"
#define INTERFACE_BRIDGE  "au.com.codeconstruct.MCTP.Bridge1"

enum { SLOT_COMMON, SLOT_CONTROL, SLOT_UUID, SLOT_BRIDGE, N_SLOTS };

/* A getter of a property; the values that it has at hand are named after what they are. */
#define GETTER(name, ...)                                                                    \
	static int name(sd_bus *bus, const char *path, const char *interface,                \
			const char *property, sd_bus_message *reply, void *data,             \
			sd_bus_error *error)                                                 \
	{                                                                                    \
		const struct endpoint *ep = data;                                            \
                                                                                             \
		(void)bus, (void)path, (void)interface, (void)property, (void)error;         \
		return __VA_ARGS__;                                                          \
	}

static int append_vdms(sd_bus_message *reply, const struct endpoint *ep)
{
	size_t i;
	int err;

	err = sd_bus_message_open_container(reply, 'a', "(yvq)");
	for (i = 0; err >= 0 && i < ep->n_vdms; i++) {
		const struct codec_vdm *vdm = &ep->vdms[i];

		if (vdm->format)
			err = sd_bus_message_append(reply, "(yvq)", vdm->format, "u", vdm->vendor,
						    vdm->commands);
		else
			err = sd_bus_message_append(reply, "(yvq)", vdm->format, "q",
						    (uint16_t)vdm->vendor, vdm->commands);
	}
	return err < 0 ? err : sd_bus_message_close_container(reply);
}

static int append_uuid(sd_bus_message *reply, const struct endpoint *ep)
{
	char text[UUID_TEXT_SIZE];

	uuid_format(ep->uuid, text);
	return sd_bus_message_append(reply, "s", text);
}

static const char *medium_name(const struct endpoint *ep)
{
	const char *name = device_binding_name(ep->link->binding);

	return name ? name : "unknown";
}

GETTER(get_network, sd_bus_message_append(reply, "u", ep->network->id))
GETTER(get_eid, sd_bus_message_append(reply, "y", ep->eid))
GETTER(get_types, sd_bus_message_append_array(reply, 'y', ep->types, ep->n_types))
GETTER(get_vdms, append_vdms(reply, ep))
GETTER(get_uuid, append_uuid(reply, ep))
GETTER(get_connectivity,
       sd_bus_message_append(reply, "s", ep->degraded ? "Degraded" : "Available"))
GETTER(get_medium, sd_bus_message_append(reply, "s", medium_name(ep)))
GETTER(get_address, sd_bus_message_append_array(reply, 'y', ep->addr.bytes, ep->addr.len))
GETTER(get_interface, sd_bus_message_append(reply, "s", ep->link->name))
GETTER(get_bridge, sd_bus_message_append(reply, "y", ep->bridge ? ep->bridge->eid : EID_NULL))
GETTER(get_local_eid, sd_bus_message_append(reply, "y", ep->local_eid))
GETTER(get_pool_start, sd_bus_message_append(reply, "y", ep->pool_start))
GETTER(get_pool_end, sd_bus_message_append(reply, "y", ep->pool_start + ep->pool_size - 1))

static int remove_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct endpoint *ep = data;
	int err;

	if (ep->bridge)
		return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED,
					 "The endpoint belongs to a bridge: remove that");
	err = sd_bus_reply_method_return(m, "");
	endpoint_remove(ep, "D-Bus says so");
	return err < 0 ? err : 1;
}

static int recover_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)error;
	live_recover(data);
	return sd_bus_reply_method_return(m, "");
}

static int mtu_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct endpoint *ep = data;
	struct mctpd *d = ep->network->d;
	uint32_t mtu;
	int err;

	err = sd_bus_message_read(m, "u", &mtu);
	if (err < 0)
		return err;
	if (ep->bridge)
		return sd_bus_error_setf(error, SD_BUS_ERROR_FAILED,
					 "The endpoint is reached by its bridge's route");
	if (mtu && (mtu < 68 || mtu > ep->link->mtu))
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "The MTU of %s is from 68 to %u, or 0 for the link's",
					 ep->link->name, ep->link->mtu);
	/* Routes are not changed: the old one goes, and comes back should the new one not be had. */
	kernel_del_route(d, ep->link->index, ep->eid, 1);
	err = kernel_add_route(d, ep->link->index, ep->eid, 1, mtu);
	if (err) {
		kernel_add_route(d, ep->link->index, ep->eid, 1, 0);
		return sd_bus_error_set_errnof(error, err, "The route cannot be changed: %s",
					       strerror(-err));
	}
	return sd_bus_reply_method_return(m, "");
}

#define CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define CONST   SD_BUS_VTABLE_PROPERTY_CONST

static const sd_bus_vtable common_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("NetworkId", "u", get_network, 0, CONST),
	SD_BUS_PROPERTY("EID", "y", get_eid, 0, CONST),
	SD_BUS_PROPERTY("SupportedMessageTypes", "ay", get_types, 0, CHANGES),
	SD_BUS_PROPERTY("VendorDefinedMessageTypes", "a(yvq)", get_vdms, 0, CHANGES),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable uuid_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("UUID", "s", get_uuid, 0, CONST),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable control_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("SetMTU", "u", "", mtu_method, 0),
	SD_BUS_METHOD("Remove", "", "", remove_method, 0),
	SD_BUS_METHOD("Recover", "", "", recover_method, 0),
	SD_BUS_PROPERTY("Connectivity", "s", get_connectivity, 0, CHANGES),
	SD_BUS_PROPERTY("Medium", "s", get_medium, 0, CONST),
	SD_BUS_PROPERTY("PhysicalAddress", "ay", get_address, 0, CONST),
	SD_BUS_PROPERTY("Interface", "s", get_interface, 0, CHANGES),
	SD_BUS_PROPERTY("Bridge", "y", get_bridge, 0, CONST),
	SD_BUS_PROPERTY("LocalEID", "y", get_local_eid, 0, CHANGES),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable bridge_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("PoolStart", "y", get_pool_start, 0, CHANGES),
	SD_BUS_PROPERTY("PoolEnd", "y", get_pool_end, 0, CHANGES),
	SD_BUS_VTABLE_END,
};

static void add(struct endpoint *ep, int slot, const char *interface, const sd_bus_vtable *vtable)
{
	sd_bus_add_object_vtable(ep->network->d->bus, &ep->slots[slot], ep->path, interface, vtable,
				 ep);
}

/**
 * dbus_endpoint_added - show an endpoint
 */
void dbus_endpoint_added(struct endpoint *ep)
{
	if (asprintf(&ep->path, BUS_ROOT "/networks/%u/endpoints/%u", ep->network->id, ep->eid) < 0) {
		ep->path = NULL;
		return;
	}
	add(ep, SLOT_COMMON, INTERFACE_COMMON, common_vtable);
	add(ep, SLOT_CONTROL, INTERFACE_CONTROL, control_vtable);
	if (ep->have_uuid)
		add(ep, SLOT_UUID, INTERFACE_UUID, uuid_vtable);
	if (ep->pool_size)
		add(ep, SLOT_BRIDGE, INTERFACE_BRIDGE, bridge_vtable);
	sd_bus_emit_object_added(ep->network->d->bus, ep->path);
}

/**
 * dbus_endpoint_bridge_added - an endpoint has got EIDs for what is behind it
 */
void dbus_endpoint_bridge_added(struct endpoint *ep)
{
	if (!ep->path || ep->slots[SLOT_BRIDGE])
		return;
	add(ep, SLOT_BRIDGE, INTERFACE_BRIDGE, bridge_vtable);
	sd_bus_emit_interfaces_added(ep->network->d->bus, ep->path, INTERFACE_BRIDGE, NULL);
}

/**
 * dbus_endpoint_changed - a property of Endpoint1 has changed
 */
void dbus_endpoint_changed(struct endpoint *ep, const char *property)
{
	if (ep->path)
		sd_bus_emit_properties_changed(ep->network->d->bus, ep->path, INTERFACE_CONTROL,
					       property, NULL);
}

/**
 * dbus_endpoint_types_changed - an endpoint speaks other message types
 */
void dbus_endpoint_types_changed(struct endpoint *ep)
{
	if (ep->path)
		sd_bus_emit_properties_changed(ep->network->d->bus, ep->path, INTERFACE_COMMON,
					       "SupportedMessageTypes",
					       "VendorDefinedMessageTypes", NULL);
}

/**
 * dbus_endpoint_removed - no longer show an endpoint
 */
void dbus_endpoint_removed(struct endpoint *ep)
{
	int i;

	if (!ep->path)
		return;
	sd_bus_emit_object_removed(ep->network->d->bus, ep->path);
	for (i = 0; i < N_SLOTS; i++)
		ep->slots[i] = sd_bus_slot_unref(ep->slots[i]);
	free(ep->path);
	ep->path = NULL;
}
