"""The life of one order of this suite's own client: placed, amended, cancelled, and what is done in doubt.

Three rules make it safe. A create whose outcome is unknown is looked up and never sent again. A look-up that
finds nothing proves nothing until the venue's views had time to catch up. And whatever the venue shows of an
order, by push or by query, wins over what the client concluded.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from drivers._beliefs import Beliefs
from drivers.filters import SPOT, terms
from drivers.order_states import CLOSED, Order, Row, State, plain
from fixtures.clients.errors import ClientError, Misuse, Refused, Unreachable
from fixtures.clients.reply import Reply, as_dict, whole
from fixtures.clients.retry.policy import Disposition
from fixtures.v5 import paths

ABSENT_AFTER_S = 3.0
"""How long the venue must show nothing of an order before it counts as never accepted: its views may lag."""
GIVE_UP_S = 12.0
"""How long look-ups may fail before the order is UNKNOWN and a trader is alerted; they go on."""
ROW_AFTER_ACK_S = 1.5
"""How long a push may take after its acknowledgement before the venue is asked."""
FIRST_LOOK_S, LONGEST_PAUSE_S = 0.25, 5.0
BETWEEN_LOOKS_S = 1.0
"""The longest pause after a look-up that was answered."""
MOST_AMENDS, MOST_CANCELS = 3, 5
ORDER_CAP = {170810, 110020}


class OrderLife(Beliefs):
    """Carries out what is asked of each order, one thing at a time.

    absent_after_s: how long the venue must show nothing of an order before it counts as never accepted
    """

    symbol: str
    absent_after_s = ABSENT_AFTER_S

    async def place(self, order: Order) -> None:
        """Send one create."""
        async with self.turns[order.intent]:
            try:
                reply = await self.write(paths.ORDER_CREATE, self.terms(order))
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
            reply = await self.write(paths.ORDER_CREATE_BATCH, body)
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
        async with self.turns[order.intent]:
            for _ in range(MOST_AMENDS):
                if order.state in CLOSED:
                    return
                order.sent.add(price or order.price)
                wanted = {"price": price or order.price, "qty": qty or order.qty}
                body = {**self.named(order), **{name: plain(figure) for name, figure in wanted.items()}}
                if await self._carried_out(order, paths.ORDER_AMEND, body):
                    return
                if (order.price, order.qty) == (wanted["price"], wanted["qty"]):
                    return

    async def take_back(self, order: Order) -> None:
        """Cancel an order; repeated, a few times, while the venue shows that it still rests."""
        async with self.turns[order.intent]:
            for pause_s in (FIRST_LOOK_S * 2**number for number in range(MOST_CANCELS)):
                if order.state in CLOSED:
                    return
                await self._carried_out(order, paths.ORDER_CANCEL, self.named(order), until_closed=True)
                if order.state not in CLOSED:
                    await self.moves(order, pause_s)
        if order.state not in CLOSED:
            self.alert("critical", "unknown_outcome", f"{order.link_id} could not be cancelled")

    async def _carried_out(self, order: Order, path: str, body: Row, *, until_closed: bool = False) -> bool:
        """Send an amend or a cancel and see what became of the order; False when the outcome was unknown."""
        rows = order.rows
        try:
            await self.write(path, body)
        except Refused as refusal:
            order.reason = f"{refusal.code} {refusal.text}"
            if not self.is_about_the_order(refusal):
                self.report_refusal(refusal, path)
            await self.resolve(order)
            return True
        except ClientError as error:
            self.count_failure(error)
            await self.resolve(order)
            return False
        await self._row_after_ack(order, rows, until_closed=until_closed)
        return True

    def named(self, order: Order) -> dict[str, str]:
        """How an amend or a cancel names its order."""
        return {**SPOT, "symbol": self.symbol, "orderLinkId": order.link_id}

    async def pull_quotes(self) -> None:
        """Cancel every own order that may rest."""
        await asyncio.gather(*(self.take_back(order) for order in self.may_be_open()))

    async def write(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Send one write and return its answer. Raises what ``Connections.send`` does."""
        return await self.venue.send(path, body)

    def terms(self, order: Order) -> dict[str, Any]:
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
        self.report_refusal(refusal, paths.ORDER_CREATE)
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

    async def resolve(self, order: Order) -> None:
        """Ask the venue for an order until it shows it, or has shown nothing for long enough."""
        if order.link_id not in self.look_ups:
            look_up = self.spawn(self._look_up(order))
            self.look_ups[order.link_id] = look_up
            look_up.add_done_callback(lambda _: self.look_ups.pop(order.link_id, None))
        await asyncio.wait({self.look_ups[order.link_id]})

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
                    self.breaker.succeeded()
                    self.take_order(row, asked=True)
                elif self.now() - empty_since >= self.absent_after_s:
                    return self.absent(order)
            await self.moves(order, min(pause_s, BETWEEN_LOOKS_S) if empty_since else pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        return None

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
            await self.moves(order, left_s)
        return None
