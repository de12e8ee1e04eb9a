"""The findings about the installed libraries are the known ones, and name version and remedy."""

from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from proof.library_findings import FINDINGS, case_of

ROOT = Path(__file__).parents[2]
SYMBOL = "NEWUSDT"


class Judge:
    """Stands in for the reports plugin, without which a run is refused; the test reads junit.xml."""


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What fails on the conforming venue: case -> the first line of its failure."""
    folder = tmp_path_factory.mktemp("conforming")
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
    """The failures are exactly the known findings; any other means that a library has changed."""
    assert failures.keys() == FINDINGS.keys()


def test_each_finding_names_version_and_remedy(failures: dict[str, str]) -> None:
    """A finding names library and version, what was expected and seen, and ends with a remedy."""
    names = tuple(f"{name} {version(name)}'s " for name in ("pybit", "ccxt"))
    sentences = [message.partition("CheckFailed: ")[2] for message in failures.values()]

    assert [sentence for sentence in sentences if not sentence.startswith(names)] == []
    assert [
        sentence for sentence in sentences if ": expected " not in sentence or ", got " not in sentence
    ] == []
    assert [sentence for sentence in sentences if not sentence.rpartition("; ")[2][:1].islower()] == []
