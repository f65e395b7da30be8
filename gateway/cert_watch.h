/* SPDX-License-Identifier: ISC */
/*
 * cert_watch.h - certificates that come to their end: told in the log once when 60, 30, 14, 7, 3 days and 1 day are left, and
 * once when they have ended. What was told is kept in run/cert-warnings, for `edigate status` too.
 */
#ifndef EDIGATE_GATEWAY_CERT_WATCH_H
#define EDIGATE_GATEWAY_CERT_WATCH_H

#include "gateway/conf.h"

#define CERT_WATCH_FILE "run/cert-warnings"
#define CERT_WATCH_MAX	((size_t)4 << 20)
#define CERT_WATCH_MS	3600000		/* look again so often */

/* The days before the end at which we warn: 60, 30, 14, 7, 3, 1; the one that has come, 0: none yet. */
int64_t cert_watch_stage(int64_t days);

/* Looks, in a process of its own that has given up root's rights. */
void cert_watch_start(const struct conf *c);

/* The same here: of ours each, of a partner's the one that lasts longest. Returns how many were told now. */
size_t cert_watch(struct arena *a, const struct conf *c);

/* What stands in run/cert-warnings, line by line: a sentence for people. */
typedef void cert_watch_fn(void *arg, struct str sentence);
void cert_watch_read(struct arena *a, const struct conf *c, cert_watch_fn *fn, void *arg);

#endif
