// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel complain, and does not stay: who runs tests on it must see that.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/module.h>

static int __init complaint_init(void)
{
	WARN(1, "a complaint that a test asked for\n");
	return -ECANCELED;
}

module_init(complaint_init);
MODULE_DESCRIPTION("Makes the kernel warn, to test that its warnings are seen");
MODULE_LICENSE("GPL");
