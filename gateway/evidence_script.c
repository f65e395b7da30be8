/* SPDX-License-Identifier: ISC */
/*
 * evidence_script.c - verify.sh: the checks of evidence_check.c for somebody who has openssl(1) and coreutils and does
 * not believe us. It needs no MIME parser: it is told at which offsets things stand, and the signatures say the rest.
 */
#include "gateway/evidence.h"

#include "mime/as1.h"

static const char head[] =
    "#!/bin/sh\n"
    "# verify.sh - checks this evidence with openssl(1) and coreutils alone. Exit status: 0 all holds, 1 something does not.\n"
    "set -u\n"
    "cd \"$(dirname \"$0\")\" || exit 2\n"
    "LC_ALL=C\n"
    "export LC_ALL\n"
    "tmp=$(mktemp -d) || exit 2\n"
    "trap 'rm -rf \"$tmp\"' EXIT\n"
    "failed=0\n"
    "say() { if [ \"$1\" = 0 ]; then echo \"ok    $2\"; else echo \"FAIL  $2\"; failed=1; fi; }\n"
    "note() { echo \"--    $1\"; }\n"
    "slice() { tail -c \"+$(($2 + 1))\" \"$1\" | head -c \"$3\"; }\n"
    "same() { [ \"$(sha256sum <\"$1\")\" = \"$(sha256sum <\"$2\")\" ]; }\n"
    "\n"
    "stands_in() {	# mail, offset, length, content\n"
    "	slice \"$1\" \"$2\" \"$3\" >\"$tmp/part\"\n"
    "	same \"$tmp/part\" \"$4\"\n"
    "	say $? \"$4: stands in $1 byte for byte\"\n"
    "}\n"
    "decode() {	# file, offset, length, encoding\n"
    "	case $4 in\n"
    "	base64) slice \"$1\" \"$2\" \"$3\" | tr -d ' \\t\\r\\n' | base64 -d ;;\n"
    "	*) slice \"$1\" \"$2\" \"$3\" ;;\n"
    "	esac\n"
    "}\n"
    "holds() {	# file, offset, length, encoding, document\n"
    "	decode \"$1\" \"$2\" \"$3\" \"$4\" >\"$tmp/part\"\n"
    "	same \"$tmp/part\" \"$5\"\n"
    "	say $? \"$1: holds $5 byte for byte\"\n"
    "}\n"
    "# Only these certificates count, none from the message; they are judged at the time of the mail.\n"
    "signed() {	# signature, content, certificates, seconds since 1970, opaque or detached\n"
    "	set -- \"$@\" -verify -binary -inform DER -in \"$1\" -certfile \"$3\" -nointern -CAfile \"$3\" -partial_chain \\\n"
    "	    -purpose any -attime \"$4\" -out \"$tmp/inside\"\n"
    "	signature=$1 content=$2 certs=$3 form=$5\n"
    "	shift 5\n"
    "	[ \"$form\" = opaque ] || set -- \"$@\" -content \"$content\"\n"
    "	openssl cms \"$@\" 2>\"$tmp/why\" && same \"$tmp/inside\" \"$content\"\n"
    "	rc=$?\n"
    "	say $rc \"$content: signed, $signature fits a certificate of $certs\"\n"
    "	[ $rc = 0 ] || cat \"$tmp/why\"\n"
    "}\n"
    "# By the word of these authorities, at that time.\n"
    "vouched() {	# signature, content, authorities, seconds since 1970, opaque or detached, lists or none, addresses...\n"
    "	signature=$1 content=$2 authorities=$3 at=$4 form=$5 lists=$6\n"
    "	shift 6\n"
    "	rm -f \"$tmp/signer\" \"$tmp/inside-certs\"\n"
    "	known=$([ ! -e certs/partner.pem ] || echo certs/partner.pem)\n"
    "	ask cms -verify -binary -inform DER -in \"$signature\" -attime \"$at\" ${known:+-certfile $known} \\\n"
    "	    $([ \"$form\" = opaque ] || echo \"-content $content\") -signer \"$tmp/signer\" -certsout \"$tmp/inside-certs\" \\\n"
    "	    -out \"$tmp/inside\" && same \"$tmp/inside\" \"$content\"\n"
    "	rc=$?\n"
    "	say $rc \"$content: signed, $signature fits a certificate by the word of $authorities\"\n"
    "	[ $rc = 0 ] || { cat \"$tmp/why\"; return; }\n"
    "	: >>\"$tmp/inside-certs\"; cat \"$tmp/inside-certs\" $known >\"$tmp/others\"\n"
    "	[ \"$lists\" = none ] || unrevoked\n"
    "	case $(prints certs/partner.pem) in *\"$(openssl x509 -in \"$tmp/signer\" -noout -fingerprint -sha256)\"*) return ;; esac\n"
    "	rc=1\n"
    "	for address; do\n"
    "		case $(openssl x509 -in \"$tmp/signer\" -noout -checkemail \"$address\") in *' does match '*) rc=0 ;; esac\n"
    "	done\n"
    "	say $rc \"$content: that certificate is for $*\"\n"
    "}\n"
    "prints() {	# file: the fingerprints of the certificates in it\n"
    "	[ ! -e \"$1\" ] || while IFS= read -r line; do\n"
    "		case $line in *'BEGIN CERTIFICATE'*) : >\"$tmp/one\" ;; esac\n"
    "		echo \"$line\" >>\"$tmp/one\"\n"
    "		case $line in *'END CERTIFICATE'*) openssl x509 -in \"$tmp/one\" -noout -subject -fingerprint -sha256 ;; esac\n"
    "	done <\"$1\"\n"
    "}\n"
    "ask() {	# command of openssl, arguments...\n"
    "	command=$1\n"
    "	shift\n"
    "	openssl \"$command\" -no-CApath -no-CAstore -CAfile \"$authorities\" -purpose smimesign \"$@\" >\"$tmp/why\" 2>&1\n"
    "}\n"
    "unrevoked() {	# what the lists have, whenever they were made\n"
    "	ask verify -CRLfile \"$authorities\" -crl_check_all -no_check_time -untrusted \"$tmp/others\" \"$tmp/signer\"\n"
    "	rc=$?\n"
    "	say $rc \"$content: that certificate is not revoked\"\n"
    "	[ $rc = 0 ] || cat \"$tmp/why\"\n"
    "}\n"
    "field() {	# file, name in lower case: its value, unfolded, without blanks\n"
    "	value= on=no cr=$(printf '\\r')\n"
    "	while IFS= read -r line || [ -n \"$line\" ]; do\n"
    "		line=${line%\"$cr\"}\n"
    "		case $line in\n"
    "		' '* | '	'*) [ $on = no ] || value=$value$line ;;\n"
    "		*)	[ $on = no ] || break\n"
    "			[ \"$(printf '%s' \"${line%%:*}\" | tr A-Z a-z)\" != \"$2\" ] || { on=yes value=${line#*:}; } ;;\n"
    "		esac\n"
    "	done <\"$1\"\n"
    "	printf '%s' \"$value\" | tr -d ' \\t'\n"
    "}\n"
    "confirms() {	# file, offset, length, encoding, Message-ID, digest, what it is over\n"
    "	decode \"$1\" \"$2\" \"$3\" \"$4\" >\"$tmp/fields\"\n"
    "	id=$(field \"$tmp/fields\" original-message-id)\n"
    "	[ \"$id\" = \"<$5>\" ] || [ \"$id\" = \"$5\" ]\n"
    "	say $? \"$1: is for <$5>\"\n"
    "	disposition=$(field \"$tmp/fields\" disposition | tr A-Z a-z)\n"
    "	case ${disposition#*;} in processed | processed/warning*) rc=0 ;; *) rc=1 ;; esac\n"
    "	say $rc \"$1: says ${disposition#*;}\"\n"
    "	mic=$(field \"$tmp/fields\" received-content-mic)\n"
    "	[ \"${mic%%,*}\" = \"$(openssl dgst \"-$6\" -binary \"$7\" | base64 -w 0)\" ]\n"
    "	say $? \"$1: its MIC is the $6 of $7\"\n"
    "}\n"
    "event() {	# number, offset and length in chain.txt, hash\n"
    "	sum=$(slice chain.txt \"$2\" \"$3\" | sha256sum)\n"
    "	[ \"${sum%% *}\" = \"$4\" ]\n"
    "	say $? \"chain.txt: event $1 has the hash $4\"\n"
    "}\n"
    "\n"
    "sha256sum --quiet -c SHA256SUMS\n"
    "say $? \"all files are as SHA256SUMS says\"\n";

