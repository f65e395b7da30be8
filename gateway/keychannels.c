/* SPDX-License-Identifier: ISC */
#include "gateway/keychannels.h"

#include "gateway/base/io.h"
#include "gateway/base/str.h"

#include <string.h>
#include <sys/socket.h>

enum { OF_KEYS, OF_WORKER };

/* In the order that the keys role expects them in. */
static const char *const workers_of[] = { "pack", "unpack" };

static struct channels {
	int ends[N(workers_of)][2];
} channels[KEYCHANNELS_MAX];
static unsigned int n_channels;

static void
close_all(void)
{
	for (unsigned int i = 0; i < n_channels; i++)
		for (size_t w = 0; w < N(workers_of); w++) {
			io_close(&channels[i].ends[w][OF_KEYS]);
			io_close(&channels[i].ends[w][OF_WORKER]);
		}
	n_channels = 0;
}

int
keychannels_open(unsigned int workers, struct err *e)
{
	close_all();
	memset(channels, 0xff, sizeof(channels));	/* -1: nothing to close */
	while (n_channels < workers && n_channels < KEYCHANNELS_MAX) {
		struct channels *next = &channels[n_channels++];
		for (size_t w = 0; w < N(workers_of); w++)
			if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, next->ends[w]) == -1)
				return err_errno(e, "channel of %s.%u to its keys", workers_of[w], n_channels);
	}
	return 0;
}

size_t
keychannels_of(const struct child *c, int *fds)
{
	const struct channels *of;

	if (c->number == 0 || c->number > n_channels)
		return 0;
	of = &channels[c->number - 1];
	for (size_t w = 0; w < N(workers_of); w++) {
		if (strcmp(c->role, workers_of[w]) == 0) {
			fds[0] = of->ends[w][OF_WORKER];
			return 1;
		}
		fds[w] = of->ends[w][OF_KEYS];
	}
	return strcmp(c->role, "keys") == 0 ? N(workers_of) : 0;
}
