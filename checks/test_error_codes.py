"""Error codes: each documented refusal carries its documented code; unknown codes are safe.

The same fault can surface under different codes, depending on which test of the venue fires first:
each check accepts the documented siblings, and no other code.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/error.mdx
"""

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports, over_trade_stream
from fixtures.clients.retry import Action, Happened, Operation, Policy, Transport, decide
from fixtures.desk import Account, Blocked, Desk
from fixtures.v5.codes import ORDER_GONE, RetCode
from fixtures.v5.enums import Side

UNKNOWN_CODE = 999_999
WRITES = (Operation.CREATE, Operation.AMEND, Operation.CANCEL)

REFUSALS: dict[str, tuple[dict[str, object], set[RetCode]]] = {
    "no orderType": ({"orderType": None}, {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}),
    "no price": ({"price": None}, {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}),
    "no side": ({"side": None}, {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}),
    "no symbol": ({"symbol": None}, {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}),
    "number for qty": ({"qty": 1}, {RetCode.REQUEST_PARAM_ERROR}),
    "empty qty": ({"qty": ""}, {RetCode.PARAM_EMPTY, RetCode.REQUEST_PARAM_ERROR}),
    "word for qty": ({"qty": "ten"}, {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}),
    "word for price": ({"price": "ten"}, {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}),
    "unknown orderFilter": ({"orderFilter": "Iceberg"}, {RetCode.INVALID_ORDER_FILTER}),
    "unknown smpType": ({"smpType": "CancelAll"}, {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}),
    "unknown timeInForce": ({"timeInForce": "Forever"}, {RetCode.INVALID_TIF}),
    "unknown orderType": ({"orderType": "Iceberg"}, {RetCode.INVALID_ORDER_TYPE}),
    "unknown side": ({"side": "Hold"}, {RetCode.INVALID_SIDE}),
    "unknown symbol": (
        {"symbol": "NOSUCHCOINUSDT"},
        {RetCode.INVALID_SYMBOL, RetCode.SYMBOL_NOT_WHITELISTED, RetCode.REQUEST_PARAM_ERROR},
    ),
}
MARKET: dict[str, object] = {"orderType": "Market", "timeInForce": None, "price": None}
TICKS = {"slippageToleranceType": "TickSize"}
PERCENT = {"slippageToleranceType": "Percent"}
REFUSALS |= {
    fault: ({**MARKET, **terms}, codes)
    for fault, terms, codes in (
        ("unknown marketUnit", {"marketUnit": "dozen"}, {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR}),
        (
            "unknown tolerance type",
            {"slippageToleranceType": "Yards", "slippageTolerance": "1"},
            {RetCode.PARAM_INVALID, RetCode.REQUEST_PARAM_ERROR},
        ),
        ("no ticks", {**TICKS, "slippageTolerance": "0"}, {RetCode.TICKSIZE_TOLERANCE_RANGE}),
        ("too many ticks", {**TICKS, "slippageTolerance": "10001"}, {RetCode.TICKSIZE_TOLERANCE_RANGE}),
        ("no percent", {**PERCENT, "slippageTolerance": "0"}, {RetCode.PERCENT_TOLERANCE_RANGE}),
        ("too many percent", {**PERCENT, "slippageTolerance": "10.01"}, {RetCode.PERCENT_TOLERANCE_RANGE}),
    )
}
"""What is wrong with an order -> the terms that replace sound ones, and the codes that may answer.

170134, 170137 and 170140 are shown by FLT-04, FLT-05 and FLT-06.
"""


@check("ERR-01", severity=MAJOR, at_risk=1)
@pytest.mark.parametrize("fault", list(REFUSALS))
@over_both_transports
async def test_refusal_carries_its_code(desk: Desk, fault: str) -> None:
    """An order with one wrong term is refused with the code of that term, and nothing is live.

    Source: docs/v5/error.mdx
    """
    terms, codes = REFUSALS[fault]

    answer = await desk.attempt_with(**terms)

    assert answer.ret_code in codes, f"{fault}: {answer}, documented: {', '.join(map(str, sorted(codes)))}"
    assert await desk.open_orders() == [], f"{fault}: an order is live"


@check("ERR-01", severity=MAJOR, at_risk=0)
@over_both_transports
async def test_cancel_of_unknown_order_carries_its_code(desk: Desk) -> None:
    """A cancel of an order that never existed says that it does not exist.

    Source: docs/v5/error.mdx, 170213
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    assert answer.ret_code in ORDER_GONE, f"a cancel of an unknown order was {answer}"


@check("ERR-01", severity=MAJOR, at_risk=0)
async def test_bad_signature_carries_its_code(account: Account) -> None:
    """A request signed with another secret is refused with 10004.

    Source: docs/v5/error.mdx, 10004
    """
    answer = await account.answer_to_wrong_secret()

    assert answer.ret_code == RetCode.INVALID_SIGNATURE, f"a bad signature was {answer}"


@check("ERR-02", severity=BLOCKER, at_risk=1)
@over_both_transports
async def test_insufficient_balance_carries_its_code(desk: Desk, account: Account) -> None:
    """A passive sell of more than the free balance is refused with 170131, and nothing is live.

    Source: docs/v5/error.mdx, 170131
    """
    free = (await account.balance(desk.instrument.base_coin)).free
    price = await desk.passive_price(Side.SELL)
    qty = desk.instrument.more_than(free, price)
    if qty * price > desk.run.environment.budget.notional_per_order:
        raise Blocked(
            f"more than the free {free} {desk.instrument.base_coin} exceeds the budget of one order"
        )

    answer = await desk.attempt(Side.SELL, price, qty)

    assert answer.ret_code == RetCode.BALANCE_INSUFFICIENT, f"a sell of more than {free} was {answer}"
    assert await desk.open_orders() == [], "an order beyond the balance is live"


@check("ERR-03", severity=BLOCKER, at_risk=0, observes=0)
def test_every_documented_code_is_classified(policy: Policy) -> None:
    """The client knows what to do about every documented code, on both transports.

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

    Source: docs/v5/error.mdx (codes are added without notice)
    """
    happened = Happened(
        transport, operation, UNKNOWN_CODE, "unheard of", http_status=200, reset_ms=None, sent=True
    )

    decision = decide(happened, attempt=1, now_ms=0, jitter=0.5, policy=policy)

    safe = Action.LOOK_UP if operation in WRITES else Action.STOP
    assert decision.action is safe, (
        f"after {UNKNOWN_CODE} on a {operation} the client would {decision.action}"
    )


@check("ERR-06", severity=MAJOR, at_risk=1)
@over_trade_stream
async def test_trade_stream_refusal_names_its_request(desk: Desk) -> None:
    """A refusal on the trade stream carries the reqId of the request that it refuses.

    Permission refusals were seen without a reqId; a client that waits for it hangs.

    Source: docs/v5/websocket/trade/guideline.mdx, reqId
    """
    answer = await desk.attempt_with(symbol="NOSUCHCOINUSDT")

    assert answer.ret_code != 0, "an order for an unknown symbol was acknowledged"
    assert answer.req_id is not None, f"the refusal {answer} carries no reqId"
