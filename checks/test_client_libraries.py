"""Pybit and CCXT as the page prescribes them, judged by what crosses the wire and not by what they claim.

A check here is about a library, not about the venue: it passes when a market maker who follows the
documentation is served well, and a failure names version, proof and cure. Where a fault must be met
that no venue shows on demand, the answer comes from a script on this machine, and no venue is asked.

Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, Severity, check, over_both_transports
from fixtures.desk import Answer, Desk, Market, Transport, View
from fixtures.libraries import (
    ACKNOWLEDGED,
    FLOORS,
    REHEARSED,
    UNLISTED,
    Ccxt,
    Intent,
    Library,
    Made,
    Pybit,
    Scripted,
    Sent,
    Switch,
    is_at_least,
    refused,
)
from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import RejectReason, Side, TimeInForce
from fixtures.v5.filters import Instrument, on_grid, plain

OPEN_OUTCOMES = (
    RetCode.TRADING_SERVICE_HIGH_LOAD,
    RetCode.SERVER_TIMEOUT,
    RetCode.SERVER_ERROR,
    RetCode.WS_SYSTEM_PROTECTION,
    RetCode.SPOT_INTERNAL_ERROR,
    RetCode.SPOT_BACKEND_TIMEOUT,
    RetCode.SPOT_NETWORK_ERROR,
    RetCode.CREATE_TIMEOUT,
)
"""After these an order may rest although it was answered with an error. Source: docs/v5/error.mdx"""

REFUSALS = (
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.PERMISSION_DENIED,
    RetCode.BALANCE_INSUFFICIENT,
    RetCode.PRICE_DECIMALS,
    RetCode.ORDER_VALUE_TOO_LOW,
    RetCode.DUPLICATE_ORDER_LINK_ID,
)
"""After these an order certainly does not rest."""

MAY_REST = "OperationFailed"
"""The ancestor of every ccxt exception that says: it may have happened."""

OFF_BY_MS = 1000
"""How far a timestamp may lie in the venue's future. Source: docs/v5/guide.mdx, X-BAPI-TIMESTAMP"""

CLOCK_AHEAD_MS = -30_000
"""Where the venue's clock stands when this machine's is half a minute fast."""

UNATTRIBUTED = Scripted(RetCode.PERMISSION_DENIED, "Permission denied.", has_req_id=False)
"""A refusal that does not say which request it refuses."""

FLOATS_CURE = {
    "pybit": "give quantities and prices as strings that stand on the grid",
    "ccxt": "load the markets first, so that ccxt knows the steps",
}
RESET_CURE = {
    "pybit": "take 10006 out of retry_codes and wait for the reset yourself, not below zero",
    "ccxt": "catch RateLimitExceeded and wait for the reset",
}
SETTLE_CURE = {
    "pybit": "look the order up by its orderLinkId when no callback came within five seconds",
    "ccxt": "put a time limit on createOrderWs and look the order up by its orderLinkId",
}
RECOVERY_CURE = {
    "pybit": "open another WebSocketTrading",
    "ccxt": "await close_ws_clients() after it: the client authenticates again on the connection that stands",
}
BROKER_CURE = {
    "pybit": "leave referral_id unset",
    "ccxt": "its option brokerId cannot be emptied: override sign() and drop the header, or quote over the "
    "trade stream, which carries none",
}


def each_library(
    check_id: str, *, severity: Severity, at_risk: int = 0, observes: int = 0
) -> pytest.MarkDecorator:
    """Make the check once per library, each making about its own."""
    return pytest.mark.parametrize(
        "library",
        [
            pytest.param(
                name,
                marks=check(check_id, severity=severity, at_risk=at_risk, observes=observes, library=name),
            )
            for name in FLOORS
        ],
        indirect=True,
    )


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
async def test_pybit_reads_account_instruments_as_the_page_does(pybit: Pybit, symbol: str) -> None:
    """The page's call of Pybit asks the account's instruments with a signature and finds the symbol.

    Sequence: _submit_request as printed, the request is seen, rows.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol.
    Cure: pass auth=True, and a version of 5.15.0 or newer.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    _assert_signed_and_found(pybit, await pybit.page_call(), symbol)


@check("SDK-02", severity=MAJOR, at_risk=0, library="pybit")
async def test_pybit_reads_account_instruments_by_its_method(pybit: Pybit, symbol: str) -> None:
    """Pybit's own method asks the account's instruments with a signature and finds the symbol.

    The page says that there is none; get_account_instruments_info exists since 5.15.0. Before, the method
    of the same name as the market's was the market's, and unsigned.

    Sequence: get_account_instruments_info, the request is seen, rows.
    Passes: one signed GET /v5/account/instruments-info, and a row of the symbol.
    Cure: call _submit_request with auth=True as the page does.
    Source: docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT", 1
    """
    _assert_signed_and_found(pybit, await pybit.own_call(), symbol)


@check("SDK-03", severity=MAJOR, at_risk=0, library="ccxt")
@pytest.mark.parametrize("switch", list(Switch), ids=["at-construction", "afterwards", "nested"])
async def test_ccxt_signs_its_instruments_query(ccxt: Ccxt, symbol: str, switch: Switch) -> None:
    """With its switch for private instruments set, CCXT asks for the instruments with a signature.

    A default under fetchMarkets hides the page's top-level option since a version between 4.5.65 and
    4.5.68. Even where it works it signs the market's query, not the account's.

    Sequence: set the option, load the markets of a fresh client, the requests are seen.
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
    assert symbol in (made.told.value or ()), (
        f"{ccxt} signed its query and does not show {symbol}: {made.told}"
    )


