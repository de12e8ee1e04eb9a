"""Maker behaviour: each order of a batch is accepted or refused by itself.

Source: docs/v5/order/batch-place.mdx, batch-amend.mdx, batch-cancel.mdx, cancel-all.mdx
"""

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal

from checks import BLOCKER, MAJOR, MINOR, check, needs, over_both_transports, without_real_money
from checks.operations._unchanged import expect_unchanged
from fixtures.desk import Answer, Batch, Blocked, Desk, Order, Transport, schema_violations
from fixtures.desk.batch import LARGEST_BATCH
from fixtures.expect import Matcher, acknowledged, expect, having, nothing, refused
from fixtures.record.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, NOTHING_ORDERED, RetCode
from fixtures.v5.enums import CancelType, OrderStatus, Side, TimeInForce
from fixtures.v5.instrument import Instrument, down_to

GOOD = 2
"""Valid items of a batch."""
MOST_OPEN = 500
FAR = Decimal("0.9")
"""How far below the touch an order rests that a moving market must not reach, as a ratio of the price."""


@check("MKR-08.01", severity=MAJOR, max_fills=3, creates=3, min_messages=3)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_refuses_its_bad_order_alone(
    desk: Desk, batch: Batch, instrument: Instrument, evidence: Evidence
) -> None:
    """Of three orders in one batch only the off-tick one is refused, by its own code, and the other two rest.

    The request itself is acknowledged: a client that reads only its retCode believes that all three are open.

    Sequence: a batch of three creates, acknowledged, two New, one item refused.
    Passes: the items' codes in the order sent are 0, 170134 and 0, a refused item has no orderId, each keeps
        its orderLinkId, each booked one has its symbol and createAt, and the open orders are the first and
        the third, on their terms, as PostOnly.
    Source: docs/v5/order/batch-place.mdx, orderId, orderLinkId and retExtInfo; docs/v5/error.mdx, 170134
    """
    price, mark = await desk.passive_price(Side.BUY), evidence.mark()

    answers = await batch.create(Side.BUY, price, price + instrument.tick_size / 10, price)

    _expect_items(answers, RetCode.OK, RetCode.PRICE_DECIMALS, RetCode.OK)
    expect("fields that are not as documented", schema_violations(desk, mark), nothing)
    (_, first), (refused_id, _), (_, third) = (answer.names[0] for answer in answers)
    expect("orderId of the refused item", refused_id, "")
    orders = [answer.order for answer in answers if answer.order is not None]
    resting = await asyncio.gather(*map(desk.resting, orders))
    still_open = {state.order_link_id for state in await desk.open_orders(*[x.order_id for x in orders])}
    sent_as = [order.order_link_id for order in orders]
    expect("orderLinkIds of the acknowledged items", [first, third], sent_as)
    expect("acknowledged items with an orderId", len(orders), GOOD)
    for order, state in zip(orders, resting, strict=True):
        expect("resting order of the batch", state, _as_sent(order))
    expect("orderLinkIds of the open orders", still_open, set(sent_as))


@check("MKR-08.02", severity=MAJOR, max_fills=2, creates=2, min_messages=2)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_judges_the_size_of_its_orders(desk: Desk, batch: Batch, instrument: Instrument) -> None:
    """In a batch a quantity off the grid and one below the minimum amount are refused as they are alone.

    Sequence: a batch of two creates, acknowledged, both items refused.
    Passes: the items' codes are 170137 and 170140, or a documented code of a quantity of zero where one step
        is the minimum, and no order is open.
    Source: docs/v5/order/batch-place.mdx, retExtInfo; docs/v5/error.mdx, 170137 and 170140
    """
    price, step = await desk.passive_price(Side.BUY), instrument.base_precision
    minimum = instrument.min_qty(price)

    off_grid, below = await batch.create(Side.BUY, price, price, qtys=(minimum + step / 10, minimum - step))

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if minimum > step else NOTHING_ORDERED
    expect("item with a quantity off the lot grid", off_grid, refused(RetCode.QTY_DECIMALS))
    expect("item one step below the minimum amount", below, refused(too_little))
    expect("open orders after the refusals", await desk.open_orders(), nothing)


