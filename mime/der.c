/* SPDX-License-Identifier: ISC */
#include "mime/der.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 4096

void
der_clear(struct der *d)
{
	free(d->p);
	*d = (struct der){ 0 };
}

struct str
der_str(const struct der *d)
{
	return str_make(d->p == NULL ? NULL : d->p + d->at, d->size - d->at);
}

/* What goes in is our own and small: certificates, attributes, keys. */
static void
make_room(struct der *d, size_t n)
{
	size_t used = d->size - d->at, size = d->size == 0 ? FIRST_BYTES : d->size;
	char *p;

	if (d->at >= n)
		return;
	while (size - used < n)
		size *= 2;
	p = malloc(size);
	if (p == NULL)
		abort();
	if (used > 0)
		memcpy(p + size - used, d->p + d->at, used);
	free(d->p);
	*d = (struct der){ p, size, size - used, d->n };
}

void
der_put(struct der *d, struct str bytes)
{
	if (bytes.n == 0)
		return;
	make_room(d, bytes.n);
	d->at -= bytes.n;
	d->n += bytes.n;
	memcpy(d->p + d->at, bytes.p, bytes.n);
}

void
der_count(struct der *d, size_t n)
{
	assert(d->at == d->size);
	d->n += n;
}

/* X.690, 10.1: the shortest form. */
void
der_wrap(struct der *d, unsigned char tag, size_t mark)
{
	size_t length = d->n - mark, i;
	char head[2 + sizeof(length)];

	i = sizeof(head);
	if (length < 0x80) {
		head[--i] = (char)length;
	} else {
		for (; length > 0; length >>= 8)
			head[--i] = (char)(length & 0xff);
		size_t octets = sizeof(head) - i;
		head[--i] = (char)(0x80 | octets);
	}
	head[--i] = (char)tag;
	der_put(d, str_make(head + i, sizeof(head) - i));
}

void
der_element(struct der *d, unsigned char tag, struct str value)
{
	size_t mark = d->n;

	der_put(d, value);
	der_wrap(d, tag, mark);
}

void
der_uint(struct der *d, unsigned int n)
{
	size_t mark = d->n;
	char octet;

	do {
		octet = (char)(n & 0xff);
		der_put(d, str_make(&octet, 1));
		n >>= 8;
	} while (n > 0);
	if ((octet & 0x80) != 0)
		der_put(d, str_make("", 1));	/* its sign */
	der_wrap(d, BER_INTEGER, mark);
}

void
der_algorithm(struct der *d, struct str oid, bool null)
{
	size_t mark = d->n;

	if (null)
		der_element(d, BER_NULL, S(""));
	der_element(d, BER_OID, oid);
	der_wrap(d, BER_SEQUENCE, mark);
}
