/* SPDX-License-Identifier: MIT */
/* pieces.h: a request's body that is read as it is sent: text, and files in base64. */
#ifndef PIECES_H
#define PIECES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct call_piece;

struct piece {
	char		*text;		/* NULL: a file */
	FILE		*file;
	int64_t		 len;		/* bytes of the body */
	int64_t		 done;		/* of the text */
};

struct pieces {			/* zeroed: none */
	struct piece	*all;
	size_t		 n;
	size_t		 at;
	char		 left[4];	/* base64 that did not fit */
	size_t		 n_left;
};

/* Copies the text and opens the files. False when one cannot be read, and errno says why; pieces_close all the same. */
bool	 pieces_open(struct pieces *p, const struct call_piece *from, size_t n);
void	 pieces_close(struct pieces *p);
int64_t	 pieces_length(const struct pieces *p);
/* For CURLOPT_READFUNCTION; `arg` is the struct pieces. */
size_t	 pieces_read(char *out, size_t size, size_t n, void *arg);

#endif
