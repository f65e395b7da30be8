/* SPDX-License-Identifier: ISC */
#include "gateway/known.h"

#include "gateway/base/io.h"
#include "gateway/trust.h"
#include "spool/name.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define KNOWN_DIR_MODE	0750
#define KNOWN_FILE_MODE 0640
#define TRUST_PREFIX	"trust_"
#define TRUST_SUFFIX	".pem"

static struct str
place(struct arena *a, struct str partner, const char *name)
{
	return str_fmt(a, "spool/known/" STR_FMT "/%s", STR_ARG(partner), name);
}

static int
keep(struct arena *a, const struct conf *c, struct str partner, const char *name, struct str bytes,
    struct err *e)
{
	if (io_mkdirs(conf_path(a, c, place(a, partner, "").p), KNOWN_DIR_MODE, e) == -1)
		return -1;
	return io_replace_file(AT_FDCWD, conf_path(a, c, place(a, partner, name).p), bytes,
	    KNOWN_FILE_MODE, e);
}

/* ---- features ---- */

static const char *
features_path(struct arena *a, const struct conf *c, const struct partner *pt)
{
	return conf_path(a, c, place(a, pt->key, "features").p);
}

static const char *
old_features_path(struct arena *a, const struct conf *c, const struct partner *pt)
{
	return conf_path(a, c, str_fmt(a, "inbox/" STR_FMT "/.ediint-features", STR_ARG(pt->key)).p);
}

struct str
known_features(struct arena *a, const struct conf *c, const struct partner *pt)
{
	struct str list;

	if (io_read_file(a, AT_FDCWD, features_path(a, c, pt), KNOWN_FEATURES_MAX, &list, NULL) == -1 &&
	    io_read_file(a, AT_FDCWD, old_features_path(a, c, pt), KNOWN_FEATURES_MAX, &list, NULL) == -1)
		return S("");
	return str_trim(list);
}

int
known_note_features(struct arena *a, const struct conf *c, const struct partner *pt,
    struct str features, struct err *e)
{
	struct str before, now = str_cat(a, features, S("\n"));

	if (features.n == 0 || str_has_ctl(features) ||
	    (io_read_file(a, AT_FDCWD, features_path(a, c, pt), KNOWN_FEATURES_MAX, &before, NULL) == 0 &&
	        str_eq(before, now)))
		return 0;
	if (keep(a, c, pt->key, "features", now, e) == -1)
		return -1;
	(void)unlink(old_features_path(a, c, pt));
	return 0;
}

/* ---- authorities ---- */

static struct str
ulid_of(const struct dirent *de)
{
	struct str name = str_of(de->d_name);

	if (!str_starts(name, S(TRUST_PREFIX)) || !str_ends(name, S(TRUST_SUFFIX)))
		return S("");
	return str_sub(name, sizeof(TRUST_PREFIX) - 1, name.n - (sizeof(TRUST_PREFIX TRUST_SUFFIX) - 1));
}

static int
is_trust(const struct dirent *de)
{
	return ulid_is(ulid_of(de));
}

/* ULIDs go up with time, and their names with them. */
struct str
known_trust(struct arena *a, const struct conf *c, struct str partner, int64_t at_ms)
{
	struct dirent **files = NULL;
	int n = scandir(conf_path(a, c, place(a, partner, "").p), &files, is_trust, alphasort);
	struct str pem = S("");
	const char *name = NULL;

	for (int i = 0; i < n; i++)
		if (ulid_ms(ulid_of(files[i])) <= at_ms)
			name = files[i]->d_name;
	if (name != NULL)
		(void)io_read_file(a, AT_FDCWD, conf_path(a, c, place(a, partner, name).p), TRUST_PEM_MAX, &pem, NULL);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	return pem;
}

int
known_note_trust(struct arena *a, const struct conf *c, struct str partner, struct str pem,
    struct err *e)
{
	char ulid[ULID_MAX];

	if (str_eq(known_trust(a, c, partner, INT64_MAX), pem))
		return 0;
	ulid_new(ulid);
	return keep(a, c, partner, str_fmt(a, TRUST_PREFIX "%s" TRUST_SUFFIX, ulid).p, pem, e);
}
