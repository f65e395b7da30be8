/* SPDX-License-Identifier: ISC */
/*
 * fidelity.c - a million random documents through every transfer encoding (tests/unit/fidelity.h), by hand: each must come
 * out byte for byte. usage: fidelity [CASES [SEED]]
 */
#include "tests/unit/fidelity.h"

#include <stdlib.h>

static void
show(const char *what, struct str s)
{
	printf("%s: ", what);
	for (size_t i = 0; i < s.n; i++)
		printf(s.p[i] >= ' ' && s.p[i] < 0x7f && s.p[i] != '\\' ? "%c" : "\\x%02x",
		    (unsigned char)s.p[i]);
	putchar('\n');
}

int
main(int argc, char **argv)
{
	uint64_t cases = 1000000, seed = 1, missed = 0;
	struct arena *a = NULL;

	if ((argc > 1 && str_u64(str_of(argv[1]), UINT64_MAX, &cases) == -1) ||
	    (argc > 2 && str_u64(str_of(argv[2]), UINT64_MAX, &seed) == -1) || argc > 3) {
		fprintf(stderr, "usage: fidelity [CASES [SEED]]\n");
		return 64;
	}
	for (uint64_t i = 0; i < cases; i++) {
		struct fidelity f = { .random = seed + i * 1000003 };
		a = arena_new(8u << 20);
		f.a = a;
		if (!fidelity_case(&f) && missed++ < 10) {
			printf("case %llu: %s\n", (unsigned long long)i, f.form);
			show("  in", f.content);
			show("  mail", f.mail);
		}
		arena_free(a);
	}
	printf("fidelity: %llu/%llu\n", (unsigned long long)(cases - missed), (unsigned long long)cases);
	return missed == 0 ? 0 : 1;
}
