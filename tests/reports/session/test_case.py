"""What pytest sees of a case becomes the facts of its verdict; test_plugin covers whole runs."""

from typing import Literal

import pytest

from fixtures.desk import Blocked
from fixtures.harness.collection import NOT_APPLICABLE
from fixtures.harness.session import MESSAGES
from fixtures.record.evidence import CallMessages
from reports.session.case import RunningCase, show_sentence
from reports.verdict.decide import NO_MESSAGES, CaseFacts, EndedPhase, PhaseEnd


def ended(
    when: Literal["setup", "call", "teardown"], raised: Exception | None = None
) -> pytest.CallInfo[None]:
    """A phase that ended like this."""

    def act() -> None:
        if raised is not None:
            raise raised

    return pytest.CallInfo.from_call(act, when)


def test_facts_gather_while_the_phases_end(request: pytest.FixtureRequest) -> None:
    """Phases and what they raised come from pytest, messages and the reason for N/A from the item's stash."""
    case, broke, messages = RunningCase(request.node, 7, 0), OSError("gone"), CallMessages(7, 9, 1, 1)
    assert case.facts == CaseFacts((), None, NO_MESSAGES)

    case.end(ended("setup"))
    case.end(ended("call", broke))
    request.node.stash[MESSAGES] = messages
    request.node.stash[NOT_APPLICABLE] = "declared"

    phases = (EndedPhase("setup"), EndedPhase("call", PhaseEnd.BROKEN, "OSError: gone"))
    assert case.facts == CaseFacts(phases, "declared", messages)
    assert case.raised == {"call": broke}


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        (AssertionError("ccxt sent 1e-05\nassert '1e-05' == '0.00001'"), "ccxt sent 1e-05"),
        (Blocked("no taker key"), "no taker key"),
    ],
)
def test_report_shows_the_sentence_alone(
    request: pytest.FixtureRequest, raised: Exception, shown: str
) -> None:
    """Neither a traceback nor what pytest adds to an assertion."""
    call = ended("call", raised)
    report = pytest.TestReport.from_item_and_call(request.node, call)
    assert call.excinfo is not None

    show_sentence(report, call.excinfo)

    lines = report.longreprtext.splitlines()
    assert lines[0].endswith(shown)
    assert not any("def act" in line or "== '0.00001'" in line for line in lines)
