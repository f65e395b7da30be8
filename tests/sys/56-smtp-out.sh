#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-out - the sender alone against servers that follow a script: what becomes of a mail when they refuse, stall,
# break off or lie.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
big=01M84FFT47P8YAT0R6ER2TC4HG
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen 127.0.0.1:9 --smarthost "smtp://127.0.0.1:$port" >"$dir/init" || bail "setting up"
set_all "$home" smtp.tls none smtp.sessions 2 || bail "settings"
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\n.dot\r\n' >"$home/spool/out/$ulid.eml"
{
	printf 'From: edi@nordwind.example\r\nSubject: big\r\n\r\n'
	awk 'BEGIN { for (i = 0; i < 100000; i++) printf "0123456789012345678901234567890123456789012345678901234567890123456789\r\n" }'
} >"$home/spool/out/$big.eml"

# A server with this script (stdin), and the role with a stand-in for the ledger. $hold=1: no dot without a word from us.
begin() {	# name
	name=$1
	cat >"$dir/$name.script"
	"$b/tool/fake/smtpd" "$port" "$dir/$name.script" >"$dir/$name.heard" 2>&1 &
	server=$!
	wait_for 60 grep -q ready "$dir/$name.heard"
	begin_role "$name"
}
begin_role() {	# name
	rm -f "$dir/in"
	mkfifo "$dir/in"
	if [ -n "${hold-}" ]; then
		HOLD=1 "$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/$1.out" 2>"$dir/$1.log" &
	else
		"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/$1.out" 2>"$dir/$1.log" &
	fi
	role=$!
	helpers="$role ${server-}"
	exec 9>"$dir/in"
	wait_for 60 grep -q ^ready "$dir/$1.out"
}
post() { echo "send $1 ${2:-$ulid} edi@nordwind.example edi@acme.example ${3-}" >&9; }
result() {	# name, job, seconds: "accepted 250 ..."
	wait_for "${3:-10}" grep -q "^sent $2 " "$dir/$1.out"
	sed -n "s/^sent $2 //p" "$dir/$1.out"
}
end() {
	exec 9>&-
	kill $role ${server-} 2>/dev/null
	wait $role ${server-} 2>/dev/null
	server= helpers=
}
# The result of one mail against one script. What comes after the code is free.
case_of() {	# name, wanted, [ulid]
	begin "$1"
	post 1 "${3-}"
	got=$(result "$1" 1)
	case $got in "$2"*) ok "$1: $2" ;; *) not_ok "$1: want $2"; note "got: $got"; note "$(cat "$dir/$1.heard")" ;; esac
	end
}
hello='< 220 mx.acme.example ESMTP
> EHLO
< 250-mx.acme.example
< 250 ENHANCEDSTATUSCODES'
envelope='> MAIL
< 250 2.1.0 ok
> RCPT
< 250 2.1.5 ok
> DATA
< 354 go'

case_of "taken" "accepted 250 2.0.0 id 4711" <<S
$hello
$envelope
body
< 250 2.0.0 id 4711
> QUIT
< 221 bye
S
is "the dot is doubled on its way" "$(grep -c '^> \.$' "$dir/taken.heard")" 1
is "what was said is told" "$(sed -n 's/^| //p' "$dir/taken.out" | sed '1s/ .*//' | head -n 8 | tail -n 4 | cut -c1-12 | tr '\n' '|')" \
    "S: 250 ENHAN|C: MAIL FROM|S: 250 2.1.0|C: RCPT TO:<|"
