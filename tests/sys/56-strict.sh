#!/bin/sh
# SPDX-License-Identifier: ISC
# strict - no byte leaves that is not by the grammar: hostile addresses in settings and jobs, file names, what stands in a document; and
# what a hostile server answers is harmless in all that we show and write. The server reads by the letter of the RFCs.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
command -v python3 >/dev/null || { skip "the strict server" "python3 is not installed"; done_testing; }
home=$dir/nordwind
ulid=01M84FFT47P8YAT0R6ER2TC4HF
free_port; mx=$port
free_port
"$e" --home "$dir/acme" init --org "ACME Ltd" --mail edi@acme.example --id 14:5098765000007 --listen 127.0.0.1:9 \
    --smarthost smtp://127.0.0.1:9 >"$dir/init" && "$e" --home "$dir/acme" partner card >"$dir/acme.edipartner" &&
"$e" --home "$home" init --org 'Nord "wind" <GmbH>, Söhne' --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$port" --smarthost "smtp://127.0.0.1:$mx" >"$dir/init" &&
"$e" --home "$home" partner add --yes "$dir/acme.edipartner" --as acme >>"$dir/init" &&
set_all "$home" smtp.tls none outbox.rescan 2s outbox.settle 300ms || bail "setting up"
python3 tests/fake/strict.py "$mx" "$dir" >"$dir/heard" 2>&1 &
helpers=$!
wait_for 60 grep -q ready "$dir/heard" || bail "the strict server"

# Addresses that are none, in the settings: refused by config set, and by check where they stand.
cr=$(printf '\r') esc=$(printf '\033') nl='
'
for bad in 'edi@acme.example><x@evil.example' 'edi@acme.example,' '"a b"@acme.example' "edi@acme.example$cr" "e${cr}di@acme.example" \
    "edi@acme.example${nl}send = none" "edi$esc@acme.example" 'edi@[192.0.2.1]' 'edi@acme..example' 'edi@-acme.example' '<edi@acme.example>' \
    'edi@acme.example (x)' 'edi\@x@acme.example' "$(printf '%0300d' 1)@acme.example" "$(printf 'edi\377@acme.example')"; do
	"$e" --home "$home" config set partner.acme.address "$bad" >"$dir/said" 2>&1
	[ $? = 78 ] || { not_ok "config set refuses '$bad'"; note "$(cat "$dir/said")"; }
done
is "none of them is in the settings" "$(grep -c 'address' "$home/partners.d/acme.ini") $("$e" --home "$home" config get partner.acme.address)" "1 edi@acme.example"
cp "$home/partners.d/acme.ini" "$dir/acme.ini"
sed 's/^address.*/address = edi@acme.example\\r\\nBcc: x@evil.example/' "$dir/acme.ini" >"$home/partners.d/acme.ini"
"$e" --home "$home" check >"$dir/said" 2>&1
is "check refuses it in the file" "$?" 78
try "and says where" grep -q 'acme.ini:[0-9]*:[0-9]*: .*is no mail address' "$dir/said"
cp "$dir/acme.ini" "$home/partners.d/acme.ini"

# A job of the ledger's with such an address is refused before a connection.
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\nx\r\n' >"$home/spool/out/$ulid.eml"
mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/out" 2>"$dir/role.log" &
role=$!
helpers="$helpers $role"
exec 9>"$dir/in"
wait_for 60 grep -q ^ready "$dir/out"
n=0
for bad in 'a@b.example><x@evil.example' "a@b.example${cr}DATA" '"a"@b.example' 'a@b.example,c@d.example' '<a@b.example>' "$esc@b.example" \
    'a@b' 'a' '@b.example' "$(printf '%0300d' 1)@b.example" "$(printf 'a\377@b.example')" 'a@b.example>' 'a.@b.example'; do
	n=$((n + 2))
	echo "send $((n - 1)) $ulid edi@nordwind.example $bad" >&9
	echo "send $n $ulid $bad edi@acme.example" >&9
