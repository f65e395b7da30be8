#!/bin/sh
# SPDX-License-Identifier: ISC
# codes - every code that the sources make, every state and every verdict is explained by `edigate explain`.
# usage: codes.sh BUILD
. "$(dirname "$0")/../lib.sh"
b=${1:-build/opt}
if [ ! -x "$b/edigate" ]; then
	skip "every code is explained" "not built"
	done_testing
fi

explained() {	# what, words
	words=$2
	is "$1: there are some" "${words:+yes}" yes
	is "$1: each is explained" "$(for word in $words; do
		"$b/edigate" explain "$word" >/dev/null 2>&1 </dev/null || echo "$word"
	done)" ""
}
sources=$(ls gateway/*.c gateway/*/*.c edi/*.c mime/*.c spool/*.c db/*.c | grep -vx gateway/explain.c)
explained "codes of errors" "$(grep -hoE '"E-[A-Z0-9-]+"' $sources | tr -d '"' | sort -u)"
explained "states of documents" "$(sed -n '/\] = { "[a-z-]*", \(true\|false\), \(true\|false\) }/s/.*{ "\([a-z-]*\)".*/\1/p' \
    gateway/exchange_shown.c | grep -v '^none$')"
explained "verdicts on mails" "$(awk '/^as1_verdict_name/ { on = 1 } on && match($0, /= "[a-z-]+"/) { print substr($0, RSTART + 3, RLENGTH - 4) }
    on && /^}/ { exit }' mime/verdict.c | grep -v '^ok$')"
explained "rules on mails" "$(grep -oE '^RULE\([A-Z0-9_]+, "V-[A-Z0-9-]+"' mime/verdict_rules.h | grep -o 'V-[A-Z0-9-]*')"
explained "faults of documents" "$(awk '/^## Faults/ { on = 1; next } /^## / { on = 0 }
    on && /^\| `/ { split($0, cell, "|"); print cell[2] }' docs/EDI.md | tr -d '`')"
# And what is explained is still there to be met.
is "nothing is explained that is not made" "$("$b/edigate" explain | sed -n 's/^  \(E-[A-Z0-9-]*\)$/\1/p' | while read -r code; do
	grep -qF "\"$code\"" $sources || echo "$code"
done)" ""
done_testing
