// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: a packet comes in. Check it (DSP0236 8.1), then forward it, or find
 * the socket it is for and hand it to reassembly. Nothing is ever answered to
 * a bad packet, and each that is dropped is counted under its reason.
 */
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

/* A message's receiver, valid in the RCU section that it was found in */
struct mctp_receiver {
	struct mctp_sock	*msk;
	struct mctp_tag		*tag;	/* of a response that begins; referenced */
};

/* Find who takes a message, of which @skb has the type byte at skb->data. The
 * tag of a response that is whole has ended with that.
 */
static enum mctp_counter mctp_input_find(struct mctp_network *network,
					 struct sk_buff *skb, bool whole,
					 struct mctp_receiver *to)
{
	const struct mctp_skb_cb *cb = mctp_cb(skb);

	to->tag = NULL;
	if (cb->tag & MCTP_HDR_TO) {
		to->msk = mctp_bind_lookup(network->pn, cb->net, *skb->data,
					   cb->dest, cb->src, cb->ifindex);
		return to->msk ? 0 : MCTP_CNT_DROP_NO_BIND;
	}

	if (whole) {
		to->msk = mctp_tag_answer(network, cb->dest, cb->src,
					  cb->tag & MCTP_HDR_TAG_MASK);
		return to->msk ? 0 : MCTP_CNT_DROP_NO_TAG;
	}
	to->tag = mctp_tag_lookup(network, cb->dest, cb->src,
				  cb->tag & MCTP_HDR_TAG_MASK, &to->msk);
	return to->tag ? 0 : MCTP_CNT_DROP_NO_TAG;
}

/* @skb is for us: its payload is at skb->data, the control block is filled */
static void mctp_input_deliver(struct mctp_network *network,
			       struct sk_buff *skb, u8 flags)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_receiver to;
	enum mctp_counter why;

	if (!(flags & MCTP_HDR_SOM)) {
		mctp_reasm_continue(network, skb);
		return;
	}

	/* any start ends what was open under the same key */
	if (READ_ONCE(pn->reasm_count))
		mctp_reasm_cancel(network, skb);

	if (!pskb_may_pull(skb, 1)) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_SHORT);
		return;
	}
	/* a program behind a TUN device is not bound by its MTU */
	if (skb->len > MCTP_MSG_MAX) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_TOO_LONG);
		return;
	}
	why = mctp_input_find(network, skb, flags & MCTP_HDR_EOM, &to);
	if (why)
		mctp_stats_drop(pn, skb, why);
	else if (flags & MCTP_HDR_EOM)
		mctp_reasm_deliver(pn, skb, to.msk);
	else
		mctp_reasm_start(network, skb, to.msk, to.tag, flags);
}

/* Nothing in a packet ends its way, so that one of our own that comes back is
 * not sent again, nor one that nobody could answer: both would go round for ever
 * where two of our devices are joined.
 */
static enum mctp_counter mctp_input_may_forward(const struct mctp_network *network,
						u8 src)
{
	if (src == MCTP_ADDR_NULL)
		return MCTP_CNT_DROP_SOURCE;
	return mctp_route_is_local(network, src) ? MCTP_CNT_DROP_FWD_BACK : 0;
}

/* The sender's link address into @addr.
 *
 * Return: its length; 0 where packets have none, or this one comes without a link
 * header, as a filter can send on to a device what has come by another.
 */
static unsigned int mctp_input_lladdr(const struct net_device *dev,
				      const struct sk_buff *skb, u8 *addr)
{
	if (!dev->addr_len || !skb_mac_header_was_set(skb) ||
	    skb_network_header(skb) - skb_mac_header(skb) < dev->hard_header_len)
		return 0;
	return dev_parse_header(skb, addr);
}

/* Would @way bring the packet back to the neighbour that sent it? */
static bool mctp_input_goes_back(const struct mctp_dev *mdev,
				 const struct sk_buff *skb,
				 const struct mctp_way *way)
{
	const struct net_device *dev = mdev->dev;
	u8 from[MAX_ADDR_LEN];

	if (way->mdev != mdev)
		return false;
	if (!dev->addr_len ||
	    mctp_input_lladdr(dev, skb, from) != dev->addr_len)
		return true;
	return !memcmp(from, way->lladdr, dev->addr_len);
}

static void mctp_input_forward(struct mctp_dev *mdev,
			       struct mctp_network *network,
			       struct sk_buff *skb)
{
	struct mctp_pernet *pn = mdev->pn;
	enum mctp_counter why;
	struct mctp_way way;

	why = mctp_input_may_forward(network, mctp_hdr(skb)->src);
	if (why)
		goto drop;

	switch (mctp_route_lookup(network, mctp_hdr(skb)->dest, &way)) {
	case 0:
		break;
	case -ENETDOWN:
		why = MCTP_CNT_DROP_DEVICE_DOWN;
		goto drop;
	case -EMSGSIZE:
		why = MCTP_CNT_DROP_FWD_MTU;
		goto drop;
	default:
		why = MCTP_CNT_DROP_NO_ROUTE;
		goto drop;
	}

