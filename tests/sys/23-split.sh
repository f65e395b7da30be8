#!/bin/sh
# SPDX-License-Identifier: ISC
# split - an interchange of several messages is filed as one document for each; once, and acknowledged as the one it was.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$acme" partner.nordwind.split message
up "$nordwind" && up "$acme" || bail "starting"
three() {	# control
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*0*P*:~\n' "$1"
	echo "GS*PO*NW*AC*20261123*1200*$1*X*004010~"
	printf 'ST*850*%04d~\nBEG*00*SA*PO-%s-%s**20261123~\nPO1*1*1*EA*2**VP*A1~\nSE*4*%04d~\n' 1 "$1" 1 1 2 "$1" 2 2
	printf 'GE*2*%s~\nGS*PO*NW*AC*20261123*1200*%s*X*004010~\n' "$1" $(($1 + 500))
	printf 'ST*850*0001~\nBEG*00*SA*PO-%s-3**20261123~\nPO1*1*1*EA*2**VP*A1~\nSE*4*0001~\nGE*1*%s~\nIEA*2*%09d~\n' "$1" $(($1 + 500)) "$1"
}
three 11 | drop "$nordwind" acme three.x12
order 1 | drop "$nordwind" acme one.edi
filed() { [ "$(ls "$acme/inbox/nordwind" 2>/dev/null | wc -l)" = "$1" ]; }
try "three messages and one are filed" wait_for 60 filed 4
is "each under its own number" "$(ls "$acme/inbox/nordwind" | sed 's/_[0-9]*\././' | tr '\n' ' ')" \
    "nordwind_850_PO-11-1.x12 nordwind_850_PO-11-2.x12 nordwind_850_PO-11-3.x12 nordwind_ORDERS_PO-T-000001.edi "
for file in "$acme"/inbox/nordwind/*.x12; do
	is "$(basename "$file" | sed 's/_[0-9]*\././') is an interchange of one" "$("$e" validate --json "$file" | json verdict) $(grep -c '^ST' "$file")" "valid 1"
done
is "a document each" "$(count "$acme" dir=in type=850 state=filed)" 3
complete() { [ "$(count "$nordwind" dir=out state=complete)" = 2 ]; }
try "one receipt for the mail" wait_for 60 complete
acked() { "$e" --home "$nordwind" trace "$("$e" --home "$nordwind" list --json name=three.x12 | json id)" | grep -q ack-accepted; }
try "one acknowledgement for the interchange" wait_for 60 acked
is "that speaks of all" "$(count "$acme" dir=out kind=ack) $(cat "$nordwind"/inbox/acme/*997* | grep -c '^AK2')" "1 3"

# The same messages in another mail, and other ones under their numbers.
id=$("$e" --home "$nordwind" list --json name=three.x12 | json id)
inject() {	# message-id; document on stdin
	{
		printf 'From: <edi@nordwind.example>\r\nTo: <edi@acme.example>\r\nMessage-ID: <%s@nordwind.example>\r\n' "$1"
		printf 'MIME-Version: 1.0\r\nContent-Type: application/EDI-X12\r\nContent-Transfer-Encoding: base64\r\n\r\n'
		base64
	} | "$e" --home "$acme" receive --stdin --sender edi@nordwind.example --recipient edi@acme.example >>"$dir/said"
}
set_all "$acme" partner.nordwind.accept none && reload "$acme" || bail "reloading"
three 11 | inject again
duplicates() { [ "$(count "$acme" dir=in state=duplicate)" = 3 ]; }
try "again, they are duplicates" wait_for 60 duplicates
three 11 | sed 's/PO-11-2/PO-11-9/' | inject other
held() { [ "$(count "$acme" dir=in state=held)" = 1 ]; }
try "with another content, the mail is held" wait_for 60 held
is "nothing more was filed" "$(ls "$acme/inbox/nordwind" | wc -l)" 4
is "nor acknowledged" "$(count "$acme" dir=out kind=ack)" 1
try "the database is sound" "$e" --home "$acme" db check
done_testing
