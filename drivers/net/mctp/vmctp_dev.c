// SPDX-License-Identifier: GPL-2.0
/*
 * vmctp: two MCTP devices back to back, to run and test MCTP software without
 * hardware. Either end can be moved to another network namespace.
 *
 *   ip link add NAME type vmctp
 *
 * makes NAME and a peer called vmctp%d; IFLA_VMCTP_PEER, a nest of struct
 * ifinfomsg and IFLA_* attributes, describes the peer otherwise. Either goes
 * with the other when it is deleted. A link has carrier while both ends are up.
 *
 * IFLA_VMCTP_ADDR_LEN is a property of both ends, for ever:
 *  - 0 (default): no addresses, no link header, as on a serial line
 *  - 1: addresses of a byte, as on SMBus. A packet is preceded by destination
 *    and source. Without IFLA_ADDRESS the named end has 0x10 and the peer 0x11.
 *    0xff is broadcast. An end drops what is for neither, and counts it in
 *    rx_dropped; an end in promiscuous mode shows it, as somebody else's.
 *
 * The MTU, 68 at first, is what a packet may have without the link header. An
 * end takes packets of any length, whatever its own MTU.
 *
 * A packet waits in the queue of the end that it is for, until that end's NAPI
 * hands it to the stack. There it stays charged to the socket that it is from,
 * so a sender cannot outrun a receiver; without a socket (forwarded packets)
 * the queue has a bound. Unlike the stack's backlog, which holds fewer packets
 * than one message of 64 KiB at the least MTU has, it loses nothing of a
 * message that is sent in one go.
 */
#include <linux/if_arp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>
#include "vmctp.h"

#define VMCTP_MTU_MAX	65535

/* Packets are shared, never written to: pages need not be copied, and packets that
 * are sent together stay together. The core asks for HW_CSUM with that.
 */
#define VMCTP_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | NETIF_F_GSO_FRAGLIST)

/* Who empties the queue of an end: it is one at a time, so that packets keep their
 * order
 */
enum vmctp_owner {
	VMCTP_NOBODY,	/* there is nothing in it */
	VMCTP_NAPI,	/* its own NAPI */
	VMCTP_CHAIN,	/* that of an end from which a packet was forwarded */
};

/**
 * struct vmctp - an end of a pair
 * @peer: the other end; written under RTNL, read by RCU; NULL while the pair is
 *	made or removed
 * @napi: takes packets from @rxq
 * @rxq: packets for this end; its lock (BH) is that of what follows, too
 * @waiting: how many packets these are, and those that are being handed on
 * @owner: who takes them
 * @up: the end takes packets
 * @chain: in vmctp_chain, while @owner is VMCTP_CHAIN; its CPU's
 */
struct vmctp {
	struct net_device __rcu	*peer;
	struct napi_struct	napi;
	struct sk_buff_head	rxq;
	unsigned int		waiting;
	enum vmctp_owner	owner;
	bool			up;
	struct list_head	chain;
};

/* Ends that the poll that runs on this CPU goes on with, or NULL if none runs: a
 * packet that is forwarded through many pairs needs one turn of NAPI, not one each.
 * Where a poll can be interrupted by another task that sends, it stays NULL.
 */
static DEFINE_PER_CPU(struct list_head *, vmctp_chain);

static unsigned int vmctp_packets(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? max_t(u16, skb_shinfo(skb)->gso_segs, 1) : 1;
}

/* Of a batch, its head is no packet's */
static unsigned int vmctp_bytes(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? skb->data_len : skb->len;
}

