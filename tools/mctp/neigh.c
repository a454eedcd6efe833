// SPDX-License-Identifier: GPL-2.0
/*
 * mctp neighbour: the hardware addresses of endpoints, on devices that have such addresses.
 */
#include <errno.h>
#include <string.h>

#include "args.h"
#include "entry.h"

#include <linux/neighbour.h>

/**
 * neigh_parse - read a neighbour out of a message
 */
bool neigh_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct neigh *neigh = entry;
	const struct nlattr *lladdr;
	struct nl_attrs attrs;

	if (nlh->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ndm) ||
	    ndm->ndm_family != AF_MCTP)
		return false;
	nl_attrs_parse(nlh, sizeof(*ndm), &attrs);
	if (!nl_attr_u8(&attrs, NDA_DST, &neigh->eid))
		return false;
	lladdr = attrs.tb[NDA_LLADDR];
	if (lladdr && mnl_attr_get_payload_len(lladdr) <= LLADDR_MAX) {
		neigh->lladdr_len = mnl_attr_get_payload_len(lladdr);
		memcpy(neigh->lladdr, mnl_attr_get_payload(lladdr), neigh->lladdr_len);
	}
	neigh->index = ndm->ndm_ifindex;
	neigh->net = device_list_net(list, neigh->index);
	device_list_name(list, neigh->index, neigh->dev);
	return true;
}

/**
 * neigh_print_fields - print what is shown of a neighbour
 */
void neigh_print_fields(struct printer *p, const struct neigh *neigh)
{
	print_number(p, "eid", "eid", neigh->eid);
	print_number(p, "net", "net", neigh->net);
	print_string(p, "dev", "dev", neigh->dev);
	print_lladdr(p, "lladdr", "lladdr", neigh->lladdr, neigh->lladdr_len);
}

/**
 * neighs_load - read the neighbours
 * @m: the call, connected
 * @index: only those of this device, 0 for all; some kernels give all nevertheless
 * @out: gets them; to be freed by entries_free()
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int neighs_load(struct mctp *m, int index, struct entries *out)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETNEIGH, 0);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	struct nl_store table = {};
	struct device_list list;
	int err, status;

	*out = (struct entries){};
	ndm->ndm_family = AF_MCTP;
	ndm->ndm_ifindex = m->nl.strict ? index : 0;
	err = nl_dump(&m->nl, nlh, &table);
	if (err)
		return refused_by_kernel(m, err, "list the neighbours");
	status = device_list_load(m, &list);
	if (!status)
		status = entries_read(&table, &list, neigh_parse, sizeof(struct neigh), out);
	device_list_free(&list);
	nl_store_free(&table);
	return status;
}

/* What show and flush begin with. */
static int load_filtered(struct mctp *m, struct args *a, int *index, struct entries *all)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get_filter(m, words[0].value, index))
		return STATUS_REFUSED;
	return neighs_load(m, *index, all);
}

static int neigh_show(struct mctp *m, struct args *a)
{
	const struct neigh *neigh;
	struct entries all;
	int index, status;

	status = load_filtered(m, a, &index, &all);
	if (status)
		return status;
	print_begin(&m->out);
	for (neigh = all.bytes; neigh < (struct neigh *)all.bytes + all.n; neigh++) {
		if (index && neigh->index != index)
			continue;
		print_record(&m->out);
		neigh_print_fields(&m->out, neigh);
		print_record_end(&m->out);
	}
	print_end(&m->out);
	entries_free(&all);
	return STATUS_FINE;
}

/**
 * struct neigh_words - what stands behind add and delete
 * @eid: the endpoint
 * @device: name of the device
 * @lladdr: its hardware address there
 * @lladdr_len: its length, 0 when it was not given
 */
struct neigh_words {
	uint8_t eid;
	const char *device;
	uint8_t lladdr[LLADDR_MAX];
	size_t lladdr_len;
};

static int parse_words(struct args *a, struct neigh_words *out)
{
	struct keyword words[] = { { .name = "dev" }, { .name = "lladdr" } };
	const char *eid;

	*out = (struct neigh_words){};
	if (args_take(a, "the EID", &eid) || args_eid(a, eid, &out->eid) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (!words[0].value)
		return misuse(a, "the device is missing: add \"dev DEV\".");
	if (args_ifname(a, words[0].value))
		return STATUS_MISUSE;
	out->device = words[0].value;
	if (words[1].value && args_lladdr(a, words[1].value, out->lladdr, &out->lladdr_len))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

static struct nlmsghdr *neigh_request(struct mctp *m, uint16_t type, uint16_t flags, int index,
				      const struct neigh_words *words)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, type, flags);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));

	ndm->ndm_family = AF_MCTP;
	ndm->ndm_ifindex = index;
	mnl_attr_put_u8(nlh, NDA_DST, words->eid);
	if (words->lladdr_len)
		mnl_attr_put(nlh, NDA_LLADDR, words->lladdr_len, words->lladdr);
	return nlh;
}

