"""The evidence of a run, judged from its file: what was found live is found again."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from fixtures.oracle import Bounds
from fixtures.record.evidence import Record

ROOT = Path(__file__).parents[1]
DEADLINE_S = 240
FIRST = re.compile(r"^(?:  FAIL +)?LAW-10 +(avgPrice of order .+ during \S+\): .+?), got", re.MULTILINE)
"""Of the check's own line: that of another failed check names the first departure in that check."""


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this suite
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=DEADLINE_S,
    )


@pytest.fixture(scope="module")
def defective_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The output and the evidence of a short run on a venue that misstates averages."""
    out = tmp_path_factory.mktemp("out")
    ended = _python(
        "pytest", "-q", "-k", "MKR-29.02 or LAW-10", "--defect", "misstates_average", f"--out={out}"
    )
    (folder,) = out.iterdir()
    return ended.stdout, folder / "evidence.jsonl"


def test_the_file_shows_what_was_found_live(defective_run: tuple[str, Path]) -> None:
    """The first contradiction of the live run is the first one in the judgement of its evidence file."""
    output, evidence = defective_run
    live = FIRST.search(output)

    judged = _python("fixtures.oracle", "judge", str(evidence))

    assert live is not None, output
    found = FIRST.search(judged.stdout)
    assert judged.returncode == 1
    assert found is not None, judged.stdout
    assert found[1] == live[1]


def test_a_line_that_is_no_record_is_named(defective_run: tuple[str, Path], tmp_path: Path) -> None:
    """A file with a cut line ends the judgement with one sentence that names the line."""
    _, evidence = defective_run
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join([*evidence.read_text(encoding="utf-8").splitlines()[:3], '{"seq": 3']))

    judged = _python("fixtures.oracle", "judge", str(cut))

    assert judged.returncode == 2
    assert "cut.jsonl: line 4 is no record of a run" in judged.stdout


def test_a_file_without_a_record_is_no_evidence(tmp_path: Path) -> None:
    """An empty file is not judged to be without contradictions."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()

    judged = _python("fixtures.oracle", "judge", str(empty))

    assert judged.returncode == 2
    assert "holds no record of a run" in judged.stdout


def test_the_file_says_how_late_a_view_may_be(defective_run: tuple[str, Path]) -> None:
    """A run's evidence begins with the bounds of its environment, by which it is judged."""
    _, evidence = defective_run

    with evidence.open("rb") as file:
        first = msgspec.json.decode(file.readline(), type=Record)

    assert Bounds.noted(first) == Bounds(lag_ms=2000, push_ms=3000)