/* Put a packet, or a batch, into the queue of @dev, or refuse it. BH are off. */
static bool vmctp_enqueue(struct net_device *dev, struct sk_buff *skb)
{
	struct list_head *chain = __this_cpu_read(vmctp_chain);
	struct vmctp *vm = netdev_priv(dev);
	bool taken = false, run = false;

	spin_lock(&vm->rxq.lock);
	if (vm->up && vm->waiting < VMCTP_QUEUE_MAX) {
		__skb_queue_tail(&vm->rxq, skb);
		vm->waiting += vmctp_packets(skb);
		taken = true;
		run = vm->owner == VMCTP_NOBODY;
		if (run)
			vm->owner = chain ? VMCTP_CHAIN : VMCTP_NAPI;
	}
	spin_unlock(&vm->rxq.lock);
	if (run && chain)
		list_add_tail(&vm->chain, chain);
	else if (run)
		napi_schedule(&vm->napi);
	return taken;
}

/* Does a filter see, change or drop what comes in, or goes out, by @dev? */
static bool vmctp_is_filtered(const struct net_device *dev)
{
	bool is = rcu_access_pointer(dev->xdp_prog) ||
		  rcu_access_pointer(dev->rx_handler);

#ifdef CONFIG_NET_XGRESS
	is = is || rcu_access_pointer(dev->tcx_ingress) ||
	     rcu_access_pointer(dev->tcx_egress);
#endif
#ifdef CONFIG_NETFILTER_INGRESS
	is = is || rcu_access_pointer(dev->nf_hooks_ingress);
#endif
#ifdef CONFIG_NETFILTER_EGRESS
	is = is || rcu_access_pointer(dev->nf_hooks_egress);
#endif
	return is;
}

/* Who looks on at @dev wants to see packets one by one. A packet socket that takes
 * this protocol from any device is in no list of @dev's: if there is one at all,
 * it may be that. RCU read side.
 */
static bool vmctp_is_watched(struct net_device *dev)
{
	return dev_nit_active(dev) || vmctp_is_filtered(dev) ||
	       !hlist_empty(&dev_net(dev)->packet.sklist);
}

/* Does nobody look on at either end? RCU read side. */
static bool vmctp_takes_batches(struct net_device *dev)
{
	const struct vmctp *vm = netdev_priv(dev);
	struct net_device *peer = rcu_dereference(vm->peer);

	return peer && !vmctp_is_watched(dev) && !vmctp_is_watched(peer);
}

static const struct mctp_netdev_ops vmctp_mctp_ops = {
	.takes_batches	= vmctp_takes_batches,
};

static netdev_features_t vmctp_features_check(struct sk_buff *skb,
					      struct net_device *dev,
					      netdev_features_t features)
{
	/* no checksum is made here: that feature is for batches */
	if (!skb_is_gso(skb))
		return features & ~NETIF_F_CSUM_MASK;
	rcu_read_lock();
	if (!vmctp_takes_batches(dev))
		features &= ~NETIF_F_GSO_MASK;
	rcu_read_unlock();
	return features;
}

static netdev_tx_t vmctp_start_xmit(struct sk_buff *skb,
				    struct net_device *dev)
{
	struct vmctp *vm = netdev_priv(dev);
	unsigned int packets = vmctp_packets(skb);
	unsigned int bytes = vmctp_bytes(skb);
	struct net_device *peer;

	/* BH are off, which is an RCU read side section */
	peer = rcu_dereference_bh(vm->peer);
	if (!peer || skb->len < dev->hard_header_len + sizeof(struct mctp_hdr))
		goto drop;
	/* Pages of a program must not get to where they can wait for ever */
	if (skb_orphan_frags(skb, GFP_ATOMIC))
		goto drop;

	skb_tx_timestamp(skb);
	skb_scrub_packet(skb, !net_eq(dev_net(dev), dev_net(peer)));
	skb_clear_tstamp(skb);
	skb_set_queue_mapping(skb, 0);
	skb->priority = 0;
	skb->dev = peer;
	if (!vmctp_enqueue(peer, skb))
		goto drop;

