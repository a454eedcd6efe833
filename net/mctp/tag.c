// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: who owns a tag, when it ends, and which socket takes a response.
 *
 * A tag is unique among (network, local EID, peer EID), and *any* in the place
 * of an EID overlaps all. Each network counts how often a value is in use with
 * each peer and with each local EID, and keeps those in use as a bit mask, which
 * makes the search for a free one a matter of two bytes; the tags themselves
 * stand in a hash, which makes that for a response's owner one probe, or up to
 * four when wildcards are out.
 *
 * All is under one lock, which is held for some ten instructions a message.
 * Without it a tag is used by a reference only, so it needs no grace period:
 * what has ended is what its socket is lent next.
 *
 * Automatic tags end with the response, 6 s after the message was sent, or
 * with their socket. They expire in the order in which they were lent, so one
 * timer a socket looks at the head of its list and nothing else.
 */
#include <linux/slab.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

static struct kmem_cache *mctp_tag_cache;

static u64 mctp_tag_key(const struct mctp_network *network, u8 local, u8 peer,
			u8 value)
{
	return (u64)network->id << 24 | local << 16 | peer << 8 | value;
}

/* The peers of one local EID in one network have each a chain of their own */
static unsigned int mctp_tag_place_of(u64 key)
{
	unsigned int id = key >> 24;
	u8 local = key >> 16, peer = key >> 8;

	return (u8)(peer + local * 37 + id * 101) * MCTP_TAGS +
	       (key & MCTP_TAG_MASK);
}

/**
 * mctp_tag_place() - which chain of mctp_pernet.tags a tag stands in
 * @tag: the tag
 *
 * Return: its number, below %MCTP_TAG_CHAINS.
 */
unsigned int mctp_tag_place(const struct mctp_tag *tag)
{
	return mctp_tag_place_of(tag->key);
}

/* An endpoint without an EID, or all of them: the answer may be anyone's */
static u8 mctp_tag_peer(u8 peer)
{
	return peer == MCTP_ADDR_NULL ? MCTP_ADDR_ANY : peer;
}

/**
 * mctp_tag_init() - the slab that tags come from
 *
 * Return: 0 or -ENOMEM.
 */
int __init mctp_tag_init(void)
{
	mctp_tag_cache = KMEM_CACHE(mctp_tag, SLAB_ACCOUNT);
	return mctp_tag_cache ? 0 : -ENOMEM;
}

/** mctp_tag_exit() - undo mctp_tag_init(); waits for sockets on their way out */
void mctp_tag_exit(void)
{
	/* each has a tag to give back */
	rcu_barrier();
	kmem_cache_destroy(mctp_tag_cache);
}

/**
 * mctp_tag_init_net() - a namespace's table of tags
 * @pn: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int mctp_tag_init_net(struct mctp_pernet *pn)
{
	spin_lock_init(&pn->tag_lock);
	pn->tags = kvcalloc(MCTP_TAG_CHAINS, sizeof(*pn->tags),
			    GFP_KERNEL_ACCOUNT);
	return pn->tags ? 0 : -ENOMEM;
}

/**
 * mctp_tag_exit_net() - undo mctp_tag_init_net()
 * @pn: the namespace; its sockets, and so their tags, are gone
 */
void mctp_tag_exit_net(struct mctp_pernet *pn)
{
	WARN_ON_ONCE(pn->nr_tags);
	kvfree(pn->tags);
}

/**
 * mctp_tag_put() - give back a reference
 * @tag: the tag
 *
 * Its socket, if that has not been closed, is there by RCU or a reference.
 */
void mctp_tag_put(struct mctp_tag *tag)
{
	struct mctp_sock *msk;

	if (!refcount_dec_and_test(&tag->refs))
		return;
	mctp_network_put(tag->network);
	msk = tag->msk;
	/* the next message of the socket needs one again */
	if (!msk || READ_ONCE(msk->spare_tag) ||
	    cmpxchg(&msk->spare_tag, NULL, tag))
		kmem_cache_free(mctp_tag_cache, tag);
}

