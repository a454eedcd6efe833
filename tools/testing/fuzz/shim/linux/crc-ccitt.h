/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/crc-ccitt.h>, without the table. */
#ifndef SHIM_CRC_CCITT_H
#define SHIM_CRC_CCITT_H

#include <linux/types.h>

static inline u16 crc_ccitt_byte(u16 crc, u8 byte)
{
	u8 mix = crc ^ byte;

	mix ^= mix << 4;
	return (u16)(mix << 8 | crc >> 8) ^ mix >> 4 ^ mix << 3;
}

static inline u16 crc_ccitt(u16 crc, const u8 *buf, size_t len)
{
	while (len--)
		crc = crc_ccitt_byte(crc, *buf++);
	return crc;
}

#endif /* SHIM_CRC_CCITT_H */
