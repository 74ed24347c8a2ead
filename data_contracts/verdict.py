"""The verdict on deliveries: text tables, a contract and history in; accepted and quarantined rows, findings out.

Belongs here: what follows for a delivery from the rules it breaks. Not here: reading files (the door), the rules
themselves (`rules`), finding the rows that break them (`rows`), storing anything (the pipelines).
"""

from __future__ import annotations

import shutil
import tempfile
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from data_contracts import concerned, identifier_columns, identifiers, rows
from data_contracts import history as earlier
from data_contracts.model import (
    Contract,
    Evaluation,
    Example,
    Finding,
    History,
    InternalError,
    LakeFile,
    Pending,
    Rule,
    Status,
    Verdict,
)
from data_contracts.session import session
from data_contracts.wording import number_of, thousands


@dataclass(frozen=True)
class Judged:
    """What the rows of a batch showed, per delivery (its place in the batch). ``hidden``: where ids stay hidden."""

    rejected: Mapping[int, int] = field(default_factory=dict)
    per_rule: Mapping[tuple[int, str], int] = field(default_factory=dict)
    identifying: Mapping[int, list[identifier_columns.IdentifyingColumn]] = field(default_factory=dict)
    examples: Mapping[tuple[int, str], list[Example]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()


def month_end(month: str) -> str:
    """The last day of ``YYYY-MM`` as ISO date. Raises ValueError for another form."""
    year, number = int(month[:4]), int(month[5:])
    if month != f"{year:04d}-{number:02d}":
        raise ValueError(f"'{month}' is no month; expected YYYY-MM")
    return f"{month}-{monthrange(year, number)[1]:02d}"


def has_rows(pending: Pending) -> bool:
    """Whether there is anything to judge row by row."""
    return pending.door.table is not None and pending.door.rows_in > 0


def is_declared_empty(pending: Pending) -> bool:
    """Whether the delivery is a `.leeg` file: the partner states that the month has no records."""
    door = pending.door
    return door.table is None and door.unreadable is None and door.header is None


def _judge_rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, deliveries: Sequence[Pending], folder: Path
) -> Judged:
    tables = [
        rows.Table(number, month_end(pending.month), pending.door.table)
        for number, pending in enumerate(deliveries)
        if has_rows(pending) and pending.door.table is not None
    ]
    if not tables:
        return Judged()
    counted = rows.open_batch(connection, contract, tables, folder)
    for table in tables:
        if counted[table.number] != deliveries[table.number].door.rows_in:
            raise InternalError(f"{contract.name}: the text table of {deliveries[table.number].month} lost rows")
    rows.judge_rows(connection, contract, folder)
    per_rule = rows.rows_per_rule(connection)
    rows.check_against_suite(connection, contract, per_rule)
    identifying = defaultdict(list)
    for rule in contract.rules:
        if rule.kind == "identificerende_kolom":
            for found in identifier_columns.identifying_columns(connection, contract, rule):
                identifying[found.number].append(found)
    hidden = frozenset(
        number for number, columns in identifying.items() if contract.key in {item.column for item in columns}
    )
    examples = rows.first_examples(connection, contract, hidden)
    return Judged(rows.rejected_rows(connection), per_rule, identifying, examples, hidden)


def _whole_message(rule: Rule, number: int, pending: Pending, judged: Judged) -> str | None:
    """What is wrong with the delivery as a whole under a rule of level levering, or None."""
    door = pending.door
    match rule.kind:
        case "onleesbaar":
            return door.unreadable.message if door.unreadable else None
        case "kopregel":
            return door.header.message if door.header else None
        case "leeg":
            return rule.message if door.table is not None and door.rows_in == 0 else None
        case "identificerende_kolom":
            found = judged.identifying.get(number, [])
            columns = "; ".join(f"{item.column}: {identifiers.DUTCH[item.kind]}" for item in found)
            return f"{rule.message} Het gaat om {columns}." if found else None
        case "te_veel_quarantaine":
            rejected = judged.rejected.get(number, 0)
            if rejected <= rule.params["aandeel"] * door.rows_in:
                return None
            total = number_of(door.rows_in, "record", "records")
            return f"{rule.message} Afgekeurd: {thousands(rejected)} van de {total}."
        case _:
            raise InternalError(f"rule '{rule.code}' of kind '{rule.kind}' has no judgement")


