/* SPDX-License-Identifier: ISC */
/*
 * doctor.h - `edigate doctor`: everything that can be looked at without changing it. A line for each thing, good ones
 * too, so that a person sees what was looked at.
 *
 *   cmd_doctor.c     settings, keys, the count                doctor_house.c   folders, disk, clock, kernel
 *   doctor_db.c      database, documents, files without rows
 */
#ifndef EDIGATE_GATEWAY_DOCTOR_H
#define EDIGATE_GATEWAY_DOCTOR_H

#include "gateway/cli.h"

enum doctor_word { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
	struct cli cli;
	struct conf conf;
	bool has_conf, running, json;
	struct db *db;			/* NULL: never ran here */
	unsigned int n[DOCTOR_FAIL + 1];
};

void doctor_says(struct doctor *d, enum doctor_word word, const char *area, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

void doctor_folders(struct doctor *d);		/* there, ours, on which file system, how much is free */
void doctor_clock(struct doctor *d);
void doctor_kernel(struct doctor *d);
void doctor_database(struct doctor *d);		/* opens it; sound, its one writer */
void doctor_documents(struct doctor *d);		/* each moves on or waits for somebody, and its files are there */
void doctor_orphans(struct doctor *d);		/* files that no row knows */

#endif
