/* SPDX-License-Identifier: ISC */
/*
 * evidence_script.c - verify.sh: the checks of evidence_check.c for somebody who has openssl(1) and coreutils and does
 * not believe us. It needs no MIME parser: it is told at which offsets things stand, and the signatures say the rest.
 */
#include "gateway/evidence.h"

#include "gateway/unzip.h"
#include "mime/as1.h"

#define SCRIPT_LINE_MAX	  8192
#define DEFLATED_HEAD_MAX 128
#define ZLIB_BEFORE	  2
#define ZLIB_AROUND	  6	/* with its checksum behind */

/* verify.sh itself, README.txt */
#define EVIDENCE_TEXTS_AFTER 2

struct scripting {
	struct evidence *ev;
	struct buf *out;
	struct err *e;
	int rc;
};

static void __attribute__((format(printf, 2, 3)))
line(struct scripting *s, const char *fmt, ...)
{
	char text[SCRIPT_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->rc == 0)
		s->rc = buf_printf(s->out, s->e, "%s\n", text);
}

/* A word for the shell: the Message-IDs of others may hold anything. */
static struct str
quoted(struct arena *a, struct str s)
{
	struct buf b = BUF_CAP(s.n * 4 + 3);
	struct str all;

	(void)buf_putc(&b, '\'', NULL);
	for (size_t i = 0; i < s.n; i++)
		(void)(s.p[i] == '\'' ? buf_put(&b, S("'\\''"), NULL) : buf_putc(&b, s.p[i], NULL));
	(void)buf_putc(&b, '\'', NULL);
	all = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return all;
}

static const char *
encoding_of(const struct part *p)
{
	return p->cte == CTE_BASE64 ? "base64" : p->cte == CTE_QP || p->cte == CTE_UNKNOWN ? NULL : "none";
}

static void
put_holds(struct scripting *s, struct str where, const char *what, const struct part *p,
    struct str rest)
{
	const char *encoding = encoding_of(p);

	if (encoding == NULL)
		line(s,
		    "note '" STR_FMT
		    ": what it holds is encoded as %s, which coreutils do not decode'",
		    STR_ARG(where), cte_name(p->cte));
	else
		line(s, "%s " STR_FMT " %llu %llu %s " STR_FMT, what, STR_ARG(where),
		    (unsigned long long)p->body, (unsigned long long)(p->end - p->body), encoding,
		    STR_ARG(rest));
}

static void
put_vouched(struct scripting *s, const struct evidence_mail *m)
{
	struct buf addresses = BUF_CAP(SCRIPT_LINE_MAX);

	for (size_t i = 0; i < s->ev->n_addresses; i++) {
		struct str word = quoted(s->ev->a, s->ev->addresses[i]);
		(void)buf_printf(&addresses, NULL, " " STR_FMT, STR_ARG(word));
	}
	line(s, "vouched " STR_FMT " " STR_FMT " " STR_FMT " %lld %s %s" STR_FMT, STR_ARG(m->signature),
	    STR_ARG(m->content), STR_ARG(m->authorities), (long long)(m->at_ms / 1000),
	    m->opaque ? "opaque" : "detached",
	    str_find(evidence_bytes(s->ev, m->authorities), S("X509 CRL"), NULL) ? "lists" : "none",
	    STR_ARG(buf_str(&addresses)));
	buf_clear(&addresses);
}

