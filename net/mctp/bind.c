// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: which socket takes a request.
 *
 * A bound socket stands in a hash under (network, type, local EID, peer EID),
 * where a part may be a wildcard. A request is looked up under the few keys
 * that could match it, the most specific first, so its price is the same with
 * one or with ten thousand sockets bound. Classes that no socket of the type is
 * in are passed over, and of the least specific one there is one socket a type.
 */
#include "mctp_priv.h"

/* What a bind is specific in; the sum is its class */
#define MCTP_BIND_NET	BIT(0)
#define MCTP_BIND_LOCAL	BIT(1)
#define MCTP_BIND_PEER	BIT(2)

static const struct rhashtable_params mctp_bind_params = {
	.key_len = sizeof_field(struct mctp_sock, bind_key),
	.key_offset = offsetof(struct mctp_sock, bind_key),
	.head_offset = offsetof(struct mctp_sock, bind_node),
	.automatic_shrinking = true,
};

static u64 mctp_bind_key(unsigned int net, u8 type, u8 local, u8 peer)
{
	return (u64)net << 24 | type << 16 | local << 8 | peer;
}

static unsigned int mctp_bind_class(const struct mctp_sock *msk)
{
	return (msk->bind_net != MCTP_NET_ANY ? MCTP_BIND_NET : 0) |
	       (msk->bind_addr != MCTP_ADDR_ANY ? MCTP_BIND_LOCAL : 0) |
	       (msk->connected ? MCTP_BIND_PEER : 0);
}

static void mctp_bind_count_locked(struct mctp_pernet *pn,
				   struct mctp_sock *msk, int by)
	__must_hold(&pn->sk_lock)
{
	struct mctp_bind_type *type = &pn->bind_types[msk->bind_type];
	unsigned int class = mctp_bind_class(msk);

	lockdep_assert_held(&pn->sk_lock);
	type->nr[class] += by;
	if (type->nr[class])
		WRITE_ONCE(type->classes, type->classes | BIT(class));
	else
		WRITE_ONCE(type->classes, type->classes & ~BIT(class));
	if (!class)
		rcu_assign_pointer(type->any, by > 0 ? msk : NULL);
}

/**
 * mctp_bind_init_net() - a namespace's table of binds
 * @pn: the namespace
 *
 * Return: 0 or a negative error.
 */
int mctp_bind_init_net(struct mctp_pernet *pn)
{
	spin_lock_init(&pn->sk_lock);
	INIT_HLIST_HEAD(&pn->sks);
	return rhashtable_init(&pn->binds, &mctp_bind_params);
}

/**
 * mctp_bind_exit_net() - undo mctp_bind_init_net()
 * @pn: the namespace; its sockets are gone
 */
void mctp_bind_exit_net(struct mctp_pernet *pn)
{
	WARN_ON_ONCE(!hlist_empty(&pn->sks));
	rhashtable_destroy(&pn->binds);
}

/**
 * mctp_bind_add() - let a socket take requests
 * @msk: socket with its bind_* members set, and peer_* if it is connected
 *
 * Context: process context, socket lock held.
 * Return: 0, -EADDRINUSE if another socket has the same (type, local EID,
 * network, peer), -ENOMEM.
 */
int mctp_bind_add(struct mctp_sock *msk)
{
	struct mctp_pernet *pn = msk->pn;
	u8 peer = msk->connected ? msk->peer_addr : MCTP_ADDR_NULL;
	int err;

	msk->bind_key = mctp_bind_key(msk->bind_net, msk->bind_type,
				      msk->bind_addr, peer);

	spin_lock_bh(&pn->sk_lock);
	err = rhashtable_lookup_insert_fast(&pn->binds, &msk->bind_node,
					    mctp_bind_params);
	if (!err) {
		mctp_bind_count_locked(pn, msk, 1);
		/* pairs with mctp_send_source(), which has no lock */
		smp_store_release(&msk->bound, true);
	}
	spin_unlock_bh(&pn->sk_lock);

	if (err == -EEXIST)
		return -EADDRINUSE;
	return err ? -ENOMEM : 0;
}

/**
 * mctp_bind_del() - undo mctp_bind_add(); no-op for a socket not bound
 * @msk: the socket
 *
 * Readers that found it before may use it until a grace period has passed.
 */
void mctp_bind_del(struct mctp_sock *msk)
{
	struct mctp_pernet *pn = msk->pn;

	if (!msk->bound)
		return;

	spin_lock_bh(&pn->sk_lock);
	rhashtable_remove_fast(&pn->binds, &msk->bind_node, mctp_bind_params);
	mctp_bind_count_locked(pn, msk, -1);
	WRITE_ONCE(msk->bound, false);
	spin_unlock_bh(&pn->sk_lock);
}

static bool mctp_bind_takes(const struct mctp_sock *msk, int ifindex)
{
	int bound_dev_if = READ_ONCE(msk->sk.sk_bound_dev_if);

	return !bound_dev_if || bound_dev_if == ifindex;
}

/* The socket of the most specific class, of which one has to look */
static struct mctp_sock *mctp_bind_search(struct mctp_pernet *pn,
					  unsigned int classes, unsigned int net,
					  u8 type, u8 local, u8 peer,
					  int ifindex)
{
	/* a local EID or a peer has a network always */
	static const u8 order[] = {
		MCTP_BIND_PEER | MCTP_BIND_LOCAL | MCTP_BIND_NET,
		MCTP_BIND_PEER | MCTP_BIND_NET,
		MCTP_BIND_LOCAL | MCTP_BIND_NET,
		MCTP_BIND_NET,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		u8 class = order[i];
		struct mctp_sock *msk;
		u64 key;

		if (!(classes & BIT(class)))
			continue;
		/* an endpoint without an EID is nobody's peer: 0 means none */
		if (class & MCTP_BIND_PEER && peer == MCTP_ADDR_NULL)
			continue;
		key = mctp_bind_key(net, type,
				    class & MCTP_BIND_LOCAL ? local :
							      MCTP_ADDR_ANY,
				    class & MCTP_BIND_PEER ? peer :
							     MCTP_ADDR_NULL);
		msk = rhashtable_lookup(&pn->binds, &key, mctp_bind_params);
		if (msk && mctp_bind_takes(msk, ifindex))
			return msk;
	}
	return NULL;
}

/**
 * mctp_bind_lookup() - the socket that takes a request
 * @pn: namespace
 * @net: network of the request
 * @type: message type; the IC bit is ignored
 * @local: EID that it was sent to
 * @peer: EID that sent it
 * @ifindex: device that it came by; a socket bound to another one is passed over
 *
 * A bound peer beats none, then a local EID beats ANY, then a network beats
 * NET_ANY.
 *
 * Context: RCU read side; the socket is valid in that section.
 * Return: the socket, or NULL.
 */
struct mctp_sock *mctp_bind_lookup(struct mctp_pernet *pn, unsigned int net,
				   u8 type, u8 local, u8 peer, int ifindex)
{
	const struct mctp_bind_type *of_type;
	struct mctp_sock *msk;
	unsigned int classes;

	type &= MCTP_TYPE_MASK;
	of_type = &pn->bind_types[type];
	classes = READ_ONCE(of_type->classes) & ~BIT(0);
	if (classes) {
		msk = mctp_bind_search(pn, classes, net, type, local, peer,
				       ifindex);
		if (msk)
			return msk;
	}
	msk = rcu_dereference(of_type->any);
	return msk && mctp_bind_takes(msk, ifindex) ? msk : NULL;
}
