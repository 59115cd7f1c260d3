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

int
main(int argc, char **argv)
{
	struct command_line options = command_line_read(argc, argv, true,
	    usage);
	sigset_t stop = block_signals();
	struct store *store = NULL, *writes = NULL;
	struct server *server = NULL;
	struct lounge *lounge = NULL;
	struct cancels *cancels = NULL;
	struct site site;
	struct app app;
	struct server_conf server_conf;
	struct error e;
	int fd;

	/* libfcgi's buffers come and go with each request: joining small blocks every time costs 5 % */
	mallopt(M_MXFAST, 0);
	/* long answers: else each thread would keep the memory of the longest it had */
	mallopt(M_MMAP_THRESHOLD, LARGE);
	must(site_open(options.conf, &site, &e), &e);
	site_open_log(&site, "sora2api");
	meter_open(site.conf->metrics_file);
	client_global_init();
	must(client_trust(site.conf->sora_ca_file, &e), &e);
	must(site_open_store(&site, &store, &e), &e);
	must(store_only_read(store, &e), &e);
	must(site_open_store(&site, &writes, &e), &e);
	must(server_listen(options.listen, &fd, &e), &e);
	throttle_open(site.conf->database_path);
	must(lounge_new(app_watch(store), site.conf->server_max_waiting,
	    &lounge, &e), &e);
	must(cancels_new(writes, &cancels, &e), &e);
	app = (struct app){
		.conf = site.conf,
		.seal = site.seal,
		.lounge = lounge,
		.watched = store,
		.cancels = cancels,
		.spool_dir = site.spool_dir,
		.started_ms = clock_now_ms(),
		.proxies = proxy_pool_new(site.conf->proxy_pool_file),
		.group = group_new((site.conf->server_threads + 1) / 2),
		.solver = solver_new(site.spool_dir, site.seal),
	};
	app_set_budgets(&app);
	server_conf = (struct server_conf){
		.routes = api_routes,
		.n_routes = n_api_routes,
		.ops = &api_ops,
		.app = &app,
		.threads = site.conf->server_threads,
		.listen_fd = fd,
		.lounge = lounge,
	};
	must(server_start(&server_conf, &server, &e), &e);
	log_info("%s: %d threads", PACKAGE_STRING, site.conf->server_threads);
	notify_manager("READY=1");
	wait_for_stop(&stop);
	notify_manager("STOPPING=1");
	server_stop(server, site.conf->server_stop_grace * 1000);
	lounge_stop(lounge, 0);
	cancels_stop(cancels);
	proxy_pool_free(app.proxies);
	group_free(app.group);
	solver_free(app.solver);
	store_close(store);
	store_close(writes);
	throttle_close();
	meter_close();
	site_close(&site);
	return EXIT_SUCCESS;
}
