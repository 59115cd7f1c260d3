/* main.c: sora2apictl: administration without HTTP. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf.h"
#include "config.h"
#include "ctl.h"
#include "json.h"
#include "log.h"

static const struct {
	const char	*name;
	ctl_fn		*run;
	const char	*help;
} commands[] = {
	{ "init", ctl_init, "make database, key file and folders" },
	{ "migrate", ctl_migrate, "bring an older database up to date" },
	{ "token", ctl_token, "add, list, enable, disable, delete accounts" },
	{ "check-config", ctl_check_config, "read the configuration file" },
	{ "sample-config", ctl_sample_config, "print a configuration file" },
	{ "status", ctl_status, "tasks, accounts and poller" },
	{ "admin", ctl_admin, "reset-password" },
};

static void
usage(FILE *out)
{
	fprintf(out, "usage: sora2apictl [-c file] [--json] command [...]\n"
	    "  -c, --config file  configuration (default %s)\n"
	    "  --json             print for programs\n"
	    "  -V, --version      print the version\n"
	    "commands:\n", CONF_DEFAULT_PATH);
	for (size_t i = 0; i < NELEM(commands); i++)
		fprintf(out, "  %-14s %s\n", commands[i].name,
		    commands[i].help);
}

int
ctl_fail(const struct error *e)
{
	fprintf(stderr, "sora2apictl: %s\n", e->text);
	return CTL_FAILED;
}

int
ctl_usage(const char *text)
{
	fprintf(stderr, "usage: sora2apictl %s\n", text);
	return CTL_USAGE;
}

bool
ctl_open(const struct ctl *ctl, struct site *site, struct store **st)
{
	struct error e;

	*st = NULL;
	if (site_open(ctl->conf_path, site, &e) == ERR_OK &&
	    site_open_store(site, st, &e) == ERR_OK)
		return true;
	ctl_fail(&e);
	return false;
}

void
ctl_close(struct site *site, struct store *st)
{
	store_close(st);
	site_close(site);
}

void
ctl_print_json(cJSON *json)
{
	char *text = cJSON_PrintUnformatted(json);

	if (text == NULL)
		fatal("out of memory");
	puts(text);
	cJSON_free(text);
	cJSON_Delete(json);
}

static int
dispatch(const struct ctl *ctl, int argc, char **argv)
{
	if (argc == 0 || strcmp(argv[0], "help") == 0) {
		usage(argc == 0 ? stderr : stdout);
		return argc == 0 ? CTL_USAGE : CTL_OK;
	}
	if (strcmp(argv[0], "version") == 0) {
		puts(PACKAGE_STRING);
		return CTL_OK;
	}
	for (size_t i = 0; i < NELEM(commands); i++)
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(ctl, argc - 1, argv + 1);
	fprintf(stderr, "sora2apictl: no command \"%s\"; see sora2apictl help\n",
	    argv[0]);
	return CTL_USAGE;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct ctl ctl = { 0 };
	int c;

	log_open("sora2apictl", LOG_TO_STDERR, false, LOG_LEVEL_WARN);
	umask(027);
	/* "+": options after the command are the command's */
	while ((c = getopt_long(argc, argv, "+c:Vh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			ctl.conf_path = optarg;
			break;
		case 'j':
			ctl.json = true;
			break;
		case 'V':
			puts(PACKAGE_STRING);
			return CTL_OK;
		case 'h':
			usage(stdout);
			return CTL_OK;
		default:
			usage(stderr);
			return CTL_USAGE;
		}
	}
	return dispatch(&ctl, argc - optind, argv + optind);
}
