#!/bin/sh
# SPDX-License-Identifier: ISC
# chain - ACME's certificate comes from an authority: asked for, taken up, and believed by a partner who knows the authority
# and has never seen the certificate; until it is revoked.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
ca=$dir/ca
mkdir "$ca"
: >"$ca/index"
cat >"$ca/ca.conf" <<END
[ca]
default_ca = it
[it]
database = $ca/index
certificate = $ca/ca.pem
private_key = $ca/ca.key
default_md = sha256
default_crl_days = 7
END
list_revoked() { openssl ca -config "$ca/ca.conf" -gencrl -out "$ca/new.crl" 2>>"$ca/log" && mv "$ca/new.crl" "$ca/ca.crl"; }
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=An authority" -addext "keyUsage=keyCertSign,cRLSign" \
    -keyout "$ca/ca.key" -out "$ca/ca.pem" 2>"$ca/log" && list_revoked || bail "an authority"

# Asked for, issued, taken up.
"$e" --home "$acme" cert request >"$dir/acme.csr" 2>"$dir/request"
is "cert request" "$?" 0
try "says where its key is" grep -q 'private/edi-[0-9]*\.key' "$dir/request"
try "it names the address" sh -c "openssl req -in '$dir/acme.csr' -noout -text | grep -q email:edi@acme.example"
openssl x509 -req -in "$dir/acme.csr" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -set_serial 17 -days 30 -copy_extensions copy \
    -out "$dir/acme.pem" 2>>"$ca/log" || bail "issuing"
"$e" --home "$acme" cert import --own "$acme/certs/tls.pem" >"$dir/import" 2>&1
is "a certificate whose key is not to be had is not taken up" "$?" 65
cat "$ca/ca.pem" "$dir/acme.pem" >"$dir/chain.pem"
"$e" --home "$acme" cert import --own --no-announce "$dir/chain.pem" >"$dir/import" 2>&1
is "cert import --own" "$?" 0
try "says what it is" grep -q 'certificate  CN=ACME Ltd .*RSA 3072' "$dir/import"
is "its own comes first in its file, whatever the order was" \
    "$(openssl x509 -in "$(ls "$acme"/certs/edi-*.pem)" -noout -serial)" "serial=11"
"$e" --home "$acme" check >"$dir/check" 2>&1
is "check is content" "$?" 0
"$e" --home "$acme" cert import --own "$dir/chain.pem" >"$dir/again" 2>&1
is "once only" "$?" 73
"$e" --home "$acme" cert confirm nordwind >"$dir/confirm" 2>&1

# Believed by the authority's word alone; in whose file more may stand than we need.
cat "$ca/ca.key" "$ca/ca.pem" >"$ca/file.pem"
set_all "$nordwind" partner.acme.ca "$ca/file.pem" partner.acme.crl "$ca/ca.crl" partner.acme.trust chain \
    partner.acme.send sign partner.acme.cert ""
up "$nordwind" && up "$acme" || bail "starting"
order 1 | drop "$nordwind" acme out-1.edi
order 1 | turned | drop "$acme" nordwind back-1.edi
both() { has_state "$nordwind" complete name=out-1.edi && has_state "$acme" complete name=back-1.edi; }
try "documents and receipts by it are believed" wait_for 60 both

# The operator sees whose word counts, and when a list is too old.
is "cert list names the authority" "$("$e" --home "$nordwind" cert list | grep -c '^acme *authority *CN=An authority')" 1
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "check is content with a list in force" "$?" 0
openssl ca -config "$ca/ca.conf" -gencrl -crl_lastupdate 20260101000000Z -crl_nextupdate 20260201000000Z -out "$ca/old.crl" 2>>"$ca/log"
"$e" --home "$nordwind" config set partner.acme.crl "$ca/old.crl" >/dev/null
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "and not with one that ended" "$? $(grep -c "old.crl: revocation list out of force since 2026-02-01: nothing that partner 'acme' signs is believed" "$dir/check")" "78 1"
"$e" --home "$nordwind" config set partner.acme.crl "$ca/ca.crl" >/dev/null

