"""Interrupted runs, three of what ``python -m proof endings`` does fifty times."""

from pathlib import Path

import pytest

from proof.interruptions import InterruptedRun, Point, interrupt, points
from proof.venue_process import standalone

CHECKS = (
    "checks/maker/test_post_only.py",
    "checks/maker/test_time_in_force.py",
    "checks/operations/test_idempotency.py",
)


@pytest.mark.parametrize("point", points(3, seed=7, span_s=9), ids=str)
def test_interrupted_run_leaves_no_order(tmp_path: Path, point: Point) -> None:
    """Wherever the signal comes, the run ends in time, with its sign-off and without a traceback."""
    with standalone(tmp_path) as venue:
        ended = interrupt(venue, tmp_path, point, *CHECKS)

    assert ended is None or ended.faults == [], ended.text


def test_fault_of_an_interrupted_run_is_named() -> None:
    """Each deviation is named with what was expected; a run that had no journal yet has none."""
    point = Point("SIGTERM", 1)
    began = InterruptedRun(point, 1, 99, "", began=True, left=("a-1",), text="Traceback")
    before = InterruptedRun(point, -15, 0, "", began=False, left=(), text="")

    assert began.faults == [
        "1 orders are open, expected none",
        "took 99 s, expected at most 30",
        "exit code 1, expected 2",
        "the sign-off says nothing, expected INCOMPLETE",
        "a traceback",
        "no line says whether orders are open",
    ]
    assert before.faults == []
