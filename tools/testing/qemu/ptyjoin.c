// SPDX-License-Identifier: GPL-2.0
/*
 * A serial line without hardware: two pseudo terminals whose bytes go across.
 *
 * Prints the names of both ends in one line, then carries bytes until it is killed. Both ends stay open here,
 * so that a program that closes its end does not hang up the line. One direction never waits for the other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* What was read from one end and is not yet written to the other. */
struct waiting {
	char bytes[4096];
	size_t start, end;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Returns the master side; the other is set to raw and left open. */
static int open_end(char *name, size_t size)
{
	struct termios tio;
	int master, other;

	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, name, size))
		fail("pty");
	other = open(name, O_RDWR | O_NOCTTY);
	if (other < 0 || tcgetattr(other, &tio))
		fail(name);
	cfmakeraw(&tio);
	if (tcsetattr(other, TCSANOW, &tio) || fcntl(master, F_SETFL, O_NONBLOCK))
		fail(name);
	return master;
}

static void take(int fd, struct waiting *w)
{
	ssize_t n = read(fd, w->bytes, sizeof(w->bytes));

	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != EIO)
		fail("read");
	w->start = 0;
	w->end = n > 0 ? n : 0;
}

static void give(int fd, struct waiting *w)
{
	ssize_t n = write(fd, w->bytes + w->start, w->end - w->start);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		fail("write");
	if (n > 0)
		w->start += n;
}

int main(void)
{
	static struct waiting from[2];
	struct pollfd end[2];
	char name[2][64];
	int i;

	for (i = 0; i < 2; i++)
		end[i].fd = open_end(name[i], sizeof(name[i]));
	printf("%s %s\n", name[0], name[1]);
	fflush(stdout);

	for (;;) {
		for (i = 0; i < 2; i++) {
			end[i].events = from[i].start == from[i].end ? POLLIN : 0;
			if (from[!i].start < from[!i].end)
				end[i].events |= POLLOUT;
		}
		if (poll(end, 2, -1) < 0 && errno != EINTR)
			fail("poll");
		for (i = 0; i < 2; i++) {
			if (end[i].revents & POLLIN)
				take(end[i].fd, &from[i]);
			if (end[i].revents & POLLOUT)
				give(end[i].fd, &from[!i]);
		}
	}
}
