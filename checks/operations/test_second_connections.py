"""The second connection, the second subscription and the second reconnect: each works as the first did.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/wss-authentication.mdx
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, during, over_trade_stream
from checks.operations._wallet import expect_balances
from fixtures.desk import (
    Desk,
    Execution,
    ObserverStream,
    Order,
    OrderState,
    Probes,
    Taker,
    answers_by_request,
    any_state,
    has_ended,
)
from fixtures.desk.values import figure
from fixtures.expect import acknowledged, at_least, at_most, expect, having, nothing
from fixtures.record.evidence import Evidence
from fixtures.v5.enums import OrderStatus, Phase, Side
from fixtures.v5.instrument import Instrument

AT_ONCE = 3
"""Requests on each connection at the same time."""
GAPS = 2
DEPTHS = (1, 50, 200, 1000)
"""Levels of the books that a client can follow."""
LOOKS = 2
MOST_GROWN = Decimal("1.5")
"""The growth of a ticker's volume to the trades pushed meanwhile, a ratio."""
LONGEST_CANDLE_MS = 61_000
"""A candle is pushed once in sixty seconds at least."""
IDLE_MS = 4000
"""Longer than the three seconds after which the best prices are pushed again."""


@check("CON-24", severity=BLOCKER, max_fills=2, creates=2, worth=3, min_messages=10)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_second_connection_is_pushed_the_same(
    desk: Desk, second_desk: Desk, taker: Taker, side: Side
) -> None:
    """A second private connection of one key is pushed the orders, executions and balances of the first.

    Sequence: a second private stream, authenticated and subscribed; create of two minimum sizes as the touch,
        one is filled, cancel, PartiallyFilledCanceled.
    Passes: both connections show the same states of the order in the same order, the same executions and the
        same balances, whose walletBalance is that of the wallet.
    Source: docs/v5/websocket/wss-authentication.mdx; docs/v5/websocket/private/order.mdx, wallet.mdx
    """
    matched = await taker.fills(side, (1,), of=2)
    order, desks = matched.resting, (desk, second_desk)
    await asyncio.gather(*(each.closed(order) for each in desks))
    fills = await desk.pushed_executions(order, matched.qty)
    wallet = await desk.wallet()
    balances = await desk.pushed_wallet(wallet)
    others_balances = await second_desk.pushed_wallet(balances)
    await desk.quiet()
    (states,), (others,) = [await each.pushed_states(order) for each in desks]
    others_fills = await second_desk.pushed_fills(order)

    expect("states of the order on the second connection", _rows(others), _rows(states), of=order)
    expect("executions of the order on the second connection", _rows(others_fills), _rows(fills), of=order)
    held = {coin: balance.wallet for coin, balance in wallet.items()}
    pushed = {coin: balance.wallet for coin, balance in balances.items()}
    expect("walletBalance of the coins on the wallet topic", pushed, held, of=order)
    expect_balances("on the wallet topic of the second connection", others_balances, balances)


@check("CON-25", severity=BLOCKER, max_fills=2 * AT_ONCE, creates=2 * AT_ONCE, min_messages=4 * AT_ONCE)
@over_trade_stream
async def test_trade_connections_answer_their_own_requests(
    desk: Desk, second_desk: Desk, evidence: Evidence
) -> None:
    """Each of two trade connections answers the requests that it was sent, and each request once.

    Sequence: a second trade connection of the key; three creates on each at once, acknowledged; each order
        cancelled over the connection that did not create it, Cancelled.
    Passes: each acknowledgement names the order that is found under the orderLinkId of its request, every
        cancel is acknowledged and names its order, and every reqId is answered once.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId and connId
    """
    price, mark = await desk.passive_price(Side.BUY), evidence.mark()
    desks = [desk, second_desk] * AT_ONCE
    orders = await asyncio.gather(*(each.place(Side.BUY, price) for each in desks))
    resting = await asyncio.gather(*map(desk.resting, orders))
    across = zip(orders, reversed(desks), strict=True)
    cancels = await asyncio.gather(*(each.attempt_cancel(order.order_link_id) for order, each in across))
    closed = await asyncio.gather(*map(desk.closed, orders))
    counts = answers_by_request(desk, mark)

    for order, state, cancel, end in zip(orders, resting, cancels, closed, strict=True):
        ids = (order.order_id, order.order_link_id)
        expect("order under the orderId of its acknowledgement", (state.order_id, state.order_link_id), ids)
        expect("cancel over the other connection", cancel, acknowledged, of=order)
        expect("ids in the acknowledgement of the cancel", cancel.names, (ids,), of=order)
        expect("order after its cancel", end, having(order_status=OrderStatus.CANCELLED))
    unlike = [f"{req_id} {count} times" for req_id, count in counts.items() if count != 1]
    expect("requests that were not answered once", unlike, nothing, of=orders)