	dev_sw_netstats_tx_add(dev, packets, bytes);
	return NETDEV_TX_OK;

drop:
	while (packets--)
		dev_core_stats_tx_dropped_inc(dev);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

/* Take the link header off, and tell who the packet is for.
 *
 * Return: false if it is not for @dev.
 */
static bool vmctp_pull_header(struct net_device *dev, struct sk_buff *skb)
{
	u8 dest;

	skb_reset_mac_header(skb);
	if (!dev->addr_len)
		return true;

	dest = skb->data[0];
	__skb_pull(skb, VMCTP_HLEN);
	if (dest == VMCTP_ADDR_BROADCAST) {
		skb->pkt_type = PACKET_BROADCAST;
	} else if (dest != READ_ONCE(dev->dev_addr[0])) {
		skb->pkt_type = PACKET_OTHERHOST;
		return READ_ONCE(dev->flags) & IFF_PROMISC;
	}
	return true;
}

/* dev_sw_netstats_rx_add(), for many */
static void vmctp_rx_add(struct net_device *dev, unsigned int packets,
			 unsigned int bytes)
{
	struct pcpu_sw_netstats *tstats = this_cpu_ptr(dev->tstats);

	u64_stats_update_begin(&tstats->syncp);
	u64_stats_add(&tstats->rx_bytes, bytes);
	u64_stats_add(&tstats->rx_packets, packets);
	u64_stats_update_end(&tstats->syncp);
}

static void vmctp_rx_dropped(struct net_device *dev, struct sk_buff *skb)
{
	unsigned int packets = vmctp_packets(skb);

	while (packets--)
		dev_core_stats_rx_dropped_inc(dev);
	kfree_skb(skb);
}

static void vmctp_receive(struct net_device *dev, struct sk_buff *skb)
{
	unsigned int bytes = vmctp_bytes(skb);

	/* Only here is the packet out of its sender's hands */
	skb_orphan(skb);
	if (!pskb_may_pull(skb, dev->hard_header_len +
				sizeof(struct mctp_hdr)) ||
	    !vmctp_pull_header(dev, skb)) {
		vmctp_rx_dropped(dev, skb);
		return;
	}
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_MCTP);
	skb->ip_summed = CHECKSUM_NONE;
	vmctp_rx_add(dev, vmctp_packets(skb), bytes);
	netif_receive_skb(skb);
}

/* Hand on what waits for an end. If that is less than @budget, it is all, and the
 * queue is nobody's after it.
 */
static int vmctp_empty(struct vmctp *vm, int budget)
{
	unsigned int packets = 0;
	struct sk_buff_head list;
	struct sk_buff *skb;
	int done = 0;

	__skb_queue_head_init(&list);
	for (;;) {
		spin_lock(&vm->rxq.lock);
		vm->waiting -= packets;
		if (done == budget) {
			skb_queue_splice(&list, &vm->rxq);
			spin_unlock(&vm->rxq.lock);
			return done;
		}
		skb_queue_splice_tail_init(&vm->rxq, &list);
		if (skb_queue_empty(&list))
			vm->owner = VMCTP_NOBODY;
		spin_unlock(&vm->rxq.lock);
		if (skb_queue_empty(&list))
			return done;

		packets = 0;
		while (done < budget && (skb = __skb_dequeue(&list))) {
			packets += vmctp_packets(skb);
			vmctp_receive(vm->napi.dev, skb);
			done++;
		}
	}
}

/* The poll has had its share: each of these ends goes on by its own NAPI */
static void vmctp_unchain(struct list_head *chain)
{
	struct vmctp *vm, *tmp;

	list_for_each_entry_safe(vm, tmp, chain, chain) {
		list_del(&vm->chain);
		spin_lock(&vm->rxq.lock);
		vm->owner = VMCTP_NAPI;
		spin_unlock(&vm->rxq.lock);
		napi_schedule(&vm->napi);
	}
}

