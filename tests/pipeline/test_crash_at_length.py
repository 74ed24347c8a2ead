"""Killed, interrupted, out of room and failing at any moment, at length (``make crash``).

Nothing acknowledged is lost, nothing half is read, and the next run repairs what is left.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import STEPS, Stage
from trials import calls, filled, interrupted, killed, tried, troubles

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("VEILIGHEID_KILLS", "500"))
# Before this a command does not listen to signals yet.
STARTED_SECONDS = 0.1
FIRST_BYTES = 8192
EVERY_STEP = pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.name for step in STEPS])


def test_killed_at_random_moments(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    chance = random.Random(20240229)
    landed: Counter[str] = Counter()
    for number in itertools.count():
        (stage,) = chance.choices(stages, [s.seconds for s in stages])
        landed[stage.step.name] += killed(fork_server, stage, tmp_path / str(number), chance)
        if landed.total() >= KILLS:
            break
    print(f"{landed.total()} kills: {dict(landed)}")
    assert set(landed) == {stage.step.name for stage in stages}


@EVERY_STEP
def test_trouble_at_every_call(fork_server: ForkServer, stages: list[Stage], tmp_path: Path, number: int) -> None:
    stage = stages[number]
    failed = []
    for nth, how in troubles(calls(fork_server, stage, tmp_path / "calls")):
        try:
            tried(fork_server, stage, nth, how, tmp_path / f"{nth} {how}")
        except AssertionError as error:
            failed.append(f"{nth} {how}: {error}")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_signals_at_random_moments(
    fork_server: ForkServer, stages: list[Stage], tmp_path: Path, sent: signal.Signals
) -> None:
    chance = random.Random(int(sent))
    moments = [(stage, chance.uniform(STARTED_SECONDS, stage.seconds)) for stage in stages for _ in range(10)]
    stopped = [interrupted(fork_server, stage, sent, after, tmp_path / "huis") for stage, after in moments]
    assert sum(stopped) > len(moments) / 2


@EVERY_STEP
def test_a_disk_of_every_size(fork_server: ForkServer, stages: list[Stage], disk: Path, number: int) -> None:
    free = 0
    while filled(fork_server, stages[number], disk, free):
        # Each size a quarter more: a delivery needs tens of kilobytes, a publication megabytes.
        free += free // 4 + FIRST_BYTES
    print(f"{stages[number].step.name}: enough with {free} bytes")
    assert free > FIRST_BYTES
