// SPDX-License-Identifier: GPL-2.0
/*
 * What a message costs. Prints "figure NAME VALUE" for each measure whose name
 * matches one of the patterns, or for all. In a guest that counts instructions
 * the values are instructions; see ./run.
 *
 *   bench [--list] [--other] [--budget INSTRUCTIONS] [PATTERN...]
 *
 * --other leaves out what only this stack has.
 */
#include <fnmatch.h>
#include <stdarg.h>
#include <sys/resource.h>

#include "bench.h"

static const struct measure * const groups[] = {
	local_measures, scale_measures, link_measures, serial_measures, usb_measures,
	memory_measures, thread_measures,
};

static const char **patterns;
static bool list_only, other_stack;

static bool wanted(const char *name)
{
	int i;

	for (i = 0; patterns[i]; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return !i;
}

/* In a child, so that nothing of it is left for the next */
static int run(const struct measure *m, const char *name, long arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		must(ns_new(), "a network namespace");
		m->run(name, arg);
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("fork: %m");
	/* The namespace is taken down by a worker */
	usleep(300000);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		printf("failed %s\n", name);
		return 1;
	}
	return 0;
}

static int run_group(const struct measure *m)
{
	char name[64];
	int i, failed = 0;

	for (; m->name; m++) {
		if (m->ours && other_stack)
			continue;
		for (i = 0; i < m->n; i++) {
			snprintf(name, sizeof(name), "%s/%ld", m->name, m->args[i]);
			if (!wanted(name))
				continue;
			if (list_only)
				puts(name);
			else
				failed += run(m, name, m->args[i]);
		}
	}
	return failed;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 20000, 20000 };
	unsigned int i;
	int failed = 0;

	for (argv++; *argv && !strncmp(*argv, "--", 2); argv++) {
		if (!strcmp(*argv, "--list"))
			list_only = true;
		else if (!strcmp(*argv, "--other"))
			other_stack = true;
		else if (!strcmp(*argv, "--budget") && argv[1])
			count_budget = strtoull(*++argv, NULL, 0);
		else
			die("there is no option %s", *argv);
	}
	patterns = (const char **)argv;
	setrlimit(RLIMIT_NOFILE, &files);

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		failed += run_group(groups[i]);
	return !!failed;
}