/* Tell the device that a tag used it for that the request is over */
static void mctp_tag_release_flow(struct mctp_pernet *pn,
				  const struct mctp_tag *tag, int ifindex)
{
	struct mctp_flow flow = {
		.net = tag->network->id,
		.local = tag->local,
		.peer = tag->peer,
		.tag = tag->value,
		.prealloc = tag->prealloc,
	};
	struct mctp_dev *mdev;

	rcu_read_lock();
	mdev = mctp_dev_find(pn, ifindex);
	if (mdev && mdev->ops && mdev->ops->release_flow)
		mdev->ops->release_flow(mdev->dev, &flow);
	rcu_read_unlock();
}

/* One more, or one less, of a value that is in use with an EID */
static __always_inline void mctp_tag_use_locked(u8 *count, u8 *used, u8 value,
						int by)
{
	count[value] += by;
	if (count[value])
		*used |= BIT(value);
	else
		*used &= ~BIT(value);
}

static __always_inline void mctp_tag_count_locked(struct mctp_pernet *pn,
						  struct mctp_tag *tag, int by)
	__must_hold(&pn->tag_lock)
{
	struct mctp_network *network = tag->network;

	lockdep_assert_held(&pn->tag_lock);
	mctp_tag_use_locked(network->tag_peers[tag->peer],
			    &network->tag_peers_used[tag->peer], tag->value, by);
	mctp_tag_use_locked(network->tag_locals[tag->local],
			    &network->tag_locals_used[tag->local], tag->value,
			    by);
	WRITE_ONCE(tag->msk->nr_tags, tag->msk->nr_tags + by);
	pn->nr_tags += by;
}

/* @value has just ended: it goes behind all others */
static u32 mctp_tag_order_last(u32 order, u8 value)
{
	unsigned int at = 0;
	u32 before;

	while ((order >> at & 0xf) != value)
		at += 4;
	before = order & (BIT(at) - 1);
	return (order >> at >> 4 << at | before) | (u32)value << 28;
}

/* Of the values in the mask @free, not 0, that which has rested longest */
static u8 mctp_tag_order_first(u32 order, unsigned int free)
{
	while (!(free & BIT(order & 0xf)))
		order >>= 4;
	return order & 0xf;
}

/* Take an owned tag out of all tables. The caller then calls
 * mctp_tag_finish() with the lock let go.
 */
static void mctp_tag_kill_locked(struct mctp_pernet *pn, struct mctp_tag *tag)
	__must_hold(&pn->tag_lock)
{
	u32 *order = &tag->network->tag_order[tag->peer];

	lockdep_assert_held(&pn->tag_lock);
	*order = mctp_tag_order_last(*order, tag->value);
	hlist_del(&tag->node);
	list_del(&tag->list);
	mctp_tag_count_locked(pn, tag, -1);
	WRITE_ONCE(tag->dead, true);
}

static void mctp_tag_finish(struct mctp_pernet *pn, struct mctp_tag *tag)
{
	trace_mctp_tag_release(tag);
	if (tag->ifindex)
		mctp_tag_release_flow(pn, tag, tag->ifindex);
	mctp_tag_put(tag);
}

static void mctp_tag_finish_list(struct mctp_pernet *pn, struct list_head *list)
{
	struct mctp_tag *tag, *tmp;

	list_for_each_entry_safe(tag, tmp, list, list) {
		list_del(&tag->list);
		mctp_tag_finish(pn, tag);
	}
}

static void mctp_tag_expire(struct timer_list *timer)
{
	struct mctp_sock *msk = timer_container_of(msk, timer, tag_timer);
	struct mctp_pernet *pn = msk->pn;
	struct mctp_tag *tag;
	LIST_HEAD(ended);

	spin_lock_bh(&pn->tag_lock);
	while ((tag = list_first_entry_or_null(&msk->tags, struct mctp_tag,
					       list))) {
		if (time_before(jiffies, tag->expires)) {
			mod_timer(&msk->tag_timer, tag->expires);
			break;
		}
		mctp_tag_kill_locked(pn, tag);
		list_add_tail(&tag->list, &ended);
		mctp_count(pn, MCTP_CNT_TAG_EXPIRED);
	}
	spin_unlock_bh(&pn->tag_lock);

	mctp_tag_finish_list(pn, &ended);
}

/**
 * mctp_tag_init_sock() - a new socket owns no tags
 * @msk: the socket
 */
