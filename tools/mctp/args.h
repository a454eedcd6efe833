/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a command line, taken one after the other, and the sentences about wrong ones.
 */
#ifndef MCTP_TOOL_ARGS_H
#define MCTP_TOOL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct args - words not yet taken
 * @words: the next word is the first
 * @left: how many there are
 * @object: the object's name once it is known, for the hint under a sentence; NULL before
 */
struct args {
	char **words;
	int left;
	const char *object;
};

/**
 * struct keyword - a word that may follow, in any order, at most once
 * @name: the word
 * @alias: another spelling, or NULL
 * @flag: stands alone; otherwise a value follows
 * @bare: the value may stand without its keyword (one at most in a list)
 * @value: what followed (the word itself for a flag); NULL when the word was not there
 */
struct keyword {
	const char *name;
	const char *alias;
	bool flag;
	bool bare;
	const char *value;
};

int misuse(const struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *args_next(struct args *a);
int args_take(struct args *a, const char *what, const char **word);
int args_keywords(struct args *a, struct keyword *list, size_t n);

/* args_keywords() for an array */
#define ARGS_KEYWORDS(a, list) args_keywords(a, list, sizeof(list) / sizeof((list)[0]))

int args_end(struct args *a);

int args_number(const struct args *a, const char *what, const char *text, uint32_t least,
		uint32_t most, uint32_t *value);
int args_eid(const struct args *a, const char *text, uint8_t *eid);
int args_eid_range(const struct args *a, const char *text, uint8_t *first, uint8_t *last);
int args_lladdr(const struct args *a, const char *text, uint8_t *bytes, size_t *len);
int args_seconds(const struct args *a, const char *what, const char *text, uint32_t least,
		 uint32_t most, uint32_t *ms);
int args_type(const struct args *a, const char *text, uint8_t *type);
int args_ifname(const struct args *a, const char *text);

#endif
