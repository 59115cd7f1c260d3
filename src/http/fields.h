/* SPDX-License-Identifier: MIT */
/* fields.h: the fields of a form as a JSON object; private to src/http. */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include "http.h"

/* Puts a field where its name says: see struct form. An empty value is left out. */
void	fields_add(struct form *f, const char *name, const char *value);

#endif
