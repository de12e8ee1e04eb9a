"""The rules of the verdicts, one by one and as properties: of a case, of a check, of a run."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.expect import Owner
from fixtures.record.evidence import CallMessages
from reports.verdict.cause import Attribution
from reports.verdict.decide import (
    VERDICT_OF_PHASE,
    CaseDecision,
    CaseFacts,
    EndedPhase,
    PhaseEnd,
    Reason,
    RunFacts,
    Waived,
    Waiving,
    counts,
    may_be_not_applicable,
    may_be_waived,
    stands_against,
    verdict_of_case,
    verdict_of_check,
    verdict_of_run,
    worst,
)
from reports.verdict.results import (
    ONE_SIDED,
    WORST_FIRST,
    Check,
    Item,
    Library,
    Outcome,
    Result,
    RunVerdict,
    Verdict,
)
from reports.verdict.sentences import result_of, results
from tests.reports.made_up import ITEMS, PLAN, check, found_of, outcome, outcomes, waiver

SETUP, CALL, TEARDOWN = EndedPhase("setup"), EndedPhase("call"), EndedPhase("teardown")
ENOUGH, TOO_FEW = (CallMessages(0, 4, received, required=3) for received in (3, 1))
IN_FORCE, EXPIRED = Waived("2026-12-31", holds=True), Waived("2026-11-22", holds=False)
PASSED = (RunVerdict.READY, RunVerdict.READY_WITH_WAIVERS, RunVerdict.SMOKE_PASSED, *ONE_SIDED)
IDLE, USED = Library("ccxt", "4.5.90", traded=False), Library("ccxt", "4.5.90", traded=True)


def ended(when: str, end: PhaseEnd) -> EndedPhase:
    """A phase that ended like this, with a sentence that names both."""
    return EndedPhase(when, end, "" if end is PhaseEnd.COMPLETED else f"{when} {end}")


def rank(verdict: Verdict) -> int:
    """How good a verdict is; 0 is the worst."""
    return WORST_FIRST.index(verdict)


# A case


CASES: list[tuple[list[EndedPhase], Verdict, str]] = [
    ([SETUP, CALL, TEARDOWN], Verdict.PASS, ""),
    ([SETUP, ended("call", PhaseEnd.FAILED), TEARDOWN], Verdict.FAIL, "call failed"),
    ([SETUP, ended("call", PhaseEnd.REFUSED), TEARDOWN], Verdict.FAIL, "call refused"),
    ([SETUP, ended("call", PhaseEnd.MALFORMED), TEARDOWN], Verdict.FAIL, "call malformed"),
    ([SETUP, ended("call", PhaseEnd.BLOCKED), TEARDOWN], Verdict.BLOCKED, "call blocked"),
    ([SETUP, ended("call", PhaseEnd.SILENT), TEARDOWN], Verdict.BLOCKED, "call silent"),
    ([SETUP, ended("call", PhaseEnd.BROKEN), TEARDOWN], Verdict.ERROR, "call broken"),
    ([ended("setup", PhaseEnd.BLOCKED), TEARDOWN], Verdict.BLOCKED, "setup blocked"),
    ([ended("setup", PhaseEnd.SILENT), TEARDOWN], Verdict.BLOCKED, "setup silent"),
    ([ended("setup", PhaseEnd.FAILED), TEARDOWN], Verdict.ERROR, "setup failed"),
    ([ended("setup", PhaseEnd.REFUSED), TEARDOWN], Verdict.ERROR, "setup refused"),
    ([SETUP, CALL, ended("teardown", PhaseEnd.BLOCKED)], Verdict.ERROR, "teardown blocked"),
    ([SETUP, CALL, ended("teardown", PhaseEnd.SILENT)], Verdict.ERROR, "teardown silent"),
    ([ended("setup", PhaseEnd.SKIPPED), TEARDOWN], Verdict.BLOCKED, "setup skipped"),
    (
        [SETUP, ended("call", PhaseEnd.FAILED), ended("teardown", PhaseEnd.BROKEN)],
        Verdict.FAIL,
        "call failed",
    ),
    (
        [SETUP, ended("call", PhaseEnd.BLOCKED), ended("teardown", PhaseEnd.BROKEN)],
        Verdict.ERROR,
        "teardown broken",
    ),
    ([SETUP, CALL], Verdict.NOT_RUN, "the check did not finish"),
    ([SETUP], Verdict.NOT_RUN, "the check did not finish"),
    ([], Verdict.NOT_RUN, "the check did not finish"),
]


@pytest.mark.parametrize(("phases", "verdict", "sentence"), CASES)
def test_phases_become_a_verdict(phases: list[EndedPhase], verdict: Verdict, sentence: str) -> None:
    """The venue's fault is a FAIL, a missing prerequisite BLOCKED, all else an ERROR; the worst decides."""
    decision = verdict_of_case(CaseFacts(phases))

    assert (decision.verdict, decision.sentence) == (verdict, sentence)
    assert decision.phase == next((when for when in VERDICT_OF_PHASE if sentence.startswith(when)), "")


