// SPDX-License-Identifier: GPL-2.0
/*
 * mctp stat: what went through the stack, and why what did not was lost; or what of it is new.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/stat.h>

#include "args.h"
#include "mctp.h"
#include "peer.h"
#include "proc.h"
#include "stop.h"

#include <fcntl.h>

/* The line of a history that is no counter: microseconds since the boot. */
#define TIME_ROW "time_us"

#define NUMBER_WIDTH 12

/**
 * struct sample - the counters at a time
 * @table: their table; a history's has TIME_ROW
 * @us: microseconds since the boot
 */
struct sample {
	struct proc_table table;
	uint64_t us;
};

static uint64_t boot_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/* Return: the value of a counter, 0 where there is none. */
static uint64_t value_of(const struct proc_table *table, const char *name)
{
	size_t i;

	for (i = 1; i < table->n; i++) {
		if (table->rows[i].n > 1 && !strcmp(table->rows[i].cells[0], name))
			return strtoull(table->rows[i].cells[1], NULL, 10);
	}
	return 0;
}

static int take(struct sample *sample)
{
	sample->us = boot_us();
	return proc_table_load("stat", &sample->table);
}

/* A history is of a user and of a network namespace. */
static int history_path(char path[PATH_MAX])
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	struct stat netns;

	if (stat("/proc/self/ns/net", &netns))
		return -errno;
	if (!folder || *folder != '/')
		folder = geteuid() ? "/tmp" : "/run";
	if (snprintf(path, PATH_MAX, "%s/mctp-stat.%u.%lu", folder, geteuid(),
		     (unsigned long)netns.st_ino) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/* Whatever is not a good history of this boot counts as none. */
static void load_history(const char *path, struct sample *old)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	FILE *file;

	*old = (struct sample){};
	if (fd < 0)
		return;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_uid != geteuid()) {
		close(fd);
		return;
	}
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return;
	}
	if (!proc_table_read(&old->table, file))
		old->us = value_of(&old->table, TIME_ROW);
	fclose(file);
	if (!old->us || old->us > boot_us()) {
		proc_table_free(&old->table);
		*old = (struct sample){};
	}
}

static int save_history(const char *path, const struct sample *sample)
{
	char temporary[PATH_MAX];
	bool bad = false;
	FILE *file;
	size_t i;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		close(fd);
		unlink(temporary);
		return -ENOMEM;
	}
	fprintf(file, "counter value\n" TIME_ROW " %llu\n", (unsigned long long)sample->us);
	for (i = 1; i < sample->table.n; i++) {
		if (sample->table.rows[i].n > 1)
			fprintf(file, "%s %s\n", sample->table.rows[i].cells[0],
				sample->table.rows[i].cells[1]);
	}
	bad = ferror(file);
	bad |= fclose(file);
	if (!bad && !rename(temporary, path))
		return 0;
	unlink(temporary);
	return -EIO;
}

static void print_head(struct printer *p, int width)
{
	print_heading(p, "counter", width);
	print_heading(p, "value", NUMBER_WIDTH);
	print_heading(p, "change", NUMBER_WIDTH);
	print_heading(p, "per_second", 0);
	print_heading_end(p);
}

static void print_number_cell(struct printer *p, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	print_cell(p, key, text, NUMBER_WIDTH);
}

static void print_change(struct printer *p, const struct proc_row *row, int width,
			 const struct sample *old, const struct sample *new, bool stamped)
{
	uint64_t value = strtoull(row->cells[1], NULL, 10);
	uint64_t before = value_of(&old->table, row->cells[0]);
	uint64_t us = new->us - old->us;

	/* Modules that were loaded anew count from 0. */
	if (before > value)
		before = 0;
	if (value == before)
		return;
	print_record(p);
	if (stamped && p->json)
		print_time(p, NULL, "time");
	print_cell(p, "counter", row->cells[0], width);
	print_number_cell(p, "value", value);
	print_number_cell(p, "change", value - before);
	if (old->us && us)
		print_milli(p, NULL, "per_second", (value - before) * 1000000000ull / us);
	else
		print_null(p, NULL, "per_second");
	print_record_end(p);
}

