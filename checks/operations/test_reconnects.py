"""Connectivity when it fails: the client reconnects, and knows afterwards what it missed.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

from operator import attrgetter

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, without_real_money
from fixtures.desk import (
    Account,
    Blocked,
    Connections,
    Desk,
    ObserverStream,
    Probes,
    Taker,
    VenueControl,
    any_state,
    has_ended,
)
from fixtures.expect import (
    acknowledged,
    at_least,
    at_most,
    between,
    expect,
    having,
    nothing,
    present,
    refused,
)
from fixtures.record.evidence import Channel, Evidence
from fixtures.record.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import MAKERS_ONLY, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Phase, Side, TimeInForce

MOST_ATTEMPTS = 5
SHORTEST_IDLE_MS = 30_000
SIX_HOURS_MS = 6 * 3600 * 1000


@check("CON-03", severity=MAJOR, max_fills=0, waits_ms=SHORTEST_IDLE_MS)
async def test_idle_stream_is_cut_and_comes_back(probes: Probes, run: Run) -> None:
    """An idle stream is cut after its max_active_time, not before, and the client reconnects.

    The venue looks for idle streams every thirty seconds, so the cut may come that much later. A client that
    does not notice it misses every push from then on.

    Sequence: connect with max_active_time=30s, auth, nothing sent, cut by the venue, reconnect, auth.
    Passes: the cut comes after at least thirty seconds and within idle_cut_ms of the environment, and the
        stream is back.
    Source: docs/v5/websocket/wss-authentication.mdx, max_active_time
    """
    cut, latest_ms = await probes.idle_cut(), run.environment.timeouts.idle_cut_ms

    after_ms = expect("cut of an idle stream", cut.after_ms, present, within_ms=latest_ms)
    expect("idle time until the stream was cut", after_ms, at_least(SHORTEST_IDLE_MS, "ms"))
    expect("the stream is back after the cut", cut.returned, expected=True)


@check("CON-04", severity=MAJOR, max_fills=0, waits_ms=attrgetter("soak_ms"))
async def test_streams_last(probes: Probes, run: Run, symbol: str, evidence: Evidence) -> None:
    """Streams that send heartbeats stay connected throughout a soak.

    The soak takes soak_ms of the environment. One lost connection in six hours is what is commonly reported.

    Sequence: connect a private and a public stream, subscribe, a ping every twenty seconds during the soak, a
        state of the book.
    Passes: the private stream is lost at most once in six hours, and the book is still pushed at the end.
    Source: docs/v5/websocket/wss-authentication.mdx, heartbeat
    """
    soak_ms = run.environment.timeouts.soak_ms

    losses = await probes.losses(symbol, soak_ms)

    evidence.measure("losses of the private stream", losses, "")
    expect(f"losses of the private stream in {soak_ms} ms", losses, at_most(soak_ms // SIX_HOURS_MS))


@check("CON-08", severity=MAJOR, max_fills=1, creates=1)
@needs(paths.ACCOUNT_DCP, paths.ACCOUNT_SMP_GROUP)
@without_real_money("The protection would cancel every spot order of the UID, those of other programs too.")
async def test_protection_cancels_orders(
    desk: Desk, account: Account, probes: Probes, observer: ObserverStream
) -> None:
    """Disconnection protection (DCP) cancels open orders once its window has passed, and not before.

    The window starts when the last connection that subscribed to dcp.spot is gone; only the stream that this
    check breaks subscribes to it. DCP cancels every spot order of the UID, also those of other programs: run
    the check on a UID of its own.

    Sequence: create, New, subscribe dcp.spot on a second stream, break that stream, the window passes,
        Cancelled.
    Passes: the terminal state is pushed after the window, at most three times event_ms of the environment
        later, with cancelType CancelByDCP.
    Source: docs/v5/order/dcp.mdx, docs/v5/websocket/private/dcp.mdx
    """
    window_s = ((await account.standing()).dcp_windows or {}).get("SPOT")
    if window_s is None:
        raise Blocked(
            "the account has no DCP for spot: have it enabled, or declare the check under not_applicable"
        )
    order = await desk.rest(Side.BUY)

    lost_ms = desk.venue_now_ms()
    await probes.lose_protection()
    closed = await observer.closed(order, within_ms=window_s * 1000 + 3 * desk.timeouts.event_ms)

    expect("order under DCP", closed, having(cancel_type=CancelType.BY_DCP))
    after_ms = closed.updated_ms - lost_ms
    expect("time from the disconnection to the cancel", after_ms, at_least(window_s * 1000, "ms"), of=closed)


@check("CON-11", severity=BLOCKER, max_fills=3, creates=3, min_messages=6, subject="suite")
async def test_gap_is_closed_after_a_reconnect(desk: Desk, observer: ObserverStream) -> None:
    """After a reconnect of the private stream the client knows what its orders did in the gap.

    The venue does not repeat the pushes that it sent in the gap: the client queries the orders over REST.

    Sequence: create twice, New, an observer stream breaks, cancel the first, create a third, the stream is
        back, cancel the second, Cancelled.
    Passes: without a push the first order is known as Cancelled and the third as New; the second's terminal
        state is pushed once.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/order/open-order.mdx
    """
    price = await desk.passive_price(Side.BUY)
    cancelled, kept = [await desk.place(Side.BUY, price) for _ in range(2)]
    async with observer.gap():
        await desk.cancelled(cancelled)
        created = await desk.place(Side.BUY, price)
    await desk.cancel(kept)
    await observer.closed(kept)
    await desk.quiet()
    in_gap, after = await observer.pushed(cancelled, kept)

    known = {
        "cancelled order": await observer.recovered(cancelled, has_ended),
        "new order": await observer.recovered(created, any_state),
    }
    expect(
        "orders of the gap after the reconnect",
        {name: state.order_status if state else None for name, state in known.items()},
        {"cancelled order": OrderStatus.CANCELLED, "new order": OrderStatus.NEW},
        of=(cancelled, created),
        within_ms=desk.timeouts.look_up_ms,
    )
    repeated = [state for state in in_gap if state.order_status.is_closed]
    expect("terminal states of the gap pushed after the reconnect", repeated, nothing)
    terminal = [state for state in after if state.order_status.is_closed]
    expect("terminal states pushed of an order cancelled after the reconnect", len(terminal), 1, of=kept)


@check("CON-16", severity=BLOCKER, max_fills=1, creates=2, subject="suite")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_fill_in_a_gap_is_known_once(
    desk: Desk, taker: Taker, observer: ObserverStream, side: Side
) -> None:
    """After a reconnect of the private stream the client counts a fill of the gap exactly once.

    Sequence: an observer stream breaks, create as the touch, filled by a second UID, the stream is back,
        executions queried.
    Passes: the order is known as Filled for the quantity that the second UID took, the execution list adds up
        to that quantity, and no push of the gap comes after it.
    Source: docs/v5/order/open-order.mdx, docs/v5/order/execution.mdx
    """
    async with observer.gap():
        fill = await taker.fills(side)
    order = fill.resting
    await desk.quiet()
    (pushed,) = await observer.pushed(order)

    state = await observer.recovered(order, has_ended)
    what, wait_ms = "order filled in the gap", desk.timeouts.look_up_ms
    known = expect(f"{what}, over REST", state, present, of=order, within_ms=wait_ms)
    expect(what, known, having(order_status=OrderStatus.FILLED, cum_exec_qty=fill.qty), within_ms=wait_ms)
    listed = sum(execution.exec_qty for execution in await desk.listed_executions(order, fill.qty))
    expect("quantity of its executions in the list", listed, fill.qty, of=order)
    expect("states of the gap pushed after the reconnect", pushed, nothing)


@check("CON-12", severity=BLOCKER, max_fills=1, creates=1, subject="suite")
async def test_close_by_the_server_is_survived(
    desk: Desk, observer: ObserverStream, venue_control: VenueControl
) -> None:
    """The client reopens a private stream that the venue closes, and receives what follows.

    Sequence: create, New, the venue closes an observer stream, it is back, cancel, Cancelled.
    Passes: the stream is back within event_ms of the environment and pushes the order's terminal state.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    order = await desk.rest(Side.BUY)

    async with observer.loss():
        venue_control.close_newest(paths.PRIVATE_STREAM)
    await desk.cancel(order)
    closed = await observer.closed(order)

    expect("order cancelled after the reconnect", closed, having(order_status=OrderStatus.CANCELLED))


