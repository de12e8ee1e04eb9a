"""A measured share and its interval."""

import pytest

from proof.share import Share


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [(170, 200, 0.794, 0.893), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_the_interval_is_wilson_s(part: int, whole: int, lower: float, upper: float) -> None:
    """The bounds are those of published tables, at the ends of the scale as well."""
    assert Share(part, whole).interval == pytest.approx((lower, upper), abs=0.001)


def test_a_share_of_nothing_is_unknown() -> None:
    """Of nothing every share is possible."""
    assert Share(0, 0).interval == (0.0, 1.0)


def test_the_text_has_both_bounds() -> None:
    """A reader sees the numbers, the share and its interval."""
    assert str(Share(170, 200)) == "170 of 200 (85.0%, 95% interval 79.4% to 89.3%)"
