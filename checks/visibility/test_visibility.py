"""Instrument visibility: every query and stream that should show the symbol shows it, and no other does.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 1
"""

from checks import BLOCKER, MAJOR, check, needs
from fixtures.clients.notional import positive_decimal
from fixtures.config.environment import Listing
from fixtures.desk import Account, InstrumentView, ListedInstrument, Market, Probes
from fixtures.expect import Cause, Owner, Prerequisite, at_most, expect, nothing, one_of, present, refused
from fixtures.record.evidence import Evidence
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import InstrumentStatus, Phase
from fixtures.v5.identifiers import NO_SUCH_SYMBOL
from fixtures.v5.instrument import FILTERS, Instrument, plain

STATUSES = {
    Phase.PRELISTING: {InstrumentStatus.PRE_LAUNCH, InstrumentStatus.TRADING},
    Phase.MAKER_ONLY: {InstrumentStatus.TRADING},
    Phase.TRADING: {InstrumentStatus.TRADING},
}
"""The statuses that a phase allows; the page documents only Trading for spot."""

LONGEST_SNAPSHOT_MS = 10_000
LEVELS = 5


@check("VIS-01", severity=BLOCKER, max_fills=0, cause=Cause.HIDDEN, establishes=Prerequisite.SYMBOL)
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_account_sees_symbol(market: Market, symbol: str) -> None:
    """The signed account endpoint returns the symbol, once.

    This view depends on the key: a symbol that is listed for whitelisted UIDs only appears here first.

    Sequence: account instruments-info query, rows.
    Passes: Exactly one row is returned, that of the symbol.
    Source: docs/v5/account/instrument.mdx
    """
    rows = await market.listed(symbol, InstrumentView.ACCOUNT)

    expect(f"symbols in {InstrumentView.ACCOUNT}", [row.symbol for row in rows], [symbol], cause=Cause.HIDDEN)


@check("VIS-02", severity=MAJOR, max_fills=0)
async def test_signed_market_query_sees_symbol(market: Market, symbol: str) -> None:
    """The signed market query of the page's own sample returns the symbol, once.

    Sequence: signed market instruments-info query, rows.
    Passes: Exactly one row is returned, that of the symbol.
    Source: docs/institutional/dmm-listing/spot.mdx, section 1
    """
    rows = await market.listed(symbol, InstrumentView.SIGNED_MARKET)

    expect(
        f"symbols in {InstrumentView.SIGNED_MARKET}",
        [row.symbol for row in rows],
        [symbol],
        cause=Cause.HIDDEN,
    )


@check("VIS-03", severity=BLOCKER, max_fills=0, owner=Owner.LISTING)
async def test_public_visibility_follows_phase(market: Market, symbol: str, listing: Listing) -> None:
    """The unsigned query returns the symbol from its public phase on, and not before.

    Sequence: unsigned market instruments-info query, rows.
    Passes: No row is returned in phase prelisting, and exactly one, that of the symbol, in the later phases.
    Source: docs/v5/market/instrument.mdx
    """
    rows = await market.listed(symbol, InstrumentView.PUBLIC)

    expected = [] if listing.phase is Phase.PRELISTING else [symbol]
    expect(
        f"symbols in {InstrumentView.PUBLIC} in phase {listing.phase}", [row.symbol for row in rows], expected
    )


@check("VIS-04", severity=BLOCKER, max_fills=0)
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_views_agree(market: Market, symbol: str) -> None:
    """Every instruments-info query that returns the symbol shows the same status and filters.

    Sequence: account, signed and unsigned instruments-info queries, rows.
    Passes: Status and filters of every returned row equal those of the account query's row, figures by their
        size.
    Source: docs/v5/market/instrument.mdx, docs/v5/account/instrument.mdx
    """
    rows = {view: row for view in InstrumentView for row in await market.listed(symbol, view)}

    account = expect(
        f"{symbol} in {InstrumentView.ACCOUNT}", rows.get(InstrumentView.ACCOUNT), present, cause=Cause.HIDDEN
    )
    for view, row in rows.items():
        expect(f"{symbol} in {view}, compared with {InstrumentView.ACCOUNT}", _fields(row), _fields(account))


@check("VIS-05", severity=BLOCKER, max_fills=0, owner=Owner.LISTING)
async def test_status_follows_phase(market: Market, symbol: str, listing: Listing) -> None:
    """The instrument's status is one that its agreed phase allows.

    Sequence: signed market instruments-info query, status.
    Passes: The status is one that the phase agreed in environments.yaml allows.
    Source: docs/v5/enum.mdx, status
    """
    rows = await market.listed(symbol, InstrumentView.SIGNED_MARKET)

    expect(f"{symbol} in {InstrumentView.SIGNED_MARKET}", next(iter(rows), None), present, cause=Cause.HIDDEN)
    for row in rows:
        expect(f"status in phase {listing.phase}", row.status, one_of(STATUSES[listing.phase]))


