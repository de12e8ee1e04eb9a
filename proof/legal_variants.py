"""The checklist on legal variants of the venue: what passes on the conforming venue passes on each.

A check that does not pass is a false alarm: it asks for more than the documents do. Many variants are tried
in one run, those that change different things on the wire; where a check fails, the variants of the run are
halved until one is left that makes it fail, each time with that check alone.
"""

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from fixtures.venue.variants import VARIANTS
from proof.pool import Workers, workers
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult, required

SYMBOLS = ("NEWUSDT",)
MOST_SHOWN = 10
"""How many alarms of a run are printed before it is halved."""
GROUP = 40
"""How many variants are tried in one run at most."""
_BLOCKED = "Blocked:"
"""How the message of a case begins that was blocked."""
_DURING = re.compile(r" during ([A-Z]{3}-[\d.]+)")
"""How a contradiction between messages names the check that was running."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which variants are tried.

    sample: how many of them, None for all
    names: patterns of their names, all for none
    quick: True to leave out those whose runs take minutes
    """

    seed: int = 1
    sample: int | None = None
    names: Sequence[str] = ()
    quick: bool = False

    def chosen(self) -> list[str]:
        """The names of the variants, shuffled by the seed."""
        found = [name for name in VARIANTS if self._wants(name)]
        # Slow ones come first: their runs are the longest, and the other workers have the rest meanwhile.
        Random(self.seed).shuffle(found)  # noqa: S311 - no secret
        return sorted(found[: self.sample], key=lambda name: not VARIANTS[name].is_slow)

    def _wants(self, name: str) -> bool:
        is_named = not self.names or any(fnmatchcase(name, pattern) for pattern in self.names)
        return is_named and not (self.quick and VARIANTS[name].is_slow)


@dataclass(slots=True)
class _Group:
    names: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def takes(self, name: str) -> bool:
        """True when the variant fits in, after adding it."""
        variant = VARIANTS[name]
        if len(self.names) == GROUP or self.touched & variant.touches:
            return False
        if self.names and VARIANTS[self.names[0]].is_slow != variant.is_slow:
            return False
        self.names.append(name)
        self.touched |= variant.touches
        return True


def groups(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Divide variants into runs: no two of a run change the same, and slow ones are not among quick ones."""
    made: list[_Group] = []
    for name in names:
        if not any(group.takes(name) for group in made):
            made.append(_Group())
            made[-1].takes(name)
    return [tuple(group.names) for group in made]


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """A case that passes on the conforming venue and does not on these variants.

    outcome: on the variants
    """

    variants: tuple[str, ...]
    outcome: CaseOutcome

    def __str__(self) -> str:
        return f"{' + '.join(self.variants)}: {self.sentence}"

    @property
    def sentence(self) -> str:
        """The check and what it says."""
        node = self.outcome.node.rpartition("::")[2]
        return f"{self.outcome.check} {self.outcome.kind} in {node}: {self.outcome.message}"


def alarms(result: TrialResult, passed: frozenset[str]) -> list[FalseAlarm]:
    """The cases that passed on the conforming venue and did not in this run, nor were blocked by right.

    passed: the nodes of those that did
    """
    blocked = {check for name in result.job.variants if name in VARIANTS for check in VARIANTS[name].blocks}
    return [
        FalseAlarm(result.job.variants, outcome)
        for outcome in result.outcomes
        if outcome.node in passed and outcome.kind is not CaseKind.PASSED
        if outcome.check not in blocked or not outcome.message.startswith(_BLOCKED)
    ]


def _job(name: str, variants: tuple[str, ...], checks: frozenset[str]) -> Job:
    return Job(name, variants=variants, checks=checks, symbols=SYMBOLS)


def halves(found: Iterable[FalseAlarm]) -> Iterator[Job]:
    """Each half of the variants of a run that raised an alarm, with the checks that raised it.

    A check of the messages of the whole run needs those of the check that it names.
    """
    by_run: dict[tuple[str, ...], set[str]] = {}
    for alarm in found:
        named = _DURING.findall(alarm.outcome.message)
        by_run.setdefault(alarm.variants, set()).update((alarm.outcome.check, *named))
    for variants, checks in by_run.items():
        middle = len(variants) // 2
        if middle:
            yield _job(f"first half of {len(variants)}", variants[:middle], frozenset(checks))
            yield _job(f"second half of {len(variants)}", variants[middle:], frozenset(checks))


def blamed(found: Collection[FalseAlarm], again: Collection[FalseAlarm]) -> list[FalseAlarm]:
    """The alarms of halves in the place of those of their runs; one that no half raises stays the run's."""
    remaining = [
        alarm
        for alarm in found
        if not any(
            half.outcome.check == alarm.outcome.check and set(half.variants) < set(alarm.variants)
            for half in again
        )
    ]
    return [*remaining, *again]


def _raised(started: Iterable[Future[TrialResult]], passed: frozenset[str]) -> Iterator[FalseAlarm]:
    """The alarms of some runs, each printed to stderr as soon as its run is over."""
    for future in started:
        result = future.result()
        raised = alarms(result, passed)
        sys.stderr.write(f"{result.job.name}, {len(result.job.variants)} variants: {len(raised)} alarms\n")
        sys.stderr.writelines(f"  {alarm.sentence}\n" for alarm in raised[:MOST_SHOWN])
        yield from raised


def _tried(pool: Workers, names: list[str], checks: frozenset[str]) -> list[FalseAlarm]:
    conforming = pool.start([_job("conforming venue", (), checks)])
    runs = pool.start(_job(f"run {n}", group, checks) for n, group in enumerate(groups(names), start=1))
    (plain,) = pool.results("conforming venue", conforming)
    passed = frozenset(x.node for x in plain.outcomes if x.kind is CaseKind.PASSED)
    found: list[FalseAlarm] = []
    fresh = list(_raised(runs, passed))
    while fresh:
        found = blamed(found, fresh)
        fresh = list(_raised(pool.start(halves(fresh)), passed))
    return found


def main(plan: Plan, jobs: int) -> int:
    """Try the variants of a plan, print each false alarm; return 1 when there is one, 4 for no variant."""
    names = plan.chosen()
    if not names:
        sys.stderr.write(f"no variant is named {', '.join(plan.names)}\n")
        return 4
    with workers(jobs) as pool:
        found = _tried(pool, names, required())
    for alarm in sorted(found, key=str):
        print(alarm)  # noqa: T201 - its findings
    raised = {name for alarm in found for name in alarm.variants}
    passing = len(names) - len(raised)
    print(f"{passing} of {len(names)} legal variants pass, {len(found)} false alarms")  # noqa: T201
    return 1 if found else 0
