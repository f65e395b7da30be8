#!/bin/sh
# SPDX-License-Identifier: ISC
# pkcs12 - certificates and keys in .p12 files, as authorities, browsers and Windows give them: new and old kinds, with a password and
# without one, ours and a partner's.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
made() {	# name, subject, address
	openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj "/CN=$2" -addext "subjectAltName=email:$3" \
	    -keyout "$dir/$1.key" -out "$dir/$1.pem" 2>"$dir/log" || bail "a certificate"
}
packed() {	# name of the pair, name of the file, password, option...
	pair=$1 to=$dir/$2.p12 word=$3
	shift 3
	openssl pkcs12 -export -inkey "$dir/$pair.key" -in "$dir/$pair.pem" -passout "pass:$word" -out "$to" "$@" 2>>"$dir/log" ||
	    bail "a file of that kind"
}
import() { "$e" --home "$nordwind" cert import "$@" >"$dir/said" 2>&1; }
in_settings() { "$e" --home "$nordwind" config get "gateway.$1" | tr , '\n' | wc -l; }
fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//' | tr A-F a-f; }

for name in one two three four; do
	made "$name" "Nordwind GmbH" edi@nordwind.example
done
made acme "ACME Ltd" edi@acme.example
packed one one "s3cret word"
packed two two "old" -legacy -descert
packed three three ""
packed four four "other"
printf 's3cret word\n' >"$nordwind/private/p12.pass" && chmod 600 "$nordwind/private/p12.pass"

# Ours.
import --own --no-announce "$dir/one.p12"
is "without the password: it is asked for, by name" "$? $(grep -c 'with a password: say where that is, by --passphrase' "$dir/said")" "65 1"
P12=wrong import --own --no-announce --passphrase env:P12 "$dir/one.p12"
is "another password" "$? $(grep -c 'the password is another one' "$dir/said")" "65 1"
import --own --no-announce --passphrase file:private/none.pass "$dir/one.p12"
is "no password there" "$? $(grep -c 'none.pass: No such file' "$dir/said")" "78 1"
is "until now nothing was changed" "$(in_settings cert) $(in_settings key) $(ls "$nordwind"/certs/edi-* 2>/dev/null)" "1 1 "
import --own --no-announce --passphrase file:private/p12.pass "$dir/one.p12"
is "with the right one it is taken up" "$? $(in_settings cert) $(in_settings key)" "0 2 2"
is "the right one" "$(grep 'sha256' "$dir/said" | tr -d ' ' | sed 's/sha256//')" "$(fingerprint "$dir/one.pem")"
is "nobody else can read the key" "$(stat -c %a "$nordwind"/private/edi-*.key)" 600
import --own --no-announce --passphrase file:private/p12.pass "$dir/one.p12"
is "once only" "$? $(grep -c 'has it already' "$dir/said")" "73 1"
import --own --no-announce --passphrase command:"echo old" "$dir/two.p12"
is "sealed by RC2 and 3DES, as Windows did" "$? $(in_settings cert)" "0 3"
import --own --no-announce "$dir/three.p12"
is "without a password" "$? $(in_settings cert)" "0 4"
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "check is content" "$?" 0

# Our keys have a passphrase: so has what is taken up.
openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:sealed -in "$nordwind/private/edi.key" -out "$dir/sealed.key" 2>>"$dir/log" &&
    cat "$dir/sealed.key" >"$nordwind/private/edi.key"
set_all "$nordwind" gateway.key_passphrase env:SEAL
SEAL=sealed P12=other import --own --no-announce --passphrase env:P12 "$dir/four.p12"
is "with key_passphrase" "$?" 0
is "the key is sealed, too" "$(grep -l 'BEGIN ENCRYPTED' "$nordwind"/private/edi-*.key | wc -l)" 1
SEAL=sealed "$e" --home "$nordwind" check >"$dir/check" 2>&1
is "and is opened with the others" "$?" 0
set_all "$nordwind" gateway.key_passphrase env:NONE

# A partner's.
packed acme acme "theirs"
openssl pkcs12 -export -nokeys -in "$dir/acme.pem" -passout pass: -out "$dir/cert-only.p12" 2>>"$dir/log" || bail "one without a key"
import --yes --passphrase command:"echo theirs" acme "$dir/acme.p12"
is "a partner's, with a private key that nobody should have sent" "$? $(grep -c 'private key, too, which nobody but them' "$dir/said")" "0 1"
is "its certificate is taken" "$(fingerprint "$(ls "$nordwind"/certs/partners/acme-*.pem)")" "$(fingerprint "$dir/acme.pem")"
is "and its key is nowhere" "$(grep -rl 'PRIVATE KEY' "$nordwind/certs")" ""
import --yes acme "$dir/cert-only.p12"
is "the same, without a key, is there already" "$?" 73
head -c 700 "$dir/acme.p12" >"$dir/half.p12"
import --yes acme "$dir/half.p12"
is "half a file" "$? $(grep -c 'nor is it DER or PKCS #12' "$dir/said")" "65 1"
import --yes --passphrase env:P12 acme "$dir/acme.pem"
is "a password for a PEM file" "$?" 65
done_testing
