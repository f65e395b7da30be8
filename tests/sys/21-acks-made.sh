#!/bin/sh
# SPDX-License-Identifier: ISC
# acks-made - what comes in is acknowledged as the partner's settings say; the one who sent it learns what became of each
# message, waits where an answer is due, and says so when none comes.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.ack wanted
set_all "$acme" partner.nordwind.ack_contrl always partner.nordwind.control_from 7001
up "$nordwind" && up "$acme" || bail "starting"

isa() {	# control, ISA14
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*%s*P*:~\n' "$1" "$2"
}
order850() {	# control, ISA14, sets...; one named bad has a stray control character
	control=$1 n=0
	isa "$1" "$2"
	shift 2
	echo "GS*PO*NW*AC*20261123*1200*$control*X*004010~"
	for set in "$@"; do
		n=$((n + 1))
		case $set in bad) sign=$(printf '\001') ;; *) sign= ;; esac
		printf 'ST*850*%04d~\nBEG*00*SA*PO-%s-%s%s**20261123~\nSE*3*%04d~\n' $n "$control" $n "$sign" $n
	done
	printf 'GE*%d*%s~\nIEA*1*%09d~\n' $n "$control" "$control"
}
contents() { sed 's/$//' "$1"/* 2>/dev/null; }
id() { "$e" --home "$1" list --json dir="$2" name="$3" | json id; }
state() { "$e" --home "$nordwind" list --json dir=out name="$1" | json state; }

order850 41 0 good good | drop "$nordwind" acme good.x12
order850 42 1 good | drop "$nordwind" acme asks.x12
order 9 | drop "$nordwind" acme good.edi
done3() { [ "$(state good.x12) $(state asks.x12) $(state good.edi)" = "complete complete complete" ]; }
try "three are accepted, and complete" wait_for 60 done3
is "ACME has made an acknowledgement for each" "$(count "$acme" dir=out kind=ack)" 3
is "none of them is a document for people" "$(count "$acme" dir=out)" 0
acked() { [ "$(count "$acme" dir=out kind=ack state=complete)" = "$1" ]; }
try "they are delivered like documents" wait_for 60 acked 3
is "their originals are nowhere in the folders" "$(ls "$acme/sent" "$acme/failed" "$acme/status" | grep -c ack)" 0
try "what came says by what it was acknowledged" sh -c "'$e' --home '$acme' trace $("$e" --home "$acme" list --json dir=in type=ORDERS | json id) |
    grep -q 'acknowledged: accepted, by document'"
is "and that they are" "$("$e" --home "$acme" trace "$("$e" --home "$acme" list --json dir=in type=ORDERS | json id)" |
    grep -c 'its acknowledgement, document [0-9]*, is complete')" 1
is "Nordwind has them as acknowledgements" "$(count "$nordwind" dir=in kind=ack state=filed) $(count "$nordwind" dir=in)" "3 0"
is "and acknowledges none" "$(count "$nordwind" dir=out kind=ack)" 0
contents "$nordwind/inbox/acme" >"$dir/acks"
try "the version is mirrored" grep -q '^GS\*FA\*AC\*NW\*[0-9]*\*[0-9]*\*7001\*X\*004010~' "$dir/acks"
is "a TA1 where it was asked for" "$(grep -c '^TA1\*000000042\*' "$dir/acks") $(grep -c '^TA1' "$dir/acks")" "1 1"
is "the ids are turned round" "$(grep -c '^ISA.*\*14\*5098765000007  \*14\*4012345000009' "$dir/acks")" 2
is "interchanges are counted up" "$(sed -n 's/^ISA.*\*U\*00401\*\([0-9]*\).*/\1/p' "$dir/acks" | sort | tr '\n' ' ')" "000007001 000007002 "
try "EDIFACT has a counter of its own" grep -q "^UNB+UNOC:3+5098765000007:14+4012345000009:14+[0-9:]*+7001'" "$dir/acks"

is "each message shows what was said of it" "$("$e" --home "$nordwind" show "$(id "$nordwind" out good.x12)" | grep -c '850 PO-41.*accepted$')" 2
try "the JSON has it" sh -c "'$e' --home '$nordwind' show --json $(id "$nordwind" out good.x12) | grep -q '\"acknowledgement\": *{'"

# Nordwind sends nothing that is broken. So what it sends now gets no answer, and ACME is then given something else under
# the same numbers, as a partner with less care would send it.
set_all "$acme" partner.nordwind.ack_997 never partner.nordwind.ack_contrl never && reload "$acme" || bail "reloading"
edifact() {	# reference, sets...
	reference=$1 n=0
	shift
	echo "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+$reference'"
	for set in "$@"; do
		n=$((n + 1))
		case $set in bad) end=9 ;; *) end=3 ;; esac
		printf "UNH+%d+ORDERS:D:96A:UN'\nBGM+220+%s-%d+9'\nUNT+%d+%d'\n" $n "$reference" $n $end $n
	done
	case $set in cut) ;; *) printf "UNZ+%d+%s'\n" $n "$reference" ;; esac
}
order850 51 0 good good | drop "$nordwind" acme some.x12
order850 52 0 good good | drop "$nordwind" acme all.x12
order850 53 0 good | drop "$nordwind" acme cut.x12
edifact E61 good good | drop "$nordwind" acme some.edi
edifact E62 good good | drop "$nordwind" acme all.edi
edifact E63 good | drop "$nordwind" acme cut.edi
awaited() { [ "$(count "$nordwind" dir=out state=awaiting-ack)" = "$1" ]; }
try "six wait for their acknowledgement" wait_for 60 awaited 6
set_all "$acme" partner.nordwind.ack_997 auto partner.nordwind.ack_contrl on-error partner.nordwind.duplicates file \
    partner.nordwind.accept none && reload "$acme" || bail "reloading"
