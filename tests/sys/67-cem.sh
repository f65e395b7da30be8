#!/bin/sh
# SPDX-License-Identifier: ISC
# cem - two who know certificate exchange messages: asked to trust a new certificate, the partner answers after the operator's
# word, and only then it signs; a no changes nothing; and nobody else can ask.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
set_all "$nordwind" partner.acme.send sign
reload "$nordwind"
went() { has_state "$nordwind" complete "name=$1"; }
goes() { order "$2" | drop "$nordwind" acme "out-$2.edi"; try "$1" wait_for 60 went "out-$2.edi"; }
newest_out() { ls -t "$1"/spool/out/*.eml | head -n 1; }
signed_by() { openssl cms -verify -noverify -certfile "$2" -nointern -in "$1" -out /dev/null 2>/dev/null; }
fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//'; }
short() { fingerprint "$1" | tr -d : | tr A-F a-f | cut -c 1-8; }
pending() { "$e" --home "$acme" cert list --pending | grep -qi "$(fingerprint "$1")"; }

goes "a document, and its receipt" 1
try "mails say what we know" grep -qi '^EDIINT-Features: CEM' "$(newest_out "$nordwind")"
try "the partner has heard it" grep -q '^cem$' "$acme/spool/known/nordwind/features"
try "and we, from the receipt" grep -q '^cem$' "$nordwind/spool/known/acme/features"
# Where earlier versions kept it: it counts, until it is heard again.
mv "$nordwind/spool/known/acme/features" "$nordwind/inbox/acme/.ediint-features"

# Asked, and refused.
old=$nordwind/certs/edi.pem
"$e" --home "$nordwind" cert renew >"$dir/renew" 2>&1
new=$(ls "$nordwind"/certs/edi-*.pem)
try "the request is received" wait_for 60 went "certificate-$(short "$new").cem"
mail=$(newest_out "$nordwind")
moved() { [ -e "$nordwind/spool/known/acme/features" ] && [ ! -e "$nordwind/inbox/acme/.ediint-features" ]; }
try "what they know has moved out of the inbox" wait_for 60 moved
try "it is multipart/related" grep -q 'multipart/related; type="application/ediint-cert-exchange+xml"' "$mail"
try "signed by the certificate that they know" signed_by "$mail" "$old"
try "there it waits for the operator" wait_for 60 pending "$new"
try "with the day of the answer" sh -c "'$e' --home '$acme' cert list --pending | grep -q 'answer by 20[0-9-]*$'"
"$e" --home "$acme" cert refuse --yes --reason 'not before Monday' nordwind "$(short "$new")" >"$dir/refuse" 2>&1
is "cert refuse" "$?" 0
is "nothing waits any more" "$("$e" --home "$acme" cert list --pending)" ""
told() { "$e" --home "$nordwind" list --json dir=in | grep -q 'they refuse our certificate [0-9]*: not before Monday'; }
try "the answer says why" wait_for 60 told
goes "documents go on" 2
try "signed by the old one" signed_by "$(newest_out "$nordwind")" "$old"

# Asked again, and accepted.
"$e" --home "$nordwind" cert announce acme >"$dir/announce" 2>&1
try "asked again, it waits again" wait_for 60 pending "$new"
"$e" --home "$acme" cert accept --yes nordwind "$(short "$new")" >"$dir/accept" 2>&1
is "cert accept" "$?" 0
answered() { [ "$(ls -A "$nordwind/inbox/acme" | grep -c '^\.certificate_.*cem$')" = 2 ]; }
try "the answer comes" wait_for 60 answered
goes "documents go on" 3
try "signed by the new one" signed_by "$(newest_out "$nordwind")" "$new"
is "and is no file for the business system" "$(ls "$nordwind/inbox/acme" | wc -l)" 0

# Nobody else can ask: not without a signature, not by another's.
set_all "$acme" partner.nordwind.accept none
reload "$acme"
awk '/^Content-Type: multipart\/related/ { on = 1 } /^--=_signed_/ { if (on) exit } on' "$mail" | tr -d '\r' >"$dir/entity"
{ printf 'From: edi@nordwind.example\nTo: edi@acme.example\nMessage-ID: <bare@nordwind.example>\n'; cat "$dir/entity"; } >"$dir/bare.eml"
"$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example <"$dir/bare.eml" >"$dir/received" 2>&1
why() { grep -q "$1" "$acme"/quarantine/*.txt 2>/dev/null; }
try "a request without a signature is refused" wait_for 60 why V-EXCHANGE-UNSIGNED
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=Nordwind GmbH" -addext "subjectAltName=email:edi@nordwind.example" \
    -keyout "$dir/other.key" -out "$dir/other.pem" 2>/dev/null
openssl cms -sign -md sha256 -in "$dir/entity" -signer "$dir/other.pem" -inkey "$dir/other.key" -crlfeol -from edi@nordwind.example \
    -to edi@acme.example -out "$dir/other.eml" 2>/dev/null
"$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example <"$dir/other.eml" >"$dir/received" 2>&1
try "one that a stranger signed, too" wait_for 60 why V-SIGNER-STRANGER
is "nothing of them waits" "$("$e" --home "$acme" cert list --pending)" ""

# What is not ours cannot be asked for.
cp "$dir/entity" "$acme/outbox/nordwind/not-ours.cem"
held() { has_state "$acme" invalid name=not-ours.cem; }
try "what is not ours is not asked for" wait_for 60 held
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
done_testing
