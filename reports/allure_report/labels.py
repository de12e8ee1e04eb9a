"""Decides what the Allure report shows of a check; the only file that imports allure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import allure
import pytest
from allure_commons.model2 import Label, Parameter, Status, StatusDetails, TestResult

from reports.evidence.report_redaction import redacted
from reports.verdict.results import Check, Item, Outcome, Requirement, Verdict

STATUSES = {
    Verdict.PASS: Status.PASSED,
    Verdict.FAIL: Status.FAILED,
    Verdict.BLOCKED: Status.BROKEN,
    Verdict.ERROR: Status.BROKEN,
    Verdict.NOT_RUN: Status.BROKEN,
    Verdict.NOT_APPLICABLE: Status.SKIPPED,
}
"""A case is never WAIVED: a waiver is about the check, and the report shows what was seen."""

SEVERITIES = {"blocker": "blocker", "major": "critical", "minor": "minor"}

OF_NO_INTEREST = frozenset(
    {"host", "thread", "language", "framework", "package", "parentSuite", "suite", "subSuite", "tag"}
)
"""Labels that repeat ours, mean nothing to the exchange's desk, or name this machine."""

OF_PYTEST = re.compile(
    r"event_loop_policy|_asyncio_loop_factory|_\w+_scoped_runner|pytestconfig|run|.*::<lambda>"
)
"""Set-up and tear-down steps of pytest and pytest-asyncio themselves."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the report shows a case.

    group: the prefix of its id in words
    """

    environment: str
    item: Item
    group: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What is attached to a case: evidence as text, timelines as HTML."""

    evidence: str
    timelines: str


def under_way(config: pytest.Config) -> TestResult | None:
    """The Allure result of the running check, None outside of one."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    return listener.allure_logger.get_test(None) if listener else None


def finish(result: TestResult, check: Check, place: Place, outcome: Outcome) -> None:
    """Write our title, requirement, labels, parameters and verdict in place of what allure-pytest wrote."""
    result.name = f"{check.id} {check.title}" + (f" [{outcome.label}]" if outcome.label else "")
    result.description = _described(check.requirement)
    result.descriptionHtml = None
    parameters = {"env": place.environment, **outcome.parameters}
    result.parameters = [Parameter(name=name, value=value) for name, value in parameters.items()]
    kept = [label for label in result.labels if label.name not in OF_NO_INTEREST]
    result.labels = kept + _labels(check, place) + _tags(outcome)
    result.status = STATUSES[outcome.verdict]
    result.statusDetails = _details(outcome, result.statusDetails)


def attach(attached: Attached) -> None:
    """Attach evidence and timelines to the running check."""
    if attached.timelines:
        allure.attach(attached.timelines, "orders, from request to last push", allure.attachment_type.HTML)
    if attached.evidence:
        allure.attach(attached.evidence, "evidence", allure.attachment_type.TEXT)


def describe_run(folder: Path, facts: Mapping[str, str]) -> None:
    """Let the report show who was tested and where; without results there is nothing to describe."""
    if not folder.is_dir():
        return
    lines = "".join(f"{name.replace(' ', '_')}={value}\n" for name, value in facts.items())
    (folder / "environment.properties").write_text(lines, encoding="utf-8")


def scrub(folder: Path, redact: Callable[[str], str]) -> None:
    """Redact every text of the results folder and remove what names the machine."""
    for path in folder.glob("*-attachment.*"):
        found = path.read_bytes()
        text = redact(found.decode("utf-8", "replace")).encode()
        if text != found:
            path.write_bytes(text)
    for path in folder.glob("*.json"):
        found = json.loads(path.read_bytes())
        content = redacted(found, redact)
        if path.name.endswith("-container.json"):
            content = _of_ours(content)
            if not content["befores"] and not content["afters"]:
                path.unlink()
                continue
        if content != found:
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _labels(check: Check, place: Place) -> list[Label]:
    item = place.item
    wanted = {
        "ALLURE_ID": check.id,
        "epic": f"{item.number}. {item.title}" if item.number else item.title,
        "feature": place.group,
        "story": check.id,
        "severity": SEVERITIES.get(check.severity, "normal"),
    }
    return [Label(name=name, value=value) for name, value in wanted.items()]


def _described(requirement: Requirement | None) -> str:
    """The requirement's card, as Markdown."""
    if requirement is None:
        return ""
    source = f"`{requirement.source}`" if requirement.source else ""
    lines = {"Sequence": requirement.sequence, "Passes": requirement.passes, "Source": source}
    labelled = [f"{label}: {text}" for label, text in lines.items() if text]
    return "\n\n".join(part for part in (requirement.paragraph, *labelled) if part)


def _tags(outcome: Outcome) -> list[Label]:
    """Who has to fix the failure, and its root cause, so that the report can be filtered by either."""
    attributed = outcome.attribution
    if attributed is None:
        return []
    return [Label(name="tag", value=value) for value in (attributed.owner, attributed.cause) if value]


def _details(outcome: Outcome, found: StatusDetails | None) -> StatusDetails | None:
    if outcome.verdict is Verdict.PASS:
        return None
    message = (
        outcome.sentence if outcome.verdict is Verdict.FAIL else f"{outcome.verdict}: {outcome.sentence}"
    )
    return StatusDetails(message=message, trace=found.trace if found else None)


def _of_ours(container: dict[str, Any]) -> dict[str, Any]:
    kept = {
        side: [step for step in container.get(side, []) if not OF_PYTEST.fullmatch(step["name"])]
        for side in ("befores", "afters")
    }
    return {**container, **kept}
