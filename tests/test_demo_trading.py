"""The checklist on an embedded demo-trading venue, through the shipped environment ``demo``."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from fixtures.v5 import paths
from fixtures.v5.codes import RetCode
from tests.test_runs import DEADLINE_S, ROOT, VENUE_READY, finish, start


@dataclass(frozen=True)
class Rehearsal:
    """How a run reaches a venue that behaves as demo trading: the environments file and the keys."""

    environments: Path
    variables: Mapping[str, str]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Rehearsal]:
    """Demo trading on this machine: the shipped environment with other addresses and timeouts."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "fixtures.venue", "--switch=demo_trading=true", "--switch=tier=VIP3"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    while "DMM_STANDALONE_TAKER_SECRET" not in printed:
        line = process.stdout.readline()
        assert line, f"the venue ended: {printed}"
        printed += line
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    section, port = content["environments"]["demo"], printed.split()[1].rpartition(":")[2]
    section["rest"] = f"http://127.0.0.1:{port}"
    section["public_stream"] = f"ws://127.0.0.1:{port}{paths.PUBLIC_STREAM}"
    section["private_stream"] = f"ws://127.0.0.1:{port}{paths.PRIVATE_STREAM}"
    section["timeouts"] |= content["environments"]["standalone"]["timeouts"]
    path = tmp_path / "environments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    yield Rehearsal(
        path, dict(re.findall(r"(BYBIT_DEMO_\w+)=(\S+)", printed.replace("DMM_STANDALONE", "BYBIT_DEMO")))
    )
    process.terminate()
    assert process.wait(timeout=DEADLINE_S) == 0
    process.stdout.close()


def test_demo_trading_ends_ready(tmp_path: Path, demo: Rehearsal) -> None:
    """A run with only the market maker's key ends VENUE READY and calls nothing that is not served there."""
    out = tmp_path / "out"
    options = ["--env=demo", "--symbol=XRPUSDT", f"--environments={demo.environments}"]

    ended = finish(start(out, *options, variables=demo.variables), out)

    assert ended.code == VENUE_READY, ended.text
    lines = (ended.folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    refused = {
        record["title"]
        for record in map(json.loads, lines)
        if record["ret_code"] == RetCode.NOT_IN_DEMO_TRADING
    }
    assert refused == set()
