"""The kill matrix: how each check ended on each defect, and what became of each mutant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proof.equivalent_mutants import is_exempt, reason
from proof.expected_kills import EXPECTED_KILLS, TIMED_OUT, UNPROVEN
from proof.mutants import mutants
from proof.trial import KILLS, CaseKind, CaseOutcome, TrialResult, strongest

MIN_SCORE = 0.95


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """The results of every job of a campaign.

    conforming: on the conforming venue, each market at least once
    broken, mutated: one per defect, one per mutant
    touched: mutant -> the cases that reach it
    full: True when every check was run on every defect
    """

    conforming: tuple[TrialResult, ...]
    broken: tuple[TrialResult, ...]
    mutated: tuple[TrialResult, ...]
    touched: Mapping[str, frozenset[str]]
    full: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One defect, with the outcome of each check that was run on it.

    named: ids of the checks that must kill it
    outcomes: check -> the outcome that counts, of all its cases: an assertion before a timeout, a timeout
        before an error, an error before a pass
    """

    name: str
    named: tuple[str, ...]
    outcomes: Mapping[str, CaseOutcome]

    @property
    def killed_by(self) -> list[str]:
        """The checks that failed by assertion, timeouts among them."""
        return [check_id for check_id, outcome in self.outcomes.items() if outcome.kind in KILLS]

    def of(self, *kinds: CaseKind) -> list[str]:
        """The checks whose outcome is of one of these kinds."""
        return [check_id for check_id, outcome in self.outcomes.items() if outcome.kind in kinds]


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What became of a mutant.

    kind: how its rule was changed, see ``proof.mutants.Mutant``
    by: the outcome that counts, None when every case passed; an error is no kill
    tried: how many cases were run on it
    reason: why it survives, "" when it is killed or no reason is given
    exempt: True when no check can or may kill it, so that it does not count in the mutation score
    """

    name: str
    kind: str
    by: CaseOutcome | None
    tried: int
    reason: str = ""
    exempt: bool = False

    @property
    def is_killed(self) -> bool:
        """True when a check noticed the mutant by an assertion."""
        return self.by is not None and self.by.kind in KILLS

    @property
    def is_error(self) -> bool:
        """True when its cases ended in errors only."""
        return self.by is not None and not self.is_killed


@dataclass(frozen=True, slots=True)
class Matrix:
    """What a campaign proves. checks: id -> names of the defects that the check kills."""

    rows: tuple[Row, ...]
    checks: Mapping[str, list[str]]
    mutant_results: tuple[MutantResult, ...]
    broken_rules: tuple[str, ...]
    full: bool

    @property
    def killed(self) -> list[MutantResult]:
        """The mutants that a check noticed by an assertion."""
        return [mutant for mutant in self.mutant_results if mutant.is_killed]

    @property
    def survivors(self) -> list[MutantResult]:
        """The mutants that no assertion noticed, those that ended in errors only among them."""
        return [mutant for mutant in self.mutant_results if not mutant.is_killed]

    @property
    def judged(self) -> list[MutantResult]:
        """The mutants that a check could kill: all but the exempt ones."""
        return [mutant for mutant in self.mutant_results if not mutant.exempt]

    @property
    def score(self) -> float:
        """The mutation score: killed of the judged mutants, 0 to 1."""
        return len(self.killed) / len(self.judged) if self.judged else 1.0

    @property
    def raw_score(self) -> float:
        """Killed of all mutants, the exempt ones among them, 0 to 1."""
        return len(self.killed) / len(self.mutant_results) if self.mutant_results else 1.0

    def totals(self) -> str:
        """The whole matrix in one line."""
        able = sum(bool(defects) for defects in self.checks.values())
        caught = sum(bool(row.killed_by) for row in self.rows)
        exempt = len(self.mutant_results) - len(self.judged)
        errors = sum(mutant.is_error for mutant in self.mutant_results)
        return (
            f"{able} of {len(self.checks)} checks proven able to fail; {caught} of {len(self.rows)} defects "
            f"caught; {len(self.killed)} of {len(self.mutant_results)} mutants killed by assertion "
            f"({self.raw_score:.1%}), {errors} only by errors; {exempt} are exempt, "
            f"which leaves {self.score:.1%} of {len(self.judged)}"
        )


def build(campaign: CampaignResults) -> Matrix:
    """The matrix of a campaign, with the rules of the proof that it breaks."""
    rows = tuple(_row(result) for result in campaign.broken)
    known = sorted({outcome.check for result in campaign.conforming for outcome in result.outcomes})
    checks = {check_id: [row.name for row in rows if check_id in row.killed_by] for check_id in known}
    mutant_results = tuple(_mutant_results(campaign))
    matrix = Matrix(rows, checks, mutant_results, (), campaign.full)
    return Matrix(rows, checks, mutant_results, tuple(_broken_rules(campaign, matrix)), campaign.full)


def _row(result: TrialResult) -> Row:
    name = result.job.name
    return Row(name, EXPECTED_KILLS.get(name, ()), strongest(result.outcomes))


def _mutant_results(campaign: CampaignResults) -> Iterable[MutantResult]:
    by_name = {result.job.name: result for result in campaign.mutated}
    for name in campaign.touched:
        result = by_name.get(name)
        red = result.red if result else []
        by = min(red, key=lambda outcome: outcome.rank, default=None)
        killed = by is not None and by.kind in KILLS
        yield MutantResult(
            name,
            mutants()[name].kind,
            by,
            len(result.outcomes) if result else 0,
            "" if killed else reason(name),
            exempt=not killed and is_exempt(name),
        )


def _broken_rules(campaign: CampaignResults, matrix: Matrix) -> Iterable[str]:
    for result in campaign.conforming:
        for outcome in result.red:
            yield f"the conforming venue ({result.job.market}) fails {outcome.node}: {outcome.message}"
    for check_id, defects in matrix.checks.items():
        if not defects and check_id not in UNPROVEN:
            yield f"{check_id} kills no defect"
    for row in matrix.rows:
        yield from _broken_by(row)
    for mutant in matrix.survivors:
        if not mutant.reason:
            yield f"the mutant {mutant.name} survives without a reason"
    if matrix.score < MIN_SCORE:
        yield f"the mutation score is {matrix.score:.1%}, expected at least {MIN_SCORE:.0%}"


def _broken_by(row: Row) -> Iterable[str]:
    if not row.killed_by:
        yield f"{row.name} is killed by no check"
    for check_id in row.named:
        outcome = row.outcomes.get(check_id)
        if outcome is None or outcome.kind not in KILLS:
            how = f"{outcome.kind} {outcome.message}".strip() if outcome else "not run"
            yield f"{row.name} is not killed by {check_id}: {how}"
        elif outcome.kind is CaseKind.TIMED_OUT and row.name not in TIMED_OUT:
            yield f"{row.name} is killed by {check_id} only by a timeout: {outcome.message}"
