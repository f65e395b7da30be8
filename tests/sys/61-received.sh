#!/bin/sh
# SPDX-License-Identifier: ISC
# received - mails of every kind that a partner can send: several documents in one, the same again, the same with other
# content, receipts that are not to be believed. Nothing is filed twice, nothing is lost, and every one has its answer.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
command -v openssl >/dev/null || { skip "mails of every kind" "openssl is not installed"; done_testing; }
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
doctor=$b/tool/sys/doctor

# A MIME part per document on the command line.
parts() {
	printf 'Content-Type: multipart/mixed; boundary=parts\r\n\r\n'
	for part; do
		printf -- '--parts\r\nContent-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'
		base64 "$part" | sed 's/$/\r/'
	done
	printf -- '--parts--\r\n'
}
sign() {	# home of the signer; entity on stdin
	openssl cms -sign -binary -signer "$1/certs/edi.pem" -inkey "$1/private/edi.key" -md sha256 -outform SMIME 2>/dev/null
}
# From Nordwind to ACME with a receipt wanted: message-id; signed entity on stdin.
letter() {
	printf 'From: edi@nordwind.example\r\nTo: edi@acme.example\r\nSubject: test\r\nMessage-ID: <%s@nordwind.example>\r\n' "$1"
	printf 'Disposition-Notification-To: edi@nordwind.example\r\n'
	printf 'Disposition-Notification-Options: signed-receipt-protocol=required,pkcs7-signature; signed-receipt-micalg=required,sha-256\r\n'
	sed 's/\r$//; s/$/\r/'
}
give() { "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example <"$1" >"$dir/answer" 2>&1; }
filed() { ls "$acme/inbox/nordwind" 2>/dev/null | grep -c .; }
has_filed() { [ "$(filed)" = "$1" ]; }
sent() { ls "$acme/spool/out" | wc -l; }
has_sent() { [ "$(sent)" = "$1" ]; }
in_state() { [ "$(count "$acme" dir=in "state=$1")" -ge "$2" ]; }
ledger_pid() { sed -n 's/^ledger \([0-9]*\) .*/\1/p' "$acme/run/roles"; }
pid_before=$(ledger_pid)

for n in 1 2 3 4 5 6 7 8 9; do order 60$n >"$dir/$n.edi"; done
sed 's/QTY+21:[0-9]*/QTY+21:77/' "$dir/1.edi" >"$dir/1other.edi"
cmp -s "$dir/1.edi" "$dir/1other.edi" && bail "a second version of the first order"

parts "$dir/1.edi" "$dir/2.edi" "$dir/3.edi" | sign "$nordwind" | letter three >"$dir/three.eml"
give "$dir/three.eml"
try "three documents of one mail are filed" wait_for 60 has_filed 3
try "and get one receipt" wait_for 60 has_sent 1
gone() { [ "$(grep -c 'event=receipt-sent' "$acme.log")" -ge "$1" ]; }
try "which goes out" wait_for 60 gone 1	# one that still waits to go is not sent twice
for n in 1 2 3; do
	is "document $n byte for byte" "$(for f in "$acme"/inbox/nordwind/*; do cmp -s "$f" "$dir/$n.edi" && echo yes; done)" yes
done
give "$dir/three.eml"
try "the same mail again is a duplicate" wait_for 60 in_state duplicate 1
try "its receipt goes out again" wait_for 60 gone 2
is "the same one, and nothing is filed" "$(sent) $(filed)" "1 3"

parts "$dir/4.edi" | sign "$nordwind" | letter twice >"$dir/twice.eml"
for _ in 1 2 3 4; do give "$dir/twice.eml" & done
wait $!
try "a mail that comes four times at once is filed" wait_for 60 has_filed 4
try "and three times a duplicate" wait_for 60 in_state duplicate 4
is "once" "$(filed)" 4

# The first payload is known, the second is not.
parts "$dir/2.edi" "$dir/5.edi" | sign "$nordwind" | letter half >"$dir/half.eml"
give "$dir/half.eml"
try "a new document behind a known one is filed" wait_for 60 has_filed 5
is "it is the new one" "$(for f in "$acme"/inbox/nordwind/*; do cmp -s "$f" "$dir/5.edi" && echo yes; done)" yes
try "and the mail gets its receipt" wait_for 60 has_sent 3
parts "$dir/2.edi" "$dir/5.edi" | sign "$nordwind" | letter known >"$dir/known.eml"
give "$dir/known.eml"
try "two known ones get a receipt that says so" wait_for 60 has_sent 4
try "it is in plain words" sh -c "grep -ql 'duplicate-document' '$acme'/spool/out/* || grep -rq 'duplicate-document' '$acme.log'"
is "nothing is filed of it" "$(filed)" 5

# The same interchange with other content, as the last of several.
parts "$dir/6.edi" "$dir/1other.edi" | sign "$nordwind" | letter other >"$dir/other.eml"
give "$dir/other.eml"
try "the same interchange with other content is held" wait_for 60 in_state held 1
is "nothing of that mail is filed, no receipt is sent" "$(filed) $(sent)" "5 4"
id=$("$e" --home "$acme" list --json state=held dir=in | json id)
try "a person releases it" "$e" --home "$acme" release --yes "$id"
try "then it is filed, both documents" wait_for 60 has_filed 7
try "and gets its receipt" wait_for 60 has_sent 5
is "the ledger lived through all that" "$(ledger_pid)" "$pid_before"

# The same Message-ID with other content.
parts "$dir/7.edi" | sign "$nordwind" | letter three >"$dir/id.eml"
give "$dir/id.eml"
try "the same Message-ID with other content is held" wait_for 60 in_state held 1
id=$("$e" --home "$acme" list --json state=held dir=in | json id)
try "and filed when released" "$e" --home "$acme" release --yes "$id"
try "once" wait_for 60 has_filed 8
give "$dir/other.eml"
try "what was held and released is a duplicate when it comes again" wait_for 60 in_state duplicate 8
is "nothing is filed of it" "$(filed)" 8

# A stranger who becomes a partner.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/zulu.key" -out "$dir/zulu.pem" -subj "/CN=Zulu" -days 30 2>/dev/null
{ printf 'From: edi@zulu.example\r\nTo: edi@acme.example\r\nMessage-ID: <first@zulu.example>\r\n'
  parts "$dir/8.edi" | openssl cms -sign -binary -signer "$dir/zulu.pem" -inkey "$dir/zulu.key" -md sha256 -outform SMIME | sed 's/\r$//; s/$/\r/'; } >"$dir/zulu.eml"
"$e" --home "$acme" receive --stdin --sender edi@zulu.example --recipient edi@acme.example <"$dir/zulu.eml" >"$dir/answer" 2>&1
try "a stranger's mail is quarantined" wait_for 60 in_state quarantined 1
id=$("$e" --home "$acme" list --json state=quarantined dir=in | json id)
try "the stranger becomes a partner" "$e" --home "$acme" partner add --yes zulu --mail edi@zulu.example --cert "$dir/zulu.pem"
reloads=$(grep -c 'event=reloading' "$acme.log")
kill -HUP "$(cat "$acme.pid")"
reloaded() { [ "$(grep -c 'event=reloading' "$acme.log")" -gt "$reloads" ] && "$e" --home "$acme" retry --yes "$id"; }
try "and the mail is opened once more" wait_for 60 reloaded
zulu() { cmp -s "$acme"/inbox/zulu/*.edi "$dir/8.edi"; }
try "and filed" wait_for 60 zulu
printf 'From: x@y.example\r\nTo: edi@acme.example\r\nMessage-ID: <junk@y.example>\r\nContent-Type: application/EDIFACT\r\n\r\nUNB+junk\r\n' >"$dir/junk.eml"
"$e" --home "$acme" receive --stdin --sender x@y.example --recipient edi@acme.example <"$dir/junk.eml" >"$dir/answer" 2>&1
try "junk is quarantined" wait_for 60 in_state quarantined 1
id=$("$e" --home "$acme" list --json state=quarantined dir=in | json id)
try "a person throws it out" "$e" --home "$acme" cancel --yes --reason junk "$id"
is "nothing needs attention" "$(count "$acme" state=attention)" 0

# Receipts: Nordwind sends, what comes back is not ACME's gateway but what we make up.
down "$acme"
order 700 | drop "$nordwind" acme receipt.edi
deferred() { has_state "$nordwind" deferred name=receipt.edi; }
try "with ACME down a document is deferred" wait_for 60 deferred
up "$acme" || bail "starting again"
complete() { has_state "$nordwind" complete name=receipt.edi; }
try "then it goes" wait_for 60 complete
id=$("$e" --home "$nordwind" list --json name=receipt.edi dir=out | json id)
message_id=$("$e" --home "$nordwind" show --json "$id" | sed -n 's/.*"message_id": *"<\([^>]*\)>".*/\1/p' | head -n 1)
mdn() {	# disposition, mic line or nothing, original message id
	printf 'Content-Type: multipart/report; report-type=disposition-notification; boundary=mdn\r\n\r\n'
	printf -- '--mdn\r\nContent-Type: text/plain\r\n\r\na receipt\r\n--mdn\r\nContent-Type: message/disposition-notification\r\n\r\n'
	printf 'Final-Recipient: rfc822;edi@acme.example\r\nOriginal-Message-ID: <%s>\r\nDisposition: automatic-action/MDN-sent-automatically; %s\r\n%s' "$3" "$1" "$2"
	printf '\r\n--mdn--\r\n'
}
back() {	# from, message-id; entity on stdin
	{ printf 'From: %s\r\nTo: edi@nordwind.example\r\nMessage-ID: <%s@acme.example>\r\n' "$1" "$2"
	  sed 's/\r$//; s/$/\r/'; } >"$dir/back.eml"
	"$e" --home "$nordwind" receive --stdin --sender "" --recipient edi@nordwind.example <"$dir/back.eml" >"$dir/answer" 2>&1
}
told() { "$e" --home "$nordwind" trace "$id" | grep -q "$1"; }
mdn "processed/error: unexpected-processing-error" "" "$message_id" | sign "$acme" | back edi@acme.example late-no
try "a negative receipt after a good one is told as a contradiction" wait_for 60 told 'contradicts stronger proof'
is "and changes nothing" "$(state_of "$nordwind" name=receipt.edi) $("$e" --home "$nordwind" list --json name=receipt.edi | json reason)" "complete "
mdn "processed" "Received-content-MIC: AAAA, sha-256
" "$message_id" | back edi@nowhere.example other
try "a receipt of somebody else is told" wait_for 60 told 'from somebody else'
mdn "processed" "" "nothing-of-ours@nordwind.example" | sign "$acme" | back edi@acme.example unknown
unmatched() { [ "$(count "$nordwind" dir=in state=unmatched)" -ge 2 ]; }
try "a receipt for nothing of ours is unmatched" wait_for 60 unmatched

for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$doctor" "$home" quiet
done
done_testing
