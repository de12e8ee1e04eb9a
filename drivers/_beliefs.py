"""What this suite's own client believes of its orders, what it reports, and when it stops sending."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from drivers._connections import Connections
from drivers.breaker import Breaker
from drivers.filters import Filters
from drivers.order_states import Order, Row, State, plain
from drivers.state_directory import StateDirectory
from drivers.stdio import notify
from fixtures.clients.errors import ClientError, Refused
from fixtures.clients.retry.policy import (
    Disposition,
    ErrorClass,
    Operation,
    Policy,
    PolicyRule,
    TransportKind,
)
from fixtures.clients.retry.retrier import attempt_result

SAME_ALERT_S = 30.0
"""How long the same alert is not repeated."""


class Beliefs:
    """The orders of this client, by intent and by orderLinkId, and the tasks that find out about them.

    stopped_by: why nothing more is sent, "" while the client trades
    refreshing: reads the filters after a refusal; an order that comes meanwhile waits for it
    """

    venue: Connections
    filters: Filters
    journal: StateDirectory

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.links: dict[str, Order] = {}
        self.breaker = Breaker()
        self.stopped_by = ""
        self.capped_until = 0.0
        self.refreshing: asyncio.Task[None] | None = None
        self._moved: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._link_of: dict[str, str] = {}
        self.look_ups: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reported: dict[str, dict[str, str]] = {}
        self._alerted: dict[tuple[str, str], float] = {}

    def now(self) -> float:
        """Seconds that never decrease."""
        return asyncio.get_running_loop().time()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the requests; it is kept until it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.alert("critical", "other", f"{type(error).__name__}: {error}")

    def alert(self, severity: str, reason: str, text: str) -> None:
        """Alert the trader on call; the same again only after a while."""
        if self.now() - self._alerted.get((reason, text), -SAME_ALERT_S - 1) > SAME_ALERT_S:
            self._alerted[reason, text] = self.now()
            notify("alert", {"severity": severity, "reason": reason, "text": text[:500]})

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        """Take a row of an own order; one that is not clear has the venue asked. asked: it was."""
        link_id = row.get("orderLinkId") or self._link_of.get(str(row.get("orderId")))
        order = self.links.get(str(link_id))
        if order is None:
            return
        self._link_of[str(row.get("orderId"))] = order.link_id
        is_clear = order.take(row)
        if order.rows and order.price not in order.sent:
            order.sent.add(order.price)
            self.alert("warning", "other", f"{order.link_id} rests at {plain(order.price)}, not as sent")
        if order.state is State.CANCELLED and order.reason:
            self.alert("warning", "other", f"{order.link_id} was cancelled by the venue: {order.reason}")
        self.changed(order)
        if not is_clear and not asked:
            self.spawn(self.resolve(order))

    def changed(self, order: Order) -> None:
        """Notify the suite, and whoever waits for a move of the order."""
        report = order.report()
        if self._reported.get(order.intent) != report:
            self._reported[order.intent] = report
            notify("orderChanged", {"intent": order.intent, **report})
            if order.is_final:
                self.journal.write({"closed": report})
        self._moved[order.link_id].set()

    def may_be_open(self) -> list[Order]:
        """The own orders that are not known to be closed."""
        return [order for order in self.orders.values() if order.may_be_open]

    async def moves(self, order: Order, within_s: float) -> None:
        """Wait until something is heard of an order, at most so long."""
        moved = self._moved[order.link_id]
        moved.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await moved.wait()

    @staticmethod
    def rule_of(refusal: Refused) -> PolicyRule | None:
        """What the table of the retry policy says of a refusal."""
        return Policy.load().rule_for(attempt_result(refusal, TransportKind.REST, Operation.CREATE))

    def is_about_the_order(self, refusal: Refused) -> bool:
        rule = self.rule_of(refusal)
        return rule is not None and rule.disposition is Disposition.RECONCILE

    def report_refusal(self, refusal: Refused, path: str) -> None:
        """Alert the trader, by the class of the refusal; stop where only a human can remedy it."""
        rule = self.rule_of(refusal)
        kind = rule.error_class if rule else "not classified"
        text = f"{path}: {refusal.code} ({kind}): {refusal.text}"
        if self.is_banned():
            return
        if rule and rule.disposition is Disposition.STOP and kind in {ErrorClass.AUTH, ErrorClass.PERMISSION}:
            self.halt("permission", text)
            return
        reasons: dict[str, str] = {ErrorClass.RATE_LIMIT: "rate_limit", ErrorClass.AUTH: "clock"}
        reason = reasons.get(kind, "refused")
        self.alert("warning", reason, text)
        if kind is ErrorClass.VALIDATION:
            self.refreshing = self.spawn(self.read_filters(with_band=True))
        if self.breaker.failed(str(refusal.code), self.now()):
            self.alert("critical", "refused", f"no more creates for now, refused again and again: {text}")

    def count_failure(self, error: ClientError) -> None:
        """Count a request without a readable answer; too many in a row open the breaker."""
        if not self.is_banned() and self.breaker.failed("unknown outcome", self.now()):
            self.alert("critical", "unknown_outcome", f"no more creates for now: {error}")

    def is_banned(self) -> bool:
        """True while the venue bans this address; the trader is alerted."""
        banned = self.venue.context.address.banned_until_ms > self.venue.context.clock.now_ms()
        if banned:
            self.alert("critical", "ban", "the venue bans this address: nothing is sent until the ban ends")
        return banned

    def halt(self, reason: str, text: str) -> None:
        """Stop trading for good, pull the quotes and alert the trader."""
        self.stopped_by = self.stopped_by or reason
        self.alert("critical", reason, text)
        self.spawn(self.pull_quotes())

    async def read_filters(self, *, with_band: bool = False) -> None:
        """Read anew what the venue asks of an order; the old filters stand where it does not answer."""
        with suppress(ClientError):
            self.filters = await self.venue.filters(with_band=with_band)

    async def resolve(self, order: Order) -> None:
        """Ask the venue for an order until it shows it, or has shown nothing for long enough."""
        raise NotImplementedError

    async def pull_quotes(self) -> None:
        """Cancel every own order that may rest."""
        raise NotImplementedError
