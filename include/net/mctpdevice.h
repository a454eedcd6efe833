/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP transports: the contract between a driver and the core.
 *
 * A driver owns an ordinary struct net_device with
 *  - type ARPHRD_MCTP, mtu from 68 (header and 64 bytes), IFF_NOARP,
 *    hard_header_len for its link header, and addr_len 0 where the link has
 *    no addresses;
 *  - header_ops->create and ->parse where addr_len is not 0. ``parse`` gives
 *    the sender's address from the link header at skb_mac_header().
 *
 * Out: ndo_start_xmit() takes a packet with its link header (if any) at
 * skb->data and the MCTP header at skb_network_header().
 *
 * In: the driver calls netif_rx(), or an equivalent, with skb->protocol set to
 * htons(ETH_P_MCTP), the link header at skb_mac_header(), and the MCTP header
 * at skb->data as well as at skb_network_header().
 *
 * Devices that do not register here but are of type ARPHRD_NONE (TUN) or
 * loopback get a state of their own with no binding and no operations.
 */
#ifndef __NET_MCTPDEVICE_H
#define __NET_MCTPDEVICE_H

#include <linux/netdevice.h>
#include <linux/types.h>
#include <net/mctp.h>

/**
 * struct mctp_flow - one request that waits for its response
 * @net: network id
 * @local: our EID, or %MCTP_ADDR_ANY
 * @peer: the other's EID, or %MCTP_ADDR_ANY
 * @tag: tag value, 0 to 7
 * @prealloc: the tag was taken by SIOCMCTPALLOCTAG*, and has no expiry
 */
struct mctp_flow {
	unsigned int	net;
	u8		local;
	u8		peer;
	u8		tag;
	bool		prealloc;
};

/**
 * struct mctp_netdev_ops - what the core may ask of a driver
 * @release_flow: the request's tag has ended: answered, expired, dropped, or
 *	closed with its socket. Called in softirq or process context with no
 *	lock held, once for each tag of which a packet was sent by @dev. May
 *	come, and may be under way, until mctp_unregister_netdev() has
 *	returned, after ndo_stop() as well: what it starts there must be ended
 *	after that. Must not sleep.
 * @takes_batches: does ndo_start_xmit() take several packets of one message in
 *	one buffer now? Such a buffer has %SKB_GSO_FRAGLIST, and the packets in its
 *	frag_list, each with its headers. The device has NETIF_F_GSO_FRAGLIST and
 *	NETIF_F_HW_CSUM; its ndo_features_check() takes the former away where the
 *	answer is no. Called in softirq or process context, RCU read side. Must
 *	not sleep. NULL: it never does.
 */
struct mctp_netdev_ops {
	void (*release_flow)(struct net_device *dev,
			     const struct mctp_flow *flow);
	bool (*takes_batches)(struct net_device *dev);
};

/**
 * mctp_register_netdev() - register_netdev() for an MCTP transport
 * @dev: the device, of type ARPHRD_MCTP
 * @ops: operations, or NULL; must live as long as @dev is registered
 * @binding: physical binding id (DSP0239), shown to programs
 *
 * Context: process context, takes RTNL.
 * Return: 0, or a negative error; then @dev stays with the caller.
 */
int mctp_register_netdev(struct net_device *dev,
			 const struct mctp_netdev_ops *ops,
			 enum mctp_phys_binding binding);

/**
 * mctp_register_netdevice() - the same for a caller that holds RTNL
 * @dev: the device, of type ARPHRD_MCTP
 * @ops: operations, or NULL; must live as long as @dev is registered
 * @binding: physical binding id (DSP0239), shown to programs
 *
 * Context: process context, RTNL held (rtnl_link_ops->newlink).
 * Return: 0, or a negative error; then @dev stays with the caller.
 */
int mctp_register_netdevice(struct net_device *dev,
			    const struct mctp_netdev_ops *ops,
			    enum mctp_phys_binding binding);

/**
 * mctp_unregister_netdev() - unregister_netdev() for an MCTP transport
 * @dev: a device that mctp_register_netdev() took
 *
 * Addresses, routes, neighbours and flows of @dev go with it. A driver may
 * also call unregister_netdevice() or unregister_netdevice_queue() itself.
 *
 * Context: process context, takes RTNL.
 */
void mctp_unregister_netdev(struct net_device *dev);

/**
 * mctp_find_flow() - the flow that an outgoing packet belongs to
 * @dev: the device that sends it
 * @hdr: its header
 * @flow: filled on success
 *
 * Context: any; takes the RCU read lock.
 * Return: true if the packet is of a request whose tag is still owned.
 */
bool mctp_find_flow(struct net_device *dev, const struct mctp_hdr *hdr,
		    struct mctp_flow *flow);

#endif /* __NET_MCTPDEVICE_H */
