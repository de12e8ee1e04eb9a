"""Maker behaviour: what a market maker rests is what the public sees.

Source: docs/v5/market/orderbook.mdx, docs/v5/websocket/public/orderbook.mdx
"""

import asyncio
from decimal import Decimal

import pytest

from checks import MAJOR, check, over_both_transports
from fixtures.desk import Book, Desk
from fixtures.desk.obligation import agreed_qty, widest_price
from fixtures.environment import Obligation
from fixtures.evidence import Evidence
from fixtures.v5.enums import Side

GONE = Decimal(0)


@check("MKR-25", severity=MAJOR, at_risk=1, creates=1, observes=4)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_book_shows_our_size(desk: Desk, book: Book, side: Side) -> None:
    """The public book shows our quantity at our price while it rests, and removes it when it is cancelled.

    The price is one within four per cent of the touch at which nobody else rests, so that what the level
    shows is ours. The book is followed at 200 levels.

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


@check("MKR-14", severity=MAJOR, at_risk=10, creates=2, largest=2, observes=4)
@over_both_transports
async def test_quote_meets_its_obligation(
    desk: Desk, book: Book, obligation: Obligation, evidence: Evidence
) -> None:
    """A two-sided quote as wide and as large as agreed meets the agreed obligation in every look at the book.

    A dry meter: the quote rests still for the time of the looks. A level is judged by all that it shows,
    so a price that others share tells less.

    Sequence: a bid and an ask, acknowledged, two New, so many looks at the public book.
    Passes: each look shows both prices with at least the agreed amount, their spread within the agreed one.
    Source: docs/institutional/dmm-listing/spot.mdx; the figures are those of the listing's agreement
    """
    bid_now, ask_now = await desk.two_sided_quote()
    middle, tick = (bid_now + ask_now) / 2, desk.instrument.tick_size
    prices = {side: widest_price(obligation, middle, side, tick) for side in Side}
    sizes = {side: agreed_qty(obligation, price, desk.instrument) for side, price in prices.items()}
    quotes = [await desk.place(side, prices[side], sizes[side]) for side in Side]
    await asyncio.gather(*map(desk.resting, quotes))

    samples = await book.samples(obligation.samples, prices[Side.BUY], prices[Side.SELL])

    met = sum(sample.meets(obligation) for sample in samples)
    evidence.measure("looks that meet the obligation", 100 * met // len(samples), "%")
    missed = next((sample for sample in samples if not sample.meets(obligation)), None)
    assert missed is None, f"{met} of {len(samples)} looks meet the obligation; one shows {missed}"
