"""Lists the earlier runs of the same subject, so that a READY after five NOT READY is visible.

A retest is a new run with its own folder: it overwrites nothing of an earlier run.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.signoff.digests import noted
from reports.signoff.subject import Subject
from reports.verdict.decide import stands_against
from reports.verdict.results import ONE_SIDED, RunVerdict, Verdict

FORMAT = "dmm-onboarding-sign-off/"
"""The beginning that the formats of all sign-off versions share."""
SIGN_OFF = "signoff.json"
_PASSED = (RunVerdict.READY, RunVerdict.READY_WITH_WAIVERS, *ONE_SIDED)


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
    """What the folder of the runs holds apart from this run.

    runs: of the same environment, symbols and key, newest first
    passed_over: the folders without a valid sign-off and why, one line each, newest first
    """

    runs: tuple[Earlier, ...] = ()
    passed_over: tuple[str, ...] = ()


class SignOffChanged(Exception):
    """A sign-off is no longer what its run wrote; the text says what shows it."""


def previous(folder: Path, subject: Subject) -> Previous:
    """The earlier runs of the subject; one whose sign-off was changed since is passed over.

    folder: of the current run; its siblings are the other runs
    """
    runs: list[Earlier] = []
    passed_over: list[str] = []
    # A later run notes the digests of the earlier ones. The newest comes first, so that its notes are known
    # when an older sign-off is read.
    later_noted: dict[str, str] = {}
    for other in sorted(_others(folder), reverse=True):
        try:
            content, digest = _read(other / SIGN_OFF)
            _require_unchanged(content, digest, {noted(other, SIGN_OFF), later_noted.get(other.name)})
            later_noted |= {run["run"]: run["sha256"] for run in content.get("previous", {}).get("runs", ())}
            if _subject_of(content) == (subject.environment, subject.key_fingerprint, _symbols(subject)):
                runs.append(_earlier(content, digest))
        except FileNotFoundError:
            passed_over.append(f"{other.name}: has no {SIGN_OFF}")
        except SignOffChanged as changed:
            passed_over.append(f"{other.name}: {changed}")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            passed_over.append(f"{other.name}: its {SIGN_OFF} was not written by this suite")
    return Previous(tuple(runs), tuple(passed_over))


def _require_unchanged(content: dict[str, Any], digest: str, known: set[str | None]) -> None:
    """Compare a sign-off with the digests that were noted of it, and its verdict with its own checks.

    There is no signature: an edit of the verdict alone is noticed, a consistent edit of all files is not.
    Raises SignOffChanged.
    """
    if known - {None, digest}:
        raise SignOffChanged(f"its {SIGN_OFF} was changed after the run")
    if content["verdict"] in _PASSED and not all(map(_can_pass, content.get("items", ()))):
        raise SignOffChanged(f"its verdict {content['verdict']} does not follow from its checks")


def _can_pass(item: dict[str, Any]) -> bool:
    """True when the counts are those of the checks, and no check rules out a READY."""
    counted = Counter(check["verdict"] for check in item["checks"])
    stated = {verdict: count for verdict, count in item["counts"].items() if count}
    checks = item["checks"]
    return counted == stated and not any(
        stands_against(Verdict(check["verdict"]), deviates=_deviates(check)) for check in checks
    )


def _deviates(check: dict[str, Any]) -> bool:
    """True for a failure of a library that no listing trades through."""
    return check["verdict"] == Verdict.FAIL and bool(check["library"]) and not check["library"]["traded"]


def _others(folder: Path) -> list[Path]:
    if not folder.parent.is_dir():
        return []
    return [run for run in folder.parent.iterdir() if run.is_dir() and run.name != folder.name]


def _read(path: Path) -> tuple[dict[str, Any], str]:
    raw = path.read_bytes()
    content = json.loads(raw)
    if not content["format"].startswith(FORMAT):
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
