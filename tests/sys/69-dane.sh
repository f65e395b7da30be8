#!/bin/sh
# SPDX-License-Identifier: ISC
# dane - certificates judged by TLSA records (RFC 7672), handshake for handshake: the sender alone, a name server that says
# what is validated, and a server with a certificate that no authority of ours knows.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
command -v openssl >/dev/null && command -v python3 >/dev/null || { skip "DANE" "openssl or python3 is not installed"; done_testing; }
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
free_port; dns=$port
free_port; clear=$port
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen 127.0.0.1:9 --smarthost "smtps://mx.dane.example:$port" >"$dir/init" &&
set_all "$home" smtp.verify dane || bail "setting up"
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\nx\r\n' >"$home/spool/out/$ulid.eml"

authority() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" -subj "/CN=$1" -days 30 2>/dev/null; }
issue() {	# name, host name in it, how it is dated
	openssl req -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$1" 2>/dev/null
	printf 'subjectAltName=DNS:%s\n' "$2" >"$dir/ext"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial ${3:--days 30} -out "$dir/$1.leaf" \
	    -extfile "$dir/ext" 2>/dev/null && cat "$dir/$1.leaf" "$dir/ca.pem" >"$dir/$1.pem"
}
authority ca
authority other
issue named mx.dane.example
issue elsewhere mx.elsewhere.example
issue old mx.elsewhere.example "-days -1"
cp "$dir/named.leaf" "$dir/alone.pem" && cp "$dir/named.key" "$dir/alone.key"
of() {	# certificate, selector, matching: its association data
	if [ "$2" = 1 ]; then
		openssl x509 -in "$dir/$1.pem" -noout -pubkey | openssl pkey -pubin -outform DER
	else
		openssl x509 -in "$dir/$1.pem" -outform DER
	fi >"$dir/der"
	case $3 in 1) sha256sum ;; 2) sha512sum ;; 0) od -An -v -tx1 | tr -d ' \n' ;; esac <"$dir/der" | cut -d ' ' -f 1
}
zone() {	# further lines
	{
		echo "dane.example signed"
		echo "mx.dane.example A 127.0.0.1"
		echo "mx.plain.example A 127.0.0.1"
		printf '%s\n' "$@"
	} >"$dir/zone"
}
tlsa() { echo "_$port._tcp.mx.dane.example TLSA $1 $2 $3 $(of "$4" "$2" "$3")"; }	# usage, selector, matching, certificate
zone
python3 tests/fake/dns.py "$dns" "$dir/zone" >"$dir/asked" 2>&1 &
dns_server=$!
helpers=$dns_server
wait_for 60 grep -q ready "$dir/asked" || bail "the name server"