static int vmctp_poll(struct napi_struct *napi, int budget)
{
	struct vmctp *vm = container_of(napi, struct vmctp, napi);
	struct vmctp *next = vm;
	LIST_HEAD(chain);
	int done = 0;

	/* netpoll and busy polling ask whoever it is */
	if (READ_ONCE(vm->owner) != VMCTP_NAPI || !budget) {
		if (budget)
			napi_complete_done(napi, 0);
		return 0;
	}

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		__this_cpu_write(vmctp_chain, &chain);
	for (;;) {
		done += vmctp_empty(next, budget - done);
		if (done == budget)
			break;
		next = list_first_entry_or_null(&chain, struct vmctp, chain);
		if (!next)
			break;
		list_del(&next->chain);
	}
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		__this_cpu_write(vmctp_chain, NULL);
	if (next && next != vm)
		list_add(&next->chain, &chain);
	vmctp_unchain(&chain);
	if (next == vm) {
		/* it may have come back by the chain */
		spin_lock(&vm->rxq.lock);
		vm->owner = VMCTP_NAPI;
		spin_unlock(&vm->rxq.lock);
		return done;
	}

	/* A packet that came since has asked for another poll by itself */
	done = min(done, budget - 1);
	napi_complete_done(napi, done);
	return done;
}

static int vmctp_open(struct net_device *dev)
{
	struct vmctp *vm = netdev_priv(dev);
	struct net_device *peer = rtnl_dereference(vm->peer);

	if (!peer)
		return -ENOTCONN;

	napi_enable(&vm->napi);
	spin_lock_bh(&vm->rxq.lock);
	vm->up = true;
	spin_unlock_bh(&vm->rxq.lock);

	if (netif_running(peer)) {
		netif_carrier_on(dev);
		netif_carrier_on(peer);
		/* The link watch does this a moment later, and a packet that
		 * the peer sends in that moment would be lost.
		 */
		dev_activate(peer);
	}
	return 0;
}

static int vmctp_stop(struct net_device *dev)
{
	struct vmctp *vm = netdev_priv(dev);
	struct net_device *peer = rtnl_dereference(vm->peer);
	struct sk_buff *skb;

	netif_carrier_off(dev);
	if (peer)
		netif_carrier_off(peer);

	spin_lock_bh(&vm->rxq.lock);
	vm->up = false;
	spin_unlock_bh(&vm->rxq.lock);
	napi_disable(&vm->napi);
	/* Nor does another end's poll have it in its chain after this */
	synchronize_net();
	while ((skb = skb_dequeue(&vm->rxq)))
		vmctp_rx_dropped(dev, skb);
	vm->waiting = 0;
	vm->owner = VMCTP_NOBODY;
	return 0;
}

static int vmctp_init(struct net_device *dev)
{
	struct vmctp *vm = netdev_priv(dev);

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	skb_queue_head_init(&vm->rxq);
	netif_napi_add(dev, &vm->napi, vmctp_poll);
	return 0;
}

static void vmctp_uninit(struct net_device *dev)
{
	struct vmctp *vm = netdev_priv(dev);

	netif_napi_del(&vm->napi);
	free_percpu(dev->tstats);
	dev->tstats = NULL;
}

static int vmctp_get_iflink(const struct net_device *dev)
{
	const struct vmctp *vm = netdev_priv(dev);
	const struct net_device *peer;
	int iflink;

	rcu_read_lock();
	peer = rcu_dereference(vm->peer);
	iflink = peer ? READ_ONCE(peer->ifindex) : 0;
	rcu_read_unlock();
	return iflink;
}

static int vmctp_set_mac_address(struct net_device *dev, void *p)
{
	struct vmctp *vm = netdev_priv(dev);
	struct net_device *peer = rtnl_dereference(vm->peer);
	const struct sockaddr *sa = p;
	u8 addr = sa->sa_data[0];

	if (!dev->addr_len)
		return -EOPNOTSUPP;
	if (addr == VMCTP_ADDR_BROADCAST)
		return -EADDRNOTAVAIL;
	if (peer && addr == peer->dev_addr[0])
		return -EADDRINUSE;
	dev_addr_mod(dev, 0, &addr, sizeof(addr));
	return 0;
}

