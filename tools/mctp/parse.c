// SPDX-License-Identifier: GPL-2.0
/*
 * From text to values: numbers, times, EIDs, ranges of EIDs, message types, bytes, hardware addresses,
 * device names.
 */
#include <string.h>

#include <net/if.h>

#include "digit.h"
#include "mctp.h"
#include "parse.h"

/* Digits from @text to before @end, all of them, to 32 bits. */
static enum parse parse_digits(const char *text, const char *end, unsigned int base,
			       uint32_t *value)
{
	uint64_t sum = 0;

	if (text == end)
		return PARSE_SYNTAX;
	for (; text < end; text++) {
		if (digit(*text) >= base)
			return PARSE_SYNTAX;
		if (sum <= UINT32_MAX)
			sum = sum * base + digit(*text);
	}
	if (sum > UINT32_MAX)
		return PARSE_RANGE;
	*value = sum;
	return PARSE_OK;
}

static bool is_hex(const char *text, const char *end)
{
	return end - text > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static enum parse parse_span(const char *text, const char *end, uint32_t least, uint32_t most,
			     uint32_t *value)
{
	uint32_t number = 0;
	enum parse result;

	if (is_hex(text, end))
		result = parse_digits(text + 2, end, 16, &number);
	else
		result = parse_digits(text, end, 10, &number);
	if (result != PARSE_OK)
		return result;
	if (number < least || number > most)
		return PARSE_RANGE;
	*value = number;
	return PARSE_OK;
}

/**
 * parse_number - read a decimal or 0x number
 * @text: the whole text must be the number: no sign, no space; leading zeros do not mean octal
 * @least: smallest value that is taken
 * @most: greatest value that is taken
 * @value: the number; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX or PARSE_RANGE.
 */
enum parse parse_number(const char *text, uint32_t least, uint32_t most, uint32_t *value)
{
	return parse_span(text, text + strlen(text), least, most, value);
}

/**
 * parse_eid - read an EID that an endpoint may have, 8 to 254
 * @text: the text
 * @eid: the EID; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX or PARSE_RANGE.
 */
enum parse parse_eid(const char *text, uint8_t *eid)
{
	uint32_t number;
	enum parse result;

	result = parse_number(text, EID_FIRST, EID_LAST, &number);
	if (result == PARSE_OK)
		*eid = number;
	return result;
}

/**
 * parse_eid_range - read "9" or "9-20"
 * @text: the text
 * @first: the first EID; untouched unless PARSE_OK
 * @last: the last EID, the first again when only one is given; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX, PARSE_RANGE or PARSE_ORDER.
 */
enum parse parse_eid_range(const char *text, uint8_t *first, uint8_t *last)
{
	const char *end = text + strlen(text);
	const char *dash = strchr(text, '-');
	uint32_t from, to;
	enum parse result;

	result = parse_span(text, dash ? dash : end, EID_FIRST, EID_LAST, &from);
	if (result != PARSE_OK)
		return result;
	to = from;
	if (dash)
		result = parse_span(dash + 1, end, EID_FIRST, EID_LAST, &to);
	if (result != PARSE_OK)
		return result;
	if (to < from)
		return PARSE_ORDER;
	*first = from;
	*last = to;
	return PARSE_OK;
}

/**
 * parse_milli - read a decimal number with up to three decimals, as 0.25
 * @text: the whole text must be the number
 * @most: greatest value that is taken, times 1000
 * @milli: the number times 1000; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX or PARSE_RANGE.
 */
enum parse parse_milli(const char *text, uint32_t most, uint32_t *milli)
{
	const char *end = text + strlen(text);
	const char *dot = strchr(text, '.');
	uint32_t whole = 0, part = 0;
	enum parse result;
	int decimals;

	result = parse_digits(text, dot ? dot : end, 10, &whole);
	if (result != PARSE_OK)
		return result;
	if (dot) {
		if (end - dot - 1 > 3 || parse_digits(dot + 1, end, 10, &part) != PARSE_OK)
			return PARSE_SYNTAX;
		for (decimals = end - dot - 1; decimals < 3; decimals++)
			part *= 10;
	}
	if (whole > UINT32_MAX / 1000 - 1 || whole * 1000 + part > most)
		return PARSE_RANGE;
	*milli = whole * 1000 + part;
	return PARSE_OK;
}

/* Message types of DSP0239. */
static const char *const type_names[] = {
	[0x00] = "control",	 [0x01] = "pldm",	[0x02] = "nc-si",
	[0x03] = "ethernet",	 [0x04] = "nvme-mi",	[0x05] = "spdm",
	[0x06] = "secured-spdm", [0x07] = "cxl-fm",	[0x08] = "cxl-cci",
	[0x7e] = "vendor-pci",	 [0x7f] = "vendor-iana",
};

#define N_TYPES (sizeof(type_names) / sizeof(type_names[0]))

/**
 * parse_type_name - name a message type
 * @type: its number, without the integrity check bit
 *
 * Return: the name, or NULL for one that is not known.
 */
const char *parse_type_name(uint8_t type)
{
	return type < N_TYPES ? type_names[type] : NULL;
}

/**
 * parse_type - read a message type: a number to 0x7f, or a name as pldm
 * @text: the text
 * @type: the type; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX or PARSE_RANGE.
 */
enum parse parse_type(const char *text, uint8_t *type)
{
	enum parse result;
	uint32_t number;
	size_t i;

	for (i = 0; i < N_TYPES; i++) {
		if (type_names[i] && !strcmp(type_names[i], text)) {
			*type = i;
			return PARSE_OK;
		}
	}
	result = parse_number(text, 0, 0x7f, &number);
	if (result == PARSE_OK)
		*type = number;
	return result;
}

/**
 * parse_bytes - read bytes: two hexadecimal digits each, blanks or colons between them
 * @text: the text
 * @bytes: room for them; may be written to whatever is returned
 * @room: how many fit
 * @len: how many there are; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX, or PARSE_RANGE when there are too many.
 */
enum parse parse_bytes(const char *text, uint8_t *bytes, size_t room, size_t *len)
{
	size_t n = 0;

	for (;;) {
		text += strspn(text, " \t\n:");
		if (!*text)
			break;
		if (digit(text[0]) > 15 || digit(text[1]) > 15)
			return PARSE_SYNTAX;
		if (n == room)
			return PARSE_RANGE;
		bytes[n++] = digit(text[0]) << 4 | digit(text[1]);
		text += 2;
	}
	*len = n;
	return PARSE_OK;
}

/* One byte in hexadecimal, one or two digits, with or without 0x. */
static enum parse parse_hex_byte(const char *text, const char *end, uint8_t *byte)
{
	uint32_t number;

	if (is_hex(text, end))
		text += 2;
	if (end - text > 2 || parse_digits(text, end, 16, &number) != PARSE_OK)
		return PARSE_SYNTAX;
	*byte = number;
	return PARSE_OK;
}

/*
 * A lone "29" might be meant in decimal, as all other numbers are: only 0x or a letter makes it
 * clear.
 */
static bool is_ambiguous(const char *text)
{
	uint32_t number;

	return !strchr(text, ':') && parse_number(text, 0, UINT32_MAX, &number) == PARSE_OK &&
	       !is_hex(text, text + strlen(text)) && number > 9;
}

/**
 * parse_lladdr - read a hardware address: 0x1d, or several bytes as in 00:1b:21
 * @text: the text
 * @bytes: room for LLADDR_MAX bytes; may be written to whatever is returned
 * @len: how many there are, 1 to LLADDR_MAX; untouched unless PARSE_OK
 *
 * Return: PARSE_OK, PARSE_SYNTAX, PARSE_RANGE (too many bytes) or PARSE_AMBIGUOUS (write 0x in
 * front).
 */
enum parse parse_lladdr(const char *text, uint8_t *bytes, size_t *len)
{
	const char *end;
	size_t n = 0;

	if (is_ambiguous(text))
		return PARSE_AMBIGUOUS;
	for (;; text = end + 1) {
		end = strchrnul(text, ':');
		if (n == LLADDR_MAX)
			return PARSE_RANGE;
		if (parse_hex_byte(text, end, &bytes[n++]) != PARSE_OK)
			return PARSE_SYNTAX;
		if (!*end)
			break;
	}
	*len = n;
	return PARSE_OK;
}

/**
 * parse_ifname_valid - could a network device have this name?
 * @text: the name; the kernel's own rules
 */
bool parse_ifname_valid(const char *text)
{
	size_t len = strlen(text);

	if (!len || len >= IFNAMSIZ || !strcmp(text, ".") || !strcmp(text, ".."))
		return false;
	return strcspn(text, "/: \t\n\v\f\r\xa0") == len;
}
