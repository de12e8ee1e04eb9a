"""Several faults at once, as on a bad day.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4
"""

from collections.abc import Sequence

from checks.client import certifies
from fixtures.certification import OrderClient, first_failure
from fixtures.expect import expect, nothing

LENGTH = 10


@certifies("CRT-49", creates=10 * LENGTH)
async def test_storm(client: OrderClient, storms: Sequence[tuple[str, ...]]) -> None:
    """Ten faults at random, one after the other, leave the client with what the venue shows.

    The sequences follow from ``--seed``, their number from ``--storm``. One that the client does not
    survive is cut down to the shortest that it does not survive either; ``--fault`` plays that one again.

    Sequence: for each fault it is armed, an order asked for, and now and then one cancelled.
    Passes: After each storm the rules of every scenario hold.
    Source: docs/v5/error.mdx
    """
    failing = await first_failure(client, storms)

    advice = "" if failing is None else f"play it again: {failing.command(client.name)}"
    expect("a sequence of faults that the client does not survive", failing, nothing, advice=advice)
