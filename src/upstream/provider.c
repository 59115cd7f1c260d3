/* provider.c: the providers there are. */
#include "provider.h"

#include <string.h>

#include "attr.h"

static const struct provider *const providers[] = {
	&provider_sora,
};

const struct provider *
provider_find(const char *name)
{
	for (size_t i = 0; i < NELEM(providers); i++)
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	return NULL;
}