void mctp_tag_init_sock(struct mctp_sock *msk)
{
	INIT_LIST_HEAD(&msk->tags);
	INIT_LIST_HEAD(&msk->prealloc_tags);
	timer_setup(&msk->tag_timer, mctp_tag_expire, 0);
}

/**
 * mctp_tag_exit_sock() - undo mctp_tag_init_sock()
 * @msk: a socket that nobody can use any more
 */
void mctp_tag_exit_sock(struct mctp_sock *msk)
{
	if (msk->spare_tag)
		kmem_cache_free(mctp_tag_cache, msk->spare_tag);
}

/**
 * mctp_tag_close_sock() - end all tags of a socket that is being closed
 * @msk: the socket; nobody can acquire a tag for it any more
 */
void mctp_tag_close_sock(struct mctp_sock *msk)
{
	struct mctp_pernet *pn = msk->pn;
	struct mctp_tag *tag, *tmp;
	LIST_HEAD(ended);

	spin_lock_bh(&pn->tag_lock);
	list_splice_init(&msk->prealloc_tags, &msk->tags);
	list_for_each_entry_safe(tag, tmp, &msk->tags, list) {
		mctp_tag_kill_locked(pn, tag);
		tag->msk = NULL;
		list_add_tail(&tag->list, &ended);
	}
	spin_unlock_bh(&pn->tag_lock);

	timer_delete_sync(&msk->tag_timer);
	mctp_tag_finish_list(pn, &ended);
}

static struct mctp_tag *mctp_tag_probe_locked(const struct mctp_network *network,
					      u8 local, u8 peer, u8 value)
	__must_hold(&network->pn->tag_lock)
{
	u64 key = mctp_tag_key(network, local, peer, value);
	struct mctp_tag *tag;

	lockdep_assert_held(&network->pn->tag_lock);
	hlist_for_each_entry(tag, &network->pn->tags[mctp_tag_place_of(key)],
			     node)
		if (tag->key == key)
			return tag;
	return NULL;
}

/* Bit mask of the values that are free for (local, peer) */
static unsigned int mctp_tag_free_locked(const struct mctp_network *network,
					 u8 local, u8 peer)
	__must_hold(&network->pn->tag_lock)
{
	const u8 *locals = network->tag_locals_used;
	const u8 *peers = network->tag_peers_used;
	unsigned int i, v, used = 0xff, free = 0;

	lockdep_assert_held(&network->pn->tag_lock);
	if (local == MCTP_ADDR_ANY && peer == MCTP_ADDR_ANY) {
		for (i = 0, used = 0; i < MCTP_EIDS; i++)
			used |= peers[i];
		return ~used & 0xff;
	}

	/* A tag in the way is counted both with the peer (or any) and with the
	 * local EID (or any). Where one of the two is any, or one count is 0,
	 * that is all there is to know.
	 */
	if (peer != MCTP_ADDR_ANY)
		used &= peers[peer] | peers[MCTP_ADDR_ANY];
	if (local != MCTP_ADDR_ANY)
		used &= locals[local] | locals[MCTP_ADDR_ANY];
	if (used != 0xff || local == MCTP_ADDR_ANY || peer == MCTP_ADDR_ANY)
		return ~used & 0xff;

	/* Rare: all 8 are in use somewhere; which of them for this pair? */
	for (v = 0; v < MCTP_TAGS; v++)
		if (!mctp_tag_probe_locked(network, local, peer, v) &&
		    !mctp_tag_probe_locked(network, MCTP_ADDR_ANY, peer, v) &&
		    !mctp_tag_probe_locked(network, local, MCTP_ADDR_ANY, v) &&
		    !mctp_tag_probe_locked(network, MCTP_ADDR_ANY, MCTP_ADDR_ANY,
					   v))
			free |= BIT(v);
	return free;
}

