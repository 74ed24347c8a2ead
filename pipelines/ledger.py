"""The ledger: every delivery with its verdict, findings and evaluated rules, and every backfill with who approved it.

A row here is the commit point.

Through SQLAlchemy: SQLite under the home, or PostgreSQL where VEILIGHEID_LEDGER_URL names it. That address may hold a
password, and what a database says of a wrong address may quote a part of it: no such text leaves this module. Not here:
the rows themselves (the lake), what a verdict means (``data_contracts``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from data_contracts.model import Evaluation, Finding
from pipelines import reasons
from pipelines.errors import TemporaryError, UserError
from pipelines.home import Home

POSTGRESQL = "postgresql"
CONNECT_SECONDS = 10
LOCK_SECONDS = 5
# Any number, as long as nothing else in this database takes an advisory lock with it.
LOCK_KEY = 0x7665696C6967
LOCK_NOT_AVAILABLE = "55P03"

metadata = sa.MetaData()
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("partner", sa.String(64), nullable=False),
    sa.Column("feed", sa.String(64), nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("extension", sa.String(8), nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("rows_in", sa.BigInteger, nullable=False),
    sa.Column("rows_accepted", sa.BigInteger, nullable=False),
    sa.Column("rows_quarantined", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.String(25), nullable=False),
    sa.Column("contract_version", sa.String(32), nullable=False),
    sa.Column("contract_digest", sa.String(64), nullable=False),
    sa.Column("archived_path", sa.String(255)),
    sa.Column("archived_sha256", sa.String(64)),
    sa.Column("accepted_path", sa.String(255)),
    sa.Column("accepted_sha256", sa.String(64)),
    sa.Column("quarantine_path", sa.String(255)),
    sa.Column("quarantine_sha256", sa.String(64)),
    sa.Column("rows_erased", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("partner", "feed", "month", "number"),
    sa.CheckConstraint("rows_in = rows_accepted + rows_quarantined", name="nothing_is_lost"),
    sa.CheckConstraint("verdict in ('accepted', 'refused')", name="verdict_is_known"),
    sa.CheckConstraint(
        "(verdict = 'accepted') = (accepted_path is not null and accepted_sha256 is not null)",
        name="accepted_rows_are_somewhere",
    ),
)
findings = sa.Table(
    "findings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), nullable=False, index=True),
    sa.Column("code", sa.String(128), nullable=False),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
)
evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery_id", sa.ForeignKey("deliveries.id"), nullable=False, index=True),
    sa.Column("code", sa.String(128), nullable=False),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
)

backfills = sa.Table(
    "backfills",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("first", sa.String(7), nullable=False),
    sa.Column("last", sa.String(7), nullable=False),
    # Names of feeds, with a space between them.
    sa.Column("feeds", sa.Text, nullable=False),
    sa.Column("approved_by", sa.String(128), nullable=False),
    sa.Column("approved_at", sa.String(25), nullable=False),
    sa.Column("preview", sa.String(8)),
    sa.Column("publication_before", sa.String(8)),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("ended_at", sa.String(25)),
    sa.Column("publication_after", sa.String(8)),
    sa.Column("outcome", sa.Text),
    sa.CheckConstraint("status in ('running', 'done', 'failed', 'stopped')", name="status_is_known"),
)
# One row: which layout of tables and folders the home has, so that a later version knows what to change.
home_version = sa.Table("home_version", metadata, sa.Column("version", sa.Integer, nullable=False))
VERSION = 2
# One row: by what the key of the home is known, and the keys of before, sealed with it (``keys.py``).
home_keys = sa.Table(
    "home_keys",
    metadata,
    sa.Column("identity", sa.String(64), nullable=False),
    sa.Column("earlier", sa.Text),
)
# Of gezinnen that were erased: a keyed mark and nothing else, so that they stay out.
erased = sa.Table("erased", metadata, sa.Column("mark", sa.String(26), primary_key=True))
# What may become otherwise in a delivery once it was recorded: what is kept of it, not what was said of it.
CHANGING = (
    *("rows_accepted", "rows_quarantined", "rows_erased", "archived_path", "archived_sha256"),
    *("accepted_path", "accepted_sha256", "quarantine_path", "quarantine_sha256"),
)
# One row: where the audit log ends (``audit.py``).
audit_heads = sa.Table(
    "audit_head",
    metadata,
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("keyed", sa.Boolean, nullable=False),
    sa.Column("pending", sa.String(64)),
)
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"


@dataclass(frozen=True)
class Delivery:
    """One delivery as it was judged.

    ``sha256``: of the bytes as they were received. Paths are relative to the home, and the digests beside them are of
    what lies there: received bytes and quarantined rows sealed (``sealing.py``). ``rows_erased``: those of the rows in
    quarantine of which nothing is kept, since their gezin was erased.
    """

    partner: str
    feed: str
    month: str
    number: int
    sha256: str
    extension: str
    verdict: str
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    received_at: str
    contract_version: str
    contract_digest: str
    archived_path: str | None = None
    archived_sha256: str | None = None
    accepted_path: str | None = None
    accepted_sha256: str | None = None
    quarantine_path: str | None = None
    quarantine_sha256: str | None = None
    rows_erased: int = 0
    id: int | None = None

    @property
    def name(self) -> str:
        """The feed's name, ``<partner>/<feed>``."""
        return f"{self.partner}/{self.feed}"

    @property
    def archived(self) -> bool:
        """Whether its bytes are kept."""
        return self.archived_path is not None


