/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests share: cmocka, which wants these headers before it.
 */
#ifndef MCTPD_TEST_H
#define MCTPD_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Tests without a fixture have no use for the state. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define SECOND 1000000ull

#endif
