/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_SKBUFF_REF_H
#define __COMPAT_LINUX_SKBUFF_REF_H

#include <linux/skbuff.h>
#include <linux/version.h>

/* 6.10 moved skb_frag_ref() and its like here. By version, since sparse knows
 * no __has_include_next().
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include_next <linux/skbuff_ref.h>
#endif

#endif /* __COMPAT_LINUX_SKBUFF_REF_H */
