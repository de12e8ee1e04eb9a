"""Error codes: each documented refusal carries its documented code; unknown codes are safe.

The same fault can surface under different codes, depending on which test of the venue fires first:
each check accepts the documented siblings, and no other code.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports, over_trade_stream, without_real_money
from checks.auth import assert_not_let_in
from checks.wrong_terms import CREATES, listed, over_faults
from fixtures.clients.policy import Happened, Operation, Policy, Transport
from fixtures.clients.retry import Action, decide
from fixtures.desk import Account, Blocked, Connections, Desk, attempt_amend_of_nothing, diagnosis
from fixtures.v5 import paths
from fixtures.v5.codes import NOT_AMENDABLE, ORDER_GONE, RetCode
from fixtures.v5.enums import Side
from fixtures.v5.filters import down_to

UNKNOWN_CODE = 999_999

NOT_LET_IN = {
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.INVALID_API_KEY,
    RetCode.INVALID_SIGNATURE,
    RetCode.PERMISSION_DENIED,
}
"""The refusals that fit an operation without authentication."""


@check("ERR-01", severity=MAJOR, at_risk=1, creates=1, worth=2)
@over_faults(CREATES)
@over_both_transports
async def test_refusal_carries_its_code(desk: Desk, fault: str) -> None:
    """An order with one wrong term is refused with the code of that term, and nothing is live.

    Sequence: create with one wrong term, refused, open orders queried.
    Passes: The retCode is one that the documents give for that term, and no order of the run is
        open.
    Source: docs/v5/error.mdx
    """
    terms, codes = CREATES[fault]

    answer = await desk.attempt_with(**terms)

    assert answer.ret_code in codes, f"{fault}: {answer}, documented: {listed(codes)}"
    assert await desk.open_orders() == [], f"{fault}: an order is live"


@check("ERR-01", severity=MAJOR, at_risk=0)
@over_both_transports
async def test_cancel_of_unknown_order_carries_its_code(desk: Desk) -> None:
    """A cancel of an order that never existed says that it does not exist.

    Sequence: cancel of an orderLinkId that was never used, refused.
    Passes: The retCode is one of those that say an order is unknown or closed.
    Source: docs/v5/error.mdx, 170213
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    assert answer.ret_code in ORDER_GONE, f"a cancel of an unknown order was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0, largest=1)
@over_both_transports
async def test_amend_of_unknown_order_carries_its_code(desk: Desk) -> None:
    """An amend of an order that never existed says that it does not exist.

    Sequence: amend under an orderLinkId that was never used, refused.
    Passes: The retCode says that an order is unknown or closed, or that it cannot be amended.
    Source: docs/v5/error.mdx, 170213, 170312
    """
    answer = await attempt_amend_of_nothing(desk, Side.BUY)

    assert answer.ret_code in NOT_AMENDABLE, f"an amend of an unknown order was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
async def test_bad_signature_carries_its_code(account: Account) -> None:
    """A request signed with another secret is refused with 10004.

    Sequence: signed read with the key and another secret, refused.
    Passes: The retCode equals 10004.
    Source: docs/v5/error.mdx, 10004
    """
    answer = await account.answer_to_wrong_secret()

    assert answer.ret_code == RetCode.INVALID_SIGNATURE, f"a bad signature was {answer}"


@check("ERR-02", severity=BLOCKER, at_risk=1, creates=2, largest=2)
@without_real_money("An order beyond the balance would go beyond the budget of one order.")
@over_both_transports
async def test_insufficient_balance_carries_its_code(desk: Desk) -> None:
    """A passive sell of more than the free balance is refused with 170131, one of all of it is taken.

    Both are within the budget of one order; where money is real none is sent.

    Sequence: free balance read, passive sell of more than that, refused, open orders queried; passive sell
        of one step less, acknowledged.
    Passes: The retCode equals 170131, and no order of the run is open; then the retCode is 0.
    Source: docs/v5/error.mdx, 170131
    """
    free = (await desk.wallet())[desk.instrument.base_coin].free
    price = await desk.passive_price(Side.SELL)
    covered = down_to(free, desk.instrument.base_precision)
    qty = covered + desk.instrument.base_precision
    if covered < desk.instrument.least_qty(price):
        raise Blocked(f"the free {free} {desk.instrument.base_coin} do not come to a least-sized order")
    if qty * price > desk.run.environment.budget.notional_per_order:
        raise Blocked(
            f"more than the free {free} {desk.instrument.base_coin} exceeds the budget of one order"
        )

    answer = await desk.attempt(Side.SELL, price, qty)

    assert answer.ret_code == RetCode.BALANCE_INSUFFICIENT, f"a sell of more than {free} was {answer}"
    assert await desk.open_orders() == [], "an order beyond the balance is live"
    at = await desk.attempt(Side.SELL, price, covered)
    assert at.ret_code == 0, f"a sell of all of {free} was {at}"


@check("ERR-03", severity=BLOCKER, at_risk=0, observes=0)
def test_every_documented_code_is_classified(policy: Policy) -> None:
    """The client knows what to do about every documented code, on both transports.

    Sequence: the client's own table of codes is read; nothing is sent.
    Passes: Each documented code has an action on each transport.
    Source: docs/v5/error.mdx
    """
    unclassified = policy.unclassified(frozenset(RetCode) - {RetCode.OK})

    assert unclassified == set(), f"no action for {', '.join(map(str, sorted(unclassified)))}"


