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
from reports.session.phases import BEGINNINGS, LONGEST_SENTENCE, phase_of, requirement_of, sentence_of
from reports.verdict.decide import Ended, Phase
from reports.verdict.results import Requirement

REFUSED = Refused("POST /v5/order/create", Reply(170131, "Insufficient balance.", {}, {}, None, None, "", 0))
NOT_SEEN = NotSeen(Failure("the order stream", "New", "none", within_ms=9))
SKIPPED = pytest.skip.Exception("no reason that anybody declared")
TOO_FEW = TooFewMessages(CallMessages(0, 4, received=1, required=3))

CASES: list[tuple[str, BaseException | None, Ended, str]] = [
    ("call", None, Ended.COMPLETED, ""),
    ("call", AssertionError("it traded\nassert 1 == 0"), Ended.FAILED, "it traded"),
    ("call", NOT_SEEN, Ended.FAILED, str(NOT_SEEN)),
    (
        "call",
        REFUSED,
        Ended.REFUSED,
        "the venue refused POST /v5/order/create: 170131 Insufficient balance.",
    ),
    (
        "call",
        Malformed("order row", "has no price"),
        Ended.MALFORMED,
        "the venue broke the format: order row: has no price",
    ),
    ("call", Blocked("no stranger key"), Ended.BLOCKED, "no stranger key"),
    ("call", Unanswered("create", "timed out"), Ended.BROKEN, "no answer: create: timed out"),
    (
        "call",
        Unresponsive("the stream was silent", "no pong"),
        Ended.SILENT,
        "the stream was silent: no pong",
    ),
    ("call", TOO_FEW, Ended.COMPLETED, ""),
    ("setup", Blocked("no funds"), Ended.BLOCKED, "no funds"),
    ("setup", Unresponsive("the stream", "no pong"), Ended.SILENT, "the stream: no pong"),
    ("teardown", Unresponsive("the stream", "no pong"), Ended.SILENT, "teardown: the stream: no pong"),
    ("setup", AssertionError("x"), Ended.FAILED, "setup: AssertionError: x"),
    ("setup", NOT_SEEN, Ended.FAILED, f"setup: {NOT_SEEN}"),
    ("setup", REFUSED, Ended.REFUSED, f"setup: the venue refused {REFUSED}"),
    ("teardown", Blocked("left behind"), Ended.BLOCKED, "teardown: left behind"),
    ("setup", SKIPPED, Ended.SKIPPED, "skipped: no reason that anybody declared"),
]


@pytest.mark.parametrize(("when", "raised", "ended", "sentence"), CASES)
def test_what_a_phase_raised_says_how_it_ended(
    when: str, raised: BaseException | None, ended: Ended, sentence: str
) -> None:
    """Each kind of exception is one kind of end; a phase other than the call is named in the sentence."""
    assert phase_of(when, raised) == Phase(when, ended, sentence)


TOLD: list[tuple[BaseException, str]] = [
    (Unreachable("connect", "refused"), "the venue could not be reached: connect: refused"),
    (Unanswered("order.create", "closed"), "no answer: order.create: closed"),
    (Misuse("orders are not allowed in this run"), "the suite refused: orders are not allowed in this run"),
    (HookFailed("order", "no handler"), "the suite broke: order: no handler"),
    (LeftBehind("R", ["R-1"]), "open orders of run R: expected none, got 1: R-1"),
    (OSError("gone"), "OSError: gone"),
]


@pytest.mark.parametrize(("raised", "said"), TOLD, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    ("when", "beginning"), [("setup", "setup: "), ("call", ""), ("teardown", "teardown: ")]
)
def test_own_exceptions_are_told_in_words(
    raised: BaseException, said: str, when: str, beginning: str
) -> None:
    """No name of a class stands in a sentence about the wire or the suite; a foreign type keeps its name."""
    assert phase_of(when, raised) == Phase(when, Ended.BROKEN, f"{beginning}{said}")


def test_every_client_error_has_its_words() -> None:
    """A kind of ClientError that nobody has put into words would show its class."""
    kinds = [kind for kind in ClientError.__subclasses__() if not kind.__name__.startswith("_")]

    assert {*kinds, Unanswered, Malformed, Unreachable, HookFailed} <= {kind for kind, _ in BEGINNINGS}


def test_long_text_is_cut() -> None:
    """A sentence has an end."""
    assert len(sentence_of(AssertionError("x" * 1000))) == LONGEST_SENTENCE + 1


def test_silent_exception_is_told_by_its_name() -> None:
    """An exception without a text is told by its type."""
    assert sentence_of(TimeoutError()) == "TimeoutError"


def test_docstring_becomes_a_requirement() -> None:
    """The first line is the requirement, a paragraph may follow, the last block holds the labelled lines."""
    docstring = (
        "It rests\nuntil cancelled.\n\nThe ack comes first.\n\n"
        "Sequence: create, New,\n    cancel.\nPasses: Price: sent and seen are equal.\n"
        "Disposition: Pin it.\nSource: docs/v5/a.mdx,\nsection b\n"
    )

    assert requirement_of(docstring) == Requirement(
        "It rests until cancelled.",
        "The ack comes first.",
        "docs/v5/a.mdx, section b",
        "create, New, cancel.",
        "Price: sent and seen are equal.",
        "Pin it.",
    )
    assert requirement_of("It rests.\n\nSource: docs/v5/a.mdx") == Requirement(
        "It rests.", "", "docs/v5/a.mdx"
    )
    assert requirement_of(None) == Requirement("", "", "")
