"""From an exception that pytest caught to how the phase ended, and to one sentence."""

import pytest

from fixtures.clients.errors import (
    HookFailed,
    Malformed,
    Misuse,
    Refused,
    Unanswered,
    Unreachable,
    Unresponsive,
)
from fixtures.desk import Blocked, LeftBehind
from fixtures.expect import CheckFailed
from fixtures.harness.session import TooFewMessages
from reports.verdict.decide import EndedPhase, PhaseEnd

LONGEST_SENTENCE = 300

ENDED_BY: tuple[tuple[type[BaseException], PhaseEnd], ...] = (
    # The suite raises it after a call that completed, so that pytest shows that it received too little.
    (TooFewMessages, PhaseEnd.COMPLETED),
    (Blocked, PhaseEnd.BLOCKED),
    (Unresponsive, PhaseEnd.SILENT),
    (AssertionError, PhaseEnd.FAILED),
    (Refused, PhaseEnd.REFUSED),
    (Malformed, PhaseEnd.MALFORMED),
    (pytest.skip.Exception, PhaseEnd.SKIPPED),
)
"""How a phase ended, by the first exception type that matches; any other exception broke it."""

BEGINNINGS: tuple[tuple[type[BaseException], str], ...] = (
    (Refused, "the venue refused "),
    (Malformed, "the venue broke the format: "),
    (Unreachable, "the venue could not be reached: "),
    (Unresponsive, ""),
    (Unanswered, "no answer: "),
    (Misuse, "the suite refused: "),
    (HookFailed, "the suite broke: "),
    (LeftBehind, ""),
    (Blocked, ""),
    (CheckFailed, ""),
)
"""How the sentence of our own exceptions begins; that of any other begins with the name of its type."""


def phase_of(when: str, raised: BaseException | None) -> EndedPhase:
    """How a phase ended, from what it raised. when: setup, call or teardown."""
    if raised is None:
        return EndedPhase(when)
    ended = next((ended for kind, ended in ENDED_BY if isinstance(raised, kind)), PhaseEnd.BROKEN)
    return EndedPhase(
        when, ended, "" if ended is PhaseEnd.COMPLETED else _sentence_of_phase(when, ended, raised)
    )


def _sentence_of_phase(when: str, ended: PhaseEnd, raised: BaseException) -> str:
    if ended is PhaseEnd.SKIPPED:
        return f"skipped: {sentence_of(raised)}"
    if when == "call":
        return sentence_of(raised) if ended is PhaseEnd.FAILED else message_of(raised)
    is_prerequisite = when == "setup" and ended in {PhaseEnd.BLOCKED, PhaseEnd.SILENT}
    return sentence_of(raised) if is_prerequisite else f"{when}: {message_of(raised)}"


def sentence_of(raised: BaseException) -> str:
    """The first line of an exception's text, or the name of its type when it has none."""
    lines = str(raised).strip().splitlines() or [type(raised).__name__]
    text = lines[0].strip()
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"


def message_of(raised: BaseException) -> str:
    """The exception as one sentence, without a class name when it is one of ours."""
    beginnings = (beginning for kind, beginning in BEGINNINGS if isinstance(raised, kind))
    return next(beginnings, f"{type(raised).__name__}: ") + sentence_of(raised)