@check("SDK-04", severity=MAJOR, at_risk=0, library="ccxt")
async def test_ccxt_reads_account_instruments(ccxt: Ccxt, market: Market, symbol: str) -> None:
    """CCXT's implicit method of the account's instruments shows the symbol as VIS-01 sees it.

    Sequence: privateGetV5AccountInstrumentsInfo, the request is seen, a signed query of our own.
    Passes: a signed request, one row of the symbol, and the same names, status and filters in both answers.
    Cure: ask the endpoint without the library.
    Source: docs/v5/account/instrument.mdx
    """
    made = await ccxt.account_rows()
    _assert_signed_and_found(ccxt, made, symbol)

    shown = [row for row in made.listed if row.symbol == symbol]
    own = await market.listed(symbol, View.ACCOUNT)
    assert shown == own, f"{ccxt} shows {shown}, a query of our own {own}"


@each_library("SDK-05", severity=BLOCKER, at_risk=1, observes=1)
@over_both_transports
async def test_quote_leaves_as_post_only(library: Library, desk: Desk) -> None:
    """A PostOnly order sent through the library is PostOnly on the wire, and rests as PostOnly.

    Only the order that was asked for, word for word and of the least size, is let through to the venue.

    Sequence: place behind the touch, the request is seen, acknowledged, New, cancel.
    Passes: exactly one create with timeInForce PostOnly, which the order stream shows as PostOnly.
    Cure: do not quote through the library.
    Source: docs/v5/order/create-order.mdx, timeInForce
    """
    price = await desk.passive_price(Side.BUY)
    made = await library.place(_least(desk, Side.BUY, price), desk.via)

    sent = _sent(library, made).terms.get("timeInForce")
    assert sent == TimeInForce.POST_ONLY, f"{library} sent timeInForce {sent} for a PostOnly order"
    answer = _answered(library, made)
    assert answer.order is not None, f"a passive order of {library} was {answer}"
    resting = await desk.resting(answer.order)
    assert resting.time_in_force is TimeInForce.POST_ONLY, f"the order rests as {resting.time_in_force}"
    await desk.cancel(answer.order)