/* Returns the tag's value or -EBUSY */
static int mctp_tag_insert_locked(struct mctp_pernet *pn, struct mctp_tag *tag)
	__must_hold(&pn->tag_lock)
{
	struct mctp_network *network = tag->network;
	unsigned int free;

	lockdep_assert_held(&pn->tag_lock);
	if (tag->msk->nr_tags >= MCTP_SOCK_TAGS_MAX)
		return -EBUSY;
	free = mctp_tag_free_locked(network, tag->local, tag->peer);
	if (!free)
		return -EBUSY;

	/* a late answer, or a second one, then finds nobody */
	tag->value = mctp_tag_order_first(network->tag_order[tag->peer], free);
	tag->key = mctp_tag_key(network, tag->local, tag->peer, tag->value);
	hlist_add_head(&tag->node, &pn->tags[mctp_tag_place(tag)]);
	mctp_tag_count_locked(pn, tag, 1);
	return tag->value;
}

static struct mctp_tag *mctp_tag_alloc(struct mctp_sock *msk)
{
	struct mctp_tag *tag = NULL;

	if (READ_ONCE(msk->spare_tag))
		tag = xchg(&msk->spare_tag, NULL);
	return tag ?: kmem_cache_alloc(mctp_tag_cache, GFP_ATOMIC);
}

/**
 * mctp_tag_acquire() - lend a free tag to a socket
 * @msk: the socket
 * @network: network of the peer
 * @local: our EID, or %MCTP_ADDR_ANY
 * @peer: the peer, or %MCTP_ADDR_NULL or %MCTP_ADDR_ANY for any
 * @prealloc: the socket keeps it until it is dropped
 * @lent: where to put the tag, with a reference of the caller's; or NULL where its
 *	value is all that is asked for
 *
 * Context: RCU read side.
 * Return: the tag's value, or -EBUSY if none is free for that pair or the socket
 * has too many, -ENOMEM, -EHOSTUNREACH if the network is on its way out.
 */
int mctp_tag_acquire(struct mctp_sock *msk, struct mctp_network *network,
		     u8 local, u8 peer, bool prealloc, struct mctp_tag **lent)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_tag *tag;
	int ret;

	tag = mctp_tag_alloc(msk);
	if (!tag)
		return -ENOMEM;
	if (!refcount_inc_not_zero(&network->refs)) {
		ret = -EHOSTUNREACH;
		goto err_free;
	}
	/* the owner's, and the caller's if it asks for one */
	refcount_set(&tag->refs, lent ? 2 : 1);
	tag->network = network;
	tag->msk = msk;
	tag->ifindex = 0;
	tag->local = local;
	tag->peer = mctp_tag_peer(peer);
	tag->prealloc = prealloc;
	tag->dead = false;
	tag->expires = jiffies + MCTP_TAG_LIFETIME;

	spin_lock_bh(&pn->tag_lock);
	ret = mctp_tag_insert_locked(pn, tag);
	if (ret < 0) {
		spin_unlock_bh(&pn->tag_lock);
		goto err_network;
	}
	list_add_tail(&tag->list, prealloc ? &msk->prealloc_tags : &msk->tags);
	if (!prealloc && !timer_pending(&msk->tag_timer))
		mod_timer(&msk->tag_timer, tag->expires);
	/* without the caller's reference it may be gone beyond the lock */
	trace_mctp_tag_acquire(tag);
	spin_unlock_bh(&pn->tag_lock);

	if (lent)
		*lent = tag;
	return ret;

err_network:
	mctp_network_put(network);
err_free:
	kmem_cache_free(mctp_tag_cache, tag);
	return ret;
}

/**
 * mctp_tag_find_prealloc() - a tag that a socket has preallocated
 * @msk: the socket
 * @network: network of the peer
 * @peer: the peer, or %MCTP_ADDR_NULL or %MCTP_ADDR_ANY
 * @value: the tag's value
 * @exact: only a tag allocated for just that peer, not one for any
 *
 * Context: RCU read side.
 * Return: the tag with a reference of the caller's, or NULL.
 */
struct mctp_tag *mctp_tag_find_prealloc(struct mctp_sock *msk,
					const struct mctp_network *network,
					u8 peer, u8 value, bool exact)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_tag *tag;

	peer = mctp_tag_peer(peer);
	spin_lock_bh(&pn->tag_lock);
	tag = mctp_tag_probe_locked(network, MCTP_ADDR_ANY, peer, value);
	if (!tag && !exact && peer != MCTP_ADDR_ANY)
		tag = mctp_tag_probe_locked(network, MCTP_ADDR_ANY,
					    MCTP_ADDR_ANY, value);
	if (tag && tag->msk == msk && tag->prealloc)
		refcount_inc(&tag->refs);
	else
		tag = NULL;
	spin_unlock_bh(&pn->tag_lock);
	return tag;
}

