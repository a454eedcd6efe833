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
	&stat_object,
	&endpoint_object,
};

#define N_OBJECTS (sizeof(objects) / sizeof(objects[0]))

static bool begins(const char *name, const char *word)
{
	return name && *word && !strncmp(name, word, strlen(word));
}

static bool equals(const char *name, const char *word)
{
	return name && !strcmp(name, word);
}

static void object_help(const struct object *object)
{
	const struct verb *verb;

	printf("mctp %s: %s\n", object->name, object->purpose);
	for (verb = object->verbs; verb->name; verb++) {
		printf("  mctp %s %s%s%s\n", object->name, verb->name, *verb->synopsis ? " " : "",
		       verb->synopsis);
		printf("      %s%s\n", verb->purpose,
		       verb == object->verbs ? " (when no verb is given)" : "");
	}
}

/**
 * command_help - print all that the command can do
 */
void command_help(void)
{
	size_t i;

	puts("Usage: mctp [-j] [-n NETNS] [-v] OBJECT [VERB] ...\n"
	     "       mctp help [OBJECT] | version\n\n"
	     "  -j, --json         print JSON\n"
	     "  -n, --netns NETNS  work in that network namespace (a name of ip-netns, or a path)\n"
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

/* Return: STATUS_FINE and the object, or STATUS_MISUSE. */
static int find_object(struct args *a, const char *word, const struct object **found)
{
	const struct object *other = NULL;
	size_t i;

	*found = NULL;
	for (i = 0; i < N_OBJECTS; i++) {
		if (equals(objects[i]->name, word) || equals(objects[i]->alias, word)) {
			*found = objects[i];
			return STATUS_FINE;
		}
		if (!begins(objects[i]->name, word) && !begins(objects[i]->alias, word))
			continue;
		other = *found;
		*found = objects[i];
		if (other)
			return misuse(a, "\"%s\" could be %s or %s: write more of it.", word,
				      other->name, (*found)->name);
	}
	if (!*found)
		return misuse(a, "no object \"%s\": use link, address, route, neighbour or stat.",
			      word);
	return STATUS_FINE;
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

static int run_help(struct args *a)
{
	const struct object *object;
	const char *word = args_next(a);

	if (!word) {
		command_help();
		return STATUS_FINE;
	}
	if (find_object(a, word, &object) || args_end(a))
		return STATUS_MISUSE;
	object_help(object);
	return STATUS_FINE;
}

static int run_object(struct mctp *m, struct args *a, const struct object *object)
{
	const struct verb *verb = object->verbs;
	const char *word = args_next(a);

	a->object = object->name;
	if (equals("help", word ? word : "")) {
		if (args_end(a))
			return STATUS_MISUSE;
		object_help(object);
		return STATUS_FINE;
	}
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
	const char *word = args_next(&a);

	if (equals("help", word))
		return run_help(&a);
	if (equals("version", word)) {
		if (args_end(&a))
			return STATUS_MISUSE;
		printf("mctp %s\n", MCTP_TOOL_VERSION);
		return STATUS_FINE;
	}
	if (find_object(&a, word, &object))
		return STATUS_MISUSE;
	return run_object(m, &a, object);
}
