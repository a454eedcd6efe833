// SPDX-License-Identifier: GPL-2.0
/*
 * mctp: configure and look at MCTP on Linux. Options, and the connection to the kernel.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mctp.h"

/**
 * mctp_connect - see that the kernel speaks MCTP, and open rtnetlink
 *
 * Asking for a socket also makes the kernel load the stack's module, which rtnetlink alone never
 * does.
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int mctp_connect(struct mctp *m)
{
	int fd, err;

	if (m->nl.sk)
		return STATUS_FINE;

	fd = socket(AF_MCTP, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 && errno == EAFNOSUPPORT)
		return refused("this kernel has no MCTP stack loaded. Load it with: modprobe mctp");
	if (fd < 0)
		return refused("cannot ask the kernel for MCTP: %s.", strerror(errno));
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

static int run(struct mctp *m, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "netns", required_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ }
	};
	const char *netns = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "+:jn:vhV", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			m->out.json = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'v':
			m->verbose = true;
			break;
		case 'h':
			command_help();
			return STATUS_FINE;
		case 'V':
			printf("mctp %s\n", MCTP_TOOL_VERSION);
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
	if (optind == argc) {
		fputs("mctp: an object is missing: link, address, route, neighbour or stat.\n",
		      stderr);
		return usage();
	}
	if (netns && netns_enter(netns))
		return STATUS_REFUSED;
	return command_run(m, argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	struct mctp m = { .out = { .to = stdout } };
	int status;

	status = run(&m, argc, argv);
	nl_close(&m.nl);

	if ((ferror(stdout) | fflush(stdout)) && !status)
		status = refused("cannot write the output: %s.", strerror(errno));
	return status;
}
