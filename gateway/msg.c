/* SPDX-License-Identifier: ISC */
/*
 * On the wire a message is its fields in the order of fields[] below, numbers as eight bytes and strings as a
 * length of four bytes and their bytes, big-endian; booleans are a byte of 0 or 1. Nothing is copied from a
 * struct's memory, and nothing may be left over.
 */
#include "gateway/msg.h"

#include "gateway/base/ipc.h"


#include <string.h>

enum field_type { F_I64, F_U64, F_UINT, F_BOOL, F_STR };

#define FIELDS(X)                                                                                  \
	X(JOB, job, F_I64)                                                                         \
	X(ID, id, F_I64)                                                                           \
	X(SIZE, size, F_U64)                                                                       \
	X(COUNT, count, F_U64)                                                                     \
	X(CODE, code, F_UINT)                                                                      \
	X(FLAG, flag, F_BOOL)                                                                      \
	X(FLAG2, flag2, F_BOOL)                                                                    \
	X(ULID, ulid, F_STR)                                                                       \
	X(ULID2, ulid2, F_STR)                                                                     \
	X(NAME, name, F_STR)                                                                       \
	X(PARTNER, partner, F_STR)                                                                 \
	X(WORD, word, F_STR)                                                                       \
	X(TEXT, text, F_STR)                                                                       \
	X(FORMAT, format, F_STR)                                                                   \
	X(DOC_TYPE, doc_type, F_STR)                                                               \
	X(NUMBER, number, F_STR)                                                                   \
	X(EDI_SENDER, edi_sender, F_STR)                                                           \
	X(EDI_RECEIVER, edi_receiver, F_STR)                                                       \
	X(CONTROL, control, F_STR)                                                                 \
	X(VERSION, version, F_STR)                                                                 \
	X(SHA256, sha256, F_STR)                                                                   \
	X(MEDIA_TYPE, media_type, F_STR)                                                           \
	X(MESSAGE_ID, message_id, F_STR)                                                           \
	X(SENDER, sender, F_STR)                                                                   \
	X(RECIPIENT, recipient, F_STR)                                                             \
	X(ENVID, envid, F_STR)                                                                     \
	X(MIC, mic, F_STR)                                                                         \
	X(SUBJECT, subject, F_STR)                                                                 \
	X(SHA256_MAIL, sha256_mail, F_STR)                                                         \
	X(ENHANCED, enhanced, F_STR)                                                               \
	X(PEER, peer, F_STR)                                                                       \
	X(TLS, tls, F_STR)                                                                         \
	X(PROOF, proof, F_STR)                                                                     \
	X(VERDICT, verdict, F_STR)                                                                 \
	X(MODIFIER, modifier, F_STR)                                                               \
	X(TRANSCRIPT, transcript, F_STR)

enum field_index {
#define X(name, member, type) I_##name,
	FIELDS(X)
#undef X
	FIELD_COUNT,
};

#define B(name) ((uint64_t)1 << I_##name)

static const struct field {
	enum field_type type;
	size_t offset;
} fields[FIELD_COUNT] = {
#define X(name, member, type) [I_##name] = { type, offsetof(struct msg, member) },
	FIELDS(X)
#undef X
};

/* What is known of a document's envelope. */
#define FACTS                                                                                      \
	(B(FORMAT) | B(DOC_TYPE) | B(NUMBER) | B(EDI_SENDER) | B(EDI_RECEIVER) | B(CONTROL) |      \
	 B(VERSION) | B(SHA256) | B(SIZE) | B(FLAG2))

