/* SPDX-License-Identifier: ISC */
/*
 * test_dialogues.c - the sessions of tests/dialogue, each in one write, byte by byte, and cut in two at every place.
 * Minutes of timeouts pass on a clock of their own.
 */
#include "tests/dialogue/client_player.h"
#include "tests/dialogue/server_player.h"

#include <dirent.h>

#define FOLDER	    "tests/dialogue"
#define WANTED	    150		/* fewer, and a file was lost */
#define LONG	    3000	/* bytes: such a dialogue repeats itself ... */
#define CUTS_OF_LONG 300	/* ... and is cut at so many places, evenly spread */
#define PLAY_MAX    ((size_t)16 << 20)
#define FILES_MAX   64

static size_t
play(const struct dialogue *d, size_t cut)
{
	struct arena *a = arena_new(PLAY_MAX);
	size_t n = d->server ? server_play(a, d, cut) : client_play(a, d, cut);

	arena_free(a);
	return n;
}

static void
a_dialogue(void **state)
{
	const struct dialogue *d = *state;
	size_t n = play(d, CUT_WHOLE), step = n > LONG ? n / CUTS_OF_LONG : 1;

	(void)play(d, CUT_BYTES);
	for (size_t cut = 1; cut < n; cut += step)
		(void)play(d, cut);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_dialogue(const struct dirent *e)
{
	return str_ends(str_of(e->d_name), S(".txt"));
}

int
main(void)
{
	static struct dialogue *all[DIALOGUES_MAX];
	static struct CMUnitTest tests[DIALOGUES_MAX];
	struct arena *a = arena_new((size_t)256 << 20);
	struct dirent **files = NULL;
	int n_files = scandir(FOLDER, &files, is_dialogue, by_name);
	size_t n = 0;

	for (int i = 0; i < n_files; i++) {
		struct str path = str_fmt(a, FOLDER "/%s", files[i]->d_name);
		dialogue_read(a, str_cstr(a, path), all, &n);
		free(files[i]);
	}
	free(files);
	if (n < WANTED) {
		(void)fprintf(stderr, "%zu dialogues in %s, want %d\n", n, FOLDER, WANTED);
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){
			.name = all[i]->name, .test_func = a_dialogue, .initial_state = all[i]
		};
	int rc = _cmocka_run_group_tests("dialogues", tests, n, NULL, NULL);
	arena_free(a);
	return rc;
}
