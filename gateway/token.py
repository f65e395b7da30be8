#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""edigate-token - OAuth access tokens for smtp.password = command:...: a person logs in once, it asks for fresh ones."""
import argparse
import base64
import fcntl
import hashlib
import http.server
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

EX_USAGE, EX_NOINPUT, EX_TEMPFAIL, EX_CONFIG = 64, 66, 75, 78
ANSWER_MAX = 65536
SPARE_SECONDS = 300     # a token that ends sooner is not given out any more
WAIT_SECONDS = 30       # for one answer of the authority
PROVIDERS = {
    "microsoft": {
        "device": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
        "token": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "scope": "https://outlook.office.com/SMTP.Send offline_access",
    },
    # Google gives no scope for mail to devices (RFC 8628): a browser comes back to this machine (RFC 8252).
    "google": {
        "auth": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
    },
}


class Stop(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def check_url(url):
    """Secrets go there: https, but for tests on this machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
        raise Stop(EX_USAGE, f"'{url}' is no https address")
    return url


def ask(url, fields):
    """The authority's answer as JSON, and whether it was a yes."""
    request = urllib.request.Request(check_url(url), urllib.parse.urlencode(fields).encode(),
                                     {"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
            good, body = True, answer.read(ANSWER_MAX)
    except urllib.error.HTTPError as e:
        good, body = False, e.read(ANSWER_MAX)
    except OSError as e:
        raise Stop(EX_TEMPFAIL, f"{urllib.parse.urlsplit(url).netloc}: {e}") from e
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Stop(EX_TEMPFAIL, f"{urllib.parse.urlsplit(url).netloc}: its answer is no JSON object")
    return found, good


def text_of(answer, key):
    """A string without control characters: it goes to a terminal, a file, a line of SMTP."""
    value = answer.get(key, "")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise Stop(EX_TEMPFAIL, f"the authority's '{key}' is no printable text")
    return value


def seconds_of(answer, key, default):
    value = answer.get(key, default)
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= 86400 * 90 else default


def why_not(answer):
    told = "".join(c if c.isprintable() else " " for c in str(answer.get("error_description", "")))[:300]
    return f"{text_of(answer, 'error') or 'no reason given'}{': ' if told else ''}{told}"


def client_of(state):
    fields = {"client_id": state["client_id"]}
    if state.get("client_secret"):
        fields["client_secret"] = state["client_secret"]
    return fields


def take(state, answer):
    """A token answer (RFC 6749, 5.1) into what is kept; a refresh token may have been exchanged for a new one."""
    state["access_token"] = text_of(answer, "access_token")
    state["expires"] = int(time.time()) + seconds_of(answer, "expires_in", 3600)
    if text_of(answer, "refresh_token"):
        state["refresh_token"] = text_of(answer, "refresh_token")
    if not state["access_token"] or not state.get("refresh_token"):
        raise Stop(EX_CONFIG, "the authority gave no token that can be renewed: is offline access allowed?")


def save(path, state):
    new = f"{path}.new"
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as f:
        os.fchmod(f.fileno(), 0o600)
        json.dump(state, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(new, path)


# ---- a person logs in ----

def login_by_code(state, args):
    """RFC 8628: a code to type in on any device."""
    answer, good = ask(args.device, {**client_of(state), "scope": args.scope})
    code = text_of(answer, "device_code")
    where = text_of(answer, "verification_uri") or text_of(answer, "verification_url")
    if not good or not code or not where:
        raise Stop(EX_CONFIG, f"no code: {why_not(answer)}")
    print(f"Open {where} and type {text_of(answer, 'user_code')}", flush=True)
    pause = seconds_of(answer, "interval", 5)
    until = time.monotonic() + seconds_of(answer, "expires_in", 900)
    fields = {**client_of(state), "device_code": code, "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    while time.monotonic() < until:
        time.sleep(pause)
        answer, good = ask(args.token, fields)
        if good:
            return answer
        error = text_of(answer, "error")
        if error == "slow_down":
            pause += 5
        elif error != "authorization_pending":
            raise Stop(EX_CONFIG, f"not logged in: {why_not(answer)}")
    raise Stop(EX_CONFIG, "not logged in: nobody typed the code in time")


def login_by_browser(state, args):
    """RFC 8252 with RFC 7636: a browser on this machine, or one that reaches its port, comes back with a code."""
    came = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            if query.get("state") == [mark]:
                came.update({k: v[0] for k, v in query.items()})
            self.send_response(200 if came else 404)
            self.end_headers()
            self.wfile.write(b"You may close this window.\n" if came else b"")

        def log_message(self, *_):
            pass

    mark, proof = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    digest = base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).rstrip(b"=").decode()
    with http.server.HTTPServer(("127.0.0.1", args.port), Handler) as server:
        back = f"http://127.0.0.1:{server.server_port}/"
        query = {"client_id": state["client_id"], "redirect_uri": back, "response_type": "code", "scope": args.scope,
                 "state": mark, "code_challenge": digest, "code_challenge_method": "S256", "access_type": "offline",
                 "prompt": "consent"}
        print(f"Open {check_url(args.auth)}?{urllib.parse.urlencode(query)}", flush=True)
        while not came:
            server.handle_request()
    if "code" not in came:
        raise Stop(EX_CONFIG, f"not logged in: {why_not(came)}")
    answer, good = ask(args.token, {**client_of(state), "grant_type": "authorization_code", "code": came["code"],
                                    "redirect_uri": back, "code_verifier": proof})
    if not good:
        raise Stop(EX_CONFIG, f"not logged in: {why_not(answer)}")
    return answer


def login(args):
    known = PROVIDERS.get(args.provider, {})
    for key in ("device", "auth", "token", "scope"):
        if getattr(args, key) is None:
            setattr(args, key, known.get(key, "").format(tenant=urllib.parse.quote(args.tenant, safe="")))
    if not args.token or not args.scope or not (args.device or args.auth):
        raise Stop(EX_USAGE, "want --provider microsoft or google, or --token, --scope and one of --device and --auth")
    state = {"token_url": check_url(args.token), "client_id": args.client_id}
    if args.client_secret_file:
        with open(args.client_secret_file, encoding="ascii") as f:
            state["client_secret"] = f.read().strip()
    take(state, login_by_code(state, args) if args.device else login_by_browser(state, args))
    save(args.file, state)
    print(f"Logged in; {args.file} is all that is needed from now on.")


# ---- the gateway asks ----

def get(args):
    with open(args.file + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)        # a refresh token may be good for one use
        with open(args.file, encoding="utf-8") as f:
            state = json.load(f)
        if state.get("expires", 0) - SPARE_SECONDS <= time.time():
            answer, good = ask(state["token_url"], {**client_of(state), "grant_type": "refresh_token",
                                                    "refresh_token": state["refresh_token"]})
            if not good and text_of(answer, "error") == "invalid_grant":
                raise Stop(EX_CONFIG, f"a person must log in again (edigate-token login): {why_not(answer)}")
            if not good:
                raise Stop(EX_TEMPFAIL, why_not(answer))
            take(state, answer)
            save(args.file, state)
    print(state["access_token"])


def main():
    parser = argparse.ArgumentParser(prog="edigate-token", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("login", help="a person logs in; FILE keeps what came of it")
    one.add_argument("--provider", choices=sorted(PROVIDERS))
    one.add_argument("--client-id", required=True)
    one.add_argument("--client-secret-file")
    one.add_argument("--tenant", default="organizations")
    one.add_argument("--port", type=int, default=0)
    for key in ("device", "auth", "token", "scope"):
        one.add_argument(f"--{key}")
    one.add_argument("file")
    one.set_defaults(run=login)
    two = commands.add_parser("get", help="print an access token, a fresh one when the last ends soon")
    two.add_argument("file")
    two.set_defaults(run=get)
    args = parser.parse_args()
    try:
        args.run(args)
    except Stop as e:
        print(f"edigate-token: {e}", file=sys.stderr)
        return e.code
    except (OSError, KeyError, ValueError) as e:
        print(f"edigate-token: {args.file}: {e}", file=sys.stderr)
        return EX_NOINPUT
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
