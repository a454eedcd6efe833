/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_NET_SOCK_H
#define __COMPAT_NET_SOCK_H

#include_next <net/sock.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline void sk_drops_inc(struct sock *sk)
{
	atomic_inc(&sk->sk_drops);
}

static inline int sk_drops_read(const struct sock *sk)
{
	return atomic_read(&sk->sk_drops);
}
#endif

#endif /* __COMPAT_NET_SOCK_H */
