"""Connectivity: streams authenticate, stay alive, and agree with REST.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import asyncio
from collections.abc import Callable

from checks import BLOCKER, MAJOR, check, over_both_transports
from fixtures.desk import Connections, Desk, Order
from fixtures.evidence import Evidence
from fixtures.v5.enums import Side

LONGEST_OPENING_MS = 5000
PINGS = 3
CYCLES = 20
AT_ONCE = 5


@check("CON-01", severity=BLOCKER, at_risk=0, observes=2)
async def test_private_stream_opens(connections: Connections, evidence: Evidence) -> None:
    """A private stream authenticates and acknowledges its topics within five seconds.

    Sequence: connect, authenticate, subscribe to order.spot and execution.spot, subscription
        acknowledged.
    Passes: The time from connect to the acknowledged subscription is at most five seconds.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    opened = await connections.open_private("order.spot", "execution.spot")

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


@check("CON-05", severity=BLOCKER, at_risk=5, observes=CYCLES)
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

    ends = [sum(state.order_status.is_closed for state in desk.pushed_states(order)) for order in placed]
    assert ends == [1] * CYCLES, f"ends pushed per order: {ends}"


@check("CON-06", severity=MAJOR, at_risk=0)
async def test_expired_stream_signature_is_refused(connections: Connections) -> None:
    """A correct signature whose expiry is past opens no stream.

    Sequence: on each signed stream: connect, auth with an expiry ten seconds past, answer.
    Passes: The answer to the authentication is a refusal.
    Source: docs/v5/websocket/wss-authentication.mdx, expires
    """
    for channel in connections.signed_channels:
        answer = await connections.answer_to_auth(channel, expires_in_ms=-10_000)

        assert not answer.accepted, f"the {channel} accepts a signature that expired ten seconds ago"
