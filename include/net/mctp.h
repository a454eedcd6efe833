/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP packets: what the core and the transport drivers share (DSP0236).
 */
#ifndef __NET_MCTP_H
#define __NET_MCTP_H

#include <linux/bits.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/mctp.h>

/* DSP0236 table 1: header version and the flag byte */
#define MCTP_VER		1
#define MCTP_VER_MASK		0x0f
#define MCTP_HDR_SOM		BIT(7)
#define MCTP_HDR_EOM		BIT(6)
#define MCTP_HDR_SEQ_SHIFT	4
#define MCTP_HDR_SEQ_MASK	0x03	/* after the shift */
#define MCTP_HDR_TO		BIT(3)
#define MCTP_HDR_TAG_MASK	0x07
#define MCTP_HDR_TAGTO_MASK	(MCTP_HDR_TO | MCTP_HDR_TAG_MASK)

/* DSP0236 8.4.1: baseline transmission unit, and with its header */
#define MCTP_BTU		64
#define MCTP_MTU_MIN		(MCTP_BTU + 4)

/* Least and greatest EID that an endpoint can be given */
#define MCTP_EID_MIN		8
#define MCTP_EID_MAX		254

/* A message's greatest length, with its type byte */
#define MCTP_MSG_MAX		65536

/* Message type byte: the type, and the integrity check bit */
#define MCTP_TYPE_MASK		0x7f
#define MCTP_TYPE_IC		0x80

/**
 * struct mctp_hdr - the transport header of every packet
 * @ver: reserved (7:4) and header version (3:0)
 * @dest: destination EID
 * @src: source EID
 * @flags_seq_tag: SOM, EOM, sequence, tag owner, tag (``MCTP_HDR_*``)
 */
struct mctp_hdr {
	u8	ver;
	u8	dest;
	u8	src;
	u8	flags_seq_tag;
};

/**
 * mctp_hdr() - the MCTP header of a packet
 * @skb: a packet whose network header is set and whose 4 bytes are linear
 */
static inline struct mctp_hdr *mctp_hdr(const struct sk_buff *skb)
{
	return (struct mctp_hdr *)skb_network_header(skb);
}

/** mctp_eid_is_unicast() - can @eid be given to an endpoint? */
static inline bool mctp_eid_is_unicast(u8 eid)
{
	return eid >= MCTP_EID_MIN && eid <= MCTP_EID_MAX;
}

#endif /* __NET_MCTP_H */