static int add(struct mctp *m, struct args *a, bool replace)
{
	const uint16_t flags = NLM_F_CREATE | NLM_F_EXCL;
	struct neigh_words words;
	struct device device;
	int err;

	if (parse_words(a, &words))
		return STATUS_MISUSE;
	if (!words.lladdr_len)
		return misuse(a, "the hardware address is missing: add \"lladdr ADDRESS\".");
	if (mctp_connect(m) || device_get(m, words.device, &device))
		return STATUS_REFUSED;
	if (!device.addr_len)
		return refused("%s has no hardware addresses, so no neighbours: a route is enough.",
			       device.name);
	if (device.addr_len != words.lladdr_len)
		return refused("hardware addresses on %s have %zu byte(s), not %zu: see mctp link",
			       device.name, device.addr_len, words.lladdr_len);
	err = nl_talk(&m->nl, neigh_request(m, RTM_NEWNEIGH, flags, device.index, &words), NULL);
	if (err == -EEXIST && replace) {
		/* The kernel replaces nothing by itself. */
		struct neigh_words old = { .eid = words.eid };

		nl_talk(&m->nl, neigh_request(m, RTM_DELNEIGH, 0, device.index, &old), NULL);
		err = nl_talk(&m->nl,
			      neigh_request(m, RTM_NEWNEIGH, flags, device.index, &words), NULL);
	}
	if (err)
		return refused_by_kernel(m, err, "add the neighbour %u on %s", words.eid,
					 device.name);
	return STATUS_FINE;
}

static int neigh_add(struct mctp *m, struct args *a)
{
	return add(m, a, false);
}

static int neigh_replace(struct mctp *m, struct args *a)
{
	return add(m, a, true);
}

static int neigh_delete(struct mctp *m, struct args *a)
{
	struct neigh_words words;
	struct device device;
	int err;

	if (parse_words(a, &words))
		return STATUS_MISUSE;
	if (words.lladdr_len)
		return misuse(a, "an endpoint has one address on a device: leave lladdr out.");
	if (mctp_connect(m) || device_get(m, words.device, &device))
		return STATUS_REFUSED;
	err = nl_talk(&m->nl, neigh_request(m, RTM_DELNEIGH, 0, device.index, &words), NULL);
	if (err)
		return refused_by_kernel(m, err, "delete the neighbour %u on %s", words.eid,
					 device.name);
	return STATUS_FINE;
}

static int neigh_flush(struct mctp *m, struct args *a)
{
	const struct neigh *neigh;
	struct entries all;
	int index, err = 0, status;

	status = load_filtered(m, a, &index, &all);
	if (status)
		return status;
	for (neigh = all.bytes; !err && neigh < (struct neigh *)all.bytes + all.n; neigh++) {
		struct neigh_words words = { .eid = neigh->eid };

		if (index && neigh->index != index)
			continue;
		err = nl_talk(&m->nl, neigh_request(m, RTM_DELNEIGH, 0, neigh->index, &words),
			      NULL);
		if (err == -ENOENT || err == -ENODEV) /* gone meanwhile */
			err = 0;
		if (err)
			refused_by_kernel(m, err, "delete the neighbour %u on %s", neigh->eid,
					  neigh->dev);
	}
	entries_free(&all);
	return err ? STATUS_REFUSED : STATUS_FINE;
}

static const struct verb verbs[] = {
	{ "show", "[[dev] DEV]", "list the neighbours, or those on one device", neigh_show },
	{ "add", "EID dev DEV lladdr ADDRESS", "say where an endpoint is on a bus", neigh_add },
	{ "replace", "EID dev DEV lladdr ADDRESS", "the same, instead of what was there",
	  neigh_replace },
	{ "delete", "EID dev DEV", "forget where an endpoint is", neigh_delete },
	{ "flush", "[[dev] DEV]", "forget all, or those on one device", neigh_flush },
	{ }
};

const struct object neigh_object = {
	.name = "neighbour",
	.alias = "neighbor",
	.purpose = "the hardware addresses of endpoints on a bus",
	.verbs = verbs,
};
