/* SPDX-License-Identifier: ISC */
#include "gateway/convert_model.h"

#include "edi/compose.h"
#include "edi/dict_build.h"
#include "edi/dict_check.h"
#include "edi/edifact.h"
#include "edi/model_write.h"
#include "edi/rule.h"
#include "edi/unit.h"
#include "edi/x12.h"
#include "edi/xml.h"
#include "gateway/json_model.h"

struct conversion {
	struct arena *a;
	const struct convert_how *how;
	struct compose compose;
	json_t *wanted;
	struct model_file file; /* what it says */
	struct buf *out;
	size_t start; /* what was in out before */
	struct err *e;
};

const struct edi_format *
convert_format(struct str name)
{
	static const struct edi_format *const formats[] = { &edi_x12, &edi_edifact, &edi_ubl };

	for (size_t i = 0; i < N(formats); i++)
		if (str_eq(name, str_of(formats[i]->name)))
			return formats[i];
	return NULL;
}

/* An id of another format keeps its numbering, which has another name here. */
static void
rename_qualifier(struct edi_party *p, const struct edi_format *to)
{
	static const struct {
		struct str edifact, ubl;
	} names[] = {
		{ S_INIT("14"), S_INIT("0088") },
		{ S_INIT("1"), S_INIT("0060") },
	};

	for (size_t i = 0; i < N(names); i++)
		if (str_eq(p->qual, names[i].ubl))
			p->qual = names[i].edifact;
	if (to == &edi_x12 && str_eq(p->qual, S("1")))
		p->qual = S("01");
	else if (to == &edi_x12 && p->qual.n != 2)
		p->qual = S("ZZ");
}

/* Numbers of another format's interchange are none here; the two it is between stay. */
static int
choose(struct conversion *x)
{
	struct edi_facts *f = &x->file.facts;
	const struct edi_format *said = f->format;

	x->compose = (struct compose){ .format = x->how->to != NULL ? x->how->to : said,
		                       .now = x->how->now };
	if (x->compose.format == NULL)
		return err_set(x->e, ERR_INPUT, "$.source.format: want x12, edifact or ubl");
	if (said != x->compose.format)
		f->control = S("");
	if (f->sender.id.n == 0 || said != x->compose.format) {
		f->sender = f->sender.id.n == 0 ? x->how->sender : f->sender;
		rename_qualifier(&f->sender, x->compose.format);
	}
	if (f->receiver.id.n == 0 || said != x->compose.format) {
		f->receiver = f->receiver.id.n == 0 ? x->how->receiver : f->receiver;
		rename_qualifier(&f->receiver, x->compose.format);
	}
	return 0;
}

/* A type that means the same in both is compared as what it is written as. */
static void
translate_types(struct conversion *x)
{
	for (size_t i = 0; i < x->file.n_documents; i++) {
		const struct model *m = &x->file.documents[i];
		struct str type = compose_type(m, x->compose.format == &edi_x12);
		json_t *document = json_array_get(json_object_get(x->wanted, "documents"), i);
		if (m->type.n > 0 && !str_eq(type, m->type))
			(void)json_object_set_new(document, "type",
			                          type.n > 0 ? json_stringn(type.p, type.n)
			                                     : json_null());
	}
}

/* Where nothing says which list a unit is from, it is of the one we write, else of the UN's, else of X12's. */
static struct str
translate_unit(struct str unit, const struct edi_format *said, enum unit_list to)
{
	static const enum unit_list tried[] = { UNIT_UN, UNIT_EDIFACT, UNIT_X12 };
	struct str made;

	if (said != NULL)
		return unit_translate(unit, unit_list_of(said), to, &made) ? made : unit;
	if (unit_word(unit, to) != NULL)
		return unit;
	for (size_t i = 0; i < N(tried); i++)
		if (unit_translate(unit, tried[i], to, &made))
			return made;
	return unit;
}

/* So are units. One without a counterpart stays; where it has no place, that is told as of any other value. */
static void
translate_units(struct conversion *x)
{
	const struct edi_format *said = x->file.facts.format, *to = x->compose.format;
	json_t *documents = json_object_get(x->wanted, "documents");

	for (size_t i = 0; said != to && i < x->file.n_documents; i++) {
		json_t *lines = json_object_get(json_array_get(documents, i), "lines");
		struct model *m = &x->file.documents[i];
		for (size_t j = 0; j < m->n_lines; j++) {
			struct model_line *l = &m->lines[j];
			struct str unit = translate_unit(l->unit, said, unit_list_of(to));
			if (str_eq(unit, l->unit))
				continue;
			l->unit = unit;
			(void)json_object_set_new(json_array_get(lines, j), "unit", json_stringn(unit.p, unit.n));
		}
	}
}

/* ---- what was written ---- */

static int
check_dictionary(struct conversion *x, struct str made)
{
	struct dict_findings found;
	struct dict dict;

	if (dict_builtin_x12(x->a, &dict, x->e) == -1)
		return -1;
	dict_check(x->a, made, &(struct edi_facts){ .format = &edi_x12 }, &dict, false, &found);
	if (found.n_errors == 0)
		return 0;
	for (size_t i = 0; i < found.n_kept; i++)
		if (!found.kept[i].warning)
			return err_set(
			    x->e, ERR_INPUT,
			    "what it makes is not valid: segment %llu, element %u: " STR_FMT
			    "  [%s]",
			    (unsigned long long)found.kept[i].problem.segment,
			    found.kept[i].problem.element, STR_ARG(found.kept[i].problem.text),
			    found.kept[i].problem.code);
	return err_set(x->e, ERR_INPUT, "what it makes is not valid");
}

