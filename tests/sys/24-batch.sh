#!/bin/sh
# SPDX-License-Identifier: ISC
# batch - documents for one partner go out together in one interchange: by count, by size, by time; each of them is
# receipted and acknowledged as if it went alone. And the JSON of a document becomes an interchange.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.batch 3 partner.acme.batch_wait 1d partner.acme.control_from 5001
set_all "$acme" partner.nordwind.duplicates file partner.nordwind.accept none
up "$nordwind" && up "$acme" || bail "starting"
complete() { [ "$(count "$nordwind" dir=out state=complete)" = "$1" ]; }
state() { "$e" --home "$nordwind" list --json dir=out name="$1" | json state; }
trace() { "$e" --home "$nordwind" trace "$("$e" --home "$nordwind" list --json dir=out name="$1" | json id)"; }
po() {	# control
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*0*P*:~\n' "$1"
	printf 'GS*PO*NW*AC*20261123*1200*%s*X*004010~\nST*850*0001~\nBEG*00*SA*PO-%s**20261123~\nSE*3*0001~\nGE*1*%s~\nIEA*1*%09d~\n' "$1" "$1" "$1" "$1"
}
order 1 | drop "$nordwind" acme one.edi
order 2 | drop "$nordwind" acme two.edi
waits() { trace two.edi | grep -q 'collected with others'; }
try "two of three wait" wait_for 60 waits
is "as claimed" "$(state one.edi) $(state two.edi)" "claimed claimed"
try "that is in order" "$b/tool/sys/doctor" "$nordwind" quiet
po 21 | drop "$nordwind" acme other.x12
order 3 | drop "$nordwind" acme three.edi
try "with the third all three are complete" wait_for 60 complete 3
is "in one mail" "$(ls "$acme/inbox/nordwind" | wc -l) $(cat "$acme"/inbox/nordwind/* | grep -c '^UNH')" "1 3"
cat "$acme"/inbox/nordwind/* >"$dir/batch"
try "with a number of ours" grep -q '^UNB+UNOC:3+4012345000009:14+5098765000007:14+[0-9:]*+5001' "$dir/batch"
is "messages numbered from 1" "$(sed -n 's/^UNH+\([0-9]*\).*/\1/p' "$dir/batch" | tr '\n' ' ')" "1 2 3 "
is "the other, X12, still waits" "$(state other.x12)" claimed
is "the originals are in sent/" "$(ls "$nordwind/sent" | tr '\n' ' ')" "one.edi three.edi two.edi "
is "each has its status file" "$(json state <"$nordwind/status/two.edi.json")" complete
try "each has the receipt in its timeline" sh -c "'$e' --home '$nordwind' trace 1 | grep -q mdn-ok"
is "the batch is a document of its own" "$(count "$nordwind" kind=batch state=complete)" 1

# One message of three is refused: the two others are not. Nordwind sends nothing that is broken, so ACME is given it.
for n in 4 5 6; do order $n | drop "$nordwind" acme "more$n.edi"; done
try "three more go" wait_for 60 complete 6
{
	printf 'From: <edi@nordwind.example>\r\nTo: <edi@acme.example>\r\nMessage-ID: <x@nordwind.example>\r\n'
	printf 'MIME-Version: 1.0\r\nContent-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'
	{ echo "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+5002'"
	for n in 1 2 3; do printf "UNH+%d+ORDERS:D:96A:UN'\nBGM+220+X%d+9'\nUNT+%d+%d'\n" $n $n $((n == 2 ? 9 : 3)) $n; done
	echo "UNZ+3+5002'"; } | base64
} | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example >"$dir/said"
partly() { [ "$(state more5.edi)" = rejected ]; }
try "the one refused is rejected" wait_for 60 partly
try "those beside it are accepted" sh -c "'$e' --home '$nordwind' trace $("$e" --home "$nordwind" list --json name=more6.edi | json id) | grep -q ack-accepted"
is "and complete" "$(state more4.edi) $(state more6.edi)" "complete complete"
is "the batch is accepted in part" "$(count "$nordwind" kind=batch state=partly-accepted)" 1

# By size; and without what a person holds back.
set_all "$nordwind" partner.acme.batch_size 1500 && reload "$nordwind" || bail "reloading"
order 8 | drop "$nordwind" acme big1.edi
order 9 | drop "$nordwind" acme big2.edi
big() { [ "$(state big1.edi) $(state big2.edi)" = "complete complete" ]; }
try "two are large enough" wait_for 60 big
order 10 | drop "$nordwind" acme stop.edi
stops() { trace stop.edi | grep -q 'collected with others'; }
try "one is collected" wait_for 60 stops
try "and held by a person" "$e" --home "$nordwind" hold "$("$e" --home "$nordwind" list --json name=stop.edi | json id)"
order 11 | drop "$nordwind" acme big3.edi
order 12 | drop "$nordwind" acme big4.edi
past() { [ "$(state big3.edi) $(state big4.edi)" = "complete complete" ]; }
try "the others go without it" wait_for 60 past
is "it stays" "$(state stop.edi)" held

# By time, also one that stays alone. JSON: counts and control numbers are ours, whatever they are in it.
"$e" convert --to json tests/documents/po850.x12 | sed 's/"SE",\["[0-9]*"\]/"SE",["99"]/; s/PO-2026-0816/PO-JSON-1/g' >"$dir/po.json"
set_all "$nordwind" partner.acme.batch_wait 1s && reload "$nordwind" || bail "reloading"
drop "$nordwind" acme po.json <"$dir/po.json"
json_through() { [ "$(state po.json)" = complete ]; }
try "when its time is over the JSON of an order goes, as an interchange" wait_for 60 json_through
file=$(ls "$acme"/inbox/nordwind/*PO-JSON-1* 2>/dev/null)
is "that is valid" "$("$e" validate --json "$file" | json verdict)" valid
is "with a number of ours" "$(sed -n 's/^ISA.*\*00401\*\([0-9]*\).*/\1/p' "$file")" "000005002"
sed 's/"terminator":"~"/"terminator":"~~"/' "$dir/po.json" | sed 's/\["BEG",/[["BEG"],/' | drop "$nordwind" acme bad.json
bad() { [ "$(state bad.json)" = invalid ]; }
try "what makes no interchange is refused" wait_for 60 bad
try "with the place in the JSON" grep -q '\$\.raw\.interchanges\[0\]' "$nordwind/failed/bad.json.error.txt"
try "db rebuild changes nothing" sh -c "'$e' --home '$nordwind' db rebuild | grep -qE '(^|[^0-9])0( |$)'"
try "the database is sound" "$e" --home "$nordwind" db check
done_testing
