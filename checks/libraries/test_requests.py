"""Orders sent through Pybit and CCXT: their fields, Referer and timestamp as they cross the wire.

Only PostOnly orders of the minimum size are forwarded to the venue; every other order is answered by a script
on this machine and reaches no venue.

Source: docs/v5/order/create-order.mdx; docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, each_library, over_both_transports
from checks.maker._post_only import expect_closed_without_fill
from fixtures.desk import Answer, Desk, Transport, until_crossed
from fixtures.expect import Owner, acknowledged, between, expect, having, nothing, present, show
from fixtures.libraries import (
    ACKNOWLEDGED,
    REHEARSED,
    UNLISTED,
    CapturedRequest,
    Ccxt,
    Library,
    LibraryCall,
    LibraryOrder,
)
from fixtures.v5.enums import Side, TimeInForce
from fixtures.v5.instrument import Instrument, on_grid, plain

OFF_BY_MS = 1000
"""How far a timestamp may lie in the venue's future. Source: docs/v5/guide.mdx, X-BAPI-TIMESTAMP"""

CLOCK_AHEAD_MS = -30_000
"""Where the venue's clock stands when this machine's is half a minute fast."""

FLOATS_REMEDIATION = {
    "pybit": "give quantities and prices as strings on the grid",
    "ccxt": "load the markets first, so that ccxt knows the steps",
}
BROKER_REMEDIATION = {
    "pybit": "leave referral_id unset",
    "ccxt": "its option brokerId cannot be emptied: override sign() and drop the header, or quote over the "
    "trade stream, which carries none",
}


@each_library("SDK-05.01", severity=BLOCKER, max_fills=1, creates=1, min_messages=1)
@over_both_transports
async def test_quote_leaves_as_post_only(library: Library, desk: Desk) -> None:
    """A PostOnly order sent through the library reaches the book as PostOnly.

    Only the order that was asked for, with exactly its fields and of the minimum size, is forwarded to the
    venue.

    Sequence: place behind the touch, the request is captured, acknowledged, New, cancel.
    Passes: exactly one create with timeInForce PostOnly, which the order stream shows as PostOnly.
    Remediation: do not quote through the library.
    Source: docs/v5/order/create-order.mdx, timeInForce
    """
    price = await desk.passive_price(Side.BUY)
    call = await library.place(_minimum(desk, Side.BUY, price), desk.via)

    _expect_post_only(library, call)
    answer = expect(f"passive order of {library}", _answered(library, call), acknowledged)
    order = expect(f"orderId in the answer to an order of {library}", answer.order, present)
    resting = await desk.resting(order)
    expect("resting order", resting, having(time_in_force=TimeInForce.POST_ONLY))
    await desk.cancel(order)


