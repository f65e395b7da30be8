/* SPDX-License-Identifier: ISC */
#include "gateway/base/landlock.h"

#include "gateway/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct hiding {
	int rules;
	char *paths[LANDLOCK_HIDDEN_MAX];	/* without symlinks */
	size_t n;
};

/*
 * Files are also moved and linked from folder to folder, which every set of rules forbids unless it says otherwise; the
 * first kernels with Landlock could not even say it.
 */
#define ABI_MIN	 2			/* Linux 5.19 */
#define OF_FOLDER (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_REFER)

enum place { BESIDE, ABOVE, HIDDEN };

static enum place
place_of(const struct hiding *h, const char *path)
{
	size_t n = strlen(path);
	enum place place = BESIDE;

	for (size_t i = 0; i < h->n; i++) {
		if (strcmp(h->paths[i], path) == 0)
			return HIDDEN;
		if (strncmp(h->paths[i], path, n) == 0 && h->paths[i][n] == '/')
			place = ABOVE;
	}
	return place;
}

/* What cannot be opened here cannot be read later either: no reason to fail. A symlink counts by what it points at. */
static int
allow(const struct hiding *h, const char *path, struct err *e)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = OF_FOLDER };
	struct stat st;
	int rc;

	rule.parent_fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return 0;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	rc = (int)syscall(SYS_landlock_add_rule, h->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return rc == -1 && errno != EBADFD && errno != EINVAL ? err_errno(e, "landlock rule for %s", path) : 0;
}

/* dir is "" for the root. */
static int
allow_beside(const struct hiding *h, const char *dir, struct err *e)
{
	DIR *d = opendir(dir[0] == '\0' ? "/" : dir);
	struct dirent *de;
	int rc = 0;

	if (d == NULL)
		return 0;
	while (rc == 0 && (de = readdir(d)) != NULL) {
		char path[PATH_MAX];

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0 ||
		    (size_t)snprintf(path, sizeof(path), "%s/%s", dir, de->d_name) >= sizeof(path))
			continue;
		switch (place_of(h, path)) {
		case BESIDE:
			rc = allow(h, path, e);
			break;
		case ABOVE:
			rc = allow_beside(h, path, e);
			break;
		case HIDDEN:
			break;
		}
	}
	(void)closedir(d);
	return rc;
}

static int
hide(struct hiding *h, struct err *e)
{
	const struct landlock_ruleset_attr what = { .handled_access_fs = OF_FOLDER };
	int rc = -1;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < ABI_MIN)
		return 1;
	h->rules = (int)syscall(SYS_landlock_create_ruleset, &what, sizeof(what.handled_access_fs), 0);
	if (h->rules == -1)
		return err_errno(e, "landlock");
	if (allow_beside(h, "", e) == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
		    syscall(SYS_landlock_restrict_self, h->rules, 0) == -1)
			(void)err_errno(e, "landlock");
		else
			rc = 0;
	}
	close(h->rules);
	return rc;
}

int
landlock_hide(const char *const *paths, size_t n, struct err *e)
{
	struct hiding h = { .n = 0 };
	int rc;

	for (size_t i = 0; i < n && h.n < LANDLOCK_HIDDEN_MAX; i++)
		if ((h.paths[h.n] = realpath(paths[i], NULL)) != NULL)
			h.n++;
	rc = h.n == 0 ? 0 : hide(&h, e);
	for (size_t i = 0; i < h.n; i++)
		free(h.paths[i]);
	return rc;
}
