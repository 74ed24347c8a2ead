"""ASGI middleware around Streamlit's page: its language and title, and a policy that keeps a browser to this server."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


# Streamlit's link for who walks with the keyboard is in English, and leads to the menus; see the file for the rest.
SKIP_LINK = f"<script>{(Path(__file__).parent / 'shell.js').read_text(encoding='utf-8')}</script>"
# Of every answer: no guessing of types, no telling elsewhere where one came from, no frame, and nothing of the device.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


# What an observer of the server would like to know, and no reader of figures needs.
CLOSED = ("/_stcore/metrics",)
FILES = ("/static/",)
OWN = (*FILES, "/_stcore/", "/media/", "/component", "/oauth2callback", "/auth/", "/app/")


def _is_lost(path: str) -> bool:
    """Whether this is an address of no page and no file: under a page there is nothing, and Streamlit would answer with
    a page that looks for its scripts in the wrong place."""
    return "/" in path.strip("/") and not path.startswith(OWN) and "." not in path.rsplit("/", 1)[-1]


class Words(NamedTuple):
    """What the page says in one language before any script has run."""

    language: str
    title: str
    no_script: str
    skip: str


def spoken(html: str, words: Words, base_path: str = "/") -> str:
    """Streamlit's page in one language: its language, its title until a page has drawn its own, what a browser without
    scripts sees, and the link that skips to the content. ``base_path``: where the application lives; named
    here, because Streamlit's script otherwise finds it by trial, and every trial that fails is an error in the
    browser's console."""
    html = html.replace('<html lang="en">', f'<html lang="{words.language}">', 1)
    html = re.sub(r"<title>.*?</title>", f"<title>{escape(words.title)}</title>", html, count=1)
    no_script = f"<noscript><p>{escape(words.no_script)}</p></noscript>"
    html = re.sub(r"<noscript>.*?</noscript>", no_script, html, count=1, flags=re.DOTALL)
    place = f"location.origin+{json.dumps(base_path)}"
    script = f"<script>window.__streamlit={{BACKEND_BASE_URL:{place},MAIN_PAGE_BASE_URL:{place}}}</script>"
    return html.replace("<head>", f"<head>{script}{SKIP_LINK % json.dumps(words.skip)}", 1)


def policy(html: str) -> str:
    """The Content-Security-Policy of the page: all from this server, scripts only from files and the page's own."""
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html))
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {scripts}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class PageShell:
    """Rewrites HTML answers with ``spoken``, in the language that the address asks for (``lang``), and adds security
    headers to every answer."""

    def __init__(self, app: ASGIApp, words: Sequence[Words], base_path: str) -> None:
        """``words``: one per language, the first where an address asks for none."""
        self.app = app
        self.words = {one.language: one for one in words}
        self.first = words[0]
        self.base_path = f"/{base_path.strip('/')}/".replace("//", "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(self.base_path.rstrip("/"))
        if path in CLOSED:
            await Response(status_code=404)(scope, receive, send)
            return
        if _is_lost(path):
            await RedirectResponse(self.base_path)(scope, receive, send)
            return
        if not path.startswith(FILES):
            # Any other answer may be the page, which is read here.
            plain = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        asked = QueryParams(scope.get("query_string", b"")).get("lang", "")
        words = self.words.get(asked, self.first)
        start: Message | None = None
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(HEADERS)
                if headers.get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                html = spoken(body.decode("utf-8"), words, self.base_path)
                headers = MutableHeaders(raw=start["headers"])
                headers["Content-Security-Policy"] = policy(html)
                content = html.encode("utf-8")
                if "content-length" in headers:
                    headers["Content-Length"] = str(len(content))
                await send(start)
                message = {"type": "http.response.body", "body": content}
            await send(message)

        await self.app(scope, receive, answer)
