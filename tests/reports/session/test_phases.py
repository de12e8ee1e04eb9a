"""From an exception to how a phase ended and one sentence."""

import pytest

from fixtures.clients.errors import (
    ClientError,
    HookFailed,
    Malformed,
    Misuse,
    Refused,
    Unanswered,
    Unreachable,
    Unresponsive,
)
from fixtures.clients.reply import Reply
from fixtures.desk import Blocked, LeftBehind, NotSeen
from fixtures.expect import Failure
from fixtures.harness.session import TooFewMessages
from fixtures.record.evidence import CallMessages
from reports.session.phases import BEGINNINGS, LONGEST_SENTENCE, phase_of, sentence_of
from reports.verdict.decide import EndedPhase, PhaseEnd

REFUSED = Refused("POST /v5/order/create", Reply(170131, "Insufficient balance.", {}, {}, None, None, "", 0))
NOT_SEEN = NotSeen(Failure("the order stream", "New", "none", within_ms=9))
SKIPPED = pytest.skip.Exception("no reason that anybody declared")
TOO_FEW = TooFewMessages(CallMessages(0, 4, received=1, required=3))

CASES: list[tuple[str, BaseException | None, PhaseEnd, str]] = [
    ("call", None, PhaseEnd.COMPLETED, ""),
    ("call", AssertionError("it traded\nassert 1 == 0"), PhaseEnd.FAILED, "it traded"),
    ("call", NOT_SEEN, PhaseEnd.FAILED, str(NOT_SEEN)),
    (
        "call",
        REFUSED,
        PhaseEnd.REFUSED,
        "the venue refused POST /v5/order/create: 170131 Insufficient balance.",
    ),
    (
        "call",
        Malformed("order row", "has no price"),
        PhaseEnd.MALFORMED,
        "the venue broke the format: order row: has no price",
    ),
    ("call", Blocked("no key of another UID"), PhaseEnd.BLOCKED, "no key of another UID"),
    ("call", Unanswered("create", "timed out"), PhaseEnd.BROKEN, "no answer: create: timed out"),
    (
        "call",
        Unresponsive("the stream was silent", "no pong"),
        PhaseEnd.SILENT,
        "the stream was silent: no pong",
    ),
    ("call", TOO_FEW, PhaseEnd.COMPLETED, ""),
    ("setup", Blocked("no funds"), PhaseEnd.BLOCKED, "no funds"),
    ("setup", Unresponsive("the stream", "no pong"), PhaseEnd.SILENT, "the stream: no pong"),
    ("teardown", Unresponsive("the stream", "no pong"), PhaseEnd.SILENT, "teardown: the stream: no pong"),
    ("setup", AssertionError("x"), PhaseEnd.FAILED, "setup: AssertionError: x"),
    ("setup", NOT_SEEN, PhaseEnd.FAILED, f"setup: {NOT_SEEN}"),
    ("setup", REFUSED, PhaseEnd.REFUSED, f"setup: the venue refused {REFUSED}"),
    ("teardown", Blocked("left behind"), PhaseEnd.BLOCKED, "teardown: left behind"),
    ("setup", SKIPPED, PhaseEnd.SKIPPED, "skipped: no reason that anybody declared"),
]


@pytest.mark.parametrize(("when", "raised", "ended", "sentence"), CASES)
def test_what_a_phase_raised_says_how_it_ended(
    when: str, raised: BaseException | None, ended: PhaseEnd, sentence: str
) -> None:
    """Each kind of exception is one kind of end; a phase other than the call is named in the sentence."""
    assert phase_of(when, raised) == EndedPhase(when, ended, sentence)


IN_WORDS: list[tuple[BaseException, str]] = [
    (Unreachable("connect", "refused"), "the venue could not be reached: connect: refused"),
    (Unanswered("order.create", "closed"), "no answer: order.create: closed"),
    (Misuse("orders are not allowed in this run"), "the suite refused: orders are not allowed in this run"),
    (HookFailed("order", "no handler"), "the suite broke: order: no handler"),
    (LeftBehind("R", ["R-1"]), "open orders of run R: expected none, got 1: R-1"),
    (OSError("gone"), "OSError: gone"),
]


@pytest.mark.parametrize(("raised", "message"), IN_WORDS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    ("when", "beginning"), [("setup", "setup: "), ("call", ""), ("teardown", "teardown: ")]
)
def test_own_exceptions_are_put_into_words(
    raised: BaseException, message: str, when: str, beginning: str
) -> None:
    """No sentence about the venue or the suite contains a class name; a foreign exception keeps its own."""
    assert phase_of(when, raised) == EndedPhase(when, PhaseEnd.BROKEN, f"{beginning}{message}")


def test_every_client_error_has_its_words() -> None:
    """A ClientError without words of its own would be shown by its class name."""
    kinds = [kind for kind in ClientError.__subclasses__() if not kind.__name__.startswith("_")]

    assert {*kinds, Unanswered, Malformed, Unreachable, HookFailed} <= {kind for kind, _ in BEGINNINGS}


def test_long_text_is_cut() -> None:
    """A sentence has a maximum length."""
    assert len(sentence_of(AssertionError("x" * 1000))) == LONGEST_SENTENCE + 1


def test_exception_without_a_text_is_named_by_its_type() -> None:
    """Its sentence is the name of its type."""
    assert sentence_of(TimeoutError()) == "TimeoutError"
