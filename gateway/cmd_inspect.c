/* SPDX-License-Identifier: ISC */
/* cmd_inspect.c - `edigate inspect`: what is this file? Needs no gateway and no settings, and uses them if they are there. */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/facts_print.h"
#include "gateway/inspect_who.h"
#include "mime/as1.h"

#include <stdio.h>

#define INSPECT_HEAD 4096

struct inspect {
	struct cli cli;
	const char *file, *cert;
	bool json;
	struct str bytes;
	struct inspect_who who;
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
	json_bool(o, "verified", m->is_signed && !in->who.embedded);
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
		    in->who.embedded ? "by the certificate in the mail itself, which nobody has vouched for" : in->who.whose);
	if (m->verdict == AS1_OK && in->who.embedded)
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
	inspect_who_open(&in->cli, in->cert, in->bytes, g.from, pol.now_ms, &in->who);
	pol.own = in->who.own;
	pol.key = in->who.key;
	pol.partner = in->who.theirs;
	pol.newcomers = in->who.newcomers;
	if (as1_open(a, in->bytes, &pol, &m, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", in->file, e.text);
	if (in->json)
		mail_json(in, &g, &m);
	else
		put_mail(in, &g, &m);
	inspect_who_close(&in->who);
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
