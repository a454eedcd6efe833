// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: routes, for administrators' tools. netlink.c has the rest.
 */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include "mctp_priv.h"

/* A route as a request names it */
struct mctp_route_request {
	struct mctp_network	*network;	/* referenced */
	struct mctp_dev		*mdev;		/* or NULL: by the gateway */
	u8			gateway;
	u8			min;
	u8			max;
	u32			mtu;
};

/* What is binary here is checked where it is read: a policy would refuse a
 * wrong length by ERANGE, and not by EINVAL as all else is.
 */
static const struct nla_policy mctp_route_policy[RTA_MAX + 1] = {
	[RTA_DST]	= { .type = NLA_U8 },
	[RTA_OIF]	= { .type = NLA_U32 },
	[RTA_GATEWAY]	= { .type = NLA_BINARY },
	[RTA_METRICS]	= { .type = NLA_BINARY },	/* nested */
};

static const struct nla_policy mctp_metrics_policy[RTAX_MAX + 1] = {
	[RTAX_MTU]	= { .type = NLA_U32 },
};

static int mctp_route_parse_range(struct mctp_route_request *req,
				  const struct rtmsg *rtm,
				  struct nlattr **tb,
				  struct netlink_ext_ack *extack)
{
	unsigned int max;

	if (!tb[RTA_DST]) {
		NL_SET_ERR_MSG(extack, "A route needs its first EID, as RTA_DST");
		return -EINVAL;
	}
	req->min = nla_get_u8(tb[RTA_DST]);
	max = req->min + rtm->rtm_dst_len;
	if (!mctp_eid_is_unicast(req->min) || max > MCTP_EID_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTA_DST],
				    "The range of a route must be within the EIDs 8 to 254");
		return -EINVAL;
	}
	req->max = max;
	return 0;
}

static int mctp_route_parse_metrics(struct mctp_route_request *req,
				    const struct nlattr *metrics,
				    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTAX_MAX + 1];
	int err;

	req->mtu = 0;
	if (!metrics)
		return 0;
	err = mctp_netlink_parse(tb, RTAX_MAX, nla_data(metrics),
				 nla_len(metrics), mctp_metrics_policy, extack);
	if (err)
		return err;
	if (tb[RTAX_MTU])
		req->mtu = nla_get_u32(tb[RTAX_MTU]);
	return 0;
}

static int mctp_route_parse_gateway(struct mctp_route_request *req,
				    struct net *net,
				    const struct nlattr *attr, bool make,
				    struct netlink_ext_ack *extack)
{
	struct mctp_pernet *pn = mctp_pernet(net);
	struct mctp_network *network;
	struct mctp_fq_addr gateway;
	unsigned int id;

	if (nla_len(attr) != sizeof(gateway)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "RTA_GATEWAY must be a struct mctp_fq_addr");
		return -EINVAL;
	}
	nla_memcpy(&gateway, attr, sizeof(gateway));
	id = gateway.net ?: mctp_default_net(pn);
	req->mdev = NULL;
	req->gateway = gateway.eid;
	if (!mctp_eid_is_unicast(gateway.eid)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The EID of a gateway must be 8 to 254");
		return -EINVAL;
	}

	if (make) {
		req->network = mctp_network_get(pn, id, GFP_KERNEL);
		if (!IS_ERR(req->network))
			return 0;
		NL_SET_ERR_MSG(extack, "No memory for a network");
		return PTR_ERR(req->network);
	}

	rcu_read_lock();
	network = mctp_network_find(pn, id);
	if (network && !refcount_inc_not_zero(&network->refs))
		network = NULL;
	rcu_read_unlock();
	if (!network) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "There is no such route: its network does not exist");
		return -ENOENT;
	}
	req->network = network;
	return 0;
}

static int mctp_route_parse_oif(struct mctp_route_request *req,
				struct net *net, const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	req->gateway = 0;
	req->mdev = mctp_netlink_dev(net, nla_get_u32(attr), extack);
	if (IS_ERR(req->mdev))
		return PTR_ERR(req->mdev);
	req->network = rtnl_dereference(req->mdev->network);
	mctp_network_hold(req->network);
	return 0;
}

/* On success a reference to the network is the caller's */
static int mctp_route_parse(struct mctp_route_request *req, struct net *net,
			    const struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm;
	int err;

	err = mctp_netlink_parse_msg(nlh, sizeof(*rtm), tb, RTA_MAX,
				     mctp_route_policy, extack);
	if (err)
		return err;
	rtm = nlmsg_data(nlh);
	if (rtm->rtm_type != RTN_UNICAST) {
		NL_SET_ERR_MSG(extack,
			       "The type of a route must be RTN_UNICAST; local ones come and go with addresses");
		return -EINVAL;
	}
	err = mctp_route_parse_range(req, rtm, tb, extack);
	if (err)
		return err;
	err = mctp_route_parse_metrics(req, tb[RTA_METRICS], extack);
	if (err)
		return err;

	if (!tb[RTA_OIF] == !tb[RTA_GATEWAY]) {
		NL_SET_ERR_MSG(extack,
			       "A route needs a device (RTA_OIF) or a gateway (RTA_GATEWAY), and not both");
		return -EINVAL;
	}
	if (tb[RTA_OIF])
		return mctp_route_parse_oif(req, net, tb[RTA_OIF], extack);
	return mctp_route_parse_gateway(req, net, tb[RTA_GATEWAY],
					nlh->nlmsg_type == RTM_NEWROUTE,
					extack);
}

