"""Retry and back-off: what the venue tells a client that must wait, and how its clock is judged.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from statistics import median

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports
from fixtures.desk import Account, Blocked, Desk, Market
from fixtures.evidence import Evidence
from fixtures.run import Run
from fixtures.v5.codes import RetCode

LARGEST_OFFSET_MS = 500
BURST = 1.2
"""How far beyond the advertised limit a burst goes."""


@check("RTY-01", severity=BLOCKER, at_risk=0)
async def test_rest_reply_carries_limits(account: Account) -> None:
    """A signed REST reply carries limit, remaining and reset time.

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

    Source: docs/v5/websocket/trade/guideline.mdx
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    assert answer.limit is not None, "the reply carries no X-Bapi-Limit figures"
    assert 0 <= answer.limit.remaining < answer.limit.limit, f"the figures say {answer.limit}"


@check("RTY-02", severity=MAJOR, at_risk=0, observes=5)
async def test_exceeded_limit_says_when_to_return(account: Account) -> None:
    """Beyond the limit the venue refuses with 10006 and a reset time, after which it answers again.

    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    advertised = (await account.answer()).limit
    if advertised is None:
        raise Blocked("no limit is advertised: see RTY-01")

    answers = await account.answers_to_burst(int(advertised.limit * BURST))
    refused = [answer for answer in answers if answer.ret_code != 0]

    assert refused, f"{len(answers)} requests at once passed a limit of {advertised.limit} per second"
    assert {answer.ret_code for answer in refused} == {RetCode.TOO_MANY_VISITS}, f"the burst was {refused[0]}"
    resets = [answer.limit.reset_ms for answer in refused if answer.limit is not None]
    assert len(resets) == len(refused), "a refusal names no reset time"
    after = await account.answer_after(max(resets))
    assert after.ret_code == 0, f"after the reset time a request was {after}"


@check("RTY-04", severity=BLOCKER, at_risk=0)
@pytest.mark.parametrize(
    ("shift", "expected"),
    [("past", RetCode.TIMESTAMP_WINDOW), ("ahead", RetCode.OK), ("far ahead", RetCode.TIMESTAMP_WINDOW)],
)
async def test_timestamp_window_is_enforced(
    account: Account, run: Run, shift: str, expected: RetCode
) -> None:
    """A signed read is accepted from recv_window before the venue's clock to one second after it.

    Source: docs/v5/guide.mdx, timestamp
    """
    shifts = {"past": -run.environment.recv_window_ms - 500, "ahead": 900, "far ahead": 1500}

    answer = await account.answer(shift_ms=shifts[shift])

    assert answer.ret_code == expected, f"a timestamp {shifts[shift]} ms from the venue's clock was {answer}"


@check("RTY-04", severity=BLOCKER, at_risk=0)
@over_both_transports
async def test_order_timestamp_window_is_enforced(desk: Desk, run: Run) -> None:
    """An order request with a stale or future timestamp is refused, a timely one is judged on its content.

    Source: docs/v5/websocket/trade/guideline.mdx
    """
    stale = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=-run.environment.recv_window_ms - 500)
    future = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=1500)
    timely = await desk.attempt_cancel(desk.fresh_link_id(), shift_ms=900)

    assert stale.ret_code == RetCode.TIMESTAMP_WINDOW, f"a stale order request was {stale}"
    assert future.ret_code == RetCode.TIMESTAMP_WINDOW, f"an order request of the future was {future}"
    assert timely.ret_code != RetCode.TIMESTAMP_WINDOW, f"a timely order request was {timely}"


@check("RTY-05", severity=MAJOR, at_risk=0, observes=10)
async def test_clocks_agree(market: Market, evidence: Evidence) -> None:
    """The clock of this machine is less than half a second from the venue's.

    Judged on the sample with the shortest round trip.

    Source: docs/v5/market/time.mdx
    """
    samples = await market.clock_offsets(10)

    best = min(samples, key=lambda sample: sample.round_trip_us)
    evidence.measure("clock offset", best.offset_ms, "ms")
    evidence.measure("round trip to /v5/market/time", int(median(s.round_trip_us for s in samples)), "µs")
    assert abs(best.offset_ms) < LARGEST_OFFSET_MS, (
        f"this machine's clock is {best.offset_ms} ms behind the venue's"
    )