@each_library("SDK-05", severity=BLOCKER, at_risk=1, observes=1)
@over_both_transports
@pytest.mark.parametrize("side", list(Side))
async def test_quote_through_a_library_never_trades(library: Library, desk: Desk, side: Side) -> None:
    """A PostOnly order sent through the library across the spread is closed without a fill.

    The library tells an acknowledgement; the refusal arrives later, as the terminal state of the order. It
    is priced far through the touch, which may move while it travels.

    Sequence: place through the touch, the request is seen, acknowledged, Rejected or Cancelled; or refused.
    Passes: PostOnly on the wire, no execution, EC_PostOnlyWillTakeLiquidity; or a refusal with 170218.
    Cure: do not quote through the library.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    price = await desk.deep_crossing_price(side)
    made = await library.place(_least(desk, side, price), desk.via)

    sent = _sent(library, made).terms.get("timeInForce")
    assert sent == TimeInForce.POST_ONLY, f"{library} sent timeInForce {sent} for a PostOnly order"
    await _assert_closed_as_taker(desk, _answered(library, made))


@each_library("SDK-06", severity=MAJOR)
@pytest.mark.parametrize(
    ("qty", "price"), [(0.00003, 0.0000002), (0.1 + 0.2, 0.1 + 0.2)], ids=["tiny", "inexact"]
)
async def test_floats_leave_as_decimals_on_the_grid(library: Library, qty: float, price: float) -> None:
    """A quantity and a price given as floats leave as plain decimal strings on the grid.

    Sequence: place with floats by script, the request is seen.
    Passes: both figures are strings without an exponent, on the instrument's steps.
    Cure: give quantities and prices as strings that stand on the grid.
    Source: docs/v5/order/create-order.mdx, qty and price; docs/v5/error.mdx, 170130, 170134, 170137
    """
    made = await library.place_figures(REHEARSED, qty, price)

    odd = _off_grid(_sent(library, made), UNLISTED)
    assert odd == [], (
        f"{library} sent {' and '.join(map(repr, odd))} for the floats {qty!r} and {price!r}: "
        f"{FLOATS_CURE[library.name]}"
    )


@each_library("SDK-06", severity=BLOCKER)
@pytest.mark.parametrize("transport", list(Transport))
async def test_texts_leave_as_they_are(library: Library, transport: Transport) -> None:
    """A quantity and a price given as strings on the grid leave unchanged.

    Sequence: place with strings by script, the request is seen.
    Passes: both figures are the strings that were given.
    Cure: do not quote through the library.
    Source: docs/v5/order/create-order.mdx, qty and price
    """
    made = await library.place(REHEARSED, transport, [ACKNOWLEDGED])

    figures = _sent(library, made).figures
    assert figures == (REHEARSED.qty, REHEARSED.price), (
        f"{library} sent {figures} for the strings {REHEARSED.qty!r} and {REHEARSED.price!r}"
    )


@check("SDK-07", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_shows_the_published_filters(ccxt: Ccxt, instrument: Instrument) -> None:
    """CCXT shows tick, lot and minimum amount as the venue publishes them.

    Sequence: load the markets with a signature, read precision and limits.
    Passes: each equals the figure that the venue publishes to this key.
    Cure: read the figures from market['info'].
    Source: docs/v5/market/instrument.mdx
    """
    shown = ccxt.published(instrument.symbol)

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
    shown = ccxt.published(instrument.symbol).max_limit_order_qty

    assert shown == instrument.max_limit_order_qty, (
        f"{ccxt} shows {shown} as the maximum of a limit order, the venue publishes maxLimitOrderQty "
        f"{instrument.max_limit_order_qty}: read it from market['info']['lotSizeFilter']"
    )


@check("SDK-08", severity=BLOCKER, at_risk=0, observes=0, library="pybit")
async def test_pybit_tells_the_code(pybit: Pybit) -> None:
    """Pybit hands every refusal to its caller with the venue's code, and sends the order once.

    Sequence: place by script, refused; for each of the codes.
    Passes: one create per code, and the exception carries that code.
    Cure: read the code from the exception's status_code, and look the order up.
    Source: docs/v5/error.mdx
    """
    made = {
        code: await pybit.place(REHEARSED, Transport.REST, [refused(code)])
        for code in OPEN_OUTCOMES + REFUSALS
    }

    wrong = [f"{code} as {one.told}" for code, one in made.items() if one.told.code != code]
    repeated = [str(int(code)) for code, one in made.items() if len(one.creates) != 1]
    assert wrong == [], f"{pybit} tells {'; '.join(wrong)}"
    assert repeated == [], f"{pybit} sent an order again after {', '.join(repeated)}: look it up instead"


@check("SDK-08", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_tells_an_open_outcome(ccxt: Ccxt) -> None:
    """After a code that leaves open whether the order rests, CCXT raises an exception that says so.

    A caller that drops the order on ExchangeError, as CCXT's manual suggests, would lose a live one.

    Sequence: place by script, refused with an ambiguous code; for each of the codes.
    Passes: every exception is an OperationFailed, and the order is sent once.
    Cure: read the code from the exception's text, and look the order up by its orderLinkId.
    Source: docs/v5/error.mdx
    """
    made = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)]) for code in OPEN_OUTCOMES}

    wrong = [
        f"{int(code)} as {one.told.error}" for code, one in made.items() if MAY_REST not in one.told.classes
    ]
    assert [len(one.creates) for one in made.values()] == [1] * len(made), f"{ccxt} sent an order again"
    assert wrong == [], (
        f"{ccxt} raises {', '.join(wrong)} though the order may rest: "
        "look it up by its orderLinkId after these codes"
    )


@check("SDK-08", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
async def test_ccxt_tells_a_refusal(ccxt: Ccxt) -> None:
    """After a code that refuses the order, CCXT raises an exception that does not invite another attempt.

    Sequence: place by script, refused; for each of the codes.
    Passes: every exception names the venue's code and is an ExchangeError, and the order is sent once.
    Cure: read the code from the exception's text.
    Source: docs/v5/error.mdx
    """
    made = {code: await ccxt.place(REHEARSED, Transport.REST, [refused(code)]) for code in REFUSALS}

    wrong = [
        f"{int(code)} as {one.told}" for code, one in made.items() if "ExchangeError" not in one.told.classes
    ]
    unnamed = [int(code) for code, one in made.items() if str(int(code)) not in one.told.text]
    assert [len(one.creates) for one in made.values()] == [1] * len(made), f"{ccxt} sent an order again"
    assert wrong == [], f"{ccxt} raises {', '.join(wrong)}"
    assert unnamed == [], f"{ccxt} does not tell the codes {unnamed}"


@each_library("SDK-09", severity=MAJOR)
@pytest.mark.parametrize("reset_in_ms", [-100, None, 300], ids=["past", "absent", "future"])
async def test_rate_limit_is_waited_out(library: Library, reset_in_ms: int | None) -> None:
    """A refusal for coming too often is waited out until the reset, or told as what it is.

    The reset's header is the time of the answer itself unless the limit is exceeded, clocks differ, and
    a limit per address names no reset at all.

    Sequence: place by script, 10006, the wait, the next attempt if there is one, acknowledged.
    Passes: the caller is answered, or told of a rate limit; the next attempt is not before the reset and
        at most five seconds later.
    Cure: keep 10006 out of the library's own retries, and wait for the reset, not below zero.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = refused(RetCode.TOO_MANY_VISITS, "Too many visits!", reset_in_ms=reset_in_ms)
    made = await library.place(REHEARSED, Transport.REST, [limited, ACKNOWLEDGED])

    told = made.told
    assert not told.classes or told.error in library.limit_errors, (
        f"{library} {told} after 10006 whose reset is {_spoken(reset_in_ms)}: {RESET_CURE[library.name]}"
    )
    waits = [one.at_ms - made.creates[0].at_ms for one in made.creates[1:]]
    assert all((reset_in_ms or 0) <= wait <= (reset_in_ms or 0) + 5000 for wait in waits), (
        f"{library} sent again after {waits} ms, the reset was {_spoken(reset_in_ms)}"
    )


