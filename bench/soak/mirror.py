"""Rebuilds one account's orders, and one book, from the streams alone."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.soak.laws import ClientLaw, LawLedger
from fixtures.v5.enums import OrderStatus

Row = Mapping[str, Any]
_REBUILT = ("orderLinkId", "symbol", "side", "orderStatus", "price", "qty", "leavesQty", "cumExecQty")
"""What must be the same on the stream and in the lookup."""
_MAKER_ONLY = frozenset({"PostOnly", "RPI"})


@dataclass(slots=True)
class Orders:
    """One account's orders as the order and the execution topic push them, from an empty start on.

    changed: set with every message
    """

    ledger: LawLedger
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    open: dict[str, Row] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    _traded: dict[str, Decimal] = field(default_factory=dict)
    _takers: set[str] = field(default_factory=set)

    def take(self, topic: str, rows: Iterable[Row]) -> None:
        """Apply one message."""
        for row in rows:
            if topic == "execution":
                self._execution(row)
            elif topic == "order":
                self._order(row)
        self.changed.set()

    def is_like(self, listed: Iterable[Row]) -> bool:
        """True when the lookup shows the same open orders as the stream."""
        return {row["orderId"]: _rebuilt(row) for row in listed} == {
            order_id: _rebuilt(row) for order_id, row in self.open.items()
        }

    def _execution(self, row: Row) -> None:
        order_id = str(row["orderId"])
        self.ledger.counts["executions pushed"] += 1
        self._traded[order_id] = self._traded.get(order_id, Decimal(0)) + Decimal(row["execQty"])
        if not row["isMaker"]:
            self._takers.add(order_id)

    def _order(self, row: Row) -> None:
        order_id, see = str(row["orderId"]), self.ledger.see
        self.ledger.counts["order rows pushed"] += 1
        cum, leaves, qty = (Decimal(row[name]) for name in ("cumExecQty", "leavesQty", "qty"))
        # Executions are pushed before the order row that counts them, so both sums agree at every row.
        traded = self._traded.get(order_id, Decimal(0))
        see(ClientLaw.EXECUTIONS, kept=cum == traded, what=f"{order_id}: cum {cum}, executed {traded}")
        if row["timeInForce"] in _MAKER_ONLY:
            see(ClientLaw.MAKER_ONLY, kept=order_id not in self._takers, what=order_id)
        if order_id in self.ended:
            see(ClientLaw.ENDS_ONCE, kept=False, what=f"{order_id} is {row['orderStatus']} after its end")
        elif OrderStatus(row["orderStatus"]).is_closed:
            self._end(order_id)
        else:
            see(ClientLaw.ADDS_UP, kept=cum + leaves == qty, what=f"{order_id}: {cum} + {leaves}, not {qty}")
            self.open[order_id] = row

    def _end(self, order_id: str) -> None:
        self.open.pop(order_id, None)
        self.ended.add(order_id)
        self._traded.pop(order_id, None)
        self._takers.discard(order_id)


def _rebuilt(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in _REBUILT)


Sizes = tuple[str, ...]


@dataclass(slots=True)
class BookCopy:
    """One book kept from its frames.

    u: the state that it is in, 0 before the first
    """

    ledger: LawLedger
    u: int = 0
    bids: dict[Decimal, Sizes] = field(default_factory=dict)
    asks: dict[Decimal, Sizes] = field(default_factory=dict)
    _early: list[Row] = field(default_factory=list)
    _asked: Row | None = None

    def take(self, kind: str, content: Row) -> None:
        """Apply a frame; a delta older than the book is ignored, one before the snapshot waits for it.

        Source: docs/v5/websocket/public/full-ob.mdx, whose snapshot comes over REST
        """
        self.ledger.counts["book frames"] += 1
        if kind == "snapshot":
            self.bids.clear()
            self.asks.clear()
            self._apply(content)
            early, self._early = self._early, []
            for delta in early:
                self.take("delta", delta)
        elif not self.u:
            self._early.append(content)
        elif content["u"] > self.u:
            self._apply(content)

    def _apply(self, content: Row) -> None:
        _apply(self.bids, content["b"])
        _apply(self.asks, content["a"])
        self.u = content["u"]
        self._look()

    def compare(self, shown: Row) -> None:
        """Compare with a book that REST showed, once this one has its u; not at all when it never has."""
        self._asked = shown
        self._look()

    def _look(self) -> None:
        if self.bids and self.asks:
            bid, ask = max(self.bids), min(self.asks)
            self.ledger.see(ClientLaw.CROSSED, kept=bid < ask, what=f"{bid} against {ask} at u {self.u}")
        if self._asked is None or self.u < self._asked["u"]:
            return
        shown, self._asked = self._asked, None
        if shown["u"] == self.u:
            same = (_levels(shown["b"]), _levels(shown["a"])) == (self.bids, self.asks)
            self.ledger.see(ClientLaw.DELTAS, kept=same, what=f"{shown['s']} at u {self.u}")


def _apply(levels: dict[Decimal, Sizes], rows: Iterable[list[str]]) -> None:
    for price, *sizes in rows:
        if any(Decimal(size) for size in sizes):
            levels[Decimal(price)] = tuple(sizes)
        else:
            levels.pop(Decimal(price), None)


def _levels(rows: Iterable[list[str]]) -> dict[Decimal, Sizes]:
    return {Decimal(price): tuple(sizes) for price, *sizes in rows}
