"""Boundaries: each limit on an order's terms holds at the limit, one step inside and one step outside of it.

The values come from one table, ``fixtures/desk/scenarios/boundaries.py``. A failure names its cell, as in
``minOrderAmt-at-Buy-create-rest``. The cells of one way and one transport are sent together and far from the
touch, so that the whole table takes seconds.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1; docs/v5/market/instrument.mdx
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, during, needs, over_both_transports, without_real_money
from fixtures.desk import (
    AMOUNTS,
    GRIDS_AND_MINIMUM,
    LINK_IDS,
    MARKET_MAXIMUM,
    MAXIMA,
    PRICE_BAND,
    TOLERANCES,
    Batch,
    Blocked,
    Desk,
    Ground,
    Offset,
    Order,
    OrderState,
    Probes,
    SentCell,
    Taker,
    Transport,
    Way,
    amends_of_resting,
    cells,
    ground_of,
    orders_to_amend,
    send_amends,
    send_creates,
    while_band_stands,
)
from fixtures.desk.batch import LARGEST_BATCH
from fixtures.desk.scenarios.boundaries import Cell
from fixtures.expect import acknowledged, answered, at_most, expect, having, nothing, present, refused, show
from fixtures.v5 import paths
from fixtures.v5.codes import MALFORMED, RetCode
from fixtures.v5.enums import OrderStatus, Phase, Side, TimeInForce
from fixtures.v5.instrument import down_to

CELLS = 18
"""Cells of tick, lot and minimum amount: nine for each side."""
UNFUNDED = {RetCode.BALANCE_INSUFFICIENT}
TOO_MANY = LARGEST_BATCH + 1
"""Items of a batch that is too long by one."""


def over_ways_of_maxima(alone: Way, in_batch: Way) -> pytest.MarkDecorator:
    """Run the check alone over the trade stream, and in a batch over both transports."""
    cases = [(Transport.TRADE, alone), *((via, in_batch) for via in Transport)]
    return pytest.mark.parametrize(("desk", "way"), cases, indirect=["desk"])


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
    table = cells(GRIDS_AND_MINIMUM, Way.AMEND, desk.via)

    orders, sent = await amends_of_resting(desk, table, 2)

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
    table = cells(GRIDS_AND_MINIMUM, Way.BATCH_AMEND, desk.via)

    orders, sent = await amends_of_resting(desk, table, 10)

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

    async def send(ground: Ground) -> list[SentCell]:
        return await _send_batch(desk, table, ground)

    sent = await while_band_stands(desk, send)

    _expect_documented(sent)
    await _expect_unchanged(desk, sent)
    await _expect_nothing_of(desk, [each for each in sent if each.order is None])


@check("FLT-24", severity=MAJOR, max_fills=8, creates=8, worth=10)
@without_real_money("A breach of the price band is not provoked where money is real.")
@during(Phase.TRADING)
async def test_price_band_follows_the_price(desk: Desk, taker: Taker, probes: Probes) -> None:
    """After a trade orders are judged by the price limits that are stated then, and the topic pushes them.

    Sequence: create as the touch, filled by a second UID; priceLimit subscribed, price limits read; creates
        one tick inside, at and one tick beyond the limit of each side; answers; price limits read again.
    Passes: each answer is the documented one; of the refused creates none is open; at some moment topic and
        query show the same limits.
    Source: docs/v5/market/order-price-limit.mdx; docs/v5/websocket/public/order-price-limit.mdx
    """
    await taker.fills(Side.BUY)
    table = cells([PRICE_BAND], Way.CREATE, desk.via)
    # The query may be behind the trade; once it agrees with the topic it is not.
    await desk.views.caught_up()
    pushed, asked = await probes.price_limits(desk.instrument.symbol)

    sent = await while_band_stands(desk, lambda ground: send_creates(desk, table, ground))

    _expect_documented(sent)
    await _expect_nothing_of(desk, [each for each in sent if each.order is None])
    expect("price limits on the priceLimit topic, compared with the query", pushed, asked)


@check("FLT-17", severity=MAJOR, max_fills=0, creates=8, worth=0, largest=8, provokes=UNFUNDED)
@needs(paths.ORDER_CREATE_BATCH)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
@over_ways_of_maxima(Way.CREATE, Way.BATCH_CREATE)
async def test_create_keeps_to_each_maximum(desk: Desk, way: Way) -> None:
    """A quantity one lot above the maximum of its kind is refused for its size, one of exactly it is not.

    postOnlyMaxLimitOrderSize bounds PostOnly orders, maxLimitOrderQty other limit orders, maxMarketOrderQty
    market orders. A sell of a maximum is refused for the balance, which covers no such quantity, so that none
    can trade. FLT-07.01, FLT-07.02, FLT-07.04 and FLT-07.05 show the same of single orders over REST. Each
    order counts as the largest of the risk limits, so the check runs in the regression profile only.

    Sequence: creates, alone or in a batch, of each maximum and of one lot more; answers; open orders queried.
    Passes: what is beyond a maximum carries a documented code of its size, anything else 170131, no order is
        open, and nothing is pushed.
    Source: docs/v5/market/instrument.mdx, lotSizeFilter; docs/v5/error.mdx, 170381, 170382 and 170131
    """
    table = cells((*MAXIMA, MARKET_MAXIMUM), way, desk.via)
    ground = await ground_of(desk)
    await _require_uncovered(desk, [cell.terms(ground).qty for cell in table])

    sent = await send_creates(desk, table, ground)

    _expect_documented_maxima(sent)
    await _expect_nothing_of(desk, sent)


@check("FLT-22", severity=MAJOR, max_fills=6, creates=6, worth=7, largest=6, provokes=UNFUNDED)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@without_real_money("An order beyond the maximum size would exceed the limit of one order.")
@during(Phase.TRADING)
@over_ways_of_maxima(Way.AMEND, Way.BATCH_AMEND)
async def test_amend_keeps_to_each_maximum(desk: Desk, way: Way) -> None:
    """An amend to one lot above the maximum of its kind is refused for its size, one to exactly it is not.

    An amend of a sell to the maximum is refused for the balance. FLT-07.03 and FLT-07.04 show the same of
    single amends over REST. Each amend counts as the largest order of the risk limits, so the check runs in
    the regression profile only.

    Sequence: six creates, six New; amends, alone or in a batch, to each maximum and to one lot more; answers;
        cancels, six Cancelled.
    Passes: what is beyond a maximum carries a documented code of its size, anything else 170131, and each
        order ends on its first terms.
    Source: docs/v5/market/instrument.mdx, lotSizeFilter; docs/v5/error.mdx, 170381 and 170131
    """
    table = cells(MAXIMA, way, desk.via)
    ground = await ground_of(desk)
    await _require_uncovered(desk, [cell.terms(ground).qty for cell in table])
    orders = await orders_to_amend(desk, table, ground)

    sent = await send_amends(desk, orders, table, ground)

    _expect_documented_maxima(sent)
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


@check("FLT-19", severity=MAJOR, max_fills=12, creates=12, worth=13)
@needs(paths.ORDER_CREATE_BATCH, paths.ORDER_AMEND_BATCH)
@over_both_transports
async def test_batch_of_eleven_is_not_carried_out(desk: Desk, batch: Batch) -> None:
    """A batch of eleven creates, or of eleven amends, is refused as a whole, and none of it is carried out.

    FLT-14 and FLT-15 show that ten are taken, ERR-01.05 and ERR-01.09 the same limit of cancels.

    Sequence: batch of eleven creates, refused, open orders queried; a create, New; batch of eleven amends of
        it, refused; cancel, Cancelled.
    Passes: both batches carry 10001, 170105 or 170130 (no page names a code), no order of the refused creates
        is open, and the order ends on the terms that it had before the refused amends.
    Source: docs/v5/order/batch-place.mdx, docs/v5/order/batch-amend.mdx, request
    """
    price = await desk.passive_price(Side.BUY)
    further = desk.instrument.away(price, Side.BUY, ticks=1)

    created = await batch.create(Side.BUY, *[price] * TOO_MANY)
    left = await desk.open_orders()
    order = await desk.rest(Side.BUY)
    amended = await batch.amend(*[(order, further)] * TOO_MANY)

    expect(f"a batch of {TOO_MANY} creates", created[0], refused(MALFORMED))
    expect(f"open orders of the refused batch of {TOO_MANY}", left, nothing)
    expect(f"a batch of {TOO_MANY} amends", amended[0], refused(MALFORMED), of=order)
    closed = await desk.cancelled(order)
    expect("order after the refused amends", closed, having(price=order.price, qty=order.qty))


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
    for each, closed in await _ended(desk, sent):
        expect(f"cumExecValue of {each}", closed.cum_exec_value, at_most(each.terms.qty), of=closed)
    await _expect_nothing_of(desk, [each for each in sent if each.order is None])


@check("FLT-23", severity=MAJOR, max_fills=16, creates=8, worth=20)
@without_real_money("An order that may take is not sent where money is real.")
@during(Phase.TRADING)
@over_both_transports
async def test_slippage_tolerance_keeps_to_its_range(desk: Desk) -> None:
    """A market order at either end of the range of slippage tolerance is taken, one beyond it is refused.

    TickSize goes from 1 to 10000, Percent from 0.01 to 10. ERR-01.01 shows other values outside.

    Sequence: market sells with a tolerance at each end of each range, and one step outside; answers; a
        terminal state of each acknowledged one.
    Passes: each answer is the documented one, and of the refused orders nothing is pushed.
    Source: docs/v5/order/create-order.mdx, slippageTolerance; docs/v5/error.mdx, 110108 and 110109
    """
    ground = await ground_of(desk)

    sent = await send_creates(desk, cells(TOLERANCES, Way.CREATE, desk.via), ground)

    _expect_documented(sent)
    await _ended(desk, sent)
    await _expect_nothing_of(desk, [each for each in sent if each.order is None])


@check(
    "FLT-21",
    severity=MAJOR,
    max_fills=3,
    creates=3,
    worth=1,
    largest=2,
    provokes={RetCode.BALANCE_INSUFFICIENT},
)
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


async def _send_batch(desk: Desk, table: Sequence[Cell], ground: Ground) -> list[SentCell]:
    """Send the cells of a table in one batch, of creates or of amends of orders that rest."""
    if table[0].way is Way.BATCH_CREATE:
        return await send_creates(desk, table, ground)
    return await send_amends(desk, await orders_to_amend(desk, table, ground), table, ground)


async def _ended(desk: Desk, sent: Iterable[SentCell]) -> list[tuple[SentCell, OrderState]]:
    """The cells whose order was acknowledged, each with the terminal state that was pushed of it."""
    return [(each, await desk.closed(each.order)) for each in sent if each.order is not None]


async def _require_uncovered(desk: Desk, qtys: Sequence[Decimal]) -> None:
    """Raise Blocked when the balance covers one of these sells, which could trade then."""
    coin = desk.instrument.base_coin
    held = (await desk.wallet())[coin].wallet
    if held >= min(qtys):
        raise Blocked(f"the {show(held)} {coin} cover a sell of {show(min(qtys))}")


async def _expect_booked_as_sent(desk: Desk, sent: Sequence[SentCell]) -> None:
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


async def _expect_amended_as_sent(desk: Desk, orders: Sequence[Order], sent: Sequence[SentCell]) -> None:
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


async def _expect_unchanged(desk: Desk, sent: Iterable[SentCell]) -> None:
    """Each order whose amend was refused ends on the terms that it had before."""
    for each in sent:
        if each.order is not None and each.answer.ret_code != RetCode.OK:
            closed = await desk.cancelled(each.order)
            as_before = having(price=each.order.price, qty=each.order.qty)
            expect(f"order after the refused {each}", closed, as_before)


async def _expect_nothing_of(desk: Desk, refusals: Sequence[SentCell], *order_ids: str) -> None:
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


def _expect_documented(sent: Iterable[SentCell]) -> None:
    """Each cell is answered with a documented code."""
    for each in sent:
        expect(str(each), each.answer, answered(each.codes), of=each.order)


def _expect_documented_maxima(sent: Sequence[SentCell]) -> None:
    """Each cell is answered with a documented code.

    No page says whether size or balance is judged first. The balance covers none of the sells: where one of
    them is refused for its size, all must be.
    Raises Blocked when one outside was refused for the balance.
    """
    outside = [each for each in sent if each.cell.place is Offset.OUTSIDE]
    unjudged = [each for each in outside if each.answer.ret_code in UNFUNDED]
    size_comes_first = any(each.cell.side is Side.SELL and each not in unjudged for each in outside)
    if size_comes_first:
        unjudged = [each for each in unjudged if each.cell.side is not Side.SELL]
    _expect_documented(each for each in sent if each not in unjudged)
    if unjudged:
        raise Blocked(f"the venue checks the balance before the size: {unjudged[0]} cannot show the maximum")
