"""The rule that a venue's memory stays steady."""

import pytest

from bench.soak.memory import MIN_S, MOST_GROWTH, Memory, MemorySample


def _samples(*mib: float, last_s: float = MIN_S) -> list[MemorySample]:
    return [MemorySample(last_s * place / (len(mib) - 1), size, 0, 0) for place, size in enumerate(mib)]


@pytest.mark.parametrize(
    ("mib", "growth"),
    [((50, 90, 100, 100, 100), 0), ((10, 20, 100, 105, 110), 0.1), ((10, 20, 100, 98, 96), -0.04)],
)
def test_growth_is_that_of_the_second_half(mib: tuple[float, ...], growth: float) -> None:
    """What the first half did does not count."""
    memory = Memory.of(_samples(*mib))

    assert memory.growth == pytest.approx(growth, abs=1e-9)
    assert memory.is_steady == (growth <= MOST_GROWTH)
    assert (memory.start_mib, memory.middle_mib, memory.end_mib) == (mib[0], mib[2], mib[4])


def test_a_short_run_is_not_judged() -> None:
    """A run below the minimum time has no growth, whatever the memory did."""
    memory = Memory.of(_samples(10, 20, 40, last_s=MIN_S - 1))

    assert (memory.growth, memory.is_steady, memory.most_mib) == (None, True, 40)
