// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: packets to a message (DSP0236 8.7), and the message to its socket.
 *
 * A partial message is known by (network, source, destination, TO, tag). Each
 * start packet for us ends in exactly one of: a message queued, or one count
 * of one reason. Packets for which nothing is open count as drop_no_start.
 *
 * What a bus can make us hold is bounded four ways: by the receive buffer of
 * the socket that the message is for, by partial messages a source EID, by age
 * since the last packet, and by memory a namespace. At each bound that which
 * has waited longest makes room: a device that opens messages and never ends
 * them can shut nobody out for longer than it goes on flooding.
 *
 * Small packets are copied into pages of the first one's buffer, since a
 * 64 byte payload in a buffer of its own costs ten times its size; large ones
 * are linked and not copied. Packets that come in pages give these to the first
 * one's buffer, most often as more bytes of the page that it has already: they
 * were cut from one message.
 */
#include <linux/jhash.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

/* A payload up to this size is copied rather than linked */
#define MCTP_REASM_COPY_MAX	1024
/* Pieces that may have few bytes each, of those that a buffer can have */
#define MCTP_REASM_SMALL_FRAGS	8
/* Memory of one message: packets of all sizes make do with half of it */
#define MCTP_REASM_BYTES_MAX	(4 * MCTP_MSG_MAX)

/**
 * struct mctp_reasm - a partial message; all under pernet reasm_lock
 * @node: in mctp_pernet.reasm
 * @lru: in mctp_pernet.reasm_lru
 * @by_sock: in mctp_sock.partials
 * @by_source: in mctp_network.reasm_by_source
 * @network: its network; referenced
 * @msk: socket that it is for; referenced
 * @tag: tag that it answers, referenced, or NULL
 * @head: first packet; carries all that follows
 * @tail: last of the packets that are linked to @head, or NULL
 * @page: page at the end of @head's fragments that is ours to fill, or NULL
 * @page_used: bytes of @page in use
 * @ifindex: device of the first packet
 * @bytes: memory charged to the namespace and to @msk
 * @stamp: jiffies at the last packet
 * @packet_size: payload of the first packet
 * @seq: sequence of the last packet
 */
struct mctp_reasm {
	struct hlist_node	node;
	struct list_head	lru;
	struct list_head	by_sock;
	struct list_head	by_source;
	struct mctp_network	*network;
	struct mctp_sock	*msk;
	struct mctp_tag		*tag;
	struct sk_buff		*head;
	struct sk_buff		*tail;
	struct page		*page;
	unsigned int		page_used;
	int			ifindex;
	unsigned int		bytes;
	unsigned long		stamp;
	unsigned int		packet_size;
	u8			seq;
};

static u32 mctp_reasm_hash(const struct mctp_pernet *pn,
			   const struct mctp_skb_cb *cb)
{
	return jhash_2words(cb->net, cb->src << 16 | cb->dest << 8 | cb->tag,
			    pn->reasm_seed);
}

static bool mctp_reasm_is(const struct mctp_reasm *r,
			  const struct mctp_skb_cb *cb)
{
	const struct mctp_skb_cb *have = mctp_cb(r->head);

	return have->net == cb->net && have->src == cb->src &&
	       have->dest == cb->dest && have->tag == cb->tag;
}

static struct mctp_reasm *mctp_reasm_find_locked(struct mctp_pernet *pn,
						 const struct mctp_skb_cb *cb)
	__must_hold(&pn->reasm_lock)
{
	struct mctp_reasm *r;

	lockdep_assert_held(&pn->reasm_lock);
	/* packets of a message most often come in a row */
	if (pn->reasm_last && mctp_reasm_is(pn->reasm_last, cb))
		return pn->reasm_last;
	hash_for_each_possible(pn->reasm, r, node, mctp_reasm_hash(pn, cb)) {
		if (mctp_reasm_is(r, cb)) {
			pn->reasm_last = r;
			return r;
		}
	}
	return NULL;
}

/* More memory is held: by how much it must shrink is mctp_reasm_trim_locked()'s */
static void mctp_reasm_charge_locked(struct mctp_reasm *r, unsigned int bytes)
	__must_hold(&r->network->pn->reasm_lock)
{
	r->bytes += bytes;
	r->network->pn->reasm_bytes += bytes;
	atomic_add(bytes, &r->msk->sk.sk_rmem_alloc);
}

