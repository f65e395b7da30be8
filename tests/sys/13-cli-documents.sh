#!/bin/sh
# SPDX-License-Identifier: ISC
# cli-documents - the commands for documents, against two running gateways: send, status, list, show, trace, retry, hold,
# release, cancel, receive, db.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
h=$nordwind

run() {
	said=$("$e" --home "$h" "$@" 2>&1 </dev/null)
	status=$?
}
fails() {	# what, status, words it must say, arguments...
	what=$1 wanted=$2 words=$3
	shift 3
	run "$@"
	is "$what: exit status" "$status" "$wanted"
	case $said in
	*"$words"*) ok "$what: says why" ;;
	*) is "$what: says why" "$said" "...$words..." ;;
	esac
}
works() { what=$1 words=$2; shift 2; fails "$what" 0 "$words" "$@"; }
sq() { "$e" --home "$h" "$@" 2>/dev/null; }

# ---- send --wait
order 1 >"$dir/order_1.edi"
works "send --wait ends with the receipt" "mdn-ok" send --wait "$dir/order_1.edi"
case $said in *complete*) ok "and says complete" ;; *) is "and says complete" "$said" complete ;; esac
order 2 >"$dir/order_2.edi"
works "send --wait=accepted" "accepted" send --wait=accepted "$dir/order_2.edi"
order 3 | "$e" --home "$h" send --to acme --name stdin_3.edi --wait - >"$dir/said" 2>&1
is "send from standard input" $? 0
order 4 >"$dir/order 4 'ü'.edi"
works "a name with blanks, quotes and umlauts" "complete" send --wait "$dir/order 4 'ü'.edi"
order 5 >"$dir/order_5.edi"
works "send without waiting" "outbox/acme/order_5.edi" send "$dir/order_5.edi"
try "it goes out all the same" wait_for 60 has_state "$h" complete name=order_5.edi
order 6 >"$dir/order_6.edi" && order 7 >"$dir/order_7.edi"
works "several files at once" "order_7.edi" send --wait "$dir/order_6.edi" "$dir/order_7.edi"
fails "a partner who is none" 67 "no partner 'nobody'" send --to nobody "$dir/order_1.edi"
sed 's/5098765000007/5012345678900/' "$dir/order_1.edi" >"$dir/stranger.edi"
fails "a receiver who is no partner" 67 "5012345678900" send "$dir/stranger.edi"
head -c 100 "$dir/order_1.edi" >"$dir/half.edi"
fails "half a document" 65 "half.edi" send --wait "$dir/half.edi"
fails "a file that is not there" 66 "No such file" send "$dir/nothing.edi"
fails "a name that the outbox ignores" 64 "ignores" send --name x.tmp "$dir/order_1.edi"
fails "a proof that does not exist" 64 "want accepted" send --wait=delivered "$dir/order_1.edi"
fails "a time that is none" 64 "want a span" send --wait --timeout soon "$dir/order_1.edi"
sed "s/BGM+220+[^+']*+9/BGM+220+PO-X+9/; s/UNT+\([0-9]*\)+/UNT+9\1+/" "$dir/order_1.edi" >"$dir/broken.edi"
fails "a document with a wrong count is refused" 1 "invalid" send --wait "$dir/broken.edi"
is "every document arrived once" "$(count "$acme" dir=in state=filed)" 7

# ---- status, list, show, trace
works "status" "running" status
for role in ledger watch keys.1 pack.1 unpack.1 send listen; do
	case $said in *"
$role "*) ok "status names $role" ;; *) is "status names $role" "$said" "$role" ;; esac
done
is "status --json: running" "$(sq status --json | json running)" true
is "status --json: one object" "$(sq status --json | wc -l)" 1
try "status counts what needs attention" sh -c "'$e' --home '$h' status --json | grep -q '\"attention_total\":1'"
id=$(sq list --json name=order_1.edi | json id)
works "list" "order_1.edi" list
is "list --limit" "$(sq list --limit 3 | wc -l)" 4
is "list --json is one object a line" "$(sq list --json --limit 0 | grep -c '^{"v":1,.*}$')" 8
is "list: newest first" "$(sq list --json --limit 1 state=complete | json name)" order_7.edi
is "filters: all must hold" "$(count "$h" partner=acme state=complete dir=out type=ORDERS since=1h)" 7
is "filter by number" "$(count "$h" number=PO-T-000002)" 1
is "filter by time: nothing is from the future" "$(count "$h" since=2099-01-01)" 0
is "filter state=attention" "$(sq list --json state=attention | json name)" broken.edi
is "filter kind=receipt" "$(count "$h" kind=receipt)" 7
fails "a filter that does not exist" 64 "did you mean 'partner'" list partnr=acme
fails "a state that does not exist" 64 "did you mean 'complete'" list state=completed
fails "a filter without a value" 64 "has no value" list partner=
fails "a filter given twice" 64 "given twice" list partner=acme partner=acme
fails "a word that is no filter" 64 "want KEY=VALUE" list acme
message_id=$(sq list --json name=order_1.edi | json message_id)
ulid=$(sq list --json name=order_1.edi | json ulid)
for name in "$id" "$ulid" "$message_id" order_1.edi ord:PO-T-000001 PO-T-000001 "outbox/acme/order_1.edi"; do
	is "show by $name" "$(sq show --json "$name" | json id)" "$id"
