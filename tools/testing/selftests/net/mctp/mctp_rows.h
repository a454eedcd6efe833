/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that are a table: a call, the error that it ends with, and why.
 *
 * Documentation/networking/mctp.rst and mctp(7) have the same rows, word by
 * word, and tools/testing/qemu/docs compares them with what --rows prints. So
 * each error that is documented is one that has been seen, and for that reason.
 */
#ifndef MCTP_ROWS_H
#define MCTP_ROWS_H

#include <stdbool.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

/**
 * struct row - an error and what causes it
 * @call: heading of the table in the documentation that the row is in
 * @name: the error as a word
 * @error: its value
 * @why: the cause, as documented; the kernel's sentence if @sentence
 * @sentence: it is a refusal by netlink, and @why what its extended ack says
 * @prepare: what must be there before, or NULL; 0 or a negative error
 * @provoke: does the call and returns what it did, or a negative error. Without
 *	@bad the cause alone is left out and the call must succeed, so the error
 *	is for no other reason. Each of the two runs in a process of its own.
 */
struct row {
	const char	*call;
	const char	*name;
	int		error;
	const char	*why;
	bool		sentence;
	int		(*prepare)(void);
	int		(*provoke)(bool bad);
};

#define ROW(_call, _error, _why, _prepare, _provoke)			\
	{ .call = _call, .name = #_error, .error = _error, .why = _why,	\
	  .prepare = _prepare, .provoke = _provoke }

#define REFUSAL(_call, _error, _sentence, _prepare, _provoke)		\
	{ .call = _call, .name = #_error, .error = _error,		\
	  .why = _sentence, .sentence = true,				\
	  .prepare = _prepare, .provoke = _provoke }

/* Runs all rows, each in a network namespace of its own, and reports them as
 * TAP; with the argument --rows it prints them instead. Returns the exit status.
 */
int rows_main(const struct row *rows, unsigned int n, int argc, char **argv);

/* What a system call returned, or its error */
int rows_err(int rc);
/* What both calls ended with, or -EPROTO if they differ */
int rows_same(int a, int b);
/* Signals that interrupt whatever sleeps, again and again */
void rows_signals(void);

/* Tags that a socket can have */
#define ROWS_SOCK_TAGS	4096

/* A socket with so many tags, of networks that are used by nothing else */
int rows_sock_tags(int n);

/* No program has memory there */
#define ROWS_BAD_MEMORY	((void *)8)

#endif /* MCTP_ROWS_H */
