"""Orders that leave through Pybit and CCXT: terms, figures, credit and time as they cross the wire.

Only PostOnly orders of the least size are let through to the venue; every other order is answered by a
script on this machine, and no venue is asked.

Source: docs/v5/order/create-order.mdx; docs/institutional/dmm-listing/spot.mdx, "Tips on Pybit & CCXT"
"""

from decimal import Decimal

import pytest

from checks import BLOCKER, MAJOR, MINOR, check, each_library, over_both_transports
from checks.crossing import expect_closed_without_fill
from fixtures.desk import Answer, Desk, Transport, until_crossed
from fixtures.libraries import ACKNOWLEDGED, REHEARSED, UNLISTED, Ccxt, Intent, Library, Made, Sent
from fixtures.v5.enums import Side, TimeInForce
from fixtures.v5.filters import Instrument, on_grid, plain

OFF_BY_MS = 1000
"""How far a timestamp may lie in the venue's future. Source: docs/v5/guide.mdx, X-BAPI-TIMESTAMP"""

CLOCK_AHEAD_MS = -30_000
"""Where the venue's clock stands when this machine's is half a minute fast."""

FLOATS_CURE = {
    "pybit": "give quantities and prices as strings that stand on the grid",
    "ccxt": "load the markets first, so that ccxt knows the steps",
}
BROKER_CURE = {
    "pybit": "leave referral_id unset",
    "ccxt": "its option brokerId cannot be emptied: override sign() and drop the header, or quote over the "
    "trade stream, which carries none",
}


@each_library("SDK-05", severity=BLOCKER, at_risk=1, creates=1, observes=1)
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


@each_library("SDK-05", severity=BLOCKER, at_risk=1, creates=1, observes=1)
@over_both_transports
@pytest.mark.parametrize("side", list(Side))
async def test_quote_through_a_library_never_trades(library: Library, desk: Desk, side: Side) -> None:
    """A PostOnly order sent through the library across the spread is closed without a fill.

    The library tells an acknowledgement; the refusal arrives later, as the terminal state of the order. An
    order that came to rest because the touch moved away is sent again, ten at most.

    Sequence: place through the touch, the request is seen, acknowledged, Rejected or Cancelled; or refused.
    Passes: PostOnly on the wire, no execution, EC_PostOnlyWillTakeLiquidity; or a refusal with 170218.
    Cure: do not quote through the library.
    Source: docs/v5/enum.mdx, rejectReason EC_PostOnlyWillTakeLiquidity
    """
    made = await until_crossed(desk, side, lambda price: library.place(_least(desk, side, price), desk.via))

    sent = _sent(library, made).terms.get("timeInForce")
    assert sent == TimeInForce.POST_ONLY, f"{library} sent timeInForce {sent} for a PostOnly order"
    await expect_closed_without_fill(desk, _answered(library, made))


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