static const char tail[] =
    "\n"
    "echo\n"
    "echo \"The certificates' SHA-256 fingerprints, to be compared with their owners:\"\n"
    "for file in certs/*.pem; do\n"
    "	prints \"$file\"\n"
    "done\n"
    "exit $failed\n";

#define SCRIPT_LINE_MAX 8192

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

static void
put_document(struct scripting *s, const struct evidence_mail *m)
{
	struct str where, bytes;
	struct part p;

	put_signature(s, m);
	if (s->ev->document.n > 0 && entity(s, m, &where, &bytes) &&
	    evidence_leaf(s->ev->a, bytes, evidence_bytes(s->ev, s->ev->document), &p))
		put_holds(s, where, "holds", &p, s->ev->document);
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

int
evidence_script(struct evidence *ev, struct buf *out, struct err *e)
{
	struct scripting s = { .ev = ev, .out = out, .e = e };

	if (buf_put(out, str_of(head), e) == -1)
		return -1;
	for (size_t i = 0; i < ev->n_mails; i++) {
		const struct evidence_mail *m = &ev->mails[i];
		line(&s, "\n# " STR_FMT ": %s", STR_ARG(m->path), str_eq(m->what, S("document")) ? "brought the document" :
		    str_eq(m->what, S("receipt")) ? "a receipt" : str_eq(m->what, S("report")) ? "a delivery report" : "an acknowledgement");
		if (str_eq(m->what, S("document")))
			put_document(&s, m);
		else if (str_eq(m->what, S("receipt")))
			put_receipt(&s, m);
		else if (str_eq(m->what, S("acknowledgement")))
			put_signature(&s, m);
		else
			line(&s, "note '" STR_FMT ": a delivery report, which nobody signs'", STR_ARG(m->path));
	}
	put_chain(&s);
	return s.rc == -1 ? -1 : buf_put(out, str_of(tail), e);
}
