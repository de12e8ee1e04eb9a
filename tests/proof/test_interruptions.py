"""Runs that are told to end, as ``python -m proof endings`` makes them; it makes fifty."""

from pathlib import Path

import pytest

from proof.interruptions import Ended, Point, end, points
from proof.venue_process import standalone

CHECKS = (
    "checks/maker/test_post_only.py",
    "checks/maker/test_time_in_force.py",
    "checks/operations/test_idempotency.py",
)


@pytest.mark.parametrize("point", points(3, seed=7, span_s=9), ids=str)
def test_run_ends_flat_wherever_it_is_told_to(tmp_path: Path, point: Point) -> None:
    """In time, with its sign-off, with nothing open, without a traceback, and it says so."""
    with standalone(tmp_path) as venue:
        ended = end(venue, tmp_path, point, *CHECKS)

    assert ended is None or ended.faults == [], ended.text


def test_fault_of_an_ending_is_told() -> None:
    """What did not end as it must is named; a run that had not begun may just end."""
    point = Point("SIGTERM", 1)
    began = Ended(point, 1, 99, "", began=True, left=("a-1",), text="Traceback")
    before = Ended(point, -15, 0, "", began=False, left=(), text="")

    assert began.faults == [
        "1 orders are open",
        "took 99 s",
        "ended with 1",
        "the sign-off says nothing",
        "a traceback",
        "no line says whether orders are open",
    ]
    assert before.faults == []
