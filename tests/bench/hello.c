/* SPDX-License-Identifier: MIT */
/* hello.c: a bare FastCGI program, to measure against: some threads, one answer. */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

#define THREADS	8		/* as a worker has */

static void *
serve(void *unused)
{
	FCGX_Request *rq = calloc(1, sizeof(*rq));

	(void)unused;
	if (rq == NULL || FCGX_InitRequest(rq, 0, 0) != 0)
		exit(EXIT_FAILURE);
	while (FCGX_Accept_r(rq) == 0) {
		FCGX_PutS("Content-Type: text/plain\r\n\r\nhello\n", rq->out);
		FCGX_Finish_r(rq);
	}
	return NULL;
}

int
main(void)
{
	pthread_t thread;

	if (FCGX_Init() != 0)
		return EXIT_FAILURE;
	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&thread, NULL, serve, NULL) != 0)
			return EXIT_FAILURE;
	serve(NULL);
	return EXIT_SUCCESS;
}
