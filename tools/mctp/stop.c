// SPDX-License-Identifier: GPL-2.0
/*
 * An end by Ctrl-C or kill that still says what there is to say. The signals are blocked but for
 * while a call waits with stop_mask(), so none can come between the question and the wait.
 */
#include "stop.h"

#include <stddef.h>

static volatile sig_atomic_t wanted;
static sigset_t waiting;
static bool caught;

static void on_signal(int number)
{
	(void)number;
	wanted = 1;
}

/**
 * stop_catch - from here on SIGINT and SIGTERM only ask for an end
 */
void stop_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &waiting);
	sigdelset(&waiting, SIGINT);
	sigdelset(&waiting, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	caught = true;
}

/**
 * stop_wanted - has somebody asked for an end?
 */
bool stop_wanted(void)
{
	sigset_t pending;

	if (caught && !wanted && !sigpending(&pending))
		wanted = sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
	return wanted;
}

/**
 * stop_mask - for ppoll(): the signals that a wait is ended by; NULL where stop_catch() was not
 */
const sigset_t *stop_mask(void)
{
	return caught ? &waiting : NULL;
}
