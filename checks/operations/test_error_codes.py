"""Error codes: a refusal carries a code that the documents give for it, an undocumented code does no harm.

Which of several documented codes answers a fault depends on the rule that the venue applies first: each check
accepts every code that the documents give for its fault, and no other.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import BLOCKER, MAJOR, check, needs, over_both_transports, over_trade_stream, without_real_money
from checks.operations._auth import expect_refused_authentication
from checks.operations._invalid_terms import CREATES, over_faults
from fixtures.clients.retry.decision import Action, decide
from fixtures.clients.retry.policy import AttemptResult, Operation, Policy, TransportKind
from fixtures.desk import (
    Account,
    Blocked,
    Connections,
    Desk,
    attempt_amend_of_nothing,
    attempt_create_with,
    attempt_without_auth,
    diagnosis,
)
from fixtures.expect import acknowledged, expect, nothing, present, refused, show
from fixtures.v5 import paths
from fixtures.v5.codes import ABOUT_THE_SENDER, NOT_AMENDABLE, ORDER_GONE, RetCode
from fixtures.v5.enums import Side
from fixtures.v5.instrument import down_to

UNKNOWN_CODE = 999_999

UNAUTHENTICATED = {
    RetCode.REQUEST_PARAM_ERROR,
    RetCode.INVALID_API_KEY,
    RetCode.INVALID_SIGNATURE,
    RetCode.PERMISSION_DENIED,
}
"""The codes that fit an operation without authentication; the documents name none for it."""


@check("ERR-01.01", severity=MAJOR, max_fills=1, creates=1, worth=2)
@over_faults(CREATES)
@over_both_transports
async def test_refusal_carries_its_code(desk: Desk, fault: str) -> None:
    """An order with one invalid field is refused with a code that the documents give for it.

    Sequence: create with one invalid field, refused, open orders queried.
    Passes: the retCode is one that the documents give for that field, and no order of the run is open.
    Source: docs/v5/error.mdx
    """
    terms, codes = CREATES[fault]

    answer = await attempt_create_with(desk, **terms)

    expect(f"create with {fault}", answer, refused(codes))
    expect(f"open orders after the create with {fault}", await desk.open_orders(), nothing)


@check("ERR-01.02", severity=MAJOR, max_fills=0)
@over_both_transports
async def test_cancel_of_unknown_order_carries_its_code(desk: Desk) -> None:
    """A cancel of an order that never existed is refused with a code for an unknown or closed order.

    Sequence: cancel of an orderLinkId that was never used, refused.
    Passes: the retCode is one of those for an unknown or closed order.
    Source: docs/v5/error.mdx, 170213
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    expect("cancel of an order that never existed", answer, refused(ORDER_GONE))


@check("ERR-01.03", severity=MAJOR, max_fills=0, largest=1)
@over_both_transports
async def test_amend_of_unknown_order_carries_its_code(desk: Desk) -> None:
    """An amend of an order that never existed is refused with a code for an order that cannot be amended.

    Sequence: amend of an orderLinkId that was never used, refused.
    Passes: the retCode is one of those for an order that is unknown, closed or not amendable.
    Source: docs/v5/error.mdx, 170213, 170312
    """
    answer = await attempt_amend_of_nothing(desk, Side.BUY)

    expect("amend of an order that never existed", answer, refused(NOT_AMENDABLE))


@check(
    "ERR-01.04", severity=MAJOR, max_fills=0, provokes={RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}
)
async def test_bad_signature_carries_its_code(account: Account) -> None:
    """A request signed with another secret is refused with 10004.

    Sequence: read signed with the key and another secret, refused.
    Passes: the retCode is 10004.
    Source: docs/v5/error.mdx, 10004
    """
    answer = await account.answer_to_wrong_secret()

    expect("read signed with another secret", answer, refused(RetCode.INVALID_SIGNATURE))


