// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: the thread that sends.
 *
 * A controller has one thread for all of its buses, which serves them in turns.
 * It locks a bus as any other user of it does, sends, and lets go of it; or
 * holds it for flows: see i2c_flow.c. While the bus is used, no other lock is
 * held.
 *
 * What is not acknowledged, or loses the arbitration, is sent again, as DSP0237
 * (1.1.0, clauses 6.15, 6.16 and 6.18) has it: an endpoint at least 8 times
 * (PN1), a bridge up to 12 (PN2). Whether a packet is ours or routed is not known
 * here: 12 times are right for both, in pauses of 87 ms together; less often, but
 * not less than 8, where the tries themselves take long. In a pause the bus is
 * free for others, unless a flow needs it. A timeout of the controller has taken
 * long enough: it is not tried again. The rest of a message whose packet was lost
 * is dropped at once, and for a second the next messages to an address that did
 * not acknowledge are tried 8 times without pauses. So a device that sleeps costs
 * the others a tenth of a second now and then, not for each packet or message.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include "i2c.h"

/* Retries: as many at least, whatever time they take, and at most (DSP0237, table
 * 8: PN1, PN2)
 */
#define MCTP_I2C_RETRIES_MIN	8
#define MCTP_I2C_RETRIES_MAX	12
#define MCTP_I2C_TRY_MS		100

/* For so long an address that did not acknowledge gets no pauses */
#define MCTP_I2C_ASLEEP_MS	1000

/* Between tries: they double */
#define MCTP_I2C_PAUSE_MIN_MS	1
#define MCTP_I2C_PAUSE_MAX_MS	8

/**
 * mctp_i2c_tx_kick() - there is news for the thread
 * @ctl: the controller
 *
 * Context: any.
 */
void mctp_i2c_tx_kick(struct mctp_i2c_ctl *ctl)
{
	WRITE_ONCE(ctl->kick, true);
	wake_up(&ctl->wake);
}

/* The bus of @dev becomes ours, and where the muxes lead. */
static void mctp_i2c_tx_lock(struct mctp_i2c_dev *dev)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	unsigned long flags;

	i2c_lock_bus(dev->adapter, I2C_LOCK_SEGMENT);
	spin_lock_irqsave(&ctl->lock, flags);
	ctl->hold.dev = dev;
	ctl->hold.start = jiffies;
	ctl->hold.limit = jiffies;
	if (!dev->dying)
		ctl->selected = dev;
	spin_unlock_irqrestore(&ctl->lock, flags);
}

static void mctp_i2c_tx_unlock(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_dev *dev = ctl->hold.dev;
	unsigned long flags;

	/* The adapter may be gone as soon as this is seen: so unlock it first */
	i2c_unlock_bus(dev->adapter, I2C_LOCK_SEGMENT);
	spin_lock_irqsave(&ctl->lock, flags);
	ctl->hold.dev = NULL;
	ctl->hold.n = 0;
	spin_unlock_irqrestore(&ctl->lock, flags);
	wake_up(&ctl->idle);
}

static bool mctp_i2c_tx_is_over(const struct mctp_i2c_dev *dev)
{
	return READ_ONCE(dev->ctl->stopping) || READ_ONCE(dev->dying) ||
	       !READ_ONCE(dev->up);
}

/* Between two tries. Nobody else's flow loses the bus by it. */
static void mctp_i2c_tx_pause(struct mctp_i2c_dev *dev,
			      const struct sk_buff *skb, unsigned int ms)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	unsigned long flags;
	bool free;

	spin_lock_irqsave(&ctl->lock, flags);
	free = !mctp_i2c_flow_left_locked(ctl) ||
	       !mctp_i2c_flow_others_locked(ctl, skb);
	spin_unlock_irqrestore(&ctl->lock, flags);
	if (free)
		mctp_i2c_tx_unlock(ctl);
	/* jiffies may be ten times as long */
	wait_event_interruptible_hrtimeout(ctl->wake, mctp_i2c_tx_is_over(dev),
					   ms_to_ktime(ms));
	if (free)
		mctp_i2c_tx_lock(dev);
	mctp_i2c_flow_begin(dev, skb);
}

/* Not acknowledged, -ENXIO; older drivers have others */
static bool mctp_i2c_tx_is_nack(int err)
{
	return err == -ENXIO || err == -EREMOTEIO || err == -EIO;
}

/* An error that another try can mend: not acknowledged, or not first */
static bool mctp_i2c_tx_may_retry(int err)
{
	switch (err) {
	case -EAGAIN:		/* lost the arbitration */
	case -EBUSY:
		return true;
	default:
		return mctp_i2c_tx_is_nack(err);
	}
}

