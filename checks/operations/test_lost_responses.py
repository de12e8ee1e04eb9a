"""Idempotency: a create whose answer is lost makes at most one order, and the client finds it.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/open-order.mdx
"""

from checks import BLOCKER, MINOR, check, over_both_transports, over_trade_stream
from fixtures.desk import Desk, LossyClient, RequestIds, RestartedClient
from fixtures.expect import expect, having, present, refused
from fixtures.record.evidence import Evidence
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, ORDER_GONE, RetCode
from fixtures.v5.enums import OrderStatus, Side


@check("IDM-08", severity=MINOR, max_fills=0, min_messages=3)
@over_trade_stream
async def test_request_id_is_used_once(request_ids: RequestIds, evidence: Evidence) -> None:
    """A reqId that was used before on the connection is refused with 20006.

    Both requests are cancels of orders that do not exist. What the venue answers to the same reqId on another
    connection is not documented: it is measured and not judged.

    Sequence: cancel, refused as unknown, cancel under the same reqId, refused as repeated.
    Passes: the first is refused for its unknown order, the second with 20006.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    req_id = request_ids.fresh()

    first, second = await request_ids.answers(req_id, times=2)
    (elsewhere,) = await request_ids.answers(req_id, times=1)

    evidence.measure("retCode of a used reqId on another connection", elsewhere.ret_code, "")
    expect("a cancel of an unknown order", first, refused(ORDER_GONE))
    expect("a second request under one reqId", second, refused(RetCode.WS_DUPLICATE_REQ_ID))


@check("IDM-09", severity=BLOCKER, max_fills=1, creates=1, min_messages=4, subject="suite")
@over_both_transports
async def test_journal_recovers_what_a_dead_client_left(
    lossy: LossyClient, restarted: RestartedClient
) -> None:
    """An order whose sender dies before the answer is found and cancelled with the help of the journal alone.

    The sender is a client of its own whose connection breaks when the answer arrives, and which does nothing
    more; the restarted client reads the journal from disk and works over its own connections. That proves
    that the id was on disk before the bytes left and that the venue needs nothing else. The process of the
    run itself is not killed here.

    Sequence: create, the connection breaks, journal read, look-up, found, cancel by its id, Cancelled.
    Passes: the last id of the journal is found, and the look-up shows its order Cancelled in the end.
    Source: docs/v5/order/open-order.mdx, orderLinkId; docs/v5/order/cancel-order.mdx
    """
    sent_as = await lossy.send(Side.BUY)

    intent = restarted.last_intent()
    shown = await restarted.look_up(intent)
    shown_at_last = await restarted.end(intent)

    wait_ms, cancelled = restarted.desk.timeouts.look_up_ms, having(order_status=OrderStatus.CANCELLED)
    expect("the last orderLinkId in the journal", intent, sent_as, of=sent_as)
    found = expect(f"{intent} of the journal in the look-up", shown, present, of=intent, within_ms=wait_ms)
    expect(f"orderLinkId in the look-up of {intent}", found.order_link_id, intent, of=found)
    what = f"{intent} after the restarted client's cancel"
    ended = expect(what, shown_at_last, present, of=found, within_ms=wait_ms)
    expect(what, ended, cancelled, within_ms=wait_ms)


@check("IDM-10", severity=BLOCKER, max_fills=2, creates=2, min_messages=3)
@over_both_transports
async def test_lost_answer_leaves_one_order(desk: Desk, lossy: LossyClient) -> None:
    """An order whose answer is lost is found by its id, and the same id sent again makes no second one.

    The venue has acted and the client does not know it: the look-up decides. The repeat is what a client
    sends that does not look first.

    Sequence: create, answer lost, look-up, found, create under the same id, refused as a duplicate.
    Passes: the look-up shows the order, the repeat is refused as a duplicate, and that order alone is open.
    Source: docs/v5/order/create-order.mdx, orderLinkId; docs/v5/order/open-order.mdx
    """
    sent_as = await lossy.send(Side.BUY)

    shown, wait_ms = await desk.look_up(sent_as), desk.timeouts.look_up_ms
    what = f"{sent_as}, whose answer is lost, in the look-up"
    found = expect(what, shown, present, of=sent_as, within_ms=wait_ms)
    repeat = await desk.attempt(Side.BUY, found.price, found.qty, order_link_id=sent_as)

    live = [state.order_id for state in await desk.open_orders(found.order_id)]
    expect(f"a second create under {sent_as}", repeat, refused(DUPLICATE_ORDER_LINK_ID), of=found)
    expect("orders open under one id", live, [found.order_id], of=found)
