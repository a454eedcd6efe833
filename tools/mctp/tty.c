// SPDX-License-Identifier: GPL-2.0
/*
 * Serial lines. The kernel's own struct termios2 is used instead of the C library's, since only
 * that one takes any speed, not just those that have a constant.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/sockios.h>
#include <linux/tty.h>
#include <sys/ioctl.h>

#include "mctp.h"
#include "tty.h"

#ifndef N_MCTP
#define N_MCTP 28
#endif

/* On architectures without termios2 the plain calls carry the speed. */
#ifdef TCGETS2
#define TTY_GET TCGETS2
#define TTY_SET TCSETS2
typedef struct termios2 tty_mode;
#else
#define TTY_GET TCGETS
#define TTY_SET TCSETS
typedef struct termios tty_mode;
#endif

/* A line works while the two ends differ by a few per cent at most. */
#define SPEED_TOLERANCE 3

/**
 * struct tty - a serial line that is held open
 * @path: as the user named it, not owned
 * @fd: the line; the MCTP device lives as long as this is open
 * @old_mode: mode to restore
 * @old_discipline: line discipline to restore
 * @configured: the mode was changed
 * @attached: the discipline was changed
 */
struct tty {
	const char *path;
	int fd;
	tty_mode old_mode;
	int old_discipline;
	bool configured;
	bool attached;
};

/**
 * tty_open - open a serial line
 * @path: its device file; must live as long as the line
 *
 * Return: the line, to be closed by tty_close(); NULL, with a sentence on stderr.
 */
struct tty *tty_open(const char *path)
{
	struct tty *tty = calloc(1, sizeof(*tty));

	if (!tty) {
		refused("cannot open %s: out of memory.", path);
		return NULL;
	}
	tty->path = path;
	/* Without O_NONBLOCK the open would wait for a modem's carrier. */
	tty->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (tty->fd < 0) {
		refused("cannot open %s: %s.", path, strerror(errno));
		goto err_free;
	}
	if (ioctl(tty->fd, TTY_GET, &tty->old_mode) ||
	    ioctl(tty->fd, TIOCGETD, &tty->old_discipline)) {
		if (errno == ENOTTY)
			refused("%s is not a serial line: name a tty, as /dev/ttyS0.", path);
		else
			refused("cannot read the mode of %s: %s.", path, strerror(errno));
		goto err_close;
	}
	/* Before anything is changed: a new mode would disturb the device that is there. */
	if (tty->old_discipline == N_MCTP) {
		refused("%s speaks MCTP already: another program holds it.", path);
		goto err_close;
	}
	return tty;

err_close:
	close(tty->fd);
err_free:
	free(tty);
	return NULL;
}

/* Speeds that have a constant; other programs that look at the line understand these best. */
static const struct {
	uint32_t baud;
	unsigned int constant;
} speeds[] = {
	{ 1200, B1200 },       { 2400, B2400 },	      { 4800, B4800 },	     { 9600, B9600 },
	{ 19200, B19200 },     { 38400, B38400 },     { 57600, B57600 },     { 115200, B115200 },
	{ 230400, B230400 },   { 460800, B460800 },   { 500000, B500000 },   { 576000, B576000 },
	{ 921600, B921600 },   { 1000000, B1000000 }, { 1152000, B1152000 }, { 1500000, B1500000 },
	{ 2000000, B2000000 }, { 2500000, B2500000 }, { 3000000, B3000000 }, { 3500000, B3500000 },
	{ 4000000, B4000000 },
};

static void set_speed(tty_mode *mode, uint32_t baud)
{
	unsigned int constant = BOTHER;
	size_t i;

	for (i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		if (speeds[i].baud == baud)
			constant = speeds[i].constant;
	}
	mode->c_cflag &= ~(CBAUD | (CBAUD << IBSHIFT));
	mode->c_cflag |= constant;
	mode->c_ispeed = baud;
	mode->c_ospeed = baud;
}

