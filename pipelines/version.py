"""Which code computed a figure: the version, and a digest of everything that can change one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGES = ("data_contracts", "indicators", "pipelines")
SUFFIXES = frozenset({".py", ".sql", ".yaml", ".csv"})
# What shows, starts or makes up, and can't change a figure.
APART = ("pipelines/synthesis/", "pipelines/dagster_shell/", "pipelines/cli.py", "pipelines/console.py",
         "pipelines/dutch_help.py", "pipelines/servers.py", "pipelines/self_check.py",
         "pipelines/demonstration.py", "pipelines/verify.py", "pipelines/reasons.py",
         "pipelines/stopping.py", "pipelines/arrivals.py", "pipelines/backfill.py", "pipelines/causes.py",
         "pipelines/desk.py", "pipelines/difference.py", "pipelines/expected.py", "pipelines/explain.py",
         "pipelines/preview.py", "pipelines/recompute.py", "pipelines/shadow.py", "pipelines/telling.py",
         "pipelines/keys.py", "pipelines/sealing.py", "pipelines/rewriting.py", "pipelines/migration.py",
         "pipelines/erasure.py", "pipelines/redaction.py", "pipelines/traces.py", "pipelines/rotation.py",
         "pipelines/retention.py")  # fmt: skip


@cache
def code_version() -> str:
    """The release and 12 digits of a SHA-256 over code, SQL, contracts and definitions: ``0.1.0+3f2a9c01b7de``."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in SUFFIXES and path.is_file() and not name.startswith(APART):
                digest.update(f"{name}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{metadata.version('veiligheid-voorop')}+{digest.hexdigest()[:12]}"
