/* SPDX-License-Identifier: ISC */
/* evidence_gather.c - from database, spool and folders to files. */
#include "gateway/evidence.h"

#include "edi/edi.h"
#include "gateway/base/io.h"
#include "gateway/cem.h"
#include "gateway/exchange.h"
#include "mime/as1.h"
#include "spool/name.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct gathering {
	struct cli *c;
	struct db *db;
	const struct conf *conf;
	struct evidence *ev;
	struct story story;		/* of the document */
	struct story mail;		/* of the mail that brought it: the same, but for the second document of a mail */
	struct evidence_who who;
	int64_t last_ms;		/* the newest event: when the files that we write are from */
};

static void
add(struct gathering *g, struct str path, struct str bytes, int64_t at_ms)
{
	struct err e;

	if (evidence_add(g->ev, path, bytes, at_ms, &e) == -1)
		cli_die(EX_DATAERR, &e);
}

/* A file below home; p is NULL when there is none, or it is not ours to read. */
static struct str
below(struct gathering *g, struct str relative)
{
	struct str bytes;
	struct err e;
	const char *path = cli_path(g->c, STR_FMT, STR_ARG(relative));

	if (relative.n == 0 || access(path, R_OK) == -1 ||
	    io_read_file(g->c->arena, AT_FDCWD, path, EVIDENCE_SIZE_MAX, &bytes, &e) == -1)
		return (struct str){ 0 };
	return bytes;
}

/* A mail by its proof; what is not believed has moved to quarantine meanwhile, what just came in is not there yet. */
static struct str
mail_bytes(struct gathering *g, struct str proof)
{
	static const char *const folders[] = { "spool/in/", "spool/out/", "spool/arrived/", "quarantine/" };
	struct str bytes = below(g, proof), name = proof;

	while (str_chr(name, '/', NULL))
		(void)str_cut(&name, '/', &(struct str){ 0 });
	for (size_t i = 0; bytes.p == NULL && i < N(folders); i++)
		bytes = below(g, str_cat(g->c->arena, str_of(folders[i]), name));
	if (bytes.p == NULL)
		cli_warn(STR_FMT ": not there any more", STR_ARG(proof));
	return bytes;
}

/* ---- the document ---- */

/* A name that every system takes and a shell does not stumble over. */
static struct str
safe_name(struct arena *a, struct str name)
{
	struct str s = str_dup(a, str_sub(name, name.n > 60 ? name.n - 60 : 0, 60));
	char *p = (char *)(uintptr_t)s.p;

	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(p[i]) && ((p[i] != '.' && p[i] != '-') || i == 0))
			p[i] = '_';
	return s.n == 0 ? S("document") : s;
}

static bool
is_it(struct gathering *g, struct str bytes)
{
	return bytes.p != NULL && str_eq(evidence_sha256(g->c->arena, bytes), g->story.doc->sha256);
}

/* The payload of a mail that is the document, when its file is gone. */
static struct str
from_mails(struct gathering *g)
{
	for (size_t i = 0; i < g->ev->n_mails; i++) {
		const struct evidence_mail *m = &g->ev->mails[i];
		struct str entity = evidence_bytes(g->ev, m->content.n > 0 ? m->content : m->path);
		struct str bytes = evidence_payload(g->c->arena, entity, g->story.doc->sha256);
		if (bytes.p != NULL)
			return bytes;
	}
	return (struct str){ 0 };
}

static void
take_document(struct gathering *g, struct str bytes)
{
	const struct db_doc *d = g->story.doc;

	if (bytes.p == NULL || g->ev->document.n > 0)
		return;
	g->ev->document = str_cat(g->c->arena, S("document/"), safe_name(g->c->arena, d->name));
	add(g, g->ev->document, bytes, d->created_ms);
}

static struct str
document_file(struct gathering *g)
{
	const struct db_doc *d = g->story.doc;
	struct arena *a = g->c->arena;
	struct str bytes = below(g, d->path);

	if (!is_it(g, bytes))	/* claimed, and not yet settled */
		bytes = below(g,
		    str_fmt(a, "spool/claimed/" STR_FMT "~" STR_FMT "/" STR_FMT, STR_ARG(d->ulid),
		        STR_ARG(d->partner), STR_ARG(d->name)));
	return is_it(g, bytes) ? bytes : (struct str){ 0 };
}

/* ---- mails ---- */

