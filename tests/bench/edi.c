/* SPDX-License-Identifier: ISC */
/*
 * edi.c - how fast interchanges are read, beside what the machine allows: megabytes a second of one core, the best of some
 * rounds over one file in memory. usage: edi [-w FILE] x12|edifact MEGABYTES ROUNDS; -w: write the file and stop
 */
#include "edi/edi.h"
#include "edi/edifact.h"
#include "edi/x12.h"
#include "gateway/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGE_LINES 200u

/* What was touched; printed, so that no compiler leaves the work out. */
static uint64_t seen;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the file ---- */

static void
put_810(struct buf *b, unsigned int i)
{
	unsigned int n = 0;

	buf_printf(b, NULL, "ST*810*%09u~BIG*20261123*INV%07u*20261101*PO%06u***DI~CUR*SE*EUR~REF*DP*%04u~N1*SE*NORDWIND "
	    "GMBH*92*100%u~N3*HAFENSTRASSE %u~N4*HAMBURG*HH*20457*DE~N1*BY*ACME LTD*9*5098765000007~ITD*01*3*2**10**30~", i, i, i, i % 97, i, i % 99);
	for (n = 1; n <= MESSAGE_LINES; n++)
		buf_printf(b, NULL, "IT1*%u*%u*EA*%u.%02u**UP*%012u*VN*A%u~PID*F****BEARING SLEEVE %u~SAC*C*D240***%u~", n, n % 40 + 1,
		    n % 90 + 10, n % 100, i * 7 + n, n, n, n * 3);
	buf_printf(b, NULL, "TDS*%u~CTT*%u~SE*%u*%09u~", i * 100, MESSAGE_LINES, 9 + 3 * MESSAGE_LINES + 3, i);
}

static void
put_invoic(struct buf *b, unsigned int i)
{
	unsigned int n = 0;

	buf_printf(b, NULL, "UNH+%u+INVOIC:D:96A:UN:EAN008'BGM+380+INV%07u+9'DTM+137:20261123:102'RFF+ON:PO%06u'NAD+BY+5098765000007::9'"
	    "NAD+SU+4012345000009::9++NORDWIND GMBH:WERK 2+HAFENSTRASSE %u+HAMBURG++20457+DE'CUX+2:EUR:4'", i, i, i, i % 99);
	for (n = 1; n <= MESSAGE_LINES; n++)
		buf_printf(b, NULL, "LIN+%u++%013u:EN'IMD+F++:::BEARING SLEEVE %u'QTY+47:%u'MOA+203:%u.%02u'PRI+AAA:%u.%02u'", n, i * 7 + n, n,
		    n % 40 + 1, n * 3, n % 100, n % 90 + 10, n % 100);
	buf_printf(b, NULL, "UNS+S'CNT+2:%u'MOA+77:%u'UNT+%u+%u'", MESSAGE_LINES, i * 100, 7 + 5 * MESSAGE_LINES + 4, i);
}

static void
make_file(struct buf *b, bool x12, size_t bytes)
{
	unsigned int i = 0;

	if (x12)
		buf_printf(b, NULL, "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261123*1200*U*00401*000000001*0*P*>~"
		    "GS*IN*NORDWIND*ACME*20261123*1200*1*X*004010~");
	else
		buf_printf(b, NULL, "UNA:+.? 'UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+1'");
	while (b->n < bytes) {
		i++;
		(x12 ? put_810 : put_invoic)(b, i);
	}
	if (x12)
		buf_printf(b, NULL, "GE*%u*1~IEA*1*000000001~", i);
	else
		buf_printf(b, NULL, "UNZ+%u+1'", i);
}

/* ---- the rows ---- */

static void
run_memchr(struct str in, bool x12)
{
	const char *p = in.p, *end = in.p + in.n;

	while ((p = memchr(p, x12 ? '~' : '\'', (size_t)(end - p))) != NULL) {
		seen++;
		p++;
	}
}

static void
use_signs(struct seg_reader *r, bool x12)
{
	static const struct seg_signs signs[] = { { '+', ':', -1, '?', "'", 1 }, { '*', '>', -1, -1, "~", 1 } };

	seg_use(r, &signs[x12], x12 ? NULL : edi_charset_of(S("UNOC")));
}

