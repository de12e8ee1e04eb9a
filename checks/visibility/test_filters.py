"""Filters: tick, lot, minimum amount, maximum size and price band are as agreed, and enforced.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1; docs/v5/market/instrument.mdx
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports, without_real_money
from fixtures.config.environment import Listing
from fixtures.desk import (
    Account,
    Desk,
    InstrumentView,
    ListedInstrument,
    Market,
    attempt_at_band,
    attempt_beyond_band,
)
from fixtures.expect import (
    Cause,
    Owner,
    Prerequisite,
    acknowledged,
    answered,
    expect,
    having,
    nothing,
    present,
    refused,
)
from fixtures.record.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import NOTHING_ORDERED, OUTSIDE_BAND, RetCode
from fixtures.v5.enums import OrderStatus, Side, TimeInForce
from fixtures.v5.instrument import FILTERS, Instrument, finest

AT_BAND = {RetCode.OK, RetCode.LIMIT_MAKER_BAD_PRICE}
"""A PostOnly order at the end of the band is within it, and crosses."""


@check("FLT-01", severity=BLOCKER, max_fills=0, establishes=Prerequisite.FILTERS)
async def test_filters_are_complete(market: Market, symbol: str) -> None:
    """Every filter that an order is checked against is published as a positive decimal.

    Sequence: signed instruments-info query, row.
    Passes: Each filter field is in the row, and its text is a decimal above zero.
    Source: docs/v5/market/instrument.mdx
    """
    row = await _row(market, symbol)

    missing = [field for name, field in FILTERS.items() if name not in row.filters]
    expect(f"filters missing for {symbol}", missing, nothing)
    wrong = {FILTERS[name]: text for name, text in row.filters.items() if not _is_positive(text)}
    expect(f"filters of {symbol} that are not a positive decimal", wrong, nothing)


@check("FLT-02", severity=BLOCKER, max_fills=0, owner=Owner.LISTING)
async def test_filters_are_as_agreed(market: Market, symbol: str, listing: Listing) -> None:
    """The published filters equal those that the market maker and the desk agreed.

    Maximum sizes change on the 3rd and the 17th of a month, so the agreement has a date.

    Sequence: signed instruments-info query, row.
    Passes: Each published filter equals, as a decimal, the figure of the listing in
        environments.yaml.
    Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1
    """
    row = await _row(market, symbol)

    agreed = {FILTERS[name]: figure for name, figure in listing.filters().items()}
    published = {
        FILTERS[name]: Decimal(row.filters[name]) for name in listing.filters() if name in row.filters
    }
    expect(f"filters of {symbol} as agreed in environments.yaml", published, agreed)


@check("FLT-03", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_price_on_tick_is_accepted(desk: Desk) -> None:
    """An order on the tick grid, and on no coarser one, rests, and ends Cancelled when it is cancelled.

    Sequence: create on the tick grid, acknowledged, New, cancel, Cancelled.
    Passes: The retCode is 0, the order stream shows New, and its last state is Cancelled.
    Source: docs/v5/order/create-order.mdx
    """
    price = finest(await desk.passive_price(Side.BUY), desk.instrument.tick_size)

    answer = await desk.attempt(Side.BUY, price)

    expect("order priced on the tick grid", answer, acknowledged)
    order = expect("order of the acknowledgement", answer.order, present)
    await desk.resting(order)
    closed = await desk.cancelled(order)
    expect("order after its cancel", closed, having(order_status=OrderStatus.CANCELLED))


@check("FLT-04.01", severity=BLOCKER, max_fills=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_off_tick_is_refused(desk: Desk, instrument: Instrument, side: Side) -> None:
    """A price between two ticks is refused for its decimals, not rounded.

    Sequence: create a tenth of a tick off the grid, refused, open orders queried.
    Passes: The retCode equals 170134, and no order of the run is open.
    Source: docs/v5/error.mdx, 170134
    """
    price = await desk.passive_price(side)

    answer = await desk.attempt(side, price + instrument.tick_size / 10, instrument.min_qty(price))

    expect("order priced off the tick grid", answer, refused(RetCode.PRICE_DECIMALS))
    expect("open orders after the refusal", await desk.open_orders(), nothing)


@check("FLT-05.01", severity=BLOCKER, max_fills=2, creates=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_quantity_off_lot_is_refused(desk: Desk, instrument: Instrument, side: Side) -> None:
    """A quantity between two base steps is refused for its decimals, not rounded; one on a step is accepted.

    Sequence: create a tenth of a base step off the grid, refused, open orders queried; create on the grid,
        and on no coarser one, acknowledged.
    Passes: The retCode equals 170137, and no order of the run is open; then the retCode is 0.
    Source: docs/v5/error.mdx, 170137
    """
    price, step = await desk.passive_price(side), instrument.base_precision
    qty = finest(instrument.min_qty(price), step)

    off = await desk.attempt(side, price, qty + step / 10)
    left = await desk.open_orders()
    on = await desk.attempt(side, price, qty)

    expect("order with a quantity off the lot grid", off, refused(RetCode.QTY_DECIMALS))
    expect("open orders after the refusal", left, nothing)
    expect("order with a quantity on the lot grid", on, acknowledged)


@check("FLT-06.01", severity=BLOCKER, max_fills=2, creates=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_minimum_amount_has_an_edge(desk: Desk, instrument: Instrument, side: Side) -> None:
    """The smallest quantity worth the minimum amount is accepted, one step less is refused.

    Sequence: create one base step below the minimum amount, refused; create at the minimum,
        acknowledged.
    Passes: The retCode of the smaller order is the documented one, that of the larger is 0.
    Source: docs/v5/market/instrument.mdx, minOrderAmt; docs/v5/error.mdx, 170140
    """
    price = await desk.passive_price(side)
    minimum = instrument.min_qty(price)

    below = await desk.attempt(side, price, minimum - instrument.base_precision)
    at = await desk.attempt(side, price, minimum)

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if minimum > instrument.base_precision else NOTHING_ORDERED
    expect("order one step below the minimum amount", below, refused(too_little))
    expect("order at the minimum amount", at, acknowledged)


@check("FLT-08.01", severity=MAJOR, max_fills=1, creates=1)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_band_is_enforced(desk: Desk, side: Side) -> None:
    """A price one tick beyond the price band is refused, and the order is never open.

    Only the aggressive side is bounded: a buy above the upper limit, a sell below the lower one.

    Sequence: price limits read, create one tick beyond the limit of the side, refused, open orders
        queried.
    Passes: The retCode is a documented refusal of a price outside the band, and no order of the run
        is open.
    Source: docs/v5/market/order-price-limit.mdx, docs/v5/error.mdx
    """
    answer, order = await attempt_beyond_band(desk, side)

    expect(order, answer, refused(OUTSIDE_BAND))
    expect(f"open orders after {order}", await desk.open_orders(), nothing)


@check("FLT-08.02", severity=MAJOR, max_fills=1, creates=1)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_band_has_an_edge(desk: Desk, side: Side) -> None:
    """A PostOnly order at the last price of the band is not refused for its price being beyond the band.

    It crosses, so that it is closed without a fill, as MKR-02 shows, or refused for that.

    Sequence: price limits read, create at the limit of the side, acknowledged.
    Passes: the retCode is 0, or 170218.
    Source: docs/v5/market/order-price-limit.mdx; docs/v5/error.mdx, 170218
    """
    answer, order = await attempt_at_band(desk, side)

    expect(order, answer, answered(AT_BAND))


@check("FLT-08.03", severity=MAJOR, max_fills=2, creates=2)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_amend_keeps_to_the_price_band(desk: Desk, side: Side) -> None:
    """An amend to one tick beyond the price band is refused; one to the last price of the band is not.

    Sequence: create, acknowledged, price limits read, amend to one tick beyond the limit of the side,
        refused; create, acknowledged, amend to the limit, acknowledged.
    Passes: the first amend is a documented refusal of a price outside the band, the second carries 0.
    Source: docs/v5/market/order-price-limit.mdx, docs/v5/error.mdx
    """
    beyond, outside = await attempt_beyond_band(desk, side, amends=True)
    at, inside = await attempt_at_band(desk, side, amends=True)

    expect(f"amend to {outside}", beyond, refused(OUTSIDE_BAND))
    expect(f"amend to {inside}", at, acknowledged)


@check("FLT-09", severity=MAJOR, max_fills=0)
@needs(paths.ACCOUNT_SETTINGS)
async def test_price_beyond_the_band_is_not_moved(account: Account) -> None:
    """The account is set so that a price beyond the band is refused, not moved to the band.

    A moved price is a quote that the market maker did not send. FLT-08.01 shows what the venue does; here the
    setting is read.

    Sequence: query of the account's settings.
    Passes: lpaSpot is false.
    Source: docs/v5/account/get-user-setting-config.mdx, docs/v5/account/set-price-limit.mdx
    """
    moves = await account.moves_prices()

    advice = "turn it off with /v5/account/set-limit-px-action"
    expect("lpaSpot, which moves a price beyond the band into it", moves, expected=False, advice=advice)


@check("FLT-10", severity=MAJOR, max_fills=0, last=True)
async def test_filters_stay_as_they_were(market: Market, run: Run, instrument: Instrument) -> None:
    """At the end of the run the instrument has the filters that it had at the beginning.

    It runs after every other check: a change during the run invalidates what was seen before it.

    Sequence: instrument query at the beginning of the run, every other check, the same query again.
    Passes: every filter of the second answer is the text of the first one.
    Source: docs/v5/account/instrument.mdx
    """
    before, symbol = run.instruments[instrument.symbol], instrument.symbol

    rows = await market.listed(symbol, InstrumentView.fullest(run.environment))

    after = expect(f"{symbol} at the end of the run", next(iter(rows), None), present).filters
    first, last = ({field: texts.get(name) for name, field in FILTERS.items()} for texts in (before, after))
    expect("filters at the end of the run, compared with its beginning", last, first)


@check("FLT-11.01", severity=BLOCKER, max_fills=1, creates=1)
@over_both_transports
async def test_accepted_terms_are_the_sent_terms(desk: Desk) -> None:
    """The order stream shows the price, quantity and time in force that were sent.

    A venue that is set to move prices into the band fails here.

    Sequence: create, acknowledged, New.
    Passes: Price, quantity and time in force of the pushed state equal those of the request.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/account/set-price-limit.mdx
    """
    order = await desk.place(Side.SELL, await desk.passive_price(Side.SELL))

    state = await desk.resting(order)

    sent = having(price=order.price, qty=order.qty, time_in_force=TimeInForce.POST_ONLY)
    expect("resting order, compared with what was sent", state, sent)


async def _row(market: Market, symbol: str) -> ListedInstrument:
    """The symbol as the signed market query returns it."""
    rows = await market.listed(symbol, InstrumentView.SIGNED_MARKET)
    return expect(
        f"{symbol} in {InstrumentView.SIGNED_MARKET}", next(iter(rows), None), present, cause=Cause.HIDDEN
    )


def _is_positive(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and Decimal(text) > 0
