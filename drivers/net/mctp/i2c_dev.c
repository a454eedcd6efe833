// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: a bus as a network device.
 *
 * Link addresses are the 7-bit addresses of the bus. A packet has its frame
 * without the PEC in the device's queue, and so in what a packet socket sees.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include "i2c.h"

/* Packets that wait: a message of 64 KiB at the least MTU, and some */
#define MCTP_I2C_TXQ_LEN	1100

static const char mctp_i2c_dev_strings[][ETH_GSTRING_LEN] = {
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_BAD_LENGTH - 1]	= "rx_bad_length",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_BAD_COMMAND - 1]	= "rx_bad_command",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_BAD_COUNT - 1]		= "rx_bad_count",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_NO_PEC - 1]		= "rx_no_pec",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_BAD_PEC - 1]		= "rx_bad_pec",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_BAD_SOURCE - 1]	= "rx_bad_source",
	[MCTP_I2C_RX_VERDICTS + MCTP_I2C_SELF - 1]		= "rx_own_address",
	[MCTP_I2C_RX_READ]					= "rx_read",
	[MCTP_I2C_RX_DOWN]					= "rx_down",
	[MCTP_I2C_RX_QUEUE]					= "rx_queue_full",
	[MCTP_I2C_RX_NO_MEMORY]					= "rx_no_memory",
	[MCTP_I2C_TX_RETRIES]					= "tx_retries",
	[MCTP_I2C_TX_NACK]					= "tx_nack",
	[MCTP_I2C_TX_ARBITRATION]				= "tx_arbitration",
	[MCTP_I2C_TX_TIMEOUT]					= "tx_timeout",
	[MCTP_I2C_TX_BUS]					= "tx_bus_error",
	[MCTP_I2C_TX_REST]					= "tx_rest_of_message",
	[MCTP_I2C_TX_DOWN]					= "tx_down",
	[MCTP_I2C_TX_INVALID]					= "tx_invalid",
	[MCTP_I2C_FLOW_BOUND]					= "flow_bound",
};

static int mctp_i2c_dev_get_sset_count(struct net_device *ndev, int sset)
{
	return sset == ETH_SS_STATS ? MCTP_I2C_COUNTERS : -EOPNOTSUPP;
}

static void mctp_i2c_dev_get_strings(struct net_device *ndev, u32 sset,
				     u8 *data)
{
	BUILD_BUG_ON(ARRAY_SIZE(mctp_i2c_dev_strings) != MCTP_I2C_COUNTERS);

	if (sset == ETH_SS_STATS)
		memcpy(data, mctp_i2c_dev_strings,
		       sizeof(mctp_i2c_dev_strings));
}

static void mctp_i2c_dev_get_stats(struct net_device *ndev,
				   struct ethtool_stats *stats, u64 *data)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);
	unsigned int i;

	for (i = 0; i < MCTP_I2C_COUNTERS; i++)
		data[i] = atomic_long_read(&dev->counters[i]);
}

static const struct ethtool_ops mctp_i2c_ethtool_ops = {
	.get_sset_count		= mctp_i2c_dev_get_sset_count,
	.get_strings		= mctp_i2c_dev_get_strings,
	.get_ethtool_stats	= mctp_i2c_dev_get_stats,
};

static bool mctp_i2c_dev_is_packet(const struct sk_buff *skb)
{
	return skb->len >= MCTP_I2C_HLEN + MCTP_I2C_LEN_MIN &&
	       skb->len <= MCTP_I2C_HLEN + MCTP_I2C_LEN_MAX;
}

static netdev_tx_t mctp_i2c_dev_start_xmit(struct sk_buff *skb,
					   struct net_device *ndev)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);
	struct mctp_i2c_ctl *ctl = dev->ctl;
	unsigned long flags;

	/* A packet socket may send what it likes; so the header is made anew */
	if (!mctp_i2c_dev_is_packet(skb) || skb_cow_head(skb, 0) ||
	    skb_linearize(skb)) {
		mctp_i2c_count(dev, MCTP_I2C_TX_INVALID);
		DEV_STATS_INC(ndev, tx_dropped);
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	mctp_i2c_frame_header(skb->data, mctp_i2c_frame_dest(skb->data),
			      ndev->dev_addr[0], skb->len - MCTP_I2C_HLEN);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, MCTP_I2C_HLEN);
	mctp_i2c_flow_note(dev, skb);

	spin_lock_irqsave(&ctl->lock, flags);
	if (unlikely(skb_queue_len(&dev->txq) >= MCTP_I2C_TXQ_MAX)) {
		/* Somebody sends without asking for the queue's state */
		netif_stop_queue(ndev);
		spin_unlock_irqrestore(&ctl->lock, flags);
		return NETDEV_TX_BUSY;
	}
	skb_tx_timestamp(skb);
	__skb_queue_tail(&dev->txq, skb);
	if (skb_queue_len(&dev->txq) >= MCTP_I2C_TXQ_MAX)
		netif_stop_queue(ndev);
	spin_unlock_irqrestore(&ctl->lock, flags);

	mctp_i2c_tx_kick(ctl);
	return NETDEV_TX_OK;
}

