"""A case while it is run: what pytest sees of it becomes the facts that its verdict is decided from."""

from dataclasses import dataclass, field

import pytest

from fixtures.harness.collection import NOT_APPLICABLE
from fixtures.harness.session import MESSAGES
from fixtures.record.evidence import CallMessages
from reports.session.phases import phase_of, sentence_of
from reports.verdict.decide import NO_MESSAGES, CaseFacts, Phase
from reports.verdict.results import Outcome


@dataclass(slots=True)
class RunningCase:
    """A case under way.

    mark: where its evidence starts
    started_ms: Unix ms, client clock
    raised: phase -> what it raised, for those that did not complete
    outcome: None until the tear-down has ended
    """

    item: pytest.Item
    mark: int
    started_ms: int
    phases: list[Phase] = field(default_factory=list)
    raised: dict[str, BaseException] = field(default_factory=dict)
    outcome: Outcome | None = None

    def end(self, call: pytest.CallInfo[None]) -> None:
        """Keep how a phase ended."""
        raised = call.excinfo.value if call.excinfo else None
        self.phases.append(phase_of(call.when, raised))
        if raised is not None:
            self.raised[call.when] = raised

    @property
    def messages(self) -> CallMessages:
        """What the call received."""
        return self.item.stash.get(MESSAGES, NO_MESSAGES)

    @property
    def facts(self) -> CaseFacts:
        """What its verdict is decided from, as far as its phases have ended."""
        return CaseFacts(tuple(self.phases), self.item.stash.get(NOT_APPLICABLE, None), self.messages)


def show_sentence(report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException]) -> None:
    """Let a report show an exception without its traceback, an assertion without pytest's introspection."""
    if raised.errisinstance(AssertionError):
        said = AssertionError(sentence_of(raised.value)).with_traceback(raised.tb)
        raised = pytest.ExceptionInfo.from_exception(said)
    report.longrepr = raised.getrepr(style="value", chain=False)
