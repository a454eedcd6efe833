/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_I2C_MUX_H
#define __COMPAT_LINUX_I2C_MUX_H

#include_next <linux/i2c-mux.h>
#include <linux/version.h>

/* 6.10 took the class from it */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define i2c_mux_add_adapter(muxc, force_nr, chan_id) \
	i2c_mux_add_adapter(muxc, force_nr, chan_id, 0)
#endif

#endif /* __COMPAT_LINUX_I2C_MUX_H */