static int check_speed(const struct tty *tty, uint32_t baud)
{
	uint64_t wanted = baud, got;
	tty_mode mode;

	if (ioctl(tty->fd, TTY_GET, &mode))
		return refused("cannot read the mode of %s: %s.", tty->path, strerror(errno));
	got = mode.c_ospeed;
	if (got * 100 < wanted * (100 - SPEED_TOLERANCE) ||
	    got * 100 > wanted * (100 + SPEED_TOLERANCE))
		return refused("%s cannot run at %u baud: the nearest is %u.", tty->path, baud,
			       mode.c_ospeed);
	return STATUS_FINE;
}

/**
 * tty_configure - make a line pass every byte as it is: 8 bits, no parity, no flow control
 * @tty: the line
 * @baud: its speed, 0 to leave it
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int tty_configure(struct tty *tty, uint32_t baud)
{
	tty_mode mode = tty->old_mode;

	mode.c_iflag = 0;
	mode.c_oflag = 0;
	mode.c_lflag = 0;
	mode.c_cflag &= CBAUD | (CBAUD << IBSHIFT);
	mode.c_cflag |= CS8 | CREAD | CLOCAL;
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	if (baud)
		set_speed(&mode, baud);
	tty->configured = true;
	if (ioctl(tty->fd, TTY_SET, &mode))
		return refused("cannot set the mode of %s: %s.", tty->path, strerror(errno));
	if (baud && check_speed(tty, baud))
		return STATUS_REFUSED;
	/* What came in before belongs to no frame of ours. */
	ioctl(tty->fd, TCFLSH, TCIOFLUSH);
	return STATUS_FINE;
}

/**
 * tty_attach - give the line to MCTP: a device appears
 * @tty: the line
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int tty_attach(struct tty *tty)
{
	int discipline = N_MCTP;

	if (!ioctl(tty->fd, TIOCSETD, &discipline)) {
		tty->attached = true;
		return STATUS_FINE;
	}
	switch (errno) {
	case EPERM:
		return refused("cannot give %s to MCTP: that needs CAP_NET_ADMIN. Run it as root.",
			       tty->path);
	case EINVAL:
	case ENODEV:
		return refused("no MCTP serial discipline here. Load it: modprobe mctp-serial");
	default:
		return refused("cannot give %s to MCTP: %s.", tty->path, strerror(errno));
	}
}

/**
 * tty_device_name - ask the discipline for the name of the device that it made
 * @tty: the line, attached
 * @name: gets the name
 * @room: bytes of room, IFNAMSIZ at least
 *
 * Return: 0 or a negative errno.
 */
int tty_device_name(struct tty *tty, char *name, int room)
{
	memset(name, 0, room);
	if (ioctl(tty->fd, SIOCGIFNAME, name))
		return -errno;
	return *name ? 0 : -ENODEV;
}

/**
 * tty_watch - is the line still there, and still ours?
 *
 * Return: 0, -EIO after a hang-up, -EBUSY when somebody gave it another discipline.
 */
int tty_watch(struct tty *tty)
{
	int discipline;

	if (ioctl(tty->fd, TIOCGETD, &discipline))
		return -EIO;
	return discipline == N_MCTP ? 0 : -EBUSY;
}

/**
 * tty_close - restore discipline and mode, where the line is still there and ours, and close it
 * @tty: the line, or NULL
 */
void tty_close(struct tty *tty)
{
	bool ours;

	if (!tty)
		return;
	/* Whoever took the line away from us has set a mode of their own. */
	ours = !tty->attached || !tty_watch(tty);
	if (tty->attached && ours)
		ioctl(tty->fd, TIOCSETD, &tty->old_discipline);
	if (tty->configured && ours)
		ioctl(tty->fd, TTY_SET, &tty->old_mode);
	close(tty->fd);
	free(tty);
}