static const struct net_device_ops vmctp_netdev_ops = {
	.ndo_init		= vmctp_init,
	.ndo_uninit		= vmctp_uninit,
	.ndo_open		= vmctp_open,
	.ndo_stop		= vmctp_stop,
	.ndo_start_xmit		= vmctp_start_xmit,
	.ndo_features_check	= vmctp_features_check,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_get_iflink		= vmctp_get_iflink,
	.ndo_set_mac_address	= vmctp_set_mac_address,
};

static int vmctp_header_create(struct sk_buff *skb, struct net_device *dev,
			       unsigned short type, const void *daddr,
			       const void *saddr, unsigned int len)
{
	u8 *header = skb_push(skb, VMCTP_HLEN);

	header[0] = daddr ? *(const u8 *)daddr : 0;
	header[1] = saddr ? *(const u8 *)saddr : dev->dev_addr[0];
	/* Negative: the header still needs an address */
	return daddr ? VMCTP_HLEN : -VMCTP_HLEN;
}

static int vmctp_header_parse(const struct sk_buff *skb,
			      const struct net_device *dev,
			      unsigned char *haddr)
{
	haddr[0] = skb_mac_header(skb)[1];
	return VMCTP_ADDR_LEN_MAX;
}

static const struct header_ops vmctp_header_ops = {
	.create	= vmctp_header_create,
	.parse	= vmctp_header_parse,
};

static void vmctp_setup(struct net_device *dev)
{
	dev->type = ARPHRD_MCTP;
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = MCTP_MTU_MIN;
	dev->min_mtu = MCTP_MTU_MIN;
	dev->max_mtu = VMCTP_MTU_MAX;
	dev->features = VMCTP_FEATURES;
	dev->hw_features = VMCTP_FEATURES;
	dev->needs_free_netdev = true;
	dev->netdev_ops = &vmctp_netdev_ops;
	netif_carrier_off(dev);
}

/**
 * vmctp_set_addr_len() - choose a link with or without addresses
 * @dev: an end that is not registered yet
 * @addr_len: 0, or 1 for addresses of a byte
 * @addr: its address, if @addr_len is 1
 */
void vmctp_set_addr_len(struct net_device *dev, u8 addr_len, u8 addr)
{
	dev->addr_len = addr_len;
	if (!addr_len)
		return;
	dev->flags |= IFF_BROADCAST;
	dev->hard_header_len = VMCTP_HLEN;
	dev->min_header_len = VMCTP_HLEN;
	dev->header_ops = &vmctp_header_ops;
	dev->broadcast[0] = VMCTP_ADDR_BROADCAST;
	dev_addr_mod(dev, 0, &addr, sizeof(addr));
}

/**
 * vmctp_register_pair() - register two ends and join them
 * @dev: an end from rtnl_create_link()
 * @peer: the other end, likewise
 * @extack: for the reason of a failure
 *
 * Context: RTNL held.
 * Return: 0, or a negative error: then @dev, perhaps on its way to be
 * unregistered, stays with the caller for free_netdev(), and @peer is gone.
 */
int vmctp_register_pair(struct net_device *dev, struct net_device *peer,
			struct netlink_ext_ack *extack)
{
	struct vmctp *vm = netdev_priv(dev), *peer_vm = netdev_priv(peer);
	int err;

	/* In this order a name that was asked for goes before a numbered one */
	err = mctp_register_netdevice(dev, &vmctp_mctp_ops,
				      MCTP_PHYS_BINDING_UNSPEC);
	if (err)
		goto err_register_dev;
	err = mctp_register_netdevice(peer, &vmctp_mctp_ops,
				      MCTP_PHYS_BINDING_UNSPEC);
	if (err) {
		NL_SET_ERR_MSG(extack, "The peer cannot be registered");
		goto err_register_peer;
	}
	rcu_assign_pointer(vm->peer, peer);
	rcu_assign_pointer(peer_vm->peer, dev);
	return 0;

err_register_peer:
	unregister_netdevice(dev);
err_register_dev:
	free_netdev(peer);
	return err;
}