@check("CON-13", severity=MAJOR, max_fills=0, min_messages=2, provokes={RetCode.INVALID_API_KEY})
@needs(paths.TRADE_STREAM)
async def test_session_too_many_is_no_loop(
    connections: Connections, probes: Probes, venue_control: VenueControl
) -> None:
    """A trade stream beyond the session limit is refused with 10003, and the client backs off.

    Sequence: open a trade stream, the venue closes it and accepts no further session, auth refused, sessions
        are free again, auth accepted.
    Passes: the refusal carries 10003, the client authenticates one to five times within a second, and a later
        stream opens.
    Source: docs/v5/error.mdx, WS OE general code
    """
    attempts = await probes.connection_attempts(venue_control.turn_trade_sessions_away, within_ms=1000)
    refusal = await connections.answer_to_auth(Channel.TRADE, expires_in_ms=10_000)
    venue_control.let_trade_sessions_in()
    later = await probes.open_trade()

    expect("auth beyond the session limit of the trade stream", refusal, having(code=RetCode.INVALID_API_KEY))
    expect("auth attempts of a refused trade stream within 1 s", attempts, between(1, MOST_ATTEMPTS))
    expect("refusal of a trade stream once sessions are free", later, nothing)


@check("CON-15", severity=MAJOR, max_fills=3, creates=3)
@without_real_money("An order that may take is not sent where money is real.")
async def test_phase_change_leaves_orders_alone(desk: Desk, venue_control: VenueControl, symbol: str) -> None:
    """A listing's change from maker-only to trading leaves resting orders and streams as they are.

    Sequence: phase maker-only, create PostOnly, New, create GTC, refused, phase trading, create GTC,
        acknowledged, cancel of the PostOnly order, Cancelled.
    Passes: the GTC order is refused as maker-only before the change and acknowledged after it, the PostOnly
        order still rests, and its cancel is pushed.
    Source: docs/institutional/dmm-listing/spot.mdx; docs/v5/error.mdx, 170217
    """
    venue_control.set_phase(symbol, Phase.MAKER_ONLY)
    price = await desk.passive_price(Side.BUY)
    order = await desk.place(Side.BUY, price)
    await desk.resting(order)
    before = await desk.attempt(Side.BUY, price, time_in_force=TimeInForce.GTC)
    venue_control.set_phase(symbol, Phase.TRADING)
    after = await desk.attempt(Side.BUY, price, time_in_force=TimeInForce.GTC)
    await desk.quiet()
    (states,) = await desk.pushed_states(order)
    terminal = [state for state in states if state.order_status.is_closed]

    expect("GTC order in the phase maker-only", before, refused(MAKERS_ONLY))
    expect("GTC order in the phase trading", after, acknowledged)
    expect("terminal states of the PostOnly order at the change of the phase", terminal, nothing)
    await desk.cancel(order)
    closed = await desk.closed(order)
    expect("PostOnly order cancelled after the change", closed, having(order_status=OrderStatus.CANCELLED))
