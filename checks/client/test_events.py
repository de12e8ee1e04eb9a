"""Fills and cancels as they really arrive: twice, out of order, crossing each other, or with unknown words.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/websocket/private/order.mdx
"""

from decimal import Decimal

from checks import MAJOR
from checks.client import certifies, each
from checks.client.test_refusals import MOST_ATTEMPTS
from fixtures.certification import ClientUnderTest, Counterparty, OrderClient, conforms
from fixtures.config.environment import Fees
from fixtures.desk import VenueControl
from fixtures.driver.protocol import State
from fixtures.expect import at_most, expect
from fixtures.v5.enums import Side


@certifies("CRT-25", creates=1, on_the_way=True)
async def test_repeated_and_shuffled_pushes(client: OrderClient, counterparty: Counterparty) -> None:
    """Pushes that come twice and out of order change neither the order nor the inventory twice.

    Sequence: create of three lots, resting; three fills, each pushed twice and out of order.
    Passes: The client believes the order filled, and its inventory is what the executions add up to.
    Source: docs/v5/websocket/private/execution.mdx, execId
    """
    intent = await client.resting(Side.BUY, lots=3, inside=True)
    repeated = client.fault("duplicate_push@push order*")
    client.fault("duplicate_push@push execution*")
    for topic in ("order", "execution"):
        client.fault(f"shuffle@push {topic}*")

    for _ in range(3):
        await counterparty.fill(client, intent, lots=1)

    await client.met(repeated, 3)
    await client.believes(intent, State.FILLED)
    await conforms(client)


@certifies("CRT-26", creates=1, on_the_way=True)
async def test_fill_overtakes_the_cancel(client: OrderClient, counterparty: Counterparty) -> None:
    """An order that is filled while its cancel is under way is filled once, and not cancelled.

    Sequence: create, resting; cancel, on its way; the order is filled and pushed as Filled twice; the cancel
        is refused.
    Passes: The client believes the order filled, and its inventory has the fill once.
    Source: docs/v5/websocket/private/order.mdx: two Filled pushes of an order that is cancelled as it fills
    """
    intent = await client.resting(Side.BUY, inside=True)
    client.fault("duplicate_push@push order*")
    late = client.fault("latency(ms=500)@order.cancel")

    await client.cancel(intent)
    await client.met(late)
    await counterparty.fill(client, intent)

    await client.believes(intent, State.FILLED)
    await conforms(client)


@certifies("CRT-27", creates=1, on_the_way=True)
async def test_partial_fill_outlives_its_cancel(client: OrderClient, counterparty: Counterparty) -> None:
    """What was filled of an order before its cancel stays in the client's books.

    Sequence: create of two lots, resting; one lot filled; cancel.
    Passes: The client believes the order cancelled with one lot filled, and its inventory has it.
    Source: docs/v5/enum.mdx, PartiallyFilledCanceled
    """
    intent = await client.resting(Side.BUY, lots=2, inside=True)
    await counterparty.fill(client, intent, lots=1)
    await client.believes(intent, State.PARTIAL)

    await client.cancel(intent)

    belief = await client.believes(intent, State.CANCELLED)
    expect("the filled quantity of the cancelled order", belief.filled_qty, intent.qty / 2)
    await conforms(client)


@certifies("CRT-28", creates=2, max_fills=1)
@each(
    "change",
    unknown_status="unknown_status@push order",
    extra_fields="extra_fields@push order",
    missing_field="missing_field@push order",
    empty_numbers="empty_numbers@push order",
    extra_fields_of_execution="extra_fields@push execution*",
)
async def test_unknown_words_are_survived(
    client: OrderClient, counterparty: Counterparty, change: str
) -> None:
    """A push with an unknown status, or more or fewer fields than known, misleads no client and ends none.

    Sequence: create, pushed with something unknown in it; another create, which is filled.
    Passes: The client believes the first order resting, and the second one filled.
    Source: docs/v5/guide.mdx: fields may be added; docs/v5/enum.mdx
    """
    client.fault(change)

    first = await client.submit(Side.BUY)
    await client.believes(first, State.LIVE)

    second = await client.resting(Side.SELL, inside=True)
    await counterparty.fill(client, second)
    await client.believes(second, State.FILLED)
    expect("the client's report of a fill", client.reported(first) & {State.FILLED, State.PARTIAL}, set())
    await conforms(client)


@certifies("CRT-29", creates=3, offers=("batch",), on_the_way=True)
async def test_batch_is_judged_by_item(client: OrderClient) -> None:
    """A batch of which one order is refused is not taken for accepted, nor for refused, as a whole.

    Sequence: batch of three creates, the second of them beyond the price band.
    Passes: The client believes the first and the third resting and the second rejected. A client that sorts
        the second one out by itself is not judged.
    Source: docs/v5/order/batch-place.mdx, retExtInfo
    """
    near = await client.desk.passive_price(Side.BUY)
    beyond = await client.price_beyond_band(Side.SELL)

    first, second, third = await client.submit_batch((Side.BUY, near), (Side.SELL, beyond), (Side.BUY, near))

    await client.believes(second, State.REJECTED)
    client.has_sent(first, orders=3)
    await client.believes(first, State.LIVE)
    await client.believes(third, State.LIVE)
    await conforms(client)


@certifies("CRT-40", creates=2, offers=("inventory",))
@each("maker", charged=Decimal("0.0008"), free=Decimal(0), rebate=Decimal("-0.0005"))
async def test_fee_is_booked_in_its_coin(
    client: OrderClient, counterparty: Counterparty, venue_control: VenueControl, maker: Decimal, symbol: str
) -> None:
    """Fees are booked in the coin in which they were charged, with their sign.

    Sequence: a buy and a sell are filled, at a fee, for nothing, or with a rebate.
    Passes: The client's inventory is what the executions and their fees add up to.
    Source: docs/v5/enum.mdx, spot fee currency instruction
    """
    venue_control.set_fees(client.uid, symbol, Fees(maker=maker, taker=Decimal("0.001")))

    for side in Side:
        intent = await client.resting(side, inside=True)
        await counterparty.fill(client, intent)
        await client.believes(intent, State.FILLED)

    await conforms(client)


@certifies("CRT-41", severity=MAJOR, creates=5, judged="both")
@each("by_the_venue", protection=True, another_client=False)
async def test_cancel_that_nobody_asked_for(
    client: ClientUnderTest,
    venue_control: VenueControl,
    by_the_venue: bool,  # noqa: FBT001 - a case
) -> None:
    """An order that the venue or another client cancels is known to be gone, and not placed without end.

    Sequence: create, resting; cancelled by the disconnection protection, or by another client of the UID.
    Passes: The client believes the order cancelled; it placed it again five times at most.
    Source: docs/v5/enum.mdx, cancelType CancelByDCP; docs/v5/order/dcp.mdx
    """
    intent = await client.resting(Side.BUY)
    start = client.wire.mark()

    await client.cancelled_from_outside(intent, venue_control if by_the_venue else None)

    await client.believes(intent, State.CANCELLED)
    await client.pause_for_a_retry()
    sent = client.placed_again(intent, since=start)
    expect("creates of an order that was cancelled from outside", len(sent), at_most(MOST_ATTEMPTS))
    await conforms(client)
