/* SPDX-License-Identifier: ISC */
/*
 * evidence_check.c - what the files prove, from their bytes and the certificates alone. What timeline.json says is only
 * taken for where to look and what to compare with.
 */
#include "gateway/evidence.h"

#include "mime/as1.h"

struct checking {
	struct evidence *ev;
	const struct evidence_teller *tell;
	struct evidence_result *out;
	struct cert_set *own, *partner;
	struct trust trust;		/* of the authorities asked for last */
	struct str authorities;
};

/* ---- the document ---- */

static bool
check_document(struct checking *c)
{
	struct evidence *ev = c->ev;
	const struct tar_entry *f = evidence_file(ev, ev->document);

	if (f == NULL) {
		evidence_say(c->tell, ev->document.n > 0 ? PROOF_BAD : PROOF_OPEN,
		    "the document itself (SHA-256 " STR_FMT ") is not here", STR_ARG(ev->sha256));
		return false;
	}
	if (!str_eq(evidence_sha256(ev->a, f->bytes), ev->sha256)) {
		evidence_say(c->tell, PROOF_BAD, STR_FMT ": is not the document that was recorded", STR_ARG(f->name));
		return false;
	}
	evidence_say(c->tell, PROOF_OK, STR_FMT ": %zu bytes, as recorded", STR_ARG(f->name), f->bytes.n);
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
	struct evidence_split s;

	if (str_eq(m->from, S("mail"))) {
		evidence_split(c->ev->a, mail, NULL, NULL, &s);
		bool is_part = str_eq(s.content, content) && str_eq(s.signature, evidence_bytes(c->ev, m->signature));
		evidence_say(c->tell, is_part ? PROOF_OK : PROOF_BAD, STR_FMT ": %s " STR_FMT " byte for byte",
		    STR_ARG(m->content), is_part ? "stands in" : "does not stand in",
		    STR_ARG(m->path));
	} else if (str_eq(m->from, S("decrypted"))) {
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": is encrypted for us; that " STR_FMT " was in it needs our key to be seen", STR_ARG(m->path),
		    STR_ARG(m->content));
	} else {
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": is encrypted for the partner; " STR_FMT " was made again from the document",
		    STR_ARG(m->path), STR_ARG(m->content));
	}
}

/* What the authorities of a mail say of its time. false: there are none that can be read. */
static bool
ask_authorities(struct checking *c, const struct evidence_mail *m)
{
	struct str pem = evidence_bytes(c->ev, m->authorities);

	if (c->trust.chain == NULL || !str_eq(c->authorities, m->authorities)) {
		trust_close(&c->trust);
		c->authorities = m->authorities;
		if (trust_open(&c->trust, pem, c->ev->addresses, c->ev->n_addresses, NULL) == -1)
			return false;
	}
	trust_begin(&c->trust, c->partner, m->at_ms, S(""));
	return true;
}

static void
verify(struct checking *c, const struct evidence_mail *m, struct str content, struct cms_verified *out)
{
	struct str signature = evidence_bytes(c->ev, m->signature), detached = m->opaque ? (struct str){ 0 } : content;

	if (m->authorities.n == 0 || !str_eq(m->by, S("partner")))
		evidence_verify(c->ev->a, signature, detached, set_of(c, m), NULL, m->at_ms, out);
	else if (ask_authorities(c, m))
		evidence_verify(c->ev->a, signature, detached, c->trust.believed, &c->trust.newcomers, m->at_ms, out);
	else
		*out = (struct cms_verified){ .verdict = CMS_STRANGER,
			.reason = str_cat(c->ev->a, m->authorities, S(" has no authorities")) };
}

static bool
check_signature(struct checking *c, const struct evidence_mail *m, struct str *signer)
{
	struct str content = evidence_bytes(c->ev, m->content);
	struct cms_verified v;

	verify(c, m, content, &v);
	if (v.verdict == CMS_GOOD && m->opaque && !str_eq(span_mem(v.content), content))
		v = (struct cms_verified){ .verdict = CMS_CHANGED,
			.reason = S("the content inside is another one") };
	if (v.verdict != CMS_GOOD) {
		evidence_say(c->tell, PROOF_BAD, STR_FMT ": signature: " STR_FMT, STR_ARG(m->path), STR_ARG(v.reason));
		return false;
	}
	evidence_say(c->tell, PROOF_OK, STR_FMT ": signed by " STR_FMT "%s" STR_FMT, STR_ARG(m->content), STR_ARG(v.signer),
	    m->authorities.n > 0 ? ", by the word of " : "", STR_ARG(m->authorities));
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
	struct evidence_leaf leaf;

	if (str_eq(m->from, S("hidden")))
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": is encrypted, and what was in it is not here", STR_ARG(m->path));
	if (m->content.n > 0)
		check_origin(c, m, mail);
	if (has_document) {
		holds = evidence_leaf(c->ev->a, entity_of(c, m), evidence_bytes(c->ev, c->ev->document), &leaf);
		evidence_say(c->tell, holds ? PROOF_OK : m->content.n > 0 ? PROOF_BAD : PROOF_OPEN, STR_FMT ": %s the document byte for byte", STR_ARG(where),
		    holds ? "holds" : "does not show");
	}
	if (m->signature.n > 0)
		is_signed = check_signature(c, m, &signer);
	else
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": no signature that can be seen", STR_ARG(m->path));
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
		evidence_say(c->tell, PROOF_BAD, STR_FMT ": holds no disposition notification", STR_ARG(m->path));
	} else if (of == NULL || !str_eq(unbracketed(d.original_message_id), of->message_id)) {
		evidence_say(c->tell, PROOF_BAD, STR_FMT ": is for <" STR_FMT ">, another mail", STR_ARG(m->path),
		    STR_ARG(unbracketed(d.original_message_id)));
	} else if (d.disposition != MDN_PROCESSED || (d.modifier.n > 0 && !str_eq(d.modifier, S("warning")))) {
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": for <" STR_FMT ">, but says %s%s" STR_FMT "%s" STR_FMT ": no proof that it was taken",
		    STR_ARG(m->path), STR_ARG(of->message_id), d.disposition == MDN_PROCESSED ? "processed" : "not processed",
		    d.modifier.n > 0 ? "/" : "", STR_ARG(d.modifier), d.modifier_text.n > 0 ? ": " : "", STR_ARG(d.modifier_text));
	} else if (str_eq(of->from, S("hidden"))) {
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": for <" STR_FMT ">, processed; what its MIC is over is hidden in " STR_FMT, STR_ARG(m->path),
		    STR_ARG(of->message_id), STR_ARG(of->path));
	} else if (!fits(c, of, &d)) {
		evidence_say(c->tell, d.mic.alg == MIC_NONE ? PROOF_OPEN : PROOF_BAD, STR_FMT ": for <" STR_FMT ">, processed, %s", STR_ARG(m->path),
		    STR_ARG(of->message_id), d.mic.alg == MIC_NONE ? "but without a MIC" : "but its MIC is that of other bytes");
	} else {
		evidence_say(c->tell, PROOF_OK,
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
	struct evidence_leaf leaf;

	if (m->signature.n > 0) {
		check_origin(c, m, mail);
		is_signed = check_signature(c, m, &signer);
	} else {
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": is not signed: anybody may have written it", STR_ARG(m->path));
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
	evidence_say(c->tell, PROOF_BAD, "'" STR_FMT "': is not here", STR_ARG(path));
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
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": is not signed: anybody may have written it", STR_ARG(m->path));
}

