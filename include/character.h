/* SPDX-License-Identifier: MIT */
/* character.h: a character made from a video. Its row: character_store.h. */
#ifndef CHARACTER_H
#define CHARACTER_H

#include <stdbool.h>
#include <stdint.h>

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
	/* of one that a task makes; only what says so fills these */
	bool		 temporary;	/* goes when the task has ended */
	const char	*username_hint;	/* what the upstream proposes */
	int		 name_tries;	/* of `username`, from 0 */
	const char	*asset_pointer;
	int		 delete_tries;	/* character_to_delete: that failed */
};

#endif
