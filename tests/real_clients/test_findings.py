"""What the checks find about the installed libraries is known, stable, and told with version and cure."""

from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from proof.library_findings import FINDINGS, case_of

ROOT = Path(__file__).parents[2]
SYMBOL = "NEWUSDT"


class Judge:
    """Stands for this test, which reads from junit.xml what the checks came to."""


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What fails on the sound venue: making -> its first line."""
    folder = tmp_path_factory.mktemp("sound")
    junit = folder / "junit.xml"
    quietly = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no"]
    options = [f"--junitxml={junit}", f"--out={folder}", "-k", "SDK", str(ROOT / "checks")]
    pytest.main([*quietly, *options], plugins=[Judge()])
    return {
        case_of(case.get("name", ""), (SYMBOL,)): fault.get("message", "").splitlines()[0]
        for case in ET.parse(junit).iter("testcase")  # noqa: S314 - written a line above
        for fault in (*case.iter("failure"), *case.iter("error"))
    }


def test_findings_are_the_known_ones(failures: dict[str, str]) -> None:
    """A finding that is gone, or that is new, means that a library has changed."""
    assert failures.keys() == FINDINGS.keys()


def test_each_finding_names_version_and_cure(failures: dict[str, str]) -> None:
    """The sentence is an assertion's, names library and version first, and says after a colon what to do."""
    names = tuple(f"AssertionError: {name} {version(name)}" for name in ("pybit", "ccxt"))

    assert all(said.startswith(names) for said in failures.values())
    assert all(said.rpartition(": ")[2].split(" ")[0].islower() for said in failures.values())
