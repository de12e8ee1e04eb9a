"""Invented plans, outcomes, records and sign-offs that the tests of the reports share."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from fixtures.expect import Cause
from fixtures.record.evidence import Channel, Direction, Measurement, Record
from reports.evidence.latency import MeasuredLatency
from reports.signoff.client import Certified
from reports.signoff.document import EvidenceFile, SignOff
from reports.signoff.earlier_runs import Previous
from reports.signoff.mutation_score import score
from reports.signoff.provenance import Provenance
from reports.signoff.subject import ListedSymbol, Subject
from reports.verdict.decide import RunFacts
from reports.verdict.findings import findings
from reports.verdict.requirements import Requirements
from reports.verdict.results import Check, Item, Outcome, Requirement, Result, Verdict
from reports.verdict.sentences import conclude, results
from reports.verdict.waivers import Waiver, standing_on

RUN_ID = "261123-013532-k7qm"
KEY, SECRET, UID = "key-of-the-maker", "s3cr3t-of-the-maker", "10000012"
START_MS = 1_795_400_000_000
CROSSING = Requirement(
    "A PostOnly order priced through the touch is closed without a fill.",
    "The create request itself is acknowledged.",
    "docs/v5/enum.mdx",
    "create, acknowledged, Rejected.",
    "The reason is the documented one.",
)
ITEMS = tuple(
    Item(number, f"Item {number}", f"Clause {number}.", (f"{prefix}-01",))
    for number, prefix in enumerate(("VIS", "PRM", "MKR", "RTY"), start=1)
)
REQUIRED = Requirements("2026-11-23", "ab" * 32, ITEMS)


LOOKS_FOR = {"VIS-01": Cause.HIDDEN, "PRM-01": Cause.KEY, "PRM-02": Cause.UID}


def check(check_id: str, severity: str = "blocker", cases: int = 1) -> Check:
    """A check of the plan."""
    return Check(check_id, CROSSING, severity, cases, cause=LOOKS_FOR.get(check_id))


PLAN = tuple(check(item.checks[0], "major") for item in ITEMS)
TODAY = date(2026, 11, 23)


def outcome(check_id: str, verdict: Verdict = Verdict.PASS, sentence: str = "", **fields: Any) -> Outcome:  # noqa: ANN401 - any field of an outcome
    """A case that took 40 ms and received four messages."""
    made: dict[str, Any] = {
        "parameters": {"transport": "rest", "symbol": "XRPUSDT"},
        "label": "rest",
        "observations": 4,
        "evidence": (0, 6),
        "orders": {f"{RUN_ID}-0001": "1666800494330512129", f"{RUN_ID}-0002": ""},
        "started_ms": START_MS,
        "ended_ms": START_MS + 40,
        "allure_uuid": "9e4c1a54-6f7e-4d7a-8e49-0f2a4d1c7b11",
    }
    return Outcome(check_id, verdict=verdict, sentence=sentence, **(made | fields))


def outcomes(**verdicts: Verdict) -> tuple[Outcome, ...]:
    """One case of each planned check; all pass but those named by their prefix."""
    ended = ((planned.id, verdicts.get(planned.id[:3], Verdict.PASS)) for planned in PLAN)
    return tuple(
        outcome(check_id, verdict, "" if verdict is Verdict.PASS else "it was seen")
        for check_id, verdict in ended
    )


def waiver(check_id: str = "MKR-01", expires: str = "2026-12-31") -> Waiver:
    """A waiver of the exchange's desk."""
    return Waiver(
        check=check_id,
        owner="J. Tan",
        reason="Known on testnet.",
        link="DESK-1142",
        expires=date.fromisoformat(expires),
    )


def found_of(made: tuple[Outcome, ...], waived: tuple[Waiver, ...] = ()) -> tuple[Result, ...]:
    """The results of the planned checks with these outcomes."""
    return results(PLAN, ITEMS, made, standing_on(TODAY, waived))


