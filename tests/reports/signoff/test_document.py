"""The sign-off as JSON and as a page."""

import json
import re
from dataclasses import replace
from hashlib import md5
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from fixtures.expect import Cause, Owner
from reports.signoff.document import SCHEMA, SignOff, anchor, as_html, as_json, facts, validate, write_json
from reports.signoff.earlier_runs import Earlier, Previous
from reports.signoff.mutation_score import KillMatrix, score
from reports.signoff.sections import moment
from reports.verdict.cause import Attribution, Frame
from reports.verdict.results import Library, Verdict
from reports.verdict.sentences import results
from tests.reports.made_up import (
    CROSSING,
    ITEMS,
    PLAN,
    REQUIRED,
    RUN_ID,
    outcome,
    outcomes,
    signed_off,
    waiver,
)

FAILED = outcomes(MKR=Verdict.FAIL)
CASES = {
    "ready": signed_off(),
    "not ready": signed_off(FAILED),
    "waived": signed_off(FAILED, (waiver(),)),
    "expired": signed_off(FAILED, (waiver(expires="2026-01-01"),)),
    "incomplete": signed_off(outcomes(VIS=Verdict.BLOCKED)[:2]),
    "rehearsal": signed_off(rehearsal="Rehearsal with venue defect x: not a sign-off."),
}
LOADING = {"src", "href", "action", "data", "poster", "srcset", "background"}


class Loads(HTMLParser):
    """Collects every address that a page names, and every tag that could fetch or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and its addresses."""
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in LOADING]


def page(signoff: SignOff, *, linked: bool = True) -> str:
    """The sign-off's page."""
    return as_html(as_json(signoff), signoff.latencies, linked=linked)


