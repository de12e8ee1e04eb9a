"""The terminal's lines about a run: the plan before it, the verdict and the next step after it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.desk.connections.outage import NO_REPLY_DURING
from fixtures.record.run import Run
from reports.signoff.deviations import deviations
from reports.signoff.writer import Written
from reports.verdict.profile import Profile
from reports.verdict.requirements import Requirements
from reports.verdict.results import (
    ACTIONABLE,
    BEYOND,
    INCONCLUSIVE_VERDICTS,
    WORST_FIRST,
    Check,
    Item,
    RunVerdict,
    Verdict,
    triage_order,
)

COLUMNS = tuple(Verdict)
LONGEST_LIST = 8
"""How many ids a line names before it counts the rest."""
LONGEST_HISTORY = 5
LONGEST_PROOF = 120
"""Characters of a message that the terminal shows."""
COLOUR = {
    RunVerdict.READY: "green",
    RunVerdict.READY_WITH_WAIVERS: "yellow",
    RunVerdict.VENUE_READY: "yellow",
    RunVerdict.CLIENT_READY: "yellow",
    RunVerdict.SMOKE_PASSED: "green",
    RunVerdict.NOT_READY: "red",
    RunVerdict.INCOMPLETE: "yellow",
}


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The checks that a run is about to run.

    checks: those that are required, and those selected beyond them
    filtered: what the command line selected, None when it took all checks
    chosen: check id -> how many of its cases will be run
    """

    required: Requirements
    checks: Sequence[Check]
    filtered: str | None
    chosen: Counter[str]


def plan_lines(run: Run, plan: RunPlan) -> list[str]:
    """The plan: environment, symbols, and for each item its checks and how many of them are selected."""
    symbols = ", ".join(run.symbols)
    lines = [
        f"run {run.run_id} on {run.environment.name}: {symbols}, requirement set {plan.required.version}"
    ]
    if plan.filtered is not None:
        cases, of = plan.chosen.total(), _checks(len(plan.checks)).strip()
        counted = f"{len(plan.chosen)} of {of}, {cases} {'case' if cases == 1 else 'cases'}"
        lines.append(f"selected by {plan.filtered}: {counted}; a selection is no sign-off")
    required = set(plan.required.check_ids)
    beyond = replace(BEYOND, checks=tuple(check.id for check in plan.checks if check.id not in required))
    return lines + [line for item in (*plan.required.items, beyond) if (line := _planned(item, plan))]


def _planned(item: Item, plan: RunPlan) -> str:
    """The line of an item, "" when none of its checks is selected."""
    chosen = sum(check_id in plan.chosen for check_id in item.checks)
    if not (chosen if plan.filtered else item.checks):
        return ""
    number = f"{item.number}. " if item.number else "   "
    of = f"{chosen:>3} of" if plan.filtered else ""
    return f"  {number}{item.title:<24}{of}{_checks(len(item.checks))}"


def table_lines(content: dict[str, Any]) -> list[str]:
    """A table: one line per item of the checklist, one column per verdict."""
    shown = [
        verdict for verdict in COLUMNS if verdict in {Verdict.PASS, Verdict.FAIL} or _total(content, verdict)
    ]
    columns = [*shown, *([_DEVIATES] if any(item["deviating"] for item in content["items"]) else [])]
    head = f"  {'item':<27}{'checks':>8}" + "".join(f"{column:>9}" for column in columns)
    return [head, *(_table_line(item, columns) for item in content["items"])]


