"""Instrument visibility: the symbol is there, everywhere it should be, and nowhere else.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1
"""

from checks import BLOCKER, MAJOR, check, needs
from fixtures.desk import Account, Market, Probes, View
from fixtures.environment import Listing
from fixtures.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import InstrumentStatus, Phase
from fixtures.v5.filters import Instrument
from fixtures.v5.identifiers import NO_SUCH_SYMBOL

STATUSES = {
    Phase.PRELISTING: {InstrumentStatus.PRE_LAUNCH, InstrumentStatus.TRADING},
    Phase.MAKER_ONLY: {InstrumentStatus.TRADING},
    Phase.TRADING: {InstrumentStatus.TRADING},
}
"""The statuses that a phase allows; the page documents Trading alone for spot."""

LONGEST_SNAPSHOT_MS = 10_000
LEVELS = 5


@check("VIS-01", severity=BLOCKER, at_risk=0)
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_account_sees_symbol(market: Market, symbol: str) -> None:
    """The signed account endpoint returns the symbol, once.

    This is the view that knows who asks: a whitelisted listing shows up here first.

    Sequence: account instruments-info query, rows.
    Passes: The rows are exactly the one of the symbol.
    Source: docs/v5/account/instrument.mdx
    """
    rows = await market.listed(symbol, View.ACCOUNT)

    assert [row.symbol for row in rows] == [symbol], f"{View.ACCOUNT} does not return {symbol} exactly once"


@check("VIS-02", severity=MAJOR, at_risk=0)
async def test_signed_market_query_sees_symbol(market: Market, symbol: str) -> None:
    """The signed market query of the page's own sample returns the symbol, once.

    Sequence: signed market instruments-info query, rows.
    Passes: The rows are exactly the one of the symbol.
    Source: docs/institutional/dmm-listing/spot.mdx, section 1
    """
    rows = await market.listed(symbol, View.SIGNED_MARKET)

    assert [row.symbol for row in rows] == [symbol], (
        f"{View.SIGNED_MARKET} does not return {symbol} exactly once"
    )


@check("VIS-03", severity=BLOCKER, at_risk=0)
async def test_public_visibility_follows_phase(market: Market, symbol: str, listing: Listing) -> None:
    """The public sees the symbol from its public phase on, and not before.

    Sequence: unsigned market instruments-info query, rows.
    Passes: There is no row in phase prelisting, and exactly the one of the symbol in the later
        phases.
    Source: docs/v5/market/instrument.mdx
    """
    seen = [row.symbol for row in await market.listed(symbol, View.PUBLIC)]

    expected = [] if listing.phase is Phase.PRELISTING else [symbol]
    assert seen == expected, f"in phase {listing.phase} the public view returns {seen}, expected {expected}"


@check("VIS-04", severity=BLOCKER, at_risk=0)
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_views_agree(market: Market, symbol: str) -> None:
    """Every view that shows the symbol shows the same status and filters.

    Sequence: account, signed and unsigned instruments-info queries, rows.
    Passes: Status and filters of every returned row equal those of the account view.
    Source: docs/v5/market/instrument.mdx, docs/v5/account/instrument.mdx
    """
    rows = {view: row for view in View for row in await market.listed(symbol, view)}

    assert View.ACCOUNT in rows, f"{View.ACCOUNT} does not return {symbol}: there is nothing to agree with"
    different = {view: row for view, row in rows.items() if row != rows[View.ACCOUNT]}
    assert different == {}, f"{', '.join(different)} and {View.ACCOUNT} show different filters or status"


@check("VIS-05", severity=BLOCKER, at_risk=0)
async def test_status_follows_phase(market: Market, symbol: str, listing: Listing) -> None:
    """The instrument's status is one that its agreed phase allows.

    Sequence: signed market instruments-info query, status.
    Passes: The status is one that the phase agreed in environments.yaml allows.
    Source: docs/v5/enum.mdx, status
    """
    statuses = {row.status for row in await market.listed(symbol, View.SIGNED_MARKET)}

    assert statuses, f"{symbol} has no status: {View.SIGNED_MARKET} does not return it"
    assert statuses <= STATUSES[listing.phase], (
        f"in phase {listing.phase} the status is {', '.join(statuses)}"
    )


