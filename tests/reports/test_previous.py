"""The earlier runs of a subject."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports.previous import previous
from reports.signoff import as_json
from tests.reports.made_up import signed_off

SUBJECT = signed_off().subject


def leave(out: Path, run_id: str, **changed: Any) -> str:  # noqa: ANN401 - any field of a sign-off
    """Put a run's sign-off into the folder of the runs; its digest."""
    content = as_json(signed_off()) | {"run": {"id": run_id, "started": "2026-11-20T10:00:00.000Z"}} | changed
    (out / run_id).mkdir()
    (out / run_id / "signoff.json").write_text(json.dumps(content), encoding="utf-8")
    return hashlib.sha256((out / run_id / "signoff.json").read_bytes()).hexdigest()


def test_earlier_runs_are_listed_newest_first(tmp_path: Path) -> None:
    """A READY shows how many attempts it took, each with verdict and digest; the run itself is left out."""
    leave(tmp_path, "261120-100000-aaaa", verdict="NOT READY")
    digest = leave(tmp_path, "261121-100000-bbbb", verdict="INCOMPLETE", rehearsal="Rehearsal.")
    leave(tmp_path, "261122-100000-cccc")

    found = previous(tmp_path / "261122-100000-cccc", SUBJECT)

    assert [(one.run_id, one.verdict) for one in found.runs] == [
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
def test_runs_of_another_subject_are_another_story(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Another environment, key or symbol has a history of its own."""
    leave(tmp_path, "261120-100000-aaaa")

    assert previous(tmp_path / "now", replace(SUBJECT, **changed)).runs == ()


def test_corrupt_and_foreign_folders_are_passed_over_with_a_note(tmp_path: Path) -> None:
    """A killed run, a broken file and somebody else's folder say nothing, and that is said."""
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
        "d-list: its signoff.json is none of this suite",
        "c-foreign: its signoff.json is none of this suite",
        "b-broken: its signoff.json is none of this suite",
        "a-killed: has no signoff.json",
    )


def test_first_run_has_no_history(tmp_path: Path) -> None:
    """Where no folder of runs stands yet there is nothing to list."""
    assert previous(tmp_path / "out" / "now", SUBJECT).runs == ()
