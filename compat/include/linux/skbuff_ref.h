/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_SKBUFF_REF_H
#define __COMPAT_LINUX_SKBUFF_REF_H

#include <linux/skbuff.h>

/* 6.10 moved skb_frag_ref() and its like here. Sparse knows no
 * __has_include_next().
 */
#ifdef COMPAT_HAS_SKBUFF_REF
#include_next <linux/skbuff_ref.h>
#endif

#endif /* __COMPAT_LINUX_SKBUFF_REF_H */