inject() {	# name, media type; document on stdin
	{
		printf 'From: <edi@nordwind.example>\r\nTo: <edi@acme.example>\r\nMessage-ID: <%s@nordwind.example>\r\n' "$1"
		printf 'MIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n' "$2"
		base64
	} | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example
}
order850 51 0 good bad | inject some.x12 application/EDI-X12 >"$dir/said"
order850 52 0 bad bad | inject all.x12 application/EDI-X12 >>"$dir/said"
order850 53 0 good | grep -v '^GE\|^IEA' | inject cut.x12 application/EDI-X12 >>"$dir/said"
edifact E61 good bad | inject some.edi application/EDIFACT >>"$dir/said"
edifact E62 bad bad | inject all.edi application/EDIFACT >>"$dir/said"
edifact E63 cut | inject cut.edi application/EDIFACT >>"$dir/said"
answered() { [ "$(count "$nordwind" dir=in kind=ack state=filed)" = 9 ]; }
try "six answers come" wait_for 60 answered
is "one message of two refused, X12" "$(state some.x12)" partly-accepted
is "all messages refused, X12" "$(state all.x12)" rejected
is "the interchange refused, X12" "$(state cut.x12)" rejected
is "one message of two refused, EDIFACT" "$(state some.edi)" partly-accepted
is "all messages refused one by one, EDIFACT" "$(state all.edi)" rejected
is "the interchange refused, EDIFACT" "$(state cut.edi)" rejected
is "the element at fault is named" "$("$e" --home "$nordwind" show "$(id "$nordwind" out some.x12)" | grep -c 'rejected: .*code 6 (invalid character) in segment 2 BEG element 3')" 1
is "the message beside it is accepted" "$("$e" --home "$nordwind" show "$(id "$nordwind" out some.edi)" |
    sed -n 's/.*E61-\([12]\)  *D:96A:UN  *\([a-z]*\).*/\1 \2/p' | tr '\n' ' ')" "1 accepted 2 rejected "

# Nothing comes at all.
set_all "$acme" partner.nordwind.ack_997 never && set_all "$nordwind" partner.acme.ack_wait 1s && reload "$acme" &&
    reload "$nordwind" || bail "reloading"
order850 71 0 good | drop "$nordwind" acme silence.x12
overdue() { [ "$(state silence.x12)" = ack-overdue ]; }
try "one that is not answered is overdue, and says so" wait_for 60 overdue
try "db rebuild changes nothing" sh -c "'$e' --home '$nordwind' db rebuild | grep -qE '(^|[^0-9])0( |$)'"
for home in "$nordwind" "$acme"; do
	try "${home##*/}: the database is sound" "$e" --home "$home" db check
done
done_testing
