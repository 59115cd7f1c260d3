/* openai_key.c: the one key of a dialect's server. */
#include <string.h>
#include <strings.h>

#include "accounts.h"
#include "digest.h"
#include "openai.h"

#define OWNER	"user-owner"		/* of all that is made with the key */

enum err
openai_admit(struct visit *v, const struct req *rq, struct error *e)
{
	const char *header = req_header(rq, "Authorization");
	bool bearer = header != NULL && strncasecmp(header, "Bearer ", 7) == 0;
	const char *wanted = v->sb->manners.key;

	if (v->sb->dialect == NULL)
		return refuse(e, "not_found");
	v->account = account_get(v->sb, NULL, OWNER);
	if (bearer)
		digest_sha256_hex(v->credential, header + 7,
		    strlen(header + 7));
	if (*wanted == '\0')
		return ERR_OK;
	if (!bearer)
		return refuse(e, "missing_api_key");
	return digest_equal(wanted, header + 7) ? ERR_OK
	    : refuse(e, "wrong_api_key");
}
