#!/bin/sh
# SPDX-License-Identifier: ISC
# token - our private key is in a token (PKCS #11) and never leaves it: signed there, unwrapped there, by every scheme.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
module=$(ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null | head -n 1)
engine=$(ls /usr/lib/*/engines-3/pkcs11.so 2>/dev/null | head -n 1)
if ! command -v softhsm2-util >/dev/null || [ -z "$module" ] || [ -z "$engine" ]; then
	skip "keys in a token" "softhsm2 and libengine-pkcs11-openssl are not installed"
	done_testing
	exit
fi
make_pair "$dir" || bail "setting up"
mkdir "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$dir/softhsm2.conf"
SOFTHSM2_CONF=$dir/softhsm2.conf
export SOFTHSM2_CONF
{
	softhsm2-util --init-token --free --label edi --pin 4711 --so-pin 47114711 &&
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/mail.key" &&
	softhsm2-util --import "$dir/mail.key" --token edi --label mail --id 01 --pin 4711 && rm "$dir/mail.key" &&
	PKCS11_MODULE_PATH=$module openssl req -x509 -new -sha256 -days 90 -subj "/CN=Nordwind GmbH" \
	    -addext "subjectAltName=email:edi@nordwind.example" -engine pkcs11 -keyform engine \
	    -key "pkcs11:token=edi;object=mail;type=private;pin-value=4711" -out "$nordwind/certs/edi.pem"
} >"$dir/token.log" 2>&1 || bail "making a token"
cp "$nordwind/certs/edi.pem" "$acme/certs/partners/nordwind.pem"
rm "$nordwind/private/edi.key"
(umask 077; echo 4712 >"$nordwind/private/pin")
set_all "$nordwind" gateway.key "pkcs11:token=edi;object=mail;type=private?module-path=$(echo "$module" | sed s/softhsm/%73ofthsm/)" gateway.key_passphrase file:private/pin
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "with another PIN, check fails" "$?" 78
try "and says so" grep -q 'PIN (key_passphrase) is another' "$dir/check"
echo 4711 >"$nordwind/private/pin"
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "with the PIN, check is content" "$?" 0

up "$nordwind" && up "$acme" || bail "starting"
try "the keys role has it" grep -q 'event=keys count=1 sealed=no' "$nordwind.log"
went() { has_state "$nordwind" complete "name=out-$1.edi" && has_state "$acme" complete "name=back-$1.edi"; }
n=0
for how in "pkcs1 sha-256" "pss sha-256" "pkcs1 sha-512"; do
	n=$((n + 1))
	set_all "$nordwind" partner.acme.signature "${how% *}" partner.acme.digest "${how#* }"
	reload "$nordwind"
	transport=$([ $n = 2 ] && echo oaep || echo pkcs1)
	set_all "$acme" partner.nordwind.key_transport "$transport"
	reload "$acme"
	order $n | drop "$nordwind" acme "out-$n.edi"
	order $n | turned | drop "$acme" nordwind "back-$n.edi"
	try "signed in the token by $how, unwrapped there from $transport" wait_for 60 went $n
done
is "no private key is in a file" "$(grep -rl 'PRIVATE KEY' "$nordwind/private" | grep -vc tls.key)" 0
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
done_testing
