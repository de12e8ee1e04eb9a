"""Connectivity when it fails: cuts, gaps, closes and lost protection are survived, and known afterwards.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, without_real_money
from fixtures.desk import (
    Account,
    Blocked,
    Connections,
    Desk,
    Probes,
    Script,
    Taker,
    Watch,
    any_state,
    has_ended,
)
from fixtures.evidence import Channel, Evidence
from fixtures.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import MAKERS_ONLY, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Phase, Side, TimeInForce

MOST_KNOCKS = 5
SHORTEST_IDLE_MS = 30_000
SIX_HOURS_MS = 6 * 3600 * 1000


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


@check("CON-08", severity=MAJOR, at_risk=1, creates=1)
@needs(paths.ACCOUNT_DCP, paths.ACCOUNT_SMP_GROUP)
@without_real_money("The protection would cancel every spot order of the UID, those of other programs too.")
async def test_protection_cancels_orders(desk: Desk, account: Account, probes: Probes, watch: Watch) -> None:
    """Open orders end CancelByDCP once every connection that holds dcp.spot is gone for the window.

    Neither the run's own stream nor the watching one holds the topic. The protection cancels every spot order
    of the UID, those of other programs too: run it on a UID of its own.

    Sequence: create, New, arm dcp.spot on a second stream, break that stream off, the window passes,
        Cancelled.
    Passes: the end is pushed not before the window is over and within a margin of three patient waits after
        it, with cancelType CancelByDCP.
    Source: docs/v5/order/dcp.mdx, docs/v5/websocket/private/dcp.mdx
    """
    window_s = ((await account.standing()).dcp_windows or {}).get("SPOT")
    if window_s is None:
        raise Blocked(
            "the account has no disconnection protection for spot: have it enabled or declare CON-08"
        )
    order = await desk.rest(Side.BUY)

    lost_ms = desk.venue_now_ms()
    await probes.lose_protection()
    end = await watch.closed(order, within_ms=window_s * 1000 + 3 * desk.patience.event_ms)

    assert end.cancel_type is CancelType.BY_DCP, (
        f"the protected order ended {end}, cancelled {end.cancel_type}"
    )
    after_ms = end.updated_ms - lost_ms
    assert after_ms >= window_s * 1000, f"the protection of {window_s} s ended the order after {after_ms} ms"


@check("CON-11", severity=BLOCKER, at_risk=3, creates=3, observes=6)
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
        await desk.cancelled(ended)
        born = await desk.place(Side.BUY, price)
    await desk.cancel(kept)
    await watch.closed(kept)
    await desk.quiet()
    in_gap, after = await watch.pushed(ended, kept)

    known = await watch.recovered(ended, has_ended), await watch.recovered(born, any_state)
    statuses = [state.order_status if state else None for state in known]
    assert statuses == [OrderStatus.CANCELLED, OrderStatus.NEW], (
        f"{desk.patience.look_up_ms} ms after the gap the first and the third order are known as {statuses}"
    )
    twice = [state for state in in_gap if state.order_status.is_closed]
    assert twice == [], f"an end in the gap was pushed after it: {twice}"
    ends = sum(state.order_status.is_closed for state in after)
    assert ends == 1, f"the end after the gap was pushed {ends} times"


@check("CON-16", severity=BLOCKER, at_risk=1, creates=2)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_fill_in_a_gap_is_known_once(desk: Desk, taker: Taker, watch: Watch, side: Side) -> None:
    """A fill that happens while the private stream is down is known after the reconnect, and counted once.

    Sequence: the watching stream breaks, create as the touch, taken by a second UID, the stream is back,
        executions queried.
    Passes: the order is known Filled for the quantity that the second UID took, the list shows exactly those
        executions, and nothing of the gap is pushed after it.
    Source: docs/v5/order/open-order.mdx, docs/v5/order/execution.mdx
    """
    async with watch.gap():
        met = await taker.fills(side)
    await desk.quiet()
    (pushed,) = await watch.pushed(met.resting)

    state = await watch.recovered(met.resting, has_ended)
    known = (state.order_status, state.cum_exec_qty) if state else None
    assert known == (OrderStatus.FILLED, met.qty), (
        f"{met.qty} were filled in the gap, {desk.patience.look_up_ms} ms after it is known {known}"
    )
    listed = await desk.listed_executions(met.resting, met.qty)
    total = sum(one.exec_qty for one in listed)
    assert total == met.qty, f"the list shows {total} of the {met.qty} that were filled in the gap"
    assert pushed == [], "the gap was pushed after it"


@check("CON-12", severity=BLOCKER, at_risk=1, creates=1)
async def test_close_by_the_server_is_survived(desk: Desk, watch: Watch, venue_script: Script) -> None:
    """A private stream that the server closes comes back by itself and shows what follows.

    Sequence: create, New, the server closes the watching stream, it is back, cancel, Cancelled.
    Passes: the stream is back within the environment's patience and pushes the order's end.
    Source: docs/v5/websocket/wss-authentication.mdx
    """
    order = await desk.rest(Side.BUY)

    async with watch.loss():
        venue_script.close_newest(paths.PRIVATE_STREAM)
    await desk.cancel(order)
    end = await watch.closed(order)

    assert end.order_status is OrderStatus.CANCELLED, f"the order ended {end}"


@check("CON-13", severity=MAJOR, at_risk=0, observes=2)
@needs(paths.TRADE_STREAM)
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


@check("CON-15", severity=MAJOR, at_risk=3, creates=3)
@without_real_money("An order that may take is not sent where money is real.")
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
    (states,) = await desk.pushed_states(order)
    ends = [state for state in states if state.order_status.is_closed]

    assert before.ret_code in MAKERS_ONLY, f"a GTC order in the phase maker-only was {before}"
    assert after.ret_code == 0, f"a GTC order in the phase trading was {after}"
    assert ends == [], f"the change of the phase ended a resting order: {ends[0]}"
    await desk.cancel(order)
    assert (await desk.closed(order)).order_status is OrderStatus.CANCELLED, "the stream lost its order"
