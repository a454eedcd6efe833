/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_NET_RTNETLINK_H
#define __COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>
#include <linux/err.h>
#include <net/net_namespace.h>

/* 6.13, and stable kernels since: tables of handlers */
#ifndef rtnl_register_many
struct rtnl_msg_handler {
	struct module *owner;
	int protocol;
	int msgtype;
	rtnl_doit_func doit;
	rtnl_dumpit_func dumpit;
	int flags;
};

static inline void __rtnl_unregister_many(const struct rtnl_msg_handler *handlers,
					  int n)
{
	while (n--)
		rtnl_unregister(handlers[n].protocol, handlers[n].msgtype);
}

static inline int __rtnl_register_many(const struct rtnl_msg_handler *handlers,
				       int n)
{
	int i, err;

	for (i = 0; i < n; i++) {
		err = rtnl_register_module(handlers[i].owner,
					   handlers[i].protocol,
					   handlers[i].msgtype,
					   handlers[i].doit,
					   handlers[i].dumpit,
					   handlers[i].flags);
		if (err) {
			__rtnl_unregister_many(handlers, i);
			return err;
		}
	}
	return 0;
}

#define rtnl_register_many(handlers) \
	__rtnl_register_many(handlers, ARRAY_SIZE(handlers))
#define rtnl_unregister_many(handlers) \
	__rtnl_unregister_many(handlers, ARRAY_SIZE(handlers))
#endif

/* Before 6.13 it could not fail, and returned nothing */
#define rtnl_af_register(ops)						\
	__builtin_choose_expr(						\
		__builtin_types_compatible_p(typeof(&rtnl_af_register),	\
					     void (*)(struct rtnl_af_ops *)), \
		((void)rtnl_af_register(ops), 0), rtnl_af_register(ops))

/*
 * 6.13 made rtnetlink find the namespace of a pair's other end, by the type of
 * the attribute that describes it. Before, there is no place for that type: it
 * goes to a member that only a master device's kind uses, which none here is.
 */
#ifndef COMPAT_HAS_NEWLINK_PEER_TYPE
#define peer_type	slave_maxtype
#endif

/* 6.15 gave newlink() a structure for its arguments. */
#ifndef COMPAT_HAS_NEWLINK_PARAMS
struct rtnl_newlink_params {
	struct net *src_net;
	struct net *link_net;
	struct net *peer_net;
	struct nlattr **tb;
	struct nlattr **data;
};

static inline struct net *
rtnl_newlink_link_net(struct rtnl_newlink_params *p)
{
	return p->link_net ? : p->src_net;
}

static inline struct net *
rtnl_newlink_peer_net(struct rtnl_newlink_params *p)
{
	return p->peer_net ? : rtnl_newlink_link_net(p);
}

/*
 * Call a newlink() of the new type on behalf of an rtnetlink of the old one.
 * @net is what it gave: until 6.12 that of the request, then of the other end.
 */
static inline int
compat_rtnl_newlink(int (*newlink)(struct net_device *dev,
				   struct rtnl_newlink_params *params,
				   struct netlink_ext_ack *extack),
		    u16 peer, struct net *net, struct net_device *dev,
		    struct nlattr *tb[], struct nlattr *data[],
		    struct netlink_ext_ack *extack)
{
	struct rtnl_newlink_params params = {
		.src_net = net, .tb = tb, .data = data,
	};
	int err;

#ifndef COMPAT_HAS_NEWLINK_PEER_TYPE
	struct nlattr *peer_tb[IFLA_MAX + 1];

	if (data && data[peer]) {
		err = rtnl_nla_parse_ifinfomsg(peer_tb, data[peer], extack);
		if (err < 0)
			return err;
		tb = peer_tb;
	}
	params.peer_net = rtnl_link_get_net(net, tb);
	if (IS_ERR(params.peer_net))
		return PTR_ERR(params.peer_net);
#endif
	err = newlink(dev, &params, extack);
#ifndef COMPAT_HAS_NEWLINK_PEER_TYPE
	put_net(params.peer_net);
#endif
	return err;
}

/*
 * Where vmctp_newlink() is defined, and nowhere else, its name is followed by a
 * parenthesis: there the definition gets one of the old type in front.
 */
#define vmctp_newlink(...)						\
	vmctp_newlink_params(__VA_ARGS__);				\
static int vmctp_newlink(struct net *net, struct net_device *dev,	\
			 struct nlattr *tb[], struct nlattr *data[],	\
			 struct netlink_ext_ack *extack)		\
{									\
	return compat_rtnl_newlink(vmctp_newlink_params,		\
				   IFLA_VMCTP_PEER, net, dev, tb, data,	\
				   extack);				\
}									\
static int vmctp_newlink_params(__VA_ARGS__)
#endif

#endif /* __COMPAT_NET_RTNETLINK_H */
