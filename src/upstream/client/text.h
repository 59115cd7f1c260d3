/* SPDX-License-Identifier: MIT */
/*
 * text.h: what an upstream wrote, made fit for a log line or a client.
 *
 * Text for the log is clean: one line without anybody's secrets. A client gets
 * it only when it is about what was asked for, too (api.md's rule for error
 * bodies): see text_for_client.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct call_input;

/*
 * At most 500 bytes of `len` as one line of valid UTF-8, without control
 * characters and those that hide or reorder text, and with "***" in place of each
 * of the `n` secrets (those that are NULL or shorter than 4 bytes excepted), of
 * what looks like a credential, and of passwords and queries in addresses. NULL
 * when nothing is left.
 */
const char	*text_clean(struct arena *a, const char *s, size_t len, const char *const *secrets, size_t n);
/* The same for our log: the secrets are the credentials of the call's token, and its prompt. NULL gives NULL. */
const char	*text_for_log(const struct call_input *in, struct arena *a, const char *s);
/*
 * The same for a client; NULL when the text is not clearly about the request's
 * content or its fields. With `policy` it is known to be, and only has to be free
 * of what is nobody else's business: paths, addresses, SQL, program text.
 */
const char	*text_for_client(const struct call_input *in, struct arena *a, const char *s, bool policy);

/* A word of upstream that stands for something, however long, without the token's credentials. NULL gives NULL. */
const char	*text_of_code(const struct call_input *in, struct arena *a, const char *s);

/* ---- text_words.c ---- */

/* The text with "***" for its words that are, or may be, credentials. */
const char	*text_mask_words(struct arena *a, const char *s);

/* ---- text_judge.c ---- */

/* Whether it shows what is inside of a machine: paths, addresses, SQL, program text, something masked. */
bool		 text_leaks(const char *s);
/* Whether it is about what was asked for, and not about who does it. */
bool		 text_is_about_content(const char *s);

/* ---- for all readers of foreign bytes ---- */

/* The bytes of the well-formed character at `s` (RFC 3629), `len` > 0; 0 when there is none. */
size_t		 text_character(const char *s, size_t len);

#endif
