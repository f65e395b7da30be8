/* SPDX-License-Identifier: ISC */
/*
 * addr.h - mail addresses. What decides who a partner is gets read by a strict grammar: exactly one mailbox, and in
 * it an addr-spec of plain atoms (RFC 5322, 3.4.1, without quoted local parts, literals and obsolete forms).
 */
#ifndef EDIGATE_MIME_ADDR_H
#define EDIGATE_MIME_ADDR_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define ADDR_MAX	254	/* RFC 5321, 4.5.3.1.3 less the brackets */
#define ADDR_LOCAL_MAX	64	/* RFC 5321, 4.5.3.1.1 */

/* local-part@domain: ASCII dot-atom, domain of LDH labels. Safe in any SMTP command or header. */
bool addr_is_strict(struct str s);

/*
 * The one mailbox of a From, Sender or Disposition-Notification-To value (folded or not), its domain lower-cased.
 * ERR_INPUT on none, several, a group, a route, or an address that is not strict.
 */
int addr_one(struct arena *a, struct str raw, struct str *out, struct err *e);

#endif
