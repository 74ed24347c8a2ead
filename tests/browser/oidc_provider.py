"""A login service on this machine, for the tests: OpenID Connect with a code and PKCE, and a page to say who one is.

    python tests/browser/oidc_provider.py PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI

Its users are made up here: the same for every test.
"""

from __future__ import annotations

import base64
import secrets
import sys
import time
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

HOUR = 60 * 60
SCOPES = ["openid", "email", "profile"]
# What each user's token says; moments in seconds from now.
USERS: dict[str, dict[str, Any]] = {
    "netwerk": {"rollen": ["landelijk-netwerk"]},
    "beheer": {"rollen": ["gegevensbeheerder", "offline_access"]},
    "politie": {"rollen": ["bestuurder-politie"]},
    "reclassering": {"rollen": ["bestuurder-reclassering"]},
    "twente": {"rollen": "bestuurder-regio-twente"},
    "zeeland": {"rollen": ["bestuurder-regio-zeeland"]},
    "oost": {"rollen": ["bestuurder-arrondissement-oost-nederland"]},
    "niemand": {"rollen": ["een-andere-groep"]},
    "dubbel": {"rollen": ["bestuurder-politie", "bestuurder-regio-twente"]},
    "kort": {"rollen": ["bestuurder-politie"], "exp": 8},
    "gisteren": {"rollen": ["bestuurder-politie"], "auth_time": -9 * HOUR},
    "toekomst": {"rollen": ["bestuurder-politie"], "iat": HOUR},
}
MOMENTS = {"iat": 0, "exp": 24 * HOUR, "auth_time": 0}


class Provider:
    """Codes that were given out, once each, and the key that tokens are signed with."""

    def __init__(self, issuer: str, client: tuple[str, str], redirect_uri: str) -> None:
        self.issuer, self.client, self.redirect_uri = issuer, client, redirect_uri
        self.key = RSAKey.generate_key(2048, {"kid": "proef", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, str]] = {}

    async def metadata(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": SCOPES,
            }
        )

    async def jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Asks who one is; once that is said, goes back with a code."""
        asked = dict(request.query_params)
        if (asked.get("client_id"), asked.get("redirect_uri")) != (self.client[0], self.redirect_uri):
            return Response("unknown client", 400)
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return Response("no code with PKCE", 400)
        user = asked.pop("user", None)
        if user not in USERS:
            links = "".join(
                f'<li><a href="?{escape(urlencode({**asked, "user": name}))}">{name}</a></li>' for name in USERS
            )
            return HTMLResponse(
                f'<html lang="nl"><title>Wie bent u?</title><h1>Wie bent u?</h1><ul>{links}</ul></html>'
            )
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"user": user, "nonce": asked.get("nonce", ""), "challenge": asked["code_challenge"]}
        return RedirectResponse(f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        given = self.codes.pop(str(form.get("code")), None)
        expected = "Basic " + base64.b64encode(":".join(self.client).encode()).decode()
        if not secrets.compare_digest(request.headers.get("authorization", ""), expected):
            return JSONResponse({"error": "invalid_client"}, 401)
        if given is None or create_s256_code_challenge(str(form.get("code_verifier"))) != given["challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(16),
                "token_type": "Bearer",
                "expires_in": HOUR,
                "id_token": self._id_token(given["user"], given["nonce"]),
            }
        )

    def _id_token(self, user: str, nonce: str) -> str:
        moments = {name: int(time.time()) + USERS[user].get(name, later) for name, later in MOMENTS.items()}
        claims: Mapping[str, Any] = {
            "iss": self.issuer,
            "aud": self.client[0],
            "sub": f"sub-{user}",
            "email": f"{user}@voorbeeld.nl",
            "nonce": nonce,
            "rollen": USERS[user]["rollen"],
            **moments,
        }
        return jwt.encode({"alg": "RS256", "kid": "proef"}, dict(claims), self.key)

    async def logout(self, request: Request) -> Response:
        """Back to the site: this service remembers nobody."""
        there = request.query_params.get("post_logout_redirect_uri", "")
        return RedirectResponse(there, 302) if there == self.redirect_uri else Response("unknown address", 400)

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/logout", self.logout),
            ]
        )


if __name__ == "__main__":
    port, client_id, client_secret, redirect_uri = sys.argv[1:]
    provider = Provider(f"http://127.0.0.1:{port}", (client_id, client_secret), redirect_uri)
    uvicorn.run(provider.application(), host="127.0.0.1", port=int(port), log_level="warning")
