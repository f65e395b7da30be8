#!/bin/sh
# SPDX-License-Identifier: ISC
# gmime - mails in every shape and by every kind of key that GMime and libcrypto's CMS know, read by them; and what they and
# openssl(1) write, read by us.
b=${1:-build/opt}
. tests/lib.sh
dir=$(mktemp -d "${TMPDIR:-/tmp}/edigate-test.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
shapes=$PWD/$b/tool/sys/shapes
command -v openssl >/dev/null || { skip "mails of others" "openssl is not installed"; done_testing; }
gmime=
if pkg-config --exists gmime-3.0 2>/dev/null; then
	try "the reader by GMime is built" gcc -O2 -o "$dir/gmime" tests/others/gmime.c $(pkg-config --cflags --libs gmime-3.0) -lcrypto -lz
	gmime=$dir/gmime
fi
# Lines, ends and bytes that a program might touch.
{ cat tests/documents/orders.edi; printf 'trailing blanks  \r\n.\r\nFrom here\r\n=3D\r\n\r\n'; } >"$dir/document"

make_key() {	# name, arguments of genpkey...
	name=$1
	shift
	openssl genpkey -out "$dir/$name.key" "$@" 2>/dev/null &&
	    openssl req -x509 -new -key "$dir/$name.key" -out "$dir/$name.pem" -days 2 -subj "/CN=$name" 2>/dev/null
}
try "keys are made" make_key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
try "on P-256" make_key ec-256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
try "on P-384" make_key ec-384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384

# The document comes out of the mail byte for byte.
reads() {	# program...
	"$@" "$dir/mail" >"$dir/out" 2>"$dir/said" && cmp "$dir/out" "$dir/document"
}
# Every shape that this kind of key can make.
each_shape() {	# key
	for shape in $("$shapes" list); do
		case $1,$shape in ec-*,pss* | ec-*,oaep) continue ;; esac
		"$shapes" write "$shape" "$dir/$1.pem" "$dir/$1.key" "$dir/document" >"$dir/mail" &&
		    reads "$gmime" read "$dir/$1.pem" "$dir/$1.key" || { echo "$shape: $(cat "$dir/said")"; return 1; }
	done
}
# openssl cms with these arguments, over the document as a part, read by us.
theirs() {	# key, argument...
	key=$1
	shift
	{ printf 'Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'; base64 "$dir/document" | sed 's/$/\r/'; } >"$dir/part"
	{ printf 'From: edi@nordwind.example\n'; openssl cms -binary -in "$dir/part" "$@" 2>"$dir/said"; } | sed 's/\r$//; s/$/\r/' >"$dir/mail"
	reads "$shapes" read "$dir/$key.pem" "$dir/$key.key" || { echo "$*: $(cat "$dir/said")"; return 1; }
}
signs() { key=$1; shift; theirs "$key" -sign -signer "$dir/$key.pem" -inkey "$dir/$key.key" "$@"; }
seals() { key=$1; shift; theirs "$key" -encrypt "$@" -recip "$dir/$key.pem"; }
seals_by() {	# key, arguments behind -recip...
	key=$1
	shift
	theirs "$key" -encrypt -aes-256-cbc -recip "$dir/$key.pem" "$@"
}

for key in rsa ec-256 ec-384; do
	if [ -n "$gmime" ]; then
		try "$key: GMime reads each shape of ours" each_shape "$key"
		"$gmime" write "$dir/$key.pem" "$dir/$key.key" "$dir/document" >"$dir/mail"
		try "$key: we read what GMime writes" reads "$shapes" read "$dir/$key.pem" "$dir/$key.key"
	else
		skip "$key: GMime reads each shape of ours, and we its" "GMime is not installed"
	fi
	for md in sha256 sha384 sha512; do
		try "$key: openssl cms -sign -md $md" signs "$key" -md $md
		try "$key: openssl cms -sign -nodetach -md $md" signs "$key" -nodetach -md $md
	done
	try "$key: openssl cms -sign -keyid -nocerts" signs "$key" -md sha256 -keyid -nocerts
	for cipher in aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-256-gcm; do
		try "$key: openssl cms -encrypt -$cipher" seals "$key" -$cipher
	done
	try "$key: openssl cms -encrypt, streamed" seals "$key" -aes-256-cbc -stream
	try "$key: openssl cms -encrypt -keyid" seals "$key" -aes-256-cbc -keyid
done
for md in sha256 sha512; do
	try "rsa: openssl cms -sign, PSS, $md" signs rsa -md $md -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest
done
try "rsa: openssl cms -encrypt, OAEP" seals_by rsa -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
try "ec-256: openssl cms -encrypt, SHA-256 for the key" seals_by ec-256 -keyopt ecdh_kdf_md:sha256

# What it refuses we never take, over whatever the fuzz targets have come upon.
try "no seed is taken that libcrypto refuses" "$b/tool/corpus/oracle" tests/fuzz/seeds

# Two who may read it, the sender among them, as many programs do; and one of a stranger first.
order_of_recipients() {
	theirs "$1" -encrypt -aes-256-cbc "$dir/ec-384.pem" "$dir/rsa.pem" "$dir/ec-256.pem"
}
for key in rsa ec-256 ec-384; do
	try "$key: one of three recipients" order_of_recipients "$key"
done
done_testing
