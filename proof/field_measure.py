"""The share of the field mutants that the oracle or a check notices, on a seeded sample or on all of them.

A mutant is first put into the messages of a conforming run, and the oracle reads them. What it does not see
there is tried on a venue that sends its messages so, with the cases that receive them.
"""

import pickle
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from fixtures.harness.options import RUN
from fixtures.record.evidence import Record
from proof.equivalent_fields import reason
from proof.fields.changes import ChangeKind, FieldMutant
from proof.pool import Workers, workers
from proof.replay import LAG_MS, Replay
from proof.sample import in_turn, laws_among, rounds, stratified
from proof.share import Share
from proof.trial import SYMBOLS, CaseKind, CaseOutcome, Job, TrialResult, required, run, until_killed

SAMPLE = 160
_ROUNDS = (4, 16, 40)
"""After how many cases it is looked whether one has killed the mutant; the last is how many are tried."""


class FieldFate(StrEnum):
    """What became of a field mutant."""

    ORACLE = "seen by the oracle"
    """A law is contradicted by the messages of a conforming run with the mutant."""
    KILLED = "killed live"
    TIMED_OUT = "killed live by a timeout"
    ERRORS = "errors only"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"


_FATES = {
    CaseKind.ASSERTION: FieldFate.KILLED,
    CaseKind.TIMED_OUT: FieldFate.TIMED_OUT,
    CaseKind.ERROR: FieldFate.ERRORS,
}


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What became of a mutant. message: of the oracle or the check; tried: how many cases were run."""

    mutant: FieldMutant
    fate: FieldFate
    message: str = ""
    tried: int = 0


@dataclass(frozen=True, slots=True)
class FieldMeasure:
    """The measure of one sample. total: how many mutants there are in all."""

    total: int
    seed: int
    results: Sequence[FieldResult]

    @property
    def share(self) -> Share:
        """The mutants that an assertion noticed, of all but the equivalent ones."""
        judged = [result for result in self.results if result.fate is not FieldFate.EQUIVALENT]
        return Share(
            len([x for x in judged if x.fate in {FieldFate.ORACLE, FieldFate.KILLED, FieldFate.TIMED_OUT}]),
            len(judged),
        )

    def of(self, *fates: FieldFate) -> list[FieldResult]:
        """The results with one of these fates."""
        return [result for result in self.results if result.fate in fates]

    def sentence(self) -> str:
        """The measure in one line."""
        counts = Counter(result.fate for result in self.results)
        fates = ", ".join(f"{counts[fate]} {fate}" for fate in FieldFate if counts[fate])
        how = f"with seed {self.seed}" if len(self.results) < self.total else "which is all"
        return (
            f"field mutants killed: {self.share}; {len(self.results)} drawn of {self.total}, {how}: {fates}"
        )


@dataclass(slots=True)
class Recorded:
    """A conforming run.

    cases: case -> the positions of its records
    lag_ms, push_ms: how late a query and a push might be in it
    """

    result: TrialResult
    records: Sequence[Record]
    cases: Mapping[str, range]
    lag_ms: int
    push_ms: int

    def replay(self) -> Replay:
        """Its messages, to be changed."""
        return Replay(self.records, self.cases, self.lag_ms, self.push_ms)


@dataclass(slots=True)
class _Marks:
    """A pytest plugin that notes which records belong to which case, and keeps them."""

    cases: dict[str, range] = field(default_factory=dict)
    records: Sequence[Record] = ()
    lag_ms: int = LAG_MS
    push_ms: int = LAG_MS

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        evidence = item.config.stash[RUN].evidence
        start = evidence.mark()
        try:
            return (yield)
        finally:
            self.cases[item.nodeid] = range(start, evidence.mark())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        run = session.config.stash[RUN]
        timeouts = run.environment.timeouts
        self.records = run.evidence.since(0)
        self.lag_ms, self.push_ms = timeouts.look_up_ms, timeouts.event_ms


def recorded(job: Job) -> Recorded:
    """Run a job in this process and keep its records."""
    marks = _Marks()
    result = run(job, marks)
    return Recorded(result, marks.records, marks.cases, marks.lag_ms, marks.push_ms)


@cache
def _replay(path: Path) -> Replay:
    """The run that this file keeps, read once in each worker."""
    found: Recorded = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
    return found.replay()


def _seen(path: Path, mutant: FieldMutant) -> str:
    return _replay(path).contradicted(mutant)


def conforming_job() -> Job:
    """The run whose messages are changed: the checks that a sign-off demands, on one symbol."""
    return Job("the fields of a conforming run", checks=required(), symbols=SYMBOLS[:1])


def measured(pool: Workers, size: int, seed: int) -> FieldMeasure:
    """Draw a sample, all for a size of 0, and try each mutant."""
    conforming = pool.call(recorded, conforming_job()).result()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "recorded")
        path.write_bytes(pickle.dumps(conforming))
        replay = conforming.replay()
        every = replay.mutants()
        by_view: dict[str, list[FieldMutant]] = {}
        for mutant in every:
            by_view.setdefault(mutant.view, []).append(mutant)
        sample = stratified(by_view, size, seed)
        seen = pool.results("fields, replayed", [pool.call(_seen, path, mutant) for mutant in sample])
    results = [
        FieldResult(mutant, FieldFate.ORACLE, found)
        for mutant, found in zip(sample, seen, strict=True)
        if found
    ]
    unseen = [mutant for mutant, found in zip(sample, seen, strict=True) if not found]
    checks = {outcome.node: outcome.check for outcome in conforming.result.outcomes}
    live = [pool.call(until_killed, _live(mutant, replay, checks)) for mutant in unseen]
    for mutant, outcomes in zip(unseen, pool.results("fields, live", live), strict=True):
        results.append(_result(mutant, outcomes))
    return FieldMeasure(len(every), seed, results)


def _live(mutant: FieldMutant, replay: Replay, checks: Mapping[str, str]) -> list[Job]:
    """The cases that receive a changed message, those that receive little else first."""
    shown = replay.showing(mutant)
    laws = laws_among(checks)
    cases = in_turn(shown.keys() - laws, checks, key=lambda case: 1 - shown[case] / len(replay.cases[case]))
    job = Job(mutant.name, field=mutant, symbols=SYMBOLS[:1])
    return list(rounds(job, cases, laws, _ROUNDS))


def _result(mutant: FieldMutant, outcomes: Sequence[CaseOutcome]) -> FieldResult:
    red = [x for x in outcomes if x.kind in _FATES and not (x.kind is CaseKind.ERROR and x.looks_back)]
    by = min(red, key=lambda outcome: outcome.rank, default=None)
    fate = _FATES[by.kind] if by else FieldFate.SURVIVED
    if fate in {FieldFate.ERRORS, FieldFate.SURVIVED} and reason(mutant.name):
        fate = FieldFate.EQUIVALENT
    return FieldResult(mutant, fate, f"{by.check} {by.message}" if by else reason(mutant.name), len(outcomes))


def main(size: int, seed: int, jobs: int) -> int:
    """Print the measure, and every mutant that nothing notices."""
    with workers(jobs) as pool:
        measure = measured(pool, size, seed)
    for result in measure.of(FieldFate.ERRORS, FieldFate.SURVIVED):
        print(f"{result.fate}: {result.mutant.name} ({result.tried} cases) {result.message}")  # noqa: T201 - its list
    for change in ChangeKind:
        own = [x for x in measure.results if x.mutant.change is change and x.fate is not FieldFate.EQUIVALENT]
        survived = sum(x.fate in {FieldFate.ERRORS, FieldFate.SURVIVED} for x in own)
        print(f"{change}: {len(own) - survived} of {len(own)}")  # noqa: T201
    print(measure.sentence())  # noqa: T201
    return 0
