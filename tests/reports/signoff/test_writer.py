"""The files of a run."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.config.environment import Credentials
from fixtures.record.evidence import Channel, Direction
from fixtures.record.run import Identity, JournalEntry, Run
from reports.allure_report.render import render
from reports.signoff.provenance import UNKNOWN, Provenance
from reports.signoff.writer import Finished, shown, write
from reports.verdict.profile import Profile
from tests.reports.made_up import KEY, PLAN, REQUIRED, RUN_ID, SECRET, START_MS, UID, outcomes, waiver


@pytest.fixture(autouse=True)
def _no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the Allure CLI out."""
    monkeypatch.setattr(render, "__kwdefaults__", {"cli": Path("nowhere.js"), "limit_s": 1})


@pytest.fixture
def finished(run: Run, tmp_path: Path) -> Finished:
    """A run in which every check passed and the venue showed that no order is left."""
    run.no_open_orders = True
    (run.folder / "allure-results").mkdir(parents=True)
    return Finished(
        requirements=REQUIRED,
        waivers=(),
        provenance=Provenance("0.1.0", UNKNOWN, UNKNOWN, {"environments.yaml": "ab" * 32}),
        plan=PLAN,
        outcomes=outcomes(),
        interrupted=None,
        filtered=None,
        selected=(),
        deselected=None,
        profile=Profile.SIGNOFF,
        cleanup=f"pytest --cleanup {RUN_ID}",
        started_ms=START_MS,
        ended_ms=START_MS + 1000,
        root=tmp_path,
        allure_results=run.folder / "allure-results",
    )


def test_sign_off_stands_without_the_allure_report(run: Run, finished: Finished) -> None:
    """Every own file is written; the missing report is a remark and costs no exit code."""
    written = write(run, finished)

    assert (written.exit_code, written.rendered) == (5, False)
    assert written.remarks[0].startswith("allure-report.html not rendered: ")
    assert {"signoff.html", "signoff.json", "evidence.jsonl"} <= {path.name for path in run.folder.iterdir()}


def test_uid_and_secret_reach_no_file(run: Run, finished: Finished) -> None:
    """The evidence of the venue naming the UID, and Allure's own words, are masked."""
    run.evidence.record(
        Channel.REST, Direction.RECEIVED, "GET /v5/user/query-api", json.dumps({"userID": UID})
    )
    (finished.allure_results / "a-result.json").write_text(
        json.dumps({"name": f"{SECRET} {UID}"}), encoding="utf-8"
    )

    written = write(run, finished)

    text = "".join(path.read_text(encoding="utf-8") for path in run.folder.rglob("*") if path.is_file())
    assert written.exit_code == 5
    assert [word for word in (KEY, SECRET, UID) if word in text] == []
    assert "••••••12" in text


def test_leak_makes_the_run_incomplete(run: Run, finished: Finished) -> None:
    """A file that nobody redacted is deleted, named, and turns the exit code to 2."""
    (run.folder / "notes.txt").write_text(KEY, encoding="utf-8")

    written = write(run, finished)

    assert (written.exit_code, written.content["verdict"]) == (2, "INCOMPLETE")
    assert written.content["sentence"] == "A secret was found in notes.txt: do not hand over this run."
    assert json.loads((run.folder / "signoff.json").read_text(encoding="utf-8")) == written.content
    facts = (finished.allure_results / "environment.properties").read_text(encoding="utf-8")
    assert "Verdict=INCOMPLETE" in facts
    assert "notes.txt held a secret and was deleted: do not hand over this run" in written.remarks
    assert not (run.folder / "notes.txt").exists()