@check("MKR-20", severity=MAJOR, max_fills=3, creates=3, min_messages=5)
@needs(paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_batch_amends_around_its_bad_item(desk: Desk, batch: Batch, instrument: Instrument) -> None:
    """Of three amends in one batch only the off-tick one is refused, by its own code; the others are made.

    Sequence: three creates, three New, a batch of three amends, acknowledged, two repriced, one refused.
    Passes: the items' codes in the order sent are 0, 170134 and 0, the acknowledged ones name their orders,
        the first and the third order move to the new price and keep their quantity, and the second is
        unchanged.
    Source: docs/v5/order/batch-amend.mdx, retExtInfo; docs/v5/error.mdx, 170134
    """
    price = await desk.passive_price(Side.SELL)
    further = instrument.away(price, Side.SELL, ticks=2)
    first, second, third = [await desk.place(Side.SELL, price) for _ in range(3)]
    await asyncio.gather(*map(desk.resting, (first, second, third)))

    answers = await batch.amend(
        (first, further), (second, further + instrument.tick_size / 10), (third, further)
    )

    _expect_items(answers, RetCode.OK, RetCode.PRICE_DECIMALS, RetCode.OK)
    named = [answer.names[0] for answer in answers][::2]
    expect("ids of the acknowledged amends", named, _ids((first, third)))
    for order in (first, third):
        expect("amended order", await desk.repriced(order, further), having(qty=order.qty))
    await expect_unchanged(desk, second)


@check("MKR-21", severity=MAJOR, max_fills=2, creates=3, min_messages=4)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_cancels_around_its_unknown_item(desk: Desk, batch: Batch) -> None:
    """Of three cancels in one batch only the one of an unknown order is refused; the others are made.

    Sequence: three creates, three New, a batch of three cancels, acknowledged, two Cancelled, one refused.
    Passes: the items' codes in the order sent are 0, 170213 and 0, the acknowledged ones name their orders,
        both orders end Cancelled, and the order that no item names stays open.
    Source: docs/v5/order/batch-cancel.mdx, its example; docs/v5/error.mdx, 170213
    """
    price = await desk.passive_price(Side.BUY)
    first, last, other = [await desk.place(Side.BUY, price) for _ in range(3)]
    await asyncio.gather(*map(desk.resting, (first, last, other)))

    answers = await batch.cancel(first.order_link_id, desk.fresh_link_id(), last.order_link_id)

    _expect_items(answers, RetCode.OK, RetCode.ORDER_NOT_EXIST, RetCode.OK)
    for closed in await asyncio.gather(desk.closed(first), desk.closed(last)):
        expect("order after its cancel", closed, having(order_status=OrderStatus.CANCELLED))
    named = [answer.names[0] for answer in answers][::2]
    expect("ids of the acknowledged cancels", named, _ids((first, last)))
    left = [state.order_id for state in await desk.open_orders(other.order_id)]
    expect("orderIds of the open orders", left, [other.order_id], of=other)


@check("MKR-66", severity=MAJOR, max_fills=2, creates=2)
@needs(paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_batch_cancels_by_order_id(desk: Desk, batch: Batch) -> None:
    """In a batch orders are cancelled by their orderIds, and the rows name both ids of each.

    Sequence: a bid and an ask, New; batch of two cancels by orderId, both Cancelled.
    Passes: each item is acknowledged with the orderId and the orderLinkId of its order, which ends Cancelled
        by its user.
    Source: docs/v5/order/batch-cancel.mdx, response example
    """
    orders = [await desk.rest(side) for side in Side]

    answers = await batch.cancel_by_id(*orders)
    ends = await asyncio.gather(*map(desk.closed, orders))

    for order, answer, end in zip(orders, answers, ends, strict=True):
        expect("cancel by orderId in a batch", answer, acknowledged, of=order)
        ids = ((order.order_id, order.order_link_id),)
        expect("ids in the row of a cancel by orderId", answer.names, ids, of=order)
        by_user = having(order_status=OrderStatus.CANCELLED, cancel_type=CancelType.BY_USER)
        expect("order that a batch cancelled", end, by_user)


@check("MKR-08.03", severity=BLOCKER, max_fills=2, creates=2, min_messages=3)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_of_one_id_makes_one_order(desk: Desk, batch: Batch) -> None:
    """Of two orders under one id in one batch the first is booked, the second is refused.

    Sequence: a batch of two creates under one orderLinkId, acknowledged, open orders queried.
    Passes: the first item's code is 0, the second's a documented code of a duplicate id; one order is open.
    Source: docs/v5/order/batch-place.mdx, orderLinkId; docs/v5/error.mdx, 170141
    """
    price, order_link_id = await desk.passive_price(Side.BUY), desk.fresh_link_id()

    original, duplicate = await batch.create(Side.BUY, price, price, order_link_id=order_link_id)

    expect("first item under an orderLinkId", original, acknowledged)
    expect("second item under the same orderLinkId", duplicate, refused(DUPLICATE_ORDER_LINK_ID))
    booked = {answer.order.order_id for answer in (original, duplicate) if answer.order is not None}
    live = await desk.open_orders(*booked)
    order_ids = {state.order_id for state in live}
    expect("number of open orders under one orderLinkId", len(order_ids), 1, of=live)


@check("MKR-55", severity=MAJOR, max_fills=LARGEST_BATCH, creates=LARGEST_BATCH, worth=21, min_messages=6)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH, paths.ORDER_CANCEL_BATCH)
@over_both_transports
async def test_largest_batch_is_carried_out_whole(desk: Desk, batch: Batch) -> None:
    """Each of the ten items of the largest batch is carried out: creates, amends and cancels.

    Sequence: a batch of ten creates, ten New; a batch of ten amends, each to another price, ten repriced; a
        batch of ten cancels, ten Cancelled.
    Passes: every item is acknowledged, each under the ids of its own order, and each order is New, then at
        its own new price, then Cancelled.
    Source: docs/v5/order/batch-place.mdx, batch-amend.mdx, batch-cancel.mdx: up to ten orders on spot
    """
    price = await desk.passive_price(Side.SELL)
    further = [desk.instrument.away(price, Side.SELL, ticks=ticks) for ticks in range(1, LARGEST_BATCH + 1)]

    created = await batch.create(Side.SELL, *[price] * LARGEST_BATCH)
    _expect_items(created, *[RetCode.OK] * LARGEST_BATCH)
    orders = [answer.order for answer in created if answer.order is not None]
    await asyncio.gather(*map(desk.resting, orders))
    amended = await batch.amend(*zip(orders, further, strict=True))
    _expect_items(amended, *[RetCode.OK] * LARGEST_BATCH)
    repriced = await asyncio.gather(*map(desk.repriced, orders, further))
    cancelled = await batch.cancel(*[order.order_link_id for order in orders])
    _expect_items(cancelled, *[RetCode.OK] * LARGEST_BATCH)
    closed = await asyncio.gather(*map(desk.closed, orders))

    for kind, answers in {"creates": created, "amends": amended, "cancels": cancelled}.items():
        expect(f"ids of the acknowledged {kind}", [answer.names[0] for answer in answers], _ids(orders))
    for order, at, moved, ended in zip(orders, further, repriced, closed, strict=True):
        expect("order after its amend", moved, having(price=at, qty=order.qty))
        expect("order after its cancel", ended, having(order_status=OrderStatus.CANCELLED))


@check("MKR-24", severity=MAJOR, max_fills=3, creates=3, min_messages=4)
@without_real_money("A cancel-all could end orders that are not this run's.")
@over_both_transports
async def test_cancel_all_keeps_to_its_symbol(
    desk: Desk, desk_on_other_symbol: Desk, batch: Batch, evidence: Evidence
) -> None:
    """A cancel-all of one symbol cancels every own order there, and no own order on another symbol.

    The cancel-all itself goes over REST, the trade stream has none; the orders come from either transport.
    It is not sent while an order that is not this run's is open on any symbol.

    Sequence: create on another symbol, New, a bid and an ask, two New, cancel-all of the symbol,
        acknowledged, two Cancelled.
    Passes: the reply names bid and ask with success 1, both end Cancelled and lock no balance any more, and
        the order on the other symbol is still New.
    Source: docs/v5/order/cancel-all.mdx
    """
    kept = await desk_on_other_symbol.rest(Side.BUY)
    before, mark = await desk.wallet(), evidence.mark()
    quotes = [await desk.place(side, await desk.passive_price(side)) for side in Side]
    await asyncio.gather(*map(desk.resting, quotes))

    answer = await batch.cancel_all()

    expect(f"cancel-all of {desk.instrument.symbol}", answer, acknowledged)
    for closed in await asyncio.gather(*map(desk.closed, quotes)):
        expect("order after the cancel-all", closed, having(order_status=OrderStatus.CANCELLED))
    expect("ids in the reply to the cancel-all", set(answer.names), set(_ids(quotes)), of=quotes)
    expect("fields that are not as documented", schema_violations(desk, mark), nothing)
    after = await desk.wallet(before)
    expect("balances after the cancel-all", after, before, within_ms=desk.timeouts.look_up_ms)
    await expect_unchanged(desk_on_other_symbol, kept)


@check("MKR-28", severity=MINOR, max_fills=MOST_OPEN + 3, creates=MOST_OPEN + 3, min_messages=50)
@needs(paths.ORDER_CREATE_BATCH, paths.TRADE_STREAM)
@without_real_money("Five hundred orders would exceed the risk limits, and a cancel-all could end others.")
async def test_open_orders_are_capped(desk: Desk, batch: Batch, announce: Callable[[str], None]) -> None:
    """The order that would be the five hundred and first open one is refused with 170810, on both transports.

    The limit counts the open orders of every symbol. Five hundred orders take half a minute at the
    documented rate, so the check runs in the regression profile only, and once for both transports.

    Sequence: creates in batches of ten until 500 orders are open, a create over each transport, both
        refused, cancel-all, create, acknowledged.
    Passes: 500 orders are open, the next create is refused with 170810 over REST and over the trade
        stream, and after the cancel-all one more is acknowledged.
    Source: docs/v5/order/create-order.mdx, open order limits; docs/v5/error.mdx, 170810
    """
    price = down_to(await desk.passive_price(Side.BUY) * FAR, desk.instrument.tick_size)
    for start in range(await batch.open_everywhere(), MOST_OPEN, LARGEST_BATCH):
        answers = await batch.create(Side.BUY, *[price] * min(LARGEST_BATCH, MOST_OPEN - start))
        if RetCode.BALANCE_INSUFFICIENT in {answer.ret_code for answer in answers}:
            raise Blocked(f"the funds do not cover {MOST_OPEN} orders")
        for answer in answers:
            expect(f"order after {start} open ones", answer, acknowledged)
        announce(f"MKR-28: {start + len(answers)} of {MOST_OPEN} orders are open")

    beyond = {via: await desk.attempt(Side.BUY, price, via=via) for via in Transport}
    await batch.cancel_all()
    again = await desk.attempt(Side.BUY, price)

    for via, answer in beyond.items():
        expect(f"order {MOST_OPEN + 1} over {via}", answer, refused(RetCode.TOO_MANY_OPEN_ORDERS))
    expect("order after the cancel-all", again, acknowledged)


def _ids(orders: Iterable[Order]) -> list[tuple[str, str]]:
    return [(order.order_id, order.order_link_id) for order in orders]


def _as_sent(order: Order) -> Matcher:
    """A state of a PostOnly order under the id and on the terms that were sent."""
    return having(
        order_link_id=order.order_link_id,
        price=order.price,
        qty=order.qty,
        time_in_force=TimeInForce.POST_ONLY,
    )


def _expect_items(answers: Iterable[Answer], *codes: RetCode) -> None:
    """Each item of a batch is answered with its own code."""
    for number, (answer, code) in enumerate(zip(answers, codes, strict=True), 1):
        expect(f"item {number} of the batch", answer, refused(code) if code else acknowledged)
