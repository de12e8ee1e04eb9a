"""The share of the code mutants that the checks kill, on a seeded sample of all of them.

The sample is stratified: each module of the venue is drawn from in proportion to its mutants. A drawn mutant
that mypy rejects is none. The others are tried in a process each, first on the cases that run the mutated
line and little else, until one fails by assertion.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from enum import StrEnum

from proof.code.covered import Lines, covered
from proof.code.equivalent_code import reason
from proof.code.process import Crashed, Hung, Mutation, in_own_process
from proof.code.sites import VENUE, CodeMutant, code_mutants, mutated_source
from proof.code.typed import accepted
from proof.sample import in_turn, laws_among, rounds, stratified
from proof.share import Share
from proof.trial import KILLS, SYMBOLS, CaseKind, CaseOutcome, Job, TrialResult, required, run

SAMPLE = 160
"""How many mutants are drawn; mypy rejects about half of them."""
_ROUNDS = (5, 30, 100, 10_000)
"""After how many cases it is looked whether one has killed the mutant; in the end all that run its line."""
_ERRORS = 30
"""After how many cases that ended in errors alone no further one is tried."""
_COVERING_S = 600.0
_CHECKERS = os.cpu_count() or 1
_DEADLINE_S = 900.0
"""How long the cases of one mutant may take; nearly every mutant needs a second or two."""


class CodeFate(StrEnum):
    """What became of a code mutant."""

    KILLED = "killed"
    TIMED_OUT = "killed by a timeout"
    """The awaited event did not come: an assertion, but one that shows no wrong value."""
    ERRORS = "errors only"
    """Cases ended by exceptions that are no assertions: the run judged nothing, and is no READY."""
    HUNG = "hung"
    """The venue did not come back."""
    CRASHED = "does not start"
    """The venue cannot be imported or set up, or pytest ran no case."""
    NOT_REACHED = "not reached"
    """No case runs the mutated line."""
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    REJECTED = "rejected by mypy"


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What became of a drawn mutant. by: the outcome that counts; reached, tried: numbers of cases."""

    mutant: CodeMutant
    fate: CodeFate
    by: CaseOutcome | None = None
    reached: int = 0
    tried: int = 0


@dataclass(frozen=True, slots=True)
class CodeMeasure:
    """The measure of one sample. total: how many mutants there are in all."""

    total: int
    seed: int
    results: Sequence[CodeResult]

    @property
    def judged(self) -> list[CodeResult]:
        """The results that count: neither equivalent, nor rejected, nor unable to start."""
        left_out = {CodeFate.EQUIVALENT, CodeFate.REJECTED, CodeFate.CRASHED}
        return [result for result in self.results if result.fate not in left_out]

    @property
    def share(self) -> Share:
        """The mutants that an assertion killed, of those that count."""
        killed = [result for result in self.judged if result.fate in {CodeFate.KILLED, CodeFate.TIMED_OUT}]
        return Share(len(killed), len(self.judged))

    def of(self, *fates: CodeFate) -> list[CodeResult]:
        """The results with one of these fates."""
        return [result for result in self.results if result.fate in fates]

    def sentence(self) -> str:
        """The measure in one line."""
        counts = Counter(result.fate for result in self.results)
        fates = ", ".join(f"{counts[fate]} {fate}" for fate in CodeFate if counts[fate])
        return (
            f"code mutants killed: {self.share}; {len(self.results)} drawn of {self.total} "
            f"with seed {self.seed}: {fates}"
        )


@dataclass(slots=True)
class Cases:
    """Which case runs which line.

    checks: case -> id of its check
    first: the first cases of the runs, before which the venue is set up
    """

    lines: dict[str, Lines] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)

    def add(self, result: TrialResult, lines: Mapping[str, Lines]) -> None:
        """Add a run on the conforming venue."""
        self.lines.update(lines)
        self.first.add(result.outcomes[0].node)
        self.checks.update({outcome.node: outcome.check for outcome in result.outcomes})

    def reaching(self, mutant: CodeMutant) -> list[str]:
        """The cases that run what is mutated, the likeliest to notice first, and the long ones last.

        Code that runs when its module is imported, or the venue is set up, is part of every case that runs
        any of the module.
        """
        first, last = mutant.lines
        wanted = set(range(first, last + 1))
        there = [case for case, by_module in self.lines.items() if by_module.get(mutant.module)]
        reaching = [case for case in there if self.lines[case][mutant.module] & wanted]
        if mutant.at_import:
            reaching = reaching or there or [*self.lines]
        elif reaching and self.first.issuperset(reaching):
            reaching = there
        demanded = required()
        quick = [case for case in reaching if self.checks[case] in demanded]
        long = [case for case in reaching if self.checks[case] not in demanded]
        return [case for some in (quick, long) for case in self._by_check(some, mutant.module)]

    def _by_check(self, cases: Iterable[str], module: str) -> list[str]:
        """Those of which the largest part runs in this module first."""

        def elsewhere(case: str) -> float:
            lines = self.lines[case]
            return 1 - len(lines.get(module, ())) / sum(map(len, lines.values()))

        return in_turn(cases, self.checks, elsewhere)


