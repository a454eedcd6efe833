// SPDX-License-Identifier: GPL-2.0
/*
 * mctp: configure and look at MCTP on Linux. Options, and the connection to the kernel.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mctp.h"
#include "streams.h"

/**
 * mctp_socket - open an MCTP socket
 *
 * Asking for one also makes the kernel load the stack's module, which rtnetlink alone never does.
 *
 * Return: a file descriptor; -1, with a sentence on stderr.
 */
int mctp_socket(void)
{
	int fd = socket(AF_MCTP, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		return fd;
	if (errno == EAFNOSUPPORT)
		refused("this kernel has no MCTP stack loaded. Load it with: modprobe mctp");
	else
		refused("cannot ask the kernel for MCTP: %s.", strerror(errno));
	return -1;
}

/**
 * mctp_connect - see that the kernel speaks MCTP, and open rtnetlink
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int mctp_connect(struct mctp *m)
{
	int fd, err;

	if (m->nl.sk)
		return STATUS_FINE;

	fd = mctp_socket();
	if (fd < 0)
		return STATUS_REFUSED;
	close(fd);

	err = nl_open(&m->nl, m->verbose);
	if (err)
		return refused("cannot open rtnetlink: %s.", strerror(-err));
	return STATUS_FINE;
}

static int usage(void)
{
	fputs("Try: mctp help\n", stderr);
	return STATUS_MISUSE;
}

/* Colour is for eyes: with --color=auto only on a terminal that has it, and where NO_COLOR allows. */
static bool wants_colour(const char *when)
{
	const char *term = getenv("TERM");

	if (!strcmp(when, "auto"))
		return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") &&
		       !getenv("NO_COLOR");
	return !strcmp(when, "always");
}

/**
 * struct options - what stands before the object
 * @netns: network namespace, NULL for ours
 * @colour: when there is colour
 * @batch: file of lines, NULL for none
 * @go_on: with the next line of it behind one that failed
 * @done: an option has said it all
 */
struct options {
	const char *netns;
	const char *colour;
	const char *batch;
	bool go_on;
	bool done;
};

static int parse_options(struct mctp *m, int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "color", required_argument, NULL, 'c' },
		{ "netns", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "force", no_argument, NULL, 'f' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "+:jpc:n:b:fvhV", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			m->out.pretty = true;
			/* fall through */
		case 'j':
			m->out.json = true;
			break;
		case 'c':
			o->colour = optarg;
			break;
		case 'n':
			o->netns = optarg;
			break;
		case 'b':
			o->batch = optarg;
			break;
		case 'f':
			o->go_on = true;
			break;
		case 'v':
			m->verbose = true;
			break;
		case 'h':
			command_help();
			o->done = true;
			return STATUS_FINE;
		case 'V':
			printf("mctp %s\n", MCTP_TOOL_VERSION);
			o->done = true;
			return STATUS_FINE;
		case ':':
			fprintf(stderr, "mctp: a value is missing behind %s.\n", argv[optind - 1]);
			return usage();
		default:
			if (optopt && strncmp(argv[optind - 1], "--", 2))
				fprintf(stderr, "mctp: \"-%c\" is not an option.\n", optopt);
			else
				fprintf(stderr, "mctp: \"%s\" is not an option.\n",
					argv[optind - 1]);
			return usage();
		}
	}
	if (strcmp(o->colour, "auto") && strcmp(o->colour, "always") && strcmp(o->colour, "never")) {
		fprintf(stderr, "mctp: \"%s\" is no time for colour: use auto, always or never.\n",
			o->colour);
		return usage();
	}
	return STATUS_FINE;
}

static int run(struct mctp *m, int argc, char **argv)
{
	struct options o = { .colour = "auto" };
	int status;

	status = parse_options(m, argc, argv, &o);
	if (status || o.done)
		return status;
	m->out.colour = wants_colour(o.colour);
	if (o.batch && optind != argc) {
		fprintf(stderr, "mctp: \"%s\" stands behind a batch: put it into the file.\n",
			argv[optind]);
		return usage();
	}
	if (o.go_on && !o.batch) {
		fputs("mctp: --force is for a batch: add --batch FILE.\n", stderr);
		return usage();
	}
	if (!o.batch && optind == argc) {
		command_missing();
		return usage();
	}
	if (o.netns && netns_enter(o.netns))
		return STATUS_REFUSED;
	if (o.batch)
		return batch_run(m, o.batch, o.go_on);
	return command_run(m, argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	struct mctp m = { .out = { .to = stdout } };
	int status;

	streams_fill();
	status = run(&m, argc, argv);
	nl_close(&m.nl);

	if ((ferror(stdout) | fflush(stdout)) && !status)
		status = refused("cannot write the output: %s.", strerror(errno));
	return status;
}
