"""What the run's messages say of the wallet, held against its executions and orders.

Source: docs/v5/account/wallet-balance.mdx, docs/v5/websocket/private/wallet.mdx
"""

from checks import BLOCKER, MAJOR, check
from fixtures.desk import Agreement


@check("LAW-16", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_balances_are_conserved(agreement: Agreement) -> None:
    """A coin's balance moves by what the executions bought, paid and charged, and by nothing else.

    A change that no execution explains is named as such: somebody's transfer, or wrongly booked.

    Sequence: every coin of every wallet push and answer, against the executions until then.
    Passes: each walletBalance is the first one and a partial sum of the executions, which on one connection
        never goes back; an answer has each execution after look_up_ms of environments.yaml, a push soon.
    Source: docs/v5/account/wallet-balance.mdx; docs/v5/websocket/private/wallet.mdx, walletBalance
    """
    agreement.require("LAW-16")


@check("LAW-17", severity=BLOCKER, max_fills=0, min_messages=0, last=True)
def test_locked_is_what_open_orders_hold(agreement: Agreement) -> None:
    """What is locked of a coin is what the open orders may spend of it.

    The documents leave open whether the fee of a buy is held as well: both are right.

    Sequence: every coin of every wallet push and answer, against the order stream.
    Passes: locked is what it was at first and price times leavesQty of each open buy, or leavesQty of each
        open sell, at some moment that the view may show; and no more than the balance.
    Source: docs/v5/account/wallet-balance.mdx; docs/v5/websocket/private/wallet.mdx, locked
    """
    agreement.require("LAW-17")


@check("LAW-18", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_wallet_rows_add_up(agreement: Agreement) -> None:
    """The totals of a wallet row are the sums of its coins, and belong together.

    Sequence: every wallet push and answer of the run.
    Passes: equity is the balance of a coin that no derivative touched, totalEquity the sum of usdValue,
        totalMarginBalance that of its parts, and no more is available than there is.
    Source: docs/v5/account/wallet-balance.mdx; docs/v5/websocket/private/wallet.mdx
    """
    agreement.require("LAW-18")