done
answered() { [ "$(grep -c '^sent ' "$dir/out")" = "$n" ]; }
try "each job is answered" wait_for 60 answered
is "all but the odd plain one are refused" "$(grep -a '^sent ' "$dir/out" | grep -avc 'refused 0')" 2
is "which a strict server takes" "$(grep -c '^mail ' "$dir/heard")" 2
exec 9>&-
kill $role; wait $role 2>/dev/null
rm -f "$home/spool/out/$ulid.eml"

# File names, and a document with line ends where its number stands.
up "$home" || bail "starting"
cp "$dir/heard" "$dir/heard.before"
n=0
for name in "line${nl}Bcc: x@evil.example${nl}.edi" "cr${cr}Bcc: x@evil.example.edi" 'quote".edi' 'quote"; filename="x.edi' 'back\slash.edi' \
    "$(printf 'latin\374.edi')" "Grüße.edi" "$(printf 'c1\302\205.edi')" "$esc[2J.edi" '=?utf-8?Q?=0D=0ABcc:_x?=.edi' '%0D%0ABcc.edi' '>.edi' \
    '<x@evil.example>.edi' "$(awk 'BEGIN { while (length(s) < 247) s = s "ü"; print substr(s, 1, 120) }').edi" "utf-8''%0D%0A.edi" ' .edi'; do
	n=$((n + 1))
	order $((200 + n)) >"$dir/one"
	mv "$dir/one" "$home/outbox/acme/$name"
done
order 300 | awk -v cr="$cr" '{ sub(/PO-T-000300/, "47" cr "\nBcc: x@evil.example"); print }' | drop "$home" acme inside.edi
taken() { [ "$(grep -c '^mail ' "$dir/heard")" -ge $((n + 2)) ] && [ "$(count "$home" dir=out state=awaiting-receipt)" -ge "$n" ]; }
try "$n files of hostile names are sent" wait_for 60 taken
settled() { [ "$(count "$home" dir=out)" = $((n + 1)) ] && [ "$(count "$home" state=queued)$(count "$home" state=claimed)$(count "$home" state=sending)" = 000 ]; }
try "and the one of hostile content is sent or set aside" wait_for 60 settled
is "every byte of it was by the grammar" "$(grep -c '^bad' "$dir/heard")" 0
[ "$(grep -c '^bad' "$dir/heard")" = 0 ] || note "$(grep '^bad' "$dir/heard" | head -n 5)"
is "from us, to them" "$(grep '^mail' "$dir/heard" | tail -n "$n" | grep -vc ' <edi@nordwind.example>.* To: <edi@acme.example>')" 0

# What the server said is shown without what would move a terminal, end a line or be markup.
: >"$dir/refuse"
order 400 | drop "$home" acme refused.edi
try "refused" wait_for 60 has_state "$home" failed name=refused.edi
plain() {	# file: UTF-8 without anything that a terminal obeys
	python3 -c 'import sys, unicodedata as u
t = open(sys.argv[1], encoding="utf-8", newline="").read()
sys.exit(any(u.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in t if c not in "\t\n"))' "$1"
}
id=$("$e" --home "$home" list --json name=refused.edi | json id)
for verb in show trace; do
	"$e" --home "$home" $verb "$id" >"$dir/$verb" 2>&1
	try "$verb is plain" plain "$dir/$verb"
	"$e" --home "$home" $verb --json "$id" >"$dir/$verb.json" 2>&1
	try "and its JSON" plain "$dir/$verb.json"
done
try "the reason is there" grep -q 'event=accepted' "$dir/show"
for file in failed/refused.edi.error.txt status/refused.edi.json; do
	wait_for 60 test -s "$home/$file"
	try "$file is plain" plain "$home/$file"
done
grep 'refused' "$home.log" >"$dir/lines"
try "the log is plain" plain "$dir/lines"
is "and has no line of the server's making" "$(grep -c '^event=accepted' "$home.log")" 0
done_testing
