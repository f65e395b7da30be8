/* SPDX-License-Identifier: ISC */
/*
 * conf_files.h - the files that hold the settings: those of the home, or those that are in force. The supervisor keeps
 * what it took into force in run/settings, so that a role that is started again while somebody edits a file comes up
 * with the settings of all others.
 */
#ifndef EDIGATE_GATEWAY_CONF_FILES_H
#define EDIGATE_GATEWAY_CONF_FILES_H

#include "gateway/conf.h"

struct conf_file {
	const char *name;		/* "config.ini", "partners.d/acme.ini" */
	struct str text;		/* of the arena */
	const char *wrong;		/* why it could not be read; NULL: it was */
};

struct conf_files {
	struct conf_file *v;		/* config.ini first, the partners' by name */
	size_t n;
};

/* From the home. What cannot be read has its reason in place of its text. */
void conf_files_gather(struct arena *a, struct str home, struct conf_files *out);

/* To and from run/settings. ERR_CONFIG: it is not as conf_files_keep() wrote it. */
int conf_files_keep(const struct conf_files *f, struct str home, struct err *e);
int conf_files_kept(struct arena *a, struct str home, struct conf_files *out, struct err *e);

/* Read settings from these files and no others; as conf_read(). */
int conf_read_files(struct arena *a, struct str home, const struct conf_files *f, struct conf *out,
    struct err *e);

#endif
