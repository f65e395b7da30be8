/* SPDX-License-Identifier: ISC */
/* cmd_inspect.c - `edigate inspect`: what is this file? Needs no gateway and no settings, and uses them if they are there. */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/certs.h"
#include "gateway/facts_print.h"
#include "gateway/house.h"
#include "gateway/keystore.h"
#include "mime/as1.h"
#include "mime/cms.h"
#include "mime/part.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INSPECT_HEAD 4096

struct inspect {
	struct cli cli;
	const char *file, *cert;
	bool json;
	struct str bytes;
	const char *whose;		/* the certificates are: "partner acme", "acme.pem" */
	bool embedded;			/* they are the mail's own: what they verify is intact, by whom is open */
	struct cert_set *theirs, *own;
	struct keystore keys;
	struct cert_key *key;
};

/* A header field within the first lines, behind a mailbox's "From " line perhaps. */
static bool
looks_like_mail(struct str s)
{
	struct str head = str_sub(s, 0, INSPECT_HEAD), line;
	size_t at;

	if (!str_next_line(&head, &line))
		return false;
	if (str_starts(line, S("From ")) && !str_next_line(&head, &line))
		return false;
	if (!str_chr(line, ':', &at) || at == 0)
		return false;
	for (size_t i = 0; i < at; i++)
		if (!is_alnum(line.p[i]) && line.p[i] != '-')
			return false;
	return true;
}

static void
load(struct str path, struct arena *a, struct cert_set **out)
{
	struct certs_file f;
	struct err e;

	if (*out == NULL && path.n > 0 && certs_read(a, path, &f, &e) == 0)
		*out = f.set;
}

/* Ours, as far as this user may read them. A file's first certificate is the one that has a key. */
static void
load_own(struct inspect *in, const struct conf *conf)
{
	struct cli *c = &in->cli;
	struct err e;

	for (size_t i = 0; i < conf->certs.n; i++) {
		const char *path = str_cstr(c->arena, conf->certs.v[i]);
		if (in->own == NULL)
			load(conf->certs.v[i], c->arena, &in->own);
		else if (access(path, R_OK) == 0)
			(void)cert_set_add(in->own, cli_input(c, path), &e);
	}
	if (keystore_open(conf, &in->keys, &e) == 0)
		in->key = keystore_unwrapper(&in->keys);
}

/* The certificates to verify with: those of --cert, else those of the partner that the mail says it is from. */
static void
find_certificates(struct inspect *in, struct str from)
{
	struct cli *c = &in->cli;
	const struct partner *pt;
	struct conf conf;
	struct certs_file f;
	struct err e;

	if (in->cert != NULL) {
		if (certs_read(c->arena, str_of(in->cert), &f, &e) == -1)
			cli_die(EX_NOINPUT, &e);
		in->theirs = f.set;
		in->whose = in->cert;
	}
	if (access(house_config_path(c), R_OK) == -1 || conf_read(c->arena, c->home, &conf, &e) == -1)
		return;
	load_own(in, &conf);
	pt = partner_by_address(&conf, from);
	if (pt == NULL || in->theirs != NULL)
		return;
	for (size_t i = 0; i < pt->certs.n && in->theirs == NULL; i++)
		load(pt->certs.v[i], c->arena, &in->theirs);
	for (size_t i = 1; i < pt->certs.n && in->theirs != NULL; i++) {
		const char *path = str_cstr(c->arena, pt->certs.v[i]);
		if (access(path, R_OK) == 0)
			(void)cert_set_add(in->theirs, cli_input(c, path), &e);
	}
	in->whose = cli_fmt(c->arena, "partner %s", cli_shown(c->arena, pt->key));
}

/* Nobody to verify against: the certificate that the mail brings along shows at least whether it was changed. */
static void
find_embedded(struct inspect *in)
{
	static const struct str types[] = { S_INIT("application/pkcs7-signature"),
		S_INIT("application/x-pkcs7-signature"), S_INIT("application/pkcs7-mime"),
		S_INIT("application/x-pkcs7-mime") };
	struct arena *a = in->cli.arena;
	struct buf pem = BUF_CAP(CERTS_FILE_MAX);
	struct certs_file f;
	struct part_tree tree;
	unsigned int flags = 0;
	struct err e;

	if (in->theirs != NULL || part_tree_read(a, in->bytes, &tree, &e) == -1)
		return;
	for (size_t i = 0; i < tree.n * N(types) && in->theirs == NULL; i++) {
		const struct part *p = &tree.parts[i / N(types)];
		if (!part_is(p, types[i % N(types)]))
			continue;
		buf_cut(&pem, 0);
		if (cms_certs(cte_decode(a, p->cte, part_body(&tree, i / N(types)), &flags), &pem, &e) == 0 &&
		    certs_parse(a, buf_str(&pem), &f, &e) == 0)
			in->theirs = f.set;
	}
	in->embedded = in->theirs != NULL;
	buf_clear(&pem);
}

