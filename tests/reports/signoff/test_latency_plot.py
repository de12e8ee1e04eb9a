"""The strip plot."""

from xml.etree import ElementTree as ET

import pytest

from reports.evidence.latency import MeasuredLatency
from reports.signoff.latency_plot import MARGIN, WIDTH, Axis

CASES = [(1,), (-5000, 0), (100,), (1_000_000,), (90, 1200, 45_000)]


@pytest.mark.parametrize("values", CASES)
def test_every_sample_stands_on_the_plot(values: tuple[int, ...]) -> None:
    """Each sample is one dot between the margins, whatever its size."""
    latency = MeasuredLatency("ack", values, 1)

    row = ET.fromstring(Axis.of([latency]).strip(latency))  # noqa: S314 - our own SVG
    dots = [float(dot.attrib["cx"]) for dot in row.iter("circle")]

    assert len(dots) == len(values)
    assert all(MARGIN <= x <= WIDTH - MARGIN for x in dots)


def test_ticks_are_named_by_their_unit() -> None:
    """The labels are powers of ten in µs, ms and s."""
    labels = Axis.of([MeasuredLatency("ack", (100, 1_000_000), 1)]).labels()

    assert [text for text in ("100 µs", "1 ms", "10 ms", "100 ms", "1 s") if f">{text}<" not in labels] == []


def test_plot_without_samples_has_an_axis() -> None:
    """A run without a latency still has a page."""
    assert Axis.of([]).ticks == [100, 1000]
