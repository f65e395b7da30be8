/* SPDX-License-Identifier: ISC */
#include "gateway/gather.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURN_MS 50	/* work on files this long, then see to the channel and to signals */

/* ---- telling ---- */

static void
tell_waiting(struct gather *g, struct outbox_file *x, bool refused, const char *why)
{
	if (x->told && x->refused == refused && strcmp(x->why, why) == 0)
		return;
	x->told = true;
	x->refused = refused;
	(void)snprintf(x->why, sizeof(x->why), "%s", why);
	role_tell(g->role, &(struct msg){ .type = MSG_WAITING, .partner = str_of(x->folder->name), .name = str_of(x->name),
	    .text = str_of(x->why), .flag = refused });
}

/* Gone or claimed: nothing waits under that name any more. */
static void
forget(struct gather *g, struct outbox_file *x)
{
	if (x->told)
		role_tell(g->role, &(struct msg){ .type = MSG_WAITING_OVER, .partner = str_of(x->folder->name),
		    .name = str_of(x->name) });
	outbox_drop(g->box, x);
}

static void
forget_folder(struct gather *g, struct outbox_folder *f)
{
	if (g->dir_of == f)
		gather_rest(g);
	while (f->files != NULL)
		forget(g, f->files);
	outbox_folder_drop(g->box, f);
}

/* ---- one file ---- */

void
gather_rest(struct gather *g)
{
	io_close(&g->dir);
	g->dir_of = NULL;
}

static const char *
path_of(const struct gather *g, const struct outbox_folder *f)
{
	static char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", g->path, f->name);

	return n > 0 && (size_t)n < sizeof(path) ? path : g->path;
}

/* The folder f, open; -1 when it is gone. */
static int
open_dir(struct gather *g, struct outbox_folder *f)
{
	if (g->dir_of == f)
		return g->dir;
	gather_rest(g);
	g->dir = io_open_dir(AT_FDCWD, path_of(g, f), NULL);
	if (g->dir != -1)
		g->dir_of = f;
	return g->dir;
}

static void
claim(struct gather *g, struct outbox_file *x, int dir)
{
	char ulid[ULID_MAX];
	struct err e;

	ulid_new(ulid);
	if (claim_take(g->spool, dir, x->name, ulid, x->folder->name, &e) == -1) {
		log_ev(LOG_WARN, 0, "claim", KC("partner", x->folder->name), KC("file", x->name),
		    KC("why", e.text));
		tell_waiting(g, x, e.kind == ERR_INPUT, e.text);
		return;
	}
	role_tell(g->role,
	    &(struct msg){
	        .type = MSG_CLAIMED, .ulid = str_of(ulid), .partner = str_of(x->folder->name) });
	forget(g, x);
}

/* What lies beside the partners' folders is taken, too: the packer goes by the interchange's receiver. */
static bool
is_nobodys(const struct outbox_folder *f)
{
	return f->partner == NULL && !f->is_root;
}

static void
look(struct gather *g, struct outbox_file *x)
{
	struct ready_rules rules = { .settle_ms = g->role->conf.settle_ms, .remote = x->folder->remote,
		.mono_ms = clock_mono_ms(), .wall_ms = clock_wall_ms() };
	struct ready r = { .verdict = READY_GONE };
	int dir = open_dir(g, x->folder);

	outbox_done(g->box, x);
	if (dir != -1)
		ready_look(dir, x->name, &rules, &x->seen, &r);
	if (r.verdict != READY_GONE && is_nobodys(x->folder)) {
		tell_waiting(g, x, true, "no partner is named like this folder");
		return;
	}
	switch (r.verdict) {
	case READY_GONE:
		forget(g, x);
		break;
	case READY_LATER:
		if (r.why[0] != '\0')
			tell_waiting(g, x, false, r.why);
		outbox_look_at(g->box, x, rules.mono_ms + r.later_ms);
		break;
	case READY_WAITING:
	case READY_REFUSED:
		tell_waiting(g, x, r.verdict == READY_REFUSED, r.why);
		break;
	case READY_YES:
		claim(g, x, dir);
		break;
	}
}

void
gather_work(struct gather *g)
{
	int64_t begin = clock_mono_ms(), now = begin;
	struct outbox_file *x;

	while ((x = outbox_next(g->box)) != NULL && x->due <= now && now - begin < TURN_MS &&
	    !g->role->stopping) {
		look(g, x);
		now = clock_mono_ms();
	}
}

int64_t
gather_due(const struct gather *g)
{
	const struct outbox_file *x = outbox_next(g->box);

	return x == NULL ? OUTBOX_NEVER : x->due;
}

/* ---- what is there ---- */

void
gather_file(struct gather *g, struct outbox_folder *f, const char *name, bool renamed, int64_t due)
{
	struct outbox_file *x;

	if (outbox_ignores(str_of(name)))
		return;
	x = outbox_add(g->box, f, str_of(name));
	x->pass = g->pass;
	if (renamed)
		x->seen = (struct ready_memory){ .renamed = true };
	outbox_look_at(g->box, x, due);
}

