#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-door - who comes in: behind a load balancer, as a partner with a certificate, as a stranger, too often.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$port" --smarthost smtp://127.0.0.1:9 >"$dir/init" || bail "setting up"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mx.acme.example \
    -keyout "$dir/acme.key" -out "$home/certs/acme-tls.pem" 2>"$dir/openssl" || bail "openssl: $(cat "$dir/openssl")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=mx.acme.example \
    -keyout "$dir/other.key" -out "$dir/other.pem" 2>"$dir/openssl" || bail "openssl: $(cat "$dir/openssl")"
for who in acme bolt cogs; do
	printf '[partner "%s"]\naddress = edi@%s.example\nsend = none\naccept = none\nreceipt = none\n' $who $who >"$home/partners.d/$who.ini"
done
printf 'sender = login\ntls_cert = certs/acme-tls.pem\n' >>"$home/partners.d/acme.ini"
printf 'sender = network\nnetwork = 198.51.100.0/24, 2001:db8:b::/48\n' >>"$home/partners.d/bolt.ini"
set_all "$home" listen.proxy_from 127.0.0.1 listen.unknown defer listen.session_rate 5 || bail "settings"
try "the settings pass" "$e" --home "$home" check

mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-listen" "$home" "$port" <"$dir/in" >"$dir/listen.out" 2>"$dir/listen.log" &
helpers=$!
exec 9>"$dir/in"
wait_for 60 grep -q event=started "$dir/listen.log" || bail "starting"

# Headers of the PROXY protocol: from 192.0.2.N, from a partner's 198.51.100.7, from 2001:db8:b::7.
sig='\r\n\r\n\0\r\nQUIT\n'
v4() { printf "$sig"'\041\021\0\014'"$1"'\012\0\0\001\060\071\0\031'; }
v6() { printf "$sig"'\041\041\0\044\040\001\015\270\0\013\0\0\0\0\0\0\0\0\0\007\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001\060\071\0\031'; }
# A session: the header from stdin, then lines; greeting and EHLO must be answered before more is said.
session() {	# name, lines...
	trap '' PIPE
	name=$1
	shift
	mkfifo "$dir/$name.in"
	timeout 60 "$b/tool/fake/talk" "$port" <"$dir/$name.in" >"$dir/$name" &
	talk=$!
	exec 8>"$dir/$name.in"
	cat >&8 2>/dev/null
	wait_for 60 grep -qE '^(220|421|5)' "$dir/$name" || echo "no greeting" >>"$dir/$name"
	case $1 in
	EHLO*)
		printf '%s\r\n' "$1" >&8 2>/dev/null
		shift
		wait_for 60 grep -qE '^(421|250 )' "$dir/$name" ;;
	esac
	printf '%s\r\n' "$@" QUIT >&8 2>/dev/null
	exec 8>&-
	wait $talk
	sed -n 's/^\(...\)[ -].*/\1/p' "$dir/$name" | tr -d '\r' | uniq | tr '\n' ' '
}
mail() { printf 'MAIL FROM:<%s>' "$1"; }