	why = MCTP_CNT_DROP_FWD_MTU;
	if (skb->len > way.mtu)
		goto drop;
	why = MCTP_CNT_DROP_NO_NEIGH;
	if (mctp_neigh_resolve(&way))
		goto drop;
	why = MCTP_CNT_DROP_FWD_BACK;
	if (mctp_input_goes_back(mdev, skb, &way))
		goto drop;

	if (!mctp_output_packet(skb, &way))
		mctp_count(pn, MCTP_CNT_FORWARDED);
	return;

drop:
	mctp_stats_drop(pn, skb, why);
}

/* Are two packets of one message, as far as their headers can tell? */
static bool mctp_input_alike(const struct sk_buff *a, const struct sk_buff *b)
{
	const __be32 same = cpu_to_be32(~((MCTP_HDR_SEQ_MASK << MCTP_HDR_SEQ_SHIFT) |
					  MCTP_HDR_EOM));
	__be32 hdr_a, hdr_b;

	memcpy(&hdr_a, mctp_hdr(a), sizeof(hdr_a));
	memcpy(&hdr_b, mctp_hdr(b), sizeof(hdr_b));
	return !((hdr_a ^ hdr_b) & same);
}

/* Take from @rest, the packets that came together with @skb, those that go on with
 * its message and are whole in their first four bytes: they are linked to it, and
 * are at their payload as @skb is.
 */
static void mctp_input_gather(struct mctp_dev *mdev, struct sk_buff *skb,
			      struct sk_buff **rest)
{
	struct sk_buff *last = skb, *next;
	unsigned int n = 0;

	while ((next = *rest)) {
		int off = skb_network_offset(next);

		if (off < 0 ||
		    off + sizeof(struct mctp_hdr) > skb_headlen(next) ||
		    !mctp_input_alike(skb, next))
			break;
		__skb_pull(next, off);
		trace_mctp_packet_rx(mdev->dev, next);
		__skb_pull(next, sizeof(struct mctp_hdr));
		*rest = next->next;
		last->next = next;
		last = next;
		n++;
	}
	last->next = NULL;
	mctp_count_add(mdev->pn, MCTP_CNT_RX_PACKETS, n);
}

/* A packet has come by a device, its MCTP header at skb->data, and with it those
 * in @rest. RCU read side.
 */
static void mctp_input_packet(struct mctp_dev *mdev, struct sk_buff *skb,
			      struct sk_buff **rest)
{
	struct mctp_network *network = rcu_dereference(mdev->network);
	struct mctp_pernet *pn = mdev->pn;
	const struct mctp_hdr *hdr;
	struct mctp_skb_cb *cb;
	enum mctp_counter why;
	u8 flags;

	why = MCTP_CNT_DROP_SHORT;
	if (!pskb_may_pull(skb, sizeof(*hdr)))
		goto drop;
	skb_reset_network_header(skb);
	hdr = mctp_hdr(skb);
	trace_mctp_packet_rx(mdev->dev, skb);

	why = MCTP_CNT_DROP_VERSION;
	if ((hdr->ver & MCTP_VER_MASK) != MCTP_VER)
		goto drop;
	why = MCTP_CNT_DROP_SOURCE;
	if (hdr->src == MCTP_ADDR_ANY)
		goto drop;

	if (hdr->dest != MCTP_ADDR_NULL && hdr->dest != MCTP_ADDR_ANY &&
	    !mctp_route_is_local(network, hdr->dest)) {
		mctp_input_forward(mdev, network, skb);
		return;
	}

	flags = hdr->flags_seq_tag;
	cb = mctp_cb(skb);
	cb->net = network->id;
	cb->ifindex = mdev->dev->ifindex;
	cb->src = hdr->src;
	cb->dest = hdr->dest;
	cb->tag = flags & MCTP_HDR_TAGTO_MASK;
	cb->halen = mctp_input_lladdr(mdev->dev, skb, cb->haddr);
	__skb_pull(skb, sizeof(*hdr));
	if (!(flags & MCTP_HDR_SOM) && *rest)
		mctp_input_gather(mdev, skb, rest);
	mctp_input_deliver(network, skb, flags);
	return;

drop:
	mctp_stats_drop(pn, skb, why);
}

/* Nobody says where in it packets begin and end: as many are lost as were joined */
static void mctp_input_drop_gso(struct mctp_pernet *pn, struct sk_buff *skb)
{
	const struct skb_shared_info *si = skb_shinfo(skb);
	unsigned int n = 1;

	if ((si->gso_type & SKB_GSO_FRAGLIST) && si->gso_segs)
		n = si->gso_segs;
	mctp_count_add(pn, MCTP_CNT_RX_PACKETS, n);
	mctp_count_add(pn, MCTP_CNT_DROP_SIZE, n - 1);
	mctp_stats_drop(pn, skb, MCTP_CNT_DROP_SIZE);
}

/* The same for a packet of which nothing is known. @mdev is NULL where the device
 * has no state.
 */
