/* SPDX-License-Identifier: MIT */
/* routes.h: what the sandbox answers to. */
#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "http.h"

enum who {
	WHO_ACCOUNT = 1,	/* a bearer token */
	WHO_PUBLIC,		/* nobody in particular */
	WHO_KEY,		/* the key of a dialect's server */
	WHO_CONTROL,		/* the test, if the control path is open */
};

extern const struct route sandbox_routes[];
extern const size_t sandbox_n_routes;

/* Whether a route has that operation: faults and counters are named by it. */
bool	route_named(const char *operation);

handler_fn	handle_sandbox_create, handle_sandbox_storyboard;
handler_fn	handle_sandbox_image, handle_sandbox_recent;
handler_fn	handle_sandbox_upload;
handler_fn	handle_sandbox_pending, handle_sandbox_pending_v1;
handler_fn	handle_sandbox_drafts, handle_sandbox_draft;
handler_fn	handle_sandbox_check, handle_sandbox_me;
handler_fn	handle_sandbox_subscriptions, handle_sandbox_invite_mine;
handler_fn	handle_sandbox_me_set, handle_sandbox_create_account;
handler_fn	handle_sandbox_bootstrap, handle_sandbox_invite_accept;
handler_fn	handle_sandbox_username_check, handle_sandbox_username_set;
handler_fn	handle_sandbox_post_create, handle_sandbox_post;
handler_fn	handle_sandbox_post_delete;
handler_fn	handle_sandbox_profile, handle_sandbox_profile_feed;
handler_fn	handle_sandbox_search, handle_sandbox_feed;
handler_fn	handle_sandbox_enhance;
handler_fn	handle_sandbox_cameo_upload, handle_sandbox_cameo;
handler_fn	handle_sandbox_file_upload, handle_sandbox_finalize;
handler_fn	handle_sandbox_cameo_update, handle_sandbox_character_delete;
handler_fn	handle_sandbox_media;
handler_fn	handle_sandbox_session, handle_sandbox_oauth;
handler_fn	handle_sandbox_link, handle_sandbox_solver;
handler_fn	handle_openai_create, handle_openai_get, handle_openai_list;
handler_fn	handle_openai_delete, handle_openai_remix;
handler_fn	handle_openai_content;
handler_fn	handle_openai_image, handle_openai_edit, handle_openai_picture;
handler_fn	handle_openai_models, handle_openai_health;
handler_fn	handle_openai_schema, handle_openai_status;
handler_fn	handle_control_server, handle_control_restart;
handler_fn	handle_control_state, handle_control_fault_add;
handler_fn	handle_control_faults_clear, handle_control_limits;
handler_fn	handle_control_account, handle_control_expire;
handler_fn	handle_control_session, handle_control_grant;
handler_fn	handle_control_invite, handle_control_usernames;
handler_fn	handle_control_challenge, handle_control_links;
handler_fn	handle_control_asked, handle_control_asked_clear;
handler_fn	handle_control_reset, handle_control_time;

#endif
