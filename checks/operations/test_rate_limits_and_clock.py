"""Retry and back-off: what the venue answers a client that must wait, and which timestamps it accepts.

Source: docs/institutional/dmm-listing/spot.mdx, checklist item 4; docs/v5/rate-limit/rate-limit.mdx
"""

from statistics import median

import pytest

from checks import BLOCKER, MAJOR, check, over_both_transports, without_real_money
from fixtures.clients.reply import RateLimit
from fixtures.desk import Account, Answer, Blocked, Desk, FirstLook, Market, apart
from fixtures.expect import (
    Cause,
    Prerequisite,
    acknowledged,
    answered,
    at_least,
    at_most,
    between,
    expect,
    having,
    other_than,
    present,
    refused,
)
from fixtures.record.evidence import Evidence
from fixtures.record.run import Run
from fixtures.v5.codes import RetCode

OFFSET_BELOW_MS = 500
HTTP_OK = 200
HEADERS = "a rate limit in the X-Bapi-Limit headers"
BEYOND_64_BITS = 10**20
UNREADABLE = {RetCode.REQUEST_PARAM_ERROR, RetCode.TIMESTAMP_WINDOW}
"""The refusals that fit a timestamp beyond 64 bits; the documents name none."""
STAMPS = {
    "past": {RetCode.TIMESTAMP_WINDOW},
    "ahead": {RetCode.OK},
    "far ahead": {RetCode.TIMESTAMP_WINDOW},
    "unreadable": UNREADABLE,
}
"""Where a timestamp is on the venue's clock -> the codes that may answer it."""
WINDOW_MS = 1000
"""The time that a rate limit counts. Source: docs/v5/rate-limit/rate-limit.mdx"""
BURST = 1.2
"""The requests of a burst, as a multiple of the advertised limit."""


@check("RTY-01.01", severity=BLOCKER, max_fills=0, establishes=Prerequisite.RATE_LIMITS)
async def test_rest_reply_carries_limits(account: Account) -> None:
    """A signed REST reply carries limit, remaining and reset time.

    Sequence: signed read, answer with headers.
    Passes: The headers name a limit, a remainder from 0 to below the limit, and a reset time.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    answer = await account.answer()

    limit = _expect_limit("a signed read", answer)
    expect("X-Bapi-Limit-Reset-Timestamp of a signed read", limit.reset_ms, at_least(1))


@check("RTY-01.02", severity=BLOCKER, max_fills=0)
@over_both_transports
async def test_order_reply_carries_limits(desk: Desk) -> None:
    """A reply to an order request carries limit, remaining and reset time, on both transports.

    Sequence: cancel of an orderLinkId that was never used, answer.
    Passes: The answer names a limit and a remainder from 0 to below the limit.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    answer = await desk.attempt_cancel(desk.fresh_link_id())

    _expect_limit("a cancel", answer)


