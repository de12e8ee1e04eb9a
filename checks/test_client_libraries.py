"""Pybit and CCXT as the page prescribes them: their versions, and the instruments that they show.

A check of a library is about the library, not about the venue: it passes when a market maker who follows
the documentation is served well, by what crosses the wire and not by what the library claims. A failure
names version, proof and cure.

Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

import pytest

from checks import MAJOR, MINOR, check, each_library, needs
from fixtures.desk import Market, View
from fixtures.libraries import FLOORS, Ccxt, Library, Made, Pybit, Switch, is_at_least
from fixtures.v5 import paths
from fixtures.v5.filters import Instrument


@each_library("SDK-01", severity=MAJOR)
async def test_version_is_recent_enough(library: Library) -> None:
    """The installed library is not older than the first version without a fault that endangers quoting.

    The page's own minimum for Pybit, 5.14.0, lies below.

    Sequence: read the installed version.
    Passes: pybit is 5.17.0 or newer, ccxt 4.5.72 or newer.
    Cure: pip install -U, and pin what was tried.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
    """
    floor = FLOORS[library.name]

    assert is_at_least(library.version, floor.version), (
        f"{library} is older than {floor.version}: {floor.why}; pip install -U {library.name}"
    )


@check("SDK-02", severity=MAJOR, at_risk=0, library="pybit")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_pybit_reads_account_instruments_as_the_page_does(
    pybit: Pybit, market: Market, symbol: str
) -> None:
    """The page's call of Pybit asks the account's instruments with a signature and finds the symbol.

    Sequence: _submit_request as printed, the request is seen, rows, a signed query of our own.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol in both answers.
    Cure: pass auth=True, and a version of 5.15.0 or newer.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    await _assert_signed_and_found(pybit, await pybit.page_call(), market, symbol)


@check("SDK-02", severity=MAJOR, at_risk=0, library="pybit")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_pybit_reads_account_instruments_by_its_method(
    pybit: Pybit, market: Market, symbol: str
) -> None:
    """Pybit's own method asks the account's instruments with a signature and finds the symbol.

    The page says that there is none; get_account_instruments_info exists since 5.15.0. Before, the method
    of the same name as the market's was the market's, and unsigned.

    Sequence: get_account_instruments_info, the request is seen, rows, a signed query of our own.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol in both answers.
    Cure: call _submit_request with auth=True as the page does.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    await _assert_signed_and_found(pybit, await pybit.own_call(), market, symbol)


@check("SDK-03", severity=MAJOR, at_risk=0, library="ccxt")
@pytest.mark.parametrize("switch", list(Switch), ids=["at-construction", "afterwards", "nested"])
async def test_ccxt_signs_its_instruments_query(
    ccxt: Ccxt, market: Market, symbol: str, switch: Switch
) -> None:
    """With its switch for private instruments set, CCXT asks for the instruments with a signature.

    A default under fetchMarkets hides the page's top-level option since a version between 4.5.65 and
    4.5.68. Even where it works it signs the market's query, not the account's.

    Sequence: set the option, load the markets of a fresh client, the requests are seen, a signed query of
        our own.
    Passes: every instruments query names the key and carries a signature, and the symbol is loaded.
    Cure: nest the option under options['fetchMarkets'], or call privateGetV5AccountInstrumentsInfo.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 2
    """
    made = await ccxt.load_markets(switch)

    asked = made.asked(paths.MARKET_INSTRUMENTS)
    assert asked, f"{ccxt} {made.told} and asked for no instruments"
    assert all(one.is_signed for one in asked), (
        f"{ccxt} sent GET {paths.MARKET_INSTRUMENTS} without X-BAPI-API-KEY though usePrivateInstrumentsInfo "
        f"is set, {switch}: nest it under options['fetchMarkets'], or call privateGetV5AccountInstrumentsInfo"
    )
    await _assert_returned(market, symbol, View.SIGNED_MARKET)
    assert symbol in (made.told.value or ()), (
        f"{ccxt} signed its query and does not show {symbol}: {made.told}"
    )


@check("SDK-04", severity=MAJOR, at_risk=0, library="ccxt")
@needs(paths.ACCOUNT_INSTRUMENTS)
async def test_ccxt_reads_account_instruments(ccxt: Ccxt, market: Market, symbol: str) -> None:
    """CCXT's implicit method of the account's instruments shows the symbol as VIS-01 sees it.

    Sequence: privateGetV5AccountInstrumentsInfo, the request is seen, a signed query of our own.
    Passes: a signed request, one row of the symbol, and the same names, status and filters in both answers.
    Cure: ask the endpoint without the library.
    Source: docs/v5/account/instrument.mdx
    """
    made = await ccxt.account_rows()
    await _assert_signed_and_found(ccxt, made, market, symbol)

    shown = [row for row in made.listed if row.symbol == symbol]
    own = await market.listed(symbol, View.ACCOUNT)
    assert shown == own, f"{ccxt} shows {shown}, a query of our own {own}"


@check("SDK-07", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_shows_the_published_filters(ccxt: Ccxt, instrument: Instrument) -> None:
    """CCXT shows tick, lot and minimum amount as the venue publishes them.

    Sequence: load the markets with a signature, read precision and limits.
    Passes: each equals the figure that the venue publishes to this key.
    Cure: read the figures from market['info'].
    Source: docs/v5/market/instrument.mdx
    """
    shown = await ccxt.published(instrument.symbol)

    pairs = {
        "tickSize": (shown.tick_size, instrument.tick_size),
        "basePrecision": (shown.base_precision, instrument.base_precision),
        "minOrderAmt": (shown.min_order_amt, instrument.min_order_amt),
    }
    different = [f"{name} {ours} as {theirs}" for name, (theirs, ours) in pairs.items() if theirs != ours]
    assert different == [], f"{ccxt} shows {', '.join(different)}: read the figures from market['info']"


@check("SDK-07", severity=MINOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_shows_the_largest_quantity(ccxt: Ccxt, instrument: Instrument) -> None:
    """CCXT shows the maximum quantity of a limit order as the venue publishes it.

    It reads maxOrderQty, which is deprecated; the figure that counts is maxLimitOrderQty.

    Sequence: load the markets with a signature, read the limits.
    Passes: the maximum equals maxLimitOrderQty.
    Cure: read the figure from market['info']['lotSizeFilter'].
    Source: docs/v5/market/instrument.mdx, maxLimitOrderQty
    """
    shown = (await ccxt.published(instrument.symbol)).max_limit_order_qty

    assert shown == instrument.max_limit_order_qty, (
        f"{ccxt} shows {shown} as the maximum of a limit order, the venue publishes maxLimitOrderQty "
        f"{instrument.max_limit_order_qty}: read it from market['info']['lotSizeFilter']"
    )


async def _assert_signed_and_found(library: Library, made: Made, market: Market, symbol: str) -> None:
    signed = [one.is_signed for one in made.asked(paths.ACCOUNT_INSTRUMENTS)]
    assert signed == [True], (
        f"{library} {made.told}, and its queries of {paths.ACCOUNT_INSTRUMENTS} are signed: {signed}"
    )
    await _assert_returned(market, symbol, View.ACCOUNT)
    found = [row.symbol for row in made.listed if row.symbol == symbol]
    assert found == [symbol], f"{library} {made.told}, and {symbol} is not exactly once among the rows"


async def _assert_returned(market: Market, symbol: str, view: View) -> None:
    """What a query of our own does not find either is no fault of a library."""
    own = [row.symbol for row in await market.listed(symbol, view)]
    assert own == [symbol], f"the venue does not return {symbol} exactly once to a signed query of our own"
