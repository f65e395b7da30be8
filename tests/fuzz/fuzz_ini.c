/* SPDX-License-Identifier: ISC */
/* Any text: parsed or refused with a place; what was set stands there afterwards, and nothing else changed its value. */
#include "gateway/base/ini.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The value of the last key of that name in [smtp]; and how many items there are beside it. */
static bool
find(const struct ini *ini, struct str *value, size_t *others)
{
	bool found = false;

	*others = 0;
	for (size_t i = 0; i < ini->n; i++) {
		const struct ini_item *it = &ini->items[i];
		if (str_eq(it->section, S("smtp")) && it->name.n == 0 && str_eq(it->key, S("host"))) {
			*value = it->value;
			found = true;
		} else if (it->key.n > 0) {
			++*others;
		}
	}
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, value, got, again;
	struct arena *a;
	struct ini ini, set;
	size_t before, after;
	struct err e;

	if (size > 100000)
		return 0;
	a = arena_new((size_t)64 << 20);
	(void)ini_nearest(text, (const char *const[]){ "host", "password" }, 2);
	if (ini_parse(a, text, "fuzz", &ini, &e) == 0) {
		for (size_t i = 0; i < ini.n; i++) {
			assert(ini.items[i].section.n > 0 && ini.items[i].line > 0);
			assert(ini.items[i].key.n == 0 || (ini.items[i].key_col > 0 && ini.items[i].value_col > ini.items[i].key_col));
		}
		(void)find(&ini, &got, &before);
		/* Any value without control characters can be set: take the text's end. */
		value = str_from(text, size > 20 ? size - 20 : 0);
		if (str_has_ctl(value))
			value = S(" ; \"\\#");
		again = ini_set(a, text, S("smtp"), S(""), S("host"), value);
		assert(ini_parse(a, again, "fuzz", &set, &e) == 0);
		assert(find(&set, &got, &after) && str_eq(got, value) && after == before);
	} else {
		assert(e.kind == ERR_CONFIG && strncmp(e.text, "fuzz:", 5) == 0);
	}
	arena_free(a);
	return 0;
}
