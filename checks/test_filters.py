"""Filters: tick, lot, minimum amount, maximum size and price band are as agreed, and enforced.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1; docs/v5/market/instrument.mdx
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports, without_real_money
from fixtures.desk import (
    Account,
    Desk,
    Market,
    View,
    attempt_at_band,
    attempt_beyond_band,
)
from fixtures.environment import Listing
from fixtures.run import Run
from fixtures.v5 import paths
from fixtures.v5.codes import NOTHING_ORDERED, RetCode
from fixtures.v5.enums import OrderStatus, Side, TimeInForce
from fixtures.v5.filters import FILTERS, Instrument, finest, plain

OUTSIDE_BAND = {
    RetCode.BUY_PRICE_ABOVE_LIMIT,
    RetCode.SELL_PRICE_BELOW_LIMIT,
    RetCode.PRICE_ABOVE_LIMIT,
    RetCode.PRICE_BELOW_LIMIT,
    RetCode.PRICE_ABOVE,
    RetCode.PRICE_TOO_HIGH,
    RetCode.PRICE_TOO_LOW,
}
"""The documented refusals of a price outside the band; the docs do not say which one spot sends."""


@check("FLT-01", severity=BLOCKER, at_risk=0)
async def test_filters_are_complete(market: Market, symbol: str) -> None:
    """Every filter that an order is checked against is published as a positive decimal.

    Sequence: signed instruments-info query, row.
    Passes: Each filter field is in the row, and its text is a decimal above zero.
    Source: docs/v5/market/instrument.mdx
    """
    rows = await market.listed(symbol, View.SIGNED_MARKET)

    assert rows, f"{symbol} is not listed"
    missing = [field for name, field in FILTERS.items() if name not in rows[0].filters]
    assert missing == [], f"{symbol} is published without {', '.join(missing)}"
    wrong = {FILTERS[name]: text for name, text in rows[0].filters.items() if not _is_positive(text)}
    assert wrong == {}, f"not a positive decimal: {wrong}"


@check("FLT-02", severity=BLOCKER, at_risk=0)
async def test_filters_are_as_agreed(market: Market, symbol: str, listing: Listing) -> None:
    """The published filters equal those that the market maker and the desk agreed.

    Maximum sizes change on the 3rd and the 17th of a month, so the agreement has a date.

    Sequence: signed instruments-info query, row.
    Passes: Each published filter equals, as a decimal, the figure of the listing in
        environments.yaml.
    Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1
    """
    rows = await market.listed(symbol, View.SIGNED_MARKET)

    assert rows, f"{symbol} is not listed"
    published = rows[0].filters
    differ = [
        f"{FILTERS[name]} {published.get(name, 'nothing')}, agreed {plain(agreed)}"
        for name, agreed in listing.filters().items()
        if name not in published or Decimal(published[name]) != agreed
    ]
    assert differ == [], f"published: {'; '.join(differ)}"


@check("FLT-03", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_price_on_tick_is_accepted(desk: Desk) -> None:
    """An order on the tick grid, and on no coarser one, rests, and ends Cancelled when it is cancelled.

    Sequence: create on the tick grid, acknowledged, New, cancel, Cancelled.
    Passes: The retCode is 0, the order stream shows New, and its last state is Cancelled.
    Source: docs/v5/order/create-order.mdx
    """
    price = finest(await desk.passive_price(Side.BUY), desk.instrument.tick_size)

    answer = await desk.attempt(Side.BUY, price)

    assert answer.order, f"a price on the tick grid was {answer}"
    await desk.resting(answer.order)
    closed = await desk.cancelled(answer.order)
    assert closed.order_status is OrderStatus.CANCELLED, f"the order ended {closed}"


@check("FLT-04", severity=BLOCKER, at_risk=1, creates=1)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_off_tick_is_refused(desk: Desk, instrument: Instrument, side: Side) -> None:
    """A price between two ticks is refused for its decimals, not rounded.

    Sequence: create a tenth of a tick off the grid, refused, open orders queried.
    Passes: The retCode equals 170134, and no order of the run is open.
    Source: docs/v5/error.mdx, 170134
    """
    price = await desk.passive_price(side)

    answer = await desk.attempt(side, price + instrument.tick_size / 10, instrument.least_qty(price))

    assert answer.ret_code == RetCode.PRICE_DECIMALS, f"a price off the tick grid was {answer}"
    assert await desk.open_orders() == [], "an order with a price off the tick grid is live"


@check("FLT-05", severity=BLOCKER, at_risk=2, creates=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_quantity_off_lot_is_refused(desk: Desk, instrument: Instrument, side: Side) -> None:
    """A quantity between two base steps is refused for its decimals, not rounded; one on a step is taken.

    Sequence: create a tenth of a base step off the grid, refused, open orders queried; create on the grid,
        and on no coarser one, acknowledged.
    Passes: The retCode equals 170137, and no order of the run is open; then the retCode is 0.
    Source: docs/v5/error.mdx, 170137
    """
    price, step = await desk.passive_price(side), instrument.base_precision
    qty = finest(instrument.least_qty(price), step)

    off = await desk.attempt(side, price, qty + step / 10)
    left = await desk.open_orders()
    on = await desk.attempt(side, price, qty)

    assert off.ret_code == RetCode.QTY_DECIMALS, f"a quantity off the lot grid was {off}"
    assert left == [], "an order with a quantity off the lot grid is live"
    assert on.ret_code == 0, f"a quantity on the lot grid was {on}"


@check("FLT-06", severity=BLOCKER, at_risk=2, creates=2)
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_minimum_amount_has_an_edge(desk: Desk, instrument: Instrument, side: Side) -> None:
    """The least quantity that reaches the minimum amount is accepted, one step less is refused.

    Sequence: create one base step below the minimum amount, refused; create at the minimum,
        acknowledged.
    Passes: The retCode of the smaller order is the documented one, that of the larger is 0.
    Source: docs/v5/market/instrument.mdx, minOrderAmt; docs/v5/error.mdx, 170140
    """
    price = await desk.passive_price(side)
    least = instrument.least_qty(price)

    below = await desk.attempt(side, price, least - instrument.base_precision)
    at = await desk.attempt(side, price, least)

    too_little = {RetCode.ORDER_VALUE_TOO_LOW} if least > instrument.base_precision else NOTHING_ORDERED
    assert below.ret_code in too_little, f"an order one step below the minimum was {below}"
    assert at.ret_code == 0, f"an order at the minimum was {at}"


@check("FLT-08", severity=MAJOR, at_risk=1, creates=1)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_band_is_enforced(desk: Desk, side: Side) -> None:
    """A price one tick beyond the price band is refused and never live.

    Only the aggressive side is bounded: a buy above the upper limit, a sell below the lower one.

    Sequence: price limits read, create one tick beyond the limit of the side, refused, open orders
        queried.
    Passes: The retCode is a documented refusal of a price outside the band, and no order of the run
        is open.
    Source: docs/v5/market/order-price-limit.mdx, docs/v5/error.mdx
    """
    answer, where = await attempt_beyond_band(desk, side)

    assert answer.ret_code in OUTSIDE_BAND, f"{where}, was {answer}"
    assert await desk.open_orders() == [], f"{where}, is live"


@check("FLT-08", severity=MAJOR, at_risk=1, creates=1)
@without_real_money("A breach of the price band is not provoked where money is real.")
@pytest.mark.parametrize("side", list(Side))
@over_both_transports
async def test_price_band_has_an_edge(desk: Desk, side: Side) -> None:
    """A PostOnly order at the last price of the band is acknowledged.

    It crosses, so that it is closed without a fill, as MKR-02 shows.

    Sequence: price limits read, create at the limit of the side, acknowledged.
    Passes: the retCode is 0.
    Source: docs/v5/market/order-price-limit.mdx
    """
    answer, where = await attempt_at_band(desk, side)

    assert answer.ret_code == RetCode.OK, f"{where}, was {answer}"


@check("FLT-08", severity=MAJOR, at_risk=2, creates=2)
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

    assert beyond.ret_code in OUTSIDE_BAND, f"an amend to {outside}, was {beyond}"
    assert at.ret_code == RetCode.OK, f"an amend to {inside}, was {at}"


@check("FLT-09", severity=MAJOR, at_risk=0)
@needs(paths.ACCOUNT_SETTINGS)
async def test_price_beyond_the_band_is_not_moved(account: Account) -> None:
    """The account is set to have a price beyond the band refused, not moved to the band.

    A moved price is a quote that nobody asked for. FLT-08 shows what the venue does; here it
    says what it was told to do.

    Sequence: query of the account's settings.
    Passes: lpaSpot is false.
    Source: docs/v5/account/get-user-setting-config.mdx, docs/v5/account/set-price-limit.mdx
    """
    moves = await account.moves_prices()

    assert moves is not None, "the account's settings do not say what becomes of a price beyond the band"
    assert not moves, "the account has prices beyond the band moved: turn it off with set-limit-px-action"


@check("FLT-10", severity=MAJOR, at_risk=0)
async def test_filters_stay_as_they_were(market: Market, run: Run, instrument: Instrument) -> None:
    """At the end of the run the instrument has the filters that it had at the beginning.

    It is made after every other check. A change in between makes what was seen before it worthless.

    Sequence: instrument query at the beginning of the run, every other check, the same query again.
    Passes: every filter of the second answer is the text of the first one.
    Source: docs/v5/account/instrument.mdx
    """
    before, symbol = run.instruments[instrument.symbol], instrument.symbol

    rows = await market.listed(symbol, View.fullest(run.environment))

    assert rows, f"{symbol} is not listed any more"
    after = rows[0].filters
    changed = [
        f"{FILTERS[name]} from {before.get(name)} to {after.get(name)}"
        for name in FILTERS
        if after.get(name) != before.get(name)
    ]
    assert changed == [], f"during the run changed: {'; '.join(changed)}"


@check("FLT-11", severity=BLOCKER, at_risk=1, creates=1)
@over_both_transports
async def test_accepted_terms_are_the_sent_terms(desk: Desk) -> None:
    """The order stream shows the price, quantity and time in force that were sent.

    A venue that is set to move prices into the band shows it here.

    Sequence: create, acknowledged, New.
    Passes: Price, quantity and time in force of the pushed state equal those of the request.
    Source: docs/v5/websocket/private/order.mdx, docs/v5/account/set-price-limit.mdx
    """
    order = await desk.place(Side.SELL, await desk.passive_price(Side.SELL))

    state = await desk.resting(order)

    sent = (order.price, order.qty, TimeInForce.POST_ONLY)
    assert (state.price, state.qty, state.time_in_force) == sent, f"the stream shows {state}, sent was {sent}"


def _is_positive(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and Decimal(text) > 0
