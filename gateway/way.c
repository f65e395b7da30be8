/* SPDX-License-Identifier: ISC */
#include "gateway/way.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "mime/as1.h"

/* Ours begin with the name that they have in the spool. */
static struct str
ulid_of(struct str message_id)
{
	struct str rest = str_trim(message_id), ulid;

	if (str_starts(rest, S("<")))
		rest = str_from(rest, 1);
	(void)str_cut(&rest, '@', &ulid);
	return ulid_is(ulid) ? ulid : S("");
}

const char *
way_of_receipt(struct arena *a, struct spool *s, struct room *room, struct str message_id,
    const struct mic *got)
{
	const struct str ulid = ulid_of(message_id);
	const char *way = "";
	struct map_store store;
	struct str mail;
	struct err e;

	if (got->alg == MIC_NONE || ulid.n == 0 || !spool_has(s, SPOOL_OUT, str_cstr(a, ulid)))
		return "";
	if (spool_map(s, SPOOL_OUT, str_cstr(a, ulid), WAY_MAIL_MAX, &mail, &e) == -1)
		return "";
	store = map_store(mail);
	if (as1_mic_way(a, span_store(&store.store), got, room, &way, &e) == -1) {
		log_ev(LOG_WARN, 0, "own-mail", KS("mail", ulid), KC("why", e.text));
		way = "";
	}
	io_unmap(mail);
	return way;
}