/* No segments, no judgement: the bitmaps, and every bit of them looked at. */
static void
run_bare(struct str in, bool x12)
{
	static struct seg_reader r;
	size_t n;

	use_signs(&r, x12);
	for (size_t at = 0; at < in.n; at += n) {
		n = in.n - at < SCAN_BLOCK ? in.n - at : SCAN_BLOCK;
		scan_block(&r.set, in.p + at, n, &r.bits);
		for (size_t w = 0; w < (n + 63) / 64; w++)
			for (uint64_t bits = r.bits.term[w] | r.bits.field[w]; bits != 0; bits &= bits - 1)
				seen += (unsigned char)in.p[at + w * 64 + (size_t)__builtin_ctzll(bits)];
	}
}

/* Every element and component: where it begins, how long it is, its first byte. */
static bool
touch(void *with, const struct seg_view *v)
{
	uint64_t sum = 0;
	uint32_t from = v->from;

	(void)with;
	for (uint32_t i = 0; i < v->n; i++) {
		sum += v->ends[i] - from + (unsigned char)v->base[from];
		from = v->ends[i] + 1;
	}
	seen += sum;
	return true;
}

static void
run_elements(struct str in, bool x12)
{
	static struct seg_index index;
	struct seg_reader r = { .in = in };

	use_signs(&r, x12);
	if (!x12)
		seg_jump(&r, EDIFACT_UNA_SIZE);
	seg_each(&r, &index, touch, NULL);
}

static void
run_envelope(struct str in, bool x12)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;
	struct err e;

	if (edi_read(a, in, &f, &e) == -1 || f.verdict != EDI_VALID || f.format != (x12 ? &edi_x12 : &edi_edifact))
		abort();
	seen += f.n_messages;
	arena_free(a);
}

static void
row(const char *what, const char *kind, void (*run)(struct str, bool), struct str in, bool x12, int rounds)
{
	double best = 0;

	for (int i = 0; i < rounds; i++) {
		double begin = now(), took;
		run(in, x12);
		took = now() - begin;
		if (i == 0 || took < best)
			best = took;
	}
	printf("%-8s %-40s %-9s %8.0f MB/s\n", x12 ? "X12" : "EDIFACT", what, kind, (double)in.n / 1e6 / best);
}

int
main(int argc, char **argv)
{
	static const struct { enum scan_kind kind; const char *name; } kinds[] = {
		{ SCAN_AVX2, "avx2" }, { SCAN_SSE2, "sse2" }, { SCAN_PORTABLE, "portable" },
	};
	const char *file = argc == 6 && strcmp(argv[1], "-w") == 0 ? argv[2] : NULL;
	bool x12;
	struct buf b = BUF_CAP((size_t)2 << 30);
	struct str in;
	uint64_t megabytes, rounds;
	FILE *f;

	if ((argc != 4 && file == NULL) || str_u64(str_of(argv[argc - 2]), 1024, &megabytes) == -1 ||
	    str_u64(str_of(argv[argc - 1]), 1000, &rounds) == -1) {
		fprintf(stderr, "usage: edi [-w FILE] x12|edifact MEGABYTES ROUNDS\n");
		return 64;
	}
	x12 = strcmp(argv[argc - 3], "x12") == 0;
	make_file(&b, x12, megabytes * 1000000);
	in = buf_str(&b);
	if (file != NULL) {
		f = fopen(file, "wb");
		if (f == NULL || fwrite(in.p, 1, in.n, f) != in.n || fclose(f) != 0)
			return 73;
		return 0;
	}
	row("memchr of the terminator (a limit)", "libc", run_memchr, in, x12, (int)rounds);
	for (size_t i = 0; i < N(kinds); i++) {
		if (!scan_force(kinds[i].kind))
			continue;
		row("bitmaps and a bare walk (a limit)", kinds[i].name, run_bare, in, x12, (int)rounds);
		row("every element touched", kinds[i].name, run_elements, in, x12, (int)rounds);
		row("envelope: edi_read()", kinds[i].name, run_envelope, in, x12, (int)rounds);
	}
	fprintf(stderr, "%llu\n", (unsigned long long)seen);
	buf_clear(&b);
	return 0;
}
