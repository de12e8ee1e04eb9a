"""Retry and back-off: what the client does after each answer, whatever the venue does.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from typing import TypedDict

import pytest

from checks import BLOCKER, MAJOR, check
from fixtures.clients.retry.decision import Action, Decision, decide
from fixtures.clients.retry.policy import AttemptResult, ErrorClass, Operation, Policy, TransportKind
from fixtures.expect import at_least, between, expect, nothing, one_of, other_than
from fixtures.v5.codes import RetCode


class AmbiguousOutcome(TypedDict, total=False):
    """The outcome of a request, as far as the client knows it."""

    code: int
    http_status: int
    text: str


NOW_MS = 1_800_000_000_000
RESET_IN_MS = 800
LONGEST_PAUSE_MS = 10_000
BAN, BAN_MS = "403, access too frequent", 600_000
"""The text that an IP-banned address receives, and for how long it stays banned."""
AMBIGUOUS: dict[str, AmbiguousOutcome] = {
    "a server timeout": {"code": RetCode.SERVER_TIMEOUT},
    "a server error": {"code": RetCode.SERVER_ERROR},
    "high load": {"code": RetCode.TRADING_SERVICE_HIGH_LOAD},
    "system protection": {"code": RetCode.WS_SYSTEM_PROTECTION},
    "a back-end timeout": {"code": RetCode.SPOT_BACKEND_TIMEOUT},
    "a network error of the venue": {"code": RetCode.SPOT_NETWORK_ERROR},
    "a timeout of the create": {"code": RetCode.CREATE_TIMEOUT},
    "an undocumented code": {"code": 999_999},
    "a gateway's page": {"http_status": 502},
    "HTTP 429": {"http_status": 429},
    "no answer in time": {"text": "timeout: no answer"},
    "a broken connection": {"text": "closed: 1006"},
    "an unreadable answer": {"text": "unreadable: HTTP 200 '<html>'"},
}
"""The outcomes that leave open whether an order was booked."""
WRITES = [operation for operation in Operation if operation.is_write]
REFUSED = (
    RetCode.INVALID_SIGNATURE,
    RetCode.PERMISSION_DENIED,
    RetCode.UNMATCHED_IP,
    RetCode.SYMBOL_NOT_WHITELISTED,
    RetCode.BALANCE_INSUFFICIENT,
    RetCode.PRICE_DECIMALS,
    RetCode.QTY_DECIMALS,
    RetCode.ORDER_VALUE_TOO_LOW,
    RetCode.BUY_PRICE_ABOVE_LIMIT,
    RetCode.SELL_PRICE_BELOW_LIMIT,
    RetCode.LIMIT_MAKER_ONLY,
    RetCode.TOO_MANY_OPEN_ORDERS,
)
"""The refusals that name what is wrong with an order: sent again unchanged it is refused again."""


@check("RTY-03.01", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("transport", [TransportKind.REST, TransportKind.TRADE])
def test_policy_waits_for_the_reset(policy: Policy, transport: TransportKind) -> None:
    """After 10006 the client sends nothing before the reset that the venue named.

    Sequence: 10006 with a reset 800 ms ahead, decision of the policy, for the smallest and the largest
        jitter.
    Passes: the next attempt is not before the reset, and at most ten seconds after it.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = AttemptResult(
        transport, Operation.CREATE, RetCode.TOO_MANY_VISITS, reset_ms=NOW_MS + RESET_IN_MS
    )

    pauses = [_decided(policy, limited, jitter=jitter).not_before_ms - NOW_MS for jitter in (0.0, 1.0)]

    for pause in pauses:
        in_time = between(RESET_IN_MS, RESET_IN_MS + LONGEST_PAUSE_MS, "ms")
        expect(f"the pause after 10006 with a reset in {RESET_IN_MS} ms", pause, in_time)


