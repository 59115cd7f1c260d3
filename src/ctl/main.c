/* SPDX-License-Identifier: MIT */
/* main.c: sora2apictl: administration without HTTP. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "attr.h"
#include "conf.h"
#include "config.h"
#include "ctl.h"
#include "log.h"

enum { OPT_CONFIG = 'c', OPT_HELP = 'h', OPT_VERSION = 'V', OPT_JSON = 'j' };

#define COMMON_OPTIONS \
	{ "config", required_argument, NULL, OPT_CONFIG }, \
	{ "json", no_argument, NULL, OPT_JSON }, \
	{ "help", no_argument, NULL, OPT_HELP }

/* Commands that need neither configuration nor database. */
static const struct ctl_command own[] = {
	{ .name = "help", .operands = "[command]",
	    .help = "print the commands, or how one is used" },
	{ .name = "version", .operands = "", .help = "print the version" },
};

/* "sora2apictl: text" on stderr; returns CTL_USAGE. */
static int wrong_use(const char *fmt, ...) PRINTF_LIKE(1, 2);

static int
wrong_use(const char *fmt, ...)
{
	va_list ap;

	fputs("sora2apictl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return CTL_USAGE;
}

static void
print_usage(const struct ctl_command *c)
{
	char text[512] = "";
	size_t len = 0;

	for (const struct ctl_option *o = c->options;
	    o != NULL && o->name != NULL; o++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    o->arg == NULL ? " [--%s]" : " [--%s %s]", o->name,
		    o->arg);
	printf("usage: sora2apictl %s%s%s%s\n  %s\n", c->name, text,
	    *c->operands == '\0' ? "" : " ", c->operands, c->help);
}

static void
print_help(void)
{
	const struct ctl_command *c;

	printf("usage: sora2apictl [-c file] [--json] command [argument ...]\n"
	    "  -c, --config file  configuration (default %s)\n"
	    "  --json             print for programs\n"
	    "  -V, --version      print the version\n"
	    "commands:\n", CONF_DEFAULT_PATH);
	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++)
		printf("  %-21s%s\n", c->name, c->help);
	for (size_t i = 0; i < NELEM(own); i++)
		printf("  %-21s%s\n", own[i].name, own[i].help);
}

/* How many words of `argv` name the command: 0, 1 or 2. */
static int
words_of(const struct ctl_command *c, int argc, char **argv)
{
	size_t first = strcspn(c->name, " ");

	if (argc < 1 || strlen(argv[0]) != first ||
	    strncmp(argv[0], c->name, first) != 0)
		return 0;
	if (c->name[first] == '\0')
		return 1;
	return argc > 1 && strcmp(argv[1], c->name + first + 1) == 0 ? 2 : 0;
}

static const struct ctl_command *
find(int argc, char **argv, int *words)
{
	const struct ctl_command *c;

	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++)
		if ((*words = words_of(c, argc, argv)) > 0)
			return c;
	return NULL;
}

/* What may follow a first word that needs a second. */
static int
unknown(int argc, char **argv)
{
	const struct ctl_command *c;
	size_t first = strlen(argv[0]);
	char list[256] = "";
	size_t len = 0;

	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++)
		if (strncmp(c->name, argv[0], first) == 0 &&
		    c->name[first] == ' ')
			len += (size_t)snprintf(list + len,
			    sizeof(list) - len, "%s%s", len > 0 ? ", " : "",
			    c->name + first + 1);
	if (len == 0)
		return wrong_use("no command \"%s\"; see \"sora2apictl "
		    "help\"", argv[0]);
	if (argc == 1)
		return wrong_use("%s needs one of: %s", argv[0], list);
	return wrong_use("no command \"%s %s\"; after %s comes one of: %s",
	    argv[0], argv[1], argv[0], list);
}

static int
help(int argc, char **argv)
{
	const struct ctl_command *c;
	bool found = false;

	if (argc == 0) {
		print_help();
		return CTL_OK;
	}
	for (size_t i = 0; i < NELEM(own); i++)
		if (words_of(&own[i], argc, argv) == argc) {
			print_usage(&own[i]);
			return CTL_OK;
		}
	for (size_t i = 0; (c = ctl_command_get(i)) != NULL; i++) {
		size_t first = strcspn(c->name, " ");
		int words = words_of(c, argc, argv);

		if (words == argc || (argc == 1 && strlen(argv[0]) == first &&
		    strncmp(c->name, argv[0], first) == 0)) {
			print_usage(c);
			found = true;
		}
	}
	return found ? CTL_OK : unknown(argc, argv);
}

static int
bad_option(const char *command, int c, const char *text)
{
	if (c == ':')
		return wrong_use("%s%soption %s needs an argument",
		    command, *command == '\0' ? "" : ": ", text);
	return wrong_use("%s%sno option %s; see \"sora2apictl help%s%s\"",
	    command, *command == '\0' ? "" : ": ", text,
	    *command == '\0' ? "" : " ", command);
}

