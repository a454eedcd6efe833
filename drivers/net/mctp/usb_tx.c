// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB: packets become transfers.
 *
 * ndo_start_xmit() copies the packet into the transfer that is being filled. That
 * one is submitted when it is full, or when fewer than two are on their way: so a
 * packet that comes alone leaves at once, and packets that have to wait are
 * joined. The queue stops when all transfers are taken: 2 KiB. Byte queue limits
 * would have it stop with less, and leave nothing to be joined.
 *
 * A driver's submit_tx() may end in mctp_usb_tx_done() of the same transfer. So
 * no lock is held around it, and its calls are put into one order by
 * @tx_pumping: who finds that set leaves, and who has set it looks once more.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <net/mctpusb.h>

#include "usb_port.h"

/* From this many on their way, packets that are not a full transfer wait */
#define MCTP_USB_TX_DEPTH	2

/* A transfer that the other side does not take is given up after this */
#define MCTP_USB_TX_TIMEOUT	(2 * HZ)
#define MCTP_USB_TX_LOOK	(HZ / 2)

static void mctp_usb_count_add(struct mctp_usb_port *port,
			       enum mctp_usb_count what, unsigned int n)
{
	atomic_long_add(n, &port->count[what]);
}

static unsigned int mctp_usb_tx_need(const struct mctp_usb_port *port)
{
	unsigned int mtu = READ_ONCE(port->dev->mtu);

	return sizeof(struct mctp_usb_hdr) +
	       min_t(unsigned int, mtu, MCTP_USB_PACKET_MAX);
}

static bool mctp_usb_tx_has_room(const struct mctp_usb_port *port,
				 const struct mctp_usb_tx *tx,
				 unsigned int need)
{
	return tx->len + need <= MCTP_USB_TRANSFER_MAX &&
	       tx->frames < READ_ONCE(port->tx_frames);
}

static bool mctp_usb_tx_is_idle(const struct mctp_usb_port *port)
	__must_hold(&port->tx_lock)
{
	return !port->tx_out && !port->tx_fill && list_empty(&port->tx_ready);
}

static void mctp_usb_tx_busy(struct mctp_usb_port *port, bool busy)
	__must_hold(&port->tx_lock)
{
	if (port->ops->tx_busy)
		port->ops->tx_busy(port, busy);
}

static void mctp_usb_tx_fill_is_full(struct mctp_usb_port *port)
	__must_hold(&port->tx_lock)
{
	list_add_tail(&port->tx_fill->list, &port->tx_ready);
	port->tx_fill = NULL;
}

/* The transfer that is to be submitted now, if one is. It is out then. */
static struct mctp_usb_tx *mctp_usb_tx_take(struct mctp_usb_port *port,
					    bool more)
	__must_hold(&port->tx_lock)
{
	struct mctp_usb_tx *tx;

	if (port->tx_blocked)
		return NULL;
	tx = list_first_entry_or_null(&port->tx_ready, struct mctp_usb_tx,
				      list);
	if (tx) {
		list_del_init(&tx->list);
	} else {
		if (!port->tx_fill || more || port->tx_out >= MCTP_USB_TX_DEPTH)
			return NULL;
		tx = port->tx_fill;
		port->tx_fill = NULL;
	}

	if (!port->tx_out)
		schedule_delayed_work(&port->tx_watch, MCTP_USB_TX_LOOK);
	port->tx_out++;
	tx->since = jiffies;
	tx->submitted = true;
	return tx;
}

static enum mctp_usb_count mctp_usb_tx_reason(const struct mctp_usb_port *port,
					      int status)
{
	if (port->tx_blocked & MCTP_USB_BLOCK_HALTED)
		return MCTP_USB_TX_STALLS;
	if (port->tx_blocked & MCTP_USB_BLOCK_STOPPED)
		return MCTP_USB_TX_GONE;

	switch (status) {
	case -EPIPE:
		return MCTP_USB_TX_STALLS;
	case -ECONNRESET:
		return MCTP_USB_TX_TIMEOUTS;
	case -ENOENT:
	case -ENODEV:
	case -EPERM:
	case -ESHUTDOWN:
		return MCTP_USB_TX_GONE;
	default:
		return MCTP_USB_TX_IO;
	}
}

/* A transfer's end, whether it was submitted or not. */
static void mctp_usb_tx_end(struct mctp_usb_port *port, struct mctp_usb_tx *tx,
			    int status)
	__must_hold(&port->tx_lock)
{
	struct net_device *dev = port->dev;

	if (!status) {
		port->tx_packets += tx->frames;
		port->tx_bytes += tx->bytes;
		mctp_usb_count(port, MCTP_USB_TX_TRANSFERS);
	} else {
		mctp_usb_count_add(port, mctp_usb_tx_reason(port, status),
				   tx->frames);
		DEV_STATS_ADD(dev, tx_errors, tx->frames);
	}

	if (tx->submitted)
		port->tx_out--;
	tx->submitted = false;
	tx->len = 0;
	tx->frames = 0;
	tx->bytes = 0;
	list_add_tail(&tx->list, &port->tx_free);

	if (mctp_usb_tx_is_idle(port))
		mctp_usb_tx_busy(port, false);
	if (netif_queue_stopped(dev) && netif_running(dev))
		netif_wake_queue(dev);
}

