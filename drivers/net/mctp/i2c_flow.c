// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: how long a mux stays where it is.
 *
 * An endpoint behind a mux answers by writing to us, which it can do only while
 * the mux connects it. So the bus stays locked from a request's first packet
 * until the response has come, the tag has ended, or the flow's bound is over:
 * flow_ms for automatic tags, flow_prealloc_ms for preallocated ones. A mux
 * must keep its channel when idle for that: most do.
 *
 * A hold is the time for which the bus stays locked without a break. It ends
 * with its last flow, and at the latest with the longest bound of its flows,
 * counted from when the bus was locked; later flows do not move that. Then the
 * lock is let go and whoever waits for it gets it, in their order. A flow that
 * goes on longer (a long message on a slow bus) begins anew in its next turn.
 *
 * A request to the same bus joins a hold, if half its bound at least is left
 * and no other bus of ours has packets that wait; else it is sent in the next
 * turn. So all get their turns, and no order of calls prolongs one.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include "i2c.h"

/* What a bound can be set to: beyond, other users of the bus give up */
#define MCTP_I2C_BOUND_MAX_MS	10000

static unsigned int mctp_i2c_flow_ms = 500;
module_param_named(flow_ms, mctp_i2c_flow_ms, uint, 0644);
MODULE_PARM_DESC(flow_ms, "How long a mux waits for a response, in ms (default 500, at most 10000)");

static unsigned int mctp_i2c_flow_prealloc_ms = 6000;
module_param_named(flow_prealloc_ms, mctp_i2c_flow_prealloc_ms, uint, 0644);
MODULE_PARM_DESC(flow_prealloc_ms, "The same for preallocated tags (default 6000, at most 10000)");

static unsigned long mctp_i2c_flow_bound(const struct mctp_flow *flow)
{
	unsigned int ms = flow->prealloc ?
			  READ_ONCE(mctp_i2c_flow_prealloc_ms) :
			  READ_ONCE(mctp_i2c_flow_ms);

	return msecs_to_jiffies(min_t(unsigned int, ms, MCTP_I2C_BOUND_MAX_MS));
}

static bool mctp_i2c_flow_is(const struct mctp_flow *a,
			     const struct mctp_flow *b)
{
	return a->net == b->net && a->local == b->local && a->peer == b->peer &&
	       a->tag == b->tag;
}

static int mctp_i2c_flow_find_locked(const struct mctp_i2c_hold *hold,
				     const struct mctp_flow *flow)
{
	unsigned int i;

	for (i = 0; i < hold->n; i++)
		if (mctp_i2c_flow_is(&hold->flows[i].flow, flow))
			return i;
	return -ENOENT;
}

static void mctp_i2c_flow_drop_locked(struct mctp_i2c_hold *hold, int i)
{
	if (i >= 0)
		hold->flows[i] = hold->flows[--hold->n];
}

/* The latest that a hold may end, if @flow joins it */
static unsigned long mctp_i2c_flow_limit(const struct mctp_i2c_hold *hold,
					 const struct mctp_flow *flow)
{
	unsigned long limit = hold->start + mctp_i2c_flow_bound(flow);

	return hold->n && time_before(limit, hold->limit) ? hold->limit : limit;
}

static bool mctp_i2c_flow_others_wait_locked(struct mctp_i2c_ctl *ctl,
					     const struct mctp_i2c_dev *dev)
{
	const struct mctp_i2c_dev *other;

	list_for_each_entry(other, &ctl->devs, node)
		if (other != dev && !skb_queue_empty(&other->txq))
			return true;
	return false;
}

/**
 * mctp_i2c_flow_may_send_locked() - may a packet go out in the present hold?
 * @ctl: the controller, which holds the bus of @dev
 * @dev: the device
 * @skb: the packet, noted by mctp_i2c_flow_note(): the core is not asked with
 *	the lock held
 *
 * Context: the thread, @ctl->lock held.
 * Return: true if it may, false if it has to wait for the next turn.
 */
bool mctp_i2c_flow_may_send_locked(struct mctp_i2c_ctl *ctl,
				   struct mctp_i2c_dev *dev,
				   const struct sk_buff *skb)
{
	const struct mctp_i2c_skb_cb *cb = (const void *)skb->cb;
	struct mctp_i2c_hold *hold = &ctl->hold;
	unsigned long bound;

	lockdep_assert_held(&ctl->lock);
	if (!cb->of_flow)
		return true;
	if (mctp_i2c_flow_find_locked(hold, &cb->flow) >= 0)
		return true;
	if (hold->n == MCTP_I2C_FLOWS_MAX ||
	    mctp_i2c_flow_others_wait_locked(ctl, dev))
		return false;
	bound = mctp_i2c_flow_bound(&cb->flow);
	return !time_after(jiffies + bound / 2,
			   mctp_i2c_flow_limit(hold, &cb->flow));
}

/**
 * mctp_i2c_flow_note() - note the flow of a packet that will wait
 * @dev: the device
 * @skb: the packet, its MCTP header at the network header
 *
 * Context: any that may take the core's locks, @dev->ctl->lock not held.
 */
void mctp_i2c_flow_note(struct mctp_i2c_dev *dev, struct sk_buff *skb)
{
	struct mctp_i2c_skb_cb *cb = (void *)skb->cb;

	BUILD_BUG_ON(sizeof(*cb) > sizeof(skb->cb));
	cb->of_flow = dev->muxed &&
		      mctp_find_flow(dev->ndev, mctp_hdr(skb), &cb->flow);
}

/**
 * mctp_i2c_flow_begin() - a packet is about to be sent
 * @dev: the device, whose bus is locked
 * @skb: the packet, noted by mctp_i2c_flow_note()
 *
 * Context: the thread.
 */
