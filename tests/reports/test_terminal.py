"""The end of a run on the terminal."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.conclusion import Conclusion
from reports.model import RunVerdict, Verdict
from reports.signoff import SignOff, as_json
from reports.terminal import deviation_lines, next_step, orders_line, table_lines
from tests.reports.made_up import RUN_ID, outcomes, signed_off, waiver

FAILED = signed_off(outcomes(MKR=Verdict.FAIL))
BLOCKED = signed_off(outcomes(MKR=Verdict.BLOCKED, VIS=Verdict.BLOCKED))
ERROR_AFTER_BLOCKED = signed_off(outcomes(MKR=Verdict.ERROR, VIS=Verdict.BLOCKED))
WRONG_KEY = signed_off(outcomes(VIS=Verdict.FAIL, PRM=Verdict.FAIL))
UNPROVEN = Conclusion(RunVerdict.INCOMPLETE, "It is not proven that no order is left.")
FOLDER = Path("out")

STEPS = [
    (signed_off(), True, "send signoff.html and signoff.json to the desk"),
    (
        signed_off(outcomes(MKR=Verdict.FAIL), (waiver(),)),
        True,
        "send signoff.html and signoff.json to the desk",
    ),
    (
        signed_off(rehearsal="Rehearsal."),
        True,
        "this was a rehearsal: run it on the exchange with --env testnet --symbol SYMBOL",
    ),
    (FAILED, True, "open the evidence of MKR-01: out/allure-report.html#"),
    (FAILED, False, "open the evidence of MKR-01: records 0 to 5 of out/evidence.jsonl"),
    (replace(BLOCKED, flat=False), True, f"cancel the orders that are left: pytest --cleanup {RUN_ID}"),
    (
        replace(FAILED, flat=False, cleanup=None),
        True,
        "open the evidence of MKR-01",
    ),
    (BLOCKED, True, "settle what is missing, first VIS-01, then run again"),
    (replace(BLOCKED, flat=None), True, "settle what is missing, first VIS-01, then run again"),
    (ERROR_AFTER_BLOCKED, True, "settle what is missing, first MKR-01, then run again"),
    (
        replace(signed_off(), flat=None, conclusion=UNPROVEN),
        True,
        f"make sure that no order is left: pytest --cleanup {RUN_ID}",
    ),
    (
        replace(signed_off(), conclusion=UNPROVEN),
        True,
        "run the whole checklist again: pytest without a selection",
    ),
    (
        signed_off(outcomes(VIS=Verdict.FAIL, MKR=Verdict.FAIL), (waiver(),)),
        True,
        "open the evidence of VIS-01",
    ),
    (signed_off(None, (waiver(),)), True, "remove the waiver of MKR-01 from waivers.yaml, then run again"),
    (WRONG_KEY, True, "open the evidence of PRM-01"),
]


@pytest.mark.parametrize(("signoff", "rendered", "said"), STEPS)
def test_next_step_follows_the_verdict(signoff: SignOff, rendered: bool, said: str) -> None:  # noqa: FBT001 - a column of the table
    """Ready: send it; not ready: which evidence to open; incomplete: what is missing."""
    assert next_step(as_json(signoff), FOLDER, rendered=rendered).startswith(said)


def test_table_shows_only_verdicts_that_occur() -> None:
    """PASS and FAIL always have a column, the others when there is one."""
    head, *lines = table_lines(as_json(BLOCKED))

    assert head.split() == ["item", "checks", "PASS", "FAIL", "BLOCKED"]
    assert lines[0].split() == ["1.", "Item", "1", "1", "-", "-", "1"]


def test_checks_with_the_same_reason_share_a_line() -> None:
    """A prerequisite that blocks several checks is told once."""
    assert list(deviation_lines(as_json(BLOCKED))) == [("BLOCKED", "  BLOCKED  VIS-01 MKR-01  it was seen")]


@pytest.mark.parametrize(
    ("flat", "said"),
    [
        (True, None),
        (False, f"orders are left open; to be flat: pytest --cleanup {RUN_ID}"),
        (
            None,
            (
                "whether orders are left is unknown: the venue did not answer; "
                f"to be flat: pytest --cleanup {RUN_ID}"
            ),
        ),
    ],
)
def test_run_that_is_not_flat_says_how_to_be(flat: bool | None, said: str | None) -> None:  # noqa: FBT001 - a column of the table
    """Whatever the verdict, the command that cancels what is left stands on the terminal."""
    assert orders_line(as_json(replace(FAILED, flat=flat))) == said
