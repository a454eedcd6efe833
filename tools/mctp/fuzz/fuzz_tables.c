// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as of /proc/net/mctp, or a history that somebody else wrote, and what is printed of them.
 */
#include <stdlib.h>

#include "mctp.h"
#include "proc.h"

/* No look at the processes of this machine: they are none of the input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct printer p = { .json = size % 2, .pretty = size % 4 == 3 };
	struct proc_table table = {};
	size_t len;
	FILE *file;
	char *out;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	p.to = open_memstream(&out, &len);
	if (!proc_table_read(&table, file) && table.n)
		proc_table_print(&p, &table);
	proc_table_free(&table);
	fclose(p.to);
	fclose(file);
	free(out);
	return 0;
}
