// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices as rtnetlink tells of them, and their MCTP state.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

#include <linux/if_link.h>
#include <linux/mctp.h>

/* MCTP's part of IFLA_AF_SPEC. */
static void parse_af_spec(const struct nlattr *spec, struct device *device)
{
	struct nl_attrs families, own;

	nl_attrs_parse_nested(spec, &families);
	if (!families.tb[AF_MCTP])
		return;
	device->is_mctp = true;
	nl_attrs_parse_nested(families.tb[AF_MCTP], &own);
	nl_attr_u32(&own, __IFLA_MCTP_ATTR_NET, &device->net);
	nl_attr_u8(&own, __IFLA_MCTP_ATTR_PHYS_BINDING, &device->binding);
}

/**
 * device_parse - read what a message says about a device
 * @nlh: the message, of any origin
 * @device: the device; undefined unless true
 *
 * Return: false when the message is none about a device.
 */
bool device_parse(const struct nlmsghdr *nlh, struct device *device)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *name, *addr;
	struct nl_attrs attrs;

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return false;
	nl_attrs_parse(nlh, sizeof(*ifi), &attrs);
	name = attrs.tb[IFLA_IFNAME];
	if (!name || mnl_attr_validate(name, MNL_TYPE_NUL_STRING) < 0)
		return false;

	*device = (struct device){ .index = ifi->ifi_index,
				   .flags = ifi->ifi_flags,
				   .type = ifi->ifi_type };
	strncpy(device->name, mnl_attr_get_str(name), IFNAMSIZ - 1);
	nl_attr_u32(&attrs, IFLA_MTU, &device->mtu);
	addr = attrs.tb[IFLA_ADDRESS];
	if (addr && mnl_attr_get_payload_len(addr) <= LLADDR_MAX) {
		device->addr_len = mnl_attr_get_payload_len(addr);
		memcpy(device->addr, mnl_attr_get_payload(addr), device->addr_len);
	}
	parse_af_spec(attrs.tb[IFLA_AF_SPEC], device);
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct device *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static size_t count_messages(const struct nl_store *store)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;
	int left;

	nl_store_for_each(nlh, left, store)
		n++;
	return n;
}

static struct nlmsghdr *link_request(struct mctp *m)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_family = AF_UNSPEC;
	/* Statistics make up most of a link message, and are not needed. */
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nlh;
}

/**
 * device_list_load - read all devices
 * @m: the call, connected
 * @list: gets them; to be freed by device_list_free(), also after an error
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int device_list_load(struct mctp *m, struct device_list *list)
{
	struct nl_store store = {};
	const struct nlmsghdr *nlh;
	int err, left;

	*list = (struct device_list){};
	err = nl_dump(&m->nl, link_request(m), &store);
	if (err)
		return refused_by_kernel(m, err, "list the devices");

	list->devices = calloc(count_messages(&store) + 1, sizeof(*list->devices));
	if (!list->devices) {
		nl_store_free(&store);
		return refused("cannot list the devices: out of memory.");
	}
	nl_store_for_each(nlh, left, &store) {
		if (device_parse(nlh, &list->devices[list->n]))
			list->n++;
	}
	nl_store_free(&store);
	qsort(list->devices, list->n, sizeof(*list->devices), compare);
	return STATUS_FINE;
}

/**
 * device_list_put - add a device to a list, or what is new about it
 *
 * Return: 0 or -ENOMEM.
 */
int device_list_put(struct device_list *list, const struct device *device)
{
	struct device *devices;

	device_list_drop(list, device->index);
	devices = reallocarray(list->devices, list->n + 1, sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	list->devices = devices;
	devices[list->n++] = *device;
	qsort(devices, list->n, sizeof(*devices), compare);
	return 0;
}

/**
 * device_list_drop - take a device out of a list, if it is there
 */
void device_list_drop(struct device_list *list, int index)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++) {
		if (list->devices[i].index != index)
			list->devices[kept++] = list->devices[i];
	}
	list->n = kept;
}

/**
 * device_list_free - let go of a list
 */
void device_list_free(struct device_list *list)
{
	free(list->devices);
	*list = (struct device_list){};
}

/**
 * device_list_find - find a device by its index
 *
 * Return: the device, which the list owns, or NULL.
 */
const struct device *device_list_find(const struct device_list *list, int index)
{
	struct device key = { .index = index };

	if (!list->n)
		return NULL;
	return bsearch(&key, list->devices, list->n, sizeof(key), compare);
}

/**
 * device_list_name - name a device, if only by its number because it has gone meanwhile
 */
void device_list_name(const struct device_list *list, int index, char name[IFNAMSIZ])
{
	const struct device *device = device_list_find(list, index);

	if (device)
		memcpy(name, device->name, IFNAMSIZ);
	else
		snprintf(name, IFNAMSIZ, "if%d", index);
}

/**
 * device_list_net - the MCTP network of a device
 *
 * Return: the network, 0 when the device has gone meanwhile.
 */
uint32_t device_list_net(const struct device_list *list, int index)
{
	const struct device *device = device_list_find(list, index);

	return device ? device->net : 0;
}

static int no_such_device(struct mctp *m, int err, const char *name)
{
	if (err == -ENODEV)
		return refused("there is no device %s. Those that exist: mctp link", name);
	return refused_by_kernel(m, err, "find the device %s", name);
}

/**
 * device_get - find an MCTP device by its name
 * @m: the call, connected
 * @name: the name
 * @device: gets what is known of it
 *
 * Return: STATUS_FINE; STATUS_REFUSED with a sentence on stderr, also when the device does not
 * speak MCTP.
 */
int device_get(struct mctp *m, const char *name, struct device *device)
{
	struct nlmsghdr *nlh = link_request(m);
	const struct nlmsghdr *answer;
	struct nl_store store = {};
	bool good;
	int err, left;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	err = nl_talk(&m->nl, nlh, &store);
	if (err) {
		nl_store_free(&store);
		return no_such_device(m, err, name);
	}
	answer = nl_store_first(&store, &left);
	good = answer && mnl_nlmsg_ok(answer, left) && device_parse(answer, device);
	nl_store_free(&store);
	if (!good)
		return refused("the kernel's answer about the device %s is not understood.", name);
	if (!device->is_mctp)
		return refused("%s is not an MCTP device. Those that are: mctp link", name);
	return STATUS_FINE;
}

/**
 * device_get_filter - the index to show the entries of
 * @m: the call, connected
 * @name: a device's name, or NULL for all
 * @index: gets the index, 0 for all
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int device_get_filter(struct mctp *m, const char *name, int *index)
{
	struct device device;

	*index = 0;
	if (!name)
		return STATUS_FINE;
	if (device_get(m, name, &device))
		return STATUS_REFUSED;
	*index = device.index;
	return STATUS_FINE;
}

/**
 * device_binding_name - name a physical binding
 * @binding: its number (DSP0239)
 *
 * Return: the name, or NULL for one that is not known.
 */
const char *device_binding_name(uint8_t binding)
{
	static const char *const names[] = {
		[1] = "i2c", [2] = "pcie-vdm", [3] = "usb", [4] = "kcs",  [5] = "serial",
		[6] = "i3c", [7] = "mmbi",     [8] = "pcc", [9] = "ucie",
	};

	if (binding == 0xff)
		return "vendor";
	return binding < sizeof(names) / sizeof(names[0]) ? names[binding] : NULL;
}
