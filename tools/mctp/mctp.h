/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mctp: what every file of the command shares.
 *
 * The way of a call: mctp.c reads the options, command.c finds object and verb in the tables, the
 * object's own file reads its words (args.c, parse.c), talks to the kernel (netlink.c, device.c)
 * and prints (print.c).
 */
#ifndef MCTP_TOOL_MCTP_H
#define MCTP_TOOL_MCTP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "netlink.h"
#include "print.h"

#ifndef AF_MCTP
#define AF_MCTP 45
#endif

#define MCTP_TOOL_VERSION "0.1.0"

/* Exit statuses, and what every run() function returns. */
#define STATUS_FINE    0 /* done */
#define STATUS_REFUSED 1 /* well asked, but kernel or system said no */
#define STATUS_MISUSE  2 /* the words make no sense; nothing was tried */

/*
 * EIDs that an endpoint may have (DSP0236, 8.17.1): 0 is null, 1 to 7 are reserved, 255 is
 * broadcast.
 */
#define EID_FIRST 8
#define EID_LAST  254

struct args;

/**
 * struct mctp - one call of the command
 * @out: where records go, as text or as JSON
 * @nl: the rtnetlink socket, opened on first use by mctp_connect()
 * @verbose: show every netlink message on stderr
 * @batch: this call is a line of a batch
 */
struct mctp {
	struct printer out;
	struct nl nl;
	bool verbose;
	bool batch;
};

/**
 * struct verb - a line of an object's table
 * @name: full name; any unique beginning of it is understood too
 * @synopsis: the words that follow, for help and manual
 * @purpose: one line, no full stop
 * @run: does it; returns a STATUS_*
 */
struct verb {
	const char *name;
	const char *synopsis;
	const char *purpose;
	int (*run)(struct mctp *m, struct args *a);
};

/**
 * struct object - what a command is about
 * @name: full name; any unique beginning of it is understood too
 * @alias: another spelling, or NULL
 * @purpose: one line, no full stop
 * @verbs: the table, closed by an entry without a name; the first is run when none is given. NULL
 *	for an object that is a verb by itself
 * @synopsis: the words that follow where there are no verbs
 * @run: does it where there are no verbs; returns a STATUS_*
 */
struct object {
	const char *name;
	const char *alias;
	const char *purpose;
	const struct verb *verbs;
	const char *synopsis;
	int (*run)(struct mctp *m, struct args *a);
};

extern const struct object link_object;
extern const struct object address_object;
extern const struct object route_object;
extern const struct object neigh_object;
extern const struct object stat_object;
extern const struct object endpoint_object;
extern const struct object socket_object;
extern const struct object tag_object;
extern const struct object reassembly_object;
extern const struct object monitor_object;
extern const struct object ping_object;
extern const struct object probe_object;
extern const struct object send_object;
extern const struct object recv_object;
extern const struct object echo_object;
extern const struct object bench_object;
extern const struct object batch_object;
extern const struct object completion_object;
extern const struct object version_object;
extern const struct object help_object;

/* mctp.c */
int mctp_socket(void);
int mctp_connect(struct mctp *m);

/* command.c */
int command_run(struct mctp *m, int argc, char **argv);
void command_help(void);
const struct object *command_object(size_t i);
int command_missing(void);

/* batch.c */
int batch_run(struct mctp *m, const char *file, bool go_on);

/* message.c */
int refused(const char *format, ...) __attribute__((format(printf, 1, 2)));
int refused_by_kernel(struct mctp *m, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* netns.c */
int netns_open(const char *name);
int netns_enter(const char *name);

/* vmctp.c */
int vmctp_add(struct mctp *m, struct args *a);

/* serial.c */
int serial_hold(struct mctp *m, struct args *a);

/* proc.c */
int proc_show(struct mctp *m, const char *table);

/* process.c */
struct processes;
struct processes *processes_load(void);
void processes_free(struct processes *list);
const char *processes_name(const struct processes *list, const char *inode);

#endif