is "a balancer says for whom it speaks" "$(v4 '\300\0\002\001' | session a 'EHLO mx' "$(mail edi@cogs.example)" RSET)" "220 250 221 "
is "over IPv6, too, where a partner's network may send as the partner" "$(v6 | session b 'EHLO mx' "$(mail edi@bolt.example)")" "220 250 221 "
is "and IPv4" "$(v4 '\306\063\144\007' | session c 'EHLO mx' "$(mail edi@bolt.example)")" "220 250 221 "
is "from elsewhere nobody sends as that partner" "$(v4 '\300\0\002\001' | session d 'EHLO mx' "$(mail edi@bolt.example)")" "220 250 550 221 "
is "nor as one who has to log in" "$(v4 '\306\063\144\007' | session e 'EHLO mx' "$(mail edi@acme.example)")" "220 250 550 221 "
is "who is nobody's is put off" "$(v4 '\300\0\002\001' | session f 'EHLO mx' "$(mail joe@some.example)" "$(mail '')")" "220 250 450 221 "
is "with a sentence" "$(grep -c '^450 4.7.1 not seen here before' "$dir/f")" 2
is "without a header nothing is said" "$(printf 'EHLO mx\r\n' | { timeout 60 "$b/tool/fake/talk" "$port" | wc -c; })" 0
is "nor behind one of version 1" "$(printf 'PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\nEHLO mx\r\n' | { timeout 60 "$b/tool/fake/talk" "$port" | wc -c; })" 0
is "it is logged" "$(grep -c 'event=proxy .*no PROXY header, version 2' "$dir/listen.log")" 2
is "who talks before the greeting is shown out" "$({ v4 '\300\0\002\002'; printf 'EHLO mx\r\n'; } | timeout 60 "$b/tool/fake/talk" "$port" | cut -c 1-3)" 554
for n in 1 2 3 4 5 6; do v4 '\300\0\002\003' | session "often$n" 'EHLO mx' >"$dir/often.$n"; done
is "the sixth session of a minute is one too many for a stranger" "$(cat "$dir/often.5" "$dir/often.6")" "220 250 221 421 "
for n in 1 2 3 4 5 6; do v4 '\306\063\144\007' | session "bolt$n" 'EHLO mx' >"$dir/bolt.$n"; done
is "for a partner's network it is not" "$(cut -c 1-3 "$dir/bolt.6")" 220
echo term >&9
wait_for 60 grep -q '^exit 0' "$dir/listen.out" || bail "it does not end"
exec 9>&-

# Certificates, without a balancer.
set_all "$home" listen.proxy_from "" listen.unknown refuse || bail "settings"
mkfifo "$dir/in2"
"$b/tool/fake/role" "$b/edigate-listen" "$home" "$port" <"$dir/in2" >"$dir/listen2.out" 2>"$dir/listen2.log" &
helpers=$!
exec 9>"$dir/in2"
wait_for 60 grep -q event=started "$dir/listen2.log" || bail "starting"
is "a PROXY header from who is no balancer is no command" \
    "$(printf '' | session p 'PROXY TCP4 192.0.2.1 192.0.2.2 1 25')" "220 500 221 "
is "nobody's mail is refused" "$(printf '' | session q 'EHLO mx' "$(mail joe@some.example)" "$(mail '')")" "220 250 550 250 221 "
if [ -x /usr/bin/python3 ]; then
	cat >"$dir/external.py" <<'PY'
import smtplib, ssl, sys
port, ca, cert, key = int(sys.argv[1]), *sys.argv[2:5]
c = smtplib.SMTP("127.0.0.1", port, local_hostname="mx.acme.example", timeout=60)
x = ssl.create_default_context(cafile=ca)
x.check_hostname = False
if cert:
    x.load_cert_chain(cert, key)
c.starttls(context=x)
c.ehlo()
said = ["EXTERNAL" in c.esmtp_features.get("auth", "")]
for line in sys.argv[5:]:
    said.append(c.docmd(line)[0])
print(*said)
PY
	external() { /usr/bin/python3 "$dir/external.py" "$port" "$home/certs/tls.pem" "$@" 2>&1 | tail -n 1; }
	is "a partner's certificate logs in, as this partner, who sends as himself only" \
	    "$(external "$home/certs/acme-tls.pem" "$dir/acme.key" 'MAIL FROM:<edi@acme.example>' 'AUTH EXTERNAL Ym9sdA==' 'AUTH EXTERNAL =' \
	    'MAIL FROM:<edi@cogs.example>' 'MAIL FROM:<edi@acme.example>')" "True 550 535 235 550 250"
	is "another certificate of that name does not" "$(external "$dir/other.pem" "$dir/other.key" 'AUTH EXTERNAL =')" "False 502"
	is "none does not" "$(external "" "" 'AUTH EXTERNAL =')" "False 502"
	is "it is logged" "$(grep -c 'event=auth .*user=acme by=certificate' "$dir/listen2.log")" 1
else
	skip "a partner's certificate logs in" "python3 is not installed"
fi
echo term >&9
wait_for 60 grep -q '^exit 0' "$dir/listen2.out" || bail "it does not end"
exec 9>&-
done_testing
