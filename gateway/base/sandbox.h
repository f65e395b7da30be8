/* SPDX-License-Identifier: ISC */
/*
 * sandbox.h - what a role gives up before it touches the first outside byte: its root rights (user and group
 * edigate), new privileges for ever (no_new_privs), core dumps with secrets, more descriptors than it needs.
 * System call filters and Landlock rules per role belong here too: one table row per role.
 */
#ifndef EDIGATE_BASE_SANDBOX_H
#define EDIGATE_BASE_SANDBOX_H

#include "gateway/base/err.h"

/* role: "watch", "send", ... ; user NULL or "": stay who we are when not root; root without a user is ERR_CONFIG. */
int sandbox_enter(const char *role, const char *user, struct err *e);

/*
 * For a role that needs nothing any more but the descriptors it has: no file, socket or process can be opened from here
 * on, by no way that this process could take back. epoll_wait(2) goes on working; poll(2) does not.
 */
int sandbox_seal(struct err *e);

#endif
