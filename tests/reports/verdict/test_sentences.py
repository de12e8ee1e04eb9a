"""The sentences that say why a check and a run came to their verdicts."""

from dataclasses import replace

import pytest

from fixtures.expect import Owner
from reports.verdict.cause import Attribution
from reports.verdict.decide import Reason, RunFacts, Waived
from reports.verdict.results import Check, Item, Library, Outcome, Verdict
from reports.verdict.sentences import conclude, result_of, results
from tests.reports.made_up import ITEMS, PLAN, check, found_of, outcome, outcomes, waiver

CLEAN = RunFacts(client="bot", no_open_orders=True)
IDLE = Library("ccxt", "4.5.90", traded=False)


# Checks


def test_check_that_was_not_run_says_so() -> None:
    """A check without a case, one with too few of them, one that was never collected."""
    assert result_of(check("MKR-01"), 3, []).sentence == "the check did not run"
    assert result_of(check("MKR-01", cases=4), 3, [outcome("MKR-01")] * 2).sentence == "2 of 4 cases were run"
    assert result_of(Check("MKR-99"), 3, []).title == "Not loaded in this run."


def test_results_stand_in_the_order_of_the_items() -> None:
    """What was checked beyond the checklist comes last."""
    plan = (check("SDK-01"), *PLAN)

    found = results(plan, ITEMS, [outcome(planned.id) for planned in plan], {})

    assert [result.item for result in found] == [1, 2, 3, 4, 0]


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ((("NEWUSDT", "a"), ("XRPUSDT", "")), "NEWUSDT: a"),
        ((("NEWUSDT", ""), ("XRPUSDT", "b")), "XRPUSDT: b"),
        ((("NEWUSDT", "a"), ("XRPUSDT", "b")), "NEWUSDT (and XRPUSDT): a"),
        ((("NEWUSDT", "a"), ("XRPUSDT", "a")), "a"),
        ((("", "a"),), "a"),
    ],
)
def test_sentence_names_the_listings_that_it_is_about(
    made: tuple[tuple[str, str], ...], sentence: str
) -> None:
    """With several listings under test; what holds word for word for each of them names none."""
    cases = [
        outcome("MKR-01", Verdict.FAIL if seen else Verdict.PASS, seen, parameters={"symbol": symbol})
        for symbol, seen in made
    ]

    assert result_of(check("MKR-01", cases=len(made)), 3, cases, several=True).sentence == sentence
    assert result_of(check("MKR-01", cases=len(made)), 3, cases).sentence in {"a", "b"}


def test_one_listing_under_test_is_not_named() -> None:
    """Where there is only one, everything is about it."""
    (found,) = results(PLAN[:1], ITEMS, [outcome("VIS-01", Verdict.FAIL, "a")], {})
    several = results(
        PLAN[:2],
        ITEMS,
        [
            outcome("VIS-01", Verdict.FAIL, "a", parameters={"symbol": "NEWUSDT"}),
            outcome("PRM-01", parameters={"symbol": "XRPUSDT"}),
        ],
        {},
    )

    assert (found.sentence, several[0].sentence) == ("a", "a")


def test_sentence_is_of_the_venue_before_a_library() -> None:
    """A check that failed for both shows the failure that counts for every listing."""
    of_library, of_venue = (Attribution(owner, None, None) for owner in (Owner.LIBRARY, Owner.VENUE))
    made = [
        outcome("SDK-03", Verdict.FAIL, "ccxt sent no key", attribution=of_library),
        outcome("SDK-03", Verdict.FAIL, "the venue does not return it", attribution=of_venue),
    ]

    both = result_of(Check("SDK-03", cases=2, library=IDLE), 5, made)

    assert (both.sentence, both.deviates) == ("the venue does not return it", False)


def test_waiver_that_does_not_help_is_named() -> None:
    """An expired waiver says since when, a void one what to do; a waiver of another check changes nothing."""
    failed, passed = [outcome("MKR-01", Verdict.FAIL, "it was seen")], [outcome("MKR-01")]
    expired = Waived("2026-11-22", holds=False)

    assert result_of(check("MKR-01"), 3, failed, expired).sentence == (
        "it was seen (its waiver expired on 2026-11-22)"
    )
    assert result_of(check("MKR-01"), 3, passed, expired).sentence == (
        "the waiver of MKR-01 is void because the check passed: remove it from waivers.yaml"
    )
    assert found_of(outcomes(MKR=Verdict.FAIL), (waiver("VIS-01"),))[2].verdict is Verdict.FAIL


# The run