is "nothing of the mail is told" "$(grep -c 'Subject' "$dir/taken.out")" 0
case_of "greylisted" "deferred 450 4.2.0 later" <<S
$hello
> MAIL
< 250 ok
> RCPT
< 450 4.2.0 later
> RSET
< 250 ok
> QUIT
S
case_of "unknown there" "refused 550 5.1.1 nobody" <<S
$hello
> MAIL
< 250 ok
> RCPT
< 550 5.1.1 nobody
> RSET
< 250 ok
S
case_of "too many recipients, said the old way" "deferred 552" <<S
$hello
> MAIL
< 250 ok
> RCPT
< 552 too many
> RSET
< 250 ok
S
case_of "refused after the dot" "refused 554 5.6.0 not this" <<S
$hello
$envelope
body
< 554 5.6.0 not this
S
case_of "deferred after the dot" "deferred 451 4.3.0 disk" <<S
$hello
$envelope
body
< 451 4.3.0 disk
S
case_of "dropped at DATA" "deferred 0" <<S
$hello
> MAIL
< 250 ok
> RCPT
< 250 ok
> DATA
drop
S
case_of "dropped in the mail" "deferred 0" "$big" <<S
$hello
$envelope
body 100000
reset
S
case_of "dropped after the dot" "uncertain 0" <<S
$hello
$envelope
body
drop
S
case_of "reset after the dot" "uncertain 0" <<S
$hello
$envelope
body
reset
S
case_of "garbage after the dot" "uncertain 0" <<S
$hello
$envelope
body
< 2x0 hm
< 250 ok
S
case_of "two codes after the dot" "uncertain 0" <<S
$hello
$envelope
body
< 250-first
< 550 last
S
case_of "half an answer after the dot" "uncertain 0" <<S
$hello
$envelope
body
<< 250 o
drop
S
case_of "an answer in two halves" "accepted 250  ok then" <<S
$hello
$envelope
body
<< 250-o
sleep 200
< k
< 250 then
S
case_of "refused in the middle of the mail, and never read on" "refused 550 5.7.1 enough" "$big" <<S
$hello
$envelope
body 1000
< 550 5.7.1 enough
sleep 300
S
case_of "250 in the middle of the mail" "deferred 0" "$big" <<S
$hello
$envelope
body 1000
< 250 got it
sleep 300
S
case_of "250 to DATA" "deferred 0" <<S
$hello
> MAIL
< 250 ok
> RCPT
< 250 ok
> DATA
< 250 ok
S
case_of "421 in the greeting" "deferred 0" <<S
< 421 4.3.2 too busy
S
case_of "no SMTP at all" "deferred 0" <<S
< HTTP/1.1 400 Bad Request
S
case_of "greeting without end" "deferred 0" <<S
loop
<< xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
again
S
case_of "EHLO without end" "deferred 0" <<S
< 220 mx
> EHLO
loop
< 250-mx.acme.example
again
S
case_of "no EHLO, but HELO" "accepted 250  ok" <<S
< 220 mx
> EHLO
< 502 what
> HELO
< 250 mx
$envelope
body
< 250 ok
S
case_of "slow, but it reads" "accepted 250  ok" "$big" <<S
$hello
$envelope
sleep 500
body
< 250 ok
S

# Several mails: one session after the other's mail, all in it; closed by the server in between, a new one.
begin "reuse" <<S
$hello
loop
$envelope
body
< 250 ok
again
S
for i in 1 2 3 4 5; do
	post $i
	result reuse $i >/dev/null
done
is "five mails, one after the other, in one session" "$(grep -c ^sent "$dir/reuse.out") $(grep -c ^connect "$dir/reuse.heard")" "5 1"
end
begin "tired" <<S
$hello
$envelope
body
< 250 ok
sleep 300
< 421 4.4.2 tired
S
post 1
is "the first is taken" "$(result tired 1)" "accepted 250  ok (127.0.0.1[127.0.0.1]:$port) ()"
post 2
is "the second too, in a new session" "$(result tired 2)" "accepted 250  ok (127.0.0.1[127.0.0.1]:$port) ()"
wait_for 60 grep -q "$(printf 'end')" "$dir/tired.heard"
post 3
is "and the third, after a 421 while nothing was asked" "$(result tired 3)" "accepted 250  ok (127.0.0.1[127.0.0.1]:$port) ()"
end

