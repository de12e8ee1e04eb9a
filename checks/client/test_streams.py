"""Streams that fall silent, break, or answer without saying what: the client notices and catches up.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/ws/connect.mdx
"""

from checks import MAJOR
from checks.client import certifies, each, over_trade
from checks.client.test_refusals import MOST_ATTEMPTS
from fixtures.certification import (
    STREAM_S,
    ClientUnderTest,
    Counterparty,
    OrderClient,
    conforms,
    shortened_ms,
)
from fixtures.desk import VenueControl
from fixtures.driver.protocol import State
from fixtures.expect import at_most, expect, nothing
from fixtures.record.evidence import Channel
from fixtures.v5.enums import Side

REFUSED_S = 300
MOST_CONNECTS = 10
FURTHER_CONNECTS_S = 5
"""One more attempt for each so many seconds: a tenth of what the venue closes an address out for."""
RESOLVED_S = 5.0
AT_ONCE = 50


@certifies("CRT-17", waits_ms=int(STREAM_S * 1000), judged="both", on_the_way=True)
async def test_silent_stream_is_noticed(client: ClientUnderTest, counterparty: Counterparty) -> None:
    """A private stream that carries nothing any more is noticed within 30 seconds.

    The connection stays open, so that only a ping without its pong, or missing pushes, show it.

    Sequence: create, resting; the private stream falls silent; the order is filled; the client acts.
    Passes: The client asked for its orders, cancelled, or connected anew in time; then it believes the fill.
    Source: docs/v5/ws/connect.mdx, heartbeat
    """
    intent = await client.resting(Side.BUY, inside=True)
    hole = client.fault("blackhole@private:*")
    await client.met(hole)
    await counterparty.fill(client, intent)
    start = client.wire.mark()

    await client.acted_on_stream(Channel.PRIVATE, since=start)

    client.lift(hole)
    await client.believes(intent, State.FILLED)
    await conforms(client)


@certifies("CRT-18", creates=3, on_the_way=True)
async def test_gap_is_backfilled(client: OrderClient, counterparty: Counterparty) -> None:
    """What the private stream did not carry while it was down is asked for once it is back.

    The gap begins while the stream is still open: a client that pulls its quotes as soon as it breaks has
    both orders until then.

    Sequence: two creates, resting; the stream falls silent; one order is filled, the other one cancelled by
        somebody else; the stream breaks and is refused; it returns; another order.
    Passes: The client subscribes again within half a minute, and believes both ends; its inventory is exact.
    Source: docs/v5/ws/connect.mdx; docs/v5/order/execution.mdx
    """
    filled = await client.resting(Side.BUY, inside=True)
    cancelled = await client.resting(Side.SELL)
    silent = client.fault("blackhole@private:*")
    await counterparty.fill(client, filled)
    await client.cancelled_by_another(cancelled)
    refused = client.fault("refuse@connect /v5/private*")
    client.fault("drop@private:")
    await client.met(refused)
    start = client.wire.mark()

    client.lift(silent)
    client.lift(refused)

    await client.on_the_wire(
        lambda wire: wire.requests("subscribe", via=Channel.PRIVATE, since=start),
        "a new subscription of the private stream",
        STREAM_S,
    )
    await client.believes(filled, State.FILLED)
    await client.believes(cancelled, State.CANCELLED)
    await client.resumes(Side.SELL)
    await conforms(client)


@certifies("CRT-19", severity=MAJOR)
@each("fault", late="delay_response(ms=2000)@private:auth", refused="reject@private:subscribe")
async def test_subscription_is_made_sure_of(client: OrderClient, fault: str) -> None:
    """A client trades on a stream only once it is authenticated and subscribed.

    Sequence: the client starts; its authentication is answered late, or its subscription refused once; an
        order is asked for and cancelled by somebody else.
    Passes: The client believes the order, and its end.
    Source: docs/v5/ws/connect.mdx, authentication
    """
    unsure = client.fault(fault)
    await client.restart()
    await client.met(unsure)

    intent = await client.resting(Side.BUY)
    await client.cancelled_by_another(intent)

    await client.believes(intent, State.CANCELLED)
    await conforms(client)


