"""The laws that the clients observe from outside while they run."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class ClientLaw(StrEnum):
    """What a client of a conforming venue can rely on."""

    ADDS_UP = "cumExecQty + leavesQty is the qty of every open order that is pushed"
    EXECUTIONS = "cumExecQty is what the execution stream adds up to"
    ENDS_ONCE = "every acknowledged order is pushed to exactly one end"
    MAKER_ONLY = "no PostOnly order has an execution as a taker"
    REBUILDS = "the order stream alone rebuilds order/realtime"
    DELTAS = "snapshots and deltas alone rebuild the book that REST shows under the same u"
    CROSSED = "no book is crossed after any frame"
    REFUSALS = "every refusal carries a code that is documented for the request"
    LIMITS = "a flood is let through up to the documented rate, and the rest is refused with 10006"
    ANSWERED = "every request is answered and no connection is lost that was not broken on purpose"
    GARBAGE = "garbage is answered or cut off, and the next request is served"
    PROTECTED = "the orders of a maker that is gone end after its window"


@dataclass(slots=True)
class LawLedger:
    """How often each law was observed, how it was broken first, and other counts of the run."""

    seen: Counter[str] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def see(self, law: ClientLaw, *, kept: bool, what: str) -> None:
        """Record one observation of a law. what: what was seen, kept when the law is broken."""
        self.seen[law.value] += 1
        if not kept:
            self.broken.setdefault(law.value, what)
