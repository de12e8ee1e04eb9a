"""A strip plot of latencies as inline SVG: one dot per sample on a shared logarithmic axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from reports.evidence.latency import MeasuredLatency

WIDTH = 240
HEIGHT = 16
MARGIN = 16
MIN_US = 100
"""Faster samples stand at the left edge, as does a push that arrived before the acknowledgement."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis that all rows of a plot share, in powers of ten of a microsecond."""

    first: int
    last: int

    @classmethod
    def of(cls, found: Sequence[MeasuredLatency]) -> "Axis":
        """The shortest axis that holds every sample."""
        minimum = max(min((latency.values_us[0] for latency in found), default=MIN_US), MIN_US)
        most = max([latency.max_us for latency in found] + [minimum * 10])
        return cls(floor(log10(minimum)), ceil(log10(most)))

    def x(self, value_us: int) -> str:
        """Where a value stands, in pixels."""
        share = (log10(max(value_us, 10**self.first)) - self.first) / (self.last - self.first)
        return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.1f}"

    @property
    def ticks(self) -> list[int]:
        """The powers of ten on the axis, microseconds."""
        return [10**power for power in range(self.first, self.last + 1)]

    def labels(self) -> str:
        """The line below the rows."""
        labels = "".join(
            f'<text x="{self.x(tick)}" y="10" text-anchor="middle" font-size="9" fill="#667085">'
            f"{_label(tick)}</text>"
            for tick in self.ticks
        )
        return f'<svg viewBox="0 0 {WIDTH} 12" width="{WIDTH}" height="12" aria-hidden="true">{labels}</svg>'

    def strip(self, latency: MeasuredLatency) -> str:
        """One row: the samples as dots, the median and the 99th percentile as strokes."""
        dots = "".join(_dot(self.x(value)) for value in latency.values_us)
        grid = "".join(_stroke(self.x(tick), 5, 11, "#d0d5dd") for tick in self.ticks)
        tail = _stroke(self.x(latency.percentile(99)), 3, 13, "#b42318")
        median = _stroke(self.x(latency.percentile(50)), 2, 14, "#101828")
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            f' role="img" aria-label="{latency.name}">'
            f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="8" y2="8" stroke="#d0d5dd"/>'
            f"{grid}{dots}{tail}{median}</svg>"
        )


def _dot(x: str) -> str:
    return f'<circle cx="{x}" cy="8" r="2.6" fill="#2e5aac" fill-opacity=".3"/>'


def _stroke(x: str, top: int, bottom: int, colour: str) -> str:
    return f'<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}" stroke="{colour}" stroke-width="1.4"/>'


def _label(tick_us: int) -> str:
    units = ((1_000_000, "s"), (1000, "ms"), (1, "µs"))
    size, unit = next((size, unit) for size, unit in units if tick_us >= size)
    return f"{tick_us // size} {unit}"
