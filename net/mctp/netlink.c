// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: addresses, neighbours and links, for administrators' tools. Routes are
 * in netlink_route.c.
 *
 * Requests of rtnetlink's family AF_MCTP. That changes need CAP_NET_ADMIN in
 * the user namespace that owns the network namespace is checked by rtnetlink,
 * which holds RTNL for all that is here but a link's attributes being shown.
 * Every refusal has a sentence in its extended ack.
 */
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/module.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include "mctp_priv.h"

/* All that is checked of new families' requests but NLA_F_NESTED, which
 * programs for this one are known to leave out.
 */
#define MCTP_NETLINK_VALIDATE	(NL_VALIDATE_TRAILING | NL_VALIDATE_MAXTYPE | \
				 NL_VALIDATE_UNSPEC | NL_VALIDATE_STRICT_ATTRS)

/**
 * mctp_netlink_parse() - find attributes, and refuse those that are not known
 * @tb: filled: the attribute of each type, or NULL
 * @maxtype: greatest type in @tb
 * @head: first attribute, or the attribute that they are in
 * @len: their length in bytes
 * @policy: what each must be
 * @extack: for the reason of a refusal
 *
 * Return: 0 or a negative error.
 */
int mctp_netlink_parse(struct nlattr **tb, int maxtype,
		       const struct nlattr *head, int len,
		       const struct nla_policy *policy,
		       struct netlink_ext_ack *extack)
{
	return __nla_parse(tb, maxtype, head, len, policy,
			   MCTP_NETLINK_VALIDATE, extack);
}

/**
 * mctp_netlink_parse_msg() - the same for the attributes of a request
 * @nlh: the request
 * @hdrlen: length of the family's header
 * @tb: filled: the attribute of each type, or NULL
 * @maxtype: greatest type in @tb
 * @policy: what each must be
 * @extack: for the reason of a refusal
 *
 * Return: 0 or a negative error.
 */
int mctp_netlink_parse_msg(const struct nlmsghdr *nlh, int hdrlen,
			   struct nlattr **tb, int maxtype,
			   const struct nla_policy *policy,
			   struct netlink_ext_ack *extack)
{
	if (nlmsg_len(nlh) < hdrlen) {
		NL_SET_ERR_MSG(extack, "The header of the request is too short");
		return -EINVAL;
	}
	return mctp_netlink_parse(tb, maxtype, nlmsg_attrdata(nlh, hdrlen),
				  nlmsg_attrlen(nlh, hdrlen), policy, extack);
}

/**
 * mctp_netlink_dev() - the device that a request names
 * @net: namespace
 * @ifindex: interface index
 * @extack: for the reason of a refusal
 *
 * Context: process context, RTNL held.
 * Return: its state, valid while RTNL is held, or an ERR_PTR: -ENODEV if there
 * is no such device, -EOPNOTSUPP if it cannot carry MCTP.
 */