static int
check_rules(struct conversion *x, struct str made, const struct edi_facts *f)
{
	struct rule_findings found;
	unsigned int sets = rule_sets_of(f->profile), syntax = rule_syntax_of(f->format);

	if (sets == 0 || syntax == 0 || str_eq(f->type, S("Order")))
		return 0;
	if (rule_check(x->a, made, syntax, sets, NULL, &found, x->e) == -1)
		return -1;
	for (size_t i = 0; i < found.n_kept; i++)
		if (found.kept[i].rule->level == RULE_FATAL)
			return err_set(x->e, ERR_INPUT,
			               "what it makes is not valid: " STR_FMT ": " STR_FMT "  [%s]",
			               STR_ARG(found.kept[i].place), STR_ARG(found.kept[i].text),
			               found.kept[i].id);
	return 0;
}

static int
check_content(struct conversion *x, const struct model_file *back)
{
	struct buf text = BUF_CAP(MODEL_OUT_MAX);
	json_t *made = NULL;
	int rc = -1;

	if (model_write_json(&text, x->a, back, S(""), x->e) == -1)
		goto out;
	made = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
	if (made == NULL) {
		err_set(x->e, ERR_INPUT, "what it makes cannot be read back");
		goto out;
	}
	rc = json_model_same(x->a, &x->file, x->wanted, made, x->compose.format, x->e);
out:
	json_decref(made);
	buf_clear(&text);
	return rc;
}

static int
check_value(struct conversion *x, const char *at, struct str wanted, struct str made)
{
	if (wanted.n == 0 || str_eq(wanted, made))
		return 0;
	return err_set(x->e, ERR_INPUT, "$.source.%s: '" STR_FMT "' would be read as '" STR_FMT "' from %s", at, STR_ARG(wanted),
	    STR_ARG(made), x->compose.format->label);
}

/* Who sends what to whom is as it was said. In XML the parties say so. */
static int
check_envelope(struct conversion *x, const struct edi_facts *made)
{
	const struct edi_facts *f = &x->file.facts;
	uint64_t control;

	if (x->compose.format == &edi_ubl)
		return 0;
	if (check_value(x, "sender.qual", f->sender.qual, made->sender.qual) == -1 ||
	    check_value(x, "sender.id", f->sender.id, made->sender.id) == -1 ||
	    check_value(x, "receiver.qual", f->receiver.qual, made->receiver.qual) == -1 ||
	    check_value(x, "receiver.id", f->receiver.id, made->receiver.id) == -1)
		return -1;
	if (x->compose.format == &edi_edifact)
		return check_value(x, "control", f->control, made->control);
	return str_u64(f->control, 999999999, &control) == 0 ? 0 : check_value(x, "control", f->control, made->control);
}

/* The version that a message is to have, where the JSON names one of this format. */
static int
check_versions(struct conversion *x, const struct model_file *back)
{
	bool said = x->file.facts.format == x->compose.format && x->compose.format != &edi_ubl;

	for (size_t i = 0; said && i < x->file.n_documents && i < back->n_documents; i++) {
		const struct edi_message *wanted = x->file.documents[i].message, *made = back->documents[i].message;
		if (wanted != NULL && made != NULL && wanted->version.n > 0 && !str_eq(wanted->version, made->version))
			return err_set(x->e, ERR_INPUT, "$.documents[%zu].message.version: '" STR_FMT "' would be read as '" STR_FMT "' from %s", i,
			    STR_ARG(wanted->version), STR_ARG(made->version), x->compose.format->label);
	}
	return 0;
}

static int
check(struct conversion *x)
{
	struct str made = str_from(buf_str(x->out), x->start);
	struct model_file back;
	const struct edi_facts *f = &back.facts;

	if (model_read(x->a, made, &back, x->e) == -1)
		return -1;
	if (f->format != x->compose.format)
		return err_set(x->e, ERR_INPUT, "what it makes is no %s", x->compose.format->label);
	if (f->verdict != EDI_VALID && f->n_problems_kept > 0)
		return err_set(x->e, ERR_INPUT,
		               "what it makes is not valid: segment %llu: " STR_FMT "  [%s]",
		               (unsigned long long)f->problems[0].segment,
		               STR_ARG(f->problems[0].text), f->problems[0].code);
	if (check_envelope(x, f) == -1 || check_versions(x, &back) == -1 || check_content(x, &back) == -1)
		return -1;
	return x->compose.format == &edi_x12 ? check_dictionary(x, made) : check_rules(x, made, f);
}

int
convert_model(struct arena *a, struct str json, const struct convert_how *how, struct buf *out,
              const struct edi_format **to, struct err *e)
{
	struct conversion x = { .a = a, .how = how, .out = out, .start = out->n, .e = e };
	json_error_t said;
	int rc = -1;

	if (str_starts(json, S("\xef\xbb\xbf")))
		json = str_from(json, 3);
	x.wanted = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &said);
	if (x.wanted == NULL) {
		err_set(e, ERR_INPUT, "no JSON: line %d, column %d: %s", said.line, said.column,
		        said.text);
		goto out;
	}
	if (json_model_read(a, x.wanted, &x.file, e) == -1 || choose(&x) == -1)
		goto out;
	translate_types(&x);
	translate_units(&x);
	model_check_sums(a, &x.file);
	if (compose(a, &x.compose, &x.file, out, e) == -1 || check(&x) == -1)
		goto out;
	*to = x.compose.format;
	rc = 0;
out:
	if (rc == -1)
		buf_cut(out, x.start);
	json_decref(x.wanted);
	return rc;
}
