"""The suite's version."""

import shutil
import subprocess
from pathlib import Path

import pytest

from reports.provenance import UNKNOWN, Provenance, provenance

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)  # noqa: S603, S607 - a test's own repository


def test_folder_without_git_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git, or outside of a repository, commit and tree are unknown."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    outside = provenance(tmp_path)
    monkeypatch.setenv("PATH", "")

    assert outside == provenance(tmp_path) == Provenance("1.2.3", UNKNOWN, UNKNOWN)


def test_folder_without_project_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a pyproject.toml the version is unknown."""
    monkeypatch.setenv("PATH", "")

    assert provenance(tmp_path).version == UNKNOWN


@needs_git
def test_commit_is_named_and_changes_make_it_dirty(tmp_path: Path) -> None:
    """A committed tree is clean; a new file makes it dirty."""
    git(tmp_path, "init")
    (tmp_path / "a").write_text("a", encoding="utf-8")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-m", "a")
    clean = provenance(tmp_path)
    (tmp_path / "b").write_text("b", encoding="utf-8")

    assert (len(clean.commit), clean.tree) == (40, "clean")
    assert provenance(tmp_path).tree == "dirty"