ENDINGS: list[tuple[RunFacts, str]] = [
    (CLEAN, "4 of 4 checks passed."),
    (RunFacts(client="bot", no_open_orders=None), "Could not confirm that no orders remain open."),
    (RunFacts(client="bot", no_open_orders=False), "Orders of this run are still open."),
    (
        RunFacts(client="bot", no_open_orders=True, filtered="checks/a.py::b"),
        "Only a selection was run (checks/a.py::b), which is no sign-off.",
    ),
    (
        RunFacts(client="bot", no_open_orders=True, deselected="test_a.py::test_b"),
        "Checks were not loaded: test_a.py::test_b.",
    ),
    (
        RunFacts(client="bot", no_open_orders=True, leaks=("notes.txt",)),
        "A secret was found in notes.txt: do not hand over this run.",
    ),
    (
        RunFacts(client="bot", no_open_orders=True, profile="smoke"),
        "4 of 4 checks passed. A smoke run is no sign-off.",
    ),
    (
        RunFacts(client=None, no_open_orders=True),
        "READY for the venue side; the order client was not tested. 4 of 4 checks passed.",
    ),
    (
        RunFacts(client="bot", venue=False, no_open_orders=True),
        "READY for the order client bot; the venue side was not run. 4 of 4 checks passed.",
    ),
]


@pytest.mark.parametrize(("facts", "sentence"), ENDINGS)
def test_run_says_what_it_lacks(facts: RunFacts, sentence: str) -> None:
    """Each reason has its sentence."""
    assert conclude(found_of(outcomes()), ITEMS, facts).sentence == sentence


def test_every_reason_has_a_sentence() -> None:
    """Whatever decides a run, its sentence says so."""
    made = {
        Reason.FAILED: outcomes(MKR=Verdict.FAIL),
        Reason.INCONCLUSIVE: outcomes(MKR=Verdict.ERROR, VIS=Verdict.BLOCKED),
        Reason.NOTHING_PASSED: outcomes(MKR=Verdict.NOT_APPLICABLE),
    }

    sentences = {reason: conclude(found_of(cases), ITEMS, CLEAN).sentence for reason, cases in made.items()}

    assert sentences == {
        Reason.FAILED: "MKR-01 failed: it was seen.",
        Reason.INCONCLUSIVE: "2 checks are inconclusive, first MKR-01 (ERROR): it was seen.",
        Reason.NOTHING_PASSED: "No check of item 3, “Item 3”, passed.",
    }
    assert conclude(found_of(outcomes(MKR=Verdict.NOT_RUN)), ITEMS, CLEAN).sentence == (
        "1 check is inconclusive, first MKR-01 (NOT RUN): it was seen."
    )


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (("MKR-02",), "MKR-02 is a blocker and may not be N/A here: remove it from not_applicable."),
        (
            ("MKR-02", "MKR-03"),
            "MKR-02, MKR-03 are blockers and may not be N/A here: remove them from not_applicable.",
        ),
    ],
)
def test_blocker_that_was_declared_away_is_named(ids: tuple[str, ...], sentence: str) -> None:
    """The sentence says which, and what to do."""
    away = tuple(replace(check(check_id), exempt=False) for check_id in ids)
    made = (*outcomes(), *(outcome(check_id, Verdict.NOT_APPLICABLE, "nobody quotes") for check_id in ids))

    assert conclude(results((*PLAN, *away), ITEMS, made, {}), ITEMS, CLEAN).sentence == sentence


def test_what_did_not_pass_in_a_run_that_did_is_counted_and_named() -> None:
    """Waived, not applicable, deviating: each with its ids."""
    items = (*ITEMS, Item(5, "Client libraries", "Tips.", ("SDK-01",)))
    plan = (*PLAN, check("MKR-02", "minor"), replace(check("SDK-01"), library=IDLE))
    made = (
        *outcomes(VIS=Verdict.FAIL),
        outcome("MKR-02", Verdict.NOT_APPLICABLE, "no taker"),
        outcome("SDK-01", Verdict.FAIL, "it sends 1e-05"),
    )

    found = results(plan, items, made, {"VIS-01": Waived("2026-12-31", holds=True)})

    assert conclude(found, items, CLEAN).sentence == (
        "3 of 6 checks passed, 1 waived (VIS-01), 1 not applicable (MKR-02), "
        "1 deviating in a client library that no listing uses (SDK-01)."
    )


def test_selection_is_named_before_what_it_omitted() -> None:
    """A selection is named, not the checks that did not run."""
    facts = RunFacts(client="bot", no_open_orders=True, filtered="checks/a.py::b")

    sentence = conclude(found_of(outcomes(VIS=Verdict.NOT_RUN)), ITEMS, facts).sentence

    assert sentence == "Only a selection was run (checks/a.py::b), which is no sign-off."


