/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_TTY_LDISC_H
#define __COMPAT_LINUX_TTY_LDISC_H

#include_next <linux/tty_ldisc.h>
#include <linux/types.h>

/*
 * 6.6 gave receive_buf() other types. Where a receive_buf() is defined, and
 * nowhere else, its name is followed by a parenthesis: there the definition
 * gets one of the old type in front.
 */
#ifndef COMPAT_HAS_TTY_RECEIVE_SIZE_T
#define mctp_serial_receive_buf(...)					\
	mctp_serial_receive_u8(__VA_ARGS__);				\
static void mctp_serial_receive_buf(struct tty_struct *tty,		\
				    const unsigned char *cp,		\
				    const char *fp, int count)		\
{									\
	mctp_serial_receive_u8(tty, cp, (const u8 *)fp, count);		\
}									\
static void mctp_serial_receive_u8(__VA_ARGS__)
#endif

#endif /* __COMPAT_LINUX_TTY_LDISC_H */