@dataclass(frozen=True)
class Backfill:
    """Months ``first``..``last`` of ``feeds`` taken again: who approved it, on which preview, and what came of it.

    ``status``: ``running`` (or cut off while it ran), ``done``, ``failed`` or ``stopped``. ``outcome``: in Dutch.
    """

    first: str
    last: str
    feeds: tuple[str, ...]
    approved_by: str
    approved_at: str
    preview: str | None = None
    publication_before: str | None = None
    status: str = RUNNING
    ended_at: str | None = None
    publication_after: str | None = None
    outcome: str | None = None
    id: int | None = None


@dataclass(frozen=True)
class KeyRecord:
    """What a ledger knows of the key of its home."""

    identity: str
    earlier: str | None = None


@dataclass(frozen=True)
class AuditHead:
    """Where the audit log ends: how many lines, the digest of the last one, and whether that was made with a key.
    ``pending``: the last line's digest once the log, being chained anew, is in its place."""

    number: int = 0
    digest: str = "0" * 64
    keyed: bool = False
    pending: str | None = None


def latest_accepted(ordered: Iterable[Delivery]) -> list[Delivery]:
    """The latest accepted delivery of every feed and month, among deliveries in order of number."""
    return list({(d.name, d.month): d for d in ordered if d.verdict == "accepted"}.values())