@pytest.mark.parametrize(
    ("failed", "more"), [(1, ""), (2, " 1 more check failed."), (3, " 2 more checks failed.")]
)
def test_sentence_of_not_ready_is_of_the_most_severe(failed: int, more: str) -> None:
    """NOT READY names the check and what was seen, the most severe first, and counts the others."""
    plan = (check("MKR-01", "minor"), check("MKR-03", "major"), check("MKR-02"))[-failed:]
    made = [
        outcome("MKR-01", Verdict.FAIL, "a minor thing"),
        outcome("MKR-03", Verdict.FAIL, "a major thing"),
        outcome("MKR-02", Verdict.FAIL, "executed 20 @ 0.2501 although PostOnly"),
    ][-failed:]

    sentence = conclude(results(plan, ITEMS, made, {}), ITEMS, CLEAN).sentence

    assert sentence == f"MKR-02 failed: executed 20 @ 0.2501 although PostOnly.{more}"


def test_wrong_key_leads_the_sentence() -> None:
    """PRM-01 and PRM-02 explain the rest, so they come before more severe failures."""
    plan = (check("MKR-01"), check("PRM-02", "minor"), check("VIS-01"))
    made = [outcome(planned.id, Verdict.FAIL, "it was seen") for planned in plan]

    sentence = conclude(results(plan, ITEMS, made, {}), ITEMS, CLEAN).sentence

    assert sentence.startswith("PRM-02 failed: ")


def test_equally_severe_failures_keep_the_order_of_the_plan() -> None:
    """The first of the plan is named first."""
    made = outcomes(MKR=Verdict.FAIL, VIS=Verdict.FAIL)

    assert conclude(found_of(made), ITEMS, CLEAN).sentence.startswith("VIS-01 failed: ")


@pytest.mark.parametrize(
    ("made", "had_failed"),
    [
        (outcomes(), ""),
        (outcomes(MKR=Verdict.FAIL), "; 1 check had failed, first MKR-01: it was seen"),
        (
            outcomes(MKR=Verdict.FAIL, VIS=Verdict.FAIL),
            "; 2 checks had failed, first VIS-01: it was seen",
        ),
    ],
)
def test_interruption_does_not_hide_failures(made: tuple[Outcome, ...], had_failed: str) -> None:
    """A run that was cut short says what had failed until then."""
    facts = RunFacts(client="bot", no_open_orders=True, interrupted="interrupted during RTY-01")

    conclusion = conclude(found_of(made), ITEMS, facts)

    assert conclusion.sentence == f"The run did not finish: interrupted during RTY-01{had_failed}."


def test_void_waiver_is_no_failure_of_its_check() -> None:
    """The sentence of a check that passed under a waiver names the waiver."""
    conclusion = conclude(found_of(outcomes(), (waiver("MKR-01"),)), ITEMS, CLEAN)

    assert conclusion.sentence == (
        "The waiver of MKR-01 is void because the check passed: remove it from waivers.yaml."
    )


@pytest.mark.parametrize(
    ("made", "selected", "beginning"),
    [
        ((outcome("MKR-01"),), ("MKR-01",), "MKR-01 passed (1 case). "),
        (
            (outcome("MKR-01", Verdict.BLOCKED, "no taker key"), outcome("VIS-01")),
            ("VIS-01", "MKR-01"),
            "VIS-01 passed (1 case). MKR-01 is BLOCKED: no taker key. ",
        ),
        (outcomes(), tuple(planned.id for planned in PLAN), "4 of 4 selected checks passed. "),
        (
            outcomes(MKR=Verdict.ERROR),
            tuple(planned.id for planned in PLAN),
            "3 of 4 selected checks passed; first of the others: MKR-01 is ERROR: it was seen. ",
        ),
    ],
)
def test_a_selection_says_how_it_ended(
    made: tuple[Outcome, ...], selected: tuple[str, ...], beginning: str
) -> None:
    """The selected checks are named first, by id while they are few."""
    facts = RunFacts(client="bot", no_open_orders=True, filtered="-k x", selected=selected)

    sentence = conclude(found_of(made), ITEMS, facts).sentence

    assert sentence == f"{beginning}Only a selection was run (-k x), which is no sign-off."


def test_a_library_that_no_listing_uses_deviates_in_a_selection_too() -> None:
    """What fails no listing is not called a failure."""
    plan = (replace(check("SDK-01"), library=IDLE),)
    made = (outcome("SDK-01", Verdict.FAIL, "ccxt 4.5.90 sent 1e-05"),)
    facts = RunFacts(client="bot", no_open_orders=True, filtered="-k SDK-01", selected=("SDK-01",))

    sentence = conclude(results(plan, ITEMS, made, {}), ITEMS, facts).sentence

    assert sentence.startswith("SDK-01 deviates: ccxt 4.5.90 sent 1e-05. Only a selection was run")


def test_a_selection_within_a_check_says_how_much_of_it_was_run() -> None:
    """The sentence counts two of four cases."""
    plan = (check("MKR-01", cases=4),)
    facts = RunFacts(client="bot", no_open_orders=True, filtered="-k rest", selected=("MKR-01",))

    sentence = conclude(results(plan, ITEMS, (outcome("MKR-01"),) * 2, {}), ITEMS, facts).sentence

    assert sentence.startswith("MKR-01 passed (2 of 4 cases). ")