/* Of the tags that overlap, one at most is out, so the order of the probes does
 * not matter.
 */
static struct mctp_tag *mctp_tag_lookup_locked(const struct mctp_network *network,
					       u8 local, u8 peer, u8 value)
	__must_hold(&network->pn->tag_lock)
{
	bool any_local, any_peer;
	struct mctp_tag *tag;

	tag = mctp_tag_probe_locked(network, local, peer, value);
	if (tag)
		return tag;

	any_local = network->tag_locals[MCTP_ADDR_ANY][value];
	any_peer = network->tag_peers[MCTP_ADDR_ANY][value];
	if (any_local)
		tag = mctp_tag_probe_locked(network, MCTP_ADDR_ANY, peer, value);
	if (!tag && any_peer)
		tag = mctp_tag_probe_locked(network, local, MCTP_ADDR_ANY, value);
	if (!tag && any_local && any_peer)
		tag = mctp_tag_probe_locked(network, MCTP_ADDR_ANY,
					    MCTP_ADDR_ANY, value);
	return tag;
}

/**
 * mctp_tag_lookup() - the tag that a response belongs to
 * @network: network that the response came in
 * @local: EID that it was sent to
 * @peer: EID that sent it
 * @value: the tag's value
 * @msk: where to put its socket, valid in the RCU section, or NULL; the tag
 *	itself names it under the lock only, as the socket may be closed
 *
 * Context: RCU read side.
 * Return: the tag with a reference of the caller's, or NULL.
 */
struct mctp_tag *mctp_tag_lookup(struct mctp_network *network, u8 local,
				 u8 peer, u8 value, struct mctp_sock **msk)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_tag *tag;

	spin_lock_bh(&pn->tag_lock);
	tag = mctp_tag_lookup_locked(network, local, peer, value);
	if (tag) {
		refcount_inc(&tag->refs);
		if (msk)
			*msk = tag->msk;
	}
	spin_unlock_bh(&pn->tag_lock);
	return tag;
}

/**
 * mctp_tag_answer() - a whole response has come: whose is it?
 * @network: network that the response came in
 * @local: EID that it was sent to
 * @peer: EID that sent it
 * @value: the tag's value
 *
 * Ends an automatic tag; a preallocated one lives on.
 *
 * Context: RCU read side.
 * Return: the socket, valid in that section, or NULL.
 */
struct mctp_sock *mctp_tag_answer(struct mctp_network *network, u8 local,
				  u8 peer, u8 value)
{
	struct mctp_pernet *pn = network->pn;
	struct mctp_sock *msk = NULL;
	struct mctp_tag *tag;

	spin_lock_bh(&pn->tag_lock);
	tag = mctp_tag_lookup_locked(network, local, peer, value);
	if (tag) {
		msk = tag->msk;
		if (tag->prealloc)
			tag = NULL;
		else
			mctp_tag_kill_locked(pn, tag);
	}
	spin_unlock_bh(&pn->tag_lock);

	if (tag)
		mctp_tag_finish(pn, tag);
	return msk;
}

static bool mctp_tag_end(struct mctp_tag *tag)
{
	struct mctp_pernet *pn = tag->network->pn;
	bool ours;

	spin_lock_bh(&pn->tag_lock);
	ours = !tag->dead;
	if (ours)
		mctp_tag_kill_locked(pn, tag);
	spin_unlock_bh(&pn->tag_lock);

	if (ours)
		mctp_tag_finish(pn, tag);
	return ours;
}

/**
 * mctp_tag_answered() - a response to a tag has come to its end
 * @tag: the tag, by a reference
 *
 * Ends an automatic tag; a preallocated one lives on.
 *
 * Return: true if the response is its owner's, false if the tag had ended.
 */
bool mctp_tag_answered(struct mctp_tag *tag)
{
	if (tag->prealloc)
		return !READ_ONCE(tag->dead);
	return mctp_tag_end(tag);
}