/* Out of all tables; what is left is the caller's, for mctp_reasm_free() */
static void mctp_reasm_unlink_locked(struct mctp_pernet *pn,
				     struct mctp_reasm *r)
	__must_hold(&pn->reasm_lock)
{
	lockdep_assert_held(&pn->reasm_lock);
	if (pn->reasm_last == r)
		pn->reasm_last = NULL;
	hash_del(&r->node);
	list_del(&r->lru);
	list_del(&r->by_sock);
	list_del(&r->by_source);
	WRITE_ONCE(pn->reasm_count, pn->reasm_count - 1);
	pn->reasm_bytes -= r->bytes;
	r->network->reasm_sources[mctp_cb(r->head)->src]--;
	WRITE_ONCE(r->msk->nr_partials, r->msk->nr_partials - 1);
	atomic_sub(r->bytes, &r->msk->sk.sk_rmem_alloc);
}

static void mctp_reasm_free(struct mctp_reasm *r)
{
	if (r->tag)
		mctp_tag_put(r->tag);
	mctp_network_put(r->network);
	sock_put(&r->msk->sk);
	kfree(r);
}

static void mctp_reasm_drop_locked(struct mctp_pernet *pn, struct mctp_reasm *r,
				   enum mctp_counter why)
	__must_hold(&pn->reasm_lock)
{
	mctp_reasm_unlink_locked(pn, r);
	if (why == MCTP_CNT_DROP_RCVBUF)
		sk_drops_inc(&r->msk->sk);
	mctp_stats_drop(pn, r->head, why);
	mctp_reasm_free(r);
}

/* The oldest go until the bound is kept. Returns false if @keep went too. */
static bool mctp_reasm_trim_locked(struct mctp_pernet *pn,
				   const struct mctp_reasm *keep)
	__must_hold(&pn->reasm_lock)
{
	unsigned int max = READ_ONCE(pn->sysctl_reasm_max_bytes);

	lockdep_assert_held(&pn->reasm_lock);
	while (pn->reasm_bytes > max) {
		struct mctp_reasm *oldest;

		oldest = list_first_entry(&pn->reasm_lru, struct mctp_reasm, lru);
		mctp_reasm_drop_locked(pn, oldest, MCTP_CNT_DROP_REASM_MEMORY);
		if (oldest == keep)
			return false;
	}
	return true;
}

/* The same rule as sock_queue_rcv_skb()'s: what else is charged to the socket
 * must leave room
 */
static bool mctp_reasm_rcvbuf_full(const struct sock *sk, unsigned int own)
{
	return atomic_read(&sk->sk_rmem_alloc) - own >= READ_ONCE(sk->sk_rcvbuf);
}

/* Where a socket's buffer is full, what it has waited for longest goes: never
 * @keep, which is the message that needs the room, or NULL. Returns false if
 * whole messages fill it, which only its reader can take away.
 */
static bool mctp_reasm_make_room_locked(struct mctp_pernet *pn,
					struct mctp_sock *msk,
					const struct mctp_reasm *keep)
	__must_hold(&pn->reasm_lock)
{
	unsigned int own = keep ? keep->bytes : 0;
	struct mctp_reasm *r, *tmp;

	lockdep_assert_held(&pn->reasm_lock);
	list_for_each_entry_safe(r, tmp, &msk->partials, by_sock) {
		if (!mctp_reasm_rcvbuf_full(&msk->sk, own))
			break;
		if (r != keep)
			mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_RCVBUF);
	}
	return !mctp_reasm_rcvbuf_full(&msk->sk, own);
}

static unsigned long mctp_reasm_deadline(const struct mctp_pernet *pn,
					 const struct mctp_reasm *r)
{
	return r->stamp +
	       msecs_to_jiffies(READ_ONCE(pn->sysctl_reasm_timeout_ms));
}

static void mctp_reasm_expire(struct timer_list *timer)
{
	struct mctp_pernet *pn = timer_container_of(pn, timer, reasm_timer);
	struct mctp_reasm *r;

	spin_lock_bh(&pn->reasm_lock);
	while ((r = list_first_entry_or_null(&pn->reasm_lru, struct mctp_reasm,
					     lru))) {
		unsigned long deadline = mctp_reasm_deadline(pn, r);

		if (time_before(jiffies, deadline)) {
			mod_timer(&pn->reasm_timer, deadline);
			break;
		}
		mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_REASM_TIMEOUT);
	}
	spin_unlock_bh(&pn->reasm_lock);
}

