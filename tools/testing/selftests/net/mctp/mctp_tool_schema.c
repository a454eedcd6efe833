// SPDX-License-Identifier: GPL-2.0
/*
 * mctp_tool_schema NAME [each]: is what stands on the standard input what the schema NAME of
 * tools/mctp/schema says? With "each", each line is by itself, and there must be one.
 *
 * Takes the words of JSON Schema that those files use; any other in a schema is an error, so that
 * nothing is passed over. json_check says whether the input is JSON at all. Exits 0, or 1 with a
 * sentence.
 */
#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 1000000 /* bytes of input */

static const struct {
	const char *name;
	const char *text;
} schemas[] = {
#include "mctp_schemas.h"
};

enum kind { NUL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT };

static const char *const kinds[] = { "null", "boolean", "number", "string", "array", "object" };

/**
 * struct value - a value, and the next of the array or object that it is in
 * @kind: what it is
 * @key: its name in an object
 * @text: a string's text
 * @number: a number's value, a boolean's 0 or 1
 * @whole: the number has no decimals
 * @first: first value of an array or object
 * @next: the next one beside it
 */
struct value {
	enum kind kind;
	char *key;
	char *text;
	double number;
	bool whole;
	struct value *first;
	struct value *next;
};

static const char *at;

__attribute__((noreturn, format(printf, 1, 2))) static void bad(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void *get(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		bad("out of memory");
	return p;
}

static void space(void)
{
	at += strspn(at, " \t\r\n");
}

/* Escapes other than of one character stay as they are: no schema needs more. */
static char *string(void)
{
	const char *end;
	char *text, *to;

	if (*at != '"')
		bad("a string is missing at: %.20s", at);
	at++;
	for (end = at; *end && *end != '"'; end++)
		end += *end == '\\' && end[1];
	to = text = get(end - at + 1);
	for (; at < end; at++) {
		if (*at == '\\' && strchr("\"\\/", at[1]))
			at++;
		*to++ = *at;
	}
	if (*at != '"')
		bad("a string does not end");
	at++;
	return text;
}

static struct value *value(void)
{
	struct value *v = get(sizeof(*v)), **last = &v->first;
	char open, *end;

	space();
	open = *at;
	if (open == '{' || open == '[') {
		v->kind = open == '{' ? OBJECT : ARRAY;
		at++;
		for (space(); *at != '}' && *at != ']'; space()) {
			char *key = NULL;

			if (v->kind == OBJECT) {
				key = string();
				space();
				if (*at++ != ':')
					bad("a colon is missing behind %s", key);
			}
			*last = value();
			(*last)->key = key;
			last = &(*last)->next;
			space();
			if (*at == ',')
				at++;
			else if (*at != '}' && *at != ']')
				bad("a comma is missing at: %.20s", at);
			space();
		}
		at++;
	} else if (open == '"') {
		v->kind = STRING;
		v->text = string();
	} else if (!strncmp(at, "null", 4)) {
		at += 4;
	} else if (!strncmp(at, "true", 4) || !strncmp(at, "false", 5)) {
		v->kind = BOOLEAN;
		v->number = *at == 't';
		at += *at == 't' ? 4 : 5;
	} else {
		v->kind = NUMBER;
		v->number = strtod(at, &end);
		if (end == at)
			bad("no value at: %.20s", at);
		v->whole = !memchr(at, '.', end - at);
		at = end;
	}
	return v;
}

static const struct value *member(const struct value *object, const char *key)
{
	const struct value *v;

	for (v = object->first; v; v = v->next)
		if (!strcmp(v->key, key))
			return v;
	return NULL;
}

static bool fits(const struct value *v, const struct value *schema, char *why, size_t room);

static bool is_kind(const struct value *v, const char *name)
{
	if (!strcmp(name, "integer"))
		return v->kind == NUMBER && v->whole;
	return !strcmp(name, kinds[v->kind]);
}

static bool same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == STRING ? !strcmp(a->text, b->text) : a->number == b->number;
}

