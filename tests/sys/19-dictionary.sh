#!/bin/sh
# SPDX-License-Identifier: ISC
# dictionary - validate with a dictionary of our own, and what is no dictionary or no directory.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
says() {	# what, status, pattern, arguments...
	what=$1 want=$2 pattern=$3
	shift 3
	"$e" "$@" >"$dir/said" 2>&1
	rc=$?
	if [ "$rc" = "$want" ] && grep -qE -- "$pattern" "$dir/said"; then
		ok "$what"
	else
		not_ok "$what"
		note "status $rc, wanted $want and: $pattern"
		note "$(cat "$dir/said")"
	fi
}
message() {	# segments between UNH and UNT, how many with both
	printf "%s" "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+1'UNH+1+TESTAA:D:24Z:UN'$1UNT+$2+1'UNZ+1+1'"
}
tail -c +2 tests/fuzz/seeds/dict/dictionary >"$dir/own.edid"
tail -c +2 tests/fuzz/seeds/dict/archive >"$dir/words.zip"
message "AAA+1'GGG+7'" 4 >"$dir/good.edi"
message "AAA+2'GGG+x'" 4 >"$dir/bad.edi"
message "AAA+2'GGG+7'" 4 >"$dir/code.edi"
says "a message as it should be" 0 "valid, .*by the dictionary 0 errors, 0 warnings$" validate --dictionary "$dir/own.edid" "$dir/good.edi"
says "one that is not: the place" 65 "segment 4, element 1: .*\[element-type\]" validate --dictionary "$dir/own.edid" "$dir/bad.edi"
says "the same without a dictionary" 0 "valid" validate "$dir/bad.edi"
says "a code of another list: a warning" 0 "warning: .*\[element-code\]" validate --dictionary "$dir/own.edid" "$dir/code.edi"
says "or an error" 65 "\[element-code\]" validate --dictionary "$dir/own.edid" --strict-codes "$dir/code.edi"
says "as JSON" 65 '"verdict":"broken".*"dictionary":.*"code":"element-type","level":"error"' \
    validate --json --dictionary "$dir/own.edid" "$dir/bad.edi"
says "a message that it does not have" 0 "1 message not in the dictionary, only the envelope was checked: ORDERS" \
    validate --dictionary "$dir/own.edid" tests/documents/orders.edi
says "strict without a dictionary" 64 "needs --dictionary" validate --strict-codes "$dir/good.edi"
says "X12 by what is built in" 0 "valid, X12 810 .*by the dictionary 0 errors" validate tests/documents/inv810.x12
sed 's,\(BIG.\)[0-9]*,\120261399,' tests/documents/inv810.x12 >"$dir/date.x12"
says "a date that is none" 65 "segment 4, element 1: .*want a date.*\[element-date\]" validate "$dir/date.x12"
says "but not in its envelope" 0 "valid, X12" validate --envelope "$dir/date.x12"
printf 'dictionary X12 *\nelement 1 AN 1 9\nsegment TDS 1! 1!\nset 810 BIG\n' >"$dir/own.txt"
says "a text of one's own is compiled" 0 "1 directory, 1 messages, 1 segments" dictionary build "$dir/own.txt" -O "$dir/x12.edid"
says "and comes before what is built in" 65 "\[segment-unknown\]" validate --dictionary "$dir/x12.edid" tests/documents/inv810.x12
says "no dictionary" 65 "no dictionary" validate --dictionary "$dir/good.edi" "$dir/good.edi"
head -c 200 "$dir/own.edid" >"$dir/cut.edid"
says "a dictionary cut off" 65 "has 200 bytes, want" validate --dictionary "$dir/cut.edid" "$dir/good.edi"
says "an archive without a directory" 65 "0 directories" dictionary build "$dir/words.zip" -O "$dir/none.edid"
try "leaves nothing behind" test ! -e "$dir/none.edid"
says "no archive" 65 "want 'dictionary'" dictionary build "$dir/own.edid" -O "$dir/none.edid"
says "no name for it" 64 "-O FILE.edid is needed" dictionary build "$dir/words.zip"
done_testing