/**
 * mctp_reasm_init_net() - a namespace has no partial messages
 * @pn: the namespace
 *
 * Return: 0.
 */
int mctp_reasm_init_net(struct mctp_pernet *pn)
{
	hash_init(pn->reasm);
	INIT_LIST_HEAD(&pn->reasm_lru);
	spin_lock_init(&pn->reasm_lock);
	timer_setup(&pn->reasm_timer, mctp_reasm_expire, 0);
	pn->reasm_seed = get_random_u32();
	return 0;
}

/**
 * mctp_reasm_exit_net() - undo mctp_reasm_init_net()
 * @pn: the namespace; nothing comes in any more
 */
void mctp_reasm_exit_net(struct mctp_pernet *pn)
{
	struct mctp_reasm *r, *tmp;

	spin_lock_bh(&pn->reasm_lock);
	list_for_each_entry_safe(r, tmp, &pn->reasm_lru, lru)
		mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_REASM_GONE);
	spin_unlock_bh(&pn->reasm_lock);
	timer_delete_sync(&pn->reasm_timer);
}

/**
 * mctp_reasm_init_sock() - a new socket waits for nothing
 * @msk: the socket
 */
void mctp_reasm_init_sock(struct mctp_sock *msk)
{
	INIT_LIST_HEAD(&msk->partials);
}

/* A whole message of one packet is worth more than the parts of another */
static void mctp_reasm_make_room(struct mctp_pernet *pn, struct mctp_sock *msk)
{
	if (!mctp_reasm_rcvbuf_full(&msk->sk, 0))
		return;
	spin_lock_bh(&pn->reasm_lock);
	mctp_reasm_make_room_locked(pn, msk, NULL);
	spin_unlock_bh(&pn->reasm_lock);
}

/**
 * mctp_reasm_deliver() - a whole message goes to its socket
 * @pn: namespace
 * @skb: the message, its type byte at skb->data; consumed
 * @msk: the socket, valid by RCU or a reference
 */
void mctp_reasm_deliver(struct mctp_pernet *pn, struct sk_buff *skb,
			struct mctp_sock *msk)
{
	struct sock *sk = &msk->sk;
	int err;

	if (sock_flag(sk, SOCK_DEAD)) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_CLOSED);
		return;
	}
	/* memory for those that free memory: what sk_filter() calls ENOMEM */
	if (skb_pfmemalloc(skb) && !sock_flag(sk, SOCK_MEMALLOC)) {
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_NO_MEMORY);
		return;
	}
	if (READ_ONCE(msk->nr_partials))
		mctp_reasm_make_room(pn, msk);
	trace_mctp_message_rx(sk, skb);
	err = sock_queue_rcv_skb(sk, skb);
	if (!err)
		mctp_count(pn, MCTP_CNT_RX_MESSAGES);
	else if (err == -ENOMEM || err == -ENOBUFS)
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_RCVBUF);
	else
		mctp_stats_drop(pn, skb, MCTP_CNT_DROP_FILTER);
}

/**
 * mctp_reasm_cancel() - a new start ends the partial message of its key
 * @network: network of the packet
 * @skb: the new start; only its control block is looked at
 */
void mctp_reasm_cancel(struct mctp_network *network, struct sk_buff *skb)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_reasm *r;

	spin_lock_bh(&pn->reasm_lock);
	r = mctp_reasm_find_locked(pn, mctp_cb(skb));
	if (r)
		mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_REPLACED);
	spin_unlock_bh(&pn->reasm_lock);
}

static struct mctp_reasm *mctp_reasm_alloc(struct mctp_network *network,
					   struct sk_buff *skb,
					   struct mctp_sock *msk,
					   struct mctp_tag *tag,
					   enum mctp_counter *why)
{
	struct mctp_reasm *r;

	/* what is appended changes the first packet's buffer */
	*why = MCTP_CNT_DROP_NO_MEMORY;
	if (skb_unclone(skb, GFP_ATOMIC) ||
	    (skb_has_frag_list(skb) && skb_linearize(skb)))
		return NULL;
	r = kzalloc(sizeof(*r), GFP_ATOMIC);
	if (!r)
		return NULL;

	*why = MCTP_CNT_DROP_REASM_GONE;
	if (!refcount_inc_not_zero(&network->refs))
		goto err_free;
	*why = MCTP_CNT_DROP_CLOSED;
	if (!refcount_inc_not_zero(&msk->sk.sk_refcnt))
		goto err_network;

