"""ASGI middleware before Streamlit's own routes, where logging in is set up: files and the cookies of a login.

Streamlit gives a file (a download, a picture) to anyone who has its address. Here it leaves only to somebody whose
login holds at that moment, and only when it was made for their audience; that is on record first. The cookies of a
login are kept no longer than a session lasts, and travel over TLS alone where the site does.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.doorkeeper import Doorkeeper
from dashboards.sessions import MAX_SECONDS, Refused, Visitor

MEDIA = "/media/"
LOGIN_COOKIES = re.compile(rb"^_streamlit_(user|session)")
COOKIE_AGE = re.compile(rb"Max-Age=([1-9]\d*)", re.IGNORECASE)


class Guard:
    """``visitor_of``: cookies -> who that is; ``note``: puts on record that this visitor downloads this file; both may
    raise Refused. ``refusal``: what is said; ``secure``: whether the site is reached over TLS."""

    def __init__(
        self,
        app: ASGIApp,
        visitor_of: Callable[[Mapping[str, str]], Visitor],
        keeper: Doorkeeper,
        note: Callable[[Visitor, str], None],
        refusal: str,
        base_path: str,
        secure: bool,
    ) -> None:
        self.app = app
        self.visitor_of, self.keeper, self.note = visitor_of, keeper, note
        self.refusal, self.secure = refusal, secure
        self.noting = asyncio.Lock()
        self.media = f"/{base_path.strip('/')}{MEDIA}".replace("//", "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].startswith(self.media):
            await self._file(scope, receive, send)
        else:
            await self.app(scope, receive, self._cookies_of(send))

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise Refused("method")
            someone = self.visitor_of(_cookies(scope))
            start, content = await _whole(self.app, scope, receive)
            name = self.keeper.name_of(someone.audience, content)
            if start["status"] != 200 or name is None or self.keeper.has_ended(someone):
                raise Refused("file")
            async with self.noting:
                if not self.keeper.has_just_left(someone, content, time.time()):
                    # What can't be put on record does not leave.
                    await run_in_threadpool(self.note, someone, name)
                    self.keeper.left(someone, content, time.time())
        except Refused:
            await PlainTextResponse(self.refusal, status_code=403)(scope, receive, send)
            return
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"cache-control"]
        await send({**start, "headers": [*headers, (b"cache-control", b"private, no-store")]})
        await send({"type": "http.response.body", "body": content})

    def _cookies_of(self, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [self._header(*header) for header in message["headers"]]}
            await send(message)

        return answer

    def _header(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() != b"set-cookie" or not LOGIN_COOKIES.match(value):
            return name, value
        value = COOKIE_AGE.sub(lambda age: b"Max-Age=%d" % min(int(age[1]), MAX_SECONDS), value)
        if self.secure and b"secure" not in value.lower().split(b"; "):
            value += b"; Secure"
        return name, value


def _cookies(scope: Scope) -> dict[str, str]:
    found = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie"]
    return cookie_parser("; ".join(found))


async def _whole(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """The whole answer: never a part of a file, which could not be recognised, nor compressed."""
    asked = [(name, value) for name, value in scope["headers"] if name.lower() not in (b"range", b"accept-encoding")]
    start: Message = {}
    parts: list[bytes] = []

    async def gather(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app({**scope, "headers": asked}, receive, gather)
    return start, b"".join(parts)
