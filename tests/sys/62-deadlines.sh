#!/bin/sh
# SPDX-License-Identifier: ISC
# deadlines - what becomes of a document when its partner's server takes it, refuses it, or is cut off in the wrong moment, and
# the receipt comes late, never, or after everything had been given up.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
command -v openssl >/dev/null || { skip "receipts of every time" "openssl is not installed"; done_testing; }
sys_begin
make_pair "$dir" || bail "setting up"
free_port
server_port=$port
set_all "$nordwind" smtp.port "$server_port" smtp.tls none partner.acme.send sign retry.first 1s retry.max 2s \
    retry.uncertain_grace 3s || bail "settings"
doctor=$b/tool/sys/doctor

server=
# The server of the partner, from now on: one connection, one mail, one answer to it. What it heard is in $dir/heard.
serve() {	# answer to the mail, or nothing: cut off before it
	[ -z "$server" ] || { kill "$server"; wait "$server" 2>/dev/null; }
	{ printf '< 220 fake\n> EHLO\n< 250 fake\n> MAIL\n< 250 ok\n> RCPT\n< 250 ok\n> DATA\n< 354 go\nbody\n'
	  if [ -n "$1" ]; then printf '< %s\n' "$1"; else echo drop; fi; } >"$dir/script"
	"$b/tool/fake/smtpd" "$server_port" "$dir/script" >>"$dir/heard" 2>&1 &
	server=$!
	helpers="$helpers $server"
}
mails() { grep -c '^> DATA' "$dir/heard"; }
id_of() { "$e" --home "$nordwind" list --json "name=$1" dir=out | json id; }
told() { "$e" --home "$nordwind" trace "$1" | grep -q "$2"; }
settings() {
	set_all "$nordwind" "$@" && reload "$nordwind"
}
part() { sed -n 's/.*"'"$2"'": *"\([^"]*\)".*/\1/p' "$1" | head -n 1; }
# A receipt or report comes in. The MIC is that of the mail, as its timeline tells it.
deliver() { "$e" --home "$nordwind" receive --stdin --sender "" --recipient edi@nordwind.example <"$dir/back.eml" >"$dir/answer" 2>&1; }
receipt() {	# document's number
	message_id=$("$e" --home "$nordwind" show --json "$1" | sed -n 's/.*"message_id": *"<\([^>]*\)>".*/\1/p' | head -n 1)
	mic=$("$e" --home "$nordwind" trace "$1" | sed -n 's/.*MIC \([A-Za-z0-9+/=]*\), sha-256.*/\1/p' | head -n 1)
	{ printf 'Content-Type: multipart/report; report-type=disposition-notification; boundary=mdn\r\n\r\n'
	  printf -- '--mdn\r\nContent-Type: text/plain\r\n\r\nyes\r\n--mdn\r\nContent-Type: message/disposition-notification\r\n\r\n'
	  printf 'Final-Recipient: rfc822;edi@acme.example\r\nOriginal-Message-ID: <%s>\r\nDisposition: automatic-action/MDN-sent-automatically; processed\r\n' "$message_id"
	  printf 'Received-content-MIC: %s, sha-256\r\n\r\n--mdn--\r\n' "$mic"; } |
	    openssl cms -sign -binary -signer "$acme/certs/edi.pem" -inkey "$acme/private/edi.key" -md sha256 -outform SMIME >"$dir/signed"
	{ printf 'From: edi@acme.example\r\nTo: edi@nordwind.example\r\nMessage-ID: <receipt-%s-%s@acme.example>\r\n' "$1" "$(date +%s%N)"
	  sed 's/\r$//; s/$/\r/' "$dir/signed"; } >"$dir/back.eml"
	deliver
}
report() {	# document's number, action, status
	envid=$("$e" --home "$nordwind" show --json "$1" | sed -n 's/.*"message_id": *"<\([^@]*\)@.*/\1/p' | head -n 1)
	{ printf 'From: mailer-daemon@relay.example\r\nTo: edi@nordwind.example\r\nMessage-ID: <dsn-%s-%s@relay.example>\r\n' "$1" "$2"
	  printf 'Content-Type: multipart/report; report-type=delivery-status; boundary=dsn\r\n\r\n--dsn\r\nContent-Type: text/plain\r\n\r\na report\r\n'
	  printf -- '--dsn\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;relay.example\r\nOriginal-Envelope-Id: %s\r\n\r\n' "$envid"
	  printf 'Final-Recipient: rfc822;edi@acme.example\r\nAction: %s\r\nStatus: %s\r\n\r\n--dsn--\r\n' "$2" "$3"; } >"$dir/back.eml"
	deliver
}

