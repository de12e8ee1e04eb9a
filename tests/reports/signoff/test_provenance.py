"""The suite's version."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.signoff.provenance import UNKNOWN, Provenance, provenance

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)  # noqa: S603, S607 - a test's own repository


def test_folder_without_git_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git, or outside of a repository, commit and tree are unknown."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    outside = provenance(tmp_path, ())
    monkeypatch.setenv("PATH", "")

    assert outside == provenance(tmp_path, ()) == Provenance("1.2.3", UNKNOWN, UNKNOWN)


def test_folder_without_project_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a pyproject.toml the version is unknown."""
    monkeypatch.setenv("PATH", "")

    assert provenance(tmp_path, ()).version == UNKNOWN


@needs_git
def test_commit_is_named_and_changes_make_it_dirty(tmp_path: Path) -> None:
    """A committed tree is clean; a new file makes it dirty."""
    git(tmp_path, "init")
    (tmp_path / "a").write_text("a", encoding="utf-8")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-m", "a")
    clean = provenance(tmp_path, ())
    (tmp_path / "b").write_text("b", encoding="utf-8")

    assert (len(clean.commit), clean.tree) == (40, "clean")
    assert provenance(tmp_path, ()).tree == "dirty"


@needs_git
def test_settings_are_named_by_their_digest_and_leave_the_tree_clean(tmp_path: Path) -> None:
    """Waivers and listings may be added where the README says; code may not, be it committed or new."""
    (tmp_path / "checks").mkdir()
    for name in ("environments.yaml", "checks/test_a.py"):
        (tmp_path / name).write_text("a", encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "a")
    settings = tmp_path / "environments.yaml", tmp_path / "waivers.yaml", tmp_path / "mine" / "other.yaml"
    for path in settings:
        path.parent.mkdir(exist_ok=True)
        path.write_text("b", encoding="utf-8")
    digest = hashlib.sha256(b"b").hexdigest()

    changed = provenance(tmp_path, settings)
    assert (changed.tree, changed.settings) == (
        "clean",
        {"environments.yaml": digest, "waivers.yaml": digest, "other.yaml": digest},
    )

    (tmp_path / "checks" / "conftest.py").write_text("", encoding="utf-8")
    assert provenance(tmp_path, settings).tree == "dirty"
    (tmp_path / "checks" / "conftest.py").unlink()
    (tmp_path / "checks" / "test_a.py").write_text("b", encoding="utf-8")
    assert provenance(tmp_path, settings).tree == "dirty"


@needs_git
def test_only_the_settings_of_this_folder_are_set_apart(tmp_path: Path) -> None:
    """A file of code that has the name of a settings file, or another place outside, changes nothing."""
    root = tmp_path / "root"
    (root / "checks").mkdir(parents=True)
    (root / "a").write_text("a", encoding="utf-8")
    git(root, "init")
    git(root, "add", "a")
    git(root, "commit", "-m", "a")
    elsewhere = tmp_path / "environments.yaml"
    elsewhere.write_text("b", encoding="utf-8")
    assert provenance(root, (elsewhere,)).tree == "clean"

    (root / "checks" / "environments.yaml").write_text("b", encoding="utf-8")
    assert provenance(root, (elsewhere,)).tree == "dirty"
