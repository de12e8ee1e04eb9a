"""What Allure shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from allure_commons import model2

from fixtures.expect import Cause, Owner
from reports.allure_report.labels import STATUSES, Place, describe_run, finish, scrub
from reports.verdict.cause import Attribution
from reports.verdict.results import Verdict
from tests.reports.made_up import CROSSING, ITEMS, check, outcome

PLACE = Place("testnet", ITEMS[2], "MKR  Maker behaviour")


def result() -> model2.TestResult:
    """A result as allure-pytest leaves it."""
    return model2.TestResult(
        uuid="u",
        status=model2.Status.PASSED,
        statusDetails=model2.StatusDetails(message="AssertionError", trace="the traceback"),
        parameters=[model2.Parameter("symbol", "'XRPUSDT'")],
        labels=[
            model2.Label("host", "machine"),
            model2.Label("suite", "test_maker"),
            model2.Label("owner", "desk"),
        ],
    )


def test_result_is_described_in_our_words() -> None:
    """Title, requirement, labels and parameters are those of the check."""
    shown = result()

    finish(shown, check("MKR-02"), PLACE, outcome("MKR-02"))

    assert shown.name == f"MKR-02 {CROSSING.title} [rest]"
    assert shown.description == (
        f"{CROSSING.paragraph}\n\nSequence: {CROSSING.sequence}\n\n"
        f"Passes: {CROSSING.passes}\n\nSource: `{CROSSING.source}`"
    )
    assert {label.name: label.value for label in shown.labels} == {
        "owner": "desk",
        "ALLURE_ID": "MKR-02",
        "epic": "3. Item 3",
        "feature": "MKR  Maker behaviour",
        "story": "MKR-02",
        "severity": "blocker",
    }
    assert {parameter.name: parameter.value for parameter in shown.parameters} == {
        "env": "testnet",
        "transport": "rest",
        "symbol": "XRPUSDT",
    }


def test_failure_is_tagged_with_owner_and_cause() -> None:
    """The report can be filtered by owner and root cause; a missing prerequisite has neither."""
    shown, blocked = result(), result()
    attributed = Attribution(Owner.ACCOUNT, Cause.PERMISSION, None)

    finish(shown, check("MKR-02"), PLACE, outcome("MKR-02", Verdict.FAIL, "refused", attribution=attributed))
    finish(
        blocked,
        check("MKR-02"),
        PLACE,
        outcome("MKR-02", Verdict.BLOCKED, "no key", attribution=Attribution(None, None, None)),
    )

    assert [label.value for label in shown.labels if label.name == "tag"] == [
        "account or key",
        "The key lacks the permission to trade.",
    ]
    assert [label for label in blocked.labels if label.name == "tag"] == []


@pytest.mark.parametrize("verdict", STATUSES)
def test_only_a_pass_is_green(verdict: Verdict) -> None:
    """Whatever allure-pytest had concluded, only a PASS is shown as passed."""
    shown = result()

    finish(shown, check("MKR-02"), PLACE, outcome("MKR-02", verdict, "it was seen"))

    assert (shown.status == model2.Status.PASSED) is (verdict is Verdict.PASS)
    assert (shown.statusDetails is None) is (verdict is Verdict.PASS)


@pytest.mark.parametrize(
    ("verdict", "message"), [(Verdict.FAIL, "it was seen"), (Verdict.BLOCKED, "BLOCKED: it was seen")]
)
def test_message_is_the_sentence(verdict: Verdict, message: str) -> None:
    """The message is our sentence, the trace stays."""
    shown = result()

    finish(shown, check("MKR-02"), PLACE, outcome("MKR-02", verdict, "it was seen"))

    assert (shown.statusDetails.message, shown.statusDetails.trace) == (message, "the traceback")


def write(folder: Path, name: str, content: Any) -> Path:  # noqa: ANN401 - any JSON value
    """Put one JSON file into the results."""
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_results_are_scrubbed(tmp_path: Path) -> None:
    """Every text is redacted, and the set-up steps of pytest itself are gone."""
    noise = [{"name": name} for name in ("event_loop_policy", "_session_scoped_runner", "pytestconfig")]
    kept = write(tmp_path, "a-result.json", {"name": "secret", "steps": [{"name": "secret"}]})
    mixed = write(tmp_path, "a-container.json", {"befores": [*noise, {"name": "desk"}]})
    empty = write(tmp_path, "b-container.json", {"befores": noise, "afters": [{"name": "desk::<lambda>"}]})
    text = tmp_path / "c-attachment.txt"
    text.write_text("a secret", encoding="utf-8")

    scrub(tmp_path, lambda text: text.replace("secret", "•••"))

    assert json.loads(kept.read_text(encoding="utf-8")) == {"name": "•••", "steps": [{"name": "•••"}]}
    assert json.loads(mixed.read_text(encoding="utf-8"))["befores"] == [{"name": "desk"}]
    assert not empty.exists()
    assert text.read_text(encoding="utf-8") == "a •••"


def test_what_holds_no_secret_is_not_written_again(tmp_path: Path) -> None:
    """Only a file that changes is touched: a run leaves some thousands."""
    for name in ("a-result.json", "b-container.json"):
        write(tmp_path, name, {"name": "plain", "befores": [{"name": "desk"}], "afters": []})
    (tmp_path / "c-attachment.txt").write_text("plain", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    scrub(tmp_path, str)

    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_run_is_described(tmp_path: Path) -> None:
    """The facts stand in the file that Allure reads them from."""
    describe_run(tmp_path, {"Verdict": "READY", "Two words": "x"})

    assert (tmp_path / "environment.properties").read_text(encoding="utf-8") == "Verdict=READY\nTwo_words=x\n"


def test_missing_results_are_left_missing(tmp_path: Path) -> None:
    """Without allure-pytest there is no folder, and none is made."""
    describe_run(tmp_path / "nowhere", {"Verdict": "READY"})
    scrub(tmp_path / "nowhere", str)

    assert list(tmp_path.iterdir()) == []
