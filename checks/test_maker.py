"""Maker behaviour: a PostOnly order adds liquidity or does not trade.

The page leaves open whether a crossing PostOnly order is rejected or cancelled; captures of spot show
an acknowledgement and then Rejected. Either is accepted, by its reason, and never with a fill.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/enum.mdx, rejectReason
"""

import asyncio
from collections.abc import Callable

import pytest

from checks import BLOCKER, MAJOR, check, during, over_both_transports, over_trade_stream, without_real_money
from checks.crossing import expect_closed_without_fill
from fixtures.desk import Desk, Order, OrderState, attempt_crossing, clearing, takings, unlisted
from fixtures.evidence import Evidence
from fixtures.v5.codes import MAKERS_ONLY, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, OrderType, Phase, Side, TimeInForce

NO_MARKET_YET = {RetCode.MARKET_ORDER_EMBARGO, RetCode.STOP_LIMIT_EMBARGO}
CANCELS = 20
LONGEST_CLEARING_US = 1_000_000
VIEWS_APART_MS = 1000


@check("MKR-01", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_passive_quote_rests(desk: Desk, side: Side) -> None:
    """A PostOnly order behind the touch rests until it is cancelled.

    Sequence: create behind the touch, acknowledged, New, seen in realtime, cancel, Cancelled.
    Passes: The order is pushed as a PostOnly New with its whole quantity left, listed in realtime on its
        symbol, and ends Cancelled by the user with nothing executed.
    Source: docs/v5/order/create-order.mdx
    """
    order = await desk.place(side, await desk.passive_price(side))
    resting = await desk.resting(order)
    listed = await desk.in_realtime(order)
    closed = await desk.cancelled(order)

    assert resting.time_in_force is TimeInForce.POST_ONLY, f"the order rests as {resting.time_in_force}"
    assert listed is not None, f"a resting order is not in realtime within {desk.patience.look_up_ms} ms"
    assert resting.leaves_qty == order.qty, f"{resting.leaves_qty} are left of a resting {resting}"
    assert listed.symbol == order.symbol, f"an order on {order.symbol} is listed on {listed.symbol}"
    assert closed.order_status is OrderStatus.CANCELLED, f"a cancelled order ended {closed}"
    assert closed.cancel_type is CancelType.BY_USER, f"a cancel of the user is shown as {closed.cancel_type}"
    assert closed.cum_exec_qty == 0, f"a passive order executed: {closed}"


@pytest.mark.parametrize(
    "side",
    [
        pytest.param(Side.BUY, marks=check("MKR-02", severity=BLOCKER, at_risk=1, creates=1)),
        pytest.param(Side.SELL, marks=check("MKR-03", severity=BLOCKER, at_risk=1, creates=1)),
    ],
)
@over_both_transports
async def test_crossing_quote_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order priced through the best opposite price is closed without a fill.

    The create request itself is acknowledged: the refusal arrives later, as the terminal state of
    the order. A venue that refuses at once must do so with 170218.

    Sequence: create one tick through the touch, acknowledged, executions queried, Rejected or
        Cancelled.
    Passes: There is no execution and no executed quantity, and the rejectReason is
        EC_PostOnlyWillTakeLiquidity, or the create is refused with 170218.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    answer = await attempt_crossing(desk, side)

    await expect_closed_without_fill(desk, answer)


@check("MKR-04", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_touching_quote_never_trades(desk: Desk, side: Side) -> None:
    """A PostOnly order priced exactly at the best opposite price is closed without a fill.

    Sequence: create at the opposite touch, acknowledged, executions queried, Rejected or Cancelled.
    Passes: There is no execution and no executed quantity, and the rejectReason is
        EC_PostOnlyWillTakeLiquidity, or the create is refused with 170218; nothing stays locked.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    await desk.two_sided_quote()
    before = await desk.wallet()

    answer = await attempt_crossing(desk, side, ticks=0)

    await expect_closed_without_fill(desk, answer)
    coin = desk.instrument.coin_held(side)
    locked = (await desk.wallet(before))[coin].locked
    assert locked == before[coin].locked, (
        f"of {coin} {before[coin].locked} was locked, and {desk.patience.look_up_ms} ms after it {locked}"
    )


@check("MKR-05", severity=BLOCKER, at_risk=2, creates=2)
@over_trade_stream
async def test_trade_stream_acknowledgement_is_not_the_outcome(desk: Desk) -> None:
    """A trade-stream acknowledgement is not the outcome: the order stream tells rest from rejection.

    Sequence: create behind the touch, acknowledged; create through the touch, acknowledged; New of
        the first, Rejected or Cancelled of the second.
    Passes: The acknowledgement carries the reqId, the stream's orderId equals the acknowledged one,
        and the crossing order ends by its reason without a fill.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    passive = await desk.attempt(Side.BUY, await desk.passive_price(Side.BUY))
    crossing = await attempt_crossing(desk, Side.BUY)

    assert passive.order is not None, f"a passive order was {passive}"
    assert passive.req_id is not None, "the acknowledgement does not carry the request's reqId"
    rests = await desk.resting(passive.order)
    assert rests.order_id == passive.order.order_id, "the stream names another order than the acknowledgement"
    await expect_closed_without_fill(desk, crossing)


@check("MKR-06", severity=BLOCKER, at_risk=2, creates=2)
@over_both_transports
async def test_every_view_tells_the_same_end(desk: Desk) -> None:
    """Order stream, realtime and history agree on how an order ended: cancelled, or crossing though PostOnly.

    Where the venue refuses a crossing order at once there is only the cancelled one to compare.

    Sequence: create, New, cancel; create through the touch, acknowledged; the end of both pushed,
        in realtime, in the history.
    Passes: Status, rejectReason, cancelType and executed quantity are equal in the order stream, realtime
        and the history, and each shows the symbol, orderLinkId, side, price and quantity that were sent, as
        a PostOnly Limit order, begun at the same moment and ended within a second.
    Source: docs/v5/order/open-order.mdx, docs/v5/order/order-list.mdx
    """
    cancelled = await desk.rest(Side.SELL)
    await desk.cancel(cancelled)
    crossing = await attempt_crossing(desk, Side.BUY)

    for order in filter(None, (cancelled, crossing.order)):
        await _assert_views_agree(desk, order)


@check("MKR-09", severity=MAJOR, at_risk=2, creates=2)
@over_both_transports
async def test_two_sided_quote_lives_and_dies(desk: Desk) -> None:
    """A bid and an ask rest together, follow an amended price, and end Cancelled without a fill.

    Sequence: create bid and ask, New of both, amend of both, amended prices pushed, cancel of both,
        Cancelled of both.
    Passes: Each amended price is pushed, both orders end Cancelled, and nothing is executed.
    Source: docs/v5/order/amend-order.mdx
    """
    prices = {side: await desk.passive_price(side) for side in Side}
    further_away = {side: desk.instrument.away(price, side, ticks=2) for side, price in prices.items()}
    qty = desk.instrument.least_qty(further_away[Side.BUY])
    quotes = [await desk.place(side, price, qty) for side, price in prices.items()]
    await asyncio.gather(*map(desk.resting, quotes))
    for quote in quotes:
        further = further_away[quote.side]
        await desk.amend(quote, price=further)
        await desk.repriced(quote, further)
    for quote in quotes:
        await desk.cancel(quote)

    ends = await asyncio.gather(*map(desk.closed, quotes))

    assert [end.order_status for end in ends] == [OrderStatus.CANCELLED] * 2, f"the quotes ended {ends}"
    assert sum(end.cum_exec_qty for end in ends) == 0, f"a passive quote executed: {ends}"


@check("MKR-12", severity=BLOCKER, at_risk=1, creates=1)
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

    assert answer.ret_code in MAKERS_ONLY, f"before trading a {time_in_force} order was {answer}"
    left = await desk.open_orders()
    assert left == [], f"a refused order is open: {', '.join(map(str, left))}"


@check("MKR-13", severity=MAJOR, at_risk=1, creates=CANCELS, observes=CANCELS)
@over_both_transports
async def test_cancel_clears_in_time(desk: Desk, evidence: Evidence, announce: Callable[[str], None]) -> None:
    """Of twenty cancels each shows its order's end on the order stream within a second.

    The time counts from the request to the push; the slowest of twenty is their 99th percentile.

    Sequence: twenty times create behind the touch, New, cancel, Cancelled.
    Passes: the slowest took no more than a second; the figure is kept.
    Source: docs/v5/order/cancel-order.mdx; docs/v5/websocket/private/order.mdx
    """
    took_us: list[int] = []
    for number in range(1, CANCELS + 1):
        order = await desk.rest(Side.BUY)
        closed, elapsed_us = await clearing(desk, order)
        assert closed.order_status is OrderStatus.CANCELLED, f"a cancelled order ended {closed}"
        assert elapsed_us <= LONGEST_CLEARING_US, f"cancel {number} of {CANCELS} took {elapsed_us} µs"
        took_us.append(elapsed_us)
        announce(f"MKR-13: {number} of {CANCELS} orders cancelled and seen closed")

    evidence.measure(f"cancel to clear over {desk.via}, p99 of {CANCELS}", max(took_us), "µs")


@check("MKR-30", severity=BLOCKER, at_risk=0)
async def test_no_order_of_the_run_ever_took(desk: Desk) -> None:
    """At the end of the run no PostOnly order of it has an execution as a taker.

    It is made after every other check, once the longest time in which a late fill could come has passed
    since the last order: the checks themselves wait for a multiple of what pushes took.

    Sequence: every other check, quiet since the last order, executions of the symbol queried, all pages.
    Passes: No execution, listed or pushed, of an order that this run sent as PostOnly is a taker's; every
        pushed execution is listed.
    Source: docs/v5/order/execution.mdx, isMaker
    """
    taken = await takings(desk)
    missing = await unlisted(desk)

    assert taken == [], f"{len(taken)} taken although PostOnly, the first {taken[0]}"
    assert missing == [], f"pushed and not listed: {', '.join(map(str, missing))}"


@check("MKR-12", severity=BLOCKER, at_risk=1, creates=1, worth=2)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.PRELISTING, Phase.MAKER_ONLY)
@pytest.mark.parametrize("side", list(Side))
async def test_market_order_is_refused_before_trading(desk: Desk, side: Side) -> None:
    """Before trading opens a market order is refused.

    Sequence: market order of the least size, refused.
    Passes: the refusal is 170217, 110103, 170159 or 170206.
    Source: docs/v5/error.mdx, 170159, 170206, 170217 and 110103
    """
    answer = await desk.attempt(side, await desk.passive_price(side), order_type=OrderType.MARKET)

    assert answer.ret_code in MAKERS_ONLY | NO_MARKET_YET, f"before trading a market order was {answer}"


async def _assert_views_agree(desk: Desk, order: Order) -> None:
    streamed = await desk.closed(order)
    realtime = await desk.in_realtime(order, streamed.agrees)
    history = await desk.in_history(order, streamed.agrees)
    views = {"realtime": realtime, "history": history}
    missing = [name for name, view in views.items() if view is None]
    assert missing == [], (
        f"{' and '.join(missing)} do not show a closed order within {desk.patience.look_up_ms} ms"
    )
    shown = [view for view in (streamed, realtime, history) if view]
    ends = {(x.order_status, x.reject_reason, x.cancel_type, x.cum_exec_qty) for x in shown}
    assert len(ends) == 1, (
        f"within {desk.patience.look_up_ms} ms the stream says {streamed}, realtime {realtime}, "
        f"history {history}: {ends}"
    )
    for name, view in {"the stream": streamed, **views}.items():
        told, sent = _terms(view) if view else None, _terms(order)
        assert told == sent, f"{name} shows {told}, sent was {sent}"
    begun, ended = {x.created_ms for x in shown}, [x.updated_ms for x in shown]
    assert len(begun) == 1, f"by stream, realtime and history the order began at {begun}"
    assert max(ended) - min(ended) <= VIEWS_APART_MS, f"by the three views the order ended at {ended}"


def _terms(order: Order | OrderState) -> tuple[object, ...]:
    """What was sent, or what a view shows of it."""
    kind = (OrderType.LIMIT, TimeInForce.POST_ONLY)
    if isinstance(order, OrderState):
        kind = (order.order_type, order.time_in_force)
    return order.symbol, order.order_link_id, order.side, order.price, order.qty, *kind
