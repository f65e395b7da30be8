#!/bin/sh
# SPDX-License-Identifier: ISC
# json - what an ERP writes as JSON goes out as EDIFACT, X12 or UBL: numbers and addresses are ours, what has no place is refused.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.control_from 7001
up "$nordwind" && up "$acme" || bail "starting"
state() { "$e" --home "$nordwind" list --json dir=out name="$1" | json state; }
is_in() { [ "$(state "$1")" = "$2" ]; }
order() {	# number, more members of source
	printf '{"schema":"edigate/document/1","source":{%s},"documents":[{"kind":"order","id":"%s","issued":"2026-11-23",' "$2" "$1"
	printf '"lines":[{"no":"1","ids":{"gtin":"4012345200013"},"description":"Pump","qty":"2","unit":"EA","price":"5.50"}]}]}\n'
}
order PO-1 '"format":"edifact"' | drop "$nordwind" acme one.json
order PO-2 '"format":"x12"' | drop "$nordwind" acme two.json
"$e" convert --to json tests/documents/invoice.xml | drop "$nordwind" acme three.json
order PO-4 '' | drop "$nordwind" acme four.json
order PO-5 '"format":"x12"' | sed 's/"unit":"EA"/"unit":"EACH"/' | drop "$nordwind" acme five.json
for file in one two three; do try "$file.json is complete" wait_for 60 is_in $file.json complete; done
for file in four five; do try "$file.json is refused" wait_for 60 is_in $file.json invalid; done
in=$acme/inbox/nordwind
try "an EDIFACT order with our number, between our ids" grep -q \
    '^UNA:+.? .UNB+UNOC:3+4012345000009:14+5098765000007:14+[0-9:]*+700[0-9]'"'UNH+1+ORDERS:D:96A:UN'" "$in"/*PO-1*
try "an X12 order" grep -q '^ISA.*14\*4012345000009  \*14\*5098765000007  \*.*\*00000700[0-9]\*.*~BEG\*00\*NE\*PO-2\*' "$in"/*PO-2*
for file in "$in"/*PO-1* "$in"/*PO-2*; do is "$(basename "$file") is valid" "$("$e" validate --json "$file" | json verdict)" valid; done
try "a UBL invoice" grep -q '<cbc:ID>RE-2026-4713</cbc:ID>' "$in"/*RE-2026-4713*.xml
is "it passes the rules of invoices" "$("$e" validate "$in"/*RE-2026-4713*.xml | grep -c 'by the rules of EN 16931 0 errors')" 1
try "without a format: told" grep -q 'source.format: want x12, edifact or ubl' "$nordwind/failed/four.json.error.txt"
try "what has no place: told with it" grep -q "documents\[0\].lines\[0\].unit: 'EACH' would be read as 'EA' from X12" \
    "$nordwind/failed/five.json.error.txt"
set_all "$nordwind" partner.acme.json edifact && reload "$nordwind" || bail "reloading"
order PO-6 '"format":"x12"' | drop "$nordwind" acme six.json
try "the partner's format counts" wait_for 60 is_in six.json complete
try "that is EDIFACT" grep -q '^UNA' "$in"/*PO-6*
done_testing
