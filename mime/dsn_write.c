/* SPDX-License-Identifier: ISC */
/* dsn_write.c - the fields of a delivery report of ours (RFC 3464, 2). */
#include "mime/dsn.h"
#include "mime/write.h"

static const char *const actions[] = { [DSN_FAILED] = "failed", [DSN_DELAYED] = "delayed", [DSN_DELIVERED] = "delivered",
	[DSN_RELAYED] = "relayed", [DSN_EXPANDED] = "expanded" };

/* "type; value" (RFC 3464, 2.1.2); left out when there is none. */
static int
put_typed(struct arena *a, struct buf *out, const char *name, const char *type, struct str value, struct err *e)
{
	if (value.n == 0)
		return 0;
	return write_field(out, name, str_fmt(a, "%s; " STR_FMT, type, STR_ARG(value)), e);
}

/* RFC 6533, 3: UTF-8 in fields that are ASCII. Nothing, when it is not well-formed. */
static struct str
ascii_form(struct arena *a, struct str utf8, struct err *e)
{
	struct buf b = BUF_CAP(8 * DSN_ADDRESS_MAX);
	struct str s = S("");
	int rc = 0;

	for (size_t i = 0, n; i < utf8.n && rc == 0; i += n) {
		unsigned int c = (unsigned char)utf8.p[i];

		n = str_utf8(str_from(utf8, i));
		if (n == 0) {
			rc = -1;
			break;
		}
		if (n == 1) {
			rc = buf_putc(&b, utf8.p[i], e);
			continue;
		}
		c &= 0x7fu >> n;
		for (size_t j = 1; j < n; j++)
			c = c << 6 | ((unsigned char)utf8.p[i + j] & 0x3fu);
		rc = buf_printf(&b, e, "\\x{%X}", c);
	}
	if (rc == 0)
		s = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return s;
}

static int
put_recipient(struct arena *a, const struct dsn_recipient *r, struct buf *out, struct err *e)
{
	struct str original = r->is_utf8 ? ascii_form(a, r->original, e) : r->original;

	if (r->action == DSN_UNKNOWN)
		return err_set(e, ERR_INPUT, "a delivery report without an action");
	if (buf_put(out, S("\r\n"), e) == -1 ||
	    put_typed(a, out, "Original-Recipient", r->is_utf8 ? "utf-8" : "rfc822", original, e) == -1 ||
	    put_typed(a, out, "Final-Recipient", "rfc822", r->final, e) == -1 ||
	    write_field(out, "Action", str_of(actions[r->action]), e) == -1 ||
	    write_field(out, "Status", r->status, e) == -1)
		return -1;
	return put_typed(a, out, "Diagnostic-Code", "x-edigate", r->diagnostic, e);
}

int
dsn_write(struct arena *a, const struct dsn *d, struct buf *out, struct err *e)
{
	if (put_typed(a, out, "Reporting-MTA", "dns", d->reporting_mta, e) == -1)
		return -1;
	if (d->envelope_id.n > 0 && write_field(out, "Original-Envelope-Id", d->envelope_id, e) == -1)
		return -1;
	if (d->arrival_date.n > 0 && write_field(out, "Arrival-Date", d->arrival_date, e) == -1)
		return -1;
	for (size_t i = 0; i < d->n; i++)
		if (put_recipient(a, &d->recipients[i], out, e) == -1)
			return -1;
	return 0;
}
