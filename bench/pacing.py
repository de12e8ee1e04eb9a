"""How much longer a checklist run takes than the venue's rate limits alone would make it.

The embedded venue runs as a process of its own with its documented rate limits and its documented latency;
the checklist runs against it as ``standalone``, with testnet's timeouts.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from bench.oracle_cost import oracle_cost
from fixtures.clients.operations import WRITES, path_of
from fixtures.record.evidence import Direction
from fixtures.v5.rate_limits import PER_SECOND
from reports.verdict.results import RunVerdict

_ROOT = Path(__file__).parents[1]
_SLOWEST = 12
_LINES = 7
"""What the venue prints before it serves: one line of REST, three of streams, three of keys."""
_HOSTS = ("rest", "public_stream", "private_stream", "trade_stream")
_PORT = re.compile(r"(?<=127\.0\.0\.1:)\d+")


def pacing() -> dict[str, Any]:
    """The figures of one run.

    wall_s: of the whole pytest process, start and report included
    operations: creates, amends and cancels that were sent, on REST and on the trade stream, by REST path
    min_s: what those would take, endpoint after endpoint, at the documented rates
    slowest_s: seconds of the slowest checks, all cases of one together
    oracle: what it costs to judge the run, and a million records of it
    Raises RuntimeError unless the run ends VENUE READY.
    """
    with tempfile.TemporaryDirectory() as name, _venue() as (port, keys):
        folder = Path(name)
        environments = folder / "environments.yaml"
        environments.write_text(_environments(port), encoding="utf-8")
        where = ["--env=standalone", f"--environments={environments}", f"--out={folder / 'out'}"]
        arguments = ["-q", "--client=none", *where]
        began = time.monotonic()
        ended = subprocess.run(  # noqa: S603 - this suite
            [sys.executable, "-m", "pytest", *arguments],
            cwd=_ROOT,
            env={**os.environ, **keys},
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        wall_s = time.monotonic() - began
        if ended.returncode != RunVerdict.VENUE_READY.exit_code:
            raise RuntimeError(f"the run is not VENUE READY:\n{ended.stdout}")
        (run,) = (folder / "out").iterdir()
        lines = (run / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
        operations = operations_in(map(json.loads, lines))
        return {
            "wall_s": round(wall_s, 1),
            "operations": operations,
            "min_s": round(min_s(operations), 1),
            "slowest_s": slowest_s((run / "junit.xml").read_text(encoding="utf-8")),
            "oracle": oracle_cost(lines, wall_s),
        }


def operations_in(records: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The creates, amends and cancels among the records of a run, by REST path."""
    sent = (str(record["title"]) for record in records if record["direction"] == Direction.SENT)
    asked = (title.removeprefix("POST ") if " " in title else path_of(title) for title in sent)
    return dict(sorted(Counter(path for path in asked if path in WRITES).items()))


def min_s(operations: Mapping[str, int]) -> float:
    """Seconds that the operations take at least, endpoint after endpoint, at the documented rates."""
    return sum(count / PER_SECOND[path] for path, count in operations.items())


def slowest_s(junit: str) -> dict[str, float]:
    """The slowest checks of a run by id, seconds, the slowest first."""
    taken: defaultdict[str, float] = defaultdict(float)
    for case in ET.fromstring(junit).iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
        check = case.find(".//property[@name='check']")
        if check is not None:
            taken[check.get("value", "")] += float(case.get("time", 0))
    slowest = sorted(taken.items(), key=lambda item: -item[1])[:_SLOWEST]
    return {name: round(seconds, 1) for name, seconds in slowest}


def _environments(port: str) -> str:
    """The text of environments.yaml, with standalone at this port and with testnet's timeouts."""
    content = yaml.safe_load((_ROOT / "environments.yaml").read_text(encoding="utf-8"))
    standalone, testnet = (content["environments"][name] for name in ("standalone", "testnet"))
    moved = {name: _PORT.sub(port, standalone[name]) for name in _HOSTS}
    standalone.update(moved, timeouts=testnet["timeouts"])
    return yaml.safe_dump(content)


@contextmanager
def _venue() -> Iterator[tuple[str, dict[str, str]]]:
    """The port of a venue in a process of its own, and its keys as environment variables."""
    command = [sys.executable, "-m", "fixtures.venue", "--port", "0", "--market", "quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as process:  # noqa: S603
        try:
            if process.stdout is None:
                raise RuntimeError("the venue has no output")
            lines = list(islice(process.stdout, _LINES))
            exports = (line.split()[1:] for line in lines if line.startswith("export "))
            keys = dict(pair.split("=", 1) for pairs in exports for pair in pairs)
            yield lines[0].rsplit(":", 1)[1].strip(), keys
        finally:
            process.terminate()
