# SPDX-License-Identifier: ISC
# smtps.py - an SMTP server over TLS for tests: takes every mail, one session after the other, and gives tickets.
# usage: python3 smtps.py PORT CERT KEY [CA]	CA: asks for a certificate of the client, by this authority, and offers EXTERNAL, not XOAUTH2
# Prints "ready", then for each session "session VERSION resumed=yes|no client=NAME|-", and "auth LINE", "mail SIZE".
import base64
import socket
import ssl
import sys


def say(text):
    print(text, flush=True)


def name_of(tls):
    cert = tls.getpeercert()
    return dict(x[0] for x in cert["subject"])["commonName"] if cert else "-"


def serve(tls):
    lines = tls.makefile("rwb", buffering=0)

    def answer(text):
        lines.write(text.encode() + b"\r\n")

    answer("220 mx.acme.example ESMTP")
    while line := lines.readline():
        verb = line.split()[0].upper() if line.split() else b""
        if verb == b"EHLO":
            answer("250-mx.acme.example\r\n250 AUTH " + ("EXTERNAL" if len(sys.argv) > 4 else "XOAUTH2"))
        elif verb == b"AUTH":
            say("auth " + base64.b64decode(line.split()[2]).decode().replace("\1", "|"))
            answer("235 2.7.0 welcome")
        elif verb == b"DATA":
            answer("354 go")
            size = 0
            while (line := lines.readline()) not in (b".\r\n", b""):
                size += len(line)
            say(f"mail {size}")
            answer("250 2.0.0 taken")
        elif verb == b"QUIT":
            answer("221 bye")
            break
        else:
            answer("250 ok")


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
if len(sys.argv) > 4:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(sys.argv[4])
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
say("ready")
while True:
    plain, _ = listener.accept()
    try:
        with context.wrap_socket(plain, server_side=True) as tls:
            say(f"session {tls.version()} resumed={'yes' if tls.session_reused else 'no'} client={name_of(tls)}")
            serve(tls)
    except (OSError, ValueError) as e:
        say(f"failed {e}")
