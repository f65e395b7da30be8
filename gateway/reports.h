/* SPDX-License-Identifier: ISC */
/*
 * reports.h - which delivery reports (RFC 3461) the sender of a mail is owed, and which of them he may have. A report goes to an
 * address of the very partner that the mail is from, and only when that is shown: by the mail's signature, or by the
 * session that brought it (a login of theirs, or their network). So no stranger, and nobody whose address a stranger made up, ever
 * hears from us.
 */
#ifndef EDIGATE_GATEWAY_REPORTS_H
#define EDIGATE_GATEWAY_REPORTS_H

#include "gateway/conf.h"
#include "gateway/smtp/asked.h"

#define REPORT_DELIVERED "delivered"		/* NOTIFY=SUCCESS: when it has been filed */
#define REPORT_FAILED	 "failed"		/* NOTIFY=FAILURE: when it is refused after all */
#define REPORT_UNLESS	 "failed-unless-receipt"	/* no NOTIFY: then, unless a receipt says so already */

struct reports {
	struct str words;	/* of those above that may go out, each with a blank behind it */
	struct str text;	/* what was asked, and why it may not be had: a line for people; empty: nothing was asked */
};

/* pt: who the mail is from, or NULL; is_signed: and that is proven. Strings are the arena's. */
void reports_of(struct arena *a, const struct conf *c, const struct partner *pt, const struct asked *asked,
    bool is_signed, struct reports *out);

/* Does the recipient want that report (one of the words above)? */
bool reports_wanted_by(const struct asked_rcpt *rcpt, struct str word);

#endif
