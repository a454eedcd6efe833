/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __COMPAT_KUNIT_TEST_H
#define __COMPAT_KUNIT_TEST_H

#include_next <kunit/test.h>
#include <linux/version.h>

/*
 * 6.8 runs a module's suites once its init is done. Some kernels before that,
 * 6.1 among them, run them first, when there is nothing to test yet: a module
 * whose tests need its init must call them there itself.
 */
#if defined(MODULE) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define COMPAT_KUNIT_RUNS_EARLY
#endif

#endif /* __COMPAT_KUNIT_TEST_H */
