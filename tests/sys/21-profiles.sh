#!/bin/sh
# SPDX-License-Identifier: ISC
# profiles - what a community has agreed on is one word in a partner's settings; openssl reads what is sent by it.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$acme" partner.nordwind.accept none
up "$acme" || bail "starting acme"

# The mail of document n as openssl reads it: decrypted when it is encrypted, verified against nordwind's certificate.
read_by_openssl() {	# mail, where to
	cp "$1" "$2.in"
	if grep -q 'smime-type=.*nveloped-data' "$1"; then
		openssl cms -decrypt -in "$1" -recip "$acme/certs/edi.pem" -inkey "$acme/private/edi.key" -out "$2.in" 2>>"$dir/openssl.log" ||
		    return 1
	fi
	openssl cms -verify -in "$2.in" -nointern -certfile "$nordwind/certs/edi.pem" -noverify -out "$2" >/dev/null 2>>"$dir/openssl.log"
}

n=0
send_by() {	# profile, pattern of its layers at the other end
	n=$((n + 1))
	# A receipt is asked for whatever the profile says: it proves that the other side reads every form.
	set_all "$nordwind" partner.acme.profile "$1" partner.acme.receipt signed
	up "$nordwind" || bail "starting nordwind"
	order "$n" >"$dir/$n.edi"
	drop "$nordwind" acme "$n.edi" <"$dir/$n.edi"
	complete() { [ "$(state_of "$nordwind" "name=$n.edi" dir=out)" = complete ]; }
	try "$1: complete, with a signed receipt" wait_for 60 complete
	id=$("$e" --home "$nordwind" list --json "name=$n.edi" dir=out | json id)
	"$e" --home "$nordwind" trace "$id" >"$dir/trace"
	try "$1: the MIC was equal" grep -q 'MIC equal' "$dir/trace"
	mail=$nordwind/$("$e" --home "$nordwind" show "$id" | sed -n 's,.*\(spool/out/[0-9A-Z]*\.eml\).*,\1,p' | head -1)
	"$e" --home "$acme" inspect "$mail" >"$dir/inspect"
	try "$1: in that form" grep -qE "$2" "$dir/inspect"
	down "$nordwind"
}
send_by as1 'enveloped\(aes-256-cbc\) signed\(rsa, sha-256\)'
try "as1: openssl reads it" read_by_openssl "$mail" "$dir/content"
send_by edi-energy 'enveloped\(aes-256-gcm\) signed\(rsa-pss, sha-256\)'
try "edi-energy: openssl reads it" read_by_openssl "$mail" "$dir/content"
try "edi-energy: the key by OAEP" sh -c "openssl cms -cmsout -print -noout -in '$mail' | grep -q rsaesOaep"
send_by ediel-se 'enveloped\(aes-256-cbc\) signed\(rsa, sha-256\)'
try "ediel-se: openssl reads it" read_by_openssl "$mail" "$dir/content"
try "ediel-se: opaque inside" grep -q 'smime-type=signed-data' "$dir/content.in"
is "ediel-se: the subject is the UNB" "$(sed -n '/^Subject:/,/^[A-Z]/{ s/^Subject: *//; /^[DF]/d; s/\r//; s/^ *//; p; }' "$mail" | tr -d '\n')" \
    "$(tr -d '\r\n' <"$dir/$n.edi" | sed "s/.*\(UNB[^']*'\).*/\1/")"
send_by ediel-no 'enveloped\(aes-256-cbc\) signed\(rsa, sha-256\)'
try "ediel-no: openssl reads it" read_by_openssl "$mail" "$dir/content"
send_by plain '^payload'
try "plain: a mail with an attachment" grep -q '^Content-Type: multipart/mixed' "$mail"

# A receipt that is made a condition, and that we cannot give: nothing is filed, and the answer says which.
asks() {	# protocol, micalg, the answer
	n=$((n + 1))
	{
		printf 'From: edi@nordwind.example\r\nTo: edi@acme.example\r\nMessage-ID: <asks-%s@nordwind.example>\r\n' "$n"
		printf 'Disposition-Notification-To: edi@nordwind.example\r\nDisposition-Notification-Options: %s\r\n' \
		    "signed-receipt-protocol=required, $1; signed-receipt-micalg=required, $2"
		printf 'Content-Type: application/EDIFACT\r\n\r\n'
		order "$n"
	} | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example >/dev/null
	answered() { grep -lqF "Original-Message-ID: <asks-$n@nordwind.example>" "$acme"/spool/out/*.eml; }
	try "$1, $2: answered" wait_for 60 answered
	answer=$(grep -lF "Original-Message-ID: <asks-$n@nordwind.example>" "$acme"/spool/out/*.eml)
	try "$1, $2: $3" grep -q "^Disposition: automatic-action/MDN-sent-automatically; $3" "$answer"
}
asks pgp-signature sha-256 'failed/Failure: unsupported format'
asks pkcs7-signature md5 'failed/Failure: unsupported MIC-algorithms'
asks pkcs7-signature 'md5, sha256' 'processed'

# A key of the partner's own wins over the profile, and it shows where each value comes from.
set_all "$nordwind" partner.acme.profile edi-energy partner.acme.cipher aes-128-cbc
"$e" --home "$nordwind" config show --origin >"$dir/config"
try "a profile's value is shown as that" grep -qE '(profile edi-energy.*key_transport.*oaep|key_transport.*oaep.*profile edi-energy)' "$dir/config"
try "a key of its own wins" grep -qE 'cipher.*aes-128-cbc' "$dir/config"
"$e" --home "$nordwind" partner show acme >"$dir/show"
try "partner show has the whole of it" grep -q 'pss and sha-256 .*, aes-128-cbc by oaep' "$dir/show"

# What is asked for weaker reading has an end, and check says when it is near.
set_all "$nordwind" partner.acme.allow "sha1 until 2020-01-31, rsa1024 until 2099-01-01"
"$e" --home "$nordwind" check >"$dir/check" 2>&1
try "an exception that has ended is told" grep -q 'exception for sha1 has ended' "$dir/check"
try "one without an end in sight too" grep -q 'exception for rsa1024 has more than two years' "$dir/check"
echo 'allow = md5' >>"$acme/partners.d/nordwind.ini"
"$e" --home "$acme" check >"$dir/check" 2>&1
is "what is no exception is refused" "$?" 78
done_testing