struct mctp_dev *mctp_netlink_dev(struct net *net, int ifindex,
				  struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct mctp_dev *mdev;

	ASSERT_RTNL();
	dev = ifindex > 0 ? __dev_get_by_index(net, ifindex) : NULL;
	if (!dev) {
		NL_SET_ERR_MSG(extack, "There is no device of this index");
		return ERR_PTR(-ENODEV);
	}
	mdev = mctp_dev_rtnl(dev);
	if (!mdev) {
		NL_SET_ERR_MSG(extack, "The device cannot carry MCTP");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return mdev;
}

/**
 * mctp_netlink_dump_parse() - look at the request of a dump
 * @cb: the dump
 * @hdrlen: length of the family's header
 * @tb: filled: the attribute of each type, or NULL; all NULL where the
 *	program does not ask for strict checks
 * @maxtype: greatest type in @tb
 * @policy: what each must be
 *
 * The header may be shorter than @hdrlen even if the request is taken.
 *
 * Return: 0, 1 if the request wants nothing that MCTP has, or a negative error.
 */
int mctp_netlink_dump_parse(struct netlink_callback *cb, int hdrlen,
			    struct nlattr **tb, int maxtype,
			    const struct nla_policy *policy)
{
	const struct nlmsghdr *nlh = cb->nlh;

	BUILD_BUG_ON(sizeof(struct mctp_dump) > sizeof(cb->ctx));
	memset(tb, 0, sizeof(*tb) * (maxtype + 1));
	/* a tool of old may send the header of some other message */
	if (!cb->strict_check)
		return 0;
	/* all families are asked: what others understand is no error here */
	if (rtnl_msg_family(nlh) != AF_MCTP)
		return nlmsg_len(nlh) > hdrlen && nlmsg_attrlen(nlh, hdrlen);
	return mctp_netlink_parse_msg(nlh, hdrlen, tb, maxtype, policy,
				      cb->extack);
}

/**
 * mctp_netlink_dump_filter() - note that a dump is for one device only
 * @skb: where it goes
 * @cb: the dump
 * @ifindex: interface index, or 0 for all
 *
 * Context: process context, RTNL held.
 * Return: 0, 1 if there is nothing to show, or -ENODEV.
 */
int mctp_netlink_dump_filter(struct sk_buff *skb, struct netlink_callback *cb,
			     int ifindex)
{
	ASSERT_RTNL();
	if (!ifindex)
		return 0;
	cb->answer_flags |= NLM_F_DUMP_FILTERED;
	if (__dev_get_by_index(sock_net(skb->sk), ifindex))
		return 0;
	if (!cb->strict_check || rtnl_msg_family(cb->nlh) != AF_MCTP)
		return 1;
	NL_SET_ERR_MSG(cb->extack, "There is no device of this index");
	return -ENODEV;
}

/* Show what each device has for each EID: @fill returns 0 if nothing */
static int mctp_dump_devs(struct sk_buff *skb, struct netlink_callback *cb,
			  int ifindex,
			  int (*fill)(struct sk_buff *skb,
				      struct netlink_callback *cb,
				      struct mctp_dev *mdev, u8 eid))
{
	struct mctp_pernet *pn = mctp_pernet(sock_net(skb->sk));
	struct mctp_dump *at = (struct mctp_dump *)cb->ctx;
	struct mctp_dev *mdev;
	unsigned long index;
	int err;

	ASSERT_RTNL();
	err = mctp_netlink_dump_filter(skb, cb, ifindex);
	if (err)
		return min(err, 0);

	xa_for_each_start(&pn->devs, index, mdev, at->index) {
		unsigned int eid = index == at->index ? at->next : 0;

		if (ifindex && index != ifindex)
			continue;
		for (; eid < MCTP_EIDS; eid++) {
			err = fill(skb, cb, mdev, eid);
			if (err) {
				at->index = index;
				at->next = eid;
				return skb->len ?: err;
			}
		}
	}
	return 0;
}

/* Addresses */

static const struct nla_policy mctp_addr_policy[IFA_MAX + 1] = {
	[IFA_ADDRESS]	= { .type = NLA_U8 },
	[IFA_LOCAL]	= { .type = NLA_U8 },
};

/**
 * mctp_netlink_fill_addr() - write a message about a local EID
 * @skb: where to
 * @mdev: device that has the EID
 * @eid: the EID
 * @msgtype: RTM_NEWADDR or RTM_DELADDR
 * @portid: netlink port that asked, or 0
 * @seq: sequence of its request, or 0
 * @flags: flags of the message
 *
 * Return: 0, or -EMSGSIZE if there is no room.
 */
int mctp_netlink_fill_addr(struct sk_buff *skb, struct mctp_dev *mdev, u8 eid,
			   int msgtype, u32 portid, u32 seq, unsigned int flags)
{
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, seq, msgtype, sizeof(*ifm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = AF_MCTP;
	ifm->ifa_prefixlen = 0;
	ifm->ifa_flags = IFA_F_PERMANENT;
	ifm->ifa_scope = RT_SCOPE_LINK;
	ifm->ifa_index = mdev->dev->ifindex;
	if (nla_put_u8(skb, IFA_ADDRESS, eid) ||
	    nla_put_u8(skb, IFA_LOCAL, eid)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* @skb and @nlh: the request that did it, or NULL */
static void mctp_addr_notify(struct mctp_dev *mdev, u8 eid, int msgtype,
			     const struct sk_buff *request,
			     struct nlmsghdr *nlh)
{
	u32 portid = request ? NETLINK_CB(request).portid : 0;
	struct net *net = mdev->pn->net;
	struct sk_buff *skb;
	int err = -ENOBUFS;

	skb = nlmsg_new(NLMSG_ALIGN(sizeof(struct ifaddrmsg)) +
			2 * nla_total_size(sizeof(u8)), GFP_KERNEL);
	if (!skb)
		goto err_lost;
	err = mctp_netlink_fill_addr(skb, mdev, eid, msgtype, portid,
				     nlh ? nlh->nlmsg_seq : 0, 0);
	if (WARN_ON_ONCE(err)) {
		kfree_skb(skb);
		goto err_lost;
	}
	rtnl_notify(skb, net, portid, RTNLGRP_MCTP_IFADDR, nlh, GFP_KERNEL);
	return;

err_lost:
	rtnl_set_sk_err(net, RTNLGRP_MCTP_IFADDR, err);
}

/**
 * mctp_netlink_notify_addr() - tell of an address that went or came by itself
 * @mdev: device
 * @eid: its local EID
 * @msgtype: RTM_NEWADDR or RTM_DELADDR
 *
 * Context: process context.
 */
void mctp_netlink_notify_addr(struct mctp_dev *mdev, u8 eid, int msgtype)
{
	mctp_addr_notify(mdev, eid, msgtype, NULL, NULL);
}

static int mctp_addr_doit(struct sk_buff *skb, struct nlmsghdr *nlh,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFA_MAX + 1], *attr;
	const struct ifaddrmsg *ifm;
	struct mctp_dev *mdev;
	int err;
	u8 eid;

	err = mctp_netlink_parse_msg(nlh, sizeof(*ifm), tb, IFA_MAX,
				     mctp_addr_policy, extack);
	if (err)
		return err;
	ifm = nlmsg_data(nlh);

	attr = tb[IFA_LOCAL] ?: tb[IFA_ADDRESS];
	if (!attr) {
		NL_SET_ERR_MSG(extack, "An address needs its EID, as IFA_LOCAL");
		return -EINVAL;
	}
	eid = nla_get_u8(attr);
	if (tb[IFA_ADDRESS] && nla_get_u8(tb[IFA_ADDRESS]) != eid) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFA_ADDRESS],
				    "IFA_ADDRESS must be the EID of IFA_LOCAL, or be left out");
		return -EINVAL;
	}
	mdev = mctp_netlink_dev(sock_net(skb->sk), ifm->ifa_index, extack);
	if (IS_ERR(mdev))
		return PTR_ERR(mdev);

	if (nlh->nlmsg_type == RTM_NEWADDR)
		err = mctp_dev_add_eid(mdev, eid, extack);
	else
		err = mctp_dev_del_eid(mdev, eid, extack);
	if (!err)
		mctp_addr_notify(mdev, eid, nlh->nlmsg_type, skb, nlh);
	return err;
}