/* The entity inside a mail that only the partner can decrypt, from the document, by the MIC that was noted then. */
static struct str
made_again(struct gathering *g, const struct db_tx *t)
{
	struct str content = evidence_bytes(g->ev, g->ev->document), made = S("");
	struct arena_room room = arena_room(g->c->arena);
	struct as1_document d = { .content = span_str(content), .file_name = g->story.doc->name,
		.is_entity = cem_is(content) };
	struct edi_facts f = { 0 };
	struct mic want;
	struct err e;

	if (content.n == 0 || mic_read(t->mic, &want) == -1 || edi_read(g->c->arena, content, &f, &e) == -1)
		return made;
	d.media_type = str_of(f.format != NULL ? f.format->media_type : "application/octet-stream");
	return as1_again(g->c->arena, &d, &want, &room.room, &made, &e) == -1 ? S("") : made;
}

/* Cut content and signature out of a mail: mail/1.eml, mail/1.content, mail/1.p7s. */
static void
take_apart(struct gathering *g, struct evidence_mail *m, struct str bytes, const struct db_tx *t)
{
	struct arena *a = g->c->arena;
	struct str stem = str_sub(m->path, 0, m->path.n - 4);
	struct evidence_split s;

	evidence_split(a, bytes, g->who.own, g->who.key, &s);
	m->from = !s.encrypted ? S("mail") : S("decrypted");
	if (s.encrypted && s.content.p == NULL && t != NULL) {
		s.content = made_again(g, t);
		m->from = S("rebuilt");
	}
	if (s.content.n == 0) {
		m->from = s.encrypted ? S("hidden") : S("");
		if (s.encrypted)
			cli_warn(STR_FMT
			    ": cannot be decrypted here, and what was in it cannot be made again",
			    STR_ARG(m->path));
		return;
	}
	m->content = str_cat(a, stem, S(".content"));
	add(g, m->content, s.content, m->at_ms);
	m->opaque = s.opaque;
	if (s.signature.n == 0)
		return;
	m->signature = str_cat(a, stem, S(".p7s"));
	add(g, m->signature, s.signature, m->at_ms);
	evidence_who_vouch(&g->who, g->ev, m);
}

static struct evidence_mail *
take_mail(struct gathering *g, const char *folder, unsigned int number, struct str proof,
    const struct evidence_mail *like, const struct db_tx *t)
{
	struct str bytes = mail_bytes(g, proof);
	struct evidence_mail *m = &g->ev->mails[g->ev->n_mails];

	if (bytes.p == NULL || g->ev->n_mails == EVIDENCE_MAILS_MAX)
		return NULL;
	g->ev->n_mails++;
	*m = *like;
	m->path = str_fmt(g->c->arena, "%s/%u.eml", folder, number);
	add(g, m->path, bytes, m->at_ms);
	if (!str_eq(m->what, S("report")))
		take_apart(g, m, bytes, t);
	return m;
}

/* Mails that we made for it: the document's own, or our receipts; path by transmission in paths. */
static void
take_ours(struct gathering *g, const struct story *s, int kind, const char *folder, struct str of,
    struct str *paths)
{
	struct arena *a = g->c->arena;
	unsigned int n = 0;

	for (size_t i = 0; i < s->n_txs; i++) {
		const struct db_tx *t = &s->txs[i].tx;
		struct evidence_mail like = { .what = kind == TX_RECEIPT ? S("receipt") : S("document"), .by = S("own"), .of = of,
			.message_id = t->message_id, .sha256 = t->sha256, .at_ms = t->created_ms };
		const struct evidence_mail *m;

		paths[i] = S("");
		if (t->kind != kind)
			continue;
		m = take_mail(g, folder, ++n,
		    str_fmt(a, "spool/out/" STR_FMT ".eml", STR_ARG(t->ulid)), &like, t);
		if (m != NULL)
			paths[i] = m->path;
	}
}

static struct str
path_of(const struct story *s, const struct str *paths, int64_t tx)
{
	for (size_t i = 0; i < s->n_txs; i++)
		if (s->txs[i].tx.id == tx)
			return paths[i];
	return S("");
}

/* One mail may prove several events: a report on two recipients, a receipt that came late. */
static bool
came_before(const struct story *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(s->events[i].proof, s->events[at].proof))
			return true;
	return false;
}

/* By how an event is called: what the mail is that proves it. */
static const struct answer {
	struct str kind;
	const char *folder, *by;
} answers[] = { { S_INIT("mdn-"), "receipt", "partner" }, { S_INIT("dsn-"), "report", "" }, { S_INIT("ack-"), "acknowledgement", "partner" },
	{ S_INIT("answer-"), "acknowledgement", "partner" } };

static const struct answer *
answer_of(struct str kind)
{
	for (size_t i = 0; i < N(answers); i++)
		if (str_starts(kind, answers[i].kind))
			return &answers[i];
	return NULL;
}

/* How many of that folder there are already, and this one. */
static unsigned int
next_in(const struct evidence *ev, const char *folder)
{
	unsigned int n = 1;

	for (size_t i = 0; i < ev->n_mails; i++)
		n += str_eq(ev->mails[i].what, str_of(folder)) && !str_eq(ev->mails[i].by, S("own"));
	return n;
}

