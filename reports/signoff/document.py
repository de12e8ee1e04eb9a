"""The sign-off: one dictionary, written as JSON and as a page to print."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jsonschema import Draft202012Validator
from markupsafe import Markup

from fixtures.record.evidence import Measurement
from reports.evidence.latency import MeasuredLatency
from reports.signoff import client, sections
from reports.signoff.client import Certified
from reports.signoff.deviations import deviations
from reports.signoff.earlier_runs import Previous
from reports.signoff.latency_plot import Axis
from reports.signoff.mutation_score import MutationScore
from reports.signoff.provenance import Provenance
from reports.signoff.sections import Json, moment
from reports.signoff.subject import ListedSymbol, Subject
from reports.verdict.decide import worst
from reports.verdict.findings import Finding
from reports.verdict.requirements import Requirements
from reports.verdict.results import ACTIONABLE, BEYOND, Item, Outcome, Requirement, Result, Verdict
from reports.verdict.sentences import Conclusion
from reports.verdict.waivers import Waiver

HERE = Path(__file__).parent
SCHEMA = HERE / "signoff.schema.json"
TEMPLATE = "signoff.html.j2"
FORMAT = "dmm-onboarding-sign-off/6"
REPORT = "allure-report.html"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The run's evidence file: its digest and how many records it holds."""

    sha256: str
    records: int


@dataclass(frozen=True, slots=True)
class SignOff:
    """The content of a sign-off.

    started_ms, ended_ms: Unix ms, client clock
    no_open_orders: True when the venue showed that no order of the run is open, None when nobody asked it
    cleanup: the command that cancels open orders of the run, None when there can be none
    today: the day on which waivers are judged, UTC
    profile: how much of the checklist the run covered
    filtered: what the command line selected, None when it took all checks
    client: what was found about the order client, None when none was tested
    """

    run_id: str
    profile: str
    filtered: str | None
    started_ms: int
    ended_ms: int
    conclusion: Conclusion
    subject: Subject
    client: Certified | None
    provenance: Provenance
    requirements: Requirements
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    previous: Previous
    score: MutationScore
    waivers: tuple[Waiver, ...]
    latencies: tuple[MeasuredLatency, ...]
    measurements: tuple[Measurement, ...]
    evidence: EvidenceFile
    no_open_orders: bool | None
    cleanup: str | None
    today: date


def anchor(allure_uuid: str) -> str:
    """The fragment of the Allure report's address that shows a result: the MD5 of its uuid."""
    return md5(allure_uuid.encode(), usedforsecurity=False).hexdigest()


def as_json(signoff: SignOff) -> Json:
    """The sign-off as JSON values."""
    return {
        "format": FORMAT,
        "verdict": signoff.conclusion.verdict,
        "sentence": signoff.conclusion.sentence,
        "rehearsal": signoff.subject.rehearsal or None,
        "run": {
            "id": signoff.run_id,
            "profile": signoff.profile,
            "filtered": signoff.filtered,
            "started": moment(signoff.started_ms),
            "ended": moment(signoff.ended_ms),
            "orders_left": None if signoff.no_open_orders is None else not signoff.no_open_orders,
            "cleanup": None if signoff.no_open_orders else signoff.cleanup,
        },
        "subject": _subject(signoff),
        "client": client.section(signoff.client),
        "suite": {
            "version": signoff.provenance.version,
            "commit": signoff.provenance.commit,
            "tree": signoff.provenance.tree,
            "settings": [
                {"file": name, "sha256": digest} for name, digest in signoff.provenance.settings.items()
            ],
        },
        "requirements": {"version": signoff.requirements.version, "sha256": signoff.requirements.sha256},
        "items": [_item(item, signoff) for item in _items(signoff)],
        "findings": [sections.finding(finding) for finding in signoff.findings],
        "libraries": [
            deviation
            for result in signoff.results
            for deviation in sections.deviations(result, several=len(signoff.subject.listings) > 1)
        ],
        "proof": sections.proof(signoff.score),
        "previous": sections.previous(signoff.previous),
        "latencies": [_latency(latency) for latency in signoff.latencies],
        "measurements": [
            {"name": figure.name, "value": figure.value, "unit": figure.unit}
            for figure in signoff.measurements
        ],
        "waivers": [_waiver(waiver, signoff) for waiver in signoff.waivers],
        "evidence": {
            "file": "evidence.jsonl",
            "sha256": signoff.evidence.sha256,
            "records": signoff.evidence.records,
        },
    }


