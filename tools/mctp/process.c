// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes have which sockets open: /proc/PID/fd, as far as this user may look.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mctp.h"

/**
 * struct holder - a process and a socket that it has open
 * @inode: the socket's
 * @name: the process's name and number, as mctpd/812
 */
struct holder {
	unsigned long inode;
	char name[48];
};

/**
 * struct processes - all that have sockets
 * @holders: one an open socket; owned
 * @n: how many
 */
struct processes {
	struct holder *holders;
	size_t n;
};

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static void read_name(const char *pid, char name[17])
{
	char path[64];
	FILE *file;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(name, 17, file))
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	fclose(file);
}

static void add(struct processes *list, unsigned long inode, const char *pid, const char *name)
{
	struct holder *holders;

	holders = reallocarray(list->holders, list->n + 1, sizeof(*holders));
	if (!holders)
		return;
	list->holders = holders;
	holders[list->n].inode = inode;
	snprintf(holders[list->n].name, sizeof(holders[0].name), "%s/%.20s", name, pid);
	list->n++;
}

static void look_at(struct processes *list, const char *pid)
{
	char path[64], link[64], name[17];
	unsigned long inode;
	struct dirent *entry;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	read_name(pid, name);
	while ((entry = readdir(dir))) {
		len = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);
		if (len < 0)
			continue;
		link[len] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) == 1)
			add(list, inode, pid, name);
	}
	closedir(dir);
}

/**
 * processes_load - look at all processes
 *
 * Return: what was found, to be freed by processes_free(); NULL when memory is short.
 */
struct processes *processes_load(void)
{
	struct processes *list = calloc(1, sizeof(*list));
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (list && dir && (entry = readdir(dir))) {
		if (is_number(entry->d_name))
			look_at(list, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return list;
}

/**
 * processes_free - let go of what was found
 */
void processes_free(struct processes *list)
{
	if (list)
		free(list->holders);
	free(list);
}

/**
 * processes_name - the process that has a socket open
 * @list: the processes, may be NULL
 * @inode: the socket's inode, as text
 *
 * Return: NAME/PID of the first that has it, or NULL.
 */
const char *processes_name(const struct processes *list, const char *inode)
{
	unsigned long number = strtoul(inode, NULL, 10);
	size_t i;

	for (i = 0; list && i < list->n; i++) {
		if (list->holders[i].inode == number)
			return list->holders[i].name;
	}
	return NULL;
}
