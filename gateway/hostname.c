/* SPDX-License-Identifier: ISC */
#include "gateway/hostname.h"

#include "gateway/smtp/path.h"

#include <unistd.h>

struct str
hostname_own(struct arena *a, struct str set)
{
	char name[256];

	if (set.n > 0)
		return set;
	if (gethostname(name, sizeof(name)) == -1)
		return S("localhost");
	name[sizeof(name) - 1] = '\0';
	return smtp_is_greeting(str_of(name)) ? str_dup(a, str_of(name)) : S("localhost");
}
