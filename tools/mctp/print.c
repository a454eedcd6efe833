// SPDX-License-Identifier: GPL-2.0
/*
 * Records as text or as JSON from one call.
 */
#include <inttypes.h>
#include <string.h>

#include "print.h"

/*
 * Return: length of the UTF-8 sequence at @s, or 0 if there is none that is well formed (overlong
 * ones are not).
 */
static int utf8_length(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	int len, i;

	if (*s < 0x80)
		return 1;
	len = *s >= 0xf0 && *s < 0xf8 ? 4 : *s >= 0xe0 ? 3 : *s >= 0xc0 ? 2 : 0;
	if (!len || *s >= 0xf8)
		return 0;
	code = *s & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return len;
}

static void put_json_string(FILE *to, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	int len;

	putc('"', to);
	for (; *s; s += len) {
		len = utf8_length(s);
		if (!len) {
			fputs("\\ufffd", to);
			len = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(to, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(to, "\\u%04x", *s);
		} else {
			fwrite(s, 1, len, to);
		}
	}
	putc('"', to);
}

/* A device's name may hold escape sequences; they shall not reach a terminal. */
static void put_text(FILE *to, const char *text, int width)
{
	for (; *text; text++, width--)
		putc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, to);
	for (; width > 0; width--)
		putc(' ', to);
}

static void begin_field(struct printer *p, const char *label, const char *key)
{
	if (p->json) {
		fputs(p->fields ? "," : "", p->to);
		put_json_string(p->to, key);
		putc(':', p->to);
	} else {
		fprintf(p->to, "%s%s%s", p->fields ? " " : "", label ? label : "",
			label ? " " : "");
	}
	p->fields++;
}

/**
 * print_begin - begin the output
 */
void print_begin(struct printer *p)
{
	if (p->json)
		putc('[', p->to);
	p->records = 0;
}

/**
 * print_end - end the output
 */
void print_end(struct printer *p)
{
	if (p->json)
		fputs(p->records ? "\n]\n" : "]\n", p->to);
}

/**
 * print_record - begin a record
 */
void print_record(struct printer *p)
{
	if (p->json)
		fputs(p->records ? ",\n{" : "\n{", p->to);
	p->records++;
	p->fields = 0;
}

/**
 * print_record_end - end a record
 */
void print_record_end(struct printer *p)
{
	putc(p->json ? '}' : '\n', p->to);
}

/**
 * print_string - print a field of text
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @value: the value
 */
void print_string(struct printer *p, const char *label, const char *key, const char *value)
{
	begin_field(p, label, key);
	if (p->json)
		put_json_string(p->to, value);
	else
		put_text(p->to, value, 0);
}

/**
 * print_number - print a field of a number
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @value: the value
 */
void print_number(struct printer *p, const char *label, const char *key, uint64_t value)
{
	begin_field(p, label, key);
	fprintf(p->to, "%" PRIu64, value);
}

/**
 * print_lladdr - print a hardware address: none (null in JSON), 0x1d, or several bytes as 00:1b:21
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @bytes: the address
 * @len: its length, 0 for none
 */
void print_lladdr(struct printer *p, const char *label, const char *key, const uint8_t *bytes,
		  size_t len)
{
	const char *quote = p->json ? "\"" : "";
	size_t i;

	begin_field(p, label, key);
	if (!len) {
		fputs(p->json ? "null" : "none", p->to);
		return;
	}
	fputs(quote, p->to);
	if (len == 1)
		fputs("0x", p->to);
	for (i = 0; i < len; i++)
		fprintf(p->to, "%s%02x", i ? ":" : "", bytes[i]);
	fputs(quote, p->to);
}

/**
 * print_bool - print a field that is true or false
 * @p: the printer
 * @key: the name in JSON
 * @value: the value
 * @if_true: the text when it is true, NULL for no text at all
 * @if_false: the text when it is false, NULL for no text at all
 */
void print_bool(struct printer *p, const char *key, bool value, const char *if_true,
		const char *if_false)
{
	const char *text = value ? if_true : if_false;

	if (p->json) {
		begin_field(p, NULL, key);
		fputs(value ? "true" : "false", p->to);
	} else if (text) {
		begin_field(p, NULL, key);
		fputs(text, p->to);
	}
}

/**
 * print_json_string - print a field that the text has no room for
 * @p: the printer
 * @key: the name in JSON
 * @value: the value, NULL for null
 */
void print_json_string(struct printer *p, const char *key, const char *value)
{
	if (!p->json)
		return;
	begin_field(p, NULL, key);
	if (value)
		put_json_string(p->to, value);
	else
		fputs("null", p->to);
}

/**
 * print_heading - print a column's heading of a table; JSON has none
 * @p: the printer
 * @text: the heading
 * @width: the column's width, 0 for the last
 */
void print_heading(struct printer *p, const char *text, int width)
{
	if (p->json)
		return;
	fputs(p->fields++ ? " " : "", p->to);
	put_text(p->to, text, width);
}

/**
 * print_heading_end - end the head line of a table
 */
void print_heading_end(struct printer *p)
{
	if (!p->json)
		putc('\n', p->to);
}

/* Is it a number of 64 bits at most, as JSON writes them: digits, no leading zero? */
static bool is_json_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len && len <= 20 && !text[len] && (len == 1 || *text != '0');
}

/**
 * print_cell - print a field of a table: padded in text, a number in JSON where it is one
 * @p: the printer
 * @key: the name in JSON
 * @value: the value as it stands in the table
 * @width: the column's width, 0 for the last
 */
void print_cell(struct printer *p, const char *key, const char *value, int width)
{
	begin_field(p, NULL, key);
	if (!p->json)
		put_text(p->to, value, width);
	else if (is_json_number(value))
		fputs(value, p->to);
	else
		put_json_string(p->to, value);
}
