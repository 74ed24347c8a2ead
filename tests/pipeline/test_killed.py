"""Killed at any moment: nothing acknowledged is lost, nothing half is read, and the next run repairs what is left."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from fork_server import ForkServer
from journey import Stage, assert_consistent, finish, kept

KILLS = int(os.environ.get("VEILIGHEID_KILLS", "500"))
# A step is not always as fast as it was: some kills come a little after its usual end.
SLACK = 1.1


def killed(server: ForkServer, stage: Stage, folder: Path, chance: random.Random) -> int:
    """One home, killed until it is finished: how many kills landed. The repair is sometimes killed too."""
    home = stage.copy(folder)
    landed = 0
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        ended = server.run(home, *stage.step.command, after=chance.uniform(0, stage.seconds * SLACK))
        assert ended.status in (-signal.SIGKILL, 0, stage.step.status), ended
        landed += ended.status == -signal.SIGKILL
        assert_consistent(home, ended.out)
        kept(stage.before, home)
    finish(server, stage, home)
    shutil.rmtree(folder)
    return landed


def test_a_few_kills(fork_server: ForkServer, stages: list[Stage], tmp_path: Path) -> None:
    chance = random.Random(1)
    for number, stage in enumerate((stages[0], stages[-1])):
        killed(fork_server, stage, tmp_path / str(number), chance)


@pytest.mark.slow
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
