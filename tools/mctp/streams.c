// SPDX-License-Identifier: GPL-2.0
/*
 * The standard streams: a program may be started without them.
 */
#include "streams.h"

#include <fcntl.h>
#include <unistd.h>

/**
 * streams_fill - put something in the place of standard streams that are closed
 *
 * A socket would take such a place, and be written to as the output. What is opened there instead
 * can be neither read nor written.
 */
void streams_fill(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}
