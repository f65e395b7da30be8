/* SPDX-License-Identifier: ISC */
/* settings.h - a setting changed by a command: tried first, then written, and a running gateway told of it. */
#ifndef EDIGATE_GATEWAY_SETTINGS_H
#define EDIGATE_GATEWAY_SETTINGS_H

#include "gateway/cli.h"

#define SETTINGS_MAX ((size_t)16 << 20)

struct settings_place {
	struct str section, name, key;	/* name: of [partner "name"], else empty */
	const char *file;		/* below home */
};

/* Writes nothing that `edigate check` would refuse: the command ends with EX_CONFIG. */
void settings_put(struct cli *c, const struct settings_place *p, struct str value);

/* A list gets one more; all: its values as they stand in the file. */
void settings_append(struct cli *c, const struct settings_place *p, const char *value);

/* Has a running gateway read its settings, and waits until it works with them. false: none runs. */
bool settings_reload(struct cli *c);

#endif