static const char *
kind_name(enum as1_kind kind)
{
	static const char *const names[] = { [AS1_IS_DOCUMENT] = "document", [AS1_IS_RECEIPT] = "receipt",
		[AS1_IS_REPORT] = "report", [AS1_IS_OTHER] = "other" };

	return names[kind];
}

static const char *
disposition_name(enum mdn_disposition d)
{
	static const char *const names[] = { [MDN_PROCESSED] = "processed", [MDN_FAILED] = "failed",
		[MDN_DISPLAYED] = "displayed", [MDN_DELETED] = "deleted", [MDN_DISPATCHED] = "dispatched",
		[MDN_DENIED] = "denied", [MDN_UNKNOWN] = "unknown" };

	return names[d];
}

static const char *
action_name(enum dsn_action action)
{
	static const char *const names[] = { [DSN_UNKNOWN] = "unknown", [DSN_FAILED] = "failed", [DSN_DELAYED] = "delayed",
		[DSN_DELIVERED] = "delivered", [DSN_RELAYED] = "relayed", [DSN_EXPANDED] = "expanded" };

	return names[action];
}

/* ---- for programs ---- */

static json_t *
receipt_json(struct arena *a, const struct mdn *m)
{
	json_t *o = json_new();

	json_str(o, a, "original_message_id", m->original_message_id);
	json_str(o, a, "final_recipient", m->final_recipient);
	json_str(o, a, "disposition", str_of(disposition_name(m->disposition)));
	json_str(o, a, "modifier", m->modifier);
	json_str(o, a, "modifier_text", m->modifier_text);
	if (m->mic.alg != MIC_NONE)
		json_str(o, a, "mic", mic_text(a, &m->mic));
	return o;
}

static json_t *
report_json(struct arena *a, const struct dsn *d)
{
	json_t *o = json_new(), *all = json_array();

	json_str(o, a, "envelope_id", d->envelope_id);
	json_str(o, a, "reporting_mta", d->reporting_mta);
	json_str(o, a, "original_message_id", d->original_message_id);
	for (size_t i = 0; i < d->n; i++) {
		json_t *r = json_new();
		json_str(r, a, "recipient", d->recipients[i].final);
		json_str(r, a, "action", str_of(action_name(d->recipients[i].action)));
		json_str(r, a, "status", d->recipients[i].status);
		json_str(r, a, "diagnostic", d->recipients[i].diagnostic);
		json_push(all, r);
	}
	json_list(o, "recipients", all);
	return o;
}

static json_t *
payload_json(struct arena *a, const struct as1_payload *p)
{
	struct edi_facts f;
	struct err e;
	json_t *o = json_new();

	json_str(o, a, "media_type", p->media_type);
	json_str(o, a, "file_name", p->file_name);
	json_int(o, "size", (int64_t)p->content.n);
	if (edi_read(a, span_mem(p->content), &f, &e) == 0)
		json_list(o, "document", facts_json(a, &f));
	return o;
}

static json_t *
lines_json(struct arena *a, struct str text)
{
	json_t *all = json_array();
	struct str line;

	while (text.n > 0) {
		(void)str_cut(&text, '\n', &line);
		json_push(all, json_string(cli_shown(a, line)));
	}
	return all;
}

static void
mail_json(struct inspect *in, const struct as1_glance *g, const struct as1_opened *m)
{
	struct arena *a = in->cli.arena;
	json_t *o = json_new(), *all = json_array();

	json_str(o, a, "what", S("mail"));
	json_int(o, "size", (int64_t)in->bytes.n);
	json_str(o, a, "from", g->from);
	json_str(o, a, "subject", g->subject);
	json_str(o, a, "date", g->date);
	json_str(o, a, "message_id", g->message_id);
	json_str(o, a, "kind", str_of(kind_name(m->kind)));
	json_str(o, a, "verdict", str_of(as1_verdict_name(m->verdict)));
	json_str(o, a, "reason", m->reason);
	json_str(o, a, "layers", m->layers);
	json_list(o, "tree", lines_json(a, m->tree));
	json_bool(o, "encrypted", m->encrypted);
	json_bool(o, "intact", m->is_signed);
	json_bool(o, "verified", m->is_signed && !in->embedded);
	json_str(o, a, "signer", m->signer);
	if (m->kind == AS1_IS_RECEIPT)
		json_list(o, "receipt", receipt_json(a, &m->mdn));
	if (m->kind == AS1_IS_REPORT)
		json_list(o, "report", report_json(a, &m->dsn));
	for (size_t i = 0; i < m->n; i++)
		json_push(all, payload_json(a, &m->payloads[i]));
	json_list(o, "payloads", all);
	json_print(o);
}

/* ---- for people ---- */

/* Lines of text that a stranger wrote: every one printable. */
static void
put_lines(struct arena *a, struct str text, const char *indent)
{
	struct str line;

	while (text.n > 0) {
		(void)str_cut(&text, '\n', &line);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		(void)printf("%s%s\n", indent, line.n > 0 ? cli_shown(a, line) : "");
	}
}

