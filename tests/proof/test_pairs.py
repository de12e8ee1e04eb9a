"""Pairs of defects."""

from fixtures.venue.defects import DEFECTS
from proof.paired_defects import joined, paired
from proof.pairs import drawn, measure
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult

ONE, OTHER = "fills_post_only", "refuses_stream_auth"
PAIR = f"{ONE}+{OTHER}"


def test_a_sample_is_of_known_pairs() -> None:
    """The same seed draws the same pairs, each of two different defects."""
    pairs = drawn(20, 1)

    assert pairs == drawn(20, 1)
    assert all(len({*pair.split("+")} & DEFECTS.keys()) == 2 for pair in pairs)


def test_a_pair_is_a_defect_only_within() -> None:
    """A pair is known under its name while it is under trial, and has the kills of both."""
    with paired(PAIR):
        assert set(DEFECTS[PAIR].kills) == {*DEFECTS[ONE].kills, *DEFECTS[OTHER].kills}

    assert PAIR not in DEFECTS


def test_a_kill_that_does_not_happen_is_masked() -> None:
    """A check that must fail on one defect and ends in an error beside the other is named with both."""
    kills = joined(PAIR).kills
    lost = DEFECTS[ONE].kills[0]
    outcomes = [
        CaseOutcome(check_id, "x::a", CaseKind.ERROR if check_id == lost else CaseKind.ASSERTION, "why")
        for check_id in kills
    ]
    found = measure([TrialResult(Job(PAIR, defect=PAIR), tuple(outcomes))], 1)

    assert [str(kill) for kill in found.masked] == [f"{OTHER} hides {ONE} from {lost}: error why"]
    assert found.share.part == found.share.whole - 1
    assert found.masked[0].reason
