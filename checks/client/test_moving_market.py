"""Orders against a market and an instrument that move, and beside orders of others.

Source: docs/institutional/dmm-listing/spot.mdx, checklist items 3 and 4
"""

from decimal import Decimal

from checks import MAJOR
from checks.client import certifies, each, over_both
from fixtures.certification import (
    Amended,
    ClientUnderTest,
    Counterparty,
    OrderClient,
    conforms,
    misformed,
    recovered,
)
from fixtures.desk import Desk
from fixtures.driver.protocol import State
from fixtures.expect import at_most, between, expect, nothing
from fixtures.v5.enums import Side
from fixtures.v5.instrument import on_grid

COARSER = 10
SEVERAL = 60
PAGE = 20


@certifies("CRT-09", creates=5, max_fills=5, on_the_way=True)
@over_both
async def test_quote_is_crossed_in_flight(client: OrderClient, counterparty: Counterparty) -> None:
    """An order that the book moves through while it is under way does not take.

    Sequence: create, on its way; somebody else rests at its price; the create arrives.
    Passes: No execution of the client took, and it believes what the venue shows.
    Source: docs/v5/enum.mdx, timeInForce PostOnly
    """
    late = client.fault("latency(ms=500)@order.create")
    intent = await client.submit(Side.BUY, inside=True)
    await client.met(late)

    await counterparty.rest_at(Side.SELL, intent.price)

    await client.believes(intent, State.REJECTED, State.CANCELLED, State.LIVE)
    await conforms(client)


@certifies("CRT-30", creates=4, judged="both", on_the_way=True)
@over_both
async def test_figures_are_written_plainly(client: ClientUnderTest) -> None:
    """Prices and quantities go over the wire as plain decimal text on the instrument's grid.

    Sequence: creates with small and with large figures, and amends where the client offers them.
    Passes: Every price and quantity is text, without an exponent, on the grid of the filters.
    Source: docs/v5/order/create-order.mdx: qty and price are strings
    """
    intents = [await client.submit(side, lots=lots) for side in Side for lots in (1, 3)]
    await client.all_sent(4)
    expect("misformed figures of creates", misformed(client), nothing)
    for intent in intents:
        await client.believes(intent, State.LIVE)

    await client.amend_farther(*intents[:2])

    expect("misformed figures of amends", misformed(client), nothing)
    await conforms(client)


@certifies("CRT-31", severity=MAJOR, creates=4)
async def test_filters_change(client: OrderClient) -> None:
    """After filters changed, one refusal is enough for the client to read them anew.

    Sequence: create, resting; the tick grows tenfold; a create at a price of the old grid, refused; the
        instrument is read; another one.
    Passes: Between the change and the query one create at most is sent; the one after it is on the new grid,
        or not sent at all.
    Source: docs/v5/market/instrument.mdx; docs/v5/error.mdx, 170134
    """
    await client.resting(Side.BUY)
    coarser = COARSER * client.desk.instrument.tick_size
    odd = await client.price_off_grid(Side.BUY, coarser)
    client.fault(f"coarser_ticks(factor={COARSER})@GET /v5/market/instruments-info*")
    client.fault(f"coarser_ticks(factor={COARSER})@GET /v5/account/instruments-info*")
    client.fault("code(code=170134)@order.create")
    start = client.wire.mark()

    await client.outcome(await client.submit_or_refuse(Side.BUY, price=odd))
    read = await client.read_its_instrument(since=start)
    early = [sent for sent in client.wire.creates(since=start) if sent.exchange.number < read]
    expect("creates before the client read the new tick", len(early), at_most(1))
    start = client.wire.mark()
    await client.outcome(await client.submit_or_refuse(Side.BUY, price=odd))

    sent = [create.terms["price"] for create in client.wire.creates(since=start)]
    expect("prices off the new grid", [x for x in sent if not on_grid(Decimal(x), coarser)], nothing)
    await conforms(client)


@certifies("CRT-32", severity=MAJOR, creates=1, on_the_way=True)
async def test_price_is_read_from_the_push(client: OrderClient) -> None:
    """The price of an order is the one that the venue shows, not the one that the client sent.

    A venue may move a price to the end of its band, and another client of the UID may amend the order.

    Sequence: create, resting; its price is changed by somebody else.
    Passes: The client believes the order at the price that the venue shows.
    Source: docs/v5/account/set-price-limit.mdx; docs/v5/websocket/private/order.mdx
    """
    intent = await client.resting(Side.BUY)

    await client.moved_by_another(intent)

    await client.believes_the_truth(intent)
    await conforms(client)


@certifies("CRT-34", creates=2, offers=("amend",))
@each(
    "before",
    crossing=Amended.THROUGH_THE_TOUCH,
    filled=Amended.AFTER_ITS_FILL,
    processing=Amended.WHILE_LOCKED,
)
async def test_amend_that_cannot_be(client: OrderClient, counterparty: Counterparty, before: Amended) -> None:
    """An amend that would take, comes too late or hits a locked order is not repeated without end.

    Sequence: create, resting; an amend through the touch, of an order that was filled meanwhile, or refused
        with 110079.
    Passes: No execution took, three amends at most were sent, one at least of the locked order, and the
        client believes what the venue shows.
    Source: docs/v5/order/amend-order.mdx; docs/v5/error.mdx, 110079
    """
    intent = await client.resting(Side.BUY, inside=True)
    price = await before.prepare(client, counterparty, intent)

    await client.amend_or_refuse(intent, price)
    await client.pause_for_a_retry()

    amends = client.wire.requests("order.amend", since=intent.mark)
    expect("amends that could not be carried out", len(amends), between(before.fewest, 3))
    await conforms(client)


@certifies("CRT-38", creates=3, offers=("cancel_all",), on_the_way=True)
async def test_orders_of_others_are_left_alone(client: OrderClient, desk: Desk) -> None:
    """A client ends its own orders and no others of its UID.

    Sequence: two orders of the UID rest that are not the client's; the client places two, ends all of its
        own, places one, and stops.
    Passes: The two foreign orders are open still.
    Source: docs/v5/order/cancel-all.mdx: cancels every order on the symbol
    """
    foreign = [await desk.rest(side) for side in Side]
    own = [await client.resting(side) for side in Side]

    await client.cancel_all()

    for intent in own:
        await client.believes(intent, State.CANCELLED)
    await client.resting(Side.BUY)
    await conforms(client)
    open_now = await desk.open_orders(*(order.order_id for order in foreign))
    expect("orders of others", {x.order_id for x in open_now}, {order.order_id for order in foreign})


@certifies("CRT-39", severity=MAJOR, creates=SEVERAL, offers=("recovery",))
async def test_every_page_is_read(client: OrderClient) -> None:
    """A client that starts again finds all of its open orders, however many pages they fill.

    Sequence: sixty creates, resting, or as many as the client keeps open; killed; started again, while each
        page has twenty orders.
    Passes: Every order is believed open, or was cancelled.
    Source: docs/v5/order/open-order.mdx, nextPageCursor
    """
    client.fault(f"page_size(rows={PAGE})@GET /v5/order/realtime*")
    placed = await client.submit_many(Side.BUY, SEVERAL, at_least=PAGE + 1)
    for intent in placed:
        await client.believes(intent, State.LIVE)
    await client.all_rest(len(placed))

    await client.restart("kill")

    await recovered(client)
