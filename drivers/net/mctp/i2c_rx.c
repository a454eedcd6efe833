// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: the target, bytes to packets.
 *
 * The controller's driver calls for each byte, mostly in hard IRQ. A frame is
 * put together in one buffer and judged when it has ended; only an intact one
 * that a device wants is given memory. Packets wait in a queue with a bound
 * until NAPI hands them to the stack: so they stay in order, whichever CPU the
 * interrupts come on.
 *
 * All buses behind the muxes of a root bus end in this one target. A frame is
 * credited to the bus that was used last, as there the muxes lead.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "i2c.h"

static void mctp_i2c_rx_error(struct mctp_i2c_dev *dev,
			      enum mctp_i2c_verdict verdict)
{
	struct net_device *ndev = dev->ndev;

	mctp_i2c_count(dev, MCTP_I2C_RX_VERDICTS + verdict - 1);
	DEV_STATS_INC(ndev, rx_errors);
	switch (verdict) {
	case MCTP_I2C_NO_PEC:
	case MCTP_I2C_BAD_PEC:
		DEV_STATS_INC(ndev, rx_crc_errors);
		break;
	case MCTP_I2C_BAD_LENGTH:
	case MCTP_I2C_BAD_COUNT:
		DEV_STATS_INC(ndev, rx_length_errors);
		break;
	default:
		DEV_STATS_INC(ndev, rx_frame_errors);
		break;
	}
}

static void mctp_i2c_rx_drop(struct mctp_i2c_dev *dev,
			     enum mctp_i2c_counter why)
{
	mctp_i2c_count(dev, why);
	DEV_STATS_INC(dev->ndev, rx_dropped);
}

/* An intact frame: its packet gets a buffer, unless it would be dropped */
static void mctp_i2c_rx_packet_locked(struct mctp_i2c_dev *dev)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	unsigned int len = ctl->rx_len - MCTP_I2C_TAIL;
	struct sk_buff *skb;

	mctp_i2c_flow_answered_locked(dev, (void *)(ctl->rx + MCTP_I2C_HLEN));
	if (!dev->up) {
		mctp_i2c_rx_drop(dev, MCTP_I2C_RX_DOWN);
		return;
	}
	if (skb_queue_len(&dev->rxq) >= MCTP_I2C_RXQ_MAX) {
		mctp_i2c_rx_drop(dev, MCTP_I2C_RX_QUEUE);
		return;
	}
	skb = netdev_alloc_skb(dev->ndev, len);
	if (!skb) {
		mctp_i2c_rx_drop(dev, MCTP_I2C_RX_NO_MEMORY);
		return;
	}
	skb_put_data(skb, ctl->rx, len);
	skb->protocol = htons(ETH_P_MCTP);
	skb_reset_mac_header(skb);
	__skb_pull(skb, MCTP_I2C_HLEN);
	skb_reset_network_header(skb);
	__skb_queue_tail(&dev->rxq, skb);
	napi_schedule(&dev->napi);
}

/* The write has ended, by a stop or by the next start */
static void mctp_i2c_rx_end_locked(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_dev *dev = ctl->selected;
	enum mctp_i2c_verdict verdict;

	if (!ctl->rx_open)
		return;
	ctl->rx_open = false;
	/* Address alone: somebody looks who is there */
	if (ctl->rx_len == 1 || !dev)
		return;

	verdict = ctl->rx_long ? MCTP_I2C_BAD_LENGTH :
				 mctp_i2c_frame_check(ctl->rx, ctl->rx_len);
	if (verdict == MCTP_I2C_GOOD)
		mctp_i2c_rx_packet_locked(dev);
	else
		mctp_i2c_rx_error(dev, verdict);
}

static int mctp_i2c_rx_start_locked(struct mctp_i2c_ctl *ctl)
{
	const struct mctp_i2c_dev *dev = ctl->selected;

	mctp_i2c_rx_end_locked(ctl);
	ctl->rx_open = true;
	ctl->rx_long = false;
	ctl->rx[0] = ctl->client->addr << 1;
	ctl->rx_len = 1;
	/* Where the hardware can still refuse: as an endpoint that is not there,
	 * or one that has no room and is to be asked again (DSP0237, 6.14)
	 */
	if (!dev || !dev->up)
		return -ENETDOWN;
	return skb_queue_len(&dev->rxq) < MCTP_I2C_RXQ_MAX ? 0 : -ENOBUFS;
}

static int mctp_i2c_rx_byte_locked(struct mctp_i2c_ctl *ctl, u8 byte)
{
	if (!ctl->rx_open)
		return -EPROTO;
	if (ctl->rx_len == sizeof(ctl->rx)) {
		ctl->rx_long = true;
		return -EMSGSIZE;
	}
	ctl->rx[ctl->rx_len++] = byte;
	return 0;
}

/**
 * mctp_i2c_rx_event() - &typedef i2c_slave_cb_t
 * @client: our target address
 * @event: what there is on the bus
 * @val: a byte that came, or is asked for
 *
 * Context: any.
 * Return: 0, or a negative error where the byte or address is to be refused.
 */
int mctp_i2c_rx_event(struct i2c_client *client, enum i2c_slave_event event,
		      u8 *val)
{
	struct mctp_i2c_ctl *ctl = i2c_get_clientdata(client);
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&ctl->lock, flags);
	switch (event) {
	case I2C_SLAVE_WRITE_REQUESTED:
		ret = mctp_i2c_rx_start_locked(ctl);
		break;
	case I2C_SLAVE_WRITE_RECEIVED:
		ret = mctp_i2c_rx_byte_locked(ctl, *val);
		break;
	case I2C_SLAVE_READ_REQUESTED:
		mctp_i2c_rx_end_locked(ctl);
		if (ctl->selected) {
			mctp_i2c_count(ctl->selected, MCTP_I2C_RX_READ);
			DEV_STATS_INC(ctl->selected->ndev, rx_errors);
			DEV_STATS_INC(ctl->selected->ndev, rx_frame_errors);
		}
		*val = 0xff;
		break;
	case I2C_SLAVE_READ_PROCESSED:
		*val = 0xff;
		break;
	case I2C_SLAVE_STOP:
		mctp_i2c_rx_end_locked(ctl);
		break;
	}
	spin_unlock_irqrestore(&ctl->lock, flags);
	return ret;
}

static struct sk_buff *mctp_i2c_rx_dequeue(struct mctp_i2c_dev *dev)
{
	struct sk_buff *skb;
	unsigned long flags;

	spin_lock_irqsave(&dev->ctl->lock, flags);
	skb = __skb_dequeue(&dev->rxq);
	spin_unlock_irqrestore(&dev->ctl->lock, flags);
	return skb;
}

/**
 * mctp_i2c_rx_poll() - hand packets to the stack
 * @napi: the device's
 * @budget: how many at most
 *
 * Return: how many there were.
 */
int mctp_i2c_rx_poll(struct napi_struct *napi, int budget)
{
	struct mctp_i2c_dev *dev = container_of(napi, struct mctp_i2c_dev,
						napi);
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = mctp_i2c_rx_dequeue(dev))) {
		dev_sw_netstats_rx_add(dev->ndev, skb->len);
		netif_receive_skb(skb);
		done++;
	}
	/* A packet that came since has asked for another poll by itself */
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}
