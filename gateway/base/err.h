/* SPDX-License-Identifier: ISC */
/*
 * err.h - what went wrong, as a decision and a sentence.
 *
 * A function that can fail returns 0 or -1 and takes a struct err last. err_set() and err_add()
 * return -1, so failing is one line. The text is lower case, has no full stop, says what was
 * found and what was wanted. The layer that knows a name adds it, once: "partner 'acme': ...".
 */
#ifndef EDIGATE_BASE_ERR_H
#define EDIGATE_BASE_ERR_H

enum err_kind {
	ERR_INPUT = 1,	/* their bytes are wrong: refuse, keep the original, never retry */
	ERR_RETRY,	/* may pass later: network, lock, disk full */
	ERR_CONFIG,	/* the operator must act */
};

#define ERR_TEXT_MAX 400

/* Allocates nothing: works when memory is gone. */
struct err {
	enum err_kind kind;
	const char *code;		/* "E-SMTP-AUTH", a string constant; NULL when there is none */
	char text[ERR_TEXT_MAX];	/* printable: bytes from outside are escaped by err_set */
};

/* Replace e. A NULL e is allowed and ignored. Both return -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "text: " before what e says. */
int err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* err_set() with strerror(errno) behind the text; the kind is ERR_RETRY. A full disk and missing rights have a code. */
int err_errno(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Give e its stable code: return err_code(err_set(e, ...), e, "E-..."). Returns rc. */
int err_code(int rc, struct err *e, const char *code);

#endif
