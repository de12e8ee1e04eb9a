"""Refusals: what is corrected, what is waited out, and what must stop the client and call a person.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import MAJOR
from checks.client import certifies, each, over_both
from fixtures.certification import ClientUnderTest, Counterparty, OrderClient, conforms, shortened_ms
from fixtures.desk import VenueControl
from fixtures.driver.protocol import State
from fixtures.expect import at_least, at_most, expect, nothing
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import Phase, Side

MOST_ATTEMPTS = 5
"""How often an order that is refused, or that closes at once, may be sent anew before a person is asked."""
LONGEST_RECV_WINDOW_MS = 10_000
BAN_S = 600
OUTAGE_S = 300
SHORTEST_BACK_OFF_MS = 100
RESET_IN_MS = 1_500
CLOCK_MS = 50
"""How much earlier than the reset a request may arrive: clients compare clocks by round trips."""


@certifies("CRT-08", creates=MOST_ATTEMPTS, on_the_way=True)
@over_both
async def test_acknowledged_order_may_be_rejected(client: OrderClient) -> None:
    """An order that is acknowledged and then rejected by the matching engine is not counted as resting.

    Sequence: a PostOnly create through the touch, acknowledged, pushed as Rejected or Cancelled.
    Passes: The client never believed it resting, believes it closed, and tried five times at most. A client
        that refuses such an order by itself is not judged: CRT-09 crosses one that is under way.
    Source: docs/v5/enum.mdx, EC_PostOnlyWillTakeLiquidity
    """
    intent = await client.submit_crossing(Side.BUY)

    await client.believes(intent, State.REJECTED, State.CANCELLED)
    client.has_sent(intent)
    await client.pause_for_a_retry()
    expect("creates of an order that would take", len(client.creates(intent)), at_most(MOST_ATTEMPTS))
    wrong = client.reported(intent) & {State.LIVE, State.PARTIAL, State.FILLED}
    expect("reports that an order rested which never did", wrong, nothing)
    await conforms(client)


@certifies("CRT-11", creates=3, judged="both")
@pytest.mark.parametrize(
    ("reset", "shortest_ms"),
    [
        pytest.param("rate_limit@order.create", RESET_IN_MS - CLOCK_MS, id="future"),
        pytest.param("rate_limit(reset=past)@order.create", SHORTEST_BACK_OFF_MS, id="past"),
        pytest.param("rate_limit(reset=missing)@order.create", SHORTEST_BACK_OFF_MS, id="missing"),
        pytest.param("rate_limit(reset=junk)@order.create", SHORTEST_BACK_OFF_MS, id="junk"),
    ],
)
async def test_rate_limit_reset_is_waited_for(client: ClientUnderTest, reset: str, shortest_ms: int) -> None:
    """A refusal for too many requests is waited out: until the reset that it names, and never for no time.

    The client may send the order again, or reject it and wait with the next one.

    Sequence: create, refused with 10006 and a reset time in the future, in the past, absent, or unreadable;
        another order on the same side.
    Passes: The next create comes after the reset, at least 100 ms later, and the other order rests.
    Source: docs/v5/rate-limit/rate-limit.mdx, X-Bapi-Limit-Reset-Timestamp
    """
    refused = client.fault(reset)

    intent = await client.submit(Side.BUY)
    await client.met(refused)

    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)
    await client.resumes(intent.side)
    expect("the pause before the next create", client.gaps_ms(intent)[0], at_least(shortest_ms, "ms"))
    await conforms(client)


@certifies("CRT-12", waits_ms=shortened_ms(BAN_S))
async def test_banned_client_is_quiet(client: OrderClient) -> None:
    """A client whose address is banned sends nothing until the ban is over, and alerts.

    The venue bans for ten minutes, which are shortened by a factor of 120; ``--profile regression`` takes
    them whole.

    Sequence: create, answered with HTTP 403, access too frequent.
    Passes: No request follows once the answer is read, while the check looks on, and the client alerted.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    ban = client.fault("ban@rest:*")

    await client.submit_or_refuse(Side.BUY)
    answered = await client.answered_with(ban)
    await client.watch(BAN_S)

    expect("requests of a banned client", [str(sent) for sent in client.sent_after(answered)], nothing)
    await client.alerted("ban", "rate_limit")


@certifies("CRT-13", creates=MOST_ATTEMPTS + 3, waits_ms=shortened_ms(OUTAGE_S), judged="both")
async def test_outage_opens_the_breaker(client: ClientUnderTest) -> None:
    """While the venue answers every order with a server error, a client slows down and stops.

    Five minutes of it are shortened by a factor of 120; ``--profile regression`` takes them whole.

    Sequence: create, answered with 10016, as is each further order request.
    Passes: Five creates at most, and in the end the client believes what the venue shows.
    Source: docs/v5/error.mdx, 10016
    """
    outage = client.fault("code(code=10016,when=before)@order.create*")

    intent = await client.submit(Side.BUY)
    await client.met(outage)
    await client.watch(OUTAGE_S)

    expect("creates of one intent in an outage", len(client.creates(intent)), at_most(MOST_ATTEMPTS))
    client.lift(outage)
    await conforms(client)


