// SPDX-License-Identifier: GPL-2.0
/*
 * Records as text or as JSON from one call.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

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

/* Fields that stand out on a terminal. */
static const struct {
	const char *key;
	const char *colour;
} colours[] = {
	{ "dev", "\033[36m" },     { "eid", "\033[34m" },      { "eid_min", "\033[34m" },
	{ "eid_max", "\033[34m" }, { "address", "\033[33m" },  { "lladdr", "\033[33m" },
	{ "up", "\033[32m" },      { "down", "\033[31m" },     { "timeout", "\033[31m" },
	{ "add", "\033[32m" },     { "delete", "\033[31m" },   { "change", "\033[33m" },
};

static void colour_on(struct printer *p, const char *what)
{
	size_t i;

	if (!p->colour || p->json)
		return;
	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (!strcmp(colours[i].key, what))
			fputs(colours[i].colour, p->to);
	}
}

static void colour_off(struct printer *p)
{
	if (p->colour && !p->json)
		fputs("\033[0m", p->to);
}

/* The next line of pretty JSON. */
static void next_line(struct printer *p)
{
	if (p->pretty)
		fprintf(p->to, "\n%*s", 4 * p->depth, "");
}

static void begin_field(struct printer *p, const char *label, const char *key)
{
	if (p->json) {
		fputs(p->fields ? "," : "", p->to);
		next_line(p);
		put_json_string(p->to, key);
		fputs(p->pretty ? ": " : ":", p->to);
	} else {
		fprintf(p->to, "%s%s%s", p->fields ? " " : "", label ? label : "",
			label ? " " : "");
	}
	p->fields++;
	colour_on(p, key);
}

static void begin_object(struct printer *p)
{
	putc('{', p->to);
	p->depth++;
}

static void end_object(struct printer *p)
{
	p->depth--;
	if (p->fields)
		next_line(p);
	putc('}', p->to);
}

/**
 * print_begin - begin the output
 */
void print_begin(struct printer *p)
{
	if (p->json)
		putc('[', p->to);
	p->records = 0;
	p->stream = false;
	p->depth = 1;
}

/**
 * print_begin_stream - begin an output of which each record is to be seen as it comes
 */
void print_begin_stream(struct printer *p)
{
	p->records = 0;
	p->stream = true;
	p->depth = 0;
}

/**
 * print_end - end the output
 */
void print_end(struct printer *p)
{
	if (p->json && !p->stream)
		fputs(p->records ? "\n]\n" : "]\n", p->to);
}

/**
 * print_record - begin a record
 */
void print_record(struct printer *p)
{
	if (p->json) {
		if (!p->stream)
			fputs(p->records ? ",\n" : "\n", p->to);
		if (!p->stream && p->pretty)
			fputs("    ", p->to);
		begin_object(p);
	}
	p->records++;
	p->fields = 0;
}

/**
 * print_record_end - end a record; a stream's is seen at once
 */
void print_record_end(struct printer *p)
{
	if (p->json)
		end_object(p);
	if (p->json ? p->stream : p->fields > 0)
		putc('\n', p->to);
	if (p->stream)
		fflush(p->to);
}

/**
 * print_list - begin a list, the last of a record's fields or behind another list
 * @p: the printer
 * @key: the name in JSON
 */
void print_list(struct printer *p, const char *key)
{
	if (p->json) {
		begin_field(p, NULL, key);
		putc('[', p->to);
		p->depth++;
	} else if (p->fields) {
		putc('\n', p->to);
		p->fields = 0;
	}
	p->outer = p->fields;
	p->items = 0;
}

/**
 * print_list_end - end a list
 */
void print_list_end(struct printer *p)
{
	p->fields = p->outer;
	if (!p->json)
		return;
	p->depth--;
	if (p->items)
		next_line(p);
	putc(']', p->to);
}

/**
 * print_item - begin an item of a list
 */
void print_item(struct printer *p)
{
	if (p->json) {
		fputs(p->items ? "," : "", p->to);
		next_line(p);
		begin_object(p);
	}
	p->items++;
	p->fields = 0;
}

/**
 * print_item_end - end an item of a list
 */
void print_item_end(struct printer *p)
{
	if (p->json)
		end_object(p);
	else
		putc('\n', p->to);
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
	colour_off(p);
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
	colour_off(p);
}

