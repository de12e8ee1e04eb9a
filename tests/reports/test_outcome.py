"""From an exception to a verdict and one sentence."""

import pytest

from fixtures.clients.errors import (
    ClientError,
    HookFailed,
    Malformed,
    Misuse,
    Refused,
    Silent,
    Unanswered,
    Unreachable,
)
from fixtures.clients.reply import Reply
from fixtures.desk import Blocked, NotSeen
from fixtures.desk.flat import LeftBehind
from reports.model import Requirement, Verdict
from reports.outcome import BEGINNINGS, LONGEST_SENTENCE, Phase, judge, requirement_of, sentence_of

REFUSED = Refused("POST /v5/order/create", Reply(170131, "Insufficient balance.", {}, {}, None, None, "", 0))
SKIPPED = pytest.skip.Exception("no reason that anybody declared")
SETUP, CALL, TEARDOWN = Phase("setup"), Phase("call"), Phase("teardown")

CASES: list[tuple[list[Phase], Verdict, str]] = [
    ([SETUP, CALL, TEARDOWN], Verdict.PASS, ""),
    ([SETUP, Phase("call", AssertionError("it traded\nassert 1 == 0")), TEARDOWN], Verdict.FAIL, "it traded"),
    ([SETUP, Phase("call", NotSeen("not pushed")), TEARDOWN], Verdict.FAIL, "not pushed"),
    (
        [SETUP, Phase("call", REFUSED), TEARDOWN],
        Verdict.FAIL,
        "the venue refused POST /v5/order/create: 170131 Insufficient balance.",
    ),
    (
        [SETUP, Phase("call", Malformed("order row", "has no price")), TEARDOWN],
        Verdict.FAIL,
        "the venue broke the format: order row: has no price",
    ),
    ([SETUP, Phase("call", Blocked("no stranger key")), TEARDOWN], Verdict.BLOCKED, "no stranger key"),
    (
        [SETUP, Phase("call", Unanswered("create", "timed out")), TEARDOWN],
        Verdict.ERROR,
        "no answer: create: timed out",
    ),
    (
        [SETUP, Phase("call", Silent("the private stream was silent", "no pong")), TEARDOWN],
        Verdict.BLOCKED,
        "the private stream was silent: no pong",
    ),
    ([Phase("setup", Blocked("no funds")), TEARDOWN], Verdict.BLOCKED, "no funds"),
    ([Phase("setup", Silent("the stream", "no pong")), TEARDOWN], Verdict.BLOCKED, "the stream: no pong"),
    (
        [SETUP, CALL, Phase("teardown", Silent("the stream", "no pong"))],
        Verdict.ERROR,
        "teardown: the stream: no pong",
    ),
    ([Phase("setup", AssertionError("x")), TEARDOWN], Verdict.ERROR, "setup: AssertionError: x"),
    ([Phase("setup", REFUSED), TEARDOWN], Verdict.ERROR, f"setup: the venue refused {REFUSED}"),
    (
        [SETUP, CALL, Phase("teardown", Blocked("left behind"))],
        Verdict.ERROR,
        "teardown: left behind",
    ),
    ([Phase("setup", SKIPPED), TEARDOWN], Verdict.BLOCKED, "skipped: no reason that anybody declared"),
    ([SETUP, CALL], Verdict.NOT_RUN, "the check did not finish"),
    ([SETUP], Verdict.NOT_RUN, "the check did not finish"),
    ([], Verdict.NOT_RUN, "the check did not finish"),
]


@pytest.mark.parametrize(("phases", "verdict", "sentence"), CASES)
def test_phases_become_a_verdict(phases: list[Phase], verdict: Verdict, sentence: str) -> None:
    """The venue's fault is a FAIL, a missing prerequisite BLOCKED, everything else an ERROR."""
    assert judge(phases, None) == (verdict, sentence)


TOLD: list[tuple[BaseException, str]] = [
    (Unreachable("connect", "refused"), "the venue could not be reached: connect: refused"),
    (Unanswered("order.create", "closed"), "no answer: order.create: closed"),
    (Misuse("orders are not allowed in this run"), "the suite refused: orders are not allowed in this run"),
    (HookFailed("order", "no handler"), "the suite broke: order: no handler"),
    (LeftBehind("1 order is open"), "1 order is open"),
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
    assert judge([Phase(when, raised)], None) == (Verdict.ERROR, f"{beginning}{said}")


def test_every_client_error_has_its_words() -> None:
    """A kind of ClientError that nobody has put into words would show its class."""
    kinds = [kind for kind in ClientError.__subclasses__() if not kind.__name__.startswith("_")]

    assert {*kinds, Unanswered, Malformed, Unreachable, HookFailed} <= {kind for kind, _ in BEGINNINGS}


def test_failure_outranks_the_teardown_that_broke_after_it() -> None:
    """A check that failed and then could not clean up failed."""
    phases = [SETUP, Phase("call", AssertionError("it traded")), Phase("teardown", OSError("gone"))]

    assert judge(phases, None) == (Verdict.FAIL, "it traded")


def test_only_a_declared_skip_is_not_applicable() -> None:
    """A skip is N/A with the reason that environments.yaml declares."""
    phases = [Phase("setup", SKIPPED), TEARDOWN]

    assert judge(phases, "no trade stream") == (Verdict.NOT_APPLICABLE, "no trade stream")


def test_bare_assertion_is_told_without_introspection() -> None:
    """Of an assertion without a message its comparison is left, with enum members by their name."""
    raised = AssertionError(
        "assert <OrderStatus.FILLED: 'Filled'> is <OrderStatus.CANCELLED: 'Cancelled'>\n +  where"
    )

    assert sentence_of(raised) == "did not hold: OrderStatus.FILLED is OrderStatus.CANCELLED"


def test_figures_are_told_as_figures() -> None:
    """A sentence is a trader's: no name of a Python type stands around a price."""
    raised = AssertionError("it rests as (Decimal('0.2528'), <TimeInForce.GTC: 'GTC'>)")

    assert sentence_of(raised) == "it rests as (0.2528, TimeInForce.GTC)"


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
        "Cure: Pin it.\nSource: docs/v5/a.mdx,\nsection b\n"
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
