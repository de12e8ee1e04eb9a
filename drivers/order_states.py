"""What a client believes of its orders: pure values, no input or output.

Rows of orders come from the private stream and from queries, twice, late and out of order. So a belief moves
forward only: a row that is older, or shows less filled, changes nothing, and what the venue has closed stays
closed. An acknowledgement is no row: the order is PENDING until the venue shows it.

Source: docs/v5/websocket/private/order.mdx, execution.mdx, docs/v5/enum.mdx
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
ZERO = Decimal(0)


class State(StrEnum):
    """The states of the driver protocol."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    LIVE = "LIVE"
    PARTIAL = "PARTIAL"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"


CLOSED = frozenset({State.FILLED, State.CANCELLED, State.REJECTED})
RESTING = frozenset({State.LIVE, State.PARTIAL})

STATE_OF = {
    "New": State.LIVE,
    "PartiallyFilled": State.PARTIAL,
    "Filled": State.FILLED,
    "Cancelled": State.CANCELLED,
    "PartiallyFilledCanceled": State.CANCELLED,
    "Deactivated": State.CANCELLED,
    "Rejected": State.REJECTED,
}
"""orderStatus -> state; any other status is UNKNOWN until a query says more."""

_NO_REASON = {"", "EC_NoError", "EC_PerCancelRequest", "UNKNOWN", "CancelByUser", None}


def plain(figure: Decimal) -> str:
    """A figure without exponent and trailing zeros, as the wire and the protocol want it."""
    text = f"{figure:f}"
    trimmed = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if trimmed in {"", "-0"} else trimmed


def figure_of(value: object) -> Decimal | None:
    """The figure in a field; None when it is missing, empty or no figure."""
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


@dataclass(slots=True)
class Order:
    """One intent and what is known of its order.

    price, qty: as the venue shows them, before that as sent
    sent: every price that this client asked for
    seen_ms: updatedTime of the newest row, 0 before the first
    rows: how many rows were taken; a look-up ends when it has grown
    by_venue: True when the state is the venue's own word, so that a closed one stays closed
    """

    intent: str
    link_id: str
    side: str
    price: Decimal
    qty: Decimal
    state: State = State.PENDING
    filled: Decimal = ZERO
    reason: str = ""
    seen_ms: int = 0
    rows: int = 0
    by_venue: bool = False
    sent: set[Decimal] = field(default_factory=set)

    @property
    def is_final(self) -> bool:
        """True once the venue has closed it."""
        return self.by_venue and self.state in CLOSED

    @property
    def may_be_open(self) -> bool:
        """True unless it is known that nothing of it rests."""
        return self.state not in CLOSED

    def report(self) -> dict[str, str]:
        """The result of ``order``."""
        return {
            "state": self.state.value,
            "order_link_id": self.link_id,
            "price": plain(self.price),
            "qty": plain(self.qty),
            "filled_qty": plain(self.filled),
            "reason": self.reason,
        }

    def conclude(self, state: State, reason: str) -> None:
        """Believe something that no row has shown: a refusal by its code, or the end of a look-up."""
        if not self.is_final:
            self.state, self.reason, self.by_venue = state, reason, False

    def take(self, row: Row) -> bool:
        """Take one row of the venue; return False when it does not say where the order stands.

        Such a row makes an order UNKNOWN that was not closed: ask the venue.
        """
        state = STATE_OF.get(str(row.get("orderStatus")))
        filled = figure_of(row.get("cumExecQty"))
        if self.is_final:
            self.filled = max(self.filled, filled or ZERO)
            return True
        if state is None or filled is None:
            self.state, self.by_venue = State.UNKNOWN, False
            return False
        at_ms = int(figure_of(row.get("updatedTime")) or self.seen_ms)
        if state not in CLOSED and (at_ms < self.seen_ms or filled < self.filled):
            return True
        self._move(row, state, max(filled, self.filled), at_ms)
        return True

    def fill(self, total: Decimal) -> None:
        """Know of executions before the row of the order shows them. total: base coin, all of them."""
        self.filled = max(self.filled, total)
        if self.state is State.LIVE:
            self.state = State.PARTIAL

    def _move(self, row: Row, state: State, filled: Decimal, at_ms: int) -> None:
        partly = state is State.LIVE and filled > 0
        self.state, self.filled = State.PARTIAL if partly else state, filled
        self.seen_ms, self.by_venue = max(at_ms, self.seen_ms), True
        self.rows += 1
        self.price = figure_of(row.get("price")) or self.price
        self.qty = figure_of(row.get("qty")) or self.qty
        given = (row.get("rejectReason"), row.get("cancelType"))
        self.reason = next((str(why) for why in given if why not in _NO_REASON), "")


@dataclass(slots=True)
class Fills:
    """The net change of both coins by executions, each counted once by its execId.

    base_coin, quote_coin: names, as in feeCurrency
    """

    base_coin: str
    quote_coin: str
    base: Decimal = ZERO
    quote: Decimal = ZERO
    newest_ms: int = 0
    seen: set[str] = field(default_factory=set)
    filled: dict[str, Decimal] = field(default_factory=dict)

    def take(self, row: Row) -> bool | None:
        """Count an execution: True when it is new, False when it was counted, None when it lacks a field."""
        exec_id = str(row.get("execId") or "")
        if exec_id in self.seen:
            return False
        qty, price, fee = (figure_of(row.get(name)) for name in ("execQty", "execPrice", "execFee"))
        sign = {"Buy": 1, "Sell": -1}.get(str(row.get("side")))
        if not exec_id or qty is None or price is None or fee is None or sign is None:
            return None
        self.seen.add(exec_id)
        self.base += sign * qty
        self.quote -= sign * qty * price
        self._charge(row, fee, sign)
        link_id = str(row.get("orderLinkId"))
        self.filled[link_id] = self.filled.get(link_id, ZERO) + qty
        self.newest_ms = max(self.newest_ms, int(figure_of(row.get("execTime")) or 0))
        return True

    def take_all(self, rows: Iterable[Row]) -> list[Row]:
        """Count executions; return those that were new."""
        return [row for row in rows if self.take(row)]

    def _charge(self, row: Row, fee: Decimal, sign: int) -> None:
        """Take a fee, which is negative for a rebate, from the coin that it is paid in.

        An empty feeCurrency: a maker pays in the coin that it receives, and gets a rebate in the other.
        Source: docs/v5/enum.mdx, Spot Fee Currency Instruction
        """
        received = self.base_coin if (sign > 0) == (fee >= 0) else self.quote_coin
        coin = row.get("feeCurrency") or received
        if coin == self.base_coin:
            self.base -= fee
        elif coin == self.quote_coin:
            self.quote -= fee
