"""A check about a phase of a listing runs in that phase, or is N/A with the reason."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fixtures.harness.collection import NOT_APPLICABLE

ROOT = Path(__file__).parents[1]


class Seen:
    """A plugin that keeps why each case is N/A; None for one that runs."""

    def __init__(self) -> None:
        self.reasons: dict[str, str | None] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the plan."""
        for item in session.items:
            self.reasons[item.name] = item.stash.get(NOT_APPLICABLE, None)


def planned(*options: str) -> dict[str, str | None]:
    """Plan the checks of own fills and of maker-only phases: case -> why it is N/A, None if it runs."""
    seen, quietly = Seen(), ["-q", "--collect-only", "-p", "no:reports.plugin", "-p", "no:cacheprovider"]
    pytest.main([*quietly, *options, "-k", "MKR-12 or MKR-18", str(ROOT / "checks")], plugins=[seen])
    return seen.reasons


def test_embedded_venue_takes_the_listing_through_its_phases() -> None:
    """On the embedded venue the checks of every phase run, whatever phase was agreed."""
    assert set(planned("--symbol=NEWUSDT").values()) == {None}


def test_agreed_phase_decides_on_a_real_venue() -> None:
    """On a real venue the checks of the agreed phase run and those of the others are N/A."""
    reasons = planned("--env=testnet", "--symbol=NEWUSDT")

    runs = {name for name, reason in reasons.items() if reason is None}
    assert all("[NEWUSDT-prelisting" in name for name in runs)
    assert {reason for name, reason in reasons.items() if "maker-only" in name} == {
        "The listing's agreed phase is prelisting; this holds in maker-only."
    }
    assert {reason for name, reason in reasons.items() if "[NEWUSDT-trading" in name} == {
        "The listing's agreed phase is prelisting; this holds in trading."
    }


def test_without_a_second_uid_fills_are_not_applicable() -> None:
    """On a trading listing without a taker's key the checks of own fills are N/A, with that reason."""
    reasons = planned("--env=testnet", "--symbol=XRPUSDT")

    fills = {reason for name, reason in reasons.items() if "filled_order" in name}
    assert fills == {"No key of a second whitelisted UID is configured."}


CHOSEN = {"MKR-12.01", "MKR-12.02", "MKR-18", "PRM-10", "VIS-03"}
"""Three checks in other phases than the agreed one, and two in it."""


def test_phase_is_restored(tmp_path: Path) -> None:
    """After checks in other phases the listing is back in the agreed one, and its checks pass."""
    junit = tmp_path / "junit.xml"
    options = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no", f"--out={tmp_path}"]
    order = ["maker/test_amends.py", "permissions/test_access_control.py"]
    order += ["maker/test_post_only.py", "visibility/test_visibility.py"]

    code = pytest.main(
        [*options, f"--junitxml={junit}", "-k", " or ".join(CHOSEN)]
        + [str(ROOT / "checks" / name) for name in order],
        plugins=[Seen()],
    )

    named = ET.parse(junit).iter("property")  # noqa: S314 - written a line above
    assert code == 0
    assert {entry.get("value") for entry in named if entry.get("name") == "check"} == CHOSEN
