"""Sweeps: one order takes several that rest, the best price first, and each match is reported by itself.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/websocket/private/execution.mdx
"""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, without_real_money
from fixtures.desk import Desk, Execution, Order, Probes, Taker, listed_trade
from fixtures.desk.orders.requests import Options
from fixtures.expect import at_most, expect, having, present
from fixtures.v5.enums import OrderStatus, OrderType, Phase, Side, TimeInForce

KINDS: dict[str, Options] = {
    "IOC": {"time_in_force": TimeInForce.IOC},
    "FOK": {"time_in_force": TimeInForce.FOK},
    "Market": {"order_type": OrderType.MARKET},
}
"""Kind of an order -> its terms."""


@check("MKR-60", severity=BLOCKER, max_fills=2, creates=3, worth=5)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("kind", list(KINDS))
async def test_order_sweeps_two_prices(
    desk: Desk, taker: Taker, probes: Probes, kind: str, side: Side
) -> None:
    """An order for as much as two resting ones takes both, each at its own price, in executions of its own.

    Sequence: publicTrade subscribed, two creates inside the spread, a tick apart where there is room, one
        order of a second UID crosses both, Filled, executions and trades pushed and listed; one recent trade
        queried.
    Passes: that order ends Filled; each resting order's quantity is executed at its price, as a taker's, with
        the leavesQty that it left; publicTrade shows a trade for each, on the taker's side, and so do the
        recent trades, of which no more are listed than asked for.
    Source: docs/v5/order/create-order.mdx, timeInForce; docs/v5/websocket/private/execution.mdx, leavesQty;
        docs/v5/websocket/public/trade.mdx; docs/v5/market/recent-trade.mdx
    """
    async with probes.tape(desk.instrument.symbol) as tape:
        matched = await taker.sweeps(side, **KINDS[kind])
        published = [await tape.pushed(fill) for fill in matched.taken]
    both = zip(matched.taken, published, strict=True)
    listed = [await listed_trade(desk, fill, trade) for fill, trade in both]
    newest = await desk.market.recent_trades(desk.instrument.symbol, most=1)
    (order,), behind, ahead = matched.taking, matched.resting, matched.after
    end = await taker.desk.closed(order)

    pushed = {fill.exec_id: fill for fill in await taker.desk.pushed_executions(order, matched.qty)}

    what = f"{kind} for two orders at {ahead.price} and {behind.price}"
    qty = ahead.qty + behind.qty
    expect(f"quantities that {what} executed, by price", _by_price(matched.taken), _resting(ahead, behind))
    expect(what, end, having(order_status=OrderStatus.FILLED, cum_exec_qty=qty))
    left = sorted((fill.exec_price, fill.leaves_qty) for fill in matched.taken)
    in_turn = sorted([(ahead.price, behind.qty), (behind.price, Decimal(0))])
    expect(f"price and leavesQty of each execution of {what}", left, in_turn)
    for fill, found, recent in zip(matched.taken, published, listed, strict=True):
        expect("an execution of the taking order", fill, having(is_maker=False))
        shown = expect("the execution on the stream", pushed.get(fill.exec_id), present, of=fill)
        expect("the execution on the stream, compared with the listed one", shown, having(**asdict(fill)))
        traded = f"the trade of {fill.exec_qty} @ {fill.exec_price} on publicTrade"
        trade = expect(traded, found, present, of=fill, within_ms=desk.timeouts.event_ms)
        expect(f"taker's side of {traded}", trade.side, side.opposite, of=fill)
        what_listed = f"the trade of {fill.exec_qty} @ {fill.exec_price} in the recent trades"
        expect(what_listed, recent, present, of=fill, within_ms=desk.timeouts.look_up_ms)
    expect("recent trades where one is asked for", len(newest), at_most(1))


@check("MKR-67", severity=BLOCKER, max_fills=4, creates=6, worth=20)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_orders_of_one_price_are_filled_in_turn(desk: Desk, taker: Taker, side: Side) -> None:
    """At one price the order that came first is filled first, and an order for all of them takes all.

    Sequence: four creates at one price inside the spread, each a quantity step larger; one order of a second
        UID for the first one's quantity, one for that of the three others.
    Passes: the second UID's orders end Filled, and each of the four is executed once and whole.
    Source: docs/fix-api/amend-order.mdx, queue position; docs/v5/order/create-order.mdx
    """
    matched = await taker.empties_queue(side)
    orders = (matched.resting, *matched.after)
    ends = [await taker.desk.closed(order) for order in matched.taking]

    for end in ends:
        expect("order for all that rests at a price", end, having(order_status=OrderStatus.FILLED))
    for number, order in enumerate(orders, 1):
        fills = await desk.listed_executions(order, order.qty)
        what = f"quantities executed of order {number} of four at one price"
        expect(what, [fill.exec_qty for fill in fills], [order.qty], of=order)


@check("MKR-69", severity=MAJOR, max_fills=2, creates=2, worth=5)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_amend_across_the_spread_takes(desk: Desk, taker: Taker, side: Side) -> None:
    """A GTC order that an amend takes across the spread executes as a taker, at the price that rests.

    No page says that such an amend executes: a venue that cancels the order instead passes, too.

    Sequence: an order of the second UID becomes the touch; create of a GTC order behind the other touch, New,
        amend to the price of the second UID's, a terminal state.
    Passes: each execution is at the resting price, and as a taker's in the list and on the stream.
    Source: docs/v5/websocket/private/fast-execution.mdx, a maker order that an amend converts to a taker
    """
    matched = await Taker(maker=taker.desk, desk=desk).is_reached_by_amend(side)
    (order,) = matched.taking
    pushed = await desk.pushed_executions(order, matched.qty)
    await desk.closed(order)

    as_taker = having(is_maker=False, exec_price=matched.resting.price)
    for where, fills in (("in the list", matched.taken), ("on the stream", pushed)):
        for fill in fills:
            expect(f"execution of an order that was amended across the spread, {where}", fill, as_taker)


def _by_price(fills: Iterable[Execution]) -> dict[Decimal, Decimal]:
    """How much was executed at each price."""
    executed: dict[Decimal, Decimal] = {}
    for fill in fills:
        executed[fill.exec_price] = executed.get(fill.exec_price, Decimal(0)) + fill.exec_qty
    return executed


def _resting(*orders: Order) -> dict[Decimal, Decimal]:
    """How much rested at each price."""
    rested: dict[Decimal, Decimal] = {}
    for order in orders:
        rested[order.price] = rested.get(order.price, Decimal(0)) + order.qty
    return rested
