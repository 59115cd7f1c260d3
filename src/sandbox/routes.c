/* routes.c: the one table of routes. */
#include "routes.h"

#include <string.h>

#include "attr.h"
#include "state.h"

#define B	"/backend"
#define JSON	(BODY_JSON | BODY_LENIENT_JSON)

const struct route sandbox_routes[] = {
	{ M_POST, B "/nf/create", WHO_ACCOUNT, JSON,
	    handle_sandbox_create, "create" },
	{ M_POST, B "/nf/create/storyboard", WHO_ACCOUNT, JSON,
	    handle_sandbox_storyboard, "storyboard" },
	{ M_POST, B "/uploads", WHO_ACCOUNT, BODY_FORM,
	    handle_sandbox_upload, "upload" },
	{ M_GET, B "/nf/pending/v2", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_pending, "pending" },
	{ M_GET, B "/nf/pending", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_pending_v1, "pending_v1" },
	{ M_GET, B "/project_y/profile/drafts", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_drafts, "drafts_v1" },
	{ M_GET, B "/project_y/profile/drafts/v2", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_drafts, "drafts" },
	{ M_GET, B "/project_y/profile/drafts/v2/{generation_id}", WHO_ACCOUNT,
	    BODY_NONE, handle_sandbox_draft, "draft" },
	{ M_GET, B "/nf/check", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_check, "check" },
	{ M_GET, B "/me", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_me, "me" },
	{ M_GET, B "/billing/subscriptions", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_subscriptions, "subscriptions" },
	{ M_GET, B "/project_y/invite/mine", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_invite_mine, "invite_mine" },
	{ M_GET, "/az/files/{file}", WHO_PUBLIC, BODY_NONE,
	    handle_sandbox_media, "media" },
	{ M_GET, "/_control/state", WHO_CONTROL, BODY_NONE,
	    handle_control_state, "control_state" },
	{ M_POST, "/_control/faults", WHO_CONTROL, JSON,
	    handle_control_fault_add, "control_fault_add" },
	{ M_DELETE, "/_control/faults", WHO_CONTROL, BODY_NONE,
	    handle_control_faults_clear, "control_faults_clear" },
	{ M_POST, "/_control/limits", WHO_CONTROL, JSON,
	    handle_control_limits, "control_limits" },
	{ M_POST, "/_control/accounts", WHO_CONTROL, JSON,
	    handle_control_account, "control_account" },
	{ M_POST, "/_control/expire-media", WHO_CONTROL, BODY_NONE,
	    handle_control_expire, "control_expire" },
	{ M_POST, "/_control/reset", WHO_CONTROL, BODY_NONE,
	    handle_control_reset, "control_reset" },
};

const size_t sandbox_n_routes = NELEM(sandbox_routes);

_Static_assert(NELEM(sandbox_routes) <= ENDPOINTS_MAX,
    "a counter for each route");

bool
route_named(const char *operation)
{
	for (size_t i = 0; i < sandbox_n_routes; i++)
		if (strcmp(sandbox_routes[i].operation, operation) == 0)
			return true;
	return false;
}
