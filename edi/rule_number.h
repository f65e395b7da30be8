/* SPDX-License-Identifier: ISC */
/* rule_number.h - numbers that prove themselves by a check digit, and other values with a form of their own. */
#ifndef EDIGATE_EDI_RULE_NUMBER_H
#define EDIGATE_EDI_RULE_NUMBER_H

#include "gateway/base/str.h"

bool number_digits(struct str s);		/* digits only, one at least */
bool number_date(struct str s);			/* a day of the calendar as YYYY-MM-DD */
bool number_gln(struct str s);			/* GS1: digits, the last by weights 3 and 1 */
bool number_mod11(struct str s);		/* Norway: nine digits, modulus 11 */
bool number_belgian(struct str s);		/* enterprise number: ten digits, modulus 97 */
bool number_luhn(struct str s, size_t n);	/* n digits; Sweden's organisations have ten */
bool number_abn(struct str s);			/* Australia: eleven digits, modulus 89 */
bool number_ipa(struct str s);			/* Italy: code of a public office, six letters or digits */
bool number_fiscal(struct str s);		/* Italy: codice fiscale of a person (16), or as a VAT number (11) */
bool number_partita_iva(struct str s);		/* Italy: eleven digits, or IT before them */
bool number_greek(struct str s);		/* nine digits, modulus 11 of powers of two */
bool number_iban(struct str s);			/* ISO 13616, blanks passed over */
bool number_mail(struct str s);			/* something@domain.part */
bool number_skonto(struct str s);		/* Germany: every line with '#' is #SKONTO#TAGE=n#PROZENT=n.nn#[BASISBETRAG=n.nn#] */

#endif