@certifies("CRT-14", creates=MOST_ATTEMPTS, max_fills=0, judged="both")
@each(
    "code",
    balance=170131,
    price_decimals=170134,
    quantity_decimals=170137,
    notional=170140,
    price_too_high=170193,
    maximum_size=170381,
    parameter=170130,
    would_take=170218,
)
async def test_refusal_is_final(client: ClientUnderTest, code: int) -> None:
    """An order that is refused for what it says is not sent again as it is.

    Sequence: create, refused.
    Passes: No create repeats its side, price and quantity, and five were sent at most; the client believes
        the order rejected, with the code or the text of the venue as its reason, which only a driver shows.
    Source: docs/v5/error.mdx
    """
    refused = client.fault(f"code(code={code},when=before)@order.create*")

    intent = await client.submit(Side.BUY)
    await client.met(refused)

    await client.believes(intent, State.REJECTED)
    await client.pause_for_a_retry()
    expect("creates of a refused order as it was", client.sent_as_it_was(intent), nothing)
    expect("creates of a refused order in all", len(client.creates(intent)), at_most(MOST_ATTEMPTS))
    await client.gives_reason(intent, code)
    await conforms(client)


@certifies("CRT-15", creates=2, max_fills=0)
@each("code", compliance=10024, banned=10027, disclosure=170241, unmatched_address=10010)
async def test_matter_for_a_person_stops_the_client(client: OrderClient, code: int) -> None:
    """A refusal that only a person can lift stops the client, and it says so.

    Sequence: create, refused with the code of a permission; a second order is asked for.
    Passes: The client alerted, and sent no second create.
    Source: docs/v5/error.mdx
    """
    refused = client.fault(f"code(code={code},when=before)@order.create*")

    first = await client.submit(Side.BUY)
    await client.met(refused)
    await client.believes(first, State.REJECTED)
    await client.alerted("permission")
    await client.submit_or_refuse(Side.SELL)
    await client.pause_for_a_retry()

    expect("creates after a refusal that only a person can lift", len(client.creates(first)), 1)
    await conforms(client)


@certifies("CRT-16", judged="both")
@each("nth", at_the_first=1, during_the_run=2)
async def test_wrong_clock_is_set(client: ClientUnderTest, nth: int) -> None:
    """A request that is refused for its timestamp makes the client compare the clocks, or stop.

    A larger receive window hides the fault, and lets an old order come alive later.

    Sequence: create, refused with 10002; the venue's time is asked for; create.
    Passes: Before the next create the client asked for the venue's time, or it sent none and alerted; no
        request has a receive window of more than ten seconds.
    Source: docs/v5/guide.mdx, timestamp and recv_window; docs/v5/market/time.mdx
    """
    refused = client.fault(f"code(code=10002,when=before)@order.create#{nth}")
    intents = [await client.submit(Side.BUY) for _ in range(nth)]
    await client.met(refused)

    for intent in intents:
        await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)

    await client.heeds_its_clock(RetCode.TIMESTAMP_WINDOW)
    windows = [int(sent.recv_window or 0) for sent in client.wire.requests(since=client.since)]
    expect("the longest receive window", max(windows), at_most(LONGEST_RECV_WINDOW_MS, "ms"))
    await conforms(client)


@certifies("CRT-33", creates=MOST_ATTEMPTS + 1, judged="both")
async def test_listing_phase_is_waited_for(
    client: ClientUnderTest, venue_control: VenueControl, symbol: str
) -> None:
    """Before trading opens the client's orders are PostOnly and refusals are not repeated; then it resumes.

    Sequence: create, refused because the symbol is not open; trading opens; create, resting.
    Passes: The refused order was tried five times at most, and the one after the opening rests.
    Source: docs/v5/error.mdx, 170217; docs/institutional/dmm-listing/spot.mdx
    """
    closed = client.fault("code(code=170217,when=before)@order.create*")
    refused = await client.submit(Side.BUY)
    await client.met(closed)
    await client.believes(refused, State.REJECTED, State.PENDING)
    await client.pause_for_a_retry()
    expect("creates before trading opens", len(client.creates(refused)), at_most(MOST_ATTEMPTS))
    client.lift(closed)
    venue_control.set_phase(symbol, Phase.TRADING)

    await client.resumes(Side.SELL)

    await conforms(client)


@certifies("CRT-35", severity=MAJOR, on_the_way=True)
@each("filled", filled=True, cancelled=False)
async def test_cancel_of_an_ended_order(
    client: OrderClient,
    counterparty: Counterparty,
    filled: bool,  # noqa: FBT001 - a case
) -> None:
    """A cancel that is refused because the order has ended is not repeated, and the end becomes known.

    Sequence: create, resting; it is filled, or cancelled by another client of the UID, and the pushes are
        lost; cancel, refused by the venue, or by a client that knows the end already.
    Passes: The client believes the end that the venue shows, and cancelled three times at most.
    Source: docs/v5/error.mdx, 170213, 170139 and 170142
    """
    intent = await client.resting(Side.BUY, inside=True)
    client.fault("lose_push@push order*")
    client.fault("lose_push@push execution*")
    await (counterparty.fill(client, intent) if filled else client.cancelled_by_another(intent))

    await client.cancel_or_refuse(intent)

    await client.believes(intent, State.FILLED if filled else State.CANCELLED)
    cancels = client.wire.requests("order.cancel", since=intent.mark)
    expect("cancels of an order that has ended", len(cancels), at_most(3))
    await conforms(client)


@certifies("CRT-42", judged="both")
async def test_maintenance_is_sat_out(client: ClientUnderTest) -> None:
    """While the venue is under maintenance the client places nothing new, and resumes afterwards.

    Sequence: order requests answered with HTTP 503; an order is asked for; the maintenance ends; another one.
    Passes: Few creates reached the venue, and the order after the maintenance rests.
    Source: docs/v5/system-status.mdx
    """
    maintenance = client.fault("http(status=503,when=before)@order.create*")
    during = await client.submit(Side.BUY)
    await client.met(maintenance)
    await client.pause_for_a_retry()
    expect("creates during a maintenance", len(client.creates(during)), at_most(MOST_ATTEMPTS))
    client.lift(maintenance)

    await client.resumes(Side.SELL)

    await conforms(client)
