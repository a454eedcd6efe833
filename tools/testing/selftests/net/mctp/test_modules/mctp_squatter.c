// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the socket family first, as a kernel with MCTP built in does.
 */
#include <linux/module.h>
#include <linux/net.h>
#include <linux/socket.h>

static int squatter_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	return -EPROTONOSUPPORT;
}

static const struct net_proto_family squatter_family = {
	.family = PF_MCTP,
	.create = squatter_create,
	.owner = THIS_MODULE,
};

static int __init squatter_init(void)
{
	return sock_register(&squatter_family);
}

static void __exit squatter_exit(void)
{
	sock_unregister(PF_MCTP);
}

module_init(squatter_init);
module_exit(squatter_exit);
MODULE_DESCRIPTION("Takes the MCTP socket family, to test that a second owner is refused");
MODULE_LICENSE("GPL");
