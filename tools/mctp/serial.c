// SPDX-License-Identifier: GPL-2.0
/*
 * mctp link serial: make an MCTP device of a serial line, and hold it.
 *
 * The kernel keeps the device for as long as a program holds the line open, so this one stays: in
 * the foreground, or with --daemon behind the caller's back.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <sys/stat.h>

#include "args.h"
#include "device.h"
#include "tty.h"

#ifndef ARPHRD_MCTP
#define ARPHRD_MCTP 290
#endif

/* How often the line is looked at: its hang-up wakes nobody. */
#define WATCH_MS 500

/**
 * struct serial - a line that is held
 * @path: the line
 * @name_file: where the device's name goes, absolute once it is written; NULL for nowhere
 * @baud: speed, 0 to leave it
 * @daemon: go into the background
 * @tty: the line, open
 * @device: the device's name
 * @written: absolute path of the name file, owned; NULL while there is none
 */
struct serial {
	const char *path;
	const char *name_file;
	uint32_t baud;
	bool daemon;
	struct tty *tty;
	char device[IFNAMSIZ];
	char *written;
};

static int parse_words(struct args *a, struct serial *s)
{
	enum { TTY, BAUD, DAEMON, NAME_FILE };
	struct keyword words[] = {
		[TTY] = { .name = "tty", .bare = true },
		[BAUD] = { .name = "baud" },
		[DAEMON] = { .name = "--daemon", .flag = true },
		[NAME_FILE] = { .name = "--name-file" },
	};

	if (ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	s->path = words[TTY].value;
	if (!s->path)
		return misuse(a, "the serial line is missing: name a tty, as /dev/ttyS0.");
	if (words[BAUD].value &&
	    args_number(a, "the speed", words[BAUD].value, 1, INT32_MAX, &s->baud))
		return STATUS_MISUSE;
	s->daemon = words[DAEMON].value;
	s->name_file = words[NAME_FILE].value;
	return STATUS_FINE;
}

static bool is_serial_device(const struct device *device)
{
	return device->type == ARPHRD_MCTP &&
	       !strncmp(device->name, "mctpserial", strlen("mctpserial"));
}

/* The device that is there now and was not before: for disciplines that do not answer SIOCGIFNAME.
 */
static int find_new_device(struct mctp *m, struct serial *s, const struct device_list *before)
{
	struct device_list now;
	size_t i, found = 0;

	if (device_list_load(m, &now))
		return STATUS_REFUSED;
	for (i = 0; i < now.n; i++) {
		if (!is_serial_device(&now.devices[i]) ||
		    device_list_find(before, now.devices[i].index))
			continue;
		memcpy(s->device, now.devices[i].name, IFNAMSIZ);
		found++;
	}
	device_list_free(&now);
	if (found == 1)
		return STATUS_FINE;
	return refused("cannot tell which device %s became: see mctp link, and try again.",
		       s->path);
}

static int attach(struct mctp *m, struct serial *s)
{
	struct device_list before;
	int status;

	status = device_list_load(m, &before);
	if (status)
		return status;
	status = tty_attach(s->tty);
	if (!status && tty_device_name(s->tty, s->device, sizeof(s->device)))
		status = find_new_device(m, s, &before);
	device_list_free(&before);
	return status;
}

/* A reader of the name file sees all of it or none: it is written beside, then renamed. */
static int write_name_file(struct serial *s)
{
	char temporary[PATH_MAX];
	bool bad;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", s->name_file) >=
	    (int)sizeof(temporary))
		return refused("cannot write %s: its name is too long.", s->name_file);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return refused("cannot write %s: %s.", s->name_file, strerror(errno));
	bad = dprintf(fd, "%s\n", s->device) < 0 || fchmod(fd, 0644);
	bad |= close(fd);
	if (bad || rename(temporary, s->name_file)) {
		refused("cannot write %s: %s.", s->name_file, strerror(errno));
		unlink(temporary);
		return STATUS_REFUSED;
	}
	s->written = realpath(s->name_file, NULL);
	return STATUS_FINE;
}

