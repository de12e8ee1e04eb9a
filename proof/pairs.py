"""Pairs of the venue's defects: what one defect hides of another.

A venue rarely has one fault at a time. A pair is a seeded defect like any other, composed of two, and every
kill that is expected of either must happen on it; one that does not is masked by the other defect.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations

from fixtures.venue.defects import DEFECTS
from proof.masked_kills import reason
from proof.paired_defects import JOINT, joined
from proof.pool import workers
from proof.share import Share
from proof.trial import KILLS, SYMBOLS, CaseOutcome, Job, TrialResult, strongest

SAMPLE = 60


def drawn(size: int, seed: int) -> list[str]:
    """The names of a seeded sample of pairs; half of them are of two defects in the same part of the venue.

    Two defects that are far apart seldom meet. By the digest of its names a pair keeps its place in the
    order, so that a new defect changes the sample by few pairs.
    """

    def place(pair: str) -> str:
        return sha256(f"{seed}:{pair}".encode()).hexdigest()

    far: list[str] = []
    near: list[str] = []
    for one, other in combinations(sorted(DEFECTS), 2):
        (near if _parts(one) & _parts(other) else far).append(f"{one}{JOINT}{other}")
    size = size or len(near) + len(far)
    few = min(size // 2, len(near))
    return [*sorted(near, key=place)[:few], *sorted(far, key=place)[: size - few]]


def _parts(name: str) -> frozenset[type]:
    """The conforming classes of which a defect overrides steps."""
    return frozenset(base for override in DEFECTS[name].overrides for base in override.__bases__)


def pair_jobs(names: Iterable[str]) -> list[Job]:
    """One job per pair: the expected kills of both its defects."""
    return [
        Job(name, defect=name, checks=frozenset(joined(name).kills), symbols=SYMBOLS[:1]) for name in names
    ]


@dataclass(frozen=True, slots=True)
class MaskedKill:
    """A kill that is expected of one defect and does not happen beside another.

    outcome: how the check ended, None when it did not run
    """

    hiding: str
    hidden: str
    check: str
    outcome: CaseOutcome | None

    @property
    def reason(self) -> str:
        """Why nobody could have seen the hidden defect, "" when no reason is given."""
        return reason(self.hiding, self.hidden, self.check)

    def __str__(self) -> str:
        """Which defect hides which from which check, and how the check ended."""
        how = f"{self.outcome.kind} {self.outcome.message}".strip() if self.outcome else "not run"
        return f"{self.hiding} hides {self.hidden} from {self.check}: {how}"


@dataclass(frozen=True, slots=True)
class PairsMeasure:
    """What became of the expected kills on a sample of pairs. seed: of the sample; pairs: their names."""

    seed: int
    pairs: Sequence[str]
    expected: int
    masked: Sequence[MaskedKill]

    @property
    def share(self) -> Share:
        """The kills that were seen, of those expected."""
        return Share(self.expected - len(self.masked), self.expected)

    @property
    def seen(self) -> Share:
        """The pairs of which both defects were caught by at least one check that is expected to."""
        return Share(len(self.pairs) - len(self._blind()), len(self.pairs))

    def _blind(self) -> set[str]:
        lost: dict[str, set[str]] = {}
        for kill in self.masked:
            lost.setdefault(kill.hidden + JOINT + kill.hiding, set()).add(kill.check)
        return {
            JOINT.join(sorted(pair.split(JOINT)))
            for pair, checks in lost.items()
            if checks >= set(DEFECTS[pair.split(JOINT)[0]].kills)
        }

    def sentence(self) -> str:
        """The measure in one line."""
        unexplained = sum(not kill.reason for kill in self.masked)
        return (
            f"pairs of defects of which each is caught: {self.seen}, drawn with seed {self.seed}; "
            f"{self.share.part} of {self.share.whole} expected kills were seen, {len(self.masked)} are "
            f"masked, {unexplained} of them for no reason given"
        )


def measure(results: Iterable[TrialResult], seed: int) -> PairsMeasure:
    """The measure of the results of pair jobs."""
    pairs: list[str] = []
    masked: list[MaskedKill] = []
    expected = 0
    for result in results:
        best = strongest(result.outcomes)
        pairs.append(result.job.name)
        one, other = result.job.name.split(JOINT)
        for hidden, hiding in ((one, other), (other, one)):
            expected += len(DEFECTS[hidden].kills)
            masked += [
                MaskedKill(hiding, hidden, check_id, best.get(check_id))
                for check_id in DEFECTS[hidden].kills
                if check_id not in best or best[check_id].kind not in KILLS
            ]
    return PairsMeasure(seed, pairs, expected, masked)


def main(size: int, seed: int, jobs: int) -> int:
    """Run a sample of pairs, and print every masked kill and the measure."""
    with workers(jobs) as pool:
        found = measure(pool.results("pairs", pool.start(pair_jobs(drawn(size, seed)))), seed)
    for kill in found.masked:
        print(f"{kill}{kill.reason and f'; {kill.reason}'}")  # noqa: T201 - its list
    print(found.sentence())  # noqa: T201
    return 0
