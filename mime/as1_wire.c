/* SPDX-License-Identifier: ISC */
/* as1_wire.c - a mail that some program stored with LF or CR alone for its line ends gets them back as they were on the wire. */
#include "mime/as1_in.h"

/* Which line ends there are; a CRLF settles it. */
struct ends {
	struct sink sink;
	char last;
	bool crlf, lf, cr;
};

static int
ends_put(struct sink *s, struct str piece, struct err *e)
{
	struct ends *n = (struct ends *)s;
	size_t at;

	(void)e;
	if (n->crlf)
		return 0;
	n->crlf = (n->last == '\r' && piece.p[0] == '\n') || str_find(piece, S("\r\n"), &at);
	n->lf |= str_chr(piece, '\n', NULL);
	n->cr |= str_chr(piece, '\r', NULL);
	n->last = piece.p[piece.n - 1];
	return 0;
}

static int
look_at_ends(struct span mail, struct ends *n, struct err *e)
{
	struct span_source from = span_source(mail);
	struct str piece;

	*n = (struct ends){ .sink = { ends_put } };
	do {
		if (from.source.next(&from.source, &piece, e) == -1)
			return -1;
		if (piece.n > 0)
			(void)ends_put(&n->sink, piece, e);
	} while (piece.n > 0 && !n->crlf);
	return 0;
}

struct mending {
	struct sink sink;
	struct store *to;
	char end;		/* what each line ends with */
};

static int
mend_put(struct sink *s, struct str piece, struct err *e)
{
	struct mending *m = (struct mending *)s;
	struct str line;
	bool more;

	do {
		more = str_cut(&piece, m->end, &line);
		if ((line.n > 0 && m->to->put(m->to, line, e) == -1) ||
		    (more && m->to->put(m->to, S("\r\n"), e) == -1))
			return -1;
	} while (more);
	return 0;
}

int
as1_wire(struct room *room, struct span mail, struct span *out, struct err *e)
{
	struct mending m = { .sink = { mend_put } };
	struct ends n;

	*out = mail;
	if (look_at_ends(mail, &n, e) == -1)
		return -1;
	if (n.crlf || (!n.lf && !n.cr))
		return 0;
	m.end = n.lf ? '\n' : '\r';
	m.to = room->open(room, e);
	if (m.to == NULL || span_put(mail, &m.sink, e) == -1)
		return -1;
	*out = span_store(m.to);
	return 0;
}

struct str
as1_wire_form(struct arena *a, struct str mail)
{
	struct arena_room room = arena_room(a);
	struct span wire;
	struct str whole;

	if (as1_wire(&room.room, span_str(mail), &wire, NULL) == -1 || span_join(a, wire, SIZE_MAX, &whole, NULL) == -1)
		return mail;	/* neither can happen in memory */
	return whole;
}
