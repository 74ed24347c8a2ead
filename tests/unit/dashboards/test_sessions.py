"""Who may come in, until when, and which files leave: without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboards import desk, doorkeeper, roles, serve, sessions
from dashboards.audience import Audience
from dashboards.doorkeeper import Doorkeeper
from dashboards.guard import Guard
from dashboards.sessions import Refused, Visitor
from pipelines import audit
from pipelines.home import Home

NOW = 1_800_000_000.0
HOUR = 3600
Headers = tuple[tuple[bytes, bytes], ...]
POLITIE, TWENTE = Audience("bestuurder", partner="politie"), Audience("bestuurder", region="twente")
ROLES = roles.load(roles.FILE)
CLAIMS = {
    "is_logged_in": True, "iss": "https://inloggen.nl", "sub": "123", "email": "anja@politie.nl",
    "rollen": ["bestuurder-politie"], "iat": NOW - HOUR, "exp": NOW + 23 * HOUR, "auth_time": NOW - 2 * HOUR,
}  # fmt: skip


def test_who_it_is_and_until_when() -> None:
    found = sessions.visitor(CLAIMS, ROLES, NOW)
    assert (found.who, found.audience) == ("123 (anja@politie.nl)", POLITIE)
    # Eight hours after the password was given, two hours ago.
    assert found.until == NOW + 6 * HOUR
    assert sessions.visitor({**CLAIMS, "email": None}, ROLES, NOW).who == "123"


@pytest.mark.parametrize(
    "claims, until",
    [
        ({"auth_time": NOW - 7 * HOUR}, NOW + HOUR),
        ({"iat": NOW - 7.5 * HOUR}, NOW + 0.5 * HOUR),
        ({"exp": NOW + 60}, NOW + 60),
        ({"iat": NOW + 30}, NOW + 6 * HOUR),
    ],
)
def test_a_session_ends_with_whichever_comes_first(claims: Mapping[str, Any], until: float) -> None:
    assert sessions.visitor({**CLAIMS, **claims}, ROLES, NOW).until == until


def test_without_a_moment_of_the_password_the_login_counts() -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != "auth_time"}
    assert sessions.visitor(claims, ROLES, NOW).until == NOW + 7 * HOUR


REFUSALS: list[tuple[Mapping[str, Any], str]] = [
    ({"is_logged_in": False}, "anonymous"),
    ({"is_logged_in": "true"}, "anonymous"),
    ({"sub": ""}, "anonymous"),
    ({"sub": None}, "anonymous"),
    ({"exp": NOW}, "expired"),
    ({"exp": None}, "expired"),
    ({"exp": True}, "expired"),
    ({"exp": "9999999999"}, "expired"),
    ({"iat": NOW - 8 * HOUR}, "expired"),
    ({"iat": None}, "expired"),
    ({"iat": NOW + 61}, "expired"),
    ({"auth_time": NOW - 8 * HOUR}, "expired"),
    ({"auth_time": None}, "expired"),
    ({"auth_time": NOW + 61}, "expired"),
    ({"rollen": []}, "no_role"),
    ({"rollen": ["een-andere-groep"]}, "no_role"),
    ({"rollen": ["bestuurder-politie", "bestuurder-regio-twente"]}, "several_roles"),
]


@pytest.mark.parametrize("claims, reason", REFUSALS)
def test_whoever_has_no_right_is_refused(claims: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        sessions.visitor({**CLAIMS, **claims}, ROLES, NOW)
    assert refused.value.reason == reason


def test_nobody_is_refused_too() -> None:
    with pytest.raises(Refused, match="anonymous"):
        sessions.visitor({}, ROLES, NOW)


@pytest.mark.parametrize(
    "address, host, is_own",
    [
        ("127.0.0.1", "127.0.0.1:8501", True), ("127.0.0.1", "localhost:8501", True), ("::1", "[::1]:8501", True),
        ("localhost", "localhost", True), ("0.0.0.0", "127.0.0.1:8501", False), (None, "127.0.0.1:8501", False),
        ("127.0.0.1", "cijfers.voorbeeld.nl", False), ("127.0.0.1", None, False), ("127.0.0.1", "10.1.1.7:8501", False),
        ("127.0.0.1", "127.0.0.1.voorbeeld.nl", False), ("127.0.0.1", "localhost.voorbeeld.nl:80", False),
    ],
)  # fmt: skip
def test_without_logging_in_only_the_own_machine(address: str | None, host: str | None, is_own: bool) -> None:
    assert sessions.is_own_machine(address, host) is is_own


def someone(audience: Audience, login: str = "a") -> Visitor:
    return Visitor("anja", audience, NOW + HOUR, login)


def test_a_file_is_for_the_audience_it_was_made_for() -> None:
    keeper = Doorkeeper()
    keeper.allow(POLITIE, b"cijfers", "cijfers.csv")
    assert keeper.name_of(POLITIE, b"cijfers") == "cijfers.csv"
    assert keeper.name_of(TWENTE, b"cijfers") is None
    assert keeper.name_of(POLITIE, b"andere cijfers") is None
    keeper.allow(TWENTE, b"cijfers", "cijfers.csv")
    assert keeper.name_of(TWENTE, b"cijfers") == "cijfers.csv"


def test_no_more_files_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "MAX_FILES", 2)
    keeper = Doorkeeper()
    for content in (b"a", b"b", b"a", b"c"):
        keeper.allow(POLITIE, content, "x")
    assert [keeper.name_of(POLITIE, content) for content in (b"a", b"b", b"c")] == ["x", None, "x"]


def test_a_file_that_leaves_twice_at_once_leaves_once() -> None:
    keeper = Doorkeeper()
    keeper.left(someone(POLITIE), b"cijfers", NOW)
    assert keeper.has_just_left(someone(POLITIE), b"cijfers", NOW + 59)
    assert not keeper.has_just_left(someone(POLITIE), b"cijfers", NOW + 61)
    assert not keeper.has_just_left(someone(POLITIE), b"andere cijfers", NOW)
    assert not keeper.has_just_left(someone(POLITIE, "b"), b"cijfers", NOW)


def test_a_login_is_new_once_and_ends() -> None:
    keeper = Doorkeeper()
    assert keeper.is_new(someone(POLITIE), NOW) and not keeper.is_new(someone(POLITIE), NOW)
    assert keeper.is_new(someone(POLITIE, "b"), NOW)
    assert not keeper.has_ended(someone(POLITIE))
    keeper.end(someone(POLITIE), NOW)
    assert keeper.has_ended(someone(POLITIE)) and not keeper.has_ended(someone(POLITIE, "b"))
    keeper.end(someone(POLITIE, "c"), NOW + 2 * HOUR)
    assert not keeper.has_ended(someone(POLITIE)), "what is past its time is forgotten"


def ask(
    path: str,
    cookies: str,
    *,
    method: str = "GET",
    secure: bool = False,
    status: int = 200,
    asked: Headers = (),
) -> tuple[int, dict[str, str], bytes, list[str]]:
    """Status, headers and body of an answer that passed the guard, and what was put on record."""
    keeper, noted = Doorkeeper(), []
    keeper.allow(POLITIE, b"cijfers van de politie", "politie.csv")
    keeper.end(someone(POLITIE, "ended"), NOW)
    people = {"who=politie": someone(POLITIE), "who=twente": someone(TWENTE), "who=weg": someone(POLITIE, "ended"),
              "who=ongezien": replace(someone(POLITIE), who="")}  # fmt: skip

    def visitor_of(given: Mapping[str, str]) -> Visitor:
        if f"who={given.get('who')}" not in people:
            raise Refused("anonymous")
        return people[f"who={given['who']}"]

    def note(visitor: Visitor, name: str) -> None:
        if not visitor.who:
            raise Refused("not_recorded")
        noted.append(f"{visitor.who}: {name}")

    async def application(scope: Mapping[str, Any], _receive: Any, send: Any) -> None:
        found = dict(scope["headers"])
        content = b"cijfers van de politie"
        if b"range" in found:
            content, code = content[:3], 206
        else:
            code = status
        headers = [(b"content-type", b"text/csv"), (b"Cache-Control", b"public"),
                   (b"set-cookie", b"_streamlit_user=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
                   (b"set-cookie", b"_streamlit_user_tokens=; Max-Age=0; Path=/"),
                   (b"set-cookie", b"_streamlit_xsrf=y; Path=/")]  # fmt: skip
        await send({"type": "http.response.start", "status": code, "headers": headers})
        await send({"type": "http.response.body", "body": content[:7], "more_body": True})
        await send({"type": "http.response.body", "body": content[7:]})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    guard = Guard(application, visitor_of, keeper, note, "niet voor u", "", secure)
    scope = {"type": "http", "path": path, "method": method, "headers": [(b"cookie", cookies.encode()), *asked]}
    # In a thread of its own: in this one a browser test may have left an event loop running.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(guard(scope, receive, send))).result()
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    found = dict(headers) | {"cookies": "\n".join(value for name, value in headers if name == "set-cookie")}
    return sent[0]["status"], found, b"".join(message["body"] for message in sent[1:]), noted


def test_a_file_leaves_to_whom_it_was_made_for_and_is_on_record() -> None:
    status, headers, body, noted = ask("/media/abc.csv", "who=politie; other=1")
    assert (status, body, noted) == (200, b"cijfers van de politie", ["anja: politie.csv"])
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("cookies", ["", "who=onbekend", "who=twente", "who=weg", "who=ongezien"])
def test_a_file_does_not_leave_to_anybody_else(cookies: str) -> None:
    status, _, body, noted = ask("/media/abc.csv", cookies)
    assert (status, body.decode(), noted) == (403, "niet voor u", [])


def test_no_other_way_to_ask_for_a_file_gives_it() -> None:
    for method in ("HEAD", "OPTIONS", "POST"):
        assert ask("/media/abc.csv", "who=politie", method=method)[:1] == (403,)
    assert ask("/media/abc.csv", "who=politie", status=404)[0] == 403
    part = ((b"Range", b"bytes=0-2"), (b"range", b"bytes=0-2"))
    status, _, body, _ = ask("/media/abc.csv", "who=politie", asked=part)
    assert (status, body) == (200, b"cijfers van de politie")
    assert ask("/media/abc.csv", "who=twente", asked=part)[0] == 403


def test_the_rest_is_streamlits() -> None:
    for path in ("/", "/_stcore/health", "/mediatheek"):
        assert ask(path, "")[:1] == (200,)


def test_cookies_of_a_login_last_no_longer_than_a_session_and_keep_to_tls() -> None:
    plain = ask("/", "")[1]["cookies"].splitlines()
    assert plain == ["_streamlit_user=x; HttpOnly; Max-Age=28800; Path=/; SameSite=lax",
                     "_streamlit_user_tokens=; Max-Age=0; Path=/", "_streamlit_xsrf=y; Path=/"]  # fmt: skip
    secure = ask("/", "", secure=True)[1]["cookies"].splitlines()
    assert [line.endswith("; Secure") for line in secure] == [True, True, False]


LOGIN = {
    "redirect_uri": "https://cijfers.voorbeeld.nl/oauth2callback", "cookie_secret": "x" * 32, "client_id": "dashboard",
    "client_secret": "geheim", "server_metadata_url": "https://inloggen.nl/.well-known/openid-configuration",
}  # fmt: skip


def login_file(folder: Path, changed: Mapping[str, object] | None = None, mode: int = 0o600) -> Path:
    path = folder / "login.toml"
    lines = [f'{name} = "{value}"' for name, value in {**LOGIN, **(changed or {})}.items() if value is not None]
    path.write_text("[auth]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(mode)
    return path


def test_streamlit_is_told_where_the_login_is(tmp_path: Path) -> None:
    path = login_file(tmp_path)
    command = serve.command(tmp_path / "huis", 8501, {"VEILIGHEID_LOGIN": str(path)})
    assert command[command.index("--secrets.files") + 1] == str(path)
    assert "--secrets.files" not in serve.command(tmp_path / "huis", 8501, {})


@pytest.mark.parametrize(
    "changed, mode, said",
    [
        *(({name: None}, 0o600, name) for name in LOGIN),
        ({"client_id": ""}, 0o600, "client_id"),
        ({"cookie_secret": "x" * 31}, 0o600, "korter"),
        ({"redirect_uri": "https://cijfers.voorbeeld.nl/"}, 0o600, "eindigen"),
        ({"redirect_uri": "http://cijfers.voorbeeld.nl/oauth2callback"}, 0o600, "https"),
        ({"server_metadata_url": "http://inloggen.nl/"}, 0o600, "https"),
        ({}, 0o640, "voor anderen"),
        ({}, 0o604, "voor anderen"),
    ],
)
def test_a_login_that_is_not_safe_starts_nothing(
    changed: Mapping[str, object], mode: int, said: str, tmp_path: Path
) -> None:
    path = login_file(tmp_path, changed, mode)
    with pytest.raises(serve.LoginError, match=said) as error:
        serve.command(tmp_path / "huis", 8501, {"VEILIGHEID_LOGIN": str(path)})
    assert "geheim" not in str(error.value)


def test_a_login_lies_outside_the_home_and_is_toml(tmp_path: Path) -> None:
    with pytest.raises(serve.LoginError, match="map met gegevens"):
        serve.check_login(login_file(tmp_path), tmp_path)
    path = login_file(tmp_path)
    for content in (b"[auth", b"\xff", b"auth = 1\n", b""):
        path.write_bytes(content)
        with pytest.raises(serve.LoginError):
            serve.check_login(path, tmp_path / "huis")
    path.unlink()
    with pytest.raises(serve.LoginError, match="niet te lezen"):
        serve.check_login(path, tmp_path / "huis")


def test_on_this_machine_a_login_may_go_without_tls(tmp_path: Path) -> None:
    here = {"redirect_uri": "http://localhost:8501/oauth2callback", "server_metadata_url": "http://127.0.0.1:9/x"}
    assert serve.check_login(login_file(tmp_path, here), tmp_path / "huis")["client_id"] == "dashboard"


def test_what_is_put_on_record_says_who_and_what(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "huis", create=True)
    desk.note(home.root, "anja", TWENTE.name, desk.SEEN, "regio")
    (line,) = audit.lines(home)
    assert (line["who"], line["role"], line["what"], line["on"]) == ("anja", "bestuurder twente", "gezien", "regio")


def test_what_cannot_be_put_on_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(desk.DeskError):
        desk.note(tmp_path / "weg", "anja", TWENTE.name, desk.SEEN, "regio")


def test_the_log_knows_every_event_that_pages_tell_of() -> None:
    told = {desk.LOGGED_IN, desk.LOGGED_OUT, desk.REFUSED, desk.SEEN, desk.DOWNLOADED, desk.QUARANTINE, desk.EXPLAINED,
            desk.STARTED, desk.STOPPED, desk.APPROVED}  # fmt: skip
    assert told < set(audit.EVENTS)