	skb_orphan(skb);
	r->network = network;
	r->msk = msk;
	r->tag = tag;
	r->head = skb;
	r->ifindex = mctp_cb(skb)->ifindex;
	r->packet_size = skb->len;
	return r;

err_network:
	mctp_network_put(network);
err_free:
	kfree(r);
	return NULL;
}

/**
 * mctp_reasm_start() - the first packet of a message of several
 * @network: its network
 * @skb: its payload from the type byte on; consumed
 * @msk: socket that the message is for, valid by RCU
 * @tag: tag that it answers, or NULL; the reference is taken over
 * @flags: last byte of the packet's header
 *
 * What was open under the same key has been ended by mctp_reasm_cancel().
 */
void mctp_reasm_start(struct mctp_network *network, struct sk_buff *skb,
		      struct mctp_sock *msk, struct mctp_tag *tag, u8 flags)
{
	struct mctp_pernet *pn = network->pn;
	u8 src = mctp_cb(skb)->src;
	struct list_head *by_source = &network->reasm_by_source[src];
	enum mctp_counter why;
	struct mctp_reasm *r;

	r = mctp_reasm_alloc(network, skb, msk, tag, &why);
	if (!r) {
		mctp_stats_drop(pn, skb, why);
		if (tag)
			mctp_tag_put(tag);
		return;
	}
	r->seq = flags >> MCTP_HDR_SEQ_SHIFT & MCTP_HDR_SEQ_MASK;
	r->stamp = jiffies;

	spin_lock_bh(&pn->reasm_lock);
	/* the same start by another CPU, after the cancel */
	if (mctp_reasm_find_locked(pn, mctp_cb(skb)))
		why = MCTP_CNT_DROP_REPLACED;
	/* closed after it was found: its partial messages are flushed already */
	else if (sock_flag(&msk->sk, SOCK_DEAD))
		why = MCTP_CNT_DROP_CLOSED;
	else if (!mctp_reasm_make_room_locked(pn, msk, NULL))
		why = MCTP_CNT_DROP_RCVBUF;
	else
		why = 0;
	if (!why) {
		if (network->reasm_sources[src] >= MCTP_REASM_SOURCE_MAX)
			mctp_reasm_drop_locked(pn,
					       list_first_entry(by_source,
								struct mctp_reasm,
								by_source),
					       MCTP_CNT_DROP_REASM_SOURCE);
		hash_add(pn->reasm, &r->node, mctp_reasm_hash(pn, mctp_cb(skb)));
		list_add_tail(&r->lru, &pn->reasm_lru);
		list_add_tail(&r->by_sock, &msk->partials);
		list_add_tail(&r->by_source, by_source);
		WRITE_ONCE(pn->reasm_count, pn->reasm_count + 1);
		network->reasm_sources[src]++;
		WRITE_ONCE(msk->nr_partials, msk->nr_partials + 1);
		mctp_reasm_charge_locked(r, skb->truesize + sizeof(*r));
		/* pending for longer only if the timeout was made shorter */
		if (mctp_reasm_trim_locked(pn, r))
			timer_reduce(&pn->reasm_timer,
				     mctp_reasm_deadline(pn, r));
	}
	spin_unlock_bh(&pn->reasm_lock);

	if (why) {
		if (why == MCTP_CNT_DROP_RCVBUF)
			sk_drops_inc(&msk->sk);
		mctp_stats_drop(pn, skb, why);
		mctp_reasm_free(r);
	}
}

/* Has the packet pages that can become the message's, as they are? What it has
 * beside them is copied.
 */
static bool mctp_reasm_merges(const struct mctp_reasm *r,
			      const struct sk_buff *skb)
{
	const struct skb_shared_info *si = skb_shinfo(skb);
	unsigned int slots, have = skb_shinfo(r->head)->nr_frags;

	if (!si->nr_frags || r->tail || skb_headlen(skb) > PAGE_SIZE ||
	    skb_has_frag_list(skb) || skb_cloned(skb) || skb->pp_recycle ||
	    si->flags)
		return false;
	slots = si->nr_frags;
	if (skb_headlen(skb))
		slots += 2;
	else if (skb_can_coalesce(r->head, have, skb_frag_page(&si->frags[0]),
				  skb_frag_off(&si->frags[0])))
		slots--;
	return !slots || have + slots <= (skb->len > MCTP_REASM_COPY_MAX ?
					  MAX_SKB_FRAGS : MCTP_REASM_SMALL_FRAGS);
}

