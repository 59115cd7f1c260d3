/* SPDX-License-Identifier: MIT */
/* main.c: sora2api-sandbox, an upstream for demonstrations and tests. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "http.h"
#include "log.h"
#include "options.h"
#include "routes.h"
#include "state.h"
#include "visit.h"

#define STOP_GRACE_MS	5000

static void
wait_for_signal(const sigset_t *signals)
{
	int number;

	while (sigwait(signals, &number) != 0)
		;
	log_info("stopping on signal %d", number);
}

int
main(int argc, char **argv)
{
	struct server_conf conf = { .routes = sandbox_routes,
		.n_routes = sandbox_n_routes, .ops = &sandbox_ops };
	struct server *server;
	struct options opt;
	struct error e = { 0 };
	sigset_t signals;

	log_open("sora2api-sandbox", LOG_TO_STDERR, false, LOG_LEVEL_INFO);
	if (options_read(argc, argv, &opt, &e) != ERR_OK) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	if (opt.done)
		return EXIT_SUCCESS;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (server_listen(opt.listen, &conf.listen_fd, &e) != ERR_OK)
		fatal("%s", e.text);
	conf.threads = opt.threads;
	conf.app = sandbox_new(&opt);
	if (server_start(&conf, &server, &e) != ERR_OK)
		fatal("%s", e.text);
	log_info("ready");
	wait_for_signal(&signals);
	sandbox_wake(conf.app);
	server_stop(server, STOP_GRACE_MS);
	sandbox_free(conf.app);
	return EXIT_SUCCESS;
}
