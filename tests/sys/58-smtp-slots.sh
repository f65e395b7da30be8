#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-slots - a partner whose server is silent or gone does not keep the places of the sender from all others.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
places=60
free_port; silent=$port
free_port; good=$port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen 127.0.0.1:9 --smarthost "smtp://127.0.0.1:$good" >"$dir/init" || bail "setting up"
printf '[partner "acme"]\naddress = edi@acme.example\nids = 14:5098765000007\nsend = none\naccept = none\nreceipt = none\nsmtp_host = 127.0.0.1\nsmtp_port = %s\nsmtp_tls = none\n' \
    "$silent" >"$home/partners.d/acme.ini"
set_all "$home" smtp.tls none || bail "settings"
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\n.dot\r\n' >"$home/spool/out/$ulid.eml"

serve() {	# port, script, file
	printf '%s\n' "$2" >"$dir/$3.script"
	"$b/tool/fake/smtpd" "$1" "$dir/$3.script" >"$dir/$3.heard" 2>&1 &
	helpers="$helpers $!"
	wait_for 60 grep -q ready "$dir/$3.heard"
}
takes='< 220 mx
> EHLO
< 250 mx
> MAIL
< 250 ok
> RCPT
< 250 ok
> DATA
< 354 go
body
< 250 taken
> QUIT
< 221 bye'
# It hears a first client and says nothing; the others wait in the queue of its socket.
serve "$silent" '> NEVER' silent
serve "$good" "$takes" good
mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/out" 2>"$dir/send.log" &
role=$!
helpers="$helpers $role"
exec 9>"$dir/in"
try "the sender has so many places" wait_for 60 grep -q "^ready $places" "$dir/out"
n=0
while [ $n -lt $places ]; do
	n=$((n + 1))
	echo "send $n $ulid edi@nordwind.example edi@acme.example - acme" >&9
done
freed() { [ "$(grep -c '^ready 1$' "$dir/out")" -ge "$places" ]; }
try "a silent server loses the places of what only waits for it" wait_for 60 freed
is "with a reason" "$(grep -c '^sent .* deferred .*makes no step' "$dir/out")" "$places"
echo "send 1001 $ulid edi@nordwind.example edi@globex.example - globex" >&9
try "another partner is served" wait_for 60 grep -q '^sent 1001 accepted' "$dir/out"
exec 9>&-
kill $helpers 2>/dev/null
wait $helpers 2>/dev/null
helpers=

# A server that is gone: one mail at a time tries, the rest hears so at once; when it is back the first one gets through.
mkfifo "$dir/in2"
"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in2" >"$dir/out2" 2>>"$dir/send.log" &
role=$!
helpers=$role
exec 9>"$dir/in2"
wait_for 60 grep -q "^ready $places" "$dir/out2"
n=0
while [ $n -lt 10 ]; do
	n=$((n + 1))
	echo "send $n $ulid edi@nordwind.example edi@acme.example - acme" >&9
done
all_heard() { [ "$(grep -c '^sent [0-9]* deferred .*connect' "$dir/out2")" = 10 ]; }
try "of a server that is gone all hear at once" wait_for 60 all_heard
serve "$silent" "$takes" back
n=20
gets_through() {
	n=$((n + 1))
	echo "send $n $ulid edi@nordwind.example edi@acme.example - acme" >&9
	wait_for 60 grep -q "^sent $n " "$dir/out2" && grep -q "^sent $n accepted" "$dir/out2"
}
try "when it is back mail gets through" wait_for 60 gets_through
exec 9>&-
kill $helpers 2>/dev/null
wait $helpers 2>/dev/null
helpers=

# A helper that does not come to its end with a password keeps nobody else's mail.
mkfifo "$dir/token" "$dir/in3"
printf 'smtp_user = edi\nsmtp_password = command:cat %s\n' "$dir/token" >>"$home/partners.d/acme.ini"
serve "$good" "$takes" good2
serve "$silent" '< 220 mx
> EHLO
< 250 mx' back2
"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in3" >"$dir/out3" 2>>"$dir/send.log" &
helpers="$helpers $!"
exec 9>"$dir/in3"
wait_for 60 grep -q "^ready $places" "$dir/out3"
echo "send 1 $ulid edi@nordwind.example edi@acme.example - acme" >&9
echo "send 2 $ulid edi@nordwind.example edi@globex.example - globex" >&9
try "mail goes out while a helper thinks about a password" wait_for 60 grep -q '^sent 2 accepted' "$dir/out3"
is "the other waits" "$(grep -c '^sent 1 ' "$dir/out3")" 0
echo secret >"$dir/token"
try "and goes on with what the helper said" wait_for 60 grep -q '^sent 1 deferred .*no TLS' "$dir/out3"
exec 9>&-
kill $helpers 2>/dev/null
wait $helpers 2>/dev/null
helpers=
done_testing
