/* SPDX-License-Identifier: ISC */
/*
 * clock.h - the only reader of time. Wall time for people and certificates, monotonic time for
 * deadlines. Both can be set for tests, so days of retries run in milliseconds.
 */
#ifndef EDIGATE_BASE_CLOCK_H
#define EDIGATE_BASE_CLOCK_H

#include "gateway/base/arena.h"

#include <stdint.h>

int64_t clock_wall_ms(void);		/* since 1970-01-01 UTC */
int64_t clock_mono_ms(void);
void clock_set_for_tests(int64_t wall_ms, int64_t mono_ms);	/* -1, -1: real time again */

struct str clock_rfc3339(struct arena *a, int64_t wall_ms);	/* 2026-11-20T10:41:00.012Z */
struct str clock_rfc5322(struct arena *a, int64_t wall_ms);	/* Fri, 20 Nov 2026 10:41:00 +0000 */
int clock_read_rfc3339(struct str s, int64_t *wall_ms);		/* 0 or -1 */

/* "30s", "5m", "4h", "5d", "2w" → milliseconds. Returns 0 or -1. */
int clock_read_span(struct str s, int64_t *ms);

#endif
