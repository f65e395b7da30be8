#!/bin/sh
# SPDX-License-Identifier: ISC
# findings - what is wrong in the content of a document: noted, told to the partner, or the document stays here, as the settings of
# the partner say. Built-in X12 facts, a dictionary of the partner's own, business rules, the signature of a .p7m.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.ack wanted partner.acme.duplicates file
set_all "$acme" partner.nordwind.duplicates file
up "$nordwind" && up "$acme" || bail "starting"

order850() {	# control, date of the order
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*0*P*:~\n' "$1"
	printf 'GS*PO*NW*AC*20261123*1200*%d*X*004010~\nST*850*0001~\nBEG*00*SA*PO-%d**%s~\n' "$1" "$1" "$2"
	printf 'PO1*1*10*EA*5.00**BP*A-1~\nCTT*1~\nSE*5*0001~\nGE*1*%d~\nIEA*1*%09d~\n' "$1" "$1"
}
out() { "$e" --home "$nordwind" list --json dir=out name="$1" | json "$2"; }
state_is() { [ "$(out "$1" state)" = "$2" ]; }
show_out() { "$e" --home "$nordwind" show "$(out "$1" id)"; }
came() { "$e" --home "$acme" list --json dir=in number="PO-$1" | json "$2"; }
filed() { ls "$acme/inbox/nordwind" 2>/dev/null | grep -c "850_PO-$1"; }

# ---- noted: the default
order850 11 20261123 | drop "$nordwind" acme good.x12
order850 12 20261323 | drop "$nordwind" acme noted.x12
try "a good order is complete" wait_for 60 state_is good.x12 complete
try "so is one with a month 13" wait_for 60 state_is noted.x12 complete
is "nothing is said of the good one" "$(show_out good.x12 | grep -c '^findings')" 0
is "its sender is told what is wrong" "$(show_out noted.x12 | sed -n 's/^findings *//p')" \
    "error: offset 176, segment 4, element 5: BEG element 5 (373) is '20261323', want a date, YYMMDD or CCYYMMDD [element-date]"
is "and its receiver" "$("$e" --home "$acme" trace "$(came 12 id)" | grep -c 'finding .*element-date')" 1
is "programs too" "$("$e" --home "$acme" show --json "$(came 12 id)" | grep -c '"event": *"finding"')" 1
is "it is acknowledged without a word of it" "$(show_out noted.x12 | grep -c '850 PO-12.*accepted$')" 1

# ---- told
set_all "$acme" partner.nordwind.findings_in report && reload "$acme" || bail "reloading"
order850 13 20261323 | drop "$nordwind" acme reported.x12
try "reported: accepted, with errors" wait_for 60 state_is reported.x12 partly-accepted
is "with its error in the acknowledgement" "$(show_out reported.x12 | sed -n 's/.*850 PO-13.*accepted-errors: //p')" \
    "code 8 (invalid date) in segment 2 BEG element 5: '20261323', code 5 (segments in error)"
is "it was filed" "$(filed 13)" 1

# ---- refused
set_all "$acme" partner.nordwind.findings_in refuse && reload "$acme" || bail "reloading"
order850 14 20261323 | drop "$nordwind" acme refused.x12
try "refused: its sender sees it rejected" wait_for 60 state_is refused.x12 rejected
is "with the place" "$(show_out refused.x12 | grep -c '850 PO-14.*rejected: code 8 .* in segment 2 BEG element 5')" 1
is "the mail has its receipt" "$(out refused.x12 receipt)" ok
is "here a person has to look at it" "$(came 14 state) $(filed 14)" "held 0"
is "and is told why" "$("$e" --home "$acme" show "$(came 14 id)" | grep -c '^why  *its content is refused: 1 error, 0 warnings: offset 176')" 1
acks=$(count "$acme" dir=out kind=ack)
try "a person can let it in" "$e" --home "$acme" release "$(came 14 id)"
came_in() { [ "$(filed 14)" = 1 ]; }
try "then it is filed" wait_for 60 came_in
order850 15 20261123 | drop "$nordwind" acme good2.x12
try "a good one is not held" wait_for 60 state_is good2.x12 complete
is "what was refused is not answered again" "$(count "$acme" dir=out kind=ack)" $((acks + 1))

