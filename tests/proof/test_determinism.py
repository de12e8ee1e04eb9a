"""Comparing runs of the checklist."""

from proof.determinism import differences, plan
from proof.trial import Job, Kind, Outcome, Verdict


def test_every_other_run_has_an_order_of_its_own() -> None:
    """Half of the runs are shuffled, each by a seed of its own."""
    assert [job.order for job in plan(4, "quiet")] == [None, 2, None, 4]


def test_a_making_that_came_to_something_else_is_named() -> None:
    """A making that passed once and failed once is a difference; one that always passed is none."""
    steady = Outcome("A-01", "x::steady", Kind.PASSED)
    once, again = Outcome("A-02", "x::shaky", Kind.PASSED), Outcome("A-02", "x::shaky", Kind.ASSERTION)
    verdicts = [Verdict(Job("1"), (steady, once)), Verdict(Job("2"), (steady, again))]

    assert differences(verdicts) == {"A-02 shaky": {"passed": ["1"], "assertion": ["2"]}}
