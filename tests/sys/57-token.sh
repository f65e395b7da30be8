#!/bin/sh
# SPDX-License-Identifier: ISC
# token - OAuth: a person logs in once at an authority, and our sender has a fresh token for each session.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
token=$PWD/$b/edigate-token
command -v openssl >/dev/null && command -v python3 >/dev/null || { skip "tokens" "openssl or python3 is not installed"; done_testing; }
free_port; authority_port=$port
free_port
at=http://127.0.0.1:$authority_port
visit() {	# address: as a browser does, going on where it is sent
	python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' "$1"
}
begin_authority() {	# seconds that a token lasts
	python3 tests/fake/authority.py "$authority_port" "$1" >"$dir/authority" 2>&1 &
	authority=$!
	helpers="$authority ${server-} ${role-}"
	wait_for 60 grep -q ready "$dir/authority"
}
end_authority() { kill $authority; wait $authority 2>/dev/null; }

# A code to type in elsewhere.
begin_authority 3600
python3 "$token" login --device $at/device --token $at/token --scope mail --client-id us "$dir/device.json" >"$dir/said" 2>&1 &
login=$!
try "the code is shown" wait_for 60 grep -q 'Open https://login.example/device and type ABCD-EFGH' "$dir/said"
try "it is waited for" wait_for 60 grep -q 'grant device_code client=us' "$dir/authority"
visit $at/approve
wait $login
is "typed in, we are logged in" "$?" 0
is "what is kept is nobody else's" "$(stat -c %a "$dir/device.json")" 600
is "a token is given out" "$(python3 "$token" get "$dir/device.json")" access-1
is "the same as long as it lasts" "$(python3 "$token" get "$dir/device.json") $(grep -c 'grant refresh' "$dir/authority")" "access-1 0"
end_authority
begin_authority 10
sed 's/"expires": [0-9]*/"expires": 0/' "$dir/device.json" >"$dir/old.json"
python3 "$token" get "$dir/old.json" >"$dir/said" 2>&1
is "a refresh token that is no good any more: a person must act" "$? $(grep -c 'log in again.*revoked by hand' "$dir/said")" "78 1"

# A browser that comes back here.
python3 "$token" login --auth $at/auth --token $at/token --scope mail --client-id us "$dir/browser.json" >"$dir/said" 2>&1 &
login=$!
wait_for 60 grep -q '^Open http' "$dir/said"
visit "$(sed -n 's/^Open //p' "$dir/said")"
wait $login
is "by browser, we are logged in" "$?" 0
is "a token that ends soon is not given out, a fresh one is" "$(python3 "$token" get "$dir/browser.json")" access-2
python3 "$token" login --token http://login.example/token --auth $at/auth --scope s --client-id us "$dir/x" >"$dir/said" 2>&1
is "no secret goes out in the clear" "$? $(grep -c 'no https' "$dir/said")" "64 1"

# The sender, a token for each session.
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen 127.0.0.1:9 --smarthost "smtps://127.0.0.1:$port" >"$dir/init" || bail "setting up"
printf 'From: edi@nordwind.example\r\nSubject: x\r\n\r\nx\r\n' >"$home/spool/out/$ulid.eml"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/tls.key" -out "$dir/tls.pem" -subj /CN=server -days 30 \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
set_all "$home" smtp.ca "$dir/tls.pem" smtp.user edi@nordwind.example smtp.auth xoauth2 \
    smtp.password "command:python3 $token get $dir/browser.json" || bail "settings"
python3 tests/fake/smtps.py "$port" "$dir/tls.pem" "$dir/tls.key" >"$dir/served" 2>&1 &
server=$!
wait_for 60 grep -q ready "$dir/served"
mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/in" >"$dir/out" 2>"$dir/log" &
role=$!
helpers="$authority $server $role"
exec 9>"$dir/in"
echo "send 1 $ulid edi@nordwind.example edi@acme.example" >&9
try "a mail goes out" wait_for 60 grep -q '^sent 1 accepted 250' "$dir/out"
is "with a fresh token" "$(grep '^auth' "$dir/served")" "auth user=edi@nordwind.example|auth=Bearer access-3||"
is "which is told nobody" "$(grep -c access-3 "$dir/out" "$dir/log" | tr '\n' ' ')" "$dir/out:0 $dir/log:0 "
exec 9>&-
done_testing
