"""The whole checklist passes on listings whose filters are unlike the shipped ones."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from proof.library_findings import FINDINGS, case_of
from tests.spent import Spent

ROOT = Path(__file__).parents[1]

MICRO: dict[str, Any] = {
    "phase": "trading",
    "base_coin": "MICRO",
    "quote_coin": "USDT",
    "tick_size": "0.00000001",
    "base_precision": "1",
    "quote_precision": "0.00000001",
    "min_order_amt": "5",
    "max_limit_order_qty": "40000000000",
    "max_market_order_qty": "20000000000",
    "post_only_max_limit_order_size": "40000000000",
    "price_limit_ratio_x": "0.05",
    "price_limit_ratio_y": "0.1",
    "rehearsal_price": "0.0000123",
}
"""A coin that costs a hundred-thousandth of a dollar and trades in whole units."""

COARSE: dict[str, Any] = {
    **MICRO,
    "phase": "maker-only",
    "base_coin": "COARSE",
    "tick_size": "0.5",
    "base_precision": "1",
    "max_limit_order_qty": "10000",
    "max_market_order_qty": "5000",
    "post_only_max_limit_order_size": "50000",
    "price_limit_ratio_x": "0.005",
    "price_limit_ratio_y": "0.01",
    "rehearsal_price": "100",
}
"""A coin with a tick of half a per cent, one lot above the minimum amount, and a price band of one tick."""


MIN_TRUE = 0.95
"""The share of the declared orders that a whole run must send, so that the declarations stay tight."""
NOT_ABOUT_FILTERS = "not CON-03 and not CON-04 and not CON-08 and not CON-35 and not MKR-28"
"""Omits the checks that wait for half a minute and do not depend on the listing."""


class Judge:
    """Stands in for the reports plugin, without which a run is refused; the test reads junit.xml."""


@pytest.mark.parametrize(("symbol", "listing"), [("MICROUSDT", MICRO), ("COARSEUSDT", COARSE)])
def test_checklist_passes_on_an_odd_listing(tmp_path: Path, symbol: str, listing: dict[str, Any]) -> None:
    """On a conforming venue no check fails but for the known findings about libraries."""
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    content["listings"][symbol] = listing
    # A lot of COARSE is worth twenty times the minimum amount, and checks sell all that was bought at once.
    content["environments"]["local"]["risk_limits"]["notional_per_order"] = "6000"
    file, junit, spent = tmp_path / "environments.yaml", tmp_path / "junit.xml", Spent()
    file.write_text(yaml.safe_dump(content), encoding="utf-8")

    quietly = ["-q", "-p", "no:reports.plugin", "-p", "no:cacheprovider", "--tb=no", f"--out={tmp_path}"]
    pytest.main(
        [
            *quietly,
            f"--junitxml={junit}",
            f"--environments={file}",
            f"--symbol={symbol}",
            "-k",
            NOT_ABOUT_FILTERS,
            str(ROOT / "checks"),
        ],
        plugins=[spent, Judge()],
    )

    ran = ET.parse(junit).iter("testcase")  # noqa: S314 - written a line above
    cases = [case for case in ran if case_of(case.get("name", ""), (symbol,)) not in FINDINGS]
    faults = [f.get("message", "") for case in cases for f in (*case.iter("failure"), *case.iter("error"))]
    assert faults == []
    assert len(cases) > 100
    # Below one lot is nothing, and a band of one tick has no second side: what is COARSE takes more.
    assert spent.beyond == [] or listing is COARSE
    assert spent.orders >= MIN_TRUE * spent.declared
