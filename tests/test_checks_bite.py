"""Every defect makes the checks that are named for it FAIL, by their own assertion.

A check that cannot fail proves nothing. Each defect changes one behaviour of a sound venue or policy;
the checks named beside it must notice, and with an AssertionError: a check that is merely blocked, or
that ends in an error of the suite, did not notice.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fixtures.clients.policy_defects import POLICY_DEFECTS
from fixtures.libraries.defects import LIBRARY_DEFECTS
from fixtures.venue.defects import DEFECTS
from proof.bites import BITES, UNPROVEN, UNSEEN
from proof.findings import FINDINGS, making

ROOT = Path(__file__).parents[1]
ASSERTIONS = {"AssertionError", "fixtures.desk.pushes.NotSeen"}


def failures(tmp_path: Path, *options: str) -> dict[str, set[str]]:
    """What the checks of one run failed with: check id -> the exceptions, by name.

    A making that fails on the sound venue, because of a client library, is left out.
    """
    junit = tmp_path / "junit.xml"
    quietly = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no"]
    pytest.main([*quietly, f"--junitxml={junit}", f"--out={tmp_path}", *options, str(ROOT / "checks")])
    failed: dict[str, set[str]] = {}
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - written a line above
        (check_id,) = {p.get("value", "") for p in case.iter("property") if p.get("name") == "check"}
        if making(case.get("name", ""), ("NEWUSDT",)) in FINDINGS:
            continue
        fault = case.find("failure") if case.find("failure") is not None else case.find("error")
        if fault is not None:
            failed.setdefault(check_id, set()).add(fault.get("message", "").split(":")[0])
    return failed


@pytest.mark.parametrize("defect", list(BITES))
def test_defect_is_caught_by_assertion(tmp_path: Path, defect: str) -> None:
    """The checks named for a defect fail on it, each by an assertion of its own."""
    selected = " or ".join(BITES[defect])

    failed = failures(tmp_path, f"--defect={defect}", "-k", selected)

    by_assertion = {check_id for check_id, faults in failed.items() if faults & ASSERTIONS}
    assert by_assertion == set(BITES[defect]), failed


def test_sound_venue_fails_nothing(tmp_path: Path) -> None:
    """On the sound venue no check fails but what is found about the client libraries."""
    assert failures(tmp_path) == {}


def test_every_check_has_its_defect() -> None:
    """Each check there is fails on a defect, or has the reason why none can make it fail."""
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "checks").glob("test_*.py"))

    proven = {check_id for checks in BITES.values() for check_id in checks}
    assert {*proven, *UNPROVEN} == set(re.findall(r'(?:check|each_library)\("([A-Z]{3}-\d\d)"', written))
    assert proven.isdisjoint(UNPROVEN)


def test_every_defect_names_its_checks() -> None:
    """Each defect of the venue, a library or the policy has its checks, or the reason why it has none."""
    assert {*BITES, *UNSEEN} == {*DEFECTS, *LIBRARY_DEFECTS, *POLICY_DEFECTS}
