/* SPDX-License-Identifier: ISC */
/* conf_pin.c - certificates by their digests, as `openssl x509 -fingerprint -sha256` or anybody else writes them. */
#include "gateway/conf_load.h"

static int
hex_digit(char c)
{
	c = to_lower(c);
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
read_pin(struct str text, struct conf_pin *out, struct err *e)
{
	struct str hex = text, what = S("");
	size_t n = 0;

	if (!str_cut(&hex, ':', &what) || !(str_eq(what, S("cert")) || str_eq(what, S("key"))))
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no pin, want cert:HEX or key:HEX",
		    STR_ARG(text));
	out->key = str_eq(what, S("key"));
	while (hex.n > 0 && n < sizeof(out->digest)) {
		int hi = hex_digit(hex.p[0]), lo = hex.n > 1 ? hex_digit(hex.p[1]) : -1;

		if (hi == -1 || lo == -1)
			break;
		out->digest[n++] = (unsigned char)(hi * 16 + lo);
		hex = str_from(hex, 2);
		if (hex.n > 1 && hex.p[0] == ':')
			hex = str_from(hex, 1);
	}
	if (hex.n > 0 || n < sizeof(out->digest))
		return err_set(e, ERR_CONFIG,
		    "\"" STR_FMT "\" has not %d hexadecimal digits, those of a SHA-256",
		    STR_ARG(text), 2 * CONF_PIN_BYTES);
	return 0;
}

int
conf_pins_read(struct arena *a, struct str text, struct conf_pins *out, struct err *e)
{
	struct str rest = text, item;
	size_t n = 1;
	bool more = text.n > 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	*out = (struct conf_pins){ .v = arena_get_array(a, n, sizeof(*out->v)) };
	while (more) {
		more = str_cut(&rest, ',', &item);
		if (read_pin(str_trim(item), &out->v[out->n], e) == -1)
			return -1;
		out->n++;
	}
	return 0;
}