@check(
    "ERR-02.01", severity=BLOCKER, max_fills=1, creates=2, largest=2, provokes={RetCode.BALANCE_INSUFFICIENT}
)
@without_real_money("An order beyond the balance would exceed the limit of one order.")
@over_both_transports
async def test_insufficient_balance_carries_its_code(desk: Desk) -> None:
    """A sell is refused with 170131 when, and only when, it exceeds the free balance.

    Both orders keep within notional_per_order of the environment; with real money neither is sent.

    Sequence: free balance read, passive sell of one step more, refused, open orders queried; passive sell of
        all that is free, acknowledged.
    Passes: the first retCode is 170131, and no order of the run is open; the second retCode is 0.
    Source: docs/v5/error.mdx, 170131
    """
    coin, free = desk.instrument.base_coin, (await desk.wallet())[desk.instrument.base_coin].free
    price = await desk.passive_price(Side.SELL)
    covered = down_to(free, desk.instrument.base_precision)
    excessive = covered + desk.instrument.base_precision
    if covered < desk.instrument.min_qty(price):
        raise Blocked(f"the free balance of {show(free)} {coin} is less than an order of the minimum size")
    if excessive * price > desk.run.environment.risk_limits.notional_per_order:
        raise Blocked(f"a sell of more than the free {show(free)} {coin} exceeds notional_per_order")

    beyond = await desk.attempt(Side.SELL, price, excessive)

    free_balance = f"with {show(free)} {coin} free"
    expect(f"sell of {show(excessive)} {coin} {free_balance}", beyond, refused(RetCode.BALANCE_INSUFFICIENT))
    expect("open orders after the sell of more than is free", await desk.open_orders(), nothing)
    within = await desk.attempt(Side.SELL, price, covered)
    expect(f"sell of {show(covered)} {coin} {free_balance}", within, acknowledged)


