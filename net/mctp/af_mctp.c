// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: the socket family. System calls to messages, and back.
 *
 * Errors are ABI, as mctp(7) lists them. bind, connect and the options of a
 * socket are under its lock; send and receive read what those have settled.
 */
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <asm/ioctls.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

#ifndef SOL_MCTP
#define SOL_MCTP	285
#endif

#define MCTP_SEND_FLAGS	(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_BATCH | \
			 MSG_CMSG_COMPAT | MSG_SPLICE_PAGES)
#define MCTP_RECV_FLAGS	(MSG_DONTWAIT | MSG_TRUNC | MSG_PEEK | MSG_NOSIGNAL | \
			 MSG_CMSG_CLOEXEC | MSG_CMSG_COMPAT)

/* Where a message is to go, as a program said it */
struct mctp_target {
	const struct sockaddr_mctp_ext *ext;	/* or NULL: by route */
	unsigned int	net;
	u8		eid;
	u8		type;
	u8		tag;
};

static int mctp_capable(const struct sock *sk, int cap)
{
	return ns_capable(sock_net(sk)->user_ns, cap) ? 0 : -EACCES;
}

static bool mctp_addr_pads_zero(const struct sockaddr_mctp *addr)
{
	return !addr->__smctp_pad0 && !addr->__smctp_pad1;
}

static int mctp_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct mctp_sock *msk;
	struct mctp_pernet *pn;

	if (!sk)
		return 0;
	msk = mctp_sk(sk);
	pn = msk->pn;

	lock_sock(sk);
	mctp_bind_del(msk);
	mctp_tag_close_sock(msk);
	sock_orphan(sk);
	mctp_reasm_flush_sock(msk);

	spin_lock_bh(&pn->sk_lock);
	sk_del_node_init_rcu(sk);
	spin_unlock_bh(&pn->sk_lock);
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);

	sock->sk = NULL;
	release_sock(sk);
	sock_put(sk);
	return 0;
}

/* Runs a grace period after the last reference: nobody can queue any more. The
 * socket has its namespace still.
 */
static void mctp_sk_destruct(struct sock *sk)
{
	struct mctp_pernet *pn = mctp_sk(sk)->pn;
	struct sk_buff *skb;

	/* a socket of the kernel's own keeps no namespace to count in */
	while ((skb = __skb_dequeue(&sk->sk_receive_queue))) {
		if (sk->sk_net_refcnt)
			mctp_count(pn, MCTP_CNT_RX_UNREAD);
		kfree_skb(skb);
	}
	skb_queue_purge(&sk->sk_error_queue);
	mctp_answer_free(mctp_sk(sk));
	mctp_tag_exit_sock(mctp_sk(sk));
}

static int mctp_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
		     int addrlen)
{
	const struct sockaddr_mctp *addr = (struct sockaddr_mctp *)uaddr;
	struct sock *sk = sock->sk;
	struct mctp_sock *msk = mctp_sk(sk);
	unsigned int net;
	u8 type;
	int err;

	if (addrlen < (int)sizeof(*addr))
		return -EINVAL;
	if (addr->smctp_family != AF_MCTP)
		return -EAFNOSUPPORT;
	err = mctp_capable(sk, CAP_NET_BIND_SERVICE);
	if (err)
		return err;
	if (!mctp_addr_pads_zero(addr))
		return -EINVAL;

	type = addr->smctp_type & MCTP_TYPE_MASK;
	net = addr->smctp_network;
	if (net == MCTP_NET_ANY && addr->smctp_addr.s_addr != MCTP_ADDR_ANY)
		net = mctp_default_net(msk->pn);

	lock_sock(sk);
	err = -EADDRINUSE;
	if (msk->bound)
		goto out;
	if (msk->connected) {
		/* the peer's network is the narrower of the two */
		if (net == MCTP_NET_ANY)
			net = msk->peer_net;
		err = -EINVAL;
		if (type != msk->peer_type || net != msk->peer_net)
			goto out;
	}
	msk->bind_net = net;
	msk->bind_addr = addr->smctp_addr.s_addr;
	msk->bind_type = type;
	err = mctp_bind_add(msk);
out:
	release_sock(sk);
	return err;
}