static const struct row {
	const char *name;
	unsigned int from, to;		/* enum msg_who bits */
	uint64_t fields;
} rows[MSG_COUNT] = {
	[MSG_PEER]         = { "peer",         WHO_SUPERVISOR, WHO_LEDGER | WHO_LISTEN, B(NAME) },
	[MSG_RETIRE]       = { "retire",       WHO_SUPERVISOR, WHO_LISTEN, 0 },

	[MSG_CLAIMED]      = { "claimed",      WHO_WATCH, WHO_LEDGER, B(ULID) | B(PARTNER) },
	[MSG_WAITING]      = { "waiting",      WHO_WATCH, WHO_LEDGER, B(PARTNER) | B(NAME) | B(TEXT) | B(FLAG) },
	[MSG_WAITING_OVER] = { "waiting-over", WHO_WATCH, WHO_LEDGER, B(PARTNER) | B(NAME) },
	[MSG_ARRIVED]      = { "arrived",      WHO_LISTEN, WHO_LEDGER, B(ULID) },
	[MSG_READY]        = { "ready",        WHO_PACK | WHO_UNPACK | WHO_SEND | WHO_HOOK, WHO_LEDGER, B(COUNT) },
	[MSG_PACKED]       = { "packed",       WHO_PACK, WHO_LEDGER, B(JOB) | FACTS | B(ULID2) | B(MESSAGE_ID) |
	                       B(SENDER) | B(RECIPIENT) | B(ENVID) | B(MIC) | B(FLAG) | B(COUNT) | B(SHA256_MAIL) |
	                       B(SUBJECT) | B(PARTNER) | B(TEXT) | B(WORD) },
	[MSG_COLLECTED]    = { "collected",    WHO_PACK, WHO_LEDGER, B(JOB) | FACTS | B(PARTNER) | B(NAME) | B(COUNT) | B(ID) | B(FLAG) },
	[MSG_SET_ASIDE]    = { "set-aside",    WHO_PACK, WHO_LEDGER, B(JOB) | FACTS | B(WORD) | B(TEXT) },
	[MSG_MESSAGE]      = { "message",      WHO_PACK | WHO_UNPACK, WHO_LEDGER, B(JOB) | B(COUNT) | B(DOC_TYPE) |
	                       B(VERSION) | B(CONTROL) | B(NAME) | B(NUMBER) | B(ID) },
	[MSG_FINDING]      = { "finding",      WHO_PACK | WHO_UNPACK, WHO_LEDGER, B(JOB) | B(ID) | B(WORD) | B(NAME) | B(TEXT) },
	[MSG_OPENED]       = { "opened",       WHO_UNPACK, WHO_LEDGER, B(JOB) | FACTS | B(ID) | B(NAME) | B(PROOF) | B(TEXT) |
	                       B(MEDIA_TYPE) | B(WORD) | B(VERDICT) | B(FLAG) },
	[MSG_UNPACKED]     = { "unpacked",     WHO_UNPACK, WHO_LEDGER, B(JOB) | B(PARTNER) | B(WORD) | B(TEXT) | B(VERDICT) |
	                       B(MODIFIER) | B(MESSAGE_ID) | B(SUBJECT) | B(MIC) | B(COUNT) | B(FLAG) | B(FLAG2) | B(SENDER) | B(PEER) |
	                       B(SIZE) | B(SHA256_MAIL) },
	[MSG_MDN]          = { "mdn",          WHO_UNPACK, WHO_LEDGER, B(JOB) | B(PARTNER) | B(FLAG) | B(MESSAGE_ID) | B(WORD) |
	                       B(NAME) | B(TEXT) | B(MIC) | B(PEER) | B(VERDICT) | B(RECIPIENT) },
	[MSG_ASKED]        = { "asked",        WHO_UNPACK, WHO_LEDGER, B(JOB) | B(WORD) | B(TEXT) },
	[MSG_DSN]          = { "dsn",          WHO_UNPACK, WHO_LEDGER, B(JOB) | B(ENVID) | B(MESSAGE_ID) | B(WORD) | B(ENHANCED) |
	                       B(RECIPIENT) | B(FLAG) | B(PEER) | B(TEXT) },
	[MSG_ACK]          = { "ack",          WHO_UNPACK, WHO_LEDGER, B(JOB) | B(ID) | B(WORD) | B(CONTROL) | B(NAME) | B(NUMBER) |
	                       B(DOC_TYPE) | B(FORMAT) | B(TEXT) | B(COUNT) },
	[MSG_ACK_MESSAGE]  = { "ack-message",  WHO_UNPACK, WHO_LEDGER, B(JOB) | B(ID) | B(COUNT) | B(WORD) | B(NAME) | B(CONTROL) |
	                       B(TEXT) },
	[MSG_ACK_DUE]      = { "ack-due",      WHO_UNPACK, WHO_LEDGER, B(JOB) | B(ID) | B(COUNT) | B(SIZE) | B(WORD) | B(TEXT) },
	[MSG_JOB_FAILED]   = { "job-failed",   WHO_PACK | WHO_UNPACK, WHO_LEDGER, B(JOB) | B(TEXT) },
	[MSG_COMMITTING]   = { "committing",   WHO_SEND, WHO_LEDGER, B(JOB) | B(PEER) | B(TLS) | B(TRANSCRIPT) },
	[MSG_HOOKED]       = { "hooked",       WHO_HOOK, WHO_LEDGER, B(JOB) | B(FLAG) | B(TEXT) },
	[MSG_SENT]         = { "sent",         WHO_SEND, WHO_LEDGER, B(JOB) | B(WORD) | B(CODE) | B(ENHANCED) | B(TEXT) |
	                       B(PEER) | B(TLS) | B(TRANSCRIPT) | B(COUNT) },

	[MSG_JOB_PACK]     = { "job-pack",     WHO_LEDGER, WHO_PACK, B(JOB) | B(ULID) | B(PARTNER) | B(ULID2) | B(ID) |
	                       B(WORD) | B(TEXT) | B(NAME) | B(FORMAT) | B(COUNT) | B(SIZE) | B(FLAG) },
	[MSG_JOB_RECEIPT]  = { "job-receipt",  WHO_LEDGER, WHO_PACK, B(JOB) | B(ULID) | B(PARTNER) | B(ULID2) | B(WORD) |
	                       B(TEXT) | B(MIC) | B(MESSAGE_ID) | B(FLAG) | B(NAME) | B(ID) },
	[MSG_JOB_REPORT]   = { "job-report",   WHO_LEDGER, WHO_PACK, B(JOB) | B(ULID) | B(PARTNER) | B(ULID2) | B(WORD) |
	                       B(TEXT) | B(MESSAGE_ID) },
	[MSG_JOB_UNPACK]   = { "job-unpack",   WHO_LEDGER, WHO_UNPACK, B(JOB) | B(ULID) | B(ID) },
	[MSG_JOB_SEND]     = { "job-send",     WHO_LEDGER, WHO_SEND, B(JOB) | B(ULID) | B(PARTNER) | B(SENDER) | B(RECIPIENT) |
	                       B(ENVID) | B(SIZE) | B(FLAG) | B(FLAG2) | B(ID) | B(WORD) },
	[MSG_JOB_HOOK]     = { "job-hook",     WHO_LEDGER, WHO_HOOK, B(JOB) | B(ID) | B(WORD) | B(NAME) | B(TEXT) },
	[MSG_GO]           = { "go",           WHO_LEDGER, WHO_SEND, B(JOB) | B(FLAG) },
	[MSG_RESCAN]       = { "rescan",       WHO_LEDGER, WHO_WATCH, 0 },

	[MSG_CTL_ACT]      = { "act",          WHO_CLI, WHO_LEDGER, B(WORD) | B(ID) | B(TEXT) },
	[MSG_CTL_ARRIVED]  = { "ctl-arrived",  WHO_CLI, WHO_LEDGER, B(ULID) },
	[MSG_CTL_RESCAN]   = { "ctl-rescan",   WHO_CLI, WHO_LEDGER, 0 },
	[MSG_CTL_PING]     = { "ping",         WHO_CLI, WHO_LEDGER, 0 },
	[MSG_CTL_REBUILD]  = { "rebuild",      WHO_CLI, WHO_LEDGER, B(ID) },
	[MSG_CTL_ANSWER]   = { "answer",       WHO_LEDGER, WHO_CLI, B(FLAG) | B(CODE) | B(ID) | B(TEXT) },
};

