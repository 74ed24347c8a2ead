"""The release gate: a publication is attacked together with those before it, repaired, and attacked again until nothing
is found; or it is refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from indicators.attack import Finding, Past, Published
from indicators.attack.attack import attack
from indicators.disclosure import repair
from indicators.disclosure.protect import Protected

# More rounds than any publication has needed by far: what is not closed by then will not be.
ROUNDS = 100


class GateError(ValueError):
    """The publication would give persons away and can't be repaired: in Dutch, for the steward."""


@dataclass(frozen=True)
class Gated:
    """``protected``: what may be published. ``repaired``: cells hidden by the gate; ``findings``: how many leaks each
    round found."""

    protected: Protected
    repaired: frozenset[repair.Key]
    findings: tuple[int, ...]
    seconds: float


def gate(
    protected: Protected,
    as_published: Callable[[Protected], Published],
    earlier: Iterable[Published] = (),
    *,
    thorough: bool = True,
) -> Gated:
    """``protected`` with what leaks repaired, given the publications before it (oldest first).

    ``thorough``: also against what several sums tell together, which takes linear programs; without it against chains
    of single sums: for a country that is made up, where nobody can be given away.
    Raises GateError.
    """
    began = time.perf_counter()
    past = Past.of(earlier)
    repaired: set[repair.Key] = set()
    rounds: list[int] = []
    # (year, indicator) still to be attacked by chains of single sums, which is cheap, and then with all there is.
    near: Collection[tuple[str, str]] | None = None
    far: Collection[tuple[str, str]] | None = None
    quick = True
    for _ in range(ROUNDS):
        findings = attack(as_published(protected), past, near if quick else far, quick=quick)
        if not findings and quick and thorough:
            quick = False
            continue
        rounds.append(len(findings))
        if not findings:
            return Gated(protected, frozenset(repaired), tuple(rounds), time.perf_counter() - began)
        _refuse_figures(findings)
        try:
            cells = repair.repair(protected.cube, findings)
        except repair.RepairError as error:
            raise GateError(_refusal(findings)) from error
        repaired |= cells
        protected = repair.hide(protected, cells)
        near = {(f.periode[:4], f.indicator) for f in findings}
        far, quick = (far if quick else near), True
    raise GateError(_refusal(findings))


def _refuse_figures(findings: Sequence[Finding]) -> None:
    """A figure that does not follow from printed counts is a fault of the protection: hiding cells mends nothing."""
    strange = [f for f in findings if f.low is None]
    if strange:
        first = strange[0]
        raise GateError(
            f"De publicatie wordt niet gemaakt: {len(strange)} cijfers volgen niet uit wat gedrukt staat, zoals "
            f"'{first.count}' van {' / '.join(first.cell)}. Dit is een fout in de bescherming; meld het de beheerder."
        )


def _refusal(findings: Sequence[Finding]) -> str:
    first = findings[0]
    return (
        f"De publicatie wordt niet gemaakt: {len(findings)} aantallen kleiner dan 10 zijn uit de cijfers af te leiden, "
        f"ook na het afschermen van meer cellen, zoals {first.count} van {' / '.join(first.cell)}."
    )
