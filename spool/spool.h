/* SPDX-License-Identifier: ISC */
/*
 * spool.h - messages as crash-safe files. Every file here is an ordinary RFC 5322 mail (or, under claimed/, the
 * document as it was dropped). A file appears under its final name only after its bytes are on disk, and the name is
 * on disk before spool_put_commit() returns. Nothing is ever overwritten.
 *
 *   spool/tmp/                  being written; what is left after a crash is swept at start
 *   spool/claimed/ULID~PARTNER/NAME   taken from the outbox by rename; the name kept byte for byte
 *   spool/arrived/ULID.eml      taken in (the 250 was given); the ledger has not yet said that it knows
 *   spool/in/ULID.eml           arrived and in the ledger
 *   spool/out/ULID.eml          transmissions: frozen, Message-ID and bytes for ever
 *   quarantine/ULID.eml, ULID.reason.txt
 */
#ifndef EDIGATE_SPOOL_SPOOL_H
#define EDIGATE_SPOOL_SPOOL_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"
#include "spool/name.h"

enum spool_box { SPOOL_ARRIVED, SPOOL_IN, SPOOL_OUT, SPOOL_QUARANTINE };

#define SPOOL_NAME_MAX (ULID_MAX + 16)	/* a ULID and the longest suffix */

struct spool;

/* Opens (and with create makes) the folders below home. */
int  spool_open(const char *home, bool create, struct spool **out, struct err *e);
void spool_close(struct spool *s);

/* What writers that are gone left in tmp/, and claims cut short. Safe at any time: whoever writes holds a lock. */
int  spool_sweep(struct spool *s, struct err *e);

/*
 * Writing one mail. put_write may be called often. After commit or drop the struct is empty again; a commit that
 * failed has dropped it. A ULID that the box already has is an error: nothing is overwritten.
 */
struct spool_put {
	int fd;
	char name[SPOOL_NAME_MAX];	/* ULID.eml, the name it will have */
	char tmp[ULID_MAX];		/* the name it has below spool/tmp until then */
	uint64_t size;
};
int  spool_put_open(struct spool *s, const char *ulid, struct spool_put *p, struct err *e);
int  spool_put_write(struct spool_put *p, struct str bytes, struct err *e);
int  spool_put_commit(struct spool *s, struct spool_put *p, enum spool_box box, struct err *e);	/* fsync file, link, fsync dir */
void spool_put_drop(struct spool *s, struct spool_put *p);
/* The same for many at once, so that sessions share the directory's fsync: sync each file, then _link each, then one _sync. */
int  spool_put_sync(struct spool_put *p, struct err *e);
int  spool_put_link(struct spool *s, struct spool_put *p, enum spool_box box, struct err *e);
int  spool_box_sync(struct spool *s, enum spool_box box, struct err *e);

/* A file below spool/tmp to write and read that has no name and ends with its descriptor; -1 with e. */
int  spool_scratch(struct spool *s, struct err *e);

/* Mapped read-only; end with io_unmap(). ERR_INPUT when it is not there or over max. */
int  spool_map(struct spool *s, enum spool_box box, const char *ulid, size_t max, struct str *out,
    struct err *e);
bool spool_has(struct spool *s, enum spool_box box, const char *ulid);
int  spool_move(struct spool *s, const char *ulid, enum spool_box from, enum spool_box to, struct err *e);	/* there already: fine; not synced */
int  spool_drop(struct spool *s, enum spool_box box, const char *ulid, struct err *e);		/* gone already: fine */
char *spool_path(struct arena *a, struct spool *s, enum spool_box box, const char *ulid);	/* relative to home */
int  spool_reason(struct spool *s, const char *ulid, struct str text, struct err *e);	/* quarantine/ULID.reason.txt */

/* Every ULID in a box, oldest first. Strings are the arena's. */
int  spool_list(struct arena *a, struct spool *s, enum spool_box box, struct str **ulids,
    size_t *n, struct err *e);

/* ---- documents taken from the outbox ---- */
struct claim {
	struct str ulid, partner, name;	/* name: any bytes but '/' and NUL */
	uint64_t size;
	int64_t changed_ns;		/* its last change (ctime), when it was looked at */
};
/*
 * Rename outbox/PARTNER/NAME (dirfd, name) into claimed/; its bytes and its new place are synced. ERR_INPUT: refused
 * (symlink, not a regular file, several links), with the reason. Another file system: copied, synced, then unlinked.
 * After an error the file is where it was, or spool_sweep() finishes the claim.
 */
int  claim_take(struct spool *s, int dirfd, const char *name, const char *ulid,
    const char *partner, struct err *e);
int  claim_list(struct arena *a, struct spool *s, struct claim **out, size_t *n, struct err *e);	/* oldest first */
int  claim_find(struct arena *a, struct spool *s, struct str ulid, struct claim *out, bool *found,
    struct err *e);
/* The same without looking through the folder, by who knows the partner. */
int  claim_get(struct arena *a, struct spool *s, struct str ulid, struct str partner,
    struct claim *out, bool *found, struct err *e);
int  claim_map(struct spool *s, const struct claim *c, size_t max, struct str *out, struct err *e);
/* Move the original to home/FOLDER ("sent", "failed"), never overwriting: "NAME", else "NAME~ID.EXT". Gone already: fine
 * (final is then empty). The name it got is in final (arena's). Not synced: claim_list() shows what a power cut undid. */
int  claim_settle(struct arena *a, struct spool *s, const struct claim *c, const char *folder,
    int64_t id, struct str *final, struct err *e);

#endif
