/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An end by Ctrl-C or kill that still says what there is to say.
 */
#ifndef MCTP_TOOL_STOP_H
#define MCTP_TOOL_STOP_H

#include <signal.h>
#include <stdbool.h>

void stop_catch(void);
bool stop_wanted(void);
const sigset_t *stop_mask(void);

#endif