static bool mctp_i2c_tx_is_asleep(const struct mctp_i2c_peer *peer)
{
	return peer->asleep &&
	       time_before(jiffies, peer->since +
			   msecs_to_jiffies(MCTP_I2C_ASLEEP_MS));
}

/* Send a frame, with retries. Return: 0 or a negative error. */
static int mctp_i2c_tx_frame(struct mctp_i2c_dev *dev,
			     const struct sk_buff *skb, size_t len, bool asleep)
{
	unsigned long end = jiffies + msecs_to_jiffies(MCTP_I2C_TRY_MS);
	unsigned int max = asleep ? MCTP_I2C_RETRIES_MIN : MCTP_I2C_RETRIES_MAX;
	struct mctp_i2c_ctl *ctl = dev->ctl;
	unsigned int ms = asleep ? 0 : MCTP_I2C_PAUSE_MIN_MS, retries;
	struct i2c_msg msg = {
		.addr	= mctp_i2c_frame_dest(ctl->tx),
		.len	= len - 1,
		.buf	= ctl->tx + 1,
	};
	int ret;

	for (retries = 0; ; retries++) {
		ret = __i2c_transfer(dev->adapter, &msg, 1);
		if (ret == 1)
			return 0;
		if (ret >= 0)
			ret = -EIO;
		if (!mctp_i2c_tx_may_retry(ret) ||
		    retries == max ||
		    (retries >= MCTP_I2C_RETRIES_MIN && time_after(jiffies, end)))
			return ret;
		mctp_i2c_tx_pause(dev, skb, ms);
		if (mctp_i2c_tx_is_over(dev))
			return -ENETDOWN;
		mctp_i2c_count(dev, MCTP_I2C_TX_RETRIES);
		ms = min_t(unsigned int, 2 * ms, MCTP_I2C_PAUSE_MAX_MS);
	}
}

static void mctp_i2c_tx_lost(struct mctp_i2c_dev *dev, int err)
{
	struct net_device *ndev = dev->ndev;

	switch (err) {
	case -ENXIO:
	case -EREMOTEIO:
	case -EIO:
		mctp_i2c_count(dev, MCTP_I2C_TX_NACK);
		DEV_STATS_INC(ndev, tx_aborted_errors);
		break;
	case -EAGAIN:
	case -EBUSY:
		mctp_i2c_count(dev, MCTP_I2C_TX_ARBITRATION);
		DEV_STATS_INC(ndev, tx_carrier_errors);
		break;
	case -ETIMEDOUT:
		mctp_i2c_count(dev, MCTP_I2C_TX_TIMEOUT);
		DEV_STATS_INC(ndev, tx_fifo_errors);
		break;
	case -ENETDOWN:
		mctp_i2c_count(dev, MCTP_I2C_TX_DOWN);
		DEV_STATS_INC(ndev, tx_dropped);
		return;
	default:
		mctp_i2c_count(dev, MCTP_I2C_TX_BUS);
		break;
	}
	DEV_STATS_INC(ndev, tx_errors);
}

/* Is a packet of a message of which another was lost? */
static bool mctp_i2c_tx_is_rest(struct mctp_i2c_peer *peer,
				const struct mctp_hdr *hdr)
{
	if (!peer->lost || peer->hdr.dest != hdr->dest ||
	    peer->hdr.src != hdr->src ||
	    (peer->hdr.flags_seq_tag ^ hdr->flags_seq_tag) &
	    MCTP_HDR_TAGTO_MASK)
		return false;
	if (hdr->flags_seq_tag & (MCTP_HDR_SOM | MCTP_HDR_EOM))
		peer->lost = false;
	return !(hdr->flags_seq_tag & MCTP_HDR_SOM);
}

/* What a packet that was lost says of an address */
static void mctp_i2c_tx_note(struct mctp_i2c_peer *peer,
			     const struct mctp_hdr *hdr, int err, bool asleep)
{
	peer->lost = !(hdr->flags_seq_tag & MCTP_HDR_EOM);
	peer->hdr = *hdr;
	if (asleep || !mctp_i2c_tx_is_nack(err))
		return;
	peer->asleep = true;
	peer->since = jiffies;
}

