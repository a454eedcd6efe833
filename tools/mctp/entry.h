/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries of the kernel's tables, for the objects that show them and for the monitor.
 */
#ifndef MCTP_TOOL_ENTRY_H
#define MCTP_TOOL_ENTRY_H

#include "device.h"

/**
 * struct route - a line of the table of routes
 * @first: first EID
 * @last: last EID
 * @is_local: leads to this system itself
 * @is_gateway: leads to @gateway, not to @index
 * @gateway: EID of the bridge
 * @index: device of a direct route
 * @net: network
 * @mtu: greatest packet, 0 for the device's own
 * @dev: name of the device
 */
struct route {
	uint8_t first;
	uint8_t last;
	bool is_local;
	bool is_gateway;
	uint8_t gateway;
	int index;
	uint32_t net;
	uint32_t mtu;
	char dev[IFNAMSIZ];
};

/**
 * struct neigh - a line of the table of neighbours
 * @eid: the endpoint
 * @index: the device
 * @net: the device's network
 * @lladdr: where the endpoint is
 * @lladdr_len: the address's length
 * @dev: name of the device
 */
struct neigh {
	uint8_t eid;
	int index;
	uint32_t net;
	uint8_t lladdr[LLADDR_MAX];
	size_t lladdr_len;
	char dev[IFNAMSIZ];
};

/**
 * struct address - a local EID
 * @eid: the EID
 * @index: its device
 * @net: the device's network
 * @dev: name of the device
 */
struct address {
	uint8_t eid;
	int index;
	uint32_t net;
	char dev[IFNAMSIZ];
};

/**
 * struct entries - all entries of a table, each of one size, bytes without meaning being zero
 * @bytes: the entries, owned
 * @n: how many
 */
struct entries {
	void *bytes;
	size_t n;
};

/* Read an entry out of a message of any origin; false when it is none. */
typedef bool (*entry_parse_fn)(const struct nlmsghdr *nlh, const struct device_list *list,
			       void *entry);

/* entry.c */
int entries_read(const struct nl_store *store, const struct device_list *list,
		 entry_parse_fn parse, size_t size, struct entries *entries);
void entries_free(struct entries *entries);

/* link.c */
void link_print_fields(struct printer *p, const struct device *device);

/* address.c */
bool address_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry);
int addresses_load(struct mctp *m, int index, struct entries *out);
void address_print_fields(struct printer *p, const struct address *address);

/* route.c */
bool route_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry);
int routes_load(struct mctp *m, struct entries *out);
void route_print_fields(struct printer *p, const struct route *route);

/* neigh.c */
bool neigh_parse(const struct nlmsghdr *nlh, const struct device_list *list, void *entry);
int neighs_load(struct mctp *m, int index, struct entries *out);
void neigh_print_fields(struct printer *p, const struct neigh *neigh);

#endif
