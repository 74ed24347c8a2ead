"""What the inbox watcher asks for: once, what is new or changed, and only what lies still."""

from __future__ import annotations

import os
from pathlib import Path

from small_inbox import TODAY, drop

from pipelines import arrivals, inbox
from pipelines.arrivals import Memory
from pipelines.home import Home

INZET = "politie/inzet/2024-01.csv"
OTHER = "reclassering/inzet/2024-01.csv"


def look(home: Home, memory: Memory) -> tuple[Memory, list[str], list[str]]:
    lying = arrivals.marks(inbox.scan(home.inbox, TODAY).files)
    # As the sensor does: from text to text, so that a restart makes no difference.
    after, ready, waiting = arrivals.look(Memory.read(memory.written()), lying)
    return after, [arrivals.place(f) for f in ready], [arrivals.place(f) for f in waiting]


def settled(home: Home) -> Memory:
    memory, _, _ = look(home, Memory())
    return look(home, memory)[0]


def touch(path: Path) -> None:
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))


def test_a_new_file_is_asked_for_once_it_lay_still_for_a_look(home: Home) -> None:
    drop(home, INZET, "a")
    memory, ready, waiting = look(home, Memory())
    assert (ready, waiting) == ([], [INZET])
    memory, ready, waiting = look(home, memory)
    assert (ready, waiting) == ([INZET], [])
    assert look(home, memory)[1:] == ([], [])


def test_a_file_that_is_being_written_waits(home: Home) -> None:
    path = drop(home, INZET, "a")
    memory, _, _ = look(home, Memory())
    path.write_text("ab")
    memory, ready, waiting = look(home, memory)
    assert (ready, waiting) == ([], [INZET])
    assert look(home, memory)[1] == [INZET]


def test_a_changed_file_is_asked_for_again_also_when_only_its_time_changed(home: Home) -> None:
    path = drop(home, INZET, "a")
    drop(home, OTHER, "a")
    memory = settled(home)
    touch(path)
    memory, _, waiting = look(home, memory)
    assert waiting == [INZET]
    assert look(home, memory)[1] == [INZET]


def test_a_feed_waits_as_a_whole_and_others_do_not_wait_for_it(home: Home) -> None:
    drop(home, INZET, "a")
    drop(home, OTHER, "a")
    memory, _, _ = look(home, Memory())
    drop(home, "politie/inzet/2024-02.csv", "a")
    memory, ready, waiting = look(home, memory)
    assert (ready, waiting) == ([OTHER], [INZET, "politie/inzet/2024-02.csv"])
    assert look(home, memory)[1] == [INZET, "politie/inzet/2024-02.csv"]


def test_a_second_file_for_a_month_that_comes_or_goes_is_a_change_of_the_first(home: Home) -> None:
    drop(home, INZET, "a")
    memory = settled(home)
    second = drop(home, "politie/inzet/2024-01.leeg")
    memory, _, _ = look(home, memory)
    memory, ready, _ = look(home, memory)
    assert ready == [INZET, "politie/inzet/2024-01.leeg"]
    second.unlink()
    memory, _, _ = look(home, memory)
    assert look(home, memory)[1] == [INZET]


def test_a_file_that_went_and_came_back_is_new(home: Home) -> None:
    path = drop(home, INZET, "a")
    memory = settled(home)
    path.unlink()
    memory, _, _ = look(home, memory)
    assert memory == Memory()
    drop(home, INZET, "a")
    memory, _, _ = look(home, memory)
    assert look(home, memory)[1] == [INZET]


def test_a_file_that_goes_while_we_look_has_no_mark(home: Home) -> None:
    path = drop(home, INZET, "a")
    files = inbox.scan(home.inbox, TODAY).files
    path.unlink()
    assert arrivals.marks(files) == {}


def test_the_key_names_these_files_as_they_lie(home: Home) -> None:
    path = drop(home, INZET, "a")
    files = inbox.scan(home.inbox, TODAY).files
    first = arrivals.marks(files)
    assert arrivals.key(first, files) == arrivals.key(first, reversed(files))
    touch(path)
    again = arrivals.marks(files)
    assert arrivals.key(again, files) != arrivals.key(first, files)
