/* SPDX-License-Identifier: ISC */
/*
 * path.h - the words of RFC 5321, 4.1.2 and RFC 3461, 4 that both ends need: domains, mailboxes, xtext. Pure.
 * Everything here is ASCII, but for what has "utf8" in its name: without SMTPUTF8 a byte over 0x7e is in no address.
 */
#ifndef EDIGATE_SMTP_PATH_H
#define EDIGATE_SMTP_PATH_H

#include "gateway/base/buf.h"

/* RFC 5321, 4.5.3.1 */
#define SMTP_LOCAL_MAX	64
#define SMTP_DOMAIN_MAX 255
#define SMTP_PATH_MAX	254	/* without the brackets */
#define SMTP_ENVID_MAX	100	/* RFC 3461, 4.4; the decoded value has no more */
#define SMTP_ORCPT_MAX	500	/* RFC 3461, 4.2 */

bool smtp_is_domain(struct str s);	/* letters, digits, hyphens in labels of 1 to 63; or [192.0.2.1], [IPv6:...] */
bool smtp_is_greeting(struct str s);	/* what EHLO may say: a domain, underscores (common in LANs) let pass */
bool smtp_is_mailbox(struct str s);	/* dot-string or quoted-string, @, domain */
bool smtp_is_plain_mailbox(struct str s);	/* dot-string only: all that we ever send to */
bool smtp_is_utf8_mailbox(struct str s);	/* as smtp_is_mailbox(), or with UTF-8 on either side of the @ (RFC 6531, 3.3) */

/*
 * xtext: printable ASCII without '+' and '=', or '+' and two upper-case hexadecimal digits. Stricter than the RFC
 * in one point: what the digits stand for must be printable too, so that no decoder further on meets +0D+0A.
 */
bool smtp_is_xtext(struct str s);
bool smtp_is_envid(struct str s);	/* what ENVID may stand for (RFC 3461, 4.4): printable ASCII and blanks, SMTP_ENVID_MAX */
bool smtp_is_unitext(struct str s);	/* RFC 6533, 3: UTF-8 as it is, \x{...} for what must not stand there */
int  smtp_xtext_get(struct buf *out, struct str xtext, struct err *e);	/* decoded; ERR_INPUT when it is none */
int  smtp_xtext_put(struct buf *out, struct str plain, struct err *e);

#endif