static const struct {
	const char *name;
	enum msg_who who;
} whos[] = {
	{ "supervisor", WHO_SUPERVISOR }, { "ledger", WHO_LEDGER }, { "watch", WHO_WATCH }, { "pack", WHO_PACK },
	{ "send", WHO_SEND }, { "listen", WHO_LISTEN }, { "unpack", WHO_UNPACK }, { "cli", WHO_CLI }, { "hook", WHO_HOOK },
};

static void
put_number(unsigned char *p, size_t n, uint64_t v)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		p[i] = (unsigned char)(v & 0xff);
}

static uint64_t
get_number(struct str s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

static int
put_field(const struct field *f, const char *at, struct buf *out, struct err *e)
{
	unsigned char bytes[8];
	size_t n = 8;
	struct str s;

	switch (f->type) {
	case F_I64:
		put_number(bytes, 8, (uint64_t)*(const int64_t *)(const void *)at);
		break;
	case F_U64:
		put_number(bytes, 8, *(const uint64_t *)(const void *)at);
		break;
	case F_UINT:
		put_number(bytes, 8, *(const unsigned int *)(const void *)at);
		break;
	case F_BOOL:
		bytes[0] = *(const bool *)at;
		n = 1;
		break;
	case F_STR:
		s = *(const struct str *)(const void *)at;
		if (s.n > IPC_FRAME_MAX)
			return err_set(e, ERR_INPUT, "a field of %zu bytes", s.n);
		put_number(bytes, 4, s.n);
		if (buf_put(out, str_make((const char *)bytes, 4), e) == -1)
			return -1;
		return buf_put(out, s, e);
	}
	return buf_put(out, str_make((const char *)bytes, n), e);
}

/* Cut n bytes off in. */
static bool
take(struct str *in, size_t n, struct str *out)
{
	if (in->n < n)
		return false;
	*out = str_sub(*in, 0, n);
	*in = str_from(*in, n);
	return true;
}

static bool
get_field(const struct field *f, struct str *in, char *at)
{
	struct str s;
	uint64_t v;

	if (f->type == F_STR) {
		if (!take(in, 4, &s))
			return false;
		return take(in, (size_t)get_number(s), (struct str *)(void *)at);
	}
	if (!take(in, f->type == F_BOOL ? 1 : 8, &s))
		return false;
	v = get_number(s);
	switch (f->type) {
	case F_I64:
		*(int64_t *)(void *)at = (int64_t)v;
		return true;
	case F_U64:
		*(uint64_t *)(void *)at = v;
		return true;
	case F_UINT:
		*(unsigned int *)(void *)at = (unsigned int)v;
		return v <= UINT32_MAX;
	case F_BOOL:
		*(bool *)at = v == 1;
		return v <= 1;
	case F_STR:
		break;
	}
	return false;
}

const char *
msg_name(enum msg_type t)
{
	return (unsigned int)t < MSG_COUNT && rows[t].name != NULL ? rows[t].name : "?";
}

enum msg_who
msg_who_of(const char *role_name)
{
	for (size_t i = 0; i < N(whos); i++)
		if (strcmp(whos[i].name, role_name) == 0)
			return whos[i].who;
	return (enum msg_who)0;
}

void
msg_dup(struct arena *a, const struct msg *m, struct msg *out)
{
	*out = *m;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (fields[i].type == F_STR) {
			struct str *s = (struct str *)(void *)((char *)out + fields[i].offset);
			*s = str_dup(a, *s);
		}
}

int
msg_encode(const struct msg *m, struct buf *out, struct err *e)
{
	const struct row *row = &rows[m->type];

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if ((row->fields >> i & 1) != 0 &&
		    put_field(&fields[i], (const char *)m + fields[i].offset, out, e) == -1)
			return err_add(e, "message '%s'", row->name);
	return 0;
}

int
msg_decode(uint16_t type, struct str payload, enum msg_who from, enum msg_who to, struct msg *out,
    struct err *e)
{
	const struct row *row;

	if (type >= MSG_COUNT || rows[type].name == NULL)
		return err_set(e, ERR_INPUT, "no message has the type %u", type);
	row = &rows[type];
	if ((row->from & (unsigned int)from) == 0 || (row->to & (unsigned int)to) == 0)
		return err_set(e, ERR_INPUT, "message '%s' is not theirs to send", row->name);
	*out = (struct msg){ .type = (enum msg_type)type };
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if ((row->fields >> i & 1) != 0 &&
		    !get_field(&fields[i], &payload, (char *)out + fields[i].offset))
			return err_set(e, ERR_INPUT, "message '%s' is cut short", row->name);
	if (payload.n > 0)
		return err_set(e, ERR_INPUT, "message '%s' has %zu bytes left over", row->name, payload.n);
	return 0;
}