# The dot waits for the ledger.
hold=1
begin "held" <<S
$hello
$envelope
body
< 250 ok
S
post 1
try "the ledger is asked before the dot" wait_for 60 grep -q "^committing 1" "$dir/held.out"
is "and the dot has not gone" "$(grep -c '^> \.$' "$dir/held.heard")" 0
echo "go 1" >&9
is "let go, it is taken" "$(result held 1)" "accepted 250  ok (127.0.0.1[127.0.0.1]:$port) ()"
end
begin "stopped" <<S
$hello
$envelope
body
< 250 ok
S
post 1
wait_for 60 grep -q "^committing 1" "$dir/stopped.out"
echo "stop 1" >&9
case $(result stopped 1) in deferred*) ok "not let go: deferred" ;; *) not_ok "not let go: deferred" ;; esac
wait_for 60 grep -q ^end "$dir/stopped.heard"
is "and the dot never went" "$(grep -c '^> \.$' "$dir/stopped.heard")" 0
end
begin "ledger dies" <<S
$hello
$envelope
body
< 250 ok
S
post 1
wait_for 60 grep -q "^committing 1" "$dir/ledger dies.out"
kill -KILL $role
try "the ledger gone: the role drops the session and ends" wait_for 60 grep -q "event=stopped" "$dir/ledger dies.log"
wait_for 60 grep -q ^end "$dir/ledger dies.heard"
is "and the dot never went" "$(grep -c '^> \.$' "$dir/ledger dies.heard")" 0
end
hold=

# SIGTERM while the answer to the dot is awaited: it is awaited still.
begin "sigterm" <<S
$hello
$envelope
body
wait $dir/now
< 250 2.0.0 late
> QUIT
< 221 bye
S
post 1
post 2
wait_for 60 grep -q "^> \.$" "$dir/sigterm.heard"
echo term >&9
wait_for 60 grep -q "^sent 2 " "$dir/sigterm.out"
: >"$dir/now"
is "SIGTERM after the dot: the answer still counts" "$(result sigterm 1)" "accepted 250 2.0.0 late (127.0.0.1[127.0.0.1]:$port) ()"
try "and the role ends with 0" wait_for 60 grep -q "^exit 0" "$dir/sigterm.out"
end

# A server that takes one session of us, and sends the others away: all goes through that one. Our own listener is it.
acme=$dir/acme
"$e" --home "$acme" init --org "ACME Ltd" --mail edi@acme.example --id 14:5098765000007 --listen "127.0.0.1:$port" \
    --smarthost smtp://127.0.0.1:9 >"$dir/init" && set_all "$acme" listen.sessions_max 2 || bail "setting up"
home=$dir/home
set_all "$home" smtp.sessions 5 smtp.tls starttls smtp.ca "$acme/certs/tls.pem"
mkfifo "$dir/listen.in"
"$b/tool/fake/role" "$b/edigate-listen" "$acme" "$port" <"$dir/listen.in" >"$dir/listen.out" 2>"$dir/listen.log" &
server=$!
exec 8>"$dir/listen.in"
wait_for 60 grep -q event=started "$dir/listen.log"
begin_role "crowded"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	post $i
done
all_sent() { [ "$(grep -c "^sent" "$dir/crowded.out")" = 20 ]; }
wait_for 60 all_sent
is "a server that takes one session only gets all through it" "$(grep -c "^sent .* accepted" "$dir/crowded.out")" 20
echo term >&8
exec 8>&-
end
set_all "$home" smtp.tls none

