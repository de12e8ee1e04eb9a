"""How many of the planned checks were proven able to fail."""

import hashlib
import json
from pathlib import Path

import pytest

from reports.signoff.mutation_score import FILE, read, score

PLANNED = ("VIS-01", "MKR-02", "ERR-03")
MATRIX = {
    "checks": {"VIS-01": ["hides_listing"], "MKR-02": [], "SDK-01": ["x"]},
    "requirements": "2026-11-25",
}


def write(root: Path, text: str) -> Path:
    """Put a kill matrix into a suite's folder."""
    path = root / FILE
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_proven_are_the_planned_checks_that_caught_a_defect(tmp_path: Path) -> None:
    """An empty row proves nothing, and a row that was not planned adds nothing."""
    path = write(tmp_path, json.dumps(MATRIX))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    found = score(read(tmp_path), PLANNED, "2026-11-25")

    assert found.unproven == ("MKR-02", "ERR-03")
    assert found.matrix is not None
    assert found.matrix.sha256 == digest
    assert found.sentence == f"Checks proven able to fail: 1 of 3 (kill matrix sha256 {digest[:12]})."


def test_proof_of_another_requirement_set_is_named(tmp_path: Path) -> None:
    """A matrix of another requirement set still counts, and the sentence says so."""
    write(tmp_path, json.dumps(MATRIX))

    sentence = score(read(tmp_path), PLANNED, "2027-01-01").sentence

    assert ", built with requirement set 2026-11-25; this run uses 2027-01-01)" in sentence


def test_measures_come_with_what_they_mean(tmp_path: Path) -> None:
    """Each measure stands in the sentence with its share and interval; an older matrix has no sentence."""
    measure = {
        "name": "code mutants",
        "what": "changes",
        "killed": 3,
        "judged": 4,
        "lower": 0.3,
        "upper": 0.95,
    }
    path = write(tmp_path, json.dumps(MATRIX))
    older = score(read(tmp_path), PLANNED, "x")
    path.write_text(json.dumps({**MATRIX, "measures": [measure]}), encoding="utf-8")
    found = score(read(tmp_path), PLANNED, "x")

    assert (older.unlisted, older.measures) == ("", ())
    assert "the checks noticed 75.0% of 4 changes (30.0% to 95.0%); so likely is a fault" in found.unlisted


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"checks": [], "requirements": "x"}', '{"checks": {}}'])
def test_unreadable_matrix_proves_nothing(tmp_path: Path, text: str) -> None:
    """Whatever else stands in the file is no proof."""
    write(tmp_path, text)

    assert score(read(tmp_path), PLANNED, "x").sentence == (
        f"Checks proven able to fail: unknown, {FILE} is not a kill matrix."
    )


def test_missing_matrix_is_named(tmp_path: Path) -> None:
    """Without the file nothing is claimed."""
    found = score(read(tmp_path), PLANNED, "x")

    assert found.sentence == "Checks proven able to fail: unknown, no kill matrix."
    assert (found.matrix, found.unproven) == (None, PLANNED)
