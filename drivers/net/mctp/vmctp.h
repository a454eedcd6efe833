/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmctp: what the driver shows to its unit tests.
 */
#ifndef __VMCTP_H
#define __VMCTP_H

#include <linux/netdevice.h>
#include <linux/types.h>
#include <net/rtnetlink.h>

/* Where a link has addresses: destination and source, a byte each */
#define VMCTP_ADDR_LEN_MAX	1
#define VMCTP_HLEN		2

#define VMCTP_ADDR_BROADCAST	0xff

/* Addresses of the named end and of its peer, where none are given */
#define VMCTP_ADDR_FIRST	0x10
#define VMCTP_ADDR_SECOND	0x11

/* Packets that wait for an end to take them: four messages of 64 KiB at the
 * least MTU. Those that have a socket are charged to its send buffer, too.
 */
#define VMCTP_QUEUE_MAX		4096

extern struct rtnl_link_ops vmctp_link_ops;

int vmctp_register_pair(struct net_device *dev, struct net_device *peer,
			struct netlink_ext_ack *extack);
void vmctp_set_addr_len(struct net_device *dev, u8 addr_len, u8 addr);

#endif /* __VMCTP_H */
