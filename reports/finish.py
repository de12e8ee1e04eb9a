"""From the outcomes of a run to its files, in the order in which nothing leaks and nothing is lost."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fixtures.run import Run
from reports import labels, signoff, waivers
from reports.latency import latencies
from reports.leaks import remove_leaks, secrets_of
from reports.model import Check, Outcome, RunVerdict, conclude, results
from reports.provenance import provenance
from reports.redaction import redacted, redactor
from reports.renderer.render import NotRendered, render
from reports.requirements import Requirements
from reports.subject import subject
from reports.wirelog import write_evidence


@dataclass(frozen=True, slots=True)
class Finished:
    """What pytest knows when the last check is over.

    interrupted: what ended the run early, None when it ran to its end
    started_ms, ended_ms: Unix ms, client clock
    allure_results: where allure-pytest wrote
    """

    requirements: Requirements
    waivers: tuple[waivers.Waiver, ...]
    plan: tuple[Check, ...]
    outcomes: tuple[Outcome, ...]
    interrupted: str | None
    started_ms: int
    ended_ms: int
    root: Path
    allure_results: Path


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    content: the sign-off as JSON values
    rendered: allure-report.html is there
    remarks: lines that the reader must not miss
    """

    content: dict[str, Any]
    exit_code: int
    rendered: bool
    remarks: tuple[str, ...]


def write(run: Run, finished: Finished) -> Written:
    """Write every file of the run; a file that holds a secret is deleted and makes the run INCOMPLETE."""
    redact = redactor(run)
    run.folder.mkdir(parents=True, exist_ok=True)
    records = run.evidence.since(0)
    ledger = signoff.Ledger(write_evidence(records, run.folder / "evidence.jsonl", redact), len(records))
    document = _document(run, finished, ledger)
    content = redacted(signoff.as_json(document), redact)
    secrets = secrets_of(run.environment.credentials.values())
    labels.scrub(finished.allure_results, redact)
    labels.describe_run(finished.allure_results, signoff.facts(content))
    leaking = remove_leaks(finished.allure_results, secrets)
    unrendered = _render(run, finished.allure_results)
    signoff.write_json(content, run.folder / "signoff.json")
    page = run.folder / "signoff.html"
    signoff.write_html(content, document.latencies, page, linked=unrendered is None)
    leaking += remove_leaks(run.folder, secrets)
    return Written(
        content=content,
        exit_code=RunVerdict.INCOMPLETE.exit_code if leaking else document.conclusion.verdict.exit_code,
        rendered=unrendered is None,
        remarks=(
            *((f"allure-report.html not rendered: {unrendered}",) if unrendered else ()),
            *(f"{path.name} held a secret and was deleted: do not hand over this run" for path in leaking),
        ),
    )


def _document(run: Run, finished: Finished, ledger: signoff.Ledger) -> signoff.SignOff:
    items = finished.requirements.items
    today = datetime.fromtimestamp(finished.ended_ms / 1000, UTC).date()
    found = waivers.apply(results(finished.plan, items, finished.outcomes), finished.waivers, today)
    return signoff.SignOff(
        run_id=run.run_id,
        started_ms=finished.started_ms,
        ended_ms=finished.ended_ms,
        conclusion=conclude(found, items, interrupted=finished.interrupted),
        subject=subject(run),
        provenance=provenance(finished.root),
        requirements=finished.requirements,
        results=found,
        waivers=finished.waivers,
        latencies=latencies(run.evidence.since(0)),
        measurements=run.evidence.measurements,
        ledger=ledger,
        flat=run.flat,
        today=today,
    )


def _render(run: Run, allure_results: Path) -> str | None:
    """Why there is no Allure report; None when it was rendered."""
    title = f"{', '.join(run.symbols)} on {run.environment.name} · {run.run_id}"
    try:
        render(allure_results, run.folder / signoff.REPORT, title)
    except NotRendered as why:
        return str(why)
    return None