@check("VIS-06", severity=MAJOR, at_risk=0)
@needs(paths.ASSET_COINS)
async def test_coins_are_known(account: Account, instrument: Instrument) -> None:
    """The venue describes the base coin and the quote coin to this UID.

    A coin that is not configured under the UID can be neither funded nor sold.

    Sequence: coin query of the base coin, coin query of the quote coin.
    Passes: each answer holds a row of the coin that was asked for.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/asset/coin-info.mdx
    """
    coins = (instrument.base_coin, instrument.quote_coin)

    unknown = [coin for coin in coins if not await account.knows(coin)]

    assert unknown == [], f"the venue does not describe {', '.join(unknown)} to this UID"


@check("VIS-07", severity=MAJOR, at_risk=0, observes=3)
async def test_market_data_is_streamed(probes: Probes, symbol: str, evidence: Evidence) -> None:
    """The public stream opens book and trades, and its book shows the touch that REST shows.

    A quote is priced by the stream and checked by REST: a stream that lags or lacks a side misprices it.

    Sequence: subscribe orderbook.50 and publicTrade, both acknowledged, first snapshot, order book over REST.
    Passes: a snapshot comes within ten seconds, and at some moment both show the same best bid and ask, each
        with the same size.
    Source: docs/v5/websocket/public/orderbook.mdx, docs/v5/websocket/public/trade.mdx
    """
    shown = await probes.market_data(symbol)

    assert shown.fault == "", f"the public stream does not open the book of {symbol}: {shown.fault}"
    evidence.measure("first snapshot of the book", shown.ready_ms, "ms")
    assert shown.ready_ms <= LONGEST_SNAPSHOT_MS, f"the first snapshot came after {shown.ready_ms} ms"
    assert shown.streamed == shown.asked, f"the stream shows {shown.streamed}, REST shows {shown.asked}"


@check("VIS-07", severity=MAJOR, at_risk=0, observes=2)
async def test_market_queries_are_in_order(market: Market, symbol: str) -> None:
    """The queried order book is sorted from its touch on, and neither it nor the ticker is crossed.

    Sequence: order book query of five levels, ticker query.
    Passes: bids fall and asks rise strictly, no more levels than asked for; wherever there are both, each
        best bid is below the best ask.
    Source: docs/v5/market/orderbook.mdx, docs/v5/market/tickers.mdx
    """
    bids, asks = await market.sides(symbol, LEVELS)
    ticker = await market.ticker(symbol)

    assert bids == sorted(set(bids), reverse=True), f"the bids are listed as {', '.join(map(str, bids))}"
    assert asks == sorted(set(asks)), f"the asks are listed as {', '.join(map(str, asks))}"
    assert max(len(bids), len(asks)) <= LEVELS, f"of {LEVELS} levels come {len(bids)} bids, {len(asks)} asks"
    assert not (bids and asks) or bids[0] < asks[0], f"the book is crossed: {bids[0]} and {asks[0]}"
    assert not ticker.is_crossed, f"the ticker is crossed: {ticker}"


@check("VIS-07", severity=MAJOR, at_risk=0, observes=2)
async def test_ticker_shows_the_touch(probes: Probes, symbol: str) -> None:
    """The ticker shows the touch of the book.

    Sequence: ticker and order book queried, again while they differ.
    Passes: at some moment both show the same best bid and ask, each with the same size.
    Source: docs/v5/market/tickers.mdx, bid1Price and its neighbours
    """
    told, shown = await probes.ticker(symbol)

    assert told == shown, f"the ticker shows {told}, the book {shown}"


@check("VIS-08", severity=MAJOR, at_risk=0)
async def test_unknown_symbol_is_not_listed(market: Market, probes: Probes) -> None:
    """A symbol that does not exist is not returned, so that a returned one means something.

    Sequence: instruments-info query of a symbol that does not exist, empty; its order book, refused; a
        subscription to its order book, refused.
    Passes: No row is returned, the book's retCode equals 10001, and the stream acknowledges no topic of it.
    Source: docs/v5/market/instrument.mdx; public captures of the spot stream
    """
    rows = await market.listed(NO_SUCH_SYMBOL, View.SIGNED_MARKET)
    book = await market.answer_about(NO_SUCH_SYMBOL)
    shown = await probes.market_data(NO_SUCH_SYMBOL)

    assert rows == [], f"{NO_SUCH_SYMBOL} is listed"
    assert book.ret_code == RetCode.REQUEST_PARAM_ERROR, f"the book of {NO_SUCH_SYMBOL} is {book}"
    assert shown.is_refused, f"the stream lets {NO_SUCH_SYMBOL} be subscribed"
