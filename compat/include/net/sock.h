/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_NET_SOCK_H
#define __COMPAT_NET_SOCK_H

#include_next <net/sock.h>

/* 6.17, in place of sock_i_uid() */
#ifndef COMPAT_HAS_SK_UID
static inline kuid_t sk_uid(const struct sock *sk)
{
	return READ_ONCE(sk->sk_uid);
}
#endif

/* 6.18 */
#ifndef COMPAT_HAS_SK_DROPS_INC
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