/* The first @len bytes of the packet become the message's */
static int mctp_reasm_copy(struct mctp_reasm *r, struct sk_buff *skb,
			   unsigned int len)
{
	struct sk_buff *head = r->head;
	unsigned int off = 0;

	while (off < len) {
		skb_frag_t *frag;
		unsigned int n;
		void *to;

		if (!r->page || r->page_used == PAGE_SIZE) {
			struct page *page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);

			if (!page)
				return -ENOMEM;
			skb_fill_page_desc(head, skb_shinfo(head)->nr_frags,
					   page, 0, 0);
			head->truesize += PAGE_SIZE;
			r->page = page;
			r->page_used = 0;
		}
		n = min_t(unsigned int, len - off,
			  PAGE_SIZE - r->page_used);
		to = page_address(r->page) + r->page_used;
		if (off + n <= skb_headlen(skb))
			memcpy(to, skb->data + off, n);
		else if (skb_copy_bits(skb, off, to, n))
			return -EFAULT;
		frag = &skb_shinfo(head)->frags[skb_shinfo(head)->nr_frags - 1];
		skb_frag_size_add(frag, n);
		head->len += n;
		head->data_len += n;
		r->page_used += n;
		off += n;
	}
	return 0;
}

static int mctp_reasm_merge(struct mctp_reasm *r, struct sk_buff *skb)
{
	struct skb_shared_info *si = skb_shinfo(skb);
	int buffer = SKB_TRUESIZE(skb_end_offset(skb));
	struct sk_buff *head = r->head;
	unsigned int i;

	if (skb_headlen(skb) && mctp_reasm_copy(r, skb, skb_headlen(skb)))
		return -ENOMEM;
	for (i = 0; i < si->nr_frags; i++) {
		unsigned int have = skb_shinfo(head)->nr_frags;
		skb_frag_t *frag = &si->frags[i];

		if (skb_can_coalesce(head, have, skb_frag_page(frag),
				     skb_frag_off(frag))) {
			skb_frag_size_add(&skb_shinfo(head)->frags[have - 1],
					  skb_frag_size(frag));
			put_page(skb_frag_page(frag));
		} else {
			skb_shinfo(head)->frags[have] = *frag;
			skb_shinfo(head)->nr_frags = have + 1;
		}
	}
	si->nr_frags = 0;
	head->len += skb->data_len;
	head->data_len += skb->data_len;
	/* the packet's memory but for its buffer, which can be used again */
	head->truesize += max_t(int, skb->truesize - buffer, skb->data_len);
	skb->truesize = buffer;
	skb->len -= skb->data_len;
	skb->data_len = 0;
	/* the last page is not ours to fill */
	r->page = NULL;
	return 0;
}

static bool mctp_reasm_copies(const struct mctp_reasm *r,
			      const struct sk_buff *skb)
{
	if (r->tail || skb->len > MCTP_REASM_COPY_MAX)
		return false;
	return (r->page && PAGE_SIZE - r->page_used >= skb->len) ||
	       skb_shinfo(r->head)->nr_frags < MAX_SKB_FRAGS;
}

static void mctp_reasm_link(struct mctp_reasm *r, struct sk_buff *skb)
{
	skb_orphan(skb);
	if (r->tail)
		r->tail->next = skb;
	else
		skb_shinfo(r->head)->frag_list = skb;
	r->tail = skb;
	r->head->len += skb->len;
	r->head->data_len += skb->len;
	r->head->truesize += skb->truesize;
}

/* Does the packet fit the message? 0, or why the message ends. */
static enum mctp_counter mctp_reasm_check(const struct mctp_pernet *pn,
					  const struct mctp_reasm *r,
					  const struct sk_buff *skb, u8 flags)
{
	bool strict = READ_ONCE(pn->sysctl_reasm_strict_size);
	u8 seq = flags >> MCTP_HDR_SEQ_SHIFT & MCTP_HDR_SEQ_MASK;
	bool end = flags & MCTP_HDR_EOM;

	if (seq != ((r->seq + 1) & MCTP_HDR_SEQ_MASK))
		return MCTP_CNT_DROP_SEQUENCE;
	if (strict && (end ? skb->len > r->packet_size :
			     skb->len != r->packet_size))
		return MCTP_CNT_DROP_SIZE;
	/* no progress, and yet a packet: nothing would ever end it */
	if (!end && !skb->len)
		return MCTP_CNT_DROP_SIZE;
	if (r->head->len + skb->len > MCTP_MSG_MAX)
		return MCTP_CNT_DROP_TOO_LONG;
	/* small packets can cost ten times what is in them */
	if (r->bytes + skb->truesize > MCTP_REASM_BYTES_MAX)
		return MCTP_CNT_DROP_REASM_MEMORY;
	return 0;
}

