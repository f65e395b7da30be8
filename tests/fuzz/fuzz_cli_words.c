/* SPDX-License-Identifier: ISC */
/* What reaches the command line from other people: partner cards; and what is typed: URLs, filters, keys. */
#include "gateway/card.h"
#include "gateway/filter.h"
#include "gateway/ident.h"
#include "gateway/smarthost.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), host;
	struct arena *a = arena_new((size_t)64 << 20);
	struct card card, back;
	struct smarthost relay;
	struct filter f;
	unsigned int port;
	struct err e;

	if (size > CARD_BYTES_MAX) {
		arena_free(a);
		return 0;
	}
	if (card_read(a, in, "card", &card, &e) == 0) {
		/* What was accepted is a name that is safe in a path, and reads the same when it is written again. */
		if (!ident_is_key(card.key))
			abort();
		if (card_read(a, str_cat(a, card_settings(a, &card), card.pem), "again", &back, &e) == -1)
			abort();
		if (!str_eq(back.key, card.key) || !str_eq(back.name, card.name) || !str_eq(back.address, card.address) ||
		    !str_eq(back.ids, card.ids))
			abort();
	}
	if (smarthost_read(a, in, &relay, &e) == 0 && (relay.port == 0 || relay.port > 65535 || relay.host.n == 0))
		abort();
	(void)hostport_read(in, &host, &port, &e);
	filter_init(&f);
	(void)filter_is(in);
	(void)filter_add(&f, in, 1795430460000, &e);
	if (!ident_is_key(ident_slug(a, in)))
		abort();
	arena_free(a);
	return 0;
}