@check("ERR-04", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("transport", [Transport.REST, Transport.TRADE])
@pytest.mark.parametrize("operation", list(Operation))
def test_unknown_code_is_never_answered_with_a_resend(
    policy: Policy, transport: Transport, operation: Operation
) -> None:
    """After a code that nobody documented the client looks up what it wrote, or stops.

    Sequence: the client's policy is asked about code 999999 after each operation; nothing is sent.
    Passes: The policy's action is to look up after a write and to stop after a read.
    Source: docs/v5/error.mdx (codes are added without notice)
    """
    happened = Happened(
        transport, operation, UNKNOWN_CODE, "unheard of", http_status=200, reset_ms=None, sent=True
    )

    decision = decide(happened, attempt=1, now_ms=0, jitter=0.5, policy=policy)

    safe = Action.LOOK_UP if operation.is_write else Action.STOP
    assert decision.action is safe, (
        f"after {UNKNOWN_CODE} on a {operation} the client would {decision.action}"
    )


@check("ERR-05", severity=BLOCKER, at_risk=0, observes=0)
def test_10003_is_read_by_its_transport(policy: Policy) -> None:
    """10003 is an unknown key on REST and too many sessions on the trade stream, and treated accordingly.

    Sequence: 10003 on a read over REST, 10003 on opening a trade stream, decision and diagnosis of each.
    Passes: the client stops on REST, comes back later on the trade stream, and names another cause for each.
    Source: docs/v5/error.mdx, 10003 and WS OE general code
    """
    unknown = Happened(Transport.REST, Operation.READ, RetCode.INVALID_API_KEY, "API key is invalid.")
    crowded = Happened(Transport.TRADE, Operation.CONNECT, RetCode.INVALID_API_KEY, "too many sessions")

    rest, trade = (
        decide(happened, attempt=1, now_ms=0, jitter=0.5, policy=policy) for happened in (unknown, crowded)
    )

    assert rest.action is Action.STOP, f"after 10003 on REST the client would {rest.action}"
    assert trade.action is Action.RECONNECT, f"after 10003 on the trade stream it would {trade.action}"
    causes = {diagnosis(RetCode.INVALID_API_KEY, on) for on in (Transport.REST, Transport.TRADE)}
    assert len(causes) == len((rest, trade)), f"the suite names one cause for both: {causes}"


@check("ERR-06", severity=MAJOR, at_risk=1, creates=1, largest=1)
@over_trade_stream
async def test_trade_stream_refusal_names_its_request(desk: Desk) -> None:
    """A refusal on the trade stream carries the reqId of the request that it refuses.

    Permission refusals were seen without a reqId; a client that waits for it hangs.

    Sequence: create of no quantity over the trade stream, refused.
    Passes: The refusal's reqId equals the request's.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    answer = await desk.attempt_with(qty="0")

    assert answer.ret_code != 0, "an order of no quantity was acknowledged"
    assert answer.req_id is not None, f"the refusal {answer} carries no reqId"


@check("ERR-07", severity=BLOCKER, at_risk=0)
async def test_forged_stream_signature_carries_its_code(connections: Connections) -> None:
    """A signature that another secret made opens no stream, and the trade stream says 10004.

    Sequence: auth with a forged signature on the private stream and on the trade stream.
    Passes: neither is let in, and the trade stream's answer carries 10004.
    Source: docs/v5/websocket/wss-authentication.mdx, docs/v5/websocket/trade/guideline.mdx
    """
    answers = {on: await connections.answer_to_forged_auth(on) for on in connections.signed_channels}

    assert_not_let_in(answers, {RetCode.INVALID_SIGNATURE}, "a forged signature")


@check("ERR-07", severity=BLOCKER, at_risk=0)
async def test_unknown_key_opens_no_stream(connections: Connections) -> None:
    """A key that the venue never issued opens no stream, and the trade stream says 10003 or 10004.

    Sequence: auth with an unknown key on the private stream and on the trade stream.
    Passes: neither is let in, and the trade stream's answer carries one of the two codes.
    Source: docs/v5/websocket/trade/guideline.mdx; docs/v5/error.mdx, 10003; bybit-exchange/pybit issue 152
    """
    answers = {on: await connections.answer_to_unknown_auth(on) for on in connections.signed_channels}

    assert_not_let_in(answers, {RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}, "an unknown key")


@check("ERR-07", severity=BLOCKER, at_risk=0)
async def test_unauthenticated_subscription_is_refused(connections: Connections) -> None:
    """A subscription on a private stream that nobody authenticated is not acknowledged.

    Sequence: connect to the private stream, subscribe order.spot without auth.
    Passes: the answer, if one comes, does not say that it succeeded.
    Source: docs/v5/websocket/wss-authentication.mdx, authentication
    """
    acknowledged = await connections.subscribes_without_auth("order.spot")

    assert not acknowledged, "a subscription without authentication is acknowledged"


@check("ERR-07", severity=BLOCKER, at_risk=0)
@needs(paths.TRADE_STREAM)
async def test_unauthenticated_operation_is_refused(connections: Connections, desk: Desk) -> None:
    """A cancel on a trade stream that nobody authenticated is refused as such.

    It names an order that never was, so nothing can come of it. The documents name no code: each that fits
    is taken.

    Sequence: connect to the trade stream, cancel without auth, refused.
    Passes: the refusal carries 10001, 10003, 10004 or 10005.
    Source: docs/v5/websocket/trade/guideline.mdx, authentication
    """
    answer = await connections.answer_without_auth(desk.fresh_link_id(), desk.instrument.symbol)

    assert answer.ret_code in NOT_LET_IN, f"an operation without authentication was {answer}"
