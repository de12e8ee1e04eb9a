"""The files of a run."""

import json
from pathlib import Path

import pytest

from fixtures.evidence import Channel, Direction
from fixtures.run import Run
from reports.finish import Finished, write
from reports.renderer.render import render
from tests.reports.made_up import KEY, PLAN, REQUIRED, SECRET, START_MS, UID, outcomes, waiver


@pytest.fixture(autouse=True)
def _no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the Allure CLI out."""
    monkeypatch.setattr(render, "__kwdefaults__", {"cli": Path("nowhere.js"), "limit_s": 1})


@pytest.fixture
def finished(run: Run, tmp_path: Path) -> Finished:
    """A run in which every check passed."""
    (run.folder / "allure-results").mkdir(parents=True)
    return Finished(
        requirements=REQUIRED,
        waivers=(),
        plan=PLAN,
        outcomes=outcomes(),
        interrupted=None,
        started_ms=START_MS,
        ended_ms=START_MS + 1000,
        root=tmp_path,
        allure_results=run.folder / "allure-results",
    )


def test_sign_off_stands_without_the_allure_report(run: Run, finished: Finished) -> None:
    """Every own file is written; the missing report is a remark and costs no exit code."""
    written = write(run, finished)

    assert (written.exit_code, written.rendered) == (0, False)
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
    assert written.exit_code == 0
    assert [word for word in (KEY, SECRET, UID) if word in text] == []
    assert "••••••12" in text


def test_leak_makes_the_run_incomplete(run: Run, finished: Finished) -> None:
    """A file that nobody redacted is deleted, named, and turns the exit code to 2."""
    (run.folder / "notes.txt").write_text(KEY, encoding="utf-8")

    written = write(run, finished)

    assert written.exit_code == 2
    assert "notes.txt held a secret and was deleted: do not hand over this run" in written.remarks
    assert not (run.folder / "notes.txt").exists()


def test_waivers_are_judged_by_the_day_of_the_run(run: Run, finished: Finished) -> None:
    """A waiver without a failure turns its check red."""
    waived = Finished(
        **{name: getattr(finished, name) for name in Finished.__slots__} | {"waivers": (waiver(),)}
    )

    written = write(run, waived)

    assert (written.exit_code, written.content["verdict"]) == (1, "NOT READY")
    assert "waiver without a failure" in written.content["sentence"]
