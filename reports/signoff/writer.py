"""Writes the files of a run, in an order in which nothing leaks and nothing is lost."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fixtures.record.redaction import redactor
from fixtures.record.run import Run
from reports.allure_report import labels
from reports.allure_report.render import TIME_LIMIT_S, NotRendered, render
from reports.evidence.evidence_text import write_evidence
from reports.evidence.latency import latencies
from reports.evidence.report_redaction import redacted
from reports.evidence.secret_scan import remove_leaks, secrets_of
from reports.signoff import client, mutation_score
from reports.signoff import document as signoff
from reports.signoff.digests import DIGESTS, write_digests
from reports.signoff.earlier_runs import previous
from reports.signoff.provenance import Provenance
from reports.signoff.subject import subject
from reports.verdict import waivers
from reports.verdict.decide import RunFacts
from reports.verdict.findings import findings
from reports.verdict.profile import Profile
from reports.verdict.requirements import Requirements
from reports.verdict.results import Check, Outcome
from reports.verdict.sentences import conclude, results

PAGE, CONTENT, FACTS = "signoff.html", "signoff.json", "environment.properties"


HURRIED_S = 15
"""How long rendering may take when somebody ended the run early."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What pytest knows when the last check is over.

    provenance: the suite's version and its user's settings, as the run began
    interrupted: what ended the run early, None when it ran to its end
    filtered: what the command line selected, None when it took all checks
    selected: the ids of the checks that were selected
    deselected: functions of the checks that were never collected, None when all were
    profile: how much of the checklist was asked for
    cleanup: the command that finds open orders of this run and cancels them
    started_ms, ended_ms: Unix ms, client clock
    allure_results: the folder of allure-pytest; it does not exist when that plugin is disabled
    """

    requirements: Requirements
    waivers: tuple[waivers.Waiver, ...]
    provenance: Provenance
    plan: tuple[Check, ...]
    outcomes: tuple[Outcome, ...]
    interrupted: str | None
    filtered: str | None
    selected: tuple[str, ...]
    deselected: str | None
    profile: Profile
    cleanup: str
    started_ms: int
    ended_ms: int
    root: Path
    allure_results: Path


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written.

    content: the sign-off as JSON values
    rendered: allure-report.html exists
    files: the names of the files to open
    remarks: lines to show as warnings
    """

    content: dict[str, Any]
    exit_code: int
    rendered: bool
    files: tuple[str, ...]
    remarks: tuple[str, ...]


def write(run: Run, finished: Finished) -> Written:
    """Write every file of the run; a file that holds a secret is deleted and makes the run INCOMPLETE.

    Raises OSError when one cannot be written; then no sign-off is left.
    """
    try:
        return _write(run, finished)
    except OSError:
        with suppress(OSError):
            _take_back(run, finished)
        raise


def _write(run: Run, finished: Finished) -> Written:
    redact, secrets = redactor(run), secrets_of(run.environment.credentials.values())
    run.folder.mkdir(parents=True, exist_ok=True)
    records = run.evidence.since(0)
    evidence = signoff.EvidenceFile(
        write_evidence(records, run.folder / "evidence.jsonl", redact), len(records)
    )
    labels.scrub(finished.allure_results, redact)
    leaking = remove_leaks(run.folder, secrets)
    document = _document(run, finished, evidence, leaking)
    content = redacted(signoff.as_json(document), redact)
    labels.describe_run(finished.allure_results, signoff.facts(content))
    # The sign-off is written before anything slow: whoever ended the run may not wait for the Allure report.
    signoff.write_json(content, run.folder / CONTENT)
    signoff.write_html(content, document.latencies, run.folder / PAGE, linked=False)
    unrendered = _render(run, finished.allure_results)
    if unrendered is None:
        signoff.write_html(content, document.latencies, run.folder / PAGE, linked=True)
    write_digests(run.folder, CONTENT, PAGE)
    # A second scan, because the sign-off and the Allure report were written after the first one.
    late = remove_leaks(run.folder, secrets)
    if late:
        _take_back(run, finished)
        leaking += late
        document = _document(run, finished, evidence, leaking)
        content = redacted(signoff.as_json(document), redact)
    return _written(run, content, document.conclusion.verdict.exit_code, leaking, unrendered)


