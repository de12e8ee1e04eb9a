"""Connectivity: streams authenticate, stay alive, and agree with REST.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import asyncio
from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports
from fixtures.clients.policy import Happened, Operation, Policy, Transport
from fixtures.clients.retry import Action, decide
from fixtures.desk import Connections, Desk, Market, Order, Probes
from fixtures.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
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
"""The refusals that fit an auth that has expired, for which the documents name none; a private stream sends
no code."""

FORBIDDEN = {
    "a ban": ("403, access too frequent", Action.WAIT_UNTIL, 600_000),
    "a restricted region": (
        "The Amazon CloudFront distribution is configured to block access from your country.",
        Action.STOP,
        0,
    ),
    "a GET with a body": ("Bad request. We can't connect to the server for this app.", Action.STOP, 0),
}
"""What an HTTP 403 is about -> its body, what the client must do, and how long it must wait."""


@check("CON-01", severity=BLOCKER, at_risk=0, observes=2)
async def test_private_stream_opens(connections: Connections, evidence: Evidence) -> None:
    """A further private stream authenticates and acknowledges its topics within five seconds.

    Sequence: connect, auth, subscribe order.spot and execution.spot, both acknowledged, close.
    Passes: nothing is refused, and the last acknowledgement comes within five seconds.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    opened = await connections.open_private("order.spot", "execution.spot")

    assert opened.fault == "", f"a second private stream does not open: {opened.fault}"
    evidence.measure("private stream ready", opened.ready_ms, "ms")
    assert opened.ready_ms <= LONGEST_OPENING_MS, f"the private stream was ready after {opened.ready_ms} ms"


@check("CON-02", severity=BLOCKER, at_risk=0, observes=PINGS)
async def test_every_stream_answers_pings(connections: Connections, evidence: Evidence) -> None:
    """Every stream answers each application ping with its own kind of pong.

    The client itself pings every 20 seconds for as long as the run takes.

    Sequence: on each open stream: ping, pong, three times in a row.
    Passes: As many pongs of the stream's own shape arrive as pings were sent.
    Source: docs/v5/websocket/wss-authentication.mdx, heartbeat
    """
    for channel in connections.channels:
        round_trips = [await connections.ping(channel) for _ in range(PINGS)]

        answered = [round_trip for round_trip in round_trips if round_trip is not None]
        assert len(answered) == PINGS, f"the {channel} answered {len(answered)} of {PINGS} pings"
        evidence.measure(f"ping of the {channel}", max(answered), "µs")


@check("CON-05", severity=BLOCKER, at_risk=5, creates=CYCLES, observes=CYCLES)
@over_both_transports
async def test_stream_shows_every_end_once(desk: Desk, announce: Callable[[str], None]) -> None:
    """Of twenty orders placed and cancelled, the order stream shows each one's end exactly once.

    Sequence: twenty times in groups of five: create, acknowledged, cancel, end pushed; then quiet.
    Passes: The closed states that the order stream pushed are counted per order_link_id and are
        exactly one each.
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

    ends = [
        sum(state.order_status.is_closed for state in states) for states in await desk.pushed_states(*placed)
    ]
    assert ends == [1] * CYCLES, f"ends pushed per order: {ends}"


@check("CON-06", severity=MAJOR, at_risk=0)
async def test_expired_stream_signature_is_refused(connections: Connections) -> None:
    """A correct signature whose expiry is past opens no stream, one whose expiry is ahead does.

    Sequence: on each signed stream: connect, auth with an expiry half a second past, answer; the same with
        half a second ahead.
    Passes: The first answer is a refusal, on the trade stream with a code that fits, the second is none.
    Source: docs/v5/websocket/wss-authentication.mdx, expires
    """
    for channel in connections.signed_channels:
        past = await connections.answer_to_auth(channel, expires_in_ms=-500)
        ahead = await connections.answer_to_auth(channel, expires_in_ms=500)

        assert not past.accepted, f"the {channel} accepts a signature that expired half a second ago"
        assert past.code in EXPIRED, f"an expired signature on the {channel} was {past}"
        assert ahead.accepted, f"the {channel} refuses a signature that is valid for half a second: {ahead}"


@check("CON-07", severity=MAJOR, at_risk=0)
@needs(paths.SYSTEM_STATUS)
async def test_no_maintenance_is_under_way(market: Market) -> None:
    """No interruption of spot is going on: what a run sees during one is not how the venue trades.

    Sequence: query of the system status.
    Passes: no interruption that names spot, or no product, is ongoing.
    Source: docs/v5/system-status.mdx
    """
    ongoing = [one for one in await market.interruptions() if one.state == "ongoing"]

    assert ongoing == [], f"this run says little, run it again later: {', '.join(map(str, ongoing))}"


@check("CON-09", severity=MAJOR, at_risk=0, observes=2)
async def test_institutional_hosts_answer(probes: Probes) -> None:
    """The private hosts that the institution was given serve a signed read and a private stream.

    Their names are confidential and stand in no report.

    Sequence: signed read of the open orders, auth of a private stream, both at the gateway's hosts.
    Passes: the read carries retCode 0, and the stream lets the key in.
    Source: docs/v5/institution/connection/mmgw.mdx, docs/v5/institution/connection/mmws.mdx
    """
    faults = await probes.gateway_faults()

    assert faults == [], f"at the institution's hosts {'; '.join(faults)}"


@check("CON-10", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("body", list(FORBIDDEN))
def test_403_is_read_by_its_body(policy: Policy, body: str) -> None:
    """An HTTP 403 is a ban, a restricted region or a malformed request, and only the ban passes by waiting.

    Sequence: HTTP 403 with the body, decision of the policy.
    Passes: the ban is waited out for ten minutes, everything else stops the client at once.
    Source: docs/v5/rate-limit/rate-limit.mdx, docs/v5/guide.mdx, docs/v5/error.mdx, HTTP code
    """
    text, action, wait_ms = FORBIDDEN[body]
    happened = Happened(Transport.REST, Operation.READ, text=text, http_status=403)

    decision = decide(happened, attempt=1, now_ms=0, jitter=0.0, policy=policy)

    assert decision.action is action, f"after {body} the client would {decision.action}"
    assert decision.not_before_ms >= wait_ms, f"after {body} it waits {decision.not_before_ms} ms"


@check("CON-14", severity=BLOCKER, at_risk=AT_ONCE, creates=AT_ONCE, observes=2 * AT_ONCE)
@over_both_transports
async def test_pushes_of_an_order_come_in_order(desk: Desk) -> None:
    """The pushes of an order begin with New, end with its end, and their times do not go backwards.

    Sequence: create, acknowledged, New, cancel, Cancelled; five times.
    Passes: the first state is New, a terminal one is the last and the only one, no updatedTime is before
        the one of an earlier push.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/enum.mdx, orderStatus
    """
    price = await desk.passive_price(Side.BUY)
    orders = [await desk.place(Side.BUY, price) for _ in range(AT_ONCE)]
    await asyncio.gather(*map(desk.cancel, orders))
    await asyncio.gather(*map(desk.closed, orders))
    await desk.quiet()

    for states in await desk.pushed_states(*orders):
        shown = [state.order_status for state in states]
        ends = [status for status in shown if status.is_closed]
        assert shown[0] is OrderStatus.NEW, f"the first push of an order is {shown[0]}: {', '.join(shown)}"
        assert ends == shown[-1:], f"an order's end is not its last push: {', '.join(shown)}"
        times = [state.updated_ms for state in states]
        assert times == sorted(times), f"updatedTime goes backwards: {times}"
