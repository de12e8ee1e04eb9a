"""Planning runs on legal variants, and finding the variant that raises a false alarm."""

from fixtures.venue.variants import VARIANTS
from proof.legal_variants import GROUP, FalseAlarm, Plan, alarms, blamed, groups, halves
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult

PASSED = CaseOutcome("A-01", "x::one", CaseKind.PASSED)
FAILED = CaseOutcome(
    "A-01", "x::one", CaseKind.ASSERTION, "price (evidence #7 during MKR-02): expected 1, got 2"
)
SKIPPED = CaseOutcome("A-01", "x::two", CaseKind.SKIPPED)


def test_every_variant_is_in_one_run() -> None:
    """The runs of a plan hold every variant once, and two of one run change different things."""
    made = groups(Plan(seed=3).chosen())

    assert sorted(name for group in made for name in group) == list(VARIANTS)
    for group in made:
        touched = [what for name in group for what in VARIANTS[name].touches]
        assert len(group) <= GROUP
        assert len(touched) == len(set(touched))


def test_a_plan_follows_from_its_seed() -> None:
    """One seed gives one sample, another gives another, and a pattern chooses a family."""
    assert (
        Plan(seed=1, sample=9).chosen() == Plan(seed=1, sample=9).chosen() != Plan(seed=2, sample=9).chosen()
    )
    assert set(Plan(names=["acks.*"]).chosen()) == {name for name in VARIANTS if name.startswith("acks.")}


def test_what_does_not_pass_as_it_does_elsewhere_is_an_alarm() -> None:
    """A case that fails or is skipped is an alarm where it passes on the conforming venue."""
    result = TrialResult(Job("run", variants=("a",)), (FAILED, SKIPPED))

    assert [x.outcome for x in alarms(result, frozenset({"x::one", "x::two"}))] == [FAILED, SKIPPED]
    assert alarms(result, frozenset()) == []


def test_a_run_is_halved_with_what_its_check_names() -> None:
    """Each half is tried with the check that failed and the one that was running then."""
    first, second = halves([FalseAlarm(("a", "b", "c"), FAILED)])

    assert (first.variants, second.variants) == (("a",), ("b", "c"))
    assert first.checks == frozenset({"A-01", "MKR-02"})
    assert list(halves([FalseAlarm(("a",), FAILED)])) == []


def test_an_alarm_names_the_fewest_variants() -> None:
    """A half that raises the alarm stands for its run; where no half does, the run itself is named."""
    whole, half = FalseAlarm(("a", "b"), FAILED), FalseAlarm(("b",), FAILED)
    alone = FalseAlarm(("c", "d"), FAILED)

    assert blamed([whole, alone], [half]) == [alone, half]
