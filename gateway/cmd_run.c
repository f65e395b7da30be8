/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"
#include "gateway/supervise.h"

#include <stdio.h>

static void
print_finding(void *arg, bool is_error, const char *text)
{
	(void)arg;
	if (is_error)
		fprintf(stderr, "%s\n", text);
}

int
cmd_run(int argc, char **argv)
{
	struct cli c;

	cli_start(&c, argc, argv, NULL, 0);
	cli_want_args(&c, 0, 0);
	if (conf_check(c.arena, c.home, print_finding, NULL) > 0)
		cli_fail(EX_CONFIG, "the settings have errors; see also: edigate check");
	return supervise(c.home);
}
