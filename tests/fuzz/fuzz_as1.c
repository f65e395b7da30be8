/* SPDX-License-Identifier: ISC */
/* A whole mail from anybody, opened with real keys: no crash, no payload without a verdict, no wrong signature. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/as1.h"
#include "mime/word.h"
#include "tests/keys/keys.h"
#include "tests/unit/stream_pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct cert_set *own, *partner;
static struct cert_key *key;

static void
read_keys(void)
{
	struct err e;

	if (cert_set_read(str_of(KEYS_ACME_CERT), &own, &e) == -1 || cert_key_read(str_of(KEYS_ACME_KEY), &key, &e) == -1 ||
	    cert_set_read(str_of(KEYS_NORDWIND_CERT), &partner, &e) == -1)
		abort();
}

/* The same mail in small pieces, outside and in every layer, is the same mail. */
static void
open_in_pieces(struct arena *a, struct str mail, const struct as1_policy *pol, const struct as1_opened *whole)
{
	struct cut_store from = cut_store(mail, 7);
	struct cut_room room = cut_room(a, 7);
	struct as1_opened o;
	struct err e;

	if (as1_open_in(a, span_store(&from.store), pol, &room.room, &o, &e) == -1)
		return;
	assert(o.verdict == whole->verdict && o.kind == whole->kind && o.n == whole->n);
	assert(str_eq(o.reason, whole->reason) && str_eq(o.tree, whole->tree) && str_eq(o.layers, whole->layers));
	assert(o.mic.alg == whole->mic.alg && (o.mic.alg == MIC_NONE || mic_eq(&o.mic, &whole->mic)));
}

static void
open_one(struct str mail, bool strict)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct as1_policy pol = { .own = own, .key = key, .partner = partner, .must_sign = strict, .now_ms = KEYS_NOW_MS };
	struct as1_opened o;
	struct as1_glance g;
	struct err e;

	if (as1_peek(a, mail, &g, &e) == 0)
		assert(is_utf8(g.subject) && !str_has_ctl(g.from) && !str_has_ctl(g.message_id));
	if (as1_open(a, mail, &pol, &o, &e) == 0) {
		assert(o.verdict == AS1_OK || (o.n == 0 && o.reason.n > 0));
		assert(o.kind != AS1_IS_DOCUMENT || !strict || o.verdict != AS1_OK || o.is_signed);
		assert(o.is_signed == (o.signer.n > 0));
		assert(o.kind == AS1_IS_DOCUMENT ? (o.n > 0) == (o.verdict == AS1_OK) : o.n == 0);
		assert(is_utf8(o.tree) && is_utf8(o.reason) && is_utf8(o.mdn.human));
		open_in_pieces(a, mail, &pol, &o);
	}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (own == NULL)
		read_keys();
	open_one(str_make((const char *)p, n), true);
	open_one(str_make((const char *)p, n), false);
	return 0;
}