static int mctp_i2c_dev_open(struct net_device *ndev)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);

	napi_enable(&dev->napi);
	netif_start_queue(ndev);
	spin_lock_irq(&dev->ctl->lock);
	dev->up = true;
	spin_unlock_irq(&dev->ctl->lock);
	return 0;
}

static int mctp_i2c_dev_stop(struct net_device *ndev)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);
	struct sk_buff_head txq, rxq;
	struct sk_buff *skb;

	netif_stop_queue(ndev);
	__skb_queue_head_init(&txq);
	__skb_queue_head_init(&rxq);
	spin_lock_irq(&dev->ctl->lock);
	dev->up = false;
	skb_queue_splice_init(&dev->txq, &txq);
	skb_queue_splice_init(&dev->rxq, &rxq);
	spin_unlock_irq(&dev->ctl->lock);
	mctp_i2c_tx_kick(dev->ctl);
	napi_disable(&dev->napi);

	while ((skb = __skb_dequeue(&txq))) {
		mctp_i2c_count(dev, MCTP_I2C_TX_DOWN);
		DEV_STATS_INC(ndev, tx_dropped);
		kfree_skb(skb);
	}
	while ((skb = __skb_dequeue(&rxq))) {
		mctp_i2c_count(dev, MCTP_I2C_RX_DOWN);
		DEV_STATS_INC(ndev, rx_dropped);
		kfree_skb(skb);
	}
	return 0;
}

static int mctp_i2c_dev_init(struct net_device *ndev)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);

	ndev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!ndev->tstats)
		return -ENOMEM;
	netif_napi_add(ndev, &dev->napi, mctp_i2c_rx_poll);
	return 0;
}

static void mctp_i2c_dev_uninit(struct net_device *ndev)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);

	netif_napi_del(&dev->napi);
	free_percpu(ndev->tstats);
	ndev->tstats = NULL;
}

static const struct net_device_ops mctp_i2c_netdev_ops = {
	.ndo_init		= mctp_i2c_dev_init,
	.ndo_uninit		= mctp_i2c_dev_uninit,
	.ndo_open		= mctp_i2c_dev_open,
	.ndo_stop		= mctp_i2c_dev_stop,
	.ndo_start_xmit		= mctp_i2c_dev_start_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
};

static int mctp_i2c_header_create(struct sk_buff *skb, struct net_device *ndev,
				  unsigned short type, const void *daddr,
				  const void *saddr, unsigned int len)
{
	u8 dest = daddr ? *(const u8 *)daddr : 0;

	if (len > MCTP_I2C_LEN_MAX)
		return -EMSGSIZE;
	/* Shifted, it would be another's */
	if (dest > MCTP_I2C_ADDR_MAX)
		return -EINVAL;
	mctp_i2c_frame_header(skb_push(skb, MCTP_I2C_HLEN), dest,
			      ndev->dev_addr[0], len);
	/* Negative: the header still needs an address */
	return daddr ? MCTP_I2C_HLEN : -MCTP_I2C_HLEN;
}

static int mctp_i2c_header_parse(const struct sk_buff *skb,
				 const struct net_device *ndev,
				 unsigned char *haddr)
{
	haddr[0] = mctp_i2c_frame_source(skb_mac_header(skb));
	return 1;
}

static const struct header_ops mctp_i2c_header_ops = {
	.create	= mctp_i2c_header_create,
	.parse	= mctp_i2c_header_parse,
};

static void mctp_i2c_dev_setup(struct net_device *ndev)
{
	ndev->type = ARPHRD_MCTP;
	ndev->flags = IFF_NOARP;
	ndev->mtu = MCTP_I2C_LEN_MAX;
	ndev->min_mtu = MCTP_MTU_MIN;
	ndev->max_mtu = MCTP_I2C_LEN_MAX;
	ndev->hard_header_len = MCTP_I2C_HLEN;
	ndev->min_header_len = MCTP_I2C_HLEN;
	ndev->addr_len = 1;
	ndev->tx_queue_len = MCTP_I2C_TXQ_LEN;
	ndev->netdev_ops = &mctp_i2c_netdev_ops;
	ndev->header_ops = &mctp_i2c_header_ops;
	ndev->ethtool_ops = &mctp_i2c_ethtool_ops;
}

