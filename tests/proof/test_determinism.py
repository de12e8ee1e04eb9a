"""Comparing runs of the checklist."""

from proof.determinism import differences, plan
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult


def test_every_second_run_is_shuffled() -> None:
    """Half of the runs are shuffled, each by a seed of its own."""
    assert [job.order for job in plan(4, "quiet")] == [None, 2, None, 4]


def test_a_case_that_ended_differently_is_named() -> None:
    """A case that passed once and failed once is a difference; one that always passed is none."""
    steady = CaseOutcome("A-01", "x::steady", CaseKind.PASSED)
    once, again = (
        CaseOutcome("A-02", "x::shaky", CaseKind.PASSED),
        CaseOutcome("A-02", "x::shaky", CaseKind.ASSERTION),
    )
    results = [TrialResult(Job("1"), (steady, once)), TrialResult(Job("2"), (steady, again))]

    assert differences(results) == {"A-02 shaky": {"passed": ["1"], "assertion": ["2"]}}