/* Submit what there is. The lock is given up meanwhile. */
static void mctp_usb_tx_pump(struct mctp_usb_port *port, bool more,
			     unsigned long *flags)
	__must_hold(&port->tx_lock)
{
	struct mctp_usb_tx *tx;
	int err;

	lockdep_assert_held(&port->tx_lock);
	if (port->tx_pumping)
		return;

	port->tx_pumping = true;
	while ((tx = mctp_usb_tx_take(port, more))) {
		spin_unlock_irqrestore(&port->tx_lock, *flags);
		err = port->ops->submit_tx(port, tx);
		spin_lock_irqsave(&port->tx_lock, *flags);
		if (err)
			mctp_usb_tx_end(port, tx, err);
	}
	port->tx_pumping = false;
}

/**
 * mctp_usb_tx_done() - a transfer that was submitted has ended
 * @tx: the transfer
 * @status: 0, or why its packets are lost
 *
 * Context: any.
 */
void mctp_usb_tx_done(struct mctp_usb_tx *tx, int status)
{
	struct mctp_usb_port *port = tx->port;
	unsigned long flags;

	spin_lock_irqsave(&port->tx_lock, flags);
	mctp_usb_tx_end(port, tx, status);
	mctp_usb_tx_pump(port, false, &flags);
	spin_unlock_irqrestore(&port->tx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_done);

/**
 * mctp_usb_tx_block() - submit no more transfers to be sent
 * @port: the port; packets wait in it until it is unblocked or stopped
 * @why: ``MCTP_USB_BLOCK_*``
 *
 * A call of submit_tx() may be under way still.
 *
 * Context: any.
 */
void mctp_usb_tx_block(struct mctp_usb_port *port, unsigned int why)
{
	unsigned long flags;

	spin_lock_irqsave(&port->tx_lock, flags);
	port->tx_blocked |= why;
	spin_unlock_irqrestore(&port->tx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_block);

/**
 * mctp_usb_tx_block_if_idle() - the same, unless there is something to send
 * @port: the port
 * @why: ``MCTP_USB_BLOCK_*``
 *
 * Context: any.
 * Return: false if it is not blocked, as there are packets to send.
 */
bool mctp_usb_tx_block_if_idle(struct mctp_usb_port *port, unsigned int why)
{
	unsigned long flags;
	bool idle;

	spin_lock_irqsave(&port->tx_lock, flags);
	idle = mctp_usb_tx_is_idle(port);
	if (idle)
		port->tx_blocked |= why;
	spin_unlock_irqrestore(&port->tx_lock, flags);
	return idle;
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_block_if_idle);

/**
 * mctp_usb_tx_unblock() - take back mctp_usb_tx_block()
 * @port: the port
 * @why: ``MCTP_USB_BLOCK_*``
 *
 * Context: any.
 */
void mctp_usb_tx_unblock(struct mctp_usb_port *port, unsigned int why)
{
	unsigned long flags;

	spin_lock_irqsave(&port->tx_lock, flags);
	port->tx_blocked &= ~why;
	mctp_usb_tx_pump(port, false, &flags);
	spin_unlock_irqrestore(&port->tx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_unblock);

/**
 * mctp_usb_tx_drop() - drop what waits to be submitted
 * @port: the port, blocked
 *
 * Context: any.
 */
void mctp_usb_tx_drop(struct mctp_usb_port *port)
{
	struct mctp_usb_tx *tx;
	unsigned long flags;

	spin_lock_irqsave(&port->tx_lock, flags);
	if (port->tx_fill)
		mctp_usb_tx_fill_is_full(port);
	while ((tx = list_first_entry_or_null(&port->tx_ready,
					      struct mctp_usb_tx, list))) {
		list_del_init(&tx->list);
		mctp_usb_tx_end(port, tx, -ESHUTDOWN);
	}
	spin_unlock_irqrestore(&port->tx_lock, flags);
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_drop);

/**
 * mctp_usb_tx_wait() - wait until nothing is submitted to be sent
 * @port: a port that is blocked, or for which the driver refuses
 *
 * A call of submit_tx() that was under way is over then, too.
 *
 * Context: process context, no lock held.
 */
void mctp_usb_tx_wait(struct mctp_usb_port *port)
{
	unsigned long flags;
	bool out;

	for (;;) {
		spin_lock_irqsave(&port->tx_lock, flags);
		out = port->tx_out || port->tx_pumping;
		spin_unlock_irqrestore(&port->tx_lock, flags);
		if (!out)
			return;
		usleep_range(500, 2000);
	}
}
EXPORT_SYMBOL_GPL(mctp_usb_tx_wait);

/**
 * mctp_usb_tx_watch() - look for transfers that the other side does not take
 * @work: of a port, &mctp_usb_port.tx_watch
 *
 * Context: process context.
 */
void mctp_usb_tx_watch(struct work_struct *work)
{
	struct mctp_usb_port *port = container_of(to_delayed_work(work),
						  struct mctp_usb_port,
						  tx_watch);
	bool late[MCTP_USB_SLOTS], again;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&port->tx_lock, flags);
	port->tx_blocked |= MCTP_USB_BLOCK_CANCEL;
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		late[i] = port->tx[i].submitted &&
			  time_after_eq(jiffies, port->tx[i].since +
						 MCTP_USB_TX_TIMEOUT);
	spin_unlock_irqrestore(&port->tx_lock, flags);

	for (i = 0; i < MCTP_USB_SLOTS; i++)
		if (late[i])
			port->ops->cancel_tx(port, &port->tx[i]);

	mctp_usb_tx_unblock(port, MCTP_USB_BLOCK_CANCEL);
	spin_lock_irqsave(&port->tx_lock, flags);
	again = port->tx_out;
	spin_unlock_irqrestore(&port->tx_lock, flags);
	if (again)
		schedule_delayed_work(&port->tx_watch, MCTP_USB_TX_LOOK);
}

/* Add a packet to the transfer that is being filled, whose room was seen to.
 *
 * Return: false if the packet cannot be read.
 */
static bool mctp_usb_tx_add(struct mctp_usb_port *port, struct sk_buff *skb)
	__must_hold(&port->tx_lock)
{
	struct mctp_usb_tx *tx = port->tx_fill;
	u8 *to = tx->buf + tx->len;

	if (skb_copy_bits(skb, 0, to + sizeof(struct mctp_usb_hdr), skb->len)) {
		if (!tx->frames) {
			port->tx_fill = NULL;
			list_add_tail(&tx->list, &port->tx_free);
			if (mctp_usb_tx_is_idle(port))
				mctp_usb_tx_busy(port, false);
		}
		return false;
	}
	mctp_usb_frame_put(to, skb->len);
	tx->len += sizeof(struct mctp_usb_hdr) + skb->len;
	tx->frames++;
	tx->bytes += skb->len;
	return true;
}

/* See to it that there is a transfer to be filled, with room for so much. */
static bool mctp_usb_tx_prepare(struct mctp_usb_port *port, unsigned int need)
	__must_hold(&port->tx_lock)
{
	bool idle = mctp_usb_tx_is_idle(port);

	if (port->tx_fill && !mctp_usb_tx_has_room(port, port->tx_fill, need))
		mctp_usb_tx_fill_is_full(port);
	if (port->tx_fill)
		return true;
	port->tx_fill = list_first_entry_or_null(&port->tx_free,
						 struct mctp_usb_tx, list);
	if (!port->tx_fill)
		return false;
	list_del_init(&port->tx_fill->list);
	if (idle)
		mctp_usb_tx_busy(port, true);
	return true;
}

/**
 * mctp_usb_port_xmit() - ndo_start_xmit() of a port
 * @skb: a packet; no link header
 * @dev: the device
 *
 * Return: %NETDEV_TX_OK, or %NETDEV_TX_BUSY to a caller that did not look
 * whether the queue is stopped.
 */
netdev_tx_t mctp_usb_port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct mctp_usb_port *port = netdev_priv(dev);
	unsigned int len = skb->len;
	bool more = netdev_xmit_more();
	unsigned long flags;

	spin_lock_irqsave(&port->tx_lock, flags);
	if (unlikely(len < MCTP_USB_PACKET_MIN || len > MCTP_USB_PACKET_MAX)) {
		mctp_usb_count(port, MCTP_USB_TX_BAD_LENGTH);
		goto drop;
	}
	if (!mctp_usb_tx_prepare(port, sizeof(struct mctp_usb_hdr) + len)) {
		netif_stop_queue(dev);
		mctp_usb_tx_pump(port, false, &flags);
		spin_unlock_irqrestore(&port->tx_lock, flags);
		return NETDEV_TX_BUSY;
	}
	if (unlikely(!mctp_usb_tx_add(port, skb))) {
		mctp_usb_count(port, MCTP_USB_TX_BAD_LENGTH);
		goto drop;
	}

	skb_tx_timestamp(skb);
	if (!mctp_usb_tx_has_room(port, port->tx_fill, mctp_usb_tx_need(port)))
		mctp_usb_tx_fill_is_full(port);
	/* Before the pump: what ends meanwhile wakes it */
	if (!port->tx_fill && list_empty(&port->tx_free))
		netif_stop_queue(dev);
	mctp_usb_tx_pump(port, more, &flags);
	spin_unlock_irqrestore(&port->tx_lock, flags);
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;

drop:
	DEV_STATS_INC(dev, tx_dropped);
	/* The last of a bulk: others may wait in the transfer */
	mctp_usb_tx_pump(port, more, &flags);
	spin_unlock_irqrestore(&port->tx_lock, flags);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}
EXPORT_SYMBOL_GPL(mctp_usb_port_xmit);
