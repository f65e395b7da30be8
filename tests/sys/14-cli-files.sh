#!/bin/sh
# SPDX-License-Identifier: ISC
# cli-files - inspect and validate: no gateway, and but for one case no settings.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
EDIGATE_HOME=$dir/nowhere
export EDIGATE_HOME
HOME=$dir

run() {
	said=$("$e" "$@" 2>&1)
	status=$?
}
fails() {	# what, status, words it must say, arguments...
	what=$1 wanted=$2 words=$3
	shift 3
	run "$@"
	is "$what: exit status" "$status" "$wanted"
	case $said in
	*"$words"*) ok "$what: says it" ;;
	*) is "$what: says it" "$said" "...$words..." ;;
	esac
}
works() { what=$1 words=$2; shift 2; fails "$what" 0 "$words" "$@"; }

# ---- validate
for want in "orders.edi EDIFACT ORDERS PO-2026-0815" "invoic.edi EDIFACT INVOIC RE-2026-4711" "po850.x12 X12 850 PO-2026-0816" \
    "inv810.x12 X12 810 RE-2026-4712" "invoice.xml UBL Invoice RE-2026-4713"; do
	works "validate ${want%% *}" "valid, ${want#* }" validate "tests/documents/${want%% *}"
	is "inspect ${want%% *} is content" "$("$e" inspect "tests/documents/${want%% *}" >/dev/null; echo $?)" 0
done
works "validate several" "po850.x12: valid" validate tests/documents/*.x12
works "validate standard input" "-: valid" validate - <tests/documents/orders.edi
sed 's/UNT+[0-9]*/UNT+99/' tests/documents/orders.edi >"$dir/count.edi"
fails "a wrong count" 65 "[unt-count]" validate "$dir/count.edi"
case $said in "$dir/count.edi: offset "*", segment "*) ok "names the place" ;; *) is "names the place" "$said" "offset, segment" ;; esac
offset=$(LC_ALL=C grep -abo 'UNT+99' "$dir/count.edi" | sed 's/:.*//')
is "offsets count from 0" "$("$e" validate --json "$dir/count.edi" | sed 's/.*"problems":\[{"v":1,"code":"unt-count","offset":\([0-9]*\).*/\1/')" \
    "$((offset + 4))"
is "validate --json is one object" "$("$e" validate --json "$dir/count.edi" | wc -l)" 1
is "with its verdict" "$("$e" validate --json "$dir/count.edi" | json verdict)" broken
fails "one of several is broken" 65 "orders.edi: valid" validate "$dir/count.edi" tests/documents/orders.edi
head -c 300 tests/documents/po850.x12 >"$dir/cut.x12"
fails "a cut off interchange" 65 "broken" validate "$dir/cut.x12"
printf 'just text\n' >"$dir/text"
fails "text" 65 "not recognised" validate "$dir/text"
: >"$dir/empty"
fails "nothing" 65 "not recognised" validate "$dir/empty"
fails "no such file" 66 "No such file" validate "$dir/none"
fails "a folder" 66 "s a directory" validate "$dir"
head -c 100000 /dev/urandom >"$dir/noise"
fails "noise" 65 "not recognised" validate "$dir/noise"
{ head -c 106 tests/documents/po850.x12; printf '\033[31m\007~'; } >"$dir/escape.x12"
run validate "$dir/escape.x12"
is "no control byte reaches the terminal" "$(printf '%s' "$said" | LC_ALL=C tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" 0
fails "validate without a file" 64 "wants an argument" validate
if [ -r /dev/full ] && [ "$(id -u)" != 0 ]; then
	chmod 0 "$dir/text"
	fails "a file we may not read" 77 "Permission denied" validate "$dir/text"
	chmod 600 "$dir/text"
else
	skip "a file we may not read" "root may read everything"
fi
ln -s "$PWD/tests/documents/orders.edi" "$dir/link.edi"
works "a symbolic link is followed" "valid" validate "$dir/link.edi"