void mctp_i2c_flow_begin(struct mctp_i2c_dev *dev, const struct sk_buff *skb)
{
	const struct mctp_i2c_skb_cb *cb = (const void *)skb->cb;
	struct mctp_i2c_hold *hold = &dev->ctl->hold;
	struct mctp_i2c_flow *new;
	struct mctp_flow found;
	unsigned long flags;

	if (!cb->of_flow)
		return;

	spin_lock_irqsave(&dev->ctl->lock, flags);
	if (hold->n == MCTP_I2C_FLOWS_MAX ||
	    mctp_i2c_flow_find_locked(hold, &cb->flow) >= 0) {
		spin_unlock_irqrestore(&dev->ctl->lock, flags);
		return;
	}
	hold->limit = mctp_i2c_flow_limit(hold, &cb->flow);
	new = &hold->flows[hold->n++];
	new->flow = cb->flow;
	new->deadline = jiffies + mctp_i2c_flow_bound(&cb->flow);
	spin_unlock_irqrestore(&dev->ctl->lock, flags);

	/* If its tag ended before it was kept here, nobody will tell again */
	if (!mctp_find_flow(dev->ndev, mctp_hdr(skb), &found))
		mctp_i2c_flow_ops.release_flow(dev->ndev, &cb->flow);
}

static void mctp_i2c_flow_release(struct net_device *ndev,
				  const struct mctp_flow *flow)
{
	struct mctp_i2c_dev *dev = netdev_priv(ndev);
	struct mctp_i2c_hold *hold = &dev->ctl->hold;
	unsigned long flags;

	spin_lock_irqsave(&dev->ctl->lock, flags);
	if (hold->dev == dev)
		mctp_i2c_flow_drop_locked(hold,
					  mctp_i2c_flow_find_locked(hold, flow));
	spin_unlock_irqrestore(&dev->ctl->lock, flags);
	mctp_i2c_tx_kick(dev->ctl);
}

const struct mctp_netdev_ops mctp_i2c_flow_ops = {
	.release_flow = mctp_i2c_flow_release,
};

/**
 * mctp_i2c_flow_abandon() - a packet was lost: nobody will answer
 * @dev: the device
 * @skb: the packet
 */
void mctp_i2c_flow_abandon(struct mctp_i2c_dev *dev, const struct sk_buff *skb)
{
	const struct mctp_i2c_skb_cb *cb = (const void *)skb->cb;

	if (cb->of_flow)
		mctp_i2c_flow_release(dev->ndev, &cb->flow);
}

/**
 * mctp_i2c_flow_others_locked() - are there flows besides that of a packet?
 * @ctl: the controller, which holds a bus
 * @skb: the packet
 *
 * Context: the thread, @ctl->lock held.
 */
bool mctp_i2c_flow_others_locked(struct mctp_i2c_ctl *ctl,
				 const struct sk_buff *skb)
{
	const struct mctp_i2c_skb_cb *cb = (const void *)skb->cb;
	const struct mctp_i2c_hold *hold = &ctl->hold;

	lockdep_assert_held(&ctl->lock);
	if (cb->of_flow && mctp_i2c_flow_find_locked(hold, &cb->flow) >= 0)
		return hold->n > 1;
	return hold->n;
}

/**
 * mctp_i2c_flow_answered_locked() - a packet has come: is it a response's last?
 * @dev: the device that it came in by
 * @hdr: the packet's header
 *
 * The core tells of the end of automatic tags. Preallocated ones outlive their
 * responses, but the mux need not.
 *
 * Context: any, @dev->ctl->lock held.
 */
void mctp_i2c_flow_answered_locked(struct mctp_i2c_dev *dev,
				   const struct mctp_hdr *hdr)
{
	struct mctp_i2c_hold *hold = &dev->ctl->hold;
	const struct mctp_flow *flow;
	unsigned int i;

	lockdep_assert_held(&dev->ctl->lock);
	if (hold->dev != dev || hdr->flags_seq_tag & MCTP_HDR_TO ||
	    !(hdr->flags_seq_tag & MCTP_HDR_EOM))
		return;
	for (i = 0; i < hold->n; i++) {
		flow = &hold->flows[i].flow;
		if (flow->tag == (hdr->flags_seq_tag & MCTP_HDR_TAG_MASK) &&
		    (flow->peer == MCTP_ADDR_ANY || flow->peer == hdr->src) &&
		    (flow->local == MCTP_ADDR_ANY || flow->local == hdr->dest))
			break;
	}
	if (i == hold->n)
		return;
	mctp_i2c_flow_drop_locked(hold, i);
	mctp_i2c_tx_kick(dev->ctl);
}

/**
 * mctp_i2c_flow_left_locked() - how long the present hold goes on
 * @ctl: the controller
 *
 * Ends the flows whose time is over.
 *
 * Context: the thread, @ctl->lock held.
 * Return: jiffies until something is over, 0 if the bus is to be let go.
 */
unsigned long mctp_i2c_flow_left_locked(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_hold *hold = &ctl->hold;
	unsigned long now = jiffies, left = MAX_JIFFY_OFFSET;
	bool gone, over;
	int i;

	lockdep_assert_held(&ctl->lock);
	gone = ctl->stopping || hold->dev->dying || !hold->dev->up;
	over = gone || time_after_eq(now, hold->limit);
	for (i = hold->n - 1; i >= 0; i--) {
		if (!over && time_before(now, hold->flows[i].deadline)) {
			left = min(left, hold->flows[i].deadline - now);
			continue;
		}
		if (!gone)
			mctp_i2c_count(hold->dev, MCTP_I2C_FLOW_BOUND);
		mctp_i2c_flow_drop_locked(hold, i);
	}
	if (!hold->n)
		return 0;
	return min(left, hold->limit - now);
}
