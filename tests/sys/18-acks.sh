#!/bin/sh
# SPDX-License-Identifier: ISC
# acks - 997, TA1 and CONTRL that a partner sends find the documents they speak of, and say what became of them.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$acme" partner.nordwind.ack_997 never	# these are written here
up "$nordwind" && up "$acme" || bail "starting"

# From nordwind (own side) to acme, or back: the header of an X12 interchange.
isa() {	# sender receiver control
	printf 'ISA*00*          *00*          *14*%-15s*14*%-15s*261123*1200*U*00401*%09d*0*P*:~\n' "$1" "$2" "$3"
}
order850() {	# control group sets...
	control=$1 group=$2 n=0
	shift 2
	isa 4012345000009 5098765000007 "$control"
	echo "GS*PO*NW*AC*20261123*1200*$group*X*004010~"
	for set in "$@"; do
		printf 'ST*850*%s~\nBEG*00*SA*PO-%s-%s**20261123~\nSE*3*%s~\n' "$set" "$control" "$set" "$set"
		n=$((n + 1))
	done
	printf 'GE*%d*%s~\nIEA*1*%09d~\n' $n "$group" "$control"
}
answer997() {	# control; the segments between ST and SE on stdin, a line each
	isa 5098765000007 4012345000009 "$1"
	printf 'GS*FA*AC*NW*20261123*1200*%s*X*004010~\nST*997*0001~\n' "$1"
	sed 's/$/~/' >"$dir/body"
	cat "$dir/body"
	printf 'SE*%d*0001~\nGE*1*%s~\nIEA*1*%09d~\n' $(($(wc -l <"$dir/body") + 2)) "$1" "$1"
}
contrl() {	# reference; the segments between UNH and UNT on stdin
	echo "UNB+UNOC:3+5098765000007:14+4012345000009:14+261123:1200+$1'"
	echo "UNH+1+CONTRL:D:3:UN'"
	sed "s/$/'/" >"$dir/body"
	cat "$dir/body"
	printf "UNT+%d+1'\nUNZ+1+%s'\n" $(($(wc -l <"$dir/body") + 2)) "$1"
}
sent() { [ "$(count "$nordwind" dir=out state=complete)" = 5 ]; }
order850 41 410 0001 0002 | drop "$nordwind" acme accepted.x12
order850 42 420 0001 0002 | drop "$nordwind" acme partly.x12
order850 43 430 0001 | drop "$nordwind" acme refused.x12
order850 44 440 0001 | drop "$nordwind" acme interchange.x12
cp tests/documents/orders.edi "$nordwind/outbox/acme/orders.edi"
wait_for 60 sent || bail "five documents did not get through"

state() {	# name
	"$e" --home "$nordwind" list --json dir=out name="$1" | json state
}
id() {
	"$e" --home "$nordwind" list --json dir=out name="$1" | json id
}
reference=$(sed -n "s/^UNB+[^+]*+[^+]*+[^+]*+[^+]*+\([^+']*\).*/\1/p" tests/documents/orders.edi | head -n 1)
printf 'AK1*PO*410\nAK2*850*0001\nAK5*A\nAK2*850*0002\nAK5*A\nAK9*A*2*2*2\n' | answer997 1 | drop "$acme" nordwind a.x12
printf 'AK1*PO*420\nAK2*850*0001\nAK5*A\nAK2*850*0002\nAK3*BEG*2**8\nAK4*3**7\nAK5*R*5\nAK9*P*2*2*1\n' | answer997 2 |
    drop "$acme" nordwind p.x12
printf 'AK1*PO*430\nAK9*R*1*1*0*5\n' | answer997 3 | drop "$acme" nordwind r.x12
{ isa 5098765000007 4012345000009 4; printf 'TA1*000000044*261123*1200*R*025~\nIEA*0*000000004~\n'; } | drop "$acme" nordwind t.x12
printf 'UCI+%s+4012345000009:14+5098765000007:14+7\n' "$reference" | contrl C1 | drop "$acme" nordwind c.edi
printf 'AK1*PO*999\nAK9*A*1*1*1\n' | answer997 5 | drop "$acme" nordwind stranger.x12
all_in() { [ "$(count "$nordwind" dir=in kind=ack)" = 6 ]; }
try "six acknowledgements arrive" wait_for 60 all_in
is "an accepted one stays complete" "$(state accepted.x12)" complete
is "of one accepted in part that is said" "$(state partly.x12)" partly-accepted
is "one refused in its group is rejected" "$(state refused.x12)" rejected
is "one refused as an interchange is rejected" "$(state interchange.x12)" rejected
is "an EDIFACT one accepted stays complete" "$(state orders.edi)" complete
for name in accepted.x12 orders.edi; do
	try "$name: the timeline has ack-accepted" sh -c "'$e' --home '$nordwind' trace $(id "$name") | grep -q ack-accepted"
	try "$name: show knows it" sh -c "'$e' --home '$nordwind' show $(id "$name") | grep -q 'acknowledgement accepted'"
done
"$e" --home "$nordwind" trace "$(id partly.x12)" >"$dir/trace" 2>&1
try "where the fault is stands in the timeline" grep -q "850 '0002' refused, code . ([a-z ]*) in segment 2 BEG element" "$dir/trace"
try "one that fits nothing says so" sh -c "grep -q 'ack-unmatched' '$nordwind.log'"
is "it is filed all the same" "$(count "$nordwind" dir=in state=filed kind=ack)" 6
try "db rebuild changes nothing" sh -c "'$e' --home '$nordwind' db rebuild | grep -qE '(^|[^0-9])0( |$)'"

try "evidence of a document has its acknowledgement" "$e" --home "$nordwind" evidence export "$(id orders.edi)" -O "$dir/ack.tar"
"$e" evidence verify "$dir/ack.tar" >"$dir/said" 2>&1
is "and who signed it" "$? $(grep -c '^ok .*acknowledgement/1.content: signed by CN=ACME' "$dir/said")" "0 1"
mkdir "$dir/x" && tar -xf "$dir/ack.tar" -C "$dir/x"
try "openssl sees that too" sh -c "sh '$dir'/x/*/verify.sh | grep -q '^ok .*acknowledgement/1.content: signed'"

# Said again, and contradicted: the stronger proof stays.
printf 'AK1*PO*410\nAK9*R*2*2*0\n' | answer997 6 | drop "$acme" nordwind again.x12
seven_in() { [ "$(count "$nordwind" dir=in kind=ack state=filed)" = 7 ]; }
try "one more arrives" wait_for 60 seven_in
try "that it was said before, otherwise, is kept" sh -c "'$e' --home '$nordwind' trace $(id accepted.x12) | grep -q 'contradicts stronger proof'"
is "it does not undo what was accepted" "$(state accepted.x12)" complete
printf 'AK1*PO*410\nAK9*A*2*2*2\n' | answer997 7 | drop "$acme" nordwind twice.x12
try "and once more the same: it is called a duplicate" wait_for 60 grep -q ack-duplicate "$nordwind.log"
done_testing
