"""The rules of a run's verdict, one by one."""

from dataclasses import replace
from datetime import date

import pytest

from reports.conclusion import Ending, conclude
from reports.model import Item, Library, Outcome, RunVerdict, Verdict, results
from reports.waivers import apply
from tests.reports.made_up import CROSSING, ITEMS, PLAN, check, outcome, outcomes, waiver

RULES: list[tuple[dict[str, Verdict], str | None, RunVerdict, int]] = [
    ({}, None, RunVerdict.READY, 0),
    ({"MKR": Verdict.WAIVED}, None, RunVerdict.READY_WITH_WAIVERS, 0),
    ({"MKR": Verdict.FAIL}, None, RunVerdict.NOT_READY, 1),
    ({"MKR": Verdict.FAIL, "VIS": Verdict.ERROR}, None, RunVerdict.NOT_READY, 1),
    ({"MKR": Verdict.FAIL}, "interrupted", RunVerdict.INCOMPLETE, 2),
    ({"MKR": Verdict.BLOCKED}, None, RunVerdict.INCOMPLETE, 2),
    ({"MKR": Verdict.ERROR}, None, RunVerdict.INCOMPLETE, 2),
    ({"MKR": Verdict.NOT_RUN}, None, RunVerdict.INCOMPLETE, 2),
    ({"MKR": Verdict.WAIVED, "VIS": Verdict.NOT_RUN}, None, RunVerdict.INCOMPLETE, 2),
    ({"MKR": Verdict.NOT_APPLICABLE}, None, RunVerdict.INCOMPLETE, 2),
    ({}, "interrupted", RunVerdict.INCOMPLETE, 2),
]


@pytest.mark.parametrize(("verdicts", "interrupted", "verdict", "exit_code"), RULES)
def test_verdict_of_a_run_follows_its_rule(
    verdicts: dict[str, Verdict], interrupted: str | None, verdict: RunVerdict, exit_code: int
) -> None:
    """Interruption outranks a failure, a failure an unsettled check, an item needs one PASS or WAIVED."""
    conclusion = conclude(
        results(PLAN, ITEMS, outcomes(**verdicts)), ITEMS, Ending(flat=True, interrupted=interrupted)
    )

    assert conclusion.verdict is verdict
    assert conclusion.verdict.exit_code == exit_code
    assert conclusion.sentence


ENDINGS: list[tuple[Ending, str]] = [
    (Ending(flat=None), "It is not proven that no order is left."),
    (Ending(flat=False), "Orders are left open."),
    (
        Ending(flat=True, narrowed="checks/a.py::b"),
        "The run was narrowed to checks/a.py::b, and a selection is no sign-off.",
    ),
    (Ending(flat=True, left_out="test_a.py::test_b"), "The run left out test_a.py::test_b."),
    (
        Ending(flat=True, leaks=("notes.txt",)),
        "A secret stood in notes.txt: the run must not be handed over.",
    ),
]


@pytest.mark.parametrize(("ending", "sentence"), ENDINGS)
@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.WAIVED])
def test_passing_checks_are_not_enough(ending: Ending, sentence: str, verdict: Verdict) -> None:
    """A run is READY only when it is flat and whole and leaked nothing, with waivers too."""
    conclusion = conclude(results(PLAN, ITEMS, outcomes(MKR=verdict)), ITEMS, ending)

    assert (conclusion.verdict, conclusion.sentence) == (RunVerdict.INCOMPLETE, sentence)


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (Ending(flat=None), RunVerdict.NOT_READY),
        (Ending(flat=False), RunVerdict.NOT_READY),
        (Ending(flat=True, narrowed="checks/a.py::b"), RunVerdict.NOT_READY),
        (Ending(flat=True, leaks=("notes.txt",)), RunVerdict.INCOMPLETE),
    ],
)
def test_failure_stands_unless_the_run_leaked(ending: Ending, verdict: RunVerdict) -> None:
    """What broke in a narrowed run, or in one that left orders, broke; a run that leaked says nothing."""
    assert conclude(results(PLAN, ITEMS, outcomes(MKR=Verdict.FAIL)), ITEMS, ending).verdict is verdict


