"""Retry and back-off: what the client makes of each answer, whatever the venue does.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from typing import TypedDict

import pytest

from checks import BLOCKER, MAJOR, check
from fixtures.clients.policy import Happened, Kind, Operation, Policy, Transport
from fixtures.clients.retry import Action, Decision, decide
from fixtures.v5.codes import RetCode


class Outcome(TypedDict, total=False):
    """What came of a request, as far as anything did."""

    code: int
    http_status: int
    text: str


NOW_MS = 1_800_000_000_000
RESET_IN_MS = 800
LONGEST_WAIT_MS = 10_000
BAN, BAN_MS = "403, access too frequent", 600_000
"""What a barred address reads, and for how long it stays barred."""
AMBIGUOUS: dict[str, Outcome] = {
    "a server time-out": {"code": RetCode.SERVER_TIMEOUT},
    "a server error": {"code": RetCode.SERVER_ERROR},
    "high load": {"code": RetCode.TRADING_SERVICE_HIGH_LOAD},
    "system protection": {"code": RetCode.WS_SYSTEM_PROTECTION},
    "a back-end time-out": {"code": RetCode.SPOT_BACKEND_TIMEOUT},
    "a network error of the venue": {"code": RetCode.SPOT_NETWORK_ERROR},
    "a time-out of the create": {"code": RetCode.CREATE_TIMEOUT},
    "an undocumented code": {"code": 999_999},
    "a gateway's page": {"http_status": 502},
    "HTTP 429": {"http_status": 429},
    "silence": {"text": "timeout: no answer"},
    "a broken connection": {"text": "closed: 1006"},
    "an unreadable answer": {"text": "unreadable: HTTP 200 '<html>'"},
}
"""What leaves open whether an order was booked."""
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
"""What says that an order was not booked and why: sent again unchanged it is refused again."""


@check("RTY-03", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("transport", [Transport.REST, Transport.TRADE])
def test_policy_waits_for_the_reset(policy: Policy, transport: Transport) -> None:
    """After 10006 the client sends nothing before the reset that the venue named.

    Sequence: 10006 with a reset 800 ms ahead, decision of the policy, for the least and the largest jitter.
    Passes: the next attempt is not before the reset, and at most ten seconds after it.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = Happened(transport, Operation.CREATE, RetCode.TOO_MANY_VISITS, reset_ms=NOW_MS + RESET_IN_MS)

    waits = [_decided(policy, limited, jitter=jitter).not_before_ms - NOW_MS for jitter in (0.0, 1.0)]

    late = [wait for wait in waits if not RESET_IN_MS <= wait <= RESET_IN_MS + LONGEST_WAIT_MS]
    assert late == [], f"with a reset in {RESET_IN_MS} ms the client waits {late} ms"