# Nobody there.
begin_role "nobody"
post 1
case $(result nobody 1) in "deferred 0  connect: Connection refused"*) ok "nobody listens: deferred" ;;
*) not_ok "nobody listens: deferred"; note "$(cat "$dir/nobody.out")" ;; esac
# The server comes up, and a person does not want to hear that it was down a moment ago.
cat >"$dir/back.script" <<S
$hello
loop
$envelope
body
< 250 ok
again
S
"$b/tool/fake/smtpd" "$port" "$dir/back.script" >"$dir/back.heard" 2>&1 &
server=$!
helpers="$role $server"
wait_for 60 grep -q ready "$dir/back.heard"
for i in 2 3 4; do echo "retry $i $ulid edi@nordwind.example edi@acme.example"; done >&9
all_taken() { [ "$(grep -c '^sent [234] accepted' "$dir/nobody.out")" = 3 ]; }
try "a person's retry is tried at once, each of several" wait_for 60 all_taken
end

# Certificates: each reason is told, none is believed.
if command -v openssl >/dev/null; then
	set_all "$home" smtp.tls implicit smtp.ca "$dir/ca.pem"
	for ca in ca otherca; do
		openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/$ca.key" -out "$dir/$ca.pem" -subj "/CN=$ca" -days 30 2>/dev/null
	done
	certificate() {	# name, ca, extension, more options...
		n=$1 ca=$2 extension=$3
		shift 3
		openssl req -newkey "rsa:${bits:-2048}" -nodes -keyout "$dir/$n.key" -out "$dir/$n.csr" -subj "/CN=${cn:-server}" 2>/dev/null
		printf '%s\n' "$extension" >"$dir/ext"
		openssl x509 -req -in "$dir/$n.csr" -CA "$dir/$ca.pem" -CAkey "$dir/$ca.key" -CAcreateserial -out "$dir/$n.pem" \
		    -extfile "$dir/ext" "$@" 2>/dev/null
	}
	tls_case() {	# name, wanted text, options of s_server...
		name=$1 wanted=$2
		shift 2
		openssl s_server -accept "127.0.0.1:$port" -quiet "$@" </dev/null >"$dir/$name.server" 2>&1 &
		server=$!
		listens() { awk -v hex="$(printf ':%04X' "$port")" '$2 ~ hex "$" && $4 == "0A" { f = 1 } END { exit !f }' /proc/net/tcp; }
		wait_for 60 listens
		begin_role "$name"
		post 1
		got=$(result "$name" 1)
		case $got in "deferred 0 "*"$wanted"*) ok "$name is refused: $wanted" ;; *) not_ok "$name is refused: $wanted"; note "got: $got" ;; esac
		end
	}
	certificate wrong-name ca "subjectAltName=DNS:mx.elsewhere.example,IP:192.0.2.1" -days 30
	tls_case wrong-name "mismatch" -cert "$dir/wrong-name.pem" -key "$dir/wrong-name.key"
	cn=127.0.0.1 certificate name-in-cn-only ca "basicConstraints=CA:FALSE" -days 30
	tls_case name-in-cn-only "mismatch" -cert "$dir/name-in-cn-only.pem" -key "$dir/name-in-cn-only.key"
	certificate other-ca otherca "subjectAltName=IP:127.0.0.1" -days 30
	tls_case other-ca "unable to" -cert "$dir/other-ca.pem" -key "$dir/other-ca.key"
	certificate sha1 ca "subjectAltName=IP:127.0.0.1" -days 30 -sha1
	tls_case sha1 "weak" -cert "$dir/sha1.pem" -key "$dir/sha1.key" -cipher ALL:@SECLEVEL=0
	bits=1024 certificate short-key ca "subjectAltName=IP:127.0.0.1" -days 30
	tls_case short-key "too" -cert "$dir/short-key.pem" -key "$dir/short-key.key" -cipher ALL:@SECLEVEL=0
	certificate right ca "subjectAltName=IP:127.0.0.1" -days 30
	tls_case old-tls "" -cert "$dir/right.pem" -key "$dir/right.key" -tls1_1 -cipher ALL:@SECLEVEL=0
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/self.key" -out "$dir/self.pem" -subj /CN=self -days 30 \
	    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	tls_case self-signed "self-signed" -cert "$dir/self.pem" -key "$dir/self.key"
	server=
else
	skip "certificates" "openssl is not installed"
fi
done_testing
