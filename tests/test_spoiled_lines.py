"""Whole runs over a line that is spoiled: nothing is blamed on the venue, and what can be made is made."""

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
HASTE = {"event_ms": 800, "quiet_period_ms": 100, "look_up_ms": 1000, "plan_orders": 5, "outage_ms": 20_000}


@dataclass(frozen=True)
class Stage:
    """A venue in a process of its own, and the line that leads to it."""

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
        """Verdict and sentence of each making of a check."""
        checks = [check for item in self.signoff["items"] for check in item["checks"]]
        (found,) = [check for check in checks if check["id"] == check_id]
        return [(case["verdict"], case["sentence"] or "") for case in found["cases"]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A venue started as its users start it, and an environment that reaches it over the line."""
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
        section |= {"timeouts": HASTE, "request_timeout_ms": 600}
        path = tmp_path / "environments.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        variables = dict(re.findall(r"(DMM_STANDALONE_\w+)=(\S+)", printed))
        yield Stage(venue, line, path, variables)
    venue.send_signal(signal.SIGCONT)
    venue.terminate()
    assert await venue.wait() == 0


async def outcomes_of(stage: Stage, out: Path, spoil: Callable[[], Awaitable[None]]) -> Ended:
    """A run of MKR-13, over REST and over the trade stream, and of MKR-30; the first making is spoiled."""
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
        await spoil()
        printed += (await asyncio.wait_for(run.stdout.read(), DEADLINE_S)).decode()
    except BaseException:
        run.kill()
        raise
    return Ended(await run.wait(), printed, _signoff(out))


async def test_dead_streams_are_the_network_s(tmp_path: Path, stage: Stage) -> None:
    """Half-open streams under a REST that goes on block what they kept, and the next checks are made."""

    async def spoil() -> None:
        stage.line.stall(any_stream)

    ended = await outcomes_of(stage, tmp_path / "out", spoil)

    assert ended.code == INCOMPLETE, ended.text
    (invalid, said), conforming = ended.cases("MKR-13")
    assert (invalid, conforming[0]) == ("BLOCKED", "PASS"), ended.text
    assert re.search(r"the private stream was silent: a ping sent at .* was not answered", said)
    assert ended.cases("MKR-30")[0][0] == "PASS", ended.text
    assert [one["owner"] for one in ended.signoff["findings"]] == ["network"]


async def test_a_venue_that_was_gone_is_used_again(tmp_path: Path, stage: Stage) -> None:
    """After three seconds without it the other checks are made, and one finding tells how long it was."""

    async def spoil() -> None:
        await stage.line.vanish()
        await asyncio.sleep(3)
        await stage.line.appear()

    ended = await outcomes_of(stage, tmp_path / "out", spoil)

    assert ended.code == INCOMPLETE, ended.text
    (invalid, said), conforming = ended.cases("MKR-13")
    assert invalid in INCONCLUSIVE_VERDICTS, ended.text
    assert re.search(r"; the venue did not respond for [3-9]\.\d s$", said)
    assert (conforming[0], ended.cases("MKR-30")[0][0]) == ("PASS", "PASS"), ended.text
    assert [one["owner"] for one in ended.signoff["findings"]] == ["network"]
    assert re.search(r"the venue was not heard during MKR-13 for [3-9]\.\d s", ended.text)
    assert ended.signoff["run"]["orders_left"] is False


async def test_a_venue_that_stood_still_is_not_to_blame(tmp_path: Path, stage: Stage) -> None:
    """A venue whose process is stopped and goes on fails nothing; what it was asked meanwhile may be open."""

    async def spoil() -> None:
        stage.venue.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        stage.venue.send_signal(signal.SIGCONT)

    ended = await outcomes_of(stage, tmp_path / "out", spoil)

    assert ended.code == INCOMPLETE, ended.text
    (invalid, _), conforming = ended.cases("MKR-13")
    assert invalid in {*INCONCLUSIVE_VERDICTS, "PASS"}, ended.text
    assert (conforming[0], ended.cases("MKR-30")[0][0]) == ("PASS", "PASS"), ended.text
    assert {one["owner"] for one in ended.signoff["findings"]} <= {"network"}


def _signoff(out: Path) -> dict[str, Any]:
    (folder,) = out.iterdir()
    content: dict[str, Any] = json.loads((folder / "signoff.json").read_text(encoding="utf-8"))
    return content


async def _read(process: Process, text: str) -> str:
    """What a process prints, up to a text."""
    assert process.stdout is not None
    printed = b""
    async with asyncio.timeout(DEADLINE_S):
        while text not in printed.decode(errors="ignore"):
            byte = await process.stdout.read(1)
            assert byte, f"the process ended: {printed.decode()}"
            printed += byte
    return printed.decode(errors="ignore")
