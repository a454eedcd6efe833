/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_LINUX_I2C_H
#define __COMPAT_LINUX_I2C_H

#include_next <linux/i2c.h>
#include <linux/version.h>

/*
 * 6.3 took the second argument from probe(). Where a probe() is defined, and
 * nowhere else, its name is followed by a parenthesis: there the definition gets
 * one of the old type in front.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define mctp_i2c_probe(...)						\
	mctp_i2c_probe_client(__VA_ARGS__);				\
static int mctp_i2c_probe(struct i2c_client *client,			\
			  const struct i2c_device_id *id)		\
{									\
	return mctp_i2c_probe_client(client);				\
}									\
static int mctp_i2c_probe_client(__VA_ARGS__)
#endif

#endif /* __COMPAT_LINUX_I2C_H */
