"""Connectivity: streams authenticate, stay alive, and agree with REST.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import asyncio
from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports
from fixtures.clients.retry.decision import Action, decide
from fixtures.clients.retry.policy import AttemptResult, Operation, Policy, TransportKind
from fixtures.desk import Connections, Desk, Market, Order, Probes
from fixtures.expect import Prerequisite, acknowledged, at_least, at_most, expect, having, nothing, one_of
from fixtures.record.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import ABOUT_THE_SENDER, RetCode
from fixtures.v5.enums import OrderStatus, Side

LONGEST_OPENING_MS = 5000
PINGS = 3
CYCLES = 20
AT_ONCE = 5
EXPIRED = {
    None,
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.TIMESTAMP_WINDOW,
    RetCode.INVALID_API_KEY,
    RetCode.INVALID_SIGNATURE,
    RetCode.PERMISSION_DENIED,
}
"""The codes that fit an expired auth, for which the documents name none; a private stream sends no code."""

FORBIDDEN = {
    "a ban": ("403, access too frequent", Action.WAIT_UNTIL, 600_000),
    "a restricted region": (
        "The Amazon CloudFront distribution is configured to block access from your country.",
        Action.STOP,
        0,
    ),
    "a GET with a body": ("Bad request. We can't connect to the server for this app.", Action.STOP, 0),
}
"""What an HTTP 403 means -> its body, what the client must do, and for how many ms it must wait."""


@check("CON-01", severity=BLOCKER, max_fills=0, min_messages=2, establishes=Prerequisite.ORDER_STREAM)
async def test_private_stream_opens(connections: Connections, evidence: Evidence) -> None:
    """A second private stream authenticates and acknowledges its topics within five seconds.

    Sequence: connect, auth, subscribe order.spot and execution.spot, both acknowledged, close.
    Passes: nothing is refused, and the last acknowledgement comes within five seconds.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    opened = await connections.open_private("order.spot", "execution.spot")

    what = "fault while a second private stream was opened"
    expect(what, opened.fault, nothing, cause=opened.cause)
    evidence.measure("private stream ready", opened.ready_ms, "ms")
    expect("time until the stream was ready", opened.ready_ms, at_most(LONGEST_OPENING_MS, "ms"))


