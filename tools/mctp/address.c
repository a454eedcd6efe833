// SPDX-License-Identifier: GPL-2.0
/*
 * mctp address: the EIDs that this system answers to.
 */
#include "args.h"
#include "device.h"

#include <linux/if_addr.h>

/* One local EID, if the message tells of one on device @only (0 for all). */
static void print_address(struct printer *p, const struct nlmsghdr *nlh,
			  const struct device_list *list, int only)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct nl_attrs attrs;
	char name[IFNAMSIZ];
	uint8_t eid;

	if (nlh->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) ||
	    ifa->ifa_family != AF_MCTP || (only && (int)ifa->ifa_index != only))
		return;
	nl_attrs_parse(nlh, sizeof(*ifa), &attrs);
	if (!nl_attr_u8(&attrs, IFA_LOCAL, &eid) && !nl_attr_u8(&attrs, IFA_ADDRESS, &eid))
		return;
	device_list_name(list, ifa->ifa_index, name);

	print_record(p);
	print_number(p, "eid", "eid", eid);
	print_number(p, "net", "net", device_list_net(list, ifa->ifa_index));
	print_string(p, "dev", "dev", name);
	print_record_end(p);
}

static int load_addresses(struct mctp *m, int index, struct nl_store *table)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETADDR, 0);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	int err;

	ifa->ifa_family = AF_MCTP;
	ifa->ifa_index = m->nl.strict ? index : 0;
	err = nl_dump(&m->nl, nlh, table);
	if (err)
		return refused_by_kernel(m, err, "list the addresses");
	return STATUS_FINE;
}

static int address_show(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };
	struct nl_store table = {};
	struct device_list list;
	const struct nlmsghdr *nlh;
	int index, left;

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get_filter(m, words[0].value, &index) ||
	    load_addresses(m, index, &table))
		return STATUS_REFUSED;
	if (device_list_load(m, &list)) {
		nl_store_free(&table);
		return STATUS_REFUSED;
	}
	print_begin(&m->out);
	nl_store_for_each(nlh, left, &table)
		print_address(&m->out, nlh, &list, index);
	print_end(&m->out);
	device_list_free(&list);
	nl_store_free(&table);
	return STATUS_FINE;
}

static int change_address(struct mctp *m, struct args *a, uint16_t type, uint16_t flags,
			  const char *what)
{
	struct keyword words[] = { { .name = "dev" } };
	struct ifaddrmsg *ifa;
	struct device device;
	struct nlmsghdr *nlh;
	const char *word;
	uint8_t eid;
	int err;

	if (args_take(a, "the EID", &word) || args_eid(a, word, &eid) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (!words[0].value)
		return misuse(a, "the device is missing: add \"dev DEV\".");
	if (args_ifname(a, words[0].value))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get(m, words[0].value, &device))
		return STATUS_REFUSED;

	nlh = nl_message(&m->nl, type, flags);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_MCTP;
	ifa->ifa_index = device.index;
	mnl_attr_put_u8(nlh, IFA_LOCAL, eid);
	err = nl_talk(&m->nl, nlh, NULL);
	if (err)
		return refused_by_kernel(m, err, "%s EID %u on %s", what, eid, device.name);
	return STATUS_FINE;
}

static int address_add(struct mctp *m, struct args *a)
{
	return change_address(m, a, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "add");
}

static int address_delete(struct mctp *m, struct args *a)
{
	return change_address(m, a, RTM_DELADDR, 0, "delete");
}

static const struct verb verbs[] = {
	{ "show", "[[dev] DEV]", "list the local EIDs", address_show },
	{ "add", "EID dev DEV", "give this system an EID on a device", address_add },
	{ "delete", "EID dev DEV", "take an EID away", address_delete },
	{ }
};

const struct object address_object = {
	.name = "address",
	.purpose = "the EIDs that this system answers to",
	.verbs = verbs,
};
