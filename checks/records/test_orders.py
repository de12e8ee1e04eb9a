"""What the run's messages say of its orders, held against what was sent and against each other.

A check here sends nothing and runs last. It fails at the first message of the whole run that contradicts
another one, or what was sent, whatever check that message belongs to.

Source: docs/v5/websocket/private/order.mdx, docs/v5/order/open-order.mdx and order-list.mdx
"""

from checks import BLOCKER, MAJOR, check
from fixtures.desk import Agreement


@check("LAW-01", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_orders_keep_their_terms(agreement: Agreement) -> None:
    """Every view shows an order with the terms that were sent for it.

    Symbol, side, type and timeInForce never change; price and quantity are those of the create or of an
    amend, and no push takes an amend back.

    Sequence: every order row of the run, against the create and the amends that name the order.
    Passes: no row has other terms than were sent.
    Source: docs/v5/order/create-order.mdx, amend-order.mdx; docs/v5/websocket/private/order.mdx
    """
    agreement.require("LAW-01")


@check("LAW-02", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_ids_name_one_order(agreement: Agreement) -> None:
    """An orderId and an orderLinkId name one order, in every answer and every view.

    Sequence: every answer to an order request, and every order row of the run.
    Passes: an answer names the order of its request, and no id stands for two orders.
    Source: docs/v5/order/create-order.mdx, orderId and orderLinkId; docs/v5/order/batch-place.mdx
    """
    agreement.require("LAW-02")


@check("LAW-03", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_refused_orders_do_not_exist(agreement: Agreement) -> None:
    """No view shows an order whose create was refused.

    Sequence: every order row of the run, against the answers to the creates of its orderLinkId.
    Passes: no row belongs to creates that were all refused.
    Source: docs/v5/order/create-order.mdx
    """
    agreement.require("LAW-03")


@check("LAW-04", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_orders_end_once(agreement: Agreement) -> None:
    """An order goes forward and ends once: nothing follows its terminal state.

    The same state may be pushed again, as after a cancel that came too late.

    Sequence: the pushes of each order in the order of their arrival, and every listed terminal state.
    Passes: what is executed never falls, and no view shows a second terminal state.
    Source: docs/v5/enum.mdx, orderStatus; docs/v5/websocket/private/order.mdx, tip
    """
    agreement.require("LAW-04")


@check("LAW-05", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_quantities_add_up(agreement: Agreement) -> None:
    """What is executed and what is left of an order are its quantity, and its status says the same.

    Sequence: every order row of the run.
    Passes: leavesQty is the quantity less cumExecQty while the order is open and 0 at its end, leavesValue is
        its worth, and orderStatus fits.
    Source: docs/v5/websocket/private/order.mdx, leavesQty; docs/v5/enum.mdx, orderStatus
    """
    agreement.require("LAW-05")


@check("LAW-06", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_orders_end_for_a_reason(agreement: Agreement) -> None:
    """An order that ended says why, and only what the run asked for ends as cancelled by the user.

    Sequence: every order row of the run, against the cancels that were sent.
    Passes: an open or filled order has no reason, an ended one has the documented one.
    Source: docs/v5/enum.mdx, rejectReason and cancelType
    """
    agreement.require("LAW-06")


@check("LAW-10", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_orders_sum_their_fills(agreement: Agreement) -> None:
    """An order's executed quantity, value, average and fees are the sums of its fills, in every view.

    Sequence: every order row of the run, against the executions of the order until then.
    Passes: cumExecQty is a partial sum of the fills, and cumExecValue, avgPrice, cumExecFee and cumFeeDetail
        are those of the same fills, to eight places.
    Source: docs/v5/websocket/private/order.mdx, cumExecQty to cumFeeDetail
    """
    agreement.require("LAW-10", of_fills=True)


@check("LAW-11", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_views_show_one_order(agreement: Agreement) -> None:
    """The order stream, realtime and the history show one state of an order alike.

    A figure may be padded, and a field that holds nothing may be empty or name it.

    Sequence: the rows of each order that show one status, price, quantity and executed quantity.
    Passes: every field that two rows share has one value, and what is listed was pushed.
    Source: docs/v5/order/open-order.mdx; docs/v5/order/order-list.mdx; docs/v5/websocket/private/order.mdx
    """
    agreement.require("LAW-11")


@check("LAW-12", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_acknowledged_requests_are_carried_out(agreement: Agreement) -> None:
    """What was acknowledged is pushed: an order as it begins, and a cancelled one as it ends.

    Sequence: the pushes of each order, on a connection that listened all the time.
    Passes: an acknowledged order was pushed, and one whose cancel was acknowledged in a terminal state.
    Source: docs/v5/order/create-order.mdx, cancel-order.mdx
    """
    agreement.require("LAW-12")


@check("LAW-13", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_lists_hold_what_was_asked_for(agreement: Agreement) -> None:
    """A list holds what its query asks for, each row once, the newest first, and no more than its limit.

    Sequence: every list of orders and executions of the run, against its query.
    Passes: no row misses a filter, is listed twice or out of order, and the history lists no open order.
    Source: docs/v5/order/open-order.mdx, order-list.mdx, execution.mdx
    """
    agreement.require("LAW-13")


@check("LAW-14", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_lists_keep_up(agreement: Agreement) -> None:
    """A list may lag behind what was pushed, by look_up_ms of environments.yaml at most.

    Sequence: every list of orders and executions, against the pushes that came longer before its query.
    Passes: no row is older, and no order or execution is missing.
    Source: docs/v5/order/open-order.mdx, create-order.mdx: the acknowledgement is asynchronous
    """
    agreement.require("LAW-14")


@check("LAW-15", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_times_run_forward(agreement: Agreement) -> None:
    """The times of orders, executions and answers run forward, and are those of their messages.

    Sequence: every order row, execution and answer of the run.
    Passes: createdTime never changes, no time goes back, and each is within a second of the time of the
        message that reports the change.
    Source: docs/v5/websocket/private/order.mdx, createdTime, updatedTime, creationTime; docs/v5/guide.mdx
    """
    agreement.require("LAW-15")