serve() {	# certificate
	[ -z "${server-}" ] || { kill "$server"; wait "$server" 2>/dev/null; }
	python3 tests/fake/smtps.py "$port" "$dir/$1.pem" "$dir/$1.key" >"$dir/served" 2>&1 &
	server=$!
	helpers="$dns_server $server"
	wait_for 60 grep -q ready "$dir/served"
}
try_it() {	# what, wanted
	rm -f "$dir/in"
	mkfifo "$dir/in"
	RESOLVER_PORT=$dns LD_PRELOAD=$PWD/$b/tool/crash/resolver.so \
	    "$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/out" 2>"$dir/log" &
	role=$!
	helpers="$dns_server $role ${server-}"
	exec 9>"$dir/in"
	wait_for 60 grep -q ^ready "$dir/out"
	echo "send 1 $ulid edi@nordwind.example edi@acme.example" >&9
	wait_for 60 grep -q "^sent 1 " "$dir/out"
	got=$(sed -n "s/^sent 1 //p" "$dir/out")
	case $got in $2) ok "$1" ;; *) not_ok "$1"; note "got: $got"; note "$(cat "$dir/log" "$dir/zone")" ;; esac
	exec 9>&-
	kill "$role"
	wait "$role" 2>/dev/null
	helpers="$dns_server ${server-}"
}
case "$b" in /*) PWD= ;; esac
dane="accepted 250 *certificate verified by DANE*"

# DANE-EE: the certificate or its key, whatever else stands in it.
serve elsewhere
zone "$(tlsa 3 1 1 elsewhere)";			try_it "3 1 1: the key; its name and authority do not matter" "$dane"
zone "$(tlsa 3 0 1 elsewhere)";			try_it "3 0 1: the certificate" "$dane"
zone "$(tlsa 3 1 2 elsewhere)";			try_it "3 1 2: SHA-512" "$dane"
zone "$(tlsa 3 1 1 named)" "$(tlsa 3 1 1 elsewhere)";	try_it "two records while keys change: one fits" "$dane"
zone "$(tlsa 3 1 1 named)";			try_it "3 1 1 of another key" "deferred 0 *certificate*"
zone "$(tlsa 3 0 1 named)";			try_it "3 0 1 of another certificate" "deferred 0 *certificate*"
zone "$(tlsa 3 1 1 ca)";			try_it "3 1 1 of its authority: that is no DANE-EE" "deferred 0 *certificate*"
is "nobody got a mail whom no record fits" "$(grep -c '^mail' "$dir/served")" 4
serve old
zone "$(tlsa 3 1 1 old)";			try_it "3 1 1: its dates do not matter (RFC 7672, 3.1.1)" "$dane"

# DANE-TA: an authority, which the server must show; and then the name counts.
serve named
zone "$(tlsa 2 0 1 ca)";			try_it "2 0 1: the authority" "$dane"
zone "$(tlsa 2 1 1 ca)";			try_it "2 1 1: its key" "$dane"
zone "$(tlsa 2 0 1 other)";			try_it "2 0 1 of another authority" "deferred 0 *certificate*"
zone "$(tlsa 2 0 1 other)" "$(tlsa 3 1 1 named)";	try_it "2 0 1 of another, but 3 1 1 fits" "$dane"
serve elsewhere
zone "$(tlsa 2 0 1 ca)";			try_it "2 0 1, but the name is another's" "deferred 0 *mismatch*"
serve old
zone "$(tlsa 2 0 1 ca)";			try_it "2 0 1, but it is past its time" "deferred 0 *"
serve alone
zone "$(tlsa 2 0 1 ca)";			try_it "2 0 1, but the server does not show it" "deferred 0 *certificate*"

# What is not validated, or cannot be had.
serve named
zone "$(tlsa 3 1 1 named | sed 's/dane.example/plain.example/')"
set_all "$home" smtp.host mx.plain.example
try_it "records that are not validated are none: the authority counts" "deferred 0 *certificate*"
set_all "$home" smtp.verify dane-only
try_it "dane-only goes nowhere without" "deferred 0 *no validated TLSA records*"
set_all "$home" smtp.host mx.dane.example
zone "$(tlsa 1 1 1 named)"
try_it "nor with records of the kind that is not for mail" "deferred 0 *no validated TLSA records*"
zone "_$port._tcp.mx.dane.example TLSA servfail"
try_it "records that cannot be had are not taken for none" "deferred 0 *TLSA records cannot be had*"
zone "$(tlsa 3 1 1 named)"
try_it "dane-only with them" "$dane"
RESOLVER_ADDRESS=192.0.2.53 && export RESOLVER_ADDRESS
: >"$dir/asked"
try_it "of a name server elsewhere nothing is believed" "deferred 0 *needs a name service that validates*"
unset RESOLVER_ADDRESS
is "it is not even asked" "$(grep -c asked "$dir/asked")" 0

# With a record there is no going without TLS.
cat >"$dir/script" <<S
< 220 mx
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
S
"$b/tool/fake/smtpd" "$clear" "$dir/script" >"$dir/clear" 2>&1 &
dns_server="$dns_server $!"
helpers=$dns_server
wait_for 60 grep -q ready "$dir/clear"
set_all "$home" smtp.tls opportunistic smtp.verify dane smtp.port "$clear"
port=$clear
zone "$(tlsa 3 1 1 named)"
try_it "opportunistic: a server with a record, that offers no STARTTLS" "deferred 0 *no STARTTLS*"
zone "$(tlsa 3 1 0 named)" "$(tlsa 1 0 1 named)"
try_it "and one with records none of which can be used (RFC 7672, 2.2)" "deferred 0 *no STARTTLS*"
is "nothing was said in the clear" "$(grep -c MAIL "$dir/clear")" 0
zone
try_it "without a record it goes as it can" "accepted 250 *"
done_testing
