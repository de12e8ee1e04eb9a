"""The rules of a verdict, one by one."""

from datetime import date

import pytest

from reports.conclusion import Ending, conclude
from reports.model import (
    GRAVEST_FIRST,
    WORST_FIRST,
    Check,
    Outcome,
    RunVerdict,
    Verdict,
    gravest,
    result_of,
    results,
    worst,
)
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
    (Ending(flat=True, narrowed="checks/a.py::b"), "The run was narrowed to checks/a.py::b."),
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


def test_narrowing_is_said_before_what_it_left_out() -> None:
    """A narrowed run names its selection, not the checks that did not run."""
    ending = Ending(flat=True, narrowed="checks/a.py::b")

    sentence = conclude(results(PLAN, ITEMS, outcomes(VIS=Verdict.NOT_RUN)), ITEMS, ending).sentence

    assert sentence == "The run was narrowed to checks/a.py::b."


def test_gravest_severity_wins_in_any_order() -> None:
    """Blocker outranks major, major minor, and anything none."""
    assert [gravest([one, other]) for one in GRAVEST_FIRST for other in GRAVEST_FIRST] == [
        *["blocker"] * 4,
        *["blocker", "major", "major", "major"],
        *["blocker", "major", "minor", "minor"],
        *["blocker", "major", "minor", ""],
    ]


def test_every_verdict_has_a_rank() -> None:
    """The order from worst to best names each verdict once."""
    assert sorted(WORST_FIRST) == sorted(Verdict)


@pytest.mark.parametrize("verdict", [one for one in Verdict if one is not Verdict.FAIL])
def test_failure_outranks_every_other_making(verdict: Verdict) -> None:
    """A check that failed once has failed."""
    assert worst([verdict, Verdict.FAIL, verdict]) is Verdict.FAIL


def test_check_without_outcome_is_not_run() -> None:
    """A planned check that nobody made is NOT RUN, and so is one that was never collected."""
    made, unknown = check("MKR-01"), Check("MKR-99")

    assert result_of(made, 3, []).verdict is Verdict.NOT_RUN
    assert result_of(unknown, 3, []).title == "Not collected."


def test_check_made_too_seldom_is_not_a_pass() -> None:
    """A check that passed in two of its four makings is NOT RUN, and says so."""
    result = result_of(check("MKR-01", makings=4), 3, [outcome("MKR-01")] * 2)

    assert result.verdict is Verdict.NOT_RUN
    assert result.sentence == "made 2 of 4 times"


def test_declared_exception_does_not_spoil_a_pass() -> None:
    """A check that passed over REST and does not apply to the trade stream passed."""
    pair = [outcome("MKR-01"), outcome("MKR-01", Verdict.NOT_APPLICABLE, "no trade stream")]

    assert result_of(check("MKR-01", makings=2), 3, pair).verdict is Verdict.PASS


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


def test_results_stand_in_the_order_of_the_items() -> None:
    """What was checked beyond the checklist comes last."""
    plan = (check("SDK-01"), *PLAN)

    found = results(plan, ITEMS, [outcome(one.id) for one in plan])

    assert [result.item for result in found] == [1, 2, 3, 4, 0]


def test_result_gathers_orders_and_times_of_its_makings() -> None:
    """Orders are told once, the duration is the sum, the start is the first."""
    pair = [outcome("MKR-01"), outcome("MKR-01", orders={"other": ""}, started_ms=5, ended_ms=9)]

    result = result_of(check("MKR-01", makings=2), 3, pair)

    assert list(result.orders) == ["261123-013532-k7qm-0001", "261123-013532-k7qm-0002", "other"]
    assert (result.started_ms, result.duration_ms, result.observations) == (5, 44, 8)