# ---- two of three in one mail are refused: their sender is told of both, and of the third once it is filed
entity() {
	printf 'Content-Type: multipart/mixed; boundary=b\n'
	for n in 16 17 18; do
		printf '\n--b\nContent-Type: application/EDI-X12\nContent-Transfer-Encoding: base64\n\n'
		order850 $n "$([ $n = 16 ] && echo 20261123 || echo 20261323)" | base64
	done
	printf '\n--b--\n'
}
entity | sed 's/$/\r/' >"$dir/entity"
{
	printf 'From: edi@nordwind.example\nTo: edi@acme.example\nSubject: three\nMessage-ID: <three@nordwind.example>\n'
	openssl cms -sign -binary -in "$dir/entity" -signer "$nordwind/certs/edi.pem" -inkey "$nordwind/private/edi.key" -md sha256 2>/dev/null
} | sed 's/\r$//' >"$dir/three.eml"
acks=$(count "$acme" dir=out kind=ack)
answers() { [ "$(count "$acme" dir=out kind=ack)" = $((acks + $1)) ]; }
try "a mail with three orders" "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example <"$dir/three.eml"
try "both refusals are told" wait_for 60 answers 2
id=$("$e" --home "$acme" list --json dir=in state=held number=PO-17 | json id)
is "each by a name of its own" "$("$e" --home "$acme" list --json dir=out kind=ack name="ack_$id-3.x12" | grep -c '"type":"997"')" 1
is "as refused" "$("$e" --home "$acme" trace "$id" | grep -c 'acknowledged: rejected')" 2
try "a person can let them in" "$e" --home "$acme" release "$id"
three_in() { [ "$(filed 16)$(filed 17)$(filed 18)" = 111 ]; }
try "then all three are filed" wait_for 60 three_in
try "and the good one is acknowledged, the others not again" wait_for 60 answers 3
order850 19 20261123 | drop "$nordwind" acme good3.x12
try "so it stays" wait_for 60 state_is good3.x12 complete
is "one answer more" "$(count "$acme" dir=out kind=ack)" $((acks + 4))

# ---- the other way: before it leaves
set_all "$nordwind" partner.acme.findings_out hold && reload "$nordwind" || bail "reloading"
order850 21 20261323 | drop "$nordwind" acme kept.x12
try "ours is held" wait_for 60 state_is kept.x12 held
try "the findings lie beside" wait_for 60 grep -q 'error: offset 176, segment 4, element 5: .*\[element-date\]' "$nordwind/failed/kept~$(out kept.x12 id).x12.error.txt"
down "$nordwind"
: >"$nordwind/failed/kept~$(out kept.x12 id).x12.error.txt"	# as a power cut may leave it
up "$nordwind" || bail "starting again"
try "where they were lost they are written again" wait_for 60 grep -q 'element-date' "$nordwind/failed/kept~$(out kept.x12 id).x12.error.txt"
set_all "$acme" partner.nordwind.findings_in note && reload "$acme" || bail "reloading"
try "a person can let it go" "$e" --home "$nordwind" release "$(out kept.x12 id)"
try "then it goes" wait_for 60 state_is kept.x12 complete
is "and nothing lies there any more" "$(ls "$nordwind/failed" | grep -c kept)" 0
set_all "$nordwind" partner.acme.findings_out refuse && reload "$nordwind" || bail "reloading"
order850 22 20261323 | drop "$nordwind" acme back.x12
try "or it is invalid" wait_for 60 state_is back.x12 invalid
try "and lies in failed/ with its findings" wait_for 60 grep -q 'element-date' "$nordwind/failed/back.x12.error.txt"