def write_json(content: Json, path: Path) -> None:
    """Write the sign-off; raises jsonschema.ValidationError when it does not conform to its schema."""
    validate(content)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def validate(content: Json) -> None:
    """Check the sign-off against its schema; raises jsonschema.ValidationError."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    # jsonschema takes no tuple for an array, so the content is validated as what JSON makes of it.
    Draft202012Validator(schema).validate(json.loads(json.dumps(content)))


def write_html(content: Json, latencies: Sequence[MeasuredLatency], path: Path, *, linked: bool) -> None:
    """Write the page.

    linked: allure-report.html exists beside it, so that every case links to its evidence
    """
    path.write_text(as_html(content, latencies, linked=linked), encoding="utf-8")


def as_html(content: Json, latencies: Sequence[MeasuredLatency], *, linked: bool) -> str:
    """The page: self-contained, loads nothing."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    axis = Axis.of(latencies)
    plots = {latency.name: Markup(axis.strip(latency)) for latency in latencies}  # noqa: S704 - our own SVG
    return environment.get_template(TEMPLATE).render(
        s=content,
        verdicts=list(Verdict),
        plots=plots,
        axis=Markup(axis.labels()),  # noqa: S704 - our own SVG
        report=REPORT if linked else None,
        deviations=[
            deviation
            for deviation in deviations(content, alike=(Verdict.NOT_APPLICABLE, Verdict.NOT_RUN))
            if deviation.verdict not in ACTIONABLE
        ],
    )


def _subject(signoff: SignOff) -> Json:
    subject = signoff.subject
    offsets = [
        figure.value
        for figure in signoff.measurements
        if figure.name == "clock offset" and figure.unit == "ms"
    ]
    return {
        "environment": subject.environment,
        "host": subject.host,
        "uid": subject.uid,
        "key_fingerprint": subject.key_fingerprint,
        "details": dict(subject.details),
        "clock_offset_ms": offsets[-1] if offsets else None,
        "listings": [_listing(listed) for listed in subject.listings],
    }


def _listing(listed: ListedSymbol) -> Json:
    return {
        "symbol": listed.symbol,
        "phase": listed.phase,
        "filters": dict(listed.filters),
        "filters_sha256": listed.sha256,
    }


def _items(signoff: SignOff) -> list[Item]:
    beyond = [BEYOND] if any(result.item == BEYOND.number for result in signoff.results) else []
    return [*signoff.requirements.items, *beyond]


def _item(item: Item, signoff: SignOff) -> Json:
    own = [result for result in signoff.results if result.item == item.number]
    counted = Counter(result.verdict for result in own)
    return {
        "number": item.number,
        "title": item.title,
        "clause": item.clause,
        "verdict": worst(result.verdict for result in own),
        "counts": {verdict: counted[verdict] for verdict in Verdict},
        "deviating": sum(result.deviates for result in own),
        "judged": client.judged(item.number, own, signoff.client),
        "checks": [_check(result) for result in own],
    }


def _check(result: Result) -> Json:
    return {
        "id": result.id,
        "formerly": result.check.formerly or None,
        "title": result.title,
        "requirement": _requirement(result.check.requirement),
        "severity": result.check.severity or None,
        "cause": result.check.cause,
        "library": sections.library(result.library),
        "deviates": result.deviates,
        "verdict": result.verdict,
        "sentence": result.sentence,
        "observations": result.observations,
        "started": None if result.started_ms is None else moment(result.started_ms),
        "ended": None if result.ended_ms is None else moment(result.ended_ms),
        "duration_ms": result.duration_ms,
        "orders": [
            {"order_link_id": link_id, "order_id": order_id or None}
            for link_id, order_id in result.orders.items()
        ],
        "cases": [_case(outcome) for outcome in result.outcomes],
    }


def _requirement(demanded: Requirement | None) -> Json | None:
    if demanded is None:
        return None
    return {
        "title": demanded.title,
        "paragraph": demanded.paragraph,
        "sequence": demanded.sequence,
        "passes": demanded.passes,
        "source": demanded.source,
    }


def _case(outcome: Outcome) -> Json:
    return {
        "parameters": dict(outcome.parameters),
        "label": outcome.label,
        "verdict": outcome.verdict,
        "sentence": outcome.sentence,
        "started": moment(outcome.started_ms),
        "ended": moment(outcome.ended_ms),
        "records": list(outcome.evidence),
        "allure": anchor(outcome.allure_uuid) if outcome.allure_uuid else None,
    }


def _latency(latency: MeasuredLatency) -> Json:
    return {
        "name": latency.name,
        "n": len(latency.values_us),
        "p50_us": latency.percentile(50),
        "p99_us": latency.percentile(99),
        "max_us": latency.max_us,
        "exact_us": latency.exact_us,
    }


def _waiver(waiver: Waiver, signoff: SignOff) -> Json:
    used = any(result.id == waiver.check and result.verdict is Verdict.WAIVED for result in signoff.results)
    state = "in force" if used else "not used" if waiver.holds_on(signoff.today) else "expired"
    return {
        "check": waiver.check,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "link": waiver.link,
        "expires": waiver.expires.isoformat(),
        "state": state,
    }


def facts(content: Mapping[str, Any]) -> dict[str, str]:
    """The facts at the top of the Allure report."""
    subject, run = content["subject"], content["run"]
    return {
        "Verdict": content["verdict"],
        "Run": run["id"],
        "Environment": subject["environment"],
        "Host": subject["host"],
        "Symbol": ", ".join(listing["symbol"] for listing in subject["listings"]),
        "Order client": content["client"]["name"] if content["client"] else "not tested",
        "UID": subject["uid"],
        "Key": subject["key_fingerprint"],
        "Suite": f"{content['suite']['version']} {content['suite']['commit'][:12]}",
        "Requirements": content["requirements"]["version"],
    }
