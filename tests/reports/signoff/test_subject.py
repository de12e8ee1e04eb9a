"""Who was tested, where and on what."""

import hashlib
import json
from dataclasses import replace

import pytest

from fixtures.record.run import Run
from reports.signoff.subject import is_loopback, subject


def test_real_environment_is_named_by_its_host(run: Run) -> None:
    """A run against the exchange names its host, masks the UID and is no rehearsal."""
    tested = subject(run)

    assert (tested.environment, tested.host) == ("testnet", "https://api-testnet.bybit.com")
    assert (tested.uid, tested.rehearsal) == ("••••••12", "")


def test_filters_are_digested_in_canonical_form(run: Run) -> None:
    """The digest is of the filters as JSON with sorted keys and without blanks."""
    run.instruments["XRPUSDT"] = {"tick_size": "0.0001", "base_precision": "0.01"}

    (listed,) = subject(run).listings

    canonical = '{"base_precision":"0.01","tick_size":"0.0001"}'
    assert json.loads(canonical) == listed.filters
    assert listed.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert listed.phase == "trading"


def test_symbol_that_was_never_seen_has_no_filters(run: Run) -> None:
    """A symbol that the venue did not show is in the sign-off without filters."""
    run.symbols = ("GHOSTUSDT",)

    (listed,) = subject(run).listings

    assert (listed.symbol, listed.phase, dict(listed.filters)) == ("GHOSTUSDT", "", {})


def test_embedded_venue_and_defects_are_rehearsals(run: Run) -> None:
    """Nothing that the embedded venue says is taken for the exchange's word."""
    run.environment = replace(run.environment, embedded=True, rest="http://127.0.0.1:1")
    embedded = subject(run)
    run.defect = "fills_post_only"

    assert embedded.host == "embedded venue, this machine"
    assert embedded.rehearsal.startswith("Rehearsal on an embedded venue")
    assert subject(run).rehearsal == "Rehearsal with venue defect fills_post_only: not a sign-off."


def test_venue_on_this_machine_is_a_rehearsal(run: Run) -> None:
    """An environment that is not embedded is a rehearsal too where its REST host is a loopback address."""
    run.environment = replace(run.environment, rest="http://127.0.0.1:8900")

    assert subject(run).rehearsal == ("Rehearsal on an embedded venue: nothing here comes from the exchange.")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8900", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8900", True),
        ("http://localhost:8900", True),
        ("http://LOCALHOST.", True),
        ("http://venue.localhost", True),
        ("https://api-testnet.bybit.com", False),
        ("https://localhost.bybit.com", False),
        ("http://10.0.0.1:8900", False),
        ("", False),
    ],
)
def test_loopback_is_known_by_name_and_address(url: str, here: bool) -> None:  # noqa: FBT001 - a column of the table
    """Every spelling of this machine counts, and nothing that only looks like it."""
    assert is_loopback(url) is here


def test_unanswered_key_is_nobody(run: Run) -> None:
    """A run that ended before the venue named the key has no UID."""
    run.identity = None

    assert (subject(run).uid, subject(run).key_fingerprint) == ("", "")