@certifies("CRT-20", severity=MAJOR, waits_ms=shortened_ms(REFUSED_S), judged="both", on_the_way=True)
async def test_reconnects_are_paced(client: ClientUnderTest) -> None:
    """A stream that the venue keeps refusing is asked for ever more seldom, and a person is alerted.

    Five minutes of refusals are shortened by a factor of 120; ``--profile regression`` takes them whole.
    The venue closes a client's address out after 500 connections in five minutes.

    Sequence: the private stream breaks and each new connection is refused.
    Passes: Ten attempts at most and one more for each five seconds, and within half a minute an alert, which
        only a driver shows.
    Source: docs/v5/ws/connect.mdx: 500 connections within 5 minutes
    """
    await client.resting(Side.BUY)
    refused = client.fault("refuse@connect /v5/private*")
    start = client.wire.mark()
    client.fault("drop@private:")

    await client.met(refused)
    await client.watch(REFUSED_S)

    connects = len(client.wire.connects(Channel.PRIVATE, since=start))
    most = MOST_CONNECTS + int(REFUSED_S / client.shortened / FURTHER_CONNECTS_S)
    expect("attempts to connect while the stream is refused", connects, at_most(most))
    await client.alerted("stream", within_s=STREAM_S)
    client.lift(refused)
    await conforms(client)


@certifies("CRT-21", severity=MAJOR, creates=MOST_ATTEMPTS + 1, judged="both")
@over_trade
async def test_restarting_venue_is_left(client: ClientUnderTest) -> None:
    """A trade stream that announces its restart is replaced, and what was in flight is found out.

    Sequence: create, answered with 10019; the order's outcome; another order.
    Passes: No order request went over the old connection once the answer was read, the other order rests, and
        the client believes what the venue shows.
    Source: docs/v5/error.mdx, 10019
    """
    restarting = client.fault("code(code=10019,when=before)@trade:order.create")

    intent = await client.submit(Side.BUY)
    answered = await client.answered_with(restarting)

    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)
    await client.pause_for_a_retry()
    await client.resumes(Side.SELL)
    used = client.orders_on_the_connection_of(answered)
    expect("order requests over a trade stream that restarts", used, nothing)
    await conforms(client)


@certifies("CRT-22", creates=MOST_ATTEMPTS, judged="both")
@over_trade
@each(
    "error",
    without_req_id="error_without_req_id@order.create",
    legacy="error_of_legacy_shape@order.create",
)
async def test_error_that_names_no_request(client: ClientUnderTest, error: str) -> None:
    """An error on the trade stream that names no request does not leave the request waiting for ever.

    The private stream may say first what became of the order; where it is silent, only a query does.

    Sequence: create, answered with an error without reqId, the order accepted or not.
    Passes: Within five seconds the client asked for the order or knew its outcome; it sent one id, and it
        believes what the venue shows.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    wrong = client.fault(error)

    intent = await client.submit(Side.BUY)
    await client.met(wrong)

    await client.asks_or_knows(intent, within_s=RESOLVED_S)
    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-23", creates=MOST_ATTEMPTS, judged="both", on_the_way=True)
@over_trade
@each("close", accepted="lose_answer(how=close)@order.create", lost="lose_request(how=close)@order.create")
async def test_stream_closes_before_the_answer(client: ClientUnderTest, close: str) -> None:
    """A trade stream that closes between an order and its answer leaves the outcome open: it is looked up.

    Sequence: create; the connection closes; the order was accepted or not.
    Passes: One id was sent, and the client believes what the venue shows.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    closed = client.fault(close)

    intent = await client.submit(Side.BUY)
    await client.met(closed)

    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-24", severity=MAJOR, creates=AT_ONCE)
@over_trade
async def test_answer_outruns_the_sender(client: OrderClient, venue_control: VenueControl) -> None:
    """An answer that arrives as soon as the request was sent is not lost.

    The quota is wide enough for all of them: this is about answers, and CRT-46 about quotas.

    Sequence: fifty creates, each answered in the same moment.
    Passes: The client believes each of them resting, and sent each once.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    venue_control.set_ack_latency(0)
    venue_control.set_order_rate(client.uid, 2 * AT_ONCE)

    intents = await client.submit_at_once(Side.BUY, AT_ONCE, at_least=AT_ONCE)

    for intent in intents:
        await client.believes(intent, State.LIVE)
    expect("creates of as many orders", len(client.creates(intents[0])), AT_ONCE)
    await conforms(client)
