/* SPDX-License-Identifier: MIT */
/* key.c: the one key of a dialect's server. */
#include <string.h>
#include <strings.h>

#include "digest.h"
#include "openai.h"
#include "sandbox/sora/accounts.h"

#define OWNER	"user-owner"		/* of all that is made with the key */

enum err
openai_admit(struct visit *v, const struct req *rq, struct error *e)
{
	const char *header = req_header(rq, "Authorization");
	bool bearer = header != NULL && strncasecmp(header, "Bearer ", 7) == 0;

	if (v->sb->dialect == NULL)
		return refuse(e, "not_found");
	v->manners = v->sb->manners;
	if (bearer)
		digest_sha256_hex(v->credential, header + 7,
		    strlen(header + 7));
	if (v->manners.key[0] != '\0' && !bearer)
		return refuse(e, "missing_api_key");
	if (v->manners.key[0] != '\0' &&
	    !digest_equal(v->manners.key, header + 7))
		return refuse(e, "wrong_api_key");
	v->account = account_get(v->sb, NULL, OWNER);
	return ERR_OK;
}