class Ledger:
    """The ledger of one home; a context manager. What it can't read or write any more raises UserError."""

    def __init__(self, engine: sa.Engine, claimed: sa.Connection | None = None) -> None:
        self._engine = engine
        self._claimed = claimed

    @classmethod
    def open(cls, home: Home, *, create: bool = False) -> Ledger:
        """Open it; ``create``: to write in it. To read, a ledger that is not there yet is an empty one.

        On PostgreSQL, which other machines may share, one process writes at a time. Raises UserError when another one
        does for more than a few seconds, and when the database can't be reached (both TemporaryErrors) or is no ledger.
        """
        with _explaining("te openen"):
            url = _url(home)
            if not create and _is_missing_file(url):
                return cls(_empty())
            engine = sa.create_engine(url)
            if create:
                return cls(engine, _claimed(engine))
            if not _is_made(engine):
                return cls(_empty())
            _require_known_version(engine)
            return cls(engine)

    @classmethod
    def for_audit(cls, home: Home) -> Ledger:
        """Open it to write where the audit log ends, and nothing else: that waits for no delivery."""
        with _explaining("te openen"):
            engine = sa.create_engine(_url(home))
            _require_known_version(engine)
            if not _is_made(engine):
                _make(engine)
            audit_heads.create(engine, checkfirst=True)
            return cls(engine)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        if self._claimed is not None:
            self._claimed.close()
        self._engine.dispose()

    def all(self) -> list[Delivery]:
        """Every delivery, by partner, feed, month and number."""
        with self._reading() as connection:
            if _version(connection) == 1:
                found = [
                    _of_version_1(row._asdict()) for row in connection.execute(sa.text("select * from deliveries"))
                ]
            else:
                found = [Delivery(**row._mapping) for row in connection.execute(sa.select(deliveries))]
        # Not by the database: how it orders text depends on its locale.
        return sorted(found, key=lambda d: (d.partner, d.feed, d.month, d.number))

    @property
    def version(self) -> int:
        """Which layout the home has."""
        with self._reading() as connection:
            return _version(connection)

    def last(self, name: str, month: str) -> Delivery | None:
        """The latest delivery of a feed (``<partner>/<feed>``) and month, whatever its verdict."""
        return next((d for d in reversed(self.all()) if d.name == name and d.month == month), None)

    def in_force(self, until: str | None = None) -> list[Delivery]:
        """The latest accepted delivery of every feed and month; with ``until``, of months up to and including it."""
        return latest_accepted(d for d in self.all() if until is None or d.month <= until)

    def delivered_months(self, until: str | None = None) -> dict[str, set[str]]:
        """The months with an accepted delivery, by feed name; with ``until``, up to and including it."""
        out: dict[str, set[str]] = {}
        for d in self.in_force(until):
            out.setdefault(d.name, set()).add(d.month)
        return out

    def findings(self) -> dict[int, list[Finding]]:
        """The findings of every delivery that has any, by delivery id."""
        out: dict[int, list[Finding]] = {}
        with self._reading() as connection:
            for row in connection.execute(sa.select(findings).order_by(findings.c.id)):
                out.setdefault(row.delivery_id, []).append(Finding(row.code, row.level, row.rows, row.message))
        return out

    def evaluations(self, delivery: Delivery) -> list[Evaluation]:
        """What became of each rule in this delivery."""
        query = sa.select(evaluations).where(evaluations.c.delivery_id == delivery.id).order_by(evaluations.c.id)
        with self._reading() as connection:
            return [Evaluation(r.code, r.level, r.status, r.rows) for r in connection.execute(query)]

    def evaluations_by_delivery(self) -> dict[int, list[Evaluation]]:
        """What became of each rule in every delivery, by delivery id."""
        out: dict[int, list[Evaluation]] = {}
        with self._engine.connect() as connection:
            for r in connection.execute(sa.select(evaluations).order_by(evaluations.c.id)):
                out.setdefault(r.delivery_id, []).append(Evaluation(r.code, r.level, r.status, r.rows))
        return out

    def record(self, delivery: Delivery, found: Sequence[Finding], evaluated: Sequence[Evaluation]) -> Delivery:
        """Add a delivery with its findings and evaluations, all or nothing; returns it with its id."""
        values: dict[str, Any] = {c.name: getattr(delivery, c.name) for c in deliveries.c if c.name != "id"}
        with self._writing() as connection:
            key = connection.execute(sa.insert(deliveries).values(**values)).inserted_primary_key
            number = int(key[0]) if key else 0
            if found:
                connection.execute(
                    sa.insert(findings),
                    [
                        {"delivery_id": number, "code": f.code, "level": f.level, "rows": f.rows, "message": f.message}
                        for f in found
                    ],
                )
            if evaluated:
                connection.execute(
                    sa.insert(evaluations),
                    [
                        {"delivery_id": number, "code": e.code, "level": e.level, "status": e.status, "rows": e.rows}
                        for e in evaluated
                    ],
                )
        return replace(delivery, id=number)

    def backfills(self) -> list[Backfill]:
        """Every backfill, the latest first."""
        query = sa.select(backfills).order_by(backfills.c.id.desc())
        with self._reading() as connection:
            if not sa.inspect(connection).has_table(backfills.name):
                # A home of before there were any, that nothing has been written in since.
                return []
            rows = [dict(row._mapping) for row in connection.execute(query)]
        return [Backfill(**{**row, "feeds": tuple(row["feeds"].split())}) for row in rows]

    def begin(self, backfill: Backfill) -> Backfill:
        """Record an approved backfill that begins now; returns it with its id.

        Of those before it, one that still stands as running was cut off: only one runs at a time.
        """
        values = {c.name: getattr(backfill, c.name) for c in backfills.c if c.name != "id"}
        with self._writing() as connection:
            cut_off = sa.update(backfills).where(backfills.c.status == RUNNING)
            connection.execute(cut_off.values(status=STOPPED, ended_at=backfill.approved_at))
            added = connection.execute(sa.insert(backfills).values(**{**values, "feeds": " ".join(backfill.feeds)}))
            key = added.inserted_primary_key
        return replace(backfill, id=int(key[0]) if key else 0)

    def end(self, backfill: Backfill) -> None:
        """Record of a backfill that began its ``status``, ``ended_at``, ``publication_after`` and ``outcome``."""
        told = ("status", "ended_at", "publication_after", "outcome")
        with self._writing() as connection:
            connection.execute(
                sa.update(backfills)
                .where(backfills.c.id == backfill.id)
                .values({name: getattr(backfill, name) for name in told})
            )

    def key(self) -> KeyRecord | None:
        """What is known of the key of this home; None where it has none yet."""
        with self._reading() as connection:
            if not sa.inspect(connection).has_table(home_keys.name):
                return None
            row = connection.execute(sa.select(home_keys)).first()
        return KeyRecord(**row._mapping) if row else None

    def record_key(self, record: KeyRecord) -> None:
        """Of a home that has no key yet."""
        with self._writing() as connection:
            connection.execute(sa.insert(home_keys).values(**vars(record)))

    def erased(self) -> frozenset[str]:
        """The marks of gezinnen that were erased."""
        with self._reading() as connection:
            if not sa.inspect(connection).has_table(erased.name):
                return frozenset()
            return frozenset(connection.execute(sa.select(erased.c.mark)).scalars())

    def change(
        self,
        changed: Iterable[Delivery],
        found: Mapping[int, Finding] | None = None,
        key: KeyRecord | None = None,
        marks: Collection[str] | None = None,
    ) -> None:
        """Deliveries of which other files are kept from now on, all or nothing.

        ``found``: by delivery id a finding that takes the place of the one with its code. ``key``, ``marks``: what the
        home's key and the marks of erased gezinnen become; None: as they are. A home of the first layout gets this one.
        """
        with self._writing() as connection:
            if _version(connection) == 1:
                _to_version_2(connection)
            for d in changed:
                values = {name: getattr(d, name) for name in CHANGING}
                connection.execute(sa.update(deliveries).where(deliveries.c.id == d.id).values(**values))
            for number, finding in (found or {}).items():
                same = (findings.c.delivery_id == number) & (findings.c.code == finding.code)
                connection.execute(sa.delete(findings).where(same))
                connection.execute(sa.insert(findings).values(delivery_id=number, **vars(finding)))
            if key is not None:
                connection.execute(sa.delete(home_keys))
                connection.execute(sa.insert(home_keys).values(**vars(key)))
            if marks is not None:
                connection.execute(sa.delete(erased))
                if marks:
                    connection.execute(sa.insert(erased), [{"mark": mark} for mark in sorted(marks)])

    def compact(self) -> None:
        """Leave nothing of rows that are no longer there in the file of the database."""
        with _explaining("te schrijven"), self._engine.connect() as connection:
            free = connection.execution_options(isolation_level="AUTOCOMMIT")
            free.exec_driver_sql("vacuum" if self._engine.dialect.name == "sqlite" else "vacuum full")

    def audit_head(self) -> AuditHead:
        """Where the audit log ends."""
        with self._reading() as connection:
            if not sa.inspect(connection).has_table(audit_heads.name):
                return AuditHead()
            row = connection.execute(sa.select(audit_heads)).first()
        return AuditHead() if row is None else AuditHead(**row._mapping)

    def set_audit_head(self, head: AuditHead) -> None:
        """Record where the audit log ends now."""
        with self._writing() as connection:
            connection.execute(sa.delete(audit_heads))
            connection.execute(sa.insert(audit_heads).values(**vars(head)))

    def copy_to(self, other: Ledger) -> None:
        """Write every delivery, with all that belongs to it, and what is known of the key into an empty ledger."""
        with self._reading() as source, other._writing() as target:
            for table in (deliveries, findings, evaluations, home_keys, erased):
                if rows := [dict(row._mapping) for row in source.execute(sa.select(table))]:
                    target.execute(sa.insert(table), rows)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with _explaining("te lezen"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction, on the connection that holds the lock where there is one: without it nothing is written."""
        with _explaining("te schrijven"):
            if self._claimed is None:
                with self._engine.begin() as connection:
                    yield connection
            elif self._claimed.invalidated:
                raise TemporaryError(
                    "De verbinding met het register van leveringen is verbroken geweest. Probeer het opnieuw."
                )
            else:
                with self._claimed.begin():
                    yield self._claimed


@contextmanager
def _explaining(what: str) -> Iterator[None]:
    """Failures of the database as a UserError, a TemporaryError where they may pass. What a constraint refuses stays an
    IntegrityError: a fault of ours."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise TemporaryError(
                "Een ander proces of een andere computer schrijft al in dit register van leveringen. "
                "Probeer het straks opnieuw."
            ) from None
        reason = reasons.of(error)
        kind = TemporaryError if _may_pass(error) else UserError
        raise kind(
            f"Het register van leveringen is niet {what}{f': {reason}' if reason else ''}. "
            "Controleer de rechten op de map met gegevens, "
            "of VEILIGHEID_LEDGER_URL en de database die daar staat."
        ) from None


