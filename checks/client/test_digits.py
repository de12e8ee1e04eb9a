"""Orders that choose their scenario by themselves, as an exchange's certification by hand lets them.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4
"""

import pytest

from checks import MAJOR
from checks.client import certifies
from fixtures.certification import Counterparty, ObservedClient, keeps_the_rules
from fixtures.certification.digits import MOST_CREATES, TABLE, Digits, Scenario, judge


@certifies(
    "CRT-51",
    severity=MAJOR,
    judged="observed",
    after_orders=True,
    creates=MOST_CREATES,
    on_the_way=True,
)
@pytest.mark.parametrize("scenario", TABLE, ids=lambda scenario: f"{scenario.digits} {scenario.name}")
async def test_order_chooses_its_scenario(
    client: ObservedClient, counterparty: Counterparty, digits: Digits, scenario: Scenario
) -> None:
    """Each order whose quantity names a scenario is followed by what the page asks of a client in it.

    So any bot whose order size can be set goes through the table, and so does a person who places the orders
    by hand. Digits that no order had are BLOCKED, and in front of a real venue those of what no network does.

    Sequence: an order whose quantity ends in the digits of the scenario; the scenario.
    Passes: The rule of the check to which the scenario belongs, see docs/observed.md.
    Source: docs/v5/order/create-order.mdx
    """
    order = await digits.order_of(scenario, client)
    client.since = order.mark

    await digits.carry_out(scenario, order, client, counterparty)
    await judge(scenario.rule, client, order)

    digits.judged(scenario, order)
    await keeps_the_rules(client)
