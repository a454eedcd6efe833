// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: runs the tables of mctp_rows.h.
 */
#include <signal.h>
#include <sys/time.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_rows.h"

int rows_same(int a, int b)
{
	return a == b ? a : -EPROTO;
}

int rows_err(int rc)
{
	return rc < 0 ? -errno : rc;
}

static void on_signal(int sig)
{
}

void rows_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct itimerval every = {
		.it_interval.tv_usec = 50000,
		.it_value.tv_usec = 50000,
	};

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

int rows_sock_tags(int n)
{
	int fd = sock_new(), i;

	for (i = 0; i < n; i++)
		if (tag_alloc2(fd, 2 + i / 1024, 8 + i / 8 % 128) < 0)
			return -EPROTO;
	return fd;
}

static void row_print(const struct row *row)
{
	const char *quote = row->sentence ? "\"" : "";

	printf("%s\t%s\t%s%s%s\n", row->call, row->name, quote, row->why, quote);
}

/* One half of a row: 0 if it went as the row says */
static int row_half(const struct row *row, bool bad)
{
	int got = row->provoke(bad);

	if (!bad && got >= 0)
		return 0;
	if (bad && got == -row->error &&
	    (!row->sentence || !strcmp(nl_sentence, row->why)))
		return 0;
	printf("# %s its cause: %d (%s)", bad ? "with" : "without", got,
	       got < 0 ? strerror(-got) : "no error");
	if (row->sentence)
		printf(" \"%s\"", nl_sentence);
	printf("\n");
	fflush(stdout);
	return 1;
}

static int row_run(const struct row *row)
{
	int err = ns_new();
	pid_t pid;
	int bad;

	if (!err && row->prepare)
		err = row->prepare();
	if (err) {
		printf("# cannot prepare: %d (%s)\n", err, strerror(-err));
		fflush(stdout);
		return 1;
	}
	for (bad = 0; bad < 2 && !err; bad++) {
		pid = fork();
		if (!pid)
			_exit(row_half(row, bad));
		err = child_wait(pid);
	}
	return err;
}

/* Some rows at once, as much of their time is spent in waiting for a namespace */
#define ROWS_AT_ONCE	4

int rows_main(const struct row *rows, unsigned int n, int argc, char **argv)
{
	bool print = argc == 2 && !strcmp(argv[1], "--rows");
	pid_t pid[ROWS_AT_ONCE];
	unsigned int i, next = 0;
	int failed = 0, err;

	if (print) {
		for (i = 0; i < n; i++)
			row_print(&rows[i]);
		return 0;
	}
	printf("TAP version 13\n1..%u\n", n);
	for (i = 0; i < n; i++) {
		fflush(stdout);
		for (; next < n && next < i + ROWS_AT_ONCE; next++) {
			pid[next % ROWS_AT_ONCE] = fork();
			if (!pid[next % ROWS_AT_ONCE])
				_exit(row_run(&rows[next]));
		}
		err = child_wait(pid[i % ROWS_AT_ONCE]);
		printf("%s %u %s: %s: %s\n", err ? "not ok" : "ok", i + 1,
		       rows[i].call, rows[i].name, rows[i].why);
		failed |= !!err;
	}
	return failed;
}
