"""Retry and back-off: what the venue tells a client that must wait, and how its clock is judged.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from statistics import median
from typing import TypedDict

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports
from fixtures.clients.retry import Action, Decision, Happened, Kind, Operation, Policy, Transport, decide
from fixtures.desk import Account, Blocked, Desk, Market
from fixtures.evidence import Evidence
from fixtures.run import Run
from fixtures.v5.codes import RetCode


class Outcome(TypedDict, total=False):
    """What came of a request, as far as anything did."""

    code: int
    http_status: int
    text: str


LARGEST_OFFSET_MS = 500
HTTP_OK = 200
NOW_MS = 1_800_000_000_000
BEYOND_64_BITS = 10**20
UNREADABLE = {RetCode.REQUEST_PARAM_ERROR, RetCode.TIMESTAMP_WINDOW}
"""The refusals that fit a timestamp that is no time; the documents name none."""
STAMPS = {
    "past": {RetCode.TIMESTAMP_WINDOW},
    "ahead": {RetCode.OK},
    "far ahead": {RetCode.TIMESTAMP_WINDOW},
    "unreadable": UNREADABLE,
}
"""Where a timestamp is -> the codes that answer it."""
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
WRITES = (Operation.CREATE, Operation.AMEND, Operation.CANCEL)
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
BURST = 1.2
"""How far beyond the advertised limit a burst goes."""


@check("RTY-01", severity=BLOCKER, at_risk=0)
async def test_rest_reply_carries_limits(account: Account) -> None:
    """A signed REST reply carries limit, remaining and reset time.

    Sequence: signed read, answer with headers.
    Passes: The headers name a limit, a remainder from 0 to below the limit, and a reset time.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    answer = await account.answer()

    assert answer.limit is not None, "the reply carries no X-Bapi-Limit headers"
    assert 0 <= answer.limit.remaining < answer.limit.limit, f"the headers say {answer.limit}"
    assert answer.limit.reset_ms > 0, f"the headers say {answer.limit}"


@check("RTY-01", severity=BLOCKER, at_risk=0)
@over_both_transports
async def test_order_reply_carries_limits(desk: Desk) -> None:
    """A reply to an order request carries limit, remaining and reset time, on both transports.

    Sequence: cancel of an orderLinkId that was never used, answer.
    Passes: The answer names a limit and a remainder from 0 to below the limit.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    assert answer.limit is not None, "the reply carries no X-Bapi-Limit figures"
    assert 0 <= answer.limit.remaining < answer.limit.limit, f"the figures say {answer.limit}"


@check("RTY-02", severity=MAJOR, at_risk=0, observes=5)
async def test_exceeded_limit_says_when_to_return(account: Account) -> None:
    """Beyond the limit the venue refuses with 10006 and a reset time, after which it answers again.

    Sequence: advertised limit read, a burst of 1.2 times the limit, some refused, reset time
        awaited, one more read.
    Passes: The headers count down to less than half of the limit, each refusal has HTTP status 200, retCode
        10006 and a reset time, and the read after it has retCode 0.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    advertised = (await account.answer()).limit
    if advertised is None:
        raise Blocked("no limit is advertised: see RTY-01")

    answers = await account.answers_to_burst(int(advertised.limit * BURST))
    refused = [answer for answer in answers if answer.ret_code != 0]

    assert refused, f"{len(answers)} requests at once passed a limit of {advertised.limit} per second"
    left = [answer.limit.remaining for answer in answers if answer.ret_code == 0 and answer.limit is not None]
    assert left, "no answer of the burst names what is left of the limit"
    assert 2 * min(left) < advertised.limit, f"of {advertised.limit} the burst left {min(left)} at least"
    assert {answer.ret_code for answer in refused} == {RetCode.TOO_MANY_VISITS}, f"the burst was {refused[0]}"
    statuses = {answer.http_status for answer in refused}
    assert statuses == {HTTP_OK}, f"the refusals have the HTTP status {statuses}"
    resets = [answer.limit.reset_ms for answer in refused if answer.limit is not None]
    assert len(resets) == len(refused), "a refusal names no reset time"
    after = await account.answer_after(max(resets))
    assert after.ret_code == 0, f"after the reset time a request was {after}"


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


@check("RTY-04", severity=BLOCKER, at_risk=0)
@pytest.mark.parametrize("shift", list(STAMPS))
async def test_timestamp_window_is_enforced(account: Account, run: Run, shift: str) -> None:
    """A signed read is accepted from recv_window before the venue's clock to one second after it.

    A timestamp of more digits than a whole number of 64 bits has is refused as well.

    Sequence: signed read with a shifted timestamp, answer.
    Passes: The retCode equals 10002 outside the window and 0 inside; 10001 or 10002 beyond 64 bits.
    Source: docs/v5/guide.mdx, timestamp
    """
    past = -run.environment.recv_window_ms - 500
    shifts = {"past": past, "ahead": 900, "far ahead": 1500, "unreadable": BEYOND_64_BITS}

    answer = await account.answer(shift_ms=shifts[shift])

    assert answer.ret_code in STAMPS[shift], (
        f"a timestamp {shifts[shift]} ms from the venue's clock was {answer}"
    )


@check("RTY-04", severity=BLOCKER, at_risk=0)
@over_both_transports
async def test_order_timestamp_window_is_enforced(desk: Desk, run: Run) -> None:
    """An order request with a stale or future timestamp is refused, a timely one is judged on its content.

    Sequence: cancel with a stale timestamp, with a future one, with one beyond 64 bits, refused; the same
        cancel in time, judged on its content.
    Passes: The first two retCodes equal 10002, the third is 10001 or 10002, the last is not 10002.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    stale = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=-run.environment.recv_window_ms - 500)
    future = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=1500)
    unreadable = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=BEYOND_64_BITS)
    timely = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=900)

    assert stale.ret_code == RetCode.TIMESTAMP_WINDOW, f"a stale order request was {stale}"
    assert future.ret_code == RetCode.TIMESTAMP_WINDOW, f"an order request of the future was {future}"
    assert unreadable.ret_code in UNREADABLE, f"an order request beyond 64 bits of time was {unreadable}"
    assert timely.ret_code != RetCode.TIMESTAMP_WINDOW, f"a timely order request was {timely}"


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


@check("RTY-05", severity=MAJOR, at_risk=0, observes=10)
async def test_clocks_agree(market: Market, evidence: Evidence) -> None:
    """The clock of this machine is less than half a second from the venue's.

    Judged on the sample with the shortest round trip.

    Sequence: ten times: time asked, venue's time.
    Passes: On the sample with the shortest round trip, the offset is below 500 ms.
    Source: docs/v5/market/time.mdx
    """
    samples = await market.clock_offsets(10)

    best = min(samples, key=lambda sample: sample.round_trip_us)
    evidence.measure("clock offset", best.offset_ms, "ms")
    evidence.measure("round trip to /v5/market/time", int(median(s.round_trip_us for s in samples)), "µs")
    assert abs(best.offset_ms) < LARGEST_OFFSET_MS, (
        f"this machine's clock is {best.offset_ms} ms behind the venue's"
    )


def _decided(policy: Policy, happened: Happened, attempt: int = 1, jitter: float = 0.5) -> Decision:
    return decide(happened, attempt=attempt, now_ms=NOW_MS, jitter=jitter, policy=policy)
