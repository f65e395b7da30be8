#!/bin/sh
# SPDX-License-Identifier: ISC
# numbers - stats over what really went through; completion scripts that their shells take; certificates that end.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
"$e" --home "$nordwind" stats >/dev/null 2>&1
is "stats before anything ran" $? 69
up "$nordwind" && up "$acme" || bail "starting"
for n in 1 2 3; do
	order $n | drop "$nordwind" acme "order-$n.edi"
done
drop "$nordwind" acme invoice.edi <tests/documents/invoic.edi
sed 's/UNT+[0-9]*/UNT+99/' tests/documents/orders.edi | drop "$nordwind" acme broken.edi
turned <tests/documents/po850.x12 | drop "$acme" nordwind po.x12
settled() { [ "$(count "$nordwind" state=complete)$(count "$nordwind" state=invalid)$(count "$nordwind" state=filed)" = 411 ]; }
try "six documents settle" wait_for 60 settled
stats() { "$e" --home "$nordwind" stats "$@"; }
value() { sed 's/.*"'"$1"'":\([0-9]*\).*/\1/'; }
all=$(stats --json)
for want in out=5 in=1 complete=5 failed=1 late=0 receipts=4; do
	is "stats: $want" "$(echo "$all" | value "${want%=*}")" "${want#*=}"
done
p50=$(echo "$all" | value receipt_p50_ms) p95=$(echo "$all" | value receipt_p95_ms)
try "half of the receipts took less than 95 percent" test "$p50" -le "$p95" -a "$p95" -lt 60000
is "by type" "$(stats --json --by type | sed 's/.*"type":"\([^"]*\)","out":\([0-9]*\),"in":\([0-9]*\).*/\1 \2 \3/' | tr '\n' ';')" \
    "850 0 1;INVOIC 1 0;ORDERS 4 0;"
is "by partner" "$(stats --by partner | awk 'NR == 2 { print $1, $2, $3, $4, $5, $6 }')" "acme 5 1 5 1 0"
is "by day" "$(stats --json --by day | grep -c "\"day\":\"$(date -u +%Y-%m)-")" 1
is "by something else" "$(stats --by colour 2>&1 >/dev/null | head -n 1)" "edigate: --by is 'colour', want partner, type or day"
is "since nonsense" "$(stats --since yesterday >/dev/null 2>&1; echo $?)" 64
is "of no time at all" "$(stats --since 0s 2>&1)" "no documents in that time"

# ---- completion
for shell in bash zsh fish; do
	"$e" completion $shell >"$dir/$shell" 2>&1
	is "completion for $shell" "$? $(grep -c 'partner' "$dir/$shell" | sed 's/[1-9][0-9]*/some/')" "0 some"
	if command -v $shell >/dev/null; then
		try "$shell takes it" $shell -n "$dir/$shell"
	else
		skip "$shell takes it" "$shell is not installed"
	fi
done
"$e" completion tcsh >/dev/null 2>&1
is "completion for a shell that has none" $? 64
offers() {	# words before the cursor...: what bash offers
	bash -c 'eval "$(cat "$0")"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _edigate; echo "${COMPREPLY[@]}"' "$dir/bash" "$@"
}
if command -v bash >/dev/null; then
	is "bash offers commands" "$(offers edigate evi)" evidence
	is "second words" "$(offers edigate partner a)" add
	is "a command's options" "$(offers edigate send --w)" --wait
	is "also behind --home" "$(offers edigate --home /x db ba)" backup
	is "options of two words" "$(offers edigate evidence verify --j)" --json
	is "the options that all have" "$(offers edigate list --ho)" --home
else
	skip "bash offers commands" "bash is not installed"
fi

# ---- certificates
"$e" --home "$nordwind" cert needs-renewal >"$dir/said"
is "a new certificate needs no renewal" "$? $(cat "$dir/said")" "1 "
"$e" --home "$nordwind" cert needs-renewal --expires-in 200w >"$dir/said"
is "in four years it does, and the one for TLS" "$? $(grep -c 'CN=Nordwind GmbH, not after' "$dir/said")" "0 2"
"$e" --home "$nordwind" cert needs-renewal --expires-in soon >/dev/null 2>&1
is "a span that is none" $? 64
rm "$nordwind/certs/edi.pem"
"$e" --home "$nordwind" cert needs-renewal >/dev/null 2>&1
is "no certificate at all" $? 78
done_testing
