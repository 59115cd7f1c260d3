/* SPDX-License-Identifier: MIT */
/*
 * seal.h: secrets at rest, AES-256-GCM (NIST SP 800-38D) under a key file.
 *
 * A sealed value is 0x01, a random nonce of 12 bytes, the ciphertext, and a
 * tag of 16 bytes; the name of its column is authenticated with it, so a value
 * cannot be moved to another column. Safe from any thread once open.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>

#include "error.h"

struct arena;
struct seal;

#define SEAL_OVERHEAD	29

/*
 * Reads the 32-byte key from `path`, which must be a regular file that only
 * its owner can read or write (mode 0600 or stricter). ERR_INTERNAL with what
 * is wrong and what to do otherwise.
 */
MUST_CHECK enum err seal_open(const char *path, struct seal **out, struct error *e);
/* Makes a new key file of mode 0600 (durably); fails if one exists. */
MUST_CHECK enum err seal_create(const char *path, struct error *e);
void	seal_close(struct seal *s);

/* Seals `len` bytes; the blob is in the arena. Cannot fail. */
void	seal_wrap(const struct seal *s, const char *column, const void *data, size_t len,
	    struct arena *a, unsigned char **blob, size_t *blob_len);
/* The text inside; ERR_INTERNAL when the blob was not sealed with this key and column. */
MUST_CHECK enum err seal_unwrap(const struct seal *s, const char *column, const void *blob,
	    size_t blob_len, struct arena *a, char **text, struct error *e);

#endif
