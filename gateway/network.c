/* SPDX-License-Identifier: ISC */
#include "gateway/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define V4_AT	  12		/* where an IPv4 address stands in the sixteen bytes */
#define TEXT_MAX  64

static const unsigned char v4_mapped[V4_AT] = { [10] = 0xff, [11] = 0xff };

static bool
is_v4(const struct address *a)
{
	return memcmp(a->b, v4_mapped, sizeof(v4_mapped)) == 0;
}

static bool
read_address(struct str text, struct address *out)
{
	char z[TEXT_MAX];

	if (text.n == 0 || text.n >= sizeof(z))
		return false;
	(void)snprintf(z, sizeof(z), STR_FMT, STR_ARG(text));
	memcpy(out->b, v4_mapped, sizeof(v4_mapped));
	return inet_pton(AF_INET, z, out->b + V4_AT) == 1 || inet_pton(AF_INET6, z, out->b) == 1;
}

static bool
bit(const struct address *a, unsigned int i)
{
	return (a->b[i / 8] >> (7 - i % 8) & 1) != 0;
}

int
network_read(struct str text, struct network *out, struct err *e)
{
	struct str rest = text, address;
	bool has_bits = str_cut(&rest, '/', &address);
	unsigned int base;
	uint64_t bits = 0;

	if (!read_address(address, &out->address))
		return err_set(e, ERR_CONFIG,
		    "\"" STR_FMT
		    "\" is no address or network, want e.g. 192.0.2.10, 192.0.2.0/24 or "
		    "2001:db8::/48",
		    STR_ARG(text));
	base = is_v4(&out->address) ? V4_AT * 8 : 0;
	if (has_bits && str_u64(rest, ADDRESS_BYTES * 8 - base, &bits) == -1)
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\": want /0 to /%u", STR_ARG(text),
		    ADDRESS_BYTES * 8 - base);
	out->bits = has_bits ? base + (unsigned int)bits : ADDRESS_BYTES * 8;
	for (unsigned int i = out->bits; i < ADDRESS_BYTES * 8; i++)
		if (bit(&out->address, i))
			return err_set(e, ERR_CONFIG,
			    "\"" STR_FMT "\": the address has bits that the network leaves open",
			    STR_ARG(text));
	return 0;
}

bool
network_has(const struct network *w, const struct address *a)
{
	unsigned int whole = w->bits / 8, left = w->bits % 8;

	if (memcmp(w->address.b, a->b, whole) != 0)
		return false;
	return left == 0 || (w->address.b[whole] ^ a->b[whole]) >> (8 - left) == 0;
}

bool
address_of(const struct sockaddr_storage *ss, struct address *out)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)ss;

	*out = (struct address){ { 0 } };
	if (ss->ss_family == AF_INET6) {
		memcpy(out->b, &in6->sin6_addr, ADDRESS_BYTES);
	} else if (ss->ss_family == AF_INET) {
		memcpy(out->b, v4_mapped, sizeof(v4_mapped));
		memcpy(out->b + V4_AT, &in4->sin_addr, 4);
	}
	return ss->ss_family == AF_INET || ss->ss_family == AF_INET6;
}

bool
address_is_loopback(const struct address *a)
{
	static const struct address v6 = { { [15] = 1 } };

	return is_v4(a) ? a->b[V4_AT] == 127 : memcmp(a->b, v6.b, ADDRESS_BYTES) == 0;
}

void
address_text(const struct address *a, char *out, size_t size)
{
	if (inet_ntop(is_v4(a) ? AF_INET : AF_INET6, is_v4(a) ? a->b + V4_AT : a->b, out,
	        (socklen_t)size) == NULL)
		(void)snprintf(out, size, "unknown");
}
