// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of netlink, as a dump or as events, and what is printed of them.
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"

static void print_all(struct printer *p, const struct entries *all, int what)
{
	size_t i;

	print_begin(p);
	for (i = 0; i < all->n; i++) {
		print_record(p);
		if (what == 0)
			address_print_fields(p, (struct address *)all->bytes + i);
		else if (what == 1)
			route_print_fields(p, (struct route *)all->bytes + i);
		else
			neigh_print_fields(p, (struct neigh *)all->bytes + i);
		print_record_end(p);
	}
	print_end(p);
}

static void read_devices(const struct nl_store *store, struct device_list *list, struct printer *p)
{
	const struct nlmsghdr *nlh;
	struct device device;
	int left;

	nl_store_for_each(nlh, left, store) {
		if (!device_parse(nlh, &device))
			continue;
		if (nlh->nlmsg_type == RTM_DELLINK)
			device_list_drop(list, device.index);
		else
			device_list_put(list, &device);
		print_record(p);
		link_print_fields(p, &device);
		print_record_end(p);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		entry_parse_fn parse;
		size_t size;
	} kinds[] = {
		{ address_parse, sizeof(struct address) },
		{ route_parse, sizeof(struct route) },
		{ neigh_parse, sizeof(struct neigh) },
	};
	struct nl_store store = { .bytes = malloc(size + MNL_ALIGNTO) };
	struct printer p = { .json = size % 2, .pretty = size % 4 == 3 };
	struct device_list list = {};
	struct entries all;
	size_t len;
	char *out;
	int i;

	/* A store is a row of whole messages, padded. */
	memcpy(store.bytes, data, size);
	memset(store.bytes + size, 0, MNL_ALIGN(size) - size);
	store.len = MNL_ALIGN(size);
	if (!nl_well_formed(data, size)) {
		nl_store_free(&store);
		return 0;
	}
	p.to = open_memstream(&out, &len);
	print_begin(&p);
	read_devices(&store, &list, &p);
	print_end(&p);
	for (i = 0; i < 3; i++) {
		if (entries_read(&store, &list, kinds[i].parse, kinds[i].size, &all))
			continue;
		print_all(&p, &all, i);
		entries_free(&all);
	}
	fclose(p.to);
	free(out);
	device_list_free(&list);
	nl_store_free(&store);
	return 0;
}
