/* SPDX-License-Identifier: ISC */
#include "gateway/convert_json.h"

#include "edi/raw.h"
#include "edi/text.h"
#include "gateway/base/base64.h"

#include <jansson.h>
#include <string.h>

struct maker {
	struct buf *out;
	struct err *e;
	bool latin1;
	struct seg_signs signs;
	size_t interchange, segment;	/* for messages, from 1 */
};

static int
bad(struct maker *m, const char *what)
{
	if (m->segment == 0)
		return err_set(m->e, ERR_INPUT, "$.raw.interchanges[%zu]: %s", m->interchange - 1, what);
	return err_set(m->e, ERR_INPUT, "$.raw.interchanges[%zu].segments[%zu]: %s", m->interchange - 1, m->segment - 1, what);
}

/* The bytes that a JSON string stands for. */
static int
put_string(struct maker *m, struct buf *to, json_t *value)
{
	struct str s = str_make(json_string_value(value), json_string_length(value));
	unsigned int c;

	if (!m->latin1)
		return buf_put(to, s, m->e);
	while (s.n > 0) {
		if (!text_next(&s, &c) || c > 0xff)
			return bad(m, "a character that ISO-8859-1 does not have");
		if (buf_putc(to, (char)c, m->e) == -1)
			return -1;
	}
	return 0;
}

/* A string, or {"base64":...} for what is none. */
static int
put_text(struct maker *m, struct buf *to, json_t *value)
{
	json_t *b64 = json_object_get(value, "base64");

	if (json_is_string(value))
		return put_string(m, to, value);
	if (!json_is_string(b64))
		return bad(m, "want a string or {\"base64\":...}");
	return base64_get(to, str_make(json_string_value(b64), json_string_length(b64)), NULL, m->e);
}

static int
put_member(struct maker *m, json_t *o, const char *key)
{
	json_t *value = json_object_get(o, key);

	return value == NULL || json_is_null(value) ? 0 : put_text(m, m->out, value);
}

/* Where there is no release sign, a sign in a value would end it: such a value cannot be written. */
static int
check_signs(struct maker *m, struct str value)
{
	for (size_t i = 0; m->signs.release < 0 && i < value.n; i++)
		if (raw_is_sign(&m->signs, str_from(value, i)))
			return bad(m, "a value holds a delimiter, and there is no release sign");
	return 0;
}

/* A value as it is read, {"value","raw"} as it was written, or bytes. */
static int
put_value(struct maker *m, json_t *value, bool verbatim)
{
	struct buf text = BUF_CAP(m->out->cap);
	json_t *raw = json_object_get(value, "raw");
	int rc = -1;

	if (raw != NULL)
		return put_text(m, m->out, raw);
	if (verbatim || json_is_object(value))
		return put_text(m, m->out, value);
	if (put_text(m, &text, value) == -1)
		goto out;
	if (check_signs(m, buf_str(&text)) == -1 || raw_escape(m->out, &m->signs, buf_str(&text), m->e) == -1)
		goto out;
	rc = 0;
out:
	buf_clear(&text);
	return rc;
}

static int
put_components(struct maker *m, json_t *element, bool verbatim)
{
	size_t i;
	json_t *component;

	if (!json_is_array(element))
		return bad(m, "an element is no array of components");
	json_array_foreach(element, i, component) {
		if (i > 0 && buf_putc(m->out, m->signs.comp, m->e) == -1)
			return -1;
		if (put_value(m, component, verbatim) == -1)
			return -1;
	}
	return 0;
}

static int
put_element(struct maker *m, json_t *element, bool verbatim)
{
	json_t *all = json_object_get(element, "rep"), *one;
	size_t i;

	if (all == NULL)
		return put_components(m, element, verbatim);
	if (!json_is_array(all) || m->signs.rep < 0)
		return bad(m, "repetitions where there is no sign for them");
	json_array_foreach(all, i, one) {
		if (i > 0 && buf_putc(m->out, (char)m->signs.rep, m->e) == -1)
			return -1;
		if (put_components(m, one, verbatim) == -1)
			return -1;
	}
	return 0;
}

/* The values of an ISA stand by position, and some are signs themselves. */
static int
put_segment(struct maker *m, json_t *segment)
{
	json_t *field, *tag = json_array_get(segment, 0);
	bool isa = m->signs.release < 0 && json_is_string(tag) && strcmp(json_string_value(tag), "ISA") == 0;
	size_t i;

	if (!json_is_array(segment) || tag == NULL)
		return bad(m, "want an array of a tag and elements");
	if ((json_is_array(tag) ? put_components(m, tag, false) : put_value(m, tag, isa)) == -1)
		return -1;
	json_array_foreach(segment, i, field) {
		if (i == 0)
			continue;
		if (buf_putc(m->out, m->signs.elem, m->e) == -1 || put_element(m, field, isa) == -1)
			return -1;
	}
	return 0;
}