def _applies(rule: Rule, pending: Pending) -> bool:
    """Whether a rule of level levering could be judged at all."""
    door = pending.door
    match rule.kind:
        case "onleesbaar":
            return True
        case "kopregel":
            return door.unreadable is None and not is_declared_empty(pending)
        case "leeg":
            return door.table is not None
        case _:
            return has_rows(pending)


def _evaluate_whole(
    contract: Contract, number: int, pending: Pending, judged: Judged
) -> Iterator[tuple[Evaluation, Finding | None]]:
    for rule in contract.rules:
        if rule.level != "levering":
            continue
        message = _whole_message(rule, number, pending, judged)
        rows_in = pending.door.rows_in
        if message is not None:
            yield (
                Evaluation(rule.code, rule.level, "failed", rows_in),
                Finding(rule.code, rule.level, rows_in, message),
            )
        else:
            status: Status = "evaluated" if _applies(rule, pending) else "not_applicable"
            yield Evaluation(rule.code, rule.level, status, 0), None


def _evaluate_rows(
    contract: Contract, number: int, pending: Pending, judged: Judged
) -> Iterator[tuple[Evaluation, Finding | None]]:
    for rule in rows.row_rules(contract):
        count = judged.per_rule.get((number, rule.code), 0)
        status: Status = "evaluated" if has_rows(pending) else "not_applicable"
        finding = None
        if count:
            finding = Finding(rule.code, rule.level, count, f"{number_of(count, 'record', 'records')}: {rule.message}")
        yield Evaluation(rule.code, rule.level, status, count), finding


def _without_warnings(contract: Contract, number: int, pending: Pending, judged: Judged) -> Verdict:
    """The verdict before history is looked at and before files are written."""
    pairs = [
        *_evaluate_whole(contract, number, pending, judged),
        *_evaluate_rows(contract, number, pending, judged),
    ]
    findings = (*pending.extra, *(finding for _, finding in pairs if finding is not None))
    refused = any(finding.level == "levering" for finding in findings)
    rows_in = pending.door.rows_in
    rejected = judged.rejected.get(number, 0)
    quarantined = rows_in if refused else rejected
    return Verdict(
        month=pending.month,
        verdict="refused" if refused else "accepted",
        rows_in=rows_in,
        rows_accepted=rows_in - quarantined,
        rows_quarantined=quarantined,
        findings=findings,
        evaluations=tuple(evaluation for evaluation, _ in pairs),
        accepted=None,
        quarantine=None,
        examples={code: tuple(found) for (place, code), found in judged.examples.items() if place == number},
        rows_rejected=rejected,
    )