@check("CON-30", severity=BLOCKER, max_fills=0, establishes=Prerequisite.TRADE_STREAM)
@needs(paths.TRADE_STREAM)
async def test_trade_stream_opens(connections: Connections) -> None:
    """A second trade stream authenticates and answers a ping within five seconds.

    Sequence: connect, auth, acknowledged, ping, pong, close.
    Passes: nothing is refused or left unanswered, and the pong comes within five seconds.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    opened = await connections.open_trade()

    expect("fault while a second trade stream was opened", opened.fault, nothing, cause=opened.cause)
    expect("time until the stream was ready", opened.ready_ms, at_most(LONGEST_OPENING_MS, "ms"))


@check("CON-31", severity=BLOCKER, max_fills=0, establishes=Prerequisite.PUBLIC_STREAM)
async def test_public_stream_opens(connections: Connections) -> None:
    """A second public stream answers a ping within five seconds.

    Sequence: connect, ping, pong, close.
    Passes: the ping is answered, and the pong comes within five seconds.
    Source: docs/v5/ws/connect.mdx
    """
    opened = await connections.open_public()

    expect("fault while a second public stream was opened", opened.fault, nothing, cause=opened.cause)
    expect("time until the stream was ready", opened.ready_ms, at_most(LONGEST_OPENING_MS, "ms"))


@check("CON-02", severity=BLOCKER, max_fills=0, min_messages=PINGS)
async def test_every_stream_answers_pings(connections: Connections, evidence: Evidence) -> None:
    """Every stream answers each application ping with its own kind of pong.

    The client also pings each stream every 20 seconds for as long as the run takes.

    Sequence: on each open stream: ping, pong, three times in a row.
    Passes: each stream answers each ping with a pong in that stream's own format.
    Source: docs/v5/websocket/wss-authentication.mdx, heartbeat
    """
    for channel in connections.channels:
        round_trips = [await connections.ping(channel) for _ in range(PINGS)]

        answered = [round_trip for round_trip in round_trips if round_trip is not None]
        expect(f"pongs on the {channel} to {PINGS} pings", len(answered), PINGS)
        evidence.measure(f"ping of the {channel}", max(answered), "µs")


@check("CON-05", severity=BLOCKER, max_fills=5, creates=CYCLES, min_messages=CYCLES)
@over_both_transports
async def test_stream_shows_every_end_once(desk: Desk, announce: Callable[[str], None]) -> None:
    """The order stream pushes the terminal state of each of twenty cancelled orders exactly once.

    Sequence: twenty orders in groups of five: create, acknowledged, cancel, terminal state pushed; then a
        quiet period.
    Passes: the order stream pushed exactly one terminal state per order.
    Source: docs/v5/websocket/private/order.mdx
    """
    placed: list[Order] = []
    price = await desk.passive_price(Side.BUY)
    for start in range(0, CYCLES, AT_ONCE):
        orders = [await desk.place(Side.BUY, price) for _ in range(AT_ONCE)]
        await asyncio.gather(*map(desk.cancel, orders))
        await asyncio.gather(*map(desk.closed, orders))
        announce(f"CON-05: {start + AT_ONCE} of {CYCLES} orders placed, cancelled and seen closed")
        placed += orders
    await desk.quiet()

    for order, states in zip(placed, await desk.pushed_states(*placed), strict=True):
        terminal = [state for state in states if state.order_status.is_closed]
        expect("terminal states pushed of an order", len(terminal), 1, of=order)


@check("CON-06", severity=MAJOR, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_expired_stream_signature_is_refused(connections: Connections) -> None:
    """A stream accepts an authentication only until it expires.

    Sequence: on the private stream and on the trade stream: auth that expired half a second ago, refused;
        auth that expires half a second ahead, accepted.
    Passes: the expired auth is refused, on the trade stream with a fitting code, and the other is accepted.
    Source: docs/v5/websocket/wss-authentication.mdx, expires
    """
    for channel in connections.signed_channels:
        expired = await connections.answer_to_auth(channel, expires_in_ms=-500)
        valid = await connections.answer_to_auth(channel, expires_in_ms=500)

        expect(f"expired auth on the {channel}", expired, having(accepted=False))
        expect(f"code of the refusal of an expired auth on the {channel}", expired.code, one_of(EXPIRED))
        expect(f"auth on the {channel} that is valid for half a second", str(valid), "accepted")


@check("CON-07", severity=MAJOR, max_fills=0)
@needs(paths.SYSTEM_STATUS)
async def test_no_maintenance_is_under_way(market: Market) -> None:
    """Spot is not under maintenance.

    What a run sees during a maintenance does not show how the venue trades otherwise.

    Sequence: query of the system status.
    Passes: no ongoing maintenance names spot, or names no product.
    Source: docs/v5/system-status.mdx
    """
    ongoing = [notice.title for notice in await market.interruptions() if notice.state == "ongoing"]

    expect("ongoing maintenance of spot", ongoing, nothing, advice="run again when it is over")


@check("CON-09", severity=MAJOR, max_fills=0, min_messages=2, subject="account")
async def test_institutional_hosts_answer(probes: Probes) -> None:
    """The private hosts of the institution serve a signed read and a private stream.

    The names of these hosts are confidential and appear in no report.

    Sequence: signed read of the open orders, auth of a private stream, both at the gateway's hosts.
    Passes: the read's retCode is 0, and the stream accepts the auth.
    Source: docs/v5/institution/connection/mmgw.mdx, docs/v5/institution/connection/mmws.mdx
    """
    read, auth = await probes.gateway_answers()

    expect("signed read at the institution's hosts", read, acknowledged)
    expect("auth of a private stream at the institution's hosts", str(auth), "accepted")


@check("CON-10", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("body", list(FORBIDDEN))
def test_403_is_read_by_its_body(policy: Policy, body: str) -> None:
    """The client reads an HTTP 403 by its body: it waits out an IP ban and stops on everything else.

    The body of a 403 shows a ban of the address, a restricted region or a malformed request.

    Sequence: HTTP 403 with the body, decision of the client's policy; nothing is sent.
    Passes: the client waits ten minutes after a ban, and stops at once after anything else.
    Source: docs/v5/rate-limit/rate-limit.mdx, docs/v5/guide.mdx, docs/v5/error.mdx, HTTP code
    """
    text, action, wait_ms = FORBIDDEN[body]
    attempt_result = AttemptResult(TransportKind.REST, Operation.READ, text=text, http_status=403)

    decision = decide(attempt_result, attempt=1, now_ms=0, jitter=0.0, policy=policy)

    expect(f"the client's action after an HTTP 403 for {body}", decision.action, action)
    expect(f"its wait after an HTTP 403 for {body}", decision.not_before_ms, at_least(wait_ms, "ms"))


@check("CON-14", severity=BLOCKER, max_fills=AT_ONCE, creates=AT_ONCE, min_messages=2 * AT_ONCE)
@over_both_transports
async def test_pushes_of_an_order_come_in_order(desk: Desk) -> None:
    """The pushes of an order come in the order of its life: New first, its terminal state last.

    Sequence: create, acknowledged, New, cancel, Cancelled; five times.
    Passes: the first state is New, the last is the only terminal one, and updatedTime never goes backwards.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/enum.mdx, orderStatus
    """
    price = await desk.passive_price(Side.BUY)
    orders = [await desk.place(Side.BUY, price) for _ in range(AT_ONCE)]
    await asyncio.gather(*map(desk.cancel, orders))
    await asyncio.gather(*map(desk.closed, orders))
    await desk.quiet()

    for order, states in zip(orders, await desk.pushed_states(*orders), strict=True):
        statuses, times = [state.order_status for state in states], [state.updated_ms for state in states]
        terminal = [place for place, status in enumerate(statuses, start=1) if status.is_closed]
        count = len(statuses)
        expect("orderStatus of the first push of an order", statuses[0], OrderStatus.NEW, of=order)
        expect(f"place of its terminal state among {count} pushes", terminal, [count], of=order)
        expect("updatedTime of the pushes of an order", times, sorted(times), of=order)