static int mctp_connect(struct socket *sock, struct sockaddr_unsized *uaddr,
			int addrlen, int flags)
{
	const struct sockaddr_mctp *addr = (struct sockaddr_mctp *)uaddr;
	struct sock *sk = sock->sk;
	struct mctp_sock *msk = mctp_sk(sk);
	int err;

	if (addrlen < (int)sizeof(*addr))
		return -EINVAL;
	if (addr->smctp_family != AF_MCTP)
		return -EAFNOSUPPORT;
	if (!mctp_addr_pads_zero(addr) || addr->smctp_tag ||
	    addr->smctp_type & MCTP_TYPE_IC ||
	    addr->smctp_addr.s_addr == MCTP_ADDR_NULL ||
	    addr->smctp_addr.s_addr == MCTP_ADDR_ANY)
		return -EINVAL;

	lock_sock(sk);
	err = -EADDRINUSE;
	if (!msk->bound && !msk->connected) {
		msk->peer_net = addr->smctp_network ?:
				mctp_default_net(msk->pn);
		msk->peer_addr = addr->smctp_addr.s_addr;
		msk->peer_type = addr->smctp_type;
		/* pairs with mctp_send_target(), which has no lock */
		smp_store_release(&msk->connected, true);
		err = 0;
	}
	release_sock(sk);
	return err;
}

static int mctp_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sockaddr_mctp *addr = (struct sockaddr_mctp *)uaddr;
	struct sock *sk = sock->sk;
	struct mctp_sock *msk = mctp_sk(sk);
	int rc = sizeof(*addr);

	memset(addr, 0, sizeof(*addr));
	addr->smctp_family = AF_MCTP;

	lock_sock(sk);
	if (peer && !msk->connected) {
		rc = -ENOTCONN;
	} else if (peer) {
		addr->smctp_network = msk->peer_net;
		addr->smctp_addr.s_addr = msk->peer_addr;
		addr->smctp_type = msk->peer_type;
	} else if (msk->bound) {
		addr->smctp_network = msk->bind_net;
		addr->smctp_addr.s_addr = msk->bind_addr;
		addr->smctp_type = msk->bind_type;
	} else {
		addr->smctp_addr.s_addr = MCTP_ADDR_ANY;
	}
	release_sock(sk);
	return rc;
}

/* Read and check the address of a message; its values are ABI */
static int mctp_send_target(struct mctp_sock *msk, const struct msghdr *msg,
			    struct mctp_target *to)
{
	const struct sockaddr_mctp *addr = msg->msg_name;

	to->ext = NULL;
	if (!addr) {
		/* pairs with mctp_connect(): peer_* are set before it */
		if (!smp_load_acquire(&msk->connected))
			return -EDESTADDRREQ;
		to->net = msk->peer_net;
		to->eid = msk->peer_addr;
		to->type = msk->peer_type;
		to->tag = MCTP_TAG_OWNER;
		return 0;
	}

	if (msg->msg_namelen < (int)sizeof(*addr) ||
	    addr->smctp_family != AF_MCTP || !mctp_addr_pads_zero(addr))
		return -EINVAL;
	to->net = addr->smctp_network;
	to->eid = addr->smctp_addr.s_addr;
	to->type = addr->smctp_type;
	to->tag = addr->smctp_tag;

	if (to->tag & ~(MCTP_TAG_MASK | MCTP_TAG_OWNER | MCTP_TAG_PREALLOC))
		return -EINVAL;
	if (to->tag & MCTP_TAG_PREALLOC && !(to->tag & MCTP_TAG_OWNER))
		return -EINVAL;
	if (to->tag & MCTP_TAG_OWNER && to->tag & MCTP_TAG_MASK &&
	    !(to->tag & MCTP_TAG_PREALLOC))
		return -EINVAL;

