/* routes.c: the table of all routes. */
#include "api.h"

#define NONE	BODY_NONE
#define ANY	(BODY_JSON | BODY_FORM)
#define JSON	(BODY_JSON | BODY_LENIENT_JSON)

const struct route api_routes[] = {
	/* method  path                                    who         body  handler                     operation */
	{ M_GET,    "/health",                                WHO_ANYBODY, NONE, handle_health,              "health" },
	{ M_GET,    "/v1/models",                             WHO_KEY,     NONE, handle_models_list,         "models_list" },
	{ M_GET,    "/v1/models/{model}",                     WHO_KEY,     NONE, handle_model_get,           "model_get" },
	{ M_POST,   "/v1/videos",                             WHO_KEY,     ANY,  handle_video_create,        "video_create" },
	{ M_GET,    "/v1/videos",                             WHO_KEY,     NONE, handle_video_list,          "video_list" },
	{ M_GET,    "/v1/videos/{video_id}",                  WHO_KEY,     NONE, handle_video_get,           "video_get" },
	{ M_DELETE, "/v1/videos/{video_id}",                  WHO_KEY,     NONE, handle_video_delete,        "video_delete" },
	{ M_GET,    "/v1/videos/{video_id}/content",          WHO_KEY,     NONE, handle_video_content,       "video_content" },
	{ M_POST,   "/v1/videos/{video_id}/remix",            WHO_KEY,     ANY,  handle_video_remix,         "video_remix" },
	{ M_GET,    "/v1/stats",                              WHO_KEY,     NONE, handle_stats,               "stats" },

	{ M_POST,   "/api/login",                             WHO_ANYBODY, JSON, handle_login,               "login" },
	{ M_POST,   "/api/logout",                            WHO_ADMIN,   NONE, handle_logout,              "logout" },
	{ M_GET,    "/api/admin/config",                      WHO_ADMIN,   NONE, handle_admin_config_get,    "admin_config_get" },
	{ M_POST,   "/api/admin/config",                      WHO_ADMIN,   JSON, handle_admin_config_set,    "admin_config_set" },
	{ M_POST,   "/api/admin/password",                    WHO_ADMIN,   JSON, handle_admin_password,      "admin_password" },
	{ M_POST,   "/api/admin/apikey",                      WHO_ADMIN,   JSON, handle_admin_apikey,        "admin_apikey" },
	{ M_POST,   "/api/admin/debug",                       WHO_ADMIN,   JSON, handle_admin_debug,         "admin_debug" },
	{ M_GET,    "/api/generation/timeout",                WHO_ADMIN,   NONE, handle_timeout_get,         "timeout_get" },
	{ M_POST,   "/api/generation/timeout",                WHO_ADMIN,   JSON, handle_timeout_set,         "timeout_set" },
	{ M_GET,    "/api/token-refresh/config",              WHO_ADMIN,   NONE, handle_token_refresh_get,   "token_refresh_get" },
	{ M_POST,   "/api/token-refresh/enabled",             WHO_ADMIN,   JSON, handle_token_refresh_set,   "token_refresh_set" },
	{ M_GET,    "/api/stats",                             WHO_ADMIN,   NONE, handle_admin_stats,         "admin_stats" },
	{ M_GET,    "/api/logs",                              WHO_ADMIN,   NONE, handle_logs,                "logs" },
	{ M_GET,    "/api/characters",                        WHO_ADMIN,   NONE, handle_characters_list,     "characters_list" },
	{ M_GET,    "/api/characters/by-token/{token_id:int}", WHO_ADMIN,  NONE, handle_characters_by_token, "characters_by_token" },
	{ M_GET,    "/api/characters/{cameo_id}",             WHO_ADMIN,   NONE, handle_character_get,       "character_get" },
	{ M_DELETE, "/api/characters/{cameo_id}",             WHO_ADMIN,   NONE, handle_character_delete,    "character_delete" },
};
const size_t n_api_routes = NELEM(api_routes);
