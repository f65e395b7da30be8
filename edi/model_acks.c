/* SPDX-License-Identifier: ISC */
#include "edi/model_acks.h"

#include "edi/model_make.h"
#include "edi/text.h"

#include <inttypes.h>

static const char *const kinds[] = { "TA1", "997", "999", "CONTRL" };

static bool
is_open(const struct model *m)
{
	return m->kind == MODEL_ACK && m->segment > 0;
}

/* Reports and documents both stand in the order of the file: a report is of the last document that begins before it. */
void
model_acks(struct model_maker *k)
{
	struct model_file *f = k->file;
	struct ack_said said;
	const struct ack_report *r;
	bool any = false;

	for (size_t i = 0; i < f->n_documents; i++)
		any |= is_open(&f->documents[i]);
	if (!any)
		return;
	ack_read(k->a, f->in, &f->facts, &said);
	r = said.reports;
	for (size_t i = 0; i < f->n_documents; i++) {
		struct model *m = &f->documents[i];
		uint64_t end = i + 1 < f->n_documents ? m[1].segment : UINT64_MAX;
		while (r != NULL && r->segment < m->segment)
			r = r->next;
		m->reports = r;
		for (; r != NULL && r->segment < end; r = r->next)
			m->n_reports++;
		if (m->n_reports == 0)
			m->reports = NULL;
	}
	f->cut |= said.n_kept >= ACK_SAID_MAX;
}

enum ack_verdict
model_ack_verdict(const struct model *m)
{
	const struct ack_report *r = m->reports;
	enum ack_verdict all = ACK_NONE;

	for (size_t i = 0; i < m->n_reports; i++, r = r->next)
		all = ack_join(all, r->verdict);
	return all;
}

const char *
model_ack_words(enum ack_verdict v)
{
	static const char *const words[] = {
		[ACK_NONE] = "nothing said", [ACK_RECEIVED] = "received", [ACK_ACCEPTED] = "accepted",
		[ACK_ACCEPTED_ERRORS] = "accepted with errors", [ACK_PARTIAL] = "partly accepted",
		[ACK_REJECTED] = "rejected",
	};

	return words[v];
}

struct str
model_ack_about(struct arena *a, const struct ack_report *r)
{
	struct str type = r->group_type;

	if (r->group.n == 0 && type.n == 0)
		return str_cat(a, S("Interchange "), r->interchange);
	return str_fmt(a, "Group " STR_FMT "%s" STR_FMT "%s", STR_ARG(r->group), type.n > 0 ? " (" : "", STR_ARG(type),
	    type.n > 0 ? ")" : "");
}

struct str
model_ack_about_message(struct arena *a, const struct ack_message *m)
{
	return str_cat(a, str_cat(a, m->type, S(" ")), m->control);
}

struct str
model_ack_sentence(struct arena *a, enum ack_kind kind, const struct ack_error *e, bool of_message)
{
	const char *words = ack_error_words(kind, e, of_message);
	struct str s = S("");

	if (e->segment > 0)
		s = str_fmt(a, "segment %" PRIu64, e->segment);
	if (e->tag.n > 0)
		s = s.n > 0 ? str_fmt(a, STR_FMT " (" STR_FMT ")", STR_ARG(s), STR_ARG(e->tag)) : e->tag;
	if (e->element > 0)
		s = str_fmt(a, STR_FMT "%selement %u", STR_ARG(s), s.n > 0 ? ", " : "", e->element);
	if (e->component > 0)
		s = str_fmt(a, STR_FMT ", component %u", STR_ARG(s), e->component);
	s = str_fmt(a, STR_FMT "%s%s", STR_ARG(s), s.n > 0 ? ": " : "", words != NULL ? words : "code");
	if (e->value.n > 0)
		s = str_fmt(a, STR_FMT ", found '" STR_FMT "'", STR_ARG(s), STR_ARG(e->value));
	return str_fmt(a, STR_FMT "%s" STR_FMT "%s", STR_ARG(s), words != NULL ? " (" : " ", STR_ARG(e->code),
	    words != NULL ? ")" : "");
}

/* ---- JSON ---- */

static void
put_errors(struct jwrite *w, struct arena *a, enum ack_kind kind, const struct ack_error *e, bool of_message)
{
	jw_open(w, "errors", '[');
	for (; e != NULL; e = e->next) {
		jw_open(w, NULL, '{');
		jw_text(w, "code", text_utf8(a, e->code));
		jw_set(w, "tag", text_utf8(a, e->tag));
		jw_u64(w, "segment", e->segment);
		jw_u64(w, "element", e->element);
		jw_u64(w, "component", e->component);
		jw_set(w, "value", text_utf8(a, e->value));
		jw_text(w, "text", text_utf8(a, model_ack_sentence(a, kind, e, of_message)));
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
put_report(struct jwrite *w, struct arena *a, const struct ack_report *r)
{
	jw_open(w, NULL, '{');
	jw_text(w, "kind", str_of(kinds[r->kind]));
	jw_text(w, "verdict", str_of(ack_verdict_name(r->verdict)));
	jw_set(w, "interchange", text_utf8(a, r->interchange));
	jw_set(w, "group", text_utf8(a, r->group));
	jw_set(w, "group_type", text_utf8(a, r->group_type));
	put_errors(w, a, r->kind, r->errors, false);
	jw_open(w, "messages", '[');
	for (const struct ack_message *m = r->messages; m != NULL; m = m->next) {
		jw_open(w, NULL, '{');
		jw_set(w, "type", text_utf8(a, m->type));
		jw_set(w, "control", text_utf8(a, m->control));
		jw_text(w, "verdict", str_of(ack_verdict_name(m->verdict)));
		put_errors(w, a, r->kind, m->errors, true);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_close(w, '}');
}

void
model_acks_json(struct jwrite *w, struct arena *a, const struct model *m)
{
	const struct ack_report *r = m->reports;

	jw_open(w, "acknowledges", '[');
	for (size_t i = 0; i < m->n_reports; i++, r = r->next)
		put_report(w, a, r);
	jw_close(w, ']');
}
