/* SPDX-License-Identifier: MIT */
/* seal.c: secrets at rest, AES-256-GCM under a key file. */
#include "seal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "id.h"
#include "log.h"
#include "xalloc.h"

#define KEY_LEN		32
#define NONCE_LEN	12
#define TAG_LEN		16
#define VERSION		1

struct seal {
	unsigned char	 key[KEY_LEN];
};

static enum err
key_check(int fd, const char *path, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != KEY_LEN)
		return error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: not a key file of %d bytes", path, KEY_LEN);
	if ((st.st_mode & 077) != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: others can read it; run chmod 600 on it",
		    path);
	return ERR_OK;
}

enum err
seal_open(const char *path, struct seal **out, struct error *e)
{
	/* a FIFO must not block us before we see what it is */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct seal *s = NULL;
	enum err rc;

	*out = NULL;
	if (fd < 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: %s; secrets in the database cannot be read "
		    "without it", path, strerror(errno));
	if ((rc = key_check(fd, path, e)) != ERR_OK)
		goto out;
	s = xmade(OPENSSL_zalloc(sizeof(*s)));
	if (read(fd, s->key, KEY_LEN) != KEY_LEN) {
		rc = error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: cannot read it", path);
		seal_close(s);
		goto out;
	}
	*out = s;
out:
	close(fd);
	return rc;
}

enum err
seal_create(const char *path, struct error *e)
{
	unsigned char key[KEY_LEN];
	char *folder;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum err rc = ERR_OK;

	if (fd < 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: cannot create it: %s", path,
		    strerror(errno));
	id_random(key, sizeof(key));
	if (write(fd, key, KEY_LEN) != KEY_LEN || fsync(fd) != 0) {
		rc = error_set(e, ERR_INTERNAL, NULL,
		    "key file %s: cannot write it: %s", path, strerror(errno));
		unlink(path);
	}
	close(fd);
	OPENSSL_cleanse(key, sizeof(key));
	if (rc != ERR_OK)
		return rc;
	folder = xstrdup(path);
	rc = file_sync_dir(dirname(folder), e);
	free(folder);
	return rc;
}

void
seal_close(struct seal *s)
{
	if (s == NULL)
		return;
	OPENSSL_clear_free(s, sizeof(*s));
}

static void
must(int ok)
{
	if (ok != 1)
		fatal("OpenSSL cannot compute AES-256-GCM");
}

void
seal_wrap(const struct seal *s, const char *column, const void *data,
    size_t len, struct arena *a, unsigned char **blob, size_t *blob_len)
{
	unsigned char *out = arena_alloc(a, len + SEAL_OVERHEAD);
	unsigned char *nonce = out + 1, *text = nonce + NONCE_LEN;
	EVP_CIPHER_CTX *ctx = xmade(EVP_CIPHER_CTX_new());
	int n;

	assert(*column != '\0' && len <= INT_MAX);
	out[0] = VERSION;
	id_random(nonce, NONCE_LEN);
	must(EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, s->key, nonce));
	must(EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)column,
	    (int)strlen(column)));
	must(EVP_EncryptUpdate(ctx, text, &n, data, (int)len));
	must(EVP_EncryptFinal_ex(ctx, text + n, &n));
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
	    text + len));
	EVP_CIPHER_CTX_free(ctx);
	*blob = out;
	*blob_len = len + SEAL_OVERHEAD;
}

enum err
seal_unwrap(const struct seal *s, const char *column, const void *blob,
    size_t blob_len, struct arena *a, char **text, struct error *e)
{
	const unsigned char *in = blob, *nonce, *data;
	unsigned char tag[TAG_LEN];
	EVP_CIPHER_CTX *ctx;
	size_t len;
	int n, ok;

	if (blob_len < SEAL_OVERHEAD || in[0] != VERSION)
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s in the database is not sealed", column);
	nonce = in + 1;
	data = nonce + NONCE_LEN;
	len = blob_len - SEAL_OVERHEAD;
	memcpy(tag, data + len, TAG_LEN);
	*text = arena_alloc(a, len + 1);
	ctx = xmade(EVP_CIPHER_CTX_new());
	must(EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, s->key, nonce));
	must(EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)column,
	    (int)strlen(column)));
	must(EVP_DecryptUpdate(ctx, (unsigned char *)*text, &n, data,
	    (int)len));
	must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag));
	ok = EVP_DecryptFinal_ex(ctx, (unsigned char *)*text + n, &n);
	EVP_CIPHER_CTX_free(ctx);
	if (ok == 1)
		return ERR_OK;
	OPENSSL_cleanse(*text, len);
	return error_set(e, ERR_INTERNAL, NULL,
	    "%s in the database was not sealed with this key file", column);
}