static void print_changes(struct printer *p, const struct sample *old, const struct sample *new,
			  bool stamped)
{
	int width = new->table.widths[0];
	size_t i;

	p->fields = 0;
	print_head(p, width);
	for (i = 1; i < new->table.n; i++) {
		if (new->table.rows[i].n > 1)
			print_change(p, &new->table.rows[i], width, old, new, stamped);
	}
}

/* What is new since the last time that this was asked for. */
static int show_changes(struct mctp *m)
{
	struct sample old, new;
	char path[PATH_MAX];
	int err, status;

	err = history_path(path);
	if (err)
		return refused("cannot find a place for what was counted: %s.", strerror(-err));
	status = take(&new);
	if (!status) {
		load_history(path, &old);
		print_begin(&m->out);
		print_changes(&m->out, &old, &new, false);
		print_end(&m->out);
		proc_table_free(&old.table);
		err = save_history(path, &new);
		if (err)
			status = refused("cannot write %s: %s.", path, strerror(-err));
	}
	proc_table_free(&new.table);
	return status;
}

/* What is new, again and again. */
static int watch(struct mctp *m, uint32_t interval_ms, uint32_t count)
{
	bool clear = !m->out.json && isatty(STDOUT_FILENO);
	uint64_t next = peer_now_us();
	struct sample old = {}, new;
	uint32_t done = 0;
	int status;

	stop_catch();
	print_begin_stream(&m->out);
	status = take(&old);
	while (!status && !ferror(m->out.to) && (!count || done++ < count)) {
		next += interval_ms * 1000ull;
		while (!stop_wanted() && peer_now_us() < next)
			peer_wait(-1, next);
		if (stop_wanted())
			break;
		status = take(&new);
		if (!status) {
			if (clear)
				fputs("\033[H\033[J", m->out.to);
			print_changes(&m->out, &old, &new, true);
			fflush(m->out.to);
		}
		proc_table_free(&old.table);
		old = new;
	}
	print_end(&m->out);
	proc_table_free(&old.table);
	return status;
}

static int stat_show(struct mctp *m, struct args *a)
{
	enum { ZERO, WATCH, INTERVAL, COUNT };
	struct keyword words[] = {
		[ZERO] = { .name = "-z", .flag = true },
		[WATCH] = { .name = "--watch", .alias = "-w", .flag = true },
		[INTERVAL] = { .name = "-i", .alias = "interval" },
		[COUNT] = { .name = "-c", .alias = "count" },
	};
	uint32_t interval_ms = 1000, count = 0;

	if (ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (words[ZERO].value && words[WATCH].value)
		return misuse(a, "-z and --watch exclude each other: choose one.");
	if (!words[WATCH].value && (words[INTERVAL].value || words[COUNT].value))
		return misuse(a, "-i and -c are for --watch: add it.");
	if (words[INTERVAL].value && args_seconds(a, "the interval", words[INTERVAL].value, 10,
						  86400000, &interval_ms))
		return STATUS_MISUSE;
	if (words[COUNT].value &&
	    args_number(a, "the count", words[COUNT].value, 1, UINT32_MAX, &count))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	if (words[WATCH].value)
		return watch(m, interval_ms, count);
	return words[ZERO].value ? show_changes(m) : proc_show(m, "stat");
}

static const struct verb verbs[] = {
	{ "show", "[-z | --watch [-i SECONDS] [-c COUNT]]",
	  "print every counter; with -z what is new since the last -z; or what is new, each second",
	  stat_show },
	{ }
};

const struct object stat_object = {
	.name = "stat",
	.purpose = "counters: what went through, and what was lost by reason",
	.verbs = verbs,
};
