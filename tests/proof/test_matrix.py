"""The kill matrix, from what was run to what it proves."""

from dataclasses import replace

from proof.matrix import Matrix, Trial, build
from proof.trial import Job, Kind, Outcome, Verdict

CONFORMING = Verdict(Job("quiet"), (Outcome("MKR-02", "x::crossing[NEWUSDT]", Kind.PASSED),))
DEFECT = "fills_post_only"
"""A defect that names MKR-02 among others."""
KILLABLE = "rules.CREATE.tick removed"
NOT_IN_FORCE = "rules.CREATE.post_only_price removed"
UNTRIED = "trade_stream.FRAME.args removed"


def _matrix(*said: Outcome, name: str = DEFECT) -> Matrix:
    return build(Trial((CONFORMING,), (Verdict(Job(name, defect=name), said),), (), {}, full=False))


def _mutated(name: str, *said: Outcome) -> Matrix:
    verdict = Verdict(Job(name, mutant=name), said)
    return build(Trial((CONFORMING,), (), (verdict,), {name: frozenset({"x::a"})}, full=False))


def _crossing(kind: Kind, said: str = "") -> Outcome:
    return Outcome("MKR-02", "x::crossing[NEWUSDT]", kind, said)


def test_the_best_making_of_a_check_counts() -> None:
    """A check of whose makings one is an error and one an assertion kills by the assertion."""
    matrix = _matrix(_crossing(Kind.ERROR), _crossing(Kind.ASSERTION, "it traded"), _crossing(Kind.PASSED))

    (row,) = matrix.rows
    assert row.said["MKR-02"].said == "it traded"
    assert matrix.checks == {"MKR-02": [DEFECT]}


def test_an_error_is_no_kill() -> None:
    """A check that could not come to an end has not caught the defect, and the rule says so."""
    matrix = _matrix(_crossing(Kind.ERROR, "Unanswered"))

    assert matrix.checks == {"MKR-02": []}
    assert f"{DEFECT} is killed by no check" in matrix.broken_rules
    assert f"{DEFECT} is not killed by MKR-02: error Unanswered" in matrix.broken_rules
    assert "MKR-02 kills no defect" in matrix.broken_rules


def test_a_wait_in_vain_needs_its_reason() -> None:
    """Silence breaks the rule for a defect that leaves something to be seen, and for no other."""
    shown = _matrix(_crossing(Kind.TIMEOUT, "no push"))
    hidden = _matrix(Outcome("PRM-08", "x::a", Kind.TIMEOUT, "no push"), name="swallows_orders")

    assert f"{DEFECT} is killed by MKR-02 only by a wait in vain: no push" in shown.broken_rules
    assert not any("PRM-08" in line for line in hidden.broken_rules)


def test_a_red_making_of_the_sound_venue_breaks_a_rule() -> None:
    """Each red making on the sound venue is named with its market."""
    red = replace(CONFORMING, outcomes=(_crossing(Kind.ASSERTION, "it traded"),))
    matrix = build(Trial((red,), (), (), {}, full=False))

    assert "the sound venue (quiet) fails x::crossing[NEWUSDT]: it traded" in matrix.broken_rules


def test_a_finding_about_a_library_breaks_no_rule() -> None:
    """What a client library does wrong on the sound venue is no fault of it."""
    found = Outcome("SDK-08", "x::test_ccxt_tells_an_open_outcome", Kind.ASSERTION, "ccxt says")
    matrix = build(Trial((replace(CONFORMING, outcomes=(found,)),), (), (), {}, full=False))

    assert not any("sound venue" in line for line in matrix.broken_rules)


def test_only_an_assertion_kills_a_mutant() -> None:
    """The share counts kills; a mutant that came to errors only is counted apart."""
    killed = _mutated(KILLABLE, _crossing(Kind.ASSERTION))
    error = _mutated(KILLABLE, _crossing(Kind.ERROR))

    assert (killed.share, len(killed.survivors)) == (1.0, 0)
    assert (error.share, [fate.is_error for fate in error.survivors]) == (0.0, [True])
    assert "1 only by errors" in error.totals()


def test_a_survivor_needs_a_reason() -> None:
    """A mutant that nothing notices and that nobody has explained breaks a rule."""
    matrix = _mutated(KILLABLE, _crossing(Kind.PASSED))

    assert f"the mutant {KILLABLE} survives without a reason" in matrix.broken_rules
    assert "only 0.0% of the mutants are killed" in matrix.broken_rules


def test_an_exempt_mutant_is_in_the_share_of_all() -> None:
    """A rule that is out of force lowers the share of all mutants, one that no check tries the other too."""
    exempt = _mutated(NOT_IN_FORCE)
    untried = _mutated(UNTRIED)

    assert (exempt.share, exempt.raw_share, exempt.judged) == (1.0, 0.0, [])
    assert (untried.share, untried.raw_share) == (0.0, 0.0)