@check("RTY-02", severity=MAJOR, max_fills=0, min_messages=5, provokes={RetCode.TOO_MANY_VISITS})
@without_real_money("The rate limit is not provoked where money is real.")
async def test_exceeded_limit_says_when_to_return(account: Account) -> None:
    """Beyond the rate limit the venue refuses with 10006 and a reset time, after which it answers again.

    Sequence: advertised limit read, a burst of 1.2 times the limit, some refused, reset time
        awaited, at most a second, one more read.
    Passes: The headers count down to less than half of the limit, each refusal has HTTP status 200, retCode
        10006 and a reset time, and the read after it has retCode 0: the limit is one of a second.
    Source: docs/v5/rate-limit/rate-limit.mdx
    """
    advertised = (await account.answer()).limit
    if advertised is None:
        raise Blocked("a signed read names no rate limit", missing=Prerequisite.RATE_LIMITS)

    answers = await account.answers_to_burst(int(advertised.limit * BURST))
    over_limit = [answer for answer in answers if answer.ret_code != 0]
    left = [answer.limit.remaining for answer in answers if answer.ret_code == 0 and answer.limit is not None]

    sent = f"{len(answers)} reads at once with a limit of {advertised.limit} per second"
    expect(f"number of refusals of {sent}", len(over_limit), at_least(1))
    expect(f"number of acknowledgements with X-Bapi-Limit headers of {sent}", len(left), at_least(1))
    expect(f"lowest X-Bapi-Limit-Status of {sent}", min(left), at_most((advertised.limit - 1) // 2))
    for answer in over_limit:
        expect("a read beyond the rate limit", answer, refused(RetCode.TOO_MANY_VISITS))
        expect("HTTP status of a read beyond the rate limit", answer.http_status, HTTP_OK)
    limits = [expect(f"{HEADERS} of a read beyond it", answer.limit, present) for answer in over_limit]
    reset_ms = max(limit.reset_ms for limit in limits)
    after = await account.answer_after(min(reset_ms, account.venue_now_ms() + WINDOW_MS))
    expect("a read after the reset time, or a second after the burst", after, acknowledged)


@check("RTY-08", severity=MAJOR, max_fills=0, min_messages=4, provokes={RetCode.TOO_MANY_VISITS})
@without_real_money("The rate limit is not provoked where money is real.")
async def test_rate_limit_is_of_one_uid(account: Account, second_account: Account) -> None:
    """What one UID sends uses nothing of another UID's rate limit.

    Sequence: advertised limit read, a burst of 1.2 times the limit, some refused, at once a read of a second
        UID; a second later one more read.
    Passes: the second UID's read is acknowledged.
    Source: docs/v5/rate-limit/rate-limit.mdx: the limit of each UID
    """
    advertised = (await account.answer()).limit
    if advertised is None:
        raise Blocked("a signed read names no rate limit", missing=Prerequisite.RATE_LIMITS)

    answers = await account.answers_to_burst(int(advertised.limit * BURST))
    other = await second_account.answer(paced=False)
    await account.answer_after(account.venue_now_ms() + WINDOW_MS)

    over_limit = sum(answer.ret_code == RetCode.TOO_MANY_VISITS for answer in answers)
    expect(f"number of refusals of {len(answers)} reads at once", over_limit, at_least(1))
    expect(f"a read of another UID, when {over_limit} of {len(answers)} were refused", other, acknowledged)


@check("RTY-04.01", severity=BLOCKER, max_fills=0, provokes={RetCode.TIMESTAMP_WINDOW})
@pytest.mark.parametrize("offset", list(STAMPS))
async def test_timestamp_window_is_enforced(account: Account, run: Run, offset: str) -> None:
    """A signed read is accepted from recv_window before the venue's clock to one second after it.

    A timestamp that does not fit into 64 bits is refused as well.

    Sequence: signed read with an offset timestamp, answer.
    Passes: The retCode equals 10002 outside the window and 0 inside; 10001 or 10002 beyond 64 bits.
    Source: docs/v5/guide.mdx, timestamp
    """
    past = -run.environment.recv_window_ms - 500
    offsets = {"past": past, "ahead": 900, "far ahead": 1500, "unreadable": BEYOND_64_BITS}

    answer = await account.answer(timestamp_offset_ms=offsets[offset])

    what = f"a signed read with a timestamp {offsets[offset]} ms from the venue's clock"
    expect(what, answer, answered(STAMPS[offset]))


@check("RTY-04.02", severity=BLOCKER, max_fills=0, provokes={RetCode.TIMESTAMP_WINDOW})
@over_both_transports
async def test_order_timestamp_window_is_enforced(desk: Desk, run: Run) -> None:
    """An order request with a stale or future timestamp is refused, a timely one is judged on its content.

    Sequence: cancel with a stale timestamp, with a future one, with one beyond 64 bits, refused; the same
        cancel in time, judged on its content.
    Passes: The first two retCodes equal 10002, the third is 10001 or 10002, the last is not 10002.
    Source: docs/v5/websocket/trade/guideline.mdx
    """
    stale = await desk.attempt_cancel(
        desk.fresh_link_id(), timestamp_offset_ms=-run.environment.recv_window_ms - 500
    )
    future = await desk.attempt_cancel(desk.fresh_link_id(), timestamp_offset_ms=1500)
    unreadable = await desk.attempt_cancel(desk.fresh_link_id(), timestamp_offset_ms=BEYOND_64_BITS)
    timely = await desk.attempt_cancel(desk.fresh_link_id(), timestamp_offset_ms=900)

    expect("a cancel with a stale timestamp", stale, refused(RetCode.TIMESTAMP_WINDOW))
    expect("a cancel with a future timestamp", future, refused(RetCode.TIMESTAMP_WINDOW))
    expect("a cancel with a timestamp beyond 64 bits", unreadable, refused(UNREADABLE))
    expect("a cancel with a timely timestamp", timely, having(ret_code=other_than(RetCode.TIMESTAMP_WINDOW)))


@check("RTY-05", severity=MAJOR, max_fills=0, min_messages=10, cause=Cause.CLOCK, first=True, subject="suite")
async def test_clocks_agree(market: Market, evidence: Evidence) -> None:
    """The clock of this machine is less than half a second from the venue's.

    Judged on the sample with the shortest round trip. Where the venue shows several clocks, the one that most
    of them agree with counts, and RTY-07 fails.

    Sequence: ten times: time asked, venue's time.
    Passes: On the sample with the shortest round trip, the offset is below 500 ms.
    Source: docs/v5/market/time.mdx
    """
    samples = await market.clock_offsets(10)

    best = min(samples, key=lambda sample: sample.round_trip_us)
    evidence.measure("clock offset", best.offset_ms, "ms")
    evidence.measure("round trip to /v5/market/time", int(median(s.round_trip_us for s in samples)), "µs")
    expect(
        "the venue's clock minus this machine's",
        best.offset_ms,
        between(1 - OFFSET_BELOW_MS, OFFSET_BELOW_MS - 1, "ms"),
        advice="set this machine's clock by NTP",
    )


@check(
    "RTY-07",
    severity=MAJOR,
    max_fills=0,
    min_messages=4,
    cause=Cause.VENUE_CLOCKS,
    first=True,
    provokes={RetCode.TIMESTAMP_WINDOW},
)
async def test_clocks_of_the_venue_agree(first_look: FirstLook) -> None:
    """Every clock that the venue shows is less than half a second from the others.

    A client takes its time from one of them, and is refused by another. Each is known to half a round trip.

    Sequence: time asked, instruments asked, key asked, then with a timestamp of ten minutes ago, refused; a
        cancel on the trade stream with such a timestamp, refused.
    Passes: timeNano, the time in each envelope, each header Timenow and each server_timestamp in the text of
        10002 are one clock.
    Source: docs/v5/market/time.mdx; docs/v5/guide.mdx, timestamp
    """
    agreed_ms, wrong = apart(await first_look.clocks())

    what = "clocks that the venue shows, in ms ahead of this machine's"
    expect(what, wrong, dict.fromkeys(wrong, agreed_ms))


def _expect_limit(request: str, answer: Answer) -> RateLimit:
    """The answer carries a limit and a remainder that fits it; returns them."""
    limit = expect(f"{HEADERS} of {request}", answer.limit, present)
    expect(f"X-Bapi-Limit-Status of {request}", limit.remaining, between(0, limit.limit - 1))
    return limit
