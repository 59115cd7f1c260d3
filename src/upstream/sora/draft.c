/* SPDX-License-Identifier: MIT */
/* draft.c: what a draft says about the task that made it. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"
#include "upstream/client/text.h"

#define DEFAULT_REASON	"Content violates guardrails"

static bool
is_violation(const char *text)
{
	return strcasestr(text, "violat") != NULL ||
	    strcasestr(text, "guardrail") != NULL;
}

void
sora_refused(const struct sora_answer *ans, struct sighting *s,
    const char *reason)
{
	s->state = SEEN_FAILED;
	s->policy = true;
	s->log = reason;
	s->message = sora_policy_text(ans, reason, DEFAULT_REASON);
}

void
sora_failed(const struct sora_answer *ans, struct sighting *s, const char *text)
{
	if (text != NULL && is_violation(text)) {
		sora_refused(ans, s, text);
		return;
	}
	s->state = SEEN_FAILED;
	s->log = text;
	s->message = text_for_client(ans->in, ans->a, text, false);
	if (s->message == NULL)
		s->message = "Generation failed";
}

/* The first of two members that says something. */
static const char *
either(const struct sora_answer *ans, const cJSON *o, const char *one,
    const char *other)
{
	const char *s = sora_member_text(ans, o, one);

	return s != NULL ? s : sora_member_text(ans, o, other);
}

/* The best file of a draft; NULL when it has none yet. */
static const char *
draft_url(const struct sora_answer *ans, const cJSON *draft,
    struct sighting *s)
{
	const cJSON *downloads = json_get(draft, "download_urls");
	const char *url = NULL;

	if (ans->in->watermark_free)
		url = sora_member_url(ans->a, downloads, "no_watermark");
	s->watermark_free = url != NULL;
	if (url == NULL)
		url = sora_member_url(ans->a, draft, "downloadable_url");
	return url != NULL ? url : sora_member_url(ans->a, draft, "url");
}

/* The address of the post that a published draft has; NULL while it is private. */
static const char *
draft_permalink(const struct sora_answer *ans, const cJSON *draft)
{
	const char *share = ans->in->conf->sora_share_url;
	const cJSON *post = json_get(draft, "post");
	const char *link, *id, *rest;

	if ((link = sora_member_url(ans->a, draft, "permalink")) != NULL ||
	    (link = sora_member_url(ans->a, post, "permalink")) != NULL)
		return link;
	if ((id = sora_member_id(ans->a, draft, "post_id")) == NULL &&
	    (id = sora_member_id(ans->a, post, "id")) == NULL) {
		/* an attachment of a post: "s_...-attachment-0" */
		id = sora_member_id(ans->a, draft, "id");
		if (id == NULL || strncmp(id, "s_", 2) != 0 ||
		    (rest = strstr(id, "-attachment-")) == NULL)
			return NULL;
		id = arena_strndup(ans->a, id, (size_t)(rest - id));
	}
	if (strncmp(id, "s_", 2) != 0 || share == NULL || *share == '\0')
		return NULL;
	return arena_printf(ans->a, "%s/p/%s", share, id);
}

static const char *
draft_generation(struct arena *a, const cJSON *draft)
{
	const char *id = sora_member_id(a, draft, "generation_id");

	if (id == NULL)
		id = sora_member_id(a, draft, "id");
	return id == NULL || strncmp(id, "s_", 2) == 0 ? NULL : id;
}

/* The upstream's reason for a failure that is not the content's; NULL: it did not fail. */
static const char *
technical_reason(const struct sora_answer *ans, const cJSON *draft,
    const char *kind, bool has_url)
{
	const char *text = either(ans, draft, "error_reason", "failure_reason");
	bool is_error = kind != NULL && strcmp(kind, "sora_error") == 0;

	if (is_error)
		return text != NULL ? text : "processing_error";
	if (has_url)
		return NULL;
	if (text != NULL)
		return text;
	return kind != NULL && strcmp(kind, "sora_draft") != 0 ? kind : NULL;
}

static void
judge_draft(const struct sora_answer *ans, const cJSON *draft,
    struct sighting *s)
{
	const char *kind = sora_member_text(ans, draft, "kind");
	const char *reason = either(ans, draft, "reason_str",
	    "markdown_reason_str");
	const char *url = draft_url(ans, draft, s);
	const char *text;

	if (reason != NULL ||
	    (kind != NULL && strcmp(kind, "sora_content_violation") == 0)) {
		sora_refused(ans, s, reason);
		return;
	}
	text = technical_reason(ans, draft, kind, url != NULL);
	if (text != NULL) {
		sora_failed(ans, s, text);
		s->retryable = !s->policy;
		return;
	}
	s->state = url != NULL ? SEEN_DONE : SEEN_NOT_READY;
	s->progress = url != NULL ? 100 : -1;
	s->url = url;
}

bool
sora_draft(const struct sora_answer *ans, const cJSON *draft,
    struct sighting *s)
{
	*s = (struct sighting){ .progress = -1 };
	s->upstream_id = sora_member_id(ans->a, draft, "task_id");
	s->generation_id = draft_generation(ans->a, draft);
	/* one draft was asked for by name: it is the task's even if it does not say so */
	if (s->upstream_id == NULL && s->generation_id != NULL &&
	    ans->in->call == CALL_DRAFT && ans->in->task != NULL)
		s->upstream_id = ans->in->task->upstream_id;
	if (s->upstream_id == NULL)
		return false;
	s->prompt = arena_strdup(ans->a, json_string(draft, "prompt"));
	s->created_at = sora_member_time(draft, "created_at");
	s->permalink = draft_permalink(ans, draft);
	judge_draft(ans, draft, s);
	return true;
}
