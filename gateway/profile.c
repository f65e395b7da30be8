/* SPDX-License-Identifier: ISC */
#include "gateway/profile.h"

/*
 * What differs from the defaults. A key that a partner's own section sets wins; docs/man/edigate.ini.5 shows the same table.
 * edi-energy: EDI@Energy, Regelungen zum Uebertragungsweg: signatures by RSASSA-PSS, keys by RSAES-OAEP, the certificate
 * for the address that sends; arrival is told by CONTRL, not by receipts. ediel-*: the Nordic energy market: an envelope,
 * with CONTRL too; in Sweden an opaque signature inside of it, and the UNB as the subject. plain: a mail with an attachment,
 * for who has only a mail program.
 */
static const struct {
	const char *profile, *key, *value;
} rows[] = {
	{ "edi-energy", "send", "sign encrypt" },
	{ "edi-energy", "accept", "sign encrypt" },
	{ "edi-energy", "receipt", "none" },
	{ "edi-energy", "signature", "pss" },
	{ "edi-energy", "key_transport", "oaep" },
	{ "edi-energy", "cipher", "aes-256-gcm" },
	{ "edi-energy", "signer", "address" },

	{ "ediel-se", "send", "sign encrypt" },
	{ "ediel-se", "accept", "sign encrypt" },
	{ "ediel-se", "receipt", "none" },
	{ "ediel-se", "signed_form", "opaque" },
	{ "ediel-se", "subject", "unb" },

	{ "ediel-no", "send", "sign encrypt" },
	{ "ediel-no", "accept", "sign encrypt" },
	{ "ediel-no", "receipt", "none" },
	{ "ediel-no", "include_certs", "leaf" },

	{ "plain", "send", "none" },
	{ "plain", "accept", "none" },
	{ "plain", "receipt", "none" },
};

const char *
profile_value(struct str profile, struct str key)
{
	for (size_t i = 0; i < N(rows); i++)
		if (str_eq(profile, str_of(rows[i].profile)) && str_eq(key, str_of(rows[i].key)))
			return rows[i].value;
	return NULL;
}