	if (READ_ONCE(msk->addr_ext) &&
	    msg->msg_namelen >= (int)sizeof(*to->ext)) {
		to->ext = msg->msg_name;
		if (to->ext->__smctp_pad0[0] || to->ext->__smctp_pad0[1] ||
		    to->ext->__smctp_pad0[2])
			return -EINVAL;
	}
	return 0;
}

/* Wait until the socket's send buffer has room. What goes to one of our own EIDs
 * takes none of it, but that is not known yet.
 */
static int mctp_send_wait(struct sock *sk, const struct msghdr *msg)
{
	struct sk_buff *skb;
	int err;

	if (likely(sk_wmem_alloc_get(sk) < READ_ONCE(sk->sk_sndbuf) &&
		   !READ_ONCE(sk->sk_err)))
		return 0;
	skb = sock_alloc_send_skb(sk, 1, msg->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	kfree_skb(skb);
	return 0;
}

static struct sk_buff *mctp_send_alloc(struct sock *sk, struct msghdr *msg,
				       size_t len, u8 type)
{
	struct sk_buff *skb;
	int err;

	err = mctp_send_wait(sk, msg);
	if (err)
		return ERR_PTR(err);
	skb = mctp_buffer_get(len + 1, sk->sk_allocation);
	if (!skb)
		return ERR_PTR(-ENOBUFS);
	/* a filter's view of a message; nothing of the headroom is in it */
	skb_reset_network_header(skb);
	skb->protocol = cpu_to_be16(ETH_P_MCTP);
	skb->priority = READ_ONCE(sk->sk_priority);
	skb->mark = READ_ONCE(sk->sk_mark);

	*skb->data = type;
	err = mctp_buffer_fill(skb, 1, &msg->msg_iter);
	if (err) {
		kfree_skb(skb);
		return ERR_PTR(err);
	}
	return skb;
}

/* The way that a route tells, without its link address. RCU read side. */
static int mctp_send_route(struct mctp_pernet *pn, const struct mctp_target *to,
			   struct mctp_way *way)
{
	struct mctp_network *network;

	network = mctp_network_find(pn, to->net ?: mctp_default_net(pn));
	if (!network)
		return -EHOSTUNREACH;
	return mctp_route_lookup(network, to->eid, way);
}

/* The way of a message, with its link address. RCU read side. */
static int mctp_send_way(struct mctp_pernet *pn, const struct mctp_target *to,
			 struct mctp_way *way)
{
	struct mctp_dev *mdev;
	int err;

	if (!to->ext) {
		err = mctp_send_route(pn, to, way);
		if (err || way->local)
			return err;
		return mctp_neigh_resolve(way);
	}

	mdev = mctp_dev_find(pn, to->ext->smctp_ifindex);
	if (!mdev)
		return -ENODEV;
	if (to->ext->smctp_halen != mdev->dev->addr_len)
		return -EINVAL;
	/* where a local message says that it is from, see mctp_input_local() */
	if (READ_ONCE(mdev->dev->flags) & IFF_LOOPBACK) {
		err = mctp_send_route(pn, to, way);
		return !err && !way->local ? -EHOSTUNREACH : err;
	}
	if (!(READ_ONCE(mdev->dev->flags) & IFF_UP))
		return -ENETDOWN;
	way->mdev = mdev;
	way->network = rcu_dereference(mdev->network);
	way->mtu = READ_ONCE(mdev->dev->mtu);
	if (way->mtu < MCTP_MTU_MIN)
		return -EMSGSIZE;
	way->next_hop = to->eid;
	way->local = false;
	way->have_lladdr = true;
	memcpy(way->lladdr, to->ext->smctp_haddr, mdev->dev->addr_len);
	return 0;
}

/* The EID to send from: that which the socket is bound to, or that which a
 * request was sent to, while it is ours in this network; or the first one of
 * the way's device, or 0. RCU read side.
 *
 * A response from an EID that we no longer have goes from 0. From another of
 * ours, its tag would be that of another request of the peer's.
 */
static u8 mctp_send_source(const struct mctp_sock *msk,
			   const struct mctp_target *to,
			   const struct mctp_way *way)
{
	bool response = !(to->tag & MCTP_TAG_OWNER);
	unsigned int net = way->network->id;
	u8 eid = MCTP_ADDR_NULL;

	/* pairs with mctp_bind_add(): bind_* are set before it */
	if (smp_load_acquire(&msk->bound) && msk->bind_addr != MCTP_ADDR_ANY) {
		if (msk->bind_net == net)
			eid = msk->bind_addr;
	} else if (response) {
		eid = mctp_answer_source(msk, net, to->eid,
					 to->tag & MCTP_TAG_MASK);
	}
	if (eid && mctp_route_is_local(way->network, eid))
		return eid;
	if (eid && response)
		return MCTP_ADDR_NULL;
	return READ_ONCE(way->mdev->first_eid);
}

/* The tag and TO of a message, or an error; in @tag its tag, referenced, or NULL
 * where none is lent or nothing asks for it again
 */
static int mctp_send_tag(struct mctp_sock *msk, const struct mctp_target *to,
			 const struct mctp_way *way, u8 local,
			 struct mctp_tag **tag)
{
	int value = to->tag & MCTP_TAG_MASK;

	*tag = NULL;
	if (!(to->tag & MCTP_TAG_OWNER))
		return value;
	if (to->tag & MCTP_TAG_PREALLOC) {
		*tag = mctp_tag_find_prealloc(msk, way->network, to->eid, value,
					      false);
		return *tag ? value | MCTP_HDR_TO : -EINVAL;
	}
	value = mctp_tag_acquire(msk, way->network, local, to->eid, false,
				 way->local ? NULL : tag);
	return value < 0 ? value : value | MCTP_HDR_TO;
}

static int mctp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct mctp_sock *msk = mctp_sk(sk);
	struct mctp_pernet *pn = msk->pn;
	struct mctp_target to;
	struct mctp_tag *tag;
	struct sk_buff *skb;
	struct mctp_way way;
	int err, tagto;
	u8 local;

	if (msg->msg_flags & ~MCTP_SEND_FLAGS)
		return -EOPNOTSUPP;
	err = mctp_send_target(msk, msg, &to);
	if (err)
		return err;
	err = mctp_capable(sk, CAP_NET_RAW);
	if (err)
		return err;
	if (len >= MCTP_MSG_MAX)
		return -EMSGSIZE;

	skb = mctp_send_alloc(sk, msg, len, to.type);
	if (IS_ERR(skb))
		return PTR_ERR(skb);

	rcu_read_lock();
	err = mctp_send_way(pn, &to, &way);
	if (err)
		goto err_unlock;
	local = mctp_send_source(msk, &to, &way);
	tagto = mctp_send_tag(msk, &to, &way, local, &tag);
	if (tagto < 0) {
		err = tagto;
		goto err_unlock;
	}

	trace_mctp_message_tx(sk, way.network->id, local, to.eid, to.type,
			      tagto, len);
	if (way.local) {
		mctp_input_local(&way, skb, local, to.eid, tagto);
	} else {
		skb_set_owner_w(skb, sk);
		if (tag)
			mctp_tag_sent(tag, way.mdev);
		err = mctp_output_message(sk, skb, &way, local, to.eid, tagto);
		if (err && tag && !tag->prealloc)
			mctp_tag_release(tag);
	}
	if (!err)
		mctp_count(pn, MCTP_CNT_TX_MESSAGES);
	if (tag)
		mctp_tag_put(tag);
	rcu_read_unlock();
	return err ?: len;

err_unlock:
	rcu_read_unlock();
	kfree_skb(skb);
	return err;
}

