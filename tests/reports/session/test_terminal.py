"""The end of a run on the terminal."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.expect import Cause, Owner
from fixtures.record.evidence import Measurement
from fixtures.record.run import JournalEntry, Run
from reports.session.terminal import (
    deviation_lines,
    earlier_line,
    finding_lines,
    library_lines,
    next_step,
    no_reply_lines,
    orders_line,
    table_lines,
    unwritten_lines,
)
from reports.signoff.document import SignOff, as_json
from reports.verdict.cause import Attribution, Frame
from reports.verdict.results import RunVerdict, Verdict
from reports.verdict.sentences import Conclusion
from tests.reports.made_up import RUN_ID, outcome, outcomes, signed_off, waiver

FAILED = signed_off(outcomes(MKR=Verdict.FAIL))
BLOCKED = signed_off(outcomes(MKR=Verdict.BLOCKED, VIS=Verdict.BLOCKED))
ERROR_AFTER_BLOCKED = signed_off(outcomes(MKR=Verdict.ERROR, VIS=Verdict.BLOCKED))
WRONG_KEY = signed_off(outcomes(VIS=Verdict.FAIL, PRM=Verdict.FAIL))
UNPROVEN = Conclusion(RunVerdict.INCOMPLETE, "Could not confirm that no orders remain open.")
FOLDER = Path("out")

STEPS = [
    (signed_off(), True, "send signoff.html and signoff.json to the exchange's desk"),
    (
        signed_off(outcomes(MKR=Verdict.FAIL), (waiver(),)),
        True,
        "send signoff.html and signoff.json to the exchange's desk",
    ),
    (
        signed_off(rehearsal="Rehearsal."),
        True,
        "this was a rehearsal: run it on the exchange with --env testnet --symbol SYMBOL",
    ),
    (FAILED, True, "open the evidence of MKR-01 [rest]: out/allure-report.html#"),
    (FAILED, False, "open the evidence of MKR-01 [rest]: records 0 to 5 of out/evidence.jsonl"),
    (replace(BLOCKED, no_open_orders=False), True, f"cancel the open orders: pytest --cleanup {RUN_ID}"),
    (
        replace(FAILED, no_open_orders=False, cleanup=None),
        True,
        "open the evidence of MKR-01",
    ),
    (BLOCKED, True, "resolve what is inconclusive, first VIS-01, then run again"),
    (
        replace(BLOCKED, no_open_orders=None),
        True,
        f"confirm that no orders remain open: pytest --cleanup {RUN_ID}",
    ),
    (signed_off(outcomes()[:2]), True, "run the whole checklist again"),
    (
        replace(signed_off(outcomes()[:2]), filtered="-k VIS-01"),
        True,
        "run the whole checklist again: pytest without a selection",
    ),
    (ERROR_AFTER_BLOCKED, True, "resolve what is inconclusive, first MKR-01, then run again"),
    (
        replace(signed_off(), no_open_orders=None, conclusion=UNPROVEN),
        True,
        f"confirm that no orders remain open: pytest --cleanup {RUN_ID}",
    ),
    (
        replace(signed_off(), conclusion=UNPROVEN),
        True,
        "run the whole checklist again",
    ),
    (
        signed_off(outcomes(VIS=Verdict.FAIL, MKR=Verdict.FAIL), (waiver(),)),
        True,
        "open the evidence of VIS-01",
    ),
    (signed_off(None, (waiver(),)), True, "remove the waiver of MKR-01 from waivers.yaml, then run again"),
    (WRONG_KEY, True, "open the evidence of PRM-01"),
    (
        replace(signed_off(), profile="smoke", cleanup=None, conclusion=UNPROVEN),
        True,
        "this was the smoke profile",
    ),
]


@pytest.mark.parametrize(("signoff", "rendered", "expected"), STEPS)
def test_next_step_follows_the_verdict(signoff: SignOff, rendered: bool, expected: str) -> None:  # noqa: FBT001 - a column of the table
    """Ready: send it; not ready: which evidence to open; incomplete: what is missing."""
    step = next_step(as_json(signoff), FOLDER, rendered=rendered)

    assert step.startswith(expected)
    assert ("without a selection" in step) is ("without a selection" in expected)


@pytest.mark.parametrize("no_open_orders", [True, None])
def test_reports_that_cannot_be_written_are_reported(run: Run, no_open_orders: bool | None) -> None:  # noqa: FBT001 - a column of the table
    """A full disk leaves no sign-off: the last lines say why, whether orders are open, and what to do."""
    run.no_open_orders = no_open_orders

    lines = list(unwritten_lines(run, OSError(28, "No space left on device"), FOLDER))

    assert lines[1] == orders_line(run)
    assert lines[0].strip() == (
        "INCOMPLETE: the reports cannot be written to out: No space left on device; there is no sign-off."
    )
    assert lines[-1].startswith("next: free disk space, or choose another folder with --out=FOLDER")


def test_table_shows_only_verdicts_that_occur() -> None:
    """PASS and FAIL always have a column, the others when there is one."""
    head, *lines = table_lines(as_json(BLOCKED))

    assert head.split() == ["item", "checks", "PASS", "FAIL", "BLOCKED"]
    assert lines[0].split() == ["1.", "Item", "1", "1", "-", "-", "1"]


def test_deviation_is_not_counted_as_a_failure() -> None:
    """A failure of a library that no listing trades through has a column of its own."""
    content = as_json(FAILED)
    (failed,) = (item for item in content["items"] if item["counts"][Verdict.FAIL])
    failed["deviating"] = 1

    head, *lines = table_lines(content)

    assert head.split() == ["item", "checks", "PASS", "FAIL", "deviate"]
    assert [line.split()[-2:] for line in lines if line.endswith("1")] == [["-", "1"]]


def test_checks_with_the_same_reason_share_a_line() -> None:
    """Checks that lack one prerequisite share a line, and so do checks that did not run."""
    not_run = signed_off(outcomes()[:2])

    assert list(finding_lines(as_json(BLOCKED))) == ["  BLOCKED  VIS-01 MKR-01  it was seen"]
    assert list(deviation_lines(as_json(BLOCKED))) == []
    assert list(deviation_lines(as_json(not_run))) == [
        ("NOT RUN", "  NOT RUN  MKR-01 RTY-01  the check did not run")
    ]


def test_finding_shows_whose_it_is_and_its_proof() -> None:
    """The second line names the owner and the message, shortened."""
    frame = Frame(7, 0, "REST", "received", "POST /v5/order/create", 10005, "x" * 300)
    attributed = Attribution(Owner.ACCOUNT, Cause.PERMISSION, frame)
    made = (*outcomes()[:3], outcome("RTY-01", Verdict.FAIL, "was refused", attribution=attributed))
    request = "REST POST /v5/order/create"

    assert list(finding_lines(as_json(signed_off(made)))) == [
        "  FAIL     RTY-01  The key lacks the permission to trade.",
        f"{'':<11}owner: account or key; proof: record #7, {request} retCode 10005 {'x' * 120}…",
    ]


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("the wire shows 1e-05", "  deviates SDK-03  ccxt 4.5.90: the wire shows 1e-05"),
        ("ccxt 4.5.90 sent 1e-05", "  deviates SDK-03  ccxt 4.5.90 sent 1e-05"),
    ],
)
def test_deviation_of_a_library_names_its_version_once(sentence: str, line: str) -> None:
    """Library, version and what was seen, on one line."""
    content = as_json(signed_off())
    content["libraries"] = [
        {
            "check": "SDK-03",
            "library": {"name": "ccxt", "version": "4.5.90"},
            "symbols": [],
            "sentence": sentence,
        }
    ]

    assert list(library_lines(content)) == [line]
    content["libraries"][0]["symbols"] = ["NEWUSDT", "XRPUSDT"]
    assert list(library_lines(content)) == [line.replace("SDK-03  ", "SDK-03  NEWUSDT, XRPUSDT: ")]


def test_earlier_runs_are_listed_on_one_line() -> None:
    """The newest five, then how many more; nothing where there are none."""
    runs = [{"run": f"r{number}", "verdict": "NOT READY"} for number in range(7)]
    content = as_json(signed_off())

    assert earlier_line(content) is None
    line = earlier_line(content | {"previous": {"runs": runs}})
    assert line is not None
    assert line.startswith("earlier runs, newest first: NOT READY (r0), NOT READY (r1)")
    assert line.endswith("NOT READY (r4) and 2 more")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"no_open_orders": True}, "no order of this run is open on testnet"),
        (
            {"no_open_orders": True, "beside": {"261123-000000-aaaa": 2}},
            "no order of this run is open on testnet; orders of other runs are open under the same UID: 2 o",
        ),
        (
            {"no_open_orders": False, "left": ("a", "b")},
            "2 orders of this run are open on testnet; to cancel them: pytest --cleanup x",
        ),
        (
            {"no_open_orders": False, "left": ("a",)},
            "1 order of this run is open on testnet; to cancel it: pytest --clean",
        ),
        (
            {},
            "it is unknown whether orders of this run are open on testnet; to cancel them: pytest --cleanup",
        ),
    ],
)
def test_every_ending_says_whether_orders_are_open(run: Run, changed: dict[str, Any], expected: str) -> None:
    """Whatever the verdict, one line says which orders of the run are open, and how to cancel them."""
    run.cleanup = "pytest --cleanup x"
    run.journal.write(JournalEntry(f"{RUN_ID}-0001", "XRPUSDT", 0))
    for name, value in changed.items():
        setattr(run, name, value)

    assert orders_line(run).startswith(expected)


def test_run_that_sent_nothing_says_so(run: Run) -> None:
    """Where no order was sent none is open, though nobody asked the venue."""
    assert orders_line(run) == "no order of this run is open: none was sent"


def test_order_of_a_run_whose_folder_was_deleted_is_not_forgotten(run: Run) -> None:
    """A deleted journal is no proof that nothing was sent."""
    run.journal.write(JournalEntry(f"{RUN_ID}-0001", "XRPUSDT", 0))
    run.journal.path.unlink()

    assert orders_line(run).startswith("it is unknown whether orders of this run are open on testnet")


def test_order_on_the_embedded_venue_ends_with_it(run: Run) -> None:
    """No order can be open on a venue that has ended."""
    run.environment = replace(run.environment, embedded=True)
    run.journal.write(JournalEntry(f"{RUN_ID}-0001", "XRPUSDT", 0))

    assert orders_line(run) == "no order of this run is open: the embedded venue ended with it"


def test_time_without_a_response_of_the_venue_is_reported() -> None:
    """One line says for how long the venue did not respond, and in which check; other figures have none."""
    gone = Measurement("the venue was not heard during MKR-05", 3204, "ms")
    content = as_json(replace(signed_off(), measurements=(Measurement("clock offset", 3, "ms"), gone)))

    assert list(no_reply_lines(content)) == ["  the venue was not heard during MKR-05 for 3.2 s"]
