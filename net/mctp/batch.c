// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: packets of one message that are handed over together.
 *
 * What a device costs the sender and the receiver is for the most part a price of
 * each hand-over, not of each packet. So packets that are cut from one message go
 * to a device that takes them so as one buffer: a head, which carries the charge to
 * the sender's socket and a copy of how the first packet begins, for filters, and
 * the packets, whole, in its frag_list. The driver says before each whether it takes
 * one, see takes_batches() in <net/mctpdevice.h>: not while somebody looks on, or a
 * filter would change or drop packets. For who comes after that answer: its features
 * are without NETIF_F_GSO_FRAGLIST then, and the core takes the batch apart in front
 * of the driver, by mctp_batch_segment(). A filter that sees one all the same finds
 * in its head how the first packet begins. The receiving side takes it apart.
 *
 * Nothing is believed of a batch because it is one: each packet in it is checked
 * like one that has come alone. A filter can have made it shorter at both ends.
 */
#include "mctp_priv.h"

/* Bytes behind the first packet's headers that a filter finds where they are in a
 * packet: the message type, and what else a rule may ask of a message's begin
 */
#define MCTP_BATCH_SEEN		28

/**
 * mctp_batch_add() - one more packet
 * @batch: where to; all zero at first
 * @skb: the packet, its link header at skb->data, mac and network header set;
 *	charged to nobody; consumed
 */
void mctp_batch_add(struct mctp_batch *batch, struct sk_buff *skb)
{
	if (batch->last)
		batch->last->next = skb;
	else
		batch->first = skb;
	batch->last = skb;
	batch->count++;
	batch->len += skb->len;
	batch->truesize += skb->truesize;
}

/**
 * mctp_batch_join() - one buffer for packets
 * @batch: packets, two at least; consumed on success
 *
 * Context: any.
 * Return: the buffer, or NULL.
 */
struct sk_buff *mctp_batch_join(const struct mctp_batch *batch)
{
	struct sk_buff *first = batch->first;
	unsigned int hdr = skb_network_offset(first) + sizeof(struct mctp_hdr);
	unsigned int seen = min_t(unsigned int, hdr + MCTP_BATCH_SEEN, first->len);
	struct skb_shared_info *si;
	struct sk_buff *skb;

	skb = mctp_buffer_packet(0, seen, GFP_ATOMIC);
	if (!skb)
		return NULL;
	/* cannot fail: there are so many, and its pages are mapped */
	skb_copy_bits(first, 0, skb_put(skb, seen), seen);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, skb_network_offset(first));
	skb->dev = first->dev;
	skb->protocol = cpu_to_be16(ETH_P_MCTP);
	skb->pkt_type = PACKET_OUTGOING;
	/* or the core would not ask the device whether it takes a batch */
	skb->ip_summed = CHECKSUM_UNNECESSARY;

	si = skb_shinfo(skb);
	si->frag_list = first;
	si->gso_type = SKB_GSO_FRAGLIST;
	si->gso_size = first->len - hdr;
	si->gso_segs = batch->count;
	skb->len += batch->len;
	skb->data_len = batch->len;
	skb->truesize += batch->truesize;
	return skb;
}

/**
 * mctp_batch_split() - the packets of a batch
 * @skb: a batch by mctp_batch_is(); stays with the caller, without its packets
 *	unless it has a clone
 *
 * Context: any.
 * Return: the packets, linked by skb->next, or NULL if there is no memory.
 */
struct sk_buff *mctp_batch_split(struct sk_buff *skb)
{
	struct sk_buff *list = skb_shinfo(skb)->frag_list;
	struct sk_buff *first = NULL, **end = &first;
	bool cloned = skb_cloned(skb);

	if (!cloned) {
		skb_shinfo(skb)->frag_list = NULL;
		skb->len -= skb->data_len;
		skb->data_len = 0;
	}
	while (list) {
		struct sk_buff *next = list->next;
		struct sk_buff *packet;

		packet = cloned ? skb_clone(list, GFP_ATOMIC) :
				  skb_share_check(list, GFP_ATOMIC);
		list = next;
		if (!packet)
			goto err_memory;
		*end = packet;
		end = &packet->next;
	}
	*end = NULL;
	return first;

err_memory:
	*end = NULL;
	kfree_skb_list(first);
	if (!cloned)
		kfree_skb_list(list);
	return NULL;
}

/* Do all packets begin with a link header of @mac_len bytes at least, and what is of
 * MCTP behind it?
 */
static bool mctp_batch_has_headers(const struct sk_buff *skb,
				   unsigned int mac_len)
{
	const struct sk_buff *packet;

	skb_walk_frags(skb, packet) {
		int off = skb_network_offset(packet);

		if (off < (int)mac_len || off > (int)skb_headlen(packet))
			return false;
	}
	return true;
}

/* The device in front of which this is done takes no batches. The last packet
 * takes over the charge of them all, as those of other families do. Where a filter
 * sends on without the link header, packets are without it too.
 */
static struct sk_buff *mctp_batch_segment(struct sk_buff *skb,
					  netdev_features_t features)
{
	struct sk_buff *first, *packet, *last = NULL;

	/* a program can ask for the segmentation of what it has made up */
	if (!mctp_batch_is(skb))
		return ERR_PTR(-EPROTONOSUPPORT);
	if (!mctp_batch_has_headers(skb, skb->mac_len))
		return ERR_PTR(-EINVAL);
	first = mctp_batch_split(skb);
	if (!first)
		return ERR_PTR(-ENOMEM);
	for (packet = first; packet; packet = packet->next) {
		__skb_pull(packet, skb_network_offset(packet) - skb->mac_len);
		skb_reset_mac_header(packet);
		packet->dev = skb->dev;
		packet->priority = skb->priority;
		packet->mark = skb->mark;
		packet->queue_mapping = skb->queue_mapping;
		last = packet;
	}
	/* the way by which the core finds the end */
	first->prev = last;
	if (skb->destructor == sock_wfree) {
		swap(last->truesize, skb->truesize);
		swap(last->destructor, skb->destructor);
		swap(last->sk, skb->sk);
	}
	return first;
}

static struct packet_offload mctp_batch_offload __read_mostly = {
	.type = cpu_to_be16(ETH_P_MCTP),
	.callbacks.gso_segment = mctp_batch_segment,
};

/** mctp_batch_init() - batches can be sent from here on */
void __init mctp_batch_init(void)
{
	dev_add_offload(&mctp_batch_offload);
}

/** mctp_batch_exit() - undo mctp_batch_init(); nobody sends any more */
void mctp_batch_exit(void)
{
	dev_remove_offload(&mctp_batch_offload);
}
