// SPDX-License-Identifier: GPL-2.0
/*
 * Objects and verbs: the tables, how words find their entry, and the help that is made from them.
 */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "mctp.h"

static const struct object *const objects[] = {
	&link_object,
	&address_object,
	&route_object,
	&neigh_object,
	&monitor_object,
	&stat_object,
	&endpoint_object,
	&socket_object,
	&tag_object,
	&reassembly_object,
	&ping_object,
	&probe_object,
	&send_object,
	&recv_object,
	&echo_object,
	&bench_object,
	&batch_object,
	&completion_object,
	&version_object,
	&help_object,
};

#define N_OBJECTS (sizeof(objects) / sizeof(objects[0]))

/* Room for the names of all objects in a sentence. */
#define LIST_SIZE 512

/**
 * command_object - an object by its place in the table
 *
 * Return: the object, or NULL behind the last one.
 */
const struct object *command_object(size_t i)
{
	return i < N_OBJECTS ? objects[i] : NULL;
}

static bool begins(const char *name, const char *word)
{
	return name && *word && !strncmp(name, word, strlen(word));
}

static bool equals(const char *name, const char *word)
{
	return name && !strcmp(name, word);
}

static void help_line(const char *object, const char *verb, const char *synopsis,
		      const char *purpose)
{
	printf("  mctp %s%s%s%s%s\n      %s\n", object, verb ? " " : "", verb ? verb : "",
	       *synopsis ? " " : "", synopsis, purpose);
}

static void object_help(const struct object *object)
{
	const struct verb *verb;

	if (!object->verbs) {
		help_line(object->name, NULL, object->synopsis, object->purpose);
		return;
	}
	printf("mctp %s: %s\n", object->name, object->purpose);
	for (verb = object->verbs; verb->name; verb++)
		help_line(object->name, verb->name, verb->synopsis, verb->purpose);
	printf("  The verb is %s when none is given.\n", object->verbs->name);
}

/**
 * command_help - print all that the command can do
 */
void command_help(void)
{
	size_t i;

	puts("Usage: mctp [OPTION]... OBJECT [VERB] ...\n"
	     "       mctp [OPTION]... --batch FILE [--force]\n\n"
	     "  -j, --json         print JSON\n"
	     "  -p, --pretty       print JSON with a line a field\n"
	     "  -c, --color=WHEN   auto (on a terminal), always or never\n"
	     "  -n, --netns NETNS  work in that network namespace (a name of ip-netns, or a path)\n"
	     "  -b, --batch FILE   do each line of FILE, - for the standard input\n"
	     "  -f, --force        go on behind a line that failed\n"
	     "  -v, --verbose      show every netlink message on stderr\n"
	     "  -h, --help         this text\n"
	     "  -V, --version      the version\n\n"
	     "Objects and verbs may be shortened while unique; numbers are decimal or 0x.\n"
	     "Exit status: 0 done, 1 refused, 2 misuse.\n");
	for (i = 0; i < N_OBJECTS; i++) {
		object_help(objects[i]);
		putchar('\n');
	}
}

/* "link, address, ... or help": those that begin with @word, NULL for all. */
static const char *list_objects(char list[LIST_SIZE], const char *word)
{
	size_t i, n = 0, done = 0, used = 0;

	for (i = 0; i < N_OBJECTS; i++)
		n += !word || begins(objects[i]->name, word);
	for (i = 0; i < N_OBJECTS && used < LIST_SIZE; i++) {
		if (word && !begins(objects[i]->name, word))
			continue;
		used += snprintf(list + used, LIST_SIZE - used, "%s%s",
				 !done ? "" : done == n - 1 ? " or " : ", ", objects[i]->name);
		done++;
	}
	return list;
}

/**
 * command_missing - say that there is no object, and which there are
 *
 * Return: STATUS_MISUSE.
 */
int command_missing(void)
{
	char list[LIST_SIZE];

	fprintf(stderr, "mctp: an object is missing: %s.\n", list_objects(list, NULL));
	return STATUS_MISUSE;
}

/* Return: STATUS_FINE and the object, or STATUS_MISUSE. */
static int find_object(struct args *a, const char *word, const struct object **found)
{
	char list[LIST_SIZE];
	size_t i, n = 0;

	for (i = 0; i < N_OBJECTS; i++) {
		if (equals(objects[i]->name, word) || equals(objects[i]->alias, word)) {
			*found = objects[i];
			return STATUS_FINE;
		}
	}
	for (i = 0; i < N_OBJECTS; i++) {
		if (!begins(objects[i]->name, word) && !begins(objects[i]->alias, word))
			continue;
		*found = objects[i];
		n++;
	}
	if (n == 1)
		return STATUS_FINE;
	if (n)
		return misuse(a, "\"%s\" could be %s: write more of it.", word,
			      list_objects(list, word));
	return misuse(a, "no object \"%s\": use %s.", word, list_objects(list, NULL));
}

