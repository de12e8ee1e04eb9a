"""A client that ends in the middle: no order is forgotten, and no id is used twice.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4
"""

from checks.client import certifies, each
from fixtures.certification import OrderClient, conforms, left_nothing, recovered
from fixtures.driver.protocol import State
from fixtures.expect import expect, nothing
from fixtures.v5.enums import Side

TEN = 10
ENDED_S = 10


@certifies("CRT-07", creates=6, on_the_way=True)
@each("keeps_state", kept=True, lost=False)
async def test_ids_outlive_a_restart(client: OrderClient, keeps_state: bool) -> None:  # noqa: FBT001 - a case
    """After a restart no orderLinkId is used again, even when the client's disk was lost.

    Sequence: three creates, resting; stopped; started again, with or without its state; three creates.
    Passes: Six ids.
    Source: docs/v5/order/create-order.mdx, orderLinkId: unique
    """
    for _ in range(3):
        await client.resting(Side.BUY)
    await client.restart(keeps_state=keeps_state)

    intents = [await client.submit(Side.BUY) for _ in range(3)]
    for intent in intents:
        await client.outcome(intent)

    ids = [create.order_link_id for create in client.wire.creates(since=client.since)]
    expect("orderLinkIds that were used again", sorted(x for x in set(ids) if ids.count(x) > 1), nothing)
    for intent in intents:
        await client.believes(intent, State.LIVE)
    await conforms(client)


@certifies("CRT-36", creates=TEN, offers=("recovery",), on_the_way=True)
async def test_killed_client_recovers(client: OrderClient) -> None:
    """A client that was killed with open orders adopts them, or cancels them, before it places another one.

    Sequence: ten creates, resting; kill -9; started again.
    Passes: Before its first create the client knows each order that is open.
    Source: docs/v5/order/open-order.mdx
    """
    for side in Side:
        for _ in range(TEN // 2):
            await client.resting(side)
    await client.all_rest(TEN)

    await client.restart("kill")

    await recovered(client)


@certifies("CRT-37", creates=3, on_the_way=True)
async def test_terminated_client_leaves_nothing(client: OrderClient) -> None:
    """A client that is terminated while its streams are down cancels its orders over REST.

    Sequence: three creates, resting; the streams break and are refused; SIGTERM.
    Passes: The process ends within its time, and no order is open.
    Source: docs/v5/order/cancel-order.mdx
    """
    for _ in range(3):
        await client.resting(Side.BUY)
    await client.all_rest(3)
    client.fault("refuse@connect /v5/private*")
    client.fault("refuse@connect /v5/trade*")
    client.fault("drop@private:")

    await client.end_process("terminate")

    await left_nothing(client)
