"""Which version of the suite made a run."""

import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "unknown"
TIME_LIMIT_S = 10


@dataclass(frozen=True, slots=True)
class Provenance:
    """The suite's version.

    commit: the git commit, "unknown" without git
    tree: "clean", "dirty", or "unknown" without git
    """

    version: str
    commit: str
    tree: str


def provenance(root: Path) -> Provenance:
    """The version of the suite that stands in this folder."""
    commit = _git(root, "rev-parse", "HEAD")
    status = _git(root, "status", "--porcelain")
    if commit is None or status is None:
        return Provenance(_version(root), UNKNOWN, UNKNOWN)
    return Provenance(_version(root), commit, "dirty" if status else "clean")


def _version(root: Path) -> str:
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except OSError:
        return UNKNOWN
    return str(project.get("project", {}).get("version", UNKNOWN))


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, None when there is no git, no repository or no commit."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            [git, *arguments], cwd=root, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
