/* SPDX-License-Identifier: MIT */
/* place.h: a place in a JSON object: "id", "data.task_id", "data[0].url". */
#ifndef SANDBOX_PLACE_H
#define SANDBOX_PLACE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Names of letters, digits and '_', up to 31 each, with dots between; [0] may follow one. */
bool	place_valid(const char *place);
/*
 * Puts `value`, which becomes the tree's, at that place, which must be valid,
 * and makes what is missing on the way; what is there in another form goes.
 */
void	place_put(cJSON *root, const char *place, cJSON *value);

#endif