def _may_pass(error: Exception) -> bool:
    """Whether the database may work again by itself: SQLite held by another process, PostgreSQL out of reach."""
    of_postgresql = isinstance(error, sa.exc.DBAPIError) and type(error.orig).__module__.startswith("psycopg")
    return reasons.may_pass(error) or (of_postgresql and isinstance(error, sa.exc.OperationalError))


def _url(home: Home) -> sa.URL:
    if home.ledger_url is None:
        # Not as text: a ? or % in the name of a folder would mean something else there.
        return sa.URL.create("sqlite", database=str(home.ledger_file))
    try:
        url = make_url(home.ledger_url)
    except ValueError:
        # A part of an address where a number should be; it may be a part of the password.
        raise sa.exc.ArgumentError("unreadable") from None
    if url.get_backend_name() == POSTGRESQL and "connect_timeout" not in url.query:
        return url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    return url


def _empty() -> sa.Engine:
    engine = sa.create_engine("sqlite://")
    _make(engine)
    return engine


def _claimed(engine: sa.Engine) -> sa.Connection | None:
    """The connection that holds the right to write, tables made; None where the lock of the home is enough.

    The lock ends with the connection, so that a crash lets go of it.
    """
    if engine.dialect.name != POSTGRESQL:
        _require_known_version(engine)
        if not _is_current(engine):
            _make(engine)
        return None
    connection = engine.connect()
    try:
        with connection.begin():
            connection.execute(sa.text(f"set lock_timeout = '{LOCK_SECONDS}s'"))
            connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK_KEY)))
            _create(connection)
        _require_known_version(engine)
    except (sa.exc.SQLAlchemyError, UserError):
        connection.close()
        engine.dispose()
        raise
    return connection


