"""Reads from ``docs/kill-matrix.json`` which checks were shown to fail, and how much else they notice."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "docs/kill-matrix.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of a random sample of faults the checks noticed.

    what: completes "of so many ..."
    killed, judged: how many were noticed, and of how many
    lower, upper: the interval of 95 % of the share, 0 to 1
    """

    name: str
    what: str
    killed: int
    judged: int
    lower: float
    upper: float

    def __str__(self) -> str:
        """The share with its interval, for a sentence."""
        share = self.killed / self.judged if self.judged else 1.0
        return f"{share:.1%} of {self.judged} {self.what} ({self.lower:.1%} to {self.upper:.1%})"


@dataclass(frozen=True, slots=True)
class KillMatrix:
    """The result of the proof.

    checks: check id -> the defects that it caught
    measures: of random faults; none in an older matrix
    requirements: the version of the requirement set that the proof ran with
    sha256: of the file's bytes
    """

    checks: Mapping[str, Sequence[str]]
    requirements: str
    sha256: str
    measures: tuple[Measure, ...] = ()


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

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures of faults that nobody listed."""
        return self.matrix.measures if self.matrix is not None else ()

    @property
    def unlisted(self) -> str:
        """What the measures mean, in one sentence; "" when the matrix has none."""
        if not self.measures:
            return ""
        return (
            "Faults that nobody listed: on a venue changed at random the checks noticed "
            f"{', '.join(map(str, self.measures))}; so likely is a fault noticed that is on no list "
            "(in brackets the 95% interval)."
        )


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
    measures = tuple(
        Measure(
            name=str(found["name"]),
            what=str(found["what"]),
            killed=int(found["killed"]),
            judged=int(found["judged"]),
            lower=float(found["lower"]),
            upper=float(found["upper"]),
        )
        for found in content.get("measures", ())
    )
    return KillMatrix(checks, str(content["requirements"]), digest, measures)
