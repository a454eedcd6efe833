// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB: transfers become packets.
 *
 * A transfer that has come waits for NAPI, which hands its packets to the stack
 * as clones of one buffer, and submits the transfer again with a new one. What
 * the stack does not take in time is thus never on the bus.
 */
#include <linux/delay.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <net/mctp.h>
#include <net/mctpusb.h>

#include "usb_port.h"

static void mctp_usb_rx_error(struct mctp_usb_port *port,
			      enum mctp_usb_count what)
{
	struct net_device *dev = port->dev;

	mctp_usb_count(port, what);
	DEV_STATS_INC(dev, rx_errors);
	switch (what) {
	case MCTP_USB_RX_BAD_ID:
		DEV_STATS_INC(dev, rx_frame_errors);
		break;
	case MCTP_USB_RX_BAD_LENGTH:
	case MCTP_USB_RX_TRAILING:
		DEV_STATS_INC(dev, rx_length_errors);
		break;
	case MCTP_USB_RX_TOO_LONG:
		DEV_STATS_INC(dev, rx_over_errors);
		break;
	default:
		break;
	}
}

static void mctp_usb_rx_packet(struct mctp_usb_port *port, struct sk_buff *skb)
{
	skb->protocol = htons(ETH_P_MCTP);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	netif_receive_skb(skb);
}

/* Hand the packets of a transfer to the stack. */
static void mctp_usb_rx_split(struct mctp_usb_port *port, struct sk_buff *skb)
{
	unsigned int packets = 0, bytes = 0;
	size_t pos = 0, len = 0;
	enum mctp_usb_event event;
	struct sk_buff *one;
	unsigned long flags;

	while ((event = mctp_usb_frame_next(skb->data, skb->len, &pos,
					    &len)) == MCTP_USB_PACKET) {
		bool last = pos == skb->len;

		one = last ? skb : skb_clone(skb, GFP_ATOMIC);
		if (!one) {
			mctp_usb_count(port, MCTP_USB_RX_NO_MEMORY);
			DEV_STATS_INC(port->dev, rx_dropped);
			continue;
		}
		packets++;
		bytes += len;
		__skb_pull(one, pos - len);
		__skb_trim(one, len);
		mctp_usb_rx_packet(port, one);
		if (last) {
			skb = NULL;
			break;
		}
	}

	spin_lock_irqsave(&port->rx_lock, flags);
	port->rx_packets += packets;
	port->rx_bytes += bytes;
	spin_unlock_irqrestore(&port->rx_lock, flags);

	switch (event) {
	case MCTP_USB_BAD_ID:
		mctp_usb_rx_error(port, MCTP_USB_RX_BAD_ID);
		break;
	case MCTP_USB_BAD_LENGTH:
		mctp_usb_rx_error(port, MCTP_USB_RX_BAD_LENGTH);
		break;
	case MCTP_USB_TRAILING:
		mctp_usb_rx_error(port, MCTP_USB_RX_TRAILING);
		break;
	case MCTP_USB_PACKET:
	case MCTP_USB_END:
		break;
	}
	kfree_skb(skb);
}

static bool mctp_usb_rx_alloc(struct mctp_usb_port *port,
			      struct mctp_usb_rx *rx, gfp_t gfp)
{
	if (rx->skb && skb_tailroom(rx->skb) < port->rx_size) {
		dev_kfree_skb_any(rx->skb);
		rx->skb = NULL;
	}
	if (!rx->skb)
		rx->skb = __netdev_alloc_skb(port->dev, port->rx_size, gfp);
	return rx->skb;
}

/* A transfer that came: its buffer goes to the stack if there is another. */
static void mctp_usb_rx_transfer(struct mctp_usb_port *port,
				 struct mctp_usb_rx *rx)
{
	struct sk_buff *skb = rx->skb;

	mctp_usb_count(port, MCTP_USB_RX_TRANSFERS);
	/* The end of a transfer that was whole bus packets */
	if (!rx->len)
		return;
	if (rx->len > MCTP_USB_TRANSFER_MAX) {
		mctp_usb_rx_error(port, MCTP_USB_RX_TOO_LONG);
		return;
	}

	rx->skb = NULL;
	if (!mctp_usb_rx_alloc(port, rx, GFP_ATOMIC)) {
		rx->skb = skb;
		mctp_usb_count(port, MCTP_USB_RX_NO_MEMORY);
		DEV_STATS_INC(port->dev, rx_dropped);
		return;
	}
	skb_put(skb, rx->len);
	mctp_usb_rx_split(port, skb);
}

