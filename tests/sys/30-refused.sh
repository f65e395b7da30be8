#!/bin/sh
# SPDX-License-Identifier: ISC
# refused - what must not go through does not, in either direction, and the reason is told.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.quirks_refused "wrapped bom" || bail "setting the quirks"
set_all "$acme" receipt.answers_max 4 || bail "setting the limit"
up "$nordwind" && up "$acme" || bail "starting"

# Outbound: the folder and the interchange must agree, and the envelope must hold.
order 1 | turned | drop "$nordwind" acme wrong-way.edi
held() { has_state "$nordwind" held name=wrong-way.edi; }
try "a document of somebody else is held" wait_for 60 held
order 2 | sed "s/UNT+30+1/UNT+31+1/" | drop "$nordwind" acme miscounted.edi
invalid() { has_state "$nordwind" invalid name=miscounted.edi; }
try "a wrong segment count is invalid" wait_for 60 invalid
try "failed/ has the file" wait_for 60 test -f "$nordwind/failed/miscounted.edi"
try "and the reason beside it, with the place" grep -qiE 'unt|segment' "$nordwind/failed/miscounted.edi.error.txt"
note "$(cat "$nordwind/failed/miscounted.edi.error.txt")"
order 6 | tr -d '\r\n' | fold -w 80 | drop "$nordwind" acme wrapped.edi
wrapped() { has_state "$nordwind" invalid name=wrapped.edi; }
try "a quirk that is refused of this partner is invalid" wait_for 60 wrapped
try "and named" grep -q "quirk 'wrapped'" "$nordwind/failed/wrapped.edi.error.txt"
printf '%%PDF-1.7 not EDI at all' | drop "$nordwind" acme brochure.pdf
unknown() { has_state "$nordwind" held name=brochure.pdf; }
try "an unknown format is held" wait_for 60 unknown
is "nothing of it was sent" "$(ls "$nordwind/spool/out" | wc -l)" 0

# Inbound: a stranger, a partner without a signature, a changed mail.
mail() {	# from, subject, body...
	printf 'From: %s\r\nTo: edi@acme.example\r\nSubject: %s\r\nMessage-ID: <%s@example>\r\nMIME-Version: 1.0\r\n' "$1" "$2" "$2"
	printf 'Content-Type: application/EDIFACT\r\n\r\n'
	sed 's/$/\r/' tests/documents/orders.edi
}
quarantined() { [ "$(ls "$acme/quarantine" 2>/dev/null | grep -c '\.eml$')" -ge "$1" ]; }
mail stranger@elsewhere.example stranger1 | "$e" --home "$acme" receive --stdin --sender stranger@elsewhere.example --recipient edi@acme.example >"$dir/answer" 2>&1
is "a stranger's mail is taken (it may be anything)" $? 0
try "and goes to quarantine" wait_for 60 quarantined 1
mail edi@nordwind.example unsigned1 | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example >"$dir/answer" 2>&1
try "a partner's mail without a signature goes to quarantine" wait_for 60 quarantined 2
mail edi@nordwind.example nobody1 | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient other@acme.example >"$dir/answer" 2>&1
is "a recipient that is not ours is refused" $? 67
free_port
"$b/tool/fake/relay" --alter 1 "$port" "$acme_port" >"$dir/relay.log" &
helpers="$helpers $!"
set_all "$nordwind" smtp.port "$port" smtp.tls none partner.acme.send sign || bail "setting the route"
down "$nordwind"
up "$nordwind" || bail "starting again"
order 3 | drop "$nordwind" acme changed.edi
try "a mail changed on the way goes to quarantine" wait_for 60 quarantined 3
told() { [ "$("$e" --home "$nordwind" list --json name=changed.edi | json receipt)" = negative ]; }
try "and its sender is told by a negative receipt" wait_for 60 told
is "every quarantined mail has a reason" "$(ls "$acme"/quarantine/*.reason.txt | wc -l)" 3
note "$(cat "$acme"/quarantine/*.reason.txt)"
is "nothing was filed" "$(ls "$acme/inbox/nordwind" | wc -l)" 0

# A flood of mails in the partner's name: it does not come out again at his end. One receipt of four an hour is gone already.
flood() {
	mail edi@nordwind.example "flood$1" | sed "s/^MIME-Version/Disposition-Notification-To: edi@nordwind.example\r\n&/" |
	    "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example >/dev/null
}
for i in 1 2 3 4 5 6; do flood $i; done
try "all of a flood is quarantined" wait_for 60 quarantined 9
answers() { grep -l "^Original-Message-ID: <flood" "$acme"/spool/out/*.eml | wc -l; }
answered() { [ "$(answers)" -ge 3 ]; }
try "three of it are answered" wait_for 60 answered
down "$acme" && up "$acme" || bail "starting ACME again"
flood 7
try "after a restart as well" wait_for 60 quarantined 10
noted() { "$e" --home "$acme" trace "$("$e" --home "$acme" list --json --limit 1 state=quarantined | json id)" | grep -q 'not answered'; }
try "the others are noted" wait_for 60 noted
is "and not answered" "$(answers)" 3

# After all that, a right one goes; and encrypted the other way.
order 4 | drop "$nordwind" acme right.edi
right() { has_state "$nordwind" complete name=right.edi; }
try "the next right document is complete" wait_for 60 right
order 5 | turned >"$dir/back.edi"
drop "$acme" nordwind back.edi <"$dir/back.edi"
back() { has_state "$acme" complete name=back.edi; }
try "an encrypted one is complete too" wait_for 60 back
try "its mail shows nothing of it" sh -c "grep -rq 'pkcs7-mime' '$acme/spool/out' && ! grep -rq 'application/EDIFACT' '$acme/spool/out'"
is "it arrived byte for byte" "$(cmp "$dir/back.edi" "$nordwind"/inbox/acme/* 2>&1)" ""
done_testing