static int block_signals(struct serial *s)
{
	struct sigaction hangup;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	/* nohup(1) asks for SIGHUP to be ignored; being blocked would undo that. */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		refused("cannot wait for signals while holding %s: %s.", s->path, strerror(errno));
	return fd;
}

static int hold(struct serial *s, int signals)
{
	struct pollfd pfd = { .fd = signals, .events = POLLIN };

	while (poll(&pfd, 1, WATCH_MS) <= 0) {
		switch (tty_watch(s->tty)) {
		case 0:
			continue;
		case -EBUSY:
			return refused("%s was given another line discipline: %s is gone.", s->path,
				       s->device);
		default:
			return refused("%s hung up: %s is gone.", s->path, s->device);
		}
	}
	return STATUS_FINE;
}

/* The caller has no other way to learn the name: not to have told it is to have failed. */
static int announce(struct mctp *m, struct serial *s)
{
	print_begin(&m->out);
	print_record(&m->out);
	print_string(&m->out, NULL, "dev", s->device);
	print_json_string(&m->out, "tty", s->path);
	print_record_end(&m->out);
	print_end(&m->out);
	if (ferror(m->out.to) | fflush(m->out.to))
		return refused("cannot write the name of the device, %s: %s.", s->device,
			       strerror(errno));
	return STATUS_FINE;
}

/*
 * In the child: let go of the caller's terminal and pipes, whose other end waits for that, and of
 * its directory. @null is /dev/null.
 */
static void leave_caller(int null)
{
	setsid();
	if (chdir("/"))
		refused("cannot leave the current directory: %s.", strerror(errno));
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

static void cleanup(struct serial *s)
{
	if (s->written)
		unlink(s->written);
	free(s->written);
	tty_close(s->tty);
}

/* Return: as fork(): the child goes on holding the line, the parent leaves. */
static pid_t go_background(struct serial *s)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid;

	if (null < 0) {
		refused("cannot go into the background: /dev/null: %s.", strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid < 0)
		refused("cannot go into the background: %s.", strerror(errno));
	else if (pid)
		fprintf(stderr, "mctp: process %d holds %s as %s. To end it: kill %d\n", (int)pid,
			s->path, s->device, (int)pid);
	else
		leave_caller(null);
	/* A caller without standard streams had it open in the place of one. */
	if (null > STDERR_FILENO)
		close(null);
	return pid;
}

static int run(struct mctp *m, struct serial *s)
{
	int signals, status;
	pid_t pid = 0;

	if (tty_configure(s->tty, s->baud))
		return STATUS_REFUSED;
	signals = block_signals(s);
	if (signals < 0 || attach(m, s) || (s->name_file && write_name_file(s)))
		return STATUS_REFUSED;
	nl_close(&m->nl);
	if (announce(m, s))
		return STATUS_REFUSED;
	if (s->daemon) {
		pid = go_background(s);
		if (pid > 0)
			_exit(STATUS_FINE);
		if (pid < 0)
			return STATUS_REFUSED;
	} else {
		fprintf(stderr, "mctp: holding %s as %s until interrupted (Ctrl-C).\n", s->path,
			s->device);
	}
	status = hold(s, signals);
	close(signals);
	return status;
}

/**
 * serial_hold - make an MCTP device of a serial line, and hold it
 * @m: the call
 * @a: the words from the line on
 *
 * Return: a STATUS_*; STATUS_FINE after an interrupt, STATUS_REFUSED after a hang-up.
 */
int serial_hold(struct mctp *m, struct args *a)
{
	struct serial s = {};
	int status;

	if (parse_words(a, &s))
		return STATUS_MISUSE;
	if (m->batch)
		return misuse(a, "a line is held by a process of its own: it cannot be in a batch.");
	if (mctp_connect(m))
		return STATUS_REFUSED;
	s.tty = tty_open(s.path);
	if (!s.tty)
		return STATUS_REFUSED;
	status = run(m, &s);
	cleanup(&s);
	return status;
}