@each_library("SDK-10", severity=MAJOR)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ACKNOWLEDGED, id="acknowledged"),
        pytest.param(refused(RetCode.PRICE_DECIMALS, "Order price has too many decimals."), id="refused"),
        pytest.param(UNATTRIBUTED, id="refused-without-reqId"),
    ],
)
async def test_trade_stream_call_settles(library: Library, answer: Scripted) -> None:
    """A call on the trade stream settles once the venue has answered, whatever the answer.

    Refusals of permission were seen without the reqId of the request that they refuse.

    Sequence: place on the trade stream by script, answered, the caller is told.
    Passes: the caller is told within five seconds, of an error when the answer is one.
    Cure: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    (told,) = await library.place_in_turn(REHEARSED, [answer])

    assert told.is_settled, (
        f"{library} {told} after an answer with retCode {answer.ret_code}"
        f"{'' if answer.has_req_id else ' and no reqId'}: {SETTLE_CURE[library.name]}"
    )
    assert bool(told.classes) == (answer.ret_code != 0), f"{library} {told} after retCode {answer.ret_code}"


@each_library("SDK-10", severity=MAJOR)
async def test_trade_stream_goes_on_after_a_refusal(library: Library) -> None:
    """Orders that follow a refusal without a reqId are told as the venue answers them.

    Sequence: place on the trade stream by script, refused without a reqId; place twice more, acknowledged.
    Passes: either later call tells its acknowledgement within five seconds.
    Cure: open another connection after such a refusal.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId; 20001
    """
    told = await library.place_in_turn(REHEARSED, [UNATTRIBUTED, ACKNOWLEDGED, ACKNOWLEDGED])

    ends = [one.error or ("an acknowledgement" if one.is_settled else "nothing") for one in told[1:]]
    assert ends == ["an acknowledgement"] * 2, (
        f"{library} told its caller {' and then '.join(ends)} after a refusal without reqId, though both "
        f"later orders were acknowledged: {RECOVERY_CURE[library.name]}"
    )


@each_library("SDK-10", severity=MAJOR)
async def test_trade_stream_call_settles_at_no_latency(library: Library) -> None:
    """A call on the trade stream settles although the answer is there before the sending call returns.

    That happens on a short wire, or when the machine turns to another thread at the wrong moment.

    Sequence: place on the trade stream by script, answered while the frame is being sent, the caller is told.
    Passes: the caller is told within five seconds.
    Cure: put a time limit on every call, and look the order up by its orderLinkId after it.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    told = (await library.place(REHEARSED, Transport.TRADE, [ACKNOWLEDGED], held=True)).told

    assert told.is_settled, (
        f"{library} {told} when the answer came before it had noted whom to tell: {SETTLE_CURE[library.name]}"
    )


