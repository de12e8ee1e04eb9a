"""An order whose answer is lost: one intent stays one order, whatever answer the client got.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/create-order.mdx, orderLinkId
"""

from checks import MAJOR
from checks.client import certifies, each, over_both
from fixtures.certification import UNANSWERED_S, ClientUnderTest, OrderClient, conforms
from fixtures.driver.protocol import State
from fixtures.expect import at_most, expect
from fixtures.v5.codes import RetCode
from fixtures.v5.enums import Side

BASELINE = 20
RESOLVED = (State.LIVE, State.CANCELLED)
"""What becomes of an accepted order whose answer did not say so: it is adopted, or cancelled under its id."""


@certifies("CRT-01", creates=BASELINE, on_the_way=True)
@over_both
async def test_baseline(client: OrderClient) -> None:
    """Twenty orders without any fault are placed, amended and cancelled as asked for.

    Sequence: ten buys and ten sells, each resting; five amended, where the client offers that; five
        cancelled.
    Passes: Each order rests, is amended and cancelled as asked for, and the rules of every scenario hold.
    Source: docs/v5/order/create-order.mdx, amend-order.mdx, cancel-order.mdx
    """
    intents = [await client.submit(side) for side in Side for _ in range(BASELINE // 2)]
    for intent in intents:
        await client.believes(intent, State.LIVE)

    await client.amend_farther(*intents[:5])
    await client.cancel(*intents[5:10])

    for intent in intents[5:10]:
        await client.believes(intent, State.CANCELLED)
    await conforms(client)


@certifies("CRT-02", judged="both", on_the_way=True)
@each("loss", hangs="lose_answer@order.create", closes="lose_answer(how=close)@order.create")
async def test_lost_answer_is_looked_up(client: ClientUnderTest, loss: str) -> None:
    """A create that was accepted and whose answer is lost becomes one order under one id.

    The client may ask for the order, or send the same orderLinkId again, which the venue refuses as a
    duplicate. A new id would be a second order.

    Sequence: create, accepted, its answer and its push lost; looked up, or cancelled by its orderLinkId.
    Passes: Every create of the intent carries one orderLinkId, and the client believes what became of it.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    client.lose_the_push()
    lost = client.fault(loss)

    intent = await client.submit(Side.BUY)
    await client.met(lost)

    await client.believes(intent, *RESOLVED, within_s=UNANSWERED_S)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-03", judged="both", on_the_way=True)
@each(
    "loss",
    hangs="lose_request@order.create",
    closes="lose_request(how=close)@order.create",
)
async def test_lost_request_is_concluded(client: ClientUnderTest, loss: str) -> None:
    """A create that never reached the venue is found to be absent, or is sent again under the same id.

    Sequence: create, lost on its way; looked up.
    Passes: The client believes what the venue shows: an order under the same id, or that there is none.
    Source: docs/v5/order/open-order.mdx
    """
    lost = client.fault(loss)

    intent = await client.submit(Side.BUY)
    await client.met(lost)

    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED, within_s=UNANSWERED_S)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-04", judged="both")
@each(
    "answer",
    code_10000="code(code=10000,when=after)@order.create",
    code_10016="code(code=10016,when=after)@order.create",
    code_10429="code(code=10429,when=after)@order.create",
    code_170007="code(code=170007,when=after)@order.create",
    code_170032="code(code=170032,when=after)@order.create",
    code_170146="code(code=170146,when=after)@order.create",
    http_429="http(status=429,when=after)@order.create",
    http_502="http(status=502,when=after)@order.create",
    html="html(when=after)@order.create",
)
async def test_ambiguous_answer_is_no_refusal(client: ClientUnderTest, answer: str) -> None:
    """An answer that does not say whether the order was accepted is not taken for a refusal.

    Sequence: create, accepted, answered with an error of the server, its push lost; looked up, or cancelled
        by its orderLinkId.
    Passes: The client believes what became of the order, and sent no create without having asked for the
        order before it.
    Source: docs/v5/error.mdx
    """
    client.lose_the_push()
    misled = client.fault(answer)

    intent = await client.submit(Side.BUY)
    await client.met(misled)

    await client.believes(intent, *RESOLVED)
    client.asked_before_each_resend(intent)
    await conforms(client)


@certifies("CRT-05", judged="both")
async def test_push_ends_the_retries(client: ClientUnderTest) -> None:
    """An order that the stream confirms during a back-off is not sent again.

    Sequence: create, accepted, answered with an error of the server; pushed as New; the back-off passes.
    Passes: One create was sent.
    Source: docs/v5/websocket/private/order.mdx
    """
    misled = client.fault(f"code(code={RetCode.SERVER_ERROR},when=after)@order.create")

    intent = await client.submit(Side.BUY)
    await client.met(misled)

    await client.believes(intent, *RESOLVED)
    await client.pause_for_a_retry()
    expect("creates of an order that was pushed as New", len(client.creates(intent)), 1)
    await conforms(client)


@certifies("CRT-06", judged="both")
@each("code", spot=170141, unified=110072)
async def test_duplicate_is_adopted(client: ClientUnderTest, code: int) -> None:
    """A refusal as a duplicate means that the first create was accepted: that order is adopted, or cancelled.

    Sequence: create, accepted, answered as a duplicate, its push lost.
    Passes: The client believes what became of the order, and sent no other id.
    Source: docs/v5/error.mdx, 170141 and 110072
    """
    client.lose_the_push()
    refused = client.fault(f"code(code={code},when=after)@order.create")

    intent = await client.submit(Side.BUY)
    await client.met(refused)

    await client.believes(intent, *RESOLVED)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-10", judged="both")
async def test_lagging_query_is_waited_for(client: ClientUnderTest) -> None:
    """An order that no query shows yet is not declared absent at once.

    Sequence: create, accepted, its answer and its push lost; queries show it three seconds later.
    Passes: One id was sent, and in the end the client believes what became of the order.
    Source: docs/v5/order/create-order.mdx: an acknowledgement is asynchronous
    """
    client.fault("lookup_lag(ms=3000)@GET /v5/order/realtime*")
    client.fault("lookup_lag(ms=3000)@GET /v5/order/history*")
    client.fault("lose_push@push order")
    lost = client.fault("lose_answer(how=close)@order.create")

    intent = await client.submit(Side.BUY)
    await client.met(lost)

    await client.believes(intent, *RESOLVED)
    client.sent_under_one_id(intent)
    await conforms(client)


@certifies("CRT-47", severity=MAJOR, judged="both", on_the_way=True)
@each("loss", accepted="lose_answer(how=reset)@order.create", lost="lose_request(how=reset)@order.create")
async def test_reset_after_write(client: ClientUnderTest, loss: str) -> None:
    """A connection that is reset after the request was written leaves the outcome open.

    Sequence: create, written, connection reset; the order accepted or not.
    Passes: No create was repeated without asking for the order, and the client believes what the venue
        shows.
    Source: docs/v5/order/create-order.mdx, orderLinkId
    """
    lost = client.fault(loss)

    intent = await client.submit(Side.BUY)
    await client.met(lost)

    await client.believes(intent, State.LIVE, State.REJECTED, State.CANCELLED)
    client.asked_before_each_resend(intent)
    expect("creates of one intent", len(client.creates(intent)), at_most(4))
    await conforms(client)
