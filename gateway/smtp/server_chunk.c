/* SPDX-License-Identifier: ISC */
/*
 * BDAT (RFC 3030): a mail in chunks of a size said before. What cannot be taken is read all the same, to the last octet
 * that was said, and refused then: whoever reads on earlier takes the inside of a mail for commands.
 */
#include "gateway/smtp/server_int.h"

#define CHUNK_SPARE (1u << 20)	/* over the limit of a mail, that a chunk which is not kept may have */

/* Read n octets that nobody wants, then say no. */
static void
swallow(struct smtp_server *s, const struct command *c, const char *no)
{
	if (c->size > s->opts->size_max + CHUNK_SPARE) {
		server_close(s, "552 5.3.4 that is far more than we take", "chunk");
		return;
	}
	s->chunk_no = no;
	s->chunk_left = c->size;
	s->phase = SV_CHUNK;
}

static void
begin(struct smtp_server *s, const struct command *c, int64_t now)
{
	s->chunk_left = c->size;
	s->chunk_last = c->is_last;
	s->chunk_no = NULL;
	s->phase = SV_CHUNK;
	server_count_from(s, now);
	if (c->size > s->opts->size_max || s->data.size + c->size > s->opts->size_max)
		swallow(s, c, "552 5.3.4 that is more than we take");
}

void
server_bdat(struct smtp_server *s, const struct command *c, int64_t now)
{
	if (c->size == 0 && !c->is_last && ++s->idle_commands > SMTP_SERVER_IDLE_MAX) {
		server_refuse(s, "450 4.7.0 enough of that");
		return;
	}
	if (s->stage != STAGE_CHUNK) {
		s->data = (struct data_in){ .is_binary = s->is_binary };
		s->spoilt = KEPT;
	}
	begin(s, c, now);
	if (s->stage != STAGE_CHUNK && s->phase == SV_CHUNK && s->chunk_no == NULL)
		s->asking = SERVER_BEGIN;
	s->stage = s->phase == SV_CHUNK ? STAGE_CHUNK : s->stage;
}

void
server_bdat_refuse(struct smtp_server *s, const struct command *c, const char *no, int64_t now)
{
	server_count_from(s, now);
	swallow(s, c, no);
}

void
server_chunk_begun(struct smtp_server *s, enum smtp_kept k)
{
	s->phase = SV_CHUNK;
	s->kept = k == KEPT;
	if (k != KEPT)
		s->chunk_no = server_no_file(k);
}

/* The last octet of a chunk is here. */
static enum smtp_server_act
end_of_chunk(struct smtp_server *s, int64_t now)
{
	const char *no = s->chunk_no;

	if (no == NULL && s->chunk_last)
		data_chunk_end(&s->data);
	if (no == NULL)
		no = server_data_refusal(s);
	s->deadline = now + server_patience(s);
	s->phase = SV_COMMAND;
	if (no != NULL) {
		if (s->chunk_last)
			server_say_for_others(s, no);
		server_reset(s);	/* what was kept is dropped before the next command */
		server_refuse(s, no);
	} else if (s->chunk_last) {
		s->phase = SV_ANSWER;
		s->asking = SERVER_END;
		s->deadline = INT64_MAX;
		return SERVER_END;
	} else {
		server_say(s, "250 2.0.0 chunk taken");
	}
	return SERVER_WAIT;
}

enum smtp_server_act
server_read_chunk(struct smtp_server *s, struct str *in, int64_t now)
{
	struct str piece = str_sub(*in, 0, s->chunk_left > in->n ? in->n : (size_t)s->chunk_left);

	if (s->chunk_left == 0)
		return end_of_chunk(s, now);
	if (piece.n == 0)
		return SERVER_WAIT;
	*in = str_from(*in, piece.n);
	s->chunk_left -= piece.n;
	s->came += piece.n;
	s->deadline = now + server_patience(s);
	if (s->chunk_no != NULL)
		return SERVER_WAIT;
	data_chunk(&s->data, piece);
	if (server_data_refusal(s) != NULL)
		return SERVER_WAIT;	/* refused at the end of the chunk */
	s->piece = piece;
	return SERVER_PIECE;
}
