"""Cancel-all: every open order of the symbol, however many there are and whatever they went through.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3; docs/v5/order/cancel-all.mdx
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, without_real_money
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import (
    Answer,
    Balance,
    Batch,
    Desk,
    Order,
    OrderState,
    Taker,
    amended_alone,
    attempt_cancel_all_with,
)
from fixtures.desk.batch import LARGEST_BATCH
from fixtures.expect import acknowledged, at_most, expect, having, nothing
from fixtures.v5 import paths
from fixtures.v5.enums import Category, OrderStatus, Phase, Side

FULL_BATCHES = 2
"""Batches of ten on one side: more orders than a default page shows, which is twenty."""
DEFAULT_PAGE = 20
"""Source: docs/v5/order/open-order.mdx, limit."""
MANY = 60
"""Open orders, more than the largest page of a list shows, which is fifty."""
FOREIGN = "A cancel-all could end orders that are not this run's."
MORE = 2


@dataclass(frozen=True, slots=True)
class Ended:
    """What a cancel-all found, answered and left.

    opened: the orders that were open, by what they had been through
    closed: one that had been cancelled before
    left: the orderIds that are still listed as open
    page: how many open orders a query without a limit showed before
    """

    opened: Mapping[str, Sequence[Order]]
    closed: Order
    answer: Answer
    left: Collection[str]
    page: int


@check("MKR-37", severity=BLOCKER, max_fills=31, creates=30, worth=31, min_messages=40)
@without_real_money(FOREIGN)
@needs(paths.ORDER_CREATE_BATCH)
@during(Phase.TRADING)
async def test_cancel_all_ends_orders_in_every_state(
    desk: Desk, taker: Taker, batch: Batch, desk_on_other_symbol: Desk
) -> None:
    """A cancel-all ends every open order of its symbol: new, amended, partly filled, on both sides, many.

    It is not sent while an order that is not this run's is open on any symbol.

    Sequence: create on another symbol; create of two minimum sizes as the touch, one is filled, amend away
        from the touch; two batches of ten bids; on each side three creates, of which the second is amended
        once and the third twice; an order created and cancelled; the open orders without a limit; cancel-all,
        acknowledged, all ended.
    Passes: the reply names exactly the open orders of the symbol, each once; each is pushed as ended once,
        the partly filled one PartiallyFilledCanceled with its fill, the others Cancelled with none; the one
        that was cancelled before is not pushed again; no order of the symbol stays open, and the order on
        the other symbol does; without a limit at most twenty are listed.
    Source: docs/v5/order/cancel-all.mdx; docs/v5/enum.mdx, orderStatus; docs/v5/order/open-order.mdx, limit
    """
    kept = await desk_on_other_symbol.rest(Side.BUY)

    async def end_all(partly: Order, _before: Mapping[str, Balance]) -> Ended:
        # Away from the touch, where a cancel cannot come too late for a fill.
        await amended_alone(desk, partly, price=await desk.passive_price(partly.side))
        opened = {"partly filled and amended": [partly], **await _many_states(desk, batch)}
        closed = await desk.rest(Side.BUY)
        await desk.cancelled(closed)
        query = {"category": Category.SPOT, "symbol": desk.instrument.symbol}
        page = len((await desk.raw.rest.call("GET", paths.ORDER_REALTIME, query)).result["list"])
        answer = await batch.cancel_all()
        return Ended(opened, closed, answer, {state.order_id for state in await desk.open_orders()}, page)

    matched = await taker.fills_and_then(end_all, Side.SELL, (1,), of=2)
    ended, fill = matched.after, {matched.resting.order_id: matched.qty}
    orders = [order for each in ended.opened.values() for order in each]
    await desk.quiet()
    states = dict(zip((x.order_id for x in orders), await desk.pushed_states(*orders), strict=True))
    (of_closed,) = await desk.pushed_states(ended.closed)

    expect("open orders on a page without a limit", ended.page, at_most(DEFAULT_PAGE))
    expect("cancel-all", ended.answer, acknowledged)
    expect("ids in the reply to the cancel-all", sorted(ended.answer.names), sorted(_ids(orders)), of=orders)
    for what, each in ended.opened.items():
        left = [order.order_id for order in each if order.order_id in ended.left]
        expect(f"orders that were {what} and stay open", left, nothing)
        for order in each:
            _expect_one_end(f"order that was {what}", order, states[order.order_id], fill)
    _expect_one_end("order that was cancelled before", ended.closed, of_closed, {})
    await expect_unchanged(desk_on_other_symbol, kept)


@check("MKR-38", severity=MAJOR, max_fills=4, creates=4, min_messages=6)
@without_real_money(FOREIGN)
async def test_second_cancel_all_ends_what_came_since(desk: Desk, batch: Batch) -> None:
    """A second cancel-all ends the orders that were placed since the first and names no other.

    Sequence: a bid and an ask, New, cancel-all, both Cancelled; a bid and an ask, New, cancel-all, both
        Cancelled; cancel-all without an open order.
    Passes: each reply is acknowledged and names exactly the orders that were open, the last none, and each
        order is pushed as ended once.
    Source: docs/v5/order/cancel-all.mdx
    """
    rounds = [await _quoted_and_cancelled(desk, batch) for _ in range(2)]
    empty = await batch.cancel_all()
    await desk.quiet()

    for orders, answer in rounds:
        expect("cancel-all", answer, acknowledged, of=orders)
        expect("ids in the reply to the cancel-all", sorted(answer.names), sorted(_ids(orders)), of=orders)
        for order, states in zip(orders, await desk.pushed_states(*orders), strict=True):
            _expect_one_end("order of the cancel-all", order, states, {})
    expect("cancel-all without an open order", empty, acknowledged)
    expect("ids in the reply to a cancel-all without an open order", empty.names, nothing)


@check("MKR-65", severity=MAJOR, max_fills=1, creates=1)
@without_real_money(FOREIGN)
@pytest.mark.parametrize("order_filter", ["StopOrder", "tpslOrder"])
async def test_cancel_all_of_others_leaves_plain_orders(desk: Desk, order_filter: str) -> None:
    """A cancel-all whose orderFilter names conditional orders leaves a plain one.

    Sequence: create, New; cancel-all of the symbol with the orderFilter, acknowledged; cancel, Cancelled.
    Passes: the reply does not name the order, and it is unchanged.
    Source: docs/v5/order/cancel-all.mdx, orderFilter
    """
    order = await desk.rest(Side.BUY)

    answer = await attempt_cancel_all_with(desk, orderFilter=order_filter)

    what = f"cancel-all of {order_filter}"
    expect(what, answer, acknowledged)
    own = [names for names in answer.names if order.order_id in names]
    expect(f"plain orders in the reply to a {what}", own, nothing, of=order)
    await expect_unchanged(desk, order)


@check("MKR-39", severity=MAJOR, max_fills=MANY, creates=MANY, min_messages=2 * MANY)
@without_real_money(FOREIGN)
@needs(paths.ORDER_CREATE_BATCH)
async def test_cancel_all_has_no_page(desk: Desk, batch: Batch, announce: Callable[[str], None]) -> None:
    """A cancel-all ends more open orders than the largest page of a list shows.

    Sixty orders take three seconds at the documented rate, so the check runs in the regression profile only.

    Sequence: sixty creates in batches of ten, sixty New, cancel-all, acknowledged, sixty Cancelled.
    Passes: the reply names each order once, each is pushed as ended once, and none stays open.
    Source: docs/v5/order/cancel-all.mdx; docs/v5/order/open-order.mdx, limit
    """
    price = await desk.passive_price(Side.BUY)
    orders = list[Order]()
    for _ in range(0, MANY, LARGEST_BATCH):
        orders += await _batched(batch, price)
        announce(f"MKR-39: {len(orders)} of {MANY} orders are open")

    answer = await batch.cancel_all()
    left = [state.order_id for state in await desk.open_orders()]
    await desk.quiet()

    expect("cancel-all", answer, acknowledged)
    expect(f"open orders of {MANY} after the cancel-all", left, nothing)
    expect("ids in the reply to the cancel-all", sorted(answer.names), sorted(_ids(orders)), of=orders)
    for order, states in zip(orders, await desk.pushed_states(*orders), strict=True):
        _expect_one_end("order of the cancel-all", order, states, {})


async def _many_states(desk: Desk, batch: Batch) -> dict[str, list[Order]]:
    """Open orders of both sides by what they have been through, more than a default page shows."""
    prices = {side: await desk.passive_price(side) for side in Side}
    new = [order for _ in range(FULL_BATCHES) for order in await _batched(batch, prices[Side.BUY])]
    once, twice = list[Order](), list[Order]()
    for side, price in prices.items():
        further = [desk.instrument.away(price, side, ticks=ticks) for ticks in (1, MORE)]
        lot = desk.instrument.min_qty(min(price, *further))
        unchanged, first, second = [await desk.place(side, price, lot) for _ in range(3)]
        for order, at in ((first, further[0]), (second, further[0]), (second, further[1])):
            await desk.amend(order, price=at)
            await desk.repriced(order, at)
        new.append(unchanged)
        once.append(first)
        twice.append(second)
    await asyncio.gather(*map(desk.resting, new))
    return {"new": new, "amended": once, "amended twice": twice}


async def _batched(batch: Batch, price: Decimal) -> list[Order]:
    """Ten resting bids that were created in one request."""
    answers = await batch.create(Side.BUY, *[price] * LARGEST_BATCH)
    for answer in answers:
        expect("order of a batch of ten", answer, acknowledged)
    orders = [answer.order for answer in answers if answer.order is not None]
    await asyncio.gather(*map(batch.desk.resting, orders))
    return orders


async def _quoted_and_cancelled(desk: Desk, batch: Batch) -> tuple[list[Order], Answer]:
    """A bid and an ask, and the answer to the cancel-all that ended them."""
    orders = [await desk.rest(side) for side in Side]
    answer = await batch.cancel_all()
    await asyncio.gather(*map(desk.closed, orders))
    return orders, answer


def _ids(orders: Iterable[Order]) -> list[tuple[str, str]]:
    return [(order.order_id, order.order_link_id) for order in orders]


def _expect_one_end(
    what: str, order: Order, states: Sequence[OrderState], fills: Mapping[str, Decimal]
) -> None:
    """The order was pushed as ended once, cancelled and with its fill. fills: by orderId, 0 where absent."""
    filled = fills.get(order.order_id, Decimal(0))
    status = OrderStatus.PARTIALLY_FILLED_CANCELED if filled else OrderStatus.CANCELLED
    ends = [state for state in states if state.order_status.is_closed]
    expect(f"terminal states pushed of an {what}", len(ends), 1, of=order)
    expect(f"end of an {what}", ends[0], having(order_status=status, cum_exec_qty=filled))
