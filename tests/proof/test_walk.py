"""The search for walks that fail, and what it has found: each script on the defect that it shows."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from fixtures.desk.scenarios.walk import Move, MoveKind, Step, Walker, WalkLimits, parsed, renamed, script
from fixtures.event_loop import new_event_loop
from proof.walk import Search, WalkEnd, ended, shortened

FOUND = {
    "amend_adds_qty": """
        sell 37.92 @ 0.5501 GTC -> A
        fill A 9.48
        amend A qty 18.96
    """,
    "cancel_all_leaves_partly_filled": """
        buy 18.96 @ 0.5498 PostOnly -> A
        amend A price 0.5499 qty 18.96
        fill A 9.48
        cancel all
    """,
    "fok_fills_partly": """
        buy 9.48 @ 0.5443 PostOnly -> A
        amend A price 0.5501
        sell 37.92 @ 0.5499 FOK -> B
    """,
    "partly_filled_order_releases_too_much": """
        buy 28.44 @ 0.55 PostOnly -> A
        fill A 9.48
    """,
    "second_amend_is_ignored": """
        buy 37.92 @ 0.5497 PostOnly -> A
        amend A price 0.5498 qty 28.44
        amend A price 0.5501
    """,
    "second_fill_is_not_charged": """
        buy 28.44 @ 0.55 PostOnly -> A
        fill A 9.48
        fill A 9.48
    """,
    "smaller_order_holds_as_before": """
        sell 37.92 @ 0.55 GTC -> A
        amend A qty 18.96
    """,
    "third_fill_is_lost_from_the_sum": """
        buy 28.44 @ 0.55 PostOnly -> A
        fill A 9.48
        fill A 9.48
        fill A 9.48
    """,
}
"""Defect -> the script to which the search shrank the first walk that failed on it."""


def _followed(steps: Sequence[Step], *defects: str) -> WalkEnd:
    async def act(walker: Walker) -> None:
        await walker.follow(steps)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(ended(defects, act))


@pytest.mark.parametrize("defect", FOUND)
def test_script_shows_its_defect(defect: str) -> None:
    """A script that the search found fails on its defect, and on no conforming venue."""
    steps = parsed(FOUND[defect])

    assert _followed(steps) == WalkEnd(tuple(steps))
    assert _followed(steps, defect).fault


def test_script_is_shortened_to_what_fails() -> None:
    """Steps that a failure does not need are left out, and a fill names the only order that is left."""
    steps = parsed("""
        buy 9.48 @ 0.5443 PostOnly -> A + buy 9.48 @ 0.5442 PostOnly -> B
        buy 28.44 @ 0.55 GTC over trade -> C
        buy 9.48 @ 0.55 PostOnly -> D
        amend A qty 18.96
        fill D 9.48
        cancel B by orderId
    """)

    def follow(tried: Sequence[Step]) -> WalkEnd:
        return _followed(tried, "partly_filled_order_releases_too_much")

    left = renamed(shortened(steps, follow).steps)

    assert script(left) == "buy 28.44 @ 0.55 GTC -> A\nfill A 9.48"


def _pretended(chosen: Sequence[Move]) -> WalkEnd:
    """A walk of steps that are not sent; it fails where two of its moves fill an order."""
    fills = sum(move.kind is MoveKind.FILL for move in chosen)
    return WalkEnd((), "two fills" if fills > 1 else "")


def test_a_failing_walk_is_shrunk_to_what_it_needs() -> None:
    """Of a walk that fails for two of its moves these two are left, as simple as they can be."""
    tried: list[Sequence[Move]] = []

    def run(chosen: Sequence[Move]) -> WalkEnd:
        tried.append(chosen)
        return _pretended(chosen)

    search = Search(run, time.monotonic() + 60).of(30, 200, 1)

    assert search.failed is not None
    assert tried[-1] == [WalkLimits().move(MoveKind.FILL, 0)] * 2
