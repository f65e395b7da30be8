/* SPDX-License-Identifier: ISC */
/* dsn.h - delivery status notifications (RFC 3464): what a mail server on the way says became of our mail. */
#ifndef EDIGATE_MIME_DSN_H
#define EDIGATE_MIME_DSN_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

#define DSN_RECIPIENTS_MAX 100
#define DSN_ADDRESS_MAX	   500	/* RFC 3461, 4.2 */

enum dsn_action { DSN_UNKNOWN, DSN_FAILED, DSN_DELAYED, DSN_DELIVERED, DSN_RELAYED, DSN_EXPANDED };

struct dsn_recipient {
	struct str original, final;	/* addresses behind their "type;" */
	bool is_utf8;			/* for writing: original is of type utf-8 (RFC 6533, 3), may have characters of it */
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

/*
 * The same for a report of ours, CRLF lines: reporting_mta, envelope_id (decoded), arrival_date; of a recipient original,
 * final, action, status, diagnostic. All of it printable ASCII, but for an original of type utf-8.
 */
int dsn_write(struct arena *a, const struct dsn *d, struct buf *out, struct err *e);

#endif
