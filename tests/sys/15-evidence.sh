#!/bin/sh
# SPDX-License-Identifier: ISC
# evidence - what proves a document, exported, checked by us and by openssl(1), and seen through when it was changed.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.ack_997 never && set_all "$acme" partner.nordwind.ack_997 never	# which would be receipted, too
# One way encrypted and signed, the other way only signed.
set_all "$nordwind" partner.acme.send "sign encrypt"
set_all "$acme" partner.nordwind.send sign
up "$nordwind" && up "$acme" || bail "starting"
cp tests/documents/orders.edi "$dir/orders.edi"
drop "$nordwind" acme "Bestellung 1; rm -rf März.edi" <"$dir/orders.edi"
turned <tests/documents/po850.x12 >"$dir/po.x12"
drop "$acme" nordwind po.x12 <"$dir/po.x12"
both() { [ "$(count "$nordwind" state=complete)$(count "$acme" state=complete)" = 11 ]; }
try "a document each way is complete" wait_for 60 both
out=$(cd "$dir" && "$e" --home "$nordwind" evidence find --json orders.edi | json id)
in=$("$e" --home "$nordwind" evidence find --json "$dir/po.x12" | json id)

# Export it, let us and openssl judge. Nothing but openssl and coreutils is in the path of verify.sh.
mkdir "$dir/bin" "$dir/x"
bare_tools "$dir/bin"
unpacked() {	# name: and checked by verify.sh, its words in name.hand
	mkdir -p "$dir/x/$1" && tar -xf "$dir/$1.tar" -C "$dir/x/$1" && by_hand "$dir/x/$1" >"$dir/$1.hand" 2>&1
}
proven() {	# what, home, id, name, words
	try "$1: export" "$e" --home "$2" evidence export "$3" -O "$dir/$4.tar"
	"$e" evidence verify "$dir/$4.tar" >"$dir/$4.said" 2>&1
	is "$1: verify has no doubt" "$? $(grep -c ^FAIL "$dir/$4.said")" "0 0"
	try "$1: it is proven" grep -q "^PROVEN: .*$5" "$dir/$4.said"
	try "$1: openssl and coreutils agree" unpacked "$4"
	is "$1: and find nothing else" "$(grep -vcE '^(ok|--) |^$|^The cert|^subject|^sha256 F' "$dir/$4.hand")" 0
	"$e" --home "$2" evidence export "$3" -O "$dir/again.tar" >/dev/null
	is "$1: the same bytes every time" "$(cmp "$dir/$4.tar" "$dir/again.tar" 2>&1)" ""
	rm -f "$dir/again.tar"
	is "$1: no private key in it" "$(grep -c 'PRIVATE KEY' "$dir/$4.tar")" 0
}
proven "sent, encrypted" "$nordwind" "$out" sent "ACME Ltd.* to have received"
proven "sent, signed" "$acme" 1 signed "Nordwind GmbH.* to have received"
proven "received, signed" "$nordwind" "$in" got "ACME Ltd.* has signed"
proven "received, encrypted" "$acme" "$(count "$acme")" got-encrypted "Nordwind GmbH.* has signed"
is "the document is in it" "$(cmp "$dir/orders.edi" "$dir"/x/sent/evidence-*/document/Bestellung_1__rm_-rf_M__rz.edi 2>&1)" ""
is "verify --json" "$("$e" evidence verify --json "$dir/sent.tar" | json proven)" true
try "it tells the reply to the mail" grep -q '"code": 250' "$dir/x/sent"/*/timeline.json
try "verify.sh sees the signature of a mail that is not encrypted" grep -q "^ok.*mail/1.content: signed" "$dir/signed.hand"
try "by a receipt's id its document is meant" sh -c "'$e' --home '$nordwind' evidence export \
    $("$e" --home "$nordwind" list --json kind=receipt limit=1 2>/dev/null | json id || true) -O - >'$dir/by-receipt.tar' || \
    '$e' --home '$nordwind' evidence export '$("$e" --home "$nordwind" list --json kind=receipt | json id)' -O - >'$dir/by-receipt.tar'"
is "and nothing else" "$(cmp "$dir/sent.tar" "$dir/by-receipt.tar" 2>&1)" ""

# The file is gone from sent/: out of a mail that is not encrypted it comes back, out of one that is it does not.
rm "$acme/sent/po.x12"
try "export without the original" "$e" --home "$acme" evidence export 1 -O "$dir/no-file.tar"
is "takes the document from the mail" "$(cmp "$dir/signed.tar" "$dir/no-file.tar" 2>&1)" ""
mv "$nordwind"/sent/Best* "$dir/kept"
"$e" --home "$nordwind" evidence export "$out" -O "$dir/no-document.tar" >"$dir/said" 2>&1
is "export of what only the partner can decrypt" $? 0
try "says that it proves nothing" grep -q "NOT PROVEN" "$dir/said"
mv "$dir/kept" "$nordwind/sent/Bestellung 1; rm -rf März.edi"

# What was changed is found, by both, also when the sums were made to fit.
forged() {	# what, name, command on a folder...
	what=$1 from=$2
	shift 2
	rm -rf "$dir/f" && mkdir "$dir/f" && tar -xf "$dir/$from.tar" -C "$dir/f" && top=$(echo "$dir/f"/*) && (cd "$top" && "$@") ||
	    { not_ok "$what: forging"; return; }
	(cd "$top" && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum >SHA256SUMS)
	tar -cf "$dir/forged.tar" -C "$dir/f" "${top##*/}"
	"$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1
	is "$what: verify says no" $? 1
	is "$what: nothing is proven" "$(grep -c '^PROVEN' "$dir/said")" 0
	sh "$top/verify.sh" >"$dir/said" 2>&1
	is "$what: so does verify.sh" $? 1
}
document=document/Bestellung_1__rm_-rf_M__rz.edi
in_json() { sed -i "s/$(sha256sum <"$dir/orders.edi" | cut -c 1-64)/$(sha256sum <$document | cut -c 1-64)/" timeline.json; }
other_document() { sed -i 's/PO-2026-0815/PO-2026-9999/' $document && in_json; }
other_content() { other_document && cat "$dir/x/signed"/*/mail/1.content >mail/1.content; }
other_receipt() { sed -i 's/processed/Processed/' receipt/1.content; }
other_id() { sed -i 's/"message_id": "\(.*\)@nordwind/"message_id": "X\1@nordwind/' timeline.json; sed -i "s/'\(.*\)@nordwind/'X\1@nordwind/" verify.sh; }
other_signer() { cp certs/own.pem certs/partner.pem; }
no_receipt() { rm receipt/1.p7s; }
forged "another document" sent other_document
forged "another document and content" sent other_content
forged "a receipt touched" sent other_receipt
forged "a receipt for another mail" sent other_id
forged "another signer" sent other_signer
forged "the signature missing" sent no_receipt
forged "an event changed" sent sed -i 's/attempt 1/attempt 2/' chain.txt
forged "a mail's content changed" got sed -i 's/MDA0MDEw/MDA0MDEx/; $s/$/x/' mail/1.content

# One byte of any file, wherever it is: both say no, and which file it is.
odd=
for file in $(cd "$dir/x/sent"/* && find . -type f | sed 's,^\./,,'); do
	rm -rf "$dir/f" && cp -R "$dir/x/sent" "$dir/f" && top=$(echo "$dir"/f/*)
	half=$(($(wc -c <"$top/$file") / 2))
	{ head -c $half "$top/$file"; tail -c +$((half + 1)) "$top/$file" | head -c 1 | tr '\000-\377' '\001-\377\000'; tail -c +$((half + 2)) "$top/$file"; } >"$dir/bit" && cat "$dir/bit" >"$top/$file"
	tar -cf "$dir/forged.tar" -C "$dir/f" "${top##*/}"
	! "$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1 && grep -qE "(FAIL|edigate:).*$file" "$dir/said" || odd="$odd $file"
	case $file in *.eml | document/* | certs/partner* | timeline*) ;; *) continue ;; esac
	{ ! by_hand "$dir/f" >"$dir/said" 2>&1 && grep -q "$file.*FAIL\|FAIL.*$file" "$dir/said"; } || odd="$odd $file(by hand)"
done
is "a byte of any file changed: both name it" "$odd" ""
in_timeline() { sed -i 's/"text": "attempt 1"/"text": "attempt 2"/' timeline.json; }
rm -rf "$dir/f" && cp -R "$dir/x/sent" "$dir/f" && (cd "$dir"/f/* && in_timeline && sha256sum $(sed 's/^[^ ]*  //' SHA256SUMS) >"$dir/sums" && cat "$dir/sums" >SHA256SUMS)
tar -cf "$dir/forged.tar" -C "$dir/f" "evidence-$out"
"$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1
is "a step of the timeline changed, sums too: verify says no" "$? $(grep -c '^FAIL  timeline.json: event' "$dir/said")" "1 1"

# Compressed: before the signature and encrypted; and after the signature, in the open.
set_all "$nordwind" partner.acme.send "compress sign encrypt" && set_all "$acme" partner.nordwind.send "compress sign" \
    partner.nordwind.compression after
reload "$nordwind" && reload "$acme"
order 7 | drop "$nordwind" acme order-7.edi
order 8 | turned | drop "$acme" nordwind order-8.edi
both() { has_state "$nordwind" complete name=order-7.edi && has_state "$acme" complete name=order-8.edi; }
try "compressed documents are complete" wait_for 60 both
id_of() { "$e" --home "$1" list --json "dir=$2" "number=PO-T-00000$3" | json id; }
proven "sent, compressed and encrypted" "$nordwind" "$(id_of "$nordwind" out 7)" pressed "ACME Ltd.* to have received"
proven "received, compressed and encrypted" "$acme" "$(id_of "$acme" in 7)" got-pressed "Nordwind GmbH.* has signed"
proven "sent, compressed last" "$acme" "$(id_of "$acme" out 8)" last "Nordwind GmbH.* to have received"
try "verify.sh says what it cannot see" grep -q "^--.*mail/1.content: is compressed; where there is gzip" "$dir/pressed.hand"
ln -s "$(command -v gzip)" "$dir/bin/gzip"
try "with gzip: no doubt" unpacked pressed
try "it sees the document" grep -q "^ok.*mail/1.content: holds document" "$dir/pressed.hand"
rm "$acme/sent/order-8.edi"
"$e" --home "$acme" evidence export "$(id_of "$acme" out 8)" -O "$dir/unpressed.tar" >/dev/null
is "out of such a mail the document comes back, too" "$(cmp "$dir/last.tar" "$dir/unpressed.tar" 2>&1)" ""

# Sums that do not fit, and what is no archive.
rm -rf "$dir/f" && mkdir "$dir/f" && tar -xf "$dir/sent.tar" -C "$dir/f" && echo x >>"$dir/f/evidence-$out/README.txt"
tar -cf "$dir/forged.tar" -C "$dir/f" "evidence-$out"
"$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1
is "a file changed: verify says no" "$? $(grep -c 'README.txt: not what' "$dir/said")" "1 1"
touch "$dir/f/evidence-$out/more" && tar -cf "$dir/forged.tar" -C "$dir/f" "evidence-$out"
"$e" evidence verify "$dir/forged.tar" >"$dir/said" 2>&1
is "a file more: verify says no" "$(grep -c 'more: not in SHA256SUMS' "$dir/said")" 1
for bad in "$dir/orders.edi" /dev/null; do
	"$e" evidence verify "$bad" >"$dir/said" 2>&1
	is "verify of ${bad##*/}" "$? $(grep -c 'no tar archive' "$dir/said")" "65 1"
done
head -c 5000 "$dir/sent.tar" >"$dir/cut.tar"
"$e" evidence verify "$dir/cut.tar" >/dev/null 2>&1
is "verify of half an archive" $? 65

# Words that are wrong.
"$e" --home "$nordwind" evidence export "$out" -O "$dir/sent.tar" >"$dir/said" 2>&1
is "export never overwrites" "$? $(grep -c 'exists already' "$dir/said")" "73 1"
"$e" --home "$nordwind" evidence export "$out" >/dev/null 2>&1
is "export wants a name" $? 64
"$e" --home "$nordwind" evidence export 4711 -O "$dir/none.tar" >/dev/null 2>&1
is "export of nothing" "$? $(ls "$dir/none.tar" 2>/dev/null)" "66 "
"$e" --home "$nordwind" evidence find tests/lib.sh >/dev/null 2>&1
is "find of what never went through" $? 1
is "find tells what is proven" "$("$e" --home "$nordwind" evidence find "$dir/orders.edi" | grep -c 'proven .*MIC equal, signed by CN=ACME Ltd')" 1
done_testing
