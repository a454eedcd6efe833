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
#define MCTP_OUTPUT_COPY_MAX	128
/* Packets that are handed over together: so many, and bytes as the core takes
 * them. As many buffers are kept, see buffer.c.
 */
#define MCTP_OUTPUT_BATCH	MCTP_BUFFER_SPARES
#define MCTP_OUTPUT_BATCH_BYTES	GSO_LEGACY_MAX_SIZE

/**
 * struct mctp_output - a message that is being cut
 * @sk: socket to charge, or NULL
 * @msg: the message, of mctp_buffer_get()
 * @way: the way, with its link address
 * @local: source EID
 * @peer: destination EID
 * @tag: tag and TO
 * @seq: sequence of the next packet
 * @off: bytes that are in packets
 * @piece: where the next ones are: 0 not in a page, i + 1 in fragment i
 * @piece_off: at which of its bytes
 */
struct mctp_output {
	struct sock		*sk;
	struct sk_buff		*msg;
	const struct mctp_way	*way;
	u8			local;
	u8			peer;
	u8			tag;
	u8			seq;
	unsigned int		off;
	unsigned int		piece;
	unsigned int		piece_off;
};

static void mctp_output_push_hdr(struct sk_buff *skb, u8 local, u8 peer,
				 u8 flags)
{
	struct mctp_hdr *hdr = skb_push(skb, sizeof(*hdr));

	hdr->ver = MCTP_VER;
	hdr->dest = peer;
	hdr->src = local;
	hdr->flags_seq_tag = flags;
}

/* All but the MCTP header, which is at skb->data. Returns 0 or -EHOSTUNREACH. */
static int mctp_output_prepare(struct sk_buff *skb, const struct mctp_way *way)
{
	struct net_device *dev = way->mdev->dev;

	/* It gives a packet back as an Ethernet frame of no protocol of ours: what
	 * is for ourselves does not come by here
	 */
	if (unlikely(READ_ONCE(dev->flags) & IFF_LOOPBACK))
		return -EHOSTUNREACH;
	skb->dev = dev;
	skb->protocol = cpu_to_be16(ETH_P_MCTP);
	skb->pkt_type = PACKET_OUTGOING;
	skb_reset_network_header(skb);
	trace_mctp_packet_tx(dev, skb);
	if (dev_hard_header(skb, dev, ETH_P_MCTP,
			    dev->addr_len ? way->lladdr : NULL, NULL,
			    skb->len) < 0)
		return -EHOSTUNREACH;
	skb_reset_mac_header(skb);
	return 0;
}

/* Hand over @skb, which holds @n packets, and count them */
static int mctp_output_xmit(struct mctp_pernet *pn, struct sk_buff *skb,
			    unsigned int n)
{
	int err = dev_queue_xmit(skb);

	/* NET_XMIT_CN is no error to the sender, but the packet may be lost:
	 * so it is on a device without carrier
	 */
	mctp_count_add(pn, err ? MCTP_CNT_DROP_TX : MCTP_CNT_TX_PACKETS, n);
	return err > 0 ? net_xmit_errno(err) : err;
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
	struct mctp_pernet *pn = way->mdev->pn;
	int err;

	skb->ip_summed = CHECKSUM_NONE;
	skb_clear_tstamp(skb);
	err = skb_cow_head(skb, LL_RESERVED_SPACE(way->mdev->dev));
	if (err) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_NO_MEMORY);
		return err;
	}
	err = mctp_output_prepare(skb, way);
	if (err) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_TX);
		return err;
	}
	return mctp_output_xmit(pn, skb, 1);
}

/* How many bytes of the message come next in one piece, and where are they? Its
 * pages are of a kind that is mapped, see mctp_buffer_get().
 */
static unsigned int mctp_output_piece(struct mctp_output *out, u8 **at)
{
	const struct sk_buff *msg = out->msg;
	const skb_frag_t *frag;

	if (!out->piece) {
		if (out->piece_off < skb_headlen(msg)) {
			*at = msg->data + out->piece_off;
			return skb_headlen(msg) - out->piece_off;
		}
		out->piece = 1;
		out->piece_off = 0;
	}
	frag = &skb_shinfo(msg)->frags[out->piece - 1];
	if (out->piece_off == skb_frag_size(frag)) {
		out->piece++;
		out->piece_off = 0;
		frag++;
	}
	*at = skb_frag_address(frag) + out->piece_off;
	return skb_frag_size(frag) - out->piece_off;
}

/* The next @len bytes of the message, copied */
static void mctp_output_copy(struct mctp_output *out, u8 *to, unsigned int len)
{
	while (len) {
		unsigned int n;
		u8 *from;

		n = min(len, mctp_output_piece(out, &from));
		memcpy(to, from, n);
		out->piece_off += n;
		to += n;
		len -= n;
	}
}

