// SPDX-License-Identifier: GPL-2.0
/*
 * mctp address: the EIDs that this system answers to.
 */
#include <errno.h>

#include "args.h"
#include "entry.h"

#include <linux/if_addr.h>

/**
 * address_parse - read a local EID out of a message that says that there is one, or was
 */
bool address_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct address *address = entry;
	struct nl_attrs attrs;

	if ((nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR) ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) || ifa->ifa_family != AF_MCTP)
		return false;
	nl_attrs_parse(nlh, sizeof(*ifa), &attrs);
	if (!nl_attr_u8(&attrs, IFA_LOCAL, &address->eid) &&
	    !nl_attr_u8(&attrs, IFA_ADDRESS, &address->eid))
		return false;
	address->index = ifa->ifa_index;
	address->net = device_list_net(list, address->index);
	device_list_name(list, address->index, address->dev);
	return true;
}

/**
 * address_print_fields - print what is shown of a local EID
 */
void address_print_fields(struct printer *p, const struct address *address)
{
	print_number(p, "eid", "eid", address->eid);
	print_number(p, "net", "net", address->net);
	print_string(p, "dev", "dev", address->dev);
}

/**
 * addresses_load - read the local EIDs
 * @m: the call, connected
 * @index: only those of this device, 0 for all; some kernels give all nevertheless
 * @out: gets them; to be freed by entries_free()
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int addresses_load(struct mctp *m, int index, struct entries *out)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETADDR, 0);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	struct nl_store table = {};
	struct device_list list;
	int err, status;

	*out = (struct entries){};
	ifa->ifa_family = AF_MCTP;
	ifa->ifa_index = m->nl.strict ? index : 0;
	err = nl_dump(&m->nl, nlh, &table);
	if (err)
		return refused_by_kernel(m, err, "list the addresses");
	status = device_list_load(m, &list);
	if (!status)
		status = entries_read(&table, &list, address_parse, sizeof(struct address), out);
	device_list_free(&list);
	nl_store_free(&table);
	return status;
}

static int address_show(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };
	const struct address *address;
	struct entries all;
	int index;

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get_filter(m, words[0].value, &index) ||
	    addresses_load(m, index, &all))
		return STATUS_REFUSED;
	print_begin(&m->out);
	for (address = all.bytes; address < (struct address *)all.bytes + all.n; address++) {
		if (index && address->index != index)
			continue;
		print_record(&m->out);
		address_print_fields(&m->out, address);
		print_record_end(&m->out);
	}
	print_end(&m->out);
	entries_free(&all);
	return STATUS_FINE;
}

static int talk(struct mctp *m, uint16_t type, uint16_t flags, int index, uint8_t eid)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = AF_MCTP;
	ifa->ifa_index = index;
	mnl_attr_put_u8(nlh, IFA_LOCAL, eid);
	return nl_talk(&m->nl, nlh, NULL);
}

static int parse_words(struct args *a, uint8_t *eid, const char **device)
{
	struct keyword words[] = { { .name = "dev" } };
	const char *word;

	if (args_take(a, "the EID", &word) || args_eid(a, word, eid) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (!words[0].value)
		return misuse(a, "the device is missing: add \"dev DEV\".");
	*device = words[0].value;
	return args_ifname(a, *device);
}

static int change_address(struct mctp *m, struct args *a, uint16_t type, uint16_t flags,
			  int except, const char *what)
{
	struct device device;
	const char *name = NULL;
	uint8_t eid = 0;
	int err;

	if (parse_words(a, &eid, &name))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get(m, name, &device))
		return STATUS_REFUSED;
	err = talk(m, type, flags, device.index, eid);
	if (err && err != except)
		return refused_by_kernel(m, err, "%s EID %u on %s", what, eid, device.name);
	return STATUS_FINE;
}

static int address_add(struct mctp *m, struct args *a)
{
	return change_address(m, a, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, 0, "add");
}

static int address_replace(struct mctp *m, struct args *a)
{
	return change_address(m, a, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, -EEXIST, "add");
}

static int address_delete(struct mctp *m, struct args *a)
{
	return change_address(m, a, RTM_DELADDR, 0, 0, "delete");
}

static int address_flush(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };
	const struct address *address;
	struct entries all;
	int index, err = 0;

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get_filter(m, words[0].value, &index) ||
	    addresses_load(m, index, &all))
		return STATUS_REFUSED;
	for (address = all.bytes; !err && address < (struct address *)all.bytes + all.n;
	     address++) {
		if (index && address->index != index)
			continue;
		err = talk(m, RTM_DELADDR, 0, address->index, address->eid);
		if (err == -ENOENT || err == -ENODEV) /* gone meanwhile */
			err = 0;
		if (err)
			refused_by_kernel(m, err, "delete EID %u on %s", address->eid,
					  address->dev);
	}
	entries_free(&all);
	return err ? STATUS_REFUSED : STATUS_FINE;
}

static const struct verb verbs[] = {
	{ "show", "[[dev] DEV]", "list the local EIDs", address_show },
	{ "add", "EID dev DEV", "give this system an EID on a device", address_add },
	{ "replace", "EID dev DEV", "the same, and fine if it has it already", address_replace },
	{ "delete", "EID dev DEV", "take an EID away", address_delete },
	{ "flush", "[[dev] DEV]", "take all EIDs away, or those on a device", address_flush },
	{ }
};

const struct object address_object = {
	.name = "address",
	.purpose = "the EIDs that this system answers to",
	.verbs = verbs,
};
