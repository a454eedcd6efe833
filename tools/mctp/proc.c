// SPDX-License-Identifier: GPL-2.0
/*
 * Tables under /proc/net/mctp: a head line that names the columns, then one record a line. Whatever
 * columns a kernel has are shown, so that newer ones need no newer command.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mctp.h"

#define PROC_DIRECTORY "/proc/net/mctp"
#define COLUMNS_MAX    16

/**
 * struct row - a line, cut into its cells
 * @line: the line, owned; the cells point into it
 * @cells: the cells
 * @n: how many, at least one; at most as many as the head has
 */
struct row {
	char *line;
	char *cells[COLUMNS_MAX];
	size_t n;
};

/**
 * struct table - a whole table
 * @rows: the head, then the records; owned
 * @n: how many rows, the head included
 * @widths: the longest cell of each column
 */
struct table {
	struct row *rows;
	size_t n;
	int widths[COLUMNS_MAX];
};

/* Cut a line at its blanks, into @most cells; the last one takes the rest. */
static void cut(struct row *row, size_t most)
{
	char *at = row->line + strspn(row->line, " \t");

	at[strcspn(at, "\n")] = '\0';
	while (*at && row->n < most) {
		row->cells[row->n++] = at;
		if (row->n == most)
			break;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
		at += strspn(at, " \t");
	}
}

static void measure(struct table *table, const struct row *row)
{
	size_t i;
	int len;

	for (i = 0; i < row->n; i++) {
		len = strlen(row->cells[i]);
		if (len > table->widths[i])
			table->widths[i] = len;
	}
}

/* Return: 0 or -ENOMEM; @line is owned by the table in either case. */
static int add_row(struct table *table, char *line)
{
	struct row *rows, *row;

	rows = reallocarray(table->rows, table->n + 1, sizeof(*rows));
	if (!rows) {
		free(line);
		return -ENOMEM;
	}
	table->rows = rows;
	row = &rows[table->n];
	*row = (struct row){ .line = line };
	cut(row, table->n ? rows[0].n : COLUMNS_MAX);
	if (!row->n) {
		free(line);
		return 0;
	}
	measure(table, row);
	table->n++;
	return 0;
}

static void free_table(struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		free(table->rows[i].line);
	free(table->rows);
}

/* Return: 0 or a negative errno. */
static int load_table(struct table *table, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	int err;

	while (getline(&line, &room, file) > 0) {
		err = add_row(table, line);
		if (err)
			return err;
		line = NULL;
		room = 0;
	}
	free(line);
	return ferror(file) ? -EIO : 0;
}

static int width(const struct table *table, const struct row *row, size_t column)
{
	return column + 1 < row->n ? table->widths[column] : 0;
}

static void print_table(struct printer *p, const struct table *table)
{
	const struct row *head = table->rows, *row;
	size_t i;

	print_begin(p);
	for (i = 0; i < head->n; i++)
		print_heading(p, head->cells[i], width(table, head, i));
	print_heading_end(p);
	for (row = head + 1; row < head + table->n; row++) {
		print_record(p);
		for (i = 0; i < row->n; i++)
			print_cell(p, head->cells[i], row->cells[i], width(table, row, i));
		print_record_end(p);
	}
	print_end(p);
}

/**
 * proc_show - print a table of the kernel's
 * @m: the call
 * @name: the table's file under /proc/net/mctp
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int proc_show(struct mctp *m, const char *name)
{
	struct table table = {};
	char path[64];
	FILE *file;
	int err;

	snprintf(path, sizeof(path), PROC_DIRECTORY "/%s", name);
	file = fopen(path, "re");
	if (!file && errno == ENOENT)
		return refused("this kernel's MCTP stack has no %s: load the newest mctp module.",
			       path);
	if (!file)
		return refused("cannot open %s: %s.", path, strerror(errno));
	err = load_table(&table, file);
	fclose(file);
	if (err)
		refused("cannot read %s: %s.", path, strerror(-err));
	else if (!table.n)
		err = refused("%s is empty.", path);
	else
		print_table(&m->out, &table);
	free_table(&table);
	return err ? STATUS_REFUSED : STATUS_FINE;
}