@check("RTY-03.02", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("reset_ms", [None, NOW_MS - 5_000, NOW_MS + 3_600_000], ids=["none", "past", "junk"])
def test_policy_survives_a_useless_reset(policy: Policy, reset_ms: int | None) -> None:
    """A reset time that is missing, past or an hour away is replaced by a pause of the client's own.

    Sequence: 10006 with such a reset, decision of the policy.
    Passes: the next attempt is after this moment, and at most ten seconds after it.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = AttemptResult(TransportKind.REST, Operation.READ, RetCode.TOO_MANY_VISITS, reset_ms=reset_ms)

    pause = _decided(policy, limited).not_before_ms - NOW_MS

    expect("the pause after 10006 without a usable reset", pause, between(1, LONGEST_PAUSE_MS, "ms"))


@check("RTY-03.03", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
def test_policy_backs_off_with_a_cap(policy: Policy) -> None:
    """The pause grows with each attempt to connect, up to a cap.

    Sequence: a lost connection, decision of the policy for the first to the ninth attempt.
    Passes: no pause is shorter than the one before or longer than ten seconds; the last exceeds the first.
    Source: docs/v5/websocket/wss-authentication.mdx, 500 connections in five minutes
    """
    lost = AttemptResult(TransportKind.STREAM, Operation.CONNECT, text="closed: 1006")

    pauses = [_decided(policy, lost, attempt).not_before_ms - NOW_MS for attempt in range(1, 10)]

    expect("the pauses before reconnecting, in ms, each no shorter than the last", pauses, sorted(pauses))
    grown = between(pauses[0] + 1, LONGEST_PAUSE_MS, "ms")
    expect("the pause before the tenth attempt to connect", pauses[-1], grown)


@check("RTY-03.04", severity=MAJOR, max_fills=0, min_messages=0, subject="suite")
def test_policy_spreads_its_clients(policy: Policy) -> None:
    """Two clients that see the same fault at once do not come back at once.

    Sequence: 10016 on a read, decision of the policy for the smallest and the largest jitter.
    Passes: the two pauses differ.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    failed = AttemptResult(TransportKind.REST, Operation.READ, RetCode.SERVER_ERROR)

    first, second = (_decided(policy, failed, jitter=jitter).not_before_ms for jitter in (0.0, 1.0))

    expect("the pause of a second client, in ms", second - NOW_MS, other_than(first - NOW_MS))


@check("RTY-03.05", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("operation", list(Operation))
def test_policy_gives_up(policy: Policy, operation: Operation) -> None:
    """A request that was refused a thousand times is not sent again.

    Sequence: 10006, decision of the policy after the thousandth attempt.
    Passes: the client stops, or looks up what it wrote.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = AttemptResult(TransportKind.REST, operation, RetCode.TOO_MANY_VISITS)

    decision = _decided(policy, limited, attempt=1000)

    last_resorts = one_of({Action.STOP, Action.LOOK_UP})
    expect(f"the client's decision on {operation} after 1000 attempts", decision.action, last_resorts)


@check("RTY-03.06", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("operation", list(Operation))
def test_policy_sits_out_a_ban(policy: Policy, operation: Operation) -> None:
    """After an IP ban nothing is sent for ten minutes, whatever the request.

    Sequence: HTTP 403 "access too frequent", decision of the policy.
    Passes: the next attempt is at least ten minutes away.
    Source: docs/v5/rate-limit/rate-limit.mdx, 600 requests in five seconds
    """
    banned = AttemptResult(TransportKind.REST, operation, text=BAN, http_status=403)

    decision = _decided(policy, banned)

    pause = decision.not_before_ms - NOW_MS
    expect(f"the pause before {operation} is sent after an IP ban", pause, at_least(BAN_MS, "ms"))


@check("RTY-06.01", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("fault", list(AMBIGUOUS))
@pytest.mark.parametrize("transport", [TransportKind.REST, TransportKind.TRADE])
@pytest.mark.parametrize("operation", WRITES)
def test_write_of_unknown_outcome_is_never_resent(
    policy: Policy, operation: Operation, transport: TransportKind, fault: str
) -> None:
    """A create, amend or cancel of unknown outcome is looked up, after each attempt and on each transport.

    Sequence: the fault, decision of the policy for the first to the fifth attempt.
    Passes: every decision is to look the order up.
    Source: docs/v5/error.mdx, docs/v5/order/create-order.mdx
    """
    unknown = AttemptResult(transport, operation, **AMBIGUOUS[fault])

    actions = [_decided(policy, unknown, attempt).action for attempt in range(1, 6)]

    for attempt, action in enumerate(actions, start=1):
        what = f"the client's decision on {operation} over {transport} after {fault}, attempt {attempt}"
        expect(what, action, Action.LOOK_UP)


@check("RTY-06.02", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.parametrize("transport", [TransportKind.REST, TransportKind.TRADE])
def test_refused_create_is_not_repeated(policy: Policy, transport: TransportKind, code: RetCode) -> None:
    """A create that was refused for what it contains is not sent again unchanged.

    Sequence: the refusal, decision of the policy.
    Passes: the client stops.
    Source: docs/v5/error.mdx
    """
    decision = _decided(policy, AttemptResult(transport, Operation.CREATE, code))

    expect(f"the client's decision on CREATE over {transport} after {code}", decision.action, Action.STOP)


@check("RTY-06.03", severity=BLOCKER, max_fills=0, min_messages=0, subject="suite")
@pytest.mark.parametrize("transport", [TransportKind.REST, TransportKind.TRADE])
def test_no_ambiguous_code_has_a_create_resent(policy: Policy, transport: TransportKind) -> None:
    """No documented code that leaves the outcome open makes the client send a create again.

    Sequence: each documented code in turn, decision of the policy.
    Passes: every code of the class "ambiguous" has the order looked up.
    Source: docs/v5/error.mdx
    """
    answers = [AttemptResult(transport, Operation.CREATE, code) for code in RetCode]
    rules = [(answer, policy.rule_for(answer)) for answer in answers]
    ambiguous = [x for x, rule in rules if rule and rule.error_class is ErrorClass.AMBIGUOUS]

    resent = [x.code for x in ambiguous if _decided(policy, x).action is not Action.LOOK_UP]

    expect("number of documented codes that the policy classes as ambiguous", len(ambiguous), at_least(1))
    expect("ambiguous codes after which a CREATE is not looked up", resent, nothing)


def _decided(
    policy: Policy, attempt_result: AttemptResult, attempt: int = 1, jitter: float = 0.5
) -> Decision:
    return decide(attempt_result, attempt=attempt, now_ms=NOW_MS, jitter=jitter, policy=policy)