static void
put_signature(struct scripting *s, const struct evidence_mail *m)
{
	struct str mail = evidence_bytes(s->ev, m->path), content = evidence_bytes(s->ev, m->content);
	struct str certs = str_eq(m->by, S("own")) ? EVIDENCE_OWN : EVIDENCE_PARTNER;
	size_t at;

	if (m->content.n == 0)
		line(s, "note '" STR_FMT ": nothing in it is signed so that it could be seen'",
		    STR_ARG(m->path));
	else if (!str_eq(m->from, S("mail")))
		line(s, "note '" STR_FMT ": is encrypted; " STR_FMT " was %s'", STR_ARG(m->path),
		    STR_ARG(m->content),
		    str_eq(m->from, S("rebuilt")) ? "made again from the document" : "in it");
	else if (!m->opaque && str_find(mail, content, &at))
		line(s, "stands_in " STR_FMT " %zu %zu " STR_FMT, STR_ARG(m->path), at, content.n,
		    STR_ARG(m->content));
	else if (!m->opaque)
		line(s,
		    "note '" STR_FMT ": was stored with other line ends than it was signed with'",
		    STR_ARG(m->path));
	if (m->signature.n > 0 && m->authorities.n > 0)
		put_vouched(s, m);
	else if (m->signature.n > 0)
		line(s, "signed " STR_FMT " " STR_FMT " " STR_FMT " %lld %s", STR_ARG(m->signature),
		    STR_ARG(m->content), STR_ARG(certs), (long long)(m->at_ms / 1000),
		    m->opaque ? "opaque" : "detached");
}

/* As a mail whose content was not cut out stands in its file: line ends of CRLF are what offsets count by. */
static bool
entity(struct scripting *s, const struct evidence_mail *m, struct str *where, struct str *bytes)
{
	*where = m->content.n > 0 ? m->content : m->path;
	*bytes = evidence_bytes(s->ev, *where);
	return m->content.n > 0 || as1_wire_form(s->ev->a, *bytes).n == bytes->n;
}

/* The end of a gzip file (RFC 1952, 2.3.1), for printf(1). */
static struct str
gzip_end(struct arena *a, struct str inflated)
{
	uint64_t both = unzip_crc(inflated) | (uint64_t)inflated.n << 32;
	struct str text = S("");

	for (unsigned int i = 0; i < 8; i++)
		text = str_fmt(a, STR_FMT "\\%03o", STR_ARG(text), (unsigned int)(both >> 8 * i & 0xff));
	return text;
}

/* Where in a message as we write it zlib's bytes begin, behind their own header (RFC 1950, 2.2); 0: it is of another form. */
static size_t
deflated_at(struct str der)
{
	struct buf head = BUF_CAP(DEFLATED_HEAD_MAX);
	size_t at = 0;

	for (size_t n = DEFLATED_HEAD_MAX; n > 0 && at == 0; n--) {
		buf_cut(&head, 0);
		if (der.n > n + ZLIB_AROUND && cms_compress_head(der.n - n, &head, NULL) == 0 && head.n == n &&
		    str_starts(der, buf_str(&head)))
			at = n + ZLIB_BEFORE;
	}
	buf_clear(&head);
	return at;
}

static void
put_inflated(struct scripting *s, struct str where, struct str bytes, const struct evidence_leaf *leaf)
{
	struct arena *a = s->ev->a;
	unsigned int flags = 0;
	const struct part *p = &leaf->around;
	struct str der = cte_decode(a, p->cte, str_sub(bytes, p->body, p->end - p->body), &flags);
	size_t at = deflated_at(der);

	if (at == 0 || encoding_of(p) == NULL || encoding_of(&leaf->part) == NULL || leaf->inflated.n > UINT32_MAX) {
		line(s, "note '" STR_FMT ": is compressed in a way that is not followed here'", STR_ARG(where));
		return;
	}
	put_holds(s, where, "inflate", p, str_fmt(a, "%zu %zu '" STR_FMT "' && \\", at, der.n - at - (ZLIB_AROUND - ZLIB_BEFORE),
	    STR_ARG(gzip_end(a, leaf->inflated))));
	put_holds(s, S("    \"$tmp/inflated\""), "holds", &leaf->part,
	    str_fmt(a, STR_FMT " " STR_FMT, STR_ARG(s->ev->document), STR_ARG(where)));
}

static void
put_document(struct scripting *s, const struct evidence_mail *m)
{
	struct evidence_leaf leaf;
	struct str where, bytes;

	put_signature(s, m);
	if (s->ev->document.n == 0 || !entity(s, m, &where, &bytes) ||
	    !evidence_leaf(s->ev->a, bytes, evidence_bytes(s->ev, s->ev->document), &leaf))
		return;
	if (leaf.inflated.p == NULL)
		put_holds(s, where, "holds", &leaf.part, s->ev->document);
	else
		put_inflated(s, where, bytes, &leaf);
}

