"""The earlier runs of a subject."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports.signoff.document import as_json
from reports.signoff.earlier_runs import Previous, previous
from reports.verdict.results import Verdict
from tests.reports.made_up import outcomes, signed_off

SUBJECT = signed_off().subject


def leave(out: Path, run_id: str, **changed: Any) -> str:  # noqa: ANN401 - any field of a sign-off
    """Put a run's sign-off into the folder of the runs; its digest."""
    content = as_json(signed_off()) | {"run": {"id": run_id, "started": "2026-11-20T10:00:00.000Z"}} | changed
    (out / run_id).mkdir()
    (out / run_id / "signoff.json").write_text(json.dumps(content), encoding="utf-8")
    return hashlib.sha256((out / run_id / "signoff.json").read_bytes()).hexdigest()


def test_earlier_runs_are_listed_newest_first(tmp_path: Path) -> None:
    """A READY shows how many attempts it took, each with verdict and digest; the run itself is not listed."""
    leave(tmp_path, "261120-100000-aaaa", verdict="NOT READY")
    digest = leave(tmp_path, "261121-100000-bbbb", verdict="INCOMPLETE", rehearsal="Rehearsal.")
    leave(tmp_path, "261122-100000-cccc")

    found = previous(tmp_path / "261122-100000-cccc", SUBJECT)

    assert [(earlier.run_id, earlier.verdict) for earlier in found.runs] == [
        ("261121-100000-bbbb", "INCOMPLETE"),
        ("261120-100000-aaaa", "NOT READY"),
    ]
    assert (found.runs[0].sha256, found.runs[0].rehearsal, found.runs[0].profile) == (
        digest,
        "Rehearsal.",
        "signoff",
    )
    assert found.passed_over == ()


@pytest.mark.parametrize(
    "changed",
    [{"environment": "mainnet"}, {"key_fingerprint": "000000000000"}, {"listings": ()}],
    ids=lambda changed: next(iter(changed)),
)
def test_runs_of_another_subject_are_not_listed(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Another environment, key or symbol has a history of its own."""
    leave(tmp_path, "261120-100000-aaaa")

    assert previous(tmp_path / "now", replace(SUBJECT, **changed)).runs == ()


def test_corrupt_and_foreign_folders_are_passed_over_with_a_note(tmp_path: Path) -> None:
    """A killed run, a broken file and somebody else's folder are passed over with the reason."""
    leave(tmp_path, "c-foreign", format="somebody-else/1")
    leave(tmp_path, "b-broken")
    (tmp_path / "b-broken" / "signoff.json").write_text("{", encoding="utf-8")
    leave(tmp_path, "d-list")
    (tmp_path / "d-list" / "signoff.json").write_text("[]", encoding="utf-8")
    (tmp_path / "a-killed").mkdir()
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")

    found = previous(tmp_path / "now", SUBJECT)

    assert found.runs == ()
    assert found.passed_over == (
        "d-list: its signoff.json was not written by this suite",
        "c-foreign: its signoff.json was not written by this suite",
        "b-broken: its signoff.json was not written by this suite",
        "a-killed: has no signoff.json",
    )


def test_edited_sign_off_is_not_listed_by_its_verdict(tmp_path: Path) -> None:
    """A sign-off that is not what its run wrote is passed over with the reason."""
    digest = leave(tmp_path, "261120-100000-aaaa")
    (tmp_path / "261120-100000-aaaa" / "signoff.sha256").write_text(f"{digest}  signoff.json\n", "utf-8")
    assert len(previous(tmp_path / "now", SUBJECT).runs) == 1

    path = tmp_path / "261120-100000-aaaa" / "signoff.json"
    path.write_text(path.read_text(encoding="utf-8").replace("READY", "READY ", 1), encoding="utf-8")

    assert previous(tmp_path / "now", SUBJECT) == Previous(
        (), ("261120-100000-aaaa: its signoff.json was changed after the run",)
    )


def test_digest_that_a_later_run_wrote_down_counts_as_well(tmp_path: Path) -> None:
    """Who edits a sign-off and its digest has forgotten the sign-off of the next run."""
    was = leave(tmp_path, "261120-100000-aaaa", verdict="NOT READY")
    runs = [{"run": "261120-100000-aaaa", "sha256": was}]
    leave(tmp_path, "261121-100000-bbbb", previous={"runs": runs, "passed_over": []})
    path = tmp_path / "261120-100000-aaaa" / "signoff.json"
    path.write_text(path.read_text(encoding="utf-8").replace("NOT READY", "READY", 1), encoding="utf-8")

    found = previous(tmp_path / "now", SUBJECT)

    assert [earlier.run_id for earlier in found.runs] == ["261121-100000-bbbb"]
    assert found.passed_over == ("261120-100000-aaaa: its signoff.json was changed after the run",)


@pytest.mark.parametrize(
    "broken",
    [{"MKR": Verdict.FAIL}, {"MKR": Verdict.BLOCKED}, {"VIS": Verdict.NOT_RUN}],
    ids=lambda broken: str(*broken.values()),
)
def test_verdict_that_does_not_follow_from_the_checks_is_not_believed(
    tmp_path: Path, broken: dict[str, Verdict]
) -> None:
    """READY over a check that failed or was not run is no READY, whoever wrote it."""
    items = as_json(signed_off(outcomes(**broken)))["items"]
    leave(tmp_path, "261120-100000-aaaa", verdict="READY", items=items)

    assert previous(tmp_path / "now", SUBJECT).passed_over == (
        "261120-100000-aaaa: its verdict READY does not follow from its checks",
    )


def test_first_run_has_no_history(tmp_path: Path) -> None:
    """Where no folder of runs stands yet there is nothing to list."""
    assert previous(tmp_path / "out" / "now", SUBJECT).runs == ()
