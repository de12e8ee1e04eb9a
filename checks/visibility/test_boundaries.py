"""Boundaries: each limit on an order's terms holds at the limit, one step inside and one step outside of it.

The values come from one table, ``fixtures/desk/scenarios/boundaries.py``. A failure names its cell, as in
``minOrderAmt-at-Buy-create-rest``. The cells of one way and one transport are sent together and far from the
touch, so that the whole table takes seconds.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1; docs/v5/market/instrument.mdx
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, over_both_transports, without_real_money
from fixtures.desk import (
    AMOUNTS,
    GRIDS_AND_MINIMUM,
    LINK_IDS,
    MAXIMA,
    PRICE_BAND,
    Batch,
    Blocked,
    Desk,
    Ground,
    Order,
    Sent,
    Way,
    cells,
    ground_of,
    orders_to_amend,
    send_amends,
    send_creates,
    while_band_stands,
)
from fixtures.desk.batch import LARGEST_BATCH
from fixtures.expect import acknowledged, answered, at_most, expect, having, nothing, present, refused, show
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import OrderStatus, Phase, Side, TimeInForce
from fixtures.v5.instrument import down_to

CELLS = 18
"""Cells of tick, lot and minimum amount: nine for each side."""


@check("FLT-12", severity=BLOCKER, max_fills=CELLS, creates=CELLS, worth=CELLS + 2)
@over_both_transports
async def test_create_keeps_to_each_limit(desk: Desk) -> None:
    """Orders at tickSize, basePrecision and minOrderAmt are booked as sent, those outside are refused.

    An order of exactly the minimum amount is among them, where the grid has one within the risk limits. It
    may lie beyond the passive end of the venue's price band, which bounds no order.

    Sequence: PostOnly creates at, one step inside and one step outside of each limit, sent at once; answers;
        New of each acknowledged one; open orders queried.
    Passes: each answer is the documented one, each acknowledged order is pushed with the terms that were
        sent, and of the refused ones none is open and nothing is pushed.
    Source: docs/v5/market/instrument.mdx, docs/v5/error.mdx, 170134, 170137 and 170140
    """
    ground = await ground_of(desk)

    sent = await send_creates(desk, cells(GRIDS_AND_MINIMUM, Way.CREATE, desk.via), ground)

    await _expect_booked_as_sent(desk, sent)


@check("FLT-13", severity=MAJOR, max_fills=2, creates=2, worth=3)
@over_both_transports
async def test_amend_keeps_to_each_limit(desk: Desk) -> None:
    """An amend may go to tickSize, basePrecision and minOrderAmt, and not outside of them.

    Sequence: a bid and an ask, two New; amends of both to each place at each limit, one after the other;
        cancels, two Cancelled.
    Passes: each answer is the documented one, the order stream shows the first terms, those of the
        acknowledged amends and no others, and the last of them when the order is cancelled.
    Source: docs/v5/market/instrument.mdx, docs/v5/order/amend-order.mdx, docs/v5/error.mdx
    """
    ground, table = await ground_of(desk), cells(GRIDS_AND_MINIMUM, Way.AMEND, desk.via)
    orders = await orders_to_amend(desk, [table[0], table[1]], ground)

    sent = await send_amends(desk, orders, table, ground)

    await _expect_amended_as_sent(desk, orders, sent)


@check("FLT-14", severity=BLOCKER, max_fills=CELLS, creates=CELLS, worth=CELLS + 2)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_of_creates_keeps_to_each_limit(desk: Desk) -> None:
    """In a batch, creates are held to tickSize, basePrecision and minOrderAmt as they are alone.

    Sequence: two batches of creates at, one step inside and one step outside of each limit; answers; New of
        each acknowledged one; open orders queried.
    Passes: each item's answer is the documented one, each acknowledged order is pushed with the terms that
        were sent, and of the refused ones none is open and nothing is pushed.
    Source: docs/v5/market/instrument.mdx, docs/v5/order/batch-place.mdx, docs/v5/error.mdx
    """
    ground = await ground_of(desk)

    sent = await send_creates(desk, cells(GRIDS_AND_MINIMUM, Way.BATCH_CREATE, desk.via), ground)

    await _expect_booked_as_sent(desk, sent)


@check("FLT-15", severity=MAJOR, max_fills=10, creates=10, worth=12)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_batch_of_amends_keeps_to_each_limit(desk: Desk) -> None:
    """In a batch, amends are held to tickSize, basePrecision and minOrderAmt as they are alone.

    Sequence: a batch of five bids and five asks, ten New; a batch that amends each to a place at or inside
        of a limit, a batch that amends eight to one outside; cancels, ten Cancelled.
    Passes: each item's answer is the documented one, the order stream shows the first terms, those of the
        acknowledged amends and no others, and the last of them when the order is cancelled.
    Source: docs/v5/market/instrument.mdx, docs/v5/order/batch-amend.mdx, docs/v5/error.mdx
    """
    ground, table = await ground_of(desk), cells(GRIDS_AND_MINIMUM, Way.BATCH_AMEND, desk.via)
    orders = await orders_to_amend(desk, table[:10], ground)

    sent = await send_amends(desk, orders, table, ground)

    await _expect_amended_as_sent(desk, orders, sent)


@check("FLT-16", severity=MAJOR, max_fills=6, creates=6, worth=8)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("way", [Way.BATCH_CREATE, Way.BATCH_AMEND])
@over_both_transports
async def test_batch_keeps_to_the_price_band(desk: Desk, way: Way) -> None:
    """In a batch a price one tick beyond the price band is refused, one at its end or inside of it is not.

    Only the aggressive side is bounded: a buy above the upper limit, a sell below the lower one. A PostOnly
    order there may cross, for which it is closed without a fill (MKR-02), or refused with 170218.

    Sequence: price limits read; a batch of creates one tick inside, at and one tick beyond the limit of each
        side, or of amends of resting orders to these prices; answers; price limits read again.
    Passes: each item's answer is the documented one; of the refused creates none is open, and an order whose
        amend was refused ends on its first terms.
    Source: docs/v5/market/order-price-limit.mdx, docs/v5/error.mdx, 170193 and 170194
    """
    table = cells([PRICE_BAND], way, desk.via)

    async def send(ground: Ground) -> list[Sent]:
        if way is Way.BATCH_CREATE:
            return await send_creates(desk, table, ground)
        return await send_amends(desk, await orders_to_amend(desk, table, ground), table, ground)

    sent = await while_band_stands(desk, send)

    _expect_documented(sent)
    if way is Way.BATCH_CREATE:
        await _expect_nothing_of(desk, [each for each in sent if each.order is None])
    else:
        await _expect_unchanged(desk, sent)


@check("FLT-17", severity=MAJOR, max_fills=0, creates=6, worth=6, largest=6)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
@pytest.mark.parametrize("way", list(Way))
@over_both_transports
async def test_maxima_hold_in_each_way(desk: Desk, way: Way) -> None:
    """A quantity one lot above the maximum of its kind is refused for its size, one at or below it is not.

    postOnlyMaxLimitOrderSize bounds PostOnly orders, maxLimitOrderQty the others. A sell up to the maximum is
    refused for the balance, which covers no such quantity; a buy is sent beyond the maximum only. Each
    counts as the largest order of the risk limits, so the check runs in the regression profile only.

    Sequence: creates or amends, alone or in a batch, to one lot below, at and one lot above each maximum.
    Passes: what is beyond a maximum carries a documented code of its size, anything else 170131; nothing of a
        refused create is open, and an order whose amend was refused ends on its first terms.
    Source: docs/v5/market/instrument.mdx, lotSizeFilter; docs/v5/error.mdx, 170381 and 170131
    """
    coin, table = desk.instrument.base_coin, cells(MAXIMA, way, desk.via)
    ground, free = await ground_of(desk), (await desk.wallet())[coin].free
    if any(free >= cell.terms(ground).qty for cell in table):
        raise Blocked(f"the free {show(free)} {coin} cover an order of a maximum")

    if way in {Way.CREATE, Way.BATCH_CREATE}:
        sent = await send_creates(desk, table, ground)
        _expect_documented(sent)
        await _expect_nothing_of(desk, sent)
    else:
        sent = await send_amends(desk, await orders_to_amend(desk, table, ground), table, ground)
        _expect_documented(sent)
        await _expect_unchanged(desk, sent)


@check("FLT-18", severity=MAJOR, max_fills=10, creates=10, worth=11)
@needs(paths.ORDER_CREATE_BATCH)
@over_both_transports
async def test_batch_keeps_to_the_form_of_an_id(desk: Desk) -> None:
    """In a batch an orderLinkId of 35 or 36 characters, or of every kind of character, is kept unchanged.

    One that is too long, or has another character, is refused alone. As in IDM-07.02, one of 46 characters is
    sent: the documents allow 36, captures show a venue that allows 45.

    Sequence: a batch of ten creates, five for each side; answers; New of each acknowledged one.
    Passes: each item's answer is the documented one, each acknowledged order is pushed under the id that was
        sent, and of the refused ones none is open and nothing is pushed.
    Source: docs/v5/order/batch-place.mdx, orderLinkId
    """
    ground = await ground_of(desk)

    sent = await send_creates(desk, cells(LINK_IDS, Way.BATCH_CREATE, desk.via), ground)

    await _expect_booked_as_sent(desk, sent)


@check("FLT-19", severity=MAJOR, max_fills=21, creates=21)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_batch_of_orders_has_ten_items_at_most(desk: Desk, batch: Batch) -> None:
    """A batch of ten creates, or of ten amends, is carried out whole, one of eleven not at all.

    ERR-01.05 and ERR-01.09 show the same of cancels.

    Sequence: batch of eleven creates, refused; batch of ten creates, ten New; a create, New; batch of eleven
        amends, refused; batch of ten amends, ten New on the amended price; the eleventh order is cancelled.
    Passes: each item of the ten carries 0, the batches of eleven carry 10001, no order of the refused creates
        is open, and no order shows a price that a refused amend asked for.
    Source: docs/v5/order/batch-place.mdx, docs/v5/order/batch-amend.mdx, request
    """
    price = await desk.passive_price(Side.BUY)
    away, further = (desk.instrument.away(price, Side.BUY, ticks) for ticks in (1, 2))

    eleven = await batch.create(Side.BUY, *[price] * (LARGEST_BATCH + 1))
    ten = await batch.create(Side.BUY, *[price] * LARGEST_BATCH)

    expect(f"a batch of {LARGEST_BATCH + 1} creates", eleven[0], refused(RetCode.REQUEST_PARAM_ERROR))
    for answer in ten:
        expect(f"an item of a batch of {LARGEST_BATCH} creates", answer, acknowledged)
    orders = [answer.order for answer in ten if answer.order is not None]
    await asyncio.gather(*map(desk.resting, orders))
    own = {order.order_id for order in orders}
    beyond = [state for state in await desk.open_orders(*own) if state.order_id not in own]
    expect(f"open orders of the refused batch of {LARGEST_BATCH + 1}", beyond, nothing)
    # Two batches of eleven and ten amends within a second exceed the rate of a UID without a tier.
    moved = await batch.amend(*[(order, away) for order in orders])
    for answer in moved:
        expect(f"an item of a batch of {LARGEST_BATCH} amends", answer, acknowledged)
    await asyncio.gather(*(desk.repriced(order, away) for order in orders))
    other = await desk.place(Side.BUY, price)
    await desk.resting(other)
    too_many = await batch.amend(*[(order, further) for order in (*orders, other)])
    expect(f"a batch of {LARGEST_BATCH + 1} amends", too_many[0], refused(RetCode.REQUEST_PARAM_ERROR))
    shown = {state.price for states in await desk.pushed_states(*orders, other) for state in states}
    expect("prices of the orders on the order stream", shown, {price, away}, of=orders)


@check("FLT-20", severity=MAJOR, max_fills=20, creates=10)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.TRADING)
@needs(paths.ORDER_CREATE_BATCH)
@pytest.mark.parametrize("way", [Way.CREATE, Way.BATCH_CREATE])
@over_both_transports
async def test_market_order_by_amount_keeps_to_each_limit(desk: Desk, way: Way) -> None:
    """A market order by an amount at minOrderAmt or quotePrecision is taken, one outside of them is refused.

    The minimum is exact: it is an amount of the quote coin, not the product of a price and a quantity. How
    much the order executes depends on the book; it may not be more than the amount.

    Sequence: market buys and sells with marketUnit quoteCoin at, one step inside and one step outside of each
        limit, alone or in a batch; answers; a terminal state of each acknowledged one.
    Passes: each answer is the documented one, no acknowledged order has executed more than its amount, and of
        the refused ones nothing is pushed.
    Source: docs/v5/market/instrument.mdx, docs/v5/order/create-order.mdx, marketUnit; docs/v5/error.mdx
    """
    ground = await ground_of(desk)

    sent = await send_creates(desk, cells(AMOUNTS, way, desk.via), ground)

    _expect_documented(sent)
    for each in sent:
        if each.order is not None:
            closed = await desk.closed(each.order)
            expect(f"cumExecValue of {each}", closed.cum_exec_value, at_most(each.terms.qty), of=closed)
    await _expect_nothing_of(desk, [each for each in sent if each.order is None])


@check("FLT-21", severity=MAJOR, max_fills=3, creates=3, largest=3, provokes={RetCode.BALANCE_INSUFFICIENT})
@needs(paths.ORDER_CREATE_BATCH)
@without_real_money("An order beyond the balance would exceed the limit of one order.")
@over_both_transports
async def test_batch_spends_the_balance_once(desk: Desk) -> None:
    """The items of a batch share one free balance: a sell of all of it is taken, what exceeds it is refused.

    Two of the sells are worth all of the base coin, so the check runs in the regression profile only.

    Sequence: free balance read; a batch of three sells: of one step more than is free, of all that is free,
        of the minimum size.
    Passes: the items' answers are 170131, 0 and 170131, the second order rests on its terms, and no other is
        open.
    Source: docs/v5/order/batch-place.mdx, docs/v5/error.mdx, 170131
    """
    instrument, coin = desk.instrument, desk.instrument.base_coin
    free = down_to((await desk.wallet())[coin].free, instrument.base_precision)
    price = await desk.passive_price(Side.SELL)
    minimum = instrument.min_qty(price)
    if free < minimum:
        raise Blocked(f"the free balance of {show(free)} {coin} is less than an order of the minimum size")
    if (free + instrument.base_precision) * price > desk.run.environment.risk_limits.notional_per_order:
        raise Blocked(f"a sell of more than the free {show(free)} {coin} exceeds notional_per_order")

    more, all_of_it, another = await Batch(desk).create(
        Side.SELL, *[price] * 3, qtys=[free + instrument.base_precision, free, minimum]
    )

    with_free = f"with {show(free)} {coin} free"
    expect(f"sell of one step more {with_free}", more, refused(RetCode.BALANCE_INSUFFICIENT))
    expect(f"sell of all of it {with_free}", all_of_it, acknowledged)
    expect("sell behind it in the batch", another, refused(RetCode.BALANCE_INSUFFICIENT))
    order = expect("order of the acknowledged item", all_of_it.order, present)
    expect("order of all of the balance", await desk.resting(order), having(price=price, qty=free))
    expect(
        "orders open", {state.order_id for state in await desk.open_orders(order.order_id)}, {order.order_id}
    )


async def _expect_booked_as_sent(desk: Desk, sent: Sequence[Sent]) -> None:
    """Each answer is documented, each acknowledged order rests as sent, of the others there is nothing."""
    _expect_documented(sent)
    taken = [(each, each.order) for each in sent if each.order is not None]
    states = await asyncio.gather(*(desk.resting(order) for _, order in taken))
    for (each, _), state in zip(taken, states, strict=True):
        as_sent = having(
            order_link_id=each.order_link_id,
            side=each.cell.side,
            price=each.terms.price,
            qty=each.terms.qty,
            time_in_force=TimeInForce.POST_ONLY,
        )
        expect(f"order of {each}", state, as_sent)
    await _expect_nothing_of(
        desk, [each for each in sent if each.order is None], *[order.order_id for _, order in taken]
    )


async def _expect_amended_as_sent(desk: Desk, orders: Sequence[Order], sent: Sequence[Sent]) -> None:
    """Each answer is documented; each order showed its first terms, the acknowledged ones and no others."""
    _expect_documented(sent)
    for order in orders:
        made = [
            (each.terms.price, each.terms.qty)
            for each in sent
            if each.order == order and each.answer.ret_code == RetCode.OK
        ]
        for terms in made:
            await desk.amended(order, *terms)
        price, qty = made[-1]
        closed = await desk.cancelled(order)
        as_amended = having(order_status=OrderStatus.CANCELLED, price=price, qty=qty)
        expect("order at its end, after its last amend", closed, as_amended)
        (states,) = await desk.pushed_states(order)
        shown = {(state.price, state.qty) for state in states}
        expect("prices and quantities of the order", shown, {(order.price, order.qty), *made}, of=order)


async def _expect_unchanged(desk: Desk, sent: Iterable[Sent]) -> None:
    """Each order whose amend was refused ends on the terms that it had before."""
    for each in sent:
        if each.order is not None and each.answer.ret_code != RetCode.OK:
            closed = await desk.cancelled(each.order)
            as_before = having(price=each.order.price, qty=each.order.qty)
            expect(f"order after the refused {each}", closed, as_before)


async def _expect_nothing_of(desk: Desk, refusals: Sequence[Sent], *order_ids: str) -> None:
    """No order of a refused create is open, nor was anything of it pushed.

    order_ids: of the orders that may be open
    """
    refused_ids = {each.order_link_id: str(each) for each in refusals}
    still_open = {state.order_link_id for state in await desk.open_orders(*order_ids)}
    expect("open orders of refused creates", _of(still_open, refused_ids), nothing)
    await desk.pushed_states()
    expect("refused creates on the order stream", _of(desk.raw.pushes.link_ids(), refused_ids), nothing)


def _of(link_ids: set[str], refused_ids: Mapping[str, str]) -> list[str]:
    return [cell for link_id, cell in refused_ids.items() if link_id in link_ids]


def _expect_documented(sent: Iterable[Sent]) -> None:
    """Each cell is answered with a documented code."""
    for each in sent:
        expect(str(each), each.answer, answered(each.codes), of=each.order)
