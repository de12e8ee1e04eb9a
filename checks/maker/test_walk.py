"""Walks: many operations on several orders at a time, as they follow from a seed, judged after each of them.

The other checks set up one situation each. What goes wrong only for an order that was amended before, or has
a neighbour at its price, is found by trying sequences that nobody thought of. Another seed tries others:
``--walk-seed``.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 3
"""

from checks import BLOCKER, MAJOR, check, during
from fixtures.desk import MoveKind, Placement, Taker, Walker, WalkLimits
from fixtures.expect import at_least, expect
from fixtures.record.evidence import Evidence
from fixtures.v5.enums import Phase, TimeInForce

LARGEST = 4
"""The largest order of a walk, in lots; a lot is a minimum size, and a tenth more where the price falls."""
QUOTES, ORDERS, FILLS = 16, 160, 40
WORTH_OF_QUOTES, WORTH_OF_ORDERS = (orders * LARGEST * 11 // 10 + 1 for orders in (QUOTES, ORDERS))
MAKERS = WalkLimits(
    kinds=frozenset(MoveKind) - {MoveKind.FILL, MoveKind.CANCEL_ALL},
    places=frozenset({Placement.PASSIVE}),
    times_in_force=(TimeInForce.POST_ONLY,),
    creates=QUOTES,
)
WITH_FILLS = WalkLimits(creates=ORDERS - FILLS, fills=FILLS)
FEWEST = 5
"""The orders that a walk has at least; with fewer it has tried nothing."""


@check(
    "MKR-50",
    severity=BLOCKER,
    max_fills=WORTH_OF_QUOTES,
    creates=QUOTES,
    worth=WORTH_OF_QUOTES,
)
async def test_quotes_stay_consistent(walker: Walker, walk_seed: int, evidence: Evidence) -> None:
    """Several PostOnly quotes keep their terms, their holds and their place in every view, whatever is done.

    A walk of sixty moves that follow from a seed: quotes of one to four lots far from the touch are created,
    amended in price and quantity, and cancelled, alone and in batches, over both transports and by both ids;
    views are queried, and the private stream reconnects. The seed is a figure of the sign-off, and
    ``--walk-seed`` repeats it.

    Sequence: each move, its acknowledgement, its push; at the end every quote is cancelled.
    Passes: each answer is the one that the order's state allows; each push shows the acknowledged terms and
        the executed quantity; realtime, history and executions list what was pushed; the wallet holds what
        the open orders cost, and at the end what it held before.
    Source: docs/v5/order/create-order.mdx, amend-order.mdx, cancel-order.mdx; docs/v5/order/batch-place.mdx
    """
    evidence.measure("seed of the walk of quotes", walk_seed, "")

    orders = await walker.wander(walk_seed, 60, MAKERS)

    expect("orders of the walk", orders, at_least(FEWEST))


@check(
    "MKR-51",
    severity=MAJOR,
    max_fills=WORTH_OF_ORDERS,
    creates=ORDERS,
    worth=WORTH_OF_ORDERS,
)
@during(Phase.TRADING)
async def test_filled_quotes_stay_consistent(
    walker: Walker, taker: Taker, walk_seed: int, evidence: Evidence
) -> None:
    """Several orders keep their terms, holds, fees and sums while they are amended, filled and cancelled.

    A walk of three hundred moves that follow from a seed: those of the walk of quotes, and orders of every
    timeInForce at the touch, in the spread and across it, fills in parts by a second UID, and cancel-all. The
    seed is a figure of the sign-off, and ``--walk-seed`` repeats it.

    Sequence: each move, its acknowledgement, its pushes; at the end every open order is cancelled.
    Passes: what passes the walk of quotes, with the fills and their fees in every sum; no order is filled
        while another of the walk stands before it in the queue.
    Source: docs/v5/order/create-order.mdx, amend-order.mdx, execution.mdx; docs/fix-api/amend-order.mdx
    """
    evidence.measure("seed of the walk with fills", walk_seed, "")
    walker.taker = taker.desk

    orders = await walker.wander(walk_seed, 300, WITH_FILLS)

    expect("orders of the walk", orders, at_least(FEWEST))