# ---- a dictionary of the partner's own: every order has a REF
cat >"$dir/ours.txt" <<'D'
dictionary X12 004010
element 143 ID 3
element 329 AN 4 9
element 353 ID 2 2
element 92 ID 2 2
element 324 AN 1 22
element 128 ID 2 3 DP
element 127 AN 1 30
segment ST 143! 329!
segment REF 128! 127
set 850 BEG! REF!*3 (PO1)!*> CTT
D
"$e" dictionary build "$dir/ours.txt" -O "$nordwind/certs/ours.edid" >/dev/null || bail "the dictionary"
set_all "$nordwind" partner.acme.dictionary certs/ours.edid partner.acme.codes error && reload "$nordwind" || bail "reloading"
order850 31 20261323 | drop "$nordwind" acme ours.x12
try "the partner's own dictionary counts" wait_for 60 state_is ours.x12 invalid
try "by it a REF is missing" wait_for 60 grep -q 'segment 5: REF is missing before PO1 \[segment-missing\]' "$nordwind/failed/ours.x12.error.txt"
order850 32 20261323 | sed 's/^PO1/REF*ZZ~\nPO1/; s/SE\*5/SE*6/' | drop "$nordwind" acme code.x12
try "and another code is an error" wait_for 60 grep -q 'error: .*\[element-code\]' "$nordwind/failed/code.x12.error.txt"
set_all "$nordwind" partner.acme.validate_out charset && reload "$nordwind" || bail "reloading"
order850 33 20261323 | drop "$nordwind" acme unseen.x12
try "who does not want it looked at has it sent" wait_for 60 state_is unseen.x12 complete

# ---- XML: business rules, a schema, the signature around it
cat >"$nordwind/certs/invoice.xsd" <<'D'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<xs:element name="Invoice"><xs:complexType><xs:sequence><xs:any processContents="skip" maxOccurs="3"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
D
set_all "$nordwind" partner.acme.validate_out rules edi.schema certs/invoice.xsd && reload "$nordwind" || bail "reloading"
sed 's/\(<cbc:PayableAmount[^>]*>\)[0-9.]*/\11.23/' tests/documents/invoice.xml | drop "$nordwind" acme sums.xml
try "an invoice whose sums are wrong is invalid" wait_for 60 state_is sums.xml invalid
try "by the rule's name" wait_for 60 grep -q '\[BR-CO-16\]' "$nordwind/failed/sums.xml.error.txt"
try "and it is held against the schema of its namespace" grep -q 'line 8: .*not expected.* \[schema\]' "$nordwind/failed/sums.xml.error.txt"
fattura() {
	printf '<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">'
	printf '<FatturaElettronicaHeader><DatiTrasmissione><ProgressivoInvio>00001</ProgressivoInvio></DatiTrasmissione></FatturaElettronicaHeader>'
	printf '<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Data>2026-11-23</Data>'
	printf '<Numero>F-77</Numero></DatiGeneraliDocumento></DatiGenerali></FatturaElettronicaBody></p:FatturaElettronica>'
}
fattura >"$dir/f.xml"
openssl cms -sign -binary -nodetach -outform DER -md sha256 -signer "$nordwind/certs/edi.pem" -inkey "$nordwind/private/edi.key" \
    -in "$dir/f.xml" -out "$dir/f.p7m" 2>/dev/null || bail "signing"
drop "$nordwind" acme signed.p7m <"$dir/f.p7m"
try "a signed document goes" wait_for 60 state_is signed.p7m complete
LC_ALL=C sed 's/F-77/F-78/' "$dir/f.p7m" | drop "$nordwind" acme tampered.p7m
try "one that was changed since does not" wait_for 60 state_is tampered.p7m invalid
try "because of its signature" wait_for 60 grep -q '\[signature-bad\]' "$nordwind/failed/tampered.p7m.error.txt"
done_testing
