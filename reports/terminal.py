"""What a run says on the terminal: the plan before it, the verdict and the next step after it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fixtures.desk.outage import UNHEARD
from fixtures.run import Run
from reports.deviations import deviations
from reports.finish import Written
from reports.model import BEYOND, TO_MEND, UNSETTLED, WORST_FIRST, Check, Item, RunVerdict, Verdict, urgency
from reports.profile import Profile
from reports.requirements import Requirements

COLUMNS = tuple(Verdict)
LONGEST_LIST = 8
"""How many ids a line names before it counts the rest."""
LONGEST_HISTORY = 5
LONGEST_PROOF = 120
"""Characters of a message that the terminal shows."""
COLOUR = {
    RunVerdict.READY: "green",
    RunVerdict.READY_WITH_WAIVERS: "yellow",
    RunVerdict.SMOKE_PASSED: "green",
    RunVerdict.NOT_READY: "red",
    RunVerdict.INCOMPLETE: "yellow",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about to make.

    checks: required, or selected beyond it
    narrowed: what the command line narrowed the checks to, None when it took all of them
    chosen: by id, how often a check will be made
    """

    required: Requirements
    checks: Sequence[Check]
    narrowed: str | None
    chosen: Counter[str]


def plan_lines(run: Run, plan: Plan) -> list[str]:
    """The plan: where, on what, how many checks each item has, and how many of them were selected."""
    symbols = ", ".join(run.symbols)
    lines = [
        f"run {run.run_id} on {run.environment.name}: {symbols}, requirement set {plan.required.version}"
    ]
    if plan.narrowed is not None:
        makings = plan.chosen.total()
        lines.append(
            f"narrowed to {plan.narrowed}: {len(plan.chosen)} of {_checks(len(plan.checks)).strip()}, "
            f"{makings} {'making' if makings == 1 else 'makings'}; a selection is no sign-off"
        )
    required = set(plan.required.check_ids)
    beyond = replace(BEYOND, checks=tuple(one.id for one in plan.checks if one.id not in required))
    return lines + [line for item in (*plan.required.items, beyond) if (line := _planned(item, plan))]


def _planned(item: Item, plan: Plan) -> str:
    """What an item has in the plan, "" when nothing of it will be made."""
    chosen = sum(check_id in plan.chosen for check_id in item.checks)
    if not (chosen if plan.narrowed else item.checks):
        return ""
    number = f"{item.number}. " if item.number else "   "
    of = f"{chosen:>3} of" if plan.narrowed else ""
    return f"  {number}{item.title:<24}{of}{_checks(len(item.checks))}"


def table_lines(content: dict[str, Any]) -> list[str]:
    """The items with the count of each verdict."""
    shown = [
        verdict for verdict in COLUMNS if verdict in {Verdict.PASS, Verdict.FAIL} or _total(content, verdict)
    ]
    columns = [*shown, *([_DEVIATES] if any(item["deviating"] for item in content["items"]) else [])]
    head = f"  {'item':<27}{'checks':>8}" + "".join(f"{column:>9}" for column in columns)
    return [head, *(_table_line(item, columns) for item in content["items"])]


