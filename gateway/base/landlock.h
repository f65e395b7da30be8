/* SPDX-License-Identifier: ISC */
/*
 * landlock.h - files that this process, for all its rights, can read no more (Landlock, Linux 5.19). The rules can only
 * allow, so everything beside the way to what is hidden is allowed: an entry made later in a folder on that way is
 * hidden too. Files that are open stay open.
 */
#ifndef EDIGATE_BASE_LANDLOCK_H
#define EDIGATE_BASE_LANDLOCK_H

#include "gateway/base/err.h"

#include <stddef.h>

#define LANDLOCK_HIDDEN_MAX 32

/* Absolute paths of files and folders; those that are not there are skipped. 0, 1: this kernel cannot, or -1. */
int landlock_hide(const char *const *paths, size_t n, struct err *e);

#endif
