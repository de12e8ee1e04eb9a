"""Compares what each case of a run sends with what its check declares."""

from collections.abc import Generator
from decimal import Decimal

import pytest

from fixtures.harness.order_plan import min_notional
from fixtures.harness.risk_gate import planned_of


class Spent:
    """A pytest plugin that compares each case's orders and notional with what its check declares.

    It reads the counts of the pre-trade risk check; a check declares ``creates``, ``worth`` and ``largest``.

    beyond: a sentence for each case that sent more than its check declares
    orders, declared: how many orders the run sent, and how many its checks declare
    """

    def __init__(self) -> None:
        self.beyond: list[str] = []
        self.orders = self.declared = 0
        self._notional = Decimal(0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Compare after the desk has cancelled what the case left open."""
        connected = getattr(item, "funcargs", {}).get("connected")
        yield
        if connected is None:
            return
        (planned,) = planned_of([item])
        risk_check, environment = connected.risk_check, connected.run.environment
        orders, notional = risk_check.orders_sent - self.orders, risk_check.notional_sent - self._notional
        self.orders, self._notional = risk_check.orders_sent, risk_check.notional_sent
        self.declared += planned.creates
        most = planned.notional(
            min_notional(environment, planned.symbol, Decimal(0)), environment.risk_limits
        )
        if orders > planned.creates or notional > most:
            self.beyond.append(f"{item.name}: {orders} of {planned.creates} orders, {notional} of {most}")