done
works "show" "proofs" show "$id"
fails "show of nothing" 66 "no document" show 999999
fails "show of an invoice's number that is an order's" 66 "no document" show inv:PO-T-000001
works "trace" "mdn-ok" trace "$id"
is "trace --json: every line has the document" "$(sq trace --json "$id" | grep -vc "\"doc\":$id,")" 0
is "trace --json: times are UTC" "$(sq trace --json "$id" | grep -vc '"time":"20[0-9-]*T[0-9:.]*Z"')" 0
works "trace --follow of a settled document ends" "complete" trace --follow "$id"
"$e" --home "$h" trace --follow >"$dir/followed" 2>&1 &
helpers=$!
"$e" --home "$h" list --follow --json --limit 1 >"$dir/listed" 2>&1 &
helpers="$helpers $!"
wait_for 60 test -s "$dir/listed"
order 8 >"$dir/order_8.edi"
works "send while others follow" "complete" send --wait "$dir/order_8.edi"
try "trace --follow told of it" wait_for 60 grep -q "mdn-ok" "$dir/followed"
try "list --follow told of it" wait_for 60 grep -q '"state":"complete".*order_8' "$dir/listed"
kill $helpers 2>/dev/null
helpers=

# ---- a partner who is away: deferred, held, released, cancelled, retried
down "$acme"
set_all "$h" retry.max 2h retry.first 1h && reload "$h"	# nothing moves behind our back
order 9 >"$dir/order_9.edi" && order 10 >"$dir/order_10.edi" && order 11 >"$dir/order_11.edi"
fails "send --wait --timeout" 75 "no proof within" send --wait --timeout 1s "$dir/order_9.edi"
works "two more" "order_11.edi" send "$dir/order_10.edi" "$dir/order_11.edi"
try "all are deferred" wait_for 60 sh -c "[ \"\$('$e' --home '$h' list --json state=deferred 2>/dev/null | wc -l)\" = 3 ]"
fails "more than one is asked for" 64 "say --yes" hold state=deferred
works "--dry-run only says" "would hold 3" hold --dry-run state=deferred
is "and did nothing" "$(count "$h" state=deferred)" 3
works "hold with --yes" "held" hold --yes --reason "wrong price" state=deferred
is "all are held" "$(count "$h" state=held)" 3
is "the reason is kept" "$(sq show --json order_9.edi | json reason)" "wrong price"
fails "hold what is held already, or settled" 1 "" hold order_1.edi
works "release one" "released" release order_9.edi
fails "release what is not held" 1 "not held" release order_9.edi
fails "cancel without a reason" 64 "--reason TEXT is needed" cancel order_10.edi
works "cancel one" "cancelled" cancel --reason "sent by fax" order_10.edi
fails "retry what was cancelled" 1 "cancelled" retry order_10.edi
fails "retry what does not exist" 66 "no document" retry 424242
fails "retry what fits nothing" 66 "no documents fit" retry state=failed
try "the released one was tried and waits" wait_for 60 has_state "$h" deferred name=order_9.edi
up "$acme" || bail "starting acme again"
set_all "$h" retry.first 1s && reload "$h"
works "retry one" "retried" retry order_9.edi
works "retry another" "retried" retry order_11.edi
try "both go through" wait_for 60 sh -c "[ \"\$('$e' --home '$h' list --json number=PO-T-000009 state=complete 2>/dev/null |
    wc -l)\$('$e' --home '$h' list --json number=PO-T-000011 state=complete 2>/dev/null | wc -l)\" = 11 ]"
is "the cancelled one did not" "$(state_of "$h" name=order_10.edi)" cancelled

