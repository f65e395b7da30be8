#!/bin/sh
# SPDX-License-Identifier: ISC
# tree - every file: a licence line, no trailing blanks, nothing left unfinished; scripts parse; the top level stays small.
. "$(dirname "$0")/../lib.sh"

bad() {	# what, lines found
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "$2"
	fi
}
files() {	# find conditions: files of the tree, not of a build
	find . \( -path ./.git -o -path ./build -o -path ./.demo -o -path './demo-*' \) -prune -o -type f \( "$@" \) -print | sort
}
scripts() {
	files -name '*.sh' -o -path './tests/*' -o -name check -o -name demo -o -path './.ci/*' | while IFS= read -r file; do
		case $(head -c 9 "$file" | tr -d '\000') in '#!/bin/sh'*) echo "$file" ;; esac
	done
}

bad "a licence line on top of every source and script" "$({ files -name '*.[ch]' -o -name '*.awk' -o -name '*.sql'; scripts; } |
    sort -u | while IFS= read -r file; do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ISC' || echo "$file"
done)"
mark='TO''DO|FIX''ME|X''XX|HA''CK'
bad "nothing left for later" "$(files -name '*.[ch]' -o -name '*.awk' -o -name '*.sh' -o -name '*.md' -o -name Makefile |
    xargs grep -nE "\\b($mark)\\b" | grep -v '^\./edi/rule_lists\.h:.*XTS')"	# there it is a currency
bad "no trailing blanks" "$(files -name '*.[ch]' -o -name '*.awk' -o -name '*.sh' -o -name '*.md' -o -name Makefile |
    xargs grep -nE '[[:blank:]]+$')"
bad "no line over 160 columns in C" "$(files -name '*.[ch]' | while IFS= read -r file; do
	expand "$file" | awk -v f="$file" 'length($0) > 160 { print f ":" NR ": " length($0) }'
done)"
bad "every script parses" "$(scripts | while IFS= read -r file; do sh -n "$file" 2>&1; done)"
bad "every script may be run" "$(scripts | while IFS= read -r file; do [ -x "$file" ] || echo "$file"; done)"
bad "the top level is what ARCHITECTURE.md shows" "$(ls -A | grep -vxE '\.git|build|\.demo|gateway|edi|mime|spool|db|tests|docs|\.ci|\.gitignore|\.clang-(format|tidy)|Makefile|LICENSE|README\.md|config\.example\.ini|packages\.txt|check|demo')"
done_testing
