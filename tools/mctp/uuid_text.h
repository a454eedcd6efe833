/* SPDX-License-Identifier: GPL-2.0 */
/*
 * UUIDs as text (RFC 4122); on the wire they are these bytes in this order (DSP0236, 12.6).
 */
#ifndef MCTP_TOOL_UUID_TEXT_H
#define MCTP_TOOL_UUID_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UUID_TEXT_SIZE 37

bool uuid_parse(const char *text, uint8_t uuid[16]);
void uuid_format(const uint8_t uuid[16], char text[UUID_TEXT_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