static const char *
digest_name(enum mic_alg alg)
{
	static const char *const names[] = { [MIC_SHA1] = "sha1",
		[MIC_SHA256] = "sha256",
		[MIC_SHA384] = "sha384",
		[MIC_SHA512] = "sha512" };

	return alg == MIC_NONE ? NULL : names[alg];
}

static void
put_receipt(struct scripting *s, const struct evidence_mail *m)
{
	const struct evidence_mail *of = evidence_mail(s->ev, m->of);
	struct str where, bytes, over = of == NULL || str_eq(of->from, S("hidden")) ? S("") : of->content.n > 0 ? of->content : s->ev->document;
	struct arena *a = s->ev->a;
	const char *digest = NULL;
	unsigned int flags = 0;
	struct mdn d;
	struct part p;

	put_signature(s, m);
	if (over.n == 0 || !entity(s, m, &where, &bytes) || !evidence_fields(a, bytes, &p))
		return;
	if (mdn_read(a, cte_decode(a, p.cte, str_sub(bytes, p.body, p.end - p.body), &flags), &d, NULL) == 0)
		digest = digest_name(d.mic.alg);
	if (digest == NULL || d.disposition != MDN_PROCESSED || str_eq(d.modifier, S("error")) ||
	    str_eq(d.modifier, S("failure")))
		line(s, "note '" STR_FMT ": does not confirm that the document was taken'", STR_ARG(m->path));
	else
		put_holds(s, where, "confirms", &p,
		    str_fmt(a, STR_FMT " %s " STR_FMT, STR_ARG(quoted(a, of->message_id)), digest,
		        STR_ARG(over)));
}

static void
put_chain(struct scripting *s)
{
	struct str file = evidence_bytes(s->ev, EVIDENCE_CHAIN), rest = file;
	struct evidence_event ev;

	line(s, "\n# the events, each by the hash that it has in the chain of all");
	while (evidence_chain_next(file, &rest, &ev))
		line(s, "event %lld %zu %zu " STR_FMT, (long long)ev.id, ev.at, ev.text.n, STR_ARG(ev.hash));
}

static void
put_recorded(struct scripting *s, struct str path, struct str sha256)
{
	if (path.n > 0 && sha256.n > 0)
		line(s, "recorded " STR_FMT " " STR_FMT, STR_ARG(path), STR_ARG(sha256));
}

static void
put_mail(struct scripting *s, const struct evidence_mail *m)
{
	line(s, "\n# " STR_FMT ": %s", STR_ARG(m->path), str_eq(m->what, S("document")) ? "brought the document" :
	    str_eq(m->what, S("receipt")) ? "a receipt" : str_eq(m->what, S("report")) ? "a delivery report" : "an acknowledgement");
	put_recorded(s, m->path, m->sha256);
	if (str_eq(m->what, S("document")))
		put_document(s, m);
	else if (str_eq(m->what, S("receipt")))
		put_receipt(s, m);
	else if (str_eq(m->what, S("acknowledgement")))
		put_signature(s, m);
	else
		line(s, "note '" STR_FMT ": a delivery report, which nobody signs'", STR_ARG(m->path));
}

int
evidence_script(struct evidence *ev, struct buf *out, struct err *e)
{
	struct scripting s = { .ev = ev, .out = out, .e = e };
	struct str whole = str_of(evidence_verify_sh);
	size_t at = 0;

	(void)str_find(whole, S("# ---- here "), &at);
	if (buf_put(out, str_sub(whole, 0, at), e) == -1)
		return -1;
	line(&s, "all_listed %zu", ev->n + EVIDENCE_TEXTS_AFTER);
	put_recorded(&s, ev->document, ev->sha256);
	for (size_t i = 0; i < ev->n_mails; i++)
		put_mail(&s, &ev->mails[i]);
	put_chain(&s);
	return s.rc == -1 ? -1 : buf_put(out, str_from(whole, at), e);
}
