"""Reads from ``docs/kill-matrix.json`` which checks were shown to fail on a defect."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "docs/kill-matrix.json"


@dataclass(frozen=True, slots=True)
class KillMatrix:
    """The result of the proof.

    checks: check id -> the defects that it caught
    requirements: the version of the requirement set that the proof ran with
    sha256: of the file's bytes
    """

    checks: Mapping[str, Sequence[str]]
    requirements: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MutationScore:
    """How many of the planned checks are proven able to fail.

    unproven: the ids of the others
    matrix: None when there is no kill matrix, or it cannot be read
    """

    planned: int
    unproven: tuple[str, ...]
    matrix: KillMatrix | None
    sentence: str


def read(root: Path) -> KillMatrix | str:
    """The kill matrix of the suite in this folder, or the reason why there is none."""
    try:
        raw = (root / FILE).read_bytes()
    except FileNotFoundError:
        return "no kill matrix"
    except OSError as error:
        return f"the kill matrix cannot be read: {error.strerror}"
    try:
        return _matrix(json.loads(raw), hashlib.sha256(raw).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{FILE} is not a kill matrix"


def score(matrix: KillMatrix | str, planned: Sequence[str], version: str) -> MutationScore:
    """How many of the planned checks the matrix shows to fail on a defect.

    version: of the requirement set of this run
    """
    if isinstance(matrix, str):
        return MutationScore(
            len(planned), tuple(planned), None, f"Checks proven able to fail: unknown, {matrix}."
        )
    unproven = tuple(check_id for check_id in planned if not matrix.checks.get(check_id))
    count = f"{len(planned) - len(unproven)} of {len(planned)}"
    other = (
        f", built with requirement set {matrix.requirements}; this run uses {version}"
        if matrix.requirements != version
        else ""
    )
    sentence = f"Checks proven able to fail: {count} (kill matrix sha256 {matrix.sha256[:12]}{other})."
    return MutationScore(len(planned), unproven, matrix, sentence)


def _matrix(content: Any, digest: str) -> KillMatrix:  # noqa: ANN401 - whatever stands in the file
    checks = {str(check_id): tuple(map(str, defects)) for check_id, defects in content["checks"].items()}
    return KillMatrix(checks, str(content["requirements"]), digest)