@check("CON-26", severity=MAJOR, max_fills=2, creates=2, min_messages=6)
async def test_subscription_can_be_dropped_and_renewed(desk: Desk, observer: ObserverStream) -> None:
    """A stream that unsubscribes from orders is pushed none, and each state once when it subscribes again.

    Sequence: an observer stream unsubscribes from order.spot, create, New on the run's own stream, quiet
        period; it subscribes again, create, New, both cancelled, Cancelled; quiet period.
    Passes: the observer is pushed nothing while it is not subscribed; afterwards it is pushed the second
        order's New and both orders' ends, once each.
    Source: docs/v5/websocket/wss-authentication.mdx, subscribe and unsubscribe
    """
    await observer.unsubscribe()
    first = await desk.rest(Side.BUY)
    await desk.quiet()
    (dropped,) = await observer.pushed(first)
    await observer.subscribe()
    second = await desk.rest(Side.BUY)
    await asyncio.gather(*map(desk.cancelled, (first, second)))
    await asyncio.gather(*map(observer.closed, (first, second)))
    await desk.quiet()
    pushed = dict(zip(("first", "second"), await observer.pushed(first, second), strict=True))

    expect("states pushed to a stream that had unsubscribed", dropped, nothing, of=first)
    shown = {which: [state.order_status for state in states] for which, states in pushed.items()}
    wanted = {"first": [OrderStatus.CANCELLED], "second": [OrderStatus.NEW, OrderStatus.CANCELLED]}
    expect("states pushed once it had subscribed again", shown, wanted, of=(first, second))


@check("CON-28", severity=MAJOR, max_fills=2, creates=4, min_messages=8)
@during(Phase.TRADING)
async def test_other_topics_outlive_a_change_of_one(
    desk: Desk, observer: ObserverStream, taker: Taker
) -> None:
    """A stream that drops one topic, and subscribes to it again, is pushed its other topic all the while.

    Sequence: an observer stream unsubscribes from order.spot and keeps execution.spot, create as the touch,
        filled; it subscribes to order.spot again, create as the touch, filled.
    Passes: the observer is pushed the executions of both orders as the run's own stream is.
    Source: docs/v5/websocket/wss-authentication.mdx, subscribe and unsubscribe
    """
    await observer.unsubscribe()
    first = await taker.fills(Side.BUY)
    without = await observer.fills(first.resting, first.qty)
    await observer.subscribe()
    second = await taker.fills(Side.BUY)
    again = await observer.fills(second.resting, second.qty)

    for matched, seen in ((first, without), (second, again)):
        pushed = await desk.pushed_executions(matched.resting, matched.qty)
        what = "executions on a stream that changed another topic"
        expect(what, _rows(seen), _rows(pushed), of=matched.resting)