/* One delimiter of at most max bytes; 0 bytes when it is null and may be. */
static int
read_sign(struct maker *m, json_t *signs, const char *key, size_t max, bool wanted, char *sign, size_t *n)
{
	struct buf bytes = BUF_CAP(SEG_TERM_MAX + 1);
	json_t *value = json_object_get(signs, key);
	int rc = -1;

	*n = 0;
	if (json_is_null(value) && !wanted)
		return 0;
	if (value == NULL || put_text(m, &bytes, value) == -1 || bytes.n == 0 || bytes.n > max) {
		bad(m, "delimiters: not each of them is there, of its length");
		goto out;
	}
	memcpy(sign, bytes.p, bytes.n);
	*n = bytes.n;
	rc = 0;
out:
	buf_clear(&bytes);
	return rc;
}

static int
read_signs(struct maker *m, json_t *signs)
{
	struct seg_signs *g = &m->signs;
	char c;
	size_t n;

	if (read_sign(m, signs, "element", 1, true, &g->elem, &n) == -1 ||
	    read_sign(m, signs, "component", 1, true, &g->comp, &n) == -1 ||
	    read_sign(m, signs, "terminator", SEG_TERM_MAX, true, g->term, &g->term_n) == -1)
		return -1;
	if (read_sign(m, signs, "repetition", 1, false, &c, &n) == -1)
		return -1;
	g->rep = n == 0 ? -1 : (unsigned char)c;
	if (read_sign(m, signs, "release", 1, false, &c, &n) == -1)
		return -1;
	g->release = n == 0 ? -1 : (unsigned char)c;
	return 0;
}

/* What stands before this segment: the next of the gaps names it, or it is as between all of them. */
static int
put_between(struct maker *m, json_t *interchange, size_t *gap)
{
	json_t *one = json_array_get(json_object_get(interchange, "gaps"), *gap);

	if (m->segment == 1)
		return 0;
	if (one == NULL || json_integer_value(json_object_get(one, "segment")) != (json_int_t)m->segment)
		return put_member(m, interchange, "between");
	++*gap;
	return put_member(m, one, "text");
}

static int
put_interchange(struct maker *m, json_t *interchange)
{
	json_t *segments = json_object_get(interchange, "segments"), *segment;
	json_t *terminated = json_object_get(interchange, "terminated");
	size_t i, gap = 0;

	m->segment = 0;
	if (!json_is_array(segments) || read_signs(m, json_object_get(interchange, "delimiters")) == -1)
		return json_is_array(segments) ? -1 : bad(m, "no array of segments");
	if (put_member(m, interchange, "before") == -1 || put_member(m, interchange, "una") == -1)
		return -1;
	json_array_foreach(segments, i, segment) {
		m->segment = i + 1;
		if (put_between(m, interchange, &gap) == -1 || put_segment(m, segment) == -1)
			return -1;
		if (m->segment == json_array_size(segments) && json_is_false(terminated))
			break;
		if (buf_put(m->out, str_make(m->signs.term, m->signs.term_n), m->e) == -1)
			return -1;
	}
	return 0;
}

static int
put_raw(struct maker *m, json_t *raw)
{
	json_t *interchanges = json_object_get(raw, "interchanges"), *one;
	const char *charset = json_string_value(json_object_get(raw, "charset"));
	size_t i;

	if (!json_is_array(interchanges))
		return err_set(m->e, ERR_INPUT, "no $.raw.interchanges: not the JSON of an X12 or EDIFACT file");
	if (charset != NULL && strcmp(charset, "UTF-8") != 0 && strcmp(charset, "ISO-8859-1") != 0)
		return err_set(m->e, ERR_INPUT, "$.raw.charset is '%s', want UTF-8 or ISO-8859-1", charset);
	m->latin1 = charset != NULL && strcmp(charset, "ISO-8859-1") == 0;
	json_array_foreach(interchanges, i, one) {
		m->interchange = i + 1;
		if (put_interchange(m, one) == -1)
			return -1;
	}
	return put_member(m, raw, "after");
}

int
convert_json_to_edi(struct str json, struct buf *out, struct err *e)
{
	struct maker m = { .out = out, .e = e };
	json_error_t said;
	json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &said);
	int rc = -1;

	if (root == NULL) {
		err_set(e, ERR_INPUT, "no JSON: line %d, column %d: %s", said.line, said.column, said.text);
		goto out;
	}
	if (put_raw(&m, json_object_get(root, "raw")) == -1)
		goto out;
	rc = 0;
out:
	json_decref(root);
	return rc;
}
