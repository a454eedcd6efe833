// SPDX-License-Identifier: GPL-2.0
/*
 * UUIDs as text.
 */
#include <stdio.h>
#include <string.h>

#include "digit.h"
#include "uuid_text.h"

static bool is_hyphen_at(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/**
 * uuid_parse - read a UUID of 32 digits and four hyphens
 *
 * Return: false when the text is none.
 */
bool uuid_parse(const char *text, uint8_t uuid[16])
{
	unsigned int high, low;
	int i;

	for (i = 0; i < 16; i++) {
		if (is_hyphen_at(i) && *text++ != '-')
			return false;
		high = digit(text[0]);
		low = high > 15 ? 16 : digit(text[1]);
		if (low > 15)
			return false;
		uuid[i] = high << 4 | low;
		text += 2;
	}
	return !*text;
}

/**
 * uuid_format - write a UUID
 */
void uuid_format(const uint8_t uuid[16], char text[UUID_TEXT_SIZE])
{
	int i;

	for (i = 0; i < 16; i++)
		text += sprintf(text, "%s%02x", is_hyphen_at(i) ? "-" : "", uuid[i]);
}