@check("CON-37", severity=MAJOR, max_fills=1, creates=1, min_messages=6)
async def test_public_subscription_can_be_dropped_and_renewed(desk: Desk, probes: Probes) -> None:
    """A public stream that drops a book is pushed it no longer, and starts with a snapshot when it is back.

    Sequence: two books of the symbol subscribed, one dropped, quiet period, create, New, the other book
        pushed, quiet period; the dropped one subscribed again.
    Passes: no frame of the dropped book comes, the other book goes on, and the first frame of the renewed
        subscription is a snapshot.
    Source: docs/v5/websocket/wss-authentication.mdx, unsubscribe; docs/v5/websocket/public/orderbook.mdx
    """
    renewal = await probes.renewed_book(desk.instrument.symbol, lambda: desk.rest(Side.BUY))

    wait_ms = desk.timeouts.event_ms
    expect("frames of a book after it was dropped", renewal.dropped, 0)
    expect("frames of a book while another was dropped", renewal.kept, at_least(1), within_ms=wait_ms)
    expect("first frame of the book subscribed again", renewal.first, "snapshot", within_ms=wait_ms)


@check("CON-38", severity=MINOR, max_fills=0, min_messages=2)
async def test_best_prices_are_pushed_again(probes: Probes, instrument: Instrument) -> None:
    """The book of depth 1 is pushed again after three seconds without a change.

    It takes four seconds, so the check runs in the regression profile only.

    Sequence: orderbook.1 subscribed, four seconds.
    Passes: at least two frames come.
    Source: docs/v5/websocket/public/orderbook.mdx, level 1: pushed again after 3 seconds without a change
    """
    frames = await probes.best_prices_pushed(instrument.symbol, IDLE_MS)

    expect(f"frames of orderbook.1 within {IDLE_MS} ms", frames, at_least(2))


@check("CON-36", severity=MINOR, max_fills=1, creates=2, min_messages=6)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_fast_topic_shows_the_same_fills(desk: Desk, taker: Taker, probes: Probes, side: Side) -> None:
    """The fast topic of executions shows a maker's fill as the other one does, without the orderLinkId.

    Sequence: execution.fast.spot subscribed on a stream of its own, create as the touch, Filled by a second
        UID, execution pushed on both topics.
    Passes: the fast topic shows the execId once, with the symbol, order, side, price, quantity and time of
        the execution, as a maker's, and an empty orderLinkId.
    Source: docs/v5/websocket/private/fast-execution.mdx
    """
    matched, rows = await probes.fast_executions(lambda: taker.fills(side))
    order = matched.resting
    (fill,) = await desk.pushed_executions(order, matched.qty)

    _expect_fast(fill, rows, link_id="", within_ms=desk.timeouts.event_ms)


@check("CON-40", severity=MINOR, max_fills=2, creates=3, worth=5, min_messages=6)
@during(Phase.TRADING)
@pytest.mark.parametrize("side", list(Side))
async def test_fast_topic_shows_what_a_taker_paid(
    desk: Desk, taker: Taker, probes: Probes, side: Side
) -> None:
    """The fast topic shows each execution of an order that takes two prices, with its price and orderLinkId.

    Sequence: execution.fast.spot subscribed on a stream of the second UID, two creates inside the spread, a
        tick apart where there is room, one order of the second UID takes both, executions pushed.
    Passes: the fast topic shows each execId once, with the symbol, order, orderLinkId, side, price, quantity
        and time of the execution, as a taker's.
    Source: docs/v5/websocket/private/fast-execution.mdx
    """
    rest = taker.desk.raw.rest
    matched, rows = await probes.fast_executions(lambda: taker.sweeps(side), of_taker=rest)
    (order,) = matched.taking

    for fill in await taker.desk.pushed_executions(order, matched.qty):
        _expect_fast(fill, rows, link_id=order.order_link_id, within_ms=desk.timeouts.event_ms)