@each_library("SDK-05.02", severity=BLOCKER, max_fills=1, creates=1, min_messages=1)
@over_both_transports
@pytest.mark.parametrize("side", list(Side))
async def test_quote_through_a_library_never_trades(library: Library, desk: Desk, side: Side) -> None:
    """A PostOnly order sent through the library across the spread is closed without a fill.

    The library reports an acknowledgement; the refusal arrives later, as the terminal state of the order. If
    the touch moves away and the order rests, another one is sent, ten at most.

    Sequence: place through the touch, the request is captured, acknowledged, Rejected or Cancelled; or
        refused.
    Passes: PostOnly on the wire, no execution, EC_PostOnlyWillTakeLiquidity; or a refusal with 170218.
    Remediation: do not quote through the library.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    call = await until_crossed(desk, side, lambda price: library.place(_minimum(desk, side, price), desk.via))

    _expect_post_only(library, call)
    await expect_closed_without_fill(desk, _answered(library, call))


@each_library("SDK-06.01", severity=MAJOR)
@pytest.mark.parametrize(
    ("qty", "price"), [(0.00003, 0.0000002), (0.1 + 0.2, 0.1 + 0.2)], ids=["tiny", "inexact"]
)
async def test_floats_leave_as_decimals_on_the_grid(library: Library, qty: float, price: float) -> None:
    """A quantity and a price given as floats leave as plain decimal strings on the grid.

    Sequence: place with floats, answered by script, the request is captured.
    Passes: both figures are strings without an exponent, on the instrument's steps.
    Remediation: give quantities and prices as strings on the grid.
    Source: docs/v5/order/create-order.mdx, qty and price; docs/v5/error.mdx, 170130, 170134, 170137
    """
    call = await library.place_figures(REHEARSED, qty, price)

    expect(
        f"{library}'s figures that are no decimal strings on the grid, for the floats {qty} and {price}",
        _off_grid(_sent(library, call), UNLISTED),
        nothing,
        owner=Owner.LIBRARY,
        advice=FLOATS_REMEDIATION[library.name],
    )


@each_library("SDK-06.02", severity=BLOCKER)
@pytest.mark.parametrize("transport", list(Transport))
async def test_texts_leave_as_they_are(library: Library, transport: Transport) -> None:
    """A quantity and a price given as strings on the grid leave unchanged.

    Sequence: place with strings, answered by script, the request is captured.
    Passes: both figures are the strings that were given.
    Remediation: do not quote through the library.
    Source: docs/v5/order/create-order.mdx, qty and price
    """
    call = await library.place(REHEARSED, transport, [ACKNOWLEDGED])

    figures = [_typed(figure) for figure in _sent(library, call).figures]
    given = [_typed(figure) for figure in (REHEARSED.qty, REHEARSED.price)]
    expect(f"{library}'s qty and price given as strings", figures, given, owner=Owner.LIBRARY)


@each_library("SDK-11", severity=MINOR)
@pytest.mark.parametrize("transport", list(Transport))
async def test_order_credits_no_broker(library: Library, transport: Transport) -> None:
    """An order sent through the library names no broker.

    The page's own sample sends a Referer, which names a broker; its effect on a market maker's rebate is
    documented nowhere.

    Sequence: place, answered by script, the request is captured.
    Passes: the create carries neither Referer nor X-Referer.
    Remediation: leave referral_id unset; in CCXT drop the header in sign(), or quote over the trade stream.
    Source: docs/institutional/dmm-listing/spot.mdx, section 3
    """
    call = await library.place(REHEARSED, transport, [ACKNOWLEDGED])

    expect(
        f"{library}'s Referer of an order over {transport}",
        _sent(library, call).broker,
        None,
        owner=Owner.LIBRARY,
        advice=BROKER_REMEDIATION[library.name],
    )


@check("SDK-12", severity=MAJOR, max_fills=0, min_messages=0, library="ccxt")
@pytest.mark.parametrize("transport", list(Transport))
async def test_ccxt_stamps_the_venue_time(ccxt: Ccxt, transport: Transport) -> None:
    """Once CCXT has synchronised with the venue's clock, its orders carry the venue's time.

    Sequence: load_time_difference from a clock half a minute behind, place, answered by script, the request
        is captured.
    Passes: the order's timestamp is within a second of the venue's clock, on either transport.
    Remediation: keep this machine's clock right by NTP, or quote over REST.
    Source: docs/v5/guide.mdx, X-BAPI-TIMESTAMP; docs/v5/websocket/trade/guideline.mdx
    """
    call = await ccxt.place_with_clock_ahead(REHEARSED, transport, CLOCK_AHEAD_MS)

    sent = _sent(ccxt, call)
    expect(
        f"{ccxt}'s timestamp over {transport} minus the venue's time",
        sent.stamped_ms - (sent.at_ms + CLOCK_AHEAD_MS),
        between(-OFF_BY_MS, OFF_BY_MS, "ms"),
        owner=Owner.LIBRARY,
        advice="keep this machine's clock right by NTP, or quote over REST",
    )


def _minimum(desk: Desk, side: Side, price: Decimal) -> LibraryOrder:
    return LibraryOrder.minimum(desk.instrument, side, price, desk.fresh_link_id())


def _sent(library: Library, call: LibraryCall) -> CapturedRequest:
    expect(f"{library} {call.reported}; orders that it sent", len(call.creates), 1, owner=Owner.LIBRARY)
    return call.creates[0]


def _expect_post_only(library: Library, call: LibraryCall) -> None:
    expect(
        f"{library}'s timeInForce of a PostOnly order",
        _sent(library, call).terms.get("timeInForce"),
        TimeInForce.POST_ONLY,
        owner=Owner.LIBRARY,
        advice=f"do not quote through {library.name}",
    )


def _answered(library: Library, call: LibraryCall) -> Answer:
    what = f"{library} {call.reported}; the venue's answer to its order"
    return expect(what, call.answer, present, owner=Owner.LIBRARY)


def _off_grid(sent: CapturedRequest, instrument: Instrument) -> list[str]:
    """The figures of an order that are no plain decimal string on the instrument's steps."""
    steps = (instrument.base_precision, instrument.tick_size)
    return [
        _typed(figure)
        for figure, step in zip(sent.figures, steps, strict=True)
        if not (
            isinstance(figure, str) and figure == plain(Decimal(figure)) and on_grid(Decimal(figure), step)
        )
    ]


def _typed(figure: object) -> str:
    """A figure with its JSON type: 0.1 and "0.1" are not the same on the wire."""
    return f"string {figure}" if isinstance(figure, str) else f"number {show(figure)}"
