// SPDX-License-Identifier: GPL-2.0
/*
 * json_check: is what stands on the standard input one JSON value (RFC 8259), and nothing else?
 *
 * Strict: UTF-8 that is well formed, no name twice in an object. Exits 0, or 1 with a sentence that
 * says where it is not.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST		1000000		/* bytes of input */
#define DEPTH_MAX	32
#define NAMES_MAX	64		/* in one object */

static char text[MOST + 1];
static const char *at = text;

static void value(int depth);

__attribute__((noreturn, format(printf, 1, 2))) static void bad(const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "byte %td is not JSON: ", at - text);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void space(void)
{
	at += strspn(at, " \t\r\n");
}

static void expect(char c)
{
	if (*at != c)
		bad("'%c' is missing", c);
	at++;
}

static void digits(void)
{
	size_t n = strspn(at, "0123456789");

	if (!n)
		bad("a digit is missing");
	at += n;
}

static void number(void)
{
	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else
		digits();
	if (*at == '.') {
		at++;
		digits();
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		if (*at == '+' || *at == '-')
			at++;
		digits();
	}
}

static void escape(void)
{
	at++;
	if (*at == 'u') {
		if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
			bad("four hexadecimal digits are missing");
		at += 5;
	} else if (*at && strchr("\"\\/bfnrt", *at)) {
		at++;
	} else {
		bad("no such escape");
	}
}

/* One character that is not ASCII: the shortest form, no surrogate, none beyond the last. */
static void utf8(void)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = *at;
	int len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2, i;
	unsigned int code = first & (0x7f >> len);

	if (first < 0xc0 || first > 0xf7)
		bad("no character begins with 0x%02x", first);
	for (i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			bad("a character is cut");
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		bad("there is no character 0x%x in this form", code);
	at += len;
}

static void string(void)
{
	expect('"');
	while (*at != '"') {
		if ((unsigned char)*at < 0x20)
			bad("a string holds 0x%02x, or does not end", *at);
		else if (*at == '\\')
			escape();
		else if ((unsigned char)*at < 0x80)
			at++;
		else
			utf8();
	}
	at++;
}

static void object(int depth)
{
	const char *names[NAMES_MAX];
	size_t lengths[NAMES_MAX];
	size_t n = 0, i;

	expect('{');
	space();
	if (*at == '}') {
		at++;
		return;
	}
	for (;;) {
		space();
		if (n == NAMES_MAX)
			bad("more than %d names in an object", NAMES_MAX);
		names[n] = at;
		string();
		lengths[n] = at - names[n];
		for (i = 0; i < n; i++)
			if (lengths[i] == lengths[n] && !memcmp(names[i], names[n], lengths[n]))
				bad("a name comes twice");
		n++;
		space();
		expect(':');
		value(depth);
		if (*at != ',')
			break;
		at++;
	}
	expect('}');
}

static void array(int depth)
{
	expect('[');
	space();
	if (*at == ']') {
		at++;
		return;
	}
	for (;;) {
		value(depth);
		if (*at != ',')
			break;
		at++;
	}
	expect(']');
}

static void word(const char *name)
{
	if (strncmp(at, name, strlen(name)))
		bad("no value begins so");
	at += strlen(name);
}

/* A value and the space around it. */
static void value(int depth)
{
	if (depth == DEPTH_MAX)
		bad("deeper than %d", DEPTH_MAX);
	space();
	switch (*at) {
	case '{':
		object(depth + 1);
		break;
	case '[':
		array(depth + 1);
		break;
	case '"':
		string();
		break;
	case 't':
		word("true");
		break;
	case 'f':
		word("false");
		break;
	case 'n':
		word("null");
		break;
	default:
		number();
	}
	space();
}

int main(void)
{
	size_t len = fread(text, 1, MOST, stdin);

	if (ferror(stdin) || !feof(stdin)) {
		fputs("the input cannot be read, or is too long\n", stderr);
		return 1;
	}
	value(0);
	if (at != text + len)
		bad("something stands behind the value");
	return 0;
}