def deviation_lines(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Verdict and line of what neither passed nor is to be mended; checks that share both share a line."""
    for one in deviations(content, alike=COLUMNS):
        if one.verdict not in TO_MEND:
            yield one.verdict, f"  {one.verdict:<8} {_ids(one.ids)}  {one.sentence}"


def finding_lines(content: dict[str, Any]) -> Iterator[str]:
    """What is to be mended: verdict, checks and reason, then whose it is and the message that proves it."""
    for one in content["findings"]:
        ids = _ids([check["id"] for check in one["checks"]])
        yield f"  {one['checks'][0]['verdict']:<8} {ids}  {one['sentence']}"
        proof = _shown(one["frame"])
        if one["party"] or proof:
            yield f"{'':<11}{': '.join(filter(None, (one['party'], proof)))}"


def unheard_lines(content: dict[str, Any]) -> Iterator[str]:
    """For how long the venue was asked in vain before it was back, and in which check."""
    for one in content["measurements"]:
        if one["name"].startswith(UNHEARD):
            yield f"  {one['name']} for {one['value'] / 1000:.1f} s"


def library_lines(content: dict[str, Any]) -> Iterator[str]:
    """What a library does that no listing under test trades through."""
    for one in content["libraries"]:
        name = f"{one['library']['name']} {one['library']['version'] or ''}".strip()
        said = one["sentence"] if one["sentence"].startswith(name) else f"{name}: {one['sentence']}"
        on = f"{', '.join(one['symbols'])}: " if one["symbols"] else ""
        yield f"  deviates {one['check']}  {on}{said}"


def earlier_line(content: dict[str, Any]) -> str | None:
    """How the earlier runs of the same subject ended, newest first; None when there are none."""
    runs = content["previous"]["runs"]
    if not runs:
        return None
    shown = ", ".join(f"{one['verdict']} ({one['run']})" for one in runs[:LONGEST_HISTORY])
    more = f" and {len(runs) - LONGEST_HISTORY} more" if len(runs) > LONGEST_HISTORY else ""
    return f"earlier runs, newest first: {shown}{more}"


def orders_line(run: Run) -> str:
    """Whether the account holds orders of the run, and what cancels them."""
    venue = run.environment.name
    if run.environment.embedded:
        return "no order of this run is open: the embedded venue ended with it"
    if run.flat is None and run.journal.is_empty():
        return "no order of this run is open: none was sent"
    if run.flat is None:
        return f"whether orders of this run are open on {venue} is unknown; to be flat: {run.cleanup}"
    if not run.flat:
        count = len(run.left)
        told = "1 order of this run is" if count == 1 else f"{count or 'some'} orders of this run are"
        return f"{told} open on {venue}; to be flat: {run.cleanup}"
    others = [f"{count} of run {other}" for other, count in run.beside.items()]
    beside = f"; open beside it under the same UID: {', '.join(others)}" if others else ""
    return f"no order of this run is open on {venue}{beside}"


def next_step(content: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    """What the reader does next."""
    verdict = RunVerdict(content["verdict"])
    if verdict is RunVerdict.SMOKE_PASSED:
        return _SIGNOFF
    if content["rehearsal"] and verdict.exit_code == 0:
        return "this was a rehearsal: run it on the exchange with --env testnet --symbol SYMBOL"
    if verdict.exit_code == 0:
        return "send signoff.html and signoff.json to the desk"
    cleanup = content["run"]["cleanup"]
    if cleanup:
        some = content["run"]["orders_left"]
        return f"{'cancel the orders that are' if some else 'make sure that no order is'} left: {cleanup}"
    if verdict is RunVerdict.NOT_READY:
        return _about(_first_failed(content), folder, rendered=rendered)
    return _what_is_missing(content)


def unwritten_lines(run: Run, error: Exception, folder: Path) -> Iterator[str]:
    """What is said when the reports cannot be written: why, what may be left, what to do."""
    why = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
    yield f"\nINCOMPLETE: the reports cannot be written to {folder}: {why}; there is no sign-off."
    yield orders_line(run)
    cure = (
        "make room, or choose another folder with --out=FOLDER, then " if isinstance(error, OSError) else ""
    )
    yield f"next: {cure}run the whole checklist again"


def show(reporter: pytest.TerminalReporter, written: Written, folder: Path, run: Run) -> None:
    """Write the end of a run."""
    content = written.content
    colour = COLOUR[RunVerdict(content["verdict"])]
    reporter.write_line("")
    for line in table_lines(content):
        reporter.write_line(line)
    reporter.write_line(f"  {content['proof']['sentence']}")
    if earlier := earlier_line(content):
        reporter.write_line(f"  {earlier}")
    reporter.write_line("")
    for line in finding_lines(content):
        reporter.write_line(line, red=not line.startswith("   "))
    for line in (*unheard_lines(content), *library_lines(content)):
        reporter.write_line(line, yellow=True)
    for verdict, line in deviation_lines(content):
        reporter.write_line(line, red=verdict not in _CALM, yellow=verdict == Verdict.WAIVED)
    if content["rehearsal"]:
        reporter.write_line(f"\n{content['rehearsal']}", yellow=True, bold=True)
    reporter.write_line(f"\n{content['verdict']}: {content['sentence']}", bold=True, **{colour: True})
    reporter.write_line(orders_line(run), red=not run.flat)
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
    told = item["counts"] | {Verdict.FAIL: item["counts"][Verdict.FAIL] - deviating, _DEVIATES: deviating}
    counts = "".join(f"{told[column] or '-':>9}" for column in columns)
    return f"  {number + item['title']:<27}{len(item['checks']):>8}{counts}"


def _ids(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - LONGEST_LIST} more" if len(ids) > LONGEST_LIST else ""
    return f"{' '.join(ids[:LONGEST_LIST])}{more}"


def _shown(frame: dict[str, Any] | None) -> str:
    """The message that proves a finding, on one line; "" when there is none."""
    if frame is None:
        return ""
    text = frame["text"] if len(frame["text"]) <= LONGEST_PROOF else f"{frame['text'][:LONGEST_PROOF]}…"
    code = "" if frame["ret_code"] is None else f" {frame['ret_code']}"
    return f"#{frame['seq']} {frame['channel']} {frame['title']}{code} {text}"


def _total(content: dict[str, Any], verdict: Verdict) -> int:
    return sum(item["counts"][verdict] for item in content["items"])


def _of(content: dict[str, Any], verdicts: Sequence[str]) -> list[dict[str, Any]]:
    return [check for item in content["items"] for check in item["checks"] if check["verdict"] in verdicts]


def _first_failed(content: dict[str, Any]) -> dict[str, Any]:
    counting = [one for one in _of(content, (Verdict.FAIL,)) if not one["deviates"]]
    return min(counting, key=lambda one: urgency(one["id"], one["severity"] or ""))


def _first_unsettled(content: dict[str, Any]) -> dict[str, Any] | None:
    found = _of(content, UNSETTLED)
    return min(found, key=lambda one: WORST_FIRST.index(Verdict(one["verdict"])), default=None)


def _what_is_missing(content: dict[str, Any]) -> str:
    first = _first_unsettled(content)
    if first is not None and first["verdict"] != Verdict.NOT_RUN:
        return f"settle what is missing, first {first['id']}, then run again"
    if content["run"]["profile"] == Profile.SMOKE:
        return _SIGNOFF
    return f"{_WHOLE}: pytest without a selection" if content["run"]["narrowed"] else _WHOLE


def _about(failed: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    making = next((one for one in failed["makings"] if one["verdict"] == Verdict.FAIL), None)
    if making is None:
        return f"remove the waiver of {failed['id']} from waivers.yaml, then run again"
    if rendered and making["allure"]:
        place = f"{folder / 'allure-report.html'}#{making['allure']}"
    else:
        first, end = making["records"]
        place = f"records {first} to {end - 1} of {folder / 'evidence.jsonl'}"
    made = f" [{making['label']}]" if making["label"] else ""
    return f"open the evidence of {failed['id']}{made}: {place}"


_DEVIATES = "deviate"
"""The column of a library's failures that break no listing under test."""
_WHOLE = "run the whole checklist again"
_SIGNOFF = "this was the smoke profile: run the whole checklist, --profile signoff"
_CALM = (Verdict.NOT_APPLICABLE, Verdict.WAIVED)
