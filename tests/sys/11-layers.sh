#!/bin/sh
# SPDX-License-Identifier: ISC
# layers - a document arrives and is receipted with the same MIC, whatever is done to it on the way (send =).
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$acme" partner.nordwind.accept none
up "$acme" || bail "starting acme"

n=0
for send in none sign encrypt compress 'sign encrypt' 'compress sign' 'compress encrypt' 'compress sign encrypt'; do
	n=$((n + 1))
	set_all "$nordwind" partner.acme.send "$send"
	up "$nordwind" || bail "starting nordwind"
	order "$n" >"$dir/$n.edi"
	drop "$nordwind" acme "$n.edi" <"$dir/$n.edi"
	complete() { [ "$(state_of "$nordwind" "name=$n.edi" dir=out)" = complete ]; }
	try "$send: complete, with a receipt" wait_for 60 complete
	filed=
	for file in "$acme"/inbox/nordwind/*; do
		cmp -s "$file" "$dir/$n.edi" && filed=yes
	done
	is "$send: arrived byte for byte" "$filed" yes
	id=$("$e" --home "$nordwind" list --json "name=$n.edi" dir=out | json id)
	"$e" --home "$nordwind" trace "$id" >"$dir/trace"
	try "$send: the MIC was equal" grep -q 'MIC equal' "$dir/trace"
	down "$nordwind"
done
done_testing