static void mctp_recv_addr(struct msghdr *msg, struct sk_buff *skb, bool ext)
{
	const struct mctp_skb_cb *cb = mctp_cb(skb);
	struct sockaddr_mctp *addr = msg->msg_name;
	struct sockaddr_mctp_ext *ae = msg->msg_name;

	msg->msg_namelen = ext ? sizeof(*ae) : sizeof(*addr);
	memset(addr, 0, sizeof(*addr));
	addr->smctp_family = AF_MCTP;
	addr->smctp_network = cb->net;
	addr->smctp_addr.s_addr = cb->src;
	addr->smctp_type = *skb->data;
	addr->smctp_tag = cb->tag;
	if (ext) {
		memset((void *)ae + sizeof(*addr), 0,
		       sizeof(*ae) - sizeof(*addr));
		ae->smctp_ifindex = cb->ifindex;
		ae->smctp_halen = cb->halen;
		memcpy(ae->smctp_haddr, cb->haddr, cb->halen);
	}
}

static int mctp_recv_copy(struct msghdr *msg, struct sk_buff *skb,
			  size_t len)
{
	size_t n;

	if (skb_is_nonlinear(skb))
		return skb_copy_datagram_msg(skb, 1, msg, len);
	n = copy_to_iter(skb->data + 1, len, &msg->msg_iter);
	if (likely(n == len))
		return 0;
	iov_iter_revert(&msg->msg_iter, n);
	return -EFAULT;
}

