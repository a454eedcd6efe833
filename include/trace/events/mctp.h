/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the MCTP core: packets, messages, tags, and what is lost.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mctp

#if !defined(_TRACE_MCTP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_MCTP_H

#include <linux/skbuff.h>
#include <linux/tracepoint.h>
#include <net/mctp.h>
#include <net/sock.h>

struct mctp_tag;

/* Bytes of the longest name of a loss, with the zero at its end */
#define MCTP_TRACE_WHY_LEN	24

DECLARE_EVENT_CLASS(mctp_packet,

	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb),

	TP_ARGS(dev, skb),

	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__field(unsigned int, len)
		__field(u8, src)
		__field(u8, dest)
		__field(u8, flags)
	),

	TP_fast_assign(
		const struct mctp_hdr *hdr = mctp_hdr(skb);

		strscpy(__entry->dev, dev->name, IFNAMSIZ);
		__entry->len = skb->len;
		__entry->src = hdr->src;
		__entry->dest = hdr->dest;
		__entry->flags = hdr->flags_seq_tag;
	),

	TP_printk("dev=%s len=%u src=%u dest=%u %s%sseq=%u to=%u tag=%u",
		  __entry->dev, __entry->len, __entry->src, __entry->dest,
		  __entry->flags & MCTP_HDR_SOM ? "som " : "",
		  __entry->flags & MCTP_HDR_EOM ? "eom " : "",
		  __entry->flags >> MCTP_HDR_SEQ_SHIFT & MCTP_HDR_SEQ_MASK,
		  !!(__entry->flags & MCTP_HDR_TO),
		  __entry->flags & MCTP_HDR_TAG_MASK)
);

/* A packet has come by a device; its header is at skb_network_header() */
DEFINE_EVENT(mctp_packet, mctp_packet_rx,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb),
	TP_ARGS(dev, skb)
);

/* A packet is handed to a device */
DEFINE_EVENT(mctp_packet, mctp_packet_tx,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb),
	TP_ARGS(dev, skb)
);

/* A whole message is queued to a socket; its type byte is at skb->data */
TRACE_EVENT(mctp_message_rx,

	TP_PROTO(const struct sock *sk, struct sk_buff *skb),

	TP_ARGS(sk, skb),

	TP_STRUCT__entry(
		__field(const void *, sk)
		__field(unsigned int, net)
		__field(unsigned int, len)
		__field(u8, src)
		__field(u8, dest)
		__field(u8, type)
		__field(u8, tag)
	),

	TP_fast_assign(
		const struct mctp_skb_cb *cb = mctp_cb(skb);

		__entry->sk = sk;
		__entry->net = cb->net;
		__entry->len = skb->len - 1;
		__entry->src = cb->src;
		__entry->dest = cb->dest;
		__entry->type = *skb->data;
		__entry->tag = cb->tag;
	),

	TP_printk("sk=%p net=%u src=%u dest=%u type=0x%02x to=%u tag=%u len=%u",
		  __entry->sk, __entry->net, __entry->src, __entry->dest,
		  __entry->type, !!(__entry->tag & MCTP_HDR_TO),
		  __entry->tag & MCTP_HDR_TAG_MASK, __entry->len)
);

/* A socket sends a message; @len without the type byte */
TRACE_EVENT(mctp_message_tx,

	TP_PROTO(const struct sock *sk, unsigned int net, u8 src, u8 dest,
		 u8 type, u8 tag, unsigned int len),

	TP_ARGS(sk, net, src, dest, type, tag, len),

	TP_STRUCT__entry(
		__field(const void *, sk)
		__field(unsigned int, net)
		__field(unsigned int, len)
		__field(u8, src)
		__field(u8, dest)
		__field(u8, type)
		__field(u8, tag)
	),

	TP_fast_assign(
		__entry->sk = sk;
		__entry->net = net;
		__entry->len = len;
		__entry->src = src;
		__entry->dest = dest;
		__entry->type = type;
		__entry->tag = tag;
	),

	TP_printk("sk=%p net=%u src=%u dest=%u type=0x%02x to=%u tag=%u len=%u",
		  __entry->sk, __entry->net, __entry->src, __entry->dest,
		  __entry->type, !!(__entry->tag & MCTP_HDR_TO),
		  __entry->tag & MCTP_HDR_TAG_MASK, __entry->len)
);

/* A packet or message is lost; @why as in /proc/net/mctp/stat */
TRACE_EVENT(mctp_drop,

	TP_PROTO(const struct sk_buff *skb, const char *why),

	TP_ARGS(skb, why),

	TP_STRUCT__entry(
		__array(char, why, MCTP_TRACE_WHY_LEN)
		__field(const void *, skb)
		__field(unsigned int, len)
	),

	TP_fast_assign(
		strscpy(__entry->why, why, sizeof(__entry->why));
		__entry->skb = skb;
		__entry->len = skb->len;
	),

	TP_printk("why=%s skb=%p len=%u",
		  __entry->why, __entry->skb, __entry->len)
);

DECLARE_EVENT_CLASS(mctp_tag,

	TP_PROTO(const struct mctp_tag *tag),

	TP_ARGS(tag),

	TP_STRUCT__entry(
		__field(unsigned int, net)
		__field(u8, local)
		__field(u8, peer)
		__field(u8, value)
		__field(bool, prealloc)
	),

	TP_fast_assign(
		__entry->net = tag->network->id;
		__entry->local = tag->local;
		__entry->peer = tag->peer;
		__entry->value = tag->value;
		__entry->prealloc = tag->prealloc;
	),

	TP_printk("net=%u local=%u peer=%u tag=%u%s",
		  __entry->net, __entry->local, __entry->peer, __entry->value,
		  __entry->prealloc ? " prealloc" : "")
);

/* A socket is lent a tag */
DEFINE_EVENT(mctp_tag, mctp_tag_acquire,
	TP_PROTO(const struct mctp_tag *tag),
	TP_ARGS(tag)
);

/* A tag has ended */
DEFINE_EVENT(mctp_tag, mctp_tag_release,
	TP_PROTO(const struct mctp_tag *tag),
	TP_ARGS(tag)
);

#endif /* _TRACE_MCTP_H */

#include <trace/define_trace.h>
