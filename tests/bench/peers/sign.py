# SPDX-License-Identifier: ISC
"""sign.py SECONDS CERT.pem KEY.pem FILE - a peer of the bench: python3-cryptography signs a document as a mail of
multipart/signed; prints mails a second of one core. It cannot verify any."""
import base64
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

seconds = float(sys.argv[1])
cert = x509.load_pem_x509_certificate(open(sys.argv[2], "rb").read())
key = serialization.load_pem_private_key(open(sys.argv[3], "rb").read(), None)
document = open(sys.argv[4], "rb").read()
done, start = 0, time.process_time()
while time.process_time() - start < seconds:
    part = (b"Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(document))
    mail = pkcs7.PKCS7SignatureBuilder().set_data(part).add_signer(cert, key, hashes.SHA256()).sign(
        serialization.Encoding.SMIME, [pkcs7.PKCS7Options.DetachedSignature])
    mail = b"From: edi@nordwind.example\r\nTo: edi@acme.example\r\nSubject: ORDERS 4711\r\n" + mail
    done += 1
print("%.1f" % (done / (time.process_time() - start)))
