"""Everything that is written about a run is redacted."""

from typing import Any

import pytest

from fixtures.record.redaction import redactor
from fixtures.record.run import Run
from reports.evidence.report_redaction import redact_report, redacted
from tests.reports.made_up import SECRET


def report(longrepr: Any) -> pytest.TestReport:  # noqa: ANN401 - whatever pytest puts there
    """A failed report that says this."""
    return pytest.TestReport(
        "checks/a.py::b",
        ("checks/a.py", 1, "b"),
        {},
        "failed",
        longrepr,
        "call",
        [("Captured stdout", SECRET)],
    )


def test_every_string_of_a_value_is_redacted(run: Run) -> None:
    """Lists and objects are walked, other values stay."""
    value = {"a": [SECRET, 1, None, {"b": SECRET}], "c": True}

    assert redacted(value, redactor(run)) == {"a": ["•••", 1, None, {"b": "•••"}], "c": True}


def test_report_of_pytest_is_redacted(run: Run) -> None:
    """Traceback, skip reason and captured output lose the secret before anybody reads them."""
    failed, skipped = report(f"AssertionError: {SECRET}"), report(("checks/a.py", 1, f"Skipped: {SECRET}"))

    for pytest_report in (failed, skipped):
        redact_report(pytest_report, redactor(run))

    assert failed.longreprtext == "AssertionError: •••"
    assert failed.capstdout == "•••"
    assert skipped.longrepr == ("checks/a.py", 1, "Skipped: •••")
