#!/bin/sh
# SPDX-License-Identifier: ISC
# given - the service manager has opened the sockets: the gateway answers on them, by name, over a reload and without them.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
python=/usr/bin/python3
if [ ! -x $python ]; then
	skip "answers on sockets that were opened before" "python3 is not installed"
	done_testing
fi
sys_begin
home=$dir/home
free_port; first=$port
free_port; second=$port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$first" --smarthost smtp://127.0.0.1:9 >"$dir/init" || bail "setting up"
set_all "$home" listen.address "socket:smtp, socket:smtp:2" || bail "settings"
try "the settings pass" "$e" --home "$home" check
cat >"$dir/manager.py" <<'PY'
import os, socket, sys
program, home, *ports = sys.argv[1:]
kept = []
for i, port in enumerate(ports):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", int(port)))
    s.listen(16)
    kept.append(os.dup(s.fileno()))
high = [os.dup2(fd, 50 + i) for i, fd in enumerate(kept)]
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i, inheritable=True)
os.closerange(3 + len(ports), 100)
env = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(ports)), LISTEN_FDNAMES=":".join(["smtp"] * len(ports)))
os.execve(program, [program, "--home", home, "run"], env)
PY
$python "$dir/manager.py" "$e" "$home" "$first" "$second" >>"$home.log" 2>&1 </dev/null &
echo $! >"$home.pid"
started=$home
greets() { printf 'QUIT\r\n' | timeout 30 "$b/tool/fake/talk" "$1" 2>/dev/null | grep -q '^\(220\|554\)'; }
try "it answers on the first" wait_for 60 greets "$first"
try "and on the second of that name" wait_for 60 greets "$second"
wait_for 60 "$e" --home "$home" status || bail "not up"
set_all "$home" listen.address socket:smtp:2 || bail "settings"
reload "$home" || bail "reload"
try "after a reload with one of them it answers there" wait_for 60 greets "$second"
set_all "$home" listen.address "socket:smtp, socket:smtp:2" || bail "settings"
reload "$home" || bail "reload"
try "and on the other again when it is wanted again" wait_for 60 greets "$first"
down "$home" || bail "it does not end"
up "$home" 2>/dev/null
try "without a manager it says what is missing" grep -q "no such socket was passed to us" "$home.log"
rm -f "$home.pid"
done_testing
