"""A case while it runs: collects from pytest the facts that decide its verdict."""

from dataclasses import dataclass, field

import pytest

from fixtures.harness.collection import NOT_APPLICABLE
from fixtures.harness.session import MESSAGES
from fixtures.record.evidence import CallMessages
from reports.session.phases import phase_of, sentence_of
from reports.verdict.decide import NO_MESSAGES, CaseFacts, EndedPhase
from reports.verdict.results import Outcome


@dataclass(slots=True)
class RunningCase:
    """A case that is running.

    mark: where its evidence starts
    started_ms: Unix ms, client clock
    raised: phase -> the exception that it raised, for each that did not complete
    outcome: None until the tear-down has ended
    """

    item: pytest.Item
    mark: int
    started_ms: int
    phases: list[EndedPhase] = field(default_factory=list)
    raised: dict[str, BaseException] = field(default_factory=dict)
    outcome: Outcome | None = None

    def end(self, call: pytest.CallInfo[None]) -> None:
        """Note how a phase ended."""
        raised = call.excinfo.value if call.excinfo else None
        self.phases.append(phase_of(call.when, raised))
        if raised is not None:
            self.raised[call.when] = raised

    @property
    def messages(self) -> CallMessages:
        """How many messages the call received."""
        return self.item.stash.get(MESSAGES, NO_MESSAGES)

    @property
    def facts(self) -> CaseFacts:
        """The data that decides its verdict, as far as its phases have ended."""
        return CaseFacts(tuple(self.phases), self.item.stash.get(NOT_APPLICABLE, None), self.messages)


def show_sentence(report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException]) -> None:
    """Let a report show an exception without its traceback, an assertion without pytest's introspection."""
    if raised.errisinstance(AssertionError):
        plain = AssertionError(sentence_of(raised.value)).with_traceback(raised.tb)
        raised = pytest.ExceptionInfo.from_exception(plain)
    report.longrepr = raised.getrepr(style="value", chain=False)
