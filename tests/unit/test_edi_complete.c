/* SPDX-License-Identifier: ISC */
#include "tests/unit/edi_unit.h"

#include <stdlib.h>

#define ISA  "ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261120*1045*U*00401*000000007*0*P*>~"
#define SET  "GS*PO*A*B*20261120*1045*7*X*004010~ST*850*0001~SE*2*0001~GE*1*7~"
#define UNB  "UNB+UNOC:3+A+B+261120:1030+REF7'"
#define MSG  "UNH+1+ORDERS:D:96A:UN'UNT+2+1'"

static void
ends_tell_whether_the_writer_is_done(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		const char *why;	/* NULL: complete */
	} cases[] = {
		{ S_INIT(""), "empty" },
		{ S_INIT("PO;1;2\n"), NULL },
		{ S_INIT("%PDF-1.7 half a"), NULL },
		{ S_INIT("ISABELLA"), NULL },

		{ S_INIT(ISA SET "IEA*1*000000007~"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007~\r\n"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007~\n\0\x1a"), NULL },
		{ S_INIT("\xef\xbb\xbf" ISA SET "IEA*1*000000007~"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007"), NULL },
		{ S_INIT(ISA SET "IEA*1*00000\r\n0007~\r\n"), NULL },
		{ S_INIT(ISA SET "IEA*1*7~"), NULL },
		{ S_INIT(ISA SET "IEA*1*7\n"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000008~"), NULL },
		{ S_INIT(ISA SET "IEA*1~"), NULL },
		{ S_INIT(ISA SET "IEA*~"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007~Bye"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007~" ISA SET "IEA*1*000000008~"), NULL },
		{ S_INIT(ISA SET "IEA*1*000000007~ISA|00|IEA|0|000000001~"), NULL },
		{ S_INIT(ISA SET "IEA*1*00000000"), "no terminator after IEA" },
		{ S_INIT(ISA SET "IEA*1*"), "no terminator after IEA" },
		{ S_INIT(ISA SET "IEA*1"), "IEA is not whole yet" },
		{ S_INIT(ISA SET "IEA*"), "IEA is not whole yet" },
		{ S_INIT(ISA SET "IEA"), "no IEA yet" },
		{ S_INIT(ISA SET), "no IEA yet" },
		{ S_INIT(ISA), "no IEA yet" },
		{ S_INIT("ISA*00*    "), "no IEA yet" },
		{ S_INIT(ISA SET "IEA*1*000000007~\nISA*00"), "another interchange begins and has no end yet" },
		{ S_INIT(ISA SET "IEA*1*000000007~I"), "another interchange begins and has no end yet" },

		{ S_INIT(UNB MSG "UNZ+1+REF7'"), NULL },
		{ S_INIT("UNA:+.? '\r\n" UNB MSG "UNZ+1+REF7'\r\n\r\n"), NULL },
		{ S_INIT("UNA;#.! |UNB#UNOC;3#A#B#261120;1030#8|UNZ#0#8|"), NULL },
		{ S_INIT("UNA:+.? \nUNB+UNOC:3+A+B+261120:1030+8\nUNZ+0+8\n"), NULL },
		{ S_INIT("UNA;#.? |" UNB MSG "UNZ+1+REF7'"), NULL },
		{ S_INIT("UNB\x1dUNOB\x1f" "1\x1d" "A\x1d" "B\x1d" "261120\x1d" "7\x1cUNZ\x1d" "0\x1d"
		    "7\x1c"), NULL },
		{ S_INIT(UNB MSG "UNZ+1+REF7"), NULL },
		{ S_INIT(UNB MSG "UN\nZ+1+RE\nF7'\n"), NULL },
		{ S_INIT(UNB MSG "UNZ+1+REF8'"), NULL },
		{ S_INIT(UNB MSG "UNZ'"), NULL },
		{ S_INIT(UNB MSG "UNZ+1'"), NULL },
		{ S_INIT("UNB+UNOC:3+A+B+261120:1030+R?'7'UNZ+0+R?'7'"), NULL },
		{ S_INIT("UNB+UNOC:3+A+B+261120:1030+R?'7'UNZ+0+R?'"), "no terminator after UNZ" },
		{ S_INIT(UNB MSG "UNZ+1+REF7'Regards"), NULL },
		{ S_INIT(UNB MSG "UNZ+1+REF"), "no terminator after UNZ" },
		{ S_INIT(UNB MSG "UNZ+1+"), "no terminator after UNZ" },
		{ S_INIT(UNB MSG "UNZ+1"), "UNZ is not whole yet" },
		{ S_INIT(UNB MSG "UNZ+"), "UNZ is not whole yet" },
		{ S_INIT(UNB MSG "UNZ"), "no UNZ yet" },
		{ S_INIT(UNB MSG), "no UNZ yet" },
		{ S_INIT(UNB "UNH"), "no UNZ yet" },
		{ S_INIT("UNA:+.? '"), "no UNZ yet" },
		{ S_INIT(UNB MSG "UNZ+1+REF7'UNB+UNOC"), "another interchange begins and has no end yet" },
		{ S_INIT(UNB MSG "UNZ+1+REF7'\nU"), "another interchange begins and has no end yet" },

		{ S_INIT("<a><b/></a>"), NULL },
		{ S_INIT("<?xml version='1.0'?>\n<p:a x='1'>text</p:a >\n<!-- </b> --><?end?>\r\n"), NULL },
		{ S_INIT("<a/>"), NULL },
		{ S_INIT("<a x='1'/>\n"), NULL },
		{ S_INIT("<!DOCTYPE a><a></a>"), NULL },
		{ S_INIT("\xff\xfe<\0a\0>\0<\0/\0a\0>\0"), NULL },
		{ S_INIT("\xfe\xff\0<\0a\0>\0<\0/\0a\0>\0\n"), NULL },
		{ S_INIT("\xff\xfe<\0a\0>\0<\0/\0a\0"), "XML root not closed" },
		{ S_INIT("<a><b></b>"), "XML root not closed" },
		{ S_INIT("<a><b/>"), "XML root not closed" },
		{ S_INIT("<a></a"), "XML root not closed" },
		{ S_INIT("<a><ba></ba>"), "XML root not closed" },
		{ S_INIT("<a><b></b><!-- </a> -->"), "XML root not closed" },
		{ S_INIT("<a><!-- </a>"), NULL },	/* its parser will say what is wrong: the bytes end as a document does */
		{ S_INIT("<a></a> -->"), "XML root not closed" },
		{ S_INIT("<?xml version='1.0'?>"), "XML root not closed" },
		{ S_INIT("<"), "XML root not closed" },
		{ S_INIT("<a"), "XML root not closed" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const char *why = NULL;
		bool done = edi_complete(cases[i].in, cases[i].in, &why);

		print_message("%zu: '%s'\n", i, why);
		assert_int_equal(done, cases[i].why == NULL);
		assert_string_equal(why, done ? "" : cases[i].why);
	}
}

static void
head_and_tail_may_be_far_apart(void **state)
{
	const char *why;

	(void)state;
	assert_true(edi_complete(S(ISA "GS*PO"), S("0001~GE*1*7~IEA*1*000000007~"), &why));
	assert_false(edi_complete(S(ISA "GS*PO"), S("0001~GE*1*7~"), &why));
	assert_true(edi_complete(S(UNB "UNH+1+"), S("T+2+1'UNZ+1+REF7'\n"), &why));
	assert_false(edi_complete(S(UNB "UNH+1+"), S("T+2+1'UNZ+1+REF7"
						      "7"), &why));
	assert_true(edi_complete(S("<Invoice xmlns='urn:"), S("bc:ID></Invoice>"), &why));
	assert_false(edi_complete(S("<Invoice xmlns='urn:"), S("bc:ID></cbc:ID>"), &why));
	assert_true(edi_complete(S("<?xml version='1.0'?><!-- so long that no root is seen"),
	    S("</x></Invoice>\n"), &why));
	assert_false(edi_complete(S("<?xml version='1.0'?><!-- so long that no root is seen"),
	    S("</x><Inv"), &why));
}

/* Every proper beginning waits; from the byte that ends the document on it does not. */
static void
beginnings_wait(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		size_t done_at;		/* this many bytes are a whole document, if only without its terminator */
	} cases[] = {
		{ S_INIT(ISA SET "IEA*1*000000007~\n"), sizeof(ISA SET "IEA*1*000000007") - 1 },
		{ S_INIT(UNB MSG "UNZ+1+REF7'\n"), sizeof(UNB MSG "UNZ+1+REF7") - 1 },
		{ S_INIT("<?xml version='1.0'?><r a='1'><b>x</b></r>\n"),
		    sizeof("<?xml version='1.0'?><r a='1'><b>x</b></r>") - 1 },
	};

	for (size_t i = 0; i < N(cases); i++)
		for (size_t n = 4; n <= cases[i].in.n; n++) {
			char *exact = malloc(n);
			const char *why;

			memcpy(exact, cases[i].in.p, n);
			assert_int_equal(edi_complete(str_make(exact, n), str_make(exact, n), &why),
			    n >= cases[i].done_at);
			free(exact);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_tell_whether_the_writer_is_done),
		cmocka_unit_test(head_and_tail_may_be_far_apart),
		cmocka_unit_test(beginnings_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
