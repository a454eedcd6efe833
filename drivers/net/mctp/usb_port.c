// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB: the network device of either side (DSP0283). How it sends is in
 * usb_tx.c, how it receives in usb_rx.c.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/mctp.h>
#include <net/mctpusb.h>

#include "usb_port.h"

/* Packets that wait: a message of 64 KiB at the least MTU, and some */
#define MCTP_USB_TXQ_LEN	1100

static const char mctp_usb_count_name[MCTP_USB_COUNTS][ETH_GSTRING_LEN] = {
	[MCTP_USB_RX_TRANSFERS]		= "rx_transfers",
	[MCTP_USB_RX_BAD_ID]		= "rx_bad_id",
	[MCTP_USB_RX_BAD_LENGTH]	= "rx_bad_length",
	[MCTP_USB_RX_TRAILING]		= "rx_trailing",
	[MCTP_USB_RX_TOO_LONG]		= "rx_too_long",
	[MCTP_USB_RX_STALLS]		= "rx_stalls",
	[MCTP_USB_RX_IO]		= "rx_io",
	[MCTP_USB_RX_NO_MEMORY]		= "rx_no_memory",
	[MCTP_USB_TX_TRANSFERS]		= "tx_transfers",
	[MCTP_USB_TX_STALLS]		= "tx_stalls",
	[MCTP_USB_TX_TIMEOUTS]		= "tx_timeouts",
	[MCTP_USB_TX_IO]		= "tx_io",
	[MCTP_USB_TX_GONE]		= "tx_gone",
	[MCTP_USB_TX_BAD_LENGTH]	= "tx_bad_length",
};

/**
 * mctp_usb_port_open() - for a driver's ndo_open(), before it submits
 * @port: the port
 */
void mctp_usb_port_open(struct mctp_usb_port *port)
{
	napi_enable(&port->napi);
	netif_start_queue(port->dev);
}
EXPORT_SYMBOL_GPL(mctp_usb_port_open);

/**
 * mctp_usb_port_stop() - for a driver's ndo_stop()
 * @port: the port, blocked, and with nothing submitted: mctp_usb_rx_wait() and
 *	mctp_usb_tx_wait()
 *
 * What waits in it is dropped. A call of mctp_usb_rx_start() that is under way, to be
 * refused, keeps the buffer that it has in its hands.
 */
void mctp_usb_port_stop(struct mctp_usb_port *port)
{
	struct mctp_usb_rx *rx;
	unsigned long flags;
	LIST_HEAD(idle);

	netif_stop_queue(port->dev);
	napi_disable(&port->napi);
	/* Then there is nothing left for which it would be asked for again */
	mctp_usb_tx_drop(port);
	cancel_delayed_work_sync(&port->tx_watch);

	spin_lock_irqsave(&port->rx_lock, flags);
	list_splice_init(&port->rx_idle, &idle);
	spin_unlock_irqrestore(&port->rx_lock, flags);
	list_for_each_entry(rx, &idle, list) {
		dev_kfree_skb_any(rx->skb);
		rx->skb = NULL;
	}
	spin_lock_irqsave(&port->rx_lock, flags);
	list_splice(&idle, &port->rx_idle);
	spin_unlock_irqrestore(&port->rx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_port_stop);

/**
 * mctp_usb_port_stats64() - ndo_get_stats64() of a port
 * @dev: the device
 * @stats: filled
 */
void mctp_usb_port_stats64(struct net_device *dev,
			   struct rtnl_link_stats64 *stats)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	unsigned long flags;

	netdev_stats_to_stats64(stats, &dev->stats);
	spin_lock_irqsave(&port->rx_lock, flags);
	stats->rx_packets = port->rx_packets;
	stats->rx_bytes = port->rx_bytes;
	spin_unlock_irqrestore(&port->rx_lock, flags);
	spin_lock_irqsave(&port->tx_lock, flags);
	stats->tx_packets = port->tx_packets;
	stats->tx_bytes = port->tx_bytes;
	spin_unlock_irqrestore(&port->tx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_port_stats64);

static int mctp_usb_get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? MCTP_USB_COUNTS : -EOPNOTSUPP;
}

static void mctp_usb_get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	if (sset == ETH_SS_STATS)
		memcpy(data, mctp_usb_count_name, sizeof(mctp_usb_count_name));
}

static void mctp_usb_get_ethtool_stats(struct net_device *dev,
				       struct ethtool_stats *stats, u64 *data)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < MCTP_USB_COUNTS; i++)
		data[i] = atomic_long_read(&port->count[i]);
}

