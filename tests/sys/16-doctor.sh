#!/bin/sh
# SPDX-License-Identifier: ISC
# doctor - finds nothing in a healthy house, and every fault that is put into one.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
doctor() { "$e" --home "$nordwind" doctor >"$dir/said" 2>&1; rc=$?; }
finds() {	# what, status, pattern
	doctor
	if [ "$rc" = "$2" ] && grep -qE "$3" "$dir/said"; then
		ok "$1"
	else
		not_ok "$1"
		note "status $rc, wanted $2 and: $3"
		note "$(cat "$dir/said")"
	fi
}
finds "a house that never ran" 0 "^WARN  database .*nothing was recorded"
try "nothing was made by looking" test ! -e "$nordwind/db/edigate.db"
set_all "$nordwind" retry.first 1h
up "$nordwind" || bail "starting"
drop "$nordwind" acme waits.edi <tests/documents/orders.edi
try "a document waits for a partner that is down" wait_for 60 has_state "$nordwind" deferred name=waits.edi
finds "a gateway with a document on its way" 0 "^ok    documents  *1 on the way"
is "no failure" "$(grep -c ^FAIL "$dir/said")" 0
for area in settings certificates folders space gateway database documents files clock kernel; do
	try "it looks at $area" grep -qE "^(ok|WARN) +$area " "$dir/said"
done
is "as JSON: a line each" "$("$e" --home "$nordwind" doctor --json | grep -vcE '^\{"v":1,"result":"(ok|warn)","area":"[a-z]+","text":')" 0
finds "its writer" 0 "one writer: the gateway that runs"

mail=$(ls "$nordwind"/spool/out/*.eml)
mv "$mail" "$dir/kept"
finds "a frozen mail gone" 1 "^FAIL  documents .*'deferred' and its frozen mail is gone"
mv "$dir/kept" "$mail"
cp "$mail" "$nordwind/spool/out/01ARZ3NDEKTSV4RRFFQ69G5FAV.eml"
finds "a mail in the making is none of its business" 0 "^ok    files"
touch -d '1 hour ago' "$nordwind/spool/out/01ARZ3NDEKTSV4RRFFQ69G5FAV.eml"
finds "a mail that nothing knows" 0 "^WARN  files .*01ARZ3NDEKTSV4RRFFQ69G5FAV.eml: a mail that no transmission knows"
rm "$nordwind/spool/out/01ARZ3NDEKTSV4RRFFQ69G5FAV.eml"
mkdir -p "$nordwind/inbox/acme" && touch -d '1 hour ago' "$nordwind/inbox/acme/.01ARZ3NDEKTSV4RRFFQ69G5FAV-0.01ARZ3NDEKTSV4RRFFQ69G5FAW.part"
finds "what a worker left" 0 "^WARN  files .*left by a worker"
rm "$nordwind"/inbox/acme/.01*

chmod 750 "$nordwind/private"
finds "keys that others can reach" 1 "^FAIL  rights .*private: mode 0750 .*want chmod 0700"
chmod 700 "$nordwind/private"
chmod 777 "$nordwind/outbox"
finds "an outbox for everybody" 1 "^FAIL  rights .*outbox: mode 0777 .*want chmod 0775"
chmod 770 "$nordwind/outbox"
mv "$nordwind/private/edi.key" "$dir/kept" && cp "$acme/private/edi.key" "$nordwind/private/edi.key"
finds "a key of another certificate" 1 "^FAIL  certificates .*none of the private keys belongs to this certificate"
mv "$dir/kept" "$nordwind/private/edi.key"
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj "/CN=ACME Ltd" -days 5 -out "$dir/short.pem" 2>/dev/null
cp "$nordwind/certs/partners/acme.pem" "$dir/kept" && cp "$dir/short.pem" "$nordwind/certs/partners/acme.pem"
finds "a certificate that ends soon" 0 "^WARN  certificates .*CN=ACME Ltd expires in 4 days"
mv "$dir/kept" "$nordwind/certs/partners/acme.pem"
echo '[smtp]' >>"$nordwind/config.ini" && echo 'hots = x' >>"$nordwind/config.ini"
finds "a setting that is none" 1 '^FAIL  settings .*unknown key "hots"'
sed -i '$d' "$nordwind/config.ini" && sed -i '$d' "$nordwind/config.ini"

try "the gateway ends" down "$nordwind"
finds "a gateway that is stopped" 0 "^WARN  gateway  *is not running"
try "and nobody else writes" grep -q "nobody writes to it" "$dir/said"
if command -v flock >/dev/null; then
	flock "$nordwind/db/ledger.lock" sleep 30 &
	helpers="$helpers $!"
	locked() { ! flock -n "$nordwind/db/ledger.lock" true; }
	wait_for 60 locked
	finds "a stranger at the database" 1 "^FAIL  database .*no gateway answers, but"
	kill $! 2>/dev/null
else
	skip "a stranger at the database" "flock is not installed"
fi
if command -v python3 >/dev/null && python3 -c 'import sqlite3' 2>/dev/null; then
	python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("DELETE FROM job"); c.commit()' "$nordwind/db/edigate.db"
	finds "a document that nothing moves on" 1 "^FAIL  documents .*is 'deferred' and has no job, deadline or person"
	python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("INSERT INTO event (id, doc, tx, at_ms, role, kind, arg, text, proof) SELECT id + 1, doc, tx, at_ms + 86400000, role, kind, arg, text, proof FROM event ORDER BY id DESC LIMIT 1"); c.commit()' "$nordwind/db/edigate.db"
	finds "a clock that was put back" 1 "^FAIL  clock .*was put back"
else
	skip "a document that nothing moves on" "python3 is not installed"
	skip "a clock that was put back" "python3 is not installed"
fi
head -c 100 /dev/zero >"$nordwind/db/edigate.db"
rm -f "$nordwind"/db/edigate.db-*
finds "a database that is none" 1 "^FAIL  database"
"$e" --home "$dir/nowhere" doctor >"$dir/said" 2>&1
is "no house at all" $? 1
done_testing