static struct mctp_usb_rx *mctp_usb_rx_take(struct mctp_usb_port *port,
					    struct list_head *list)
{
	struct mctp_usb_rx *rx;
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	rx = list_first_entry_or_null(list, struct mctp_usb_rx, list);
	if (rx) {
		list_del_init(&rx->list);
		if (list == &port->rx_idle)
			port->rx_out++;
	}
	spin_unlock_irqrestore(&port->rx_lock, flags);
	return rx;
}

/**
 * mctp_usb_rx_poll() - hand what has come to the stack, and submit again
 * @napi: of a port
 * @budget: transfers at most
 *
 * Context: softirq.
 * Return: how many these were.
 */
int mctp_usb_rx_poll(struct napi_struct *napi, int budget)
{
	struct mctp_usb_port *port = container_of(napi, struct mctp_usb_port,
						  napi);
	struct mctp_usb_rx *rx;
	int done = 0;

	while (done < budget && (rx = mctp_usb_rx_take(port, &port->rx_done))) {
		mctp_usb_rx_transfer(port, rx);
		if (port->ops->submit_rx(port, rx))
			mctp_usb_rx_idle(rx);
		done++;
	}
	/* A transfer that came since has asked for another poll by itself */
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}

/**
 * mctp_usb_rx_done() - a transfer has come
 * @rx: the transfer
 * @len: its bytes, mctp_usb_port.rx_size at most
 *
 * Context: any.
 */
void mctp_usb_rx_done(struct mctp_usb_rx *rx, unsigned int len)
{
	struct mctp_usb_port *port = rx->port;
	unsigned long flags;

	rx->len = min(len, port->rx_size);
	spin_lock_irqsave(&port->rx_lock, flags);
	list_add_tail(&rx->list, &port->rx_done);
	spin_unlock_irqrestore(&port->rx_lock, flags);
	napi_schedule(&port->napi);
}
EXPORT_SYMBOL_GPL(mctp_usb_rx_done);

/**
 * mctp_usb_rx_idle() - a transfer ended with nothing, and is not submitted
 * @rx: the transfer; mctp_usb_rx_start() will submit it again
 *
 * Context: any.
 */
void mctp_usb_rx_idle(struct mctp_usb_rx *rx)
{
	struct mctp_usb_port *port = rx->port;
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	list_add_tail(&rx->list, &port->rx_idle);
	port->rx_out--;
	spin_unlock_irqrestore(&port->rx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_rx_idle);

/**
 * mctp_usb_rx_failed() - count a transfer that was lost on the bus
 * @rx: the transfer
 * @status: the bus driver's error
 *
 * Context: any.
 */
void mctp_usb_rx_failed(struct mctp_usb_rx *rx, int status)
{
	switch (status) {
	case -EPIPE:
		mctp_usb_rx_error(rx->port, MCTP_USB_RX_STALLS);
		break;
	case -EOVERFLOW:
		mctp_usb_rx_error(rx->port, MCTP_USB_RX_TOO_LONG);
		break;
	default:
		mctp_usb_rx_error(rx->port, MCTP_USB_RX_IO);
		break;
	}
}
EXPORT_SYMBOL_GPL(mctp_usb_rx_failed);

/**
 * mctp_usb_rx_start() - submit all transfers that are idle
 * @port: the port
 * @gfp: how to get memory for them
 *
 * Context: any, as @gfp allows.
 * Return: 0, or the first error; what could not be submitted is idle still.
 */
int mctp_usb_rx_start(struct mctp_usb_port *port, gfp_t gfp)
{
	struct mctp_usb_rx *rx;
	int err = 0;

	while (!err && (rx = mctp_usb_rx_take(port, &port->rx_idle))) {
		if (mctp_usb_rx_alloc(port, rx, gfp))
			err = port->ops->submit_rx(port, rx);
		else
			err = -ENOMEM;
		if (err)
			mctp_usb_rx_idle(rx);
	}
	return err;
}
EXPORT_SYMBOL_GPL(mctp_usb_rx_start);

/**
 * mctp_usb_rx_wait() - wait until nothing is submitted to be received
 * @port: a port whose device is up, or was never; the driver refuses what is
 *	submitted
 *
 * What has come is in the stack then, and what was to be submitted again is
 * idle: mctp_usb_rx_start() finds all transfers.
 *
 * Context: process context, no lock held.
 */
void mctp_usb_rx_wait(struct mctp_usb_port *port)
{
	unsigned long flags;
	unsigned int out;

	for (;;) {
		spin_lock_irqsave(&port->rx_lock, flags);
		out = port->rx_out;
		spin_unlock_irqrestore(&port->rx_lock, flags);
		if (!out)
			return;
		usleep_range(500, 2000);
	}
}
EXPORT_SYMBOL_GPL(mctp_usb_rx_wait);
