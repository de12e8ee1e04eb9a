"""What a client's user remembers of its intents and fills, for the drivers of libraries that do not.

No more than that: nothing is asked for, repeated or cancelled here. Standard library only.
"""

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

from drivers.stdio import Declined, notify

Row = dict[str, Any]
ENDED = {"FILLED", "CANCELLED", "REJECTED"}


@dataclass
class OrderIntent:
    """One intent and what is believed of its order. has_ended: by the word of the venue."""

    name: str
    link_id: str
    side: str
    price: str
    qty: str
    state: str = "PENDING"
    filled: str = "0"
    reason: str = ""
    has_ended: bool = False

    def report(self) -> dict[str, str]:
        """The result of ``order``."""
        known = {"order_link_id": self.link_id, "price": self.price, "qty": self.qty}
        return {"state": self.state, **known, "filled_qty": self.filled, "reason": self.reason}


class Intents:
    """The intents of one life, by name and by orderLinkId, and the executions of all lives by execId.

    library: the name of its package
    base_coin: of the symbol; the other coin of a fee is the quote coin
    """

    library: str
    base_coin = ""

    def __init__(self) -> None:
        self.intents: dict[str, OrderIntent] = {}
        self.links: dict[str, OrderIntent] = {}
        self.fills: dict[str, Row] = {}

    def recall(self, state_directory: str) -> None:
        """Read the executions of earlier lives."""
        self.fills_file = Path(state_directory, "fills.jsonl")
        kept = self.fills_file.read_text().splitlines() if self.fills_file.exists() else []
        self.fills = {row["execId"]: row for row in map(json.loads, kept)}

    def new(self, intent: str, side: str, price: str, qty: str) -> OrderIntent:
        """A new intent with an orderLinkId of its own."""
        found = OrderIntent(intent, str(uuid.uuid4()), side, price, qty)
        self.intents[intent] = self.links[found.link_id] = found
        return found

    def known(self, intent: str) -> OrderIntent:
        """The intent of this name."""
        if intent not in self.intents:
            raise Declined(f"no order of the intent {intent}")
        return self.intents[intent]

    def not_ended(self) -> list[OrderIntent]:
        """The intents whose orders may be open."""
        return [intent for intent in self.intents.values() if intent.state not in ENDED]

    def believe(self, intent: OrderIntent, state: str, reason: str = "") -> None:
        """Believe a state and report it."""
        intent.state, intent.reason = state, reason
        notify("orderChanged", {"intent": intent.name, **intent.report()})

    def shown(self, intent: OrderIntent, state: str, row: Row) -> None:
        """Believe what the venue shows of an order; what it has ended stays ended. row: of the venue."""
        if not intent.has_ended:
            intent.price, intent.qty = row.get("price") or intent.price, row.get("qty") or intent.qty
            intent.filled = row.get("cumExecQty") or intent.filled
            intent.has_ended = state in ENDED
            self.believe(intent, state, row.get("rejectReason", ""))

    def take_fill(self, row: Row) -> None:
        """Count an execution of an own order, and keep it for the next start."""
        if row["orderLinkId"] in self.links and row["execId"] not in self.fills:
            self.fills[row["execId"]] = row
            with self.fills_file.open("a") as file:
                file.write(json.dumps(row) + "\n")

    # --- methods of the protocol

    async def initialize(self, protocol: str) -> Row:
        """Say what this is and what it offers."""
        offered = {"amend": True, "batch": 10, "cancel_all": True, "recovery": False, "inventory": True}
        return {
            "protocol": protocol,
            "name": self.library,
            "version": "1.0",
            "library": f"{self.library} {version(self.library)}",
            "capabilities": {"transports": ["rest", "trade"], **offered},
        }

    async def cancel_all(self) -> None:
        """Take the cancel of each own order; the libraries' cancel-all would take foreign ones, too."""
        for intent in self.not_ended():
            await self.cancel(intent.name)

    async def cancel(self, intent: str) -> None:
        """Take a cancel."""
        raise NotImplementedError

    async def order(self, intent: str) -> dict[str, str]:
        """Say what is believed of an intent."""
        return self.known(intent).report()

    async def open_orders(self) -> dict[str, list[str]]:
        """Say which orders are believed to rest."""
        resting = [intent for intent in self.intents.values() if intent.state in {"LIVE", "PARTIAL"}]
        return {"orders": [intent.link_id for intent in resting]}

    async def inventory(self) -> dict[str, str]:
        """Say what fills and fees have changed."""
        base = quote = Decimal(0)
        for row in self.fills.values():
            sign = 1 if row["side"] == "Buy" else -1
            qty, fee = Decimal(row["execQty"]), Decimal(row["execFee"])
            in_base = row["feeCurrency"] == self.base_coin
            base += sign * qty - (fee if in_base else 0)
            quote -= sign * qty * Decimal(row["execPrice"]) + (0 if in_base else fee)
        return {"base": f"{base:f}", "quote": f"{quote:f}"}


def alert(reason: str, text: str) -> None:
    """Alert the trader on call, with what the library reported."""
    notify("alert", {"severity": "warning", "reason": reason, "text": text[:500]})