def _expect_fast(
    fill: Execution, rows: Iterable[Mapping[str, object]], *, link_id: str, within_ms: int
) -> None:
    """Expect an execution once among the rows of the fast topic."""
    shown = [row for row in rows if row.get("execId") == fill.exec_id]
    what = f"execution {fill.exec_id} on execution.fast"
    expect(f"rows of {what}", len(shown), 1, of=fill, within_ms=within_ms)
    (row,) = shown
    wanted = {
        "symbol": fill.symbol,
        "orderId": fill.order_id,
        "side": str(fill.side),
        "execTime": str(fill.exec_time_ms),
        "isMaker": fill.is_maker,
        "orderLinkId": link_id,
    }
    texts = {name: row.get(name) for name in wanted}
    expect(what, texts, wanted, of=fill)
    figures = tuple(figure(str(row.get(name, ""))) for name in ("execPrice", "execQty"))
    expect(f"price and quantity of {what}", figures, (fill.exec_price, fill.exec_qty), of=fill)


@check("CON-39", severity=MAJOR, max_fills=8, creates=12, min_messages=12)
@during(Phase.TRADING)
async def test_one_connection_carries_every_topic(
    desk: Desk, desk_on_other_symbol: Desk, taker: Taker, probes: Probes
) -> None:
    """Topics of two symbols that one request asks for on one connection are all pushed.

    The volume of the ticker grows by about the trades that the same connection shows. A ticker may be late,
    and then shows trades of before the subscription: half as much again is allowed, and a second look.

    Sequence: four books, trades and ticker of the symbol, book and ticker of another symbol, subscribed by
        one request; a create on either symbol, New; twice: create as the touch, Filled by a second UID; quiet
        period.
    Passes: a frame of every topic comes, of the symbol's after the first fill; the ticker's volume24h grows
        from its first frame to its last by no more than half as much again as the trades pushed.
    Source: docs/v5/websocket/wss-authentication.mdx, args; docs/v5/websocket/public/ticker.mdx, volume24h
    """
    symbol, other = desk.instrument.symbol, desk_on_other_symbol.instrument.symbol
    own = [*(f"orderbook.{depth}.{symbol}" for depth in DEPTHS), f"publicTrade.{symbol}", f"tickers.{symbol}"]
    beside = [f"orderbook.{DEPTHS[1]}.{other}", f"tickers.{other}"]

    async def moved() -> Decimal:
        # A book shows no order that came and went between two of its frames, so one stays.
        await desk.rest(Side.BUY)
        await desk_on_other_symbol.rest(Side.BUY)
        fills = [await taker.fills(side) for side in Side]
        await desk.quiet()
        return sum((fill.qty for fill in fills), Decimal(0))

    silent, grown, traded = await _agreed(probes, own, beside, moved)

    wait_ms = desk.timeouts.event_ms
    expect("topics of one connection that were not pushed", silent, nothing, within_ms=wait_ms)
    expect("growth of volume24h while trades were followed", grown, at_most(traded * MOST_GROWN))


@check("CON-43", severity=MINOR, max_fills=6, creates=8, min_messages=6)
@during(Phase.TRADING)
async def test_candles_and_whole_book_are_pushed(desk: Desk, taker: Taker, probes: Probes) -> None:
    """The topics of candles, of the whole book and of the price limits are pushed, and a candle closes right.

    A candle may be pushed a minute after its trade, so the check runs in the regression profile only. What
    the frames hold is judged by LAW-19 and LAW-21.

    Sequence: kline.1, orderbook.full and priceLimit subscribed by one request; twice: two creates, New, with
        a quiet period after each, create as the touch, Filled by a second UID, candles and ticker queried.
    Passes: a frame of each topic comes; after either fill the newest candle closes at the ticker's lastPrice.
    Source: docs/v5/websocket/public/kline.mdx, full-ob.mdx, order-price-limit.mdx; docs/v5/market/kline.mdx
    """
    symbol = desk.instrument.symbol

    async def moved() -> list[tuple[Decimal, Decimal]]:
        closes = []
        for side in Side:
            for _ in range(2):
                await desk.rest(side)
                await desk.quiet()
            await taker.fills(side)
            closes.append(await probes.last_closes(symbol))
        return closes

    topics = [f"{name}.{symbol}" for name in ("orderbook.full", "priceLimit", "kline.1")]
    closes, seen = await probes.followed(topics, (), moved, wait_ms=LONGEST_CANDLE_MS)

    expect("topics that were not pushed", seen.silent, nothing, within_ms=LONGEST_CANDLE_MS)
    for close, last in closes:
        expect("close of the newest candle, compared with the lastPrice of the ticker", close, last)


