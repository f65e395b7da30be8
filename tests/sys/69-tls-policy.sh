#!/bin/sh
# SPDX-License-Identifier: ISC
# tls-policy - how our sender judges a server's certificate, what it shows of itself, and that it takes a TLS session up
# again; further servers, and a pace.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
free_port; dead=$port
free_port
command -v openssl >/dev/null && command -v python3 >/dev/null || { skip "TLS policies" "openssl or python3 is not installed"; done_testing; }
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen 127.0.0.1:9 --smarthost "smtps://127.0.0.1:$port" >"$dir/init" || bail "setting up"
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\nx\r\n' >"$home/spool/out/$ulid.eml"

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -subj /CN=ca -days 30 2>/dev/null
issue() {	# name, extension
	openssl req -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$1" 2>/dev/null
	printf '%s\n' "$2" >"$dir/ext"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 30 -out "$dir/$1.pem" \
	    -extfile "$dir/ext" 2>/dev/null
}
issue server subjectAltName=IP:127.0.0.1
issue elsewhere subjectAltName=DNS:elsewhere.example
issue nordwind subjectAltName=email:edi@nordwind.example
cp "$dir/nordwind.key" "$home/private/client.key" && chmod 600 "$home/private/client.key"
fingerprint=$(openssl x509 -in "$dir/elsewhere.pem" -noout -fingerprint -sha256 | sed 's/.*=//')
key=$(openssl x509 -in "$dir/elsewhere.pem" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -c1-64)

serve() {	# certificate, [authority of clients]
	python3 tests/fake/smtps.py "$port" "$dir/$1.pem" "$dir/$1.key" ${2:+"$dir/$2.pem"} >"$dir/served" 2>&1 &
	server=$!
	helpers="$server ${role-}"
	wait_for 60 grep -q ready "$dir/served"
}
begin_role() {
	rm -f "$dir/in"
	mkfifo "$dir/in"
	"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/out" 2>"$dir/log" &
	role=$!
	helpers="$role ${server-}"
	exec 9>"$dir/in"
	wait_for 60 grep -q ^ready "$dir/out"
}
end_role() {
	exec 9>&-
	kill "$role"
	wait "$role" 2>/dev/null
	role=
	helpers=${server-}
}
post() { echo "${2:-send} $1 $ulid edi@nordwind.example edi@acme.example" >&9; }
result() { wait_for 60 grep -q "^sent $1 " "$dir/out"; sed -n "s/^sent $1 //p" "$dir/out"; }
policy() {	# what, wanted, setting, value...
	what=$1 wanted=$2
	shift 2
	set_all "$home" "$@" || bail "settings"
	begin_role
	post 1
	got=$(result 1)
	case $got in $wanted) ok "$what" ;; *) not_ok "$what"; note "got: $got"; note "$(cat "$dir/log")" ;; esac
	end_role
}

serve elsewhere
policy "another's name, by an authority that we know: not sent to" "deferred 0 *mismatch*" smtp.ca "$dir/ca.pem"
policy "pinned by its fingerprint: its name does not matter" "accepted 250 *certificate pinned*" smtp.verify pin smtp.pin "cert:$fingerprint"
policy "pinned by its key, beside the next one's" "accepted 250 *certificate pinned*" \
    smtp.pin "key:0000000000000000000000000000000000000000000000000000000000000000, key:$key"
policy "none of the pinned ones: the message names its key" "deferred 0 *none of the pinned ones, but key:$key*" \
    smtp.pin "key:0000000000000000000000000000000000000000000000000000000000000000"
policy "not looked at, because the operator says so" "accepted 250 *certificate not looked at*" smtp.verify none smtp.pin ""
kill $server; wait $server 2>/dev/null

# A session for each mail, since the server ends it; the second one is taken up again.
serve server
set_all "$home" smtp.verify auto smtp.rate none
begin_role
post 1
case $(result 1) in "accepted 250 "*"certificate verified"*) ok "verified" ;; *) not_ok "verified"; note "$(cat "$dir/out")" ;; esac
gone() { ! awk -v h="$(printf ':%04X' "$port")" \
    '$3 ~ h "$" && $4 == "01" { f = 1 } END { exit !f }' /proc/net/tcp; }
try "its session ends after a while without a mail" wait_for 60 gone
post 2
case $(result 2) in "accepted 250 "*", resumed, certificate verified"*) ok "the next one takes the TLS session up again" ;;
*) not_ok "the next one takes the TLS session up again"; note "$(cat "$dir/out")" ;; esac
is "the server says so, too" "$(grep -c 'resumed=yes' "$dir/served")" 1
end_role
kill $server; wait $server 2>/dev/null

# Who we are.
serve server ca
policy "a server that wants a certificate of ours, and there is none" "deferred 0 *"
policy "shown, it is who we say we are" "accepted 250 *" smtp.tls_cert "$dir/nordwind.pem" smtp.tls_key private/client.key \
    smtp.user edi@nordwind.example smtp.auth external
is "by the certificate" "$(grep -c 'client=nordwind' "$dir/served")" 1
is "and by name" "$(grep '^auth' "$dir/served")" "auth edi@nordwind.example"
kill $server; wait $server 2>/dev/null

# The first server is not there, the second is.
serve server
set_all "$home" smtp.user "" smtp.auth auto smtp.tls_cert "" smtp.tls_key "" smtp.port "$dead" smtp.backup "127.0.0.1:$port"
policy "the first server is down, the further one takes it" "accepted 250 *:$port)*"
is "which is told" "$(grep -c event=next-address "$dir/log")" 1

# 60 a minute, and 20 at once: some wait here, the others are told when to come again.
set_all "$home" smtp.port "$port" smtp.backup "" smtp.rate 60
begin_role
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	post $i
done
put_off() { [ "$(grep -c '^sent .* later' "$dir/out")" -ge 8 ]; }
try "with a pace some are put off" wait_for 60 put_off
try "and the first ones go" wait_for 60 grep -q "^sent 2 accepted" "$dir/out"
is "none is refused or deferred" "$(grep -cE '^sent [0-9]+ (deferred|refused|uncertain)' "$dir/out")" 0
end_role
checked() {	# setting, value, what check says
	set_all "$home" "$1" "$2"
	"$e" --home "$home" check >"$dir/said" 2>&1
	[ $? = 78 ] && grep -q "$3" "$dir/said"
}
try "check: pin without pins" checked smtp.verify pin "verify without pin"
set_all "$home" smtp.verify auto
try "check: a pin that is not looked at" checked smtp.pin "key:$key" "pin does nothing without verify = pin"
try "check: external without a certificate" checked smtp.auth external "auth without tls_cert"
for bad in "smtp.pin key:00" "smtp.backup a:b:c" "smtp.rate 0"; do
	"$e" --home "$home" config set ${bad% *} "${bad#* }" >"$dir/said" 2>&1
	is "config set $bad is refused" "$?" 78
done
done_testing
