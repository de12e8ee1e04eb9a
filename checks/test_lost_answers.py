"""Idempotency: an answer that never arrives leaves one order at most, and it is found.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/order/open-order.mdx
"""

from checks import BLOCKER, MINOR, check, over_both_transports, over_trade_stream
from fixtures.desk import Desk, Heir, RequestIds, Unheard
from fixtures.evidence import Evidence
from fixtures.v5.codes import DUPLICATE_ORDER_LINK_ID, ORDER_GONE, RetCode
from fixtures.v5.enums import OrderStatus, Side


@check("IDM-08", severity=MINOR, at_risk=0, observes=3)
@over_trade_stream
async def test_request_id_is_used_once(request_ids: RequestIds, evidence: Evidence) -> None:
    """A reqId that was used before on the connection is refused with 20006.

    Both requests are cancels of orders that never were. What the venue says to the same reqId on another
    connection is documented nowhere: it is measured, and judged by nobody.

    Sequence: cancel, refused as unknown, cancel under the same reqId, refused as repeated.
    Passes: the first is refused for its unknown order, the second with 20006.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    req_id = request_ids.fresh()

    first, second = await request_ids.answers(req_id, times=2)
    (elsewhere,) = await request_ids.answers(req_id, times=1)

    evidence.measure("retCode of a used reqId on another connection", elsewhere.ret_code, "")
    assert first.ret_code in ORDER_GONE, f"a cancel of an unknown order was {first}"
    assert second.ret_code == RetCode.WS_DUPLICATE_REQ_ID, f"a reqId used twice was {second}"


@check("IDM-09", severity=BLOCKER, at_risk=1, creates=1, observes=4)
@over_both_transports
async def test_journal_recovers_what_a_dead_client_left(unheard: Unheard, heir: Heir) -> None:
    """An order whose sender dies before the answer is found and ended by one who has only the journal.

    The sender is a client of its own whose connection breaks when the answer arrives, and who takes no
    further part; the heir reads the journal from disk and works over connections of its own. That proves
    that the id was on disk before the bytes left and that the venue needs nothing else; the process of
    the run itself is not killed here.

    Sequence: create, the connection breaks, journal read, look-up, found, cancel by its id, Cancelled.
    Passes: the last id of the journal is found, and the look-up shows its order Cancelled in the end.
    Source: docs/v5/order/open-order.mdx, orderLinkId; docs/v5/order/cancel-order.mdx
    """
    sent_as = await unheard.send(Side.BUY)

    intent = heir.last_intent()
    found = await heir.look_up(intent)
    ended = await heir.end(intent)

    assert intent == sent_as, f"the journal's last intent is {intent}, sent was {sent_as}"
    wait_ms = heir.desk.patience.look_up_ms
    assert found is not None, f"{intent} is in the journal, and the look-up does not find it in {wait_ms} ms"
    assert found.order_link_id == intent, f"the look-up of {intent} shows {found.order_link_id}"
    assert ended is not None, f"{intent} was cancelled, and the look-up does not find it"
    assert ended.order_status is OrderStatus.CANCELLED, f"{wait_ms} ms after the heir's cancel it is {ended}"


@check("IDM-10", severity=BLOCKER, at_risk=2, creates=2, observes=3)
@over_both_transports
async def test_lost_answer_leaves_one_order(desk: Desk, unheard: Unheard) -> None:
    """An order whose answer is lost is found by its id, and the same id sent again makes no second one.

    The venue acted, the client does not know: the look-up settles it. The repeat is what a client does
    that does not look first.

    Sequence: create, answer lost, look-up, found, create under the same id, refused as a duplicate.
    Passes: the look-up shows the order, the repeat is refused as a duplicate, and that order alone is open.
    Source: docs/v5/order/create-order.mdx, orderLinkId; docs/v5/order/open-order.mdx
    """
    sent_as = await unheard.send(Side.BUY)

    found = await desk.look_up(sent_as)
    assert found is not None, (
        f"{sent_as} was sent, its answer is lost, and the look-up does not find it within "
        f"{desk.patience.look_up_ms} ms"
    )
    repeat = await desk.attempt(Side.BUY, found.price, found.qty, order_link_id=sent_as)

    live = [state.order_id for state in await desk.open_orders(found.order_id)]
    assert repeat.ret_code in DUPLICATE_ORDER_LINK_ID, f"the id sent again was {repeat}"
    assert live == [found.order_id], f"the look-up found {found.order_id}, open are {live}"
