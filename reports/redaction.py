"""The last hand that every text passes before it is written: no secret, and every UID masked."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.run import Run

SHORTEST_UID = 5
"""Digits; anything shorter would mask innocent figures."""


def redactor(run: Run) -> Callable[[str], str]:
    """Takes the run's secrets out of a text and masks its UIDs wherever they stand alone."""

    def redact(text: str) -> str:
        text = run.evidence.redact(text)
        uids = _uids(run)
        if not uids:
            return text
        return re.sub(rf"(?<![0-9A-Za-z])(?:{'|'.join(map(re.escape, uids))})(?![0-9A-Za-z])", _masked, text)

    return redact


def _uids(run: Run) -> list[str]:
    """The UID that was expected, the one that answered and its main account's, as far as known."""
    identity = run.identity
    answered = (identity.uid, identity.parent_uid) if identity else ()
    known = dict.fromkeys((run.environment.expected_uid or "", *answered))
    return [uid for uid in known if len(uid) >= SHORTEST_UID]


def _masked(found: re.Match[str]) -> str:
    uid = found.group()
    return "•" * (len(uid) - 2) + uid[-2:]


def redacted(content: Any, redact: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value with every string in it redacted; names of members are ours and stay."""
    if isinstance(content, str):
        return redact(content)
    if isinstance(content, list):
        return [redacted(one, redact) for one in content]
    if isinstance(content, dict):
        return {name: redacted(value, redact) for name, value in content.items()}
    return content


def redact_report(report: pytest.TestReport, redact: Callable[[str], str]) -> None:
    """Redact what pytest will print, put into junit.xml and hand to Allure."""
    report.sections = [(name, redact(text)) for name, text in report.sections]
    said = report.longrepr
    if isinstance(said, tuple):
        path, line, reason = said
        report.longrepr = (path, line, redact(reason))
    elif said is not None and redact(str(said)) != str(said):
        report.longrepr = redact(str(said))
