"""The last hand before the pen."""

from dataclasses import replace
from typing import Any

import pytest

from fixtures.run import Identity, Run
from reports.redaction import redact_report, redacted, redactor
from tests.reports.made_up import SECRET, UID


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


def test_secret_and_uid_do_not_pass(run: Run) -> None:
    """A secret is taken out, the UID keeps its last two digits."""
    assert redactor(run)(f"{SECRET} of {UID}") == "••• of ••••••12"


@pytest.mark.parametrize("text", [f"9{UID}", f"{UID}00", f"a{UID}f"])
def test_uid_inside_of_another_word_stays(run: Run, text: str) -> None:
    """An order id or a digest that happens to hold the UID's digits is left whole."""
    assert redactor(run)(text) == text


def test_run_without_identity_is_redacted(run: Run) -> None:
    """A run that never learnt its UID still hides its secrets."""
    run.identity = None

    assert redactor(run)(f"{SECRET} {UID}") == f"••• {UID}"


EXPECTED, PARENT = "20000034", "30000056"


def test_every_uid_of_the_run_is_masked(run: Run) -> None:
    """The UID that was expected, the one that answered and its main account's keep two digits each."""
    run.environment = replace(run.environment, expected_uid=EXPECTED)
    run.identity = Identity(UID, "3f1c2d9a0b7e", {}, PARENT)

    assert redactor(run)(f"{EXPECTED}, {UID} and {PARENT}") == "••••••34, ••••••12 and ••••••56"


def test_expected_uid_is_masked_before_any_answer(run: Run) -> None:
    """A run that never learnt its UID still masks the one that it was told to expect."""
    run.environment = replace(run.environment, expected_uid=EXPECTED)
    run.identity = None

    assert redactor(run)(f"expected {EXPECTED}") == "expected ••••••34"


@pytest.mark.parametrize("parent", ["", "0"])
def test_main_account_has_no_parent_to_mask(run: Run, parent: str) -> None:
    """The zero that stands for no parent is left in every figure."""
    run.identity = Identity(UID, "3f1c2d9a0b7e", {}, parent)

    assert redactor(run)("0 orders, 0.10") == "0 orders, 0.10"


def test_every_string_of_a_value_is_redacted(run: Run) -> None:
    """Lists and objects are walked, other values stay."""
    value = {"a": [SECRET, 1, None, {"b": SECRET}], "c": True}

    assert redacted(value, redactor(run)) == {"a": ["•••", 1, None, {"b": "•••"}], "c": True}


def test_report_of_pytest_is_redacted(run: Run) -> None:
    """Traceback, skip reason and captured output lose the secret before anybody reads them."""
    failed, skipped = report(f"AssertionError: {SECRET}"), report(("checks/a.py", 1, f"Skipped: {SECRET}"))

    for one in (failed, skipped):
        redact_report(one, redactor(run))

    assert failed.longreprtext == "AssertionError: •••"
    assert failed.capstdout == "•••"
    assert skipped.longrepr == ("checks/a.py", 1, "Skipped: •••")