@dataclass(frozen=True)
class _Writer:
    """Writes the files of accepted deliveries into ``folder``; a file without rows is written once and copied."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    folder: Path

    def _path(self, number: int, verdict: Verdict, what: str) -> Path:
        return self.folder / f"{self.contract.partner}.{self.contract.feed}.{verdict.month}.{number}.{what}.parquet"

    def _empty(self, what: str, path: Path) -> int:
        original = self.folder / f"{what}.parquet"
        if not original.exists():
            write = rows.write_empty if what == "accepted" else rows.write_empty_quarantine
            write(self.connection, self.contract, original)
        shutil.copyfile(original, path)
        return 0

    def write(self, number: int, verdict: Verdict) -> Verdict:
        """The verdict with its files. Raises InternalError when the files do not hold the rows counted."""
        accepted, quarantine = (self._path(number, verdict, what) for what in ("accepted", "quarantine"))
        kept = (
            rows.write_accepted(self.connection, self.contract, number, verdict.rows_in, accepted)
            if verdict.rows_accepted
            else self._empty("accepted", accepted)
        )
        rejected = (
            rows.write_quarantine(self.connection, self.contract, number, quarantine)
            if verdict.rows_quarantined
            else self._empty("quarantine", quarantine)
        )
        if (kept, rejected) != (verdict.rows_accepted, verdict.rows_quarantined) or kept + rejected != verdict.rows_in:
            raise InternalError(f"{self.contract.name}: the files of {verdict.month} do not hold the rows counted")
        return replace(verdict, accepted=accepted, quarantine=quarantine)


def _hand_over(verdict: Verdict, scratch: Path) -> Verdict:
    """The verdict with its files moved to where the caller finds them."""

    def moved(path: Path | None) -> Path | None:
        # The folder's name is unique, so an earlier judgement in the same scratch keeps its files.
        return path and path.rename(scratch / f"{path.parent.name}.{path.name}")

    return replace(
        verdict,
        accepted=moved(verdict.accepted),
        quarantine=moved(verdict.quarantine),
        records=moved(verdict.records),
    )


def _with_records(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    number: int,
    verdict: Verdict,
    judged: Judged,
    folder: Path,
) -> Verdict:
    """The verdict with the list of all rows that its findings concern."""
    if not any(finding.level != "levering" for finding in verdict.findings):
        return verdict
    path = folder / f"{number}.records.parquet"
    concerned.write(connection, contract, number, judged.hidden, path)
    return replace(verdict, records=path)


def _in_force(before: Sequence[LakeFile], accepted: Mapping[str, Verdict]) -> list[LakeFile]:
    """The feed's files once the batch is stored: its accepted deliveries replace those of the same month."""
    files = {file.month: file for file in before}
    files |= {month: LakeFile(month, verdict.accepted) for month, verdict in accepted.items() if verdict.accepted}
    return [files[month] for month in sorted(files)]


def _volume_warning(rule: Rule, verdict: Verdict, volumes: Mapping[str, int]) -> tuple[Evaluation, Finding | None]:
    usual = earlier.usual_volume(
        verdict.month, volumes, rule.params["afwijkingen"], rule.params["maanden"], rule.params["minimum"]
    )
    if usual is None:
        return Evaluation(rule.code, rule.level, "not_applicable", 0), None
    if usual.holds(verdict.rows_in):
        return Evaluation(rule.code, rule.level, "evaluated", 0), None
    low, high = max(0, round(usual.low)), round(usual.high)
    message = (
        f"{rule.message} Geleverd: {thousands(verdict.rows_in)}; gewoonlijk {thousands(low)} tot {thousands(high)}."
    )
    return (
        Evaluation(rule.code, rule.level, "failed", verdict.rows_in),
        Finding(rule.code, rule.level, verdict.rows_in, message),
    )


def _warned_rows(
    contract: Contract, rule: Rule, accepted: Mapping[str, Verdict], history: History
) -> tuple[list[str], str]:
    """The months of the batch in which a warning about records can be judged, and SQL giving maand and rij of them."""
    months = sorted(accepted)
    files = _in_force(history.records, accepted)
    if rule.kind == "gezin_gewijzigd":
        later = [month for month in months if files[0].month < month]
        return later, earlier.changed_family(contract.key, rule.columns[0], files, later)
    if rule.kind == "verwijzing_onbekend":
        reference, family = rule.columns
        own = [file for file in files if file.month in accepted]
        known = history.incidenten
        return (months, earlier.unknown_reference(reference, family, own, known)) if known else ([], "")
    raise InternalError(f"rule '{rule.code}' of kind '{rule.kind}' has no judgement")


