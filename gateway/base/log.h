/* SPDX-License-Identifier: ISC */
/*
 * log.h - one event, one line, on stderr (journald or a file behind it):
 *
 *   edigate-send[812]: info doc=1042 event=accepted peer=mx.acme.example code=250 ms=143
 *
 * The document's number is on every line that concerns one (0: none). Values are escaped, so a partner
 * cannot forge a line. LOG_ERROR: a person must act. LOG_WARN: put right, or tried again. LOG_INFO: one
 * line per step of a document, the audit trail. LOG_DEBUG: off unless EDIGATE_DEBUG is set.
 * Never content, never keys.
 */
#ifndef EDIGATE_BASE_LOG_H
#define EDIGATE_BASE_LOG_H

#include "gateway/base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_kv {
	const char *key;
	struct str s;
	int64_t i;
	bool is_int;
};
#define KS(k, str_)  ((struct log_kv){ .key = (k), .s = (str_) })
#define KC(k, cstr_) ((struct log_kv){ .key = (k), .s = str_of(cstr_) })
#define KI(k, int_)  ((struct log_kv){ .key = (k), .i = (int64_t)(int_), .is_int = true })

void log_open(const char *program);	/* once, first thing in main() */
void log_event(enum log_level level, int64_t doc, const char *event, const struct log_kv *kv,
    size_t n);

#define log_ev(level, doc, event, ...)                                                             \
	log_event((level), (doc), (event), (const struct log_kv[]){ __VA_ARGS__ },                 \
	    sizeof((const struct log_kv[]){ __VA_ARGS__ }) / sizeof(struct log_kv))

#endif
