#!/bin/sh
# SPDX-License-Identifier: ISC
# control - clients of the control socket that talk nonsense, flood, never read, or never go: the ledger lives, others are served.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
command -v python3 >/dev/null || { skip "hostile clients of the control socket" "python3 is not installed"; done_testing; }
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" || bail "starting"
ledger_pid() { sed -n 's/^ledger \([0-9]*\) up .*/\1/p' "$nordwind/run/roles"; }
ledger=$(ledger_pid)
rss() { sed -n 's/^VmRSS: *\([0-9]*\) .*/\1/p' "/proc/$ledger/status"; }
rss_before=$(rss)

cat >"$dir/client.py" <<'PY'
import os, random, socket, struct, sys, time
path, what = sys.argv[1], sys.argv[2]
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    return s
def frame(kind, payload=b""):
    return struct.pack(">IH", len(payload) + 2, kind) + payload
def text(b):
    return struct.pack(">I", len(b)) + b
def number(n):
    return struct.pack(">q", n)
def send(s, b):
    try:
        s.sendall(b)
    except OSError:
        pass
random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
if what == "garbage":
    for i in range(300):
        s = connect()
        send(s, os.urandom(random.randrange(1, 3000)))
        s.close()
    for kind in range(0, 60):
        for payload in (b"", b"\xff" * 40, os.urandom(100), text(b"retry") + number(1) + text(b"")):
            s = connect()
            send(s, frame(kind, payload))
            s.close()
elif what == "huge":
    for length in (0x7fffffff, 0xffffffff, 1 << 20, (1 << 20) + 1, 0, 1):
        s = connect()
        send(s, struct.pack(">IH", length, 29) + b"x" * 70000)
        s.close()
    s = connect()
    send(s, frame(26, b"x" * ((1 << 20) - 10)))
    s.close()
elif what == "idle":
    keep = [connect() for i in range(300)]
    half = [connect() for i in range(100)]
    for s in half:
        send(s, b"\x00\x00")
    print("connected", flush=True)
    time.sleep(float(sys.argv[3]))
elif what == "flood":
    kinds = [int(k) for k in sys.argv[4].split(",")]
    many = []
    for i in range(50):
        s = connect()
        s.setblocking(False)
        many.append(s)
    end = time.time() + float(sys.argv[3])
    print("flooding", flush=True)
    act = number(1) + text(b"hold") + text(b"y" * 1000)
    burst = (frame(kinds[0]) + frame(kinds[1], act)) * 200
    while time.time() < end:
        for i, s in enumerate(many):
            try:
                s.send(burst)       # and never a recv
            except BlockingIOError:
                pass
            except OSError:
                s.close()
                many[i] = connect()
                many[i].setblocking(False)
        time.sleep(0.005)
elif what == "descriptors":
    for i in range(200):
        s = connect()
        fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
        try:
            socket.send_fds(s, [frame(29)], fds)
        except OSError:
            pass
        for fd in fds:
            os.close(fd)
        s.close()
PY
# The numbers of the messages, from the header that everybody uses.
number_of() { sed -n '/^enum msg_type/,/^};/p' gateway/msg.h 2>/dev/null | grep -oE '^	MSG_[A-Z_]+' | tr -d '\t' | awk -v name="$1" '{ n++ } $0 == name { print n; exit }'; }
ping=29 act=26
[ ! -r gateway/msg.h ] || { ping=$(number_of MSG_CTL_PING) act=$(number_of MSG_CTL_ACT); }
client() { python3 "$dir/client.py" "$nordwind/run/control.sock" "$@"; }
serves() { timeout 30 "$e" --home "$nordwind" retry 4711 2>&1 | grep -q 'no such\|no document\|4711' && timeout 30 "$e" --home "$nordwind" status >/dev/null; }

order 1 | drop "$nordwind" acme one.edi
deferred() { has_state "$nordwind" deferred name=one.edi; }
try "a document waits" wait_for 60 deferred
for what in garbage huge descriptors; do
	try "$what is sent" client $what
	try "after $what others are served" wait_for 60 serves
done
client idle 8 >"$dir/idle" 2>&1 &
helpers=$!
try "four hundred that say nothing connect" wait_for 60 grep -q connected "$dir/idle"
try "and others are served" wait_for 60 serves
client flood 5 "$ping,$act" >"$dir/flood" 2>&1 &
flood=$!
helpers="$helpers $flood"
wait_for 60 grep -q flooding "$dir/flood"
try "while fifty flood and never read, others are served" wait_for 60 serves
wait $flood
try "those who flood are let go of" grep -q 'bad-message peer=cli why="more than anybody has to say"' "$nordwind.log"
is "all that time it was one ledger" "$(ledger_pid)" "$ledger"
fds() { ls "/proc/$ledger/fd" | wc -l; }
few() { [ "$(fds)" -lt 60 ]; }
try "its descriptors are closed again" wait_for 60 few
is "its memory has not grown by much" "$([ $(($(rss) - rss_before)) -lt 65536 ] && echo yes || rss)" yes
up "$acme" || bail "starting ACME"
try "what a client did to the document can be undone" sh -c "'$e' --home '$nordwind' release --yes name=one.edi; '$e' --home '$nordwind' retry --yes name=one.edi; :"
complete() { has_state "$nordwind" complete name=one.edi; }
try "and it goes" wait_for 60 complete
try "the supervisor and its roles end" down "$nordwind"
try "nordwind is in order" "$b/tool/sys/doctor" "$nordwind" quiet
done_testing