static int mctp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
			int flags)
{
	struct sock *sk = sock->sk;
	struct sk_buff *skb;
	size_t msglen, copied;
	int err;

	if (flags & ~MCTP_RECV_FLAGS)
		return -EOPNOTSUPP;

	skb = skb_recv_datagram(sk, flags, &err);
	if (!skb)
		return err;

	msglen = skb->len - 1;
	copied = min(len, msglen);
	if (copied < msglen)
		msg->msg_flags |= MSG_TRUNC;
	err = mctp_recv_copy(msg, skb, copied);
	if (!err) {
		sock_recv_cmsgs(msg, sk, skb);
		mctp_answer_note(mctp_sk(sk), mctp_cb(skb));
		if (msg->msg_name)
			mctp_recv_addr(msg, skb,
				       READ_ONCE(mctp_sk(sk)->addr_ext));
		err = flags & MSG_TRUNC ? msglen : copied;
	}
	mctp_buffer_put(skb);
	return err;
}

static int mctp_setsockopt(struct socket *sock, int level, int optname,
			   sockptr_t optval, unsigned int optlen)
{
	int val;

	if (level != SOL_MCTP)
		return -EINVAL;
	if (optname != MCTP_OPT_ADDR_EXT)
		return -ENOPROTOOPT;
	if (optlen != sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	WRITE_ONCE(mctp_sk(sock->sk)->addr_ext, val);
	return 0;
}

static int mctp_getsockopt(struct socket *sock, int level, int optname,
			   char __user *optval, int __user *optlen)
{
	int val, len;

	if (level != SOL_MCTP)
		return -EINVAL;
	if (optname != MCTP_OPT_ADDR_EXT)
		return -ENOPROTOOPT;
	if (get_user(len, optlen))
		return -EFAULT;
	if (len != sizeof(val))
		return -EINVAL;
	val = READ_ONCE(mctp_sk(sock->sk)->addr_ext);
	return copy_to_user(optval, &val, sizeof(val)) ? -EFAULT : 0;
}

static int mctp_ioctl_alloc(struct mctp_sock *msk, unsigned int net, u8 peer)
{
	struct mctp_pernet *pn = msk->pn;
	struct mctp_network *network;
	int ret;

	/* a tag is of use to those alone who can send, and each is one less
	 * for everybody else
	 */
	ret = mctp_capable(&msk->sk, CAP_NET_RAW);
	if (ret)
		return ret;
	network = mctp_network_get(pn, net ?: mctp_default_net(pn), GFP_KERNEL);
	if (IS_ERR(network))
		return PTR_ERR(network);
	rcu_read_lock();
	ret = mctp_tag_acquire(msk, network, MCTP_ADDR_ANY, peer, true, NULL);
	rcu_read_unlock();
	mctp_network_put(network);
	return ret < 0 ? ret : ret | MCTP_TAG_OWNER | MCTP_TAG_PREALLOC;
}

static int mctp_ioctl_drop(struct mctp_sock *msk, unsigned int net, u8 peer,
			   u8 value)
{
	struct mctp_pernet *pn = msk->pn;
	struct mctp_network *network;
	struct mctp_tag *tag = NULL;
	int err = -EINVAL;

	if ((value & ~MCTP_TAG_MASK) != (MCTP_TAG_OWNER | MCTP_TAG_PREALLOC))
		return -EINVAL;

	rcu_read_lock();
	network = mctp_network_find(pn, net ?: mctp_default_net(pn));
	if (network)
		tag = mctp_tag_find_prealloc(msk, network, peer,
					     value & MCTP_TAG_MASK, true);
	if (tag) {
		if (mctp_tag_release(tag))
			err = 0;
		mctp_tag_put(tag);
	}
	rcu_read_unlock();
	return err;
}

static int mctp_ioctl_tag(struct mctp_sock *msk, void __user *argp, bool alloc)
{
	struct mctp_ioc_tag_ctl ctl;
	int ret;

	if (copy_from_user(&ctl, argp, sizeof(ctl)))
		return -EFAULT;
	if (ctl.flags || (alloc && ctl.tag))
		return -EINVAL;
	if (!alloc)
		return mctp_ioctl_drop(msk, MCTP_NET_ANY, ctl.peer_addr, ctl.tag);

	ret = mctp_ioctl_alloc(msk, MCTP_NET_ANY, ctl.peer_addr);
	if (ret < 0)
		return ret;
	ctl.tag = ret;
	if (!copy_to_user(argp, &ctl, sizeof(ctl)))
		return 0;
	mctp_ioctl_drop(msk, MCTP_NET_ANY, ctl.peer_addr, ctl.tag);
	return -EFAULT;
}

static int mctp_ioctl_tag2(struct mctp_sock *msk, void __user *argp, bool alloc)
{
	struct mctp_ioc_tag_ctl2 ctl;
	int ret;

	if (copy_from_user(&ctl, argp, sizeof(ctl)))
		return -EFAULT;
	if (ctl.flags || (alloc && ctl.tag) ||
	    (ctl.local_addr != MCTP_ADDR_ANY && ctl.local_addr != MCTP_ADDR_NULL))
		return -EINVAL;
	if (!alloc)
		return mctp_ioctl_drop(msk, ctl.net, ctl.peer_addr, ctl.tag);

	ret = mctp_ioctl_alloc(msk, ctl.net, ctl.peer_addr);
	if (ret < 0)
		return ret;
	ctl.tag = ret;
	if (!copy_to_user(argp, &ctl, sizeof(ctl)))
		return 0;
	mctp_ioctl_drop(msk, ctl.net, ctl.peer_addr, ctl.tag);
	return -EFAULT;
}

static int mctp_ioctl_inq(struct sock *sk)
{
	struct sk_buff *skb;
	int len = 0;

	spin_lock_bh(&sk->sk_receive_queue.lock);
	skb = skb_peek(&sk->sk_receive_queue);
	if (skb)
		len = skb->len - 1;
	spin_unlock_bh(&sk->sk_receive_queue.lock);
	return len;
}

static int mctp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct mctp_sock *msk = mctp_sk(sock->sk);
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case SIOCMCTPALLOCTAG:
		return mctp_ioctl_tag(msk, argp, true);
	case SIOCMCTPDROPTAG:
		return mctp_ioctl_tag(msk, argp, false);
	case SIOCMCTPALLOCTAG2:
		return mctp_ioctl_tag2(msk, argp, true);
	case SIOCMCTPDROPTAG2:
		return mctp_ioctl_tag2(msk, argp, false);
	case SIOCINQ:
		return put_user(mctp_ioctl_inq(sock->sk), (int __user *)argp);
	case SIOCOUTQ:
		return put_user(sk_wmem_alloc_get(sock->sk), (int __user *)argp);
	}
	return -ENOIOCTLCMD;
}