def test_only_a_declared_skip_is_not_applicable() -> None:
    """A skip is N/A with the reason that environments.yaml declares."""
    facts = CaseFacts([ended("setup", PhaseEnd.SKIPPED), TEARDOWN], "no trade stream")

    assert verdict_of_case(facts) == CaseDecision(Verdict.NOT_APPLICABLE, "no trade stream", "setup")


def test_a_call_that_received_too_little_is_blocked() -> None:
    """A call that completed on fewer messages than its check requires has observed nothing to pass on."""
    phases = [SETUP, CALL, TEARDOWN]

    assert verdict_of_case(CaseFacts(phases, messages=ENOUGH)).verdict is Verdict.PASS
    assert verdict_of_case(CaseFacts(phases, messages=TOO_FEW)) == CaseDecision(
        Verdict.BLOCKED, "received 1 message from the venue, expected at least 3", "call"
    )


@pytest.mark.parametrize("end", [PhaseEnd.FAILED, PhaseEnd.BROKEN])
def test_a_call_that_ended_otherwise_is_not_judged_by_its_messages(end: PhaseEnd) -> None:
    """What failed before the last message came has failed."""
    facts = CaseFacts([SETUP, ended("call", end), TEARDOWN], messages=TOO_FEW)

    assert verdict_of_case(facts) == verdict_of_case(replace(facts, messages=ENOUGH))


@pytest.mark.parametrize(("phases", "verdict", "sentence"), CASES)
def test_an_explained_failure_is_blocked(phases: list[EndedPhase], verdict: Verdict, sentence: str) -> None:
    """A library that met what our own client met is not judged; what passed or did not finish stays so."""
    decision = verdict_of_case(CaseFacts(phases, explained=True))

    assert decision.sentence == sentence
    assert decision.verdict is (verdict if verdict in {Verdict.PASS, Verdict.NOT_RUN} else Verdict.BLOCKED)


PHASES = st.tuples(*(st.builds(ended, st.just(when), st.sampled_from(PhaseEnd)) for when in VERDICT_OF_PHASE))
FACTS = st.builds(
    CaseFacts,
    PHASES.flatmap(lambda phases: st.integers(0, 3).map(lambda count: phases[:count])),
    st.none() | st.just("declared"),
    st.sampled_from([ENOUGH, TOO_FEW]),
    st.booleans(),
)


@given(FACTS)
def test_green_is_only_what_was_observed(facts: CaseFacts) -> None:
    """A case passes when all its phases completed and it received enough, and never otherwise."""
    is_whole = [(phase.when, phase.ended) for phase in facts.phases] == [
        (when, PhaseEnd.COMPLETED) for when in VERDICT_OF_PHASE
    ]

    assert (verdict_of_case(facts).verdict is Verdict.PASS) is (is_whole and facts.messages.suffice)


