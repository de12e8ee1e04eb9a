"""docs/checks.md is what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

from reports.cards import __main__

ROOT = Path(__file__).parents[3]


def test_page_is_not_stale() -> None:
    """The committed page is the one that the code writes; `make docs` writes it."""
    done = subprocess.run(
        [sys.executable, "-m", "reports.cards.__main__", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_stale_page_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another text, or none, is exit code 1 and one line; without --check the page is written."""
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(__main__, "written", lambda _root: "the page\n")

    assert __main__.main(["--check"], tmp_path) == 1
    assert __main__.main([], tmp_path) == 0
    assert __main__.main(["--check"], tmp_path) == 0
    assert (tmp_path / "docs/checks.md").read_text(encoding="utf-8") == "the page\n"
    assert capsys.readouterr().err == "docs/checks.md is stale: run `make docs`\n"
