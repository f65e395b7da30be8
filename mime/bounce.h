/* SPDX-License-Identifier: ISC */
/*
 * bounce.h - delivery reports in words alone: what mail servers wrote before RFC 3464, and some
 * still do. Read by the shapes that they have in common (how such a mail opens, how it names an
 * address, where the returned mail begins), not server by server. Pure.
 */
#ifndef EDIGATE_MIME_BOUNCE_H
#define EDIGATE_MIME_BOUNCE_H

#include "mime/dsn.h"

#define BOUNCE_TEXT_MAX (64u << 10)	/* what is behind it is not looked at */

struct bounce_mail {
	struct str text;	/* of its parts for people, decoded; the returned mail may stand in it */
	struct str subject;
	struct str failed;	/* X-Failed-Recipients: addresses with commas; may be empty */
	struct str to;		/* whom the bounce came to: never the one it is about */
};

/*
 * Whether that is a bounce. Then out holds a recipient at least, as dsn_read() would have told it: failed or
 * delayed, a status always, the server's words as diagnostic; and the Message-ID of what was returned, when it is
 * there. The caller has seen that no person sent the mail.
 */
bool bounce_read(struct arena *a, const struct bounce_mail *m, struct dsn *out);

/*
 * A report whose fields say less than its words: a status x.0.0 without a reason becomes what the words say of that
 * recipient.
 */
void bounce_refine(struct arena *a, struct str text, struct dsn *d);

/* HTML as text: tags dropped, blocks become lines, the five common entities read. */
struct str bounce_plain(struct arena *a, struct str html);

#endif