@given(FACTS)
def test_only_a_call_fails_and_only_a_declaration_exempts(facts: CaseFacts) -> None:
    """A FAIL comes of the call and is not explained; N/A is declared; a case is never WAIVED."""
    decision = verdict_of_case(facts)

    assert decision.verdict is not Verdict.WAIVED
    if decision.verdict is Verdict.FAIL:
        assert (decision.phase, facts.explained) == ("call", False)
    if decision.verdict is Verdict.NOT_APPLICABLE:
        assert decision.sentence == facts.not_applicable


@given(FACTS, st.integers(0, 2), st.sampled_from(PhaseEnd))
def test_a_phase_that_ended_worse_makes_no_case_pass(facts: CaseFacts, index: int, end: PhaseEnd) -> None:
    """Another end of one of its phases makes no case a PASS, unless that phase completed."""
    phases = [ended(phase.when, end) if place == index else phase for place, phase in enumerate(facts.phases)]
    changed = verdict_of_case(replace(facts, phases=phases)).verdict

    assert changed is not Verdict.PASS or end is PhaseEnd.COMPLETED or index >= len(phases)


# A check


MADE = st.lists(
    st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.WAIVED]), max_size=5
)


def made(verdicts: Sequence[Verdict], check_id: str = "MKR-01") -> list[Outcome]:
    """One case per verdict."""
    return [
        outcome(check_id, verdict, "" if verdict is Verdict.PASS else "it was seen") for verdict in verdicts
    ]


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.FAIL])
def test_failure_outranks_every_other_case(verdict: Verdict) -> None:
    """A check that failed once has failed."""
    assert worst([verdict, Verdict.FAIL, verdict]) is Verdict.FAIL


def test_check_without_cases_is_not_run() -> None:
    """A planned check that was not run is NOT RUN, and so is one that was never collected."""
    assert verdict_of_check(check("MKR-01"), [], None).verdict is Verdict.NOT_RUN
    assert verdict_of_check(Check("MKR-99"), [], None).verdict is Verdict.NOT_RUN


def test_declared_exception_does_not_spoil_a_pass() -> None:
    """A check that passed over REST and does not apply to the trade stream passed."""
    cases = made([Verdict.PASS, Verdict.NOT_APPLICABLE])

    assert verdict_of_check(check("MKR-01", cases=2), cases, None).verdict is Verdict.PASS


WAIVERS = [
    (Verdict.FAIL, IN_FORCE, Verdict.WAIVED, Waiving.WAIVES),
    (Verdict.FAIL, EXPIRED, Verdict.FAIL, Waiving.HAS_EXPIRED),
    (Verdict.FAIL, None, Verdict.FAIL, Waiving.NOTHING),
    (Verdict.PASS, IN_FORCE, Verdict.FAIL, Waiving.IS_VOID),
    (Verdict.PASS, EXPIRED, Verdict.FAIL, Waiving.IS_VOID),
    (Verdict.BLOCKED, IN_FORCE, Verdict.BLOCKED, Waiving.NOTHING),
    (Verdict.ERROR, IN_FORCE, Verdict.ERROR, Waiving.NOTHING),
    (Verdict.NOT_RUN, IN_FORCE, Verdict.NOT_RUN, Waiving.NOTHING),
    (Verdict.NOT_APPLICABLE, IN_FORCE, Verdict.NOT_APPLICABLE, Waiving.NOTHING),
]


@pytest.mark.parametrize(("seen", "waived", "verdict", "waiving"), WAIVERS)
def test_waiver_excuses_only_a_failure_in_time(
    seen: Verdict, waived: Waived | None, verdict: Verdict, waiving: Waiving
) -> None:
    """A FAIL is waived until the last day; a PASS under a waiver is a FAIL; nothing else changes."""
    decision = verdict_of_check(check("MKR-01"), made([seen]), waived)

    assert (decision.verdict, decision.waiving) == (verdict, waiving)