/**
 * mctp_tag_release() - end a tag: dropped by its owner, or never sent
 * @tag: the tag, by a reference; may have ended already
 *
 * Return: true if it had not.
 */
bool mctp_tag_release(struct mctp_tag *tag)
{
	return mctp_tag_end(tag);
}

/**
 * mctp_tag_sent() - a message with this tag goes out by a device
 * @tag: the tag, by a reference
 * @mdev: the device; a driver that holds flows is told when the tag ends
 *
 * To be called before the first packet is handed to the device.
 */
void mctp_tag_sent(struct mctp_tag *tag, struct mctp_dev *mdev)
{
	struct mctp_pernet *pn = mdev->pn;
	int old = 0;

	if (!mdev->ops || !mdev->ops->release_flow)
		return;

	spin_lock_bh(&pn->tag_lock);
	if (!tag->dead) {
		old = tag->ifindex;
		tag->ifindex = mdev->dev->ifindex;
	}
	spin_unlock_bh(&pn->tag_lock);

	if (old && old != mdev->dev->ifindex)
		mctp_tag_release_flow(pn, tag, old);
}

static struct mctp_tag *mctp_tag_of_dev_locked(struct list_head *list,
					       int ifindex)
{
	struct mctp_tag *tag;

	list_for_each_entry(tag, list, list)
		if (tag->ifindex == ifindex)
			return tag;
	return NULL;
}

/* A tag that has a flow on a device; the flow is the caller's to release */
static struct mctp_tag *mctp_tag_take_flow(struct mctp_pernet *pn, int ifindex)
{
	struct mctp_tag *tag = NULL;
	struct sock *sk;

	spin_lock_bh(&pn->sk_lock);
	spin_lock(&pn->tag_lock);
	sk_for_each(sk, &pn->sks) {
		struct mctp_sock *msk = mctp_sk(sk);

		tag = mctp_tag_of_dev_locked(&msk->tags, ifindex) ?:
		      mctp_tag_of_dev_locked(&msk->prealloc_tags, ifindex);
		if (tag)
			break;
	}
	if (tag) {
		tag->ifindex = 0;
		refcount_inc(&tag->refs);
	}
	spin_unlock(&pn->tag_lock);
	spin_unlock_bh(&pn->sk_lock);
	return tag;
}

/**
 * mctp_tag_remove_dev() - end all flows of a device that leaves its network
 * @mdev: the device
 *
 * The tags live on: an answer may come another way.
 */
void mctp_tag_remove_dev(struct mctp_dev *mdev)
{
	int ifindex = mdev->dev->ifindex;
	struct mctp_tag *tag;

	if (!mdev->ops || !mdev->ops->release_flow)
		return;
	rcu_read_lock();
	while ((tag = mctp_tag_take_flow(mdev->pn, ifindex))) {
		mctp_tag_release_flow(mdev->pn, tag, ifindex);
		mctp_tag_put(tag);
	}
	rcu_read_unlock();
}

bool mctp_find_flow(struct net_device *dev, const struct mctp_hdr *hdr,
		    struct mctp_flow *flow)
{
	struct mctp_network *network;
	struct mctp_tag *tag = NULL;
	struct mctp_dev *mdev;

	if (!(hdr->flags_seq_tag & MCTP_HDR_TO))
		return false;

	rcu_read_lock();
	mdev = mctp_dev_find(mctp_pernet(dev_net(dev)), dev->ifindex);
	network = mdev ? rcu_dereference(mdev->network) : NULL;
	/* what is only forwarded belongs to a tag of somebody else's */
	if (network && (hdr->src == MCTP_ADDR_NULL ||
			mctp_route_is_local(network, hdr->src)))
		tag = mctp_tag_lookup(network, hdr->src,
				      mctp_tag_peer(hdr->dest),
				      hdr->flags_seq_tag & MCTP_HDR_TAG_MASK,
				      NULL);
	if (tag) {
		*flow = (struct mctp_flow) {
			.net = network->id,
			.local = tag->local,
			.peer = tag->peer,
			.tag = tag->value,
			.prealloc = tag->prealloc,
		};
		mctp_tag_put(tag);
	}
	rcu_read_unlock();
	return tag;
}
EXPORT_SYMBOL_GPL(mctp_find_flow);
