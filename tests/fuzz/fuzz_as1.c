/* SPDX-License-Identifier: ISC */
/* A whole mail from anybody, opened with real keys: no crash, no payload without a verdict, no wrong signature. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "mime/as1.h"
#include "mime/word.h"
#include "tests/keys/keys.h"

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
