"""Maker behaviour: the public book shows the quotes of the market maker.

Source: docs/v5/market/orderbook.mdx, docs/v5/websocket/public/orderbook.mdx
"""

import asyncio
from decimal import Decimal

import pytest

from checks import MAJOR, check, over_both_transports
from fixtures.config.environment import Obligation
from fixtures.desk import Book, Desk
from fixtures.desk.views.obligation import agreed_qty, widest_price
from fixtures.expect import at_least, at_most, expect
from fixtures.record.evidence import Evidence
from fixtures.v5.enums import Side

GONE = Decimal(0)


@check("MKR-25", severity=MAJOR, max_fills=1, creates=1, min_messages=4)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_book_shows_our_size(desk: Desk, book: Book, side: Side) -> None:
    """The public book shows our quantity at our price while it rests, and no longer once it is cancelled.

    The price is one within four per cent of the touch at which nobody else rests, so that the size of the
    level is ours. The book is followed at 200 levels.

    Sequence: create, acknowledged, New, the level appears, cancel, acknowledged, Cancelled, the level
        disappears.
    Passes: the stream and /v5/market/orderbook both come to show exactly our quantity at our price, and
        after the cancel nothing there.
    Source: docs/v5/websocket/public/orderbook.mdx; docs/v5/market/orderbook.mdx
    """
    await desk.two_sided_quote()
    order = await desk.place(side, book.lonely_price(side))
    await desk.resting(order)
    await book.streamed(side, order.price, order.qty)
    await book.listed(side, order.price, order.qty)

    await desk.cancelled(order)

    await book.streamed(side, order.price, GONE)
    await book.listed(side, order.price, GONE)


@check("MKR-61", severity=MAJOR, max_fills=2, creates=2, worth=3, min_messages=6)
@pytest.mark.parametrize("side", list(Side))
async def test_book_adds_up_the_orders_of_a_level(desk: Desk, book: Book, side: Side) -> None:
    """The size of a level is that of all orders at its price, and falls by what one of them leaves.

    The price is chosen as in MKR-25, so that the level is ours.

    Sequence: two creates of different sizes at one price, acknowledged, two New, the level shows both;
        cancel of the first, Cancelled, the level shows the second.
    Passes: the stream and /v5/market/orderbook both come to show exactly these quantities.
    Source: docs/v5/websocket/public/orderbook.mdx, size; docs/v5/market/orderbook.mdx, size
    """
    await desk.two_sided_quote()
    price, step = book.lonely_price(side), desk.instrument.base_precision
    qty = desk.instrument.min_qty(price)
    first, second = await desk.place(side, price, qty), await desk.place(side, price, qty + step)
    await asyncio.gather(*map(desk.resting, (first, second)))
    await book.streamed(side, price, first.qty + second.qty)
    await book.listed(side, price, first.qty + second.qty)

    await desk.cancelled(first)

    await book.streamed(side, price, second.qty)
    await book.listed(side, price, second.qty)


@check("MKR-14", severity=MAJOR, max_fills=10, creates=2, largest=2, min_messages=4)
@over_both_transports
async def test_quote_satisfies_its_obligation(
    desk: Desk, book: Book, obligation: Obligation, evidence: Evidence
) -> None:
    """Every sample of the book shows a quote of the agreed width and size within the agreed obligation.

    The quote is held static while the book is sampled. Level size includes other participants, so a shared
    price level proves less.

    Sequence: a bid and an ask, acknowledged, two New, the agreed number of samples of the public book.
    Passes: each sample shows both prices with at least the agreed amount, their spread within the agreed one.
    Source: docs/institutional/dmm-listing/spot.mdx; the figures are those of the listing's agreement
    """
    bid_now, ask_now = await desk.two_sided_quote()
    middle, tick = (bid_now + ask_now) / 2, desk.instrument.tick_size
    prices = {side: widest_price(obligation, middle, side, tick) for side in Side}
    sizes = {side: agreed_qty(obligation, price, desk.instrument) for side, price in prices.items()}
    quotes = [await desk.place(side, prices[side], sizes[side]) for side in Side]
    await asyncio.gather(*map(desk.resting, quotes))

    samples = await book.samples(obligation.samples, prices[Side.BUY], prices[Side.SELL])

    coin = desk.instrument.quote_coin
    compliant = sum(sample.satisfies(obligation) for sample in samples)
    evidence.measure("samples that meet the obligation", 100 * compliant // len(samples), "%")
    for number, sample in enumerate(samples, 1):
        which = f"in sample {number} of {len(samples)}, of which {compliant} meet the obligation"
        expect(f"spread of the quote {which}", sample.spread_bps, at_most(obligation.spread_bps, "bps"))
        for side, amount in sample.amounts.items():
            expect(f"{side} amount at our price {which}", amount, at_least(obligation.amount, coin))