/**
 * mctp_netlink_route_doit() - add or delete a route
 * @skb: the request
 * @nlh: its header, of RTM_NEWROUTE or RTM_DELROUTE
 * @extack: for the reason of a refusal
 *
 * Context: process context, RTNL held.
 * Return: 0 or a negative error.
 */
int mctp_netlink_route_doit(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack)
{
	struct mctp_route_request req;
	int err;

	err = mctp_route_parse(&req, sock_net(skb->sk), nlh, extack);
	if (err)
		return err;
	if (nlh->nlmsg_type == RTM_NEWROUTE)
		err = mctp_route_add(req.network, req.mdev, req.gateway,
				     RTN_UNICAST, req.min, req.max, req.mtu,
				     extack);
	else
		err = mctp_route_del(req.network, req.mdev, req.gateway,
				     RTN_UNICAST, req.min, req.max, extack);
	mctp_network_put(req.network);
	return err;
}

static int mctp_route_fill_attrs(struct sk_buff *skb,
				 const struct mctp_route *route)
{
	struct mctp_fq_addr gateway;
	struct nlattr *metrics;

	if (nla_put_u8(skb, RTA_DST, route->min))
		return -EMSGSIZE;
	if (route->mdev) {
		if (nla_put_u32(skb, RTA_OIF, route->mdev->dev->ifindex))
			return -EMSGSIZE;
	} else {
		memset(&gateway, 0, sizeof(gateway));
		gateway.net = route->network->id;
		gateway.eid = route->gateway;
		if (nla_put(skb, RTA_GATEWAY, sizeof(gateway), &gateway))
			return -EMSGSIZE;
	}
	if (!route->mtu)
		return 0;

	metrics = nla_nest_start(skb, RTA_METRICS);
	if (!metrics || nla_put_u32(skb, RTAX_MTU, route->mtu))
		return -EMSGSIZE;
	nla_nest_end(skb, metrics);
	return 0;
}

static int mctp_route_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct mctp_route *route)
{
	bool local = route->type == RTN_LOCAL;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			RTM_NEWROUTE, sizeof(*rtm), NLM_F_MULTI);
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = AF_MCTP;
	rtm->rtm_dst_len = route->max - route->min;
	rtm->rtm_table = local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	rtm->rtm_protocol = local ? RTPROT_KERNEL : RTPROT_STATIC;
	rtm->rtm_type = route->type;
	if (local)
		rtm->rtm_scope = RT_SCOPE_HOST;
	else if (route->mdev)
		rtm->rtm_scope = RT_SCOPE_LINK;
	else
		rtm->rtm_scope = RT_SCOPE_UNIVERSE;

	if (mctp_route_fill_attrs(skb, route)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* The list is in the order of age, so that a dump goes on behind the last one
 * that it showed even if that is gone by then.
 */
static int mctp_route_dump_network(struct sk_buff *skb,
				   struct netlink_callback *cb,
				   const struct mctp_network *network,
				   int ifindex, u64 *next)
{
	const struct mctp_route *route;
	int err;

	list_for_each_entry(route, &network->routes, list) {
		if (route->seq < *next)
			continue;
		if (ifindex && (!route->mdev ||
				route->mdev->dev->ifindex != ifindex))
			continue;
		err = mctp_route_dump_one(skb, cb, route);
		if (err) {
			*next = route->seq;
			return err;
		}
	}
	return 0;
}

/**
 * mctp_netlink_route_dumpit() - show routes, local ones too
 * @skb: where to
 * @cb: the dump; RTA_OIF picks those by one device
 *
 * Context: process context, RTNL held.
 * Return: 0 at the end, bytes if there is more, or a negative error.
 */
int mctp_netlink_route_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct mctp_pernet *pn = mctp_pernet(sock_net(skb->sk));
	struct mctp_dump *at = (struct mctp_dump *)cb->ctx;
	struct nlattr *tb[RTA_MAX + 1];
	struct mctp_network *network;
	unsigned long id;
	int ifindex;
	int err;

	ASSERT_RTNL();
	err = mctp_netlink_dump_parse(cb, sizeof(struct rtmsg), tb, RTA_MAX,
				      mctp_route_policy);
	if (err)
		return min(err, 0);
	ifindex = tb[RTA_OIF] ? nla_get_u32(tb[RTA_OIF]) : 0;
	err = mctp_netlink_dump_filter(skb, cb, ifindex);
	if (err)
		return min(err, 0);

	/* RTNL keeps routes, and networks that have some; RCU the others */
	rcu_read_lock();
	xa_for_each_start(&pn->nets, id, network, at->index) {
		u64 next = id == at->index ? at->next : 0;

		err = mctp_route_dump_network(skb, cb, network, ifindex, &next);
		if (err) {
			at->index = id;
			at->next = next;
			err = skb->len ?: err;
			break;
		}
	}
	rcu_read_unlock();
	return err;
}
