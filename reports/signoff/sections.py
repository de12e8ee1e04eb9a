"""What a sign-off says beyond its checks, as JSON values: findings, libraries, earlier runs, the proof."""

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


def finding(one: Finding) -> Json:
    """One root cause."""
    return {
        "owner": one.owner,
        "sentence": f"{', '.join(one.symbols)}: {one.headline}" if one.symbols else one.headline,
        "checks": [
            {"id": result.id, "verdict": result.verdict, "sentence": result.sentence}
            for result in one.results
        ],
        "frame": None if one.frame is None else _frame(one.frame),
    }


def library(judged: Library | None) -> Json | None:
    """The library that a check or a making judges."""
    if judged is None:
        return None
    return {"name": judged.name, "version": judged.version or None, "traded": judged.traded}


def deviations(result: Result, *, several: bool) -> list[Json]:
    """What a library does wrong that no listing under test trades through; cases that say the same are one.

    several: several listings are under test
    """
    alike: dict[tuple[Library | None, str], list[Outcome]] = {}
    for one in result.outcomes if result.verdict is Verdict.FAIL else ():
        if deviates(one, result.check):
            alike.setdefault((one.library or result.check.library, one.sentence), []).append(one)
    return [
        {
            "check": result.id,
            "library": library(judged),
            "symbols": list(dict.fromkeys(one.symbol for one in cases if several and one.symbol)),
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
                "run": one.run_id,
                "started": one.started,
                "verdict": one.verdict,
                "profile": one.profile,
                "rehearsal": one.rehearsal or None,
                "sha256": one.sha256,
            }
            for one in earlier.runs
        ],
        "passed_over": list(earlier.passed_over),
    }


def proof(one: MutationScore) -> Json:
    """How many of the planned checks were shown to fail on a defect."""
    matrix = one.matrix
    return {
        "sentence": one.sentence,
        "planned": one.planned,
        "proven": one.planned - len(one.unproven),
        "unproven": list(one.unproven),
        "file": FILE,
        "sha256": None if matrix is None else matrix.sha256,
        "requirements": None if matrix is None else matrix.requirements,
    }


def _first_frame(outcomes: Iterable[Outcome]) -> Json | None:
    frames = (one.attribution.frame for one in outcomes if one.attribution is not None)
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
