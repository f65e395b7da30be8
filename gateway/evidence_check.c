/* SPDX-License-Identifier: ISC */
/*
 * evidence_check.c - what the files prove, from their bytes and the certificates alone. What timeline.json says is only
 * taken for where to look and what to compare with.
 */
#include "gateway/evidence.h"

#include "mime/as1.h"

#include <stdio.h>

struct checking {
	struct evidence *ev;
	evidence_fn *fn;
	void *arg;
	struct evidence_result *out;
	struct cert_set *own, *partner;
};

static void __attribute__((format(printf, 3, 4)))
says(struct checking *c, enum proof proof, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX * 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->out->ok += proof == PROOF_OK;
	c->out->open += proof == PROOF_OPEN;
	c->out->bad += proof == PROOF_BAD;
	if (c->fn != NULL)
		c->fn(c->arg, proof, text);
}

/* ---- SHA256SUMS ---- */

static void
check_listed(struct checking *c, struct str line)
{
	struct str hex = str_sub(line, 0, 64), path = str_from(line, 66);
	const struct tar_entry *f = evidence_file(c->ev, path);

	if (!str_eq(str_sub(line, 64, 2), S("  ")) || f == NULL)
		says(c, PROOF_BAD, "SHA256SUMS names '" STR_FMT "', which is not there", STR_ARG(path));
	else if (!str_eq(evidence_sha256(c->ev->a, f->bytes), hex))
		says(c, PROOF_BAD, STR_FMT ": not what SHA256SUMS says", STR_ARG(path));
}

static bool
is_listed(struct str sums, struct str path)
{
	struct str line;

	while (str_next_line(&sums, &line))
		if (str_eq(str_from(line, 66), path))
			return true;
	return false;
}

void
evidence_check_sums(struct evidence *ev, evidence_fn *fn, void *arg, struct evidence_result *out)
{
	struct checking c = { .ev = ev, .fn = fn, .arg = arg, .out = out };
	struct str all = evidence_bytes(ev, EVIDENCE_SUMS), sums = all, line;
	unsigned int bad = out->bad;

	if (all.n == 0)
		says(&c, PROOF_BAD, "no SHA256SUMS");
	while (str_next_line(&sums, &line))
		check_listed(&c, line);
	for (size_t i = 0; i < ev->n && all.n > 0; i++)
		if (!str_eq(ev->files[i].name, EVIDENCE_SUMS) && !is_listed(all, ev->files[i].name))
			says(&c, PROOF_BAD, STR_FMT ": not in SHA256SUMS", STR_ARG(ev->files[i].name));
	if (out->bad == bad)
		says(&c, PROOF_OK, "all %zu files are as SHA256SUMS says", ev->n - 1);
}

/* ---- the document ---- */

static bool
check_document(struct checking *c)
{
	struct evidence *ev = c->ev;
	const struct tar_entry *f = evidence_file(ev, ev->document);

	if (f == NULL) {
		says(c, ev->document.n > 0 ? PROOF_BAD : PROOF_OPEN,
		    "the document itself (SHA-256 " STR_FMT ") is not here", STR_ARG(ev->sha256));
		return false;
	}
	if (!str_eq(evidence_sha256(ev->a, f->bytes), ev->sha256)) {
		says(c, PROOF_BAD, STR_FMT ": is not the document that was recorded", STR_ARG(f->name));
		return false;
	}
	says(c, PROOF_OK, STR_FMT ": %zu bytes, as recorded", STR_ARG(f->name), f->bytes.n);
	return true;
}

/* ---- mails ---- */

static const struct cert_set *
set_of(const struct checking *c, const struct evidence_mail *m)
{
	return str_eq(m->by, S("own")) ? c->own : str_eq(m->by, S("partner")) ? c->partner : NULL;
}

