/* SPDX-License-Identifier: ISC */
/* wait.h - follow files from the outbox until there is proof: `edigate send --wait`. */
#ifndef EDIGATE_GATEWAY_WAIT_H
#define EDIGATE_GATEWAY_WAIT_H

#include "gateway/cli.h"
#include "gateway/docs.h"

enum wait_target {
	WAIT_DEFAULT,			/* the receipt, or acceptance where none is asked for */
	WAIT_ACCEPTED, WAIT_RECEIPTED, WAIT_ACKNOWLEDGED,
};

struct wait_file;

struct wait {
	struct cli *cli;
	struct db *db;
	enum wait_target target;
	struct wait_file *files;
	int64_t newest;			/* document id before anything was dropped */
	struct docs_follow follow;
};

int  wait_target_of(const char *word, enum wait_target *out);	/* NULL: the default */
void wait_start(struct wait *w, struct cli *c);			/* before the first file is dropped */
void wait_expect(const struct wait *w, const struct partner *pt);	/* EX_USAGE: that proof will never come */
void wait_add(struct wait *w, struct str partner, struct str name);
int  wait_run(struct wait *w, int64_t timeout_ms);		/* exit status */

#endif
