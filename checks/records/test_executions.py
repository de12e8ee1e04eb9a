"""What the run's messages say of its executions, held against their orders and against each other.

Source: docs/v5/order/execution.mdx, docs/v5/websocket/private/execution.mdx
"""

from checks import BLOCKER, MAJOR, check
from fixtures.desk import Agreement


@check("LAW-07", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_fees_and_values_are_right(agreement: Agreement) -> None:
    """An execution's value is price times quantity, and its fee the account's rate of what it is paid in.

    Sequence: every execution of the run.
    Passes: execValue and execFee to eight places, feeCurrency by the documented table, one feeRate for makers
        and one for takers of a symbol.
    Source: docs/v5/order/execution.mdx; docs/v5/enum.mdx, spot fee currency
    """
    agreement.require("LAW-07", of_fills=True)


@check("LAW-08", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_executions_fit_their_orders(agreement: Agreement) -> None:
    """An execution has the terms of its order, keeps its limit, and makes where the order may not take.

    Sequence: every execution of the run, against the create and the amends of its order.
    Passes: symbol, side, type, orderLinkId, orderPrice and orderQty are the order's; execPrice keeps the
        limit, and is the limit where the order made; isMaker fits timeInForce.
    Source: docs/v5/order/execution.mdx; docs/v5/order/create-order.mdx, timeInForce
    """
    agreement.require("LAW-08", of_fills=True)


@check("LAW-09", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_executions_are_shown_alike(agreement: Agreement) -> None:
    """An execId stands for one fill, shown once by each connection and page, and alike everywhere.

    Sequence: every execution row of the run, against the first that had its execId.
    Passes: no field differs, and no connection or page repeats an execId.
    Source: docs/v5/order/execution.mdx; docs/v5/websocket/private/execution.mdx
    """
    agreement.require("LAW-09", of_fills=True)
