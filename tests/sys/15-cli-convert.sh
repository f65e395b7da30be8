#!/bin/sh
# SPDX-License-Identifier: ISC
# cli-convert - documents as JSON, text and HTML, and JSON back into the same file; no gateway, no settings.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
EDIGATE_HOME=$dir/nowhere
export EDIGATE_HOME

for file in tests/documents/*.x12 tests/documents/*.edi; do
	"$e" convert --to json "$file" >"$dir/json" 2>&1
	is "$file as JSON: exit status" $? 0
	is "of the schema" "$(head -c 31 "$dir/json")" '{"schema":"edigate/document/1",'
	"$e" convert --to edi "$dir/json" >"$dir/back"
	is "and back: exit status" $? 0
	cmp -s "$file" "$dir/back" && ok "the same bytes" || not_ok "the same bytes"
	"$e" convert --to json - <"$file" | "$e" convert --to edi - | cmp -s - "$file" && ok "through a pipe" || not_ok "through a pipe"
done
is "the total of an invoice" "$("$e" convert --to json tests/documents/invoice.xml | sed 's/.*"payable":"\([0-9.]*\)".*/\1/')" 1491.00
is "text begins with what it is" "$("$e" convert --to text tests/documents/orders.edi | head -n 1)" "ORDER PO-2026-0815"
for to in x12 edifact ubl; do
	case $to in x12) file=po850.x12 ;; edifact) file=invoic.edi ;; *) file=invoice.xml ;; esac
	"$e" convert --to json tests/documents/$file | "$e" convert --to $to - >"$dir/made"
	is "$file from its JSON: exit status" $? 0
	is "it is valid" "$("$e" validate --json "$dir/made" | json verdict)" valid
	is "and says the same" "$("$e" convert --to text "$dir/made" | head -n 1)" "$("$e" convert --to text tests/documents/$file | head -n 1)"
done
"$e" convert --to html tests/documents/invoic.edi >"$dir/page.html"
is "HTML is a page" "$(head -n 1 "$dir/page.html")" "<!DOCTYPE html>"
is "without scripts" "$(grep -ci '<script' "$dir/page.html")" 0
sed 's/MOA+79:1491.00/MOA+79:1490.99/' tests/documents/invoic.edi >"$dir/sum.edi"
case $("$e" convert --to text "$dir/sum.edi") in
*"sum of the lines is 1490.99, its parts give 1491.00"*) ok "a difference is told" ;;
*) not_ok "a difference is told" ;;
esac
sed 's/UNT+[0-9]*/UNT+99/' tests/documents/orders.edi >"$dir/count.edi"
case $("$e" convert --to text "$dir/count.edi") in
*"broken: 1 problem"*unt-count*) ok "a broken document is shown with its problem" ;;
*) not_ok "a broken document is shown with its problem" ;;
esac

fails() {	# what, status, words, arguments...
	what=$1 wanted=$2 words=$3
	shift 3
	said=$("$e" convert "$@" 2>&1)
	is "$what: exit status" $? "$wanted"
	case $said in *"$words"*) ok "$what: says it" ;; *) is "$what: says it" "$said" "...$words..." ;; esac
}
printf 'just text\n' >"$dir/text"
fails "text" 65 "not recognised" --to json "$dir/text"
fails "no JSON" 65 "no JSON" --to edi "$dir/text"
"$e" convert --to json tests/documents/invoice.xml >"$dir/xml.json"
fails "XML back" 65 "raw.interchanges" --to edi "$dir/xml.json"
fails "what has no place" 65 "documents[0].terms.account" --to x12 tests/documents/invoice.xml
fails "into what" 64 "into what" tests/documents/orders.edi
fails "into something else" 64 "into what" --to pdf tests/documents/orders.edi
fails "no such file" 66 "No such file" --to json "$dir/none"
done_testing
