/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sentences for the journal, or for a terminal.
 */
#ifndef MCTPD_LOG_H
#define MCTPD_LOG_H

#include <stdbool.h>
#include <syslog.h>

void log_open(bool verbose);
void log_say(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_say(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_say(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_say(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_say(LOG_DEBUG, __VA_ARGS__)

#endif
