/* backend_impl.h: what the files of backend.h share. */
#ifndef BACKEND_IMPL_H
#define BACKEND_IMPL_H

#include "backend.h"

/* The options of that preset, all of them set; NULL: there is none of that name. */
const struct backend *backend_defaults(const char *preset);
/* Checks a base_url and brings it into its stored form. */
MUST_CHECK enum err backend_url(const char *url, bool allow_private, struct arena *a,
    const char **out, struct error *e);

#endif
