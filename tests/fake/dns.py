# SPDX-License-Identifier: ISC
# dns.py - a name server for tests, over UDP on 127.0.0.1: it answers from a file, which is read anew for each question.
# usage: python3 dns.py PORT ZONE
# Lines of ZONE: "NAME TYPE DATA", types A, MX ("10 HOST"), TXT, TLSA ("3 1 1 HEX"); "NAME TYPE servfail". What is asked below a
# name that has a line "NAME signed" is answered as validated (AD). Prints "ready", then "asked NAME TYPE" for each question.
import socket
import struct
import sys

TYPES = {"A": 1, "MX": 15, "TXT": 16, "AAAA": 28, "TLSA": 52}


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def data(kind, words):
    if kind == "A":
        return socket.inet_aton(words[0])
    if kind == "MX":
        return struct.pack(">H", int(words[0])) + name(words[1])
    if kind == "TXT":
        return b"".join(bytes([len(w)]) + w.encode() for w in [" ".join(words)])
    return bytes(int(w) for w in words[:3]) + bytes.fromhex(words[3])


def answer(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    asked = ".".join(labels).lower()
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    print("asked", asked, kind, flush=True)
    found, known, signed, failed = [], False, False, False
    with open(sys.argv[2], encoding="ascii") as zone:
        for words in (line.split() for line in zone if line.strip()):
            if words[1] == "signed":
                signed |= asked == words[0] or asked.endswith("." + words[0])
                continue
            known |= asked == words[0] or words[0].endswith("." + asked)
            if words[0] != asked or TYPES[words[1]] != kind:
                continue
            failed |= words[2] == "servfail"
            if not failed:
                found.append(data(words[1], words[2:]))
    flags = 0x8180 | (0x20 if signed and not failed else 0) | (2 if failed else 0 if known else 3)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, 0 if failed else len(found), 0, 0) + query[12:at + 5]
    return head + b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(d)) + d for d in found if not failed)


sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
while True:
    message, who = sock.recvfrom(4096)
    sock.sendto(answer(message), who)