: >"$dir/heard"
set_all "$nordwind" receipt.wait 2s receipt.give_up 5s
serve "250 2.0.0 taken"
up "$nordwind" || bail "starting"

# No receipt, ever; then one after all.
order 1 | drop "$nordwind" acme silent.edi
state() { has_state "$nordwind" "$1" "name=$2"; }
try "an accepted document waits for its receipt" wait_for 60 state awaiting-receipt silent.edi
try "then the receipt is overdue" wait_for 60 state receipt-overdue silent.edi
try "in the end it is given up" wait_for 60 state failed silent.edi
is "its original is in sent/: it was handed over" "$(ls "$nordwind/sent")" silent.edi
id=$(id_of silent.edi)
try "failed/ tells why" test -f "$nordwind/failed/silent~$id.edi.error.txt"
n=$(mails)
is "the same bytes went out more than once" "$([ "$n" -ge 2 ] && echo yes)" yes
is "under one Message-ID" "$(grep '^> Message-ID' "$dir/heard" | sort -u | wc -l)" "$(grep -q '^> Message-ID' "$dir/heard" && echo 1 || echo 0)"
receipt "$id"
try "a late receipt is believed" wait_for 60 state complete silent.edi
try "and the timeline calls it late" told "$id" 'late evidence'
settings receipt.give_up 5h receipt.wait 1h

# Refused, then put right by a person.
serve "550 5.7.1 not today"
order 2 | drop "$nordwind" acme refused.edi
try "a refused document has failed" wait_for 60 state failed refused.edi
id=$(id_of refused.edi)
is "original and reason lie in failed/" "$(test -f "$nordwind/failed/refused.edi" && test -f "$nordwind/failed/refused.edi.error.txt" && echo both)" both
serve "250 2.0.0 taken"
try "retry sends it again" "$e" --home "$nordwind" retry --yes "$id"
try "it is accepted" wait_for 60 state awaiting-receipt refused.edi
try "its original leaves failed/ for sent/" wait_for 60 test -f "$nordwind/sent/refused.edi"
is "with its error file" "$(ls "$nordwind/failed" | grep -c refused)" 0
report "$id" failed 5.1.1
try "a bounce makes it fail again" wait_for 60 state failed refused.edi
try "for the reason given" told "$id" '5.1.1'
receipt "$id"
try "a receipt is stronger than a bounce" wait_for 60 state complete refused.edi

# The answer to the final dot is lost.
serve ""
order 3 | drop "$nordwind" acme lost.edi
try "without an answer to the dot it is uncertain" wait_for 60 state uncertain lost.edi
id=$(id_of lost.edi)
n=$(mails)
report "$id" delivered 2.0.0
try "a report of its delivery ends that" wait_for 60 state awaiting-receipt lost.edi
serve "250 2.0.0 taken"
order 4 | drop "$nordwind" acme after.edi
try "the next one goes" wait_for 60 state awaiting-receipt after.edi
receipt "$(id_of after.edi)"
receipt "$id"
try "its receipt completes it" wait_for 60 state complete lost.edi
is "it was sent once" "$(($(mails) - n))" 1

settings partner.acme.dedup no
serve ""
order 5 | drop "$nordwind" acme twin.edi
try "for a partner who cannot tell duplicates it is held" wait_for 60 state held twin.edi
id=$(id_of twin.edi)
receipt "$id"
try "until its receipt shows that it arrived" wait_for 60 state complete twin.edi
try "its original is in sent/" wait_for 60 test -f "$nordwind/sent/twin.edi"

# Names that are used again.
serve "250 2.0.0 taken"
order 6 | drop "$nordwind" acme same.edi
try "a document by a name" wait_for 60 state awaiting-receipt same.edi
first=$(id_of same.edi)
order 7 | drop "$nordwind" acme same.edi
second() { [ "$(id_of same.edi)" != "$first" ] && state awaiting-receipt same.edi; }
try "another by the same name" wait_for 60 second
second=$(id_of same.edi)
receipt "$first"
try "the first is complete" wait_for 60 told "$first" mdn-ok
is "the status file follows the second" "$(json id <"$nordwind/status/same.edi.json") $(json state <"$nordwind/status/same.edi.json")" "$second awaiting-receipt"
elsewhere() { [ "$(json state <"$nordwind/status/same~$first.edi.json")" = complete ]; }
try "the first goes on under its number" wait_for 60 elsewhere
receipt "$second"
try "the second is complete" wait_for 60 state complete same.edi

try "nordwind ends" down "$nordwind"
try "and is in order" "$doctor" "$nordwind" quiet
done_testing
