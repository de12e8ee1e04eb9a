"""What the tests of the reports share."""

from pathlib import Path

import pytest

from fixtures.config.environment import read_file, select
from fixtures.record.evidence import Evidence, Redactor
from fixtures.record.run import Identity, Journal, Run
from tests.reports.made_up import KEY, RUN_ID, SECRET, UID

ENVIRONMENTS = Path(__file__).parents[2] / "environments.yaml"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run on testnet whose key, secret and UID are known."""
    keys = {"BYBIT_TESTNET_KEY": KEY, "BYBIT_TESTNET_SECRET": SECRET}
    return Run(
        run_id=RUN_ID,
        folder=tmp_path / "out",
        environment=select(read_file(ENVIRONMENTS), "testnet", keys),
        symbols=("XRPUSDT",),
        evidence=Evidence(Redactor([KEY, SECRET]), lambda: 0),
        journal=Journal(tmp_path / "journal.jsonl"),
        identity=Identity(UID, "3f1c2d9a0b7e", {"account": "unified"}),
    )