def test_leak_in_the_sign_off_takes_it_back(run: Run, finished: Finished) -> None:
    """A secret that only the page holds leaves no file that shows the old verdict."""
    only_in_the_page = Credentials("key-of-nobody", "Signature")
    run.environment = replace(run.environment, credentials={"maker": only_in_the_page})

    written = write(run, finished)

    assert (written.exit_code, written.content["verdict"]) == (2, "INCOMPLETE")
    assert "signoff.html" in written.content["sentence"]
    assert written.files == ()
    left = {path.name for path in run.folder.rglob("*")}
    assert not left & {"signoff.html", "signoff.json", "allure-report.html", "environment.properties"}


def test_run_without_proof_of_no_open_orders_is_incomplete(run: Run, finished: Finished) -> None:
    """Passing checks and a venue that nobody asked for open orders make no sign-off."""
    run.no_open_orders = None

    written = write(run, finished)

    assert (written.exit_code, written.content["verdict"]) == (2, "INCOMPLETE")


def test_run_with_open_orders_says_how_to_cancel_them(run: Run, finished: Finished) -> None:
    """The command stands in both sign-offs; after an embedded venue there is nothing left to clean up."""
    run.no_open_orders = False
    command = f"pytest --cleanup {RUN_ID}"

    assert write(run, finished).content["run"]["cleanup"] == command
    assert f"<code>{command}</code>" in (run.folder / "signoff.html").read_text(encoding="utf-8")

    run.environment = replace(run.environment, embedded=True)

    assert write(run, finished).content["run"]["cleanup"] is None


def test_run_that_sent_no_order_leaves_none(run: Run, finished: Finished) -> None:
    """Where nobody could ask the venue, only what stands in the journal may be left."""
    run.no_open_orders = None

    assert write(run, finished).content["run"]["cleanup"] is None

    run.journal.open(run.run_id, "testnet")
    run.journal.write(JournalEntry(f"{run.run_id}-0001", "XRPUSDT", START_MS))

    assert write(run, finished).content["run"]["cleanup"] == f"pytest --cleanup {RUN_ID}"


def test_run_without_allure_results_is_signed_off(run: Run, finished: Finished) -> None:
    """Without the plugin that writes them only the Allure report is missing."""
    finished.allure_results.rmdir()

    written = write(run, finished)

    assert (written.exit_code, written.files) == (5, ("signoff.html", "signoff.json"))
    assert written.remarks == ("allure-report.html not rendered: there are no Allure results",)


def test_every_uid_is_masked_in_every_file(run: Run, finished: Finished) -> None:
    """The expected UID and the main account's reach neither evidence, nor Allure, nor sign-off."""
    expected, parent = "20000034", "30000056"
    run.environment = replace(run.environment, expected_uid=expected)
    run.identity = Identity(UID, "3f1c2d9a0b7e", {"main account": parent}, parent)
    text_of_venue = f"expected {expected}, answered {UID} of {parent}"
    run.evidence.record(Channel.REST, Direction.RECEIVED, "GET /v5/user/query-api", text_of_venue)
    (finished.allure_results / "a-result.json").write_text(
        json.dumps({"name": text_of_venue}), encoding="utf-8"
    )

    write(run, replace(finished, interrupted=text_of_venue))

    text = "".join(path.read_text(encoding="utf-8") for path in run.folder.rglob("*") if path.is_file())
    assert [uid for uid in (expected, UID, parent) if uid in text] == []


def test_waivers_are_judged_by_the_day_of_the_run(run: Run, finished: Finished) -> None:
    """A waiver without a failure turns its check red."""
    waived = Finished(
        **{name: getattr(finished, name) for name in Finished.__slots__} | {"waivers": (waiver(),)}
    )

    written = write(run, waived)

    assert (written.exit_code, written.content["verdict"]) == (1, "NOT READY")
    assert written.content["sentence"] == (
        "The waiver of MKR-01 is void because the check passed: remove it from waivers.yaml."
    )


def test_folder_is_shown_as_it_can_be_typed() -> None:
    """Below the working directory the path is relative."""
    assert shown(Path("/a/b/c"), Path("/a")) == Path("b/c")
    assert shown(Path("/a/b/c"), Path("/d")) == Path("/a/b/c")