async def _agreed(
    probes: Probes, own: Sequence[str], beside: Sequence[str], move: Callable[[], Awaitable[Decimal]]
) -> tuple[Sequence[str], Decimal, Decimal]:
    """Follow topics until they agree, twice at most: the silent ones, the ticker's growth, what was traded.

    own: with the trades and the ticker of the symbol; move: returns how much it traded
    """
    ticker, trades = (
        next(topic for topic in own if topic.startswith(name)) for name in ("tickers", "public")
    )
    found: tuple[Sequence[str], Decimal, Decimal] = ((), Decimal(0), Decimal(0))
    for _ in range(LOOKS):
        filled, seen = await probes.followed(own, beside, move)
        # The trades of the fills may be pushed later than the ticker.
        found = seen.silent, _growth(seen.rows(ticker)), max(_traded(seen.rows(trades)), filled)
        if not found[0] and found[1] <= found[2] * MOST_GROWN:
            break
    return found


def _growth(tickers: Sequence[Mapping[str, object]]) -> Decimal:
    """By how much volume24h grew from the first ticker to the last."""
    volumes = [figure(str(row.get("volume24h", ""))) for row in tickers]
    return volumes[-1] - volumes[0] if volumes else Decimal(0)


def _traded(trades: Iterable[Mapping[str, object]]) -> Decimal:
    """The size of all trades, base coin."""
    return sum((figure(str(row.get("v", ""))) for row in trades), Decimal(0))


@check("CON-27", severity=BLOCKER, max_fills=3 * GAPS, creates=3 * GAPS, min_messages=12, subject="suite")
async def test_second_gap_is_closed_like_the_first(desk: Desk, observer: ObserverStream) -> None:
    """After a second loss the private stream is back, knows what its gap held, and is pushed what follows.

    Sequence: twice: create twice, New, an observer stream breaks, cancel the first, create a third, the
        stream is back, cancel the second, Cancelled.
    Passes: after either gap the first order is known as Cancelled and the third as New without a push; the
        second's terminal state is pushed once.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/order/open-order.mdx
    """
    for number in range(1, GAPS + 1):
        cancelled, kept, created = await _across_a_gap(desk, observer)
        in_gap, after = await observer.pushed(cancelled, kept)
        known = {
            "cancelled order": await observer.recovered(cancelled, has_ended),
            "new order": await observer.recovered(created, any_state),
        }
        seen = {name: state.order_status if state else None for name, state in known.items()}
        statuses = {"cancelled order": OrderStatus.CANCELLED, "new order": OrderStatus.NEW}
        wait_ms = desk.timeouts.look_up_ms
        expect(f"orders of gap {number}", seen, statuses, of=(cancelled, created), within_ms=wait_ms)
        repeated = [state for state in in_gap if state.order_status.is_closed]
        expect(f"terminal states of gap {number} pushed after it", repeated, nothing)
        ends = [state for state in after if state.order_status.is_closed]
        expect(f"terminal states pushed of an order cancelled after gap {number}", len(ends), 1, of=kept)


async def _across_a_gap(desk: Desk, observer: ObserverStream) -> tuple[Order, Order, Order]:
    """An order that was cancelled in a gap, one that was cancelled after it, one that was created in it."""
    cancelled, kept = [await desk.rest(Side.BUY) for _ in range(2)]
    async with observer.gap():
        await desk.cancelled(cancelled)
        created = await desk.rest(Side.BUY)
    await desk.cancel(kept)
    await observer.closed(kept)
    await desk.quiet()
    return cancelled, kept, created


def _rows(pushed: Iterable[OrderState | Execution]) -> list[dict[str, object]]:
    return [asdict(row) for row in pushed]