/* Of those in a list, this one has waited least */
static void mctp_reasm_is_newest(struct list_head *entry,
				 struct list_head *list)
{
	if (!list_is_last(entry, list))
		list_move_tail(entry, list);
}

/* A packet that follows, @first of those that have come together. 0, then @skb is
 * consumed, or why the message ends.
 */
static enum mctp_counter mctp_reasm_add_locked(struct mctp_pernet *pn,
					       struct mctp_reasm *r,
					       struct sk_buff *skb, u8 flags,
					       bool first)
	__must_hold(&pn->reasm_lock)
{
	unsigned int before = r->head->truesize;
	enum mctp_counter why;

	why = mctp_reasm_check(pn, r, skb, flags);
	if (why)
		return why;
	if (first && !mctp_reasm_make_room_locked(pn, r->msk, r))
		return MCTP_CNT_DROP_RCVBUF;
	if (skb_is_nonlinear(skb) && mctp_reasm_merges(r, skb)) {
		skb_orphan(skb);
		if (mctp_reasm_merge(r, skb))
			return MCTP_CNT_DROP_NO_MEMORY;
		mctp_buffer_put(skb);
	} else if (mctp_reasm_copies(r, skb)) {
		if (mctp_reasm_copy(r, skb, skb->len))
			return MCTP_CNT_DROP_NO_MEMORY;
		mctp_buffer_put(skb);
	} else {
		mctp_reasm_link(r, skb);
	}
	if (r->head->truesize != before)
		mctp_reasm_charge_locked(r, r->head->truesize - before);
	r->seq = flags >> MCTP_HDR_SEQ_SHIFT & MCTP_HDR_SEQ_MASK;
	return 0;
}

/* The message has got packets, and waits for more */
static void mctp_reasm_rest_locked(struct mctp_network *network,
				   struct mctp_reasm *r)
	__must_hold(&network->pn->reasm_lock)
{
	struct mctp_pernet *pn = network->pn;

	r->stamp = jiffies;
	mctp_reasm_is_newest(&r->lru, &pn->reasm_lru);
	mctp_reasm_is_newest(&r->by_sock, &r->msk->partials);
	mctp_reasm_is_newest(&r->by_source,
			     &network->reasm_by_source[mctp_cb(r->head)->src]);
	mctp_reasm_trim_locked(pn, NULL);
}

static void mctp_reasm_finish(struct mctp_pernet *pn, struct mctp_reasm *r)
{
	if (r->tag && !mctp_tag_answered(r->tag))
		mctp_stats_drop(pn, r->head, MCTP_CNT_DROP_TAG_EXPIRED);
	else
		mctp_reasm_deliver(pn, r->head, r->msk);
	mctp_reasm_free(r);
}

/* Nothing is open that these belong to */
static void mctp_reasm_drop_list(struct mctp_pernet *pn, struct sk_buff *list)
{
	while (list) {
		struct sk_buff *next = list->next;

		skb_mark_not_on_list(list);
		mctp_stats_drop(pn, list, MCTP_CNT_DROP_NO_START);
		list = next;
	}
}

/**
 * mctp_reasm_continue() - middle or end packets
 * @network: their network
 * @list: their payloads, linked by skb->next, one at least; the headers of all are
 *	alike but for sequence and EOM; consumed. The control block of the first
 *	one is filled
 *
 * All that do not end the message are one step to its bounds, age and memory: as
 * many as come in one batch, see batch.c.
 */