/* Send a packet, and free it. Its bus may be locked already, and may stay so. */
static void mctp_i2c_tx_packet(struct mctp_i2c_dev *dev, struct sk_buff *skb)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	const struct mctp_hdr *hdr = (void *)(ctl->tx + MCTP_I2C_HLEN);
	struct mctp_i2c_peer *peer =
		&dev->peers[mctp_i2c_frame_dest(skb->data)];
	bool asleep = mctp_i2c_tx_is_asleep(peer);
	unsigned int len = skb->len;
	int err;

	/* Checked and made linear by ndo_start_xmit() */
	memcpy(ctl->tx, skb->data, len);
	if (mctp_i2c_tx_is_rest(peer, hdr)) {
		mctp_i2c_count(dev, MCTP_I2C_TX_REST);
		DEV_STATS_INC(dev->ndev, tx_dropped);
		kfree_skb(skb);
		return;
	}

	if (!ctl->hold.dev)
		mctp_i2c_tx_lock(dev);
	mctp_i2c_flow_begin(dev, skb);
	err = mctp_i2c_tx_frame(dev, skb, mctp_i2c_frame_close(ctl->tx, len),
				asleep);
	if (!err) {
		peer->asleep = false;
		local_bh_disable();
		dev_sw_netstats_tx_add(dev->ndev, 1, len - MCTP_I2C_HLEN);
		local_bh_enable();
		consume_skb(skb);
		return;
	}

	mctp_i2c_flow_abandon(dev, skb);
	mctp_i2c_tx_lost(dev, err);
	mctp_i2c_tx_note(peer, hdr, err, asleep);
	kfree_skb(skb);
}

/* The next packet of a device that may go out now. */
static struct sk_buff *mctp_i2c_tx_pick_locked(struct mctp_i2c_dev *dev,
					       bool held)
{
	struct mctp_i2c_ctl *ctl = dev->ctl;
	struct sk_buff *skb;

	skb_queue_walk(&dev->txq, skb) {
		if (held && !mctp_i2c_flow_may_send_locked(ctl, dev, skb))
			continue;
		__skb_unlink(skb, &dev->txq);
		if (netif_queue_stopped(dev->ndev) && dev->up &&
		    skb_queue_len(&dev->txq) <= MCTP_I2C_TXQ_MAX / 2)
			netif_wake_queue(dev->ndev);
		return skb;
	}
	return NULL;
}

/* Whose turn it is, and its packet; or NULL, and for how long to wait. */
static struct mctp_i2c_dev *mctp_i2c_tx_next(struct mctp_i2c_ctl *ctl,
					     struct sk_buff **skb,
					     unsigned long *wait)
{
	struct mctp_i2c_dev *dev;
	unsigned long flags;

	*wait = MAX_SCHEDULE_TIMEOUT;
	*skb = NULL;
	spin_lock_irqsave(&ctl->lock, flags);
	/* What is new from here on is told again */
	WRITE_ONCE(ctl->kick, false);
	if (ctl->hold.dev) {
		*wait = mctp_i2c_flow_left_locked(ctl);
		dev = ctl->hold.dev;
		if (*wait)
			*skb = mctp_i2c_tx_pick_locked(dev, true);
	} else if (!ctl->stopping) {
		list_for_each_entry(dev, &ctl->devs, node) {
			*skb = mctp_i2c_tx_pick_locked(dev, false);
			if (*skb)
				break;
		}
	}
	if (*skb) {
		ctl->using = dev;
		list_move_tail(&dev->node, &ctl->devs);
	}
	spin_unlock_irqrestore(&ctl->lock, flags);
	return *skb ? dev : NULL;
}

static void mctp_i2c_tx_done(struct mctp_i2c_ctl *ctl)
{
	unsigned long flags;

	spin_lock_irqsave(&ctl->lock, flags);
	ctl->using = NULL;
	spin_unlock_irqrestore(&ctl->lock, flags);
	wake_up(&ctl->idle);
}

/**
 * mctp_i2c_tx_thread() - the thread
 * @data: the controller
 *
 * Return: 0, when it is stopped.
 */
int mctp_i2c_tx_thread(void *data)
{
	struct mctp_i2c_ctl *ctl = data;
	struct mctp_i2c_dev *dev;
	struct sk_buff *skb;
	unsigned long wait;

	while (!kthread_should_stop()) {
		dev = mctp_i2c_tx_next(ctl, &skb, &wait);
		if (dev) {
			mctp_i2c_tx_packet(dev, skb);
			mctp_i2c_tx_done(ctl);
			/* an adapter that is polled never sleeps */
			cond_resched();
		} else if (!wait) {
			mctp_i2c_tx_unlock(ctl);
		} else {
			wait_event_idle_timeout(ctl->wake,
						READ_ONCE(ctl->kick) ||
						kthread_should_stop(), wait);
		}
	}
	if (ctl->hold.dev)
		mctp_i2c_tx_unlock(ctl);
	return 0;
}
