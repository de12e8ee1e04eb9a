"""Pybit and CCXT as the page prescribes them: their versions, and the instruments that they return.

These checks judge the library, not the venue, by what crosses the wire and not by what the library claims:
they pass when a market maker who follows the documentation is served well. A failure names the version of the
library, what it did, and the remediation.

Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

import pytest

from checks import MAJOR, MINOR, check, each_library, needs
from fixtures.desk import InstrumentView, ListedInstrument, Market
from fixtures.expect import Cause, Owner, Prerequisite, at_least, expect, having, nothing
from fixtures.libraries import FLOORS, Ccxt, Library, LibraryCall, LibraryVersion, OptionPlacement, Pybit
from fixtures.v5 import paths
from fixtures.v5.instrument import FILTERS, Instrument


@each_library("SDK-01", severity=MAJOR)
async def test_version_is_recent_enough(library: Library) -> None:
    """The installed version of the library has no known fault that endangers quoting.

    The page's own minimum for Pybit, 5.14.0, has such faults.

    Sequence: read the installed version.
    Passes: pybit is 5.17.0 or newer, ccxt 4.5.72 or newer.
    Remediation: pip install -U, and pin the version that was tested.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
    """
    floor = FLOORS[library.name]

    expect(
        f"{library.name}'s installed version",
        LibraryVersion.of(library.version),
        at_least(LibraryVersion.of(floor.version)),
        owner=Owner.LIBRARY,
        advice=f"pip install -U {library.name}: {floor.why}",
    )


@check("SDK-02.01", severity=MAJOR, max_fills=0, library="pybit")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_pybit_reads_account_instruments_as_the_page_does(
    pybit: Pybit, market: Market, symbol: str
) -> None:
    """The page's own call of Pybit sends a signed query of the account's instruments and returns the symbol.

    Sequence: _submit_request as printed, the request is captured, rows, a signed query of our own.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol in both answers.
    Remediation: pass auth=True, and use version 5.15.0 or newer.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    await _expect_signed_and_found(pybit, await pybit.page_call(), market, symbol)


