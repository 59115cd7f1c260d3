/* SPDX-License-Identifier: MIT */
/* main.c: sora2api-poller: carries every task through its upstream. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attr.h"
#include "client.h"
#include "command_line.h"
#include "conf.h"
#include "config.h"
#include "file.h"
#include "id.h"
#include "lease.h"
#include "log.h"
#include "loop.h"
#include "meter.h"
#include "notify.h"
#include "poller.h"
#include "site.h"
#include "store.h"

#define STANDBY_MS	250	/* between looks at the lease */
#define FILES		1024	/* descriptors with which it is not held back */
#define TROUBLE_S	2	/* until a database that failed is tried again */

static volatile sig_atomic_t stop;

static void
on_stop(int sig UNUSED)
{
	stop = 1;
}

static const char usage[] =
    "usage: sora2api-poller [-c file]\n"
    "  -c, --config file  configuration (default " CONF_DEFAULT_PATH ")\n"
    "  -V, --version      print the version\n"
    "  -h, --help         print this\n";

static void
must(enum err rc, const struct error *e)
{
	if (rc != ERR_OK)
		fatal("%s", e->text);
}

static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_stop };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
}

/* Waits until the lease is ours; false when told to stop. */
static bool
wait_for_lease(struct store *st, struct lease *lease)
{
	const struct timespec standby = { 0, STANDBY_MS * 1000000L };
	const struct timespec trouble = { TROUBLE_S, 0 };
	bool held = false, said = false;
	struct error e;

	while (!stop) {
		if (lease_take(st, lease, &held, &e) != ERR_OK) {
			log_warn("%s", e.text);
			nanosleep(&trouble, NULL);
			continue;
		}
		if (held)
			return true;
		if (!said)
			log_info("another poller is running: standing by");
		said = true;
		nanosleep(&standby, NULL);
	}
	return false;
}

int
main(int argc, char **argv)
{
	const char *conf_path = command_line_read(argc, argv, false,
	    usage).conf;
	struct store *store = NULL;
	struct site site;
	struct lease lease = { .name = "poller" };
	struct error e;
	char owner[33];

	log_open("sora2api-poller", LOG_TO_STDERR, false, LOG_LEVEL_INFO);
	must(site_open(conf_path, &site, &e), &e);
	site_open_log(&site, "sora2api-poller");
	meter_open(site.conf->metrics_file);
	client_global_init();
	must(client_trust(site.conf->sora_ca_file, &e), &e);
	catch_signals();
	file_limit_raise(FILES);
	must(site_open_store(&site, &store, &e), &e);
	notify_manager("READY=1");
	id_hex(owner, 32);
	lease.owner = owner;
	lease.ms = site.conf->lease_time * 1000;
	while (wait_for_lease(store, &lease))
		if (!poller_run(&site, store, &lease, &stop))
			log_warn("lease lost to another poller: standing by");
	notify_manager("STOPPING=1");
	if (lease_release(store, &lease, &e) != ERR_OK)
		log_warn("%s", e.text);
	store_close(store);
	meter_close();
	site_close(&site);
	return EXIT_SUCCESS;
}
