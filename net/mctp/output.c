// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: a message to packets (DSP0236 8.6), a packet to a device.
 *
 * Every packet but the last is exactly the way's MTU. On a device that can
 * gather, packets refer to the pages of the message; elsewhere they are copies.
 */
#include <linux/skbuff_ref.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

/* A payload up to this size is copied even where it could be shared */
#define MCTP_OUTPUT_COPY_MAX	256

static void mctp_output_push_hdr(struct sk_buff *skb, u8 local, u8 peer,
				 u8 flags)
{
	struct mctp_hdr *hdr = skb_push(skb, sizeof(*hdr));

	hdr->ver = MCTP_VER;
	hdr->dest = peer;
	hdr->src = local;
	hdr->flags_seq_tag = flags;
}

/**
 * mctp_output_packet() - hand a packet to a device
 * @skb: the packet, its MCTP header at skb->data; consumed
 * @way: the device, and the link address if that has one
 *
 * A packet that is lost here is counted.
 *
 * Context: RCU read side.
 * Return: 0, or a negative error: -ENOBUFS if the device's queue is full,
 * -ENETDOWN, -ENOMEM.
 */
int mctp_output_packet(struct sk_buff *skb, const struct mctp_way *way)
{
	struct net_device *dev = way->mdev->dev;
	struct mctp_pernet *pn = way->mdev->pn;
	int err;

	skb->dev = dev;
	skb->protocol = cpu_to_be16(ETH_P_MCTP);
	skb->pkt_type = PACKET_OUTGOING;
	skb->ip_summed = CHECKSUM_NONE;
	skb_clear_tstamp(skb);
	skb_reset_network_header(skb);

	err = skb_cow_head(skb, LL_RESERVED_SPACE(dev));
	if (err) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_NO_MEMORY);
		return err;
	}
	skb_reset_network_header(skb);
	trace_mctp_packet_tx(dev, skb);
	err = dev_hard_header(skb, dev, ETH_P_MCTP,
			      dev->addr_len ? way->lladdr : NULL, NULL,
			      skb->len);
	if (err < 0) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_TX);
		return -EHOSTUNREACH;
	}

	err = dev_queue_xmit(skb);
	/* NET_XMIT_CN is no error to the sender, but the packet may be lost:
	 * so it is on a device without carrier
	 */
	mctp_count(pn, err ? MCTP_CNT_DROP_TX : MCTP_CNT_TX_PACKETS);
	return err > 0 ? net_xmit_errno(err) : err;
}

/* Append @len bytes of @from at @off to @to by reference to its pages */
static void mctp_output_share(struct sk_buff *to, struct sk_buff *from,
			      unsigned int off, unsigned int len)
{
	struct skb_shared_info *si = skb_shinfo(from);
	unsigned int start = skb_headlen(from);
	int i, n = 0;

	for (i = 0; i < si->nr_frags && len; i++) {
		skb_frag_t *frag = &si->frags[i];
		unsigned int end = start + skb_frag_size(frag);
		unsigned int bytes;

		if (off < end) {
			bytes = min(len, end - off);
			skb_frag_ref(from, i);
			skb_fill_page_desc(to, n++, skb_frag_page(frag),
					   skb_frag_off(frag) + off - start,
					   bytes);
			to->len += bytes;
			to->data_len += bytes;
			to->truesize += bytes;
			off += bytes;
			len -= bytes;
		}
		start = end;
	}
}

static struct sk_buff *mctp_output_fragment(struct sk_buff *msg,
					    struct net_device *dev,
					    unsigned int off, unsigned int len)
{
	unsigned int room = LL_RESERVED_SPACE(dev) + sizeof(struct mctp_hdr);
	unsigned int head = skb_headlen(msg);
	unsigned int copy = len;
	struct sk_buff *skb;

	if ((dev->features & NETIF_F_SG) && len > MCTP_OUTPUT_COPY_MAX &&
	    off + len > head)
		copy = off < head ? head - off : 0;

	skb = mctp_buffer_packet(room, copy + dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	if (skb_copy_bits(msg, off, skb_put(skb, copy), copy)) {
		kfree_skb(skb);
		return NULL;
	}
	if (copy < len)
		mctp_output_share(skb, msg, off + copy, len - copy);
	return skb;
}

static int mctp_output_fragments(struct sock *sk, struct sk_buff *msg,
				 const struct mctp_way *way, u8 local, u8 peer,
				 u8 tag)
{
	unsigned int chunk = way->mtu - sizeof(struct mctp_hdr);
	unsigned int off, len, seq = 0;
	int err = 0;

	for (off = 0; off < msg->len && !err; off += len, seq++) {
		u8 flags = tag;
		struct sk_buff *skb;

		len = min(chunk, msg->len - off);
		skb = mctp_output_fragment(msg, way->mdev->dev, off, len);
		if (!skb) {
			mctp_count(way->mdev->pn, MCTP_CNT_DROP_NO_MEMORY);
			err = -ENOBUFS;
			break;
		}

		if (!off)
			flags |= MCTP_HDR_SOM;
		if (off + len == msg->len)
			flags |= MCTP_HDR_EOM;
		flags |= (seq & MCTP_HDR_SEQ_MASK) << MCTP_HDR_SEQ_SHIFT;
		mctp_output_push_hdr(skb, local, peer, flags);
		skb->priority = msg->priority;
		skb->mark = msg->mark;
		/* charged beside the message for now: back-pressure on sk */
		if (sk)
			skb_set_owner_w(skb, sk);
		err = mctp_output_packet(skb, way);
	}
	consume_skb(msg);
	return err;
}

/**
 * mctp_output_message() - a message goes out by a device
 * @sk: socket to charge for packets that wait, or NULL
 * @skb: the message, its type byte at skb->data, with room for the header in
 *	front; consumed
 * @way: the way, not local, with its link address
 * @local: source EID
 * @peer: destination EID
 * @tag: tag and TO
 *
 * Context: RCU read side.
 * Return: 0, or a negative error of mctp_output_packet(); what was sent before
 * it is of no use to the peer then.
 */
int mctp_output_message(struct sock *sk, struct sk_buff *skb,
			const struct mctp_way *way, u8 local, u8 peer, u8 tag)
{
	if (skb->len + sizeof(struct mctp_hdr) > way->mtu)
		return mctp_output_fragments(sk, skb, way, local, peer, tag);

	if (skb_cow_head(skb, sizeof(struct mctp_hdr))) {
		mctp_stats_drop(way->mdev->pn, skb, MCTP_CNT_DROP_NO_MEMORY);
		return -ENOBUFS;
	}
	mctp_output_push_hdr(skb, local, peer,
			     MCTP_HDR_SOM | MCTP_HDR_EOM | tag);
	return mctp_output_packet(skb, way);
}