void mctp_reasm_continue(struct mctp_network *network, struct sk_buff *list)
{
	struct mctp_pernet *pn = network->pn;
	bool first = true, end;
	enum mctp_counter why;
	struct mctp_reasm *r;

	spin_lock_bh(&pn->reasm_lock);
	r = mctp_reasm_find_locked(pn, mctp_cb(list));
	/* what another device sends under the same key is not of this message */
	if (!r || r->ifindex != mctp_cb(list)->ifindex) {
		spin_unlock_bh(&pn->reasm_lock);
		mctp_reasm_drop_list(pn, list);
		return;
	}

	do {
		struct sk_buff *next = list->next;
		u8 flags = mctp_hdr(list)->flags_seq_tag;

		skb_mark_not_on_list(list);
		why = mctp_reasm_add_locked(pn, r, list, flags, first);
		/* the message is counted; its packet is not a loss of its own */
		if (why)
			kfree_skb(list);
		list = next;
		first = false;
		end = flags & MCTP_HDR_EOM;
	} while (!why && !end && list);
	if (why)
		mctp_reasm_drop_locked(pn, r, why);
	else if (end)
		mctp_reasm_unlink_locked(pn, r);
	else
		mctp_reasm_rest_locked(network, r);
	spin_unlock_bh(&pn->reasm_lock);

	if (end && !why)
		mctp_reasm_finish(pn, r);
	mctp_reasm_drop_list(pn, list);
}

/**
 * mctp_reasm_flush_sock() - a socket closes: end what is on its way to it
 * @msk: the socket
 */
void mctp_reasm_flush_sock(struct mctp_sock *msk)
{
	struct mctp_pernet *pn = msk->pn;
	struct mctp_reasm *r, *tmp;

	spin_lock_bh(&pn->reasm_lock);
	list_for_each_entry_safe(r, tmp, &msk->partials, by_sock)
		mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_REASM_GONE);
	spin_unlock_bh(&pn->reasm_lock);
}

/**
 * mctp_reasm_flush_dev() - a device leaves: end what has begun by it
 * @mdev: the device
 */
void mctp_reasm_flush_dev(struct mctp_dev *mdev)
{
	struct mctp_pernet *pn = mdev->pn;
	struct mctp_reasm *r, *tmp;

	spin_lock_bh(&pn->reasm_lock);
	list_for_each_entry_safe(r, tmp, &pn->reasm_lru, lru)
		if (r->ifindex == mdev->dev->ifindex)
			mctp_reasm_drop_locked(pn, r, MCTP_CNT_DROP_REASM_GONE);
	spin_unlock_bh(&pn->reasm_lock);
}

/**
 * mctp_reasm_seq_start() - go through the partial messages of a namespace
 * @pn: the namespace
 * @pos: how many to pass over, of those with the longest wait
 *
 * Context: takes the lock; nothing may sleep until mctp_reasm_seq_stop().
 * Return: the first one, for mctp_reasm_seq_info(), or NULL.
 */
void *mctp_reasm_seq_start(struct mctp_pernet *pn, loff_t pos)
	__acquires(&pn->reasm_lock)
{
	spin_lock_bh(&pn->reasm_lock);
	return seq_list_start(&pn->reasm_lru, pos);
}

/**
 * mctp_reasm_seq_next() - the next one
 * @pn: the namespace
 * @v: the last one
 * @pos: its position; moved on
 *
 * Return: it, or NULL at the end.
 */
void *mctp_reasm_seq_next(struct mctp_pernet *pn, void *v, loff_t *pos)
{
	return seq_list_next(v, &pn->reasm_lru, pos);
}

/**
 * mctp_reasm_seq_stop() - that is all
 * @pn: the namespace
 */
void mctp_reasm_seq_stop(struct mctp_pernet *pn)
	__releases(&pn->reasm_lock)
{
	spin_unlock_bh(&pn->reasm_lock);
}

/**
 * mctp_reasm_seq_info() - what is to be told of a partial message
 * @v: what mctp_reasm_seq_start() or mctp_reasm_seq_next() gave
 * @info: filled
 */
void mctp_reasm_seq_info(void *v, struct mctp_reasm_info *info)
{
	const struct mctp_reasm *r = list_entry(v, struct mctp_reasm, lru);
	const struct mctp_skb_cb *cb = mctp_cb(r->head);

	*info = (struct mctp_reasm_info) {
		.net = cb->net,
		.src = cb->src,
		.dest = cb->dest,
		.tag = cb->tag,
		.ifindex = r->ifindex,
		.len = r->head->len,
		.bytes = r->bytes,
		.packet_size = r->packet_size,
		.idle_ms = jiffies_to_msecs(jiffies - r->stamp),
	};
}
