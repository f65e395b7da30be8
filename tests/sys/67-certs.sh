#!/bin/sh
# SPDX-License-Identifier: ISC
# certs - a certificate is renewed on one side, told to the other by signed mail, taken up there after a yes, and ends; documents
# go through all the while, both ways.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.cem never
set_all "$acme" partner.nordwind.cem never
up "$nordwind" && up "$acme" || bail "starting"
fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//'; }
goes() {	# what, number
	order "$2" | drop "$nordwind" acme "out-$2.edi"
	order "$2" | turned | drop "$acme" nordwind "back-$2.edi"
	try "$1" wait_for 60 went "$2"
}
went() { has_state "$nordwind" complete "name=out-$1.edi" && has_state "$acme" complete "name=back-$1.edi"; }
signed_by() { openssl cms -verify -noverify -certfile "$2" -nointern -in "$1" -out /dev/null 2>/dev/null; }
newest_out() { ls -t "$1"/spool/out/*.eml | head -n 1; }
not() { ! "$@"; }

goes "documents go before" 1
old=$nordwind/certs/edi.pem

# Renewed, while documents are encrypted only: what tells of certificates is signed, too.
set_all "$acme" partner.nordwind.accept encrypt
reload "$acme"
set_all "$nordwind" partner.acme.send encrypt
reload "$nordwind"
"$e" --home "$nordwind" cert renew >"$dir/renew" 2>&1
is "cert renew" "$?" 0
new=$(ls "$nordwind"/certs/edi-*.pem)
try "says whom it told" grep -q 'announced to *acme' "$dir/renew"
is "cert list shows both" "$("$e" --home "$nordwind" cert list | grep -c '^own *sign')" 2
short=$(fingerprint "$new" | tr -d : | tr A-F a-f | cut -c 1-8)
is "our card has both" "$("$e" --home "$nordwind" partner card | grep -c 'BEGIN CERTIFICATE')" 2
told() { has_state "$nordwind" complete "name=certificate-$short.cer"; }
try "the announcement is received by the partner's gateway" wait_for 60 told
pending() { "$e" --home "$acme" cert list --pending | grep -qi "$(fingerprint "$new")"; }
try "there it waits for the operator" wait_for 60 pending
"$e" --home "$acme" cert list --pending >"$dir/pending" 2>&1
try "with words for the phone" grep -q "words  [a-z]\{5\} [a-z ]*$" "$dir/pending"
is "and is no file for the business system" "$(ls "$acme/inbox/nordwind" | grep -c cer)" 0
try "encrypted as documents are" grep -q "smime-type=enveloped-data" "$(newest_out "$nordwind")"
set_all "$nordwind" partner.acme.send sign
reload "$nordwind"
set_all "$acme" partner.nordwind.accept sign
reload "$acme"
goes "documents go meanwhile" 2
try "signed with the old key" signed_by "$(newest_out "$nordwind")" "$old"
try "and not with the new" not signed_by "$(newest_out "$nordwind")" "$new"
is "to accept what is not there is refused" "$("$e" --home "$acme" cert accept --yes nordwind ffff >"$dir/wrong" 2>&1; echo $?)" 1

# Accepted: their gateway says so by itself.
"$e" --home "$acme" cert accept --yes nordwind "$(fingerprint "$new")" >"$dir/accept" 2>&1
is "cert accept" "$?" 0
is "nothing waits any more" "$("$e" --home "$acme" cert list --pending)" ""
heard() { ls -A "$nordwind/inbox/acme" | grep -q '^\.certificate_'; }
try "the other side hears of it" wait_for 60 heard
goes "documents go after that" 3
try "signed with the new key" signed_by "$(newest_out "$nordwind")" "$new"
tail -n 200 "$acme.log" >"$dir/acme.tail"

# What the partner encrypts is for both of ours; then the old one ends.
set_all "$nordwind" gateway.cert "certs/$(basename "$new")" gateway.key "private/$(basename "$new" .pem).key"
set_all "$acme" partner.nordwind.cert "$(ls "$acme"/certs/partners/nordwind-*.pem)"
reload "$nordwind"
reload "$acme"
goes "documents go when the old one is gone on both sides" 4

# With an authority: theirs is not by it, so nothing of theirs is believed, and nothing is encrypted to it.
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=An authority" -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
set_all "$nordwind" partner.acme.ca "$dir/ca.pem" partner.acme.trust chain partner.acme.send "sign encrypt"
reload "$nordwind"
order 20 | drop "$nordwind" acme chained.edi
held() { has_state "$nordwind" held name=chained.edi; }
try "nothing is encrypted to a certificate that no authority stands for" wait_for 60 held
try "the log says why" grep -q 'event=cert-chain partner=acme' "$nordwind.log"
set_all "$nordwind" partner.acme.ca "$nordwind/certs/partners/acme.pem"
reload "$nordwind"
goes "one that is its own authority is believed" 21
set_all "$nordwind" partner.acme.trust pinned partner.acme.send sign
reload "$nordwind"

# By hand, for partners with other software.
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=ACME Ltd" -addext "extendedKeyUsage=emailProtection" \
    -keyout "$dir/acme2.key" -out "$dir/acme2.pem" 2>/dev/null
"$e" --home "$nordwind" cert import --yes acme "$dir/acme2.pem" >"$dir/import" 2>&1
is "cert import" "$?" 0
is "it stands beside the other" "$("$e" --home "$nordwind" cert list | grep -c '^acme ')" 2
"$e" --home "$nordwind" cert import --yes acme "$dir/acme2.pem" >"$dir/import" 2>&1
is "once only" "$?" 73
goes "documents go on" 5
"$e" --home "$acme" cert renew --no-announce >"$dir/renew2" 2>&1
"$e" --home "$acme" cert confirm nordwind 0000 >"$dir/confirm" 2>&1
is "cert confirm of another fingerprint is refused" "$?" 65
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
done_testing
