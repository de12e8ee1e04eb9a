"""What the end of a run is told with; whole runs stand in test_plugin."""

from reports.session.recorder import leaves


def test_every_exception_of_a_group_is_told() -> None:
    """Several fixtures that break at the end are each named, however pytest nests them."""
    one, other = OSError("one"), ValueError("other")

    assert leaves(BaseExceptionGroup("errors", [one, BaseExceptionGroup("more", [other])])) == [one, other]
    assert leaves(one) == [one]
