/* SPDX-License-Identifier: MIT */
/* markers.c: from a prompt to what shall happen. */
#include "markers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "refusal.h"

#define OPEN	"[[sandbox:"
#define CLOSE	"]]"

static const struct {
	const char	*name;
	enum ending	 ending;
} endings[] = {
	{ "violation", END_VIOLATION },
	{ "unsafe", END_UNSAFE },
	{ "error", END_ERROR },
	{ "pending-failed", END_FAILED },
	{ "failed-only", END_FAILED_ONLY },
	{ "late-url", END_LATE_URL },
	{ "never", END_NEVER },
	{ "vanish", END_VANISH },
};

static const struct {
	const char	*name;
	size_t		 offset;
} durations[] = {		/* seconds that pass whatever the speed is */
	{ "preprocessing", offsetof(struct timeline, preprocessing) },
	{ "queued", offsetof(struct timeline, queued) },
	{ "running", offsetof(struct timeline, running) },
	{ "processing", offsetof(struct timeline, processing) },
	{ "gap", offsetof(struct timeline, gap) },
	{ "late-url", offsetof(struct timeline, late) },
	{ "pending-failed", offsetof(struct timeline, linger) },
	{ "failed-only", offsetof(struct timeline, linger) },
};

static bool
set_life(const struct marker *m, struct timeline *t)
{
	bool known = false;

	for (size_t i = 0; i < NELEM(endings); i++) {
		if (strcmp(endings[i].name, m->name) != 0)
			continue;
		t->ending = endings[i].ending;
		known = true;
	}
	for (size_t i = 0; i < NELEM(durations) && m->has_number; i++) {
		if (strcmp(durations[i].name, m->name) != 0)
			continue;
		*(int64_t *)(void *)((char *)t + durations[i].offset) =
		    (int64_t)(m->number * 1000);
		known = true;
	}
	return known;
}

static bool
set_answer(const struct marker *m, struct markers *out)
{
	const struct refusal *r;

	if (strcmp(m->name, "slow") == 0 && m->has_number) {
		out->delay_ms = (int64_t)m->number;
		return true;
	}
	if ((r = refusal_find(m->name)) == NULL)
		return false;
	if (r->shape == SHAPE_DROP) {
		out->drops = m->has_number ? (long)m->number : -1;
		return true;
	}
	out->refusal = r;
	out->refusals = m->has_number ? (long)m->number : -1;
	return true;
}

/* Reads what stands between the brackets; false when it is no marker. */
static bool
read_marker(const char *text, size_t len, struct marker *m)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - text);
	char *end;

	*m = (struct marker){ .has_number = equals != NULL };
	if (name_len == 0 || name_len >= sizeof(m->name))
		return false;
	for (size_t i = 0; i < name_len; i++)
		m->name[i] = text[i] == '_' ? '-' : text[i];
	if (equals == NULL)
		return true;
	m->number = strtod(equals + 1, &end);
	return end > equals + 1 && end == text + len && m->number >= 0 &&
	    m->number <= 1e9;
}

bool
marker_next(const char **at, struct marker *out)
{
	const char *start = strstr(*at, OPEN), *end;

	if (start == NULL)
		return false;
	start += strlen(OPEN);
	if ((end = strstr(start, CLOSE)) == NULL)
		return false;
	*at = end;
	if (!read_marker(start, (size_t)(end - start), out))
		out->name[0] = '\0';
	return true;
}

enum err
markers_read(const char *prompt, struct timeline *t, struct markers *out,
    struct error *e)
{
	struct marker m;

	*out = (struct markers){ 0 };
	while (marker_next(&prompt, &m))
		if (m.name[0] == '\0' ||
		    (!set_life(&m, t) && !set_answer(&m, out))) {
			log_warn("a prompt has an unknown marker");
			return refuse(e, "invalid_request");
		}
	return ERR_OK;
}
