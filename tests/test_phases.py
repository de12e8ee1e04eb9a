"""A check that is about a phase is made in that phase, or N/A with the reason."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fixtures.harness.collection import NOT_APPLICABLE

ROOT = Path(__file__).parents[1]


class Seen:
    """A plugin that keeps why each item is N/A, None for one that is made."""

    def __init__(self) -> None:
        self.reasons: dict[str, str | None] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what was planned."""
        for item in session.items:
            self.reasons[item.name] = item.stash.get(NOT_APPLICABLE, None)


def planned(*options: str) -> dict[str, str | None]:
    """What a run would make of the checks of own fills and of maker-only phases."""
    seen, quietly = Seen(), ["-q", "--collect-only", "-p", "no:reports.plugin", "-p", "no:cacheprovider"]
    pytest.main([*quietly, *options, "-k", "MKR-12 or MKR-18", str(ROOT / "checks")], plugins=[seen])
    return seen.reasons


def test_embedded_venue_takes_the_listing_through_its_phases() -> None:
    """On the embedded venue every phase is made, whatever was agreed."""
    assert set(planned("--symbol=NEWUSDT").values()) == {None}


def test_agreed_phase_decides_on_a_real_venue() -> None:
    """Elsewhere a check is made in the agreed phase and N/A in the others."""
    reasons = planned("--env=testnet", "--symbol=NEWUSDT")

    made = {name for name, reason in reasons.items() if reason is None}
    assert all("[NEWUSDT-prelisting" in name for name in made)
    assert {reason for name, reason in reasons.items() if "maker-only" in name} == {
        "The listing's agreed phase is prelisting; this holds in maker-only."
    }
    assert {reason for name, reason in reasons.items() if "[NEWUSDT-trading" in name} == {
        "The listing's agreed phase is prelisting; this holds in trading."
    }


def test_without_a_second_uid_fills_are_not_applicable() -> None:
    """A trading listing without a taker's key has no own fills to look at, and says so."""
    reasons = planned("--env=testnet", "--symbol=XRPUSDT")

    fills = {reason for name, reason in reasons.items() if "filled_order" in name}
    assert fills == {"No key of a second whitelisted UID is configured."}


MADE = {"MKR-12.01", "MKR-12.02", "MKR-18", "PRM-10", "VIS-03"}
"""Three checks in other phases than the agreed one, and two in it."""


def test_phase_is_given_back(tmp_path: Path) -> None:
    """After checks in other phases the listing is in the agreed one, and what was agreed about it holds."""
    junit = tmp_path / "junit.xml"
    options = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no", f"--out={tmp_path}"]
    order = ["maker/test_amends.py", "permissions/test_access_control.py"]
    order += ["maker/test_post_only.py", "visibility/test_visibility.py"]

    code = pytest.main(
        [*options, f"--junitxml={junit}", "-k", " or ".join(MADE)]
        + [str(ROOT / "checks" / name) for name in order],
        plugins=[Seen()],
    )

    named = ET.parse(junit).iter("property")  # noqa: S314 - written a line above
    assert code == 0
    assert {one.get("value") for one in named if one.get("name") == "check"} == MADE