static void
put_report(struct arena *a, const struct as1_opened *m)
{
	if (m->kind == AS1_IS_RECEIPT) {
		(void)printf("receipt     %s%s%s for %s\n", disposition_name(m->mdn.disposition),
		    m->mdn.modifier.n > 0 ? "/" : "",
		    m->mdn.modifier.n > 0 ? cli_shown(a, m->mdn.modifier) : "",
		    cli_shown(a, m->mdn.original_message_id));
		if (m->mdn.mic.alg != MIC_NONE)
			(void)printf("MIC         %s\n", cli_shown(a, mic_text(a, &m->mdn.mic)));
	}
	for (size_t i = 0; m->kind == AS1_IS_REPORT && i < m->dsn.n; i++)
		(void)printf("report      %s %s %s  %s\n", action_name(m->dsn.recipients[i].action),
		    cli_shown(a, m->dsn.recipients[i].status), cli_shown(a, m->dsn.recipients[i].final),
		    cli_shown(a, m->dsn.recipients[i].diagnostic));
}

static void
put_payload(struct arena *a, const struct as1_payload *p)
{
	struct edi_facts f;
	struct err e;

	(void)printf("payload     %s  %s  %s\n", cli_shown(a, p->media_type), cli_shown(a, p->file_name),
	    cli_size(a, p->content.n));
	if (edi_read(a, span_mem(p->content), &f, &e) == -1)
		return;
	facts_print(a, &f, "  ");
	facts_print_problems(a, &f, cli_shown(a, p->file_name));
}

static void
put_mail(struct inspect *in, const struct as1_glance *g, const struct as1_opened *m)
{
	struct arena *a = in->cli.arena;

	(void)printf("mail        %s  from %s\n", cli_size(a, in->bytes.n), cli_shown(a, g->from));
	if (g->subject.n > 0)
		(void)printf("subject     %s\n", cli_shown(a, g->subject));
	(void)printf("message-id  %s\n", cli_shown(a, g->message_id));
	put_lines(a, m->tree, "  ");
	if (m->layers.n > 0)
		(void)printf("layers      %s\n", cli_shown(a, m->layers));
	if (m->is_signed)
		(void)printf("signed by   %s: intact, %s\n", cli_shown(a, m->signer),
		    in->embedded ? "by the certificate in the mail itself, which nobody has vouched for" : in->whose);
	if (m->verdict == AS1_OK && in->embedded)
		(void)printf("verdict     intact, by whom is open\n");
	else
		(void)printf("verdict     %s%s%s\n", as1_verdict_name(m->verdict), m->reason.n > 0 ? ": " : "",
		    m->reason.n > 0 ? cli_shown(a, m->reason) : "");
	put_report(a, m);
	for (size_t i = 0; i < m->n; i++)
		put_payload(a, &m->payloads[i]);
}

static int
inspect_mail(struct inspect *in)
{
	struct arena *a = in->cli.arena;
	struct as1_policy pol = { .now_ms = clock_wall_ms() };
	struct as1_glance g;
	struct as1_opened m;
	struct err e;

	if (as1_peek(a, in->bytes, &g, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", in->file, e.text);
	find_certificates(in, g.from);
	find_embedded(in);
	pol.own = in->own;
	pol.key = in->key;
	pol.partner = in->theirs;
	if (as1_open(a, in->bytes, &pol, &m, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", in->file, e.text);
	if (in->json)
		mail_json(in, &g, &m);
	else
		put_mail(in, &g, &m);
	cert_key_free(in->key);
	keystore_close(&in->keys);
	cert_set_free(in->theirs);
	cert_set_free(in->own);
	return m.verdict == AS1_OK ? EX_OK : EX_DATAERR;
}

static int
inspect_document(struct inspect *in)
{
	struct arena *a = in->cli.arena;
	struct edi_facts f;
	struct err e;

	if (edi_read(a, in->bytes, &f, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", in->file, e.text);
	if (in->json) {
		json_t *o = facts_json(a, &f);
		json_str(o, a, "what", S("document"));
		json_int(o, "size", (int64_t)in->bytes.n);
		json_print(o);
	} else {
		facts_print(a, &f, "");
		facts_print_problems(a, &f, in->file);
	}
	return f.verdict == EDI_VALID ? EX_OK : EX_DATAERR;
}

int
cmd_inspect(int argc, char **argv)
{
	struct inspect in = { 0 };
	struct cli *c = &in.cli;
	const struct cli_opt opts[] = { { "--json", .flag = &in.json }, { "--cert", .text = &in.cert } };

	cli_start(c, argc, argv, opts, N(opts));
	cli_want_args(c, 1, 1);
	in.file = cli_shown(c->arena, str_of(c->args[0]));
	in.bytes = cli_input(c, c->args[0]);
	if (edi_detect(str_sub(in.bytes, 0, INSPECT_HEAD)) == NULL && looks_like_mail(in.bytes))
		return inspect_mail(&in);
	return inspect_document(&in);
}
