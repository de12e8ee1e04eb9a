"""Driving a contestant."""

import asyncio

from bench.drive import Timing, drive, drive_threads


def test_a_round_has_its_percentiles() -> None:
    """A hundred orders of 1 to 100 µs in one second."""
    assert Timing.of([us * 1000 for us in range(100, 0, -1)], 10**9) == Timing(51.0, 100.0, 100.0)


def test_rounds_have_their_medians() -> None:
    """One slow round does not change the median."""
    rounds = [Timing(1.0, 2.0, 3.0), Timing(900.0, 900.0, 1.0), Timing(1.0, 2.0, 3.0)]

    assert Timing.median(rounds) == Timing(1.0, 2.0, 3)


async def test_that_many_are_in_flight() -> None:
    """Every order is sent, and no more than the given number wait."""
    waiting, most, sent = 0, 0, 0

    async def order() -> None:
        nonlocal waiting, most, sent
        waiting, sent = waiting + 1, sent + 1
        most = max(most, waiting)
        await asyncio.sleep(0)
        waiting -= 1

    await drive(order, 40, 4)

    assert (sent, most) == (40, 4)


def test_threads_share_the_orders() -> None:
    """Each callable is driven by a thread of its own."""
    sent: list[int] = []

    drive_threads([lambda: sent.append(1), lambda: sent.append(2)], 10)

    assert sorted(sent) == [1] * 5 + [2] * 5
