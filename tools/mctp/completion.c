// SPDX-License-Identifier: GPL-2.0
/*
 * mctp completion: scripts for shells, and for these the words that can follow.
 *
 * The words come from the tables of commands: a synopsis says which keywords there are, and by its
 * words in capitals what kind of value stands where. Values are live: devices, EIDs, networks.
 */
#include <ctype.h>
#include <dirent.h>
#include <string.h>

#include "args.h"
#include "entry.h"

/* The scripts as they are installed. */
__asm__(".pushsection .rodata\n"
	"completion_bash: .incbin \"completion/mctp.bash\"\n.byte 0\n"
	"completion_zsh: .incbin \"completion/_mctp\"\n.byte 0\n"
	".popsection\n");

extern const char completion_bash[];
extern const char completion_zsh[];

#define TOKEN_SIZE 24

/**
 * struct token - a word of a synopsis
 * @text: the word
 * @bare: its keyword may be left out, as in "[dev] DEV"
 */
struct token {
	char text[TOKEN_SIZE];
	bool bare;
};

/* Take the next word of a synopsis; brackets and bars part words. */
static bool next_token(const char **at, struct token *token)
{
	static const char parting[] = " []|{}.,";
	const char *end;
	size_t len;

	*at += strspn(*at, parting);
	len = strcspn(*at, parting);
	if (!len)
		return false;
	end = *at + len;
	/* The second part of "EID[-EID]" is no word. */
	if ((*at)[0] == '-' && isupper((unsigned char)(*at)[1])) {
		*at = end;
		return next_token(at, token);
	}
	snprintf(token->text, sizeof(token->text), "%.*s", (int)len, *at);
	token->bare = end[0] == ']' && end[1] == ' ' && isupper((unsigned char)end[2]);
	*at = end;
	return true;
}

static bool is_value(const struct token *token)
{
	return isupper((unsigned char)token->text[0]);
}

static bool in_words(const struct args *a, const char *text)
{
	int i;

	for (i = 0; i < a->left - 1; i++) {
		if (!strcmp(a->words[i], text))
			return true;
	}
	return false;
}

static void offer_devices(struct mctp *m, bool networks)
{
	struct device_list list;
	size_t i, k;

	if (mctp_connect(m) || device_list_load(m, &list))
		return;
	for (i = 0; i < list.n; i++) {
		if (!list.devices[i].is_mctp)
			continue;
		if (!networks) {
			puts(list.devices[i].name);
			continue;
		}
		for (k = 0; k < i; k++) {
			if (list.devices[k].is_mctp && list.devices[k].net == list.devices[i].net)
				break;
		}
		if (k == i)
			printf("%u\n", list.devices[i].net);
	}
	device_list_free(&list);
}

/* All EIDs that the tables know, each once. */
static void offer_eids(struct mctp *m)
{
	bool known[256] = {};
	struct entries all;
	unsigned int eid;
	size_t i;

	if (mctp_connect(m))
		return;
	if (!routes_load(m, &all)) {
		for (i = 0; i < all.n; i++) {
			const struct route *route = (struct route *)all.bytes + i;

			for (eid = route->first; eid <= route->last; eid++)
				known[eid] = true;
		}
		entries_free(&all);
	}
	if (!neighs_load(m, 0, &all)) {
		for (i = 0; i < all.n; i++)
			known[((struct neigh *)all.bytes + i)->eid] = true;
		entries_free(&all);
	}
	for (eid = 0; eid < 256; eid++) {
		if (known[eid])
			printf("%u\n", eid);
	}
}