@pytest.mark.parametrize(
    ("severity", "exempt", "library", "may_be_na", "waivable"),
    [
        ("blocker", False, None, False, False),
        ("blocker", True, None, True, False),
        ("blocker", False, IDLE, True, False),
        ("blocker", False, USED, False, False),
        ("major", False, None, True, True),
        ("minor", False, None, True, True),
    ],
)
def test_blocker_is_neither_waived_nor_declared_away(
    severity: str,
    exempt: bool,  # noqa: FBT001 - a column of the table
    library: Library | None,
    may_be_na: bool,  # noqa: FBT001 - a column of the table
    waivable: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A blocker may be N/A where the requirement set says so, or where nobody trades through its library."""
    planned = Check("MKR-02", severity=severity, exempt=exempt, library=library)

    assert (may_be_not_applicable(planned), may_be_waived(planned)) == (may_be_na, waivable)
    assert counts(planned) is (library is not IDLE)


def test_failure_of_a_library_deviates_unless_a_listing_uses_it() -> None:
    """Only the library that a listing uses can fail it; a pass never deviates, nor does a void waiver."""
    failed, passed = [outcome("SDK-01", Verdict.FAIL, "it sends 1e-05")], [outcome("SDK-01")]
    idle, used = (Check("SDK-01", library=library) for library in (IDLE, USED))

    assert verdict_of_check(idle, failed, None).deviates
    assert not verdict_of_check(used, failed, None).deviates
    assert not verdict_of_check(Check("MKR-01"), failed, None).deviates
    assert not verdict_of_check(idle, passed, None).deviates
    assert not verdict_of_check(idle, passed, IN_FORCE).deviates


def test_a_check_that_library_and_venue_broke_is_the_venues() -> None:
    """What counts for every listing decides and is shown first; the library alone would only deviate."""
    of_library, of_venue = (
        outcome("SDK-03", Verdict.FAIL, str(owner), attribution=Attribution(owner, None, None))
        for owner in (Owner.LIBRARY, Owner.VENUE)
    )
    idle = Check("SDK-03", cases=2, library=IDLE)

    both = verdict_of_check(idle, [of_library, of_venue], None)

    assert (both.deciding, both.deviates) == ((of_venue, of_library), False)
    assert verdict_of_check(replace(idle, cases=1), [of_library], None).deviates


@given(MADE, st.integers(0, 6))
def test_a_check_is_as_good_as_its_worst_case(verdicts: list[Verdict], planned: int) -> None:
    """No check is better than one of its cases, and none passes while a planned case is missing."""
    decision = verdict_of_check(check("MKR-01", cases=planned), made(verdicts), None)

    assert all(rank(decision.verdict) <= rank(verdict) for verdict in verdicts)
    assert len(verdicts) >= max(planned, 1) or decision.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE}


@given(MADE.filter(bool), st.sampled_from([None, IN_FORCE, EXPIRED]))
def test_another_pass_makes_no_check_better(verdicts: list[Verdict], waived: Waived | None) -> None:
    """Repeating a case until it passes excuses nothing."""
    planned = check("MKR-01", cases=len(verdicts))
    before = verdict_of_check(planned, made(verdicts), waived).verdict
    after = verdict_of_check(planned, made([*verdicts, Verdict.PASS]), waived).verdict

    assert rank(after) <= rank(before)


# A run


RULES: list[tuple[dict[str, Verdict], RunFacts, RunVerdict, Reason]] = [
    ({}, RunFacts(client=None, no_open_orders=True), RunVerdict.VENUE_READY, Reason.CLIENT_NOT_TESTED),
    (
        {},
        RunFacts(client="bot", venue=False, no_open_orders=True),
        RunVerdict.CLIENT_READY,
        Reason.VENUE_NOT_RUN,
    ),
    (
        {"MKR": Verdict.WAIVED},
        RunFacts(client=None, no_open_orders=True),
        RunVerdict.VENUE_READY,
        Reason.CLIENT_NOT_TESTED,
    ),
    (
        {},
        RunFacts(client=None, no_open_orders=True, profile="smoke"),
        RunVerdict.SMOKE_PASSED,
        Reason.PASSED,
    ),
    ({}, RunFacts(client="bot", no_open_orders=True), RunVerdict.READY, Reason.PASSED),
    (
        {"MKR": Verdict.WAIVED},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.READY_WITH_WAIVERS,
        Reason.PASSED,
    ),
    (
        {},
        RunFacts(client="bot", no_open_orders=True, profile="smoke"),
        RunVerdict.SMOKE_PASSED,
        Reason.PASSED,
    ),
    (
        {"MKR": Verdict.WAIVED},
        RunFacts(client="bot", no_open_orders=True, profile="smoke"),
        RunVerdict.SMOKE_PASSED,
        Reason.PASSED,
    ),
    ({"MKR": Verdict.FAIL}, RunFacts(client=None, no_open_orders=True), RunVerdict.NOT_READY, Reason.FAILED),
    (
        {"MKR": Verdict.FAIL, "VIS": Verdict.ERROR},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.NOT_READY,
        Reason.FAILED,
    ),
    (
        {"MKR": Verdict.FAIL},
        RunFacts(client="bot", no_open_orders=True, profile="smoke"),
        RunVerdict.NOT_READY,
        Reason.FAILED,
    ),
    (
        {"MKR": Verdict.FAIL},
        RunFacts(client="bot", no_open_orders=False),
        RunVerdict.NOT_READY,
        Reason.FAILED,
    ),
    (
        {"MKR": Verdict.FAIL},
        RunFacts(client="bot", no_open_orders=None, filtered="x"),
        RunVerdict.NOT_READY,
        Reason.FAILED,
    ),
    (
        {"MKR": Verdict.FAIL},
        RunFacts(client="bot", no_open_orders=True, interrupted="Ctrl-C"),
        RunVerdict.INCOMPLETE,
        Reason.INTERRUPTED,
    ),
    (
        {"MKR": Verdict.FAIL},
        RunFacts(client="bot", no_open_orders=True, leaks=("a.txt",)),
        RunVerdict.INCOMPLETE,
        Reason.LEAKED,
    ),
    (
        {},
        RunFacts(client="bot", no_open_orders=True, interrupted="Ctrl-C", leaks=("a.txt",)),
        RunVerdict.INCOMPLETE,
        Reason.LEAKED,
    ),
    (
        {},
        RunFacts(client="bot", no_open_orders=True, interrupted="Ctrl-C"),
        RunVerdict.INCOMPLETE,
        Reason.INTERRUPTED,
    ),
    (
        {"MKR": Verdict.BLOCKED},
        RunFacts(client="bot", no_open_orders=False),
        RunVerdict.INCOMPLETE,
        Reason.ORDERS_OPEN,
    ),
    (
        {"MKR": Verdict.NOT_RUN},
        RunFacts(client="bot", no_open_orders=True, filtered="x"),
        RunVerdict.INCOMPLETE,
        Reason.SELECTED,
    ),
    (
        {"MKR": Verdict.NOT_RUN},
        RunFacts(client="bot", no_open_orders=True, deselected="x"),
        RunVerdict.INCOMPLETE,
        Reason.NOT_COLLECTED,
    ),
    (
        {"MKR": Verdict.BLOCKED},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.INCOMPLETE,
        Reason.INCONCLUSIVE,
    ),
    (
        {"MKR": Verdict.ERROR},
        RunFacts(client="bot", no_open_orders=None),
        RunVerdict.INCOMPLETE,
        Reason.INCONCLUSIVE,
    ),
    (
        {"MKR": Verdict.NOT_RUN},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.INCOMPLETE,
        Reason.INCONCLUSIVE,
    ),
    (
        {"MKR": Verdict.WAIVED, "VIS": Verdict.NOT_RUN},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.INCOMPLETE,
        Reason.INCONCLUSIVE,
    ),
    (
        {"MKR": Verdict.BLOCKED},
        RunFacts(client="bot", no_open_orders=True, profile="smoke"),
        RunVerdict.INCOMPLETE,
        Reason.INCONCLUSIVE,
    ),
    (
        {"MKR": Verdict.NOT_APPLICABLE},
        RunFacts(client="bot", no_open_orders=True),
        RunVerdict.INCOMPLETE,
        Reason.NOTHING_PASSED,
    ),
    ({}, RunFacts(client="bot", no_open_orders=None), RunVerdict.INCOMPLETE, Reason.UNCONFIRMED),
    (
        {},
        RunFacts(client="bot", no_open_orders=None, profile="smoke"),
        RunVerdict.INCOMPLETE,
        Reason.UNCONFIRMED,
    ),
]


@pytest.mark.parametrize(("verdicts", "facts", "verdict", "reason"), RULES)
def test_the_first_rule_that_applies_decides_a_run(
    verdicts: dict[str, Verdict], facts: RunFacts, verdict: RunVerdict, reason: Reason
) -> None:
    """A leak outranks an interruption, that a failure, that whatever leaves the run incomplete."""
    decision = verdict_of_run(found_of(outcomes(**verdicts)), ITEMS, facts)

    assert (decision.verdict, decision.reason) == (verdict, reason)


def test_exit_codes_are_those_of_the_readme() -> None:
    """0: it passed; 1: it failed; 2: it could not be judged; 5: it passed on one side only."""
    assert [verdict.exit_code for verdict in RunVerdict] == [0, 0, 5, 5, 0, 1, 2]


@pytest.mark.parametrize(
    ("severity", "exempt", "verdict"),
    [
        ("blocker", False, RunVerdict.INCOMPLETE),
        ("blocker", True, RunVerdict.READY),
        ("major", False, RunVerdict.READY),
    ],
)
def test_blocker_cannot_be_declared_away(severity: str, exempt: bool, verdict: RunVerdict) -> None:  # noqa: FBT001 - a column of the table
    """A blocker that is N/A leaves a run INCOMPLETE, unless the requirement set exempts it."""
    away = replace(check("MKR-02", severity), exempt=exempt)
    items = [replace(item, checks=(*item.checks, "MKR-02")) if item.number == 3 else item for item in ITEMS]
    cases = (*outcomes(), outcome("MKR-02", Verdict.NOT_APPLICABLE, "nobody quotes"))

    decision = verdict_of_run(
        results((*PLAN, away), items, cases, {}), items, RunFacts(client="bot", no_open_orders=True)
    )

    assert decision.verdict is verdict
    assert decision.reason is (Reason.PASSED if verdict is RunVerdict.READY else Reason.MUST_APPLY)


@pytest.mark.parametrize(
    ("library", "seen", "verdict"),
    [
        (IDLE, Verdict.FAIL, RunVerdict.READY),
        (USED, Verdict.FAIL, RunVerdict.NOT_READY),
        (IDLE, Verdict.ERROR, RunVerdict.INCOMPLETE),
        (IDLE, Verdict.NOT_APPLICABLE, RunVerdict.READY),
        (USED, Verdict.NOT_APPLICABLE, RunVerdict.INCOMPLETE),
    ],
)
def test_library_counts_for_the_listing_that_uses_it(
    library: Library, seen: Verdict, verdict: RunVerdict
) -> None:
    """For the others its failures deviate and its item needs no PASS; what was not observed is not green."""
    items = (*ITEMS, Item(5, "Client libraries", "Tips.", ("SDK-01",)))
    plan = (*PLAN, replace(check("SDK-01"), library=library))
    cases = (*outcomes(), outcome("SDK-01", seen, "it sends 1e-05"))

    assert (
        verdict_of_run(
            results(plan, items, cases, {}), items, RunFacts(client="bot", no_open_orders=True)
        ).verdict
        is verdict
    )


def test_void_waiver_keeps_a_run_from_ready() -> None:
    """A waiver whose check passes counts as a failure."""
    decision = verdict_of_run(
        found_of(outcomes(), (waiver("MKR-01"),)), ITEMS, RunFacts(client="bot", no_open_orders=True)
    )

    assert (decision.verdict, [result.id for result in decision.checks]) == (RunVerdict.NOT_READY, ["MKR-01"])


def result(check_id: str, severity: str, verdicts: Sequence[Verdict], waived: Waived | None) -> Result:
    """A check of an item with these cases; a blocker that may not be N/A."""
    planned = replace(check(check_id, severity), exempt=False)
    return result_of(planned, 3, made(verdicts, check_id), waived if may_be_waived(planned) else None)


RESULTS = st.lists(
    st.builds(
        result,
        st.sampled_from(["MKR-01", "MKR-02"]),
        st.sampled_from(["blocker", "major"]),
        MADE,
        st.sampled_from([None, None, IN_FORCE, EXPIRED]),
    ),
    max_size=4,
)
TEXT = st.none() | st.just("x")
ENDINGS = st.builds(
    RunFacts,
    client=TEXT,
    venue=st.booleans(),
    no_open_orders=st.sampled_from([True, True, False, None]),
    interrupted=TEXT,
    filtered=TEXT,
    deselected=TEXT,
    leaks=st.sampled_from([(), (), ("notes.txt",)]),
    profile=TEXT,
)
MAKER = (ITEMS[2],)


@given(RESULTS, ENDINGS)
def test_no_run_passes_with_what_stands_against_it(found: list[Result], facts: RunFacts) -> None:
    """A run that passed has no failure that counts, nothing inconclusive, no blocker declared away."""
    decision = verdict_of_run(found, MAKER, facts)

    if decision.verdict in PASSED:
        assert not any(stands_against(result.verdict, deviates=result.deviates) for result in found)
        assert not any(
            result.verdict is Verdict.NOT_APPLICABLE and result.check.severity == "blocker"
            for result in found
        )
        assert facts.no_open_orders is True
        assert (facts.interrupted, facts.filtered, facts.deselected, facts.leaks) == (None, None, None, ())
        assert (decision.verdict is RunVerdict.SMOKE_PASSED) is (facts.profile is not None)
    if decision.verdict is RunVerdict.NOT_READY:
        assert Verdict.FAIL in {result.verdict for result in found}


@given(RESULTS, ENDINGS)
def test_ready_is_about_both_sides_and_without_waivers(found: list[Result], facts: RunFacts) -> None:
    """READY means that venue and order client were tested, and that nothing had to be waived."""
    verdict = verdict_of_run(found, MAKER, facts).verdict

    if verdict in {RunVerdict.READY, RunVerdict.READY_WITH_WAIVERS}:
        assert facts.venue
        assert facts.client is not None
    if verdict is RunVerdict.READY:
        assert Verdict.WAIVED not in {result.verdict for result in found}


@given(RESULTS, ENDINGS, st.data())
def test_a_case_that_ended_worse_makes_no_run_pass(
    found: list[Result], facts: RunFacts, data: st.DataObject
) -> None:
    """From case to check to run: a PASS that turns into anything else lets no run pass that did not.

    Waivers are not applied: with one a FAIL counts as better than a PASS, which is their purpose.
    """
    plain = [result_of(result.check, 3, result.outcomes) for result in found]
    index = data.draw(st.integers(0, max(len(plain) - 1, 0)))
    invalid = data.draw(st.sampled_from([Verdict.FAIL, Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN]))
    worse = [
        result_of(result.check, 3, [_worse(case, invalid) for case in result.outcomes])
        if place == index
        else result
        for place, result in enumerate(plain)
    ]
    before, after = (verdict_of_run(each, MAKER, facts).verdict for each in (plain, worse))

    assert before in PASSED or after not in PASSED


def _worse(case: Outcome, verdict: Verdict) -> Outcome:
    return replace(case, verdict=verdict) if case.verdict is Verdict.PASS else case
