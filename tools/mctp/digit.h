/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digits of text.
 */
#ifndef MCTP_TOOL_DIGIT_H
#define MCTP_TOOL_DIGIT_H

/*
 * Return: the value of a digit, or 16 for a character that is none. The C locale's isxdigit(),
 * without the locale.
 */
static inline unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

#endif
