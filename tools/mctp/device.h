/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network devices as rtnetlink tells of them, and their MCTP state.
 */
#ifndef MCTP_TOOL_DEVICE_H
#define MCTP_TOOL_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net/if.h>

#include "mctp.h"
#include "parse.h"

/**
 * struct device - a network device
 * @index: ifindex
 * @name: its name
 * @flags: IFF_*
 * @type: ARPHRD_*
 * @mtu: bytes of a packet, its header included
 * @is_mctp: has MCTP state; the members below mean nothing otherwise
 * @net: MCTP network
 * @binding: physical binding (DSP0239), 0 if the kernel does not say
 * @addr: hardware address
 * @addr_len: its length, 0 for none
 */
struct device {
	int index;
	char name[IFNAMSIZ];
	unsigned int flags;
	unsigned short type;
	uint32_t mtu;
	bool is_mctp;
	uint32_t net;
	uint8_t binding;
	uint8_t addr[LLADDR_MAX];
	size_t addr_len;
};

/**
 * struct device_list - all devices of a network namespace
 * @devices: owned, sorted by index
 * @n: how many
 */
struct device_list {
	struct device *devices;
	size_t n;
};

bool device_parse(const struct nlmsghdr *nlh, struct device *device);
int device_list_put(struct device_list *list, const struct device *device);
void device_list_drop(struct device_list *list, int index);
int device_list_load(struct mctp *m, struct device_list *list);
void device_list_free(struct device_list *list);
const struct device *device_list_find(const struct device_list *list, int index);
void device_list_name(const struct device_list *list, int index, char name[IFNAMSIZ]);
uint32_t device_list_net(const struct device_list *list, int index);

int device_get(struct mctp *m, const char *name, struct device *device);
int device_get_filter(struct mctp *m, const char *name, int *index);
const char *device_binding_name(uint8_t binding);

#endif
