"""Judges whether the memory of a venue is steady."""

from dataclasses import dataclass
from statistics import linear_regression

MIN_S = 1200
"""Seconds: a shorter run is all warm-up, because each account still fills up to what is remembered of it."""
MOST_GROWTH = 0.05
"""How much the second half may grow, as a share of what it begins with."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """The venue's resident memory and processor time, the driver's processor time, at a second of the run."""

    at_s: float
    mib: float
    venue_cpu_s: float
    driver_cpu_s: float


@dataclass(frozen=True, slots=True)
class Memory:
    """How the resident memory developed, MiB.

    growth: of the second half along its regression line, as a share of what the line begins with;
        None for a run that is all warm-up
    """

    start_mib: float
    middle_mib: float
    end_mib: float
    most_mib: float
    growth: float | None

    @classmethod
    def of(cls, samples: list[MemorySample]) -> "Memory":
        """Judge the samples of one run.

        Raises IndexError when there is none.
        """
        last_s = samples[-1].at_s
        half = [sample for sample in samples if sample.at_s >= last_s / 2]
        growth = None
        if last_s >= MIN_S:
            line = linear_regression([x.at_s for x in half], [x.mib for x in half])
            growth = line.slope * (last_s - half[0].at_s) / (line.intercept + line.slope * half[0].at_s)
        middle = half[0].mib
        return cls(samples[0].mib, middle, samples[-1].mib, max(x.mib for x in samples), growth)

    @property
    def is_steady(self) -> bool:
        """False when the second half grew; True for a run that is all warm-up, which shows nothing."""
        return self.growth is None or self.growth <= MOST_GROWTH