/* That the content was cut out of this mail. What was encrypted shows that only to whoever has the key. */
static void
check_origin(struct checking *c, const struct evidence_mail *m, struct str mail)
{
	struct str content = evidence_bytes(c->ev, m->content);

	if (str_eq(m->from, S("mail"))) {
		bool is_part = m->opaque || str_find(as1_wire_form(c->ev->a, mail), content, NULL);
		says(c, is_part ? PROOF_OK : PROOF_BAD, STR_FMT ": %s " STR_FMT " byte for byte",
		    STR_ARG(m->content), is_part ? "stands in" : "does not stand in",
		    STR_ARG(m->path));
	} else if (str_eq(m->from, S("decrypted"))) {
		says(c, PROOF_OPEN, STR_FMT ": is encrypted for us; that " STR_FMT " was in it needs our key to be seen", STR_ARG(m->path),
		    STR_ARG(m->content));
	} else {
		says(c, PROOF_OPEN, STR_FMT ": is encrypted for the partner; " STR_FMT " was made again from the document",
		    STR_ARG(m->path), STR_ARG(m->content));
	}
}

static bool
check_signature(struct checking *c, const struct evidence_mail *m, struct str *signer)
{
	struct str content = evidence_bytes(c->ev, m->content);
	struct cms_verified v;

	evidence_verify(c->ev->a, evidence_bytes(c->ev, m->signature),
	    m->opaque ? (struct str){ 0 } : content, set_of(c, m), m->at_ms, &v);
	if (v.verdict == CMS_GOOD && m->opaque && !str_eq(span_mem(v.content), content))
		v = (struct cms_verified){ .verdict = CMS_CHANGED,
			.reason = S("the content inside is another one") };
	if (v.verdict != CMS_GOOD) {
		says(c, PROOF_BAD, STR_FMT ": signature: " STR_FMT, STR_ARG(m->path), STR_ARG(v.reason));
		return false;
	}
	says(c, PROOF_OK, STR_FMT ": signed by " STR_FMT, STR_ARG(m->content), STR_ARG(v.signer));
	*signer = v.signer;
	return true;
}

/* The MIME entity that speaks for a mail: what was signed or encrypted in it, else the mail. */
static struct str
entity_of(struct checking *c, const struct evidence_mail *m)
{
	return m->content.n > 0 ? evidence_bytes(c->ev, m->content) : as1_wire_form(c->ev->a, evidence_bytes(c->ev, m->path));
}

static void
check_mail(struct checking *c, const struct evidence_mail *m, bool has_document)
{
	struct str mail = evidence_bytes(c->ev, m->path), where = m->content.n > 0 ? m->content : m->path, signer = S("");
	bool holds = false, is_signed = false;
	struct part leaf;

	if (str_eq(m->from, S("hidden")))
		says(c, PROOF_OPEN, STR_FMT ": is encrypted, and what was in it is not here", STR_ARG(m->path));
	if (m->content.n > 0)
		check_origin(c, m, mail);
	if (has_document) {
		holds = evidence_leaf(c->ev->a, entity_of(c, m), evidence_bytes(c->ev, c->ev->document), &leaf);
		says(c, holds ? PROOF_OK : m->content.n > 0 ? PROOF_BAD : PROOF_OPEN, STR_FMT ": %s the document byte for byte", STR_ARG(where),
		    holds ? "holds" : "does not show");
	}
	if (m->signature.n > 0)
		is_signed = check_signature(c, m, &signer);
	else
		says(c, PROOF_OPEN, STR_FMT ": no signature that can be seen", STR_ARG(m->path));
	if (holds && is_signed && str_eq(m->by, S("partner"))) {
		c->out->sent = true;
		c->out->signer = signer;
	}
}

/* ---- receipts ---- */

