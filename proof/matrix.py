"""The kill matrix: defect and check, caught by an assertion, by a wait in vain, by an error, or missed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proof.equivalent_mutants import is_exempt, reason
from proof.expected_kills import EXPECTED_KILLS, TIMED_OUT, UNPROVEN
from proof.mutants import mutants
from proof.trial import KILLS, Kind, Outcome, Verdict

MIN_SHARE = 0.95
_WORST = (Kind.ASSERTION, Kind.TIMEOUT, Kind.ERROR, Kind.PASSED, Kind.SKIPPED)


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that was run.

    conforming: the runs of the sound venue, each market at least once
    touched: mutant -> the makings that would see it
    """

    conforming: tuple[Verdict, ...]
    broken: tuple[Verdict, ...]
    mutated: tuple[Verdict, ...]
    touched: Mapping[str, frozenset[str]]
    full: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One defect: what each check that was made on it came to.

    said: check -> the outcome that counts, of all its makings: an assertion before a wait in vain, a wait
        before an error, an error before a pass
    """

    name: str
    named: tuple[str, ...]
    said: Mapping[str, Outcome]

    @property
    def killed_by(self) -> list[str]:
        """The checks that failed by assertion."""
        return [check_id for check_id, outcome in self.said.items() if outcome.kind in KILLS]

    def of(self, *kinds: Kind) -> list[str]:
        """The checks that came to one of these."""
        return [check_id for check_id, outcome in self.said.items() if outcome.kind in kinds]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant.

    by: the worst outcome that it came to, None when every making passed; an error is no kill
    reason: why no check notices it, "" when one does or nobody has said so
    exempt: True when no check may tell it from the sound venue, so that it counts in no share
    """

    name: str
    kind: str
    by: Outcome | None
    tried: int
    reason: str = ""
    exempt: bool = False

    @property
    def is_killed(self) -> bool:
        """True when a check noticed the mutant by an assertion."""
        return self.by is not None and self.by.kind in KILLS

    @property
    def is_error(self) -> bool:
        """True when nothing but errors came of it."""
        return self.by is not None and not self.is_killed


@dataclass(frozen=True, slots=True)
class Matrix:
    """The proof. checks: id -> the defects that it kills."""

    rows: tuple[Row, ...]
    checks: Mapping[str, list[str]]
    fates: tuple[Fate, ...]
    broken_rules: tuple[str, ...]
    full: bool

    @property
    def killed(self) -> list[Fate]:
        """The mutants that a check noticed by an assertion."""
        return [fate for fate in self.fates if fate.is_killed]

    @property
    def survivors(self) -> list[Fate]:
        """The mutants that no assertion noticed, those that only ended in errors among them."""
        return [fate for fate in self.fates if not fate.is_killed]

    @property
    def judged(self) -> list[Fate]:
        """The mutants that a check may tell from the sound venue."""
        return [fate for fate in self.fates if not fate.exempt]

    @property
    def share(self) -> float:
        """How many of the judged mutants were killed by an assertion."""
        return len(self.killed) / len(self.judged) if self.judged else 1.0

    @property
    def raw_share(self) -> float:
        """How many of all mutants were killed by an assertion, the exempt ones among them."""
        return len(self.killed) / len(self.fates) if self.fates else 1.0

    def totals(self) -> str:
        """The proof in one line."""
        able = sum(bool(defects) for defects in self.checks.values())
        caught = sum(bool(row.killed_by) for row in self.rows)
        errors = sum(fate.is_error for fate in self.fates)
        return (
            f"{able} of {len(self.checks)} checks proven able to fail; {caught} of {len(self.rows)} defects "
            f"caught; {len(self.killed)} of {len(self.fates)} mutants killed by assertion "
            f"({self.raw_share:.1%}), {errors} only by errors; {len(self.fates) - len(self.judged)} are "
            f"exempt, which leaves {self.share:.1%} of {len(self.judged)}"
        )


def build(trial: Trial) -> Matrix:
    """The matrix of a trial, with the rules that it breaks."""
    rows = tuple(_row(verdict) for verdict in trial.broken)
    known = sorted({outcome.check for verdict in trial.conforming for outcome in verdict.outcomes})
    checks = {check_id: [row.name for row in rows if check_id in row.killed_by] for check_id in known}
    fates = tuple(_fates(trial))
    matrix = Matrix(rows, checks, fates, (), trial.full)
    return Matrix(rows, checks, fates, tuple(_broken_rules(trial, matrix)), trial.full)


def _row(verdict: Verdict) -> Row:
    name = verdict.job.name
    worst: dict[str, Outcome] = {}
    for outcome in verdict.outcomes:
        known = worst.get(outcome.check)
        if known is None or _WORST.index(outcome.kind) < _WORST.index(known.kind):
            worst[outcome.check] = outcome
    return Row(name, EXPECTED_KILLS.get(name, ()), dict(sorted(worst.items())))


def _fates(trial: Trial) -> Iterable[Fate]:
    by_name = {verdict.job.name: verdict for verdict in trial.mutated}
    for name in trial.touched:
        verdict = by_name.get(name)
        red = verdict.red if verdict else []
        by = min(red, key=lambda outcome: _WORST.index(outcome.kind), default=None)
        killed = by is not None and by.kind in KILLS
        yield Fate(
            name,
            mutants()[name].kind,
            by,
            len(verdict.outcomes) if verdict else 0,
            "" if killed else reason(name),
            exempt=not killed and is_exempt(name),
        )


def _broken_rules(trial: Trial, matrix: Matrix) -> Iterable[str]:
    for verdict in trial.conforming:
        for outcome in verdict.red:
            yield f"the sound venue ({verdict.job.market}) fails {outcome.node}: {outcome.said}"
    for check_id, defects in matrix.checks.items():
        if not defects and check_id not in UNPROVEN:
            yield f"{check_id} kills no defect"
    for row in matrix.rows:
        yield from _broken_by(row)
    for fate in matrix.survivors:
        if not fate.reason:
            yield f"the mutant {fate.name} survives without a reason"
    if matrix.share < MIN_SHARE:
        yield f"only {matrix.share:.1%} of the mutants are killed"


def _broken_by(row: Row) -> Iterable[str]:
    if not row.killed_by:
        yield f"{row.name} is killed by no check"
    for check_id in row.named:
        outcome = row.said.get(check_id)
        if outcome is None or outcome.kind not in KILLS:
            came_to = f"{outcome.kind} {outcome.said}".strip() if outcome else "not made"
            yield f"{row.name} is not killed by {check_id}: {came_to}"
        elif outcome.kind is Kind.TIMEOUT and row.name not in TIMED_OUT:
            yield f"{row.name} is killed by {check_id} only by a wait in vain: {outcome.said}"