static void mctp_input_one(struct mctp_pernet *pn, struct mctp_dev *mdev,
			   struct sk_buff *skb, struct sk_buff **rest)
{
	if (skb_is_gso(skb)) {
		/* a program's, or a batch that was made one piece on its way */
		mctp_input_drop_gso(pn, skb);
		return;
	}
	mctp_count(pn, MCTP_CNT_RX_PACKETS);
	if (skb->pkt_type == PACKET_OTHERHOST)
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_OTHERHOST);
	else if (!mdev)
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_NO_DEVICE);
	else
		mctp_input_packet(mdev, skb, rest);
}

/* Packets that were handed over together; they have their mac and network header */
static void mctp_input_batch(struct mctp_pernet *pn, struct mctp_dev *mdev,
			     struct sk_buff *batch)
{
	unsigned int n = skb_shinfo(batch)->gso_segs;
	struct sk_buff *rest = mctp_batch_split(batch);
	struct sk_buff *skb;
	int off;

	if (!rest) {
		mctp_count_add(pn, MCTP_CNT_RX_PACKETS, n);
		mctp_count_add(pn, MCTP_CNT_DROP_NO_MEMORY, n);
	}
	while ((skb = rest)) {
		rest = skb->next;
		skb_mark_not_on_list(skb);
		skb->dev = batch->dev;
		skb->pkt_type = batch->pkt_type;
		skb->tstamp = batch->tstamp;
		off = skb_network_offset(skb);
		if (off >= 0 && pskb_may_pull(skb, off)) {
			__skb_pull(skb, off);
			mctp_input_one(pn, mdev, skb, &rest);
		} else {
			/* a filter has made it shorter */
			mctp_count(pn, MCTP_CNT_RX_PACKETS);
			mctp_stats_drop(pn, skb, MCTP_CNT_DROP_SHORT);
		}
	}
	mctp_buffer_put(batch);
}

/* The core holds the RCU read lock */
static int mctp_input_rcv(struct sk_buff *skb, struct net_device *dev,
			  struct packet_type *pt, struct net_device *orig_dev)
{
	struct mctp_pernet *pn = mctp_pernet(dev_net(dev));
	struct sk_buff *rest = NULL;
	struct mctp_dev *mdev;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		mctp_count(pn, MCTP_CNT_RX_PACKETS);
		mctp_count(pn, MCTP_CNT_DROP_NO_MEMORY);
		return NET_RX_DROP;
	}
	mdev = mctp_dev_find(pn, dev->ifindex);
	/* as it moves between namespaces, its index may be another's here */
	if (mdev && mdev->dev != dev)
		mdev = NULL;
	if (mctp_batch_is(skb))
		mctp_input_batch(pn, mdev, skb);
	else
		mctp_input_one(pn, mdev, skb, &rest);
	return NET_RX_SUCCESS;
}

/**
 * mctp_input_local() - a message to one of our own EIDs: handed over whole
 * @way: a local way
 * @skb: the message, its type byte at skb->data; consumed
 * @local: source EID
 * @peer: destination EID
 * @tag: tag and TO
 *
 * It comes by the loopback device, whichever device has the EID: an answer to
 * its extended address must not go out to a bus.
 *
 * Context: RCU read side.
 */
void mctp_input_local(const struct mctp_way *way, struct sk_buff *skb, u8 local,
		      u8 peer, u8 tag)
{
	struct mctp_pernet *pn = way->mdev->pn;
	const struct net_device *lo = pn->net->loopback_dev;
	struct mctp_skb_cb *cb = mctp_cb(skb);
	struct mctp_receiver to;
	enum mctp_counter why;

	cb->net = way->network->id;
	cb->ifindex = lo->ifindex;
	cb->src = local;
	cb->dest = peer;
	cb->tag = tag;
	/* the kernel's own loopback device is an Ethernet one in this */
	cb->halen = ETH_ALEN;
	memcpy(cb->haddr, lo->dev_addr, ETH_ALEN);
	mctp_count(pn, MCTP_CNT_LOCAL_MESSAGES);

	why = mctp_input_find(way->network, skb, true, &to);
	if (why) {
		mctp_stats_drop(pn, skb, why);
		return;
	}
	/* there is no device to have done it */
	if (to.msk->sk.sk_flags & SK_FLAGS_TIMESTAMP)
		__net_timestamp(skb);
	mctp_reasm_deliver(pn, skb, to.msk);
}

static struct packet_type mctp_packet_type __read_mostly = {
	.type = cpu_to_be16(ETH_P_MCTP),
	.func = mctp_input_rcv,
};

/**
 * mctp_input_init() - take packets from devices
 *
 * Return: 0.
 */
int __init mctp_input_init(void)
{
	dev_add_pack(&mctp_packet_type);
	return 0;
}

/** mctp_input_exit() - undo mctp_input_init(); waits for packets on their way */
void mctp_input_exit(void)
{
	dev_remove_pack(&mctp_packet_type);
}