static int mctp_addr_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			      struct mctp_dev *mdev, u8 eid)
{
	if (!test_bit(eid, mdev->eids))
		return 0;
	return mctp_netlink_fill_addr(skb, mdev, eid, RTM_NEWADDR,
				      NETLINK_CB(cb->skb).portid,
				      cb->nlh->nlmsg_seq, NLM_F_MULTI);
}

/**
 * mctp_netlink_addr_dumpit() - show addresses
 * @skb: where to
 * @cb: the dump; the index in its header picks one device
 *
 * Context: process context, RTNL held.
 * Return: 0 at the end, bytes if there is more, or a negative error.
 */
int mctp_netlink_addr_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct ifaddrmsg *ifm = nlmsg_data(cb->nlh);
	struct nlattr *tb[1];
	int ifindex = 0;
	int err;

	err = mctp_netlink_dump_parse(cb, sizeof(*ifm), tb, 0, mctp_addr_policy);
	if (err)
		return min(err, 0);
	if (nlmsg_len(cb->nlh) >= sizeof(*ifm))
		ifindex = ifm->ifa_index;
	return mctp_dump_devs(skb, cb, ifindex, mctp_addr_dump_one);
}

/* Neighbours */

static const struct nla_policy mctp_neigh_policy[NDA_MAX + 1] = {
	[NDA_DST]	= { .type = NLA_U8 },
	[NDA_LLADDR]	= { .type = NLA_BINARY },
};