static struct str
unbracketed(struct str id)
{
	id = str_trim(id);
	if (id.n >= 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
		id = str_sub(id, 1, id.n - 2);
	return id;
}

static bool
read_fields(struct checking *c, const struct evidence_mail *m, struct mdn *out)
{
	struct str entity = entity_of(c, m);
	unsigned int flags = 0;
	struct part p;

	return evidence_fields(c->ev->a, entity, &p) &&
	    mdn_read(c->ev->a,
	        cte_decode(c->ev->a, p.cte, str_sub(entity, p.body, p.end - p.body), &flags), out,
	        NULL) == 0;
}

/* Does its MIC fit what the mail had signed? In the algorithm that the receipt chose. */
static bool
fits(struct checking *c, const struct evidence_mail *of, const struct mdn *d)
{
	struct str over = evidence_bytes(c->ev, of->content.n > 0 ? of->content : c->ev->document);
	struct mic mic;

	return d->mic.alg != MIC_NONE && mic_make(d->mic.alg, over, &mic, NULL) == 0 && mic_eq(&mic, &d->mic);
}

static bool
check_fields(struct checking *c, const struct evidence_mail *m, const struct evidence_mail *of)
{
	struct mdn d;

	if (!read_fields(c, m, &d)) {
		says(c, PROOF_BAD, STR_FMT ": holds no disposition notification", STR_ARG(m->path));
	} else if (of == NULL || !str_eq(unbracketed(d.original_message_id), of->message_id)) {
		says(c, PROOF_BAD, STR_FMT ": is for <" STR_FMT ">, another mail", STR_ARG(m->path),
		    STR_ARG(unbracketed(d.original_message_id)));
	} else if (d.disposition != MDN_PROCESSED || (d.modifier.n > 0 && !str_eq(d.modifier, S("warning")))) {
		says(c, PROOF_OPEN, STR_FMT ": for <" STR_FMT ">, but says %s%s" STR_FMT "%s" STR_FMT ": no proof that it was taken",
		    STR_ARG(m->path), STR_ARG(of->message_id), d.disposition == MDN_PROCESSED ? "processed" : "not processed",
		    d.modifier.n > 0 ? "/" : "", STR_ARG(d.modifier), d.modifier_text.n > 0 ? ": " : "", STR_ARG(d.modifier_text));
	} else if (str_eq(of->from, S("hidden"))) {
		says(c, PROOF_OPEN, STR_FMT ": for <" STR_FMT ">, processed; what its MIC is over is hidden in " STR_FMT, STR_ARG(m->path),
		    STR_ARG(of->message_id), STR_ARG(of->path));
	} else if (!fits(c, of, &d)) {
		says(c, d.mic.alg == MIC_NONE ? PROOF_OPEN : PROOF_BAD, STR_FMT ": for <" STR_FMT ">, processed, %s", STR_ARG(m->path),
		    STR_ARG(of->message_id), d.mic.alg == MIC_NONE ? "but without a MIC" : "but its MIC is that of other bytes");
	} else {
		says(c, PROOF_OK,
		    STR_FMT ": for <" STR_FMT ">, processed, its MIC is that of " STR_FMT,
		    STR_ARG(m->path), STR_ARG(of->message_id),
		    STR_ARG(of->content.n > 0 ? of->content : c->ev->document));
		return true;
	}
	return false;
}

static void
check_receipt(struct checking *c, const struct evidence_mail *m, bool has_document)
{
	const struct evidence_mail *of = evidence_mail(c->ev, m->of);
	struct str mail = evidence_bytes(c->ev, m->path), signer = S("");
	bool is_signed = false, confirms;
	struct part leaf;

	if (m->signature.n > 0) {
		check_origin(c, m, mail);
		is_signed = check_signature(c, m, &signer);
	} else {
		says(c, PROOF_OPEN, STR_FMT ": is not signed: anybody may have written it", STR_ARG(m->path));
	}
	confirms = check_fields(c, m, of);
	/* The document must be in what the MIC is over: this ties it to the receipt, however that content was come by. */
	if (confirms && is_signed && has_document && str_eq(m->by, S("partner")) &&
	    (of->content.n == 0 || evidence_leaf(c->ev->a, entity_of(c, of), evidence_bytes(c->ev, c->ev->document), &leaf))) {
		c->out->received = true;
		c->out->signer = signer;
	}
}

static bool
is_missing(struct checking *c, struct str path)
{
	if (evidence_file(c->ev, path) != NULL)
		return false;
	says(c, PROOF_BAD, "'" STR_FMT "': is not here", STR_ARG(path));
	return true;
}

/* What it says of which interchange is in its own words; that it came from the partner is what can be seen. */
static void
check_acknowledgement(struct checking *c, const struct evidence_mail *m)
{
	struct str signer;

	if (m->content.n > 0)
		check_origin(c, m, evidence_bytes(c->ev, m->path));
	if (m->signature.n > 0)
		(void)check_signature(c, m, &signer);
	else
		says(c, PROOF_OPEN, STR_FMT ": is not signed: anybody may have written it", STR_ARG(m->path));
}

static void
check_chain(struct checking *c)
{
	struct str file = evidence_bytes(c->ev, EVIDENCE_CHAIN), rest = file;
	struct evidence_event ev, before;
	unsigned int bad = c->out->bad;
	size_t n = 0;

	for (; evidence_chain_next(file, &rest, &ev); before = ev, n++) {
		if (!str_eq(evidence_sha256(c->ev->a, ev.text), ev.hash))
			says(c, PROOF_BAD,
			    "chain.txt: event %lld has not the hash that was recorded",
			    (long long)ev.id);
		else if (!evidence_chain_follows(&ev, n > 0 ? &before : NULL))
			says(c, PROOF_BAD, "chain.txt: event %lld does not follow on %lld",
			    (long long)ev.id, (long long)before.id);
	}
	if (rest.n > 0)
		says(c, PROOF_BAD, "chain.txt: is cut short, or not ours");
	else if (n == 0)
		says(c, PROOF_OPEN, "chain.txt: no events");
	else if (c->out->bad == bad)
		says(c, PROOF_OK,
		    "chain.txt: %zu events have the hashes that were recorded, up to %lld:" STR_FMT,
		    n, (long long)before.id, STR_ARG(before.hash));
}

static void
check_one(struct checking *c, const struct evidence_mail *m, bool has_document)
{
	const struct tar_entry *f = evidence_file(c->ev, m->path);

	if (is_missing(c, m->path) || (m->content.n > 0 && is_missing(c, m->content)) ||
	    (m->signature.n > 0 && is_missing(c, m->signature)))
		return;
	if (m->sha256.n > 0) {
		bool same = str_eq(evidence_sha256(c->ev->a, f->bytes), m->sha256);
		says(c, same ? PROOF_OK : PROOF_BAD, STR_FMT ": %s", STR_ARG(m->path),
		    same ? "as recorded when it was made" : "is not the mail that was recorded");
	}
	if (str_eq(m->what, S("document")))
		check_mail(c, m, has_document);
	else if (str_eq(m->what, S("receipt")))
		check_receipt(c, m, has_document);
	else if (str_eq(m->what, S("acknowledgement")))
		check_acknowledgement(c, m);
	else
		says(c, PROOF_OPEN, STR_FMT ": a delivery report, which nobody signs", STR_ARG(m->path));
}

void
evidence_check(struct evidence *ev, evidence_fn *fn, void *arg, struct evidence_result *out)
{
	struct checking c = { .ev = ev, .fn = fn, .arg = arg, .out = out };
	bool has_document = check_document(&c);

	(void)cert_set_read(evidence_bytes(ev, EVIDENCE_OWN), &c.own, NULL);
	(void)cert_set_read(evidence_bytes(ev, EVIDENCE_PARTNER), &c.partner, NULL);
	for (size_t i = 0; i < ev->n_mails; i++)
		check_one(&c, &ev->mails[i], has_document);
	check_chain(&c);
	cert_set_free(c.own);
	cert_set_free(c.partner);
}

struct str
evidence_verdict(const struct evidence *ev, const struct evidence_result *r)
{
	if (r->bad > 0)
		return S("NOT PROVEN: something here does not fit together");
	if (r->received)
		return str_fmt(ev->a,
		    "PROVEN: " STR_FMT
		    " has confirmed by signature to have received this document unchanged",
		    STR_ARG(r->signer));
	if (r->sent)
		return str_fmt(ev->a, "PROVEN: " STR_FMT " has signed this document", STR_ARG(r->signer));
	return ev->in ? S("NOT PROVEN: it carries no signature that can be seen here")
	              : S("NOT PROVEN: there is no signed receipt of the partner that says so");
}
