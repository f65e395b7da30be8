/* SPDX-License-Identifier: ISC */
/*
 * cmd.h - the commands of `edigate`, one row and one function each. A function gets the words behind its name
 * (argv[0] is the name itself, "partner add"), prints data on stdout and messages on stderr, and returns a
 * status of <sysexits.h>: EX_OK, CMD_NO (the answer is no), EX_USAGE, ...
 */
#ifndef EDIGATE_GATEWAY_CMD_H
#define EDIGATE_GATEWAY_CMD_H

#include <stddef.h>
#include <sysexits.h>

#define CMD_NO 1

typedef int cmd_fn(int argc, char **argv);

struct command {
	const char *name;		/* "send"; "partner add" */
	cmd_fn *run;
	const char *usage;		/* behind the name: "[--to PARTNER] FILE..." */
	const char *summary;		/* one line of the overview, lower case */
	const char *help;		/* the rest of --help: what it does, options, examples, exit status */
};
extern const struct command commands[];		/* ends with a NULL name */
extern const size_t commands_n;

const struct command *command_find(const char *name);	/* NULL: no such */

cmd_fn cmd_cancel, cmd_cert_list, cmd_cert_new, cmd_check, cmd_config_get, cmd_config_set, cmd_config_show, cmd_convert;
cmd_fn cmd_dictionary_build, cmd_doctor, cmd_db_backup, cmd_db_check, cmd_db_rebuild, cmd_evidence_export, cmd_evidence_find, cmd_evidence_verify;
cmd_fn cmd_help, cmd_hold, cmd_hook_test, cmd_init, cmd_inspect, cmd_list, cmd_partner_add, cmd_partner_card, cmd_partner_list, cmd_partner_test;
cmd_fn cmd_partner_remove, cmd_partner_show, cmd_receive, cmd_release, cmd_retry, cmd_run, cmd_send, cmd_show;
cmd_fn cmd_status, cmd_trace, cmd_validate, cmd_version;
cmd_fn cmd_cert_accept, cmd_cert_announce, cmd_cert_confirm, cmd_cert_import, cmd_cert_refuse, cmd_cert_renew, cmd_cert_request;
cmd_fn cmd_cert_needs_renewal, cmd_completion, cmd_explain, cmd_stats;

#endif
