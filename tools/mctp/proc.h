/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables under /proc/net/mctp.
 */
#ifndef MCTP_TOOL_PROC_H
#define MCTP_TOOL_PROC_H

#include <stddef.h>
#include <stdio.h>

#include "print.h"

#define PROC_COLUMNS_MAX 16

/**
 * struct proc_row - a line, cut into its cells
 * @line: the line, owned; the cells point into it
 * @cells: the cells
 * @n: how many, at least one; at most as many as the head has
 */
struct proc_row {
	char *line;
	char *cells[PROC_COLUMNS_MAX];
	size_t n;
};

/**
 * struct proc_table - a whole table
 * @rows: the head, then the records; owned
 * @n: how many rows, the head included
 * @widths: the longest cell of each column
 */
struct proc_table {
	struct proc_row *rows;
	size_t n;
	int widths[PROC_COLUMNS_MAX];
};

int proc_table_load(const char *name, struct proc_table *table);
int proc_table_read(struct proc_table *table, FILE *file);
void proc_table_print(struct printer *p, const struct proc_table *table);
void proc_table_free(struct proc_table *table);

#endif