def signed_off(
    made: tuple[Outcome, ...] | None = None,
    waived: tuple[Waiver, ...] = (),
    rehearsal: str = "",
    client: Certified | None = None,
) -> SignOff:
    """The sign-off of a run with these outcomes."""
    found = found_of(outcomes() if made is None else made, waived)
    return SignOff(
        run_id=RUN_ID,
        profile="signoff",
        filtered=None,
        started_ms=START_MS,
        ended_ms=START_MS + 5000,
        conclusion=conclude(found, ITEMS, RunFacts(client="bot", no_open_orders=True)),
        subject=Subject(
            environment="testnet",
            host="https://api-testnet.bybit.com",
            uid="••••••12",
            key_fingerprint="3f1c2d9a0b7e",
            details={"account": "unified"},
            listings=(ListedSymbol("XRPUSDT", "trading", {"tick_size": "0.0001"}, "cd" * 32),),
            rehearsal=rehearsal,
        ),
        client=client,
        provenance=Provenance("0.1.0", "unknown", "unknown"),
        requirements=REQUIRED,
        results=found,
        findings=findings(found),
        previous=Previous(),
        score=score("no kill matrix", [planned.id for planned in PLAN], REQUIRED.version),
        waivers=waived,
        latencies=(MeasuredLatency("create acknowledged, REST", (900, 1200, 4000), 1),),
        measurements=(Measurement("clock offset", -12, "ms"),),
        evidence=EvidenceFile("ef" * 32, 6),
        no_open_orders=True,
        cleanup=f"pytest --cleanup {RUN_ID}",
        today=TODAY,
    )


def sent(seq: int, channel: Channel, title: str, body: Mapping[str, Any] | str) -> Record:
    """A request at 10 ms per record."""
    return Record(seq, START_MS + 10 * seq, channel, Direction.SENT, title, _text(body))


def received(
    seq: int,
    channel: Channel,
    title: str,
    body: Mapping[str, Any] | str,
    ret_code: int | None = None,
    elapsed_us: int | None = None,
) -> Record:
    """A reply or a push at 10 ms per record."""
    return Record(
        seq,
        START_MS + 10 * seq,
        channel,
        Direction.RECEIVED,
        title,
        _text(body),
        venue_ms=START_MS + 10 * seq - 3,
        ret_code=ret_code,
        elapsed_us=elapsed_us,
    )


def _text(body: Mapping[str, Any] | str) -> str:
    return body if isinstance(body, str) else json.dumps(body)


LINK, ORDER = f"{RUN_ID}-0001", "1666800494330512129"
STATE = {"orderId": ORDER, "orderLinkId": LINK, "price": "0.2501", "qty": "20", "cumExecQty": "0"}
ONE_ORDER = (
    sent(
        0,
        Channel.REST,
        "POST /v5/order/create",
        {"side": "Buy", "qty": "20", "price": "0.2501", "timeInForce": "PostOnly", "orderLinkId": LINK},
    ),
    received(
        1,
        Channel.REST,
        "POST /v5/order/create",
        {"retCode": 0, "result": {"orderId": ORDER, "orderLinkId": LINK}},
        ret_code=0,
        elapsed_us=8412,
    ),
    received(2, Channel.PRIVATE, "wallet", {"topic": "wallet", "data": []}),
    received(3, Channel.PRIVATE, "order.spot", {"data": [{**STATE, "orderStatus": "New"}]}),
    sent(4, Channel.TRADE, "order.cancel", {"reqId": "r-2", "args": [{"orderId": ORDER}]}),
    received(
        5,
        Channel.TRADE,
        "order.cancel",
        {"reqId": "r-2", "data": {"orderId": ORDER, "orderLinkId": LINK}},
        ret_code=0,
        elapsed_us=1930,
    ),
    received(6, Channel.PRIVATE, "order.spot", {"data": [{**STATE, "orderStatus": "Cancelled"}]}),
    sent(7, Channel.REST, "GET /v5/execution/list", f"category=spot&orderId={ORDER}"),
    received(8, Channel.REST, "GET /v5/execution/list", {"result": {"list": []}}, ret_code=0, elapsed_us=700),
)
"""One order, created over REST, cancelled over the trade stream, looked up in the executions."""