/* The longest packet that the controller's hardware can write, or all */
static unsigned int mctp_i2c_dev_max_mtu(const struct i2c_adapter *adapter)
{
	const struct i2c_adapter_quirks *quirks = adapter->quirks;
	unsigned int around = MCTP_I2C_FRAME_MAX - MCTP_I2C_LEN_MAX - 1;

	if (!quirks || !quirks->max_write_len)
		return MCTP_I2C_LEN_MAX;
	if (quirks->max_write_len <= around)
		return 0;
	return min_t(unsigned int, quirks->max_write_len - around,
		     MCTP_I2C_LEN_MAX);
}

/* The one to credit frames to until the thread uses another bus */
static void mctp_i2c_dev_select_locked(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_dev *dev;

	if (ctl->selected)
		return;
	list_for_each_entry(dev, &ctl->devs, node) {
		if (!ctl->selected || !dev->muxed)
			ctl->selected = dev;
	}
}

/**
 * mctp_i2c_dev_add() - make a bus a network device
 * @ctl: the controller
 * @adapter: the bus: the controller's root bus, or one behind its muxes
 *
 * Context: process context, takes RTNL.
 * Return: the device, or an ERR_PTR. It is to be removed before @adapter is.
 */
struct mctp_i2c_dev *mctp_i2c_dev_add(struct mctp_i2c_ctl *ctl,
				      struct i2c_adapter *adapter)
{
	unsigned int max_mtu = mctp_i2c_dev_max_mtu(adapter);
	u8 addr = ctl->client->addr;
	struct mctp_i2c_dev *dev;
	struct net_device *ndev;
	char name[IFNAMSIZ];
	int err;

	if (max_mtu < MCTP_MTU_MIN)
		return ERR_PTR(-EOPNOTSUPP);
	snprintf(name, sizeof(name), "mctpi2c%d", adapter->nr);
	ndev = alloc_netdev(sizeof(*dev), name, NET_NAME_PREDICTABLE,
			    mctp_i2c_dev_setup);
	if (!ndev)
		return ERR_PTR(-ENOMEM);
	SET_NETDEV_DEV(ndev, &adapter->dev);
	dev_addr_set(ndev, &addr);
	ndev->mtu = max_mtu;
	ndev->max_mtu = max_mtu;

	dev = netdev_priv(ndev);
	dev->ndev = ndev;
	dev->ctl = ctl;
	dev->adapter = adapter;
	dev->muxed = adapter != ctl->root;
	__skb_queue_head_init(&dev->txq);
	__skb_queue_head_init(&dev->rxq);

	/* Known to the thread before the first packet */
	spin_lock_irq(&ctl->lock);
	list_add_tail(&dev->node, &ctl->devs);
	mctp_i2c_dev_select_locked(ctl);
	spin_unlock_irq(&ctl->lock);

	err = mctp_register_netdev(ndev, &mctp_i2c_flow_ops,
				   MCTP_PHYS_BINDING_SMBUS);
	if (err)
		goto err_register;
	return dev;

err_register:
	spin_lock_irq(&ctl->lock);
	list_del(&dev->node);
	if (ctl->selected == dev)
		ctl->selected = NULL;
	mctp_i2c_dev_select_locked(ctl);
	spin_unlock_irq(&ctl->lock);
	free_netdev(ndev);
	return ERR_PTR(err);
}

static bool mctp_i2c_dev_is_idle(struct mctp_i2c_dev *dev)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	bool idle;

	spin_lock_irq(&ctl->lock);
	idle = ctl->using != dev && ctl->hold.dev != dev;
	spin_unlock_irq(&ctl->lock);
	return idle;
}

/**
 * mctp_i2c_dev_remove() - undo mctp_i2c_dev_add()
 * @dev: the device
 *
 * Context: process context, takes RTNL; waits for a transfer that is under way.
 */
void mctp_i2c_dev_remove(struct mctp_i2c_dev *dev)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	struct net_device *ndev = dev->ndev;

	spin_lock_irq(&ctl->lock);
	dev->dying = true;
	list_del(&dev->node);
	if (ctl->selected == dev)
		ctl->selected = NULL;
	mctp_i2c_dev_select_locked(ctl);
	spin_unlock_irq(&ctl->lock);

	mctp_i2c_tx_kick(ctl);
	wait_event(ctl->idle, mctp_i2c_dev_is_idle(dev));
	mctp_unregister_netdev(ndev);
	free_netdev(ndev);
}
