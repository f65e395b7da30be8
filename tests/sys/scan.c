/* SPDX-License-Identifier: ISC */
/*
 * scan.c - is a private RSA key in the memory of a process?  scan KEY.pem PID... prints "PID yes" or "PID no" for each:
 * looked for are its first prime, in either order of bytes, and a line of its PEM text. Ends with 77 when a memory cannot be
 * read.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "gateway/base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRIME_MAX  1024
#define REGION_MAX (256u << 20)

static unsigned char prime[2][PRIME_MAX];	/* big- and little-endian */
static size_t prime_n;
static char line[80];				/* the middle of the PEM text */

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "scan: %s\n", what);
	exit(1);
}

static void
read_key(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key = f == NULL ? NULL : PEM_read_PrivateKey(f, NULL, NULL, NULL);
	BIGNUM *p = NULL;

	if (key == NULL || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &p) != 1)
		die("no RSA key");
	prime_n = (size_t)BN_num_bytes(p);
	if (prime_n > PRIME_MAX || BN_bn2binpad(p, prime[0], (int)prime_n) < 0 ||
	    BN_bn2lebinpad(p, prime[1], (int)prime_n) < 0)
		die("no prime");
	rewind(f);
	for (int i = 0; i < 10; i++)
		if (fgets(line, sizeof(line), f) == NULL)
			die("a short key");
	line[strcspn(line, "\n")] = '\0';
	fclose(f);
	BN_free(p);
	EVP_PKEY_free(key);
}

static bool
has_key(const unsigned char *p, size_t n)
{
	return memmem(p, n, prime[0], prime_n) != NULL || memmem(p, n, prime[1], prime_n) != NULL ||
	    memmem(p, n, line, strlen(line)) != NULL;
}

static bool
region_has_key(int mem, unsigned long long from, unsigned long long to)
{
	size_t n = to - from > REGION_MAX ? REGION_MAX : (size_t)(to - from);
	unsigned char *p = malloc(n);
	ssize_t got;
	bool found;

	if (p == NULL)
		die("memory");
	got = pread(mem, p, n, (off_t)from);
	found = got > 0 && has_key(p, (size_t)got);
	free(p);
	return found;
}

/* -1: it cannot be looked into. */
static int
scan(const char *pid)
{
	char path[64], text[512];
	unsigned long long from, to;
	int mem, found = 0, regions = 0;
	char *end;
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/mem", pid);
	mem = open(path, O_RDONLY);
	(void)snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	maps = fopen(path, "r");
	if (mem == -1 || maps == NULL)
		return -1;
	while (fgets(text, sizeof(text), maps) != NULL) {
		from = strtoull(text, &end, 16);
		to = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
		if (to <= from || strncmp(end, " rw", 3) != 0)
			continue;
		regions++;
		found |= region_has_key(mem, from, to);
	}
	fclose(maps);
	close(mem);
	return regions == 0 ? -1 : found;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		die("usage: scan KEY.pem PID...");
	read_key(argv[1]);
	for (int i = 2; i < argc; i++) {
		int found = scan(argv[i]);
		if (found == -1)
			return 77;
		printf("%s %s\n", argv[i], found ? "yes" : "no");
	}
	return 0;
}