# ---- inspect, of mail made by somebody else's tools
if command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key.pem" -out "$dir/cert.pem" -days 30 -subj "/CN=ACME EDI" \
	    -addext "subjectAltName=email:edi@acme.example" -addext keyUsage=digitalSignature,keyEncipherment 2>/dev/null
	{
		printf 'Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'
		base64 tests/documents/orders.edi | sed "s/\$/$(printf '\r')/"
	} >"$dir/part"
	{
		printf 'From: edi@acme.example\r\nTo: edi@nordwind.example\r\nSubject: an order\r\nMessage-ID: <1@acme.example>\r\n'
		openssl cms -sign -in "$dir/part" -signer "$dir/cert.pem" -inkey "$dir/key.pem" -md sha256 -crlfeol 2>/dev/null
	} >"$dir/signed.eml"
	works "inspect a signed mail" "multipart/signed" inspect "$dir/signed.eml"
	case $said in *"nobody has vouched for"*) ok "without a certificate of ours" ;; *) is "vouched" "$said" "nobody" ;; esac
	case $said in *"ORDERS PO-2026-0815"*) ok "and shows what is inside" ;; *) is "inside" "$said" "ORDERS" ;; esac
	works "inspect --cert" "intact, $dir/cert.pem" inspect --cert "$dir/cert.pem" "$dir/signed.eml"
	is "inspect --json: verified" "$("$e" inspect --json --cert "$dir/cert.pem" "$dir/signed.eml" | json verified)" true
	is "inspect --json: not verified without" "$("$e" inspect --json "$dir/signed.eml" | json verified)" false
	works "inspect standard input" "multipart/signed" inspect - <"$dir/signed.eml"
	{ echo "From edi@acme.example Mon Nov 23 10:00:00 2026"; cat "$dir/signed.eml"; } >"$dir/mbox"
	run inspect "$dir/mbox"
	case $said in *"from edi@acme.example"*) ok "inspect a mailbox file" ;; *) is "mailbox" "$said" "mail" ;; esac
	awk '/^[A-Za-z0-9+\/=]+\r?$/ && !done { sub(/^..../, "AAAA"); done = 1 } { print }' "$dir/signed.eml" >"$dir/changed.eml"
	fails "inspect a changed mail" 65 "integrity-failed" inspect "$dir/changed.eml"
	fails "and with the certificate" 65 "integrity-failed" inspect --cert "$dir/cert.pem" "$dir/changed.eml"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/other.key" -out "$dir/other.pem" -days 30 -subj "/CN=Other" 2>/dev/null
	fails "inspect with somebody else's certificate" 65 "authentication-failed" inspect --cert "$dir/other.pem" "$dir/signed.eml"
	fails "inspect with a certificate that is none" 66 "" inspect --cert "$dir/text" "$dir/signed.eml"
	# With settings: the partner of that address.
	"$e" --home "$dir/home" init --org "Nordwind GmbH" --mail edi@nordwind.example >/dev/null
	"$e" --home "$dir/home" partner add --yes acme --mail edi@acme.example --cert "$dir/cert.pem" >/dev/null
	works "inspect with settings knows the partner" "partner acme" --home "$dir/home" inspect "$dir/signed.eml"
else
	skip "inspect of signed mail" "openssl is not installed"
fi
printf 'From: a@b.example\nSubject: \033[31mred\n\nhello\n' >"$dir/plain.eml"
run inspect "$dir/plain.eml"
case $said in *"mail "*) ok "inspect a plain mail" ;; *) is "inspect a plain mail" "$said" mail ;; esac
is "no control byte of it reaches the terminal" "$(printf '%s' "$said" | LC_ALL=C tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" 0
run inspect "$dir/noise"
is "inspect noise" "$status" 65
run inspect "$dir/empty"
is "inspect nothing" "$status" 65
done_testing
