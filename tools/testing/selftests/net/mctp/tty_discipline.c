// SPDX-License-Identifier: GPL-2.0
/* tty_discipline TTY NUMBER: give a line another discipline, as a program that takes it does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	int fd, discipline;

	if (argc != 3) {
		fprintf(stderr, "usage: %s TTY NUMBER\n", argv[0]);
		return 2;
	}
	discipline = atoi(argv[2]);
	fd = open(argv[1], O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || ioctl(fd, TIOCSETD, &discipline)) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
