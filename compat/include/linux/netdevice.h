/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_NETDEVICE_H
#define __COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

/* 7.0, and stable kernels on the way, gave header_ops->parse() the device. */
#ifndef COMPAT_HAS_HEADER_PARSE_DEV
/*
 * Where a parse() is defined, and nowhere else, its name is followed by a
 * parenthesis: there the definition gets one of the old type in front. A driver
 * that has a parse() adds a line for its name.
 */
#define COMPAT_HEADER_PARSE(name, ...)					\
	name##_dev(__VA_ARGS__);					\
static int name(const struct sk_buff *skb, unsigned char *haddr)	\
{									\
	return name##_dev(skb, skb->dev, haddr);			\
}									\
static int name##_dev(__VA_ARGS__)

#define vmctp_header_parse(...)						\
	COMPAT_HEADER_PARSE(vmctp_header_parse, __VA_ARGS__)
#define mctp_i2c_header_parse(...)					\
	COMPAT_HEADER_PARSE(mctp_i2c_header_parse, __VA_ARGS__)
#define mctp_fake_hdr_parse(...)					\
	COMPAT_HEADER_PARSE(mctp_fake_hdr_parse, __VA_ARGS__)
#endif

/* 6.6 gave the filters of both directions another type, with names of their own */
#if defined(CONFIG_NET_CLS_ACT) && !defined(CONFIG_NET_XGRESS)
#define CONFIG_NET_XGRESS	1
#define tcx_ingress		miniq_ingress
#define tcx_egress		miniq_egress
#endif

#endif /* __COMPAT_LINUX_NETDEVICE_H */
