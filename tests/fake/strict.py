#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""strict.py PORT DIR - an SMTP server that takes nothing but the letter of the grammar, written from the RFCs alone.

Prints "ready", then for each session what was not by the grammar ("bad ..."), for each mail "mail N", its fields and the
file that it is in. Its own answers are as hostile as a server's can be; while DIR/refuse exists it refuses recipients with one.
"""
import re
import socket
import sys
import threading

port, folder = int(sys.argv[1]), sys.argv[2]
ATEXT = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAILBOX = rb"(?=[^>]{3,254}>)(?=[^@]{1,64}@)" + ATEXT + rb"(?:\." + ATEXT + rb")*@" + LABEL + rb"(?:\." + LABEL + rb")*"
XTEXT = rb"(?:[!-*,-<>-~]|\+[2-7][0-9A-F]){1,500}"
COMMANDS = [re.compile(rb"\A" + c + rb"\Z", re.S) for c in (
    rb"EHLO " + LABEL + rb"(?:\." + LABEL + rb")*",
    rb"MAIL FROM:<(?:" + MAILBOX + rb")?>(?: SIZE=[0-9]{1,20})?(?: RET=HDRS(?: ENVID=" + XTEXT + rb")?)?",
    rb"RCPT TO:<" + MAILBOX + rb">(?: NOTIFY=(?:SUCCESS,)?FAILURE,DELAY ORCPT=rfc822;" + XTEXT + rb")?",
    rb"DATA", rb"RSET", rb"QUIT")]
FIELDS = {b"from", b"to", b"subject", b"date", b"ediint-features", b"message-id", b"disposition-notification-to",
    b"disposition-notification-options", b"mime-version", b"content-type", b"content-transfer-encoding", b"content-disposition"}
HOSTILE = b"\x1b[2J\x1b]0;x\x07\x9b\x00\t\xff<b>&\"'$(reboot)`x`%s%n\x7f \xe2\x80\xae"
mails = 0


def say(*words):
    print(*words, flush=True)


def header(block):
    """Each field once, and none but those."""
    unfolded = re.sub(rb"\r\n[ \t]", b" ", block)
    names = []
    for line in unfolded.split(b"\r\n"):
        m = re.match(rb"([!-9;-~]+): ", line)
        if m is None:
            say("bad field", line)
            continue
        names.append(m.group(1).lower())
    if len(names) != len(set(names)) or not FIELDS.issuperset(names):
        say("bad fields", names)
    return unfolded


def mail(text):
    global mails
    mails += 1
    if not text.endswith(b"\r\n"):
        say("bad end")
    for line in text[:-2].split(b"\r\n"):
        if re.search(rb"[^\t -~]", line) or len(line) > 998 or (line.startswith(b".") and not line.startswith(b"..")):
            say("bad line", line)
    head = header(text.split(b"\r\n\r\n", 1)[0])
    name = "%s/mail.%d" % (folder, mails)
    with open(name, "wb") as f:
        f.write(text)
    say("mail", mails, *re.findall(r"(?m)^(?:From|To): .*?\r?$", head.decode("ascii", "replace")))


def refuses():
    try:
        open(folder + "/refuse").close()
        return True
    except FileNotFoundError:
        return False


def session(peer):
    buffer, data = b"", False
    peer.sendall(b"220 mx " + HOSTILE + b"\r\n")
    while True:
        end = b"\r\n.\r\n" if data else b"\r\n"
        while end not in buffer:
            got = peer.recv(65536)
            if not got:
                if buffer:
                    say("bad rest", buffer)
                return
            buffer += got
        line, buffer = buffer.split(end, 1)
        if data:
            mail(line + b"\r\n")
            data = False
            peer.sendall(b"250 2.0.0 " + HOSTILE + b"\r\n")
            continue
        if not any(c.match(line) for c in COMMANDS):
            say("bad command", line)
        verb = line[:4].upper()
        data = verb == b"DATA"
        if verb == b"EHLO":
            peer.sendall(b"250-mx " + HOSTILE + b"\r\n250-PIPELINING\r\n250-" + HOSTILE + b"\r\n250-DSN\r\n250 SIZE 10000000\r\n")
        elif verb == b"RCPT" and refuses():
            peer.sendall(b"550-5.1.1 " + HOSTILE + b"\r\n550 5.1.1 event=accepted\n")
        elif data and refuses():
            data = False
            peer.sendall(b"554 5.5.1 nobody\r\n")
        else:
            peer.sendall(b"354 " + HOSTILE + b"\r\n" if data else b"250 2.1.0 " + HOSTILE + b"\r\n")


def serve(peer):
    try:
        session(peer)
    except OSError:
        pass
    peer.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(20)
say("ready")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
