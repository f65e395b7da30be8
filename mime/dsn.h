/* SPDX-License-Identifier: ISC */
/* dsn.h - delivery status notifications (RFC 3464): what a mail server on the way says became of our mail. */
#ifndef EDIGATE_MIME_DSN_H
#define EDIGATE_MIME_DSN_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define DSN_RECIPIENTS_MAX 100

enum dsn_action { DSN_UNKNOWN, DSN_FAILED, DSN_DELAYED, DSN_DELIVERED, DSN_RELAYED, DSN_EXPANDED };

struct dsn_recipient {
	struct str original, final;	/* addresses behind their "type;" */
	enum dsn_action action;		/* DSN_UNKNOWN also when action and status contradict each other */
	struct str status;		/* "5.1.1"; "5.0.0" and the like when only the action was given */
	struct str remote_mta, diagnostic, will_retry_until;
};

struct dsn {
	struct str envelope_id, reporting_mta, arrival_date;
	struct str original_message_id;		/* from the returned mail or headers, when present */
	struct str human;
	struct dsn_recipient *recipients;
	size_t n;
};

/* The body of a message/delivery-status part. */
int dsn_read(struct arena *a, struct str body, struct dsn *out, struct err *e);

#endif
