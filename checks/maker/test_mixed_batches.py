"""Batches of mixed items: each answer stands in the place of its item, whatever is refused before it.

A desk matches the answers of a batch to its orders by their place. One answer too few, or two in another
order, and it cancels the wrong quote.

Source: docs/v5/order/batch-place.mdx, batch-amend.mdx, batch-cancel.mdx: result.list and retExtInfo.list
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from checks import BLOCKER, MAJOR, check, needs, over_both_transports
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import Answer, Batch, Desk, Order
from fixtures.desk.orders.terms import maker_terms
from fixtures.expect import Matcher, acknowledged, answered, expect, having, refused
from fixtures.v5 import paths
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, NOT_AMENDABLE, ORDER_GONE, RetCode
from fixtures.v5.enums import OrderStatus, Side

OFF_TICK = refused(RetCode.PRICE_DECIMALS)


@check("MKR-40", severity=BLOCKER, max_fills=6, creates=6, min_messages=5)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_answers_of_creates_keep_their_places(desk: Desk, batch: Batch) -> None:
    """Of six creates in one batch the answers stand in the places of their items; each keeps its own terms.

    Sequence: a batch of six creates, each at a price of its own and with more than the one before: the first
        and the fourth off tick, the others valid; answered, four New.
    Passes: each item has its own answer, 170134 in the first and the fourth place and acknowledgements in the
        others; each acknowledged orderId is that of the order at the price and quantity of its item, and no
        other order is open.
    Source: docs/v5/order/batch-place.mdx, result.list and retExtInfo.list
    """
    touch, instrument = await desk.passive_price(Side.BUY), desk.instrument
    prices = [instrument.away(touch, Side.BUY, ticks=place) for place in range(6)]
    lot = instrument.min_qty(prices[-1])
    sent = [
        price + instrument.tick_size / 10 if place in {0, 3} else price for place, price in enumerate(prices)
    ]

    answers = await batch.create(
        Side.BUY, *sent, qtys=[lot + place * instrument.base_precision for place in range(6)]
    )

    valid = (acknowledged, acknowledged)
    _expect_places("create", answers, [OFF_TICK, *valid, OFF_TICK, *valid])
    orders = [answer.order for answer in answers if answer.order is not None]
    for order, state in zip(orders, await asyncio.gather(*map(desk.resting, orders)), strict=True):
        as_sent = having(order_link_id=order.order_link_id, price=order.price, qty=order.qty)
        expect("order in the place of its item", state, as_sent)
    still_open = {state.order_id for state in await desk.open_orders(*[x.order_id for x in orders])}
    expect("orderIds of the open orders", still_open, {order.order_id for order in orders}, of=orders)


@check("MKR-41", severity=BLOCKER, max_fills=3, creates=3, worth=6, min_messages=6)
@needs(paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_answers_of_amends_keep_their_places(desk: Desk, batch: Batch) -> None:
    """Of five amends in one batch each order gets its own terms, whatever is refused around it.

    Sequence: three creates, three New; a batch of five amends: an order that does not exist, the third, an
        off-tick price for the second, the first, an order that does not exist.
    Passes: the answers are, in the order sent, a refusal because there is no such order, an acknowledgement
        of the third order, 170134, an acknowledgement of the first, a refusal as before; the stream shows the
        first and the third on their own new terms, and the second is unchanged.
    Source: docs/v5/order/batch-amend.mdx, result.list and retExtInfo.list
    """
    side, instrument = Side.SELL, desk.instrument
    first, second, third = [await desk.rest(side) for _ in range(3)]
    moved_first, moved_third = (
        replace(
            order,
            price=instrument.away(order.price, side, ticks=steps),
            qty=order.qty + steps * instrument.base_precision,
        )
        for order, steps in ((first, 1), (third, 2))
    )
    absent = [replace(first, order_link_id=desk.fresh_link_id()) for _ in range(2)]
    off_tick = replace(second, price=second.price + instrument.tick_size / 10)

    changed = (absent[0], moved_third, off_tick, moved_first, absent[1])
    answers = await batch.amend_each(*((order, order.price, order.qty) for order in changed))

    gone = refused(NOT_AMENDABLE)
    _expect_places("amend", answers, [gone, acknowledged, OFF_TICK, acknowledged, gone])
    expect("ids in the answers to the third and the first order", _named(answers[1::2]), _ids(third, first))
    for order in (moved_first, moved_third):
        state = await desk.repriced(order, order.price)
        expect("order in the place of its amend", state, having(qty=order.qty), of=order)
    await expect_unchanged(desk, second)


@check("MKR-42", severity=BLOCKER, max_fills=3, creates=3, min_messages=6)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_answers_of_cancels_keep_their_places(desk: Desk, batch: Batch) -> None:
    """Of five cancels in one batch, one named twice, each named order ends once and no other does.

    The second cancel of an order may be acknowledged or find it gone: an acknowledgement is asynchronous.

    Sequence: three creates, three New; a batch of five cancels: an order that does not exist, the second, the
        second again, the first, an order that does not exist; quiet period.
    Passes: the first and the last answer say that there is no such order, the second and the fourth are
        acknowledgements that name the second and the first order; both are pushed as Cancelled once, and the
        third order stays open.
    Source: docs/v5/order/batch-cancel.mdx, result.list and retExtInfo.list
    """
    first, second, third = [await desk.rest(Side.BUY) for _ in range(3)]
    absent = [desk.fresh_link_id() for _ in range(2)]

    answers = await batch.cancel(
        absent[0], second.order_link_id, second.order_link_id, first.order_link_id, absent[1]
    )
    still_open = [state.order_id for state in await desk.open_orders(third.order_id)]
    await desk.quiet()

    gone, either = refused(ORDER_GONE), answered({RetCode.OK, *ORDER_GONE})
    _expect_places("cancel", answers, [gone, acknowledged, either, acknowledged, gone])
    expect("ids in the answers to the second and the first", _named(answers[1::2]), _ids(second, first))
    for order, states in zip((first, second), await desk.pushed_states(first, second), strict=True):
        ends = [state.order_status for state in states if state.order_status.is_closed]
        expect("terminal states pushed of an order of the batch", ends, [OrderStatus.CANCELLED], of=order)
    expect("orderIds of the open orders", still_open, [third.order_id], of=third)


@check("MKR-43", severity=BLOCKER, max_fills=5, creates=5, min_messages=2)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_repeated_ids_in_a_batch_are_refused_each(desk: Desk, batch: Batch) -> None:
    """Of five creates in one batch under three ids the first under each id is booked, each repeat refused.

    Sequence: a batch of five creates at five prices under the ids one, two, one, three, two; answered, open
        orders queried.
    Passes: the third and the fifth answer carry a documented code of a duplicate id, the others are
        acknowledgements; the open orders are the first, the second and the fourth item, each at its price.
    Source: docs/v5/order/batch-place.mdx, orderLinkId; docs/v5/error.mdx, 170141
    """
    touch, names = await desk.passive_price(Side.BUY), [desk.fresh_link_id() for _ in range(3)]
    prices = [desk.instrument.away(touch, Side.BUY, ticks=place) for place in range(5)]
    one, two, three = names

    answers = await batch.create(Side.BUY, *prices, order_link_ids=(one, two, one, three, two))

    taken = refused(DUPLICATE_ORDER_LINK_ID)
    _expect_places("create", answers, [acknowledged, acknowledged, taken, acknowledged, taken])
    orders = [answer.order for answer in answers if answer.order is not None]
    live = await desk.open_orders(*[order.order_id for order in orders])
    shown = {state.order_link_id: (state.order_id, state.price) for state in live}
    booked = {order.order_link_id: (order.order_id, order.price) for order in orders}
    expect("open orders of the batch by their orderLinkIds", shown, booked, of=orders)


@check("MKR-44", severity=MAJOR, max_fills=4, creates=4, min_messages=6)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_may_name_two_symbols(desk: Desk, batch: Batch, desk_on_other_symbol: Desk) -> None:
    """Creates of two symbols in one batch are each booked on their own symbol.

    Sequence: a batch of four creates, on the symbol and on another one in turn; acknowledged, four New.
    Passes: each item is acknowledged, each order is pushed under the symbol and at the price of its item, and
        the open orders of each symbol are its own two.
    Source: docs/v5/order/batch-place.mdx, request example
    """
    desks = (desk, desk_on_other_symbol)
    prices = [await each.passive_price(Side.BUY) for each in desks]
    bodies = [
        maker_terms(each.instrument, Side.BUY, price, desk.fresh_link_id())
        for each, price in [*zip(desks, prices, strict=True)] * 2
    ]

    answers = await batch.create_each(bodies)

    _expect_places("create", answers, [acknowledged] * len(bodies))
    orders = [answer.order for answer in answers if answer.order is not None]
    for order, state in zip(orders, await asyncio.gather(*map(desk.resting, orders)), strict=True):
        as_sent = having(symbol=order.symbol, price=order.price, order_link_id=order.order_link_id)
        expect("order of a batch of two symbols", state, as_sent)
    for place, each in enumerate(desks):
        own = {order.order_id for order in orders[place::2]}
        shown = {state.order_id for state in await each.open_orders(*own)}
        expect(f"orderIds of the open orders of {each.instrument.symbol}", shown, own, of=orders)


def _ids(*orders: Order) -> list[tuple[str, str]]:
    return [(order.order_id, order.order_link_id) for order in orders]


def _named(answers: Iterable[Answer]) -> list[tuple[str, str]]:
    """The ids that the answer to an item names."""
    return [answer.names[0] for answer in answers]


def _expect_places(op: str, answers: Collection[Answer], expected: Sequence[Matcher]) -> None:
    """Each item has the answer of its place."""
    for place, (answer, wanted) in enumerate(zip(answers, expected, strict=True), 1):
        expect(f"answer to {op} {place} of the batch", answer, wanted)
