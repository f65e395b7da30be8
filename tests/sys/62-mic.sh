#!/bin/sh
# SPDX-License-Identifier: ISC
# mic - receipts that somebody else's program signs over our mails: right by another digest than asked for, wrong in a known
# way, and over something else. What is wrong is disputed, and the story says what the partner did.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
command -v openssl >/dev/null || { skip "receipts with every MIC" "openssl is not installed"; done_testing; }
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.send sign
# ACME takes everything and answers nothing: to it Nordwind is a stranger.
try "ACME forgets Nordwind" "$e" --home "$acme" partner remove --yes nordwind
up "$nordwind" && up "$acme" || bail "starting"

names="sha512 sha1 lf document unlike"
i=0
for name in $names; do i=$((i + 1)); order $i | drop "$nordwind" acme $name.edi; done
waits() { [ "$(count "$nordwind" dir=out state=awaiting-receipt)" = 5 ]; }
try "five documents wait for their receipts" wait_for 60 waits

id_of()   { "$e" --home "$nordwind" list --json "name=$1.edi" dir=out | json id; }
mail_of() { echo "$nordwind/$("$e" --home "$nordwind" show "$(id_of "$1")" | sed -n 's,.*\(spool/out/[0-9A-Z]*\.eml\).*,\1,p' | head -n 1)"; }
# What was signed: the first part, without the line end before the delimiter.
signed_of() {
	awk '/^--=_/ { n++; if (n == 2) exit; next } n == 1 { printf "%s%s", (any++ ? "\n" : ""), $0 }' "$(mail_of "$1")" | sed '$s/\r$//'
}
digest() { openssl dgst -binary "-$1" | base64 -w 0; }
receipt() {	# name, MIC, another final recipient than the one written to
	id=$(sed -n 's/^Message-ID: <\(.*\)>.*/\1/p' "$(mail_of "$1")")
	{
		printf 'From: edi@acme.example\nTo: edi@nordwind.example\nMessage-ID: <receipt-%s@acme.example>\nMIME-Version: 1.0\n' "$1"
		{
			printf 'Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n--r\n\nyours\n--r\n'
			printf 'Content-Type: message/disposition-notification\n\nOriginal-Message-ID: <%s>\n' "$id"
			printf 'Final-Recipient: rfc822; %s\nDisposition: automatic-action/MDN-sent-automatically; processed\n' "${3:-EDI@acme.example}"
			printf 'Received-content-MIC: %s\n\n--r--\n' "$2"
		} | sed 's/$/\r/' | openssl cms -sign -binary -signer "$acme/certs/edi.pem" -inkey "$acme/private/edi.key" -md sha256 2>/dev/null
	} | sed 's/\r$//; s/$/\r/' | "$e" --home "$nordwind" receive --stdin --sender edi@acme.example --recipient edi@nordwind.example >/dev/null
}
told() { "$e" --home "$nordwind" trace "$(id_of "$1")" | grep -q "$2"; }

receipt sha512 "$(signed_of sha512 | digest sha512), sha512" inhouse@erp.acme.example
try "right, by a longer digest: the mail itself tells" wait_for 60 told sha512 'MIC equal'
try "another final recipient is told, and changes nothing" \
    told sha512 'note .*names <inhouse@erp.acme.example> as final recipient; the mail went to <edi@acme.example>'
receipt sha1 "$(signed_of sha1 | digest sha1), SHA1"
try "right, but by SHA-1" wait_for 60 told sha1 'mdn-weak.*by SHA-1'
receipt lf "$(signed_of lf | tr -d '\r' | digest sha256), sha-256"
try "over LF line ends" wait_for 60 told lf 'mdn-disputed.*LF line ends'
receipt document "$(order 4 | digest sha256), sha-256"
try "over the document alone" wait_for 60 told document 'mdn-disputed.*decoded'
receipt unlike "$(echo unlike | digest sha256), sha-256"
try "over something else" wait_for 60 told unlike 'mdn-disputed.*not that of what was sent'
is "who wrote to us from the one written to: nothing of it" \
    "$("$e" --home "$nordwind" trace "$(id_of lf)" | grep -c 'final recipient')" 0
is "the first is complete" "$(state_of "$nordwind" name=sha512.edi)" complete
is "three are disputed" "$(count "$nordwind" dir=out state=disputed)" 3
done_testing
