// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: which of our EIDs a response is sent from.
 *
 * It must be the one that the request was sent to, as the requester waits for
 * an answer from that alone (DSP0236 8.3.2). A program does not say which that
 * was, so a socket that takes requests to any local EID remembers it for the
 * last requests that it has read, by (network, peer, tag). Where an entry has
 * been overwritten by another, the response goes from the way's first EID.
 */
#include <linux/hash.h>
#include <linux/slab.h>
#include "mctp_priv.h"

#define MCTP_ANSWER_BITS	6

/**
 * struct mctp_answers - requests that a socket has read
 * @entry: mctp_answer_key() with the local EID in the low 8 bits, or 0
 */
struct mctp_answers {
	u64	entry[BIT(MCTP_ANSWER_BITS)];
};

static u64 mctp_answer_key(unsigned int net, u8 peer, u8 value)
{
	return (u64)net << 24 | peer << 16 | value << 8;
}

/**
 * mctp_answer_note() - a program reads a request
 * @msk: its socket
 * @cb: the request's control block
 *
 * Context: process context.
 */
void mctp_answer_note(struct mctp_sock *msk, const struct mctp_skb_cb *cb)
{
	struct mctp_answers *answers, *old;
	u64 key;

	if (!(cb->tag & MCTP_HDR_TO) || !mctp_eid_is_unicast(cb->dest) ||
	    msk->bind_addr != MCTP_ADDR_ANY)
		return;

	answers = READ_ONCE(msk->answers);
	if (!answers) {
		answers = kzalloc(sizeof(*answers), GFP_KERNEL_ACCOUNT);
		if (!answers)
			return;
		old = cmpxchg(&msk->answers, NULL, answers);
		if (old) {
			kfree(answers);
			answers = old;
		}
	}
	key = mctp_answer_key(cb->net, cb->src, cb->tag & MCTP_HDR_TAG_MASK);
	WRITE_ONCE(answers->entry[hash_64(key, MCTP_ANSWER_BITS)],
		   key | cb->dest);
}

/**
 * mctp_answer_source() - the EID that a request was sent to
 * @msk: socket that answers it
 * @net: network
 * @peer: EID that sent the request
 * @value: its tag's value
 *
 * Return: an EID that was ours when the request came, or 0 if not known.
 */
u8 mctp_answer_source(const struct mctp_sock *msk, unsigned int net, u8 peer,
		      u8 value)
{
	const struct mctp_answers *answers = READ_ONCE(msk->answers);
	u64 key, entry;

	if (!answers)
		return 0;
	key = mctp_answer_key(net, peer, value);
	entry = READ_ONCE(answers->entry[hash_64(key, MCTP_ANSWER_BITS)]);
	return (entry & ~0xffULL) == key ? entry & 0xff : 0;
}

/**
 * mctp_answer_free() - forget them all
 * @msk: a socket that nobody uses any more
 */
void mctp_answer_free(struct mctp_sock *msk)
{
	kfree(msk->answers);
}
