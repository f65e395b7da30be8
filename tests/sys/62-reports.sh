#!/bin/sh
# SPDX-License-Identifier: ISC
# reports - what mail servers say of our mails, in fields and in words, right and wrong, joined to what they are about:
# a document of ours, or a receipt of ours. What fits nothing of ours is unmatched, and moves nothing.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
command -v openssl >/dev/null || { skip "reports of every kind" "openssl is not installed"; done_testing; }
sys_begin
make_pair "$dir" || bail "setting up"
# ACME takes everything and answers nothing: to it Nordwind is a stranger.
try "ACME forgets Nordwind" "$e" --home "$acme" partner remove --yes nordwind
up "$nordwind" && up "$acme" || bail "starting"
doctor=$b/tool/sys/doctor

for n in words delays twice other; do order 81${#n}$(printf %s "$n" | cksum | cut -c 1-3) | drop "$nordwind" acme $n.edi; done
waits() { [ "$(count "$nordwind" dir=out state=awaiting-receipt)" = 4 ]; }
try "four documents are accepted, and no receipt comes" wait_for 60 waits
show() { "$e" --home "$nordwind" show --json "$("$e" --home "$nordwind" list --json "name=$1" dir=out | json id)"; }
message_id_of() { show "$1" | sed -n 's/.*"message_id": *"<\{0,1\}\([^">]*\)>\{0,1\}".*/\1/p' | head -n 1; }
give() {	# envelope sender or nothing; mail on stdin
	sed 's/\r$//; s/$/\r/' >"$dir/report.eml"
	"$e" --home "$nordwind" receive --stdin --sender "${1-}" --recipient edi@nordwind.example <"$dir/report.eml" >"$dir/answer" 2>&1
}
fields() {	# message-id returned, then the fields of the recipient on stdin
	printf 'From: MAILER-DAEMON@mx.example\nTo: edi@nordwind.example\nMessage-ID: <%s@mx.example>\n' "$(date +%s%N)"
	printf 'Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n'
	printf -- '--r\nContent-Type: text/plain\n\nabout your mail\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n'
	cat
	printf '\n--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s>\n\n--r--\n' "$1"
}
told() { "$e" --home "$nordwind" trace "$1" | grep -q "$2"; }

give <<EOT
From: MAILER-DAEMON@mx.example
To: edi@nordwind.example
Subject: failure notice
Message-ID: <words@mx.example>

Hi. I was not able to deliver your message to the following addresses.

<edi@acme.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Received: from nordwind
Message-ID: <$(message_id_of words.edi)>
To: edi@acme.example

UNB
EOT
try "a bounce in words fails its document" wait_for 60 has_state "$nordwind" failed name=words.edi
is "with the reason" "$("$e" --home "$nordwind" list --json name=words.edi dir=out | json reason | grep -c 'bounced: 5.1.1')" 1
bounced() { grep -q 'bounced: 5.1.1' "$nordwind"/failed/words*.error.txt; }
try "in failed/ too" wait_for 60 bounced

printf 'Final-Recipient: rfc822; edi@acme.example\nAction: delayed\nStatus: 4.4.1\n' | fields "$(message_id_of delays.edi)" | give
try "a delay is told" wait_for 60 told delays.edi 'dsn-delayed'
is "and the document waits on" "$(state_of "$nordwind" name=delays.edi)" awaiting-receipt
printf 'Final-Recipient: rfc822; edi@acme.example\nAction: failed\nStatus: 4.4.7\n' | fields "$(message_id_of delays.edi)" | give
try "given up with a 4 in its status is final" wait_for 60 has_state "$nordwind" failed name=delays.edi

printf 'Original-Recipient: rfc822;edi@acme.example\nFinal-Recipient: rfc822; inner@acme.example\nAction: delivered\nStatus: 2.0.0\n' |
    fields "$(message_id_of twice.edi)" | give
try "delivered is told" wait_for 60 told twice.edi 'dsn-delivered'
printf 'Final-Recipient: rfc822; inner@acme.example\nAction: failed\nStatus: 5.1.1\n' | fields "$(message_id_of twice.edi)" | give
try "failed after delivered is a contradiction" wait_for 60 told twice.edi 'contradicts stronger proof'
is "and moves nothing" "$(state_of "$nordwind" name=twice.edi)" awaiting-receipt

printf 'Original-Recipient: rfc822;nobody@acme.example\nFinal-Recipient: rfc822; nobody@acme.example\nAction: failed\nStatus: 5.1.1\n' |
    fields "$(message_id_of other.edi)" | give
try "a report of somebody we did not write to is told" wait_for 60 told other.edi 'whom we did not write to'
printf 'Final-Recipient: rfc822; edi@acme.example\nAction: delivered\nStatus: 5.1.1\n' | fields "$(message_id_of other.edi)" | give
try "so is one that contradicts itself" wait_for 60 told other.edi 'unknown 5.1.1'
is "neither moves anything" "$(state_of "$nordwind" name=other.edi)" awaiting-receipt

printf 'Final-Recipient: rfc822; edi@acme.example\nAction: failed\nStatus: 5.1.1\n' | fields "nothing@nordwind.example" | give
unmatched() { [ "$(count "$nordwind" dir=in state=unmatched)" = "$1" ]; }
try "a report on nothing of ours is unmatched" wait_for 60 unmatched 1
printf 'From: MAILER-DAEMON@mx.example\nTo: edi@nordwind.example\nSubject: failure notice\n\nIt did not work.\n' | give
try "so is one that names nobody" wait_for 60 unmatched 2

# Our receipt, for a document of ACME's, comes back.
turned <tests/documents/orders.edi >"$dir/turned.edi"
{ printf 'From: edi@acme.example\nTo: edi@nordwind.example\nMessage-ID: <one@acme.example>\nDisposition-Notification-To: edi@acme.example\n'
  printf 'Disposition-Notification-Options: signed-receipt-protocol=required,pkcs7-signature; signed-receipt-micalg=required,sha-256\n'
  { printf 'Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'; base64 "$dir/turned.edi" | sed 's/$/\r/'; } |
    openssl cms -sign -binary -signer "$acme/certs/edi.pem" -inkey "$acme/private/edi.key" -md sha256 -outform SMIME 2>/dev/null; } | give edi@acme.example
id=
answered() {
	id=$("$e" --home "$nordwind" list --json dir=in kind=document state=filed | json id)
	[ -n "$id" ] && told "$id" 'receipt-sent'
}
try "a document of ACME's is filed, and its receipt goes out" wait_for 60 answered
receipt=$(sed -n 's/^Message-ID: <\(.*\)>.*/\1/p' "$(grep -l 'disposition-notification' "$nordwind"/spool/out/*.eml | head -n 1)" | head -n 1)
printf 'Original-Recipient: rfc822;edi@acme.example\nFinal-Recipient: rfc822; edi@acme.example\nAction: failed\nStatus: 5.2.2\n' | fields "$receipt" | give
try "a report on our receipt is told with the document that it is for" wait_for 60 told "$id" 'report on our receipt.*failed 5.2.2'
attention() { [ "$(count "$nordwind" state=attention dir=in kind=document)" = 1 ]; }
try "and somebody must look" wait_for 60 attention
is "the document stays filed" "$(state_of "$nordwind" dir=in kind=document)" filed

for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$doctor" "$home" quiet
done
done_testing
