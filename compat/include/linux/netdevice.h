/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_NETDEVICE_H
#define __COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>
#include <linux/version.h>

/*
 * header_ops->parse() got the device in 7.0, and in stable kernels on the way;
 * a build that has looked says so by COMPAT_HEADER_PARSE_DEV, 0 or 1.
 */
#ifndef COMPAT_HEADER_PARSE_DEV
#define COMPAT_HEADER_PARSE_DEV						\
	(LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 10) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 20, 0)) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 20) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 79) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)))
#endif

/*
 * Where a parse() is defined, and nowhere else, its name is followed by a
 * parenthesis: there the definition gets one of the old type in front. A driver
 * that has a parse() adds a line for its name.
 */
#if !COMPAT_HEADER_PARSE_DEV
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

#endif /* __COMPAT_LINUX_NETDEVICE_H */
