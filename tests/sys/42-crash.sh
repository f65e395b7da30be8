#!/bin/sh
# SPDX-License-Identifier: ISC
# crash - spool and database, ended or failing at each of the steps they take on the disk, in turn.
b=${1:-build/opt}
case $b in /*) ;; *) b=$PWD/$b ;; esac
. tests/lib.sh

run() {	# driver: its lines become ours
	said=$("$b/tool/crash/$1" "$b/tool/crash/shim.so" 2>&1) || note "$said"
	cases=$(echo "$said" | grep -E '^(not )?ok ')
	[ -n "$cases" ] || not_ok "$1 says something"
	while read -r word rest; do
		case $word in
		ok)  ok "${rest#* - }" ;;
		not) not_ok "${rest#* - }" ;;
		esac
	done <<EOT
$cases
EOT
}
run spool_crash
run db_crash
done_testing