@pytest.mark.parametrize(
    ("severity", "spared", "verdict"),
    [
        ("blocker", False, RunVerdict.INCOMPLETE),
        ("blocker", True, RunVerdict.READY),
        ("major", False, RunVerdict.READY),
    ],
)
def test_blocker_cannot_be_declared_away(severity: str, spared: bool, verdict: RunVerdict) -> None:  # noqa: FBT001 - a column of the table
    """A blocker that is N/A leaves a run INCOMPLETE and is named, unless the requirement set spares it."""
    away = replace(check("MKR-02", severity), spared=spared)
    items = [replace(item, checks=(*item.checks, "MKR-02")) if item.number == 3 else item for item in ITEMS]
    made = (*outcomes(), outcome("MKR-02", Verdict.NOT_APPLICABLE, "nobody quotes"))

    conclusion = conclude(results((*PLAN, away), items, made), items, Ending(flat=True))

    assert conclusion.verdict is verdict
    assert "MKR-02" in conclusion.sentence


def test_narrowing_is_said_before_what_it_left_out() -> None:
    """A narrowed run names its selection, not the checks that did not run."""
    ending = Ending(flat=True, narrowed="checks/a.py::b")

    sentence = conclude(results(PLAN, ITEMS, outcomes(VIS=Verdict.NOT_RUN)), ITEMS, ending).sentence

    assert sentence == "The run was narrowed to checks/a.py::b, and a selection is no sign-off."


def test_sentence_of_not_ready_names_requirement_and_proof() -> None:
    """NOT READY quotes the requirement that broke and what broke it, the gravest first."""
    plan = (check("MKR-01", "minor"), check("MKR-02"))
    made = [
        outcome("MKR-01", Verdict.FAIL, "a minor thing"),
        outcome("MKR-02", Verdict.FAIL, "executed 20 @ 0.2501 although PostOnly"),
    ]

    sentence = conclude(results(plan, ITEMS, made), ITEMS, Ending(flat=True)).sentence

    assert sentence == (
        "MKR-02 “A PostOnly order priced through the touch is closed without a fill.” broke: "
        "executed 20 @ 0.2501 although PostOnly. 1 more failed."
    )


def test_wrong_key_leads_the_sentence() -> None:
    """PRM-01 and PRM-02 explain the rest, so they come before graver failures."""
    plan = (check("MKR-01"), check("PRM-02", "minor"), check("VIS-01"))
    made = [outcome(one.id, Verdict.FAIL, "it was seen") for one in plan]

    sentence = conclude(results(plan, ITEMS, made), ITEMS, Ending(flat=True)).sentence

    assert sentence.startswith("PRM-02 “")


def test_equally_grave_failures_keep_the_order_of_the_plan() -> None:
    """The first of the plan is told first."""
    made = outcomes(MKR=Verdict.FAIL, VIS=Verdict.FAIL)

    assert conclude(results(PLAN, ITEMS, made), ITEMS, Ending(flat=True)).sentence.startswith("VIS-01 “")


@pytest.mark.parametrize(
    ("made", "had_failed"),
    [
        (outcomes(), ""),
        (outcomes(MKR=Verdict.FAIL), f"; 1 check had failed, first MKR-01 “{CROSSING.title}”: it was seen"),
        (
            outcomes(MKR=Verdict.FAIL, VIS=Verdict.FAIL),
            f"; 2 checks had failed, first VIS-01 “{CROSSING.title}”: it was seen",
        ),
    ],
)
def test_interruption_does_not_hide_failures(made: tuple[Outcome, ...], had_failed: str) -> None:
    """A run that was cut short says what had failed until then."""
    ending = Ending(flat=True, interrupted="interrupted during RTY-01")

    conclusion = conclude(results(PLAN, ITEMS, made), ITEMS, ending)

    assert conclusion.verdict is RunVerdict.INCOMPLETE
    assert conclusion.sentence == f"The run did not reach its end: interrupted during RTY-01{had_failed}."


def test_void_waiver_did_not_break_anything() -> None:
    """A check that passed under a waiver is told by its waiver, not by its requirement."""
    found = apply(results(PLAN, ITEMS, outcomes()), [waiver("MKR-01")], date(2026, 11, 23))

    conclusion = conclude(found, ITEMS, Ending(flat=True))

    assert conclusion.verdict is RunVerdict.NOT_READY
    assert conclusion.sentence == "The waiver of MKR-01 is void: the check passed; remove it."


@pytest.mark.parametrize(
    ("verdicts", "verdict", "exit_code"),
    [
        ({}, RunVerdict.SMOKE_PASSED, 0),
        ({"MKR": Verdict.WAIVED}, RunVerdict.SMOKE_PASSED, 0),
        ({"MKR": Verdict.FAIL}, RunVerdict.NOT_READY, 1),
        ({"MKR": Verdict.BLOCKED}, RunVerdict.INCOMPLETE, 2),
    ],
)
def test_short_profile_is_no_sign_off(
    verdicts: dict[str, Verdict], verdict: RunVerdict, exit_code: int
) -> None:
    """A smoke run that passed says so in a word of its own, which ends with 0 and is no sign-off."""
    ending = Ending(flat=True, profile="smoke")

    conclusion = conclude(results(PLAN, ITEMS, outcomes(**verdicts)), ITEMS, ending)

    assert (conclusion.verdict, conclusion.verdict.exit_code) == (verdict, exit_code)
    assert conclusion.sentence.endswith("A smoke run is no sign-off.") is (exit_code == 0)


