/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of commands: how a line is cut into words.
 */
#ifndef MCTP_TOOL_BATCH_H
#define MCTP_TOOL_BATCH_H

/* The most words of a line, and the most bytes: the longest message takes half of them. */
#define BATCH_WORDS_MAX 64
#define BATCH_LINE_MAX	262144

const char *batch_cut(char *line, char *words[BATCH_WORDS_MAX], int *n);

#endif
