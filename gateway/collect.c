/* SPDX-License-Identifier: ISC */
#include "gateway/collect.h"

#include "edi/ack.h"
#include "edi/bundle.h"
#include "edi/edifact.h"
#include "edi/model.h"
#include "edi/x12.h"
#include "edi/xml.h"
#include "gateway/base/io.h"
#include "gateway/convert_json.h"
#include "gateway/convert_model.h"
#include "gateway/describe.h"

#define KEY_MAX ((size_t)64 << 10)	/* bytes of signs and header */

static bool
is_object(struct str bytes)
{
	size_t i = str_starts(bytes, S("\xef\xbb\xbf")) ? 3 : 0;

	while (i < bytes.n && is_space(bytes.p[i]))
		i++;
	return i < bytes.n && bytes.p[i] == '{';
}

/* The id that fits the width of X12's qualifiers best; else the first. */
static struct edi_party
first_id(const struct conf_ids *ids, const struct edi_format *to)
{
	size_t at = 0;

	if (ids->n == 0)
		return (struct edi_party){ .id = S("") };
	for (size_t i = ids->n; i-- > 0;)
		if (to == &edi_x12 && ids->v[i].qual.n == 2)
			at = i;
	return (struct edi_party){ .qual = ids->v[at].qual, .id = ids->v[at].id };
}

/* What it says apart from raw, in the format that the partner takes. */
static int
write_document(const struct conf *c, const struct partner *pt, struct str json, struct collected *out, struct err *e)
{
	static const struct edi_format *const formats[] = {
		[CONF_JSON_X12] = &edi_x12, [CONF_JSON_EDIFACT] = &edi_edifact, [CONF_JSON_UBL] = &edi_ubl,
	};
	struct arena *a = arena_new(MODEL_ARENA_MAX);
	struct convert_how how = { .to = pt != NULL ? formats[pt->json] : NULL, .now = describe_stamp(a) };
	const struct edi_format *made = NULL;
	int rc;

	how.sender = first_id(&c->ids, how.to);
	if (pt != NULL)
		how.receiver = first_id(&pt->ids, how.to);
	rc = convert_model(a, json, &how, &out->made, &made, e);
	out->xml = made == &edi_ubl;
	out->json = rc == 0 && !out->xml;
	arena_free(a);
	return rc;
}

/* Our own forms of it; other JSON is a format that we do not know. */
int
collect_read(const struct conf *c, const struct partner *pt, struct str bytes, struct collected *out, struct err *e)
{
	int rc = 0;

	*out = (struct collected){ .edi = bytes, .made = BUF_CAP(COLLECT_MAX) };
	if (!is_object(bytes))
		return 0;
	if (str_find(bytes, S("\"raw\""), NULL) && str_find(bytes, S("\"interchanges\":["), NULL)) {
		rc = convert_json_to_edi(bytes, &out->made, e);
		out->json = out->raw = true;
	} else if (str_find(bytes, S("\"edigate/document/1\""), NULL)) {
		rc = write_document(c, pt, bytes, out, e);
	}
	if (out->made.n > 0)
		out->edi = buf_str(&out->made);
	if (rc == -1)
		buf_clear(&out->made);
	return rc;
}

void
collect_clear(struct collected *c)
{
	buf_clear(&c->made);
}

bool
collect_takes(const struct partner *pt, const struct edi_facts *f, size_t size)
{
	return pt->batch > 1 && size < pt->batch_size && f->verdict == EDI_VALID && pieces_takes(f) && f->interchanges == 1 && !ack_is(f) &&
	    f->n_messages > 0 && f->n_messages < pt->batch;
}

/* The first fault, at the segment that stands at the same place in the JSON. */
static int
refuse(const struct edi_facts *f, bool json, struct err *e)
{
	const struct edi_problem *p = f->problems;
	unsigned long long at = f->n_problems_kept > 0 ? (unsigned long long)p->segment : 0;

	if (f->n_problems_kept == 0)
		return err_set(e, ERR_INPUT, "what it makes is no interchange");
	if (json && at > 0)
		return err_set(e, ERR_INPUT, "$.raw.interchanges[0].segments[%llu]: " STR_FMT, at - 1, STR_ARG(p->text));
	return err_set(e, ERR_INPUT, "segment %llu: " STR_FMT, at, STR_ARG(p->text));
}

/* o: its format, date and first control numbers; on return how much it holds. */
static int
write_all(struct arena *a, struct bundle *o, const struct collected *v, size_t n, struct edi_facts *f, struct err *e)
{
	int rc = 0;

	o->now = describe_stamp(a);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = bundle_put(o, v[i].edi, e);
	if (rc == 0)
		rc = bundle_end(o, e);
	bundle_clear(o);
	if (rc == -1 || edi_read(a, buf_str(o->out), f, e) == -1)
		return -1;
	return f->verdict == EDI_VALID ? 0 : refuse(f, n == 1 && v[0].raw, e);
}

int
collect_try(struct arena *a, const struct collected *c, const struct edi_format *format, struct msg *m, struct err *e)
{
	struct buf key = BUF_CAP(KEY_MAX), trial = BUF_CAP(COLLECT_MAX);
	struct bundle b = { .format = format, .interchange = 1, .group = 1, .out = &trial };
	struct edi_facts made;
	int rc = -1;

	if (bundle_key(c->edi, format, &key, e) == 0 && write_all(a, &b, c, 1, &made, e) == 0) {
		m->name = str_dup(a, buf_str(&key));
		m->count = b.messages;
		m->id = (int64_t)b.groups;
		m->flag = c->json;
		rc = 0;
	}
	buf_clear(&key);
	buf_clear(&trial);
	return rc;
}

/* "ULID PARTNER" */
static int
read_claim(struct arena *a, const struct conf *c, const struct partner *pt, struct spool *s, struct str line,
    struct collected *out, struct str *bytes, struct err *e)
{
	struct str ulid;
	struct claim claim;
	bool found;

	(void)str_cut(&line, ' ', &ulid);
	if (claim_get(a, s, ulid, line, &claim, &found, e) == -1 || (!found && claim_find(a, s, ulid, &claim, &found, e) == -1))
		return -1;
	if (!found)
		return err_set(e, ERR_INPUT, "the claimed file " STR_FMT " is gone from the spool", STR_ARG(ulid));
	if (claim_map(s, &claim, COLLECT_MAX, bytes, e) == -1)
		return -1;
	return collect_read(c, pt, *bytes, out, e);
}

int
collect_claims(struct arena *a, const struct conf *c, const struct partner *pt, struct spool *s, const struct msg *job, struct buf *out,
    struct edi_facts *f, struct err *e)
{
	struct bundle b = { .format = str_eq(job->format, S("x12")) ? &edi_x12 : &edi_edifact, .interchange = job->count,
		.group = job->size, .out = out };
	struct collected *v = arena_get_array(a, LEDGER_MESSAGES_MAX, sizeof(*v));
	struct str *bytes = arena_get_array(a, LEDGER_MESSAGES_MAX, sizeof(*bytes)), rest = job->text, line;
	size_t n = 0;
	int rc = 0;

	while (rc == 0 && n < LEDGER_MESSAGES_MAX && str_next_line(&rest, &line)) {
		rc = read_claim(a, c, pt, s, line, &v[n], &bytes[n], e);
		n++;
	}
	if (rc == 0)
		rc = write_all(a, &b, v, n, f, e);
	for (size_t i = 0; i < n; i++) {
		collect_clear(&v[i]);
		io_unmap(bytes[i]);
	}
	return rc;
}
