// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of the kernel's tables, out of the messages of a dump.
 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

/**
 * entries_read - all entries of a dump
 * @store: the messages
 * @list: the devices, for names and networks
 * @parse: reads one
 * @size: bytes of one
 * @entries: gets them; to be freed by entries_free()
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int entries_read(const struct nl_store *store, const struct device_list *list,
		 entry_parse_fn parse, size_t size, struct entries *entries)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;
	char *at;
	int left;

	*entries = (struct entries){};
	nl_store_for_each(nlh, left, store)
		n++;
	at = calloc(n + 1, size);
	if (!at)
		return refused("cannot read a table: out of memory.");
	entries->bytes = at;
	nl_store_for_each(nlh, left, store) {
		memset(at, 0, size);
		if (!parse(nlh, list, at))
			continue;
		at += size;
		entries->n++;
	}
	return STATUS_FINE;
}

/**
 * entries_free - let go of entries
 */
void entries_free(struct entries *entries)
{
	free(entries->bytes);
	*entries = (struct entries){};
}
