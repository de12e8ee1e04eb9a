"""The sections of a sign-off beside its checks, as JSON: findings, libraries, earlier runs, the proof."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from reports.signoff.earlier_runs import Previous
from reports.signoff.mutation_score import FILE, MutationScore
from reports.verdict.cause import Frame
from reports.verdict.decide import deviates
from reports.verdict.findings import Finding
from reports.verdict.results import Library, Outcome, Result, Verdict

Json = dict[str, Any]


def moment(unix_ms: int) -> str:
    """A moment in UTC, ISO 8601, to the millisecond."""
    seconds, ms = divmod(unix_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def finding(found: Finding) -> Json:
    """One root cause."""
    return {
        "owner": found.owner,
        "sentence": f"{', '.join(found.symbols)}: {found.headline}" if found.symbols else found.headline,
        "checks": [
            {"id": result.id, "verdict": result.verdict, "sentence": result.sentence}
            for result in found.results
        ],
        "frame": None if found.frame is None else _frame(found.frame),
    }


def library(judged: Library | None) -> Json | None:
    """The library that a check or a case judges."""
    if judged is None:
        return None
    return {"name": judged.name, "version": judged.version or None, "traded": judged.traded}


def deviations(result: Result, *, several: bool) -> list[Json]:
    """The failures of libraries that no listing under test trades through; equal cases are one.

    several: more than one listing is under test
    """
    alike: dict[tuple[Library | None, str], list[Outcome]] = {}
    for case in result.outcomes if result.verdict is Verdict.FAIL else ():
        if deviates(case, result.check):
            alike.setdefault((case.library or result.check.library, case.sentence), []).append(case)
    return [
        {
            "check": result.id,
            "library": library(judged),
            "symbols": list(dict.fromkeys(case.symbol for case in cases if several and case.symbol)),
            "title": result.title,
            "sentence": sentence,
            "remediation": result.check.remediation or None,
            "frame": _first_frame(cases),
        }
        for (judged, sentence), cases in alike.items()
    ]


def previous(earlier: Previous) -> Json:
    """The earlier runs of the subject, newest first."""
    return {
        "runs": [
            {
                "run": run.run_id,
                "started": run.started,
                "verdict": run.verdict,
                "profile": run.profile,
                "rehearsal": run.rehearsal or None,
                "sha256": run.sha256,
            }
            for run in earlier.runs
        ],
        "passed_over": list(earlier.passed_over),
    }


def proof(score: MutationScore) -> Json:
    """How many of the planned checks were shown to fail on a defect, and what they notice beyond the list."""
    matrix = score.matrix
    return {
        "sentence": score.sentence,
        "unlisted": score.unlisted or None,
        "measures": [
            {
                "name": measure.name,
                "what": measure.what,
                "killed": measure.killed,
                "judged": measure.judged,
                "lower": measure.lower,
                "upper": measure.upper,
            }
            for measure in score.measures
        ],
        "planned": score.planned,
        "proven": score.planned - len(score.unproven),
        "unproven": list(score.unproven),
        "file": FILE,
        "sha256": None if matrix is None else matrix.sha256,
        "requirements": None if matrix is None else matrix.requirements,
    }


def _first_frame(outcomes: Iterable[Outcome]) -> Json | None:
    frames = (case.attribution.frame for case in outcomes if case.attribution is not None)
    return next((_frame(frame) for frame in frames if frame is not None), None)


def _frame(frame: Frame) -> Json:
    return {
        "seq": frame.seq,
        "at": moment(frame.at_ms),
        "channel": frame.channel,
        "direction": frame.direction,
        "title": frame.title,
        "ret_code": frame.ret_code,
        "text": frame.text,
    }
