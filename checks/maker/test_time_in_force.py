"""Taking orders: IOC, FOK, GTC and Market end as documented, and the trade is published.

A second whitelisted UID takes the market maker's own resting order; the checks are about its orders.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/enum.mdx, timeInForce
"""

from decimal import Decimal
from typing import Literal

import pytest

from checks import MAJOR, check, during, without_real_money
from checks.maker._post_only import CLOSED_WITHOUT_A_FILL
from fixtures.desk import Desk, Probes, Taker, listed_trade
from fixtures.desk.orders.requests import Options
from fixtures.expect import at_most, between, expect, having, one_of, present
from fixtures.v5.enums import OrderStatus, OrderType, Phase, Side, TimeInForce

LOTS = 2
"""The size of the resting order, in orders of the minimum size."""

KINDS: dict[str, tuple[Options, int, int, set[OrderStatus]]] = {
    "IOC": ({"time_in_force": TimeInForce.IOC}, 1, 1, {OrderStatus.FILLED}),
    "IOC-beyond": ({"time_in_force": TimeInForce.IOC}, 3, 2, {OrderStatus.PARTIALLY_FILLED_CANCELED}),
    "FOK": ({"time_in_force": TimeInForce.FOK}, 2, 2, {OrderStatus.FILLED}),
    "FOK-beyond": ({"time_in_force": TimeInForce.FOK}, 3, 0, CLOSED_WITHOUT_A_FILL),
    "GTC": ({"time_in_force": TimeInForce.GTC}, 1, 1, {OrderStatus.FILLED}),
    "GTC-beyond": ({"time_in_force": TimeInForce.GTC}, 3, 2, {OrderStatus.PARTIALLY_FILLED}),
    "Market": ({"order_type": OrderType.MARKET}, 2, 2, {OrderStatus.FILLED}),
}
"""Kind of an order -> its terms, its lots, how many it executes of two, and how it may end."""

Tolerance = tuple[Literal["TickSize", "Percent"], str]
TOLERANCES: tuple[Tolerance, ...] = (("TickSize", "1"), ("Percent", "0.01"))
"""The smallest of each kind. Source: docs/v5/order/create-order.mdx, slippageTolerance"""
MORE_THAN_RESTS = 3
"""The size of a market order that walks on, in orders of the minimum size."""

SPENT = {OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED_CANCELED}
"""How a market order by amount may end when what is left buys no further step: captures show both."""


@check("MKR-31.01", severity=MAJOR, max_fills=2, creates=2, worth=5)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("kind", list(KINDS))
async def test_order_ends_as_its_kind_demands(taker: Taker, kind: str, side: Side) -> None:
    """IOC takes what is there, FOK all or nothing, GTC takes and rests with what is left, Market takes.

    Sequence: create of two minimum sizes as the touch; an order of the kind, smaller or larger, crosses it;
        its status is pushed.
    Passes: it executes the quantity that its kind allows, at the price of the resting order, and shows
        Filled, PartiallyFilledCanceled, Cancelled, Rejected or PartiallyFilled accordingly.
    Source: docs/v5/order/create-order.mdx, timeInForce; docs/v5/enum.mdx, timeInForce and orderStatus
    """
    terms, lots, filled, statuses = KINDS[kind]

    matched = await taker.crosses(side, lots, of=LOTS, **terms)

    what = f"{kind.removesuffix('-beyond')} for {lots} lots against {LOTS} resting"
    order, wait_ms = matched.taking[0], taker.desk.timeouts.look_up_ms
    state = expect(f"an acknowledged {what}", matched.after, present, of=order, within_ms=wait_ms)
    expect(f"quantity executed by {what}", matched.qty, filled * matched.resting.qty / LOTS, of=order)
    expect(what, state, having(order_status=one_of(statuses), cum_exec_qty=matched.qty))


