/* SPDX-License-Identifier: MIT */
/*
 * inline.h: a file that comes inside a JSON text, cut out of it as it comes.
 *
 * The first member "b64_json", or the first string that is a data URL in base64,
 * is the file: its bytes go one way, decoded, and the text goes another, with an
 * empty string in that place. The text is not checked: what reads it does that.
 */
#ifndef INLINE_H
#define INLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INLINE_HEAD	128	/* of a string, to see what it is */

/* False ends the scan. */
typedef bool inline_write(void *arg, const void *data, size_t len);

struct inline_scan {
	inline_write	*text;
	inline_write	*file;
	void		*arg;
	bool		 found;		/* a file has begun */
	bool		 bad;		/* it is not base64 */
	/* the rest is the scan's own */
	enum { INLINE_OUTSIDE, INLINE_HEADING, INLINE_TEXT, INLINE_FILE } state;
	bool		 escaped;	/* the next byte belongs to a backslash */
	int		 unicode;	/* digits of \uXXXX that are missing */
	unsigned	 code;
	char		 before;	/* the last byte outside of strings that is not blank */
	char		 head[INLINE_HEAD];	/* of the string, as written; then of the last one */
	size_t		 head_len;
	bool		 is_b64;	/* the last key was "b64_json" */
	bool		 ended;		/* padding was seen */
	uint32_t	 bits;
	int		 n_bits;
	unsigned char	 out[3072];	/* decoded, not yet written */
	size_t		 n_out;
};

void	 inline_begin(struct inline_scan *s, inline_write *text, inline_write *file, void *arg);
/* False when a writer said so, or the file is not base64 (`bad`). */
bool	 inline_feed(struct inline_scan *s, const char *data, size_t len);

#endif
