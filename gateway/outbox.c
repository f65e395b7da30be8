/* SPDX-License-Identifier: ISC */
#include "gateway/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_FIRST 256

struct outbox {
	struct outbox_folder **folders;		/* by name, ascending */
	size_t n_folders, folders_size;
	struct outbox_file **buckets;
	size_t n_buckets, n_files;		/* buckets: a power of two */
	struct outbox_file **queue;		/* a heap: the one due first on top */
	size_t n_queue, queue_size;
	uint64_t seq;
};

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

struct outbox *
outbox_new(void)
{
	struct outbox *o = must(calloc(1, sizeof(*o)));

	o->n_buckets = BUCKETS_FIRST;
	o->buckets = must(calloc(o->n_buckets, sizeof(struct outbox_file *)));
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n_folders; i++) {
		while (o->folders[i]->files != NULL)
			outbox_drop(o, o->folders[i]->files);
		free(o->folders[i]);
	}
	free(o->folders);
	free(o->buckets);
	free(o->queue);
	free(o);
}

bool
outbox_ignores(struct str name)
{
	static const struct str endings[] = {
		S_INIT("~"), S_INIT(".tmp"), S_INIT(".part"), S_INIT(".partial"), S_INIT(".filepart"),
		S_INIT(".crdownload"), S_INIT(".swp"), S_INIT(".lck"),
	};

	if (name.n == 0 || name.p[0] == '.')
		return true;
	for (size_t i = 0; i < N(endings); i++)
		if (name.n >= endings[i].n && str_eq_nocase(str_from(name, name.n - endings[i].n), endings[i]))
			return true;
	return false;
}

/* ---- folders ---- */

static size_t
folder_place(const struct outbox *o, struct str name, bool *there)
{
	size_t lo = 0, hi = o->n_folders;

	*there = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(str_of(o->folders[mid]->name), name);
		*there = *there || c == 0;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct outbox_folder *
outbox_folder(struct outbox *o, struct str name)
{
	bool there;
	size_t at = folder_place(o, name, &there);

	return there ? o->folders[at] : NULL;
}

struct outbox_folder *
outbox_folder_add(struct outbox *o, struct str name)
{
	struct outbox_folder *f;
	bool there;
	size_t at = folder_place(o, name, &there);

	if (there)
		return o->folders[at];
	if (o->n_folders == o->folders_size) {
		o->folders_size = o->folders_size == 0 ? 16 : o->folders_size * 2;
		o->folders = must(reallocarray(o->folders, o->folders_size, sizeof(struct outbox_folder *)));
	}
	f = must(calloc(1, sizeof(*f) + name.n + 1));
	if (name.n > 0)
		memcpy(f->name, name.p, name.n);
	memmove(o->folders + at + 1, o->folders + at, (o->n_folders++ - at) * sizeof(struct outbox_folder *));
	o->folders[at] = f;
	return f;
}

void
outbox_folder_drop(struct outbox *o, struct outbox_folder *f)
{
	bool there;
	size_t at = folder_place(o, str_of(f->name), &there);

	assert(there && f->files == NULL);
	memmove(o->folders + at, o->folders + at + 1, (--o->n_folders - at) * sizeof(struct outbox_folder *));
	free(f);
}

size_t
outbox_folders(const struct outbox *o)
{
	return o->n_folders;
}

struct outbox_folder *
outbox_folder_at(const struct outbox *o, size_t i)
{
	return o->folders[i];
}

/* ---- files, by folder and name ---- */

/* FNV-1a. Whoever can drop files here may as well drop millions: made-up collisions win nothing. */
static size_t
hash(const struct outbox *o, const struct outbox_folder *f, struct str name)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)(uintptr_t)f;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32) & (o->n_buckets - 1);
}

struct outbox_file *
outbox_find(struct outbox *o, const struct outbox_folder *f, struct str name)
{
	struct outbox_file *x = o->buckets[hash(o, f, name)];

	while (x != NULL && (x->folder != f || !str_eq(str_of(x->name), name)))
		x = x->chain;
	return x;
}

