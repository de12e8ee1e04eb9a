"""What each making of a whole run sends, held against what its check says of it."""

from collections.abc import Generator
from decimal import Decimal

import pytest

from fixtures.harness.order_plan import min_notional
from fixtures.harness.risk_gate import planned_of


class Spent:
    """A plugin that compares the guard's count of each making with ``creates``, ``worth`` and ``largest``.

    beyond: the makings that sent more than their check says, in words
    orders, declared: how many orders were sent in all, and how many the checks say
    """

    def __init__(self) -> None:
        self.beyond: list[str] = []
        self.orders = self.declared = 0
        self._notional = Decimal(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Compare, once the desk has left."""
        connected = getattr(item, "funcargs", {}).get("connected")
        yield
        if connected is None:
            return
        (said,) = planned_of([item])
        risk_check, environment = connected.risk_check, connected.run.environment
        orders, notional = risk_check.orders_sent - self.orders, risk_check.notional_sent - self._notional
        self.orders, self._notional = risk_check.orders_sent, risk_check.notional_sent
        self.declared += said.creates
        most = said.notional(min_notional(environment, said.symbol, Decimal(0)), environment.risk_limits)
        if orders > said.creates or notional > most:
            self.beyond.append(f"{item.name}: {orders} of {said.creates} orders, {notional} of {most}")
