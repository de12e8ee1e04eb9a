"""The life of one order of this suite's own client: placed, amended, cancelled, and what is done in doubt.

Three rules make it safe. A create whose outcome is unknown is looked up and never sent again. A look-up that
finds nothing proves nothing until the venue's views had time to catch up. And whatever the venue shows of an
order, by push or by query, wins over what the client concluded.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec

from drivers._connections import SPOT, Connections, Filters, terms
from drivers.breaker import Breaker
from drivers.order_states import CLOSED, Order, Row, State, plain
from drivers.state_directory import StateDirectory
from drivers.stdio import notify
from fixtures.clients.errors import ClientError, Misuse, Refused, Unreachable
from fixtures.clients.reply import Reply, as_dict, whole
from fixtures.clients.retry.policy import (
    Disposition,
    ErrorClass,
    Operation,
    Policy,
    PolicyRule,
    TransportKind,
)
from fixtures.clients.retry.retrier import attempt_result
from fixtures.v5 import paths

ABSENT_AFTER_S = 6.0
"""How long the venue must show nothing of an order before it counts as never accepted: its views may lag."""
GIVE_UP_S = 12.0
"""How long look-ups may fail before the order is UNKNOWN and a trader is told; they go on."""
ROW_AFTER_ACK_S = 1.5
"""How long a push may take after its acknowledgement before the venue is asked."""
FIRST_LOOK_S, LONGEST_PAUSE_S = 0.25, 5.0
MOST_AMENDS, MOST_CANCELS = 3, 5
SAME_ALERT_S = 30.0
ORDER_CAP = {170810, 110020}


class OrderLife:
    """Carries out what is asked of one order at a time, and keeps the belief about each.

    orders: by intent; links: by orderLinkId
    """

    venue: Connections
    journal: StateDirectory
    filters: Filters
    symbol: str

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.links: dict[str, Order] = {}
        self.breaker = Breaker()
        self.stopped_by = ""
        self.capped_until = 0.0
        self._moved: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._link_of: dict[str, str] = {}
        self._look_ups: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._told: dict[str, dict[str, str]] = {}
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
        """Tell the trader on call; the same again only after a while."""
        if self.now() - self._alerted.get((reason, text), -SAME_ALERT_S - 1) > SAME_ALERT_S:
            self._alerted[reason, text] = self.now()
            notify("alert", {"severity": severity, "reason": reason, "text": text[:500]})

    # --- what is asked of an order

    async def place(self, order: Order) -> None:
        """Send one create."""
        async with self._turns[order.intent]:
            try:
                reply = await self.venue.send(paths.ORDER_CREATE, self.terms(order))
            except Refused as refusal:
                await self.refused(order, refusal)
            except ClientError as error:
                await self.in_doubt(order, error)
            else:
                await self.acknowledged(order, reply)

    async def place_batch(self, orders: list[Order]) -> None:
        """Send several creates in one request; each item has an outcome of its own."""
        body = {**SPOT, "request": [self.terms(order) for order in orders]}
        try:
            reply = await self.venue.send(paths.ORDER_CREATE_BATCH, body)
        except Refused as refusal:
            await asyncio.gather(*(self.refused(order, refusal) for order in orders))
        except ClientError as error:
            await asyncio.gather(*(self.in_doubt(order, error) for order in orders))
        else:
            await asyncio.gather(*self.item_outcomes(orders, reply))

    def item_outcomes(self, orders: list[Order], reply: Reply) -> list[Coroutine[Any, Any, None]]:
        """What follows from a batch's answer for each of its orders, in the order sent."""
        items = reply.ret_ext_info.get("list")
        verdicts = [as_dict(item) for item in items] if isinstance(items, list) else []
        verdicts += [{}] * (len(orders) - len(verdicts))
        return [self._item_outcome(order, one, reply) for order, one in zip(orders, verdicts, strict=False)]

    async def _item_outcome(self, order: Order, verdict: Row, reply: Reply) -> None:
        code = whole(verdict.get("code"))
        if code == 0:
            await self.acknowledged(order, reply)
        elif code is None:
            await self.in_doubt(order, ClientError("the batch's answer does not say"))
        else:
            text = str(verdict.get("msg", ""))
            item = msgspec.structs.replace(reply, ret_code=code, ret_msg=text)
            await self.refused(order, Refused(paths.ORDER_CREATE, item))

    async def change(self, order: Order, price: Decimal | None, qty: Decimal | None) -> None:
        """Amend price or total quantity; repeated only while the venue shows that it was not carried out."""
        async with self._turns[order.intent]:
            for _ in range(MOST_AMENDS):
                if order.state in CLOSED:
                    return
                order.sent.add(price or order.price)
                wanted = {"price": price or order.price, "qty": qty or order.qty}
                body = {**self._named(order), **{name: plain(figure) for name, figure in wanted.items()}}
                if await self._carried_out(order, paths.ORDER_AMEND, body):
                    return
                if (order.price, order.qty) == (wanted["price"], wanted["qty"]):
                    return

    async def take_back(self, order: Order) -> None:
        """Cancel an order; repeated, a few times, while the venue shows that it still rests."""
        async with self._turns[order.intent]:
            for pause_s in (FIRST_LOOK_S * 2**number for number in range(MOST_CANCELS)):
                if order.state in CLOSED:
                    return
                await self._carried_out(order, paths.ORDER_CANCEL, self._named(order), until_closed=True)
                if order.state not in CLOSED:
                    await self._moves(order, pause_s)
        if order.state not in CLOSED:
            self.alert("critical", "unknown_outcome", f"{order.link_id} could not be cancelled")

    async def _carried_out(self, order: Order, path: str, body: Row, *, until_closed: bool = False) -> bool:
        """Send an amend or a cancel and see what became of the order; False when the outcome was unknown."""
        rows = order.rows
        try:
            await self.venue.send(path, body)
        except Refused as refusal:
            order.reason = f"{refusal.code} {refusal.text}"
            if not self._is_about_the_order(refusal):
                self.tell_refusal(refusal, path)
            await self.resolve(order)
            return True
        except ClientError as error:
            self.count_failure(error)
            await self.resolve(order)
            return False
        await self._row_after_ack(order, rows, until_closed=until_closed)
        return True

    def _named(self, order: Order) -> dict[str, str]:
        return {**SPOT, "symbol": self.symbol, "orderLinkId": order.link_id}

    # --- the steps that an unsound client gets wrong; drivers/mutants.py overrides them

    def terms(self, order: Order) -> dict[str, str]:
        """The body of a create."""
        return terms(order, self.symbol)

    async def acknowledged(self, order: Order, _reply: Reply) -> None:
        """An acknowledgement is no order that rests: wait for the venue to show it."""
        self.breaker.succeeded()
        await self._row_after_ack(order, 0)

    async def refused(self, order: Order, refusal: Refused) -> None:
        """Believe a refusal, unless it says that the id is taken: then an earlier attempt may rest."""
        rule = self.rule_of(refusal)
        if rule is not None and rule.disposition is Disposition.TAKEN:
            await self.resolve(order)
            return
        order.conclude(State.REJECTED, f"{refusal.code} {refusal.text}")
        self.changed(order)
        self.tell_refusal(refusal, paths.ORDER_CREATE)
        if refusal.code in ORDER_CAP:
            self.capped_until = self.now() + LONGEST_PAUSE_S

    async def in_doubt(self, order: Order, error: ClientError) -> None:
        """Look up an order whose outcome is unknown; never send it again."""
        if isinstance(error, Misuse | Unreachable):
            order.conclude(State.REJECTED, f"not sent: {error}")
            self.changed(order)
        self.count_failure(error)
        if order.state is State.PENDING:
            await self.resolve(order)

    def absent(self, order: Order) -> None:
        """What to believe of an order that no view of the venue has shown for so long."""
        if order.rows == 0:
            order.conclude(State.REJECTED, "absent: the venue never accepted it")
        else:
            order.conclude(State.UNKNOWN, "the venue does not show it any more")
            self.alert("critical", "unknown_outcome", f"{order.link_id} is not shown any more")
        self.changed(order)

    # --- look-ups

    async def resolve(self, order: Order) -> None:
        """Ask the venue for an order until it shows it, or has shown nothing for long enough."""
        if order.link_id not in self._look_ups:
            look_up = self.spawn(self._look_up(order))
            self._look_ups[order.link_id] = look_up
            look_up.add_done_callback(lambda _: self._look_ups.pop(order.link_id, None))
        await asyncio.wait({self._look_ups[order.link_id]})

    async def _look_up(self, order: Order) -> None:
        rows, began, empty_since, pause_s = order.rows, self.now(), 0.0, FIRST_LOOK_S
        while order.rows == rows and not order.is_final:
            try:
                row = await self.venue.look_up(order.link_id)
            except ClientError as error:
                self.count_failure(error)
                if self.now() - began > GIVE_UP_S:
                    self.give_up(order)
            else:
                empty_since = empty_since or self.now()
                if row is not None:
                    self.take_order(row, asked=True)
                elif self.now() - empty_since >= self.absent_after_s:
                    return self.absent(order)
            await self._moves(order, pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        return None

    absent_after_s = ABSENT_AFTER_S

    def give_up(self, order: Order) -> None:
        """Say that nobody knows what became of an order; look-ups go on."""
        if order.state not in CLOSED:
            order.conclude(State.UNKNOWN, "the venue does not answer")
            self.changed(order)
            self.alert("critical", "unknown_outcome", f"what became of {order.link_id} is not known")

    async def _row_after_ack(self, order: Order, rows: int, *, until_closed: bool = False) -> None:
        until = self.now() + ROW_AFTER_ACK_S
        while order.rows == rows or (until_closed and order.state not in CLOSED):
            left_s = until - self.now()
            if left_s <= 0:
                return await self.resolve(order)
            await self._moves(order, left_s)
        return None

    async def _moves(self, order: Order, within_s: float) -> None:
        moved = self._moved[order.link_id]
        moved.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await moved.wait()

    # --- what the venue says

    def take_order(self, row: Row, *, asked: bool = False) -> None:
        """Take a row of an own order; one that is not clear has the venue asked. asked: it was."""
        link_id = row.get("orderLinkId") or self._link_of.get(str(row.get("orderId")))
        order = self.links.get(str(link_id))
        if order is None:
            return
        self._link_of[str(row.get("orderId"))] = order.link_id
        is_clear = order.take(row)
        if asked and is_clear:
            self.breaker.succeeded()
        if order.rows and order.price not in order.sent:
            order.sent.add(order.price)
            self.alert("warning", "other", f"{order.link_id} rests at {plain(order.price)}, not as sent")
        if order.state is State.CANCELLED and order.reason:
            self.alert("warning", "other", f"{order.link_id} was cancelled by the venue: {order.reason}")
        self.changed(order)
        if not is_clear and not asked:
            self.spawn(self.resolve(order))

    def changed(self, order: Order) -> None:
        """Tell the suite, and whoever waits for a move of the order."""
        report = order.report()
        if self._told.get(order.intent) != report:
            self._told[order.intent] = report
            notify("orderChanged", {"intent": order.intent, **report})
            if order.is_final:
                self.journal.write({"closed": report})
        self._moved[order.link_id].set()

    # --- refusals and failures

    @staticmethod
    def rule_of(refusal: Refused) -> PolicyRule | None:
        """What the table of the retry policy says of a refusal."""
        return Policy.load().rule_for(attempt_result(refusal, TransportKind.REST, Operation.CREATE))

    def _is_about_the_order(self, refusal: Refused) -> bool:
        rule = self.rule_of(refusal)
        return rule is not None and rule.disposition is Disposition.RECONCILE

    def tell_refusal(self, refusal: Refused, path: str) -> None:
        """Tell the trader, by the class of the refusal; stop where only a human can remedy it."""
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
            self.spawn(self.read_filters(with_band=True))
        if self.breaker.failed(str(refusal.code), self.now()):
            self.alert("critical", "refused", f"no more creates for now, refused again and again: {text}")

    def count_failure(self, error: ClientError) -> None:
        """Count a request without a readable answer; too many in a row open the breaker."""
        if not self.is_banned() and self.breaker.failed("unknown outcome", self.now()):
            self.alert("critical", "unknown_outcome", f"no more creates for now: {error}")

    def is_banned(self) -> bool:
        """True while the venue bans this address; the trader is told."""
        banned = self.venue.context.address.banned_until_ms > self.venue.context.clock.now_ms()
        if banned:
            self.alert("critical", "ban", "the venue bans this address: nothing is sent until the ban ends")
        return banned

    def halt(self, reason: str, text: str) -> None:
        """Stop trading for good, pull the quotes and tell the trader."""
        self.stopped_by = self.stopped_by or reason
        self.alert("critical", reason, text)
        self.spawn(self.pull_quotes())

    async def pull_quotes(self) -> None:
        """Cancel every own order that may rest."""
        await asyncio.gather(*(self.take_back(order) for order in self.may_be_open()))

    def may_be_open(self) -> list[Order]:
        """The own orders that are not known to be closed."""
        return [order for order in self.orders.values() if order.may_be_open]

    async def read_filters(self, *, with_band: bool = False) -> None:
        """Read anew what the venue asks of an order; the old filters stand where it does not answer."""
        with suppress(ClientError):
            self.filters = await self.venue.filters(with_band=with_band)
