"""From the results of a campaign to the kill matrix."""

from dataclasses import replace

from proof.expected_kills import EXPECTED_KILLS
from proof.matrix import CampaignResults, Matrix, build
from proof.trial import CaseKind, CaseOutcome, Job, TrialResult

CONFORMING = TrialResult(Job("quiet"), (CaseOutcome("MKR-02", "x::crossing[NEWUSDT]", CaseKind.PASSED),))
DEFECT = "fills_post_only"
"""A defect that names MKR-02 among others."""
KILLABLE = "order_rules.CREATE.tick removed"
NOT_IN_FORCE = "order_rules.CREATE.post_only_price removed"
UNTRIED = "trade.FRAME.args removed"


def _matrix(*outcomes: CaseOutcome, name: str = DEFECT) -> Matrix:
    return build(
        CampaignResults((CONFORMING,), (TrialResult(Job(name, defect=name), outcomes),), (), {}, full=False)
    )


def _mutated(name: str, *outcomes: CaseOutcome) -> Matrix:
    result = TrialResult(Job(name, mutant=name), outcomes)
    return build(CampaignResults((CONFORMING,), (), (result,), {name: frozenset({"x::a"})}, full=False))


def _crossing(kind: CaseKind, message: str = "") -> CaseOutcome:
    return CaseOutcome("MKR-02", "x::crossing[NEWUSDT]", kind, message)


def test_the_best_case_of_a_check_counts() -> None:
    """A check of which one case ends in an error and one in an assertion kills by the assertion."""
    matrix = _matrix(
        _crossing(CaseKind.ERROR), _crossing(CaseKind.ASSERTION, "it traded"), _crossing(CaseKind.PASSED)
    )

    (row,) = matrix.rows
    assert row.outcomes["MKR-02"].message == "it traded"
    assert matrix.checks == {"MKR-02": [DEFECT]}


def test_an_error_is_no_kill() -> None:
    """A check that ended in an error has not caught the defect, and each rule that this breaks is named."""
    matrix = _matrix(_crossing(CaseKind.ERROR, "Unanswered"))

    assert matrix.checks == {"MKR-02": []}
    assert f"{DEFECT} is killed by no check" in matrix.broken_rules
    assert f"{DEFECT} is not killed by MKR-02: error Unanswered" in matrix.broken_rules
    assert "MKR-02 kills no defect" in matrix.broken_rules


def test_a_timeout_needs_its_reason() -> None:
    """A timeout breaks a rule unless the defect declares why nothing else can be seen."""
    shown = _matrix(_crossing(CaseKind.TIMED_OUT, "no push"))
    hidden = _matrix(
        CaseOutcome(EXPECTED_KILLS["swallows_orders"][0], "x::a", CaseKind.TIMED_OUT, "no push"),
        name="swallows_orders",
    )

    assert f"{DEFECT} is killed by MKR-02 only by a timeout: no push" in shown.broken_rules
    assert not any("no push" in line for line in hidden.broken_rules)


def test_a_red_case_on_the_conforming_venue_breaks_a_rule() -> None:
    """Each red case on the conforming venue is named with its market."""
    red = replace(CONFORMING, outcomes=(_crossing(CaseKind.ASSERTION, "it traded"),))
    matrix = build(CampaignResults((red,), (), (), {}, full=False))

    assert "the conforming venue (quiet) fails x::crossing[NEWUSDT]: it traded" in matrix.broken_rules


def test_a_finding_about_a_library_breaks_no_rule() -> None:
    """What a client library does wrong on the conforming venue is no fault of the venue."""
    found = CaseOutcome(
        "SDK-08.02", "x::test_ccxt_reports_an_open_outcome[10016]", CaseKind.ASSERTION, "ccxt says"
    )
    matrix = build(CampaignResults((replace(CONFORMING, outcomes=(found,)),), (), (), {}, full=False))

    assert not any("conforming venue" in line for line in matrix.broken_rules)


def test_only_an_assertion_kills_a_mutant() -> None:
    """The score counts kills; a mutant that ended in errors only is counted apart."""
    killed = _mutated(KILLABLE, _crossing(CaseKind.ASSERTION))
    error = _mutated(KILLABLE, _crossing(CaseKind.ERROR))

    assert (killed.score, len(killed.survivors)) == (1.0, 0)
    assert (error.score, [mutant.is_error for mutant in error.survivors]) == (0.0, [True])
    assert "1 only by errors" in error.totals()


def test_a_survivor_needs_a_reason() -> None:
    """A mutant that survives and has no reason breaks a rule, and so does a low score."""
    matrix = _mutated(KILLABLE, _crossing(CaseKind.PASSED))

    assert f"the mutant {KILLABLE} survives without a reason" in matrix.broken_rules
    assert "the mutation score is 0.0%, expected at least 95%" in matrix.broken_rules


def test_an_exempt_mutant_lowers_the_raw_score_only() -> None:
    """An exempt mutant lowers the score of all mutants; one that no case reaches lowers the other too."""
    exempt = _mutated(NOT_IN_FORCE)
    untried = _mutated(UNTRIED)

    assert (exempt.score, exempt.raw_score, exempt.judged) == (1.0, 0.0, [])
    assert (untried.score, untried.raw_score) == (0.0, 0.0)
