/* SPDX-License-Identifier: ISC */
/* evidence_sums.c - what a check found, told and counted; and SHA256SUMS, which every file is held against. */
#include "gateway/evidence.h"

#include <stdio.h>

void
evidence_say(const struct evidence_teller *t, enum proof proof, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX * 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->out->ok += proof == PROOF_OK;
	t->out->open += proof == PROOF_OPEN;
	t->out->bad += proof == PROOF_BAD;
	if (t->fn != NULL)
		t->fn(t->arg, proof, text);
}

static void
check_listed(const struct evidence_teller *tell, const struct evidence *ev, struct str line)
{
	struct str hex = str_sub(line, 0, 64), path = str_from(line, 66);
	const struct tar_entry *f = evidence_file(ev, path);

	if (!str_eq(str_sub(line, 64, 2), S("  ")) || f == NULL)
		evidence_say(tell, PROOF_BAD, "SHA256SUMS names '" STR_FMT "', which is not there", STR_ARG(path));
	else if (!str_eq(evidence_sha256(ev->a, f->bytes), hex))
		evidence_say(tell, PROOF_BAD, STR_FMT ": not what SHA256SUMS says", STR_ARG(path));
}

static bool
is_listed(struct str sums, struct str path)
{
	struct str line;

	while (str_next_line(&sums, &line))
		if (str_eq(str_from(line, 66), path))
			return true;
	return false;
}

void
evidence_check_sums(struct evidence *ev, evidence_fn *fn, void *arg, struct evidence_result *out)
{
	const struct evidence_teller tell = { fn, arg, out };
	struct str all = evidence_bytes(ev, EVIDENCE_SUMS), sums = all, line;
	unsigned int bad = out->bad;

	if (all.n == 0)
		evidence_say(&tell, PROOF_BAD, "no SHA256SUMS");
	while (str_next_line(&sums, &line))
		check_listed(&tell, ev, line);
	for (size_t i = 0; i < ev->n && all.n > 0; i++)
		if (!str_eq(ev->files[i].name, EVIDENCE_SUMS) && !is_listed(all, ev->files[i].name))
			evidence_say(&tell, PROOF_BAD, STR_FMT ": not in SHA256SUMS", STR_ARG(ev->files[i].name));
	if (out->bad == bad)
		evidence_say(&tell, PROOF_OK, "all %zu files are as SHA256SUMS says", ev->n - 1);
}
