"""The exceptions of a run's end; test_plugin covers whole runs."""

from reports.session.recorder import leaves


def test_every_exception_of_a_group_is_named() -> None:
    """Several fixtures that break at the end are each named, however deep pytest nests them."""
    one, other = OSError("one"), ValueError("other")

    assert leaves(BaseExceptionGroup("errors", [one, BaseExceptionGroup("more", [other])])) == [one, other]
    assert leaves(one) == [one]
