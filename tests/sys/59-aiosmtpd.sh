#!/bin/sh
# SPDX-License-Identifier: ISC
# aiosmtpd - a server that we did not write takes our mail: STARTTLS and TLS from the first byte, each with AUTH; in the clear; and wants
# the right password.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
python=/usr/bin/python3
if ! $python -c 'import aiosmtpd' 2>/dev/null; then
	skip "aiosmtpd takes our mail" "python3-aiosmtpd is not installed"
	done_testing
fi
sys_begin
make_pair "$dir" || bail "setting up"
free_port; starttls_port=$port
free_port; implicit_port=$port
free_port; clear_port=$port
mkdir "$dir/taken"
cat >"$dir/server.py" <<'PY'
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder, cert, key, starttls_port, implicit_port, clear_port = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)

class Keep:
    n = 0
    async def handle_DATA(self, server, session, envelope):
        Keep.n += 1
        with open(f"{folder}/{Keep.n}.eml", "wb") as f:
            f.write(envelope.original_content)
        return f"250 2.0.0 kept as {Keep.n}"

def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"edi" and data.password == b"secret", handled=False)

def session(**how):
    return lambda: SMTP(Keep(), hostname="mx.acme.example", auth_required=True, authenticator=authenticate, **how)

async def main():
    loop = asyncio.get_running_loop()
    await loop.create_server(session(tls_context=context, require_starttls=True), "127.0.0.1", int(starttls_port))
    await loop.create_server(session(auth_require_tls=False), "127.0.0.1", int(implicit_port), ssl=context)
    await loop.create_server(lambda: SMTP(Keep(), hostname="mx.acme.example"), "127.0.0.1", int(clear_port))
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
PY
$python "$dir/server.py" "$dir/taken" "$acme/certs/tls.pem" "$acme/private/tls.key" "$starttls_port" "$implicit_port" \
    "$clear_port" >"$dir/server.log" 2>&1 &
helpers=$!
wait_for 60 grep -q ready "$dir/server.log" || bail "starting aiosmtpd"
(umask 077; echo secret >"$nordwind/private/smtp.pass"; echo wrong >"$nordwind/private/wrong.pass")
set_all "$nordwind" smtp.port "$starttls_port" smtp.user edi smtp.password file:private/smtp.pass || bail "settings"
up "$nordwind" || bail "starting"
accepted() { has_state "$nordwind" awaiting-receipt "name=$1"; }
order 1 | drop "$nordwind" acme starttls.edi
try "aiosmtpd takes our mail over STARTTLS, with AUTH" wait_for 60 accepted starttls.edi
set_all "$nordwind" smtp.tls implicit smtp.port "$implicit_port" && reload "$nordwind"
order 2 | drop "$nordwind" acme implicit.edi
try "and under TLS from the first byte" wait_for 60 accepted implicit.edi
sed '/^\(user\|password\) *=/d' "$nordwind/config.ini" >"$dir/config" && cp "$nordwind/config.ini" "$dir/with-login" &&
    cat "$dir/config" >"$nordwind/config.ini" && set_all "$nordwind" smtp.tls none smtp.port "$clear_port" && reload "$nordwind"
order 4 | drop "$nordwind" acme clear.edi
try "and in the clear" wait_for 60 accepted clear.edi
is "all are there" "$(ls "$dir/taken" | wc -l)" 3
same() {	# each mail that was taken is one of ours
	for taken in "$dir/taken"/*.eml; do
		for ours in "$nordwind"/spool/out/*.eml; do cmp -s "$taken" "$ours" && echo same; done
	done | wc -l
}
is "byte for byte" "$(same)" 3
cat "$dir/with-login" >"$nordwind/config.ini"
set_all "$nordwind" smtp.password file:private/wrong.pass && reload "$nordwind"
order 3 | drop "$nordwind" acme wrong.edi
refused() { "$e" --home "$nordwind" trace wrong.edi 2>/dev/null | grep -q 'AUTH.*535'; }
try "a wrong password is told" wait_for 60 refused
is "and nothing was taken" "$(ls "$dir/taken" | wc -l)" 3
done_testing
