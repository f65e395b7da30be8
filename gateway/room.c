/* SPDX-License-Identifier: ISC */
#include "gateway/room.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/base/io.h"

struct file_store {
	struct store store;
	struct file_store *next;
	struct spool *spool;
	struct buf bytes;	/* all of it; once there is a file, a window of that */
	int fd;			/* -1: in memory */
};

/* It has become too large for memory. */
static int
move_to_file(struct file_store *s, struct err *e)
{
	s->fd = spool_scratch(s->spool, e);
	if (s->fd == -1 || io_write_all(s->fd, buf_str(&s->bytes), e) == -1)
		return -1;
	buf_cut(&s->bytes, 0);
	return 0;
}

static int
file_put(struct store *store, struct str piece, struct err *e)
{
	struct file_store *s = (struct file_store *)store;
	int rc;

	if (s->fd == -1 && piece.n > ROOM_MEMORY_MAX - s->bytes.n && move_to_file(s, e) == -1)
		return err_add(e, "spool/tmp");
	rc = s->fd == -1 ? buf_put(&s->bytes, piece, e) : io_write_all(s->fd, piece, e);
	if (rc == 0)
		store->size += piece.n;
	return rc;
}

static int
file_get(struct store *store, uint64_t at, struct str *piece, struct err *e)
{
	struct file_store *s = (struct file_store *)store;
	char *to;
	ssize_t n;

	if (s->fd == -1) {
		*piece = str_from(buf_str(&s->bytes), (size_t)at);
		return 0;
	}
	buf_cut(&s->bytes, 0);
	to = buf_room(&s->bytes, ROOM_WINDOW, e);
	if (to == NULL)
		return -1;
	do {
		n = pread(s->fd, to, ROOM_WINDOW, (off_t)at);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_errno(e, "reading a file below spool/tmp");
	*piece = str_make(to, (size_t)n);
	return 0;
}

static struct store *
room_open(struct room *room, struct err *e)
{
	struct file_room *r = (struct file_room *)room;
	struct file_store *s = calloc(1, sizeof(*s));

	(void)e;
	if (s == NULL)
		abort();
	*s = (struct file_store){ .store = { file_put, file_get, 0 }, .next = r->stores, .spool = r->spool,
		.bytes = BUF_CAP(ROOM_MEMORY_MAX), .fd = -1 };
	r->stores = s;
	return &s->store;
}

_Static_assert(ROOM_WINDOW <= ROOM_MEMORY_MAX, "a window lies where the memory was");

void
file_room_init(struct file_room *r, struct spool *s)
{
	*r = (struct file_room){ .room = { room_open }, .spool = s };
}

void
file_room_clear(struct file_room *r)
{
	for (struct file_store *s = r->stores, *next; s != NULL; s = next) {
		next = s->next;
		buf_wipe(&s->bytes);
		io_close(&s->fd);
		free(s);
	}
	r->stores = NULL;
}

/* Pages that are looked at again come again. Only whole ones are given back. */
static void
give_back(struct str map, size_t at)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)map.p;
	const uintptr_t first = (from + page - 1) / page * page, end = (from + at) / page * page;

	if (end > first)
		(void)madvise((void *)first, end - first, MADV_DONTNEED);
}

static void
passed(void *with, size_t at)
{
	give_back(*(const struct str *)with, at);
}

struct edi_passed
map_window(struct str *map)
{
	return (struct edi_passed){ passed, map };
}

static int
map_get(struct store *store, uint64_t at, struct str *piece, struct err *e)
{
	struct map_store *s = (struct map_store *)store;

	(void)e;
	if (at >= (size_t)(s->window.p - s->map.p) + s->window.n) {
		give_back(s->map, (size_t)at);
		s->window = str_sub(s->map, (size_t)at, ROOM_WINDOW);
	} else if (at < (size_t)(s->window.p - s->map.p)) {
		give_back(s->map, s->map.n);
		s->window = str_sub(s->map, (size_t)at, ROOM_WINDOW);
	}
	*piece = str_from(s->window, (size_t)at - (size_t)(s->window.p - s->map.p));
	return 0;
}

struct map_store
map_store(struct str map)
{
	return (struct map_store){
		.store = { NULL, map_get, map.n }, .map = map, .window = str_sub(map, 0, 0)
	};
}

static int
map_file(const struct file_store *s, struct span what, struct str *bytes, struct str *mapped,
    struct err *e)
{
	void *p = mmap(NULL, (size_t)s->store.size, PROT_READ, MAP_PRIVATE, s->fd, 0);

	if (p == MAP_FAILED)
		return err_errno(e, "mapping a file below spool/tmp");
	*mapped = str_make(p, (size_t)s->store.size);
	*bytes = str_sub(*mapped, (size_t)what.at, (size_t)what.n);
	return 0;
}

int
room_map(struct arena *a, struct span s, struct str *bytes, struct str *mapped, struct err *e)
{
	*mapped = S("");
	if (s.n > ROOM_MEMORY_MAX && s.in != NULL && s.in->get == file_get)
		return map_file((struct file_store *)s.in, s, bytes, mapped, e);
	if (s.n > ROOM_MEMORY_MAX && s.in != NULL && s.in->get == map_get) {
		*bytes = str_sub(((struct map_store *)s.in)->map, (size_t)s.at, (size_t)s.n);
		return 0;
	}
	return span_join(a, s, SIZE_MAX, bytes, e);
}