/* The next @len bytes of the message, by reference to its pages */
static void mctp_output_share(struct mctp_output *out, struct sk_buff *to,
			      unsigned int len)
{
	unsigned int i;
	u8 *from;

	for (i = 0; len; i++) {
		unsigned int n = min(len, mctp_output_piece(out, &from));
		const skb_frag_t *frag;

		frag = &skb_shinfo(out->msg)->frags[out->piece - 1];
		skb_frag_ref(out->msg, out->piece - 1);
		skb_fill_page_desc(to, i, skb_frag_page(frag),
				   skb_frag_off(frag) + out->piece_off, n);
		to->len += n;
		to->data_len += n;
		to->truesize += n;
		out->piece_off += n;
		len -= n;
	}
}

/* The next packet of the message, with its headers, or an ERR_PTR */
static struct sk_buff *mctp_output_next(struct mctp_output *out)
{
	const struct mctp_way *way = out->way;
	struct net_device *dev = way->mdev->dev;
	unsigned int room = LL_RESERVED_SPACE(dev) + sizeof(struct mctp_hdr);
	unsigned int chunk = way->mtu - sizeof(struct mctp_hdr);
	unsigned int len = min(chunk, out->msg->len - out->off);
	unsigned int head = skb_headlen(out->msg);
	unsigned int copy = len;
	struct sk_buff *skb;
	u8 flags = out->tag;
	int err;

	if ((READ_ONCE(dev->features) & NETIF_F_SG) &&
	    len > MCTP_OUTPUT_COPY_MAX && out->off + len > head)
		copy = out->off < head ? head - out->off : 0;

	skb = mctp_buffer_packet(room, copy + dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return ERR_PTR(-ENOBUFS);
	mctp_output_copy(out, skb_put(skb, copy), copy);
	if (copy < len)
		mctp_output_share(out, skb, len - copy);

	if (!out->off)
		flags |= MCTP_HDR_SOM;
	out->off += len;
	if (out->off == out->msg->len)
		flags |= MCTP_HDR_EOM;
	flags |= (out->seq++ & MCTP_HDR_SEQ_MASK) << MCTP_HDR_SEQ_SHIFT;
	mctp_output_push_hdr(skb, out->local, out->peer, flags);
	err = mctp_output_prepare(skb, way);
	if (err) {
		kfree_skb(skb);
		return ERR_PTR(err);
	}
	return skb;
}

/* How many packets does a device get together? More than one where its driver
 * takes them as they are, and nothing on their way asks for each by itself. In
 * front of others they would be one packet to the queue, whose length bounds
 * packets; and of what is cut apart for a device without a queue, nobody hears
 * what it refused.
 */
static unsigned int mctp_output_batch_max(const struct mctp_dev *mdev)
{
	const struct mctp_netdev_ops *ops = mdev->ops;

	return ops && ops->takes_batches && ops->takes_batches(mdev->dev) ?
	       MCTP_OUTPUT_BATCH : 1;
}

/* Hand over the next packets of the message: some, or as many as there are */
static int mctp_output_some(struct mctp_output *out)
{
	unsigned int max = mctp_output_batch_max(out->way->mdev);
	struct mctp_pernet *pn = out->way->mdev->pn;
	struct mctp_batch batch = {};
	struct sk_buff *skb;

	do {
		skb = mctp_output_next(out);
		if (IS_ERR(skb))
			goto err_free;
		mctp_batch_add(&batch, skb);
	} while (out->off < out->msg->len && batch.count < max &&
		 batch.len + out->way->mtu < MCTP_OUTPUT_BATCH_BYTES);

	skb = batch.count == 1 ? batch.first : mctp_batch_join(&batch);
	if (!skb) {
		skb = ERR_PTR(-ENOBUFS);
		goto err_free;
	}
	skb->priority = out->msg->priority;
	skb->mark = out->msg->mark;
	/* charged beside the message for now: back-pressure on sk */
	if (out->sk)
		skb_set_owner_w(skb, out->sk);
	return mctp_output_xmit(pn, skb, batch.count);

err_free:
	/* the rest of the message is lost with these: one loss */
	mctp_count(pn, PTR_ERR(skb) == -ENOBUFS ? MCTP_CNT_DROP_NO_MEMORY :
						  MCTP_CNT_DROP_TX);
	kfree_skb_list(batch.first);
	return PTR_ERR(skb);
}

static int mctp_output_fragments(struct sock *sk, struct sk_buff *msg,
				 const struct mctp_way *way, u8 local, u8 peer,
				 u8 tag)
{
	struct mctp_output out = {
		.sk = sk,
		.msg = msg,
		.way = way,
		.local = local,
		.peer = peer,
		.tag = tag,
	};
	int err;

	do
		err = mctp_output_some(&out);
	while (!err && out.off < msg->len);
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
