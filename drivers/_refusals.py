"""What this suite's own client refuses before it is sent."""

import asyncio
import os
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from drivers._watch import Watch
from drivers.order_states import Order
from drivers.stdio import Declined
from fixtures.config.real_money import real_hosts


class Refusals(Watch):
    """Takes on orders that the venue would accept, while trading is allowed."""

    is_started = False

    def require_hosts(self, hosts: Mapping[str, str]) -> None:
        """Refuse hosts with real money unless the variable REAL_MONEY allows it, and a mixture of both."""
        names = [urlsplit(url).hostname or "" for url in hosts.values()]
        real = real_hosts(names)
        if real and (os.environ.get("REAL_MONEY") != "yes" or len(real) < len(names)):
            raise Declined(f"host: {real[0]} is not a host that this client may trade on")

    def known(self, intent: str) -> Order:
        """The order of an intent."""
        if intent not in self.orders:
            raise Declined(f"no order of the intent {intent}")
        return self.orders[intent]

    def new_order(self, intent: str, side: str, price: str, qty: str) -> Order:
        """A new order with an id of its own, journalled before anything is sent; raises Declined."""
        self.require_trading()
        if intent in self.orders:
            raise Declined(f"the intent {intent} has an order")
        at, size = Decimal(price), Decimal(qty)
        self.require_filters(side, at, size)
        order = Order(intent, self.new_link_id(), side, at, size, sent={at})
        self.orders[intent] = self.links[order.link_id] = order
        self.journal.write({"order": {"intent": intent, "side": side, **order.report()}})
        return order

    def new_link_id(self) -> str:
        """An orderLinkId that no order of any life of this client has."""
        return self.journal.new_link_id()

    async def filters_are_read(self) -> None:
        """Wait for the filters after a refusal that may mean that they have changed."""
        if self.refreshing is not None:
            await asyncio.wait({self.refreshing})

    def require_filters(self, side: str, price: Decimal, qty: Decimal) -> None:
        """Refuse an order that the venue would refuse."""
        if fault := self.filters.fault(side, price, qty):
            raise Declined(f"filter: {fault}")

    def require_trading(self) -> None:
        """Refuse while nothing may be sent."""
        if not self.is_started:
            raise Declined("not started")
        reasons = {
            self.stopped_by: bool(self.stopped_by),
            "ban": self.is_banned(),
            "maintenance": self.is_maintained,
            "stream": self.is_blind,
            "breaker": self.breaker.is_open(self.now()),
            "order_cap": self.now() < self.capped_until,
        }
        if reason := next((name for name, holds in reasons.items() if holds), ""):
            raise Declined(reason)
