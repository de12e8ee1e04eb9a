"""What a run says on the terminal: the plan before it, the verdict and the next step after it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures.run import Run
from reports.finish import Written
from reports.model import BEYOND, Check, Item, RunVerdict, Verdict

COLUMNS = tuple(Verdict)
LONGEST_LIST = 8
"""How many ids a line names before it counts the rest."""
COLOUR = {
    RunVerdict.READY: "green",
    RunVerdict.READY_WITH_WAIVERS: "yellow",
    RunVerdict.NOT_READY: "red",
    RunVerdict.INCOMPLETE: "yellow",
}


def plan_lines(run: Run, version: str, items: Sequence[Item], plan: Sequence[Check]) -> list[str]:
    """The plan: where, on what, and how many checks each item has."""
    required = {check_id for item in items for check_id in item.checks}
    beyond = sum(check.id not in required for check in plan)
    lines = [
        f"run {run.run_id} on {run.environment.name}: {', '.join(run.symbols)}, requirement set {version}"
    ]
    lines += [f"  {item.number}. {item.title:<24}{len(item.checks):>3} checks" for item in items]
    return lines + ([f"     {BEYOND.title:<24}{beyond:>3} checks"] if beyond else [])


def table_lines(content: dict[str, Any]) -> list[str]:
    """The items with the count of each verdict."""
    shown = [
        verdict for verdict in COLUMNS if verdict in {Verdict.PASS, Verdict.FAIL} or _total(content, verdict)
    ]
    head = f"  {'item':<27}{'checks':>8}" + "".join(f"{verdict:>9}" for verdict in shown)
    return [head, *(_table_line(item, shown) for item in content["items"])]


def deviation_lines(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Verdict and line of what did not pass; checks that share verdict and reason share a line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for item in content["items"]:
        for check in item["checks"]:
            if check["verdict"] != Verdict.PASS:
                alike.setdefault((check["verdict"], check["sentence"]), []).append(check["id"])
    for (verdict, sentence), ids in alike.items():
        more = f" and {len(ids) - LONGEST_LIST} more" if len(ids) > LONGEST_LIST else ""
        yield verdict, f"  {verdict:<8} {' '.join(ids[:LONGEST_LIST])}{more}  {sentence}"


def next_step(content: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    """What the reader does next."""
    verdict = RunVerdict(content["verdict"])
    if content["rehearsal"] and verdict.exit_code == 0:
        return "this was a rehearsal: run it on the exchange with --env testnet --symbol SYMBOL"
    if verdict.exit_code == 0:
        return "send signoff.html and signoff.json to the desk"
    if content["run"]["orders_left"] and not content["rehearsal"]:
        return f"cancel the orders that are left: pytest --cleanup {content['run']['id']}"
    first = _first(content, (Verdict.FAIL,) if verdict is RunVerdict.NOT_READY else _UNSETTLED)
    if first is None:
        return "run the whole checklist again: pytest without a selection"
    if verdict is RunVerdict.NOT_READY:
        return f"open the evidence of {first['id']}: {_evidence(first, folder, rendered=rendered)}"
    return f"settle what is missing, first {first['id']}, then run again"


def show(reporter: pytest.TerminalReporter, written: Written, folder: Path) -> None:
    """Write the end of a run."""
    content = written.content
    colour = COLOUR[RunVerdict(content["verdict"])]
    reporter.write_line("")
    for line in table_lines(content):
        reporter.write_line(line)
    reporter.write_line("")
    for verdict, line in deviation_lines(content):
        reporter.write_line(line, red=verdict not in _CALM, yellow=verdict == Verdict.WAIVED)
    if content["rehearsal"]:
        reporter.write_line(f"\n{content['rehearsal']}", yellow=True, bold=True)
    reporter.write_line(f"\n{content['verdict']}: {content['sentence']}", bold=True, **{colour: True})
    for remark in written.remarks:
        reporter.write_line(remark, red=True)
    for name in written.files:
        reporter.write_line(f"  {folder / name}")
    reporter.write_line(f"next: {next_step(content, folder, rendered=written.rendered)}")


def _table_line(item: dict[str, Any], shown: Sequence[Verdict]) -> str:
    number = f"{item['number']}. " if item["number"] else ""
    counts = "".join(f"{item['counts'][verdict] or '-':>9}" for verdict in shown)
    return f"  {number + item['title']:<27}{len(item['checks']):>8}{counts}"


def _total(content: dict[str, Any], verdict: Verdict) -> int:
    return sum(item["counts"][verdict] for item in content["items"])


def _first(content: dict[str, Any], verdicts: Sequence[str]) -> dict[str, Any] | None:
    checks = (check for item in content["items"] for check in item["checks"])
    return next((check for check in checks if check["verdict"] in verdicts), None)


def _evidence(check: dict[str, Any], folder: Path, *, rendered: bool) -> str:
    making = next((one for one in check["makings"] if one["verdict"] == check["verdict"]), None)
    if making is None:
        return str(folder / "signoff.html")
    if rendered and making["allure"]:
        return f"{folder / 'allure-report.html'}#{making['allure']}"
    first, end = making["records"]
    return f"records {first} to {end - 1} of {folder / 'evidence.jsonl'}"


_UNSETTLED = (Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN)
_CALM = (Verdict.NOT_APPLICABLE, Verdict.WAIVED)
