#!/bin/sh
# SPDX-License-Identifier: ISC
# explain - errors carry codes, and every code, word and broken file can be asked about.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
says() {	# what, status, pattern, arguments...
	what=$1 want=$2 pattern=$3
	shift 3
	"$e" "$@" >"$dir/said" 2>&1
	rc=$?
	if [ "$rc" = "$want" ] && grep -qE -- "$pattern" "$dir/said"; then
		ok "$what"
	else
		not_ok "$what"
		note "status $rc, wanted $want and: $pattern"
		note "$(cat "$dir/said")"
	fi
}
says "a code" 0 "STARTTLS" explain E-SMTP-TLS
says "in any case" 0 "STARTTLS" explain e-smtp-tls
says "a state" 0 "may have arrived" explain uncertain
says "a verdict" 0 "changed on the way" explain integrity-failed
says "a rule" 0 "the sender signs once" explain v-signed-twice
says "a fault" 0 "not what was counted" explain unz-count
says "as JSON" 0 '^\{"v":1,"code":"E-SMTP-TLS",.*"todo":' explain --json E-SMTP-TLS
says "a code that was mistyped" 66 "did you mean 'E-SMTP-AUTH'" explain E-SMPT-AUTH
says "nonsense" 66 "is no code and no file" explain /nowhere/x
says "all of them" 0 "^  E-DISK-FULL" explain
says "a sound file" 0 "valid$" explain tests/documents/orders.edi
sed "s/UNT+[0-9]*/UNT+99/" tests/documents/orders.edi >"$dir/broken.edi"
says "a broken file: the place" 65 "UNT.*\[unt-count\]" explain "$dir/broken.edi"
try "a broken file: what it means" grep -q "not what was counted" "$dir/said"
says "a broken file from a pipe" 65 "unt-count" explain - <"$dir/broken.edi"
says "a file of no format" 65 "edigate inspect" explain tests/lib.sh

# Codes where errors are shown.
says "no gateway" 69 "\[E-NOT-RUNNING\]|not running" --home "$nordwind" status
echo 'hots = x' >>"$nordwind/config.ini"
says "settings that are wrong" 78 "\[E-CONFIG\]" --home "$nordwind" partner list
sed -i '$d' "$nordwind/config.ini"
head -c 5000 /dev/urandom >"$nordwind/db/edigate.db"
says "a database that is none" 78 "\[E-DB-DAMAGED\]" --home "$nordwind" list
done_testing