# The proof, for people who have openssl and coreutils, and know the authority.
mkdir "$dir/bin"
bare_tools "$dir/bin"
proven() {	# what, id, name, words
	"$e" --home "$nordwind" evidence export "$2" -O "$dir/$3.tar" >"$dir/said" 2>&1
	is "$1: export" "$? $(grep -c '^edigate:' "$dir/said")" "0 0"
	"$e" evidence verify "$dir/$3.tar" >"$dir/said" 2>&1
	is "$1: verify" "$? $(grep -c "^PROVEN: .*ACME Ltd.* $4" "$dir/said")" "0 1"
	is "$1: no private key in it" "$(grep -ac 'PRIVATE KEY' "$dir/$3.tar")" 0
	rm -rf "$dir/$3" && mkdir "$dir/$3" && tar -xf "$dir/$3.tar" -C "$dir/$3"
	by_hand "$dir/$3" >"$dir/said" 2>&1
	is "$1: verify.sh" "$? $(grep -c '^FAIL' "$dir/said")" "0 0"
	is "$1: it asks the authority, its list, and for whom the certificate is" \
	    "$(grep -cE 'by the word of certs/authorities-1.pem|not revoked|is for edi@acme' "$dir/said")" 3
}
out=$("$e" --home "$nordwind" list --json name=out-1.edi | json id)
in=$("$e" --home "$nordwind" list --json dir=in type=ORDERS | json id)
proven "sent" "$out" sent "to have received"
proven "received" "$in" received "has signed"
mail=$(ls -d "$dir"/received/*/mail/1.eml)
is "inspect knows the signer, too" "$("$e" --home "$nordwind" inspect --json "$mail" | json verified)" true
try "and says why" sh -c "'$e' --home '$nordwind' inspect '$mail' | grep -q 'signed by .*ACME.* intact, partner acme, whose authority stands for it'"

# With words changed; the sums made to fit.
forged() {	# what, command
	rm -rf "$dir/f" && cp -R "$dir/sent" "$dir/f" && top=$(echo "$dir"/f/*) && (cd "$top" && eval "$2") || bail "forging: $1"
	(cd "$top" && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum >SHA256SUMS)
	tar -cf "$dir/forged.tar" -C "$dir/f" "${top##*/}"
	"$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1
	is "$1: verify says no" "$? $(grep -c '^PROVEN' "$dir/said")" "1 0"
	by_hand "$dir/f" >"$dir/said" 2>&1
	is "$1: so does verify.sh" "$?" 1
}
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=An authority" -addext "keyUsage=keyCertSign,cRLSign" \
    -keyout "$dir/other.key" -out "$dir/other.pem" 2>>"$ca/log" || bail "another authority"
forged "another authority of that name" "cp '$dir/other.pem' certs/authorities-1.pem"
forged "another address" "sed -i 's/edi@acme.example/edi@other.example/' timeline.json verify.sh"
forged "the authorities gone" "rm certs/authorities-1.pem"

# Revoked: the list is read anew for each mail.
openssl ca -config "$ca/ca.conf" -revoke "$dir/acme.pem" 2>>"$ca/log" && list_revoked || bail "revoking"
order 2 | turned | drop "$acme" nordwind back-2.edi
refused() { grep -lq 'V-SIGNER-STRANGER' "$nordwind"/quarantine/*.txt 2>/dev/null; }
try "what is signed by it then is not" wait_for 60 refused
try "and the reason is told" grep -q 'certificate revoked' "$nordwind"/quarantine/*.txt
is "nothing of it is filed" "$(ls "$nordwind/inbox/acme" | wc -l)" 1
is "inspect refuses it, too" "$("$e" --home "$nordwind" inspect --json "$nordwind"/quarantine/*.eml | json verified)" false

# What was believed before was believed by the list of that day.
proven "sent before that" "$out" sent-then "to have received"
proven "received before that" "$in" received-then "has signed"
is "which is in the evidence" "$(cmp "$dir/sent.tar" "$dir/sent-then.tar" 2>&1)" ""
forged "revoked when it signed" "cat '$ca/ca.pem' '$ca/ca.crl' >certs/authorities-1.pem"
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
done_testing