static void
more_buckets(struct outbox *o)
{
	struct outbox_file **old = o->buckets;
	size_t n = o->n_buckets;

	o->n_buckets *= 2;
	o->buckets = must(calloc(o->n_buckets, sizeof(struct outbox_file *)));
	for (size_t i = 0; i < n; i++)
		for (struct outbox_file *x = old[i], *next; x != NULL; x = next) {
			struct outbox_file **b = &o->buckets[hash(o, x->folder, str_of(x->name))];
			next = x->chain;
			x->chain = *b;
			*b = x;
		}
	free(old);
}

struct outbox_file *
outbox_add(struct outbox *o, struct outbox_folder *f, struct str name)
{
	struct outbox_file *x = outbox_find(o, f, name), **bucket;

	if (x != NULL)
		return x;
	if (o->n_files == o->n_buckets)
		more_buckets(o);
	x = must(calloc(1, sizeof(*x) + name.n + 1));
	memcpy(x->name, name.p, name.n);
	x->folder = f;
	x->due = OUTBOX_NEVER;
	x->next = f->files;
	if (f->files != NULL)
		f->files->prev = x;
	f->files = x;
	bucket = &o->buckets[hash(o, f, name)];
	x->chain = *bucket;
	*bucket = x;
	o->n_files++;
	return x;
}

void
outbox_drop(struct outbox *o, struct outbox_file *x)
{
	struct outbox_file **link = &o->buckets[hash(o, x->folder, str_of(x->name))];

	outbox_done(o, x);
	while (*link != x)
		link = &(*link)->chain;
	*link = x->chain;
	if (x->prev != NULL)
		x->prev->next = x->next;
	else
		x->folder->files = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	o->n_files--;
	free(x);
}

size_t
outbox_count(const struct outbox *o)
{
	return o->n_files;
}

/* ---- the queue ---- */

static bool
is_before(const struct outbox_file *a, const struct outbox_file *b)
{
	return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void
place(struct outbox *o, size_t at, struct outbox_file *x)
{
	o->queue[at] = x;
	x->place = at;
}

/* x belongs somewhere along the way from `at` to the top, or to the bottom. */
static void
settle(struct outbox *o, size_t at, struct outbox_file *x)
{
	while (at > 0 && is_before(x, o->queue[(at - 1) / 2])) {
		place(o, at, o->queue[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (size_t child; (child = at * 2 + 1) < o->n_queue; at = child) {
		if (child + 1 < o->n_queue && is_before(o->queue[child + 1], o->queue[child]))
			child++;
		if (!is_before(o->queue[child], x))
			break;
		place(o, at, o->queue[child]);
	}
	place(o, at, x);
}

void
outbox_look_at(struct outbox *o, struct outbox_file *x, int64_t due)
{
	if (x->due != OUTBOX_NEVER) {
		if (due < x->due) {
			x->due = due;
			settle(o, x->place, x);
		}
		return;
	}
	if (o->n_queue == o->queue_size) {
		o->queue_size = o->queue_size == 0 ? 64 : o->queue_size * 2;
		o->queue = must(reallocarray(o->queue, o->queue_size, sizeof(struct outbox_file *)));
	}
	x->due = due;
	x->seq = o->seq++;
	o->n_queue++;
	settle(o, o->n_queue - 1, x);
}

void
outbox_done(struct outbox *o, struct outbox_file *x)
{
	struct outbox_file *last;

	if (x->due == OUTBOX_NEVER)
		return;
	x->due = OUTBOX_NEVER;
	last = o->queue[--o->n_queue];
	if (last != x)
		settle(o, x->place, last);
}

struct outbox_file *
outbox_next(const struct outbox *o)
{
	return o->n_queue > 0 ? o->queue[0] : NULL;
}
