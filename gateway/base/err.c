/* SPDX-License-Identifier: ISC */
#include "gateway/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Texts quote bytes that strangers sent; they end in logs, terminals and status files. Control
 * bytes become '?', so no text can forge a line or drive a terminal.
 */
static void
make_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	e->kind = kind;
	e->code = NULL;
	va_start(ap, fmt);
	(void)vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	make_printable(e->text);
	return -1;
}

int
err_add(struct err *e, const char *fmt, ...)
{
	char inner[ERR_TEXT_MAX];
	va_list ap;
	size_t at, left;
	int n;

	if (e == NULL)
		return -1;
	memcpy(inner, e->text, sizeof(inner));
	va_start(ap, fmt);
	n = vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	at = n < 0 ? 0 : (size_t)n;
	if (at + 2 < sizeof(e->text)) {
		left = strnlen(inner, sizeof(e->text) - at - 3);
		memcpy(e->text + at, ": ", 2);
		memcpy(e->text + at + 2, inner, left);
		e->text[at + 2 + left] = '\0';
	}
	make_printable(e->text);
	return -1;
}

int
err_code(int rc, struct err *e, const char *code)
{
	if (e != NULL)
		e->code = code;
	return rc;
}

/* What the operator can do something about has a code of its own, wherever it happens. */
static const char *
code_of(int why)
{
	switch (why) {
	case ENOSPC:
	case EDQUOT:
		return "E-DISK-FULL";
	case EACCES:
	case EPERM:
	case EROFS:
		return "E-PERMISSION";
	default:
		return NULL;
	}
}

int
err_errno(struct err *e, const char *fmt, ...)
{
	int why = errno;
	char head[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	return err_code(err_set(e, ERR_RETRY, "%s: %s", head, strerror(why)), e, code_of(why));
}
