"""Sekisho-Assertion for Python: who is asking, as the gate signed it, or a refusal. To copy into an application.

    app = Sekisho(app, issuer="https://www.example.com", audience="https://origin.example")

A WSGI application then finds the claims in environ["sekisho"]. Needs the package `cryptography`.
"""

import base64
import json
import re
import sys
import threading
import time
import urllib.parse
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

TYPE = "sekisho-assertion+jwt"  # no other token of the same keys can be passed off as a statement (RFC 8725, 3.11)
SKEW = 5  # seconds by which the gate's clock and ours may differ
LONGEST = 4096  # a longer header is not read
LARGEST = 64 * 1024  # nor a larger key set
PART = re.compile(r"[A-Za-z0-9_-]+")


class Refused(Exception):
    """A statement that is not to be believed."""


class KeysUnreachable(Exception):
    """The gate's keys cannot be had, so nothing can be judged."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys come from the address that was configured and from no other."""

    def redirect_request(self, *_):
        return None


def decode(part):
    data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # One spelling only, so that a token cannot be bent into another one that is believed too.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise Refused("a part is not base64url")
    return data


def json_object(part):
    try:
        value = json.loads(decode(part))
    except (ValueError, RecursionError):
        raise Refused("a part is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("a part is no object")
    return value


def load(jwk):
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def usable(jwk):
    return jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and jwk.get("use") != "enc" and isinstance(jwk.get("kid"), str)


class Keys:
    """The gate's public keys, fetched when one is asked for that is not there."""

    def __init__(self, jwks, fresh, stale, pause):
        self.jwks, self.fresh, self.stale, self.pause = jwks, fresh, stale, pause
        self.by_kid, self.fetched, self.tried = {}, float("-inf"), float("-inf")
        self.turn = threading.Lock()  # one fetch at a time: a burst after a rotation asks the gate once

    def known(self, kid):
        return self.by_kid.get(kid) if time.monotonic() - self.fetched < self.fresh else None

    def find(self, kid):
        """The key named `kid`, or None where the gate does not publish it."""
        key = self.known(kid)
        if key:
            return key
        with self.turn:
            # Whoever had the turn before may have brought it. Made-up names must not turn us against the gate: between
            # two fetches there is a pause.
            if not self.known(kid) and time.monotonic() - self.tried >= self.pause:
                self.tried = time.monotonic()
                self.fetch()
            if time.monotonic() - self.fetched >= self.stale:
                raise KeysUnreachable
            return self.by_kid.get(kid)

    def fetch(self):
        try:
            with urllib.request.build_opener(NoRedirect).open(self.jwks, timeout=3) as answer:
                text = answer.read(LARGEST + 1)
            if len(text) > LARGEST:
                raise ValueError("is too large")
            self.by_kid = {jwk["kid"]: load(jwk) for jwk in json.loads(text)["keys"] if usable(jwk)}
            self.fetched = time.monotonic()
        except Exception as fault:  # whatever it was, the old keys serve for a while
            print(f"sekisho: {self.jwks}: {fault!r}", file=sys.stderr)


class Seen:
    """The requests that a statement was signed for alone, until it is out of date. Several processes need one place for all."""

    def __init__(self):
        self.ends, self.turn = {}, threading.Lock()

    def add(self, name, end, now):
        """Notes `name`; False where it was noted before."""
        with self.turn:
            # The oldest stand first, and all last alike.
            while self.ends and (oldest := next(iter(self.ends))) and self.ends[oldest] <= now:
                del self.ends[oldest]
            if name in self.ends:
                return False
            self.ends[name] = end
            return True


def judge(token, keys, seen, request, issuer, audience):
    """Judges the token of one request, its method and its path; answers its claims or raises."""
    parts = token.split(".") if len(token) <= LONGEST else []
    if len(parts) != 3 or not all(PART.fullmatch(part) for part in parts):
        raise Refused("it is no token")
    head, body, mark = parts
    header = json_object(head)
    if header.get("alg") != "ES256" or header.get("typ") != TYPE:
        raise Refused("it is of another kind")
    # Neither keys nor rules are taken from the token itself.
    if any(name in header for name in ("crit", "jku", "jwk", "x5u", "x5c")):
        raise Refused("it brings its own key")
    kid = header.get("kid")
    key = keys.find(kid) if isinstance(kid, str) else None
    if not key:
        raise Refused("its key is not published")
    signature = decode(mark)
    if len(signature) != 64:
        raise Refused("its signature is wrong")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused("its signature is wrong") from None
    claims = json_object(body)
    if claims.get("iss") != issuer or claims.get("aud") != audience:
        raise Refused("it is not for us")
    now = time.time()
    # `type`, since True is an int as well.
    if type(claims.get("exp")) is not int or now >= claims["exp"] + SKEW:
        raise Refused("it is out of date")
    if type(claims.get("iat")) is not int or claims["iat"] > now + SKEW:
        raise Refused("it is of the future")
    if "sub" in claims and not (isinstance(claims["sub"], str) and claims["sub"]):
        raise Refused("it names nobody")
    if any(name in claims for name in ("jti", "htm", "htu")):
        method, path = request
        url = claims.get("htu")
        # WSGI hands the path over decoded, byte for byte as latin-1.
        here = isinstance(url, str) and url.startswith(issuer + "/")
        here = here and urllib.parse.unquote_to_bytes(url[len(issuer):]).decode("latin-1") == path
        if claims.get("htm") != method or not here:
            raise Refused("it is for another request")
        name = claims.get("jti")
        if not (isinstance(name, str) and name):
            raise Refused("it has no name")
        if not seen.add(name, claims["exp"] + SKEW, now):
            raise Refused("it was used before")
    return claims


class Sekisho:
    """WSGI middleware. `fresh`, `stale` and `pause` are seconds: how long keys are kept, how long they serve when they
    cannot be fetched anew, and the time between two fetches."""

    def __init__(self, app, issuer, audience, jwks=None, fresh=600, stale=3600, pause=2):
        if not issuer or not audience:
            raise ValueError("sekisho: issuer and audience are needed")
        self.app, self.issuer, self.audience = app, issuer, audience
        self.keys, self.seen = Keys(jwks or f"{issuer}/.well-known/jwks.json", fresh, stale, pause), Seen()

    def __call__(self, environ, start_response):
        try:
            # A server joins with a comma what was sent twice, and no token holds one.
            token = environ.get("HTTP_SEKISHO_ASSERTION", "")
            request = environ["REQUEST_METHOD"], environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            environ["sekisho"] = judge(token, self.keys, self.seen, request, self.issuer, self.audience)
        except Refused:
            return refuse(start_response, "401 Unauthorized")
        except KeysUnreachable:
            return refuse(start_response, "503 Service Unavailable")
        except Exception as fault:  # what nobody thought of opens nothing either
            print(f"sekisho: {fault!r}", file=sys.stderr)
            return refuse(start_response, "401 Unauthorized")
        return self.app(environ, start_response)


def refuse(start_response, status):
    start_response(status, [("content-type", "application/problem+json"), ("cache-control", "no-store")])
    return [json.dumps({"status": int(status[:3]), "title": "A valid Sekisho-Assertion is needed."}).encode()]
