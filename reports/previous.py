"""The earlier runs of the same subject, so that a READY after five NOT READY can be seen.

A retest is another run: it has its own folder, and nothing of an earlier run is overwritten.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.subject import Subject

SIGN_OFF = "dmm-onboarding-sign-off/"
"""How the format of every version of a sign-off begins."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run.

    started: ISO 8601, UTC
    profile: "signoff" for runs that do not say
    rehearsal: "" for a sign-off
    sha256: of its signoff.json
    """

    run_id: str
    started: str
    verdict: str
    profile: str
    rehearsal: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Previous:
    """What the folder of the runs holds beside this one.

    runs: of the same environment, symbols and key, newest first
    passed_over: why a folder says nothing, one line each, newest first
    """

    runs: tuple[Earlier, ...] = ()
    passed_over: tuple[str, ...] = ()


def previous(folder: Path, subject: Subject) -> Previous:
    """The earlier runs of the subject.

    folder: of the run under way; its neighbours are the other runs
    """
    runs: list[Earlier] = []
    passed_over: list[str] = []
    for other in sorted(_others(folder), reverse=True):
        try:
            content, digest = _read(other / "signoff.json")
            if _subject_of(content) == (subject.environment, subject.key_fingerprint, _symbols(subject)):
                runs.append(_earlier(content, digest))
        except FileNotFoundError:
            passed_over.append(f"{other.name}: has no signoff.json")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            passed_over.append(f"{other.name}: its signoff.json is none of this suite")
    return Previous(tuple(runs), tuple(passed_over))


def _others(folder: Path) -> list[Path]:
    if not folder.parent.is_dir():
        return []
    return [one for one in folder.parent.iterdir() if one.is_dir() and one.name != folder.name]


def _read(path: Path) -> tuple[dict[str, Any], str]:
    raw = path.read_bytes()
    content = json.loads(raw)
    if not content["format"].startswith(SIGN_OFF):
        raise ValueError(content["format"])
    return content, hashlib.sha256(raw).hexdigest()


def _subject_of(content: dict[str, Any]) -> tuple[str, str, Sequence[str]]:
    subject = content["subject"]
    symbols = sorted(listing["symbol"] for listing in subject["listings"])
    return subject["environment"], subject["key_fingerprint"], symbols


def _symbols(subject: Subject) -> list[str]:
    return sorted(listed.symbol for listed in subject.listings)


def _earlier(content: dict[str, Any], digest: str) -> Earlier:
    run = content["run"]
    return Earlier(
        run_id=str(run["id"]),
        started=str(run["started"]),
        verdict=str(content["verdict"]),
        profile=str(run.get("profile", "signoff")),
        rehearsal=str(content["rehearsal"] or ""),
        sha256=digest,
    )
