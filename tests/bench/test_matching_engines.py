"""The matching figures."""

from importlib.util import find_spec

from bench.matching_engines import LIBRARY, matching_us


def test_every_book_is_timed() -> None:
    """Each has a figure, but for a library that is not installed."""
    taken = matching_us()

    assert (taken.pop(LIBRARY) is None) == (find_spec(LIBRARY) is None)
    assert all(us is not None and us > 0 for us in taken.values())