/**
 * print_milli - print a field of a number with three decimals
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @thousandths: the value times 1000
 */
void print_milli(struct printer *p, const char *label, const char *key, uint64_t thousandths)
{
	begin_field(p, label, key);
	fprintf(p->to, "%" PRIu64 ".%03u", thousandths / 1000, (unsigned int)(thousandths % 1000));
	colour_off(p);
}

/**
 * print_hex - print a field of a number in hexadecimal, a string in JSON
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @value: the value
 * @digits: how many at least
 */
void print_hex(struct printer *p, const char *label, const char *key, uint32_t value,
	       unsigned int digits)
{
	const char *quote = p->json ? "\"" : "";

	begin_field(p, label, key);
	fprintf(p->to, "%s0x%0*x%s", quote, (int)digits, value, quote);
	colour_off(p);
}

/**
 * print_null - print a field that has no value: "-", null in JSON
 */
void print_null(struct printer *p, const char *label, const char *key)
{
	begin_field(p, label, key);
	fputs(p->json ? "null" : "-", p->to);
	colour_off(p);
}

/* A field of @n values, of which each but the first is put behind a comma; @none in text for none */
static void begin_values(struct printer *p, const char *label, const char *key, size_t n,
			 const char *none)
{
	begin_field(p, label, key);
	if (p->json)
		putc('[', p->to);
	else if (!n)
		fputs(none, p->to);
}

static void end_values(struct printer *p)
{
	if (p->json)
		putc(']', p->to);
	colour_off(p);
}

/**
 * print_strings - print a field of several short strings: joined by commas, an array in JSON
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @values: the strings
 * @n: how many; "-" in text for none
 */
void print_strings(struct printer *p, const char *label, const char *key,
		   const char (*values)[PRINT_STRINGS_SIZE], size_t n)
{
	size_t i;

	begin_values(p, label, key, n, "-");
	for (i = 0; i < n; i++) {
		fputs(i ? "," : "", p->to);
		if (p->json)
			put_json_string(p->to, values[i]);
		else
			put_text(p->to, values[i], 0);
	}
	end_values(p);
}

/**
 * print_numbers - print a field of several numbers: joined by commas, or "none"; an array in JSON
 * @p: the printer
 * @label: before the value in text, or NULL
 * @key: the name in JSON
 * @values: the numbers
 * @n: how many
 */
void print_numbers(struct printer *p, const char *label, const char *key, const uint8_t *values,
		   size_t n)
{
	size_t i;

	begin_values(p, label, key, n, "none");
	for (i = 0; i < n; i++)
		fprintf(p->to, "%s%u", i ? "," : "", values[i]);
	end_values(p);
}

/**
 * print_bytes - print a field of data: two hexadecimal digits a byte, "-" in text for no byte
 */
void print_bytes(struct printer *p, const char *label, const char *key, const uint8_t *bytes,
		 size_t len)
{
	size_t i;

	begin_field(p, label, key);
	fputs(p->json ? "\"" : len ? "" : "-", p->to);
	for (i = 0; i < len; i++)
		fprintf(p->to, "%02x", bytes[i]);
	fputs(p->json ? "\"" : "", p->to);
	colour_off(p);
}

/**
 * print_time - print the time of day, in UTC, to the millisecond
 */
void print_time(struct printer *p, const char *label, const char *key)
{
	const char *quote = p->json ? "\"" : "";
	struct timespec now;
	char text[32] = "";
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	begin_field(p, label, key);
	fprintf(p->to, "%s%s.%03ldZ%s", quote, text, now.tv_nsec / 1000000, quote);
	colour_off(p);
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
		colour_off(p);
		return;
	}
	fputs(quote, p->to);
	if (len == 1)
		fputs("0x", p->to);
	for (i = 0; i < len; i++)
		fprintf(p->to, "%s%02x", i ? ":" : "", bytes[i]);
	fputs(quote, p->to);
	colour_off(p);
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
		begin_field(p, NULL, "");
		colour_on(p, text);
		fputs(text, p->to);
		colour_off(p);
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
 * print_cell - print a field of a table: padded in text; in JSON a number where it is one, and null
 * for "-"
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
	else if (!strcmp(value, "-"))
		fputs("null", p->to);
	else
		put_json_string(p->to, value);
	colour_off(p);
}