def test_short_profile_that_is_not_flat_is_no_zero() -> None:
    """Orders that may be left outrank a short list that passed."""
    ending = Ending(flat=None, profile="smoke")

    assert conclude(results(PLAN, ITEMS, outcomes()), ITEMS, ending).verdict is RunVerdict.INCOMPLETE


@pytest.mark.parametrize(
    ("made", "selected", "said"),
    [
        ((outcome("MKR-01"),), ("MKR-01",), "MKR-01 passed (1 making). "),
        (
            (outcome("MKR-01", Verdict.BLOCKED, "no taker key"), outcome("VIS-01")),
            ("VIS-01", "MKR-01"),
            "VIS-01 passed (1 making). MKR-01 is BLOCKED: no taker key. ",
        ),
        (outcomes(), tuple(one.id for one in PLAN), "4 of 4 selected checks passed. "),
        (
            outcomes(MKR=Verdict.ERROR),
            tuple(one.id for one in PLAN),
            "3 of 4 selected checks passed, first other MKR-01 is ERROR: it was seen. ",
        ),
    ],
)
def test_a_selection_says_how_it_ended(
    made: tuple[Outcome, ...], selected: tuple[str, ...], said: str
) -> None:
    """The verdict is INCOMPLETE, and what was asked for is told first: by id while it is little."""
    ending = Ending(flat=True, narrowed="-k x", selected=selected)

    conclusion = conclude(results(PLAN, ITEMS, made), ITEMS, ending)

    assert conclusion.verdict is RunVerdict.INCOMPLETE
    assert conclusion.sentence == f"{said}The run was narrowed to -k x, and a selection is no sign-off."


def test_a_library_that_nobody_trades_through_deviates_in_a_selection_too() -> None:
    """What breaks no listing is not called a failure."""
    plan = (replace(check("SDK-01"), library=Library("ccxt", "4.5.90", traded=False)),)
    made = (outcome("SDK-01", Verdict.FAIL, "ccxt 4.5.90 sent 1e-05"),)
    ending = Ending(flat=True, narrowed="-k SDK-01", selected=("SDK-01",))

    conclusion = conclude(results(plan, ITEMS, made), ITEMS, ending)

    assert conclusion.sentence.startswith("SDK-01 deviates: ccxt 4.5.90 sent 1e-05. The run was narrowed")


def test_a_selection_within_a_check_says_how_much_of_it_was_made() -> None:
    """Two of four makings that passed are told as that."""
    plan = (check("MKR-01", makings=4),)
    ending = Ending(flat=True, narrowed="-k rest", selected=("MKR-01",))

    conclusion = conclude(results(plan, ITEMS, (outcome("MKR-01"), outcome("MKR-01"))), ITEMS, ending)

    assert conclusion.sentence.startswith("MKR-01 passed (2 of 4 makings). ")


@pytest.mark.parametrize(("traded", "verdict"), [(False, RunVerdict.READY), (True, RunVerdict.NOT_READY)])
def test_library_counts_for_the_listing_that_trades_through_it(traded: bool, verdict: RunVerdict) -> None:  # noqa: FBT001 - a column of the table
    """For the others its failures are deviations, named in the sentence, and its section needs no PASS."""
    items = (*ITEMS, Item(5, "Client libraries", "Tips.", ("SDK-01",)))
    plan = (*PLAN, replace(check("SDK-01"), library=Library("ccxt", "4.5.90", traded)))
    made = (*outcomes(), outcome("SDK-01", Verdict.FAIL, "it sends 1e-05"))

    conclusion = conclude(results(plan, items, made), items, Ending(flat=True))

    assert conclusion.verdict is verdict
    assert "SDK-01" in conclusion.sentence


def test_unsettled_check_of_a_library_is_not_whole() -> None:
    """What was not observed is not green, whoever trades through it."""
    items = (*ITEMS, Item(5, "Client libraries", "Tips.", ("SDK-01",)))
    plan = (*PLAN, replace(check("SDK-01"), library=Library("ccxt", "4.5.90", traded=False)))
    made = (*outcomes(), outcome("SDK-01", Verdict.ERROR, "it broke"))

    assert conclude(results(plan, items, made), items, Ending(flat=True)).verdict is RunVerdict.INCOMPLETE
