#!/bin/sh
# SPDX-License-Identifier: ISC
# exchange - two gateways trade five documents each way; every proof is there and means what it says.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"

for document in orders.edi invoic.edi po850.x12 inv810.x12 invoice.xml; do
	cp "tests/documents/$document" "$nordwind/outbox/acme/$document"
	# The other way round: the two parties change places.
	sed 's/4012345000009/@/g; s/5098765000007/4012345000009/g; s/@/5098765000007/g' "tests/documents/$document" \
	    >"$acme/outbox/nordwind/$document"
done
all_done() { [ "$(count "$nordwind" dir=out state=complete)$(count "$acme" dir=out state=complete)" = 55 ]; }
try "five documents each way are complete" wait_for 60 all_done
all_filed() { [ "$(count "$nordwind" dir=in kind=document state=filed)$(count "$acme" dir=in kind=document state=filed)" = 55 ]; }
try "five documents each way are filed" all_filed
for document in orders.edi invoic.edi po850.x12 inv810.x12 invoice.xml; do
	arrived=
	for file in "$acme"/inbox/nordwind/*; do
		cmp -s "$file" "tests/documents/$document" && arrived=$file
	done
	is "$document arrived byte for byte" "${arrived:+yes}" yes
	is "$document: the original is in sent/" "$(cmp "$nordwind/sent/$document" "tests/documents/$document" 2>&1)" ""
	is "$document: its status file says complete" "$(json state <"$nordwind/status/$document.json")" complete
done
is "names in the inbox say who, what and which" "$(ls "$acme/inbox/nordwind" | grep -v _997_ | sed 's/_[0-9]*\././' | LC_ALL=C sort | tr '\n' ' ')" \
    "nordwind_810_RE-2026-4712.x12 nordwind_850_PO-2026-0816.x12 nordwind_INVOIC_RE-2026-4711.edi nordwind_Invoice_RE-2026-4713.xml nordwind_ORDERS_PO-2026-0815.edi "

id=$("$e" --home "$nordwind" list --json name=orders.edi dir=out | json id)
is "list by number finds it" "$("$e" --home "$nordwind" list --json number=PO-2026-0815 dir=out | json id)" "$id"
"$e" --home "$nordwind" trace "$id" >"$dir/trace" 2>&1
for step in claimed packed accepted mdn-ok; do
	try "the timeline has '$step'" grep -q "$step" "$dir/trace"
done
"$e" --home "$nordwind" trace --json "$id" >"$dir/trace.json" 2>&1
proof=$(sed -n '/"event": *"mdn-ok"/s/.*"proof": *"\([^"]*\)".*/\1/p' "$dir/trace.json")
try "the receipt is kept, raw" grep -q 'disposition-notification' "$nordwind/$proof"
try "the receipt names its MIC" grep -qi 'Received-content-MIC' "$nordwind/$proof"
"$e" --home "$nordwind" trace --smtp "$id" >"$dir/talk" 2>&1
if grep -q 'mail [0-9]* of a session' "$dir/talk"; then
	ok "trace --smtp says that the session had sent another mail before"
else
	try "trace --smtp has the greeting" grep -q '^    S: 220 ' "$dir/talk"
	try "trace --smtp has EHLO" grep -q '^    C: EHLO ' "$dir/talk"
fi
for line in '^    C: MAIL FROM:<' '^    C: ([0-9]* bytes of mail)' '^    C: \.$' '^    S: 250 2.0.0 '; do
	try "trace --smtp has '$line'" grep -q -- "$line" "$dir/talk"
done
is "trace --smtp does not show the mail" "$(grep -ci 'message-id\|content-type' "$dir/talk")" 0
try "trace --smtp --json has it in one line" sh -c "'$e' --home '$nordwind' trace --smtp --json $id | grep -q '\"event\":\"attempt\".*\"C: \\.\",\"S: 250 '"
try "show knows it" "$e" --home "$nordwind" show "$id"

for home in "$nordwind" "$acme"; do
	try "${home##*/}: db check" "$e" --home "$home" db check
	try "${home##*/}: db rebuild changes nothing" sh -c "'$e' --home '$home' db rebuild | grep -qE '(^|[^0-9])0( |$)'"
	is "${home##*/}: nothing needs attention" "$(count "$home" state=attention)" 0
done

# A restart neither sends nor files anything again.
files_before=$(ls "$acme/inbox/nordwind" | wc -l)
mails_before=$(ls "$nordwind/spool/out" | wc -l)
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
up "$nordwind" && up "$acme" || bail "starting again"
order 199 | drop "$nordwind" acme again.edi
sixth() { [ "$(count "$nordwind" dir=out state=complete)" = 6 ]; }
try "after a restart the next document goes through" wait_for 60 sixth
is "and it is the only new one" "$(($(ls "$acme/inbox/nordwind" | wc -l) - files_before))" 1
is "and the only new mail with it" "$(($(ls "$nordwind/spool/out" | wc -l) - mails_before))" 1

# send --wait: the whole way in one command.
order 198 >"$dir/waited.edi"
try "send --wait=receipted ends with 0" "$e" --home "$nordwind" send --wait=receipted --timeout 60s "$dir/waited.edi"
done_testing