struct outbox_folder *
gather_entry(struct gather *g, const char *name)
{
	int root = open_dir(g, g->root);
	struct outbox_folder *f;
	struct stat st;

	if (name[0] == '.' || root == -1)
		return NULL;
	if (fstatat(root, name, &st, 0) == -1 || !S_ISDIR(st.st_mode)) {
		gather_file(g, g->root, name, false, clock_mono_ms());
		return NULL;
	}
	f = outbox_folder_add(g->box, str_of(name));
	f->partner = partner_by_key(&g->role->conf, str_of(name));
	f->pass = g->pass;
	return f;
}

/* Watch first, then read: what comes in between is seen twice, never missed. */
static DIR *
begin_scan(struct gather *g, struct outbox_folder *f)
{
	int dir = open_dir(g, f), fd;
	struct stat st;
	DIR *d;

	if (dir == -1 || fstat(dir, &st) == -1)
		return NULL;
	if (!f->watched || f->device != st.st_dev || f->inode != st.st_ino) {
		f->device = st.st_dev;
		f->inode = st.st_ino;
		f->remote = ready_is_remote(dir);
		f->watched = g->watch != NULL && g->watch(f, path_of(g, f));
	}
	fd = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	d = fd == -1 ? NULL : fdopendir(fd);
	if (d == NULL)
		io_close(&fd);
	else
		rewinddir(d);	/* the two descriptors share their place */
	return d;
}

/* What was known and not seen now is most likely gone: look() finds out. */
static void
look_for_missing(struct gather *g, struct outbox_folder *f)
{
	int64_t now = clock_mono_ms();

	for (struct outbox_file *x = f->files; x != NULL; x = x->next)
		if (x->pass != g->pass)
			outbox_look_at(g->box, x, now);
}

void
gather_scan_folder(struct gather *g, struct outbox_folder *f)
{
	DIR *d = begin_scan(g, f);
	int64_t now = clock_mono_ms();

	if (d == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		gather_file(g, f, entry->d_name, false, now);
	(void)closedir(d);
	look_for_missing(g, f);
}

/* Every partner has a folder, with the rights that the operator gave outbox/ itself. */
static void
make_folders(struct gather *g)
{
	const struct conf *c = &g->role->conf;
	int root = open_dir(g, g->root);
	struct stat st;

	if (root == -1 || fstat(root, &st) == -1)
		return;
	for (size_t i = 0; i < c->n_partners; i++) {
		const struct outbox_folder *f = outbox_folder(g->box, c->partners[i].key);
		char name[NAME_MAX + 1];

		if (f != NULL && f->pass + 1 >= g->pass)
			continue;	/* it was there at the last scan */
		(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(c->partners[i].key));
		if (mkdirat(root, name, 0700) == 0 && fchmodat(root, name, st.st_mode & 07777, 0) == 0)
			continue;
		if (errno != EEXIST)
			log_ev(LOG_ERROR, 0, "mkdir", KC("folder", name), KC("why", strerror(errno)));
	}
}

static void
scan_root(struct gather *g)
{
	DIR *d = begin_scan(g, g->root);

	if (d == NULL) {
		log_ev(LOG_ERROR, 0, "no-outbox", KC("folder", g->path), KC("why", strerror(errno)));
		return;
	}
	make_folders(g);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		(void)gather_entry(g, entry->d_name);
	(void)closedir(d);
	look_for_missing(g, g->root);
}

void
gather_scan(struct gather *g)
{
	g->pass++;
	g->root->pass = g->pass;
	scan_root(g);
	for (size_t i = outbox_folders(g->box); i-- > 0;) {
		struct outbox_folder *f = outbox_folder_at(g->box, i);
		if (f->pass != g->pass)
			forget_folder(g, f);
		else if (!f->is_root)
			gather_scan_folder(g, f);
	}
}

int
gather_open(struct gather *g, struct role *r, struct err *e)
{
	struct str home = r->conf.home;
	const char *path = conf_path(r->arena, &r->conf, "outbox");

	*g = (struct gather){ .role = r, .dir = -1, .box = outbox_new() };
	if (snprintf(g->path, sizeof(g->path), "%s", path) >= (int)sizeof(g->path))
		return err_set(e, ERR_CONFIG, "%s: is too long for a path", path);
	g->root = outbox_folder_add(g->box, S(""));
	g->root->is_root = true;
	if (io_mkdirs(g->path, 0770, e) == -1)
		return -1;
	return spool_open(str_cstr(r->arena, home), false, &g->spool, e);
}

void
gather_close(struct gather *g)
{
	gather_rest(g);
	spool_close(g->spool);
	outbox_free(g->box);
}
