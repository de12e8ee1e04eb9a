"""What pytest saw of a case, as data and in words: how a phase ended, what a docstring demands."""

import re

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
from reports.verdict.decide import Ended, Phase
from reports.verdict.results import Requirement

LONGEST_SENTENCE = 300
_LABEL = re.compile(r"^(Sequence|Passes|Disposition|Source):", re.MULTILINE)


ENDED_BY: tuple[tuple[type[BaseException], Ended], ...] = (
    # It shows pytest that the call received too little; the call itself completed.
    (TooFewMessages, Ended.COMPLETED),
    (Blocked, Ended.BLOCKED),
    (Unresponsive, Ended.SILENT),
    (AssertionError, Ended.FAILED),
    (Refused, Ended.REFUSED),
    (Malformed, Ended.MALFORMED),
    (pytest.skip.Exception, Ended.SKIPPED),
)
"""How a phase ended by what it raised; anything else broke it."""

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
"""How the sentence of our own exceptions begins; any other is told by the name of its type."""


def requirement_of(docstring: str | None) -> Requirement:
    """The requirement that a check's docstring states, with its labelled lines."""
    text, *labelled = _LABEL.split(docstring or "")
    title, _, paragraph = text.strip().partition("\n\n")
    said = {label: _joined(words) for label, words in zip(labelled[::2], labelled[1::2], strict=True)}
    return Requirement(
        _joined(title),
        "\n\n".join(map(_joined, paragraph.strip().split("\n\n"))),
        said.get("Source", ""),
        said.get("Sequence", ""),
        said.get("Passes", ""),
        said.get("Disposition", ""),
    )


def phase_of(when: str, raised: BaseException | None) -> Phase:
    """How a phase ended, from what it raised. when: setup, call or teardown."""
    if raised is None:
        return Phase(when)
    ended = next((ended for kind, ended in ENDED_BY if isinstance(raised, kind)), Ended.BROKEN)
    return Phase(when, ended, "" if ended is Ended.COMPLETED else _sentence_of_phase(when, ended, raised))


def _sentence_of_phase(when: str, ended: Ended, raised: BaseException) -> str:
    if ended is Ended.SKIPPED:
        return f"skipped: {sentence_of(raised)}"
    if when == "call":
        return sentence_of(raised) if ended is Ended.FAILED else told(raised)
    is_prerequisite = when == "setup" and ended in {Ended.BLOCKED, Ended.SILENT}
    return sentence_of(raised) if is_prerequisite else f"{when}: {told(raised)}"


def sentence_of(raised: BaseException) -> str:
    """The first line of an exception's text, its name where it has none."""
    lines = str(raised).strip().splitlines() or [type(raised).__name__]
    text = lines[0].strip()
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"


def told(raised: BaseException) -> str:
    """What an exception says, in words where it is one of ours."""
    beginnings = (beginning for kind, beginning in BEGINNINGS if isinstance(raised, kind))
    return next(beginnings, f"{type(raised).__name__}: ") + sentence_of(raised)


def _joined(text: str) -> str:
    return " ".join(text.split())
