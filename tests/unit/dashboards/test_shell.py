"""The command that starts the dashboard, and what stands around its pages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import streamlit

from dashboards import compression, html_shell, serve, theme

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title><script>window.x = 1</script></head>'
    "<body><noscript><p>You need JavaScript</p></noscript></body></html>"
)


def get(
    body: bytes, content_type: str, query: bytes = b"", path: str = "/", accept: bytes = b"text/html,*/*"
) -> tuple[dict[str, str], str, dict[str, str]]:
    """Headers and text of an answer that passed the shell, and the request headers that reached the application."""
    seen: dict[str, str] = {}

    async def application(scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
        seen.update({name.decode(): value.decode() for name, value in scope["headers"]})
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for i in range(0, len(body), 50):
            await send({"type": "http.response.body", "body": body[i : i + 50], "more_body": i + 50 < len(body)})

    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(b"accept", accept), (b"accept-encoding", b"gzip")],
        "query_string": query,
    }
    words = [
        html_shell.Words("nl", "Veiligheid & meer", "Zet JavaScript aan", "Naar 't begin"),
        html_shell.Words("en", "Safety", "Switch JavaScript on", "To the start"),
    ]
    shell = html_shell.PageShell(application, words, "")
    # In a thread of its own: in this one a browser test may have left an event loop running.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(shell(scope, receive, send))).result()
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(m["body"] for m in sent[1:]).decode(), seen


def test_a_page_becomes_dutch() -> None:
    headers, text, seen = get(PAGE.encode(), "text/html; charset=utf-8")
    assert '<html lang="nl">' in text and "<title>Veiligheid &amp; meer</title>" in text
    assert "Zet JavaScript aan" in text and "You need" not in text
    assert "stSkipToContent" in text and '"Naar \'t begin"' in text
    assert headers["content-length"] == str(len(text.encode()))
    assert "accept-encoding" not in seen


def test_a_page_is_in_the_language_that_is_asked_for() -> None:
    _, text, _ = get(PAGE.encode(), "text/html", b"regio=twente&lang=en")
    assert '<html lang="en">' in text and "<title>Safety</title>" in text and "Switch JavaScript on" in text
    for other in (b"lang=fr", b"lang=%3Cscript%3E", b"lang"):
        assert '<html lang="nl">' in get(PAGE.encode(), "text/html", other)[1]


def test_a_page_is_asked_for_plain_by_whoever_asks() -> None:
    """A program that takes anything gets a page too; compressed it could not be read here."""
    _, text, seen = get(PAGE.encode(), "text/html", path="/inzet", accept=b"*/*")
    assert "accept-encoding" not in seen and '<html lang="nl">' in text
    assert "accept-encoding" in get(b"x", "text/javascript", path="/static/js/a.js")[2]


def test_under_a_page_there_is_nothing() -> None:
    headers, _, seen = get(PAGE.encode(), "text/html", path="/regio/twente")
    assert headers["location"] == "/" and seen == {}
    assert get(PAGE.encode(), "text/html", path="/regio")[2]
    assert get(b"x", "font/woff2", path="/media/a1b2.woff2")[2]


def test_the_measurements_of_the_server_are_closed() -> None:
    assert get(b"x", "text/plain", path="/_stcore/metrics")[2] == {}
    assert get(b"ok", "text/plain", path="/_stcore/health")[2]


def test_a_page_may_ask_this_server_only() -> None:
    headers, text, _ = get(PAGE.encode(), "text/html")
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy
    assert policy.count("'sha256-") == len(html_shell.INLINE_SCRIPT.findall(text)) == 3
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_other_answers_pass_unchanged() -> None:
    headers, text, _ = get(b"x" * 120, "text/javascript")
    assert text == "x" * 120 and "content-security-policy" not in headers
    assert all(headers[name.lower()] == value for name, value in html_shell.HEADERS.items())


def test_streamlits_own_page_has_what_the_shell_replaces() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    changed = html_shell.spoken(page, html_shell.Words("nl", "T", "N", "S"), "/pad/")
    assert '<html lang="nl">' in changed and "<title>T</title>" in changed and "<p>N</p>" in changed
    assert "/pad/" in changed


def test_the_command_listens_here_and_tells_nobody(tmp_path: Path) -> None:
    command = serve.command(tmp_path, 8777)
    options = dict(zip(command[5::2], command[6::2], strict=False))
    assert command[2:5] == ["streamlit", "run", str(serve.APP)] and serve.APP.is_file()
    assert options["--server.address"] == "127.0.0.1" and options["--server.port"] == "8777"
    assert options["--browser.gatherUsageStats"] == "false" and options["--server.headless"] == "true"
    assert options["--server.enableXsrfProtection"] == "true" and options["--client.toolbarMode"] == "minimal"
    assert command[-3:] == ["--", "--home", str(tmp_path.resolve())]


def test_the_home_is_named_by_argument_then_environment_then_default(tmp_path: Path) -> None:
    assert serve.home_folder(["--home", "a"], {"VEILIGHEID_HOME": "b"}) == Path("a")
    assert serve.home_folder([], {"VEILIGHEID_HOME": "b"}) == Path("b")
    assert serve.home_folder(["--home"], {}) == Path("var")
    assert serve.environment(tmp_path, {"A": "1"}) == {"A": "1", "VEILIGHEID_HOME": str(tmp_path.resolve())}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_its_background() -> None:
    for text in (theme.INK, theme.MUTED, theme.BLUE, theme.ALERT):
        for background in (theme.PAPER, theme.SURFACE):
            assert _contrast(text, background) >= 4.5, (text, background)


def test_statuses_on_the_map_differ_in_grey_print() -> None:
    fills = [theme.ACTIVITY_FILLS[s]["fill"] for s in ("actief", "gepland", "geen")]
    assert _contrast(fills[0], fills[1]) > 3 and _contrast(fills[0], fills[2]) > 3


def test_the_style_sheet_knows_only_colours_of_the_palette() -> None:
    sheet = theme.style_sheet()
    used = {part.split(")")[0] for part in sheet.split("var(--")[1:]}
    assert used <= {part.split(":")[0] for part in sheet.split("{", 1)[1].split("}")[0].split("--")[1:]}


def packed(content_type: bytes, cache: bytes, accepted: bytes, times: int = 1) -> list[tuple[dict[str, str], bytes]]:
    """What a visitor gets of a file of 4,000 bytes, asked for ``times`` times; the application answers once."""
    answers: list[tuple[dict[str, str], bytes]] = []
    left = 1

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        nonlocal left
        left -= 1
        assert left >= 0, "compressed anew"
        headers = [(b"content-type", content_type), (b"cache-control", cache), (b"etag", b'"x"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"a" * 2000, "more_body": True})
        await send({"type": "http.response.body", "body": b"b" * 2000})

    middleware = compression.Compressed(application)

    async def ask() -> None:
        sent: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/x.js", "headers": [(b"accept-encoding", accepted)]}
        await middleware(scope, application, send)
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        answers.append((headers, b"".join(m["body"] for m in sent[1:])))

    async def all_of_them() -> None:
        for _ in range(times):
            await ask()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(all_of_them())).result()
    return answers


def test_a_script_that_never_changes_is_compressed_once() -> None:
    for headers, body in packed(b"application/javascript", b"public, immutable", b"br, gzip;q=1.0", times=2):
        assert gzip.decompress(body) == b"a" * 2000 + b"b" * 2000
        assert headers["content-encoding"] == "gzip" and headers["content-length"] == str(len(body))
        assert headers["vary"] == "Accept-Encoding" and headers["etag"] == 'W/"x"'


def test_what_may_change_is_no_text_or_is_not_taken_passes_as_it_is() -> None:
    for content_type, cache, accepted in (
        (b"application/javascript", b"no-cache", b"gzip"),
        (b"font/woff2", b"immutable", b"gzip"),
        (b"application/javascript", b"immutable", b"br"),
    ):
        ((headers, body),) = packed(content_type, cache, accepted)
        assert len(body) == 4000 and "content-encoding" not in headers
