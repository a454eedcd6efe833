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
#include "proc.h"

#define PROC_DIRECTORY "/proc/net/mctp"

/* Cut a line at its blanks, into @most cells; the last one takes the rest. */
static void cut(struct proc_row *row, size_t most)
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

static void measure(struct proc_table *table, const struct proc_row *row)
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
static int add_row(struct proc_table *table, char *line)
{
	struct proc_row *rows, *row;

	rows = reallocarray(table->rows, table->n + 1, sizeof(*rows));
	if (!rows) {
		free(line);
		return -ENOMEM;
	}
	table->rows = rows;
	row = &rows[table->n];
	*row = (struct proc_row){ .line = line };
	cut(row, table->n ? rows[0].n : PROC_COLUMNS_MAX);
	if (!row->n) {
		free(line);
		return 0;
	}
	measure(table, row);
	table->n++;
	return 0;
}

/**
 * proc_table_free - let go of a table
 */
void proc_table_free(struct proc_table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		free(table->rows[i].line);
	free(table->rows);
}

/**
 * proc_table_read - read a table out of a file
 * @table: gets it; empty at first
 * @file: the file, whatever it holds
 *
 * Return: 0 or a negative errno.
 */
int proc_table_read(struct proc_table *table, FILE *file)
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

/* The last column of a line needs no blanks behind it, unless @more is to come. */
static int width(const struct proc_table *table, const struct proc_row *row, size_t column, bool more)
{
	return more || column + 1 < row->n ? table->widths[column] : 0;
}

/* Return: the column that holds sockets' inodes, or -1. */
static int inode_column(const struct proc_row *head)
{
	size_t i;

	for (i = 0; i < head->n; i++) {
		if (!strcmp(head->cells[i], "inode"))
			return i;
	}
	return -1;
}

/* One more column where there is a socket in the row: the processes that have it open. */
static void print_process(struct printer *p, const struct proc_row *row, int column,
			  const struct processes *list)
{
	const char *name;

	if (column < 0 || (size_t)column >= row->n)
		return;
	name = processes_name(list, row->cells[column]);
	print_cell(p, "process", name ? name : "-", 0);
}

/**
 * proc_table_print - print a table that has a head
 */
void proc_table_print(struct printer *p, const struct proc_table *table)
{
	const struct proc_row *head = table->rows, *row;
	int column = inode_column(head);
	struct processes *list = column < 0 ? NULL : processes_load();
	size_t i;

	print_begin(p);
	for (i = 0; i < head->n; i++)
		print_heading(p, head->cells[i], width(table, head, i, column >= 0));
	if (column >= 0)
		print_heading(p, "process", 0);
	print_heading_end(p);
	for (row = head + 1; row < head + table->n; row++) {
		print_record(p);
		for (i = 0; i < row->n; i++)
			print_cell(p, head->cells[i], row->cells[i],
				   width(table, row, i, column >= 0));
		print_process(p, row, column, list);
		print_record_end(p);
	}
	print_end(p);
	processes_free(list);
}

/**
 * proc_table_load - read a table of the kernel's
 * @name: the table's file under /proc/net/mctp
 * @table: gets it; to be freed by proc_table_free(), also after an error
 *
 * Return: STATUS_FINE, or STATUS_REFUSED with a sentence on stderr.
 */
int proc_table_load(const char *name, struct proc_table *table)
{
	char path[64];
	FILE *file;
	int err;

	*table = (struct proc_table){};
	snprintf(path, sizeof(path), PROC_DIRECTORY "/%s", name);
	file = fopen(path, "re");
	if (!file && errno == ENOENT)
		return refused("the MCTP stack of this kernel has no %s: that takes the newest mctp.ko.",
			       path);
	if (!file)
		return refused("cannot open %s: %s.", path, strerror(errno));
	err = proc_table_read(table, file);
	fclose(file);
	if (err)
		return refused("cannot read %s: %s.", path, strerror(-err));
	if (!table->n)
		return refused("%s is empty.", path);
	return STATUS_FINE;
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
	struct proc_table table;
	int status;

	status = proc_table_load(name, &table);
	if (!status)
		proc_table_print(&m->out, &table);
	proc_table_free(&table);
	return status;
}
