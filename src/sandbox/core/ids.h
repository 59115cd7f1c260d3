/* SPDX-License-Identifier: MIT */
/* ids.h: identifiers of the forms that the service uses. */
#ifndef SANDBOX_IDS_H
#define SANDBOX_IDS_H

/* All are allocated with xalloc.h. */
char	*new_ulid(const char *prefix);	/* prefix and 26 lower-case base32 characters */
char	*new_file_uuid(void);		/* as in the paths of media files */
char	*new_user_id(void);		/* "user-" and 24 letters and digits */
char	*new_invite_code(void);		/* 6 upper-case letters and digits */
char	*new_refresh_token(void);
char	*new_post_id(void);		/* "s_" and 32 hex digits */
char	*new_file_id(void);		/* "file_" and 32 hex digits */
char	*new_cameo_id(void);		/* "cameo_" and 16 hex digits */
char	*new_character_id(void);	/* "ch_" and 32 hex digits */

#endif
