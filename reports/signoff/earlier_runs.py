"""The earlier runs of the same subject, so that a READY after five NOT READY can be seen.

A retest is another run: it has its own folder, and nothing of an earlier run is overwritten.
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
from reports.verdict.results import RunVerdict, Verdict

FORMAT = "dmm-onboarding-sign-off/"
"""How the format of every version of a sign-off begins."""
SIGN_OFF = "signoff.json"
_PASSED = (RunVerdict.READY, RunVerdict.READY_WITH_WAIVERS)


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


class Changed(Exception):
    """A sign-off does not say any more what its run wrote; the text says how that shows."""


def previous(folder: Path, subject: Subject) -> Previous:
    """The earlier runs of the subject; one whose sign-off was changed since is not listed by its verdict.

    folder: of the run under way; its neighbours are the other runs
    """
    runs: list[Earlier] = []
    passed_over: list[str] = []
    told: dict[str, str] = {}
    for other in sorted(_others(folder), reverse=True):
        try:
            content, digest = _read(other / SIGN_OFF)
            _require_unchanged(content, digest, {noted(other, SIGN_OFF), told.get(other.name)})
            told |= {one["run"]: one["sha256"] for one in content.get("previous", {}).get("runs", ())}
            if _subject_of(content) == (subject.environment, subject.key_fingerprint, _symbols(subject)):
                runs.append(_earlier(content, digest))
        except FileNotFoundError:
            passed_over.append(f"{other.name}: has no {SIGN_OFF}")
        except Changed as changed:
            passed_over.append(f"{other.name}: {changed}")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            passed_over.append(f"{other.name}: its {SIGN_OFF} is none of this suite")
    return Previous(tuple(runs), tuple(passed_over))


def _require_unchanged(content: dict[str, Any], digest: str, known: set[str | None]) -> None:
    """Hold a sign-off against what is known of it: digests that others wrote down, and its own checks.

    Without a signature whoever edits all of them goes unnoticed; who edits the verdict alone does not.
    Raises Changed.
    """
    if known - {None, digest}:
        raise Changed(f"its {SIGN_OFF} was changed after the run")
    if content["verdict"] in _PASSED and not all(map(_can_pass, content.get("items", ()))):
        raise Changed(f"its verdict {content['verdict']} does not follow from its checks")


def _can_pass(item: dict[str, Any]) -> bool:
    """True when the counts are those of the checks, and none of the checks stands against a READY."""
    counted = Counter(check["verdict"] for check in item["checks"])
    told = {verdict: count for verdict, count in item["counts"].items() if count}
    checks = item["checks"]
    return counted == told and not any(
        stands_against(Verdict(check["verdict"]), deviates=_is_beside(check)) for check in checks
    )


def _is_beside(check: dict[str, Any]) -> bool:
    """True for what is found about a library that no listing trades through."""
    return check["verdict"] == Verdict.FAIL and bool(check["library"]) and not check["library"]["traded"]


def _others(folder: Path) -> list[Path]:
    if not folder.parent.is_dir():
        return []
    return [one for one in folder.parent.iterdir() if one.is_dir() and one.name != folder.name]


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
