// SPDX-License-Identifier: GPL-2.0
/*
 * mctp neighbour: the hardware addresses of endpoints, on devices that have such addresses.
 */
#include <string.h>

#include "args.h"
#include "device.h"

#include <linux/neighbour.h>

/* One neighbour, if the message tells of one on device @only (0 for all). */
static void print_neigh(struct printer *p, const struct nlmsghdr *nlh,
			const struct device_list *list, int only)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *lladdr;
	struct nl_attrs attrs;
	char name[IFNAMSIZ];
	uint8_t eid;

	if (nlh->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ndm) ||
	    ndm->ndm_family != AF_MCTP || (only && ndm->ndm_ifindex != only))
		return;
	nl_attrs_parse(nlh, sizeof(*ndm), &attrs);
	if (!nl_attr_u8(&attrs, NDA_DST, &eid))
		return;
	lladdr = attrs.tb[NDA_LLADDR];
	device_list_name(list, ndm->ndm_ifindex, name);

	print_record(p);
	print_number(p, "eid", "eid", eid);
	print_number(p, "net", "net", device_list_net(list, ndm->ndm_ifindex));
	print_string(p, "dev", "dev", name);
	print_lladdr(p, "lladdr", "lladdr", lladdr ? mnl_attr_get_payload(lladdr) : NULL,
		     lladdr ? mnl_attr_get_payload_len(lladdr) : 0);
	print_record_end(p);
}

static int load_neighs(struct mctp *m, int index, struct nl_store *table)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_GETNEIGH, 0);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	int err;

	ndm->ndm_family = AF_MCTP;
	ndm->ndm_ifindex = m->nl.strict ? index : 0;
	err = nl_dump(&m->nl, nlh, table);
	if (err)
		return refused_by_kernel(m, err, "list the neighbours");
	return STATUS_FINE;
}

static int neigh_show(struct mctp *m, struct args *a)
{
	struct keyword words[] = { { .name = "dev", .bare = true } };
	struct nl_store table = {};
	struct device_list list;
	const struct nlmsghdr *nlh;
	int index, left;

	if (ARGS_KEYWORDS(a, words) || (words[0].value && args_ifname(a, words[0].value)))
		return STATUS_MISUSE;
	if (mctp_connect(m) || device_get_filter(m, words[0].value, &index) ||
	    load_neighs(m, index, &table))
		return STATUS_REFUSED;
	if (device_list_load(m, &list)) {
		nl_store_free(&table);
		return STATUS_REFUSED;
	}
	print_begin(&m->out);
	nl_store_for_each(nlh, left, &table)
		print_neigh(&m->out, nlh, &list, index);
	print_end(&m->out);
	device_list_free(&list);
	nl_store_free(&table);
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

static int neigh_add(struct mctp *m, struct args *a)
{
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
	err = nl_talk(&m->nl,
		      neigh_request(m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, device.index,
				    &words),
		      NULL);
	if (err)
		return refused_by_kernel(m, err, "add the neighbour %u on %s", words.eid,
					 device.name);
	return STATUS_FINE;
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

static const struct verb verbs[] = {
	{ "show", "[dev DEV]", "list the neighbours, or those on one device", neigh_show },
	{ "add", "EID dev DEV lladdr ADDRESS", "say where an endpoint is on a bus", neigh_add },
	{ "delete", "EID dev DEV", "forget where an endpoint is", neigh_delete },
	{ }
};

const struct object neigh_object = {
	.name = "neighbour",
	.alias = "neighbor",
	.purpose = "the hardware addresses of endpoints on a bus",
	.verbs = verbs,
};
