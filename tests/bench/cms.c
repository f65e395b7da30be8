/* SPDX-License-Identifier: ISC */
/*
 * cms.c - the limit of the bench: how many signatures (or verifications) a second OpenSSL alone makes on all cores of
 * this machine, with nothing around it. No gateway that signs each document can be faster.
 *
 *   cms SECONDS CERT.pem KEY.pem FILE	prints "sign N" and "verify N", per second
 */
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CORES_MAX 256
#define DOCUMENT_MAX 1000000

static X509 *cert;
static EVP_PKEY *key;
static char document[DOCUMENT_MAX];
static int length;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "cms: %s\n", what);
	_exit(1);
}

static CMS_ContentInfo *
sign(void)
{
	BIO *in = BIO_new_mem_buf(document, length);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_DETACHED | CMS_BINARY | CMS_PARTIAL);

	if (cms == NULL || CMS_add1_signer(cms, cert, key, EVP_sha256(), CMS_BINARY) == NULL ||
	    CMS_final(cms, in, NULL, CMS_DETACHED | CMS_BINARY) != 1)
		die("signing failed");
	BIO_free(in);
	return cms;
}

static void
verify(CMS_ContentInfo *cms)
{
	BIO *in = BIO_new_mem_buf(document, length);

	if (CMS_verify(cms, NULL, NULL, in, NULL, CMS_DETACHED | CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		die("verifying failed");
	BIO_free(in);
}

static long
work(bool verifying, int64_t until_ms)
{
	CMS_ContentInfo *cms = sign();
	unsigned char *der = NULL;
	int der_n = i2d_CMS_ContentInfo(cms, &der);
	long done = 0;

	for (; clock_mono_ms() < until_ms; done++) {
		const unsigned char *p = der;
		CMS_ContentInfo *one = verifying ? d2i_CMS_ContentInfo(NULL, &p, der_n) : sign();
		if (verifying) {
			verify(one);
		} else {
			unsigned char *out = NULL;
			if (i2d_CMS_ContentInfo(one, &out) <= 0)
				die("encoding failed");
			OPENSSL_free(out);
		}
		CMS_ContentInfo_free(one);
	}
	CMS_ContentInfo_free(cms);
	OPENSSL_free(der);
	return done;
}

/* The same on every core; each child tells its count through one pipe. */
static long
on_all_cores(bool verifying, int64_t seconds)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN), sum = 0, one;
	int64_t until_ms = clock_mono_ms() + seconds * 1000;
	int ends[2];

	if (pipe(ends) == -1)
		die("no pipe");
	for (long i = 0; i < cores && i < CORES_MAX; i++) {
		if (fork() == 0) {
			one = work(verifying, until_ms);
			_exit(write(ends[1], &one, sizeof(one)) == (ssize_t)sizeof(one) ? 0 : 1);
		}
	}
	close(ends[1]);
	while (read(ends[0], &one, sizeof(one)) == (ssize_t)sizeof(one))
		sum += one;
	close(ends[0]);
	while (wait(NULL) != -1)
		;
	return sum;
}

int
main(int argc, char **argv)
{
	uint64_t seconds;
	FILE *f;

	if (argc != 5 || str_u64(str_of(argv[1]), 3600, &seconds) == -1 || seconds == 0) {
		fprintf(stderr, "usage: cms SECONDS CERT.pem KEY.pem FILE\n");
		return 64;
	}
	if ((f = fopen(argv[2], "r")) == NULL || (cert = PEM_read_X509(f, NULL, NULL, NULL)) == NULL)
		die("no certificate");
	fclose(f);
	if ((f = fopen(argv[3], "r")) == NULL || (key = PEM_read_PrivateKey(f, NULL, NULL, NULL)) == NULL)
		die("no key");
	fclose(f);
	if ((f = fopen(argv[4], "r")) == NULL)
		die("no document");
	length = (int)fread(document, 1, sizeof(document), f);
	fclose(f);
	printf("sign %ld\n", on_all_cores(false, (int64_t)seconds) / (long)seconds);
	printf("verify %ld\n", on_all_cores(true, (int64_t)seconds) / (long)seconds);
	return 0;
}
