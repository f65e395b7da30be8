/* SPDX-License-Identifier: ISC */
/* x12_detect.c - is it X12? An ISA tells, also behind other text; and what only was one: cut off, or in another encoding. */
#include "edi/x12.h"

/* "ISA*00*", but not the sixteen separators that belong to it. */
bool
x12_is_cut_isa(struct str in)
{
	return in.n > 6 && str_starts(in, S("ISA")) && !is_alnum(in.p[3]) && in.p[6] == in.p[3] &&
	    is_digit(in.p[4]) && is_digit(in.p[5]);
}

/* "ISA" in EBCDIC; in UTF-16 with and without its mark. */
bool
x12_is_other_encoding(struct str head)
{
	return str_starts(head, S("\xc9\xe2\xc1")) || str_starts(head, S("\xff\xfeI\0S\0A\0")) ||
	    str_starts(head, S("\xfe\xff\0I\0S\0A")) || str_starts(head, S("I\0S\0A\0")) ||
	    str_starts(head, S("\0I\0S\0A"));
}

int
x12_detect(struct str head)
{
	struct x12_isa isa;
	struct str in = head;

	if (x12_is_other_encoding(head))
		return 80;
	if (str_starts(in, S("\xef\xbb\xbf")))
		in = str_from(in, 3);
	while (in.n > 0 && is_space(in.p[0]))
		in = str_from(in, 1);
	if (x12_isa_read(in, &isa))
		return isa.misfit == 0 ? 100 : 70;
	if (x12_isa_read_odd(in, &isa))
		return 60;
	if (x12_is_cut_isa(in))
		return 60;
	return x12_find(head, 0) < head.n ? 50 : 0;
}
