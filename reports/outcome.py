"""One making of a check, from what pytest saw to a verdict and one sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from fixtures.clients.errors import HookFailed, Malformed, Misuse, Refused, Silent, Unanswered, Unreachable
from fixtures.desk import Blocked
from fixtures.desk.flat import LeftBehind
from reports.model import WORST_FIRST, Requirement, Verdict

LONGEST_SENTENCE = 300
_ENUM_MEMBER = re.compile(r"<(\w+\.\w+): [^<>]*>")
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
_LABEL = re.compile(r"^(Sequence|Passes|Cure|Source):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Phase:
    """How one phase of a making ended.

    when: setup, call or teardown
    raised: None when nothing was raised
    """

    when: str
    raised: BaseException | None = None


OF_A_CALL: tuple[tuple[type[BaseException], Verdict], ...] = (
    (Blocked, Verdict.BLOCKED),
    (Silent, Verdict.BLOCKED),
    (AssertionError, Verdict.FAIL),
    (Refused, Verdict.FAIL),
    (Malformed, Verdict.FAIL),
)
"""What an exception of the check itself means; anything else is an ERROR."""

BEGINNINGS: tuple[tuple[type[BaseException], str], ...] = (
    (Refused, "the venue refused "),
    (Malformed, "the venue broke the format: "),
    (Unreachable, "the venue could not be reached: "),
    (Silent, ""),
    (Unanswered, "no answer: "),
    (Misuse, "the suite refused: "),
    (HookFailed, "the suite broke: "),
    (LeftBehind, ""),
    (Blocked, ""),
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
        said.get("Cure", ""),
    )


def judge(phases: Sequence[Phase], not_applicable: str | None) -> tuple[Verdict, str]:
    """The verdict of one making and why; the sentence of a PASS is empty.

    not_applicable: the declared reason why the check does not apply, None when it does
    """
    judged = [_judge_phase(phase, not_applicable) for phase in phases]
    spoilt = [one for one in judged if one[0] is not Verdict.PASS]
    if spoilt:
        return min(spoilt, key=lambda one: WORST_FIRST.index(one[0]))
    if {"call", "teardown"} <= {phase.when for phase in phases}:
        return Verdict.PASS, ""
    return Verdict.NOT_RUN, "the check did not finish"


def decisive(phases: Sequence[Phase], not_applicable: str | None) -> BaseException | None:
    """What was raised where the verdict of the making was decided; None when nothing was."""
    raised = [phase for phase in phases if phase.raised is not None]
    ranked = sorted(raised, key=lambda one: WORST_FIRST.index(_judge_phase(one, not_applicable)[0]))
    return ranked[0].raised if ranked else None


def sentence_of(raised: BaseException) -> str:
    """The first line of an exception's text, without pytest's introspection."""
    lines = str(raised).strip().splitlines() or [type(raised).__name__]
    text = _DECIMAL.sub(r"\1", _ENUM_MEMBER.sub(r"\1", lines[0].strip()))
    text = f"did not hold: {text.removeprefix('assert ')}" if text.startswith("assert ") else text
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:LONGEST_SENTENCE]}…"


def told(raised: BaseException) -> str:
    """What an exception says, in words where it is one of ours."""
    beginnings = (beginning for kind, beginning in BEGINNINGS if isinstance(raised, kind))
    return next(beginnings, f"{type(raised).__name__}: ") + sentence_of(raised)


def _judge_phase(phase: Phase, not_applicable: str | None) -> tuple[Verdict, str]:
    raised = phase.raised
    if raised is None:
        return Verdict.PASS, ""
    if isinstance(raised, pytest.skip.Exception):
        skipped = (Verdict.BLOCKED, f"skipped: {sentence_of(raised)}")
        return skipped if not_applicable is None else (Verdict.NOT_APPLICABLE, not_applicable)
    if phase.when == "setup" and isinstance(raised, Blocked | Silent):
        return Verdict.BLOCKED, sentence_of(raised)
    if phase.when != "call":
        return Verdict.ERROR, f"{phase.when}: {told(raised)}"
    verdict = next((verdict for kind, verdict in OF_A_CALL if isinstance(raised, kind)), Verdict.ERROR)
    return verdict, sentence_of(raised) if isinstance(raised, AssertionError) else told(raised)


def _joined(text: str) -> str:
    return " ".join(text.split())
