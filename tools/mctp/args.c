// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a command line: taking them strictly, and a sentence for each way in which they can
 * be wrong.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "mctp.h"
#include "parse.h"

/**
 * misuse - say what is wrong with the words, and where the right ones are
 *
 * Return: STATUS_MISUSE, so that a caller can return it.
 */
int misuse(const struct args *a, const char *format, ...)
{
	va_list ap;

	fputs("mctp: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\nTry: mctp %s%shelp\n", a->object ? a->object : "", a->object ? " " : "");
	return STATUS_MISUSE;
}

/**
 * args_next - take the next word
 *
 * Return: the word, or NULL when there is none.
 */
const char *args_next(struct args *a)
{
	if (!a->left)
		return NULL;
	a->left--;
	return *a->words++;
}

/**
 * args_take - take a word that must be there
 * @a: the words
 * @what: what it is, for the sentence
 * @word: the word; never empty
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_take(struct args *a, const char *what, const char **word)
{
	*word = args_next(a);
	if (!*word || !**word)
		return misuse(a, "%s is missing.", what);
	return STATUS_FINE;
}

static struct keyword *find_keyword(struct keyword *list, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!strcmp(list[i].name, word) || (list[i].alias && !strcmp(list[i].alias, word)))
			return &list[i];
	}
	return NULL;
}

static struct keyword *find_bare(struct keyword *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i].bare && !list[i].value)
			return &list[i];
	}
	return NULL;
}

static int take_bare(struct args *a, struct keyword *list, size_t n, const char *word)
{
	struct keyword *k = find_bare(list, n);

	if (!k || !*word || *word == '-')
		return misuse(a, "\"%s\" is not understood here.", word);
	k->value = word;
	return STATUS_FINE;
}

/**
 * args_keywords - take all the words that are left
 * @a: the words
 * @list: those that may come; their values are filled in
 * @n: how many are in the list
 *
 * Return: STATUS_FINE; STATUS_MISUSE for an unknown word, one that comes twice, or a value that is
 * missing.
 */
int args_keywords(struct args *a, struct keyword *list, size_t n)
{
	struct keyword *k;
	const char *word;

	while ((word = args_next(a))) {
		k = find_keyword(list, n, word);
		if (!k) {
			if (take_bare(a, list, n, word))
				return STATUS_MISUSE;
			continue;
		}
		if (k->value)
			return misuse(a, "%s is given twice: once is enough.", k->name);
		k->value = k->flag ? word : args_next(a);
		if (!k->value || !*k->value)
			return misuse(a, "a value is missing behind %s.", word);
	}
	return STATUS_FINE;
}

/**
 * args_end - see that all words are taken
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_end(struct args *a)
{
	return args_keywords(a, NULL, 0);
}

/**
 * args_number - read a number or say what is wrong with it
 * @a: the words, for the hint
 * @what: what it is, for the sentence
 * @text: the word
 * @least: smallest value that is taken
 * @most: greatest value that is taken
 * @value: the number
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_number(const struct args *a, const char *what, const char *text, uint32_t least,
		uint32_t most, uint32_t *value)
{
	switch (parse_number(text, least, most, value)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "%s %s is out of range: use %u to %u.", what, text, least, most);
	default:
		return misuse(a, "%s \"%s\" is not a number: write it in decimal, or with 0x.",
			      what, text);
	}
}

/**
 * args_eid - read an EID or say what is wrong with it
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_eid(const struct args *a, const char *text, uint8_t *eid)
{
	switch (parse_eid(text, eid)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "EID %s cannot be used: endpoints have 8 to 254.",
			      text);
	default:
		return misuse(a, "\"%s\" is not an EID: write a number from 8 to 254.", text);
	}
}

/**
 * args_eid_range - read an EID or a range of them, or say what is wrong with it
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_eid_range(const struct args *a, const char *text, uint8_t *first, uint8_t *last)
{
	switch (parse_eid_range(text, first, last)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "EID%s %s cannot be used: endpoints have 8 to 254.",
			      strchr(text, '-') ? "s" : "", text);
	case PARSE_ORDER:
		return misuse(a, "the range %s ends before it begins: write the lower EID first.",
			      text);
	default:
		return misuse(a, "\"%s\" is neither an EID nor a range: write 9, or 9-20.", text);
	}
}

/**
 * args_lladdr - read a hardware address or say what is wrong with it
 * @a: the words, for the hint
 * @text: the word
 * @bytes: room for LLADDR_MAX bytes
 * @len: how many there are
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_lladdr(const struct args *a, const char *text, uint8_t *bytes, size_t *len)
{
	switch (parse_lladdr(text, bytes, len)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "the hardware address %s is too long: it has %d bytes at most.",
			      text, LLADDR_MAX);
	case PARSE_AMBIGUOUS:
		return misuse(a, "\"%s\" may be decimal or hexadecimal: write the address with 0x.",
			      text);
	default:
		return misuse(a, "\"%s\" is not a hardware address: write 0x1d, or 1d:2e.",
			      text);
	}
}

/**
 * args_seconds - read a time in seconds, with up to three decimals, or say what is wrong with it
 * @a: the words, for the hint
 * @what: what it is, for the sentence
 * @text: the word
 * @least: least milliseconds
 * @most: most milliseconds
 * @ms: the time in milliseconds
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_seconds(const struct args *a, const char *what, const char *text, uint32_t least,
		 uint32_t most, uint32_t *ms)
{
	enum parse result = parse_milli(text, most, ms);

	if (result == PARSE_OK && *ms >= least)
		return STATUS_FINE;
	if (result == PARSE_SYNTAX)
		return misuse(a, "%s \"%s\" is not a time: write seconds, as 2 or 0.25.", what,
			      text);
	return misuse(a, "%s %s is out of range: use %u.%03u to %u seconds.", what, text,
		      least / 1000, least % 1000, most / 1000);
}

/**
 * args_type - read a message type or say what is wrong with it
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_type(const struct args *a, const char *text, uint8_t *type)
{
	switch (parse_type(text, type)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "the type %s is out of range: use 0 to 0x7f.", text);
	default:
		return misuse(a, "\"%s\" is not a message type: write 0 to 0x7f, or a name as pldm.",
			      text);
	}
}

/**
 * args_ifname - see that a device can have this name
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int args_ifname(const struct args *a, const char *text)
{
	if (!parse_ifname_valid(text))
		return misuse(a, "\"%s\" cannot name a device: use 1 to 15 characters, no space.",
			      text);
	return STATUS_FINE;
}