@check("SDK-02.02", severity=MAJOR, max_fills=0, library="pybit")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_pybit_reads_account_instruments_by_its_method(
    pybit: Pybit, market: Market, symbol: str
) -> None:
    """Pybit's own method sends a signed query of the account's instruments and returns the symbol.

    The page says that there is no such method, but get_account_instruments_info exists since 5.15.0. Before
    that, the only method of a like name queried the market's instruments, without a signature.

    Sequence: get_account_instruments_info, the request is captured, rows, a signed query of our own.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol in both answers.
    Remediation: call _submit_request with auth=True as the page does.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    await _expect_signed_and_found(pybit, await pybit.own_call(), market, symbol)


@check("SDK-03", severity=MAJOR, max_fills=0, library="ccxt", establishes=Prerequisite.LIBRARY_INSTRUMENTS)
@pytest.mark.parametrize("switch", list(OptionPlacement), ids=["at-construction", "afterwards", "nested"])
async def test_ccxt_signs_its_instruments_query(
    ccxt: Ccxt, market: Market, symbol: str, switch: OptionPlacement
) -> None:
    """With usePrivateInstrumentsInfo set, CCXT signs its query of the instruments.

    Since a version between 4.5.65 and 4.5.68 a default under fetchMarkets overrides the page's top-level
    option. Even where the option works, CCXT signs the query of the market's instruments, not the account's.

    Sequence: set the option, load the markets of a fresh client, the requests are captured, a signed query of
        our own.
    Passes: every instruments query names the key and carries a signature, and the symbol is loaded.
    Remediation: nest the option under options['fetchMarkets'], or call privateGetV5AccountInstrumentsInfo.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 2
    """
    call = await ccxt.load_markets(switch)

    asked = call.asked(paths.MARKET_INSTRUMENTS)
    expect(f"{ccxt} {call.reported}; its instruments queries", len(asked), at_least(1), owner=Owner.LIBRARY)
    expect(
        f"{ccxt}'s unsigned instruments queries with usePrivateInstrumentsInfo set ({switch})",
        [request.operation for request in asked if not request.is_signed],
        nothing,
        owner=Owner.LIBRARY,
        advice="nest it under options['fetchMarkets'], or call privateGetV5AccountInstrumentsInfo",
    )
    await _expect_returned(market, symbol, InstrumentView.SIGNED_MARKET)
    loaded = {symbol}.intersection(call.reported.value or ())
    expect(f"{ccxt} {call.reported}; its loaded markets of {symbol}", loaded, {symbol}, owner=Owner.LIBRARY)


@check("SDK-04", severity=MAJOR, max_fills=0, library="ccxt")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_ccxt_reads_account_instruments(ccxt: Ccxt, market: Market, symbol: str) -> None:
    """CCXT's implicit method returns the account's instrument as the venue returns it.

    Sequence: privateGetV5AccountInstrumentsInfo, the request is captured, a signed query of our own.
    Passes: a signed request, one row of the symbol, and the same names, status and filters in both answers.
    Remediation: query the endpoint without the library.
    Source: docs/v5/account/instrument.mdx
    """
    shown, own = await _expect_signed_and_found(ccxt, await ccxt.account_rows(), market, symbol)

    same = having(status=own.status, base_coin=own.base_coin, quote_coin=own.quote_coin)
    expect(f"{ccxt}'s row of {symbol}", shown, same, owner=Owner.LIBRARY)
    what = f"{ccxt}'s filters of {symbol} that differ from the venue's"
    expect(what, _differing(shown, own), _differing(own, shown), owner=Owner.LIBRARY)


@check("SDK-07.01", severity=MAJOR, max_fills=0, min_messages=0, library="ccxt")
async def test_ccxt_shows_the_published_filters(ccxt: Ccxt, instrument: Instrument) -> None:
    """CCXT shows tickSize, basePrecision and minOrderAmt as the venue publishes them.

    Sequence: load the markets with a signature, read precision and limits.
    Passes: each equals the figure that the venue publishes to this key.
    Remediation: read the figures from market['info'].
    Source: docs/v5/market/instrument.mdx
    """
    shown = await ccxt.published(instrument.symbol)

    expect(
        f"{ccxt}'s filters of {instrument.symbol}",
        shown,
        having(
            tick_size=instrument.tick_size,
            base_precision=instrument.base_precision,
            min_order_amt=instrument.min_order_amt,
        ),
        owner=Owner.LIBRARY,
        advice="read the figures from market['info']",
    )


@check("SDK-07.02", severity=MINOR, max_fills=0, min_messages=0, library="ccxt")
async def test_ccxt_shows_the_largest_quantity(ccxt: Ccxt, instrument: Instrument) -> None:
    """CCXT shows the maximum quantity of a limit order as the venue publishes it.

    CCXT reads maxOrderQty, which is deprecated; the field that applies is maxLimitOrderQty.

    Sequence: load the markets with a signature, read the limits.
    Passes: the maximum equals maxLimitOrderQty.
    Remediation: read the figure from market['info']['lotSizeFilter'].
    Source: docs/v5/market/instrument.mdx, maxLimitOrderQty
    """
    shown = await ccxt.published(instrument.symbol)

    expect(
        f"{ccxt}'s maximum of a limit order in {instrument.symbol}",
        shown,
        having(max_limit_order_qty=instrument.max_limit_order_qty),
        owner=Owner.LIBRARY,
        advice="read the figure from market['info']['lotSizeFilter']",
    )


async def _expect_signed_and_found(
    library: Library, call: LibraryCall, market: Market, symbol: str
) -> tuple[ListedInstrument, ListedInstrument]:
    """Expect one signed query that found the symbol once; its row, and that of a query of our own."""
    asked = call.asked(paths.ACCOUNT_INSTRUMENTS)
    queries = ["signed" if request.is_signed else "unsigned" for request in asked]
    what = f"{library} {call.reported}; its queries of {paths.ACCOUNT_INSTRUMENTS}"
    expect(what, queries, ["signed"], owner=Owner.LIBRARY)
    own = await _expect_returned(market, symbol, InstrumentView.ACCOUNT)
    rows = [row for row in call.listed if row.symbol == symbol]
    expect(f"{library} {call.reported}; its rows of {symbol}", len(rows), 1, owner=Owner.LIBRARY)
    return rows[0], own


async def _expect_returned(market: Market, symbol: str, view: InstrumentView) -> ListedInstrument:
    """Expect that a query of our own finds the symbol: if not, the library is not to blame; its row."""
    rows = await market.listed(symbol, view)
    symbols = [row.symbol for row in rows]
    expect(f"rows of {symbol} in the venue's answer to our own query", symbols, [symbol], cause=Cause.HIDDEN)
    return rows[0]


def _differing(row: ListedInstrument, other: ListedInstrument) -> dict[str, str]:
    """The filters of a row that another row does not show alike, by Bybit's names."""
    return {FILTERS[name]: text for name, text in row.filters.items() if other.filters.get(name) != text}