static int mctp_neigh_doit(struct sk_buff *skb, struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm;
	struct mctp_dev *mdev;
	int err;
	u8 eid;

	err = mctp_netlink_parse_msg(nlh, sizeof(*ndm), tb, NDA_MAX,
				     mctp_neigh_policy, extack);
	if (err)
		return err;
	ndm = nlmsg_data(nlh);

	if (!tb[NDA_DST]) {
		NL_SET_ERR_MSG(extack, "A neighbour needs its EID, as NDA_DST");
		return -EINVAL;
	}
	eid = nla_get_u8(tb[NDA_DST]);
	mdev = mctp_netlink_dev(sock_net(skb->sk), ndm->ndm_ifindex, extack);
	if (IS_ERR(mdev))
		return PTR_ERR(mdev);

	if (nlh->nlmsg_type == RTM_DELNEIGH)
		return mctp_neigh_del(mdev, eid, extack);

	if (!tb[NDA_LLADDR]) {
		NL_SET_ERR_MSG(extack, "A neighbour needs its link address, as NDA_LLADDR");
		return -EINVAL;
	}
	/* a device without link addresses is refused by what comes next */
	if (mdev->dev->addr_len &&
	    nla_len(tb[NDA_LLADDR]) != mdev->dev->addr_len) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NDA_LLADDR],
				    "The link address has not the length of the device's");
		return -EINVAL;
	}
	return mctp_neigh_add(mdev, eid, nla_data(tb[NDA_LLADDR]), extack);
}

static int mctp_neigh_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			       struct mctp_dev *mdev, u8 eid)
{
	const struct mctp_neigh_table *table = rtnl_dereference(mdev->neighs);
	const struct mctp_neigh *neigh;
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	neigh = table ? rtnl_dereference(table->slot[eid]) : NULL;
	if (!neigh)
		return 0;
	nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			RTM_NEWNEIGH, sizeof(*ndm), NLM_F_MULTI);
	if (!nlh)
		return -EMSGSIZE;
	ndm = nlmsg_data(nlh);
	memset(ndm, 0, sizeof(*ndm));
	ndm->ndm_family = AF_MCTP;
	ndm->ndm_ifindex = mdev->dev->ifindex;
	ndm->ndm_state = NUD_PERMANENT;
	ndm->ndm_type = RTN_UNICAST;
	if (nla_put_u8(skb, NDA_DST, neigh->eid) ||
	    nla_put(skb, NDA_LLADDR, mdev->dev->addr_len, neigh->lladdr)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * mctp_netlink_neigh_dumpit() - show neighbours
 * @skb: where to
 * @cb: the dump; the index in its header picks one device
 *
 * Context: process context, RTNL held.
 * Return: 0 at the end, bytes if there is more, or a negative error.
 */
int mctp_netlink_neigh_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct ndmsg *ndm = nlmsg_data(cb->nlh);
	struct nlattr *tb[1];
	int ifindex = 0;
	int err;

	err = mctp_netlink_dump_parse(cb, sizeof(*ndm), tb, 0, mctp_neigh_policy);
	if (err)
		return min(err, 0);
	if (nlmsg_len(cb->nlh) >= sizeof(*ndm))
		ifindex = ndm->ndm_ifindex;
	return mctp_dump_devs(skb, cb, ifindex, mctp_neigh_dump_one);
}

/* Links: IFLA_AF_SPEC */

static const struct nla_policy mctp_link_policy[IFLA_MCTP_PHYS_BINDING + 1] = {
	[IFLA_MCTP_NET]			= { .type = NLA_U32 },
	[IFLA_MCTP_PHYS_BINDING]	= { .type = NLA_U8 },
};

static int mctp_link_parse(struct nlattr **tb, const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	int err;

	err = mctp_netlink_parse(tb, IFLA_MCTP_PHYS_BINDING, nla_data(attr),
				 nla_len(attr), mctp_link_policy, extack);
	if (err)
		return err;
	if (tb[IFLA_MCTP_PHYS_BINDING]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_MCTP_PHYS_BINDING],
				    "The physical binding is what the driver says and cannot be set");
		return -EINVAL;
	}
	if (tb[IFLA_MCTP_NET] && !nla_get_u32(tb[IFLA_MCTP_NET])) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_MCTP_NET],
				    "A device cannot be in network 0; networks begin at 1");
		return -EINVAL;
	}
	return 0;
}

static struct mctp_dev *mctp_link_find(const struct net_device *dev)
{
	return mctp_dev_find(mctp_pernet(dev_net(dev)), dev->ifindex);
}

static int mctp_link_validate(const struct net_device *dev,
			      const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFLA_MCTP_PHYS_BINDING + 1];
	bool found;

	/* it begins to carry MCTP as it is registered, and is not asked again */
	if (dev && dev->reg_state == NETREG_UNINITIALIZED) {
		NL_SET_ERR_MSG(extack,
			       "A link can be given a network once it exists: set it then");
		return -EOPNOTSUPP;
	}
	if (dev) {
		rcu_read_lock();
		found = mctp_link_find(dev);
		rcu_read_unlock();
		if (!found) {
			NL_SET_ERR_MSG(extack, "The device cannot carry MCTP");
			return -EOPNOTSUPP;
		}
	}
	return mctp_link_parse(tb, attr, extack);
}

