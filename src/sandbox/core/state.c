/* SPDX-License-Identifier: MIT */
/* state.c: the sandbox's memory, its lock and its index. */
#include "state.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "asked.h"
#include "faults.h"
#include "http.h"
#include "id.h"
#include "jobs.h"
#include "json.h"
#include "log.h"
#include "options.h"
#include "sandbox/clip/clips.h"
#include "sandbox/sora/accounts.h"
#include "sandbox/sora/cameos.h"
#include "sandbox/sora/grants.h"
#include "sandbox/sora/invites.h"
#include "sandbox/sora/posts.h"
#include "sandbox/sora/sessions.h"
#include "sandbox/sora/usernames.h"
#include "xalloc.h"

struct index_entry {
	enum index_kind	 kind;
	const char	*key;
	void		*object;
};

void
set_text(const cJSON *body, const char *key, char **field)
{
	if (!cJSON_HasObjectItem(body, key))
		return;
	free(*field);
	*field = xstrdup(json_string(body, key));
}

static int
by_key(const void *a, const void *b)
{
	const struct index_entry *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void **
root_of(struct sandbox *sb, enum index_kind kind)
{
	return kind == INDEX_ACCOUNT ? &sb->account_index : &sb->index;
}

void *
index_find(struct sandbox *sb, enum index_kind kind, const char *key)
{
	struct index_entry wanted = { .kind = kind, .key = key };
	struct index_entry **found = tfind(&wanted, root_of(sb, kind), by_key);

	return found == NULL ? NULL : (*found)->object;
}

void
index_put(struct sandbox *sb, enum index_kind kind, const char *key,
    void *object)
{
	struct index_entry *new = xcalloc(1, sizeof(*new));

	*new = (struct index_entry){ .kind = kind, .key = key, .object = object };
	xmade(tsearch(new, root_of(sb, kind), by_key));
}

struct sandbox *
sandbox_new(const struct options *opt)
{
	struct sandbox *sb = xcalloc(1, sizeof(*sb));

	pthread_condattr_t attr;

	sb->public_url = opt->public_url;
	sb->media_dir = opt->media_dir;
	sb->control = opt->control;
	sb->shared_clips = opt->shared_clips;
	sb->limits = opt->limits;
	sb->dialect = opt->dialect;
	sb->manners = opt->manners;
	sb->start = opt;
	id_hex(sb->secret, 64);
	pthread_mutex_init(&sb->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sb->stop_cond, &attr);
	pthread_condattr_destroy(&attr);
	clearance_init(&sb->clearance);
	sb->clips = clips_new(opt->media_dir);
	return sb;
}

const char *
sandbox_base(const struct sandbox *sb, const struct req *rq)
{
	return sb->public_url != NULL ? sb->public_url : req_base_url(rq);
}

static void
media_free(struct sandbox *sb, struct media *m)
{
	char *path = xasprintf("%s/%s", sb->media_dir, m->file);

	if (unlink(path) < 0 && errno != ENOENT)
		log_warn("%s: %s", path, strerror(errno));
	free(path);
	free(m->id);
	free(m->uuid);
	free(m->file);
	free(m);
}

/* Everything but the accounts themselves. */
static void
forget(struct sandbox *sb)
{
	tdestroy(sb->index, free);
	sb->index = NULL;
	for (size_t i = 0; i < sb->n_accounts; i++)
		account_empty(sb->accounts[i]);
	for (size_t i = 0; i < sb->jobs.n; i++)
		job_free(sb->jobs.at[i]);
	for (size_t i = 0; i < sb->n_media; i++)
		media_free(sb, sb->media[i]);
	for (size_t i = 0; i < sb->n_prompts; i++) {
		free(sb->prompts[i]->prompt);
		free(sb->prompts[i]);
	}
	sb->jobs.n = sb->n_media = sb->n_prompts = 0;
	faults_clear(sb);
	asked_clear(sb);
	grants_clear(sb);
	invites_clear(sb);
	posts_clear(sb);
	cameos_clear(sb);
	sessions_clear(sb);
	usernames_clear(sb);
	free(sb->parse_token);
	sb->parse_token = NULL;
	memset(sb->calls, 0, sizeof(sb->calls));
}

void
sandbox_reset(struct sandbox *sb)
{
	sandbox_lock(sb);
	forget(sb);
	clearance_clear(&sb->clearance);
	clearance_init(&sb->clearance);
	sb->limits = sb->start->limits;
	sb->manners = sb->start->manners;
	sb->peak = sb->media_keys = 0;
	sb->shared_clips = sb->start->shared_clips;
	sandbox_unlock(sb);
}

void
sandbox_free(struct sandbox *sb)
{
	forget(sb);
	clearance_clear(&sb->clearance);
	for (size_t i = 0; i < sb->n_accounts; i++)
		account_free(sb->accounts[i]);
	tdestroy(sb->account_index, free);
	free(sb->accounts);
	free(sb->jobs.at);
	free(sb->media);
	free(sb->prompts);
	clips_free(sb->clips);
	pthread_cond_destroy(&sb->stop_cond);
	pthread_mutex_destroy(&sb->lock);
	free(sb);
}

void
sandbox_lock(struct sandbox *sb)
{
	pthread_mutex_lock(&sb->lock);
}

void
sandbox_unlock(struct sandbox *sb)
{
	pthread_mutex_unlock(&sb->lock);
}

void
sandbox_wake(struct sandbox *sb)
{
	sandbox_lock(sb);
	sb->stopping = true;
	pthread_cond_broadcast(&sb->stop_cond);
	sandbox_unlock(sb);
}

void
sandbox_sleep(struct sandbox *sb, int64_t ms)
{
	struct timespec until;

	if (ms <= 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	sandbox_lock(sb);
	while (!sb->stopping && pthread_cond_timedwait(&sb->stop_cond,
	    &sb->lock, &until) != ETIMEDOUT)
		;
	sandbox_unlock(sb);
}

struct prompt_count *
prompt_count(struct sandbox *sb, const char *prompt)
{
	struct prompt_count *count = index_find(sb, INDEX_PROMPT, prompt);

	if (count != NULL)
		return count;
	count = xcalloc(1, sizeof(*count));
	count->prompt = xstrdup(prompt);
	sb->prompts = xgrow(sb->prompts, sb->n_prompts, &sb->cap_prompts,
	    sizeof(struct prompt_count *));
	sb->prompts[sb->n_prompts++] = count;
	index_put(sb, INDEX_PROMPT, count->prompt, count);
	return count;
}

void
media_add(struct sandbox *sb, struct media *m)
{
	sb->media = xgrow(sb->media, sb->n_media, &sb->cap_media,
	    sizeof(struct media *));
	sb->media[sb->n_media++] = m;
	index_put(sb, INDEX_MEDIA, m->id, m);
	index_put(sb, INDEX_FILE_MEDIA, m->uuid, m);
}