static int unknown_verb(struct args *a, const struct object *object, const char *word)
{
	char list[128] = "";
	const struct verb *verb;
	size_t used = 0;

	for (verb = object->verbs; verb->name; verb++)
		used += snprintf(list + used, sizeof(list) - used, "%s, ", verb->name);
	return misuse(a, "\"%s\" is not a verb of %s: use %sor help.", word, object->name, list);
}

/* All the verbs that begin with the word: leaving one out would say that it is not there. */
static int ambiguous_verb(struct args *a, const struct object *object, const char *word)
{
	char list[128] = "";
	const struct verb *verb;
	size_t used = 0;

	for (verb = object->verbs; verb->name; verb++) {
		if (begins(verb->name, word))
			used += snprintf(list + used, sizeof(list) - used, "%s%s",
					 used ? " or " : "", verb->name);
	}
	return misuse(a, "\"%s\" could be %s: write more of it.", word, list);
}

static int find_verb(struct args *a, const struct object *object, const char *word,
		     const struct verb **found)
{
	const struct verb *verb;

	*found = NULL;
	for (verb = object->verbs; verb->name; verb++) {
		if (equals(verb->name, word)) {
			*found = verb;
			return STATUS_FINE;
		}
	}
	for (verb = object->verbs; verb->name; verb++) {
		if (!begins(verb->name, word))
			continue;
		if (*found)
			return ambiguous_verb(a, object, word);
		*found = verb;
	}
	return *found ? STATUS_FINE : unknown_verb(a, object, word);
}

static int help_run(struct mctp *m, struct args *a)
{
	const struct object *object;
	const char *word = args_next(a);

	(void)m;
	if (!word) {
		command_help();
		return STATUS_FINE;
	}
	a->object = NULL;
	if (find_object(a, word, &object) || args_end(a))
		return STATUS_MISUSE;
	object_help(object);
	return STATUS_FINE;
}

static int version_run(struct mctp *m, struct args *a)
{
	if (args_end(a))
		return STATUS_MISUSE;
	if (!m->out.json) {
		printf("mctp %s\n", MCTP_TOOL_VERSION);
		return STATUS_FINE;
	}
	print_begin(&m->out);
	print_record(&m->out);
	print_string(&m->out, NULL, "version", MCTP_TOOL_VERSION);
	print_record_end(&m->out);
	print_end(&m->out);
	return STATUS_FINE;
}

/* Does the object itself answer to "help" as its only word? */
static bool asks_for_help(const struct args *a, const struct object *object)
{
	return a->left && equals("help", a->words[0]) && object != &help_object &&
	       (object->verbs || a->left == 1);
}

static int run_object(struct mctp *m, struct args *a, const struct object *object)
{
	const struct verb *verb = object->verbs;
	const char *word;

	a->object = object->name;
	if (asks_for_help(a, object)) {
		args_next(a);
		if (args_end(a))
			return STATUS_MISUSE;
		object_help(object);
		return STATUS_FINE;
	}
	if (!object->verbs)
		return object->run(m, a);
	/* "mctp stat -z": no verb begins with a dash. */
	if (a->left && a->words[0][0] == '-')
		return verb->run(m, a);
	word = args_next(a);
	if (word && find_verb(a, object, word, &verb))
		return STATUS_MISUSE;
	return verb->run(m, a);
}

/**
 * command_run - do what the words say
 * @m: the call
 * @argc: how many words, at least one
 * @argv: the words from the object on
 *
 * Return: a STATUS_*.
 */
int command_run(struct mctp *m, int argc, char **argv)
{
	struct args a = { .words = argv, .left = argc };
	const struct object *object;

	if (find_object(&a, args_next(&a), &object))
		return STATUS_MISUSE;
	return run_object(m, &a, object);
}

const struct object version_object = {
	.name = "version",
	.purpose = "print the version",
	.synopsis = "",
	.run = version_run,
};

const struct object help_object = {
	.name = "help",
	.purpose = "print all that there is, or what there is about an object",
	.synopsis = "[OBJECT]",
	.run = help_run,
};
