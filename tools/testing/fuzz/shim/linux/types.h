/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's types, for its code in a program. */
#ifndef SHIM_TYPES_H
#define SHIM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;

#endif /* SHIM_TYPES_H */