# ---- receive
proof=$(sed -n 's/.*"event":"spooled".*"proof":"\([^"]*\)".*/\1/p' <<-END
	$("$e" --home "$acme" trace --json ord:PO-T-000001)
END
)
# The mail as its sender made it, without what the listener wrote on top.
awk 'body || !/^(Return-Path|Delivered-To|Received):|^\t/ { print; body = 1 }' "$acme/$proof" >"$dir/mail.eml"
receive() {	# arguments; the mail is on standard input
	answer=$("$e" --home "$acme" receive --stdin "$@" 2>&1)
	status=$?
}
before=$(count "$acme" dir=in kind=all)
receive --sender edi@nordwind.example --recipient edi@acme.example <"$dir/mail.eml"
is "receive: exit status" "$status" 0
case $answer in "2.0.0 stored as "*) ok "receive: answers with an enhanced code" ;; *) is "receive answers" "$answer" 2.0.0 ;; esac
try "the gateway takes it up" wait_for 60 sh -c "[ \"\$('$e' --home '$acme' list --json --limit 0 kind=all dir=in | wc -l)\" -gt $before ]"
try "it was filed before: a duplicate" wait_for 60 has_state "$acme" duplicate kind=all dir=in
stored=$acme/spool/in/${answer##* }.eml
is "with trace fields on top" "$(head -n 2 "$stored" | tr -d '\r' | tr '\n' ' ')" \
    "Return-Path: <edi@nordwind.example> Delivered-To: edi@acme.example "
is "line ends are CRLF" "$(tr -d '\r' <"$stored" | wc -l)" "$(grep -c "$(printf '\r')\$" "$stored")"
tr -d '\r' <"$dir/mail.eml" | sed 's/^Message-ID: <[^@]*/Message-ID: <another/' >"$dir/lf.eml"
receive --sender '<>' <"$dir/lf.eml"
is "receive with line feeds" "$status" 0
lf=$acme/spool/in/${answer##* }.eml
try "it is taken up" wait_for 60 test -e "$lf"
is "they became CRLF" "$(tr -d '\r' <"$lf" | wc -l)" "$(grep -c "$(printf '\r')\$" "$lf")"
try "and the signature still holds" wait_for 60 sh -c "'$e' --home '$acme' trace ${answer##* } | grep -q 'same interchange'"
receive --recipient somebody@acme.example <"$dir/mail.eml"
is "receive for somebody else" "$status" 67
case $answer in 5.1.1*) ok "answers 5.1.1" ;; *) is "answers" "$answer" 5.1.1 ;; esac
receive </dev/null
is "receive nothing" "$status" 65
echo "this is no mail" >"$dir/text"
receive <"$dir/text"
is "receive what is no mail" "$status" 65
{ i=0; while [ $i -lt 60 ]; do echo "Received: from a by b; x"; i=$((i + 1)); done; cat "$dir/lf.eml"; } >"$dir/loop.eml"
receive <"$dir/loop.eml"
is "receive a loop" "$status" 65
"$e" --home "$acme" config set listen.size_max 64K
{ cat "$dir/lf.eml"; head -c 80000 /dev/zero | tr '\0' x; } >"$dir/large.eml"
receive <"$dir/large.eml"
is "receive what is too large" "$status" 65
case $answer in 5.3.4*) ok "answers 5.3.4" ;; *) is "answers" "$answer" 5.3.4 ;; esac
printf 'nonsense\n' >>"$acme/config.ini"
receive <"$dir/lf.eml"
is "settings that are wrong keep the mail where it is" "$status" 75
sed -i '$d' "$acme/config.ini"
h=$acme
fails "receive without --stdin" 64 "--stdin is needed" receive
h=$nordwind

# ---- db
works "db check" "sound" db check
works "db rebuild beside a running gateway" "0 documents differed" db rebuild
works "db backup" "written" db backup "$dir/backup.db"
fails "db backup does not overwrite" 73 "exists already" db backup "$dir/backup.db"
down "$nordwind" && down "$acme"
works "db rebuild without one" "0 documents differed" db rebuild
fails "retry without one" 69 "not running" retry order_1.edi
fails "send --wait without one" 69 "nothing was sent" send --wait "$dir/order_1.edi"
is "and left nothing in the outbox" "$(ls -A "$h/outbox/acme")" ""
works "send without one" "not running" send "$dir/order_1.edi"
fails "status without one" 69 "not running" status
works "list without one" "order_1.edi" list
cp "$dir/backup.db" "$h/db/edigate.db" && rm -f "$h/db/edigate.db-wal" "$h/db/edigate.db-shm"
works "the backup is a database" "order_9.edi" list
head -c 5000 /dev/urandom | dd of="$h/db/edigate.db" bs=1 seek=20000 conv=notrunc 2>/dev/null
run db check
[ "$status" != 0 ] && ok "db check finds damage" || not_ok "db check finds damage"
done_testing
