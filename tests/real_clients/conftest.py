"""A venue in its own process, as any client sees it."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from fixtures.venue.server import VenueAddress

# Both libraries are optional extras; without them these tests have nothing to run.
collect_ignore_glob = [] if find_spec("ccxt") and find_spec("pybit") else ["test_*.py"]


@pytest.fixture(scope="module")
def venue() -> Iterator[VenueAddress]:
    """``python -m fixtures.venue`` on a free port, with its default latency, in a market that never moves."""
    command = [sys.executable, "-m", "fixtures.venue", "--port", "0", "--market", "quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout is not None
            rest = process.stdout.readline().removeprefix("REST ").strip()
            assert rest.startswith("http://"), "the venue did not start"
            yield VenueAddress(rest, rest.replace("http", "ws", 1))
        finally:
            process.terminate()
