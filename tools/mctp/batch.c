// SPDX-License-Identifier: GPL-2.0
/*
 * mctp batch: a file of commands, one a line.
 *
 * A line is cut at its blanks; '...' and "..." hold them together, # begins a comment. Each line is
 * a command without "mctp" and without options.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "batch.h"
#include "mctp.h"
#include "stop.h"

/**
 * batch_cut - cut a line into words
 * @line: the line, which is cut in place
 * @words: gets the words
 * @n: gets how many
 *
 * Return: NULL, or what is wrong with the line.
 */
const char *batch_cut(char *line, char *words[BATCH_WORDS_MAX], int *n)
{
	char *to = line, quote;

	for (*n = 0;;) {
		line += strspn(line, " \t\r\n");
		if (!*line || *line == '#')
			return NULL;
		if (*n == BATCH_WORDS_MAX)
			return "it has too many words";
		words[(*n)++] = to;
		for (quote = 0; *line && (quote || !strchr(" \t\r\n", *line)); line++) {
			if (quote ? *line == quote : *line == '\'' || *line == '"')
				quote = quote ? 0 : *line;
			else
				*to++ = *line;
		}
		if (quote)
			return "a quote is not closed";
		if (*line)
			line++;
		*to++ = '\0';
	}
}

static int run_line(struct mctp *m, const char *file, unsigned int number, char *line, size_t len)
{
	const char *wrong = "it holds a byte that is no text";
	char *words[BATCH_WORDS_MAX + 1];
	int n, status;

	if (strlen(line) == len)
		wrong = batch_cut(line, words, &n);
	if (wrong) {
		fprintf(stderr, "mctp: line %u of %s is not understood: %s.\n", number, file, wrong);
		return STATUS_MISUSE;
	}
	if (!n)
		return STATUS_FINE;
	words[n] = NULL;
	status = command_run(m, n, words);
	if (ferror(m->out.to) | fflush(m->out.to))
		return refused("cannot write the output: %s.", strerror(errno));
	if (status)
		fprintf(stderr, "mctp: that was line %u of %s.\n", number, file);
	return status;
}

/* A line and its end, of at most BATCH_LINE_MAX bytes; 0: there is none, -1: it is longer */
static ssize_t read_line(FILE *file, char line[BATCH_LINE_MAX + 1])
{
	size_t len = 0;
	int c;

	while ((c = getc_unlocked(file)) != EOF) {
		if (len == BATCH_LINE_MAX)
			return -1;
		line[len++] = c;
		if (c == '\n')
			break;
	}
	line[len] = '\0';
	return len;
}

static int run_file(struct mctp *m, const char *name, FILE *file, bool go_on)
{
	static char line[BATCH_LINE_MAX + 1];
	int status = STATUS_FINE, one;
	unsigned int number = 0;
	ssize_t len;

	while ((len = read_line(file, line)) != 0) {
		number++;
		if (len < 0) {
			fprintf(stderr, "mctp: line %u of %s is longer than %u bytes.\n", number,
				name, BATCH_LINE_MAX);
			return STATUS_MISUSE;
		}
		one = run_line(m, name, number, line, len);
		if (one > status)
			status = one;
		if ((status && !go_on) || stop_wanted())
			break;
	}
	if (!status && ferror(file))
		status = refused("cannot read %s: %s.", name, strerror(errno));
	return status;
}

/**
 * batch_run - do each line of a file
 * @m: the call
 * @name: the file, "-" for the standard input
 * @go_on: with the next line behind one that failed
 *
 * Return: the worst STATUS_* of all lines that were tried.
 */
int batch_run(struct mctp *m, const char *name, bool go_on)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	int status;

	if (!file)
		return refused("cannot open %s: %s.", name, strerror(errno));
	m->batch = true;
	status = run_file(m, file == stdin ? "the standard input" : name, file, go_on);
	m->batch = false;
	if (file != stdin)
		fclose(file);
	return status;
}

static int batch_words(struct mctp *m, struct args *a)
{
	struct keyword words[] = {
		{ .name = "--force", .alias = "-f", .flag = true },
	};
	const char *file;

	if (args_take(a, "the file", &file) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (m->batch)
		return misuse(a, "a batch cannot hold another.");
	return batch_run(m, file, words[0].value);
}

const struct object batch_object = {
	.name = "batch",
	.purpose = "do each line of a file, - for the standard input; stop at the first that fails",
	.synopsis = "FILE [--force]",
	.run = batch_words,
};