@check("VIS-06", severity=MAJOR, max_fills=0)
@needs(paths.ASSET_COINS)
async def test_coins_are_known(account: Account, instrument: Instrument) -> None:
    """The coin query returns the base coin and the quote coin to this UID.

    A coin that is not configured under the UID can be neither funded nor sold.

    Sequence: coin query of the base coin, coin query of the quote coin.
    Passes: each answer contains a row of the requested coin.
    Source: docs/institutional/dmm-listing/spot.mdx, prerequisites; docs/v5/asset/coin-info.mdx
    """
    coins = (instrument.base_coin, instrument.quote_coin)

    unknown = [coin for coin in coins if not await account.knows(coin)]

    expect(f"coins that {paths.ASSET_COINS} does not return to this UID", unknown, nothing)


@check("VIS-07.01", severity=MAJOR, max_fills=0, min_messages=3)
async def test_market_data_is_streamed(probes: Probes, symbol: str, evidence: Evidence) -> None:
    """The public order book stream shows the best bid and ask that REST shows.

    A market maker prices on the stream and checks over REST: a stream that lags or lacks a side leads to
    mispriced quotes.

    Sequence: subscribe orderbook.50 and publicTrade, both acknowledged, first snapshot, order book over REST.
    Passes: a snapshot comes within ten seconds, and at some moment both show the same best bid and ask, each
        with the same size.
    Source: docs/v5/websocket/public/orderbook.mdx, docs/v5/websocket/public/trade.mdx
    """
    shown = await probes.market_data(symbol)

    expect(f"errors on opening the order book stream of {symbol}", shown.fault, nothing)
    evidence.measure("first snapshot of the book", shown.ready_ms, "ms")
    expect("time to the first snapshot of the book", shown.ready_ms, at_most(LONGEST_SNAPSHOT_MS, "ms"))
    expect("best bid and ask on the stream, compared with REST", shown.streamed, shown.asked)


@check("VIS-07.02", severity=MAJOR, max_fills=0, min_messages=2)
async def test_market_queries_are_in_order(market: Market, symbol: str) -> None:
    """The queried order book is sorted, and neither it nor the ticker is crossed.

    Sequence: order book query of five levels, ticker query.
    Passes: from the touch on, bid prices strictly fall and ask prices strictly rise, and no side has more
        levels than requested; where both sides have orders, the best bid is below the best ask.
    Source: docs/v5/market/orderbook.mdx, docs/v5/market/tickers.mdx
    """
    bids, asks = await market.sides(symbol, LEVELS)
    ticker = await market.ticker(symbol)

    expect("bid prices of the order book", bids, sorted(set(bids), reverse=True))
    expect("ask prices of the order book", asks, sorted(set(asks)))
    expect("levels a side of the order book", max(len(bids), len(asks)), at_most(LEVELS))
    expect("bids at or above the best ask", [bid for bid in bids if asks and bid >= asks[0]], nothing)
    crossed = [quote for quote in (ticker,) if quote.is_crossed]
    expect("ticker with bid1Price at or above ask1Price", crossed, nothing)


@check("VIS-07.03", severity=MAJOR, max_fills=0, min_messages=2)
async def test_ticker_shows_the_touch(probes: Probes, symbol: str) -> None:
    """The ticker shows the best bid and ask of the order book.

    Sequence: ticker and order book queried, again while they differ.
    Passes: at some moment both show the same best bid and ask, each with the same size.
    Source: docs/v5/market/tickers.mdx, bid1Price and its neighbours
    """
    ticker, book = await probes.ticker(symbol)

    expect("best bid and ask in the ticker, compared with the order book", ticker, book)


@check("VIS-08", severity=MAJOR, max_fills=0)
async def test_unknown_symbol_is_not_listed(market: Market, probes: Probes) -> None:
    """A symbol that does not exist is neither returned by a query nor acknowledged in a subscription.

    Otherwise the other checks of visibility would prove nothing.

    Sequence: instruments-info query of a symbol that does not exist, empty; its order book, refused; a
        subscription to its order book, refused.
    Passes: No row is returned, the book's retCode equals 10001, and the stream acknowledges no topic of it.
    Source: docs/v5/market/instrument.mdx; public captures of the spot stream
    """
    rows = await market.listed(NO_SUCH_SYMBOL, InstrumentView.SIGNED_MARKET)
    book = await market.answer_about(NO_SUCH_SYMBOL)
    shown = await probes.market_data(NO_SUCH_SYMBOL)

    returned = [row.symbol for row in rows]
    expect(f"symbols in {InstrumentView.SIGNED_MARKET} when asked for {NO_SUCH_SYMBOL}", returned, nothing)
    expect(f"order book query of {NO_SUCH_SYMBOL}", book, refused(RetCode.REQUEST_PARAM_ERROR))
    outcome = "refused" if shown.is_refused else "no refusal"
    expect(f"subscription to the order book of {NO_SUCH_SYMBOL}", outcome, "refused")


def _fields(row: ListedInstrument) -> dict[str, str]:
    """Bybit's field -> what a row shows there, of names, status and filters."""
    filters = {FILTERS[name]: _trimmed(text) for name, text in row.filters.items()}
    names = {"symbol": row.symbol, "baseCoin": row.base_coin, "quoteCoin": row.quote_coin}
    return {**names, "status": row.status, **filters}


def _trimmed(text: str) -> str:
    """A figure without the zeros that a view may pad it with, any other text as it is."""
    number = positive_decimal(text)
    return text if number is None else plain(number)