/* One of the values of a list that is the same; or the value itself, if it is no list. */
static bool is_of(const struct value *v, const struct value *list, bool kind)
{
	const struct value *one = list->kind == ARRAY ? list->first : list;

	for (; one; one = list->kind == ARRAY ? one->next : NULL)
		if (kind ? is_kind(v, one->text) : same(v, one))
			return true;
	return false;
}

static bool matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool match;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		bad("a schema has a bad pattern: %s", pattern);
	match = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return match;
}

static bool members_fit(const struct value *v, const struct value *schema, char *why, size_t room)
{
	const struct value *properties = member(schema, "properties"), *m, *s;
	const struct value *more = member(schema, "additionalProperties");
	const struct value *required = member(schema, "required");

	for (m = required ? required->first : NULL; m; m = m->next) {
		if (member(v, m->text))
			continue;
		snprintf(why, room, "%s is missing", m->text);
		return false;
	}
	for (m = v->first; m; m = m->next) {
		s = properties ? member(properties, m->key) : NULL;
		if (s && !fits(m, s, why, room))
			return false;
		if (!s && more && !more->number) {
			snprintf(why, room, "there is no member %s", m->key);
			return false;
		}
	}
	return true;
}

/* Is a word of a schema fulfilled? */
static bool word_fits(const struct value *v, const struct value *word, const struct value *schema,
		      char *why, size_t room)
{
	const struct value *one;

	if (!strcmp(word->key, "type"))
		return is_of(v, word, true);
	if (!strcmp(word->key, "enum") || !strcmp(word->key, "const"))
		return is_of(v, word, false);
	if (!strcmp(word->key, "minimum"))
		return v->kind != NUMBER || v->number >= word->number;
	if (!strcmp(word->key, "maximum"))
		return v->kind != NUMBER || v->number <= word->number;
	if (!strcmp(word->key, "pattern"))
		return v->kind != STRING || matches(v->text, word->text);
	if (!strcmp(word->key, "properties"))
		return v->kind != OBJECT || members_fit(v, schema, why, room);
	if (!strcmp(word->key, "items")) {
		for (one = v->kind == ARRAY ? v->first : NULL; one; one = one->next)
			if (!fits(one, word, why, room))
				return false;
		return true;
	}
	if (!strcmp(word->key, "anyOf")) {
		for (one = word->first; one; one = one->next)
			if (fits(v, one, why, room))
				return true;
		return false;
	}
	if (strcmp(word->key, "$schema") && strcmp(word->key, "$comment") &&
	    strcmp(word->key, "title") && strcmp(word->key, "required") &&
	    strcmp(word->key, "additionalProperties"))
		bad("the word %s of a schema is not known here", word->key);
	return true;
}

static bool fits(const struct value *v, const struct value *schema, char *why, size_t room)
{
	const struct value *word;

	for (word = schema->first; word; word = word->next) {
		*why = '\0';
		if (word_fits(v, word, schema, why, room))
			continue;
		if (!*why)
			snprintf(why, room, "%s%s%s is wrong by \"%s\"", v->key ? v->key : "a value",
				 v->text ? ", which is " : "", v->text ? v->text : "", word->key);
		return false;
	}
	return true;
}

static const struct value *schema_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		if (strcmp(schemas[i].name, name))
			continue;
		at = schemas[i].text;
		return value();
	}
	bad("there is no schema %s", name);
}

int main(int argc, char **argv)
{
	static char input[MOST + 1];
	const struct value *schema;
	char why[256], *line, *next;
	size_t len;
	bool each = argc == 3 && !strcmp(argv[2], "each");

	if (argc != 2 && !each)
		bad("usage: %s NAME [each]", argv[0]);
	schema = schema_of(argv[1]);
	len = fread(input, 1, MOST, stdin);
	if (!len || len == MOST || strlen(input) != len)
		bad("there is no input, too much, or no text");
	for (line = input; *line; line = next) {
		next = each ? strchr(line, '\n') : line + strlen(line);
		if (!next)
			bad("a line does not end");
		if (each)
			*next++ = '\0';
		at = line;
		if (!fits(value(), schema, why, sizeof(why)))
			bad("%s: %s", argv[1], why);
		space();
		if (*at)
			bad("something stands behind the value: %.20s", at);
	}
	return 0;
}
