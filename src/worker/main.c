/* SPDX-License-Identifier: MIT */
/* main.c: sora2api: the FastCGI application. */
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

#include "app.h"
#include "cancels.h"
#include "client.h"
#include "clock.h"
#include "command_line.h"
#include "conf.h"
#include "config.h"
#include "group.h"
#include "http.h"
#include "log.h"
#include "lounge.h"
#include "meter.h"
#include "notify.h"
#include "proxy.h"
#include "site.h"
#include "solver.h"
#include "store.h"
#include "throttle.h"

#define LARGE	(256 * 1024)	/* bytes that malloc gives back to the system at once */

static const char usage[] =
    "usage: sora2api [-c file] [-l address]\n"
    "  -c, --config file     configuration (default " CONF_DEFAULT_PATH ")\n"
    "  -l, --listen address  /path, host:port, or :port of 127.0.0.1;\n"
    "                        without it the socket comes from spawn-fcgi\n"
    "                        or systemd\n"
    "  -V, --version         print the version\n"
    "  -h, --help            print this\n";

static void
must(enum err rc, const struct error *e)
{
	if (rc != ERR_OK)
		fatal("%s", e->text);
}

/* All threads inherit the blocked signals; only wait_for_stop takes them. */
static sigset_t
block_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	return stop;
}

static void
wait_for_stop(const sigset_t *stop)
{
	int sig;

	do {
		sigwait(stop, &sig);
	} while (sig == SIGHUP);
	log_info("stopping");
}

/* What the threads of libfcgi and long answers need of malloc. */
static void
set_up_malloc(void)
{
	/* libfcgi's buffers come and go with each request: joining small blocks every time costs 5 % */
	mallopt(M_MXFAST, 0);
	/* long answers: else each thread would keep the memory of the longest it had */
	mallopt(M_MMAP_THRESHOLD, LARGE);
}

static void
open_site(const char *conf, struct site *site)
{
	struct error e;

	must(site_open(conf, site, &e), &e);
	site_open_log(site, "sora2api");
	meter_open(site->conf->metrics_file);
	client_global_init();
	must(client_trust(site->conf->sora_ca_file, &e), &e);
}

/* `writes` is for the requests that waiting ones cancel. */
static void
open_app(const struct site *site, struct app *app, struct store **writes)
{
	const struct conf *conf = site->conf;
	struct error e;

	*app = (struct app){
		.conf = conf,
		.seal = site->seal,
		.spool_dir = site->spool_dir,
		.started_ms = clock_now_ms(),
		.proxies = proxy_pool_new(conf->proxy_pool_file),
		.group = group_new((conf->server_threads + 1) / 2),
		.solver = solver_new(site->spool_dir, site->seal),
	};
	must(site_open_store(site, &app->watched, &e), &e);
	must(store_only_read(app->watched, &e), &e);
	must(site_open_store(site, writes, &e), &e);
	must(lounge_new(app_watch(app->watched), conf->server_max_waiting,
	    &app->lounge, &e), &e);
	must(cancels_new(*writes, &app->cancels, &e), &e);
	app_set_budgets(app);
}

static void
close_app(struct app *app, struct store *writes)
{
	lounge_stop(app->lounge, 0);
	cancels_stop(app->cancels);
	proxy_pool_free(app->proxies);
	group_free(app->group);
	solver_free(app->solver);
	store_close(app->watched);
	store_close(writes);
}

static void
serve(struct app *app, int fd, const sigset_t *stop)
{
	const struct server_conf conf = {
		.routes = api_routes,
		.n_routes = n_api_routes,
		.ops = &api_ops,
		.app = app,
		.threads = app->conf->server_threads,
		.listen_fd = fd,
		.lounge = app->lounge,
	};
	struct server *server;
	struct error e;

	must(server_start(&conf, &server, &e), &e);
	log_info("%s: %d threads", PACKAGE_STRING, conf.threads);
	notify_manager("READY=1");
	wait_for_stop(stop);
	notify_manager("STOPPING=1");
	server_stop(server, app->conf->server_stop_grace * 1000);
}

int
main(int argc, char **argv)
{
	struct command_line options = command_line_read(argc, argv, true,
	    usage);
	sigset_t stop = block_signals();
	struct store *writes;
	struct site site;
	struct error e;
	struct app app;
	int fd;

	set_up_malloc();
	open_site(options.conf, &site);
	open_app(&site, &app, &writes);
	must(server_listen(options.listen, &fd, &e), &e);
	throttle_open(site.conf->database_path);
	serve(&app, fd, &stop);
	close_app(&app, writes);
	throttle_close();
	meter_close();
	site_close(&site);
	return EXIT_SUCCESS;
}
