"""Ctrl-C and a terminate signal: one line, exit status 2, and a home as after a kill."""

from __future__ import annotations

import random
import shutil
import signal
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import Stage, assert_consistent, finish, kept

# Before this the command does not listen yet.
STARTED_SECONDS = 0.1


def interrupted(server: ForkServer, stage: Stage, sent: signal.Signals, after: float, folder: Path) -> bool:
    """Whether the signal came before the end."""
    home = stage.copy(folder)
    ended = server.run(home, *stage.step.command, after=after, sent=sent)
    assert "Traceback" not in ended.error, ended
    stopped = "Afgebroken." in ended.error
    assert ended.error == ("Afgebroken.\n" if stopped else ""), ended
    assert ended.status == (2 if stopped else stage.step.status), ended
    assert_consistent(home, ended.out)
    kept(stage.before, home)
    finish(server, stage, home)
    shutil.rmtree(folder)
    return stopped


def test_a_signal_in_the_middle(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    after = max(STARTED_SECONDS, stages[0].seconds / 3)
    assert interrupted(fork_server, stages[0], signal.SIGTERM, after, tmp_path / "huis")


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_signals_at_random_moments(
    fork_server: ForkServer, stages: list[Stage], tmp_path: Path, sent: signal.Signals
) -> None:
    chance = random.Random(int(sent))
    moments = [(stage, chance.uniform(STARTED_SECONDS, stage.seconds)) for stage in stages for _ in range(10)]
    stopped = [interrupted(fork_server, stage, sent, after, tmp_path / "huis") for stage, after in moments]
    assert sum(stopped) > len(moments) / 2
