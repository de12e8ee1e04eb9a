"""Which version of the suite ran, and with which settings of its user."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

UNKNOWN = "unknown"
SETTINGS = ("environments.yaml", "waivers.yaml")
"""The user's files beside the code: they are named by their digest and do not make the tree dirty."""
TIME_LIMIT_S = 10


@dataclass(frozen=True, slots=True)
class Provenance:
    """The suite's version and its user's settings.

    commit: the git commit, "unknown" without git
    tree: "clean", "dirty", or "unknown" without git; settings leave it clean
    settings: file name -> its SHA-256, for each file of settings that exists
    """

    version: str
    commit: str
    tree: str
    settings: Mapping[str, str] = field(default_factory=dict)


def provenance(root: Path, settings: Sequence[Path]) -> Provenance:
    """The version of the suite in this folder, and the settings that it runs with."""
    digests = {path.name: sha256(path.read_bytes()).hexdigest() for path in settings if path.is_file()}
    apart = {Path(os.path.relpath(path, root)) for path in (*settings, *(root / name for name in SETTINGS))}
    # git takes the pathspec literally, and refuses one that leads out of the repository.
    excluded = (f":(exclude,literal){path}" for path in sorted(apart) if ".." not in path.parts)
    commit = _git(root, "rev-parse", "HEAD")
    status = _git(root, "status", "--porcelain", "--", ".", *excluded)
    if commit is None or status is None:
        return Provenance(_version(root), UNKNOWN, UNKNOWN, digests)
    return Provenance(_version(root), commit, "dirty" if status else "clean", digests)


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
