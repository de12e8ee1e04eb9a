"""Whole runs on a venue that lags, and through a proxy that loses responses: neither is a defect."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.test_runs import DEADLINE_S, ROOT, SMOKE_PASSED, Ended, finish, start

LAG_MS = 200
VIEWED = "PRM-11 or PRM-15 or PRM-17 or MKR-01 or MKR-06 or MKR-10 or MKR-20 or MKR-23 or MKR-24"
FURTHER = "MKR-26 or IDM-01 or IDM-05 or IDM-09 or CON-11 or CON-16 or CON-18"
LOST_EVERY = 5


@contextmanager
def spoken(module: str, *arguments: str, until: str) -> Iterator[str]:
    """A program of ours while it runs; yields what it printed up to a match of ``until``."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-u", "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = ""
    while not re.search(until, printed):
        line = process.stdout.readline()
        assert line, f"{module} ended: {printed}"
        printed += line
    try:
        yield printed
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE_S)


@dataclass(frozen=True)
class Reached:
    """How a run reaches a venue: the options that name it, and its keys."""

    options: tuple[str, ...]
    variables: Mapping[str, str]


@contextmanager
def venue(*options: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A venue in its own process; yields host with port, and the environment variables of its keys."""
    with spoken("fixtures.venue", "--port", "0", *options, until="TAKER_SECRET") as printed:
        found = re.search(r"http://(127\.0\.0\.1:\d+)", printed)
        assert found is not None
        yield found.group(1), dict(re.findall(r"(DMM_STANDALONE_\w+)=(\S+)", printed))


def reached(host: str, variables: Mapping[str, str], folder: Path) -> Reached:
    """The standalone environment, pointed at that host."""
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    section = content["environments"]["standalone"]
    for name in ("rest", "public_stream", "private_stream", "trade_stream"):
        section[name] = section[name].replace("127.0.0.1:8900", host)
    path = folder / "environments.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return Reached(("--env=standalone", "--symbol=XRPUSDT", f"--environments={path}"), variables)


def run(place: Reached, out: Path, *options: str) -> Ended:
    """Run the checklist on that venue to its end."""
    return finish(start(out, *place.options, *options, variables=place.variables), out)


def not_passed(ended: Ended) -> dict[str, str]:
    """The checks that ran and did not pass -> their sentences."""
    return {
        check["id"]: check["sentence"]
        for item in ended.signoff["items"]
        for check in item["checks"]
        if check["verdict"] not in {"PASS", "NOT RUN", "N/A"}
    }


def test_views_that_lag_are_no_defect(tmp_path: Path) -> None:
    """Where every query lags a fifth of a second the checks pass, and the sign-off shows the lag."""
    with venue("--switch", f"view_lag_ms={LAG_MS}") as (host, variables):
        ended = run(reached(host, variables, tmp_path), tmp_path / "out", "-k", f"{VIEWED} or {FURTHER}")

    assert not_passed(ended) == {}, ended.text
    assert ended.signoff["run"]["orders_left"] is False
    longest = {x["name"]: x["max_us"] for x in ended.signoff["latencies"] if x["name"].startswith("looked")}
    for view in ("order/realtime", "order/history", "account/wallet-balance"):
        assert longest[f"looked for → shown, /v5/{view}"] > LAG_MS * 500, longest


def test_lost_responses_to_queries_are_no_defect(tmp_path: Path) -> None:
    """The smoke profile ends with exit 0 although the first and every fifth response to a query is lost."""
    with (
        venue() as (host, variables),
        spoken("tests.lossy_proxy", host, str(LOST_EVERY), "GET", until=r"\d+\n") as port,
    ):
        place = reached(f"127.0.0.1:{port.strip()}", variables, tmp_path)
        ended = run(place, tmp_path / "out", "--profile=smoke")

    assert ended.code == SMOKE_PASSED, ended.text
    assert not_passed(ended) == {}
    assert ended.signoff["run"]["orders_left"] is False
