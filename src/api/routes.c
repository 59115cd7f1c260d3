/* SPDX-License-Identifier: MIT */
/* routes.c: the table of all routes. */
#include "api.h"

#define SENT	(BODY_JSON | BODY_FORM)
#define TRIED	(BODY_JSON | BODY_LENIENT_JSON)

/* what a body may be, and how large */
#define NONE	(BODY_NONE | BODY_SIZE(LIMIT_SMALL))
#define IDS	(BODY_NONE | BODY_SIZE(LIMIT_BATCH))	/* they are ignored */
#define ANY	(SENT | BODY_SIZE(LIMIT_MEDIA))
#define WORDS	(SENT | BODY_SIZE(LIMIT_TEXT))
#define CHAT	(BODY_JSON | BODY_SIZE(LIMIT_MEDIA))
#define JSON	(TRIED | BODY_SIZE(LIMIT_SMALL))
#define LOGIN	(TRIED | BODY_SIZE(LIMIT_LOGIN))
#define TOKEN	(TRIED | BODY_SIZE(LIMIT_TOKEN))
#define TEXT	(TRIED | BODY_SIZE(LIMIT_TEXT))
#define BATCH	(TRIED | BODY_SIZE(LIMIT_BATCH))

const struct route api_routes[] = {
	/* method  path                                    who         body  handler                     operation */
	{ M_GET,    "/health",                                WHO_ANYBODY, NONE, handle_health,              "health" },
	{ M_GET,    "/ready",                                 WHO_ANYBODY, NONE, handle_ready,               "ready" },
	{ M_GET,    "/metrics",                               WHO_ANYBODY, NONE, handle_metrics,             "metrics" },
	{ M_GET,    "/v1/models",                             WHO_KEY,     NONE, handle_models_list,         "models_list" },
	{ M_GET,    "/v1/models/{model}",                     WHO_KEY,     NONE, handle_model_get,           "model_get" },
	{ M_POST,   "/v1/videos",                             WHO_KEY,     ANY,  handle_video_create,        "video_create" },
	{ M_GET,    "/v1/videos",                             WHO_KEY,     NONE, handle_video_list,          "video_list" },
	{ M_GET,    "/v1/videos/{video_id}",                  WHO_KEY,     NONE, handle_video_get,           "video_get" },
	{ M_DELETE, "/v1/videos/{video_id}",                  WHO_KEY,     NONE, handle_video_delete,        "video_delete" },
	{ M_GET,    "/v1/videos/{video_id}/content",          WHO_KEY,     NONE, handle_video_content,       "video_content" },
	{ M_POST,   "/v1/videos/{video_id}/remix",            WHO_KEY,     WORDS, handle_video_remix,         "video_remix" },
	{ M_POST,   "/v1/chat/completions",                   WHO_KEY,     CHAT, handle_chat,                 "chat" },
	{ M_POST,   "/v1/images/generations",                 WHO_KEY,     ANY,  handle_image_create,        "image_create" },
	{ M_POST,   "/v1/images/edits",                       WHO_KEY,     ANY,  handle_image_edit,          "image_edit" },
	{ M_POST,   "/v1/characters",                         WHO_KEY,     ANY,  handle_character_create,    "character_create" },
	{ M_GET,    "/v1/stats",                              WHO_KEY,     NONE, handle_stats,               "stats" },
	{ M_GET,    "/v1/invite-codes",                       WHO_KEY,     NONE, handle_invite_code,         "invite_code" },
	{ M_GET,    "/v1/profiles/{username}",                WHO_KEY,     NONE, handle_profile,             "profile" },
	{ M_GET,    "/v1/users/{user_id}/feed",               WHO_KEY,     NONE, handle_user_feed,           "user_feed" },
	{ M_GET,    "/v1/characters/search",                  WHO_KEY,     NONE, handle_character_search,    "character_search" },
	{ M_GET,    "/v1/feed",                               WHO_KEY,     NONE, handle_feed,                "feed" },
	{ M_POST,   "/v1/enhance_prompt",                     WHO_KEY,     TEXT, handle_enhance_prompt,      "enhance_prompt" },
	{ M_GET,    "/v1/tokens/{token_id:int}/pending-tasks", WHO_KEY,     NONE, handle_pending_tasks,       "pending_tasks" },
	{ M_GET,    "/v1/tokens/{token_id:int}/pending-tasks-v2", WHO_KEY,     NONE, handle_pending_tasks_v2,    "pending_tasks_v2" },
	{ M_GET,    "/v1/tokens/{token_id:int}/tasks/{task_id}", WHO_KEY,     NONE, handle_pending_task,        "pending_task" },
	{ M_GET,    "/v1/tokens/{token_id:int}/profile-feed", WHO_KEY,     NONE, handle_profile_feed,        "profile_feed" },

	{ M_POST,   "/api/login",                             WHO_ANYBODY, LOGIN, handle_login,               "login" },
	{ M_POST,   "/api/logout",                            WHO_ADMIN,   NONE, handle_logout,              "logout" },
	{ M_GET,    "/api/tokens",                            WHO_ADMIN,   NONE, handle_tokens_list,         "tokens_list" },
	{ M_POST,   "/api/tokens",                            WHO_ADMIN,   TOKEN, handle_token_add,           "token_add" },
	{ M_POST,   "/api/tokens/batch-add",                  WHO_ADMIN,   BATCH, handle_tokens_batch_add,    "tokens_batch_add" },
	{ M_PUT,    "/api/tokens/{token_id:int}",             WHO_ADMIN,   TOKEN, handle_token_update,        "token_update" },
	{ M_PUT,    "/api/tokens/{token_id:int}/status",      WHO_ADMIN,   JSON, handle_token_set_status,    "token_set_status" },
	{ M_POST,   "/api/tokens/{token_id:int}/enable",      WHO_ADMIN,   NONE, handle_token_enable,        "token_enable" },
	{ M_POST,   "/api/tokens/{token_id:int}/disable",     WHO_ADMIN,   NONE, handle_token_disable,       "token_disable" },
	{ M_POST,   "/api/tokens/{token_id:int}/test",        WHO_ADMIN,   NONE, handle_token_test,          "token_test" },
	{ M_DELETE, "/api/tokens/{token_id:int}",             WHO_ADMIN,   NONE, handle_token_delete,        "token_delete" },
	{ M_DELETE, "/api/tokens/batch-delete-disabled",      WHO_ADMIN,   IDS,  handle_tokens_delete_disabled, "tokens_delete_disabled" },
	{ M_POST,   "/api/tokens/batch-test",                 WHO_ADMIN,   IDS,  handle_tokens_batch_test,   "tokens_batch_test" },
	{ M_POST,   "/api/tokens/batch-enable",               WHO_ADMIN,   IDS,  handle_tokens_batch_enable, "tokens_batch_enable" },
	{ M_POST,   "/api/tokens/batch-disable",              WHO_ADMIN,   IDS,  handle_tokens_batch_disable, "tokens_batch_disable" },
	{ M_POST,   "/api/tokens/batch-activate",             WHO_ADMIN,   BATCH, handle_tokens_batch_activate, "tokens_batch_activate" },
	{ M_POST,   "/api/tokens/import",                     WHO_ADMIN,   BATCH, handle_tokens_import,       "tokens_import" },
	{ M_POST,   "/api/tokens/st2at",                      WHO_ADMIN,   TOKEN, handle_st2at,               "st2at" },
	{ M_POST,   "/api/tokens/rt2at",                      WHO_ADMIN,   TOKEN, handle_rt2at,               "rt2at" },
	{ M_POST,   "/api/tokens/{token_id:int}/sora2/activate", WHO_ADMIN, JSON, handle_token_activate,     "token_activate" },
	{ M_POST,   "/api/tokens/{token_id:int}/activate-username", WHO_ADMIN, NONE, handle_token_activate_username, "token_activate_username" },
	{ M_POST,   "/api/tokens/batch-activate-username",    WHO_ADMIN,   IDS,  handle_tokens_batch_username, "tokens_batch_username" },
	{ M_GET,    "/api/admin/config",                      WHO_ADMIN,   NONE, handle_admin_config_get,    "admin_config_get" },
	{ M_POST,   "/api/admin/config",                      WHO_ADMIN,   JSON, handle_admin_config_set,    "admin_config_set" },
	{ M_POST,   "/api/admin/password",                    WHO_ADMIN,   JSON, handle_admin_password,      "admin_password" },
	{ M_POST,   "/api/admin/apikey",                      WHO_ADMIN,   JSON, handle_admin_apikey,        "admin_apikey" },
	{ M_POST,   "/api/admin/debug",                       WHO_ADMIN,   JSON, handle_admin_debug,         "admin_debug" },
	{ M_GET,    "/api/proxy/config",                      WHO_ADMIN,   NONE, handle_proxy_get,           "proxy_get" },
	{ M_POST,   "/api/proxy/config",                      WHO_ADMIN,   JSON, handle_proxy_set,           "proxy_set" },
	{ M_GET,    "/api/cache/config",                      WHO_ADMIN,   NONE, handle_cache_get,           "cache_get" },
	{ M_POST,   "/api/cache/config",                      WHO_ADMIN,   JSON, handle_cache_timeout,       "cache_timeout" },
	{ M_POST,   "/api/cache/base-url",                    WHO_ADMIN,   JSON, handle_cache_base_url,      "cache_base_url" },
	{ M_POST,   "/api/cache/enabled",                     WHO_ADMIN,   JSON, handle_cache_enabled,       "cache_enabled" },
	{ M_GET,    "/api/generation/timeout",                WHO_ADMIN,   NONE, handle_timeout_get,         "timeout_get" },
	{ M_POST,   "/api/generation/timeout",                WHO_ADMIN,   JSON, handle_timeout_set,         "timeout_set" },
	{ M_GET,    "/api/watermark-free/config",             WHO_ADMIN,   NONE, handle_watermark_get,       "watermark_get" },
	{ M_POST,   "/api/watermark-free/config",             WHO_ADMIN,   JSON, handle_watermark_set,       "watermark_set" },
	{ M_GET,    "/api/cloudflare/config",                 WHO_ADMIN,   NONE, handle_solver_get,          "solver_get" },
	{ M_POST,   "/api/cloudflare/config",                 WHO_ADMIN,   JSON, handle_solver_set,          "solver_set" },
	{ M_GET,    "/api/cloudflare/state",                  WHO_ADMIN,   NONE, handle_solver_state,        "solver_state" },
	{ M_POST,   "/api/cloudflare/refresh",                WHO_ADMIN,   NONE, handle_solver_refresh,      "solver_refresh" },
	{ M_POST,   "/api/cloudflare/clear",                  WHO_ADMIN,   NONE, handle_solver_clear,        "solver_clear" },
	{ M_GET,    "/api/token-refresh/config",              WHO_ADMIN,   NONE, handle_token_refresh_get,   "token_refresh_get" },
	{ M_POST,   "/api/token-refresh/enabled",             WHO_ADMIN,   JSON, handle_token_refresh_set,   "token_refresh_set" },
	{ M_GET,    "/api/stats",                             WHO_ADMIN,   NONE, handle_admin_stats,         "admin_stats" },
	{ M_GET,    "/api/logs",                              WHO_ADMIN,   NONE, handle_logs,                "logs" },
	{ M_GET,    "/api/characters",                        WHO_ADMIN,   NONE, handle_characters_list,     "characters_list" },
	{ M_GET,    "/api/characters/by-token/{token_id:int}", WHO_ADMIN,  NONE, handle_characters_by_token, "characters_by_token" },
	{ M_GET,    "/api/characters/{cameo_id}",             WHO_ADMIN,   NONE, handle_character_get,       "character_get" },
	{ M_POST,   "/api/characters/{cameo_id}/update",      WHO_ADMIN,   TEXT, handle_character_update,    "character_update" },
	{ M_DELETE, "/api/characters/{cameo_id}",             WHO_ADMIN,   NONE, handle_character_delete,    "character_delete" },
};
const size_t n_api_routes = NELEM(api_routes);