@each_library("SDK-11", severity=MINOR)
@pytest.mark.parametrize("transport", list(Transport))
async def test_order_credits_no_broker(library: Library, transport: Transport) -> None:
    """An order that the library sends credits no broker.

    The page's own sample sends a Referer; what it does to a market maker's rebate is documented nowhere.

    Sequence: place by script, the request is seen.
    Passes: the create carries neither Referer nor X-Referer.
    Cure: leave referral_id unset; in CCXT drop the header in sign(), or quote over the trade stream.
    Source: docs/institutional/dmm-listing/spot.mdx, section 3
    """
    made = await library.place(REHEARSED, transport, [ACKNOWLEDGED])

    broker = _sent(library, made).broker
    assert broker is None, (
        f"{library} sent the order over {transport} with Referer {broker!r}: {BROKER_CURE[library.name]}"
    )


@check("SDK-12", severity=MAJOR, at_risk=0, observes=0, library="ccxt")
@pytest.mark.parametrize("transport", list(Transport))
async def test_ccxt_stamps_the_venue_time(ccxt: Ccxt, transport: Transport) -> None:
    """Once CCXT has learnt the venue's time, the orders that it sends carry that time.

    Sequence: learn the time of a clock half a minute behind, place by script, the request is seen.
    Passes: the order's timestamp is within a second of the venue's clock, on either transport.
    Cure: keep this machine's clock right by NTP, or quote over REST.
    Source: docs/v5/guide.mdx, X-BAPI-TIMESTAMP; docs/v5/websocket/trade/guideline.mdx
    """
    made = await ccxt.place_with_clock_ahead(REHEARSED, transport, CLOCK_AHEAD_MS)

    sent = _sent(ccxt, made)
    off_ms = sent.stamped_ms - (sent.at_ms + CLOCK_AHEAD_MS)
    assert abs(off_ms) <= OFF_BY_MS, (
        f"{ccxt} stamped its order over {transport} {off_ms} ms off the venue's clock though it had learnt "
        "the difference: keep this machine's clock right by NTP, or quote over REST"
    )


def _least(desk: Desk, side: Side, price: Decimal) -> Intent:
    return Intent.least(desk.instrument, side, price, desk.fresh_link_id())


def _sent(library: Library, made: Made) -> Sent:
    assert len(made.creates) == 1, f"{library} {made.told}, and sent {len(made.creates)} orders"
    return made.creates[0]


def _answered(library: Library, made: Made) -> Answer:
    assert made.answer is not None, f"{library} {made.told}, and no answer of the venue was seen"
    return made.answer


def _assert_signed_and_found(library: Library, made: Made, symbol: str) -> None:
    signed = [one.is_signed for one in made.asked(paths.ACCOUNT_INSTRUMENTS)]
    assert signed == [True], (
        f"{library} {made.told}, and its queries of {paths.ACCOUNT_INSTRUMENTS} are signed: {signed}"
    )
    found = [row.symbol for row in made.listed if row.symbol == symbol]
    assert found == [symbol], f"{library} {made.told}, and {symbol} is not exactly once among the rows"


async def _assert_closed_as_taker(desk: Desk, answer: Answer) -> None:
    if answer.order is None:
        assert answer.ret_code == RetCode.LIMIT_MAKER_BAD_PRICE, f"a crossing PostOnly order was {answer}"
        return
    fills = await desk.executions(answer.order)
    assert fills == [], f"{', '.join(map(str, fills))} although PostOnly"
    closed = await desk.closed(answer.order)
    assert closed.reject_reason is RejectReason.POST_ONLY_WILL_TAKE_LIQUIDITY, (
        f"its reason is {closed.reject_reason}"
    )
    assert closed.cum_exec_qty == 0, f"a crossing PostOnly order executed: {closed}"


def _off_grid(sent: Sent, instrument: Instrument) -> list[object]:
    """The figures of an order that are no plain decimal string on the instrument's steps."""
    steps = (instrument.base_precision, instrument.tick_size)
    return [
        figure
        for figure, step in zip(sent.figures, steps, strict=True)
        if not (
            isinstance(figure, str) and figure == plain(Decimal(figure)) and on_grid(Decimal(figure), step)
        )
    ]


def _spoken(reset_in_ms: int | None) -> str:
    if reset_in_ms is None:
        return "not named"
    return f"{abs(reset_in_ms)} ms {'in the past' if reset_in_ms < 0 else 'ahead'}"
