"""What takes: orders that are not PostOnly end as their kind demands, and the public is told of the trade.

A market maker's own order is taken by a second whitelisted UID, whose orders are on trial here.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/enum.mdx, timeInForce
"""

import pytest

from checks import MAJOR, check, during
from checks.crossing import CLOSED_WITHOUT_A_FILL
from fixtures.desk import Desk, Probes, Taker, listed_trade
from fixtures.desk.requests import Options
from fixtures.v5.enums import OrderStatus, OrderType, Phase, Side, TimeInForce

LOTS = 2
"""Least-sized orders that the resting order is worth."""

KINDS: dict[str, tuple[Options, int, int, set[OrderStatus]]] = {
    "IOC": ({"time_in_force": TimeInForce.IOC}, 1, 1, {OrderStatus.FILLED}),
    "IOC-beyond": ({"time_in_force": TimeInForce.IOC}, 3, 2, {OrderStatus.PARTIALLY_FILLED_CANCELED}),
    "FOK": ({"time_in_force": TimeInForce.FOK}, 2, 2, {OrderStatus.FILLED}),
    "FOK-beyond": ({"time_in_force": TimeInForce.FOK}, 3, 0, CLOSED_WITHOUT_A_FILL),
    "GTC": ({"time_in_force": TimeInForce.GTC}, 1, 1, {OrderStatus.FILLED}),
    "GTC-beyond": ({"time_in_force": TimeInForce.GTC}, 3, 2, {OrderStatus.PARTIALLY_FILLED}),
    "Market": ({"order_type": OrderType.MARKET}, 2, 2, {OrderStatus.FILLED}),
}
"""Kind of an order -> its terms, its size, what it executes against two lots, and how it may stand then."""

SPENT = {OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED_CANCELED}
"""How a market order by amount may end whose leftover buys no step: captures show both."""


@check("MKR-31", severity=MAJOR, at_risk=2, creates=2, worth=5)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("kind", list(KINDS))
async def test_order_ends_as_its_kind_demands(taker: Taker, kind: str, side: Side) -> None:
    """IOC takes what is there, FOK all or nothing, GTC takes and rests with what is left, Market takes.

    Sequence: create of two least sizes as the touch; an order of the kind crosses it, smaller or larger than
        it; how it stands is pushed.
    Passes: it executes what its kind demands, at the price that was there, and stands Filled,
        PartiallyFilledCanceled, Cancelled or PartiallyFilled accordingly.
    Source: docs/v5/order/create-order.mdx, timeInForce; docs/v5/enum.mdx, timeInForce and orderStatus
    """
    terms, lots, filled, statuses = KINDS[kind]

    met = await taker.meets(side, lots, of=LOTS, **terms)

    lot = met.resting.qty / LOTS
    assert met.after is not None, (
        f"a {kind} order that was acknowledged is shown nowhere within {taker.desk.patience.look_up_ms} ms"
    )
    assert met.qty == filled * lot, (
        f"of {lots} lots against {LOTS} a {kind} order executed {met.qty}, a lot is {lot}"
    )
    assert met.after.order_status in statuses, f"a {kind} order that executed {met.qty} stands {met.after}"
    assert met.after.cum_exec_qty == met.qty, f"{met.qty} were executed, the order stands {met.after}"


@check("MKR-31", severity=MAJOR, at_risk=2, creates=2, worth=5)
@during(Phase.TRADING)
async def test_amount_is_spent_to_the_last_step(taker: Taker) -> None:
    """A market buy of an amount executes the whole steps that the amount buys, and ends.

    What is left of the amount buys no step: such an order was met as Filled and as PartiallyFilledCanceled.

    Sequence: create of two least sizes as the touch; a market buy of what they cost and of half a step more;
        look-up.
    Passes: it executes the two least sizes at their price, and stands Filled or PartiallyFilledCanceled.
    Source: docs/v5/order/create-order.mdx, marketUnit; docs/v5/enum.mdx, orderStatus; ccxt/ccxt issue 26290
    """
    met = await taker.meets(Side.SELL, LOTS, of=LOTS, order_type=OrderType.MARKET, market_unit="quoteCoin")

    assert met.qty == met.resting.qty, f"what buys {met.resting.qty} executed {met.qty}"
    assert met.after is not None, "a market order by amount that was acknowledged is shown nowhere"
    assert met.after.order_status in SPENT, f"an amount that bought {met.qty} stands {met.after}"
    assert met.after.cum_exec_qty == met.qty, f"{met.qty} were executed, the order stands {met.after}"


@check("MKR-32", severity=MAJOR, at_risk=1, creates=2, observes=6)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_public_is_told_of_a_fill(desk: Desk, taker: Taker, probes: Probes, side: Side) -> None:
    """A fill is told to the public, on the stream and in the recent trades, with the side of the taker.

    Sequence: publicTrade subscribed, create as the touch, taken, trade pushed, recent trades and ticker
        queried.
    Passes: stream and list have a trade of its price and quantity within a second of it, on the taker's side;
        at some moment the ticker's last price is that of the newest trade.
    Source: docs/v5/websocket/public/trade.mdx, docs/v5/market/recent-trade.mdx, docs/v5/market/tickers.mdx
    """
    symbol = desk.instrument.symbol
    async with probes.tape(symbol) as tape:
        met = await taker.fills(side)
        (fill,) = met.taken
        streamed = await tape.told(fill)
    told = {"the stream": streamed, "the list": await listed_trade(desk, fill)}
    last, newest = await probes.last_prices(symbol)

    for name, trade in told.items():
        assert trade is not None, (
            f"{name} tells no trade of {fill.exec_qty} @ {fill.exec_price} within the time for it"
        )
        assert trade.side is side.opposite, f"{name} tells a {side.opposite} of the taker as a {trade.side}"
    assert last == newest, f"the ticker's last price is {last}, the newest trade was at {newest}"
