/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/proxy.h"

#include <string.h>

/* Section 2.2 of the protocol's text. */
#define SIGNATURE   "\r\n\r\n\0\r\nQUIT\n"
#define VERSION	    0x20
#define COMMAND_LOCAL 0
#define COMMAND_PROXY 1
#define TCP_OVER_V4 0x11
#define TCP_OVER_V6 0x21
#define UNSPECIFIED 0x00
#define V4_BYTES    12		/* two addresses, two ports */
#define V6_BYTES    36
#define TYPE_CRC32C 0x03

static unsigned int
at(struct str s, size_t i)
{
	return (unsigned char)s.p[i];
}

static unsigned int
two(struct str s, size_t i)
{
	return at(s, i) << 8 | at(s, i + 1);
}

static uint32_t
four(struct str s, size_t i)
{
	return (uint32_t)two(s, i) << 16 | two(s, i + 2);
}

static bool
has_length(struct str in)
{
	return in.n >= PROXY_FIXED;
}

size_t
proxy_want(struct str in)
{
	return has_length(in) ? PROXY_FIXED + two(in, 14) : PROXY_FIXED;
}

/* CRC-32C (Castagnoli), over the header with the field itself as zeros. */
static uint32_t
crc32c(struct str in, size_t zero_from)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < in.n; i++) {
		crc ^= i >= zero_from && i < zero_from + 4 ? 0 : at(in, i);
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (0x82f63b78 & (0 - (crc & 1)));
	}
	return ~crc;
}

/* What follows the addresses: type, length, value; nothing of it is used, but it must be sound. */
static int
check_fields(struct str in, size_t i, struct err *e)
{
	while (i < in.n) {
		size_t n;

		if (in.n - i < 3 || (n = two(in, i + 1)) > in.n - i - 3)
			return err_set(e, ERR_INPUT,
			    "PROXY header: a field at byte %zu is longer than the header", i);
		if (at(in, i) == TYPE_CRC32C && n != 4)
			return err_set(e, ERR_INPUT, "PROXY header: a checksum of %zu bytes, want 4", n);
		if (at(in, i) == TYPE_CRC32C && crc32c(in, i + 3) != four(in, i + 3))
			return err_set(e, ERR_INPUT, "PROXY header: its checksum is wrong");
		i += 3 + n;
	}
	return 0;
}

static int
check_fixed(struct str in, struct err *e)
{
	size_t n = in.n < 12 ? in.n : 12;

	if (memcmp(in.p, SIGNATURE, n) != 0)
		return err_set(e, ERR_INPUT, "no PROXY header, version 2, in front");
	if (in.n > 12 && (at(in, 12) & 0xf0) != VERSION)
		return err_set(e, ERR_INPUT, "PROXY header of version %u, want 2", at(in, 12) >> 4);
	if (in.n > 12 && (at(in, 12) & 0x0f) > COMMAND_PROXY)
		return err_set(e, ERR_INPUT, "PROXY header: command %u, want 0 or 1", at(in, 12) & 0x0f);
	if (has_length(in) && proxy_want(in) > PROXY_MAX)
		return err_set(e, ERR_INPUT, "PROXY header of %zu bytes, at most %d",
		    proxy_want(in), PROXY_MAX);
	return 0;
}

static int
read_addresses(struct str in, struct proxy *out, struct err *e)
{
	unsigned int family = at(in, 13);
	size_t n = family == TCP_OVER_V6 ? V6_BYTES : V4_BYTES, one = family == TCP_OVER_V6 ? 16 : 4;

	if (family != TCP_OVER_V4 && family != TCP_OVER_V6)
		return err_set(e, ERR_INPUT, "PROXY header for 0x%02x, want TCP over IPv4 or IPv6", family);
	if (in.n - PROXY_FIXED < n)
		return err_set(e, ERR_INPUT, "PROXY header: %zu bytes of addresses, want %zu",
		    in.n - PROXY_FIXED, n);
	out->is_v6 = family == TCP_OVER_V6;
	memcpy(out->source, in.p + PROXY_FIXED, one);
	memcpy(out->target, in.p + PROXY_FIXED + one, one);
	out->source_port = two(in, PROXY_FIXED + 2 * one);
	out->target_port = two(in, PROXY_FIXED + 2 * one + 2);
	return check_fields(in, PROXY_FIXED + n, e);
}

int
proxy_read(struct str in, struct proxy *out, struct err *e)
{
	*out = (struct proxy){ 0 };
	if (check_fixed(in, e) == -1)
		return -1;
	if (!has_length(in) || in.n < proxy_want(in))
		return 0;
	/* A check of the balancer's own, or a client that it cannot name: what stands behind is to be left alone. */
	out->local = (at(in, 12) & 0x0f) == COMMAND_LOCAL || at(in, 13) == UNSPECIFIED;
	return out->local || read_addresses(in, out, e) == 0 ? 1 : -1;
}
