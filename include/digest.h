/* SPDX-License-Identifier: MIT */
/* digest.h: hashes and constant-time comparison, over OpenSSL's EVP. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SHA256_LEN	32

void	digest_sha256(unsigned char out[DIGEST_SHA256_LEN], const void *data, size_t len);
void	digest_sha256_hex(char out[65], const void *data, size_t len);
void	digest_md5_hex(char out[33], const void *data, size_t len);	/* names of cached files only */
/* HMAC-SHA-256 (RFC 2104). */
void	digest_hmac_sha256(unsigned char out[DIGEST_SHA256_LEN], const void *key, size_t key_len,
	    const void *data, size_t len);
/* Equal, in time that depends on the lengths alone; NULL equals nothing. */
bool	digest_equal(const char *a, const char *b);

struct digest;			/* SHA-256 in pieces */
struct digest	*digest_new(void);
void		 digest_update(struct digest *d, const void *data, size_t len);
void		 digest_final(struct digest *d, unsigned char out[DIGEST_SHA256_LEN]);
void		 digest_free(struct digest *d);

/*
 * A salted scrypt hash (RFC 7914; N=2^14, r=8, p=1) of a password as text
 * "scrypt$14$8$1$<salt hex>$<hash hex>"; out has 160 bytes.
 */
void	digest_password(char out[160], const char *password);
/* Whether `password` made `hash`; false also for a hash of another form. */
bool	digest_password_check(const char *hash, const char *password);

#endif