def _warn(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    verdicts: Sequence[Verdict],
    history: History,
    list_records: bool,
) -> list[Verdict]:
    """The verdicts with the rules of level waarschuwing, which only accepted deliveries undergo."""
    concerned.open_warnings(connection)
    accepted = {verdict.month: verdict for verdict in verdicts if verdict.verdict == "accepted"}
    numbers = {verdict.month: number for number, verdict in enumerate(verdicts) if verdict.verdict == "accepted"}
    volumes = {**history.volumes, **{month: verdict.rows_in for month, verdict in accepted.items()}}
    outcomes: dict[int, list[tuple[Evaluation, Finding | None]]] = defaultdict(list)
    for rule in (rule for rule in contract.rules if rule.level == "waarschuwing"):
        by_record = rule.kind != "volume"
        counts: dict[str, int] = {}
        judged, warned = _warned_rows(contract, rule, accepted, history) if by_record and accepted else ([], "")
        if judged:
            counts = earlier.rows_per_month(connection, warned)
            if list_records:
                concerned.note_warnings(connection, rule.code, warned, numbers)
        for number, verdict in enumerate(verdicts):
            if verdict.verdict == "refused":
                outcomes[number].append((Evaluation(rule.code, rule.level, "not_applicable", 0), None))
            elif by_record:
                count = counts[verdict.month] if verdict.month in judged else None
                outcomes[number].append(_record_outcome(rule, count, verdict))
            else:
                outcomes[number].append(_volume_warning(rule, verdict, volumes))
    return [
        replace(
            verdict,
            findings=(*verdict.findings, *(finding for _, finding in outcomes[number] if finding is not None)),
            evaluations=(*verdict.evaluations, *(evaluation for evaluation, _ in outcomes[number])),
        )
        for number, verdict in enumerate(verdicts)
    ]


def _record_outcome(rule: Rule, count: int | None, verdict: Verdict) -> tuple[Evaluation, Finding | None]:
    if count is None or verdict.rows_accepted == 0:
        return Evaluation(rule.code, rule.level, "not_applicable", 0), None
    finding = None
    if count:
        finding = Finding(rule.code, rule.level, count, f"{number_of(count, 'record', 'records')}: {rule.message}")
    return Evaluation(rule.code, rule.level, "evaluated", count), finding


def _check(contract: Contract, verdicts: Sequence[Verdict]) -> None:
    codes = [rule.code for rule in contract.rules]
    accepted = [verdict.month for verdict in verdicts if verdict.verdict == "accepted"]
    if len(set(accepted)) != len(accepted):
        raise InternalError(f"{contract.name}: two accepted deliveries of one month in a batch")
    for verdict in verdicts:
        if verdict.rows_in != verdict.rows_accepted + verdict.rows_quarantined:
            raise InternalError(f"{contract.name}: rows of {verdict.month} do not add up")
        if [evaluation.code for evaluation in verdict.evaluations] != codes:
            raise InternalError(f"{contract.name}: not every rule was evaluated for {verdict.month}")


def judge(
    contract: Contract, deliveries: Sequence[Pending], history: History, scratch: Path, list_records: bool = False
) -> list[Verdict]:
    """The verdicts on deliveries of one feed, in their order; at most one acceptable delivery a month.

    ``scratch``: an existing folder; the files of accepted deliveries appear there and are the caller's to move.
    ``list_records``: whether to list the rows that the findings concern too (`Verdict.records`).
    Warnings look at ``history`` and at the earlier months of the batch that were accepted. The same deliveries give the
    same bytes. Raises InternalError when the system contradicts itself; then there are no files.
    """
    tables = [pending.door.table for pending in deliveries if pending.door.table is not None]
    kept = [file.path for file in (*history.records, *history.incidenten)]
    with tempfile.TemporaryDirectory(dir=scratch) as name, session(Path(name), [*tables, *kept]) as connection:
        folder = Path(name)
        judged = _judge_rows(connection, contract, deliveries, folder)
        verdicts = [_without_warnings(contract, number, pending, judged) for number, pending in enumerate(deliveries)]
        writer = _Writer(connection, contract, folder)
        written = [
            writer.write(number, verdict) if verdict.verdict == "accepted" else verdict
            for number, verdict in enumerate(verdicts)
        ]
        warned = _warn(connection, contract, written, history, list_records)
        if list_records:
            warned = [
                _with_records(connection, contract, number, verdict, judged, folder) if has_rows(pending) else verdict
                for number, (pending, verdict) in enumerate(zip(deliveries, warned, strict=True))
            ]
        _check(contract, warned)
        return [_hand_over(verdict, scratch) for verdict in warned]
