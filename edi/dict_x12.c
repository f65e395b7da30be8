/* SPDX-License-Identifier: ISC */
#include "edi/dict_build.h"

int
dict_builtin_x12(struct arena *a, struct dict *out, struct err *e)
{
	struct dict_build *b = dict_build_new(a);
	struct buf bytes = BUF_CAP(DICT_SIZE_MAX);
	int rc = -1;

	if (dict_build_text(b, str_of(dict_x12_facts), e) == 0 && dict_build_write(b, &bytes, e) == 0)
		rc = dict_open(out, str_dup(a, buf_str(&bytes)), e);
	buf_clear(&bytes);
	return rc;
}
