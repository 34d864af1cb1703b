"""A double of ProConnect: refuses every parameter it does not list, signs its userinfo, and can be made to lie."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

#: What ProConnect takes; it answers everything else with an error (Y000400).
AUTHORIZE = {"response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce", "prompt", "idp_hint"}
TOKEN = {"grant_type", "client_id", "client_secret", "redirect_uri", "code"}
SCOPES = {"openid", "email", "given_name", "usual_name", "uid", "siret"}
CLIENT, SECRET = "ouvrage", "s3cret of the client"

type Change = Callable[[dict[str, Any]], dict[str, Any]]


@cache
def key_number(number: int) -> RSAPrivateKey:
    """Return a key, made once."""
    return generate_private_key(65537, 2048)


def keep(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@dataclass
class Double:
    """State of the provider; `change_*` alter what it says, `wrong_key` signs with another key."""

    port: int = 0
    person: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    takes_unknown: bool = False
    signs_userinfo: bool = True
    wrong_key: bool = False
    algorithm: str = "RS256"
    redirects: str = ""
    change_config: Change = keep
    change_id_token: Change = keep
    change_userinfo: Change = keep

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}/api/v2"

    def authorize(self, address: str, person: dict[str, Any]) -> dict[str, str]:
        """Play the page of the provider on which the person signs in; return the parameters of the way back."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if not self.takes_unknown:
            assert set(sent) <= AUTHORIZE, set(sent) - AUTHORIZE
            assert set(sent["scope"].split()) <= SCOPES
        assert sent["response_type"] == "code"
        assert min(len(sent["state"]), len(sent["nonce"])) >= 32
        code = secrets.token_urlsafe(8)
        self.codes[code], self.person = sent, person
        return {"code": code, "state": sent["state"]}

    def answer(self, path: str, sent: dict[str, str], bearer: str) -> tuple[int, str, bytes]:
        """Return status, media type and body."""
        if path.endswith("/openid-configuration"):
            return self.json(200, self.change_config(self.config()))
        if path.endswith("/jwks"):
            return self.json(200, {"keys": [self.public_key()]})
        if path.endswith("/token"):
            return self.token(sent)
        if path.endswith("/userinfo") and bearer == "Bearer access":
            claims = self.change_userinfo({**self.person, **self.about(), "exp": int(time.time()) + 60})
            if not self.signs_userinfo:
                return self.json(200, claims)
            return 200, "application/jwt", self.sign(claims).encode()
        return self.json(404, {"error": "not_found"})

    def token(self, sent: dict[str, str]) -> tuple[int, str, bytes]:
        unknown = set() if self.takes_unknown else set(sent) - TOKEN
        asked = self.codes.pop(sent.get("code", ""), None)
        if unknown or asked is None or sent["client_secret"] != SECRET or sent["redirect_uri"] != asked["redirect_uri"]:
            return self.json(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {**self.about(), "sub": self.person["sub"], "nonce": asked["nonce"], "iat": now, "exp": now + 60}
        answer = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        return self.json(200, answer | {"id_token": self.sign(self.change_id_token(claims))})

    def about(self) -> dict[str, str]:
        return {"iss": self.issuer, "aud": CLIENT}

    def config(self) -> dict[str, Any]:
        here = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "userinfo", "jwks")}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": here["authorize"],
            "token_endpoint": here["token"],
            "userinfo_endpoint": here["userinfo"],
            "jwks_uri": here["jwks"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def public_key(self) -> dict[str, Any]:
        shown: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key_number(1).public_key(), as_dict=True)
        return shown | {"kid": "one", "use": "sig"}

    def sign(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "one"})
        if self.algorithm.startswith("HS"):
            return jwt.encode(claims, SECRET * 2, algorithm=self.algorithm, headers={"kid": "one"})
        key = key_number(2 if self.wrong_key else 1)
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})

    @staticmethod
    def json(status: int, body: dict[str, Any]) -> tuple[int, str, bytes]:
        return status, "application/json", json.dumps(body).encode()


@contextmanager
def run_double() -> Iterator[Double]:
    """Serve a double on a free port."""
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply({name: values[0] for name, values in parse_qs(body).items()})

        def reply(self, sent: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            if double.redirects and path.endswith(double.redirects):
                self.send_response(302)
                self.send_header("Location", f"{double.issuer}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, media_type, body = double.answer(path, sent, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    double.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
