/* SPDX-License-Identifier: ISC */
#include "gateway/card.h"

#include "gateway/base/ini.h"
#include "gateway/ident.h"

static const struct str pem_begin = S_INIT("-----BEGIN CERTIFICATE-----");
static const struct str pem_end = S_INIT("-----END CERTIFICATE-----");

/* The certificate block begins where its first line does. */
static bool
cut_pem(struct str text, struct str *settings, struct str *pem)
{
	size_t at;

	if (!str_find(text, pem_begin, &at) || (at > 0 && text.p[at - 1] != '\n'))
		return false;
	*settings = str_sub(text, 0, at);
	*pem = str_from(text, at);
	return str_find(*pem, pem_end, NULL);
}

static int
check(struct arena *a, struct str list, const char *what, bool (*is)(struct str), const char *file,
    struct err *e)
{
	while (list.n > 0) {
		struct str one;
		(void)str_cut(&list, ',', &one);
		one = str_trim(one);
		if (!is(one))
			return err_set(e, ERR_INPUT, "%s: '" STR_FMT "' is no %s", file,
			    STR_ARG(str_dup(a, one)), what);
	}
	return 0;
}

int
card_read(struct arena *a, struct str text, const char *file, struct card *out, struct err *e)
{
	struct str settings;
	struct ini ini;

	*out = (struct card){ 0 };
	if (!cut_pem(text, &settings, &out->pem))
		return err_set(e, ERR_INPUT, "%s: is no partner card: it has no certificate", file);
	if (ini_parse(a, settings, file, &ini, e) == -1) {
		e->kind = ERR_INPUT;
		return -1;
	}
	for (size_t i = 0; i < ini.n; i++) {
		const struct ini_item *it = &ini.items[i];
		if (!str_eq(it->section, S("partner")) || (out->key.n > 0 && !str_eq(it->name, out->key)))
			return err_set(e, ERR_INPUT,
			    "%s:%u: is no partner card, want one [partner \"name\"]", file,
			    it->line);
		out->key = it->name;
		if (str_eq(it->key, S("name")))
			out->name = it->value;
		else if (str_eq(it->key, S("address")))
			out->address = it->value;
		else if (str_eq(it->key, S("ids")))
			out->ids = it->value;
	}
	if (!ident_is_key(out->key))
		return err_set(e, ERR_INPUT,
		    "%s: partner is called '" STR_FMT "', want lower-case letters, digits, . _ -",
		    file, STR_ARG(out->key));
	if (out->address.n == 0)
		return err_set(e, ERR_INPUT, "%s: has no address", file);
	if (check(a, out->address, "mail address", ident_is_address, file, e) == -1)
		return -1;
	return check(a, out->ids, "interchange id, want like 14:4012345000009", ident_is_edi, file, e);
}

struct str
card_settings(struct arena *a, const struct card *card)
{
	const struct { struct str key, value; } lines[] = {
		{ S_INIT("name"), card->name },
		{ S_INIT("address"), card->address },
		{ S_INIT("ids"), card->ids },
	};
	struct str text = str_fmt(a, "[partner \"" STR_FMT "\"]\n", STR_ARG(card->key));

	for (size_t i = 0; i < N(lines); i++)
		if (lines[i].value.n > 0)
			text = ini_set(a, text, S("partner"), card->key, lines[i].key, lines[i].value);
	return text;
}