/* tx-frames 1 is for a device that cannot take joined packets. */
static int mctp_usb_get_coalesce(struct net_device *dev,
				 struct ethtool_coalesce *coalesce,
				 struct kernel_ethtool_coalesce *kernel,
				 struct netlink_ext_ack *extack)
{
	struct mctp_usb_port *port = netdev_priv(dev);

	coalesce->tx_max_coalesced_frames = port->tx_frames;
	return 0;
}

static int mctp_usb_set_coalesce(struct net_device *dev,
				 struct ethtool_coalesce *coalesce,
				 struct kernel_ethtool_coalesce *kernel,
				 struct netlink_ext_ack *extack)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	u32 frames = coalesce->tx_max_coalesced_frames;

	if (!frames || frames > MCTP_USB_FRAMES_MAX) {
		NL_SET_ERR_MSG(extack, "A transfer holds 1 to 64 packets");
		return -EINVAL;
	}
	WRITE_ONCE(port->tx_frames, frames);
	return 0;
}

static const struct ethtool_ops mctp_usb_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_TX_MAX_FRAMES,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= mctp_usb_get_sset_count,
	.get_strings		= mctp_usb_get_strings,
	.get_ethtool_stats	= mctp_usb_get_ethtool_stats,
	.get_coalesce		= mctp_usb_get_coalesce,
	.set_coalesce		= mctp_usb_set_coalesce,
};

/**
 * mctp_usb_port_setup() - for alloc_netdev(); the driver adds its operations
 * @dev: the device
 */
void mctp_usb_port_setup(struct net_device *dev)
{
	dev->type = ARPHRD_MCTP;
	dev->flags = IFF_NOARP;
	dev->mtu = MCTP_MTU_MIN;
	dev->min_mtu = MCTP_MTU_MIN;
	dev->max_mtu = MCTP_USB_PACKET_MAX;
	dev->tx_queue_len = MCTP_USB_TXQ_LEN;
	/* Packets are copied into transfers from wherever they are */
	dev->features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA;
	dev->hw_features = dev->features;
	dev->ethtool_ops = &mctp_usb_ethtool_ops;
}
EXPORT_SYMBOL_GPL(mctp_usb_port_setup);

/**
 * mctp_usb_port_init() - make a port of a device
 * @dev: the device, not registered; its private part begins with the port
 * @ops: the driver
 *
 * The port is blocked (%MCTP_USB_BLOCK_STOPPED), and its transfers to be
 * received are idle. The driver sets mctp_usb_port.rx_size and the requests.
 *
 * Return: 0 or -ENOMEM.
 */
int mctp_usb_port_init(struct net_device *dev,
		       const struct mctp_usb_port_ops *ops)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct mctp_usb_hdr) != 4);

	port->dev = dev;
	port->ops = ops;
	port->rx_size = MCTP_USB_TRANSFER_MAX;
	port->tx_frames = MCTP_USB_FRAMES_MAX;
	port->tx_blocked = MCTP_USB_BLOCK_STOPPED;
	spin_lock_init(&port->rx_lock);
	INIT_LIST_HEAD(&port->rx_idle);
	INIT_LIST_HEAD(&port->rx_done);
	spin_lock_init(&port->tx_lock);
	INIT_LIST_HEAD(&port->tx_free);
	INIT_LIST_HEAD(&port->tx_ready);
	INIT_DELAYED_WORK(&port->tx_watch, mctp_usb_tx_watch);

	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		port->rx[i].port = port;
		list_add_tail(&port->rx[i].list, &port->rx_idle);
	}
	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		port->tx[i].port = port;
		port->tx[i].buf = kmalloc(MCTP_USB_TRANSFER_MAX, GFP_KERNEL);
		if (!port->tx[i].buf)
			goto err_buf;
		list_add_tail(&port->tx[i].list, &port->tx_free);
	}
	netif_napi_add(dev, &port->napi, mctp_usb_rx_poll);
	return 0;

err_buf:
	while (i--)
		kfree(port->tx[i].buf);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(mctp_usb_port_init);

/**
 * mctp_usb_port_exit() - undo mctp_usb_port_init()
 * @dev: the device, not registered any more, or never; the driver submits nothing
 */
void mctp_usb_port_exit(struct net_device *dev)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	unsigned int i;

	netif_napi_del(&port->napi);
	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		dev_kfree_skb_any(port->rx[i].skb);
		kfree(port->tx[i].buf);
	}
}
EXPORT_SYMBOL_GPL(mctp_usb_port_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MCTP over USB: what host and device share (DSP0283)");
