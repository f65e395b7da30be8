#!/bin/sh
# SPDX-License-Identifier: ISC
# chain - the event log proves itself: whatever is done to the database file behind the gateway's back is seen and named.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
sql=$b/tool/sys/sql
db=$nordwind/db/edigate.db
known() { [ "$(count "$nordwind" dir=out)" = "$1" ]; }
deferred() { [ "$(count "$nordwind" dir=out state=deferred)" = "$1" ]; }
check() { "$e" --home "$nordwind" db check "$@" >"$dir/said" 2>&1; }
head_now() { sed -n 's/^chain of events: whole, up to //p' "$dir/said"; }
without_guards="DROP TRIGGER event_stays_put; DROP TRIGGER event_stays"

up "$nordwind" || bail "starting"
order 1601 | drop "$nordwind" acme one.edi
order 1602 | drop "$nordwind" acme two.edi
try "two documents have a story" wait_for 60 deferred 2
try "the chain is whole while the gateway runs" check
try "a backup while it runs" "$e" --home "$nordwind" db backup "$dir/running.db"
try "stopped" down "$nordwind"
try "the chain is whole" check
first=$(head_now)
is "where it ends is noted beside the database" "$(cut -d ' ' -f 1,2 "$nordwind/db/chain.head" | tr ' ' :)" "$first"
try "and in the log" grep -q "event=chain events=${first%%:*} hash=${first#*:}" "$nordwind.log"
try "a backup" "$e" --home "$nordwind" db backup "$dir/copy.db"

damage() {	# what, statements, words that check says
	cp "$dir/copy.db" "$db" && rm -f "$db-wal" "$db-shm"
	"$sql" "$db" "$without_guards; $2" || not_ok "$1: done"
	check
	is "$1: not sound" "$?" 1
	try "$1: named" grep -q "$3" "$dir/said"
}
damage "an event changed" "UPDATE event SET text = 'nothing happened' WHERE id = 2" '^event 2: was changed'
damage "an event removed" "DELETE FROM event WHERE id = 3" '^event 4: 1 missing before it'
damage "the end cut off" "DELETE FROM event WHERE id > 4" '^event 4: the last; .* after it are missing'
damage "the end cut off, and its count" "DELETE FROM event WHERE id > 4; UPDATE sqlite_sequence SET seq = 4 WHERE name = 'event'" \
    'the database ends with 4: its end was cut off'
cp "$dir/copy.db" "$db" && rm -f "$db-wal" "$db-shm"
try "the copy is whole" check
"$sql" "$db" "UPDATE event SET text = 'x' WHERE id = 2" 2>"$dir/said"
try "our own code could not do that by mistake" grep -q 'append-only' "$dir/said"

try "states are computed again" "$e" --home "$nordwind" db rebuild
try "which leaves the chain as it is" check --head "$first"
up "$nordwind" || bail "starting again"
order 1603 | drop "$nordwind" acme three.edi
try "the story goes on" wait_for 60 deferred 3
try "stopped again" down "$nordwind"
try "and the chain" check --head "$first"
check --head "${first%?}x"
is "another head is not in it" "$?" 1
check
later=$(head_now)

# An older copy in its place: nothing in it is wrong, and yet it is not what there was.
cp "$dir/copy.db" "$db" && rm -f "$db-wal" "$db-shm"
check
is "an older copy is not taken for the database" "$?" 1
try "and it is said why" grep -q "event ${later%%:*} was noted .* an older copy" "$dir/said"
up "$nordwind" || bail "starting with the older copy"
try "the gateway says so too" grep -q 'error event=chain why=.*older copy' "$nordwind.log"
try "and ends" down "$nordwind"
is "what was noted stays, until a person takes it away" "$(cut -d ' ' -f 1,2 "$nordwind/db/chain.head" | tr ' ' :)" "$later"
done_testing
