"""The end of a run on the terminal."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.model import Verdict
from reports.signoff import SignOff, as_json
from reports.terminal import deviation_lines, next_step, table_lines
from tests.reports.made_up import RUN_ID, outcomes, signed_off, waiver

FAILED = signed_off(outcomes(MKR=Verdict.FAIL))
BLOCKED = signed_off(outcomes(MKR=Verdict.BLOCKED, VIS=Verdict.BLOCKED))
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
        replace(FAILED, flat=False, subject=replace(FAILED.subject, rehearsal="Rehearsal.")),
        True,
        "open the evidence of MKR-01",
    ),
    (BLOCKED, True, "settle what is missing, first VIS-01, then run again"),
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
