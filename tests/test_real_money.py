"""With real money every order, amend and cancel that reaches the venue is one that --live allows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.clients.notional import positive_decimal
from fixtures.config.environment import read_file
from fixtures.v5 import paths
from fixtures.venue.demo_accounts import EXPIRED, IP_BOUND, MAKER, NON_WHITELISTED, READ_ONLY
from fixtures.venue.rest.router import Request, Response
from fixtures.venue.venue import FrameOutcome, Venue

ROOT = Path(__file__).parents[1]
LIVE = "XRPUSDT"
VENUE_READY, INCOMPLETE, USAGE = 5, 2, 4
ACCEPTED = Decimal(5500)
OWN_KEYS = {MAKER.credentials.key, READ_ONLY.credentials.key}
"""The keys of the market maker's UID."""
REFUSED_KEYS = {"", "NoSuchKey000000000", EXPIRED.credentials.key, IP_BOUND.credentials.key}
"""No key, and those under which nothing may be done."""
READ_ALONE = {"auth", "ping", "subscribe", "unsubscribe"}
"""The operations of a stream that change nothing."""


@dataclass
class Reached:
    """What reached the venue in order to change something.

    asked: key, path and terms of each order, amend or cancel
    topics: the stream topics that were subscribed
    """

    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)

    def note_request(self, request: Request) -> None:
        """Record a request that is no query."""
        if request.method != "GET":
            self.note(request.headers.get("x-bapi-api-key", ""), request.path, json.loads(request.body))

    def note_frame(self, key: str, text: str | bytes) -> None:
        """Record a frame that is no heartbeat and no login."""
        frame = json.loads(text)
        if frame["op"] == "subscribe":
            self.topics.update(frame["args"])
        if frame["op"] not in READ_ALONE:
            for body in frame["args"]:
                self.note(key, f"/v5/{frame['op'].replace('.', '/')}", body)

    def note(self, key: str, path: str, body: dict[str, Any]) -> None:
        """Record each item of a request, with the category of the whole."""
        whole = {"category": body.get("category")}
        self.asked += [(key, path, {**whole, **item}) for item in body.get("request", [body])]

    def of(self, kinds: frozenset[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Key and terms of each order, amend or cancel on these paths."""
        return ((key, body) for key, path, body in self.asked if path in kinds)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Reached:
    """What reaches any embedded venue, recorded before the venue answers."""
    reached, handle, receive = Reached(), Venue.handle, Venue.receive

    def handling(venue: Venue, request: Request, now_ms: int) -> tuple[Response, tuple[Any, ...]]:
        reached.note_request(request)
        return handle(venue, request, now_ms)

    def receiving(venue: Venue, session: Any, text: str | bytes, now_ms: int) -> FrameOutcome:  # noqa: ANN401 - of any stream
        reached.note_frame(session.key.key if session.key else "", text)
        return receive(venue, session, text, now_ms)

    monkeypatch.setattr(Venue, "handle", handling)
    monkeypatch.setattr(Venue, "receive", receiving)
    return reached


def real_money(tmp_path: Path) -> str:
    """Write the shipped file with real money on the embedded venue, under the risk limits of mainnet."""
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    local, mainnet = content["environments"]["local"], content["environments"]["mainnet"]
    del local["default_symbol"]
    local |= {"real_money": True, "risk_limits": mainnet["risk_limits"]}
    local["timeouts"]["soak_ms"] = 100
    path = tmp_path / "environments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def run(tmp_path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run the checklist with real money: the exit code and the sign-off, {} when there is none."""
    quietly = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"--environments={real_money(tmp_path)}"]
    where = [f"--out={tmp_path / 'out'}", str(ROOT / "checks")]
    code = pytest.main([*quietly, *options, *where])
    written = sorted((tmp_path / "out").glob("*/signoff.json"))
    return int(code), json.loads(written[-1].read_text(encoding="utf-8")) if written else {}


def assert_allowed(reached: Reached, run_id: str) -> None:
    """Every order, amend and cancel kept to the symbol of ``--live``, to PostOnly and to own orders."""
    own = tuple(f"{run_id}-{first}" for first in "0123456789")
    creates = list(reached.of(paths.ORDER_CREATES))
    given: set[str] = set()
    for key, terms in creates:
        assert terms["symbol"] == LIVE, terms
        assert terms["category"] == "spot", terms
        assert str(terms["orderType"]).capitalize() == "Limit", terms
        assert terms["timeInForce"] == "PostOnly", terms
        assert terms["orderLinkId"].startswith(own), terms
        # A key that must be refused repeats the id of an open order, so that it could place none.
        may_create = {*OWN_KEYS, NON_WHITELISTED.credentials.key}
        assert key in may_create or (key in REFUSED_KEYS and terms["orderLinkId"] in given), terms
        given.add(terms["orderLinkId"])
    for key, terms in reached.of(paths.ORDER_AMENDS | paths.ORDER_CANCELS):
        assert terms["symbol"] == LIVE, terms
        assert terms["category"] == "spot", terms
        assert terms.get("orderId") or terms.get("orderLinkId"), terms
        assert (terms.get("orderLinkId") or own[0]).startswith(own), terms
        assert key in {*REFUSED_KEYS, *OWN_KEYS, NON_WHITELISTED.credentials.key}, terms
    known = paths.ORDER_CREATES | paths.ORDER_AMENDS | paths.ORDER_CANCELS - {paths.ORDER_CANCEL_ALL}
    assert {path for _, path, _ in reached.asked} <= known
    assert len(given) > 100
    assert "dcp.spot" not in reached.topics


def test_every_order_is_one_that_was_allowed(tmp_path: Path, reached: Reached) -> None:
    """All checks with one listing in --live end VENUE READY, and the venue saw no order beyond that listing.

    That verdict shows that no error kept an order back: a check that may not send is N/A.
    """
    options = [f"--symbol={LIVE}", f"--live={LIVE}", f"--accept-risk={ACCEPTED}"]

    code, signoff = run(tmp_path, *options)

    assert code == VENUE_READY, signoff.get("sentence")
    assert_allowed(reached, signoff["run"]["id"])
    assert_within_risk_limits(reached)
    assert {cases["parameters"].get("symbol", LIVE) for cases in _cases(signoff)} == {LIVE}


def test_without_live_nothing_is_sent(tmp_path: Path, reached: Reached) -> None:
    """Without --live no order, amend or cancel reaches the venue, and the run ends INCOMPLETE."""
    code, signoff = run(tmp_path, f"--symbol={LIVE}")

    assert code == INCOMPLETE
    assert signoff["verdict"] == "INCOMPLETE"
    assert reached.asked == []
    assert "dcp.spot" not in reached.topics


def assert_within_risk_limits(reached: Reached) -> None:
    """The orders keep to mainnet's risk limits and to the accepted notional."""
    risk_limits = read_file(ROOT / "environments.yaml").environments["mainnet"].risk_limits
    worth = [
        Decimal(terms["qty"]) * Decimal(terms["price"])
        for _, terms in reached.of(paths.ORDER_CREATES)
        if positive_decimal(terms.get("qty")) and positive_decimal(terms.get("price"))
    ]

    assert len(list(reached.of(paths.ORDER_CREATES))) <= risk_limits.orders
    assert max(worth) <= risk_limits.notional_per_order
    assert sum(worth) <= min(ACCEPTED, risk_limits.notional_per_run)


def _cases(signoff: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (case for item in signoff["items"] for check in item["checks"] for case in check["cases"])
