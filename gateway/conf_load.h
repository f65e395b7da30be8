/* SPDX-License-Identifier: ISC */
/* conf_load.h - between the conf_*.c files: the settings as they were given, with their places, beside struct conf. */
#ifndef EDIGATE_GATEWAY_CONF_LOAD_H
#define EDIGATE_GATEWAY_CONF_LOAD_H

#include "gateway/conf.h"

struct conf_place {
	const char *file;		/* "config.ini", "partners.d/acme.ini" */
	unsigned int line, col;
};

struct conf_given {			/* line 0: not given */
	struct str value;
	struct conf_place at;
};

/* One [partner "x"] as it was read. */
struct conf_entry {
	struct partner partner;
	struct conf_smtp route;
	struct conf_place at;		/* of its header */
	struct conf_given *given;	/* by place in the table */
};

struct conf_load {
	struct arena *a, *tmp;		/* tmp: for what ends with the load */
	struct conf *conf;
	conf_finding_fn *fn;
	void *arg;
	int errors;
	struct conf_given *given;	/* outside of partners, by place in the table */
	struct conf_entry *entries;	/* by key, ascending; partner i of conf is entry i */
	size_t n_entries, size;
};

/* Who is meant by an address or id: sorted by name, then detail. */
struct conf_index {
	size_t n;
	struct conf_name {
		struct str name;	/* address in lower case; interchange id */
		struct str detail;	/* qualifier of an id */
		size_t partner;		/* place in conf.partners */
	} v[];
};

/* Read everything; findings go to fn. conf_load_end() frees what is not the arena's. */
void conf_load(struct conf_load *l, struct arena *a, struct str home, struct conf *out,
    conf_finding_fn *fn, void *arg);
void conf_load_end(struct conf_load *l);

void conf_error(struct conf_load *l, struct conf_place at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
void conf_warn(struct conf_load *l, struct conf_place at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* A conf_finding_fn: keeps the first error in arg, a struct err with an empty text. */
void conf_keep_first(void *arg, bool is_error, const char *text);

/* The row of a key in the table; conf_n_settings: none. */
size_t conf_row(struct str section, struct str key);

/* Where key was given; in a partner e, else (e NULL) anywhere else. Not given: the section's place, or line 1. */
struct conf_place conf_where(const struct conf_load *l, const struct conf_entry *e,
    const char *section, const char *key);

/* What was left open is derived from what was given; findings where that contradicts itself. */
void conf_settle(struct conf_load *l);

/* Make the two indexes; an address or id of two partners is an error that names both. */
void conf_index_partners(struct conf_load *l);

/* Parse text into its field of base (a struct conf, partner or conf_smtp). ERR_CONFIG says what is wrong with it. */
int conf_value_set(struct arena *a, const struct conf *c, const struct setting *s, struct str text, void *base,
    struct err *e);

/* "none", or exceptions with their ends, into CONF_ALLOWS dates. */
int conf_allow_read(struct arena *a, struct str text, int64_t *until, struct err *e);
void conf_allow_check(struct conf_load *l, const struct conf_entry *e);

/* conf_pin.c: "cert:HEX" or "key:HEX", a SHA-256 in hexadecimal digits, colons between them or not; commas between. */
int conf_pins_read(struct arena *a, struct str text, struct conf_pins *out, struct err *e);

/* conf_host.c. A port 0: the system chooses one. */
bool conf_is_host(struct str s);
bool conf_is_loopback(struct str host);
int  conf_check_endpoint(struct str s, struct err *e);	/* host:port */
int  conf_check_address(struct str s, struct err *e);	/* of a mailbox: dot-string "@" domain, ASCII */
int  conf_check_server(struct str s, struct err *e);	/* host or host:port */

#endif
