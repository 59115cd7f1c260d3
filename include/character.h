/* character.h: characters made from videos, as the database has them. */
#ifndef CHARACTER_H
#define CHARACTER_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;

struct character {		/* strings live in the arena given; NULL where absent */
	int64_t		 id;
	const char	*cameo_id;
	const char	*character_id;
	int64_t		 token_id;
	const char	*username;
	const char	*display_name;
	const char	*profile_url;
	const char	*instruction_set;	/* JSON text */
	const char	*safety_instruction_set;
	const char	*visibility;	/* private, public */
	const char	*status;	/* processing, finalized, deleted */
	int64_t		 created_at;
	int64_t		 updated_at;
};

/* Newest first; of one token, or of all when it is 0. */
MUST_CHECK enum err character_list(struct store *st, int64_t token_id, struct arena *a,
    struct character **out, size_t *n, struct error *e);
/* ERR_NOT_FOUND "Character not found". */
MUST_CHECK enum err character_load(struct store *st, const char *cameo_id, struct arena *a,
    struct character *out, struct error *e);
/* Its id goes to c->id, its times are set. ERR_CONFLICT when the cameo id is stored already. */
MUST_CHECK enum err character_add(struct store *st, struct character *c, struct error *e);
/* Stores instruction sets, visibility and status as they are in `c`; updated_at becomes now. */
MUST_CHECK enum err character_save(struct store *st, const struct character *c, struct error *e);
/* Here only. ERR_NOT_FOUND. */
MUST_CHECK enum err character_delete(struct store *st, const char *cameo_id, struct error *e);

#endif
