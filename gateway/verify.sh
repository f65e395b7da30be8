#!/bin/sh
# SPDX-License-Identifier: ISC
# verify.sh - checks this evidence with openssl(1) and coreutils alone. Exit status: 0 all holds, 1 something does not.
set -u
cd "$(dirname "$0")" || exit 2
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
failed=0
say() { if [ "$1" = 0 ]; then echo "ok    $2"; else echo "FAIL  $2"; failed=1; fi; }
note() { echo "--    $1"; }
slice() { tail -c "+$(($2 + 1))" "$1" | head -c "$3"; }
same() { [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]; }

recorded() {	# file, SHA-256
	sum=$(sha256sum <"$1")
	[ "${sum%% *}" = "$2" ]
	say $? "$1: as recorded"
}
stands_in() {	# mail, offset, length, content
	slice "$1" "$2" "$3" >"$tmp/part"
	same "$tmp/part" "$4"
	say $? "$4: stands in $1 byte for byte"
}
decode() {	# file, offset, length, encoding
	case $4 in
	base64) slice "$1" "$2" "$3" | tr -d ' \t\r\n' | base64 -d ;;
	*) slice "$1" "$2" "$3" ;;
	esac
}
holds() {	# file, offset, length, encoding, document, what the file is
	decode "$1" "$2" "$3" "$4" >"$tmp/part"
	same "$tmp/part" "$5"
	say $? "${6:-$1}: holds $5 byte for byte"
}
inflate() {	# file, offset, length, encoding, offset and length of what zlib wrote, the end of a gzip file
	if ! command -v gzip >/dev/null; then
		note "$1: is compressed; where there is gzip, this sees what it holds"
		return 1
	fi
	decode "$1" "$2" "$3" "$4" >"$tmp/der"
	{ printf '\037\213\010\000\000\000\000\000\000\377'; slice "$tmp/der" "$5" "$6"; printf "$7"; } |
	    gzip -dc >"$tmp/inflated" 2>"$tmp/why" && return
	say 1 "$1: can be decompressed"
	return 1
}
# Only these certificates count, none from the message; they are judged at the time of the mail.
signed() {	# signature, content, certificates, seconds since 1970, opaque or detached
	set -- "$@" -verify -binary -inform DER -in "$1" -certfile "$3" -nointern -CAfile "$3" -partial_chain \
	    -purpose any -attime "$4" -out "$tmp/inside"
	signature=$1 content=$2 certs=$3 form=$5
	shift 5
	[ "$form" = opaque ] || set -- "$@" -content "$content"
	openssl cms "$@" 2>"$tmp/why" && same "$tmp/inside" "$content"
	rc=$?
	say $rc "$content: signed, $signature fits a certificate of $certs"
	[ $rc = 0 ] || cat "$tmp/why"
}
# By the word of these authorities, at that time.
vouched() {	# signature, content, authorities, seconds since 1970, opaque or detached, lists or none, addresses...
	signature=$1 content=$2 authorities=$3 at=$4 form=$5 lists=$6
	shift 6
	rm -f "$tmp/signer" "$tmp/inside-certs"
	known=$([ ! -e certs/partner.pem ] || echo certs/partner.pem)
	ask cms -verify -binary -inform DER -in "$signature" -attime "$at" ${known:+-certfile $known} \
	    $([ "$form" = opaque ] || echo "-content $content") -signer "$tmp/signer" -certsout "$tmp/inside-certs" \
	    -out "$tmp/inside" && same "$tmp/inside" "$content"
	rc=$?
	say $rc "$content: signed, $signature fits a certificate by the word of $authorities"
	[ $rc = 0 ] || { cat "$tmp/why"; return; }
	: >>"$tmp/inside-certs"; cat "$tmp/inside-certs" $known >"$tmp/others"
	[ "$lists" = none ] || unrevoked
	case $(prints certs/partner.pem) in *"$(openssl x509 -in "$tmp/signer" -noout -fingerprint -sha256)"*) return ;; esac
	rc=1
	for address; do
		case $(openssl x509 -in "$tmp/signer" -noout -checkemail "$address") in *' does match '*) rc=0 ;; esac
	done
	say $rc "$content: that certificate is for $*"
}
prints() {	# file: the fingerprints of the certificates in it
	[ ! -e "$1" ] || while IFS= read -r line; do
		case $line in *'BEGIN CERTIFICATE'*) : >"$tmp/one" ;; esac
		echo "$line" >>"$tmp/one"
		case $line in *'END CERTIFICATE'*) openssl x509 -in "$tmp/one" -noout -subject -fingerprint -sha256 ;; esac
	done <"$1"
}
ask() {	# command of openssl, arguments...
	command=$1
	shift
	openssl "$command" -no-CApath -no-CAstore -CAfile "$authorities" -purpose smimesign "$@" >"$tmp/why" 2>&1
}
unrevoked() {	# what the lists have, whenever they were made
	ask verify -CRLfile "$authorities" -crl_check_all -no_check_time -untrusted "$tmp/others" "$tmp/signer"
	rc=$?
	say $rc "$content: that certificate is not revoked"
	[ $rc = 0 ] || cat "$tmp/why"
}
field() {	# file, name in lower case: its value, unfolded, without blanks
	value= on=no cr=$(printf '\r')
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%"$cr"}
		case $line in
		' '* | '	'*) [ $on = no ] || value=$value$line ;;
		*)	[ $on = no ] || break
			[ "$(printf '%s' "${line%%:*}" | tr A-Z a-z)" != "$2" ] || { on=yes value=${line#*:}; } ;;
		esac
	done <"$1"
	printf '%s' "$value" | tr -d ' \t'
}
confirms() {	# file, offset, length, encoding, Message-ID, digest, what it is over
	decode "$1" "$2" "$3" "$4" >"$tmp/fields"
	id=$(field "$tmp/fields" original-message-id)
	[ "$id" = "<$5>" ] || [ "$id" = "$5" ]
	say $? "$1: is for <$5>"
	disposition=$(field "$tmp/fields" disposition | tr A-Z a-z)
	case ${disposition#*;} in processed | processed/warning*) rc=0 ;; *) rc=1 ;; esac
	say $rc "$1: says ${disposition#*;}"
	mic=$(field "$tmp/fields" received-content-mic)
	[ "${mic%%,*}" = "$(openssl dgst "-$6" -binary "$7" | base64 -w 0)" ]
	say $? "$1: its MIC is the $6 of $7"
}
event() {	# number, offset and length in chain.txt, hash
	sum=$(slice chain.txt "$2" "$3" | sha256sum)
	[ "${sum%% *}" = "$4" ]
	say $? "chain.txt: event $1 has the hash $4"
}

all_listed() {	# how many files there are beside SHA256SUMS
	listed=0
	while IFS= read -r line; do
		listed=$((listed + 1))
	done <SHA256SUMS
	[ "$listed" = "$1" ] && sha256sum --quiet --strict -c SHA256SUMS 2>&1
	say $? "all $1 files are as SHA256SUMS says"
}
# ---- here evidence_script.c puts what there is to check, a line each

echo
echo "The certificates' SHA-256 fingerprints, to be compared with their owners:"
for file in certs/*.pem; do
	prints "$file"
done
exit $failed
