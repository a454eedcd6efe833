/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_TIMER_H
#define __COMPAT_LINUX_TIMER_H

#include_next <linux/timer.h>

/* 6.16 renamed from_timer() */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

#endif /* __COMPAT_LINUX_TIMER_H */