#ifdef CONFIG_COMPAT
/* The structures are laid out alike for 32-bit programs */
static int mctp_compat_ioctl(struct socket *sock, unsigned int cmd,
			     unsigned long arg)
{
	BUILD_BUG_ON(sizeof(struct mctp_ioc_tag_ctl) != 4);
	BUILD_BUG_ON(sizeof(struct mctp_ioc_tag_ctl2) != 12);
	return mctp_ioctl(sock, cmd, (unsigned long)compat_ptr(arg));
}
#endif

static const struct proto_ops mctp_dgram_ops = {
	.family		= PF_MCTP,
	.owner		= THIS_MODULE,
	.release	= mctp_release,
	.bind		= mctp_bind,
	.connect	= mctp_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= mctp_getname,
	.poll		= datagram_poll,
	.ioctl		= mctp_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl	= mctp_compat_ioctl,
#endif
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= sock_no_shutdown,
	.setsockopt	= mctp_setsockopt,
	.getsockopt	= mctp_getsockopt,
	.sendmsg	= mctp_sendmsg,
	.recvmsg	= mctp_recvmsg,
	.mmap		= sock_no_mmap,
};

static struct proto mctp_proto = {
	.name		= "MCTP",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct mctp_sock),
};

/* Set once all that a socket rests on is there */
static bool mctp_af_ready;