static int mctp_link_set(struct net_device *dev, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IFLA_MCTP_PHYS_BINDING + 1];
	struct mctp_dev *mdev;
	int err;

	ASSERT_RTNL();
	err = mctp_link_parse(tb, attr, extack);
	if (err || !tb[IFLA_MCTP_NET])
		return err;
	mdev = mctp_dev_rtnl(dev);
	if (!mdev) {
		NL_SET_ERR_MSG(extack, "The device cannot carry MCTP");
		return -EOPNOTSUPP;
	}
	err = mctp_dev_set_net(mdev, nla_get_u32(tb[IFLA_MCTP_NET]), extack);
	if (err)
		return err;

	/* of a device that is up, rtnetlink notifies by itself */
	if (!(dev->flags & IFF_UP))
		call_netdevice_notifiers(NETDEV_CHANGEINFODATA, dev);
	return 0;
}

static size_t mctp_link_size(const struct net_device *dev, u32 ext_filter_mask)
{
	bool found;

	rcu_read_lock();
	found = mctp_link_find(dev);
	rcu_read_unlock();
	return found ? nla_total_size(sizeof(u32)) +	/* IFLA_MCTP_NET */
		       nla_total_size(sizeof(u8)) : 0;	/* .._PHYS_BINDING */
}

static int mctp_link_fill(struct sk_buff *skb, const struct net_device *dev,
			  u32 ext_filter_mask)
{
	const struct mctp_dev *mdev;
	int err = -ENODATA;

	rcu_read_lock();
	mdev = mctp_link_find(dev);
	if (mdev) {
		err = nla_put_u32(skb, IFLA_MCTP_NET,
				  rcu_dereference(mdev->network)->id);
		if (!err)
			err = nla_put_u8(skb, IFLA_MCTP_PHYS_BINDING,
					 mdev->binding);
	}
	rcu_read_unlock();
	return err;
}

static struct rtnl_af_ops mctp_link_ops = {
	.family			= AF_MCTP,
	.fill_link_af		= mctp_link_fill,
	.get_link_af_size	= mctp_link_size,
	.validate_link_af	= mctp_link_validate,
	.set_link_af		= mctp_link_set,
};

#define MCTP_NL_HANDLER(type, func)	\
	.owner = THIS_MODULE, .protocol = PF_MCTP, .msgtype = type, func

static const struct rtnl_msg_handler mctp_netlink_handlers[] = {
	{ MCTP_NL_HANDLER(RTM_NEWADDR, .doit = mctp_addr_doit) },
	{ MCTP_NL_HANDLER(RTM_DELADDR, .doit = mctp_addr_doit) },
	{ MCTP_NL_HANDLER(RTM_GETADDR, .dumpit = mctp_netlink_addr_dumpit) },
	{ MCTP_NL_HANDLER(RTM_NEWROUTE, .doit = mctp_netlink_route_doit) },
	{ MCTP_NL_HANDLER(RTM_DELROUTE, .doit = mctp_netlink_route_doit) },
	{ MCTP_NL_HANDLER(RTM_GETROUTE, .dumpit = mctp_netlink_route_dumpit) },
	{ MCTP_NL_HANDLER(RTM_NEWNEIGH, .doit = mctp_neigh_doit) },
	{ MCTP_NL_HANDLER(RTM_DELNEIGH, .doit = mctp_neigh_doit) },
	{ MCTP_NL_HANDLER(RTM_GETNEIGH, .dumpit = mctp_netlink_neigh_dumpit) },
};

/**
 * mctp_netlink_init() - take requests of administrators' tools
 *
 * Return: 0 or a negative error.
 */
int __init mctp_netlink_init(void)
{
	int err;

	err = rtnl_af_register(&mctp_link_ops);
	if (err)
		return err;
	err = rtnl_register_many(mctp_netlink_handlers);
	if (err)
		goto err_af;
	return 0;

err_af:
	rtnl_af_unregister(&mctp_link_ops);
	return err;
}

/**
 * mctp_netlink_exit() - undo mctp_netlink_init()
 */
void mctp_netlink_exit(void)
{
	rtnl_unregister_many(mctp_netlink_handlers);
	rtnl_af_unregister(&mctp_link_ops);
}
