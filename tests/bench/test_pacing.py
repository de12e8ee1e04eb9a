"""What a run is measured by, out of its evidence."""

from typing import Any

import pytest
import yaml

from bench.pacing import _environments, min_s, operations_in, slowest_s
from fixtures.v5 import paths


def record(title: str, direction: str = "sent") -> dict[str, Any]:
    """A line of evidence.jsonl."""
    return {"title": title, "direction": direction}


def test_the_order_operations_are_counted() -> None:
    """What was sent to create, amend or cancel is counted by its path, whichever way it went."""
    records = [
        *[record(f"POST {paths.ORDER_CREATE}"), record("order.create"), record("order.create", "received")],
        *[record("order.cancel"), record("auth"), record("ping"), record("order.create-batch")],
        *[record(f"GET {paths.ORDER_REALTIME}"), record("connect", "note"), record("subscribe")],
    ]

    assert operations_in(records) == {
        paths.ORDER_CANCEL: 1,
        paths.ORDER_CREATE: 2,
        paths.ORDER_CREATE_BATCH: 1,
    }


def test_the_minimum_time_is_by_the_documented_rates() -> None:
    """Twenty creates and ten amends take a second each."""
    assert min_s({paths.ORDER_CREATE: 20, paths.ORDER_AMEND: 10}) == pytest.approx(2.0)


def test_the_slowest_check_is_first() -> None:
    """The cases of one check count together; what is no check is ignored."""
    case = (
        '<testcase name="x" time="{}"><properties><property name="check" value="{}"/></properties></testcase>'
    )
    cases = [case.format("1.5", "MKR-01"), case.format("2", "VIS-01"), case.format("1", "MKR-01")]
    junit = f'<testsuites><testsuite>{"".join(cases)}<testcase name="y" time="9"/></testsuite></testsuites>'

    assert slowest_s(junit) == {"MKR-01": 2.5, "VIS-01": 2.0}


def test_standalone_has_the_timeouts_of_testnet() -> None:
    """The measured environment has the given port and testnet's timeouts."""
    environments = yaml.safe_load(_environments("1234"))["environments"]

    assert environments["standalone"]["timeouts"] == environments["testnet"]["timeouts"]
    assert environments["standalone"]["trade_stream"] == f"ws://127.0.0.1:1234{paths.TRADE_STREAM}"
