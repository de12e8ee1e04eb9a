"""The driver of this suite's own client: ``python -m drivers.reference``.

Here stand the methods of the protocol. What is refused before it is sent stands in ``_refusals.py``, what the
client does by itself in ``_watch.py``, the life of one order in ``_order_life.py``, what is believed and
reported in ``_beliefs.py``, and the connections in ``_connections.py``.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from drivers._connections import Connections
from drivers._refusals import Refusals
from drivers.order_states import RESTING, Fills, figure_of, plain
from drivers.state_directory import StateDirectory
from drivers.stdio import Declined, serve
from fixtures.clients.errors import ClientError
from fixtures.config.environment import Credentials
from fixtures.event_loop import new_event_loop

STOP_S = 14.0


class Reference(Refusals):
    """This suite's own client behind the driver protocol."""

    connections = Connections
    is_connected = False

    async def initialize(self, protocol: str) -> dict[str, Any]:
        """Say who this is and what it offers."""
        if protocol != "1.0":
            raise Declined(f"protocol {protocol} is not spoken here")
        offered = {"amend": True, "batch": 10, "cancel_all": True, "recovery": True, "inventory": True}
        return {
            "protocol": "1.0",
            "name": "reference",
            "version": "1.0",
            "library": "",
            "capabilities": {"transports": ["rest", "trade"], **offered},
        }

    async def start(
        self,
        *,
        hosts: Mapping[str, str],
        symbol: str,
        key_variable: str,
        secret_variable: str,
        transport: str,
        state_directory: str,
    ) -> None:
        """Connect, remember the earlier lives, fetch what they missed; return once it may trade."""
        self.require_hosts(hosts)
        self.symbol = symbol
        self.journal = StateDirectory(Path(state_directory), time.time_ns() // 1_000_000)
        credentials = Credentials(os.environ[key_variable], os.environ[secret_variable])
        self.venue = self.connect(hosts, credentials, over_trade=transport == "trade")
        self.is_connected = True
        await self.venue.open()
        self.filters = await self.venue.filters()
        self.fills = Fills(self.filters.base_coin, self.filters.quote_coin)
        self.recall()
        await self.catch_up()
        await asyncio.gather(*(self.resolve(order) for order in self.may_be_open() if not order.rows))
        self.begin()
        self.is_started = True

    def connect(self, hosts: Mapping[str, str], credentials: Credentials, *, over_trade: bool) -> Connections:
        """The connections to the venue, not open yet."""
        return self.connections(
            hosts,
            credentials,
            self.symbol,
            self.journal.owner,
            over_trade=over_trade,
            on_order=self.take_order,
            on_execution=self.take_execution,
            on_lost=self.stream_lost,
            on_back=self.catch_up,
            on_trouble=self.trouble,
        )

    # --- requests

    async def submit(self, intent: str, side: str, price: str, qty: str) -> None:
        """Take one order."""
        await self.filters_are_read()
        self.spawn(self.place(self.new_order(intent, side, price, qty)))

    async def submit_batch(self, orders: list[dict[str, str]]) -> None:
        """Take several orders, sent in one request."""
        await self.filters_are_read()
        self.spawn(self.place_batch([self.new_order(**order) for order in orders]))

    async def amend(self, intent: str, price: str | None = None, qty: str | None = None) -> None:
        """Take a change of price, of total quantity or of both."""
        order = self.known(intent)
        new_price, new_qty = figure_of(price), figure_of(qty)
        self.require_trading()
        self.require_filters(order.side, new_price or order.price, new_qty or order.qty)
        self.spawn(self.change(order, new_price, new_qty))

    async def cancel(self, intent: str) -> None:
        """Take a cancel."""
        self.spawn(self.take_back(self.known(intent)))

    async def cancel_all(self) -> None:
        """Take the cancel of every own order; foreign ones are left alone."""
        self.spawn(self.pull_quotes())

    async def order(self, intent: str) -> dict[str, str]:
        """Say what is believed of an intent."""
        return self.known(intent).report()

    async def open_orders(self) -> dict[str, list[str]]:
        """Say which orders are believed to rest."""
        resting = [order for order in self.orders.values() if order.state in RESTING]
        return {"orders": [order.link_id for order in resting]}

    async def inventory(self) -> dict[str, str]:
        """Say what fills and fees have changed."""
        return {"base": plain(self.fills.base), "quote": plain(self.fills.quote)}

    async def stop(self) -> None:
        """Cancel every own order over REST, look that none is left, and close the connections."""
        if not self.is_connected or self.stopped_by == "stopped":
            return
        self.stopped_by, self.venue.over_trade = "stopped", False
        self.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                while await self.is_anything_left():
                    await self.pull_quotes()
        await self.venue.close()
        self.journal.close()

    async def is_anything_left(self) -> bool:
        """True until the venue shows no own order, and none is in doubt."""
        try:
            await self.reconcile()
        except ClientError:
            await asyncio.sleep(0.5)
            return True
        return bool(self.may_be_open())


def main(client: Reference) -> None:
    """Serve one client until its input ends."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(client))


if __name__ == "__main__":
    main(Reference())