/* Reads the command's options and the common ones; -1 to go on, else the exit code. */
static int
read_options(const struct ctl_command *command, struct ctl *ctl, int argc,
    char **argv)
{
	struct option longs[CTL_OPTIONS + 4] = { 0 };
	static const struct option common[] = { COMMON_OPTIONS };
	int n = 0, c;

	for (const struct ctl_option *o = command->options;
	    o != NULL && o->name != NULL; o++, n++)
		longs[n] = (struct option){ o->name, o->arg != NULL
		    ? required_argument : no_argument, NULL, n };
	memcpy(&longs[n], common, sizeof(common));
	optind = 0;		/* getopt starts anew */
	while ((c = getopt_long(argc, argv, ":c:h", longs, NULL)) != -1) {
		if (c == OPT_CONFIG) {
			ctl->conf_path = optarg;
		} else if (c == OPT_JSON) {
			ctl->json = true;
		} else if (c == OPT_HELP) {
			print_usage(command);
			return CTL_OK;
		} else if (c == ':' || c == '?') {
			return bad_option(command->name, c, argv[optind - 1]);
		} else {
			ctl->option[c] = optarg != NULL ? optarg : "";
		}
	}
	ctl->argc = argc - optind;
	ctl->argv = argv + optind;
	return -1;
}

static int
exit_code(enum err code)
{
	switch (error_row(code)->status) {
	case 400:
	case 413:
	case 415:
		return CTL_INPUT;
	case 404:
	case 409:
		return CTL_STATE;
	case 429:
	case 503:
		return CTL_BUSY;
	default:
		return CTL_FAILED;
	}
}

static enum err
open_needed(struct ctl *ctl, enum ctl_needs needs, struct error *e)
{
	enum err rc;

	if (needs == NEEDS_NOTHING)
		return ERR_OK;
	if (needs == NEEDS_CONF)
		return site_open_conf(ctl->conf_path, &ctl->site, e);
	if ((rc = site_open(ctl->conf_path, &ctl->site, e)) != ERR_OK ||
	    needs == NEEDS_SITE)
		return rc;
	return site_open_store(&ctl->site, &ctl->st, e);
}

static int
run_command(const struct ctl_command *c, struct ctl *ctl)
{
	struct error e = { 0 };
	enum err rc;

	ctl->arena = arena_new();
	if ((rc = open_needed(ctl, c->needs, &e)) == ERR_OK)
		rc = c->run(ctl, &e);
	if (rc != ERR_OK && *e.text != '\0')
		fprintf(stderr, "sora2apictl: %s\n", e.text);
	store_close(ctl->st);
	site_close(&ctl->site);
	arena_free(ctl->arena);
	return rc == ERR_OK ? CTL_OK : exit_code(rc);
}

static int
run(const struct ctl_command *c, struct ctl *ctl, int argc, char **argv)
{
	int status = read_options(c, ctl, argc, argv);

	if (status >= 0)
		return status;
	if (ctl->argc < c->min)
		return wrong_use("%s needs an argument: %s", c->name,
		    c->operands);
	if (ctl->argc > c->max)
		return wrong_use("%s: one argument too many: %s",
		    c->name, ctl->argv[c->max]);
	return run_command(c, ctl);
}

static int
dispatch(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_command *c;
	int words;

	if (argc == 0)
		return wrong_use("missing command; see \"sora2apictl "
		    "help\"");
	if (strcmp(argv[0], "help") == 0)
		return help(argc - 1, argv + 1);
	if (strcmp(argv[0], "version") == 0) {
		puts(PACKAGE_STRING);
		return CTL_OK;
	}
	if ((c = find(argc, argv, &words)) == NULL)
		return unknown(argc, argv);
	/* the last word stands where getopt expects a program's name */
	return run(c, ctl, argc - words + 1, argv + words - 1);
}

static int
main_options(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		COMMON_OPTIONS,
		{ "version", no_argument, NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;		/* the messages are ours */
	/* "+": options after the command are the command's */
	while ((c = getopt_long(argc, argv, "+:c:Vh", longs, NULL)) != -1) {
		switch (c) {
		case OPT_CONFIG:
			ctl->conf_path = optarg;
			break;
		case OPT_JSON:
			ctl->json = true;
			break;
		case OPT_VERSION:
			puts(PACKAGE_STRING);
			return CTL_OK;
		case OPT_HELP:
			print_help();
			return CTL_OK;
		default:
			return bad_option("", c, argv[optind - 1]);
		}
	}
	return dispatch(ctl, argc - optind, argv + optind);
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	int status;

	log_open("sora2apictl", LOG_TO_STDERR, false, LOG_LEVEL_WARN);
	umask(027);
	status = main_options(&ctl, argc, argv);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == CTL_OK) {
		fprintf(stderr, "sora2apictl: cannot write: %s\n",
		    strerror(errno));
		status = CTL_FAILED;
	}
	return status;
}
