# SPDX-License-Identifier: ISC
# authority.py - an OAuth authority on 127.0.0.1 for tests: device codes (RFC 8628), codes by browser with PKCE (RFC 7636),
# and refresh tokens that are good for one use.
# usage: python3 authority.py PORT SECONDS	SECONDS: what an access token is said to last
# GET /approve lets the next poll in, GET /revoke makes every refresh token bad. Prints "ready", and the grant of each request.
import base64
import hashlib
import http.server
import json
import sys
import urllib.parse

approved, polls, made, good, challenge = False, 0, 0, set(), None


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, what):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def tokens(self):
        global made
        made += 1
        good.clear()
        good.add(f"refresh-{made}")
        self.answer(200, {"access_token": f"access-{made}", "refresh_token": f"refresh-{made}",
                          "expires_in": int(sys.argv[2])})

    def do_GET(self):
        global approved, challenge
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/approve":
            approved = True
        elif url.path == "/revoke":
            good.clear()
        elif url.path == "/auth":
            challenge = query["code_challenge"]
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri']}?code=good&state={query['state']}")
            self.end_headers()
            return
        self.answer(200, {})

    def do_POST(self):
        global polls
        size = int(self.headers["Content-Length"])
        fields = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode()))
        grant = fields.get("grant_type", "device").rpartition(":")[2]
        print(f"grant {grant} client={fields.get('client_id')}", flush=True)
        if self.path == "/device":
            self.answer(200, {"device_code": "dc", "user_code": "ABCD-EFGH", "interval": 0, "expires_in": 600,
                              "verification_uri": "https://login.example/device"})
        elif grant == "device_code":
            polls += 1
            if approved and polls > 1:
                self.tokens()
            else:
                self.answer(400, {"error": "authorization_pending"})
        elif grant == "authorization_code":
            proof = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == challenge and fields.get("code") == "good":
                self.tokens()
            else:
                self.answer(400, {"error": "invalid_grant"})
        elif fields.get("refresh_token") in good:
            self.tokens()
        else:
            self.answer(400, {"error": "invalid_grant", "error_description": "revoked\nby hand"})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("ready", flush=True)
server.serve_forever()
