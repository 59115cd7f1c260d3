/* SPDX-License-Identifier: MIT */
/*
 * completion.c: sora2apictl completion: what may come next on a command line.
 * The shell asks for it, so that it cannot differ from the table.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

static const char common[] = "--config\n--json\n--help\n";

static bool
is_option(const char *word)
{
	return *word == '-';
}

static bool
wants_config(const char *word)
{
	return strcmp(word, "-c") == 0 || strcmp(word, "--config") == 0;
}

/* Each word of "a|b", or the kind of what is no list. */
static void
print_argument(const char *arg)
{
	for (; *arg != '\0'; arg++)
		putchar(*arg == '|' ? '\n' : *arg);
	putchar('\n');
}

/* The word that may follow the first `n` ones of a command; each once. */
static void
print_words(int n, const char *first)
{
	const struct ctl_command *c;
	const char *before = "";

	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++) {
		size_t len = strcspn(c->name, " ");

		if (n == 0 && strncmp(before, c->name, len) != 0)
			printf("%.*s\n", (int)len, c->name);
		if (n == 1 && c->name[len] == ' ' && strlen(first) == len &&
		    strncmp(first, c->name, len) == 0)
			puts(c->name + len + 1);
		before = c->name;
	}
}

static void
print_commands(void)
{
	puts("help\nversion");	/* which are not in the table */
	print_words(0, NULL);
}

static const struct ctl_command *
find(const char *first, const char *second)
{
	const struct ctl_command *c;

	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++) {
		size_t len = strlen(first);

		if (strncmp(c->name, first, len) != 0)
			continue;
		if (c->name[len] == '\0' || (c->name[len] == ' ' &&
		    strcmp(c->name + len + 1, second) == 0))
			return c;
	}
	return NULL;
}

/* The argument of the option `word`, or NULL when it has none. */
static const char *
argument_of(const struct ctl_command *c, const char *word)
{
	if (wants_config(word))
		return "<file>";
	for (const struct ctl_option *o = c != NULL ? c->options : NULL;
	    o != NULL && o->name != NULL; o++)
		if (strncmp(word, "--", 2) == 0 &&
		    strcmp(word + 2, o->name) == 0)
			return o->arg;
	return NULL;
}

static void
print_options(const struct ctl_command *c)
{
	for (const struct ctl_option *o = c->options;
	    o != NULL && o->name != NULL; o++)
		printf("--%s\n", o->name);
	fputs(common, stdout);
}

/* Prints what may stand in the place of `word`; "<file>": the name of a file. */
static void
print_next(const struct ctl_command *c, const char *first,
    const char *previous, const char *word)
{
	const char *arg = argument_of(c, previous);

	if (arg != NULL) {
		if (strcmp(arg, "file") == 0 || strcmp(arg, "<file>") == 0)
			puts("<file>");
		else if (strchr(arg, '|') != NULL)
			print_argument(arg);
	} else if (first == NULL) {
		printf("%s--version\n", common);
		print_commands();
	} else if (strcmp(first, "help") == 0) {
		print_commands();
	} else if (c == NULL) {
		print_words(1, first);
	} else if (is_option(word) || *c->operands == '\0') {
		print_options(c);
	} else if (strcmp(c->operands, "id") != 0) {
		puts("<file>");
	}
}

/* The words of a command line after the program's name; the last one is begun. */
enum err
ctl_completion(struct ctl *ctl, struct error *e UNUSED)
{
	const char *first = NULL, *second = "";
	int words = 0;

	for (int i = 0; i < ctl->argc - 1; i++) {
		if (wants_config(ctl->argv[i])) {
			i++;
		} else if (!is_option(ctl->argv[i])) {
			if (words == 0)
				first = ctl->argv[i];
			if (words == 1)
				second = ctl->argv[i];
			words++;
		}
	}
	print_next(first != NULL ? find(first, second) : NULL, first,
	    ctl->argc > 1 ? ctl->argv[ctl->argc - 2] : "",
	    ctl->argc > 0 ? ctl->argv[ctl->argc - 1] : "");
	return ERR_OK;
}
