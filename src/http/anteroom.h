/* SPDX-License-Identifier: MIT */
/*
 * anteroom.h: connections whose request has not arrived yet; private to src/http.
 *
 * A FastCGI server sends a request in one go. A connection that says nothing, or
 * only the beginning, waits here, where it takes a descriptor and no thread: for
 * ten seconds, then it is closed. There is room for 512; when more come, the one
 * that has been here longest goes. What is too long to be seen at once is let in
 * when its first 32 KiB have arrived. Any thread.
 */
#ifndef HTTP_ANTEROOM_H
#define HTTP_ANTEROOM_H

#include <stdbool.h>

struct anteroom;

struct anteroom	*anteroom_new(void);
void	 anteroom_free(struct anteroom *r);	/* closes those who wait */
/* Readable when anteroom_next may have one: to be watched with epoll. */
int	 anteroom_fd(const struct anteroom *r);
/*
 * True: the request has arrived and the caller serves it. False: the connection is the
 * anteroom's now.
 */
bool	 anteroom_admit(struct anteroom *r, int fd);
/*
 * A connection whose request has arrived, now the caller's; -1: none. Closes the overdue
 * ones.
 */
int	 anteroom_next(struct anteroom *r);
bool	 anteroom_is_empty(const struct anteroom *r);
/* ms until a connection is overdue; -1: none waits. */
int	 anteroom_timeout(struct anteroom *r);

#endif