@check("RTY-03", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("reset_ms", [None, NOW_MS - 5_000, NOW_MS + 3_600_000], ids=["none", "past", "junk"])
def test_policy_survives_a_useless_reset(policy: Policy, reset_ms: int | None) -> None:
    """A reset that is missing, past or an hour away is answered with a pause of the client's own.

    Sequence: 10006 with such a reset, decision of the policy.
    Passes: the next attempt is after this moment, and at most ten seconds after it.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = Happened(Transport.REST, Operation.READ, RetCode.TOO_MANY_VISITS, reset_ms=reset_ms)

    wait = _decided(policy, limited).not_before_ms - NOW_MS

    assert 0 < wait <= LONGEST_WAIT_MS, f"with such a reset the client waits {wait} ms"


@check("RTY-03", severity=BLOCKER, at_risk=0, observes=0)
def test_policy_backs_off_with_a_cap(policy: Policy) -> None:
    """The pause grows with each attempt to connect, up to a cap.

    Sequence: a lost connection, decision of the policy for the first to the ninth attempt.
    Passes: no pause is shorter than the one before or longer than ten seconds; the last exceeds the first.
    Source: docs/v5/websocket/wss-authentication.mdx, 500 connections in five minutes
    """
    lost = Happened(Transport.STREAM, Operation.CONNECT, text="closed: 1006")

    waits = [_decided(policy, lost, attempt).not_before_ms - NOW_MS for attempt in range(1, 10)]

    assert waits == sorted(waits), f"the pauses shrink: {waits} ms"
    assert waits[0] < waits[-1] <= LONGEST_WAIT_MS, f"the pauses are {waits} ms"


@check("RTY-03", severity=MAJOR, at_risk=0, observes=0)
def test_policy_spreads_its_clients(policy: Policy) -> None:
    """Two clients that meet the same fault at once do not come back at once.

    Sequence: 10016 on a read, decision of the policy for the least and the largest jitter.
    Passes: the two pauses differ.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    failed = Happened(Transport.REST, Operation.READ, RetCode.SERVER_ERROR)

    first, second = (_decided(policy, failed, jitter=jitter).not_before_ms for jitter in (0.0, 1.0))

    assert first != second, f"both clients come back after {first - NOW_MS} ms"


@check("RTY-03", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("operation", list(Operation))
def test_policy_gives_up(policy: Policy, operation: Operation) -> None:
    """What fails a thousand times is not tried again.

    Sequence: 10006, decision of the policy after the thousandth attempt.
    Passes: the client stops, or looks up what it wrote.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    limited = Happened(Transport.REST, operation, RetCode.TOO_MANY_VISITS)

    decision = _decided(policy, limited, attempt=1000)

    assert decision.action in {Action.STOP, Action.LOOK_UP}, f"after 1000 attempts: {decision.action}"


@check("RTY-03", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("operation", list(Operation))
def test_policy_sits_out_a_ban(policy: Policy, operation: Operation) -> None:
    """After a ban of the address nothing is sent for ten minutes, whatever was asked.

    Sequence: HTTP 403 "access too frequent", decision of the policy.
    Passes: the next attempt is at least ten minutes away.
    Source: docs/v5/rate-limit/rate-limit.mdx, 600 requests in five seconds
    """
    barred = Happened(Transport.REST, operation, text=BAN, http_status=403)

    decision = _decided(policy, barred)

    wait_ms = decision.not_before_ms - NOW_MS
    assert wait_ms >= BAN_MS, f"after a ban the client would {decision.action} in {wait_ms} ms"


@check("RTY-06", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("fault", list(AMBIGUOUS))
@pytest.mark.parametrize("transport", [Transport.REST, Transport.TRADE])
@pytest.mark.parametrize("operation", WRITES)
def test_write_of_unknown_outcome_is_never_resent(
    policy: Policy, operation: Operation, transport: Transport, fault: str
) -> None:
    """A write whose outcome is unknown is looked up, after each attempt and on each transport.

    Sequence: the fault, decision of the policy for the first to the fifth attempt.
    Passes: every decision is to look the order up.
    Source: docs/v5/error.mdx, docs/v5/order/create-order.mdx
    """
    happened = Happened(transport, operation, **AMBIGUOUS[fault])

    actions = {_decided(policy, happened, attempt).action for attempt in range(1, 6)}

    assert actions == {Action.LOOK_UP}, (
        f"after {fault} on the {transport} a {operation} would: {', '.join(actions)}"
    )


@check("RTY-06", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("code", REFUSED)
@pytest.mark.parametrize("transport", [Transport.REST, Transport.TRADE])
def test_refused_create_is_not_repeated(policy: Policy, transport: Transport, code: RetCode) -> None:
    """A create that was refused for what it says is not sent again unchanged.

    Sequence: the refusal, decision of the policy.
    Passes: the client stops.
    Source: docs/v5/error.mdx
    """
    decision = _decided(policy, Happened(transport, Operation.CREATE, code))

    assert decision.action is Action.STOP, f"after {code} a create on the {transport} would {decision.action}"


@check("RTY-06", severity=BLOCKER, at_risk=0, observes=0)
@pytest.mark.parametrize("transport", [Transport.REST, Transport.TRADE])
def test_no_ambiguous_code_has_a_create_resent(policy: Policy, transport: Transport) -> None:
    """Of all documented codes none that leaves the outcome open has a create sent again.

    Sequence: each documented code in turn, decision of the policy.
    Passes: every code of the class "ambiguous" has the order looked up.
    Source: docs/v5/error.mdx
    """
    met = [Happened(transport, Operation.CREATE, code) for code in RetCode]
    open_ones = [x for x in met if (rule := policy.rule_for(x)) and rule.kind is Kind.AMBIGUOUS]

    resent = [str(x.code) for x in open_ones if _decided(policy, x).action is not Action.LOOK_UP]

    assert open_ones, "the policy takes no documented code for ambiguous"
    assert resent == [], f"a create is not looked up after {', '.join(resent)}"


def _decided(policy: Policy, happened: Happened, attempt: int = 1, jitter: float = 0.5) -> Decision:
    return decide(happened, attempt=attempt, now_ms=NOW_MS, jitter=jitter, policy=policy)
