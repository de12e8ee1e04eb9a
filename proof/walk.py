"""Lets hypothesis walk over the orders of an embedded venue, and shrinks a walk that fails to a short script.

Every walk has a venue of its own, so that one that failed fails again alone. It is judged twice: by its own
blotter, and record by record by the test oracle.
"""

import asyncio
import shlex
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from fixtures.clients.errors import ClientError
from fixtures.desk import Blocked, LeftBehind, Transport
from fixtures.desk.scenarios.walk import Move, Step, Walker, WalkLimits, parsed, renamed, script
from fixtures.desk.scenarios.walk.steps import Amend, Cancel, Create, TakerFill, Together
from fixtures.event_loop import new_event_loop
from fixtures.oracle import Oracle
from proof.walk_world import world

WALKS, LENGTH, SECONDS = 2000, 30, 60.0
"""At most so many walks of about so many moves within so many seconds, unless the command line says more."""
SHRINK_S = 30.0
"""How long a walk that failed is shrunk at most."""
LAG_MS = 5
"""How far a view of the embedded venue may be behind."""


@dataclass(frozen=True, slots=True)
class WalkEnd:
    """How a walk ended. fault: the first thing that did not hold, "" for a walk as it should be."""

    steps: tuple[Step, ...]
    fault: str = ""


class WalkFailed(AssertionError):
    """A walk did not end as it should."""


Act = Callable[[Walker], Awaitable[None]]


async def ended(defects: Collection[str], act: Act) -> WalkEnd:
    """Let a walker act on a venue with these defects; return how that ended.

    A walk that cannot go on, as when a script names an order that was refused, ends without a fault.
    """
    done: list[Step] = []
    fault = ""
    # What a walk that failed leaves open ends with its venue; one that did not has looked for open orders.
    with suppress(LeftBehind):
        async with world(defects) as walker:
            oracle = Oracle(LAG_MS, LAG_MS)
            walker.done, walker.listen = done, partial(_listen, walker, oracle)
            try:
                await act(walker)
                _listen(walker, oracle, finish=True)
            except (AssertionError, ClientError) as found:
                fault = str(found)
            except Blocked:
                pass
    return WalkEnd(tuple(done), fault)


def _listen(walker: Walker, oracle: Oracle, *, finish: bool = False) -> None:
    """Hand the oracle what was recorded since the last time; raise WalkFailed at its first contradiction."""
    oracle.take(walker.desk.run.evidence.since(oracle.judgement.records))
    judgement = oracle.finish() if finish else oracle.judgement
    if judgement.contradictions:
        raise WalkFailed(str(judgement.contradictions[0]))


