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
	{ M_POST, B "/video_gen", WHO_ACCOUNT, JSON,
	    handle_sandbox_image, "image" },
	{ M_GET, B "/v2/recent_tasks", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_recent, "recent" },
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
	{ M_POST, B "/project_y/invite/accept", WHO_ACCOUNT, JSON,
	    handle_sandbox_invite_accept, "invite_accept" },
	{ M_GET, B "/m/bootstrap", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_bootstrap, "bootstrap" },
	{ M_POST, B "/project_y/profile/username/check", WHO_ACCOUNT, JSON,
	    handle_sandbox_username_check, "username_check" },
	{ M_POST, B "/project_y/profile/username/set", WHO_ACCOUNT, JSON,
	    handle_sandbox_username_set, "username_set" },
	{ M_POST, B "/me", WHO_ACCOUNT, JSON,
	    handle_sandbox_me_set, "me_set" },
	{ M_POST, B "/me/onboarding/create_account", WHO_ACCOUNT, JSON,
	    handle_sandbox_create_account, "create_account" },
	{ M_POST, B "/project_y/post", WHO_ACCOUNT, JSON,
	    handle_sandbox_post_create, "post_create" },
	{ M_GET, B "/project_y/post/{post_id}", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_post, "post" },
	{ M_DELETE, B "/project_y/post/{post_id}", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_post_delete, "post_delete" },
	{ M_GET, B "/project_y/profile/username/{username}", WHO_ACCOUNT,
	    BODY_NONE, handle_sandbox_profile, "profile" },
	{ M_GET, B "/project_y/profile_feed/{user_id}", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_profile_feed, "profile_feed" },
	{ M_GET, B "/project_y/profile/search_mentions", WHO_ACCOUNT,
	    BODY_NONE, handle_sandbox_search, "search" },
	{ M_GET, B "/project_y/feed", WHO_ACCOUNT, BODY_NONE,
	    handle_sandbox_feed, "feed" },
	{ M_POST, B "/editor/enhance_prompt", WHO_ACCOUNT, JSON,
	    handle_sandbox_enhance, "enhance" },
	{ M_GET, "/api/auth/session", WHO_PUBLIC, BODY_NONE,
	    handle_sandbox_session, "session" },
	{ M_POST, "/oauth/token", WHO_PUBLIC, BODY_JSON,
	    handle_sandbox_oauth, "oauth" },
	{ M_POST, "/get-sora-link", WHO_PUBLIC, JSON,
	    handle_sandbox_link, "link" },
	{ M_GET, "/v1/challenge", WHO_PUBLIC, BODY_NONE,
	    handle_sandbox_solver, "solver" },
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
	{ M_POST, "/_control/sessions", WHO_CONTROL, JSON,
	    handle_control_session, "control_session" },
	{ M_POST, "/_control/refresh-tokens", WHO_CONTROL, JSON,
	    handle_control_grant, "control_grant" },
	{ M_POST, "/_control/invites", WHO_CONTROL, JSON,
	    handle_control_invite, "control_invite" },
	{ M_POST, "/_control/usernames", WHO_CONTROL, JSON,
	    handle_control_usernames, "control_usernames" },
	{ M_POST, "/_control/challenge", WHO_CONTROL, JSON,
	    handle_control_challenge, "control_challenge" },
	{ M_POST, "/_control/links", WHO_CONTROL, JSON,
	    handle_control_links, "control_links" },
	{ M_GET, "/_control/asked", WHO_CONTROL, BODY_NONE,
	    handle_control_asked, "control_asked" },
	{ M_DELETE, "/_control/asked", WHO_CONTROL, BODY_NONE,
	    handle_control_asked_clear, "control_asked_clear" },
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