def _take_back(run: Run, finished: Finished) -> None:
    """Delete every file that shows a verdict which no longer holds."""
    for name in (PAGE, CONTENT, DIGESTS, signoff.REPORT):
        (run.folder / name).unlink(missing_ok=True)
    (finished.allure_results / FACTS).unlink(missing_ok=True)


def _written(
    run: Run, content: dict[str, Any], exit_code: int, leaking: tuple[Path, ...], unrendered: str | None
) -> Written:
    rendered = (run.folder / signoff.REPORT).exists()
    names = (PAGE, CONTENT, signoff.REPORT if rendered else "junit.xml")
    return Written(
        content=content,
        exit_code=exit_code,
        rendered=rendered,
        files=tuple(name for name in names if (run.folder / name).exists()),
        remarks=(
            *((f"allure-report.html not rendered: {unrendered}",) if unrendered else ()),
            *(f"{path.name} held a secret and was deleted: do not hand over this run" for path in leaking),
        ),
    )


def _document(
    run: Run, finished: Finished, evidence: signoff.EvidenceFile, leaking: tuple[Path, ...]
) -> signoff.SignOff:
    items, version = finished.requirements.items, finished.requirements.version
    today = datetime.fromtimestamp(finished.ended_ms / 1000, UTC).date()
    waived = waivers.standing_on(today, finished.waivers)
    found = results(finished.plan, items, finished.outcomes, waived)
    facts = RunFacts(
        run.no_open_orders,
        client.client_under_test(run, found),
        run.tests_venue,
        finished.interrupted,
        finished.filtered,
        finished.selected,
        finished.deselected,
        tuple(path.name for path in leaking),
        finished.profile if finished.profile is Profile.SMOKE else None,
    )
    tested = subject(run)
    return signoff.SignOff(
        run_id=run.run_id,
        profile=finished.profile,
        filtered=finished.filtered,
        started_ms=finished.started_ms,
        ended_ms=finished.ended_ms,
        conclusion=conclude(*client.judging(found, items, facts.client), facts),
        subject=tested,
        client=client.certified(run, facts.client, found),
        provenance=finished.provenance,
        requirements=finished.requirements,
        results=found,
        findings=findings(found),
        previous=previous(run.folder, tested),
        score=mutation_score.score(
            mutation_score.read(finished.root), [check.id for check in finished.plan], version
        ),
        waivers=finished.waivers,
        latencies=latencies(run.evidence.since(0), run.evidence.lags),
        measurements=run.evidence.measurements,
        evidence=evidence,
        no_open_orders=run.no_open_orders,
        cleanup=None if _cannot_be_left(run) else finished.cleanup,
        today=today,
    )


def _cannot_be_left(run: Run) -> bool:
    """True when the embedded venue ended with the run, or no order was ever sent."""
    return run.environment.embedded or (run.no_open_orders is None and run.journal.is_empty())


def _render(run: Run, allure_results: Path) -> str | None:
    """Why there is no Allure report; None when it was rendered."""
    if not allure_results.is_dir():
        return "there are no Allure results"
    title = f"{', '.join(run.symbols)} on {run.environment.name} · {run.run_id}"
    try:
        limit_s = HURRIED_S if run.ending else TIME_LIMIT_S
        render(allure_results, run.folder / signoff.REPORT, title, limit_s=limit_s)
    except NotRendered as why:
        return str(why)
    return None


def shown(folder: Path, working_directory: Path) -> Path:
    """The folder relative to the working directory if it is below it."""
    return folder.relative_to(working_directory) if folder.is_relative_to(working_directory) else folder