/* Attributes of one end; @data is NULL where rtnetlink asks for the peer. */
static int vmctp_validate(struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		if (nla_len(tb[IFLA_ADDRESS]) != VMCTP_ADDR_LEN_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
					    "An address is one byte");
			return -EINVAL;
		}
		if (nla_get_u8(tb[IFLA_ADDRESS]) == VMCTP_ADDR_BROADCAST) {
			NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
					    "0xff is the broadcast address");
			return -EADDRNOTAVAIL;
		}
	}
	if (tb[IFLA_BROADCAST]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_BROADCAST],
				    "The broadcast address is always 0xff");
		return -EINVAL;
	}
	return 0;
}

/* Give both ends their addresses. @peer_tb is NULL if the peer has none. */
static int vmctp_set_addresses(struct net_device *dev, struct nlattr *tb[],
			       struct net_device *peer,
			       struct nlattr *peer_tb[], u8 addr_len,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[IFLA_ADDRESS];
	const struct nlattr *peer_attr = peer_tb ? peer_tb[IFLA_ADDRESS] : NULL;
	u8 addr, peer_addr;

	if (!addr_len && (attr || peer_attr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr ? : peer_attr,
				    "The link has no addresses");
		return -EINVAL;
	}

	/* A default gives way to an address that was asked for */
	addr = attr ? nla_get_u8(attr) : VMCTP_ADDR_FIRST;
	peer_addr = peer_attr ? nla_get_u8(peer_attr) : VMCTP_ADDR_SECOND;
	if (addr == peer_addr) {
		if (attr && peer_attr) {
			NL_SET_ERR_MSG_ATTR(extack, peer_attr,
					    "Both ends have the same address");
			return -EADDRINUSE;
		}
		if (attr)
			peer_addr = VMCTP_ADDR_FIRST;
		else
			addr = VMCTP_ADDR_SECOND;
	}
	vmctp_set_addr_len(dev, addr_len, addr);
	vmctp_set_addr_len(peer, addr_len, peer_addr);
	return 0;
}

/* rtnetlink has asked whether the caller may make devices in the namespace of
 * @dev; that of the peer it leaves to the driver on older kernels.
 */
static bool vmctp_may_use_net(const struct net_device *dev,
			      const struct net *peer_net)
{
	return net_eq(peer_net, dev_net(dev)) ||
	       ns_capable(peer_net->user_ns, CAP_NET_ADMIN);
}

static struct net_device *vmctp_create_peer(struct net *net,
					    const struct ifinfomsg *ifm,
					    struct nlattr *tb[],
					    struct netlink_ext_ack *extack)
{
	unsigned char name_assign_type = NET_NAME_ENUM;
	char name[IFNAMSIZ] = "vmctp%d";
	struct net_device *peer;

	if (ifm && tb[IFLA_IFNAME]) {
		nla_strscpy(name, tb[IFLA_IFNAME], sizeof(name));
		name_assign_type = NET_NAME_USER;
	}
	peer = rtnl_create_link(net, name, name_assign_type, &vmctp_link_ops,
				tb, extack);
	if (!IS_ERR(peer) && ifm)
		peer->ifindex = ifm->ifi_index;
	return peer;
}

static int vmctp_newlink(struct net_device *dev,
			 struct rtnl_newlink_params *params,
			 struct netlink_ext_ack *extack)
{
	struct net *peer_net = rtnl_newlink_peer_net(params);
	struct nlattr *peer_attrs[IFLA_MAX + 1], **peer_tb = NULL;
	struct nlattr **data = params->data;
	struct ifinfomsg *ifm = NULL;
	struct net_device *peer;
	u8 addr_len = 0;
	int err;

