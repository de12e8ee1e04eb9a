"""The search for walks that fail, and what it has found: each script on the defect that it shows."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from fixtures.desk.scenarios.walk import Move, MoveKind, Step, Walker, WalkLimits, parsed
from fixtures.event_loop import new_event_loop
from proof.walk import Ended, Search, ended

FOUND: dict[str, tuple[str, str]] = {}
"""Defect -> the script to which the search shrank a walk that failed on it, and what the failure names."""


def _followed(steps: Sequence[Step], *defects: str) -> Ended:
    async def act(walker: Walker) -> None:
        await walker.follow(steps)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(ended(defects, act))


@pytest.mark.parametrize("defect", FOUND)
def test_script_shows_its_defect(defect: str) -> None:
    """A script that the search found fails on its defect, and on no conforming venue."""
    text, named = FOUND[defect]

    assert _followed(parsed(text)).fault == ""
    assert named in _followed(parsed(text), defect).fault


def _pretended(chosen: Sequence[Move]) -> Ended:
    """A walk of steps that are not sent; it fails where two of its moves fill an order."""
    fills = sum(move.kind is MoveKind.FILL for move in chosen)
    return Ended((), "two fills" if fills > 1 else "")


def test_a_failing_walk_is_shrunk_to_what_it_needs() -> None:
    """Of a walk that fails for two of its moves these two are left, as simple as they can be."""
    tried: list[Sequence[Move]] = []

    def run(chosen: Sequence[Move]) -> Ended:
        tried.append(chosen)
        return _pretended(chosen)

    search = Search(run, time.monotonic() + 60).of(30, 200, 1)

    assert search.failed is not None
    assert tried[-1] == [WalkLimits().move(MoveKind.FILL, 0)] * 2