static int mctp_create(struct net *net, struct socket *sock, int protocol,
		       int kern)
{
	struct mctp_pernet *pn;
	struct sock *sk;

	/* pairs with mctp_af_open() */
	if (!smp_load_acquire(&mctp_af_ready))
		return -EAFNOSUPPORT;
	pn = mctp_pernet(net);
	if (sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol)
		return -EPROTONOSUPPORT;

	sk = sk_alloc(net, PF_MCTP, GFP_KERNEL, &mctp_proto, kern);
	if (!sk)
		return -ENOMEM;
	sock->ops = &mctp_dgram_ops;
	sock_init_data(sock, sk);
	/* look-ups by RCU need no reference for what they find */
	sock_set_flag(sk, SOCK_RCU_FREE);
	sk->sk_destruct = mctp_sk_destruct;
	mctp_sk(sk)->pn = pn;
	mctp_tag_init_sock(mctp_sk(sk));
	mctp_reasm_init_sock(mctp_sk(sk));

	spin_lock_bh(&pn->sk_lock);
	sk_add_node_rcu(sk, &pn->sks);
	spin_unlock_bh(&pn->sk_lock);
	sock_prot_inuse_add(net, sk->sk_prot, 1);
	return 0;
}

static const struct net_proto_family mctp_family = {
	.family	= PF_MCTP,
	.create	= mctp_create,
	.owner	= THIS_MODULE,
};

/**
 * mctp_af_init() - claim the family; first in mctp.ko's start
 *
 * Where somebody else has it, nothing of his has been touched by then. Sockets
 * can be made from mctp_af_open() on.
 *
 * Return: 0, or a negative error: -EEXIST where the kernel has its own.
 */
int __init mctp_af_init(void)
{
	int err;

	sock_skb_cb_check_size(sizeof(struct mctp_skb_cb));
	err = proto_register(&mctp_proto, 1);
	if (err)
		return err;
	err = sock_register(&mctp_family);
	if (err == -EEXIST)
		pr_err("AF_MCTP is taken: this kernel has MCTP built in, or another module offers it. Use that one, or unload it first.\n");
	if (err)
		goto err_proto;
	return 0;

err_proto:
	proto_unregister(&mctp_proto);
	return err;
}

/** mctp_af_open() - let programs make sockets; nothing may fail after this */
void mctp_af_open(void)
{
	/* pairs with mctp_create(): what came before is seen there */
	smp_store_release(&mctp_af_ready, true);
}

/** mctp_af_exit() - undo mctp_af_init(); every socket is closed by now, and
 * none can be made while the module goes
 */
void mctp_af_exit(void)
{
	sock_unregister(PF_MCTP);
	proto_unregister(&mctp_proto);
	mctp_buffer_exit();
}
