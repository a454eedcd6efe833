/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_TTY_DRIVER_H
#define __COMPAT_LINUX_TTY_DRIVER_H

#include_next <linux/tty_driver.h>
#include <linux/types.h>

/* 6.6 gave write() other types; as with receive_buf() in tty_ldisc.h, the
 * definition gets one of the old type in front.
 */
#ifndef COMPAT_HAS_TTY_WRITE_SIZE_T
#define mctp_serial_test_write(...)					\
	mctp_serial_test_write_u8(__VA_ARGS__);				\
static int mctp_serial_test_write(struct tty_struct *tty,		\
				  const unsigned char *buf, int count)	\
{									\
	return mctp_serial_test_write_u8(tty, buf, count);		\
}									\
static ssize_t mctp_serial_test_write_u8(__VA_ARGS__)
#endif

#endif /* __COMPAT_LINUX_TTY_DRIVER_H */