/* When the mail came in that proves an event, however long it waited to be opened. */
static int64_t
came_ms(const struct db_event *ev)
{
	struct str name = ev->proof;
	int64_t ms;

	while (str_chr(name, '/', NULL))
		(void)str_cut(&name, '/', &(struct str){ 0 });
	ms = ulid_ms(str_sub(name, 0, ULID_MAX - 1));
	return ms == -1 ? ev->at_ms : ms;
}

/* Receipts, delivery reports and acknowledgements that came in for what we sent. */
static void
take_answers(struct gathering *g, const struct story *s, const struct str *paths)
{
	for (size_t i = 0; i < s->n_events; i++) {
		const struct db_event *ev = &s->events[i];
		const struct answer *answer = answer_of(ev->kind);

		if (answer == NULL || ev->proof.n == 0 || came_before(s, i))
			continue;
		const struct evidence_mail like = { .what = str_of(answer->folder), .by = str_of(answer->by),
			.of = path_of(s, paths, ev->tx), .at_ms = came_ms(ev), .opened_ms = ev->at_ms };
		(void)take_mail(g, answer->folder, next_in(g->ev, answer->folder), ev->proof, &like, NULL);
	}
}

static struct str
unbracketed(struct str id)
{
	return id.n >= 2 && id.p[0] == '<' ? str_sub(id, 1, id.n - 2) : id;
}

static void
take_outbound(struct gathering *g)
{
	struct str *paths = arena_get_array(g->c->arena, g->story.n_txs, sizeof(*paths));

	take_document(g, document_file(g));
	take_ours(g, &g->story, TX_DOCUMENT, "mail", S(""), paths);
	take_document(g, from_mails(g));
	take_answers(g, &g->story, paths);
}

static int64_t
opened_ms(const struct gathering *g)
{
	for (size_t i = 0; i < g->mail.n_events; i++)
		if (str_eq(g->mail.events[i].kind, S("opened")))
			return g->mail.events[i].at_ms;
	return g->last_ms;
}

static void
take_inbound(struct gathering *g)
{
	const struct db_doc *d = g->mail.doc;
	struct str *paths = arena_get_array(g->c->arena, g->mail.n_txs, sizeof(*paths));
	struct evidence_mail like = { .what = S("document"),
		.by = S("partner"),
		.message_id = unbracketed(d->message_id),
		.at_ms = d->created_ms,
		.opened_ms = opened_ms(g) };

	(void)take_mail(g, "mail", 1,
	    str_fmt(g->c->arena, "spool/in/" STR_FMT ".eml", STR_ARG(d->ulid)), &like, NULL);
	take_document(g, document_file(g));
	take_document(g, from_mails(g));
	take_ours(g, &g->mail, TX_RECEIPT, "receipt", S("mail/1.eml"), paths);
	take_answers(g, &g->mail, paths);
}

/* The mail of a document that is not the first in it, and of receipts what they are about. */
static const struct db_doc *
doc_of(struct gathering *g, int64_t id)
{
	struct db_doc *d = NULL;
	struct err e;

	if (db_doc_get(g->db, g->c->arena, id, &d, &e) == -1)
		cli_die(0, &e);
	return d;
}

void
evidence_gather(struct cli *c, struct db *db, const struct db_doc *d, struct evidence *out)
{
	struct gathering g = { .c = c, .db = db, .conf = cli_conf(c), .ev = out };
	const struct db_doc *mail = d;

	/* A receipt for our acknowledgement belongs to what that acknowledges. */
	for (int up = 0; up < 2 && d != NULL && d->kind != DOC_DOCUMENT && d->parent != 0; up++)
		d = mail = doc_of(&g, d->parent);
	if (d == NULL || d->kind != DOC_DOCUMENT)
		cli_fail(EX_DATAERR, "this is no business document, and belongs to none");
	if (d->dir == EX_IN && !ulid_is(d->ulid))
		mail = doc_of(&g, d->parent);
	*out = (struct evidence){ .a = c->arena, .id = d->id, .in = d->dir == EX_IN, .partner = d->partner, .name = d->name,
		.sha256 = d->sha256, .top = str_fmt(c->arena, "evidence-%lld", (long long)d->id) };
	story_read(c, db, d, &g.story);
	story_read(c, db, mail != NULL ? mail : d, &g.mail);
	g.last_ms = g.story.n_events > 0 ? g.story.events[g.story.n_events - 1].at_ms : d->created_ms;
	evidence_who_open(c, out, &g.who);
	if (out->in)
		take_inbound(&g);
	else
		take_outbound(&g);
	evidence_who_close(&g.who, out, g.last_ms);
	evidence_texts(c, db, &g.story, &g.mail, g.last_ms, out);
}
