"""Retry and back-off: what the venue tells a client that must wait, and how its clock is judged.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from statistics import median

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports, without_real_money
from fixtures.desk import Account, Blocked, Desk, Market
from fixtures.evidence import Evidence
from fixtures.run import Run
from fixtures.v5.codes import RetCode

LARGEST_OFFSET_MS = 500
HTTP_OK = 200
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
@without_real_money("The rate limit is not provoked where money is real.")
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
        f"the venue's clock minus this machine's is {best.offset_ms} ms: set this machine's clock by NTP"
    )