def moves(length: int, limits: WalkLimits) -> st.SearchStrategy[list[Move]]:
    """Lists of moves; simple ones first, so that a shrunk walk is made of those.

    A move is drawn as two numbers: hypothesis leaves a member out of a list where it is made of a few.
    length: about how many moves; hypothesis draws short lists, so they are nested to become long
    """
    variant = st.integers(0, limits.variants - 1)
    inner = st.lists(st.builds(limits.move, st.sampled_from(limits.drawn), variant), min_size=1, max_size=10)
    outer = st.lists(inner, min_size=1, max_size=max(length // 3, 1))
    return outer.map(lambda lists: [move for moves in lists for move in moves])


@dataclass(slots=True)
class Search:
    """Walks one after the other until one fails or the time is over, then only to shrink the one that failed.

    run: makes a walk of moves
    until: monotonic seconds
    walks, steps: how many were made, until the first that failed
    failed: the simplest failure so far
    """

    run: Callable[[Sequence[Move]], WalkEnd]
    until: float
    walks: int = 0
    steps: int = 0
    failed: WalkEnd | None = None
    _simplest: Sequence[Move] = ()

    def of(self, length: int, walks: int, seed_: int) -> "Search":
        """Search among so many walks of about so many moves; return itself."""

        @seed(seed_)
        @settings(
            max_examples=walks,
            phases=(Phase.generate, Phase.shrink),
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(moves(length, WalkLimits()))
        def walk(chosen: list[Move]) -> None:
            self._try(chosen)

        with _quietly():
            walk()
        return self

    def _try(self, chosen: Sequence[Move]) -> None:
        """Make one walk; raise WalkFailed when it fails. When the time is over, only the simplest is made."""
        if time.monotonic() > self.until and chosen != self._simplest:
            return
        came = self.run(chosen)
        if self.failed is None:
            self.walks, self.steps = self.walks + 1, self.steps + len(came.steps)
        if came.fault:
            if self.failed is None:
                self.until = time.monotonic() + SHRINK_S
            self.failed, self._simplest = came, chosen
            raise WalkFailed


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what hypothesis raises about the failure, which the search knows already."""
    with suppress(WalkFailed, Flaky):
        yield


Follow = Callable[[Sequence[Step]], WalkEnd]


def shortened(steps: Sequence[Step], follow: Follow) -> WalkEnd:
    """Return the failure of the fewest and simplest of these steps; one without a fault if they pass.

    Hypothesis shrinks what a walk chose; what the steps need of each other shows only in the script.
    """
    came, before = follow(steps), None
    while came.fault and came.steps != before:
        before = came.steps
        came = _simplest(_fewest(came, follow), follow)
    return came


def _fewest(came: WalkEnd, follow: Follow) -> WalkEnd:
    """Return the failure that is left when whole stretches of steps are left out, then single ones."""
    size = max(len(came.steps) // 2, 1)
    while size:
        for start in reversed(range(0, len(came.steps), size)):
            tried = follow([*came.steps[:start], *came.steps[start + size :]])
            came = tried if tried.fault else came
        size //= 2
    return came


def _simplest(came: WalkEnd, follow: Follow) -> WalkEnd:
    """Return the failure that is left when each step is as simple as it can be."""
    for place in reversed(range(len(came.steps))):
        for step in _simpler(came.steps, place):
            tried = follow([*came.steps[:place], step, *came.steps[place + 1 :]])
            if tried.fault:
                came = tried
                break
    return came


def _simpler(steps: Sequence[Step], place: int) -> Iterator[Step]:
    """Yield what may stand in the place of a step: less of it, an older order, the plainer way."""
    step = steps[place] if place < len(steps) else None
    if isinstance(step, Together):
        for item in step.items:
            others = tuple(other for other in step.items if other is not item)
            yield Together(others) if len(others) > 1 else others[0]
    elif isinstance(step, TakerFill):
        older = (other.name for other in steps[:place] if isinstance(other, Create))
        yield from (replace(step, name=name) for name in takewhile(lambda name: name != step.name, older))
    elif isinstance(step, Create | Amend | Cancel) and step.via is not Transport.REST:
        yield replace(step, via=Transport.REST)
    elif isinstance(step, Amend | Cancel) and step.by != "orderLinkId":
        yield replace(step, by="orderLinkId")


def main(
    walks: int, length: int, chosen_seed: int, seconds: float, *, defects: Sequence[str], replay: Path | None
) -> int:
    """Walk, or follow a script; print what failed as a script, and return 1, or 0 when nothing did."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:

        def follow(steps: Sequence[Step]) -> WalkEnd:
            return runner.run(ended(defects, lambda walker: walker.follow(steps)))

        def walk(chosen: Sequence[Move]) -> WalkEnd:
            return runner.run(ended(defects, lambda walker: walker.walk(chosen, WalkLimits())))

        if replay is not None:
            came = follow(parsed(replay.read_text(encoding="utf-8")))
            print(came.fault or f"{len(came.steps)} steps, as they should be")  # noqa: T201 - its line
            return 1 if came.fault else 0
        search = Search(walk, time.monotonic() + seconds).of(length, walks, chosen_seed)
        how_many = f"{search.walks} walks of seed {chosen_seed}, {search.steps} steps"
        if search.failed is None:
            print(f"{how_many}: nothing contradicts")  # noqa: T201 - its line
            return 0
        short = shortened(search.failed.steps, follow)
        short = follow(renamed(short.steps)) if short.fault else short
        print("\n".join(_report(how_many, search.failed, short, defects)))  # noqa: T201 - its report
        return 1


def _report(how_many: str, failed: WalkEnd, short: WalkEnd, defects: Sequence[str]) -> Iterator[str]:
    if not short.fault:
        yield f"{how_many}: the last one failed, and does not when its steps are repeated: {failed.fault}"
        yield script(failed.steps)
        return
    again = ["python", "-m", "proof", *(f"--defect={name}" for name in defects), "walk", "--script=walk.txt"]
    yield f"{how_many}: the last one failed. It fails in {len(short.steps)} steps:"
    yield ""
    yield script(short.steps)
    yield ""
    yield short.fault
    yield f"again, with these lines in walk.txt: {shlex.join(again)}"
