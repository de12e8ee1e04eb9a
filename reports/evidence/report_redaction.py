"""Redacts what is written about a run: JSON values, and the reports of pytest."""

from collections.abc import Callable
from typing import Any

import pytest


def redacted(content: Any, redact: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value with every string in it redacted; the names of members are not."""
    if isinstance(content, str):
        return redact(content)
    if isinstance(content, list):
        return [redacted(value, redact) for value in content]
    if isinstance(content, dict):
        return {name: redacted(value, redact) for name, value in content.items()}
    return content


def redact_report(report: pytest.TestReport, redact: Callable[[str], str]) -> None:
    """Redact what pytest will print, put into junit.xml and hand to Allure."""
    report.sections = [(name, redact(text)) for name, text in report.sections]
    shown = report.longrepr
    if isinstance(shown, tuple):
        path, line, reason = shown
        report.longrepr = (path, line, redact(reason))
    elif shown is not None and redact(str(shown)) != str(shown):
        report.longrepr = redact(str(shown))


def redact_repr(excrepr: Any, redact: Callable[[str], str]) -> None:  # noqa: ANN401 - pytest has no public name for it
    """Redact a traceback of pytest's own, before it is printed and put into junit.xml."""
    text = redact(str(excrepr))
    excrepr.toterminal = lambda tw: tw.line(text)


def redact_terminal(reporter: pytest.TerminalReporter, redact: Callable[[str], str]) -> None:
    """Redact everything that pytest writes to the terminal from here on."""
    writer = reporter._tw  # noqa: SLF001 - pytest has no other name for it
    write = writer.write_raw

    def write_raw(msg: str, *, flush: bool = False) -> None:
        write(redact(msg), flush=flush)

    writer.write_raw = write_raw  # type: ignore[method-assign]
