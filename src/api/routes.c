/* routes.c: the table of all routes. */
#include "api.h"

#define ANY_BODY	(BODY_JSON | BODY_FORM)

const struct route api_routes[] = {
	/* method  path                          who           body      handler               operation */
	{ M_GET,    "/health",                       WHO_ANYBODY, BODY_NONE, handle_health,        "health" },
	{ M_GET,    "/v1/models",                    WHO_KEY,     BODY_NONE, handle_models_list,   "models_list" },
	{ M_GET,    "/v1/models/{model}",            WHO_KEY,     BODY_NONE, handle_model_get,     "model_get" },
	{ M_POST,   "/v1/videos",                    WHO_KEY,     ANY_BODY,  handle_video_create,  "video_create" },
	{ M_GET,    "/v1/videos",                    WHO_KEY,     BODY_NONE, handle_video_list,    "video_list" },
	{ M_GET,    "/v1/videos/{video_id}",         WHO_KEY,     BODY_NONE, handle_video_get,     "video_get" },
	{ M_DELETE, "/v1/videos/{video_id}",         WHO_KEY,     BODY_NONE, handle_video_delete,  "video_delete" },
	{ M_GET,    "/v1/videos/{video_id}/content", WHO_KEY,     BODY_NONE, handle_video_content, "video_content" },
	{ M_POST,   "/v1/videos/{video_id}/remix",   WHO_KEY,     ANY_BODY,  handle_video_remix,   "video_remix" },
};
const size_t n_api_routes = NELEM(api_routes);
