#!/bin/sh
# SPDX-License-Identifier: ISC
# man - the pages are sound mdoc, and name every setting and every command.
# usage: man.sh BUILD
. "$(dirname "$0")/../lib.sh"
b=${1:-build/opt}

for page in docs/man/*.[158]; do
	[ -e "$page" ] || continue
	if ! command -v mandoc >/dev/null; then
		skip "$page" "mandoc is not installed"
		continue
	fi
	is "$page is sound mdoc" "$(mandoc -Tlint -Wwarning "$page" 2>&1)" ""
	grep -q 'SPDX-License-Identifier: ISC' "$page" && ok "$page has a licence line" || not_ok "$page has a licence line"
done
for page in edigate.1 edigate.8 edigate.ini.5; do
	[ -e "docs/man/$page" ] && ok "$page is there" || not_ok "$page is there"
done
[ ! -e docs/man/edigate.ini.5 ] || is "edigate.ini(5) names every setting" "$(
	awk '/conf_settings\[\] = \{/ { on = 1; next } on && /^};/ { exit }
	    on && match($0, /\{ *"[a-z_]+", *"[a-z_]+"/) { split(substr($0, RSTART, RLENGTH), q, "\""); print q[4] }' gateway/conf.c |
	    sort -u | while read -r key; do
		grep -qE "^\.(It|Ic|Cm) .*\b$key\b" docs/man/edigate.ini.5 || echo "$key"
	done)" ""
if [ -x "$b/edigate" ]; then
	is "edigate(1) names every command" "$("$b/edigate" help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' | while read -r name; do
		grep -qE "^\.(It )?Ic $name( |\$)" docs/man/edigate.1 || echo "$name"
	done)" ""
else
	skip "edigate(1) names every command" "not built"
fi
done_testing