@check("MKR-31.02", severity=MAJOR, max_fills=4, creates=5, worth=10)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_amount_is_spent_to_the_last_step(taker: Taker, side: Side) -> None:
    """A market order by amount executes the whole steps that it is worth, at one price or two, and ends.

    What is left of the amount is worth no step: such an order has been seen to end Filled and
    PartiallyFilledCanceled. The side is that of the resting order.

    Sequence: create of two minimum sizes as the touch; a market order for what they and half a step more
        are worth; look-up; the same for two orders of the minimum size, a tick apart where there is room.
    Passes: it executes the two minimum sizes at their price, and ends Filled or PartiallyFilledCanceled;
        of the two orders it executes each at its own price, up to a step of the one behind.
    Source: docs/v5/order/create-order.mdx, marketUnit; docs/v5/enum.mdx, orderStatus; ccxt/ccxt issue 26290
    """
    by_amount: Options = {"order_type": OrderType.MARKET, "market_unit": "quoteCoin"}
    matched = await taker.crosses(side, LOTS, of=LOTS, **by_amount)
    swept = await taker.sweeps(side, **by_amount)

    order, what = matched.taking[0], f"a market {side.opposite} by amount".lower()
    expect(f"quantity executed by {what}", matched.qty, matched.resting.qty, of=order)
    state = expect(f"an acknowledged {what}", matched.after, present, of=order)
    expect(what, state, having(order_status=one_of(SPENT), cum_exec_qty=matched.qty))
    behind, ahead = swept.resting, swept.after
    prices = sorted({fill.exec_price for fill in swept.taken})
    expect(f"prices that {what} executed at", prices, sorted({ahead.price, behind.price}), of=swept.taking[0])
    # No page says at which price an amount is turned into a quantity: a step of the order behind may be left.
    whole, step = ahead.qty + behind.qty, taker.desk.instrument.base_precision
    of_both = f"quantity that {what} executed of two orders"
    expect(of_both, swept.qty, between(whole - step, whole), of=swept.taking[0])


@check("MKR-54", severity=MAJOR, max_fills=3, creates=2, worth=5)
@without_real_money("What the market order does not find in the own order, it may take from others.")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("tolerance", list(TOLERANCES), ids="-".join)
async def test_market_order_keeps_to_its_tolerance(taker: Taker, tolerance: Tolerance, side: Side) -> None:
    """A market order executes at no price that is further from the touch than its slippage tolerance.

    The touch is the own order that rests, on the given side. Others may have orders behind it, so the check
    runs in the regression profile only.

    Sequence: create of a minimum size as the touch, far inside the spread; a market order of three crosses
        it with a tolerance of one tick or of 0.01 %.
    Passes: it executes at the touch, and at no price beyond the tolerance.
    Source: docs/v5/order/create-order.mdx, slippageTolerance
    """
    kind, most = tolerance

    matched = await taker.walks(side, MORE_THAN_RESTS, (kind, Decimal(most)))

    touch, order = matched.resting.price, matched.taking[0]
    step = taker.desk.instrument.tick_size if kind == "TickSize" else touch / 100
    walked = max(abs(execution.exec_price - touch) for execution in matched.taken)
    what = f"distance from the touch at {touch} of the executions of a market {side.opposite}".lower()
    expect(what, walked, at_most(Decimal(most) * step), of=order)


@check("MKR-32", severity=MAJOR, max_fills=1, creates=2, min_messages=6)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_fill_is_published(desk: Desk, taker: Taker, probes: Probes, side: Side) -> None:
    """A fill is published with the taker's side, on the publicTrade topic and in the recent trades.

    Sequence: publicTrade subscribed, create as the touch, Filled by a second UID, trade pushed, recent trades
        and ticker queried.
    Passes: topic and list show a trade of its price and quantity, within a second of the execution and on the
        taker's side; at some moment the ticker's lastPrice is the price of the newest trade.
    Source: docs/v5/websocket/public/trade.mdx, docs/v5/market/recent-trade.mdx, docs/v5/market/tickers.mdx
    """
    symbol = desk.instrument.symbol
    async with probes.tape(symbol) as tape:
        matched = await taker.fills(side)
        (fill,) = matched.taken
        streamed = await tape.pushed(fill)
    listed = await listed_trade(desk, fill, streamed)
    last, newest = await probes.last_prices(symbol)

    waits = desk.timeouts
    views = (
        ("on publicTrade", streamed, waits.event_ms),
        ("in the recent trades", listed, waits.look_up_ms),
    )
    for where, found, wait_ms in views:
        what = f"the trade of {fill.exec_qty} @ {fill.exec_price} {where}"
        trade = expect(what, found, present, of=fill, within_ms=wait_ms)
        expect(f"taker's side of {what}", trade.side, side.opposite, of=fill)
    expect("lastPrice of the ticker, compared with the newest trade", last, newest)
