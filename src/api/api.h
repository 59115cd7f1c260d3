/* SPDX-License-Identifier: MIT */
/* api.h: what the handlers of src/api share. */
#ifndef API_IMPL_H
#define API_IMPL_H

#include "app.h"
#include "http.h"
#include "media_ref.h"
#include "settings_store.h"
#include "store.h"
#include "task_store.h"

enum who { WHO_ANYBODY, WHO_KEY, WHO_ADMIN };

struct field;
struct token;

struct api {			/* of one accept thread: req.ctx */
	struct app	*app;
	const struct conf *conf;
	struct store	*store;
	struct settings	 settings;	/* at most half a second old */
	struct arena	*settings_arena;
	int64_t		 settings_ms;
};

struct api	*api_of(const struct req *rq);

/* The thread's settings, read again when they are older than half a second. */
MUST_CHECK enum err api_settings(struct api *api, const struct settings **out, struct error *e);
/* The settings as they are in the database now. */
MUST_CHECK enum err api_settings_now(struct req *rq, const struct settings **out, struct error *e);
/* The session token of the Authorization header, "Bearer" before it or not; NULL: no header. */
const char *api_session_token(const struct req *rq);

/* ---- shared.c ---- */
/* The body, a JSON object; it lives as long as the request. */
MUST_CHECK enum err api_json(struct req *rq, const cJSON **out, struct error *e);
/* Reads the body and its fields into `out`, whose members hold the defaults. */
MUST_CHECK enum err api_read(struct req *rq, const struct field *fields, size_t n, void *out,
    struct error *e);
/* Enters the part of a handler that waits for the upstream; ERR_UNAVAILABLE when too many are there. */
MUST_CHECK enum err upstream_enter(struct req *rq, struct error *e);
void	upstream_leave(struct req *rq);
/* The {token_id} of the path. */
MUST_CHECK enum err token_of_path(struct req *rq, struct token *out, struct error *e);
/* The same of an account; ERR_INVALID_VALUE when it is a server. */
MUST_CHECK enum err account_of_path(struct req *rq, struct token *out, struct error *e);

/* ---- limits.c ---- */
void	api_limits(void *ctx, unsigned size, struct body_limits *out);

/* ---- errors.c ---- */
void	api_render_error(struct req *rq, struct resp *rs, const struct error *e);
void	api_finish(struct req *rq, struct resp *rs);

/* ---- video_json.c ---- */
/* The video object of a task as it is now; the caller deletes it. */
cJSON	*video_json(const struct task *t, const struct settings *settings);
/* The answer to its creation, whatever its state is now: repeated for an idempotency key. */
const char *video_json_accepted(const struct task *t, struct arena *a);
/* The URL of a completed task's file, or NULL when none is left. */
const char *video_url(const struct task *t, const struct conf *conf, const struct settings *settings,
	    struct arena *a);
/* The header that tells SDKs how long to wait between polls. */
void	video_poll_header(struct resp *rs, const struct conf *conf);

/* ---- media.c ---- */
struct media_budget {		/* for the URLs of one request, all together */
	int64_t		 bytes;
	int64_t		 deadline_ms;	/* of clock_mono_ms */
};

struct media_budget media_budget(const struct req *rq);
/*
 * Brings an image into the spool, whatever its form: a file of the upload, a
 * data URL, base64, or an http URL.
 */
MUST_CHECK enum err media_store(struct req *rq, struct form *form, const struct media_ref *ref,
    struct media_budget *budget, struct task_media *out, struct error *e);
/* The same for a clip. */
MUST_CHECK enum err media_store_clip(struct req *rq, struct form *form,
    const struct media_ref *ref, struct media_budget *budget, struct task_media *out,
    struct error *e);
/* Removes a stored file whose request was refused. */
void	media_discard(struct req *rq, const struct task_media *m);

/*
 * ---- handlers ----
 *
 * Each names its method, path and refusals where it is defined. Those that any may give are
 * not repeated there: 401 key or session, 400 invalid_json, invalid_type and
 * missing_required_parameter, 413 and 415 for the body, 503 and 500 for the database.
 */
handler_fn handle_health, handle_ready, handle_metrics;
handler_fn handle_models_list, handle_model_get;
handler_fn handle_video_create, handle_video_remix;
handler_fn handle_video_get, handle_video_content, handle_video_list, handle_video_delete;

handler_fn handle_stats, handle_invite_code;
handler_fn handle_profile, handle_user_feed, handle_character_search, handle_feed,
    handle_enhance_prompt;
handler_fn handle_pending_tasks, handle_pending_tasks_v2, handle_pending_task, handle_profile_feed;
handler_fn handle_image_create, handle_image_edit;
handler_fn handle_chat, handle_character_create;

handler_fn handle_login, handle_logout;
handler_fn handle_tokens_list, handle_token_add, handle_token_update, handle_token_set_status,
    handle_token_enable, handle_token_disable, handle_token_test, handle_token_delete;
handler_fn handle_token_activate, handle_token_activate_username, handle_st2at, handle_rt2at;
handler_fn handle_tokens_batch_add, handle_tokens_import, handle_tokens_batch_test,
    handle_tokens_batch_enable, handle_tokens_batch_disable, handle_tokens_delete_disabled,
    handle_tokens_batch_activate, handle_tokens_batch_username;
handler_fn handle_admin_config_get, handle_admin_config_set, handle_admin_password,
    handle_admin_apikey, handle_admin_debug;
handler_fn handle_token_refresh_get, handle_token_refresh_set, handle_timeout_get,
    handle_timeout_set;
handler_fn handle_cache_get, handle_cache_timeout, handle_cache_base_url, handle_cache_enabled,
    handle_proxy_get, handle_proxy_set, handle_watermark_get, handle_watermark_set,
    handle_solver_get, handle_solver_set;
handler_fn handle_solver_state, handle_solver_refresh, handle_solver_clear;
handler_fn handle_admin_stats, handle_logs;
handler_fn handle_characters_list, handle_characters_by_token, handle_character_get,
    handle_character_delete, handle_character_update;

#endif