def test_schema_is_a_schema() -> None:
    """The file holds a valid JSON Schema of 2020-12."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", CASES)
def test_every_sign_off_is_valid_by_its_schema(name: str) -> None:
    """Whatever a run came to, its sign-off can be checked by a machine."""
    validate(as_json(CASES[name]))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "GREEN"),
        (("subject", "uid"), "10000012"),
        (("items", 0, "checks", 0, "verdict"), "OK"),
        (("items", 0, "checks", 0, "cases"), []),
        (("run", "started"), "yesterday"),
        (("unknown",), 1),
    ],
)
def test_schema_refuses_what_is_no_sign_off(path: tuple[Any, ...], value: object) -> None:
    """An unknown verdict, an unmasked UID, a PASS without a case: none of it is written."""
    content = as_json(CASES["ready"])
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(ValidationError):
        validate(content)


def test_json_is_written_as_it_is(tmp_path: Path) -> None:
    """The file holds the same content."""
    content = as_json(CASES["waived"])

    write_json(content, tmp_path / "signoff.json")

    assert json.loads((tmp_path / "signoff.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(content)
    )


@pytest.mark.parametrize("name", CASES)
def test_page_loads_nothing(name: str) -> None:
    """No script, no image, no sheet, no address but the Allure report beside it and the page itself."""
    loads = Loads(page(CASES[name]))

    assert loads.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base"})
    assert [address for address in loads.addresses if not re.match(r"#|allure-report\.html#", address)] == []
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page(CASES[name])
    assert "url(" not in page(CASES[name])


def test_page_says_verdict_requirement_and_proof() -> None:
    """The page begins with what the run came to and why."""
    text = page(CASES["not ready"])

    assert '<div class="word">NOT READY</div>' in text
    assert "<p>MKR-01 failed: it was seen.</p>" in text
    assert CROSSING.title in text


def test_lines_link_to_their_evidence_only_when_it_is_there() -> None:
    """Links point into the Allure report when it was rendered; else the records are named."""
    content = as_json(CASES["ready"])
    case = content["items"][0]["checks"][0]["cases"][0]
    link = f'href="allure-report.html#{case["allure"]}"'

    assert link in page(CASES["ready"])
    assert "allure-report.html" not in page(CASES["ready"], linked=False)
    assert "#0–5" in page(CASES["ready"], linked=False)  # noqa: RUF001 - the page's own dash


def test_anchor_is_the_digest_of_the_result() -> None:
    """Allure opens a result by the MD5 of its uuid."""
    assert anchor("u") == md5(b"u", usedforsecurity=False).hexdigest()


def test_rehearsal_is_not_to_be_signed() -> None:
    """A run with a defect says so in large letters and has no place for a signature."""
    text = page(CASES["rehearsal"])

    assert '<div class="rehearsal defect">Rehearsal with venue defect x: not a sign-off.</div>' in text
    assert 'class="signatures"' not in text
    assert 'class="signatures"' in page(CASES["ready"])


def test_waiver_is_shown_with_its_state() -> None:
    """A deviation names who agreed, until when, and whether it still holds."""
    assert as_json(CASES["waived"])["waivers"][0]["state"] == "in force"
    assert as_json(CASES["expired"])["waivers"][0]["state"] == "expired"
    assert "J. Tan · until 2026-12-31 · in force · DESK-1142" in page(CASES["waived"])


def test_finding_shows_owner_proof_and_what_it_explains() -> None:
    """One row per root cause: its owner, the message, and links to every check that it explains."""
    frame = Frame(7, 0, "REST", "received", "POST /v5/order/create", 10005, '{"retCode":10005}')
    attributed = Attribution(Owner.ACCOUNT, Cause.PERMISSION, frame)
    made = tuple(
        replace(case, verdict=Verdict.FAIL, sentence="refused", attribution=attributed) for case in outcomes()
    )

    text = page(signed_off(made))

    assert text.count('<span class="owner">account or key</span>') == 1
    assert '<div class="headline">The key lacks the permission to trade.</div>' in text
    assert "<b>#7</b> REST · POST /v5/order/create · retCode 10005" in text
    assert all(f'<a class="fail" href="#{planned.id}">{planned.id}</a>' in text for planned in PLAN)
    assert "4 FAIL" in text
    validate(as_json(signed_off(made)))


def test_missing_prerequisite_has_no_owner() -> None:
    """What blocks several checks is one row without an owner."""
    text = page(signed_off(outcomes(MKR=Verdict.BLOCKED, VIS=Verdict.BLOCKED)))

    assert text.count('<span class="owner none">missing prerequisite</span>') == 1
    assert "2 BLOCKED" in text


def test_check_says_how_it_is_judged() -> None:
    """Sequence and pass rule stand beside each requirement."""
    text = page(CASES["ready"])

    assert "<i>Sequence:</i> create, acknowledged, Rejected." in text
    assert "<i>Passes:</i> The reason is the documented one." in text


def test_library_that_no_listing_trades_through_has_its_own_section() -> None:
    """Library, version, proof and remediation; neither the check nor its item shows a FAIL."""
    remediated = replace(CROSSING, remediation="Pin it.")
    ccxt = Library("ccxt", "4.5.90", traded=False)
    plan = (*PLAN[:3], replace(PLAN[3], requirement=remediated, library=ccxt))
    made = (*outcomes()[:3], outcome("RTY-01", Verdict.FAIL, "it sends 1e-05"))
    found = results(plan, ITEMS, made, {})
    signoff = replace(CASES["ready"], results=found)

    text = page(signoff)

    assert as_json(signoff)["libraries"][0]["library"] == {
        "name": "ccxt",
        "version": "4.5.90",
        "traded": False,
    }
    assert "Client libraries: deviations" in text
    assert "<td>Pin it.</td>" in text
    assert text.count("DEVIATES</span>") == 3
    assert '<span class="pill fail">' not in text
    validate(as_json(signoff))


def test_earlier_runs_stand_in_the_sign_off() -> None:
    """A READY shows what came before it, and which folders say nothing."""
    earlier = Earlier("261120-100000-aaaa", "2026-11-20T10:00:00.000Z", "NOT READY", "signoff", "", "ab" * 32)
    signoff = replace(CASES["ready"], previous=Previous((earlier,), ("x: has no signoff.json",)))

    text = page(signoff)

    assert '<span class="pill not-ready">NOT READY</span>' in text
    assert "261120-100000-aaaa" in text
    assert "Folders without a valid sign-off: x: has no signoff.json." in text
    validate(as_json(signoff))


def test_proof_is_stated() -> None:
    """N of N with the digest, or that there is no kill matrix."""
    matrix = KillMatrix({planned.id: ("x",) for planned in PLAN[1:]}, REQUIRED.version, "ab" * 32)
    signoff = replace(CASES["ready"], score=score(matrix, [planned.id for planned in PLAN], REQUIRED.version))

    assert "Checks proven able to fail: 3 of 4 (kill matrix sha256 abababababab)." in page(signoff)
    assert "Not proven: VIS-01." in page(signoff)
    assert "Checks proven able to fail: unknown, no kill matrix." in page(CASES["ready"])
    validate(as_json(signoff))


@pytest.mark.parametrize(
    ("no_open_orders", "text"),
    [(None, "unknown: the venue did not answer"), (False, "SOME: orders are still open")],
)
def test_page_says_how_to_cancel_open_orders(no_open_orders: bool | None, text: str) -> None:  # noqa: FBT001 - a column of the table
    """Where orders of the run are or may be open, the command that cancels them follows."""
    command = f"to cancel them: <code>pytest --cleanup {RUN_ID}</code>"

    assert f'{text} <span class="source">{command}' in page(
        replace(CASES["ready"], no_open_orders=no_open_orders)
    )
    assert "to cancel them" not in page(CASES["ready"])


def test_orders_are_listed_with_both_ids() -> None:
    """The annex pairs the ids, so that the exchange can look each order up by either."""
    text = page(CASES["ready"])

    assert "261123-013532-k7qm-0001" in text
    assert "1666800494330512129" in text


def test_words_of_the_venue_are_text() -> None:
    """Markup in a sentence is shown, not run."""
    signoff = CASES["ready"]
    content = as_json(signoff) | {"sentence": "<script>alert(1)</script>"}

    assert "<script>" not in as_html(content, signoff.latencies, linked=True)


def test_missing_check_is_listed() -> None:
    """A required check that did not run stands in the sign-off as NOT RUN."""
    content = as_json(CASES["incomplete"])

    assert [item["verdict"] for item in content["items"]] == ["BLOCKED", "PASS", "NOT RUN", "NOT RUN"]


def test_clock_offset_is_taken_from_the_measurement() -> None:
    """The offset that a check measured stands in the identity."""
    assert as_json(CASES["ready"])["subject"]["clock_offset_ms"] == -12


def test_facts_head_the_allure_report() -> None:
    """The Allure report names run, verdict and masked UID."""
    shown = facts(as_json(CASES["ready"]))

    assert (shown["Verdict"], shown["Symbol"], shown["UID"]) == ("READY", "XRPUSDT", "••••••12")


def test_moments_are_utc() -> None:
    """ISO 8601 with milliseconds and Z."""
    assert moment(1_795_400_000_007) == "2026-11-23T02:13:20.007Z"
