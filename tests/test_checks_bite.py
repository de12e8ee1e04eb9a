"""Every defect of the venue makes the checks that are named for it FAIL, by their own assertion.

A check that cannot fail proves nothing. Each defect changes one behaviour of an otherwise sound venue;
the checks named beside it must notice, and with an AssertionError: a check that is merely blocked, or
that ends in an error of the suite, did not notice.
"""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from fixtures.venue.defects import DEFECTS

ROOT = Path(__file__).parents[1]
ASSERTIONS = {"AssertionError", "fixtures.desk.pushes.NotSeen"}

BITES: Mapping[str, tuple[str, ...]] = {
    "accepts_any_link_id": ("IDM-07",),
    "accepts_bad_signature": ("PRM-13", "ERR-01"),
    "accepts_expired_stream_auth": ("CON-06",),
    "accepts_off_lot": ("FLT-05",),
    "accepts_off_tick": ("FLT-04",),
    "accepts_stale_timestamp": ("RTY-04",),
    "acks_repeated_cancel": ("IDM-06",),
    "books_duplicate_link_id": ("IDM-01", "IDM-02", "IDM-03", "IDM-04"),
    "cancel_acks_but_rests": ("FLT-03",),
    "clock_off": ("RTY-05",),
    "confuses_credentials": ("PRM-13",),
    "drops_req_id": ("ERR-06",),
    "echoes_wrong_price": ("FLT-11", "MKR-09"),
    "fills_post_only": ("MKR-02", "MKR-03", "MKR-04", "MKR-05"),
    "frozen_lookup": ("IDM-05", "MKR-01"),
    "grants_withdrawal": ("PRM-04",),
    "hides_listing": ("VIS-01", "VIS-04"),
    "hides_signed_listing": ("VIS-02",),
    "history_disagrees": ("MKR-06",),
    "ignores_balance": ("ERR-02",),
    "ignores_key_scope": ("PRM-15",),
    "ignores_min_amount": ("FLT-06",),
    "ignores_price_band": ("FLT-08",),
    "ignores_whitelist": ("PRM-10",),
    "lists_unknown_symbol": ("VIS-08",),
    "loses_terminal_push": ("CON-05",),
    "never_limits_rate": ("RTY-02",),
    "never_pushes_orders": ("PRM-08", "PRM-09"),
    "omits_filters": ("FLT-01",),
    "omits_limit_headers": ("RTY-01",),
    "publishes_wrong_tick": ("FLT-02",),
    "shortens_link_id": ("IDM-07",),
    "shows_another_uid": ("PRM-02",),
    "shows_classic_account": ("PRM-06",),
    "shows_key_read_only": ("PRM-03",),
    "shows_listing_publicly": ("VIS-03",),
    "shows_wrong_status": ("VIS-05",),
    "silent_pong": ("CON-02",),
    "views_disagree": ("VIS-04",),
    "wallet_is_empty": ("PRM-11",),
    "wallet_never_holds": ("PRM-11",),
    "wrong_refusal_code": ("FLT-04",),
    "wrong_reject_reason": ("MKR-02", "MKR-03"),
}

UNSEEN: Mapping[str, str] = {
    "ignores_max_qty": "No check sends more than the maximum size: it would exceed the budget of one order.",
    "never_pushes_executions": "No check trades on purpose.",
    "refuses_stream_auth": "Without a private stream nothing is connected, and every check is an error.",
}
"""The defects that no check names, and why."""

UNPROVEN: Mapping[str, str] = {
    "CON-01": "Without a private stream nothing is connected: the run ends before the check.",
    "PRM-01": "Without a valid key nothing is connected: the run ends before the check.",
    "ERR-03": "Judges the client's own table: tests/fixtures/clients/test_retry.py.",
    "ERR-04": "Judges the client's own policy: tests/fixtures/clients/test_retry.py.",
}
"""The checks that no defect of the venue can make fail, and why."""


def failures(tmp_path: Path, *options: str) -> dict[str, set[str]]:
    """What the checks of one run failed with: check id -> the exceptions, by name."""
    junit = tmp_path / "junit.xml"
    quietly = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no"]
    pytest.main([*quietly, f"--junitxml={junit}", f"--out={tmp_path}", *options, str(ROOT / "checks")])
    failed: dict[str, set[str]] = {}
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - written a line above
        (check_id,) = {p.get("value", "") for p in case.iter("property") if p.get("name") == "check"}
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
    """On the sound venue no check fails."""
    assert failures(tmp_path) == {}


def test_every_check_has_its_defect() -> None:
    """Each required check fails on a defect, or has the reason why none can make it fail."""
    required = yaml.safe_load((ROOT / "checks/requirements-2026-11-23.yaml").read_text(encoding="utf-8"))

    proven = {check_id for checks in BITES.values() for check_id in checks}
    assert {*proven, *UNPROVEN} == {check_id for item in required["items"] for check_id in item["checks"]}
    assert proven.isdisjoint(UNPROVEN)


def test_every_defect_names_its_checks() -> None:
    """Each defect of the venue has its checks, or the reason why it has none."""
    assert {*BITES, *UNSEEN} == set(DEFECTS)
