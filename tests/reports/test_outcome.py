"""From an exception to a verdict and one sentence."""

import pytest

from fixtures.clients.errors import Malformed, Refused, Unanswered
from fixtures.clients.reply import Reply
from fixtures.desk import Blocked, NotSeen
from reports.model import Requirement, Verdict
from reports.outcome import LONGEST_SENTENCE, Phase, judge, requirement_of, sentence_of

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
        "call: Unanswered: create: timed out",
    ),
    ([Phase("setup", Blocked("no funds")), TEARDOWN], Verdict.BLOCKED, "no funds"),
    ([Phase("setup", AssertionError("x")), TEARDOWN], Verdict.ERROR, "setup: AssertionError: x"),
    ([Phase("setup", REFUSED), TEARDOWN], Verdict.ERROR, f"setup: Refused: {REFUSED}"),
    (
        [SETUP, CALL, Phase("teardown", Blocked("left behind"))],
        Verdict.ERROR,
        "teardown: Blocked: left behind",
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


def test_long_text_is_cut() -> None:
    """A sentence has an end."""
    assert len(sentence_of(AssertionError("x" * 1000))) == LONGEST_SENTENCE + 1


def test_silent_exception_is_told_by_its_name() -> None:
    """An exception without a text is told by its type."""
    assert sentence_of(TimeoutError()) == "TimeoutError"


def test_docstring_becomes_title_paragraph_and_source() -> None:
    """The first line is the requirement, the last block its source."""
    docstring = "It rests\nuntil cancelled.\n\nThe ack comes first.\n\nSource: docs/v5/a.mdx,\nsection b\n"

    assert requirement_of(docstring) == Requirement(
        "It rests until cancelled.", "The ack comes first.", "docs/v5/a.mdx, section b"
    )
    assert requirement_of(None) == Requirement("", "", "")