	if (data && data[IFLA_VMCTP_ADDR_LEN])
		addr_len = nla_get_u8(data[IFLA_VMCTP_ADDR_LEN]);
	if (data && data[IFLA_VMCTP_PEER]) {
		ifm = nla_data(data[IFLA_VMCTP_PEER]);
		peer_tb = peer_attrs;
		err = rtnl_nla_parse_ifinfomsg(peer_tb, data[IFLA_VMCTP_PEER],
					       extack);
		if (err < 0)
			return err;
		err = vmctp_validate(peer_tb, NULL, extack);
		if (err)
			return err;
	}
	if (!vmctp_may_use_net(dev, peer_net)) {
		NL_SET_ERR_MSG(extack, "Not allowed in the peer's namespace");
		return -EPERM;
	}

	/* A peer that is not described is made like the end that is */
	peer = vmctp_create_peer(peer_net, ifm, peer_tb ? : params->tb, extack);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	err = vmctp_set_addresses(dev, params->tb, peer, peer_tb, addr_len,
				  extack);
	if (err)
		goto err_addresses;

	err = vmctp_register_pair(dev, peer, extack);
	if (err)
		return err;
	err = rtnl_configure_link(peer, ifm, 0, NULL);
	if (err < 0)
		goto err_configure;
	return 0;

err_configure:
	vmctp_link_ops.dellink(dev, NULL);
	return err;
err_addresses:
	free_netdev(peer);
	return err;
}

static void vmctp_dellink(struct net_device *dev, struct list_head *head)
{
	struct vmctp *vm = netdev_priv(dev), *peer_vm;
	struct net_device *peer = rtnl_dereference(vm->peer);

	/* Neither is freed before a grace period has passed */
	RCU_INIT_POINTER(vm->peer, NULL);
	unregister_netdevice_queue(dev, head);
	if (peer) {
		peer_vm = netdev_priv(peer);
		RCU_INIT_POINTER(peer_vm->peer, NULL);
		unregister_netdevice_queue(peer, head);
	}
}

static size_t vmctp_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u8)); /* IFLA_VMCTP_ADDR_LEN */
}

static int vmctp_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	return nla_put_u8(skb, IFLA_VMCTP_ADDR_LEN, dev->addr_len);
}

static struct net *vmctp_get_link_net(const struct net_device *dev)
{
	const struct vmctp *vm = netdev_priv(dev);
	const struct net_device *peer = rtnl_dereference(vm->peer);

	return peer ? dev_net(peer) : dev_net(dev);
}

static const struct nla_policy vmctp_policy[IFLA_VMCTP_MAX + 1] = {
	[IFLA_VMCTP_PEER]	= { .len = sizeof(struct ifinfomsg) },
	[IFLA_VMCTP_ADDR_LEN]	= NLA_POLICY_MAX(NLA_U8, VMCTP_ADDR_LEN_MAX),
};

struct rtnl_link_ops vmctp_link_ops = {
	.kind		= "vmctp",
	.priv_size	= sizeof(struct vmctp),
	.setup		= vmctp_setup,
	.policy		= vmctp_policy,
	.maxtype	= IFLA_VMCTP_MAX,
	.peer_type	= IFLA_VMCTP_PEER,
	.validate	= vmctp_validate,
	.newlink	= vmctp_newlink,
	.dellink	= vmctp_dellink,
	.get_size	= vmctp_get_size,
	.fill_info	= vmctp_fill_info,
	.get_link_net	= vmctp_get_link_net,
};

static int __init vmctp_module_init(void)
{
	return rtnl_link_register(&vmctp_link_ops);
}
module_init(vmctp_module_init);

static void __exit vmctp_module_exit(void)
{
	rtnl_link_unregister(&vmctp_link_ops);
}
module_exit(vmctp_module_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtual MCTP device pair");
MODULE_ALIAS_RTNL_LINK("vmctp");
