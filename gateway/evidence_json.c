/* SPDX-License-Identifier: ISC */
/* evidence_json.c - timeline.json: the document's story, and what each file beside it is. */
#include "gateway/evidence.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"

/* The texts of a mail, by the names that they have in JSON. */
#define F(name) { #name, offsetof(struct evidence_mail, name) }
static const struct {
	const char *key;
	size_t at;
} texts[] = { F(path), F(what), F(by), F(of), F(message_id), F(sha256), F(content), F(from), F(signature),
	F(authorities) };
#undef F

static struct str *
text_of(struct evidence_mail *m, size_t i)
{
	return (struct str *)(void *)((char *)m + texts[i].at);
}

json_t *
evidence_json(const struct evidence *ev, const struct story *s)
{
	json_t *o = story_json(ev->a, s), *mails = json_array(), *addresses = json_array();

	if (ev->document.n > 0)
		json_str(o, ev->a, "file", ev->document);
	for (size_t i = 0; i < ev->n_addresses; i++)
		json_push(addresses, json_string(str_cstr(ev->a, ev->addresses[i])));
	json_list(o, "addresses", addresses);
	for (size_t i = 0; i < ev->n_mails; i++) {
		struct evidence_mail m = ev->mails[i];
		json_t *one = json_object();
		for (size_t k = 0; k < N(texts); k++)
			json_str(one, ev->a, texts[k].key, *text_of(&m, k));
		if (m.opaque)
			json_bool(one, "opaque", true);
		json_time(one, ev->a, "time", m.at_ms);
		json_push(mails, one);
	}
	json_list(o, "mails", mails);
	return o;
}

static struct str
text_in(struct evidence *ev, const json_t *value)
{
	return str_dup(ev->a, str_of(json_string_value(value)));
}

static struct str
member(struct evidence *ev, const json_t *o, const char *key)
{
	return text_in(ev, json_object_get(o, key));
}

static void
read_mail(struct evidence *ev, const json_t *o)
{
	struct evidence_mail *m = &ev->mails[ev->n_mails++];
	struct str time = member(ev, o, "time");

	*m = (struct evidence_mail){ .opaque = json_is_true(json_object_get(o, "opaque")) };
	for (size_t k = 0; k < N(texts); k++)
		*text_of(m, k) = member(ev, o, texts[k].key);
	if (clock_read_rfc3339(time, &m->at_ms) == -1)
		m->at_ms = 0;
}

int
evidence_json_read(struct evidence *ev, struct str json, struct err *e)
{
	json_error_t why;
	json_t *o = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &why);
	const json_t *mails = json_object_get(o, "mails"), *addresses = json_object_get(o, "addresses");
	int rc = -1;

	if (o == NULL) {
		(void)err_set(e, ERR_INPUT, "timeline.json:%d: %s", why.line, why.text);
		goto out;
	}
	if (json_array_size(mails) > EVIDENCE_MAILS_MAX) {
		(void)err_set(e, ERR_INPUT, "timeline.json: over %d mails", EVIDENCE_MAILS_MAX);
		goto out;
	}
	ev->id = json_integer_value(json_object_get(o, "id"));
	ev->in = str_eq(member(ev, o, "dir"), str_of(doc_dir_name(EX_IN)));
	ev->partner = member(ev, o, "partner");
	ev->document = member(ev, o, "file");
	ev->name = member(ev, o, "name");
	ev->sha256 = member(ev, o, "sha256");
	for (size_t i = 0; i < json_array_size(addresses) && i < EVIDENCE_ADDRESSES_MAX; i++)
		ev->addresses[ev->n_addresses++] = text_in(ev, json_array_get(addresses, i));
	for (size_t i = 0; i < json_array_size(mails); i++)
		read_mail(ev, json_array_get(mails, i));
	rc = 0;
out:
	json_decref(o);
	return rc;
}
