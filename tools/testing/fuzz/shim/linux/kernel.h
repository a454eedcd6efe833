/* SPDX-License-Identifier: GPL-2.0 */
/* What <linux/kernel.h> has of use here. */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#include <linux/types.h>

#define REPEAT_BYTE(x)	(~0ul / 0xff * (x))

#endif /* SHIM_KERNEL_H */