def measured(size: int, seed: int, jobs: int) -> CodeMeasure:
    """Draw a sample and try each mutant. jobs: how many are tried at once."""
    sample = stratified(code_mutants(), size, seed)
    with ThreadPoolExecutor(jobs) as threads:
        conforming = [
            threads.submit(in_own_process, covered, job, None, _COVERING_S) for job in _conforming()
        ]
        checked = [threads.submit(accepted, sample[start::_CHECKERS]) for start in range(_CHECKERS)]
        cases = Cases()
        for covering in conforming:
            cases.add(*covering.result())
        written = {mutant for checking in checked for mutant in checking.result()}
        trials = [threads.submit(tried, mutant, cases) for mutant in sample if mutant in written]
        for number, _ in enumerate(as_completed(trials), start=1):
            if number % 10 == 0 or number == len(trials):
                sys.stderr.write(f"code mutants: {number} of {len(trials)}\n")
    results = [CodeResult(mutant, CodeFate.REJECTED) for mutant in sample if mutant not in written]
    results += [trial.result() for trial in trials]
    return CodeMeasure(sum(map(len, code_mutants().values())), seed, results)


def _conforming() -> list[Job]:
    """The checks that a sign-off demands, on each symbol, and the long ones once."""
    jobs = [Job(f"conforming, {symbol}", checks=required(), symbols=(symbol,)) for symbol in SYMBOLS]
    return [*jobs, Job("conforming, the long checks", without=required(), symbols=SYMBOLS[:1])]


def tried(mutant: CodeMutant, cases: Cases) -> CodeResult:
    """Try a mutant on the cases that reach it, until one kills it."""
    reaching = cases.reaching(mutant)
    known = reason(mutant.name)
    if not reaching:
        return CodeResult(mutant, CodeFate.EQUIVALENT if known else CodeFate.NOT_REACHED)
    job = Job(mutant.name, code=mutant.name)
    jobs = list(rounds(job, reaching, laws_among(cases.checks), _ROUNDS))
    mutation = Mutation(mutant.imported_as, VENUE / mutant.module, mutated_source(mutant))
    try:
        outcomes = in_own_process(until_judged, jobs, mutation, _DEADLINE_S)
    except Hung:
        return CodeResult(mutant, CodeFate.HUNG, reached=len(reaching))
    except Crashed as error:
        nothing = CaseOutcome("", "", CaseKind.ERROR, str(error))
        return CodeResult(mutant, CodeFate.CRASHED, nothing, reached=len(reaching))
    # A law of which the chosen cases left no message judges nothing, and ends in an error.
    red = [
        outcome
        for outcome in outcomes
        if outcome.kind in _FATES and not (outcome.kind is CaseKind.ERROR and outcome.looks_back)
    ]
    if red and all(outcome.by_venue for outcome in red):
        return CodeResult(mutant, CodeFate.CRASHED, red[0], len(reaching), len(outcomes))
    by = min(red, key=lambda outcome: outcome.rank, default=None)
    fate = _FATES[by.kind] if by else CodeFate.SURVIVED
    fate = CodeFate.EQUIVALENT if known and fate in {CodeFate.SURVIVED, CodeFate.ERRORS} else fate
    return CodeResult(mutant, fate, by, len(reaching), len(outcomes))


def until_judged(jobs: Iterable[Job]) -> list[CaseOutcome]:
    """Run jobs until one of them has a kill, or so many cases have ended in nothing but errors."""
    outcomes: list[CaseOutcome] = []
    for job in jobs:
        outcomes += run(job).outcomes
        acted = [outcome.kind for outcome in outcomes if not outcome.looks_back]
        is_broken = len(acted) >= _ERRORS and set(acted) <= {CaseKind.ERROR, CaseKind.SKIPPED}
        if is_broken or any(outcome.kind in KILLS for outcome in outcomes):
            break
    return outcomes


_FATES = {
    CaseKind.ASSERTION: CodeFate.KILLED,
    CaseKind.TIMED_OUT: CodeFate.TIMED_OUT,
    CaseKind.ERROR: CodeFate.ERRORS,
}
"""How a case ends -> the fate of the mutant."""


def main(size: int, seed: int, jobs: int) -> int:
    """Print the measure, and every mutant that no assertion kills."""
    measure = measured(size, seed, jobs)
    for fate in (CodeFate.HUNG, CodeFate.CRASHED, CodeFate.ERRORS, CodeFate.NOT_REACHED, CodeFate.SURVIVED):
        for result in measure.of(fate):
            by = f" ({result.by.check} {result.by.message})" if result.by else ""
            print(f"{fate}: [{result.mutant.kind}] {result.mutant.name}{by}")  # noqa: T201 - its list
    print(measure.sentence())  # noqa: T201
    return 0
