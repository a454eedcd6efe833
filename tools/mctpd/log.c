// SPDX-License-Identifier: GPL-2.0
/*
 * Sentences for the journal, or for a terminal. A line of stderr goes to the journal by itself;
 * its level stands before it as <N>, see sd-daemon(3).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

static int level_max = LOG_INFO;
static bool to_journal;

/**
 * log_open - find out where the sentences go
 * @verbose: those about single messages, too
 */
void log_open(bool verbose)
{
	level_max = verbose ? LOG_DEBUG : LOG_INFO;
	to_journal = getenv("JOURNAL_STREAM");
}

/**
 * log_say - say a sentence
 * @level: LOG_* of syslog(3)
 * @format: the sentence, without a line's end
 */
void log_say(int level, const char *format, ...)
{
	char line[512];
	va_list ap;

	if (level > level_max)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (to_journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "mctpd: %s\n", line);
}
