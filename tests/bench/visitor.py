"""One visitor of the dashboard over its websocket, as a browser would be, without one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 60
MAX_BYTES = 64 * 2**20
DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
# Kinds of controls whose value can be one of several words.
CONTROLS = ("selectbox", "button_group", "slider")


class ScriptFailed(Exception):
    """The page's script ended in another way than well. Names the status or the exception."""


@dataclass(frozen=True)
class Control:
    """A control as the page sent it; ``fragment``: the part of the page that it draws anew."""

    key: str
    id: str
    kind: str
    options: tuple[str, ...]
    fragment: str


@dataclass(frozen=True)
class Answer:
    """What one question cost: until the page was whole, and how much was sent for it."""

    seconds: float
    bytes: int
    messages: int


@dataclass
class Visitor:
    """One open page. ``controls``: by key, those of the last answers."""

    socket: ClientConnection
    page: str = ""
    query: str = ""
    controls: dict[str, Control] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    async def open(self, page: str, query: str = "") -> Answer:
        """``page``: its name in the address, empty for the first."""
        self.page, self.query = page, query
        self.controls.clear()
        self.values.clear()
        return await self._run("")

    async def choose(self, key: str, option: int) -> Answer:
        """Sets the control ``key`` to one of its options, by number."""
        control = self.controls[key]
        state = WidgetState(id=control.id)
        if control.kind == "selectbox":
            state.string_value = control.options[option]
        else:
            state.string_array_value.data[:] = [control.options[option]]
        self.values[control.id] = state
        return await self._run(control.fragment)

    async def _run(self, fragment: str) -> Answer:
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.query_string, asked.fragment_id = self.page, self.query, fragment
        asked.widget_states.widgets.extend(self.values.values())
        asked.cached_message_hashes.extend(self.known)
        asked.context_info.timezone, asked.context_info.locale = "Europe/Amsterdam", "nl-NL"
        began = time.monotonic()
        await self.socket.send(message.SerializeToString())
        size = count = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                content = await self.socket.recv()
                size, count = size + len(content), count + 1
                received = ForwardMsg.FromString(content)
                self._read(received)
                if received.WhichOneof("type") == "script_finished":
                    if received.script_finished in DONE:
                        return Answer(time.monotonic() - began, size, count)
                    if received.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        raise ScriptFailed(ForwardMsg.ScriptFinishedStatus.Name(received.script_finished))

    def _read(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash:
            self.known.add(message.hash)
        if kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        what = element.WhichOneof("type")
        if what == "exception":
            raise ScriptFailed(element.exception.message)
        if what in CONTROLS:
            found = getattr(element, what)
            key = found.id.split("-", maxsplit=2)[-1]
            self.controls[key] = Control(key, found.id, what, _options(found), message.delta.fragment_id)


def _options(element: Any) -> tuple[str, ...]:
    return tuple(option if isinstance(option, str) else option.content for option in element.options)


async def arrive(site: str) -> Visitor:
    """A new visitor. ``site``: http address."""
    address = f"{site.replace('http', 'ws', 1)}/_stcore/stream"
    return Visitor(
        await connect(address, subprotocols=["streamlit"], max_size=MAX_BYTES, compression=None, origin=site)
    )
