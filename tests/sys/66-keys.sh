#!/bin/sh
# SPDX-License-Identifier: ISC
# keys - private keys are in one role, in no other's memory, behind a passphrase, and several at once; that role may die at
# any moment and nothing is lost.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" gateway.workers 1
role_pid() { sed -n "s/^$2 \([0-9]*\) up .*/\1/p" "$1/run/roles"; }
all_through() { [ "$(count "$nordwind" state=complete)" -ge "$1" ]; }

# A second pair of ours behind a passphrase. Partners know the first only, so that is what we sign with; what is
# encrypted to the second is opened.
openssl req -x509 -newkey rsa:2048 -sha256 -days 30 -subj "/CN=Nordwind GmbH 2" -addext "subjectAltName=email:edi@nordwind.example" \
    -addext "extendedKeyUsage=emailProtection" -keyout "$nordwind/private/second.key" -passout pass:geheim \
    -out "$nordwind/certs/second.pem" 2>"$dir/openssl.log" || bail "a second pair"
chmod 600 "$nordwind/private/second.key"
(umask 077; echo geheim >"$nordwind/private/keys.pass")
set_all "$nordwind" gateway.cert "certs/edi.pem, certs/second.pem" gateway.key "private/second.key, private/edi.key"
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "without the passphrase, check fails" "$?" 78
try "and says of which key" grep -q 'private key .*second.key: .*key_passphrase' "$dir/check"
set_all "$nordwind" gateway.key_passphrase file:private/keys.pass
"$e" --home "$nordwind" check >"$dir/check" 2>&1
is "with it, check is content" "$?" 0
set_all "$acme" partner.nordwind.cert "certs/partners/nordwind.pem, $nordwind/certs/second.pem"

# In whose memory is the key? (The preloaded object only keeps the roles from hiding their memory.)
LD_PRELOAD=$PWD/$b/tool/crash/readable.so
export LD_PRELOAD
up "$nordwind" || bail "starting"
unset LD_PRELOAD
up "$acme" || bail "starting"
order 1 | drop "$nordwind" acme one.edi
order 2 | turned | drop "$acme" nordwind two.edi
try "documents go both ways" wait_for 60 all_through 1
both() { has_state "$acme" complete name=two.edi; }
try "what is encrypted to both of ours is opened" wait_for 60 both
ls "/proc/$(role_pid "$nordwind" keys.1)/fd" >"$dir/fds" 2>/dev/null
for role in keys pack unpack; do
	said=$("$b/tool/sys/scan" "$nordwind/private/edi.key" "$(role_pid "$nordwind" $role.1)")
	if [ $? = 77 ]; then
		skip "the memory of $role" "this system does not let it be read"
		continue
	fi
	case $role in keys) want=yes ;; *) want=no ;; esac
	is "is the private key in the memory of $role?" "${said#* }" "$want"
done
is "the keys role has its channels, and no more" "$(wc -l <"$dir/fds")" 6
is "no descriptor more is allowed to it" "$(awk '/^Max open files/ { print $4, $5 }' "/proc/$(role_pid "$nordwind" keys.1)/limits")" "0 0"

# What is encrypted to the second alone is opened too.
set_all "$acme" partner.nordwind.cert "$nordwind/certs/second.pem" partner.nordwind.accept none partner.nordwind.receipt none
reload "$acme"
order 3 | turned | drop "$acme" nordwind three.edi
arrived() { ls "$nordwind"/inbox/acme/*PO-T-000003* >/dev/null 2>&1; }
try "what is encrypted to the second alone is opened" wait_for 60 arrived
set_all "$acme" partner.nordwind.cert "certs/partners/nordwind.pem" partner.nordwind.accept sign partner.nordwind.receipt signed
reload "$acme"

# It ends soon: told once, and shown.
told() { grep -q 'event=cert-ends.*second.pem' "$nordwind.log"; }
try "a certificate that ends soon is told" wait_for 60 told
reload "$nordwind"
"$e" --home "$nordwind" status >"$dir/status"
try "and shown" grep -q '^certs .*ours: certificate CN=Nordwind GmbH 2 ends on .*second.pem' "$dir/status"
is "once" "$(grep -c 'event=cert-ends' "$nordwind.log")" 1

# Under load, again and again.
killed=0
back() { [ -n "$(role_pid "$nordwind" keys.1)" ] && [ -n "$(role_pid "$acme" keys.1)" ]; }
for i in $(seq 10 39); do
	order "$i" | drop "$nordwind" acme "load-$i.edi"
	[ $((i % 3)) = 0 ] && wait_for 60 back || continue
	for home in "$nordwind" "$acme"; do
		kill -KILL "$(role_pid "$home" keys.1)" 2>/dev/null && killed=$((killed + 1))
	done
done
try "the keys were killed while documents went through" [ "$killed" -gt 1 ]
try "and every document is complete, with its signed receipt" wait_for 120 all_through 31
is "each arrived once" "$(ls "$acme/inbox/nordwind" | wc -l)" 31
is "nothing was set aside" "$(ls "$acme/quarantine" "$nordwind/quarantine" "$nordwind/failed" | grep -c eml)" 0

# A key that cannot be read any more: work waits, nothing is lost, and goes on.
mv "$nordwind/private/edi.key" "$nordwind/private/gone.key"
kill -KILL "$(role_pid "$nordwind" keys.1)"
order 60 | drop "$nordwind" acme waits.edi
complained() { grep -q 'edigate-keys.*event=start .*edi.key' "$nordwind.log"; }
try "a key that is gone is told" wait_for 60 complained
mv "$nordwind/private/gone.key" "$nordwind/private/edi.key"
try "and when it is back, the document goes" wait_for 120 all_through 32
try "nordwind ends when asked" down "$nordwind"
try "acme ends when asked" down "$acme"
is "no process is left behind" "$(left_behind)" ""
done_testing
