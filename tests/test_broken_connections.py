"""Runs whose connections break: nothing is blamed on the venue, and every check that can run does."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.line import Line, any_stream, line_to

ROOT = Path(__file__).parents[1]
INCOMPLETE = 2
INCONCLUSIVE_VERDICTS = {"BLOCKED", "ERROR"}
DEADLINE_S = 180
# A fault of three seconds outlasts each of these deadlines but that of an outage.
TIMEOUTS = {
    "event_ms": 800,
    "quiet_period_ms": 100,
    "look_up_ms": 1000,
    "plan_orders": 5,
    "outage_ms": 20_000,
}


@dataclass(frozen=True)
class Stage:
    """A venue in its own process, and the proxy in front of it."""

    venue: Process
    line: Line
    environments: Path
    variables: dict[str, str]


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    text: str
    signoff: dict[str, Any]

    def cases(self, check_id: str) -> list[tuple[str, str]]:
        """Verdict and sentence of each case of a check."""
        checks = [check for item in self.signoff["items"] for check in item["checks"]]
        (found,) = [check for check in checks if check["id"] == check_id]
        return [(case["verdict"], case["sentence"] or "") for case in found["cases"]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A venue started as its users start it, and an environment that reaches it through the proxy."""
    venue = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "fixtures.venue", "--port", "0", cwd=ROOT, stdout=PIPE
    )
    printed = await _read(venue, "DMM_STANDALONE_TAKER_UID=")
    found = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
    assert found is not None
    async with line_to(int(found.group(1))) as line:
        content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
        section = content["environments"]["standalone"]
        for name in ("rest", "public_stream", "private_stream", "trade_stream"):
            section[name] = section[name].replace("8900", str(line.port))
        section |= {"timeouts": TIMEOUTS, "request_timeout_ms": 600}
        path = tmp_path / "environments.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        variables = dict(re.findall(r"(DMM_STANDALONE_\w+)=(\S+)", printed))
        yield Stage(venue, line, path, variables)
    venue.send_signal(signal.SIGCONT)
    venue.terminate()
    assert await venue.wait() == 0


async def outcomes_of(stage: Stage, out: Path, fault: Callable[[], Awaitable[None]]) -> Ended:
    """Run MKR-13, over REST and over the trade stream, and MKR-30; the fault strikes in the first case."""
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "pytest", "--env=standalone", f"--out={out}", "-k", "MKR-13 or MKR-30"),
        f"--environments={stage.environments}",
        cwd=ROOT,
        env={**os.environ, **stage.variables},
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert run.stdout is not None
    try:
        printed = await _read(run, "MKR-13: 1 of 20")
        await fault()
        printed += (await asyncio.wait_for(run.stdout.read(), DEADLINE_S)).decode()
    except BaseException:
        run.kill()
        raise
    return Ended(await run.wait(), printed, _signoff(out))


async def test_dead_streams_are_the_network_s(tmp_path: Path, stage: Stage) -> None:
    """Half-open streams beside a working REST block the case that waited on them, and the next checks run."""

    async def fault() -> None:
        stage.line.stall(any_stream)

    ended = await outcomes_of(stage, tmp_path / "out", fault)

    assert ended.code == INCOMPLETE, ended.text
    (struck, sentence), next_case = ended.cases("MKR-13")
    assert (struck, next_case[0]) == ("BLOCKED", "PASS"), ended.text
    assert re.search(r"the private stream was silent: a ping sent at .* was not answered", sentence)
    assert ended.cases("MKR-30")[0][0] == "PASS", ended.text
    assert [finding["owner"] for finding in ended.signoff["findings"]] == ["network"]


async def test_a_venue_that_was_gone_is_used_again(tmp_path: Path, stage: Stage) -> None:
    """After three seconds without the venue the other checks run, and one finding states the length."""

    async def fault() -> None:
        await stage.line.vanish()
        await asyncio.sleep(3)
        await stage.line.appear()

    ended = await outcomes_of(stage, tmp_path / "out", fault)

    assert ended.code == INCOMPLETE, ended.text
    (struck, sentence), next_case = ended.cases("MKR-13")
    assert struck in INCONCLUSIVE_VERDICTS, ended.text
    assert re.search(r"; the venue did not respond for [3-9]\.\d s$", sentence)
    assert (next_case[0], ended.cases("MKR-30")[0][0]) == ("PASS", "PASS"), ended.text
    assert [finding["owner"] for finding in ended.signoff["findings"]] == ["network"]
    assert re.search(r"the venue was not heard during MKR-13 for [3-9]\.\d s", ended.text)
    assert ended.signoff["run"]["orders_left"] is False


async def test_a_venue_that_stood_still_is_not_to_blame(tmp_path: Path, stage: Stage) -> None:
    """A venue process that is stopped and continued fails no check; the struck case may be inconclusive."""

    async def fault() -> None:
        stage.venue.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        stage.venue.send_signal(signal.SIGCONT)

    ended = await outcomes_of(stage, tmp_path / "out", fault)

    assert ended.code == INCOMPLETE, ended.text
    (struck, _), next_case = ended.cases("MKR-13")
    assert struck in {*INCONCLUSIVE_VERDICTS, "PASS"}, ended.text
    assert (next_case[0], ended.cases("MKR-30")[0][0]) == ("PASS", "PASS"), ended.text
    assert {finding["owner"] for finding in ended.signoff["findings"]} <= {"network"}


def _signoff(out: Path) -> dict[str, Any]:
    (folder,) = out.iterdir()
    content: dict[str, Any] = json.loads((folder / "signoff.json").read_text(encoding="utf-8"))
    return content


async def _read(process: Process, text: str) -> str:
    """Read what a process prints, up to a text."""
    assert process.stdout is not None
    printed = b""
    async with asyncio.timeout(DEADLINE_S):
        while text not in printed.decode(errors="ignore"):
            byte = await process.stdout.read(1)
            assert byte, f"the process ended: {printed.decode()}"
            printed += byte
    return printed.decode(errors="ignore")
