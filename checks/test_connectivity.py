"""Connectivity: streams authenticate, stay alive, and agree with REST.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import asyncio
from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports
from fixtures.clients.retry import Action, Happened, Operation, Policy, Transport, decide
from fixtures.desk import (
    Account,
    Blocked,
    Connections,
    Desk,
    Market,
    Order,
    Probes,
    Script,
    Watch,
)
from fixtures.evidence import Channel, Evidence
from fixtures.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Phase, Side, TimeInForce

LONGEST_OPENING_MS = 5000
PINGS = 3
CYCLES = 20
AT_ONCE = 5
MOST_KNOCKS = 5
SHORTEST_IDLE_MS = 30_000
SIX_HOURS_MS = 6 * 3600 * 1000
MAKER_ONLY = {RetCode.LIMIT_MAKER_ONLY, RetCode.ONLY_POST_ONLY_STAGE}
"""The documented refusals of an order that may take, while only PostOnly is let in."""

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

    Source: docs/v5/websocket/wss-authentication.mdx, heartbeat
    """
    for channel in connections.channels:
        round_trips = [await connections.ping(channel) for _ in range(PINGS)]

        answered = [round_trip for round_trip in round_trips if round_trip is not None]
        assert len(answered) == PINGS, f"the {channel} answered {len(answered)} of {PINGS} pings"
        evidence.measure(f"ping of the {channel}", max(answered), "µs")


@pytest.mark.regression
@check("CON-03", severity=MAJOR, at_risk=0)
async def test_idle_stream_is_cut_and_comes_back(probes: Probes, run: Run) -> None:
    """A stream that may be idle for thirty seconds is cut when it is, not before, and comes back.

    The venue sweeps every thirty seconds, so a cut may be that late; a client that does not notice is blind.

    Sequence: connect with max_active_time=30s, auth, silence, cut by the venue, reconnect, auth.
    Passes: the cut comes after thirty seconds and within the environment's patience, and the stream is back.
    Source: docs/v5/websocket/wss-authentication.mdx, max_active_time
    """
    cut, latest_ms = await probes.idle_cut(), run.environment.patience.idle_cut_ms

    assert cut.after_ms is not None, f"an idle stream still stands after {latest_ms} ms"
    assert cut.after_ms >= SHORTEST_IDLE_MS, f"an idle stream was cut after {cut.after_ms} ms"
    assert cut.returned, "the stream did not come back after it was cut"


@pytest.mark.regression
@check("CON-04", severity=MAJOR, at_risk=0)
async def test_streams_last(probes: Probes, run: Run, symbol: str, evidence: Evidence) -> None:
    """A private and a public stream that are kept alive last for as long as the soak takes.

    Its length is patience.soak_ms of the environment. One loss in six hours is what the field reports.

    Sequence: connect both, subscribe, a ping every twenty seconds, the soak, a state of the book.
    Passes: the private stream is lost at most once in six hours, and the book still moves at the end.
    Source: docs/v5/websocket/wss-authentication.mdx, heartbeat
    """
    soak_ms = run.environment.patience.soak_ms

    losses = await probes.losses(symbol, soak_ms)

    evidence.measure("losses of the private stream", losses, "")
    assert losses <= soak_ms // SIX_HOURS_MS, f"the private stream was lost {losses} times in {soak_ms} ms"


@check("CON-05", severity=BLOCKER, at_risk=5, observes=CYCLES)
@over_both_transports
async def test_stream_shows_every_end_once(desk: Desk, announce: Callable[[str], None]) -> None:
    """Of twenty orders placed and cancelled, the order stream shows each one's end exactly once.

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

    Source: docs/v5/websocket/wss-authentication.mdx, expires
    """
    for channel in connections.signed_channels:
        answer = await connections.answer_to_auth(channel, expires_in_ms=-10_000)

        assert not answer.accepted, f"the {channel} accepts a signature that expired ten seconds ago"


@check("CON-07", severity=MAJOR, at_risk=0)
async def test_no_maintenance_is_under_way(market: Market) -> None:
    """No interruption of spot is going on: what a run sees during one is not how the venue trades.

    Sequence: query of the system status.
    Passes: no interruption that names spot, or no product, is ongoing.
    Source: docs/v5/system-status.mdx
    """
    ongoing = [one for one in await market.interruptions() if one.state == "ongoing"]

    assert ongoing == [], f"this run says little, run it again later: {', '.join(map(str, ongoing))}"


@pytest.mark.regression
@check("CON-08", severity=MAJOR, at_risk=1)
async def test_protection_cancels_orders(desk: Desk, account: Account, probes: Probes) -> None:
    """Open orders end CancelByDCP once every connection that holds dcp.spot is gone for the window.

    The run's own stream does not hold the topic. The protection cancels every spot order of the UID, those of
    other programs too: run it on a UID of its own.

    Sequence: create, New, arm dcp.spot on a second stream, break that stream off, the window passes,
        Cancelled.
    Passes: the end is pushed within the window and a margin of three patient waits, with cancelType
        CancelByDCP.
    Source: docs/v5/order/dcp.mdx, docs/v5/websocket/private/dcp.mdx
    """
    window_s = ((await account.standing()).dcp_windows or {}).get("SPOT")
    if window_s is None:
        raise Blocked(
            "the account has no disconnection protection for spot: have it enabled or declare CON-08"
        )
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    await desk.resting(order)

    await probes.lose_protection()
    end = await desk.closed(order, within_ms=window_s * 1000 + 3 * desk.patience.event_ms)

    assert end.cancel_type is CancelType.BY_DCP, (
        f"the protected order ended {end}, cancelled {end.cancel_type}"
    )


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


