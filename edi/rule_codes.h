/* SPDX-License-Identifier: ISC */
/* rule_codes.h - code lists that the rules name: facts of ISO, UN/ECE, CEF and Peppol. */
#ifndef EDIGATE_EDI_RULE_CODES_H
#define EDIGATE_EDI_RULE_CODES_H

#include "gateway/base/str.h"

/* Is code, as it stands, on that list? False for lists that are not known. */
bool rule_code_is(struct str list, struct str code);

#endif
