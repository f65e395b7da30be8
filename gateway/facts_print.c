/* SPDX-License-Identifier: ISC */
#include "gateway/facts_print.h"

#include "gateway/cli.h"

#include <stdio.h>

#define FACTS_MESSAGES_SHOWN 20

const char *
facts_verdict(const struct edi_facts *f)
{
	return f->verdict == EDI_VALID ? "valid" : f->verdict == EDI_BROKEN ? "broken" : "unknown";
}

static const char *
party(struct arena *a, const struct edi_party *p)
{
	const char *id = p->qual.n > 0 ? cli_fmt(a, "%s:%s", cli_shown(a, p->qual), cli_shown(a, p->id)) : cli_shown(a, p->id);

	if (p->name.n == 0)
		return id;
	return p->id.n > 0 ? cli_fmt(a, "%s (%s)", cli_shown(a, p->name), id) : cli_shown(a, p->name);
}

void
facts_print(struct arena *a, const struct edi_facts *f, const char *indent)
{
	if (f->format == NULL) {
		(void)printf("%snot recognised%s%s\n", indent, f->guess.n > 0 ? ", looks like " : "",
		    f->guess.n > 0 ? cli_shown(a, f->guess) : "");
		return;
	}
	(void)printf("%s%s %s  %s \xe2\x86\x92 %s  control %s%s\n", indent, f->format->label,
	    f->version.n > 0 ? cli_shown(a, f->version) : "", party(a, &f->sender), party(a, &f->receiver),
	    cli_shown(a, f->control), f->test ? "  TEST" : "");
	if (f->interchanges > 1)
		(void)printf("%s%zu interchanges\n", indent, f->interchanges);
	if (f->quirks != 0)
		(void)printf("%squirks: %s\n", indent, cli_shown(a, edi_quirks_text(a, f->quirks)));
	for (size_t i = 0; i < f->n_kept && i < FACTS_MESSAGES_SHOWN; i++) {
		const struct edi_message *m = &f->messages[i];
		(void)printf("%s  %zu  %s %s", indent, i + 1, cli_shown(a, m->type), cli_shown(a, m->number));
		if (m->version.n > 0)
			(void)printf("  %s", cli_shown(a, m->version));
		if (m->segments > 0)
			(void)printf("  %llu segments", (unsigned long long)m->segments);
		(void)printf("  at offset %llu\n", (unsigned long long)m->offset);
	}
	if (f->n_messages > FACTS_MESSAGES_SHOWN)
		(void)printf("%s  and %zu more\n", indent, f->n_messages - FACTS_MESSAGES_SHOWN);
}

/* "invoice.edi: offset 123, segment 7, element 1: SE01 is 22, want 16  [se-count]" */
void
facts_print_problems(struct arena *a, const struct edi_facts *f, const char *file)
{
	for (size_t i = 0; i < f->n_problems_kept; i++) {
		const struct edi_problem *p = &f->problems[i];
		(void)printf("%s: offset %llu", file, (unsigned long long)p->offset);
		if (p->segment > 0)
			(void)printf(", segment %llu", (unsigned long long)p->segment);
		if (p->element > 0)
			(void)printf(", element %u", p->element);
		if (p->component > 0)
			(void)printf(", component %u", p->component);
		(void)printf(": %s  [%s]\n", cli_shown(a, p->text), p->code);
	}
	if (f->n_problems > f->n_problems_kept)
		(void)printf("%s: and %zu more problems\n", file, f->n_problems - f->n_problems_kept);
}

static json_t *
party_json(struct arena *a, const struct edi_party *p)
{
	json_t *o = json_new();

	json_str(o, a, "qualifier", p->qual);
	json_str(o, a, "id", p->id);
	json_str(o, a, "name", p->name);
	return o;
}

static json_t *
messages_json(struct arena *a, const struct edi_facts *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_kept; i++) {
		const struct edi_message *m = &f->messages[i];
		json_t *o = json_new();
		json_str(o, a, "type", m->type);
		json_str(o, a, "version", m->version);
		json_str(o, a, "number", m->number);
		json_str(o, a, "control", m->control);
		json_str(o, a, "group", m->group);
		json_int(o, "offset", (int64_t)m->offset);
		json_int(o, "segments", (int64_t)m->segments);
		json_push(all, o);
	}
	return all;
}

static json_t *
problems_json(struct arena *a, const struct edi_facts *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_problems_kept; i++) {
		const struct edi_problem *p = &f->problems[i];
		json_t *o = json_new();
		json_str(o, a, "code", str_of(p->code));
		json_int(o, "offset", (int64_t)p->offset);
		json_int(o, "segment", (int64_t)p->segment);
		json_int(o, "element", p->element);
		json_int(o, "component", p->component);
		json_str(o, a, "text", p->text);
		json_push(all, o);
	}
	return all;
}

static json_t *
quirks_json(struct arena *a, const struct edi_facts *f)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < 32; i++)
		if ((f->quirks >> i & 1) != 0)
			json_push(all, json_string(cli_shown(a, edi_quirks_text(a, 1u << i))));
	return all;
}

json_t *
facts_json(struct arena *a, const struct edi_facts *f)
{
	json_t *o = json_new();

	json_str(o, a, "verdict", str_of(facts_verdict(f)));
	json_str(o, a, "guess", f->guess);
	if (f->format == NULL)
		return o;
	json_str(o, a, "format", str_of(f->format->name));
	json_str(o, a, "media_type", str_of(f->format->media_type));
	json_str(o, a, "version", f->version);
	json_str(o, a, "type", f->type);
	json_str(o, a, "number", f->number);
	json_str(o, a, "control", f->control);
	json_list(o, "sender", party_json(a, &f->sender));
	json_list(o, "receiver", party_json(a, &f->receiver));
	json_bool(o, "test", f->test);
	json_int(o, "interchanges", (int64_t)f->interchanges);
	json_int(o, "messages_total", (int64_t)f->n_messages);
	json_list(o, "messages", messages_json(a, f));
	json_list(o, "quirks", quirks_json(a, f));
	json_int(o, "problems_total", (int64_t)f->n_problems);
	json_list(o, "problems", problems_json(a, f));
	return o;
}