def _is_made(engine: sa.Engine) -> bool:
    return sa.inspect(engine).has_table(deliveries.name)


def _make(engine: sa.Engine) -> None:
    """All tables or none: a kill in between leaves no half ledger."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver would otherwise commit each statement by itself.
            connection.exec_driver_sql("begin immediate")
        _create(connection)


def _create(connection: sa.Connection) -> None:
    """Every table that is not there yet, and the version."""
    was_made = sa.inspect(connection).has_table(deliveries.name)
    metadata.create_all(connection)
    if connection.execute(sa.select(home_version)).first() is None:
        connection.execute(sa.insert(home_version).values(version=1 if was_made else VERSION))


def _is_current(engine: sa.Engine) -> bool:
    return metadata.tables.keys() <= {*sa.inspect(engine).get_table_names()}


def _version(connection: sa.Connection) -> int:
    """Which layout the home has. Homes of before that was recorded have the first."""
    if not sa.inspect(connection).has_table(home_version.name):
        return 1 if sa.inspect(connection).has_table(deliveries.name) else VERSION
    return int(connection.execute(sa.select(home_version.c.version)).scalar_one())


def _to_version_2(connection: sa.Connection) -> None:
    """The table of deliveries in the layout of now; what it must say of them comes after it."""
    if connection.dialect.name == "sqlite":
        # Python's driver would otherwise commit each of these by itself.
        connection.exec_driver_sql("begin immediate")
    for column in ("archived_path varchar(255)", "archived_sha256 varchar(64)"):
        connection.exec_driver_sql(f"alter table deliveries add column {column}")
    connection.exec_driver_sql("alter table deliveries add column rows_erased bigint not null default 0")
    connection.exec_driver_sql("alter table deliveries drop column archived")
    connection.execute(sa.update(home_version).values(version=VERSION))


def _of_version_1(row: Mapping[str, Any]) -> Delivery:
    """What is kept of it lies there as it came: received bytes by their own digest."""
    sha256 = row["sha256"]
    kept = (f"archive/{sha256[:2]}/{sha256}", sha256) if row["archived"] else (None, None)
    values = {name: value for name, value in row.items() if name != "archived"}
    return Delivery(**values, archived_path=kept[0], archived_sha256=kept[1])


def _require_known_version(engine: sa.Engine) -> None:
    """Raises UserError where a later version of this software has changed the home: we would not understand it."""
    with engine.connect() as connection:
        found = _version(connection)
    if found > VERSION:
        raise UserError(
            f"Deze map met gegevens is van een nieuwere versie van het systeem (indeling {found}; dit systeem kent "
            f"indeling {VERSION}). Installeer de nieuwste versie."
        )


def _is_missing_file(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite" and bool(url.database) and not Path(str(url.database)).exists()
