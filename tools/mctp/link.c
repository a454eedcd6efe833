// SPDX-License-Identifier: GPL-2.0
/*
 * mctp link: the devices that speak MCTP.
 */
#include <errno.h>

#include "args.h"
#include "entry.h"

#include <linux/if_link.h>
#include <linux/mctp.h>

/**
 * link_print_fields - print what is shown of a device
 */
void link_print_fields(struct printer *p, const struct device *device)
{
	print_string(p, "dev", "dev", device->name);
	print_number(p, "index", "index", device->index);
	print_lladdr(p, "address", "address", device->addr, device->addr_len);
	print_number(p, "net", "net", device->net);
	print_number(p, "mtu", "mtu", device->mtu);
	print_bool(p, "up", device->flags & IFF_UP, "up", "down");
	print_json_string(p, "binding", device_binding_name(device->binding));
}

static void print_device(struct printer *p, const struct device *device)
{
	print_record(p);
	link_print_fields(p, device);
	print_record_end(p);
}

static int link_show(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };
	struct device_list list;
	struct device device;
	size_t i;

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	if (words[0].value) {
		if (device_get(m, words[0].value, &device))
			return STATUS_REFUSED;
		print_begin(&m->out);
		print_device(&m->out, &device);
		print_end(&m->out);
		return STATUS_FINE;
	}

	if (device_list_load(m, &list))
		return STATUS_REFUSED;
	print_begin(&m->out);
	for (i = 0; i < list.n; i++) {
		if (list.devices[i].is_mctp)
			print_device(&m->out, &list.devices[i]);
	}
	print_end(&m->out);
	device_list_free(&list);
	return STATUS_FINE;
}

/**
 * struct link_change - what link set shall do
 * @up: bring it up
 * @down: take it down
 * @mtu: 0 to leave it
 * @net: 0 to leave it
 */
struct link_change {
	bool up;
	bool down;
	uint32_t mtu;
	uint32_t net;
};

static int parse_change(struct args *a, struct link_change *change)
{
	enum { UP, DOWN, MTU, NET };
	struct keyword words[] = {
		[UP] = { .name = "up", .flag = true },
		[DOWN] = { .name = "down", .flag = true },
		[MTU] = { .name = "mtu" },
		[NET] = { .name = "network", .alias = "net" },
	};

	if (ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	*change = (struct link_change){ .up = words[UP].value, .down = words[DOWN].value };
	if (change->up && change->down)
		return misuse(a, "a device cannot be set up and down at once: choose one.");
	if (words[MTU].value &&
	    args_number(a, "the MTU", words[MTU].value, 1, INT32_MAX, &change->mtu))
		return STATUS_MISUSE;
	if (words[NET].value &&
	    args_number(a, "the network", words[NET].value, 1, UINT32_MAX, &change->net))
		return STATUS_MISUSE;
	if (!change->up && !change->down && !change->mtu && !change->net)
		return misuse(a, "nothing to set: say up, down, mtu N or network N.");
	return STATUS_FINE;
}

static void put_af_spec(struct nlmsghdr *nlh, uint32_t net)
{
	struct nlattr *spec = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	struct nlattr *own = mnl_attr_nest_start(nlh, AF_MCTP);

	mnl_attr_put_u32(nlh, __IFLA_MCTP_ATTR_NET, net);
	mnl_attr_nest_end(nlh, own);
	mnl_attr_nest_end(nlh, spec);
}

static int link_set(struct mctp *m, struct args *a)
{
	struct link_change change;
	struct ifinfomsg *ifi;
	struct device device;
	struct nlmsghdr *nlh;
	const char *name;
	int err;

	if (args_take(a, "the device's name", &name) || args_ifname(a, name) ||
	    parse_change(a, &change))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get(m, name, &device))
		return STATUS_REFUSED;

	nlh = nl_message(&m->nl, RTM_SETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = device.index;
	if (change.up || change.down)
		ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = change.up ? IFF_UP : 0;
	if (change.mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, change.mtu);
	if (change.net)
		put_af_spec(nlh, change.net);
	err = nl_talk(&m->nl, nlh, NULL);
	if (err)
		return refused_by_kernel(m, err, "change %s", name);
	return STATUS_FINE;
}

static int link_add(struct mctp *m, struct args *a)
{
	return vmctp_add(m, a);
}

static int link_delete(struct mctp *m, struct args *a)
{
	struct ifinfomsg *ifi;
	struct device device;
	struct nlmsghdr *nlh;
	const char *name;
	int err;

	if (args_take(a, "the device's name", &name) || args_ifname(a, name) || args_end(a))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get(m, name, &device))
		return STATUS_REFUSED;

	nlh = nl_message(&m->nl, RTM_DELLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = device.index;
	err = nl_talk(&m->nl, nlh, NULL);
	if (err == -EOPNOTSUPP)
		return refused("%s cannot be deleted: only what mctp link add made can.",
			       name);
	if (err)
		return refused_by_kernel(m, err, "delete %s", name);
	return STATUS_FINE;
}

static const struct verb verbs[] = {
	{ "show", "[[dev] DEV]", "list the devices that speak MCTP, or one", link_show },
	{ "set", "DEV [up | down] [mtu N] [network N]", "change a device", link_set },
	{ "add",
	  "NAME type vmctp [peer NAME] [peer-netns NETNS] [addrlen 0|1] [lladdr ADDRESS] [peer-lladdr ADDRESS]",
	  "make a pair of virtual devices, back to back", link_add },
	{ "delete", "DEV", "remove a virtual device and its peer", link_delete },
	{ "serial", "TTY [baud N] [--daemon] [--name-file FILE]",
	  "make a device of a serial line, and hold it", serial_hold },
	{ }
};

const struct object link_object = {
	.name = "link",
	.purpose = "the devices that speak MCTP",
	.verbs = verbs,
};