/* The events of timeline.json are the first of the chain's. */
static void
check_timeline(struct checking *c)
{
	struct str file = evidence_bytes(c->ev, EVIDENCE_CHAIN), rest = file;
	struct str json = evidence_bytes(c->ev, EVIDENCE_TIMELINE);
	json_t *o = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *events = json_object_get(o, "events");
	struct evidence_event ev;
	size_t n = json_array_size(events), i = 0;

	while (i < n && evidence_chain_next(file, &rest, &ev) &&
	    evidence_chain_tells(c->ev->a, &ev, json_array_get(events, i)))
		i++;
	if (i < n)
		evidence_say(c->tell, PROOF_BAD, "timeline.json: event %zu is not as chain.txt has it", i + 1);
	else if (n > 0)
		evidence_say(c->tell, PROOF_OK, "timeline.json: its %zu events are those of chain.txt", n);
	json_decref(o);
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
			evidence_say(c->tell, PROOF_BAD,
			    "chain.txt: event %lld has not the hash that was recorded",
			    (long long)ev.id);
		else if (!evidence_chain_follows(&ev, n > 0 ? &before : NULL))
			evidence_say(c->tell, PROOF_BAD, "chain.txt: event %lld does not follow on %lld",
			    (long long)ev.id, (long long)before.id);
	}
	if (rest.n > 0)
		evidence_say(c->tell, PROOF_BAD, "chain.txt: is cut short, or not ours");
	else if (n == 0)
		evidence_say(c->tell, PROOF_OPEN, "chain.txt: no events");
	else if (c->out->bad == bad)
		evidence_say(c->tell, PROOF_OK,
		    "chain.txt: %zu events have the hashes that were recorded, up to %lld:" STR_FMT,
		    n, (long long)before.id, STR_ARG(before.hash));
}

static void
check_one(struct checking *c, const struct evidence_mail *m, bool has_document)
{
	const struct tar_entry *f = evidence_file(c->ev, m->path);

	if (is_missing(c, m->path) || (m->content.n > 0 && is_missing(c, m->content)) ||
	    (m->signature.n > 0 && is_missing(c, m->signature)) ||
	    (m->authorities.n > 0 && is_missing(c, m->authorities)))
		return;
	if (m->sha256.n > 0) {
		bool same = str_eq(evidence_sha256(c->ev->a, f->bytes), m->sha256);
		evidence_say(c->tell, same ? PROOF_OK : PROOF_BAD, STR_FMT ": %s", STR_ARG(m->path),
		    same ? "as recorded when it was made" : "is not the mail that was recorded");
	}
	if (str_eq(m->what, S("document")))
		check_mail(c, m, has_document);
	else if (str_eq(m->what, S("receipt")))
		check_receipt(c, m, has_document);
	else if (str_eq(m->what, S("acknowledgement")))
		check_acknowledgement(c, m);
	else
		evidence_say(c->tell, PROOF_OPEN, STR_FMT ": a delivery report, which nobody signs", STR_ARG(m->path));
}

void
evidence_check(struct evidence *ev, evidence_fn *fn, void *arg, struct evidence_result *out)
{
	const struct evidence_teller tell = { fn, arg, out };
	struct checking c = { .ev = ev, .tell = &tell, .out = out };
	bool has_document = check_document(&c);

	(void)cert_set_read(evidence_bytes(ev, EVIDENCE_OWN), &c.own, NULL);
	(void)cert_set_read(evidence_bytes(ev, EVIDENCE_PARTNER), &c.partner, NULL);
	for (size_t i = 0; i < ev->n_mails; i++)
		check_one(&c, &ev->mails[i], has_document);
	check_chain(&c);
	check_timeline(&c);
	cert_set_free(c.own);
	cert_set_free(c.partner);
	trust_close(&c.trust);
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
