"""A share that was measured on a sample, with its confidence interval."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""The quantile of the normal distribution that leaves 95 % between it and its negative."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """0 to 1; 1 of nothing."""
        return self.part / self.whole if self.whole else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson score interval of 95 %, lower and upper bound, 0 to 1.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927
        """
        if not self.whole:
            return 0.0, 1.0
        shrunk = 1 + _Z**2 / self.whole
        centre = (self.value + _Z**2 / (2 * self.whole)) / shrunk
        half = _Z / shrunk * sqrt(self.value * (1 - self.value) / self.whole + _Z**2 / (4 * self.whole**2))
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        """With both bounds: "170 of 200 (85.0%, 95% interval 79.4% to 89.3%)"."""
        lower, upper = self.interval
        return f"{self.part} of {self.whole} ({self.value:.1%}, 95% interval {lower:.1%} to {upper:.1%})"
