"""ASGI middleware: Streamlit's own scripts and styles compressed, once each.

Streamlit sends them as they are, because compressing them anew for every visitor costs more than it saves. They never
change under their name, so what was compressed once is kept: some 7 MiB for all that there is.
"""

from __future__ import annotations

import asyncio
import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 6
MINIMUM_BYTES = 1000
TEXT = ("application/javascript", "text/javascript", "text/css", "image/svg+xml", "application/json")
RawHeaders = list[tuple[bytes, bytes]]


class Compressed:
    """Compresses whole answers of text that never change, for who takes gzip; lets everything else pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, tuple[RawHeaders, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _takes_it(scope):
            await self.app(scope, receive, send)
            return
        if scope["path"] in self.kept:
            await _send(send, *self.kept[scope["path"]])
            return
        start: Message | None = None
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                if _never_changes(message):
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                if len(body) < MINIMUM_BYTES:
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
                    return
                packed = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
                self.kept[scope["path"]] = (_of_packed(start["headers"], len(packed)), packed)
                await _send(send, *self.kept[scope["path"]])
                return
            await send(message)

        await self.app(scope, receive, answer)


def _takes_it(scope: Scope) -> bool:
    """Whether this asks for a whole file and takes it compressed."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    taken = [entry.partition(";")[0].strip() for entry in headers.get("accept-encoding", "").split(",")]
    return "gzip" in taken and "range" not in headers and "if-none-match" not in headers


def _never_changes(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return (
        message["status"] == 200
        and "immutable" in headers.get("cache-control", "")
        and "content-encoding" not in headers
        and headers.get("content-type", "").partition(";")[0] in TEXT
    )


def _of_packed(raw: RawHeaders, length: int) -> RawHeaders:
    headers = MutableHeaders(raw=list(raw))
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(length)
    headers.add_vary_header("Accept-Encoding")
    del headers["Accept-Ranges"]
    if etag := headers.get("etag"):
        headers["ETag"] = f"W/{etag}"
    return headers.raw


async def _send(send: Send, headers: RawHeaders, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
