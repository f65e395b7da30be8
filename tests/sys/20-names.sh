#!/bin/sh
# SPDX-License-Identifier: ISC
# names - files of any name go through; what is no regular file, or not complete, stays and is explained.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
out=$nordwind/outbox/acme

long=$(awk 'BEGIN { while (length(s) < 251) s = s "n"; print s }').edi
newline='two
lines.edi'
latin=$(printf 'B\374cher.edi')
n=0
for name in "with spaces.edi" "it's \"quoted\".edi" "$newline" "Grüße.edi" "$latin" "$long" "-rf.edi" "a%s%n.edi" "semi;colon&.edi"; do
	n=$((n + 1))
	order $((100 + n)) >"$dir/one"
	mv "$dir/one" "$out/$name"
done
all() { [ "$(count "$nordwind" dir=out state=complete)" = $n ]; }
try "$n odd names are complete" wait_for 60 all
is "each is in sent/ under its own name" "$(for name in "with spaces.edi" "it's \"quoted\".edi" "$newline" "Grüße.edi" "$latin" "$long" "-rf.edi" "a%s%n.edi" "semi;colon&.edi"; do
	[ -f "$nordwind/sent/$name" ] || printf '%s missing\n' "$name"; done)" ""
is "each was filed once" "$(ls "$acme/inbox/nordwind" | grep -c .)" $n
try "list shows them all as JSON that parses" sh -c "'$e' --home '$nordwind' list --json --limit 0 | grep -c '^{.*}\$' | grep -qx $n"
if command -v python3 >/dev/null; then
	"$e" --home "$nordwind" list --json --limit 0 >"$dir/list.json"
	try "and Python reads it" python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]' "$dir/list.json"
fi

# Not taken, and said so.
order 150 >"$dir/outside.edi"
ln -s "$dir/outside.edi" "$out/link.edi"
mkfifo "$out/fifo.edi"
mkdir "$out/folder.edi"
order 151 | head -c 400 >"$out/half.edi"
: >"$out/empty.edi"
for ignored in .hidden.edi "upload.edi.part" "backup.edi~" "x.tmp" "y.swp" "z.filepart" "w.lck" "v.crdownload"; do
	order 152 >"$out/$ignored"
done
shows() { "$e" --home "$nordwind" status | grep -q "$1"; }
for name in link.edi fifo.edi half.edi; do
	try "status names $name and why" wait_for 60 shows "$name"
done
note "$("$e" --home "$nordwind" status)"
is "the ignore list is ignored" "$(ls -A "$out" | grep -cE 'hidden|part$|~$|tmp$|swp$|lck$|crdownload$')" 8
is "no link was followed" "$(count "$nordwind" name=link.edi)$(ls "$out/link.edi" "$dir/outside.edi" | wc -l)" 02
order 151 >"$dir/whole"
tail -c +401 "$dir/whole" >>"$out/half.edi"
half_done() { has_state "$nordwind" complete name=half.edi; }
try "half.edi goes once it is whole" wait_for 60 half_done

# A writer that holds its file open keeps it, whatever is in it.
order 153 >"$dir/whole"
exec 9>"$out/open.edi"
cat "$dir/whole" >&9
try "a file held open waits" wait_for 60 shows open.edi
exec 9>&-
open_done() { has_state "$nordwind" complete name=open.edi; }
try "and goes when it is closed" wait_for 60 open_done

# A partner's folder may come and go.
rmdir "$out"/folder.edi
rm -f "$out"/link.edi "$out"/fifo.edi "$out"/empty.edi
mkdir "$nordwind/outbox/nobody"
order 154 >"$nordwind/outbox/nobody/lost.edi"
try "a folder of no partner is named" wait_for 60 shows nobody
done_testing