@check("CON-11", severity=BLOCKER, at_risk=3, observes=CYCLES // 4)
async def test_gap_is_closed_after_a_reconnect(desk: Desk, watch: Watch) -> None:
    """After a broken connection the private stream is back, and what happened meanwhile is known.

    The venue does not repeat what was pushed into the gap: it is asked for over REST.

    Sequence: create twice, New, the watching stream breaks, cancel the first, create a third, the stream is
        back, cancel the second, Cancelled.
    Passes: the first is known Cancelled and the third New without a push, the second's end is pushed once.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/order/open-order.mdx
    """
    price = await desk.passive_price(Side.BUY)
    ended, kept = [await desk.place(Side.BUY, price) for _ in range(2)]
    async with watch.gap():
        await desk.cancel(ended)
        await desk.closed(ended)
        born = await desk.place(Side.BUY, price)
    await desk.cancel(kept)
    await watch.closed(kept)
    await desk.quiet()

    known = {
        name: [x.order_status for x in watch.recovered(one)] for name, one in (("e", ended), ("b", born))
    }
    assert known == {"e": [OrderStatus.CANCELLED], "b": [OrderStatus.NEW]}, f"after the gap is known: {known}"
    twice = [state for state in watch.pushed(ended) if state.order_status.is_closed]
    assert twice == [], f"an end in the gap was pushed after it: {twice}"
    ends = sum(state.order_status.is_closed for state in watch.pushed(kept))
    assert ends == 1, f"the end after the gap was pushed {ends} times"


@check("CON-12", severity=BLOCKER, at_risk=1)
async def test_close_by_the_server_is_survived(desk: Desk, watch: Watch, venue_script: Script) -> None:
    """A private stream that the server closes comes back by itself and shows what follows.

    Sequence: create, New, the server closes the watching stream, it is back, cancel, Cancelled.
    Passes: the stream is back within the environment's patience and pushes the order's end.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    order = await desk.place(Side.BUY, await desk.passive_price(Side.BUY))
    await desk.resting(order)

    async with watch.loss():
        venue_script.close_newest(paths.PRIVATE_STREAM)
    await desk.cancel(order)
    end = await watch.closed(order)

    assert end.order_status is OrderStatus.CANCELLED, f"the order ended {end}"


@check("CON-13", severity=MAJOR, at_risk=0, observes=2)
async def test_session_too_many_is_no_loop(
    connections: Connections, probes: Probes, venue_script: Script
) -> None:
    """A trade stream that is one too many is refused with 10003, and the client does not loop.

    Sequence: open a trade stream, the venue closes it and lets no more in, auth refused, room again,
        auth accepted.
    Passes: the refusal carries 10003, there are one to five knocks in a second, and a later stream stands.
    Source: docs/v5/error.mdx, WS OE general code
    """
    knocks = await probes.knocks(venue_script.turn_trade_sessions_away, within_ms=1000)
    refused = await connections.answer_to_auth(Channel.TRADE, expires_in_ms=10_000)
    venue_script.let_trade_sessions_in()
    later = await probes.open_trade()

    assert refused.code == RetCode.INVALID_API_KEY, (
        f"one session too many was answered {refused.code} {refused.text}"
    )
    assert 0 < knocks <= MOST_KNOCKS, f"a stream that was turned away knocked {knocks} times in a second"
    assert later == "", f"with room again a trade stream is refused: {later}"


@check("CON-14", severity=BLOCKER, at_risk=AT_ONCE, observes=2 * AT_ONCE)
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

    for states in map(desk.pushed_states, orders):
        shown = [state.order_status for state in states]
        ends = [status for status in shown if status.is_closed]
        assert shown[0] is OrderStatus.NEW, f"the first push of an order is {shown[0]}: {', '.join(shown)}"
        assert ends == shown[-1:], f"an order's end is not its last push: {', '.join(shown)}"
        times = [state.updated_ms for state in states]
        assert times == sorted(times), f"updatedTime goes backwards: {times}"


@check("CON-15", severity=MAJOR, at_risk=2)
async def test_phase_change_leaves_orders_alone(desk: Desk, venue_script: Script, symbol: str) -> None:
    """When a listing opens for every order type, resting orders and streams stay as they are.

    Sequence: phase maker-only, create PostOnly, New, create GTC, refused, phase trading, create GTC,
        acknowledged, cancel, Cancelled.
    Passes: the GTC order is refused as maker-only before and acknowledged after, and the PostOnly one still
        rests.
    Source: docs/institutional/dmm-listing/spot.mdx; docs/v5/error.mdx, 170217
    """
    venue_script.set_phase(symbol, Phase.MAKER_ONLY)
    price = await desk.passive_price(Side.BUY)
    order = await desk.place(Side.BUY, price)
    await desk.resting(order)
    before = await desk.attempt(Side.BUY, price, time_in_force=TimeInForce.GTC)
    venue_script.set_phase(symbol, Phase.TRADING)
    after = await desk.attempt(Side.BUY, price, time_in_force=TimeInForce.GTC)
    await desk.quiet()
    ends = [state for state in desk.pushed_states(order) if state.order_status.is_closed]

    assert before.ret_code in MAKER_ONLY, f"a GTC order in the phase maker-only was {before}"
    assert after.ret_code == 0, f"a GTC order in the phase trading was {after}"
    assert ends == [], f"the change of the phase ended a resting order: {ends[0]}"
    await desk.cancel(order)
    assert (await desk.closed(order)).order_status is OrderStatus.CANCELLED, "the stream lost its order"
