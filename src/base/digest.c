/* SPDX-License-Identifier: MIT */
/* digest.c: hashes and constant-time comparison, over OpenSSL's EVP. */
#include "digest.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "id.h"
#include "log.h"
#include "xalloc.h"

#define SALT_LEN	16
#define HASH_LEN	32
#define SCRYPT_N	(1 << 14)	/* 16 MiB with r = 8 */
#define SCRYPT_MEMORY	(64 * 1024 * 1024)

struct digest {
	EVP_MD_CTX	*ctx;
};

static void
hash(const EVP_MD *md, unsigned char *out, const void *data, size_t len)
{
	if (EVP_Digest(data, len, out, NULL, md, NULL) != 1)
		fatal("OpenSSL cannot compute %s", EVP_MD_get0_name(md));
}

void
digest_sha256(unsigned char out[DIGEST_SHA256_LEN], const void *data,
    size_t len)
{
	hash(EVP_sha256(), out, data, len);
}

void
digest_sha256_hex(char out[65], const void *data, size_t len)
{
	unsigned char sum[DIGEST_SHA256_LEN];

	digest_sha256(sum, data, len);
	id_encode_hex(out, sum, sizeof(sum));
}

void
digest_md5_hex(char out[33], const void *data, size_t len)
{
	unsigned char sum[16];

	hash(EVP_md5(), sum, data, len);
	id_encode_hex(out, sum, sizeof(sum));
}

void
digest_hmac_sha256(unsigned char out[DIGEST_SHA256_LEN], const void *key,
    size_t key_len, const void *data, size_t len)
{
	assert(key_len <= INT_MAX);
	if (HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL) == NULL)
		fatal("OpenSSL cannot compute HMAC-SHA-256");
}

bool
digest_equal(const char *a, const char *b)
{
	size_t len;

	if (a == NULL || b == NULL)
		return false;
	len = strlen(a);
	/* with another length it compares the secret with itself, to take the same time */
	if (strlen(b) != len)
		return CRYPTO_memcmp(a, a, len) != 0;
	return CRYPTO_memcmp(a, b, len) == 0;
}

struct digest *
digest_new(void)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	d->ctx = xmade(EVP_MD_CTX_new());
	if (EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1)
		fatal("OpenSSL cannot compute SHA-256");
	return d;
}

void
digest_update(struct digest *d, const void *data, size_t len)
{
	if (EVP_DigestUpdate(d->ctx, data, len) != 1)
		fatal("OpenSSL cannot compute SHA-256");
}

void
digest_final(struct digest *d, unsigned char out[DIGEST_SHA256_LEN])
{
	if (EVP_DigestFinal_ex(d->ctx, out, NULL) != 1)
		fatal("OpenSSL cannot compute SHA-256");
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

static void
scrypt(unsigned char out[HASH_LEN], const char *password,
    const unsigned char salt[SALT_LEN])
{
	if (EVP_PBE_scrypt(password, strlen(password), salt, SALT_LEN,
	    SCRYPT_N, 8, 1, SCRYPT_MEMORY, out, HASH_LEN) != 1)
		fatal("OpenSSL cannot compute scrypt");
}

void
digest_password(char out[160], const char *password)
{
	unsigned char salt[SALT_LEN], sum[HASH_LEN];
	char salt_hex[2 * SALT_LEN + 1], sum_hex[2 * HASH_LEN + 1];

	id_random(salt, sizeof(salt));
	scrypt(sum, password, salt);
	id_encode_hex(salt_hex, salt, sizeof(salt));
	id_encode_hex(sum_hex, sum, sizeof(sum));
	snprintf(out, 160, "scrypt$14$8$1$%s$%s", salt_hex, sum_hex);
}

bool
digest_password_check(const char *stored, const char *password)
{
	unsigned char salt[SALT_LEN], sum[HASH_LEN];
	char salt_hex[2 * SALT_LEN + 1], sum_hex[2 * HASH_LEN + 1];
	char expected[2 * HASH_LEN + 1];
	size_t salt_len;
	int end = 0;

	if (sscanf(stored, "scrypt$14$8$1$%32[0-9a-f]$%64[0-9a-f]%n", salt_hex,
	    sum_hex, &end) != 2 || stored[end] != '\0')
		return false;
	if (OPENSSL_hexstr2buf_ex(salt, sizeof(salt), &salt_len, salt_hex,
	    '\0') != 1 || salt_len != SALT_LEN)
		return false;
	scrypt(sum, password, salt);
	id_encode_hex(expected, sum, sizeof(sum));
	return digest_equal(expected, sum_hex);
}
