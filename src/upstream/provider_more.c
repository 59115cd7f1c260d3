/* SPDX-License-Identifier: MIT */
/*
 * provider_more.c: no more providers than those of provider.c. A program that
 * defines provider_more itself, as tests do, gets its own and not this one.
 */
#include "provider.h"

const struct provider *const provider_more[] = { NULL };