static void offer_netns(void)
{
	DIR *dir = opendir("/run/netns");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			puts(entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static void offer_types(void)
{
	unsigned int type;

	for (type = 0; type < 0x80; type++) {
		if (parse_type_name(type))
			puts(parse_type_name(type));
	}
}

static void offer_objects(void)
{
	size_t i;

	for (i = 0; command_object(i); i++)
		puts(command_object(i)->name);
}

/* The values that can stand for a word in capitals; @keyword is what comes before it. */
static void offer_values(struct mctp *m, const char *kind, const char *keyword)
{
	if (!strcmp(kind, "DEV"))
		offer_devices(m, false);
	else if (!strcmp(kind, "EID"))
		offer_eids(m);
	else if (!strcmp(kind, "N") && keyword && !strncmp(keyword, "net", 3))
		offer_devices(m, true);
	else if (!strcmp(kind, "NETNS"))
		offer_netns();
	else if (!strcmp(kind, "TYPE"))
		offer_types();
	else if (!strcmp(kind, "OBJECT"))
		offer_objects();
}

/* Is @word a keyword that a value follows? Then that is all that can come. */
static bool offer_behind(struct mctp *m, const char *synopsis, const char *word)
{
	struct token token, next;
	const char *at = synopsis;

	while (next_token(&at, &token)) {
		const char *ahead = at;

		if (is_value(&token) || strcmp(token.text, word))
			continue;
		if (!next_token(&ahead, &next) || !is_value(&next))
			continue;
		/* In "up | down" a bar parts them, in "mtu N" a blank. */
		if (memchr(at, '|', ahead - at))
			continue;
		offer_values(m, next.text, word);
		return true;
	}
	return false;
}

/* The words behind object and verb; the last is the one to be completed. */
static void offer_arguments(struct mctp *m, const struct args *a, const char *synopsis)
{
	const char *at = synopsis, *keyword = NULL;
	struct token token;
	bool first = true, bare = false;

	if (a->left > 1 && offer_behind(m, synopsis, a->words[a->left - 2]))
		return;
	for (; next_token(&at, &token); first = false) {
		if (is_value(&token)) {
			if (first && a->left == 1) {
				offer_values(m, token.text, NULL);
				return;
			}
			if (bare)
				offer_values(m, token.text, keyword);
		} else if (!in_words(a, token.text)) {
			puts(token.text);
		}
		keyword = is_value(&token) ? NULL : token.text;
		bare = token.bare;
	}
}

static const struct object *find(const char *word)
{
	const struct object *object, *found = NULL;
	size_t i;

	for (i = 0; (object = command_object(i)); i++) {
		if (!strcmp(object->name, word) || (object->alias && !strcmp(object->alias, word)))
			return object;
		if (!strncmp(object->name, word, strlen(word))) {
			if (found)
				return NULL;
			found = object;
		}
	}
	return found;
}

static void offer_object(struct mctp *m, struct args *a)
{
	const struct object *object = find(args_next(a));
	const struct verb *verb;
	const char *word;

	if (!object)
		return;
	if (!object->verbs) {
		offer_arguments(m, a, object->synopsis);
		return;
	}
	word = args_next(a);
	if (!a->left) {
		for (verb = object->verbs; verb->name; verb++)
			puts(verb->name);
		puts("help");
		return;
	}
	for (verb = object->verbs; verb->name; verb++) {
		if (!strncmp(verb->name, word, strlen(word))) {
			offer_arguments(m, a, verb->synopsis);
			return;
		}
	}
}

static void offer_options(void)
{
	puts("--json\n--pretty\n--color\n--netns\n--batch\n--force\n--verbose\n--help\n--version");
}

static bool is_one_of(const char *word, const char *one, const char *other)
{
	return !strcmp(word, one) || !strcmp(word, other);
}

/* Options first, of which three have a value; then the object. */
static void offer(struct mctp *m, struct args *a)
{
	const char *word, *value;

	while (a->left > 1 && a->words[0][0] == '-') {
		word = args_next(a);
		if (!is_one_of(word, "-n", "--netns") && !is_one_of(word, "-b", "--batch") &&
		    !is_one_of(word, "-c", "--color"))
			continue;
		value = args_next(a);
		if (a->left) {
			if (is_one_of(word, "-n", "--netns") && netns_enter(value))
				return;
			continue;
		}
		if (is_one_of(word, "-n", "--netns"))
			offer_netns();
		else if (is_one_of(word, "-c", "--color"))
			puts("auto\nalways\nnever");
		return;
	}
	if (a->left == 1 && a->words[0][0] == '-')
		offer_options();
	else if (a->left == 1)
		offer_objects();
	else if (a->left)
		offer_object(m, a);
}

static int completion_run(struct mctp *m, struct args *a)
{
	const char *what;

	if (args_take(a, "the shell", &what))
		return STATUS_MISUSE;
	if (!strcmp(what, "words")) {
		offer(m, a);
		return STATUS_FINE;
	}
	if (args_end(a))
		return STATUS_MISUSE;
	if (strcmp(what, "bash") && strcmp(what, "zsh"))
		return misuse(a, "there is no completion for \"%s\": use bash or zsh.", what);
	fputs(!strcmp(what, "bash") ? completion_bash : completion_zsh, stdout);
	return STATUS_FINE;
}

const struct object completion_object = {
	.name = "completion",
	.purpose = "print the completion script of a shell; or the words that can follow WORDs",
	.synopsis = "bash | zsh | words WORD...",
	.run = completion_run,
};
