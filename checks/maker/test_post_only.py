"""Maker behaviour: a PostOnly order adds liquidity or does not trade.

The page leaves open whether a crossing PostOnly order is rejected or cancelled; captures of spot show
an acknowledgement and then Rejected. Either is accepted, by its reason, and never with a fill.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/enum.mdx, rejectReason
"""

import asyncio
from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports, over_trade_stream, without_real_money
from checks.maker._post_only import expect_closed_without_fill
from fixtures.desk import (
    Desk,
    Order,
    OrderState,
    attempt_crossing,
    attempt_inside,
    cancel_latency,
    taker_fills,
    unlisted,
)
from fixtures.expect import (
    Cause,
    Matcher,
    acknowledged,
    at_most,
    expect,
    having,
    nothing,
    one_of,
    present,
    refused,
)
from fixtures.record.evidence import Evidence
from fixtures.v5.codes import MAKERS_ONLY, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, OrderType, Phase, RejectReason, Side, TimeInForce

NO_MARKET_YET = {RetCode.MARKET_ORDER_EMBARGO, RetCode.STOP_LIMIT_EMBARGO}
CANCELS = 20
MAX_CANCEL_LATENCY_US = 1_000_000
VIEWS_APART_MS = 1000
RESTING = {OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED}


@check("MKR-01.01", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_passive_quote_rests(desk: Desk, side: Side) -> None:
    """A PostOnly order behind the touch rests until it is cancelled.

    Sequence: create behind the touch, acknowledged, New, seen in realtime, cancel, Cancelled.
    Passes: The order is pushed as a PostOnly New with its whole quantity left, realtime shows it on its
        symbol, and it ends Cancelled by the user with nothing executed.
    Source: docs/v5/order/create-order.mdx
    """
    order = await desk.place(side, await desk.passive_price(side))
    resting = await desk.resting(order)
    listed = await desk.in_realtime(order)
    closed = await desk.cancelled(order)

    expect("resting order", resting, having(time_in_force=TimeInForce.POST_ONLY, leaves_qty=order.qty))
    limit_ms = desk.timeouts.look_up_ms
    listed = expect("resting order in realtime", listed, present, of=order, within_ms=limit_ms)
    expect("resting order in realtime", listed, having(symbol=order.symbol))
    by_user = having(order_status=OrderStatus.CANCELLED, cancel_type=CancelType.BY_USER, cum_exec_qty=0)
    expect("order after its cancel", closed, by_user)


@pytest.mark.parametrize(
    "side",
    [
        pytest.param(Side.BUY, marks=check("MKR-02", severity=BLOCKER, max_fills=1, creates=1)),
        pytest.param(Side.SELL, marks=check("MKR-03", severity=BLOCKER, max_fills=1, creates=1)),
    ],
)
@over_both_transports
async def test_crossing_quote_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order priced through the best opposite price is closed without a fill.

    The create request itself is acknowledged: the rejection arrives later, as the terminal state of
    the order. A venue that refuses at once must do so with 170218.

    Sequence: create one tick through the touch, acknowledged, executions queried, Rejected or
        Cancelled.
    Passes: There is no execution and no executed quantity, and the rejectReason is
        EC_PostOnlyWillTakeLiquidity, or the create is refused with 170218.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    answer = await attempt_crossing(desk, side)

    await expect_closed_without_fill(desk, answer)


@check("MKR-04", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_touching_quote_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order priced exactly at the best opposite price is closed without a fill.

    Sequence: create at the opposite touch, acknowledged, executions queried, Rejected or Cancelled.
    Passes: There is no execution and no executed quantity, and the rejectReason is
        EC_PostOnlyWillTakeLiquidity, or the create is refused with 170218; no balance stays locked.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    await desk.two_sided_quote()
    before = await desk.wallet()

    answer = await attempt_crossing(desk, side, ticks=0)

    await expect_closed_without_fill(desk, answer)
    coin = desk.instrument.coin_held(side)
    locked, limit_ms = (await desk.wallet(before))[coin].locked, desk.timeouts.look_up_ms
    what = f"locked {coin} after a touching PostOnly order"
    expect(what, locked, before[coin].locked, of=answer, within_ms=limit_ms)


@check("MKR-56", severity=MAJOR, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_quote_beside_the_touch_rests(desk: Desk, side: Side) -> None:
    """A PostOnly order one tick from the best opposite price rests.

    Sequence: create one tick from the opposite touch, acknowledged, New, cancel.
    Passes: The order is pushed as New, or as filled by others, and without a rejectReason.
    Source: docs/v5/order/create-order.mdx, timeInForce; docs/v5/enum.mdx, EC_PostOnlyWillTakeLiquidity
    """
    first = await attempt_inside(desk, side)

    rests = having(order_status=one_of(RESTING), reject_reason=RejectReason.NO_ERROR)
    expect("PostOnly order one tick from the opposite touch", first, rests)


@check("MKR-05", severity=BLOCKER, max_fills=2, creates=2)
@over_trade_stream
async def test_trade_stream_acknowledgement_is_not_the_outcome(desk: Desk) -> None:
    """A trade-stream acknowledgement is not the outcome: the order stream shows New or the rejection.

    Sequence: create behind the touch, acknowledged; create through the touch, acknowledged; New of
        the first, Rejected or Cancelled of the second.
    Passes: The acknowledgement carries the reqId, the stream's orderId equals the acknowledged one,
        and the crossing order ends for its reason without a fill.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    passive = await desk.attempt(Side.BUY, await desk.passive_price(Side.BUY))
    crossing = await attempt_crossing(desk, Side.BUY)

    expect("PostOnly order behind the touch", passive, acknowledged)
    order = expect("order of the acknowledgement", passive.order, present)
    expect("reqId of the acknowledgement", passive.req_id, present, of=order)
    resting = await desk.resting(order)
    expect("order on the order stream", resting, having(order_id=order.order_id))
    await expect_closed_without_fill(desk, crossing)


@check("MKR-06", severity=BLOCKER, max_fills=2, creates=2)
@over_both_transports
async def test_every_view_shows_the_same_end(desk: Desk) -> None:
    """Order stream, realtime and history show the same end of an order.

    It is seen on an order that is cancelled and on a PostOnly order that crosses; where the venue refuses the
    crossing one at once, on the cancelled one alone.

    Sequence: create, New, cancel; create through the touch, acknowledged; the end of both pushed,
        in realtime, in the history.
    Passes: Status, rejectReason, cancelType and executed quantity are equal in the order stream, realtime
        and the history, and each shows the symbol, orderLinkId, side, price and quantity that were sent, as
        a PostOnly Limit order, with the same createdTime, and with updatedTimes at most a second apart.
    Source: docs/v5/order/open-order.mdx, docs/v5/order/order-list.mdx
    """
    cancelled = await desk.rest(Side.SELL)
    await desk.cancel(cancelled)
    crossing = await attempt_crossing(desk, Side.BUY)

    for order in filter(None, (cancelled, crossing.order)):
        await _expect_views_agree(desk, order)


@check("MKR-09.01", severity=MAJOR, max_fills=2, creates=2)
@over_both_transports
async def test_two_sided_quote_lives_and_dies(desk: Desk) -> None:
    """A bid and an ask rest together, move to their amended prices, and end Cancelled without a fill.

    Sequence: create bid and ask, New of both, amend of both, amended prices pushed, cancel of both,
        Cancelled of both.
    Passes: Each amended price is pushed, both orders end Cancelled, and nothing is executed.
    Source: docs/v5/order/amend-order.mdx
    """
    prices = {side: await desk.passive_price(side) for side in Side}
    further_away = {side: desk.instrument.away(price, side, ticks=2) for side, price in prices.items()}
    qty = desk.instrument.min_qty(further_away[Side.BUY])
    quotes = [await desk.place(side, price, qty) for side, price in prices.items()]
    await asyncio.gather(*map(desk.resting, quotes))
    for quote in quotes:
        further = further_away[quote.side]
        await desk.amend(quote, price=further)
        await desk.repriced(quote, further)
    for quote in quotes:
        await desk.cancel(quote)

    for closed in await asyncio.gather(*map(desk.closed, quotes)):
        unfilled = having(order_status=OrderStatus.CANCELLED, cum_exec_qty=0)
        expect(f"{closed.side} quote after its cancel", closed, unfilled)


@check("MKR-12.01", severity=BLOCKER, max_fills=1, creates=1)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.PRELISTING, Phase.MAKER_ONLY)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("time_in_force", [TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK])
@over_both_transports
async def test_order_that_may_take_is_refused_before_trading(
    desk: Desk, time_in_force: TimeInForce, side: Side
) -> None:
    """Before trading opens an order that is not PostOnly is refused, even where it would rest.

    The documents have two codes for it and tie neither to a listing's phase.

    Sequence: create behind the touch that is not PostOnly, refused.
    Passes: the refusal is 170217 or 110103, and no order is open.
    Source: docs/v5/error.mdx, 170217 and 110103
    """
    answer = await desk.attempt(side, await desk.passive_price(side), time_in_force=time_in_force)

    expect(f"{time_in_force} order before trading", answer, refused(MAKERS_ONLY))
    expect("open orders after the refusal", await desk.open_orders(), nothing)


@check("MKR-13", severity=MAJOR, max_fills=1, creates=CANCELS, min_messages=CANCELS)
@over_both_transports
async def test_cancel_clears_in_time(desk: Desk, evidence: Evidence, announce: Callable[[str], None]) -> None:
    """Of twenty cancels all but one at most are confirmed on the order stream within a second.

    The cancel-to-confirm latency is from the request to the push of the order's end. The slowest of twenty is
    recorded as their 99th percentile; a single late push breaks no promise of the documents.

    Sequence: twenty times create behind the touch, New, cancel, Cancelled.
    Passes: the second slowest took no more than a second; the figures are recorded.
    Source: docs/v5/order/cancel-order.mdx; docs/v5/websocket/private/order.mdx
    """
    took_us, second_us = list[int](), 0
    for number in range(1, CANCELS + 1):
        order = await desk.rest(Side.BUY)
        closed, elapsed_us = await cancel_latency(desk, order)
        expect("order after its cancel", closed, having(order_status=OrderStatus.CANCELLED))
        took_us.append(elapsed_us)
        latency = f"cancel-to-confirm latency, the second slowest of {number} cancels"
        second_us = sorted(took_us)[-2] if number > 1 else 0
        expect(latency, second_us, at_most(MAX_CANCEL_LATENCY_US, "µs"), of=order)
        announce(f"MKR-13: {number} of {CANCELS} orders cancelled and seen closed")

    evidence.measure(f"cancel-to-confirm latency over {desk.via}, p95 of {CANCELS}", second_us, "µs")
    evidence.measure(f"cancel-to-confirm latency over {desk.via}, p99 of {CANCELS}", max(took_us), "µs")


@check("MKR-30", severity=BLOCKER, max_fills=0, last=True)
async def test_no_order_of_the_run_ever_took(desk: Desk) -> None:
    """At the end of the run no PostOnly order of the run has an execution as a taker.

    It runs after every other check, and after the longest quiet period since the last order, so that a
    late fill is seen too: the other checks wait only for a multiple of the slowest push so far.

    Sequence: every other check, quiet period since the last order, executions of the symbol queried, all
        pages.
    Passes: No execution, listed or pushed, of an order that this run sent as PostOnly is a taker's; every
        pushed execution is listed.
    Source: docs/v5/order/execution.mdx, isMaker
    """
    taken = await taker_fills(desk)
    missing = await unlisted(desk)

    found = f"taker executions of this run's PostOnly orders, {len(taken)} in all"
    expect(found, taken[:1], nothing, cause=Cause.TAKES)
    expect("pushed executions that the execution list lacks", missing, nothing)


@check("MKR-12.02", severity=BLOCKER, max_fills=1, creates=1, worth=2)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.PRELISTING, Phase.MAKER_ONLY)
@pytest.mark.parametrize("side", list(Side))
async def test_market_order_is_refused_before_trading(desk: Desk, side: Side) -> None:
    """Before trading opens a market order is refused.

    Sequence: market order of the minimum size, refused.
    Passes: the refusal is 170217, 110103, 170159 or 170206.
    Source: docs/v5/error.mdx, 170159, 170206, 170217 and 110103
    """
    answer = await desk.attempt(side, await desk.passive_price(side), order_type=OrderType.MARKET)

    expect("market order before trading", answer, refused(MAKERS_ONLY | NO_MARKET_YET))


async def _expect_views_agree(desk: Desk, order: Order) -> None:
    limit_ms = desk.timeouts.look_up_ms
    streamed = await desk.closed(order)
    queried = {
        "realtime": await desk.in_realtime(order, streamed.agrees),
        "the history": await desk.in_history(order, streamed.agrees),
    }
    views = {"the order stream": streamed} | {
        name: expect(f"closed order in {name}", view, present, of=order, within_ms=limit_ms)
        for name, view in queried.items()
    }
    for name, view in views.items():
        expect(f"end of the order in {name}", view, _same_end(streamed), within_ms=limit_ms)
        expect(f"order in {name}, compared with what was sent", view, _as_sent(order))
        expect(f"createdTime in {name}", view.created_ms, streamed.created_ms, of=order)
    ended = [view.updated_ms for view in views.values()]
    apart_ms = max(ended) - min(ended)
    expect("difference of updatedTime between the views", apart_ms, at_most(VIEWS_APART_MS, "ms"), of=order)


def _same_end(state: OrderState) -> Matcher:
    """Another view of an order that ended as this one shows."""
    return having(
        order_status=state.order_status,
        reject_reason=state.reject_reason,
        cancel_type=state.cancel_type,
        cum_exec_qty=state.cum_exec_qty,
    )


def _as_sent(order: Order) -> Matcher:
    """A view of a PostOnly Limit order on the terms that were sent."""
    return having(
        symbol=order.symbol,
        order_link_id=order.order_link_id,
        side=order.side,
        price=order.price,
        qty=order.qty,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.POST_ONLY,
    )
