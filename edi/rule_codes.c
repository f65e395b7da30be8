/* SPDX-License-Identifier: ISC */
#include "edi/rule_codes.h"

#include "edi/rule_lists.h"

#include <string.h>

#define CODE_MAX 80

/* The lists are words with a blank on both sides, and so is what is looked for. */
bool
rule_code_is(struct str list, struct str code)
{
	char word[CODE_MAX + 3];

	if (code.n == 0 || code.n > CODE_MAX || str_chr(code, ' ', NULL) ||
	    memchr(code.p, '\0', code.n) != NULL)
		return false;
	word[0] = ' ';
	memcpy(word + 1, code.p, code.n);
	memcpy(word + 1 + code.n, " ", 2);
	for (size_t i = 0; i < N(lists); i++)
		if (str_eq(list, str_of(lists[i].name)))
			return strstr(lists[i].codes, word) != NULL;
	return false;
}