def deviation_lines(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Verdict and line of each check that is waived, N/A or NOT RUN; checks with one reason share a line."""
    for deviation in deviations(content, alike=COLUMNS):
        if deviation.verdict not in ACTIONABLE:
            yield deviation.verdict, f"  {deviation.verdict:<8} {_ids(deviation.ids)}  {deviation.sentence}"


def finding_lines(content: dict[str, Any]) -> Iterator[str]:
    """Two lines a finding: verdict, checks and reason; its owner and the message that proves it."""
    for finding in content["findings"]:
        ids = _ids([check["id"] for check in finding["checks"]])
        yield f"  {finding['checks'][0]['verdict']:<8} {ids}  {finding['sentence']}"
        proof = _shown(finding["frame"])
        parts = (finding["owner"] and f"owner: {finding['owner']}", proof and f"proof: {proof}")
        if any(parts):
            yield f"{'':<11}{'; '.join(filter(None, parts))}"


def no_reply_lines(content: dict[str, Any]) -> Iterator[str]:
    """How long the venue did not respond, and during which check."""
    for figure in content["measurements"]:
        if figure["name"].startswith(NO_REPLY_DURING):
            yield f"  {figure['name']} for {figure['value'] / 1000:.1f} s"


def library_lines(content: dict[str, Any]) -> Iterator[str]:
    """The deviations of client libraries that no listing under test uses."""
    for failure in content["libraries"]:
        name = f"{failure['library']['name']} {failure['library']['version'] or ''}".strip()
        seen = (
            failure["sentence"] if failure["sentence"].startswith(name) else f"{name}: {failure['sentence']}"
        )
        on = f"{', '.join(failure['symbols'])}: " if failure["symbols"] else ""
        yield f"  deviates {failure['check']}  {on}{seen}"


def earlier_line(content: dict[str, Any]) -> str | None:
    """The verdicts of the earlier runs on the same subject, newest first; None when there are none."""
    runs = content["previous"]["runs"]
    if not runs:
        return None
    shown = ", ".join(f"{earlier['verdict']} ({earlier['run']})" for earlier in runs[:LONGEST_HISTORY])
    more = f" and {len(runs) - LONGEST_HISTORY} more" if len(runs) > LONGEST_HISTORY else ""
    return f"earlier runs, newest first: {shown}{more}"


def orders_line(run: Run) -> str:
    """Whether orders of the run are open, and the command that cancels them."""
    venue = run.environment.name
    if run.environment.embedded:
        return "no order of this run is open: the embedded venue ended with it"
    if run.no_open_orders is None and run.journal.is_empty():
        return "no order of this run is open: none was sent"
    if run.no_open_orders is None:
        return f"it is unknown whether orders of this run are open on {venue}; to cancel them: {run.cleanup}"
    if not run.no_open_orders:
        count = len(run.left)
        open_ = "1 order of this run is" if count == 1 else f"{count or 'some'} orders of this run are"
        return f"{open_} open on {venue}; to cancel {'it' if count == 1 else 'them'}: {run.cleanup}"
    others = [f"{count} of run {other}" for other, count in run.beside.items()]
    beside = f"; orders of other runs are open under the same UID: {', '.join(others)}" if others else ""
    return f"no order of this run is open on {venue}{beside}"


def next_step(content: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    """What to do next."""
    verdict = RunVerdict(content["verdict"])
    if verdict in _PART:
        return _PART[verdict]
    if content["rehearsal"] and verdict.exit_code == 0:
        return "this was a rehearsal: run it on the exchange with --env testnet --symbol SYMBOL"
    if verdict.exit_code == 0:
        return "send signoff.html and signoff.json to the exchange's desk"
    cleanup = content["run"]["cleanup"]
    if cleanup:
        are_open = content["run"]["orders_left"]
        return f"{'cancel the open orders' if are_open else 'confirm that no orders remain open'}: {cleanup}"
    if verdict is RunVerdict.NOT_READY:
        return _about(_first_failed(content), folder, rendered=rendered)
    return _what_is_missing(content)


def unwritten_lines(run: Run, error: Exception, folder: Path) -> Iterator[str]:
    """The last lines of a run whose reports cannot be written: why, whether orders are open, what to do."""
    why = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
    yield f"\nINCOMPLETE: the reports cannot be written to {folder}: {why}; there is no sign-off."
    yield orders_line(run)
    first = "free disk space, or choose another folder with --out=FOLDER, then "
    yield f"next: {first if isinstance(error, OSError) else ''}run the whole checklist again"


def show(reporter: pytest.TerminalReporter, written: Written, folder: Path, run: Run) -> None:
    """Write the last lines of a run."""
    content = written.content
    colour = COLOUR[RunVerdict(content["verdict"])]
    reporter.write_line("")
    for line in table_lines(content):
        reporter.write_line(line)
    for sentence in filter(None, (content["proof"]["sentence"], content["proof"]["unlisted"])):
        reporter.write_line(f"  {sentence}")
    if earlier := earlier_line(content):
        reporter.write_line(f"  {earlier}")
    reporter.write_line("")
    for line in finding_lines(content):
        reporter.write_line(line, red=not line.startswith("   "))
    for line in (*no_reply_lines(content), *library_lines(content)):
        reporter.write_line(line, yellow=True)
    for verdict, line in deviation_lines(content):
        reporter.write_line(line, red=verdict not in _CALM, yellow=verdict == Verdict.WAIVED)
    if content["rehearsal"]:
        reporter.write_line(f"\n{content['rehearsal']}", yellow=True, bold=True)
    reporter.write_line(f"\n{content['verdict']}: {content['sentence']}", bold=True, **{colour: True})
    reporter.write_line(orders_line(run), red=not run.no_open_orders)
    for remark in written.remarks:
        reporter.write_line(remark, red=True)
    for name in written.files:
        reporter.write_line(f"  {folder / name}")
    reporter.write_line(f"next: {next_step(content, folder, rendered=written.rendered)}")


def _checks(count: int) -> str:
    return f"{count:>3} {'check' if count == 1 else 'checks'}"


def _table_line(item: dict[str, Any], columns: Sequence[str]) -> str:
    number = f"{item['number']}. " if item["number"] else ""
    deviating = item["deviating"]
    shown = item["counts"] | {Verdict.FAIL: item["counts"][Verdict.FAIL] - deviating, _DEVIATES: deviating}
    counts = "".join(f"{shown[column] or '-':>9}" for column in columns)
    return f"  {number + item['title']:<27}{len(item['checks']):>8}{counts}"


def _ids(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - LONGEST_LIST} more" if len(ids) > LONGEST_LIST else ""
    return f"{' '.join(ids[:LONGEST_LIST])}{more}"


def _shown(frame: dict[str, Any] | None) -> str:
    """The message that proves a finding, on one line; "" when there is none."""
    if frame is None:
        return ""
    text = frame["text"] if len(frame["text"]) <= LONGEST_PROOF else f"{frame['text'][:LONGEST_PROOF]}…"
    code = "" if frame["ret_code"] is None else f" retCode {frame['ret_code']}"
    return f"record #{frame['seq']}, {frame['channel']} {frame['title']}{code} {text}"


def _total(content: dict[str, Any], verdict: Verdict) -> int:
    return sum(item["counts"][verdict] for item in content["items"])


def _of(content: dict[str, Any], verdicts: Sequence[str]) -> list[dict[str, Any]]:
    return [check for item in content["items"] for check in item["checks"] if check["verdict"] in verdicts]


def _first_failed(content: dict[str, Any]) -> dict[str, Any]:
    counting = [check for check in _of(content, (Verdict.FAIL,)) if not check["deviates"]]
    return min(counting, key=lambda check: triage_order(check["cause"], check["severity"] or ""))


def _first_inconclusive(content: dict[str, Any]) -> dict[str, Any] | None:
    found = _of(content, INCONCLUSIVE_VERDICTS)
    return min(found, key=lambda check: WORST_FIRST.index(Verdict(check["verdict"])), default=None)


def _what_is_missing(content: dict[str, Any]) -> str:
    first = _first_inconclusive(content)
    if first is not None and first["verdict"] != Verdict.NOT_RUN:
        return f"resolve what is inconclusive, first {first['id']}, then run again"
    if content["run"]["profile"] == Profile.SMOKE:
        return _SIGNOFF
    return f"{_WHOLE}: pytest without a selection" if content["run"]["filtered"] else _WHOLE


def _about(failed: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    case = next((case for case in failed["cases"] if case["verdict"] == Verdict.FAIL), None)
    if case is None:
        return f"remove the waiver of {failed['id']} from waivers.yaml, then run again"
    if rendered and case["allure"]:
        place = f"{folder / 'allure-report.html'}#{case['allure']}"
    else:
        first, end = case["records"]
        place = f"records {first} to {end - 1} of {folder / 'evidence.jsonl'}"
    label = f" [{case['label']}]" if case["label"] else ""
    return f"open the evidence of {failed['id']}{label}: {place}"


_DEVIATES = "deviate"
"""The column of failures of a library that no listing under test trades through."""
_WHOLE = "run the whole checklist again"
_SIGNOFF = "this was the smoke profile: run the whole checklist, --profile signoff"
_PART = {
    RunVerdict.SMOKE_PASSED: _SIGNOFF,
    RunVerdict.VENUE_READY: "test the order client too: name it under clients: in environments.yaml, and as "
    "the listing's client:",
    RunVerdict.CLIENT_READY: "test the venue side too: run the whole checklist, with this client as the "
    "listing's client:",
}
"""Verdict of a run that passed in part -> what makes it whole."""
_CALM = (Verdict.NOT_APPLICABLE, Verdict.WAIVED)