@check("ERR-03", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
def test_every_documented_code_is_classified(policy: Policy) -> None:
    """The client knows what to do about every documented code, on both transports.

    Sequence: the client's own table of codes is read; nothing is sent.
    Passes: each documented code has an action on each transport.
    Source: docs/v5/error.mdx
    """
    unclassified = policy.unclassified(frozenset(RetCode) - {RetCode.OK})

    expect("documented codes for which the client has no action", unclassified, nothing)


@check("ERR-04", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("transport", [TransportKind.REST, TransportKind.TRADE])
@pytest.mark.parametrize("operation", list(Operation))
def test_unknown_code_is_never_answered_with_a_resend(
    policy: Policy, transport: TransportKind, operation: Operation
) -> None:
    """The client never resends a request that was answered with an undocumented code.

    Sequence: the client's policy is asked about code 999999 after each operation; nothing is sent.
    Passes: the action is to look the order up after a write, and to stop after anything else.
    Source: docs/v5/error.mdx (codes are added without notice)
    """
    attempt_result = AttemptResult(
        transport, operation, UNKNOWN_CODE, "undocumented", http_status=200, reset_ms=None, sent=True
    )

    decision = decide(attempt_result, attempt=1, now_ms=0, jitter=0.5, policy=policy)

    safe = Action.LOOK_UP if operation.is_write else Action.STOP
    expect(f"the client's action after code {UNKNOWN_CODE} on {operation}", decision.action, safe)


@check("ERR-05", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
def test_10003_is_read_by_its_transport(policy: Policy) -> None:
    """The client reads 10003 by transport: an unknown key on REST, too many sessions on the trade stream.

    Sequence: 10003 on a read over REST, 10003 on opening a trade stream, decision and diagnosis of each.
    Passes: the client stops on REST, reconnects later on the trade stream, and diagnoses each differently.
    Source: docs/v5/error.mdx, 10003 and WS OE general code
    """
    unknown = AttemptResult(
        TransportKind.REST, Operation.READ, RetCode.INVALID_API_KEY, "API key is invalid."
    )
    crowded = AttemptResult(
        TransportKind.TRADE, Operation.CONNECT, RetCode.INVALID_API_KEY, "too many sessions"
    )

    rest, trade = (
        decide(attempt_result, attempt=1, now_ms=0, jitter=0.5, policy=policy)
        for attempt_result in (unknown, crowded)
    )

    expect("the client's action after 10003 on REST", rest.action, Action.STOP)
    expect("the client's action after 10003 on the trade stream", trade.action, Action.RECONNECT)
    diagnoses = {diagnosis(RetCode.INVALID_API_KEY, on) for on in (TransportKind.REST, TransportKind.TRADE)}
    expect("different diagnoses of 10003 on REST and on the trade stream", len(diagnoses), 2)


@check("ERR-06", severity=MAJOR, max_fills=1, creates=1, largest=1)
@over_trade_stream
async def test_trade_stream_refusal_names_its_request(desk: Desk) -> None:
    """A refusal on the trade stream carries the reqId of the request that it refuses.

    Refusals for a missing permission have been seen without a reqId; a client that waits for its reqId hangs.

    Sequence: create with a quantity of zero over the trade stream, refused.
    Passes: the refusal's reqId equals the request's.
    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    answer = await attempt_create_with(desk, qty="0")

    expect("create with a quantity of zero", answer, refused())
    expect(f"reqId of the refusal with {answer.ret_code}", answer.req_id, present, of=answer)


@check("ERR-07.01", severity=BLOCKER, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_forged_stream_signature_carries_its_code(connections: Connections) -> None:
    """A stream refuses an authentication that is signed with another secret.

    Sequence: auth signed with another secret on the private stream and on the trade stream, refused.
    Passes: neither stream accepts it, and the trade stream's refusal carries 10004.
    Source: docs/v5/websocket/wss-authentication.mdx, docs/v5/websocket/trade/guideline.mdx
    """
    answers = {on: await connections.answer_to_forged_auth(on) for on in connections.signed_channels}

    expect_refused_authentication(answers, {RetCode.INVALID_SIGNATURE}, "a forged signature")


@check("ERR-07.02", severity=BLOCKER, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_unknown_key_opens_no_stream(connections: Connections) -> None:
    """A stream refuses an authentication with a key that the venue never issued.

    Sequence: auth with an unknown key on the private stream and on the trade stream, refused.
    Passes: neither stream accepts it, and the trade stream's refusal carries 10003 or 10004.
    Source: docs/v5/websocket/trade/guideline.mdx; docs/v5/error.mdx, 10003; bybit-exchange/pybit issue 152
    """
    answers = {on: await connections.answer_to_unknown_auth(on) for on in connections.signed_channels}

    expect_refused_authentication(
        answers, {RetCode.INVALID_API_KEY, RetCode.INVALID_SIGNATURE}, "an unknown key"
    )


@check("ERR-07.03", severity=BLOCKER, max_fills=0, provokes=ABOUT_THE_SENDER)
async def test_unauthenticated_subscription_is_refused(connections: Connections) -> None:
    """A subscription on a private stream without authentication is not acknowledged.

    Sequence: connect to the private stream, subscribe order.spot without auth.
    Passes: no answer acknowledges the subscription.
    Source: docs/v5/websocket/wss-authentication.mdx, authentication
    """
    topics = [topic for topic in ("order.spot",) if await connections.subscribes_without_auth(topic)]

    expect("topics acknowledged without authentication", topics, nothing)


@check("ERR-07.04", severity=BLOCKER, max_fills=0, provokes=ABOUT_THE_SENDER)
@needs(paths.TRADE_STREAM)
async def test_unauthenticated_operation_is_refused(connections: Connections, desk: Desk) -> None:
    """A cancel on a trade stream without authentication is refused as unauthenticated.

    The order that it names never existed, so the cancel can do nothing. The documents name no code for this:
    each code that fits is accepted.

    Sequence: connect to the trade stream, cancel without auth, refused.
    Passes: the refusal carries 10001, 10003, 10004 or 10005.
    Source: docs/v5/websocket/trade/guideline.mdx, authentication
    """
    answer = await attempt_without_auth(desk, connections)

    expect("cancel on a trade stream without authentication", answer, refused(UNAUTHENTICATED))
